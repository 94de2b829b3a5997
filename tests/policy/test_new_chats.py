"""What a new chat may be: what a request for one may bring along, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from support.chatting import MEGOLM, refused, state
from support.circuit import Circuit

from zvonok_appservice.policy import shipped_policy

pytestmark = pytest.mark.live


@pytest.mark.parametrize(
    "more",
    [
        {"preset": "public_chat"},
        {"visibility": "public"},
        {"room_alias_name": "klub"},
        {"initial_state": [{"type": "m.room.join_rules", "content": {"join_rule": "public"}}]},
        {
            "initial_state": [
                {
                    "type": "m.room.history_visibility",
                    "content": {"history_visibility": "world_readable"},
                }
            ]
        },
        {"creation_content": {"type": "m.space"}},
        {"creation_content": {"predecessor": {"room_id": "!x", "event_id": "$x"}}},
    ],
    ids=lambda more: next(iter(str(value)[:40] for value in more.values())),
)
async def test_nobody_makes_a_room_that_others_can_get_into(closed: Circuit, more: dict[str, Any]) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    for answer in (await teacher.group_with(pupil, **more), await pupil.chat_with(teacher, **more)):
        refused(answer)
        assert "Адрес" not in answer.body["error"], "refused before there is a room to give an address to"


async def test_nobody_is_invited_past_the_rules_by_what_a_new_room_brings_along(closed: Circuit) -> None:
    teacher, far = await closed.teacher(), await closed.student("sidorov", group="7Б")
    smuggled = {"type": "m.room.member", "state_key": far.user, "content": {"membership": "invite"}}
    refused(await teacher.group_with(initial_state=[smuggled]))
    address = {"id_server": "x.test", "id_access_token": "x", "medium": "email", "address": "a@x.test"}
    refused(await teacher.group_with(invite_3pid=[address]))
    answer = await teacher.client.call("GET", "/v3/sync?timeout=0")
    assert answer.body.get("rooms", {}).get("join", {}) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"initial_state": {"type": "x"}},
        {"initial_state": ["x"]},
        {"initial_state": [{"type": "m.room.name", "content": "x"}]},
        {"initial_state": [{"type": "m.room.name", "state_key": 5, "content": {}}]},
        {"invite": "x"},
        {"invite": [5]},
        {"creation_content": "x"},
    ],
)
async def test_a_request_that_no_client_makes_is_refused_as_such(
    closed: Circuit, wrong: dict[str, Any]
) -> None:
    teacher = await closed.teacher()
    answer = await teacher.client.call("POST", "/v3/createRoom", wrong)
    assert (answer.status, answer.errcode) == (400, "M_BAD_JSON"), answer


async def test_what_clients_ask_for_by_themselves_is_left_out(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    answer = await pupil.chat_with(
        teacher,
        room_version="9",
        initial_state=[
            {"type": "m.room.encryption", "state_key": "", "content": MEGOLM},
            {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "can_join"}},
        ],
        creation_content={
            "additional_creators": [teacher.user],
            "m.federate": True,
            "type": None,
            "dev.zvonok.chat": {"kind": "group"},
        },
    )
    assert answer.ok, answer
    there = await state(pupil, answer.body["room_id"])
    assert "m.room.encryption" not in there
    assert there["m.room.create"]["room_version"] == "12"
    assert there["m.room.create"]["m.federate"] is False
    assert "type" not in there["m.room.create"]
    assert there["m.room.guest_access"] == {"guest_access": "forbidden"}
    assert there["m.room.create"]["dev.zvonok.chat"] == {
        "kind": "direct",
        "between": sorted([teacher.user, pupil.user]),
    }


async def test_a_new_chat_is_not_open_to_guests_whatever_synapse_makes_of_a_preset(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    for maker, answer in (
        (pupil, await pupil.chat_with(teacher)),
        (teacher, await teacher.group_with(pupil)),
    ):
        there = await state(maker, answer.body["room_id"])
        assert there["m.room.guest_access"] == {"guest_access": "forbidden"}


def _state(type: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"type": type, "state_key": "", "content": content}


CLIENTS: dict[str, dict[str, Any]] = {
    "Element Web": {
        "visibility": "private",
        "preset": "trusted_private_chat",
        "is_direct": True,
        "initial_state": [
            _state("m.room.guest_access", {"guest_access": "can_join"}),
            _state("m.room.encryption", MEGOLM),
        ],
    },
    "Element X": {
        "visibility": "private",
        "preset": "trusted_private_chat",
        "is_direct": True,
        "initial_state": [
            _state("m.room.encryption", MEGOLM),
            _state("m.room.history_visibility", {"history_visibility": "invited"}),
        ],
        "power_level_content_override": {"events": {"org.matrix.msc3401.call.member": 0}},
    },
    "FluffyChat": {
        "preset": "trusted_private_chat",
        "is_direct": True,
        "initial_state": [_state("m.room.encryption", MEGOLM)],
        "room_version": "11",
    },
    "nheko": {"preset": "trusted_private_chat", "is_direct": True, "visibility": "private"},
}


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_direct_chat_begins_in_whichever_client(closed: Circuit, client: str) -> None:
    """With what each is known to ask for when somebody presses “new chat”."""
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = (await pupil.chat_with(teacher, **CLIENTS[client])).body["room_id"]
    assert (await teacher.join(room)).ok
    assert (await teacher.say(room)).ok
    there = await state(pupil, room)
    assert "m.room.encryption" not in there
    assert there["m.room.guest_access"] == {"guest_access": "forbidden"}
    assert there["m.room.join_rules"] == {"join_rule": "invite"}


async def test_encryption_where_the_school_has_it(closed: Circuit) -> None:
    one, other = await closed.teacher(), await closed.teacher("frolov")
    pupil = await closed.student("petrov")
    await closed.door.tell(table=replace(shipped_policy(), encryption="staff"))
    wanted = [{"type": "m.room.encryption", "state_key": "", "content": MEGOLM}]
    among_staff = (await one.chat_with(other, initial_state=wanted)).body["room_id"]
    assert (await state(one, among_staff))["m.room.encryption"] == MEGOLM
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "…"}
    path = f"/v3/rooms/{quote(among_staff)}/send/m.room.encrypted"
    assert (await one.client.call("POST", path, secret)).ok
    refused(await one.invite(among_staff, pupil), "на двоих")

    with_pupil = (await one.chat_with(pupil, initial_state=wanted)).body["room_id"]
    assert "m.room.encryption" not in await state(one, with_pupil)
    refused(await one.put_state(with_pupil, "m.room.encryption", MEGOLM), "шифр")
    path = f"/v3/rooms/{quote(with_pupil)}/send/m.room.encrypted"
    refused(await one.client.call("POST", path, secret), "шифр")
