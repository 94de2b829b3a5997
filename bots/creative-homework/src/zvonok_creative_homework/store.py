"""What the bot remembers, within one transaction. Of what people say nothing is kept but the topics:
who has chosen, answered, asked and praised, by ids."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_creative_homework.remarks import Remark
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.standing import Answer, Said


@dataclass(frozen=True, slots=True)
class Pick:
    """A topic that somebody has taken, and the event by which."""

    round: str
    user: UserId
    topic: int
    event: EventId


@dataclass(frozen=True, slots=True)
class Recording:
    """What somebody has sent as an answer. `at` is in milliseconds; `alone` is in the direct chat."""

    event: EventId
    round: str
    user: UserId
    address: str
    at: int
    alone: bool


class HomeworkStore:
    """Rounds, picks, answers, remarks."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    # ------------------------------------------------------------ rounds

    async def add(self, new: Round, command: EventId) -> None:
        """A new round, set by this message."""
        await self._db.execute(
            """INSERT INTO creative_homework_rounds
            (id, room, teacher, title, topics, times, seconds, closes, command)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            new.id,
            new.room,
            new.teacher,
            new.title,
            json.dumps(new.topics, ensure_ascii=False),
            new.times,
            new.seconds,
            milliseconds(new.closes) if new.closes else None,
            command,
        )

    async def round(self, id: str) -> Round | None:
        """A round by its id."""
        row = await self._db.fetchrow("SELECT * FROM creative_homework_rounds WHERE id = $1", id)
        return _round(row) if row else None

    async def running(self, room: RoomId) -> Round | None:
        """The round of a room that is not over; there is one at most."""
        row = await self._db.fetchrow(
            "SELECT * FROM creative_homework_rounds WHERE room = $1 AND ended IS NULL", room
        )
        return _round(row) if row else None

    async def all_running(self) -> list[Round]:
        """All rounds that are not over; the one that closes first comes first."""
        rows = await self._db.fetch(
            "SELECT * FROM creative_homework_rounds WHERE ended IS NULL ORDER BY closes IS NULL, closes, id"
        )
        return [_round(row) for row in rows]

    async def set_by(self, command: EventId) -> Round | None:
        """The running round that this message has set."""
        row = await self._db.fetchrow(
            "SELECT * FROM creative_homework_rounds WHERE command = $1 AND ended IS NULL", command
        )
        return _round(row) if row else None

    async def change(self, new: Round) -> None:
        """Other topics or terms for a round that is there."""
        await self._db.execute(
            """UPDATE creative_homework_rounds
            SET title = $2, topics = $3, times = $4, seconds = $5, closes = $6 WHERE id = $1""",
            new.id,
            new.title,
            json.dumps(new.topics, ensure_ascii=False),
            new.times,
            new.seconds,
            milliseconds(new.closes) if new.closes else None,
        )

    async def show(self, id: str, words: str) -> bool:
        """Note what the list of topics says; False where it has said the same before."""
        digest = sha256(words.encode()).hexdigest()
        row = await self._db.fetchrow(
            "UPDATE creative_homework_rounds SET shown = $2 WHERE id = $1 AND shown <> $2 RETURNING id",
            id,
            digest,
        )
        return row is not None

    async def end(self, id: str, at: datetime) -> bool:
        """Note that it is over; False where it was already."""
        row = await self._db.fetchrow(
            "UPDATE creative_homework_rounds SET ended = $2 WHERE id = $1 AND ended IS NULL RETURNING id",
            id,
            milliseconds(at),
        )
        return row is not None

    async def forget(self, id: str) -> None:
        """All of it."""
        for table in ("picks", "answers", "remarks"):
            await self._db.execute(f"DELETE FROM creative_homework_{table} WHERE round = $1", id)  # noqa: S608
        await self._db.execute("DELETE FROM creative_homework_rounds WHERE id = $1", id)

    # ------------------------------------------------------------ topics

    async def pick(self, pick: Pick) -> None:
        """Note who takes what, in place of what they had before."""
        await self._db.execute(
            """INSERT INTO creative_homework_picks (round, user_id, topic, event, position)
            SELECT $1, $2, $3, $4, COALESCE(MAX(position), 0) + 1 FROM creative_homework_picks WHERE true
            ON CONFLICT (round, user_id) DO UPDATE SET
            topic = excluded.topic, event = excluded.event, position = excluded.position""",
            pick.round,
            pick.user,
            pick.topic,
            pick.event,
        )

    async def picks(self, round: str) -> dict[UserId, int]:
        """Who has which topic, in the order in which they took it."""
        rows = await self._db.fetch(
            "SELECT user_id, topic FROM creative_homework_picks WHERE round = $1 ORDER BY position", round
        )
        return {UserId(row["user_id"]): int(row["topic"]) for row in rows}

    async def picked_by(self, event: EventId) -> Pick | None:
        """What was taken by this message or reaction, and still is."""
        row = await self._db.fetchrow(
            "SELECT round, user_id, topic, event FROM creative_homework_picks WHERE event = $1", event
        )
        return (
            Pick(row["round"], UserId(row["user_id"]), row["topic"], EventId(row["event"])) if row else None
        )

    async def let_go(self, pick: Pick) -> None:
        """The topic is free again."""
        await self._db.execute(
            "DELETE FROM creative_homework_picks WHERE round = $1 AND user_id = $2", pick.round, pick.user
        )

    # ------------------------------------------------------------ answers

    async def expect(self, new: Recording) -> None:
        """A recording has come, of which nobody knows yet how long it is; by an edit perhaps
        in the place of another."""
        await self._db.execute(
            """INSERT INTO creative_homework_answers (event, round, user_id, address, at, alone)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event) DO UPDATE SET
            address = excluded.address, at = excluded.at, seconds = NULL""",
            new.event,
            new.round,
            new.user,
            new.address,
            new.at,
            new.alone,
        )

    async def measured(self, event: EventId, seconds: int) -> bool:
        """It is an answer, as long as this; False where it was taken back meanwhile."""
        row = await self._db.fetchrow(
            "UPDATE creative_homework_answers SET seconds = $2 WHERE event = $1 RETURNING event",
            event,
            seconds,
        )
        return row is not None

    async def answers(self, round: str) -> dict[UserId, Answer]:
        """Each one's newest answer."""
        rows = await self._db.fetch(
            """SELECT user_id, event, seconds, at, alone FROM creative_homework_answers
            WHERE round = $1 AND seconds IS NOT NULL ORDER BY at, event""",
            round,
        )
        return {
            UserId(row["user_id"]): Answer(
                EventId(row["event"]), int(row["seconds"]), int(row["at"]), bool(row["alone"])
            )
            for row in rows
        }

    async def recording(self, event: EventId) -> Recording | None:
        """An answer, or a recording that is still looked at."""
        row = await self._db.fetchrow(
            """SELECT event, round, user_id, address, at, alone FROM creative_homework_answers
            WHERE event = $1""",
            event,
        )
        return (
            Recording(
                EventId(row["event"]),
                row["round"],
                UserId(row["user_id"]),
                row["address"],
                row["at"],
                bool(row["alone"]),
            )
            if row
            else None
        )

    async def drop(self, event: EventId) -> None:
        """It was taken back."""
        await self._db.execute("DELETE FROM creative_homework_answers WHERE event = $1", event)

    # ------------------------------------------------------------ remarks

    async def remark(self, event: EventId, round: str, said: Said) -> None:
        """Somebody asks or praises; by an edit perhaps otherwise than before."""
        await self._db.execute(
            """INSERT INTO creative_homework_remarks (event, round, author, whom, asks, praises)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (event) DO UPDATE SET
            asks = excluded.asks, praises = excluded.praises""",
            event,
            round,
            said.author,
            said.whom,
            said.remark.asks,
            said.remark.praises,
        )

    async def remarks(self, round: str) -> list[Said]:
        """All that was asked and praised."""
        rows = await self._db.fetch(
            "SELECT author, whom, asks, praises FROM creative_homework_remarks WHERE round = $1 ORDER BY event",
            round,
        )
        return [
            Said(UserId(row["author"]), row["whom"], Remark(bool(row["asks"]), bool(row["praises"])))
            for row in rows
        ]

    async def remarked_by(self, event: EventId) -> tuple[str, Said] | None:
        """The round of a remark, and the remark."""
        row = await self._db.fetchrow("SELECT * FROM creative_homework_remarks WHERE event = $1", event)
        if row is None:
            return None
        remark = Remark(bool(row["asks"]), bool(row["praises"]))
        return str(row["round"]), Said(UserId(row["author"]), row["whom"], remark)

    async def unsay(self, event: EventId) -> None:
        """It was taken back."""
        await self._db.execute("DELETE FROM creative_homework_remarks WHERE event = $1", event)


def _moment(stored: int | None) -> datetime | None:
    return datetime.fromtimestamp(stored / 1000, UTC) if stored is not None else None


def _round(row: Any) -> Round:
    return Round(
        id=row["id"],
        room=RoomId(row["room"]),
        teacher=UserId(row["teacher"]),
        title=row["title"],
        topics=tuple(json.loads(row["topics"])),
        times=row["times"],
        seconds=row["seconds"],
        closes=_moment(row["closes"]),
        ended=_moment(row["ended"]),
    )
