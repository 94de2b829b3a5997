"""The practice of a room as data, and what becomes of it by a wish. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from zvonok_core.ids import RoomId, UserId
from zvonok_word_of_the_day.asking import Source, Wish
from zvonok_word_of_the_day.days import WEEKDAYS
from zvonok_word_of_the_day.words import levels

MORNING = time(8, 30)
"""When a word comes where nobody says when: before the first lesson."""

Missing = Literal["language", "source", "level"]


@dataclass(frozen=True, slots=True)
class Practice:
    """How a room does it. `days` are 0 for Monday to 6, `at` is by the school's clock.
    `level` is 0 where a language has one list. `resumes` is the day from which a pause is
    over by itself. `wanted` is whether a list of the teacher's is waited for."""

    room: RoomId
    teacher: UserId
    days: frozenset[int]
    at: time
    language: str
    source: Source
    level: int = 0
    paused: bool = False
    resumes: date | None = None
    wanted: bool = False


def wished(
    room: RoomId, teacher: UserId, wish: Wish, before: Practice | None, guess: str | None
) -> Practice | Missing:
    """The practice that is wanted, or what has to be asked for. What the wish leaves out stays
    as it was. `guess` is the language that the room's name tells."""
    named = wish.language or (before.language if before else guess) or ("en" if wish.level else None)
    if named is None:
        return "language"
    source = _source(wish, before, named)
    if source is None:
        return "source"
    level = 0
    if source is Source.SHIPPED:
        known = levels(named)
        same = before and before.source is source and before.language == named
        level = 0 if known == (0,) else wish.level or (before.level if before and same else 0)
        if level not in known:
            return "level"
    asks = source is Source.OWN and (wish.source is source or before is None or before.source is not source)
    return Practice(
        room=room,
        teacher=teacher,
        days=wish.days or (before.days if before else WEEKDAYS),
        at=wish.at or (before.at if before else MORNING),
        language=named,
        source=source,
        level=level,
        wanted=asks or (source is Source.OWN and before is not None and before.wanted),
    )


def _source(wish: Wish, before: Practice | None, language: str) -> Source | None:
    """Where words are to come from; None where it has to be asked for."""
    ready = bool(levels(language))
    wanted = wish.source or (Source.SHIPPED if wish.level else None)
    if wanted is None and before and (before.source is not Source.SHIPPED or ready):
        wanted = before.source
    if wanted is None and ready:
        wanted = Source.SHIPPED
    return wanted if wanted is not Source.SHIPPED or ready else None
