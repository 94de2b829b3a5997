"""Schools whose rooms are kept: the loop and all its parts on a real Synapse, but for the
journal, which says what the test puts into its mouth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from support.schools import PASSWORD, HostedSchool
from zvonok_appservice.config import Config, shipped_rooms
from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.mautrix_homeserver import MautrixHomeserver
from zvonok_appservice.metrics import Metrics
from zvonok_appservice.moderation import Moderation
from zvonok_appservice.notices import Notices
from zvonok_appservice.picture import Board
from zvonok_appservice.reconcile.abroad import ALONE
from zvonok_appservice.reconcile.guard import Limits
from zvonok_appservice.reconcile.loop import Look, Reconciler, Rules
from zvonok_appservice.reconcile.model import ActualRoom, ActualState, Membership
from zvonok_appservice.reconcile.moderated import Moderated
from zvonok_appservice.reconcile.templates import templates
from zvonok_appservice.roster.journal import Journal
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_appservice.roster.source import Finding, Reading
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.migrations import upgrades
from zvonok_appservice.store.people import People
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_appservice.store.returns import Returns
from zvonok_appservice.store.rosters import Rosters
from zvonok_core.clock import Clock, SystemClock
from zvonok_core.db import Database, open_database
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import PersonId, SchoolId, UserId
from zvonok_core.text import Catalogs

MOST_LOOKS = 8
UNGUARDED = Limits(count=1000, share=1.1, floor=1000)
"""For schools so small that any change is a large share."""


class SpokenJournal:
    """A journal that says what it is told to."""

    def __init__(self, school: SchoolId, snapshot: Snapshot) -> None:
        self._school = school
        self._said = 0
        self._snapshot: Snapshot | None = None
        self._findings: tuple[Finding, ...] = ()
        self.away = False
        self.read_times = 0
        self.while_read: Callable[[], object] = lambda: None
        self.say(snapshot)

    def say(self, snapshot: Snapshot | None, *findings: Finding) -> None:
        """From now on it says this."""
        if snapshot is not None:
            snapshot = replace(snapshot, school=replace(snapshot.school, id=self._school))
        self._said += 1
        self._snapshot, self._findings = snapshot, findings

    def fingerprint(self) -> str:
        if self.away:
            raise TemporaryError("the share is not mounted")
        return str(self._said)

    def read(self, previous: bytes | None) -> Reading:
        self.read_times += 1
        reading = Reading(self._snapshot, self._findings, {}, b"%d" % self._said)
        self.while_read()
        return reading


@dataclass
class KeptSchool:
    """One school: its journal, its loop, and its homeserver."""

    hosted: HostedSchool
    source: SpokenJournal
    database: Database
    people: People
    ledger: Ledger
    restrictions: Restrictions
    board: Board
    reconciler: Reconciler
    moderation: Moderation
    notices: Notices

    @property
    def homeserver(self) -> MautrixHomeserver:
        return self.hosted.homeserver

    async def keep(self) -> list[Look]:
        """Read the journal and look until nothing is left to be done; returns the looks
        that found something."""
        assert await self.reconciler.refresh()
        looks: list[Look] = []
        for _ in range(MOST_LOOKS):
            look = await self.reconciler.look(complete=True)
            assert look is not None
            assert look.outcome.complete, look.outcome
            if look.steps.empty:
                return looks
            looks.append(look)
        raise AssertionError(f"no end after {MOST_LOOKS} looks: {looks[-1].steps}")

    async def user(self, person: str) -> UserId:
        """A person's user id."""
        known = await self.people.all()
        return self.homeserver.user_id(known[PersonId(person)].localpart)

    async def activate(self, *people: str) -> list[UserId]:
        """Make the accounts of people, as the activation page does; PASSWORD opens them."""
        users = []
        for person in people:
            user = await self.user(person)
            await self.homeserver.create_account(user, "", PASSWORD)
            await self.people.link(PersonId(person))
            users.append(user)
        return users

    async def actual(self) -> ActualState:
        """Everything as it stands on the homeserver."""
        return await self.hosted.observed()

    async def room(self, name: str) -> ActualRoom:
        """The one room with this name, as it stands on the homeserver."""
        (found,) = [room for room in (await self.actual()).rooms.values() if room.name == name]
        return found

    async def members(self, name: str) -> set[UserId]:
        """Who is in the room with this name."""
        return joined(await self.room(name))

    async def rooms_of(self, user: UserId) -> set[str]:
        """The names of the rooms that somebody is in."""
        return {room.name for room in (await self.actual()).rooms.values() if user in joined(room)}

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[asyncio.Task[None]]:
        """The loop runs until the block is left."""
        loop = asyncio.create_task(self.reconciler.run())
        try:
            yield loop
            assert not loop.done()
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)


@asynccontextmanager
async def kept_school(
    hosted: HostedSchool,
    snapshot: Snapshot,
    *,
    clock: Clock | None = None,
    limits: Limits = UNGUARDED,
    rooms: Mapping[str, Any] | None = None,
    homeserver: Homeserver | None = None,
    database: str = "",
    journal_seconds: float = 300,
    bots: bool = False,
) -> AsyncIterator[KeptSchool]:
    """A school that is ready for its first look, without bots, which make it slower.
    `homeserver` stands before the real one where a test wants to meddle with requests."""
    clock = clock or SystemClock()
    config: Config = hosted.config
    source = SpokenJournal(config.school.id, snapshot)
    async with open_database(database or config.database, upgrades) as opened:
        people, ledger, board = (
            People(opened, clock, config.appservice.user_prefix),
            Ledger(opened, clock),
            Board(),
        )
        restrictions, returns = Restrictions(opened, clock), Returns(opened, clock)
        rules = Rules(
            school=config.school.id,
            short_name=config.school.short_name,
            language="en",
            templates=templates(shipped_rooms(), rooms or {}),
            limits=limits,
            bots=tuple(hosted.homeserver.user_id(bot.localpart) for bot in config.bots) if bots else (),
            alias_prefix=config.appservice.alias_prefix,
            concurrency=4,
            full_look_seconds=600,
            journal_seconds=journal_seconds,
        )
        journal = Journal(source, Rosters(opened, clock), clock, ZoneInfo("Europe/Moscow"), 30)
        reconciler = Reconciler(
            rules,
            homeserver or hosted.homeserver,
            journal,
            people,
            ledger,
            Moderated(restrictions, returns, clock),
            board,
            Catalogs({}),
            clock,
            Metrics(board, clock),
            lambda: ALONE,
        )
        moderation = Moderation(restrictions, ledger, clock, reconciler.wake)
        notices = Notices(
            board, restrictions, returns, hosted.homeserver, Catalogs({}), clock, ZoneInfo("Europe/Moscow")
        )
        yield KeptSchool(
            hosted, source, opened, people, ledger, restrictions, board, reconciler, moderation, notices
        )


def joined(room: ActualRoom) -> set[UserId]:
    """Who is in a room, the bots among them."""
    return {user for user, how in room.members.items() if how is Membership.JOIN}
