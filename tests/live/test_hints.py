"""What Synapse tells the appservice: that something happened in a room of its own."""

from __future__ import annotations

import io
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_appservice.mautrix_homeserver import Listener
from zvonok_core.ids import RoomId

pytestmark = pytest.mark.live


@dataclass
class Ear:
    """A listening appservice, with all that it was told."""

    listener: Listener
    hints: list[RoomId] = field(default_factory=list)
    transactions: list[list[dict[str, object]]] = field(default_factory=list)


class RememberingListener(Listener):
    """Also keeps whole transactions, to show what Synapse sends at all."""

    transactions_seen: list[list[dict[str, object]]]

    async def handle_transaction(self, txn_id: str, *, events: list, **rest: object) -> object:
        self.transactions_seen.append(events)
        return await super().handle_transaction(txn_id, events=events, **rest)


@pytest.fixture
async def ear(school: HostedSchool) -> AsyncIterator[Ear]:
    """The school's appservice, listening."""
    hints: list[RoomId] = []
    listener = RememberingListener(school.config, hints.append)
    listener.transactions_seen = []

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    listener.app.router.add_get("/hello", hello)
    async with listener.serve():
        await school.homeserver.ping(school.config.appservice.id)
        yield Ear(listener, hints, listener.transactions_seen)


async def test_drift_of_every_kind_is_hinted_at_within_seconds(school: HostedSchool, ear: Ear) -> None:
    user = await school.person("petrov")
    room = await school.make(school.desired(levels={user: 100}))
    await school.homeserver.add_member(room, user)
    await eventually(lambda: room in ear.hints)  # their own join
    async with school.client_of(user) as phone:
        for act in (
            phone.put_state(room, "m.room.topic", {"topic": "Каникулы"}),
            phone.call("POST", f"/v3/rooms/{room}/leave"),
        ):
            ear.hints.clear()
            began = time.monotonic()
            assert (await act).ok
            await eventually(lambda: room in ear.hints)
            assert time.monotonic() - began < 3


async def test_own_writes_and_messages_are_no_hints(school: HostedSchool, ear: Ear) -> None:
    user = await school.person("petrov")
    room, marker = await school.make(school.desired()), await school.make(school.desired())
    await school.homeserver.add_member(room, user)
    await eventually(lambda: room in ear.hints)
    ear.hints.clear()

    async with school.client_of(user) as phone:
        assert (await phone.say(room, "Здравствуйте")).ok
    await school.homeserver.set_state(room, "m.room.name", "", {"name": "Новая"})
    await school.homeserver.add_member(marker, user)  # comes after the others
    await eventually(lambda: marker in ear.hints)

    assert room not in ear.hints
    types = [event["type"] for events in ear.transactions for event in events if event["room_id"] == room]
    assert "m.room.message" in types


async def test_private_rooms_of_people_are_never_sent(school: HostedSchool, ear: Ear) -> None:
    one, two = await school.person("petrov"), await school.person("sidorov")
    async with school.client_of(one) as phone, school.client_of(two) as other:
        request = {"preset": "private_chat", "invite": [two]}
        private = RoomId((await phone.call("POST", "/v3/createRoom", request)).body["room_id"])
        assert (await other.call("POST", f"/v3/join/{private}")).ok
        assert (await phone.say(private, "Секрет")).ok
    managed = await school.make(school.desired())
    await school.homeserver.add_member(managed, one)
    await eventually(lambda: managed in ear.hints)  # events come in order: it would be there

    rooms = {event["room_id"] for events in ear.transactions for event in events}
    assert private not in rooms
    assert managed in rooms


async def test_after_a_restart_a_ping_brings_what_was_missed(school: HostedSchool) -> None:
    user = await school.person("petrov")
    room = await school.make(school.desired())
    await school.homeserver.add_member(room, user)  # nobody listens: Synapse waits longer and longer
    hints: list[RoomId] = []
    listener = Listener(school.config, hints.append)
    async with listener.serve():
        await school.homeserver.ping(school.config.appservice.id)
        await eventually(lambda: room in hints, deadline=5)


async def test_only_synapse_may_hint(school: HostedSchool, ear: Ear) -> None:
    forged = {
        "events": [
            {"type": "m.room.name", "state_key": "", "room_id": "!forged", "sender": "@x:y", "content": {}}
        ]
    }
    url = f"{school.config.appservice.address}/_matrix/app/v1/transactions/forged"
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            async with session.put(url, json=forged, headers=headers) as answer:
                assert answer.status == 401
    assert ear.hints == []


async def test_a_transaction_of_full_events_is_taken(school: HostedSchool, ear: Ear) -> None:
    """100 events of 64 KiB: refused once, it would come again for ever."""
    event = {"type": "m.room.name", "state_key": "", "room_id": "!big", "sender": "@x:y"}
    events = [{**event, "content": {"name": "я" * 32_000}} for _ in range(100)]
    body = io.BytesIO(json.dumps({"events": events}, ensure_ascii=False).encode())
    url = f"{school.config.appservice.address}/_matrix/app/v1/transactions/big"
    headers = {
        "Authorization": f"Bearer {school.config.appservice.hs_token}",
        "Content-Type": "application/json",
    }
    async with aiohttp.ClientSession() as session, session.put(url, data=body, headers=headers) as answer:
        assert answer.status == 200
    assert ear.hints == ["!big"] * 100


async def test_other_parts_share_the_listener(school: HostedSchool, ear: Ear) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{school.config.appservice.address}/hello") as answer,
    ):
        assert await answer.text() == "hello"
