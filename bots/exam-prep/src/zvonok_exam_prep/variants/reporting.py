"""What the teacher reads of a variant: who is how far, how good the tasks were, and a workbook. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from zvonok_botkit.sheets import Cell as SheetCell
from zvonok_botkit.sheets import to_xlsx
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep.items import Item, OneChoice
from zvonok_exam_prep.presenting import Voice, of_points
from zvonok_exam_prep.shown import right_answer
from zvonok_exam_prep.spelling import spelt
from zvonok_exam_prep.variants.results import Cell, ItemMarks, Row, Status
from zvonok_exam_prep.variants.variant import Variant
from zvonok_exam_prep.variants.wording import how_much, moment, shortened

SIGNS = {Status.DONE: "✅", Status.WORKING: "✏️", Status.ABSENT: "▫️"}
LONGEST_QUESTION = 120
"""Letters of a question in a list."""
Say = Callable[[Text | str], str]
HEADS = {
    Status.DONE: text("handed in"),
    Status.WORKING: text("working"),
    Status.ABSENT: text("not begun"),
}


def live(variant: Variant, place: str, table: Sequence[Row], zone: ZoneInfo, voice: Voice) -> str:
    """Who has begun, who has handed in, and the points so far."""
    counts = " · ".join(
        f"{sign} {voice.say(HEADS[status])}: {sum(row.status is status for row in table)}"
        for status, sign in SIGNS.items()
    )
    head = [
        f"📝 {variant.title}" + (f" — {place}" if place else ""),
        voice.say(how_much(variant)),
        voice.say(text("To be handed in by {when}.", when=moment(variant.closes, zone, voice.language))),
        counts,
        "",
    ]
    return "\n".join([*head, *(_line(variant, row, voice) for row in table)])


def _line(variant: Variant, row: Row, voice: Voice) -> str:
    name = f"{SIGNS[row.status]} {row.person.short}"
    if row.status is Status.ABSENT:
        return name
    parts: list[Text] = []
    if row.status is Status.WORKING:
        parts.append(ntext("{n} answer of {of}", "{n} answers of {of}", row.answered, of=len(variant.slots)))
    parts.append(of_points(row.points, variant.points))
    if row.unmarked:
        parts.append(text("to be marked: {n}", n=row.unmarked))
    return f"{name}: {', '.join(voice.say(part) for part in parts)}"


def summary(variant: Variant, table: Sequence[Row], voice: Voice) -> str:
    """How the class has done, in two lines."""
    done = [row for row in table if row.status is Status.DONE]
    lines = [
        voice.say(text("{title}: results", title=variant.title)),
        voice.say(
            ntext("{n} of {of} has handed in.", "{n} of {of} have handed in.", len(done), of=len(table))
        ),
    ]
    if done:
        mean = decimal(round(sum(row.points for row in done) / len(done), 1), voice.language)
        lines.append(voice.say(text("On average {mean} of {of} points.", mean=mean, of=variant.points)))
    return "\n".join(lines)


def tasks(marks: Sequence[ItemMarks], items: Mapping[int, Item], voice: Voice) -> str:
    """How good the tasks were, from the hardest to the easiest."""
    lines = [voice.say(text("Tasks, from the hardest to the easiest:"))]
    for one in sorted(marks, key=lambda one: (one.share, one.position)):
        item = items[one.position]
        parts = [text("{share}% done", share=one.share)]
        if one.discrimination is not None:
            parts.append(text("discrimination {value}", value=decimal(one.discrimination, voice.language)))
        lines.append(
            f"{one.position + 1}. {shortened(spelt(item.question), LONGEST_QUESTION)}\n   {', '.join(voice.say(part) for part in parts)}"
        )
        if one.wrong:
            lines.append("   " + voice.say(text("Most often wrong: {answers}", answers=_wrong(one, item))))
    return "\n".join(lines)


def workbook(
    variant: Variant,
    table: Sequence[Row],
    marks: Sequence[ItemMarks],
    items: Mapping[int, Item],
    voice: Voice,
) -> bytes:
    """An XLSX: the students with their points for each task, and the tasks with what is right."""
    say = voice.say
    return to_xlsx(
        {
            say(text("Students")): _students(variant, table, say),
            say(text("Tasks")): _tasks(marks, items, say),
        }
    )


def _students(variant: Variant, table: Sequence[Row], say: Say) -> list[list[SheetCell]]:
    numbers = [str(number) for number in range(1, len(variant.slots) + 1)]
    heads = (text("Points"), text("Of"), "%", text("To be marked"))
    lines: list[list[SheetCell]] = [[say(text("Student")), *numbers, *(say(head) for head in heads)]]
    for row in table:
        cells = [_points(cell) for cell in row.cells] or [None] * len(variant.slots)
        percent = round(100 * row.points / variant.points) if row.cells else None
        points = row.points if row.cells else None
        lines.append([row.person.short, *cells, points, variant.points, percent, row.unmarked or None])
    return lines


def _points(cell: Cell) -> SheetCell:
    return "?" if cell.answered and cell.points is None else cell.points


def _tasks(marks: Sequence[ItemMarks], items: Mapping[int, Item], say: Say) -> list[list[SheetCell]]:
    about = {one.position: one for one in marks}
    heads = (
        "№",
        text("Question"),
        text("Right answer"),
        text("Points"),
        text("Asked"),
        text("Done, %"),
        text("Discrimination"),
        text("Wrong answers"),
        text("Id"),
    )
    lines: list[list[SheetCell]] = [[say(head) for head in heads]]
    for position, item in items.items():
        one = about.get(position)
        told = (one.asked, one.share, one.discrimination, _wrong(one, item)) if one else (0, None, None, "")
        question, right = spelt(item.question), right_answer(item)
        lines.append([position + 1, question, right, item.points, *told, item.id])
    return lines


def _wrong(one: ItemMarks, item: Item) -> str:
    return "; ".join(f"{_in_words(item, given)} ({count})" for given, count in one.wrong)


def _in_words(item: Item, given: str) -> str:
    """A wrong answer, with the words of the option that was chosen."""
    if isinstance(item.asks, OneChoice):
        return f"{given}) {shortened(spelt(item.asks.options[int(given) - 1].words))}"
    return shortened(given)


def decimal(value: float, language: str) -> str:
    """«7,3», «−0,15»."""
    return format_decimal(value, locale=language)
