"""The bot's tables, within one transaction.

Of an anonymous poll two rows are kept: who has answered, as a sorted list, and how often each
answer was given. Each is written anew with every answer; neither holds a time, an order or
anything by which the two could be matched.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_polls.counting import Ballot, Way
from zvonok_polls.poll import Kind, Poll, items_from_json, items_to_json


@dataclass(frozen=True, slots=True)
class Shown:
    """What the room has seen of a poll's results: the picture is there, when it was changed
    last, and whether it will be again. Moments are in milliseconds."""

    there: bool
    at: int
    waiting: bool


class PollStore:
    """Polls, votes and answers."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    # ------------------------------------------------------------ polls

    async def add(self, poll: Poll) -> None:
        """A new poll; nothing where it is there already."""
        await self._db.execute(
            """INSERT INTO polls_polls
            (id, room, author, kind, title, items, disclosed, shuffled, native, closes, number)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, COALESCE(MAX(number), 0) + 1
            FROM polls_polls WHERE true ON CONFLICT (id) DO NOTHING""",
            poll.id,
            poll.room,
            poll.author,
            poll.kind.value,
            poll.title,
            items_to_json(poll.items),
            poll.disclosed,
            poll.shuffled,
            poll.native,
            milliseconds(poll.closes) if poll.closes else None,
        )

    async def poll(self, id: str) -> Poll | None:
        """A poll by its id."""
        row = await self._db.fetchrow("SELECT * FROM polls_polls WHERE id = $1", id)
        return _poll(row) if row else None

    async def latest(
        self, room: RoomId, kinds: tuple[Kind, ...] = tuple(Kind), *, running: bool = False
    ) -> Poll | None:
        """The newest poll of a room; with `running` of those that are not over."""
        rows = await self._db.fetch(
            "SELECT * FROM polls_polls WHERE room = $1 AND (ended IS NULL OR NOT $2) ORDER BY number DESC LIMIT 50",
            room,
            running,
        )
        return next((poll for row in rows if (poll := _poll(row)).kind in kinds), None)

    async def end(self, id: str, at: datetime) -> bool:
        """Note that it is over; False where it was already."""
        row = await self._db.fetchrow(
            "UPDATE polls_polls SET ended = $2 WHERE id = $1 AND ended IS NULL RETURNING id",
            id,
            milliseconds(at),
        )
        return row is not None

    async def shown(self, id: str) -> Shown:
        """How its results stand in the room."""
        row = await self._db.fetchrow("SELECT shown_at, showing, charted FROM polls_polls WHERE id = $1", id)
        return (
            Shown(bool(row["charted"]), row["shown_at"], bool(row["showing"]))
            if row
            else Shown(False, 0, True)
        )

    async def show_later(self, id: str) -> None:
        """Its picture will be changed."""
        await self._db.execute("UPDATE polls_polls SET showing = $2 WHERE id = $1", id, True)

    async def show_now(self, id: str, at: datetime) -> None:
        """Its picture is there, and up to date."""
        await self._db.execute(
            "UPDATE polls_polls SET showing = $2, charted = $3, shown_at = $4 WHERE id = $1",
            id,
            False,
            True,
            milliseconds(at),
        )

    async def forget(self, id: str) -> None:
        """All of it."""
        for table in ("polls_votes", "polls_answers", "polls_asked", "polls_turnout", "polls_counts"):
            await self._db.execute(f"DELETE FROM {table} WHERE poll = $1", id)  # noqa: S608 - no input
        await self._db.execute("DELETE FROM polls_polls WHERE id = $1", id)

    # ------------------------------------------------------------ votes in the room

    async def vote(self, poll: str, ballot: Ballot) -> None:
        """A vote as it came; the same event is one vote. Its position is the next one."""
        answers = json.dumps(list(ballot.answers)) if ballot.answers is not None else None
        await self._db.execute(
            """INSERT INTO polls_votes (event, poll, voter, at, position, answers, way)
            SELECT $1, $2, $3, $4, COALESCE(MAX(position), 0) + 1, $5, $6 FROM polls_votes WHERE poll = $2
            ON CONFLICT (event) DO NOTHING""",
            ballot.event,
            poll,
            ballot.voter,
            ballot.at,
            answers,
            ballot.way.value,
        )

    async def take_back(self, event: EventId) -> str | None:
        """Forget a vote; returns the poll that it was for."""
        row = await self._db.fetchrow("DELETE FROM polls_votes WHERE event = $1 RETURNING poll", event)
        return row["poll"] if row else None

    async def ballots(self, poll: str, voter: UserId | None = None) -> list[Ballot]:
        """All votes of a poll, or one person's."""
        condition = "" if voter is None else " AND voter = $2"
        arguments = (poll,) if voter is None else (poll, voter)
        rows = await self._db.fetch(f"SELECT * FROM polls_votes WHERE poll = $1{condition}", *arguments)  # noqa: S608
        return [_ballot(row) for row in rows]

    # ------------------------------------------------------------ anonymous answers

    async def has_answered(self, poll: str) -> tuple[UserId, ...]:
        """Who has answered an anonymous poll."""
        voters = await self._db.fetchval("SELECT voters FROM polls_turnout WHERE poll = $1", poll)
        return tuple(json.loads(voters)) if voters else ()

    async def counts(self, poll: str) -> dict[str, int]:
        """How often each choice of an anonymous poll was chosen."""
        counts = await self._db.fetchval("SELECT counts FROM polls_counts WHERE poll = $1", poll)
        return dict(json.loads(counts)) if counts else {}

    async def answer_anonymously(self, poll: str, voter: UserId, chosen: tuple[str, ...]) -> bool:
        """Count an answer; False where this person has given one."""
        voters = await self.has_answered(poll)
        if voter in voters:
            return False
        await self._write("polls_turnout", "voters", poll, sorted({*voters, voter}))
        counts = await self.counts(poll)
        for choice in chosen:
            counts[choice] = counts.get(choice, 0) + 1
        await self._write("polls_counts", "counts", poll, dict(sorted(counts.items())))
        return True

    async def _write(self, table: str, column: str, poll: str, value: Any) -> None:
        await self._db.execute(
            f"INSERT INTO {table} (poll, {column}) VALUES ($1, $2) "  # noqa: S608 - no input
            f"ON CONFLICT (poll) DO UPDATE SET {column} = excluded.{column}",
            poll,
            json.dumps(value),
        )

    # ------------------------------------------------------------ tests

    async def ask(self, voter: UserId, poll: str, item: int) -> None:
        """Note which question somebody sees in their direct chat."""
        await self._db.execute(
            """INSERT INTO polls_asked (voter, poll, item) VALUES ($1, $2, $3)
            ON CONFLICT (voter) DO UPDATE SET poll = excluded.poll, item = excluded.item""",
            voter,
            poll,
            item,
        )

    async def asked(self, voter: UserId) -> tuple[Poll, int] | None:
        """The question that somebody sees in their direct chat."""
        row = await self._db.fetchrow("SELECT poll, item FROM polls_asked WHERE voter = $1", voter)
        poll = await self.poll(row["poll"]) if row else None
        return (poll, row["item"]) if row and poll else None

    async def asked_no_more(self, voter: UserId) -> None:
        """Nothing is asked of them."""
        await self._db.execute("DELETE FROM polls_asked WHERE voter = $1", voter)

    async def answer(self, poll: str, voter: UserId, item: int, chosen: tuple[str, ...]) -> None:
        """An answer in a test; the first one counts."""
        await self._db.execute(
            """INSERT INTO polls_answers (poll, voter, item, chosen) VALUES ($1, $2, $3, $4)
            ON CONFLICT (poll, voter, item) DO NOTHING""",
            poll,
            voter,
            item,
            json.dumps(chosen),
        )

    async def answers(self, poll: str) -> dict[tuple[UserId, int], tuple[str, ...]]:
        """All answers of a test."""
        rows = await self._db.fetch("SELECT voter, item, chosen FROM polls_answers WHERE poll = $1", poll)
        return {(UserId(row["voter"]), row["item"]): tuple(json.loads(row["chosen"])) for row in rows}


async def first_tables(db: Connection) -> None:
    """Polls, votes, answers. Moments are milliseconds since 1970."""
    await db.execute(
        """CREATE TABLE polls_polls (
            id TEXT PRIMARY KEY,
            room TEXT NOT NULL,
            author TEXT NOT NULL,
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            items TEXT NOT NULL,
            disclosed BOOLEAN NOT NULL,
            shuffled BOOLEAN NOT NULL,
            native BOOLEAN NOT NULL,
            closes BIGINT,
            ended BIGINT,
            number BIGINT NOT NULL UNIQUE,
            charted BOOLEAN NOT NULL DEFAULT false,
            showing BOOLEAN NOT NULL DEFAULT false,
            shown_at BIGINT NOT NULL DEFAULT 0
        )"""
    )
    await db.execute("CREATE INDEX polls_polls_room ON polls_polls (room, number)")
    await db.execute(
        """CREATE TABLE polls_votes (
            event TEXT PRIMARY KEY,
            poll TEXT NOT NULL,
            voter TEXT NOT NULL,
            at BIGINT NOT NULL,
            position BIGINT NOT NULL,
            answers TEXT,
            way TEXT NOT NULL
        )"""
    )
    await db.execute("CREATE INDEX polls_votes_order ON polls_votes (poll, position)")
    await db.execute("CREATE INDEX polls_votes_voter ON polls_votes (poll, voter)")
    # Of anonymous polls: who, and what, apart from each other.
    await db.execute("CREATE TABLE polls_turnout (poll TEXT PRIMARY KEY, voters TEXT NOT NULL)")
    await db.execute("CREATE TABLE polls_counts (poll TEXT PRIMARY KEY, counts TEXT NOT NULL)")
    await db.execute(
        """CREATE TABLE polls_answers (
            poll TEXT NOT NULL,
            voter TEXT NOT NULL,
            item INTEGER NOT NULL,
            chosen TEXT NOT NULL,
            PRIMARY KEY (poll, voter, item)
        )"""
    )
    await db.execute(
        "CREATE TABLE polls_asked (voter TEXT PRIMARY KEY, poll TEXT NOT NULL, item INTEGER NOT NULL)"
    )


def _moment(stored: int | None) -> datetime | None:
    return datetime.fromtimestamp(stored / 1000, UTC) if stored is not None else None


def _poll(row: Any) -> Poll:
    return Poll(
        id=row["id"],
        room=RoomId(row["room"]),
        author=UserId(row["author"]),
        kind=Kind(row["kind"]),
        title=row["title"],
        items=items_from_json(row["items"]),
        disclosed=bool(row["disclosed"]),
        shuffled=bool(row["shuffled"]),
        native=bool(row["native"]),
        closes=_moment(row["closes"]),
        ended=_moment(row["ended"]),
    )


def _ballot(row: Any) -> Ballot:
    answers = tuple(json.loads(row["answers"])) if row["answers"] is not None else None
    return Ballot(row["event"], row["voter"], row["at"], row["position"], answers, Way(row["way"]))
