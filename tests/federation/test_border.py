"""What a listed school's server may ask and send past all callbacks of Synapse's, and what our
own people may with a client of their own making."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from mautrix.api import PathBuilder
from support.federation import FederatedSchool, Federation
from support.forging import forged, send
from support.matrix import Client
from support.waiting import eventually

from zvonok_appservice.mautrix_homeserver.adapter import MautrixHomeserver
from zvonok_appservice.mautrix_homeserver.wire import Wire
from zvonok_appservice.reconcile.model import DELEGATES_STATE_TYPE, TALK_STATE_TYPE
from zvonok_core.ids import RoomId, UserId

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]
PATIENCE = 60.0
CHILDREN_AND_FAMILIES = ("student", "guardian")


def knows(school: FederatedSchool, user: UserId) -> bool:
    picture = school.app.board.picture
    return picture is not None and user in picture.given.abroad.delegates


async def chat_from_east(east: FederatedSchool, north: FederatedSchool) -> RoomId:
    """A direct chat of the two schools' teachers, that the one without rules has made."""
    await eventually(lambda: knows(north, east.users["teacher"]), deadline=PATIENCE)
    one, two = east.users["teacher"], north.users["teacher"]
    mark = {"kind": "direct", "between": sorted((one, two))}
    request = {
        "preset": "trusted_private_chat",
        "is_direct": True,
        "invite": [two],
        "name": "Chat",
        "creation_content": {"dev.zvonok.chat": mark},
    }
    theirs, ours = await east.client("teacher"), await north.client("teacher")

    async def begun() -> RoomId | None:
        answer = await theirs.call("POST", "/v3/createRoom", request)
        return RoomId(answer.body["room_id"]) if answer.ok else None

    room = await eventually(begun, deadline=PATIENCE)
    assert room is not None
    assert (await ours.call("POST", f"/v3/join/{quote(room)}")).ok
    return room


async def hears(reader: Client, room: RoomId, words: str) -> bool:
    answer = await reader.call("GET", f"/v3/rooms/{quote(room)}/messages?dir=b&limit=20")
    return words in {event["content"].get("body") for event in answer.body["chunk"]}


async def synced(reader: Client, since: str = "") -> dict[str, Any]:
    """What is new since an earlier answer's `next_batch`."""
    return (await reader.call("GET", f"/v3/sync?timeout=0&since={since}" if since else "/v3/sync")).body


class Devices:
    """Who has sent something to somebody's device since this was made."""

    def __init__(self, reader: Client) -> None:
        self._reader = reader
        self._since = ""
        self.senders: set[str] = set()

    async def look(self) -> set[str]:
        news = await synced(self._reader, self._since)
        self._since = news["next_batch"]
        self.senders |= {event["sender"] for event in news.get("to_device", {}).get("events", [])}
        return self.senders


@pytest.mark.parametrize("person", CHILDREN_AND_FAMILIES)
async def test_no_invitation_reaches_a_child_or_a_family_inside_of_a_room(
    together: Federation, person: str
) -> None:
    """Not through the door that asks whom it lets in, but as any event of a room in which one of
    the school's teachers is, and again as what a later message follows."""
    east, north = together["east"], together["north"]
    room = await chat_from_east(east, north)
    theirs, ours = await east.client("teacher"), await north.client("teacher")
    child = await north.client(person)
    since = (await synced(child))["next_batch"]
    invitation, its_id = await forged(
        east,
        theirs,
        room,
        type="m.room.member",
        state_key=north.users[person],
        content={"membership": "invite", "reason": "Come to me"},
    )
    message, _ = await forged(
        east, theirs, room, its_id, type="m.room.message", content={"msgtype": "m.text", "body": "after"}
    )
    await send(east, north, invitation)
    await send(east, north, message)
    assert (await theirs.say(room, "later")).ok
    await eventually(lambda: hears(ours, room, "later"), deadline=PATIENCE)
    seen = await synced(child, since)
    assert room not in seen.get("rooms", {}).get("invite", {})


async def test_no_invitation_by_address_is_made_one_of_ours(together: Federation) -> None:
    east, north = together["east"], together["north"]
    room = await chat_from_east(east, north)
    invitation = {
        "type": "m.room.member",
        "room_id": room,
        "sender": east.users["teacher"],
        "state_key": north.users["student"],
        "content": {"membership": "invite", "third_party_invite": {"signed": {"token": "any"}}},
    }
    answer = await east.ask(north, "PUT", f"/v1/exchange_third_party_invite/{quote(room)}", invitation)
    assert (answer.status, answer.errcode) == (403, "M_FORBIDDEN")
    assert "пригла" in answer.body["error"]


@pytest.mark.parametrize("person", CHILDREN_AND_FAMILIES)
async def test_devices_hear_of_another_school_only_what_named_staff_are_sent(
    together: Federation, person: str
) -> None:
    """Both are sent the same at once."""
    east, north = together["east"], together["north"]
    await eventually(lambda: knows(north, east.users["teacher"]), deadline=PATIENCE)
    sender = east.users["teacher"]
    child, teacher = Devices(await north.client(person)), Devices(await north.client("teacher"))
    words = {"*": {"from_device": "X", "transaction_id": "t", "methods": [], "timestamp": 1}}

    async def reached() -> bool:
        message = {
            "type": "m.key.verification.request",
            "sender": sender,
            "message_id": secrets.token_hex(8),
            "messages": {north.users[person]: words, north.users["teacher"]: words},
        }
        await send(east, north, edus=[{"edu_type": "m.direct_to_device", "content": message}])
        return sender in await teacher.look()

    await eventually(reached, deadline=PATIENCE)
    assert sender not in await child.look()


@pytest.mark.parametrize("person", [*CHILDREN_AND_FAMILIES, "teacher"])
async def test_which_devices_somebody_has_is_told_of_staff_who_are_named_alone(
    together: Federation, person: str
) -> None:
    east, north = together["east"], together["north"]
    await eventually(lambda: knows(north, east.users["teacher"]), deadline=PATIENCE)
    user = north.users[person]
    client = await north.client(person)
    device = (await client.call("GET", "/v3/account/whoami")).body["device_id"]
    keys = {"algorithms": [], "user_id": user, "device_id": device, "keys": {}, "signatures": {}}
    assert (await client.call("POST", "/v3/keys/upload", {"device_keys": keys})).ok
    devices = await east.ask(north, "GET", f"/v1/user/devices/{quote(user)}")
    queried = await east.ask(north, "POST", "/v1/user/keys/query", {"device_keys": {user: []}})
    claim = {"one_time_keys": {user: {device: "signed_curve25519"}}}
    claimed = await east.ask(north, "POST", "/v1/user/keys/claim", claim)
    if person == "teacher":
        assert devices.body["devices"]
        assert queried.body["device_keys"][user]
        assert claimed.ok
    else:
        assert (devices.status, devices.errcode) == (404, "M_NOT_FOUND")
        assert not queried.body["device_keys"]
        assert not claimed.body["one_time_keys"]


async def test_addresses_lead_other_schools_to_rooms_between_schools_alone(together: Federation) -> None:
    east, north = together["east"], together["north"]
    picture = north.app.board.picture
    assert picture is not None
    (key,) = [key for key in picture.actual.rooms if key.kind == "class"]
    prefix = north.config.appservice.alias_prefix
    own = quote(f"#{key.alias_localpart(prefix)}:{north.server_name}")
    shared = quote(f"#zvonok_federation:{north.server_name}")
    hidden = await east.ask(north, "GET", f"/v1/query/directory?room_alias={own}")
    shown = await east.ask(north, "GET", f"/v1/query/directory?room_alias={shared}")
    assert shown.ok, shown
    assert (hidden.status, hidden.errcode) == (404, "M_NOT_FOUND")


async def test_a_rooms_own_questions_are_answered_to_those_who_are_in_it_alone(together: Federation) -> None:
    """Synapse's own doors: of a class's room another school learns nothing, not by its id either."""
    east, north = together["east"], together["north"]
    picture = north.app.board.picture
    assert picture is not None
    (room,) = [room.room for key, room in picture.actual.rooms.items() if key.kind == "class"]
    student = await north.client("student")
    newest = await student.call("GET", f"/v3/rooms/{quote(room)}/messages?dir=b&limit=1")
    event, at = quote(newest.body["chunk"][0]["event_id"]), quote(room)
    for path in (
        f"/v1/event/{event}",
        f"/v1/state/{at}?event_id={event}",
        f"/v1/state_ids/{at}?event_id={event}",
        f"/v1/backfill/{at}?v={event}&limit=10",
        f"/v1/event_auth/{at}/{event}",
        f"/v1/timestamp_to_event/{at}?ts=0&dir=f",
        f"/v1/hierarchy/{at}",
        f"/v1/make_join/{at}/{quote(east.users['teacher'])}?ver=12",
        f"/v1/make_knock/{at}/{quote(east.users['teacher'])}?ver=12",
        f"/v1/make_leave/{at}/{quote(east.users['teacher'])}",
        "/v1/query/nothing",
    ):
        answer = await east.ask(north, "GET", path)
        assert answer.status in (403, 404), (path, answer)
    missing = {"earliest_events": [], "latest_events": [newest.body["chunk"][0]["event_id"]], "limit": 9}
    answer = await east.ask(north, "POST", f"/v1/get_missing_events/{at}", missing)
    assert answer.status == 403 or not answer.body["events"], answer
    listed = await east.ask(north, "GET", "/v1/publicRooms")
    assert listed.status == 403 or not listed.body["chunk"], listed


@pytest.mark.parametrize("person", CHILDREN_AND_FAMILIES)
async def test_a_childs_own_client_sends_nothing_to_another_schools_devices(
    together: Federation, person: str
) -> None:
    east, north = together["east"], together["north"]
    await eventually(lambda: knows(north, east.users["teacher"]), deadline=PATIENCE)
    target, devices = east.users["teacher"], Devices(await east.client("teacher"))
    child, teacher = await north.client(person), await north.client("teacher")
    body = {"messages": {target: {"*": {"words": "from nobody"}}}}
    await child.call("PUT", f"/v3/sendToDevice/words/{person}", body)

    assert (await teacher.call("PUT", f"/v3/sendToDevice/words/after-{person}", body)).ok

    async def teacher_heard() -> bool:
        return north.users["teacher"] in await devices.look()

    await eventually(teacher_heard, deadline=PATIENCE)
    assert north.users[person] not in devices.senders


@pytest.mark.parametrize("person", CHILDREN_AND_FAMILIES)
async def test_a_childs_own_client_learns_nothing_of_people_of_another_school(
    together: Federation, person: str
) -> None:
    east, north = together["east"], together["north"]
    await eventually(lambda: knows(north, east.users["teacher"]), deadline=PATIENCE)
    child, target = await north.client(person), east.users["teacher"]
    keys = await child.call("POST", "/v3/keys/query", {"device_keys": {target: []}})
    assert target not in keys.body.get("device_keys", {})
    assert not keys.body.get("failures")
    claim = {"one_time_keys": {target: {"ANY": "signed_curve25519"}}}
    claimed = await child.call("POST", "/v3/keys/claim", claim)
    assert not claimed.body.get("one_time_keys") and not claimed.body.get("failures")
    assert not (await child.call("GET", f"/v3/profile/{quote(target)}")).ok
    found = await child.call("POST", "/v3/user_directory/search", {"search_term": target})
    assert not found.body["results"]
    public = await child.call("GET", f"/v3/publicRooms?server={quote(east.server_name)}")
    assert not public.ok or not public.body["chunk"]


class _Reading(Wire):
    """Remembers what is read."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.paths: list[str] = []

    async def get(self, path: PathBuilder, query: Mapping[str, str] | None = None) -> Any:
        self.paths.append(str(path))
        return await super().get(path, query)


async def test_of_a_peers_room_only_what_is_looked_for_is_read(together: Federation) -> None:
    """Another school may have filled its rooms with anything, and the school's own rooms must not
    wait for that."""
    east, north = together["east"], together["north"]
    control, sender = east.control().room, north.app.homeserver.sender

    def entered() -> bool:
        return sender in east.control().told

    await eventually(entered, deadline=PATIENCE)
    address, token = north.config.homeserver.address, north.config.appservice.as_token
    async with _Reading.open(address, token) as wire:
        homeserver = MautrixHomeserver(wire, wire, north.config)
        assert await homeserver.room(control) is None
        assert control in {each.room for each in await homeserver.rooms_elsewhere()}
        said = await homeserver.state_elsewhere(control, DELEGATES_STATE_TYPE, sender)
        assert said is not None
        assert (said["sender"], said["content"].keys()) == (sender, {"people"})
        assert await homeserver.state_elsewhere(control, TALK_STATE_TYPE, "event:none") is None
        assert wire.paths
        assert not [path for path in wire.paths if path.endswith("/state")]
        assert await homeserver.room(north.control().room) is not None


async def test_a_chat_stays_between_its_two_whatever_another_schools_server_writes(
    together: Federation,
) -> None:
    """East's teacher says anew what the chat is, and brings in a student of east's, whom no rule
    keeps from writing there."""
    east, north = together["east"], together["north"]
    room = await chat_from_east(east, north)
    theirs, ours = await east.client("teacher"), await north.client("teacher")
    pupil = await east.client("student")
    for content in ({"kind": "group"}, {}):
        assert (await theirs.put_state(room, "dev.zvonok.chat", content)).ok
    invited = {"user_id": east.users["student"]}
    assert (await theirs.call("POST", f"/v3/rooms/{quote(room)}/invite", invited)).ok
    assert (await pupil.call("POST", f"/v3/join/{quote(room)}")).ok
    assert (await pupil.say(room, "from a student")).ok
    assert (await theirs.say(room, "from the teacher")).ok
    await eventually(lambda: hears(ours, room, "from the teacher"), deadline=PATIENCE)
    assert not await hears(ours, room, "from a student")


async def test_nothing_is_said_where_a_listed_school_has_let_in_one_that_is_not(
    together: Federation,
) -> None:
    east, north, west = (together[name] for name in ("east", "north", "west"))
    room = await chat_from_east(east, north)
    ours, theirs, stranger = [await school.client("teacher") for school in (north, east, west)]
    assert (await ours.say(room, "Мы вдвоём")).ok
    invited = {"user_id": west.users["teacher"]}
    assert (await theirs.call("POST", f"/v3/rooms/{quote(room)}/invite", invited)).ok
    assert (await stranger.call("POST", f"/v3/join/{quote(room)}")).ok

    async def silent() -> bool:
        answer = await ours.say(room, "Нас кто-нибудь слышит?")
        return answer.status == 403 and "сети школ" in answer.body["error"]

    await eventually(silent, deadline=PATIENCE)
    assert (await stranger.say(room, "Здравствуйте, дети")).ok
    assert not await hears(ours, room, "Здравствуйте, дети")
    assert await hears(ours, room, "Мы вдвоём")
