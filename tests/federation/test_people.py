"""Direct chats between schools: a test for each direction of each pair of roles, on both sides."""

from __future__ import annotations

from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from support.federation import FederatedSchool, Federation
from support.matrix import Answer
from support.waiting import eventually

from zvonok_core.ids import RoomId, UserId

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]
PATIENCE = 60.0
ROLES = ("teacher", "student", "guardian")
PAIRS = [*product(ROLES, ROLES)]


async def known(school: FederatedSchool, user: UserId) -> None:
    """Wait until a school has been told of somebody of another one."""

    def found() -> bool:
        picture = school.app.board.picture
        return picture is not None and user in picture.given.abroad.delegates

    await eventually(found, deadline=PATIENCE)


async def ask(school: FederatedSchool, person: str, other: UserId, **more: Any) -> Answer:
    """Begin a direct chat as clients do."""
    client = await school.client(person)
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [other], **more}
    return await client.call("POST", "/v3/createRoom", request)


async def allowed(school: FederatedSchool, person: str, other: UserId) -> RoomId:
    """The direct chat, as soon as what the two schools name has reached both policy modules."""

    async def begun() -> RoomId | None:
        answer = await ask(school, person, other)
        return RoomId(answer.body["room_id"]) if answer.ok else None

    room = await eventually(begun, deadline=PATIENCE)
    assert room is not None
    return room


@pytest.mark.parametrize("here", ["north", "south"])
@pytest.mark.parametrize(("role", "other"), PAIRS)
async def test_only_staff_begin_a_chat_with_staff_of_another_school(
    together: Federation, here: str, role: str, other: str
) -> None:
    school, far = together[here], together["south" if here == "north" else "north"]
    await known(school, far.users["teacher"])
    await known(far, school.users["teacher"])
    if (role, other) == ("teacher", "teacher"):
        await allowed(school, role, far.users[other])
        return
    answer = await ask(school, role, far.users[other])
    assert answer.status == 403, answer
    assert "другой" in answer.body["error"] or "правил" in answer.body["error"], answer


def marked(one: UserId, two: UserId) -> dict[str, Any]:
    """What a policy module writes into a new direct chat; somebody without one can write it, too."""
    return {"dev.zvonok.chat": {"kind": "direct", "between": sorted((one, two))}}


@pytest.mark.parametrize(("role", "other"), PAIRS)
async def test_a_school_lets_in_no_invitation_but_from_staff_to_staff_though_the_other_keeps_no_rules(
    together: Federation, role: str, other: str
) -> None:
    east, north = together["east"], together["north"]
    await known(north, east.users["teacher"])
    one, two = east.users[role], north.users[other]

    async def begun() -> bool:
        return (await ask(east, role, two, creation_content=marked(one, two))).ok

    if (role, other) == ("teacher", "teacher"):
        await eventually(begun, deadline=PATIENCE)
    else:
        assert not await begun()


@pytest.mark.parametrize("other", ROLES)
async def test_a_school_that_is_not_listed_reaches_nobody(together: Federation, other: str) -> None:
    west, north = together["west"], together["north"]
    one, two = west.users["teacher"], north.users[other]
    assert not (await ask(west, "teacher", two, creation_content=marked(one, two))).ok
    assert not (await ask(north, "teacher", one)).ok


async def test_two_teachers_of_two_schools_write_to_each_other_and_nobody_comes_between(
    together: Federation,
) -> None:
    north, south, east = (together[name] for name in ("north", "south", "east"))
    for user in (south.users["teacher"], south.users["colleague"], east.users["teacher"]):
        await known(north, user)
    await known(south, north.users["teacher"])
    room = await allowed(north, "teacher", south.users["teacher"])
    ours, theirs = await north.client("teacher"), await south.client("teacher")
    assert (await theirs.call("POST", f"/v3/join/{quote(room)}")).ok
    assert (await ours.say(room, "Добрый день")).ok
    assert (await theirs.say(room, "Здравствуйте")).ok
    for reader in (ours, theirs):

        async def heard(reader: Any = reader) -> bool:
            answer = await reader.call("GET", f"/v3/rooms/{quote(room)}/messages?dir=b&limit=20")
            said = {event["content"].get("body") for event in answer.body["chunk"]}
            return {"Добрый день", "Здравствуйте"} <= said

        await eventually(heard, deadline=PATIENCE)
    for client, third in (
        (ours, south.users["colleague"]),
        (ours, east.users["teacher"]),
        (ours, north.users["colleague"]),
        (theirs, north.users["colleague"]),
    ):
        answer = await client.call("POST", f"/v3/rooms/{quote(room)}/invite", {"user_id": third})
        assert answer.status == 403, answer


async def test_a_group_is_of_one_school(together: Federation) -> None:
    north, south = together["north"], together["south"]
    await known(north, south.users["teacher"])
    await allowed(north, "teacher", south.users["teacher"])
    client = await north.client("teacher")
    group = {"preset": "private_chat", "name": "Обмен", "invite": [south.users["teacher"]]}
    answer = await client.call("POST", "/v3/createRoom", group)
    assert answer.status == 403
    assert "личный чат" in answer.body["error"]


async def test_a_third_person_is_not_let_in_by_a_school_that_keeps_no_rules(together: Federation) -> None:
    east, north = together["east"], together["north"]
    await known(north, east.users["teacher"])
    one, two = east.users["teacher"], north.users["teacher"]

    async def begun() -> RoomId | None:
        answer = await ask(east, "teacher", two, creation_content=marked(one, two))
        return RoomId(answer.body["room_id"]) if answer.ok else None

    room = await eventually(begun, deadline=PATIENCE)
    client = await east.client("teacher")
    for third in ("colleague", "student", "guardian"):
        invited = {"user_id": north.users[third]}
        assert not (await client.call("POST", f"/v3/rooms/{quote(room or '')}/invite", invited)).ok


@pytest.mark.parametrize(
    ("person", "let"), [("head", True), ("colleague", False), ("student", False), ("guardian", False)]
)
async def test_even_an_appservice_invites_into_rooms_only_whom_their_school_has_named(
    together: Federation, person: str, let: bool
) -> None:
    """East's appservice asks people of south into a room: one is named for rooms, the others are
    staff for direct chats alone, and nobody."""
    east, south = together["east"], together["south"]
    sender = await east.sender()
    made = await sender.call("POST", "/v3/createRoom", {"preset": "private_chat", "room_version": "12"})

    async def answer() -> Answer:
        path = f"/v3/rooms/{quote(made.body['room_id'])}/invite"
        return await sender.call("POST", path, {"user_id": south.users[person]})

    if let:
        await eventually(lambda: _is_ok(answer), deadline=PATIENCE)
    else:
        assert (await answer()).status == 403


async def _is_ok(answer: Any) -> bool:
    return bool((await answer()).ok)


@pytest.mark.parametrize("person", [*ROLES, "deputy"])
async def test_names_are_told_of_staff_who_are_named_and_of_nobody_else(
    together: Federation, person: str
) -> None:
    east, north = together["east"], together["north"]
    path = f"/v1/query/profile?user_id={quote(north.users[person])}"
    answer = await east.ask(north, "GET", path)
    if person in ("teacher", "deputy"):
        assert answer.ok
        assert answer.body["displayname"]
    else:
        assert (answer.status, answer.errcode) == (404, "M_NOT_FOUND")


async def test_nobody_knocks_at_a_room_of_another_school(together: Federation) -> None:
    east, north = together["east"], together["north"]
    opener = await east.client("head")
    rule = {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}
    made = await opener.call("POST", "/v3/createRoom", {"room_version": "12", "initial_state": [rule]})
    student = await north.client("student")
    path = f"/v3/knock/{quote(made.body['room_id'])}?via={quote(east.server_name)}"
    answer = await student.call("POST", path, {})
    assert (answer.status, answer.errcode) == (403, "M_FORBIDDEN")


async def test_nobody_goes_into_a_room_of_another_school_uninvited(together: Federation) -> None:
    east, north = together["east"], together["north"]
    opener = await east.client("head")
    made = await opener.call("POST", "/v3/createRoom", {"room_version": "12", "preset": "public_chat"})
    for person in ROLES:
        client = await north.client(person)
        path = f"/v3/join/{quote(made.body['room_id'])}?via={quote(east.server_name)}"
        answer = await client.call("POST", path, {})
        assert (answer.status, answer.errcode) == (403, "M_FORBIDDEN")


async def test_nobody_but_the_appservice_names_people_and_of_its_own_school_alone(
    together: Federation,
) -> None:
    east, north, south = (together[name] for name in ("east", "north", "south"))
    await known(north, east.users["head"])
    control = north.control().room
    sender, path = await east.sender(), f"/v3/rooms/{quote(control)}/state/dev.zvonok.delegates/"
    others = await sender.call("PUT", path + quote(south.app.homeserver.sender), {"people": {}})
    assert others.status == 403, others
    head = await east.client("head")
    own = await head.call("PUT", path + quote(east.users["head"]), {"people": {}})
    assert own.status == 403, own
    lies = {
        "people": {
            south.users["student"]: ["heads"],
            north.users["student"]: ["heads"],
            east.users["guardian"]: ["heads", "everything"],
            "@nobody": ["heads"],
        }
    }
    assert (await sender.call("PUT", path + quote(east.app.homeserver.sender), lies)).ok

    def believed() -> bool:
        picture = north.app.board.picture
        assert picture is not None
        delegates = picture.given.abroad.delegates
        return (
            east.users["guardian"] in delegates
            and not {south.users["student"], north.users["student"], UserId("@nobody")} & delegates.keys()
        )

    await eventually(believed, deadline=PATIENCE)
