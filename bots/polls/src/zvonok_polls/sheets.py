"""The table of results as files that teachers open in a spreadsheet. Pure.

Cells begin with no sign that a spreadsheet takes for a formula: names and answers are what
people have written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from zvonok_core.ids import UserId
from zvonok_core.text import Text, text
from zvonok_polls.marks import Marks
from zvonok_polls.poll import Item

Say = Callable[[Text | str], str]
Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def people_table(marks: Marks, names: Mapping[UserId, str], say: Say) -> list[list[Cell]]:
    """Per student: name, points for each question, sum, per cent."""
    head: list[Cell] = [say(text("Student")), *(str(n) for n in range(1, len(marks.items) + 1))]
    rows: list[list[Cell]] = [[*head, say(text("Points")), say(text("Of")), "%"]]
    for row in marks.rows:
        percent = round(100 * row.total / marks.most) if marks.most else None
        rows.append([names.get(row.user, row.user), *row.points, row.total, marks.most, percent])
    return rows


def items_table(marks: Marks, items: Sequence[Item], say: Say) -> list[list[Cell]]:
    """Per question: answers, right ones, their share, discrimination, and who chose what."""
    head = (
        "№",
        text("Question"),
        text("Answered"),
        text("Right"),
        text("Right, %"),
        text("Discrimination"),
        text("Answers"),
    )
    rows: list[list[Cell]] = [[say(cell) for cell in head]]
    for number, (item, about) in enumerate(zip(items, marks.items, strict=True), 1):
        shown = "; ".join(
            f"{'✓ ' if choice.right else ''}{choice.words}: {about.chosen[choice.id]}"
            for choice in item.choices
        )
        rows.append(
            [number, item.question, about.answered, about.right, about.share, about.discrimination, shown]
        )
    return rows


def to_csv(table: Sequence[Sequence[Cell]]) -> bytes:
    """For Excel as it is set up in Russia: semicolons, decimal commas, UTF-8 with its mark."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        [str(cell).replace(".", ",") if isinstance(cell, float) else _safe(cell) for cell in row]
        for row in table
    )
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """A workbook of several sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        for row in table:
            sheet.append([_safe(cell) for cell in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        for column in range(1, sheet.max_column + 1):
            longest = max(len(str(row[column - 1] or "")) for row in table)
            sheet.column_dimensions[get_column_letter(column)].width = min(max(longest + 2, 6), 60)
        for lines in sheet.iter_rows(min_row=2):
            for cell in lines:
                cell.alignment = Alignment(wrap_text=isinstance(cell.value, str), vertical="top")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    clean = "".join(letter for letter in cell if letter >= " " or letter == "\n")
    return f"'{clean}" if clean.startswith(_FORMULA) else clean
