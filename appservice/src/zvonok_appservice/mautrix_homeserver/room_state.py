"""A room's state events, as the client API lists them, into an ActualRoom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zvonok_appservice.reconcile.contents import server_acl
from zvonok_appservice.reconcile.model import (
    DELEGATES_STATE_TYPE,
    ROOM_STATE_TYPE,
    TALK_STATE_TYPE,
    ActualRoom,
    Membership,
    RoomKey,
)
from zvonok_core.ids import RoomId, UserId

State = Mapping[tuple[str, str], Mapping[str, Any]]


def actual_room(room: RoomId, events: Iterable[Mapping[str, Any]], sender: UserId) -> ActualRoom | None:
    """The room as it stands; None unless the sender made it and gave it a key."""
    state: dict[tuple[str, str], Mapping[str, Any]] = {}
    writers: dict[str, str] = {}
    left: dict[UserId, int] = {}
    told: dict[UserId, Mapping[str, Any]] = {}
    parting_words: dict[UserId, str] = {}
    for event in events:
        state[event["type"], event["state_key"]] = event["content"]
        writers[event["type"]] = event["sender"]
        if event["type"] == DELEGATES_STATE_TYPE and event["state_key"] == event["sender"]:
            told[UserId(event["sender"])] = event["content"]
        if _is_departure(event):
            user = UserId(event["state_key"])
            left[user] = event["origin_server_ts"]
            if event["content"].get("reason"):
                parting_words[user] = event["event_id"]
    content = state.get((ROOM_STATE_TYPE, ""), {})
    key = RoomKey.from_content(content)
    if writers.get("m.room.create") != sender or key is None:
        return None
    ours = writers.get("m.room.topic", sender) == sender
    return ActualRoom(
        room=room,
        key=key,
        archived=content.get("archived") is True,
        name=_text(state, "m.room.name", "name", ""),
        topic=_text(state, "m.room.topic", "topic", "") if ours else None,
        is_space=state["m.room.create", ""].get("type") == "m.space",
        join_rule=_text(state, "m.room.join_rules", "join_rule", "invite"),
        history_visibility=_text(state, "m.room.history_visibility", "history_visibility", "shared"),
        guest_access=_text(state, "m.room.guest_access", "guest_access", "forbidden"),
        encrypted="algorithm" in state.get(("m.room.encryption", ""), {}),
        power_levels=dict(state.get(("m.room.power_levels", ""), {})),
        members=_members(state, sender),
        children=_linked(state, "m.space.child"),
        parents=_linked(state, "m.space.parent"),
        left=left,
        parting_words=parting_words,
        servers=_listed_servers(state.get(("m.room.server_acl", ""))),
        told=told,
        talks={
            topic: content["room"]
            for (event_type, topic), content in state.items()
            if event_type == TALK_STATE_TYPE and isinstance(content.get("room"), str)
        },
    )


def _listed_servers(acl: Mapping[str, Any] | None) -> frozenset[str] | None:
    """Whom an access list lets in, where it is one that we write; nobody where it is another."""
    if acl is None:
        return None
    allowed = acl.get("allow")
    listed = (
        frozenset(allowed) if isinstance(allowed, list) and all(isinstance(a, str) for a in allowed) else ()
    )
    return frozenset(listed) if acl == server_acl(listed) else frozenset()


def _text(state: State, type: str, key: str, default: str) -> str:
    """A value that a hostile or broken event may have left out or made no text."""
    value = state.get((type, ""), {}).get(key, default)
    return value if isinstance(value, str) else default


def _members(state: State, sender: UserId) -> dict[UserId, Membership]:
    known = {str(membership) for membership in Membership}
    return {
        UserId(user): Membership(content["membership"])
        for (event_type, user), content in state.items()
        if event_type == "m.room.member" and user != sender and content.get("membership") in known
    }


def _is_departure(event: Mapping[str, Any]) -> bool:
    """Whether somebody has left by themselves; whoever is put out has another sender."""
    by_themselves: bool = event["sender"] == event["state_key"]
    gone = event["type"] == "m.room.member" and event["content"].get("membership") == "leave"
    return gone and by_themselves


def _linked(state: State, type: str) -> frozenset[RoomId]:
    """Rooms of valid space events: one without `via` is a removed one."""
    return frozenset(
        RoomId(room)
        for (event_type, room), content in state.items()
        if event_type == type and isinstance(content.get("via"), list) and content["via"]
    )
