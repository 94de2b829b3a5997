"""The practice of a room as data. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from zvonok_core.ids import RoomId, UserId


class Source(StrEnum):
    """Where words come from."""

    SHIPPED = "shipped"
    OWN = "own"
    """A list that the teacher has sent."""
    ROTA = "rota"
    """Students bring them in turn."""


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
