"""From desired and actual to the steps between them. Pure.

Every revocation comes before every grant, so that a run cut short errs on the safe side.
A power level map is written whole; where one room's map both takes and gives, it is
written twice: lowered at once, and as it ought to be afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zvonok_appservice.reconcile.model import (
    ROOM_STATE_TYPE,
    ActualRoom,
    ActualState,
    AddMember,
    CreateRoom,
    DeactivateAccount,
    DesiredAccount,
    DesiredRoom,
    DesiredState,
    Grant,
    Held,
    LinkChild,
    LinkParent,
    LockAccount,
    Membership,
    Plan,
    RemoveMember,
    Revocation,
    SetDisplayName,
    SetPowerLevels,
    SetState,
    UnlinkChild,
    UnlockAccount,
    power_levels,
)
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Level

NOBODY = Held()


def plan(desired: DesiredState, actual: ActualState, held: Held = NOBODY) -> Plan:
    """The steps that make `actual` like `desired`, and take nothing from what is `held`.

    For a pair without differences the plan is empty. Rooms that nobody is due in are
    archived; their people leave.
    """
    revocations: list[Revocation] = []
    grants: list[Grant] = []
    for user, account in desired.accounts.items():
        _account(account, actual, user in held.users, revocations, grants)
    wanted = _whom_to_join(desired, actual)
    ordered = [*desired.rooms.values(), *_archives(desired, actual)]
    for room in ordered:
        present = actual.rooms.get(room.key)
        if present is None:
            grants.append(CreateRoom(room, power_levels(room.write_level, room.levels)))
        else:
            _room(room, present, held, revocations, grants)
            _unlink(room, present, desired, actual, revocations)
    for room in ordered:
        grants.extend(_links(room, actual))
    for room in ordered:
        joined = _joined(actual.rooms.get(room.key))
        grants.extend(AddMember(room.key, user) for user in sorted(room.members - joined) if user in wanted)
    return Plan(tuple(revocations), tuple(grants))


def _account(
    account: DesiredAccount,
    actual: ActualState,
    held: bool,
    revocations: list[Revocation],
    grants: list[Grant],
) -> None:
    present = actual.accounts.get(account.user)
    if present is None or present.deactivated:
        return
    if account.deactivated:
        if not held:
            revocations.append(DeactivateAccount(account.user))
        return
    if account.locked and not present.locked and not held:
        revocations.append(LockAccount(account.user))
    if not account.locked and present.locked:
        grants.append(UnlockAccount(account.user))
    if account.display_name != present.display_name and not account.locked:
        grants.append(SetDisplayName(account.user, account.display_name))


def _whom_to_join(desired: DesiredState, actual: ActualState) -> set[UserId]:
    """Who can be put into a room: bots, and people with an account that may be used."""
    return {
        user
        for user, present in actual.accounts.items()
        if not present.deactivated and (user not in desired.accounts or not desired.accounts[user].locked)
    }


def _archives(desired: DesiredState, actual: ActualState) -> Iterator[DesiredRoom]:
    for key, present in actual.rooms.items():
        if key not in desired.rooms:
            yield DesiredRoom(
                key=key,
                name=present.name,
                topic=present.topic,
                is_space=present.is_space,
                federate=False,
                write_level=int(Level.SEALED),
                archived=True,
                parents=(),
                members=frozenset(),
                levels={},
            )


def _room(
    room: DesiredRoom,
    present: ActualRoom,
    held: Held,
    revocations: list[Revocation],
    grants: list[Grant],
) -> None:
    keep = room.key in held.rooms
    if keep and room.archived:
        return
    if not keep:
        going = sorted(present.members.keys() - room.members - held.users)
        revocations.extend(RemoveMember(present.room, room.key, user) for user in going)
    _levels(room, present, held, revocations, grants)
    for type_, content, is_revocation in _state_differences(room, present):
        step = SetState(room.key, present.room, type_, "", content)
        if is_revocation:
            revocations.append(step)
        else:
            grants.append(step)


def _levels(
    room: DesiredRoom,
    present: ActualRoom,
    held: Held,
    revocations: list[Revocation],
    grants: list[Grant],
) -> None:
    levels: dict[UserId, int] = dict(room.levels)
    before: Mapping[UserId, Any] = _section(present.power_levels, "users")
    for user in before:
        spared = room.key in held.rooms or user in held.users
        level = _number(before, user, 0)
        if spared and level > levels.get(user, 0):
            levels[user] = level
    wanted = power_levels(room.write_level, levels)
    if present.power_levels == wanted:
        return
    lowered = _lowered(present.power_levels, wanted)
    if lowered != present.power_levels:
        revocations.append(SetPowerLevels(present.room, room.key, lowered))
    if lowered != wanted:
        grants.append(SetPowerLevels(present.room, room.key, wanted))


def _lowered(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`present` with everything taken away that `wanted` does not give, and nothing given:
    the lower level for each user, the higher threshold for each right."""
    default = _number(present, "users_default", 0)
    before = _section(present, "users")
    users = {
        user: low
        for user, level in wanted["users"].items()
        if (low := min(level, _number(before, user, default))) != 0
    }
    lowered: dict[str, Any] = {
        "users": users,
        "users_default": min(default, wanted["users_default"]),
        "notifications": _higher(_section(present, "notifications"), wanted["notifications"]),
        "events": _higher(_section(present, "events"), wanted["events"]),
    }
    for name, assumed in _ASSUMED.items():
        lowered[name] = max(_number(present, name, assumed), wanted[name])
    return lowered


_ASSUMED = {"events_default": 0, "state_default": 50, "invite": 0, "kick": 50, "ban": 50, "redact": 50}
"""What Matrix assumes where a map does not say (client-server API, m.room.power_levels)."""


def _higher(present: Mapping[str, Any], wanted: Mapping[str, int]) -> dict[str, int]:
    """Thresholds of which none is below either. Where `present` says nothing, a default
    held that may have been anything: sealed is never too low."""
    return {
        name: max(_number(present, name, Level.SEALED), wanted.get(name, 0))
        for name in sorted(present.keys() | wanted.keys())
    }


def _section(content: Mapping[str, Any], name: str) -> Mapping[Any, Any]:
    section = content.get(name)
    return section if isinstance(section, Mapping) else {}


def _number(content: Mapping[str, Any], name: str, assumed: int) -> int:
    number = content.get(name, assumed)
    return int(number) if isinstance(number, int) else int(assumed)


def _state_differences(
    room: DesiredRoom, present: ActualRoom
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Event type, content, and whether putting it right takes something away."""
    if present.join_rule != "invite":
        yield "m.room.join_rules", {"join_rule": "invite"}, True
    if present.guest_access != "forbidden":
        yield "m.room.guest_access", {"guest_access": "forbidden"}, True
    if present.history_visibility != "shared":
        yield "m.room.history_visibility", {"history_visibility": "shared"}, True
    if present.name != room.name:
        yield "m.room.name", {"name": room.name}, False
    if present.topic != room.topic:
        yield "m.room.topic", {"topic": room.topic}, False
    if present.archived != room.archived:
        yield ROOM_STATE_TYPE, room.key.content(room.archived), False


def _links(room: DesiredRoom, actual: ActualState) -> Iterator[Grant]:
    present = actual.rooms.get(room.key)
    for parent in room.parents:
        space = actual.rooms.get(parent)
        if present is None or space is None or present.room not in space.children:
            yield LinkChild(parent, room.key)
        if present is not None and space is not None and space.room not in present.parents:
            yield LinkParent(parent, room.key)
    if present is not None and not room.archived:
        belongs = {actual.rooms[parent].room for parent in room.parents if parent in actual.rooms}
        for stale in sorted(present.parents - belongs):
            yield SetState(room.key, present.room, "m.space.parent", stale, {})


def _unlink(
    room: DesiredRoom,
    present: ActualRoom,
    desired: DesiredState,
    actual: ActualState,
    revocations: list[Revocation],
) -> None:
    """A space loses the children that hang in another by now, and those that are no
    managed rooms at all; an archived space keeps its own, as a shelf."""
    if not present.is_space or room.archived:
        return
    belongs: set[RoomId] = {
        child.room
        for key, child in actual.rooms.items()
        if (wanted := desired.rooms.get(key)) is not None and room.key in wanted.parents
    }
    revocations.extend(UnlinkChild(room.key, child) for child in sorted(present.children - belongs))


def _joined(present: ActualRoom | None) -> frozenset[UserId]:
    if present is None:
        return frozenset()
    return frozenset(user for user, how in present.members.items() if how is Membership.JOIN)
