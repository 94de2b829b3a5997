"""The verbs of rooms on a real Synapse, and each of them again."""

from __future__ import annotations

from collections import Counter
from urllib.parse import quote

import pytest
from support.matrix import Client
from support.schools import HostedSchool

from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.model import ROOM_STATE_TYPE, Membership
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId

pytestmark = pytest.mark.live


async def events_of(room: RoomId, client: Client) -> Counter[str]:
    """How many events of each type the room has, state and timeline alike."""
    path = f"/v3/rooms/{room}/messages?dir=b&limit=1000"
    answer = await client.call("GET", path.replace("!", "%21"))
    return Counter(event["type"] for event in answer.body["chunk"])


async def test_a_room_is_made_with_all_its_state_and_nothing_more(school: HostedSchool) -> None:
    head = school.user("head")
    desired = school.desired(levels={head: 100})

    room = await school.make(desired)

    seen = await school.seen(room)
    assert (seen.key, seen.archived, seen.is_space) == (desired.key, False, False)
    assert (seen.name, seen.topic) == (desired.name, desired.topic)
    assert (seen.join_rule, seen.history_visibility, seen.guest_access) == ("invite", "shared", "forbidden")
    assert not seen.encrypted
    assert seen.members == {}
    async with school.as_sender() as sender:
        made = await events_of(room, sender)
        (create,) = [event for event in await sender.state(room) if event["type"] == "m.room.create"]
    assert create["content"]["room_version"] == "12"
    assert create["content"]["m.federate"] is False
    assert made == {
        "m.room.create": 1,
        "m.room.member": 1,
        "m.room.power_levels": 1,
        "m.room.canonical_alias": 1,
        "m.room.join_rules": 1,
        "m.room.history_visibility": 1,
        "m.room.guest_access": 1,
        "m.room.name": 1,
        "m.room.topic": 1,
        ROOM_STATE_TYPE: 1,
    }


@pytest.mark.parametrize("write_level", [0, 50])
async def test_the_power_level_map_is_exactly_the_one_asked_for(
    school: HostedSchool, write_level: int
) -> None:
    levels = {school.user("head"): 100, school.user("deputy"): 50, school.user("muted"): -1}
    room = await school.make(school.desired(write_level=write_level, levels=levels))

    assert (await school.seen(room)).power_levels == power_levels(write_level, levels)


async def test_a_room_that_was_made_before_is_found_again(school: HostedSchool) -> None:
    desired = school.desired()
    room = await school.make(desired)
    assert await school.make(desired) == room
    assert await school.homeserver.room_of(desired.key) == room
    assert await school.homeserver.room_of(school.desired().key) is None
    assert await school.homeserver.joined_rooms() == [room]


async def test_an_alias_that_leads_to_a_shell_of_a_room_gets_a_room(school: HostedSchool) -> None:
    desired = school.desired()
    alias = desired.key.alias_localpart(school.config.appservice.alias_prefix)
    async with school.as_sender() as sender:  # what a Synapse stopped half way leaves behind
        shell = (await sender.call("POST", "/v3/createRoom", {"room_alias_name": alias})).body["room_id"]

    room = await school.make(desired)

    assert room != shell
    assert (await school.seen(room)).key == desired.key
    assert await school.homeserver.room_of(desired.key) == room
    assert await school.homeserver.room(shell) is None


async def test_the_address_of_somebody_elses_room_is_not_taken_away_from_it(school: HostedSchool) -> None:
    user = await school.person("petrov")
    desired = school.desired()
    alias = f"#{desired.key.alias_localpart(school.config.appservice.alias_prefix)}:school.test"
    async with school.client_of(user) as phone, school.as_sender() as sender:
        theirs = (await phone.call("POST", "/v3/createRoom")).body["room_id"]
        path = f"/v3/directory/room/{quote(alias)}"
        assert (await sender.call("PUT", path, {"room_id": theirs})).ok
        with pytest.raises(PermanentError, match="somebody else has made"):
            await school.make(desired)
        assert (await sender.call("GET", path)).body["room_id"] == theirs


async def test_rooms_hang_in_spaces_and_can_be_taken_out(school: HostedSchool) -> None:
    space = await school.make(school.desired("class_space", is_space=True))
    room = await school.make(school.desired(), [space])
    other = await school.make(school.desired())
    for child in (room, other, other):
        await school.homeserver.link_child(space, child)
    await school.homeserver.link_parent(space, other)

    seen = await school.seen(space)
    assert seen.is_space
    assert seen.children == {room, other}
    assert (await school.seen(room)).parents == {space}
    assert (await school.seen(other)).parents == {space}

    await school.homeserver.set_state(space, "m.space.child", other, {})
    assert (await school.seen(space)).children == {room}


async def test_people_are_put_in_without_being_asked(school: HostedSchool) -> None:
    user = await school.person("petrov")
    room = await school.make(school.desired())
    await school.homeserver.add_member(room, user)
    await school.homeserver.add_member(room, user)

    assert (await school.seen(room)).members == {user: Membership.JOIN}
    async with school.client_of(user) as phone:
        assert await phone.rooms() == {room}
        made = await events_of(room, phone)
    assert made["m.room.member"] == 3, "the sender's join, the person's invitation and join"


async def test_who_was_only_invited_is_put_in(school: HostedSchool) -> None:
    user = await school.person("petrov")
    room = await school.make(school.desired())
    async with school.as_sender() as sender:
        await sender.call("POST", f"/v3/rooms/{room}/invite", {"user_id": user})
    assert (await school.seen(room)).members == {user: Membership.INVITE}

    await school.homeserver.add_member(room, user)
    assert (await school.seen(room)).members == {user: Membership.JOIN}


async def test_people_and_invitations_are_taken_out(school: HostedSchool) -> None:
    member, invited = await school.person("petrov"), await school.person("sidorov")
    room = await school.make(school.desired())
    await school.homeserver.add_member(room, member)
    async with school.as_sender() as sender:
        await sender.call("POST", f"/v3/rooms/{room}/invite", {"user_id": invited})

    for user in (member, invited, member, school.user("nobody")):
        await school.homeserver.remove_member(room, user)

    assert (await school.seen(room)).members == {}
    async with school.client_of(member) as phone:
        assert await phone.rooms() == set()


async def test_who_asks_to_come_in_is_seen_and_turned_away(school: HostedSchool) -> None:
    user = await school.person("petrov")
    room = await school.make(school.desired())
    await school.homeserver.set_state(room, "m.room.join_rules", "", {"join_rule": "knock"})
    async with school.client_of(user) as phone:
        assert (await phone.call("POST", f"/v3/knock/{room}")).ok
    assert (await school.seen(room)).members == {user: Membership.KNOCK}

    await school.homeserver.remove_member(room, user)
    assert (await school.seen(room)).members == {}


async def test_what_can_never_work_says_so(school: HostedSchool) -> None:
    room = await school.make(school.desired())
    with pytest.raises(PermanentError) as raised:
        await school.homeserver.add_member(room, school.user("nobody"))
    assert raised.value.code == "M_NOT_FOUND"
    with pytest.raises(PermanentError):
        await school.homeserver.set_state(RoomId("!nowhere"), "m.room.name", "", {"name": "?"})
    assert await school.homeserver.room(RoomId("!nowhere")) is None


async def test_rooms_of_other_people_are_no_managed_rooms(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.client_of(user) as phone:
        forged = {"type": ROOM_STATE_TYPE, "content": school.desired().key.content()}
        request = {"invite": [school.homeserver.sender], "initial_state": [forged]}
        room = RoomId((await phone.call("POST", "/v3/createRoom", request)).body["room_id"])
    async with school.as_sender() as sender:
        assert (await sender.call("POST", f"/v3/join/{room}")).ok
    assert room in await school.homeserver.joined_rooms()
    assert await school.homeserver.room(room) is None
    assert (await school.observed()).rooms == {}


async def test_talk_with_one_person_goes_on_in_one_room(school: HostedSchool) -> None:
    user = await school.person("petrov")
    room = await school.homeserver.direct_room(user)
    written = school.homeserver.requests_written
    assert await school.homeserver.direct_room(user) == room
    assert school.homeserver.requests_written == written
    for _ in range(2):
        await school.homeserver.send_text(room, "Доброе утро", "greeting-1")

    async with school.client_of(user) as phone:
        assert await phone.rooms() == {room}
        assert (await events_of(room, phone))["m.room.message"] == 1
        assert (await phone.call("POST", f"/v3/rooms/{room}/leave")).ok
        assert await school.homeserver.direct_room(user) == room
        assert await phone.rooms() == {room}
    assert await school.homeserver.room(room) is None, "it is no managed room"


async def test_an_archived_room_says_so(school: HostedSchool) -> None:
    desired = school.desired()
    room = await school.make(desired)
    await school.homeserver.set_state(room, ROOM_STATE_TYPE, "", desired.key.content(archived=True))
    seen = await school.seen(room)
    assert (seen.key, seen.archived) == (desired.key, True)


async def test_what_the_sender_may_not_see_is_not_taken_for_done(school: HostedSchool) -> None:
    user, other = await school.person("petrov"), await school.person("sidorov")
    async with school.client_of(user) as phone:
        request = {"preset": "private_chat", "invite": [other]}
        room = RoomId((await phone.call("POST", "/v3/createRoom", request)).body["room_id"])
    for attempt in (school.homeserver.remove_member(room, other), school.homeserver.add_member(room, other)):
        with pytest.raises(PermanentError) as raised:
            await attempt
        assert raised.value.code == "M_FORBIDDEN"


async def test_without_an_administrators_right_no_account_is_thought_absent(
    new_school: HostedSchool,
) -> None:
    with pytest.raises(PermanentError):
        await new_school.homeserver.account(new_school.user("petrov"))
