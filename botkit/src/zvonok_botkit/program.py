"""The running bots: one task listens, one for each bot handles, one sends, one keeps time.

No task waits for another one: a bot that is slow or raises leaves the rest alone, and
whatever a task was about to do is in the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from zvonok_botkit import invitations, tables
from zvonok_botkit.calendar import QuietHours
from zvonok_botkit.chat import Chat, Event, News, RoomNews
from zvonok_botkit.dispatch import Dispatcher
from zvonok_botkit.ground import Ground, Manners
from zvonok_botkit.helping import kit_bot
from zvonok_botkit.inbox import MEMBER, Inbox
from zvonok_botkit.outbox import Outbox
from zvonok_botkit.people import Directory
from zvonok_botkit.registry import AnyBot, Bots
from zvonok_botkit.timetable import Timetable
from zvonok_botkit.trouble import SIGNED_OUT, trace
from zvonok_core.clock import Clock, SystemClock, milliseconds
from zvonok_core.db import Connection, Database, open_database, transaction
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.text import Catalogs

log = logging.getLogger(__name__)

WAIT = 30.0
"""Seconds that the homeserver may wait for news."""
LOOK_EVERY = 15.0
"""Seconds between two looks at the jobs, at most: the machine's clock may be put forward."""
LONGEST_GAP = 5_000
"""Events of one room that are read again after a pause; more would hold up everybody."""
LONGEST_PAUSE = 60.0
PACKAGES = ("zvonok_core", "zvonok_botkit")


def catalogs_of(bots: Sequence[AnyBot]) -> Catalogs:
    """The catalogues of the bots and of what they stand on."""
    return Catalogs.load([*PACKAGES, *(bot.package for bot in bots if bot.package)])


@asynccontextmanager
async def open_bots_database(url: str, bots: Sequence[AnyBot]) -> AsyncIterator[Database]:
    """The kit's tables and each bot's, migrated."""
    async with open_database(url, tables.upgrades, *(bot.upgrades for bot in bots)) as database:
        yield database


@dataclass
class Program:
    """Some bots under one account."""

    chat: Chat
    database: Database
    bots: Sequence[AnyBot]
    directory: Directory | None
    manners: Manners
    settings: Mapping[str, Any] = field(default_factory=dict)
    quiet: QuietHours = QuietHours()
    clock: Clock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self.all = Bots([*self.bots, kit_bot(list(self.bots))])
        self.inbox = Inbox(self.database, self.all, self.clock)
        self.outbox = Outbox(self.database, self.clock)
        self.timetable = Timetable(
            self.database, self.all, self.inbox, self.clock, self.manners.zone, self.quiet
        )
        ground = Ground(
            chat=self.chat,
            database=self.database,
            bots=self.all,
            inbox=self.inbox,
            outbox=self.outbox,
            directory=self.directory,
            clock=self.clock,
            catalogs=catalogs_of(self.bots),
            manners=self.manners,
            settings=self.settings,
        )
        self.dispatcher, self.rooms = Dispatcher(ground), ground.rooms
        self._invited = asyncio.Event()
        self._wake = {name: asyncio.Event() for name in self.all.lanes}
        self._handled = asyncio.Event()

    async def run(self) -> None:
        """Listen and answer until cancelled. Raises PermanentError where the homeserver has
        signed the account out."""
        await self.open()
        try:
            await self._run()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._steadily("listening", self._listen_once))
            tasks.create_task(self.outbox.deliver(self.chat))
            tasks.create_task(self._steadily("keeping time", self._keep_time_once))
            tasks.create_task(self._steadily("coming into rooms", self._come_in))
            for name in self.all.lanes:
                tasks.create_task(self._steadily(name, self._worker(name)))

    async def open(self) -> None:
        """Find where the last run has stopped."""
        await self.inbox.open()
        await self.outbox.open()
        for event in self._wake.values():
            event.set()

    async def _steadily(self, what: str, step: Callable[[], Awaitable[None]]) -> None:
        """Do a step again and again; what fails is tried again after growing pauses, and said
        once when it begins and once when it is over."""
        pause = 0.0
        while True:
            try:
                await step()
            except Exception as error:
                if isinstance(error, PermanentError) and error.code == SIGNED_OUT:
                    raise
                if not pause:
                    shown = str(error) if isinstance(error, TemporaryError) else trace(error)
                    log.warning("%s has failed and goes on: %s", what, shown)
                asked = getattr(error, "retry_after", None)
                pause = min(max(pause * 2, 0.5), LONGEST_PAUSE)
                await asyncio.sleep(asked or pause)
            else:
                if pause:
                    log.warning("%s works again", what)
                pause = 0.0

    # ------------------------------------------------------------ listening

    async def _listen_once(self) -> None:
        token = await self.inbox.token()
        await self.receive(await self.chat.news(token, self.inbox.types, WAIT if token else 0.0), token)

    async def receive(self, news: News, token: str) -> None:
        """Take in what happened after `token`."""
        gaps = {part.room: await self._fill(part, token) for part in news.rooms if part.gap and token}
        for part in news.rooms:
            if any(event.type == MEMBER for event in part.events):
                self.rooms.forget(part.room)

        async def work(db: Connection) -> set[str]:
            return await self.inbox.take(db, self.chat, news, gaps, first=not token)

        for bot in await transaction(self.database, work):
            self._wake[bot].set()
        if news.invitations:
            self._invited.set()

    async def _come_in(self) -> None:
        self._invited.clear()
        seconds = await invitations.follow(self.database, self.chat, self.clock)
        await _set_within(self._invited, seconds)

    async def _fill(self, part: RoomNews, token: str) -> list[Event]:
        """What was left out between the token and the news of a room, oldest first."""
        if not await self.inbox.known(part.room):
            return []  # what was said before the bot came is none of its business
        found: list[Event] = []
        place = part.gap
        while place and len(found) < LONGEST_GAP:
            page = await self.chat.earlier(part.room, place, token, self.inbox.types)
            found += page.events
            place = page.next
        return found[::-1]

    # ------------------------------------------------------------ handling

    def _worker(self, bot: str) -> Callable[[], Awaitable[None]]:
        async def step() -> None:
            wake = self._wake[bot]
            wake.clear()
            due = await self.handle_all(bot)
            seconds = None if due is None else max(0.05, (due - milliseconds(self.clock.now())) / 1000)
            await _set_within(wake, seconds)

        return step

    async def handle_all(self, bot: str) -> int | None:
        """Handle what is in a bot's inbox, or waits as its long work. Returns the moment when the next is due, in
        milliseconds; None where nothing waits."""
        while True:
            entry = await self.inbox.next(bot)
            if entry is None or isinstance(entry, int):
                return entry
            await self.dispatcher.handle(entry)
            self._handled.set()

    # ------------------------------------------------------------ time

    async def _keep_time_once(self) -> None:
        self._handled.clear()
        due = await self.timetable.next()
        seconds = (due - self.clock.now()).total_seconds() if due else LOOK_EVERY
        if seconds > 0:  # whatever is handled meanwhile may have scheduled something
            await _set_within(self._handled, min(seconds, LOOK_EVERY))
            return
        for name in await self.timetable.move_due(self.chat.user):
            self._wake[name].set()


async def _set_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Wait until it is set, at most so long; whether it is."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
