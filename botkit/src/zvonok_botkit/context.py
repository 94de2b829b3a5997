"""What a handler knows and may do. There is no client inside: what is to be sent is
returned, and goes out only if the transaction holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol
from zoneinfo import ZoneInfo

from typing_extensions import TypeVar

from zvonok_botkit.answers import Answer, Outgoing, each
from zvonok_botkit.calendar import Holidays
from zvonok_botkit.chat import Event, History, Media
from zvonok_botkit.files import File, read_file
from zvonok_botkit.incoming import REACTION, body, relation
from zvonok_botkit.lanes import lane
from zvonok_botkit.people import Directory, Member, Rooms
from zvonok_core.clock import milliseconds
from zvonok_core.commands import Ask, Option
from zvonok_core.db import Connection
from zvonok_core.errors import UserError
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.people import Person
from zvonok_core.roles import Role
from zvonok_core.text import Catalogs, Text, text

S = TypeVar("S", default=None)
Settings = TypeVar("Settings", default=None)
V = TypeVar("V")


class Neighbours(Protocol):
    """The other bots of this process."""

    def service(self, kind: type[V], context: Context[Any, Any]) -> V | None:
        """What one of them serves, within the same transaction; None where none does."""


@dataclass(frozen=True, slots=True)
class Context(Generic[S, Settings]):
    """One event, or one job, and what belongs to it."""

    bot: str
    me: UserId
    """The bot's own account."""
    asker: Person
    """Who wrote it; the bot itself in a job."""
    room: RoomId
    event: Event
    thread: EventId | None
    reply_to: EventId | None
    about: str
    """The key of the bot's own message that the event is about, "" where there is none."""
    direct: bool
    """Whether only the two are in the room."""
    now: datetime
    """In UTC: when it is handled. `event.at` is when it was sent."""
    zone: ZoneInfo
    language: str
    store: S
    settings: Settings
    directory: Directory | None
    """The school's; None where there is none."""
    media: Media
    history: History
    holidays: Holidays
    catalogs: Catalogs
    rooms: Rooms
    connection: Connection
    neighbours: Neighbours
    outbox: list[tuple[str, Outgoing]]

    @property
    def words(self) -> str:
        """What a text message says, without what it quotes; "" for anything else."""
        return body(self.event)

    @property
    def emoji(self) -> str:
        """What a reaction is; "" for anything else."""
        relates = self.event.content.get("m.relates_to")
        key = relates.get("key") if self.event.type == REACTION and isinstance(relates, dict) else ""
        return key if isinstance(key, str) else ""

    @property
    def file(self) -> File | None:
        """The file, photo, voice or video message that it is; None for anything else."""
        return read_file(self.event)

    @property
    def target(self) -> EventId | None:
        """What the event itself answers, reacts to, edits or takes back."""
        return relation(self.event).target

    @property
    def edits(self) -> bool:
        """Whether it is an edit of `target`."""
        return relation(self.event).kind == "m.replace"

    def say(self, words: Text | str) -> str:
        """Words in the room's language."""
        return self.catalogs.say(words, self.language)

    def post(self, answer: Answer) -> None:
        """Send something besides what is returned."""
        self.outbox.extend((self.bot, item) for item in each(answer))

    def ask(
        self,
        parameter: str,
        question: Text,
        options: Sequence[Option] = (),
        known: Mapping[str, str] | None = None,
    ) -> Ask:
        """`raise ctx.ask("badge", text("Which badge?"), options)`: ask for an argument
        again; the answer calls the handler anew. What was written until then is undone.
        With `known` these are the other arguments, and the message is not read again."""
        return Ask(question, options, parameter, known=known)

    async def may(self, role: Role, user: UserId | None = None, room: RoomId | None = None) -> bool:
        """Whether the asker, or another, is this in the room, or in another."""
        return await self.rooms.may(user or self.asker.user, room or self.room, role)

    async def members(self, room: RoomId | None = None) -> tuple[Member, ...]:
        """Who belongs into the room, without bots, in the order of a register."""
        return (await self.rooms.view(room or self.room)).members

    async def schedule(self, job: str, due: datetime, key: str = "", **data: Any) -> None:
        """Have a job done at a moment. It is named by `job` and `key`: a second one of the
        same name takes the place of the first. `data` are its arguments, as JSON types."""
        await self.connection.execute(
            """INSERT INTO kit_jobs (bot, name, key, due, room, data) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (bot, name, key) DO UPDATE SET due = excluded.due, room = excluded.room, data = excluded.data""",
            self.bot,
            job,
            key,
            milliseconds(due),
            self.room,
            json.dumps(data, ensure_ascii=False),
        )

    async def start(self, work: str, key: str = "", **data: Any) -> bool:
        """Begin long work, see `Bot.work`. While one of the same `key` waits or runs nothing
        is begun, and the answer is False."""
        waits = await self.connection.fetchval(
            """SELECT 1 FROM kit_inbox WHERE bot = $1 AND about = $2 AND handled_at IS NULL
            UNION ALL SELECT 1 FROM kit_jobs WHERE bot = $3 AND name = $4 AND key = $5""",
            lane(self.bot),
            f"{work}|{key}",
            self.bot,
            work,
            key,
        )
        if waits is None:
            await self.schedule(work, self.now, key, **data)
        return waits is None

    async def cancel(self, job: str, key: str = "") -> None:
        """Have it not done."""
        await self.connection.execute(
            "DELETE FROM kit_jobs WHERE bot = $1 AND name = $2 AND key = $3", self.bot, job, key
        )

    def service(self, kind: type[V]) -> V:
        """What another bot serves. Raises UserError where that bot is not here."""
        found = self.neighbours.service(kind, self)
        if found is None:
            raise UserError(text("The bot that can do this is not running here."))
        return found

    async def sent(self, key: str) -> EventId | None:
        """The id of what was sent under `key`, once it is."""
        found = await self.connection.fetchval(
            "SELECT event FROM kit_outbox WHERE bot = $1 AND key = $2 ORDER BY position DESC LIMIT 1",
            self.bot,
            key,
        )
        return EventId(found) if found else None
