"""The guard against mass removal: what a plan would take from too many people at once.

A journal that fails does so by saying too little. So whoever would lose a room, a level
or the account is counted, by role and by room; a role or room that loses too many is
held, and everything else goes on, until somebody confirms exactly these removals. Pure.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zvonok_appservice.reconcile.contents import listed_users, user_level
from zvonok_appservice.reconcile.model import (
    ActualState,
    DeactivateAccount,
    DesiredState,
    Held,
    LockAccount,
    Membership,
    Plan,
    RemoveMember,
    RoomKey,
    SetPowerLevels,
)
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Level


@dataclass(frozen=True, slots=True)
class Limits:
    """More than `count` people at once, or more than `share` of them (once it is more
    than `floor`), or all of several, is too much."""

    count: int
    share: float
    floor: int

    def exceeded(self, losing: int, of: int) -> bool:
        """Whether it is too much that `losing` of `of` lose something."""
        return losing > self.count or (losing > self.floor and losing > self.share * of) or (losing == of > 1)


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held: a role, or a room (exactly one is set), and how many would lose."""

    role: str | None
    room: RoomKey | None
    losing: int
    of: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says of a plan. `digest` names exactly the `removals` that are held:
    confirming it confirms these, and what is left of them after an interrupted run."""

    held: Held
    holds: tuple[Hold, ...]
    removals: frozenset[str]

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits; empty where nothing is held."""
        if not self.removals:
            return ""
        return hashlib.sha256("\n".join(sorted(self.removals)).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class _Removal:
    user: UserId
    room: RoomKey | None
    id: str


def guard(
    steps: Plan, desired: DesiredState, actual: ActualState, limits: Limits, approved: frozenset[str]
) -> Verdict:
    """Judge the plan that was made with nothing held.

    Counts linked people only, and not those whose account is locked already: they were
    counted when they were. Strangers, bots and unlinked people don't count. What was
    approved is no removal any more, and makes nothing smaller by being done.
    """
    removals = [
        removal
        for removal in _removals(steps, actual)
        if removal.id not in approved
        and removal.user in desired.accounts
        and not _is_out(removal.user, actual)
    ]
    by_role = _by_role(removals, desired, actual, limits, approved)
    by_room = _by_room(removals, desired, actual, limits, approved)
    roles = {hold.role for hold in by_role}
    users = frozenset(
        removal.user for removal in removals if not roles.isdisjoint(desired.accounts[removal.user].roles)
    )
    rooms = frozenset(hold.room for hold in by_room if hold.room is not None)
    return Verdict(
        held=Held(users, rooms),
        holds=(*by_role, *by_room),
        removals=frozenset(r.id for r in removals if r.user in users or r.room in rooms),
    )


def _is_out(user: UserId, actual: ActualState) -> bool:
    account = actual.accounts.get(user)
    return account is None or account.locked or account.deactivated


def _removals(steps: Plan, actual: ActualState) -> Iterator[_Removal]:
    for step in steps.revocations:
        if isinstance(step, (LockAccount, DeactivateAccount)):
            yield _Removal(step.user, None, _account(step.user))
        elif isinstance(step, RemoveMember):
            if actual.rooms[step.key].members[step.user] is Membership.JOIN:
                yield _Removal(step.user, step.key, _membership(step.user, step.room))
        elif isinstance(step, SetPowerLevels):
            before = actual.rooms[step.key].power_levels
            for user in listed_users(before):
                # Who falls below a member's level is muted, and that is nothing of the journal's.
                if max(user_level(step.content, user), Level.MEMBER) < user_level(before, user):
                    yield _Removal(user, step.key, f"level {user} {step.room}")


def _account(user: UserId) -> str:
    return f"account {user}"


def _membership(user: UserId, room: RoomId) -> str:
    return f"member {user} {room}"


def _by_role(
    removals: Iterable[_Removal],
    desired: DesiredState,
    actual: ActualState,
    limits: Limits,
    approved: frozenset[str],
) -> list[Hold]:
    size: dict[str, int] = defaultdict(int)
    for user, account in desired.accounts.items():
        if not _is_out(user, actual) or _account(user) in approved:
            for role in account.roles:
                size[role] += 1
    losers: dict[str, set[UserId]] = defaultdict(set)
    for removal in removals:
        for role in desired.accounts[removal.user].roles:
            losers[role].add(removal.user)
    return [
        Hold(role, None, len(users), size[role])
        for role, users in sorted(losers.items())
        if limits.exceeded(len(users), size[role])
    ]


def _by_room(
    removals: Iterable[_Removal],
    desired: DesiredState,
    actual: ActualState,
    limits: Limits,
    approved: frozenset[str],
) -> list[Hold]:
    losers: dict[RoomKey, set[UserId]] = defaultdict(set)
    for removal in removals:
        if removal.room is not None and removal.id.startswith("member "):
            losers[removal.room].add(removal.user)
    gone: dict[str, int] = defaultdict(int)
    for removal_id in approved:
        kind, user, *room = removal_id.split(" ")
        if kind == "member" and UserId(user) in desired.accounts:
            gone[room[0]] += 1
    holds = []
    for key, users in losers.items():
        present = actual.rooms[key]
        people = sum(
            how is Membership.JOIN
            and user in desired.accounts
            and _membership(user, present.room) not in approved
            and (not _is_out(user, actual) or _account(user) in approved)
            for user, how in present.members.items()
        )
        people += gone[present.room]
        if limits.exceeded(len(users), people):
            holds.append(Hold(None, key, len(users), people))
    return holds
