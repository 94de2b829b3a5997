"""Carrying out a plan: all revocations first, then what is granted.

Steps that touch one room follow each other; rooms go on side by side. A step that fails
stops no other, except that what failed to be taken away delays what would be given: a
person's grants where the person could not be put out or locked, a room's where its rights
could not be lowered. Whatever is left is found again at the next look.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.reconcile.model import (
    AddMember,
    CreateRoom,
    DeactivateAccount,
    Grant,
    LinkChild,
    LinkParent,
    LockAccount,
    Plan,
    Redact,
    RemoveMember,
    Revocation,
    RoomKey,
    SetDisplayName,
    SetPowerLevels,
    SetState,
    UnlinkChild,
    UnlockAccount,
)
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import RoomId, UserId

log = logging.getLogger(__name__)

Step = Revocation | Grant


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that failed: for now where `temporary`, else with Matrix's error code."""

    step: Step
    error: str
    code: str
    temporary: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a plan. `delayed` grants were not tried: something before them failed.

    `rooms` has the ids of all rooms of the plan that exist now.
    """

    done: int
    failures: tuple[Failure, ...]
    delayed: tuple[Grant, ...]
    rooms: Mapping[RoomKey, RoomId]

    @property
    def complete(self) -> bool:
        """Whether every step was done."""
        return not self.failures and not self.delayed


async def execute(
    plan: Plan,
    homeserver: Homeserver,
    *,
    rooms: Mapping[RoomKey, RoomId],
    alias_prefix: str,
    concurrency: int,
    on_step: Callable[[Step], None] | None = None,
) -> Outcome:
    """Do the steps. `rooms` are the rooms that exist; `concurrency` bounds the requests
    under way; `on_step` is called after each step that succeeded.

    May be cancelled at any time: each step is one that can be repeated.
    """
    run = _Run(homeserver, dict(rooms), alias_prefix, concurrency, on_step)
    for revocations in _in_turn(plan.revocations, _revocation_turn):
        await run.steps(revocations)
    run.delay_what_failed()
    for grants in _in_turn(plan.grants, _grant_turn):
        await run.steps(grants)
    return Outcome(run.done, tuple(run.failures), tuple(run.delayed), run.rooms)


def touched(plan: Plan, rooms: Mapping[RoomKey, RoomId]) -> tuple[set[RoomId], set[UserId]]:
    """The rooms and accounts that a plan writes to; `rooms` are those that exist now."""
    keys: set[RoomKey] = set()
    users: set[UserId] = set()
    for step in (*plan.revocations, *plan.grants):
        match step:
            case CreateRoom():
                keys.add(step.desired.key)
            case LinkChild() | LinkParent():
                keys |= {step.space, step.child}
            case UnlinkChild():
                keys.add(step.space)
            case RemoveMember() | SetPowerLevels() | SetState() | AddMember() | Redact():
                keys.add(step.key)
            case LockAccount() | DeactivateAccount() | UnlockAccount() | SetDisplayName():
                users.add(step.user)
    return {rooms[key] for key in keys if key in rooms}, users


def _revocation_turn(step: Step) -> int:
    """Whoever must not be in at all is shut out before anything else; accounts are closed
    when nothing of theirs is left to be taken away."""
    return {LockAccount: 0, DeactivateAccount: 2}.get(type(step), 1)


def _grant_turn(step: Step) -> int:
    """Names come before rooms, because a name that changes is written into each; a space
    before what hangs in it, because a room learns its space when it is made."""
    match step:
        case UnlockAccount() | SetDisplayName():
            return 0
        case CreateRoom() if step.desired.is_space:
            return 2 if step.desired.parents else 1
        case CreateRoom():
            return 3
    return 4


def _in_turn(steps: Iterable[Step], turn: Callable[[Step], int]) -> list[list[Step]]:
    turns: dict[int, list[Step]] = {}
    for step in steps:
        turns.setdefault(turn(step), []).append(step)
    return [turns[number] for number in sorted(turns)]


def _place(step: Step) -> Hashable:
    """Steps of one place follow each other."""
    match step:
        case LinkChild() | UnlinkChild():
            return step.space
        case LinkParent():
            return step.child
        case CreateRoom():
            return step.desired.key
        case RemoveMember() | SetPowerLevels() | SetState() | AddMember() | Redact():
            return step.key
    return step.user


class _Run:
    def __init__(
        self,
        homeserver: Homeserver,
        rooms: dict[RoomKey, RoomId],
        alias_prefix: str,
        concurrency: int,
        on_step: Callable[[Step], None] | None,
    ) -> None:
        self.homeserver = homeserver
        self.rooms = rooms
        self.alias_prefix = alias_prefix
        self.concurrency = concurrency
        self.on_step = on_step
        self.done = 0
        self.failures: list[Failure] = []
        self.delayed: list[Grant] = []
        self.users_to_wait: set[UserId] = set()
        self.rooms_to_wait: set[RoomKey] = set()

    async def steps(self, steps: list[Step]) -> None:
        """Do them all, place by place, the longest first so that none is left to the end."""
        places: dict[Hashable, list[Step]] = {}
        for step in steps:
            places.setdefault(_place(step), []).append(step)
        waiting = iter(sorted(places.values(), key=len, reverse=True))

        async def work() -> None:
            for place in waiting:
                for step in place:
                    await self.step(step)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.concurrency, len(places))):
                group.create_task(work())

    async def step(self, step: Step) -> None:
        if self.must_wait(step):
            self.delayed.append(step)  # type: ignore[arg-type]  # only grants wait
            return
        try:
            await self.do(step)
        except TemporaryError as error:
            self.failed(Failure(step, str(error), "", temporary=True))
        except PermanentError as error:
            self.failed(Failure(step, str(error), error.code, temporary=False))
        else:
            self.done += 1
            if self.on_step is not None:
                self.on_step(step)

    def failed(self, failure: Failure) -> None:
        self.failures.append(failure)
        log.warning("%s failed: %s", type(failure.step).__name__, failure.error)

    def delay_what_failed(self) -> None:
        for failure in self.failures:
            match failure.step:
                case LockAccount() | DeactivateAccount() | RemoveMember():
                    self.users_to_wait.add(failure.step.user)
                case SetPowerLevels() | SetState():
                    self.rooms_to_wait.add(failure.step.key)

    def must_wait(self, step: Step) -> bool:
        match step:
            case LinkChild() | LinkParent():
                return not {step.space, step.child} <= self.rooms.keys()
            case AddMember():
                return (
                    step.key not in self.rooms
                    or step.key in self.rooms_to_wait
                    or step.user in self.users_to_wait
                )
            case SetPowerLevels() | SetState():
                return step.key in self.rooms_to_wait or step.key not in self.rooms
            case UnlockAccount() | SetDisplayName():
                return step.user in self.users_to_wait
        return False

    async def do(self, step: Step) -> None:
        homeserver = self.homeserver
        match step:
            case LockAccount():
                await homeserver.lock(step.user)
            case DeactivateAccount():
                await homeserver.deactivate(step.user)
            case RemoveMember():
                await homeserver.remove_member(step.room, step.user)
            case SetPowerLevels():
                await homeserver.set_state(step.room, "m.room.power_levels", "", step.content)
            case Redact():
                await homeserver.redact(step.room, step.event)
            case UnlinkChild():
                await homeserver.set_state(self.rooms[step.space], "m.space.child", step.child, {})
            case SetState():
                room = step.room or self.rooms[step.key]
                await homeserver.set_state(room, step.type, step.state_key, step.content)
            case CreateRoom():
                key = step.desired.key
                parents = [self.rooms[parent] for parent in step.desired.parents if parent in self.rooms]
                alias = key.alias_localpart(self.alias_prefix)
                self.rooms[key] = await homeserver.create_room(step, alias, parents)
            case LinkChild():
                await homeserver.link_child(self.rooms[step.space], self.rooms[step.child])
            case LinkParent():
                await homeserver.link_parent(self.rooms[step.space], self.rooms[step.child])
            case UnlockAccount():
                await homeserver.unlock(step.user)
            case SetDisplayName():
                await homeserver.set_display_name(step.user, step.name)
            case AddMember():
                await homeserver.add_member(self.rooms[step.key], step.user)
