"""What bots do for each other. A bot asks by `Context.service(Awards)` and gets whichever bot
of the process serves it, in the same transaction; bots never import each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from zvonok_core.ids import RoomId, UserId


class Awards(Protocol):
    """Whoever keeps the awards."""

    async def give(self, to: UserId, badge: str, reason: str, *, by: UserId, room: RoomId) -> None:
        """Give somebody a badge, by its key or name, and say so in the room. Where `by` is the
        bot's own account a teacher of the room is asked first, alone. Raises UserError where
        `by` may not, where the student has it this week, or where there is no such badge."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a test, with the place of its right answer, from 0 on. Who misses it
    reads the explanation."""

    words: str
    answers: tuple[str, ...]
    right: int
    explanation: str = ""


class Polls(Protocol):
    """Whoever holds polls."""

    async def start(
        self,
        question: str,
        answers: Sequence[str],
        *,
        by: UserId,
        room: RoomId,
        right: Sequence[int] = (),
        explanation: str = "",
    ) -> str:
        """Ask everybody in a room; returns the id of the poll. With the places of `right`
        answers, from 0 on, it is a quiz: `by` gets the results, and whoever votes the
        explanation. Raises UserError where there are too many answers."""

    async def test(
        self, title: str, questions: Sequence[Question], *, by: UserId, room: RoomId, until: datetime
    ) -> str:
        """Ask whoever of a room wants to, one question after another in their direct chats, the
        answers in an order of each person's own; returns the id. `until` is in UTC: then `by`
        gets the results. Raises UserError where there are too many answers."""
