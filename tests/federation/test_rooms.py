"""Rooms that one school makes for several, on real servers: who comes into them, by whose word."""

from __future__ import annotations

import pytest
from support.federation import FederatedSchool, Federation
from support.waiting import eventually

from zvonok_appservice.reconcile.contents import hosts
from zvonok_appservice.reconcile.model import ActualRoom, Membership
from zvonok_core.ids import RoomId, UserId

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]
PATIENCE = 60.0


def members(room: ActualRoom) -> set[UserId]:
    return {user for user, how in room.members.items() if how is Membership.JOIN}


async def settled(host: FederatedSchool, topic: str, *people: UserId) -> ActualRoom:
    """The room of a topic, or the control room, once exactly these are in it."""

    def seen() -> ActualRoom:
        room = host.topic_room(topic) if topic else host.control()
        assert members(room) == {*people}
        return room

    return await eventually(seen, deadline=PATIENCE)


async def heard(school: FederatedSchool, person: str, room: RoomId) -> set[str]:
    """What somebody reads in a room."""
    client = await school.client(person)
    answer = await client.call("GET", f"/v3/rooms/{room}/messages?dir=b&limit=50")
    assert answer.ok, answer
    said = [
        event["content"].get("body") for event in answer.body["chunk"] if event["type"] == "m.room.message"
    ]
    return {body for body in said if body}


async def test_the_heads_of_all_listed_schools_meet_in_the_council_and_hear_each_other(
    together: Federation,
) -> None:
    north, south, east = (together[name] for name in ("north", "south", "east"))
    room = await settled(north, "heads", *(school.users["head"] for school in (north, south, east)))
    assert room.name == "Совет директоров"
    assert room.servers == hosts({north.server_name, south.server_name, east.server_name})
    for school, words in ((north, "Добрый день"), (south, "Здравствуйте")):
        client = await school.client("head")
        assert (await client.say(room.room, words)).ok

    async def everybody_heard() -> bool:
        said = [await heard(school, "head", room.room) for school in (north, south, east)]
        return all({"Добрый день", "Здравствуйте"} <= words for words in said)

    await eventually(everybody_heard, deadline=PATIENCE)


async def test_the_members_of_a_methodical_association_of_each_school_meet(together: Federation) -> None:
    north, south, east = (together[name] for name in ("north", "south", "east"))
    people = [school.users["teacher"] for school in (north, south, east)]
    room = await settled(north, "association:mathematics", *people)
    assert room.name == "МО учителей математики города"


async def test_a_student_who_is_named_by_mistake_is_not_named_at_all(together: Federation) -> None:
    north, south, east = (together[name] for name in ("north", "south", "east"))
    await settled(north, "event:fair", *(school.users["deputy"] for school in (north, south, east)))
    told = north.control().told[south.app.homeserver.sender]["people"]
    assert south.users["deputy"] in told
    assert south.users["student"] not in told


async def test_in_the_control_room_are_appservices_alone(together: Federation) -> None:
    north, south, east = (together[name] for name in ("north", "south", "east"))
    await settled(north, "", south.app.homeserver.sender, east.app.homeserver.sender)
