"""The results of a quiz as tables. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from zvonok_botkit.sheets import Cell
from zvonok_core.ids import UserId
from zvonok_core.text import Text, text
from zvonok_polls.marks import Marks
from zvonok_polls.poll import Item

Say = Callable[[Text | str], str]


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
