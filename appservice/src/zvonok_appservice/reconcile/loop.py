"""The loop that keeps rooms true: look, compare, put right, and look again.

Level, not edge: a hint or a wake only makes a look come sooner. One look runs at a time;
only `settle` works beside it, because a person who has just activated must not wait for
the end of a fill.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.metrics import Metrics
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.abroad import Abroad, believed
from zvonok_appservice.reconcile.desired import Account, Circumstances, desired_state
from zvonok_appservice.reconcile.execute import Outcome, execute, touched
from zvonok_appservice.reconcile.guard import Limits, Verdict, guard
from zvonok_appservice.reconcile.model import CONTROL, ActualState, AddMember, Plan, RoomKey
from zvonok_appservice.reconcile.moderated import Moderated
from zvonok_appservice.reconcile.observe import observe, observe_again
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.templates import Template
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.reconcile.troubles import Troubles, pause
from zvonok_appservice.roster.journal import Journal, Roster
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.people import People
from zvonok_core.clock import Clock
from zvonok_core.errors import UserError
from zvonok_core.ids import PersonId, RoomId, SchoolId, UserId
from zvonok_core.text import Catalogs, text

log = logging.getLogger(__name__)

GATHERING = 0.2
"""Seconds from the first hint to the look: what happens at once is looked at once."""
LONGEST_GATHERING = 5.0
"""As long as looks find no end, hints wait up to so many seconds."""
AGAIN = 0.5
"""Seconds until what was put right is compared once more, and until a failure is tried
again; twice as long each time."""
POLL = 1.0
"""Seconds between two looks at whether another program has written into the audit, and at
whether a mute or a pause is over."""


class NoRosterError(UserError):
    """There has never been a good roster, and so there is nothing to go by."""


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
        moderated: Moderated,
        board: Board,
        catalogs: Catalogs,
        clock: Clock,
        metrics: Metrics,
        abroad: Callable[[], Abroad],
    ) -> None:
        self.rules = rules
        self._homeserver = homeserver
        self._journal = journal
        self._people = people
        self._ledger = ledger
        self._moderated = moderated
        self._abroad = abroad
        self._board = board
        self._catalogs = catalogs
        self._clock = clock
        self._metrics = metrics
        self._actual: ActualState | None = None
        self._roster: Roster | None = None
        self._days: tuple[Roster, Today, Today | None] | None = None
        self._hinted: set[RoomId] = set()
        self._news = asyncio.Event()
        self._looking = asyncio.Lock()
        self._unsure = True
        self._held = ""
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
        waiting for a look. Returns in how many rooms they are now; 0 before the first look.

        Grants only: whatever else there is to do for them comes with the next look.
        """
        try:
            return await self._settle(person)
        finally:
            self.wake()

    async def _settle(self, person: PersonId) -> int:
        if self._actual is None or self._days is None:
            return 0
        given = await self._circumstances(self._actual)
        account = given.accounts.get(person)
        fresh = await self._homeserver.account(account.user) if account is not None else None
        if fresh is None or fresh.locked or fresh.deactivated:
            return 0
        actual = replace(self._actual, accounts={**self._actual.accounts, fresh.user: fresh})
        desired = desired_state(self._days[1], self.rules.templates, given, self._catalogs)
        joins = tuple(
            step
            for step in plan(desired, actual).grants
            if isinstance(step, AddMember) and step.user == fresh.user and step.key in actual.rooms
        )
        outcome = await self._execute(Plan((), joins), actual)
        self._hinted.update(actual.rooms[step.key].room for step in joins)
        due = [key for key, room in desired.rooms.items() if fresh.user in room.members]
        return len(actual.rooms.keys() & due) - len(outcome.failures)

    # ------------------------------------------------------------ the loop

    async def run(self) -> None:
        """Read and look for ever. Whatever is away is waited for, and what goes wrong is
        said once; nothing ends the loop but its cancellation."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_reading())
            group.create_task(self._keep_looking())

    async def _keep_reading(self) -> None:
        """Beside the looks, because a share that hangs must not keep them from going on."""
        reading = Troubles("reading the journal")
        while True:
            before = self._roster
            await reading.endure(self.refresh())
            if self._roster is not before:
                self.wake()
            longest = self.rules.journal_seconds
            await asyncio.sleep(pause(reading.in_a_row, 1, longest) if reading.in_a_row else longest)

    async def _keep_looking(self) -> None:
        looking, asking = Troubles("looking at the rooms"), Troubles("asking what other programs did")
        next_full = -math.inf
        restless = 0
        while True:
            now = self._clock.monotonic()
            complete = self._unsure or now >= next_full
            look = await looking.endure(self.look(complete=complete))
            if complete and not looking.in_a_row:
                next_full = now + self.rules.full_look_seconds
            calm = not looking.in_a_row and (look is None or look.steps.empty)
            restless = 0 if calm else restless + 1
            pausing = pause(restless, AGAIN, self.rules.full_look_seconds)
            until = next_full if calm else self._clock.monotonic() + pausing
            await self._wait(until, pause(restless, GATHERING, LONGEST_GATHERING), asking)

    async def refresh(self) -> bool:
        """Read the journal if it has changed. Returns whether there is a roster at all."""
        roster = await self._journal.roster()
        self._metrics.journal(well=self._journal.available and not self._journal.refused)
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
            roster = self._journal.on_the_day(self._roster)
            if roster is None:
                return None
            begun = self._clock.monotonic()
            hinted, self._hinted = self._hinted, set()
            try:
                if complete or self._actual is None:
                    self._actual = await self._everything()
                else:
                    newcomers = await self._newcomers(self._actual)
                    self._actual = await self._again(self._actual, hinted, newcomers)
                look = await self._put_right(roster, self._actual)
            except BaseException:
                self._hinted |= hinted
                self._unsure = True
                raise
            failed = len(look.outcome.failures)
            self._unsure = failed > 0
            self._metrics.looked(self._clock.monotonic() - begun, look.outcome.done, failed)
            return look

    async def preview(self) -> tuple[Picture, Plan]:
        """What a look would do now: the picture, and the plan as the guard allows it."""
        await self.roster_picture()
        assert self._roster is not None
        picture = await self._picture(self._roster, await self._everything())
        return picture, plan(picture.desired, picture.actual, picture.verdict.held)

    async def roster_picture(self, *, read: bool = True) -> Picture:
        """The picture without a look at the homeserver: people, and the rooms due to them.
        Unless `read`, without a look at the journal either: by the roster in force.

        Raises NoRosterError where the journal was never read without a fatal finding.
        """
        if read:
            await self.refresh()
        else:
            self._roster = await self._journal.last_good()
        if self._roster is None:
            raise NoRosterError(text("There is no roster yet; `check` says what is wrong with the journal."))
        return await self._picture(self._roster, ActualState({}, {}))

    async def _put_right(self, roster: Roster, actual: ActualState) -> Look:
        picture = await self._picture(roster, actual)
        steps = plan(picture.desired, actual, picture.verdict.held)
        await self._board.hang(picture)
        self._say_what_is_held(picture.verdict)
        await self._moderated.note_leavers(steps, actual, picture.given)
        outcome = await self._execute(steps, actual)
        if not steps.empty:
            self._actual = await self._again(actual, *touched(steps, outcome.rooms))
            picture = await self._picture(roster, self._actual)
            await self._board.hang(picture)
        elif not picture.verdict.holds:
            await self._journal.settled(roster)
        await self._close_accounts(picture)
        return Look(picture, steps, outcome)

    def _say_what_is_held(self, verdict: Verdict) -> None:
        if verdict.digest != self._held and verdict.holds:
            log.warning(
                "held until it is confirmed: %d removals; see `plan`, then `apply %s`",
                len(verdict.removals),
                verdict.digest,
            )
        self._held = verdict.digest

    async def _execute(self, steps: Plan, actual: ActualState) -> Outcome:
        return await execute(
            steps,
            self._homeserver,
            rooms={key: room.room for key, room in actual.rooms.items()},
            alias_prefix=self.rules.alias_prefix,
            concurrency=self.rules.concurrency,
        )

    async def _close_accounts(self, picture: Picture) -> None:
        """Whose account was deactivated is linked no longer: a new letter links them anew."""
        for user, account in picture.desired.accounts.items():
            present = picture.actual.accounts.get(user)
            if account.deactivated and present is not None and present.deactivated:
                await self._people.unlink(account.person)

    # ------------------------------------------------------------ what there is

    async def _everything(self) -> ActualState:
        return await observe(self._homeserver, self.rules.school, self.rules.concurrency)

    async def _newcomers(self, actual: ActualState) -> set[UserId]:
        """Linked accounts that could not be used yet when they were looked at."""
        users = {
            self._homeserver.user_id(row.localpart)
            for row in (await self._people.all()).values()
            if row.linked_at is not None
        }
        usable = {user for user, account in actual.accounts.items() if not account.deactivated}
        return users - usable

    async def _again(
        self, actual: ActualState, rooms: Iterable[RoomId], users: Iterable[UserId]
    ) -> ActualState:
        concurrency = self.rules.concurrency
        return await observe_again(self._homeserver, self.rules.school, actual, rooms, users, concurrency)

    async def _picture(self, roster: Roster, actual: ActualState) -> Picture:
        # The database is asked after the homeserver was looked at: an operator's lock is
        # written there first, so that whoever is seen locked is known to be.
        today, before = self._on_the_day(roster)
        given = replace(await self._circumstances(actual), before=before)
        desired = desired_state(today, self.rules.templates, given, self._catalogs)
        approved = await self._ledger.approved()
        verdict = guard(plan(desired, actual), desired, actual, self.rules.limits, approved)
        return Picture(today, self.rules.templates, given, desired, actual, verdict)

    def _on_the_day(self, roster: Roster) -> tuple[Today, Today | None]:
        if self._days is None or self._days[0] is not roster:
            today = Today(roster.snapshot, roster.day)
            if roster.before is None:
                before = None
            elif roster.before is roster.snapshot:
                before = today
            else:
                before = Today(roster.before, roster.day)
            self._days = (roster, today, before)
        return self._days[1], self._days[2]

    async def _circumstances(self, actual: ActualState) -> Circumstances:
        locks = await self._people.locks()
        mutes, pauses = await self._moderated.in_force(actual.rooms)
        abroad = self._abroad()
        control = actual.rooms.get(RoomKey(CONTROL, self.rules.school))
        told = control.told if control is not None else {}
        return Circumstances(
            accounts={
                person: Account(
                    self._homeserver.user_id(row.localpart),
                    row.linked_at is not None,
                    person in locks,
                    row.linked_at or 0,
                )
                for person, row in (await self._people.all()).items()
            },
            existing=frozenset(actual.rooms),
            lessons=await self._ledger.lessons(),
            bots=frozenset(self.rules.bots),
            short_name=self.rules.short_name,
            language=self.rules.language,
            grace_days=self._journal.grace_days,
            zone=self._journal.zone,
            mutes=mutes,
            pauses=pauses,
            abroad=replace(abroad, delegates=believed(told, abroad.peers)),
        )

    async def _wait(self, until: float, gathering: float, asking: Troubles) -> None:
        """Wait for news, for another program's word in the audit, or for the end of a mute or a
        pause, until then at most."""
        while (left := until - self._clock.monotonic()) > 0:
            try:
                async with asyncio.timeout(min(left, POLL)):
                    await self._news.wait()
            except TimeoutError:
                if not self._moderated.something_has_ended() and not await self._audit_has_grown(asking):
                    continue
            await asyncio.sleep(gathering)
            break
        self._news.clear()

    async def _audit_has_grown(self, asking: Troubles) -> bool:
        latest = await asking.endure(self._ledger.latest())
        if latest is None or latest == self._seen_audit:
            return False
        self._seen_audit = latest
        return True
