"""The table that a teacher sees: a picture, and the same in words beside it. It goes to the
teacher alone, and is kept up to date by edits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from zvonok_botkit import Answer, Edit, Picture, Text, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.pictures import draw, drawable
from zvonok_core.clock import milliseconds
from zvonok_core.ids import UserId
from zvonok_file_collector.collection import Collection, Status
from zvonok_file_collector.declared import (
    TABLE,
    Collector,
    bot,
    in_charge,
    key_of,
    patient,
    register_of,
    room_name,
    voice,
)
from zvonok_file_collector.names import brief
from zvonok_file_collector.register import Counts, Row, count
from zvonok_file_collector.states import State
from zvonok_file_collector.store import Table
from zvonok_file_collector.voice import Voice, quoted

PIXELS_PER_INCH = 216
"""1,080 pixels wide."""
LONGEST_TITLE, LONGEST_NAME = 160, 60
LONGEST_WORDS = 12_000
"""Letters of a message; an event has 65,536 bytes at most."""

STATES: dict[State, Text] = {
    State.MISSING: text("not handed in"),
    State.HANDED_IN: text("handed in"),
    State.LATE: text("handed in late"),
    State.EXCUSED: text("excused"),
    State.RETURNED: text("returned"),
    State.AGAIN: text("handed in again"),
    State.ACCEPTED: text("accepted"),
}
NOT_YET_HERE = text("not in the chat yet")
READ: dict[State, Text] = {
    **STATES,
    State.MISSING: text("not read"),
    State.HANDED_IN: text("read"),
    State.LATE: text("read late"),
}


async def overview(ctx: Collector, held: Collection, viewer: UserId) -> list[Outgoing]:
    """The table, as a new message that is edited from now on."""
    words, png = await _drawn(ctx, held, viewer)
    return [Picture(png, words, to=viewer, key=key_of(held, TABLE, viewer), name="table.png")]


@bot.job(quiet="ignore")
@patient
async def show(ctx: Collector, number: int, viewer: str) -> Answer:
    """Draw a table anew: edits notify nobody."""
    held = await ctx.store.collection(number)
    if held is None or not await in_charge(ctx, held, UserId(viewer)):
        return None
    words, png = await _drawn(ctx, held, UserId(viewer))
    return Edit(key_of(held, TABLE, viewer), words, png=png)


async def _drawn(ctx: Collector, held: Collection, viewer: UserId) -> tuple[str, bytes]:
    register, room = await register_of(ctx, held), await room_name(ctx, held.room)
    subjects = tuple(row.duty.subject.user for row in register)
    await ctx.store.show(held.number, viewer, Table(subjects, milliseconds(ctx.now), waiting=False))
    return in_words(held, register, room, voice(ctx)), picture(held, register, room, voice(ctx))


def state_of(held: Collection, row: Row) -> Text:
    """How a row stands."""
    return (READ if held.confirms else STATES)[row.state]


def counted(held: Collection, counts: Counts) -> Text:
    """How many have handed in."""
    if held.confirms:
        return ntext("{done} of {n} has read.", "{done} of {n} have read.", counts.asked, done=counts.done)
    return ntext(
        "{done} of {n} has handed in.", "{done} of {n} have handed in.", counts.asked, done=counts.done
    )


def head(held: Collection, voice: Voice) -> list[Text | str]:
    """How a collection stands, in a line or two."""
    if held.status is Status.CANCELLED:
        return [text("Cancelled.")]
    lines: list[Text | str] = (
        [text("Deadline: {moment}.", moment=voice.deadline(held.deadline))] if held.deadline else []
    )
    return [*lines, text("Closed: nothing more is taken.")] if held.status is Status.CLOSED else lines


def in_words(held: Collection, register: Sequence[Row], room: str, voice: Voice) -> str:
    """The table as it is read out, and where there are no pictures."""
    title = text("№ {number}. {title}", number=held.number, title=quoted(held.title))
    lines = [line(held, number, row, voice) for number, row in enumerate(register, 1)]
    said = voice.lines(title, room, *head(held, voice), counted(held, count(register)), *lines)
    return said if len(said) <= LONGEST_WORDS else said[:LONGEST_WORDS].rpartition("\n")[0] + "\n…"


def line(held: Collection, number: int, row: Row, voice: Voice) -> str:
    """One row: «5. Петров Иван: сдано 24 ноября, 12:05 (эссе.docx)»."""
    state = voice.say(state_of(held, row))
    when = f" {voice.at(row.work.began)}" if row.work.current else ""
    files = ", ".join(voice.name(part.file) for part in row.work.current if part.file)
    unreached = "" if row.duty.reached else f" ({voice.say(NOT_YET_HERE)})"
    return f"{number}. {row.name}: {state}{when}{f' ({files})' if files else ''}{unreached}"


def picture(held: Collection, register: Sequence[Row], room: str, voice: Voice) -> bytes:
    """A PNG as wide as a phone. All that it shows stands in `in_words`, too."""
    counts, names = count(register), brief([row.name for row in register])
    data = {
        "title": drawable(held.title, LONGEST_TITLE),
        "room": drawable(room, LONGEST_NAME),
        "about": [drawable(voice.say(words)) for words in head(held, voice)],
        "counted": voice.say(counted(held, counts)),
        "part": counts.done / counts.asked if counts.asked else 0,
        "rows": [
            _cell(held, number, row, name, voice)
            for number, (row, name) in enumerate(zip(register, names, strict=True), 1)
        ],
        "language": voice.language,
    }
    return draw(_template(), data, ppi=PIXELS_PER_INCH)


def _cell(held: Collection, number: int, row: Row, name: str, voice: Voice) -> dict[str, str | int]:
    files = sum(part.file is not None for part in row.work.current)
    return {
        "number": number,
        "name": drawable(name, LONGEST_NAME),
        "state": row.state.value,
        "words": voice.say(state_of(held, row)),
        "when": voice.at(row.work.began) if row.work.current else "",
        "files": voice.say(ntext("{n} file", "{n} files", files)) if files > 1 else "",
    }


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("table.typ").read_bytes()
