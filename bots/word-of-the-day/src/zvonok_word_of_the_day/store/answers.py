"""What came in answer to the words. It is kept who has answered and in which form, never what
the answer says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from zvonok_core.db import Connection
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_word_of_the_day.counting import Kind, Reply


class Answers:
    """Answers, and the praise that they got."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, event: EventId, room: RoomId, day: date, student: UserId, kind: Kind) -> bool:
        """Note an answer; whether it is this person's first of this kind to this word."""
        first = await self._db.fetchval(
            """SELECT 1 FROM word_of_the_day_answers
            WHERE room = $1 AND day = $2 AND student = $3 AND kind = $4""",
            room,
            day.isoformat(),
            student,
            kind.value,
        )
        await self._db.execute(
            """INSERT INTO word_of_the_day_answers (event, room, day, student, kind)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (event) DO NOTHING""",
            event,
            room,
            day.isoformat(),
            student,
            kind.value,
        )
        return first is None

    async def praise(self, event: EventId, answer: EventId, by: UserId) -> None:
        """Note a sign that somebody has put beside an answer; nothing where that is none."""
        await self._db.execute(
            """INSERT INTO word_of_the_day_praises (event, answer, by_user)
            SELECT $1, event, $3 FROM word_of_the_day_answers WHERE event = $2 AND student <> $3
            ON CONFLICT (event) DO NOTHING""",
            event,
            answer,
            by,
        )

    async def take_back(self, event: EventId) -> None:
        """Forget an answer with its praise, or a praise."""
        await self._db.execute("DELETE FROM word_of_the_day_praises WHERE event = $1 OR answer = $1", event)
        await self._db.execute("DELETE FROM word_of_the_day_answers WHERE event = $1", event)

    async def between(self, room: RoomId, first: date, last: date) -> list[Reply]:
        """All answers to the words of some days, the last one included."""
        rows = await self._db.fetch(
            """SELECT answers.event AS event, student, day, kind, by_user FROM word_of_the_day_answers AS answers
            LEFT JOIN word_of_the_day_praises AS praises ON praises.answer = answers.event
            WHERE room = $1 AND day >= $2 AND day <= $3 ORDER BY day, answers.event""",
            room,
            first.isoformat(),
            last.isoformat(),
        )
        found: dict[str, Reply] = {}
        for row in rows:
            reply = found.get(row["event"]) or Reply(
                UserId(row["student"]), date.fromisoformat(row["day"]), Kind(row["kind"])
            )
            by = {UserId(row["by_user"])} if row["by_user"] else set()
            found[row["event"]] = replace(reply, praised=reply.praised | by)
        return list(found.values())

    async def forget(self, room: RoomId, before: date) -> None:
        """Those to the words before a day."""
        await self._db.execute(
            """DELETE FROM word_of_the_day_praises WHERE answer IN
            (SELECT event FROM word_of_the_day_answers WHERE room = $1 AND day < $2)""",
            room,
            before.isoformat(),
        )
        await self._db.execute(
            "DELETE FROM word_of_the_day_answers WHERE room = $1 AND day < $2", room, before.isoformat()
        )
