"""What a room's state events say of other schools, however hostile they are."""

from __future__ import annotations

from typing import Any

import pytest

from zvonok_appservice.mautrix_homeserver.room_state import actual_room
from zvonok_appservice.reconcile.contents import server_acl
from zvonok_appservice.reconcile.model import (
    CONTROL,
    DELEGATES_STATE_TYPE,
    ROOM_STATE_TYPE,
    TALK_STATE_TYPE,
    ActualRoom,
)
from zvonok_core.ids import RoomId, UserId

SENDER = UserId("@zvonok:school.example")
PEER = "@zvonok:first.example"


def event(type: str, content: Any, state_key: str = "", sender: str = SENDER) -> dict[str, Any]:
    return {
        "type": type,
        "state_key": state_key,
        "content": content,
        "sender": sender,
        "event_id": "$1",
        "origin_server_ts": 1,
    }


def room(*events: dict[str, Any]) -> ActualRoom:
    found = actual_room(
        RoomId("!r"),
        [
            event("m.room.create", {}),
            event(ROOM_STATE_TYPE, {"kind": CONTROL, "school": "school"}),
            *events,
        ],
        SENDER,
    )
    assert found is not None
    return found


def test_what_each_peer_says_in_its_own_name_is_told() -> None:
    people = {"people": {"@orlova:first.example": ["heads"]}}
    found = room(
        event(DELEGATES_STATE_TYPE, people, PEER, PEER),
        event(DELEGATES_STATE_TYPE, {"people": {}}, "@zvonok:second.example", PEER),
        event(DELEGATES_STATE_TYPE, {"people": {}}, "", PEER),
    )
    assert found.told == {PEER: people}


@pytest.mark.parametrize("content", [{}, {"room": None}, {"room": 5}, {"room": ["!x"]}, {"rooms": "!x"}])
def test_what_tells_of_no_room_tells_nothing(content: dict[str, Any]) -> None:
    found = room(event(TALK_STATE_TYPE, {"room": "!heads"}, "heads"), event(TALK_STATE_TYPE, content, "x"))
    assert found.talks == {"heads": "!heads"}


@pytest.mark.parametrize("servers", [["a.example"], ["a.example", "b.example:8448"], []])
def test_a_list_that_we_write_is_read_as_it_was_meant(servers: list[str]) -> None:
    acl = server_acl(servers)
    assert room(event("m.room.server_acl", acl)).servers == frozenset(acl["allow"])
    assert room().servers is None


@pytest.mark.parametrize(
    "change",
    [
        {"allow": ["*"], "deny": ["x"]},
        {"allow": "*"},
        {"allow": None},
        {"allow": ["a.example", 5]},
        {"allow": ["b.example", "a.example"]},
        {"allow": ["a.example:8448"]},
        {"deny": ["a.example"]},
        {"deny": None},
        {"allow_ip_literals": False},
        {"allow_ip_literals": "true"},
        {"more": 1},
    ],
)
def test_any_other_list_is_written_anew(change: dict[str, Any]) -> None:
    content = {**server_acl(["a.example", "b.example"]), **change}
    assert room(event("m.room.server_acl", content)).servers == frozenset()
    assert room(event("m.room.server_acl", {})).servers == frozenset()
