"""Events are hints: which of them mean "look at this room now".

Nothing is computed from an event. The rooms that it names are read and compared as at any
other look, so an event that is lost, late or forged costs time at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zvonok_appservice.reconcile.model import DELEGATES_STATE_TYPE, ROOM_STATE_TYPE, TALK_STATE_TYPE
from zvonok_core.access import appservice_of, server_of
from zvonok_core.ids import RoomId, UserId

WATCHED = frozenset(
    {
        ROOM_STATE_TYPE,
        DELEGATES_STATE_TYPE,
        TALK_STATE_TYPE,
        "m.room.server_acl",
        "m.room.member",
        "m.room.power_levels",
        "m.room.name",
        "m.room.topic",
        "m.room.join_rules",
        "m.room.history_visibility",
        "m.room.guest_access",
        "m.room.encryption",
        "m.room.tombstone",
        "m.space.child",
        "m.space.parent",
    }
)
"""State that the appservice keeps as the journal says."""


def room_of(event: Mapping[str, Any], sender: UserId) -> RoomId | None:
    """The room to look at, None where the event changes nothing that is kept, or is the
    appservice's own."""
    room = event.get("room_id")
    if event.get("type") not in WATCHED or "state_key" not in event or not isinstance(room, str):
        return None
    return None if event.get("sender") == sender else RoomId(room)


def invitation_of(event: Mapping[str, Any], sender: UserId) -> str | None:
    """The server of the school whose appservice invites this one's, None where the event is
    something else."""
    content, by = event.get("content"), str(event.get("sender"))
    if event.get("type") != "m.room.member" or event.get("state_key") != sender:
        return None
    invited = isinstance(content, Mapping) and content.get("membership") == "invite"
    other = server_of(UserId(by))
    return other if invited and other != server_of(sender) and by == appservice_of(other) else None


def chat_of(event: Mapping[str, Any], sender: UserId) -> RoomId | None:
    """The room in which somebody else than the appservice has said something, None where
    the event is something else."""
    room = event.get("room_id")
    if event.get("type") != "m.room.message" or not isinstance(room, str):
        return None
    return None if event.get("sender") == sender else RoomId(room)
