"""Which events are hints."""

from __future__ import annotations

import pytest

from zvonok_appservice.hints import WATCHED, chat_of, invitation_of, room_of
from zvonok_core.ids import UserId

SENDER = UserId("@zvonok:school.test")
EVENT = {"type": "m.room.member", "state_key": "@x:school.test", "room_id": "!r", "sender": "@x:school.test"}


@pytest.mark.parametrize("type_", sorted(WATCHED))
def test_state_that_is_kept_is_a_hint(type_: str) -> None:
    assert room_of({**EVENT, "type": type_}, SENDER) == "!r"


@pytest.mark.parametrize(
    "event",
    [
        {**EVENT, "sender": SENDER},
        {**EVENT, "type": "m.room.message"},
        {**EVENT, "type": "m.room.pinned_events"},
        {key: value for key, value in EVENT.items() if key != "state_key"},
        {key: value for key, value in EVENT.items() if key != "room_id"},
        {**EVENT, "room_id": 7},
        {},
    ],
)
def test_anything_else_is_none(event: dict[str, object]) -> None:
    assert room_of(event, SENDER) is None


MESSAGE = {"type": "m.room.message", "room_id": "!r", "sender": "@x:school.test"}


def test_what_somebody_says_is_a_hint_at_the_chat() -> None:
    assert chat_of(MESSAGE, SENDER) == "!r"


@pytest.mark.parametrize("event", [{**MESSAGE, "sender": SENDER}, {**MESSAGE, "room_id": 7}, EVENT, {}])
def test_anything_else_is_no_word_of_anybody(event: dict[str, object]) -> None:
    assert chat_of(event, SENDER) is None


OFFICE = "@zvonok:other.test:8448"
INVITATION = {
    "type": "m.room.member",
    "state_key": SENDER,
    "room_id": "!r",
    "sender": OFFICE,
    "content": {"membership": "invite"},
}


def test_an_invitation_by_another_schools_appservice_is_followed() -> None:
    assert invitation_of(INVITATION, SENDER) == "!r"


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "@orlova:other.test:8448"},
        {"sender": "@zvonok2:other.test"},
        {"sender": SENDER},
        {"sender": "zvonok"},
        {"sender": None},
        {"sender": 5},
        {"state_key": "@orlov:school.test"},
        {"state_key": OFFICE},
        {"type": "m.room.message"},
        {"content": {"membership": "join"}},
        {"content": {"membership": ["invite"]}},
        {"content": {}},
        {"content": None},
        {"content": "invite"},
        {"room_id": 7},
        {"room_id": None},
    ],
)
def test_any_other_invitation_is_none(change: dict[str, object]) -> None:
    assert invitation_of({**INVITATION, **change}, SENDER) is None
    assert invitation_of({}, SENDER) is None
