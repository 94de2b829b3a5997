"""The loop that keeps rooms true: look, compare, put right, and look again.

Level, not edge: a hint or a wake only makes a look come sooner. One look runs at a time;
only `settle` works beside it, because a person who has just activated must not wait for
the end of a fill.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.desired import Account, Circumstances, desired_state
from zvonok_appservice.reconcile.execute import Outcome, execute
from zvonok_appservice.reconcile.guard import Limits, Verdict, guard
from zvonok_appservice.reconcile.model import (
    ActualState, AddMember, CreateRoom, DeactivateAccount, LinkChild, LinkParent, LockAccount, Plan, RemoveMember, SetDisplayName, SetPowerLevels, SetState, UnlinkChild, UnlockAccount)
from zvonok_appservice.reconcile.observe import observe, observe_rooms
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.templates import Template
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.roster.journal import Journal, Roster
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.people import People
from zvonok_core.clock import Clock
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import PersonId, RoomId, SchoolId, UserId
from zvonok_core.text import Catalogs

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the loop goes by: the parts of the configuration that it needs."""

    school: SchoolId
    short_name: str
    language: str
    templates: tuple[Template, ...]
    limits: Limits
    bots: tuple[UserId, ...]
    alias_prefix: str
    concurrency: int
    full_look_seconds: float
    journal_seconds: float


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found and did: the plan as it was allowed, and what came of it."""

    picture: Picture
    steps: Plan
    outcome: Outcome


class Reconciler:
    """Owns the picture of the school, and everything that is written to the homeserver."""

    def __init__(
        self,
        rules: Rules,
        homeserver: Homeserver,
        journal: Journal,
        people: People,
        ledger: Ledger,
        board: Board,
        catalogs: Catalogs,
        clock: Clock,
    ) -> None:
        self.rules = rules
        self._homeserver = homeserver
        self._journal = journal
        self._people = people
        self._ledger = ledger
        self._board = board
        self._catalogs = catalogs
        self._clock = clock
        self._actual: ActualState | None = None
        self._roster: Roster | None = None
        self._today: tuple[Roster, Today, Today | None] | None = None
        self._hinted: set[RoomId] = set()
        self._news = asyncio.Event()
        self._looking = asyncio.Lock()
        self._seen_audit = 0

    # ------------------------------------------------------------ from outside

    def hint(self, room: RoomId) -> None:
        """Something happened in a room: look at it soon."""
        self._hinted.add(room)
        self._news.set()

    def wake(self) -> None:
        """Something changed outside the homeserver: compare soon."""
        self._news.set()

    async def settle(self, person: PersonId) -> int:
        """Put a person who has just linked into all their rooms that exist, without
        waiting for a look. Returns in how many rooms they are; 0 before the first look.

        Grants only: whatever else there is to do for them comes with the next look.
        """
        if self._actual is None or self._today is None:
            self.wake()
            return 0
        given = await self._circumstances(self._actual)
        account = given.accounts.get(person)
        if account is None or not account.linked:
            return 0
        fresh = await self._homeserver.account(account.user)
        if fresh is None or fresh.locked or fresh.deactivated:
            return 0
        actual = replace(self._actual, accounts={**self._actual.accounts, account.user: fresh})
        desired = desired_state(self._today[1], self.rules.templates, given, self._catalogs)
        joins = tuple(
            step
            for step in plan(desired, actual).grants
            if isinstance(step, AddMember) and step.user == account.user and step.key in actual.rooms
        )
        await self._execute(Plan((), joins), actual)
        for step in joins:
            self._hinted.add(actual.rooms[step.key].room)
        self.wake()
        return sum(account.user in room.members for room in desired.rooms.values())

    # ------------------------------------------------------------ the loop

    async def run(self) -> None:
        """Look for ever. Whatever is away is waited for; nothing ends the loop but its
        cancellation."""
        next_full = 0.0
        next_journal = 0.0
        while True:
            now = self._clock.monotonic()
            try:
                if now >= next_journal:
                    await self.refresh()
                    next_journal = now + self.rules.journal_seconds
                complete = now >= next_full or self._actual is None
                look = await self.look(complete=complete)
                if complete:
                    next_full = now + self.rules.full_look_seconds
                if look is not None and (look.outcome.failures or not look.steps.empty):
                    # What was done or failed is looked at once more before it is believed.
                    next_full = min(next_full, now + (30 if look.outcome.failures else 0))
            except TemporaryError as error:
                log.warning("a look was put off: %s", error)
                next_full = min(next_full, now + 10)
            await self._wait(min(next_full, next_journal) - self._clock.monotonic())

    async def refresh(self) -> bool:
        """Read the journal if it has changed. Returns whether there is a roster at all."""
        roster = await self._journal.roster()
        if roster is not None and roster is not self._roster:
            await self._people.reserve(roster.snapshot.people.values())
            self._roster = roster
        return roster is not None

    async def look(self, *, complete: bool) -> Look | None:
        """Look at everything, or at the rooms that were hinted at; compare; put right.
        Returns None while there is no roster.

        Raises TemporaryError while the homeserver or the database is away.
        """
        async with self._looking:
            if self._roster is None:
                return None
            hinted, self._hinted = self._hinted, set()
            try:
                if complete or self._actual is None:
                    self._actual = await self._everything()
                elif hinted:
                    self._actual = await self._again(self._actual, hinted, ())
                return await self._put_right(self._actual)
            except BaseException:
                self._hinted |= hinted
                raise

    async def preview(self) -> tuple[Picture, Plan]:
        """What a look would do now: the picture, and the plan as the guard allows it."""
        await self.roster_picture()
        self._actual = await self._everything()
        picture = await self._picture(self._actual)
        return picture, plan(picture.desired, picture.actual, picture.verdict.held)

    async def roster_picture(self) -> Picture:
        """The picture without a look at the homeserver: people, and the rooms due to them.

        Raises TemporaryError where there is no roster.
        """
        if not await self.refresh():
            raise TemporaryError("there is no roster yet: the journal was never read without a fatal finding")
        return await self._picture(ActualState({}, {}))

    async def _put_right(self, actual: ActualState) -> Look:
        picture = await self._picture(actual)
        steps = plan(picture.desired, actual, picture.verdict.held)
        await self._board.hang(picture)
        if picture.verdict.holds:
            log.warning(
                "held until it is confirmed: %d removals; see `plan`, then `apply %s`",
                len(picture.verdict.removals),
                picture.verdict.digest,
            )
        outcome = await self._execute(steps, actual)
        await self._close_accounts(picture)
        if not steps.empty:
            rooms, users = touched(steps, outcome)
            self._actual = await self._again(actual, rooms, users)
            picture = await self._picture(self._actual)
            await self._board.hang(picture)
        return Look(picture, steps, outcome)

    async def _execute(self, steps: Plan, actual: ActualState) -> Outcome:
        rooms = {key: room.room for key, room in actual.rooms.items()}
        return await execute(
            steps,
            self._homeserver,
            rooms=rooms,
            alias_prefix=self.rules.alias_prefix,
            concurrency=self.rules.concurrency,
        )

    async def _close_accounts(self, picture: Picture) -> None:
        """Whose account was deactivated is linked no longer: a new letter links them anew."""
        for user, account in picture.desired.accounts.items():
            present = picture.actual.accounts.get(user)
            if account.deactivated and present is not None and present.deactivated:
                await self._people.unlink(account.person)

    async def _everything(self) -> ActualState:
        return await observe(self._homeserver, self.rules.school, self.rules.concurrency)

    async def _again(
        self, actual: ActualState, rooms: Iterable[RoomId], users: Iterable[UserId]
    ) -> ActualState:
        """`actual` with some rooms and accounts looked at anew."""
        asked = frozenset(rooms)
        seen = await observe_rooms(self._homeserver, self.rules.school, asked, self.rules.concurrency)
        kept = {key: room for key, room in actual.rooms.items() if room.room not in asked}
        accounts = dict(actual.accounts)
        for user in users:
            account = await self._homeserver.account(user)
            if account is not None:
                accounts[user] = account
        fresh = {room.key: room for room in seen}
        return ActualState({**kept, **fresh}, accounts)

    async def _picture(self, actual: ActualState) -> Picture:
        today, before = self._days()
        given = replace(await self._circumstances(actual), before=before)
        desired = desired_state(today, self.rules.templates, given, self._catalogs)
        verdict = guard(
            plan(desired, actual), desired, actual, self.rules.limits, await self._ledger.approved()
        )
        return Picture(today, self.rules.templates, given, desired, actual, verdict)

    def _days(self) -> tuple[Today, Today | None]:
        assert self._roster is not None
        if self._today is None or self._today[0] is not self._roster:
            before = self._roster.before
            self._today = (
                self._roster,
                Today(self._roster.snapshot, self._roster.day),
                Today(before, self._roster.day) if before else None,
            )
        return self._today[1], self._today[2]

    async def _circumstances(self, actual: ActualState) -> Circumstances:
        known = await self._people.all()
        locks: Mapping[PersonId, str] = await self._people.locks()
        return Circumstances(
            accounts={
                person: Account(
                    self._homeserver.user_id(row.localpart), row.linked_at is not None, person in locks
                )
                for person, row in known.items()
            },
            existing=frozenset(actual.rooms),
            lessons=await self._ledger.lessons(),
            bots=frozenset(self.rules.bots),
            short_name=self.rules.short_name,
            language=self.rules.language,
        )

    async def _wait(self, seconds: float) -> None:
        """Wait for news, or for other programs' word in the audit, at most `seconds`."""
        deadline = self._clock.monotonic() + max(0.0, seconds)
        while (left := deadline - self._clock.monotonic()) > 0 and not self._news.is_set():
            latest = await self._ledger.latest()
            if latest != self._seen_audit:
                self._seen_audit = latest
                break
            try:
                async with asyncio.timeout(min(left, 1.0)):
                    await self._news.wait()
            except TimeoutError:
                continue
        self._news.clear()


def touched(steps: Plan, outcome: Outcome) -> tuple[set[RoomId], set[UserId]]:
    """The rooms and accounts that a plan wrote to, or tried to."""
    rooms: set[RoomId] = set()
    users: set[UserId] = set()
    for step in (*steps.revocations, *steps.grants):
        match step:
            case CreateRoom():
                keys = [step.desired.key]
            case LinkChild() | LinkParent():
                keys = [step.space, step.child]
            case UnlinkChild():
                keys = [step.space]
            case RemoveMember() | SetPowerLevels() | SetState() | AddMember():
                keys = [step.key]
            case LockAccount() | DeactivateAccount() | UnlockAccount() | SetDisplayName():
                keys = []
                users.add(step.user)
        rooms.update(outcome.rooms[key] for key in keys if key in outcome.rooms)
    return rooms, users
