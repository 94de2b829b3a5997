"""What follows from complaints: direct messages that are due or sent, and the replies to them.

A letter is a row before it is sent, so that a stop at any moment loses none: what has no
`told_at` is sent again, under the same transaction id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zvonok_appservice.complaints.model import Said
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import EventId, RoomId, UserId


class Purpose(StrEnum):
    """What a letter is for. The order is the order of sending."""

    COMPLAINT = "complaint"
    """To those who look into it; so are the next three."""
    ALSO = "also"
    """More people have reported the same message."""
    REMINDER = "reminder"
    ANSWERED = "answered"
    RECEIVED = "received"
    """To whoever has complained; so is the last."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Letter:
    """A direct message about a complaint, and about those that are told with it. `part`
    counts the letters for ALSO from 1 on; others are part 0."""

    complaint: int
    recipient: UserId
    purpose: Purpose
    part: int = 0

    @property
    def transaction(self) -> str:
        """Under which it is sent once only."""
        return f"complaint-{self.complaint}-{self.purpose}-{self.part}-{self.recipient}"


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that was sent, when, and as which event."""

    letter: Letter
    told_at: int
    event: EventId


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody has replied to a letter."""

    event: EventId
    complaint: int
    recipient: UserId
    answered_at: int


@dataclass(frozen=True, slots=True)
class LetterChat:
    """A direct chat in which replies are looked for, and the last message seen there."""

    room: RoomId
    recipient: UserId
    seen: EventId


class Letters:
    """The tables `complaint_letters`, `complaint_answers` and `complaint_chats`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def write(self, letters: Iterable[Letter]) -> None:
        """These are due. One that was written before stays as it is."""
        now = milliseconds(self._clock.now())
        await self._database.executemany(
            "INSERT INTO complaint_letters (complaint, recipient, purpose, part, due_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            [(*_key(letter), now) for letter in letters],
        )

    async def unsent(self) -> list[Letter]:
        """What is still to be sent: first the letters to those who look into complaints."""
        rows = await self._database.fetch(
            "SELECT complaint, recipient, purpose, part FROM complaint_letters WHERE told_at IS NULL"
        )
        order = list(Purpose)
        letters = map(_letter, rows)
        return sorted(letters, key=lambda one: (order.index(one.purpose), one.complaint, one.part))

    async def recipients(self, complaint: int) -> list[UserId]:
        """To whom a complaint's letter goes."""
        rows = await self._database.fetch(
            "SELECT recipient FROM complaint_letters WHERE complaint = $1 AND purpose = $2 ORDER BY recipient",
            complaint,
            Purpose.COMPLAINT,
        )
        return [UserId(row["recipient"]) for row in rows]

    async def last_added(self, complaint: int) -> tuple[int, int]:
        """The last letter that told of more people: its part, and when it was written;
        zeros where there was none."""
        row = await self._database.fetchrow(
            "SELECT COALESCE(MAX(part), 0) AS part, COALESCE(MAX(due_at), 0) AS due_at"
            " FROM complaint_letters WHERE complaint = $1 AND purpose = $2",
            complaint,
            Purpose.ALSO,
        )
        return (row["part"], row["due_at"]) if row else (0, 0)

    async def sent(self, complaint: int | None = None) -> list[SentLetter]:
        """What was sent, of one complaint or of all, oldest first."""
        rows = await self._database.fetch(
            "SELECT complaint, recipient, purpose, part, told_at, event FROM complaint_letters"
            " WHERE told_at IS NOT NULL AND ($1 < 0 OR complaint = $1) ORDER BY told_at, recipient",
            -1 if complaint is None else complaint,
        )
        return [SentLetter(_letter(row), row["told_at"], EventId(row["event"])) for row in rows]

    async def told(self, letter: Letter, room: RoomId, event: EventId) -> None:
        """A letter was sent. Replies to those who look into a complaint are looked for from
        the first one on."""

        async def work(db: Connection) -> None:
            await db.execute(
                "UPDATE complaint_letters SET told_at = $5, event = $6"
                " WHERE complaint = $1 AND recipient = $2 AND purpose = $3 AND part = $4",
                *_key(letter),
                milliseconds(self._clock.now()),
                event,
            )
            if letter.purpose is Purpose.COMPLAINT:
                await db.execute(
                    "INSERT INTO complaint_chats (room, recipient, seen) VALUES ($1, $2, $3)"
                    " ON CONFLICT (room) DO NOTHING",
                    room,
                    letter.recipient,
                    event,
                )

        await transaction(self._database, work)

    async def drop(self, letter: Letter) -> None:
        """A letter can't be sent: its recipient has left, or is locked."""
        await self._database.execute(
            "DELETE FROM complaint_letters"
            " WHERE complaint = $1 AND recipient = $2 AND purpose = $3 AND part = $4",
            *_key(letter),
        )

    # ------------------------------------------------------------ replies

    async def chats(self) -> list[LetterChat]:
        """Where replies are looked for."""
        rows = await self._database.fetch("SELECT room, recipient, seen FROM complaint_chats")
        return [LetterChat(RoomId(r["room"]), UserId(r["recipient"]), EventId(r["seen"])) for r in rows]

    async def replied_to(self, said: Said) -> int | None:
        """The complaint to whose letter a message is a reply, None where it is to none that
        its sender got."""
        for event in said.replies_to:
            found = await self._database.fetchval(
                "SELECT complaint FROM complaint_letters WHERE event = $1 AND recipient = $2"
                " AND purpose NOT IN ($3, $4)",
                event,
                said.sender,
                Purpose.RECEIVED,
                Purpose.CLOSED,
            )
            if found is not None:
                return int(found)
        return None

    async def answer(self, complaint: int, said: Said) -> bool:
        """Record a reply. Returns whether it was not recorded before."""
        added = await self._database.fetchval(
            "INSERT INTO complaint_answers (event, complaint, recipient, answered_at)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1",
            said.event,
            complaint,
            said.sender,
            said.at,
        )
        return added is not None

    async def see(self, chat: LetterChat, event: EventId) -> None:
        """All up to this message was looked at."""
        await self._database.execute("UPDATE complaint_chats SET seen = $2 WHERE room = $1", chat.room, event)

    async def answers(self) -> list[Answer]:
        """All replies, oldest first."""
        rows = await self._database.fetch(
            "SELECT event, complaint, recipient, answered_at FROM complaint_answers"
            " ORDER BY answered_at, event"
        )
        return [
            Answer(EventId(r["event"]), r["complaint"], UserId(r["recipient"]), r["answered_at"])
            for r in rows
        ]


def _letter(row: Mapping[str, Any]) -> Letter:
    return Letter(row["complaint"], UserId(row["recipient"]), Purpose(row["purpose"]), row["part"])


def _key(letter: Letter) -> tuple[int, str, str, int]:
    return letter.complaint, letter.recipient, letter.purpose, letter.part
