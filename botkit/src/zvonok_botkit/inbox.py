"""What came in: written down first, and given to whom it concerns, before anything is done.

An event, how far the news were read, and the room's size are one transaction: whatever ends
the program, the next start sees all of it or asks for it again.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zvonok_botkit import invitations
from zvonok_botkit.chat import Chat, Event, News
from zvonok_botkit.files import read_file
from zvonok_botkit.helping import KIT
from zvonok_botkit.incoming import ENCRYPTED, MESSAGE, PREFIX, REDACTION, addressed, body, relation
from zvonok_botkit.outbox import remember_direct
from zvonok_botkit.registry import Bots
from zvonok_botkit.trouble import trace
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database
from zvonok_core.ids import RoomId, UserId

log = logging.getLogger(__name__)

MEMBER = "m.room.member"
DRAFT_SECONDS = 600
"""So long an answer to a question is waited for."""
KEPT_DAYS = 120
"""So long it is remembered what an event was about, for those that take it back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event for one bot. `how` is command, answer, said, event, encrypted, job or work."""

    bot: str
    how: str
    about: str
    event: Event
    tries: int = 0


class HandledError(Exception):
    """An event was handled already; whatever was done for it again is to be undone."""


class Inbox:
    """The table, and who is given what."""

    def __init__(self, database: Database, bots: Bots, clock: Clock) -> None:
        self._database = database
        self._bots = bots
        self._clock = clock
        self._positions = itertools.count(1)

    async def open(self) -> None:
        """Go on where the last run has stopped; forget what is old. What each bot was at
        when the last run ended counts as tried: it may be what has ended it."""
        last = await self._database.fetchval("SELECT MAX(position) FROM kit_inbox")
        self._positions = itertools.count((last or 0) + 1)
        old = milliseconds(self._clock.now()) - KEPT_DAYS * 86_400_000
        await self._database.execute("DELETE FROM kit_inbox WHERE handled_at < $1", old)
        await self._database.execute(
            """UPDATE kit_inbox SET tries = tries + 1 WHERE position IN
            (SELECT MIN(position) FROM kit_inbox WHERE handled_at IS NULL GROUP BY bot)"""
        )

    @property
    def types(self) -> frozenset[str]:
        """The types of events that are worth asking for."""
        return self._bots.types() | {MESSAGE, ENCRYPTED, REDACTION, MEMBER}

    async def token(self) -> str:
        """How far the news were read; "" at the first start."""
        return await self._database.fetchval("SELECT value FROM kit_values WHERE name = 'token'") or ""

    async def known(self, room: RoomId) -> bool:
        """Whether the bot was in this room before."""
        found = await self._database.fetchval("SELECT 1 FROM kit_rooms WHERE room = $1", room)
        return found is not None

    async def take(
        self, db: Connection, chat: Chat, news: News, gaps: Mapping[RoomId, Iterable[Event]], first: bool
    ) -> set[str]:
        """Write down what is new; returns the bots that have something to do. At the very
        `first` start what people said before is left alone."""
        concerned: set[str] = set()
        for part in news.rooms:
            await db.execute(
                """INSERT INTO kit_rooms (room, members) VALUES ($1, $2) ON CONFLICT (room)
                DO UPDATE SET members = COALESCE(excluded.members, kit_rooms.members)""",
                part.room,
                part.members,
            )
            for event in () if first else (*gaps.get(part.room, ()), *part.events):
                if event.sender == chat.user:
                    await self._note_own(db, event)
                for bot, how, about in await self._routes(db, chat, event):
                    if await self.put(db, Entry(bot, how, about, event)):
                        concerned.add(bot)
        for invitation in news.invitations:
            await invitations.note(db, invitation, chat.user)
        for room in news.left:
            await db.execute("DELETE FROM kit_rooms WHERE room = $1", room)
            await db.execute("DELETE FROM kit_direct_rooms WHERE room = $1", room)
        await db.execute(
            """INSERT INTO kit_values (name, value) VALUES ('token', $1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
            news.token,
        )
        return concerned

    async def put(self, db: Connection, entry: Entry, due: int = 0) -> bool:
        """Write one event down; False where it is there already."""
        row = await db.fetchrow(
            """INSERT INTO kit_inbox (bot, event, position, at, how, about, body, due)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (bot, event) DO NOTHING RETURNING position""",
            entry.bot,
            entry.event.id,
            next(self._positions),
            entry.event.at,
            entry.how,
            entry.about,
            json.dumps(asdict(entry.event), ensure_ascii=False),
            due,
        )
        return row is not None

    async def next(self, bot: str) -> Entry | int | None:
        """The oldest event that is due for a bot; else the moment when one will be, None
        where none waits."""
        row = await self._database.fetchrow(
            """SELECT * FROM kit_inbox WHERE bot = $1 AND handled_at IS NULL AND due <= $2
            ORDER BY position LIMIT 1""",
            bot,
            milliseconds(self._clock.now()),
        )
        if row is None:
            due: int | None = await self._database.fetchval(
                "SELECT MIN(due) FROM kit_inbox WHERE bot = $1 AND handled_at IS NULL", bot
            )
            return due
        return Entry(bot, row["how"], row["about"], Event(**json.loads(row["body"])), row["tries"])

    async def handled(self, db: Connection, entry: Entry) -> None:
        """Note that it is done with; what it said is forgotten. Raises HandledError where it
        was done with before: by another program, which runs by mistake on the same database."""
        row = await db.fetchrow(
            """UPDATE kit_inbox SET handled_at = $3, body = NULL
            WHERE bot = $1 AND event = $2 AND handled_at IS NULL RETURNING position""",
            entry.bot,
            entry.event.id,
            milliseconds(self._clock.now()),
        )
        if row is None:
            raise HandledError(entry.event.id)

    async def put_off(self, entry: Entry, seconds: float) -> None:
        """Have it tried again later."""
        await self._database.execute(
            "UPDATE kit_inbox SET tries = tries + 1, due = $3 WHERE bot = $1 AND event = $2",
            entry.bot,
            entry.event.id,
            milliseconds(self._clock.now()) + int(seconds * 1000),
        )

    async def _note_own(self, db: Connection, event: Event) -> None:
        """What we have sent comes back with its id before anybody can answer it."""
        if event.transaction:
            await db.execute(
                "UPDATE kit_outbox SET event = $2, room = $3 WHERE transaction_id = $1",
                event.transaction,
                event.id,
                event.room,
            )

    async def _routes(self, db: Connection, chat: Chat, event: Event) -> list[tuple[str, str, str]]:
        try:
            return await route(db, self._bots, chat, event, self._clock)
        except (TypeError, ValueError, AttributeError) as error:  # no client writes such an event
            log.warning("%s makes no sense and is left out: %s", event.id, trace(error))
            return []


async def route(
    db: Connection, bots: Bots, chat: Chat, event: Event, clock: Clock
) -> list[tuple[str, str, str]]:
    """Which bots an event concerns: bot, how, and the key of what it is about."""
    if event.sender == chat.user:
        return await _overheard(db, bots, event)
    room = await db.fetchrow("SELECT members, told_encrypted FROM kit_rooms WHERE room = $1", event.room)
    if event.type == ENCRYPTED:
        return [] if room and room["told_encrypted"] else [(KIT, "encrypted", "")]
    about = await _about(db, event)
    found: dict[str, tuple[str, str]] = {}
    if event.type == MESSAGE:
        direct = room is not None and room["members"] == 2
        if direct:
            await remember_direct(db, event.sender, event.room)
        first = await _spoken(db, bots, chat, event, direct, about, clock)
        found |= {first[0]: (first[1], about.get(first[0], ""))} if first else {}
    for bot in bots:
        for listener in bot.listeners:
            if listener.hears(event, about.get(bot.name, ""), own=False):
                found.setdefault(bot.name, ("event", about.get(bot.name, "")))
    return [(bot, how, key) for bot, (how, key) in found.items()]


async def _overheard(db: Connection, bots: Bots, event: Event) -> list[tuple[str, str, str]]:
    """Which bots want to know what another one of this account has sent."""
    listening = [bot.name for bot in bots if any(one.hears(event, "", own=True) for one in bot.listeners)]
    if not listening:
        return []
    sender = await db.fetchval("SELECT bot FROM kit_outbox WHERE event = $1", event.id)
    return [(bot, "event", "") for bot in listening if bot != sender]


async def _about(db: Connection, event: Event) -> dict[str, str]:
    """By bot, the key of its own message that an event is about: the one that it answers,
    else the one whose thread it stands in."""
    related = relation(event)
    target = related.target
    if target is None:
        return {}
    found: dict[str, str] = {}
    for about in (related.thread, target):
        rows = await db.fetch("SELECT bot, key FROM kit_outbox WHERE event = $1 AND key <> ''", about)
        found |= {row["bot"]: row["key"] for row in rows}
    if event.type == REDACTION:  # of a reaction or a vote
        rows = await db.fetch("SELECT bot, about FROM kit_inbox WHERE event = $1", target)
        found |= {row["bot"]: row["about"] for row in rows}
    return found


async def _spoken(
    db: Connection, bots: Bots, chat: Chat, event: Event, direct: bool, about: Mapping[str, str], clock: Clock
) -> tuple[str, str] | None:
    """Which bot a message speaks to, as a command or as an answer; None where to none."""
    called = addressed(event, chat.user, chat.name)
    words = called if called is not None else body(event)
    if direct and read_file(event):
        return next((bot.name for bot in bots if bot.receives and about.get(bot.name)), KIT), "said"
    if not words:
        return None
    found = bots.recognise(words) if called is not None or direct else None
    if found is not None and called is not None:
        return found[0].name, "command"
    if not body(event).startswith(PREFIX) and (asked := await draft_of(db, event.room, event.sender, clock)):
        return asked["bot"], "answer"
    if found is not None:
        return found[0].name, "command"
    if called is None and any(about.get(bot.name) for bot in bots if _hears_messages(bots, bot.name)):
        return None
    if called is not None:
        return KIT, "command"
    return (KIT, "said") if direct else None


def _hears_messages(bots: Bots, bot: str) -> bool:
    return any(listener.type == MESSAGE for listener in bots[bot].listeners)


async def draft_of(
    db: Connection | Database, room: RoomId, user: UserId, clock: Clock
) -> Mapping[str, Any] | None:
    """The question that somebody was asked in a room and has not answered yet."""
    since = milliseconds(clock.now()) - DRAFT_SECONDS * 1000
    row = await db.fetchrow(
        "SELECT bot, command, draft FROM kit_drafts WHERE room = $1 AND user_id = $2 AND at >= $3",
        room,
        user,
        since,
    )
    return dict(row) if row else None
