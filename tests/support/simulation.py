"""A homeserver that is nothing but its state: steps of a plan are done one by one.

Strict where a real one would refuse, so that a plan that can't be carried out fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from builders import SERVER, room_id

from zvonok_appservice.reconcile.contents import hosts, server_acl, user_level
from zvonok_appservice.reconcile.model import (
    CONTROL,
    ROOM_STATE_TYPE,
    TALK_STATE_TYPE,
    ActualRoom,
    ActualState,
    AddMember,
    CreateRoom,
    DeactivateAccount,
    DesiredState,
    Grant,
    Held,
    LinkChild,
    LinkParent,
    LockAccount,
    Membership,
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
from zvonok_appservice.reconcile.plan import NOBODY, plan
from zvonok_core.ids import RoomId, UserId

Step = Revocation | Grant
_FIELDS = {
    "m.room.join_rules": "join_rule",
    "m.room.guest_access": "guest_access",
    "m.room.history_visibility": "history_visibility",
    "m.room.name": "name",
    "m.room.topic": "topic",
}


def done(actual: ActualState, steps: Iterable[Step]) -> ActualState:
    """`actual` after all of `steps`."""
    for step in steps:
        actual = _done(actual, step)
    return actual


def moments(actual: ActualState, steps: Iterable[Step]) -> Iterator[ActualState]:
    """`actual`, and how it is after each of `steps`."""
    yield actual
    for step in steps:
        actual = _done(actual, step)
        yield actual


def told(desired: DesiredState, actual: ActualState, held: Held = NOBODY) -> ActualState:
    """`actual` once peers know of rooms that were made a moment ago, by ids that nobody knew
    before. Nothing else may be left to do."""
    steps = plan(desired, actual, held)
    assert not steps.revocations
    assert all(isinstance(step, SetState) and step.type == TALK_STATE_TYPE for step in steps.grants)
    return done(actual, steps.grants)


def _done(actual: ActualState, step: Step) -> ActualState:
    rooms = actual.rooms
    match step:
        case LockAccount(user):
            return _account(actual, user, locked=True)
        case UnlockAccount(user):
            return _account(actual, user, locked=False)
        case SetDisplayName(user, name):
            return _account(actual, user, display_name=name)
        case DeactivateAccount(user):
            left = {key: _without(room, user) for key, room in rooms.items()}
            return replace(_account(actual, user, deactivated=True), rooms=left)
        case RemoveMember(room, key, user):
            assert rooms[key].room == room
            return _room(actual, key, members=_without(rooms[key], user).members)
        case AddMember(key, user):
            account = actual.accounts[user]
            assert not account.locked, "a locked account can't be joined"
            assert not account.deactivated, "nor a closed one"
            assert rooms[key].members.get(user) is not Membership.JOIN
            return _room(actual, key, members={**rooms[key].members, user: Membership.JOIN})
        case SetPowerLevels(room, key, content):
            assert rooms[key].room == room
            assert all(isinstance(level, int) for level in content["users"].values())
            return _room(actual, key, power_levels=content)
        case SetState(key, _, "m.space.parent", state_key, {}):
            return _room(actual, key, parents=rooms[key].parents - {RoomId(state_key)})
        case SetState(key, _, type_, "", content) if type_ == ROOM_STATE_TYPE:
            assert RoomKey.from_content(content) == key
            return _room(actual, key, archived=content.get("archived", False))
        case SetState(key, _, "m.room.server_acl", "", content):
            assert SERVER in content["allow"], "Synapse refuses a list without its own server"
            assert content == server_acl(content["allow"])
            return _room(actual, key, servers=frozenset(content["allow"]))
        case SetState(key, _, type_, topic, content) if type_ == TALK_STATE_TYPE:
            assert key.kind == CONTROL
            assert content.get("room") in {None, *(room.room for room in rooms.values())}
            others = {told: room for told, room in rooms[key].talks.items() if told != topic}
            return _room(actual, key, talks=others | ({topic: content["room"]} if content else {}))
        case SetState(key, _, type_, "", content):
            (value,) = content.values()
            return _room(actual, key, **{_FIELDS[type_]: value})
        case LinkChild(space, child):
            return _room(actual, space, children=rooms[space].children | {rooms[child].room})
        case LinkParent(space, child):
            return _room(actual, child, parents=rooms[child].parents | {rooms[space].room})
        case Redact(room, key, user, event):
            assert (rooms[key].room, rooms[key].parting_words[user]) == (room, event)
            left_silently = {u: said for u, said in rooms[key].parting_words.items() if u != user}
            return _room(actual, key, parting_words=left_silently)
        case UnlinkChild(space, child_room):
            return _room(actual, space, children=rooms[space].children - {child_room})
        case CreateRoom(wanted, levels):
            assert wanted.key not in rooms
            return replace(actual, rooms={**rooms, wanted.key: _made(step, levels, rooms)})
    raise AssertionError(step)


def _made(step: CreateRoom, levels: Mapping[str, Any], rooms: Mapping[RoomKey, ActualRoom]) -> ActualRoom:
    wanted = step.desired
    return ActualRoom(
        room=room_id(wanted.key),
        key=wanted.key,
        archived=wanted.archived,
        name=wanted.name,
        topic=wanted.topic,
        is_space=wanted.is_space,
        join_rule="invite",
        history_visibility="shared",
        guest_access="forbidden",
        encrypted=False,
        power_levels=levels,
        members={},
        parents=frozenset(rooms[parent].room for parent in wanted.parents),
        servers=None if wanted.servers is None else hosts(wanted.servers),
    )


def _account(actual: ActualState, user: UserId, **changes: Any) -> ActualState:
    account = actual.accounts[user]
    assert not account.deactivated, "a closed account can't be changed"
    return replace(actual, accounts={**actual.accounts, user: replace(account, **changes)})


def _room(actual: ActualState, key: RoomKey, **changes: Any) -> ActualState:
    return replace(actual, rooms={**actual.rooms, key: replace(actual.rooms[key], **changes)})


def _without(room: ActualRoom, user: UserId) -> ActualRoom:
    return replace(room, members={u: how for u, how in room.members.items() if u != user})


STATE_EVENTS = ("m.room.name", "m.room.topic", "m.room.pinned_events", "m.room.tombstone")
MESSAGES = ("m.room.message", "m.reaction", "m.room.redaction", "org.matrix.msc3381.poll.response")
_DEFAULTS = {"events_default": 0, "state_default": 50, "invite": 0, "kick": 50, "ban": 50, "redact": 50}


def abilities(levels: Mapping[str, Any], user: UserId) -> set[str]:
    """What a member may do by a room's power levels, as a client reads them."""
    level = user_level(levels, user)
    needed = {name: _number(levels.get(name), assumed) for name, assumed in _DEFAULTS.items()}
    events = levels.get("events")
    events = events if isinstance(events, Mapping) else {}
    needed |= {type_: _number(events.get(type_), needed["state_default"]) for type_ in STATE_EVENTS}
    needed |= {type_: _number(events.get(type_), needed["events_default"]) for type_ in MESSAGES}
    notifications = levels.get("notifications")
    room = notifications.get("room") if isinstance(notifications, Mapping) else None
    needed["notifications.room"] = _number(room, 50)
    return {name for name, threshold in needed.items() if level >= threshold}


def _number(value: object, assumed: int) -> int:
    return value if isinstance(value, int) else assumed
