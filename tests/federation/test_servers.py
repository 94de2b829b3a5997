"""What Synapse itself holds between servers, without the policy module."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio
from support.federation import FederatedSchool, Federation, federation
from support.matrix import Answer, Client
from support.waiting import eventually

from zvonok_core.ids import RoomId

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def unruled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Federation]:
    """Three schools whose Synapses have no policy module; each talks with north and south."""
    folder = tmp_path_factory.mktemp("unruled")
    async with federation(
        folder, unruled=("north", "south", "west"), whitelist=("north", "south")
    ) as schools:
        yield schools


async def open_room(somebody: Client) -> RoomId:
    """A room for people of any server."""
    request = {"preset": "private_chat", "room_version": "12", "creation_content": {"m.federate": True}}
    answer = await somebody.call("POST", "/v3/createRoom", request)
    assert answer.ok, answer
    return RoomId(answer.body["room_id"])


async def invite(somebody: Client, room: RoomId, school: FederatedSchool) -> Answer:
    user = {"user_id": school.users["teacher"]}
    return await somebody.call("POST", f"/v3/rooms/{quote(room)}/invite", user)


async def join(somebody: Client, room: RoomId, host: FederatedSchool) -> Answer:
    return await somebody.call("POST", f"/v3/join/{quote(room)}?via={quote(host.server_name)}")


async def heard(somebody: Client, room: RoomId) -> list[str]:
    """What was said in a room, the newest first."""
    answer = await somebody.call("GET", f"/v3/rooms/{quote(room)}/messages?dir=b&limit=50")
    return [event["content"]["body"] for event in answer.body["chunk"] if event["type"] == "m.room.message"]


async def test_two_schools_talk_in_a_room_and_a_third_that_is_on_no_list_stays_outside(
    unruled: Federation,
) -> None:
    north, south, west = (unruled[name] for name in ("north", "south", "west"))
    host, guest, stranger = [await school.client("teacher") for school in (north, south, west)]
    room = await open_room(host)
    assert (await invite(host, room, south)).ok
    assert (await join(guest, room, north)).ok

    assert (await host.say(room, "Добрый день")).ok
    assert (await guest.say(room, "Здравствуйте")).ok

    async def both_heard() -> bool:
        said = {"Добрый день", "Здравствуйте"}
        return said <= {*await heard(host, room)} and said <= {*await heard(guest, room)}

    await eventually(both_heard)

    refused = await invite(host, room, west)
    assert (refused.status, refused.errcode) == (403, "M_FORBIDDEN")
    assert not (await join(stranger, room, north)).ok


async def test_a_request_signed_by_a_server_that_is_on_no_list_is_refused(unruled: Federation) -> None:
    north, south, west = (unruled[name] for name in ("north", "south", "west"))
    path = f"/v1/query/directory?room_alias={quote(f'#nothing:{north.server_name}')}"
    known, unknown = await south.ask(north, "GET", path), await west.ask(north, "GET", path)
    assert (known.status, known.errcode) == (404, "M_NOT_FOUND")
    assert (unknown.status, unknown.errcode) == (403, "M_FORBIDDEN")
