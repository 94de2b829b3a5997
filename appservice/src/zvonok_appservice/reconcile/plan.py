"""From desired and actual to the steps between them. Pure.

Every revocation comes before every grant, so that a run cut short errs on the safe side.
A power level map is written whole; where one room's map both takes and gives, it is
written twice: lowered at once, and as it ought to be afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from zvonok_appservice.reconcile.contents import hosts, listed_users, power_levels, server_acl, user_level
from zvonok_appservice.reconcile.model import (
    CONTROL,
    ROOM_STATE_TYPE,
    TALK_STATE_TYPE,
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
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Level

NOBODY = Held()


def plan(desired: DesiredState, actual: ActualState, held: Held = NOBODY) -> Plan:
    """The steps that make `actual` like `desired`, and take nothing from what is `held`.

    For a pair without differences the plan is empty. Rooms that nobody is due in are
    archived; their people leave. Where somebody held stays, a room is neither archived
    nor made read-only by the journal; mutes and pauses are a moderator's word, and go on.
    """
    revocations: list[Revocation] = []
    grants: list[Grant] = []
    for user, account in desired.accounts.items():
        _account(account, actual, user in held.users, revocations, grants)
    ordered = [*desired.rooms.values(), *_archives(desired, actual)]
    spared = {key: _spared(present, held, desired) for key, present in actual.rooms.items()}
    waiting = {actual.rooms[key].room for key, users in spared.items() if users and key not in desired.rooms}
    hanging = _hanging(desired, actual)
    for room in ordered:
        present = actual.rooms.get(room.key)
        if present is None:
            grants.append(CreateRoom(room, power_levels(room.write_level, room.levels, room.key.kind)))
            continue
        _room(room, present, spared[room.key], revocations, grants)
        if present.is_space and not room.archived:  # an archived space is a shelf
            stale = present.children - hanging.get(room.key, set()) - waiting
            revocations.extend(UnlinkChild(room.key, child) for child in sorted(stale))
    for room in ordered:
        grants.extend(_links(room, actual))
        if room.key.kind == CONTROL:
            grants.extend(_talks(room, desired, actual))
    wanted = _whom_to_join(desired, actual)
    for room in ordered:
        joined = _joined(actual.rooms.get(room.key))
        grants.extend(AddMember(room.key, user) for user in sorted((room.members - joined) & wanted))
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
                topic=present.topic or "",
                is_space=present.is_space,
                write_level=int(Level.SEALED),
                archived=True,
                parents=(),
                members=frozenset(),
                levels={},
                # Synapse refuses a list that shuts out its own server.
                servers=None if present.servers is None else frozenset({desired.server}),
            )


def _spared(present: ActualRoom, held: Held, desired: DesiredState) -> AbstractSet[UserId]:
    """Who may lose nothing in a room: whoever is held, and in a held room everybody who
    has an account in the school. Where a room can't be archived for them, its bots stay,
    too. Strangers are nobody of these."""
    whom = desired.accounts.keys() if present.key in held.rooms else held.users
    if not whom:
        return NOBODY.users
    there = present.members.keys() | {
        user for user in listed_users(present.power_levels) if user_level(present.power_levels, user) > 0
    }
    found = there & whom
    return found | (there & desired.bots) if found and present.key not in desired.rooms else found


def _hanging(desired: DesiredState, actual: ActualState) -> Mapping[RoomKey, set[RoomId]]:
    """By space: which of the rooms that exist ought to hang in it."""
    found: dict[RoomKey, set[RoomId]] = {}
    for key, present in actual.rooms.items():
        wanted = desired.rooms.get(key)
        for parent in wanted.parents if wanted is not None else ():
            found.setdefault(parent, set()).add(present.room)
    return found


def _room(
    room: DesiredRoom,
    present: ActualRoom,
    spared: AbstractSet[UserId],
    revocations: list[Revocation],
    grants: list[Grant],
) -> None:
    going = sorted(present.members.keys() - room.members - room.guests - spared)
    revocations.extend(RemoveMember(present.room, room.key, user) for user in going)
    if room.archived and spared:
        return
    for user, event in sorted(present.parting_words.items()):
        if not room.archived and room.levels.get(user, int(Level.MEMBER)) < room.write_level:
            revocations.append(Redact(present.room, room.key, user, event))
    _levels(room, present, spared, revocations, grants)
    for type_, content, is_revocation in _state_differences(room, present):
        step = SetState(room.key, present.room, type_, "", content)
        if is_revocation:
            revocations.append(step)
        else:
            grants.append(step)


def _levels(
    room: DesiredRoom,
    present: ActualRoom,
    spared: AbstractSet[UserId],
    revocations: list[Revocation],
    grants: list[Grant],
) -> None:
    levels = room.levels
    write_level = room.write_level
    if spared:
        kept = {user: user_level(present.power_levels, user) for user in spared}
        levels = {**levels, **{user: kept[user] for user in kept if kept[user] > max(0, levels.get(user, 0))}}
        if not room.paused:
            write_level = min(write_level, _number(present.power_levels, "events_default"))
    wanted = power_levels(write_level, levels, room.key.kind)
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
    default = min(_number(present, "users_default"), wanted["users_default"])
    before = listed_users(present)
    users = {
        user: low
        for user in {**before, **wanted["users"]}
        if (low := min(user_level(present, user), user_level(wanted, user))) != default
        or low == before.get(user)
    }
    return {
        "users": users,
        "users_default": default,
        "notifications": _higher(present.get("notifications"), wanted["notifications"]),
        "events": _higher(present.get("events"), wanted["events"]),
        **{name: max(_number(present, name), wanted[name]) for name in _THRESHOLDS},
    }


_THRESHOLDS = ("events_default", "state_default", "invite", "kick", "ban", "redact")
_ASSUMED = {"users_default": 0, "events_default": 0, "invite": 0}
"""What Matrix assumes where a map does not say (client-server API, m.room.power_levels);
for all else 50."""


def _higher(present: object, wanted: Mapping[str, int]) -> dict[str, int]:
    """Thresholds of which none is below either. Where one of them says nothing, a default
    holds that may be anything: sealed is never too low."""
    before = present if isinstance(present, Mapping) else {}
    sealed = int(Level.SEALED)
    return {
        name: max(_whole(before.get(name), sealed), wanted.get(name, sealed)) for name in {**before, **wanted}
    }


def _number(content: Mapping[str, Any], name: str) -> int:
    return _whole(content.get(name), _ASSUMED.get(name, int(Level.MODERATOR)))


def _whole(value: object, assumed: int) -> int:
    return value if isinstance(value, int) else assumed


def _state_differences(
    room: DesiredRoom, present: ActualRoom
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Event type, content, and whether putting it right takes something away."""
    if room.servers is not None and present.servers != (listed := hosts(room.servers)):
        widened = present.servers is not None and present.servers < listed
        yield "m.room.server_acl", server_acl(room.servers), not widened
    if present.join_rule != "invite":
        yield "m.room.join_rules", {"join_rule": "invite"}, True
    if present.guest_access != "forbidden":
        yield "m.room.guest_access", {"guest_access": "forbidden"}, True
    if present.history_visibility != "shared":
        open_to_all = present.history_visibility == "world_readable"
        yield "m.room.history_visibility", {"history_visibility": "shared"}, open_to_all
    if present.name != room.name:
        yield "m.room.name", {"name": room.name}, False
    if present.topic is not None and present.topic != room.topic:
        yield "m.room.topic", {"topic": room.topic}, False
    if present.archived != room.archived:
        yield ROOM_STATE_TYPE, room.key.content(room.archived), False


def _links(room: DesiredRoom, actual: ActualState) -> Iterator[Grant]:
    present = actual.rooms.get(room.key)
    for parent in room.parents:
        space = actual.rooms.get(parent)
        if present is None or space is None or present.room not in space.children:
            yield LinkChild(parent, room.key)
        if present is not None and (space is None or space.room not in present.parents):
            yield LinkParent(parent, room.key)
    if present is not None and not room.archived:
        belongs = {actual.rooms[parent].room for parent in room.parents if parent in actual.rooms}
        for stale in sorted(present.parents - belongs):
            yield SetState(room.key, present.room, "m.space.parent", stale, {})


def _talks(control: DesiredRoom, desired: DesiredState, actual: ActualState) -> Iterator[Grant]:
    """What the control room tells of the rooms that are made for topics."""
    present = actual.rooms.get(control.key)
    wanted = {
        key.topic: actual.rooms[key].room
        for key in desired.rooms
        if key.topic is not None and key in actual.rooms and not control.archived
    }
    told = {} if present is None else present.talks
    for topic in sorted({topic for topic, room in {*wanted.items()} ^ {*told.items()}}):
        content = {"room": wanted[topic]} if topic in wanted else {}
        yield SetState(control.key, present.room if present else None, TALK_STATE_TYPE, topic, content)


def _joined(present: ActualRoom | None) -> frozenset[UserId]:
    if present is None:
        return frozenset()
    return frozenset(user for user, how in present.members.items() if how is Membership.JOIN)
