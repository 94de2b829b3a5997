"""Whose turn it was and is to bring a word. Days are ISO dates of the school's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from zvonok_core.db import Connection
from zvonok_core.ids import RoomId, UserId
from zvonok_word_of_the_day.words import Word, from_json, to_json


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn to bring the word of a day; the turns of a room are numbered. `word` is
    what they have brought so far, `ready` whether it may be shown."""

    room: RoomId
    number: int
    student: UserId
    day: date
    word: Word | None = None
    ready: bool = False

    @property
    def id(self) -> str:
        """Names it for good."""
        return f"{self.room}|{self.number}"


class Turns:
    """The turns of all rooms."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def current(self, room: RoomId) -> Turn | None:
        """Whose turn it is in a room."""
        row = await self._db.fetchrow(
            "SELECT * FROM word_of_the_day_turns WHERE room = $1 AND open ORDER BY number DESC LIMIT 1", room
        )
        return _turn(row) if row else None

    async def of(self, student: UserId) -> list[Turn]:
        """Where it is somebody's turn, the nearest day first."""
        rows = await self._db.fetch(
            "SELECT * FROM word_of_the_day_turns WHERE student = $1 AND open ORDER BY day, room", student
        )
        return [_turn(row) for row in rows]

    async def last(self, room: RoomId) -> dict[UserId, int]:
        """The number of everybody's last turn."""
        rows = await self._db.fetch(
            "SELECT student, MAX(number) AS number FROM word_of_the_day_turns WHERE room = $1 GROUP BY student",
            room,
        )
        return {UserId(row["student"]): int(row["number"]) for row in rows}

    async def give(self, room: RoomId, student: UserId, day: date, *, open: bool = True) -> Turn:
        """The next turn is theirs; one that is not `open` was over before it began."""
        number = await self._db.fetchval(
            """INSERT INTO word_of_the_day_turns (room, number, student, day, ready, open)
            SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM word_of_the_day_turns WHERE room = $1
            RETURNING number""",
            room,
            student,
            day.isoformat(),
            False,
            open,
        )
        return Turn(room, int(number), student, day)

    async def bring(self, turn: Turn, word: Word | None, *, ready: bool = False) -> None:
        """What somebody has brought so far; None where it was taken back."""
        await self._db.execute(
            "UPDATE word_of_the_day_turns SET word = $3, ready = $4 WHERE room = $1 AND number = $2",
            turn.room,
            turn.number,
            to_json(word) if word else None,
            ready,
        )

    async def move(self, turn: Turn, day: date) -> None:
        """The turn is for another day."""
        await self._db.execute(
            "UPDATE word_of_the_day_turns SET day = $3 WHERE room = $1 AND number = $2",
            turn.room,
            turn.number,
            day.isoformat(),
        )

    async def close(self, turn: Turn) -> None:
        """The turn is over."""
        await self._db.execute(
            "UPDATE word_of_the_day_turns SET open = $3, word = NULL WHERE room = $1 AND number = $2",
            turn.room,
            turn.number,
            False,
        )


def _turn(row: Any) -> Turn:
    return Turn(
        room=RoomId(row["room"]),
        number=row["number"],
        student=UserId(row["student"]),
        day=date.fromisoformat(row["day"]),
        word=from_json(row["word"]) if row["word"] else None,
        ready=bool(row["ready"]),
    )
