"""What every kind of event needs to be handled: the parts of the program, the context of a
handler, and how a transaction ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from zvonok_botkit.answers import Answer, Outgoing, each
from zvonok_botkit.calendar import Holidays
from zvonok_botkit.chat import Chat
from zvonok_botkit.context import Context
from zvonok_botkit.inbox import Entry, Inbox
from zvonok_botkit.incoming import relation
from zvonok_botkit.outbox import Origin, Outbox
from zvonok_botkit.people import Company, Directory, Rooms
from zvonok_botkit.registry import AnyBot, Bots
from zvonok_core.clock import Clock
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.people import Person
from zvonok_core.text import Catalogs, Text

V = TypeVar("V")

HANDLER_SECONDS = 60.0
"""A handler that takes longer is stuck."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How the bots behave. `answer_within` is in seconds: an older command is not answered
    as if it were new."""

    language: str
    zone: ZoneInfo
    holidays: Holidays = Holidays()
    answer_within: float = 3600.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Where an event plays: what was looked up before the transaction."""

    entry: Entry
    bot: AnyBot
    asker: Person
    direct: bool
    company: Company | None

    @property
    def spoken(self) -> bool:
        """Whether somebody has said it to the bot and waits for an answer."""
        return self.entry.how in ("command", "answer")


@dataclass
class Ground:
    """The parts of the program."""

    chat: Chat
    database: Database
    bots: Bots
    inbox: Inbox
    outbox: Outbox
    directory: Directory | None
    clock: Clock
    catalogs: Catalogs
    manners: Manners
    settings: Mapping[str, Any]
    rooms: Rooms = field(init=False)

    def __post_init__(self) -> None:
        self.rooms = Rooms(self.chat, self.directory, self.clock)

    async def finish(self, scene: Scene, words: Text | None) -> None:
        """Say something, or nothing, to whoever has written, and be done with it. Of what
        went wrong with a vote or a job nobody is told: nobody waits for it."""
        silent = scene.entry.how in ("event", "job")

        async def work(db: Connection) -> None:
            await self.conclude(db, scene, [], None if silent else words)

        await transaction(self.database, work)

    async def conclude(
        self, db: Connection, scene: Scene, posted: list[tuple[str, Outgoing]], answer: Answer
    ) -> None:
        """Write all that is said, close the question, and mark the event as handled."""
        event = scene.entry.event
        items = [*posted, *((scene.bot.name, item) for item in each(answer))]
        await self.inbox.handled(db, scene.entry)
        await self.outbox.put(db, items, self.origin(scene, f"{scene.entry.bot}|{event.id}"))
        if scene.spoken:
            await db.execute(
                "DELETE FROM kit_drafts WHERE room = $1 AND user_id = $2", event.room, event.sender
            )

    def origin(self, scene: Scene, cause: str) -> Origin:
        """What is answered; the same `cause` is answered once."""
        event = scene.entry.event
        return Origin(
            cause=cause,
            room=event.room,
            event=None if scene.entry.how in ("job", "work") else event.id,
            thread=relation(event).thread,
            asker=event.sender if scene.spoken and not scene.direct else None,
            words=lambda words: self.catalogs.say(words, self.manners.language),
        )

    def context(self, db: Connection, scene: Scene) -> Context[Any, Any]:
        """What a handler gets, within a transaction."""
        event = scene.entry.event
        return Context(
            bot=scene.bot.name,
            me=self.chat.user,
            asker=scene.asker,
            room=event.room,
            event=event,
            thread=relation(event).thread,
            reply_to=relation(event).reply_to,
            about=scene.entry.about,
            direct=scene.direct,
            now=self.clock.now(),
            zone=self.manners.zone,
            language=self.manners.language,
            store=scene.bot.make_store(db) if scene.bot.make_store else None,
            settings=self.settings.get(scene.bot.name),
            directory=self.directory,
            media=self.chat,
            history=self.chat,
            holidays=self.manners.holidays,
            catalogs=self.catalogs,
            rooms=self.rooms,
            connection=db,
            neighbours=self,
            outbox=[],
        )

    def service(self, kind: type[V], context: Context[Any, Any]) -> V | None:
        """See `Neighbours`."""
        for bot in self.bots:
            if make := bot.services.get(kind):
                store = bot.make_store(context.connection) if bot.make_store else None
                theirs = replace(context, bot=bot.name, store=store, settings=self.settings.get(bot.name))
                return cast(V, make(theirs))
        return None


async def in_time(answer: Awaitable[Answer]) -> Answer:
    """A handler's answer; TimeoutError where it is stuck."""
    async with asyncio.timeout(HANDLER_SECONDS):
        return await answer
