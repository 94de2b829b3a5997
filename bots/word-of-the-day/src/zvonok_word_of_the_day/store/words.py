"""Practices, lists, and the words that were shown. Days are ISO dates of the school's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from zvonok_core.db import Connection
from zvonok_core.ids import RoomId, UserId
from zvonok_word_of_the_day.asking import Source
from zvonok_word_of_the_day.days import week_of
from zvonok_word_of_the_day.practice import Practice
from zvonok_word_of_the_day.store.answers import Answers
from zvonok_word_of_the_day.store.turns import Turns
from zvonok_word_of_the_day.words import Word, from_json, to_json


@dataclass(frozen=True, slots=True)
class Shown:
    """The word of a day. `giver` is the student who has brought it."""

    room: RoomId
    day: date
    word: Word
    giver: UserId | None = None

    @property
    def id(self) -> str:
        """Names it for good."""
        return f"{self.room}|{self.day.isoformat()}"


class WordStore:
    """The bot's tables, within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.answers = Answers(db)
        self.turns = Turns(db)

    # ------------------------------------------------------------ practices

    async def practice(self, room: RoomId) -> Practice | None:
        """How a room does it; None where it doesn't."""
        row = await self._db.fetchrow("SELECT * FROM word_of_the_day_practices WHERE room = $1", room)
        return _practice(row) if row else None

    async def keep(self, practice: Practice) -> None:
        """Set it up, or change it."""
        await self._db.execute(
            """INSERT INTO word_of_the_day_practices
            (room, teacher, days, at, language, source, level, paused, resumes, wanted, changed)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, COALESCE(MAX(changed), 0) + 1
            FROM word_of_the_day_practices WHERE true ON CONFLICT (room) DO UPDATE SET
            teacher = excluded.teacher, days = excluded.days, at = excluded.at, language = excluded.language,
            source = excluded.source, level = excluded.level, paused = excluded.paused,
            resumes = excluded.resumes, wanted = excluded.wanted, changed = excluded.changed""",
            practice.room,
            practice.teacher,
            "".join(map(str, sorted(practice.days))),
            practice.at.isoformat("minutes"),
            practice.language,
            practice.source.value,
            practice.level,
            practice.paused,
            practice.resumes.isoformat() if practice.resumes else None,
            practice.wanted,
        )

    async def stop(self, room: RoomId) -> None:
        """End it. Which words were shown stays known, so that they don't come again."""
        for table in ("practices", "lists", "turns"):
            await self._db.execute(f"DELETE FROM word_of_the_day_{table} WHERE room = $1", room)  # noqa: S608

    async def waiting(self, teacher: UserId) -> Practice | None:
        """The practice, last changed, for which this teacher was asked for a list."""
        row = await self._db.fetchrow(
            "SELECT * FROM word_of_the_day_practices WHERE teacher = $1 AND wanted ORDER BY changed DESC LIMIT 1",
            teacher,
        )
        return _practice(row) if row else None

    # ------------------------------------------------------------ words

    async def own_words(self, room: RoomId) -> list[Word]:
        """The list that a teacher has sent, in its order."""
        rows = await self._db.fetch(
            "SELECT word FROM word_of_the_day_lists WHERE room = $1 ORDER BY place", room
        )
        return [from_json(row["word"]) for row in rows]

    async def replace_words(self, room: RoomId, words: Sequence[Word]) -> None:
        """A new list in place of the old one."""
        await self._db.execute("DELETE FROM word_of_the_day_lists WHERE room = $1", room)
        for place, word in enumerate(words):
            await self._db.execute(
                "INSERT INTO word_of_the_day_lists (room, place, word) VALUES ($1, $2, $3)",
                room,
                place,
                to_json(word),
            )

    async def show(self, shown: Shown) -> None:
        """Note the word of a day."""
        await self._db.execute(
            "INSERT INTO word_of_the_day_days (room, day, week, word, giver) VALUES ($1, $2, $3, $4, $5)",
            shown.room,
            shown.day.isoformat(),
            week_of(shown.day),
            to_json(shown.word),
            shown.giver,
        )

    async def shown(self, room: RoomId, week: str | None = None) -> list[Shown]:
        """What was shown in a room, or in one of its weeks, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM word_of_the_day_days WHERE room = $1 AND (week = $2 OR $3) ORDER BY day",
            room,
            week or "",
            week is None,
        )
        return [
            Shown(RoomId(row["room"]), date.fromisoformat(row["day"]), from_json(row["word"]), row["giver"])
            for row in rows
        ]

    async def last_day(self, room: RoomId) -> date | None:
        """The latest day that had a word."""
        day = await self._db.fetchval("SELECT MAX(day) FROM word_of_the_day_days WHERE room = $1", room)
        return date.fromisoformat(day) if day else None

    # ------------------------------------------------------------ weeks

    async def sum_up(self, room: RoomId, week: str) -> bool:
        """Note that a week is summed up; False where it was already."""
        row = await self._db.fetchrow(
            """INSERT INTO word_of_the_day_weeks (room, week) VALUES ($1, $2)
            ON CONFLICT (room, week) DO NOTHING RETURNING week""",
            room,
            week,
        )
        return row is not None

    async def note_praised(self, room: RoomId, week: str, students: Sequence[UserId]) -> None:
        """Who was among the most active."""
        for student in students:
            await self._db.execute(
                """INSERT INTO word_of_the_day_praised (room, student, week) VALUES ($1, $2, $3)
                ON CONFLICT (room, student) DO UPDATE SET week = excluded.week""",
                room,
                student,
                week,
            )

    async def praised(self, room: RoomId) -> dict[UserId, str]:
        """The last week in which somebody was among the most active."""
        rows = await self._db.fetch("SELECT student, week FROM word_of_the_day_praised WHERE room = $1", room)
        return {UserId(row["student"]): row["week"] for row in rows}

    async def forget(self, room: RoomId, before: date) -> None:
        """What was shown and answered before a day."""
        await self.answers.forget(room, before)
        await self._db.execute(
            "DELETE FROM word_of_the_day_days WHERE room = $1 AND day < $2", room, before.isoformat()
        )
        await self._db.execute(
            "DELETE FROM word_of_the_day_weeks WHERE room = $1 AND week < $2", room, week_of(before)
        )


def _practice(row: Any) -> Practice:
    return Practice(
        room=RoomId(row["room"]),
        teacher=UserId(row["teacher"]),
        days=frozenset(map(int, row["days"])),
        at=time.fromisoformat(row["at"]),
        language=row["language"],
        source=Source(row["source"]),
        level=row["level"],
        paused=bool(row["paused"]),
        resumes=date.fromisoformat(row["resumes"]) if row["resumes"] else None,
        wanted=bool(row["wanted"]),
    )
