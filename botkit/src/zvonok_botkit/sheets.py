"""Tables as files that people open in a spreadsheet. Pure.

Cells begin with no sign that a spreadsheet takes for a formula: names and answers are what
people have written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
