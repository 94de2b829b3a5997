"""What becomes of rooms and chats between two schools when something changes while they run.

Each test leaves the federation as it found it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest
import pytest_asyncio
from support.federated_school import NAMES, FederatedSchool, roster
from support.federation import Federation, federation
from support.matrix import Client
from support.registrars import key_of
from support.waiting import eventually

from zvonok_appservice.reconcile.contents import hosts
from zvonok_appservice.reconcile.model import Membership
from zvonok_core.ids import PersonId, RoomId, UserId
from zvonok_core.roles import Position

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]
A_MINUTE = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Federation]:
    async with federation(tmp_path_factory.mktemp("pair"), ("north", "south")) as schools:
        yield schools


@pytest_asyncio.fixture(loop_scope="session")
async def pair(running: Federation) -> Federation:
    """Two schools whose heads are together in north's council."""
    await in_council(running, "head")
    return running


def council(north: FederatedSchool) -> RoomId:
    return north.topic_room("heads").room


async def in_council(pair: Federation, *people: str) -> None:
    await together_in(pair, "heads", *people)


async def together_in(pair: Federation, topic: str, *people: str, still_here: tuple[str, ...] = ()) -> None:
    """Wait until exactly these of south are in a room of north's, by both schools' homeservers.
    South's own may still have `still_here` in it: somebody who is locked can't leave."""
    north, south = pair["north"], pair["south"]
    wanted = {south.users[person] for person in people}
    lingering = {south.users[person] for person in still_here}

    async def holds() -> bool:
        room = north.topic_room(topic)
        joined = {user for user, how in room.members.items() if how is Membership.JOIN}
        assert joined & {*south.users.values()} == wanted
        assert await south_in(south, room.room) - lingering == wanted
        return True

    await eventually(holds, deadline=A_MINUTE)


async def south_in(south: FederatedSchool, room: RoomId) -> set[UserId]:
    """Who of south is in a room by south's own homeserver."""
    elsewhere = {each.room for each in await south.app.homeserver.rooms_elsewhere()}
    return await south.app.homeserver.local_members(room) if room in elsewhere else set()


async def direct_chat(pair: Federation) -> RoomId:
    """A direct chat of the two teachers, begun by north's, in which both are."""
    north, south = pair["north"], pair["south"]
    ours, theirs = await north.client("teacher"), await south.client("teacher")
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [south.users["teacher"]]}

    async def begun() -> RoomId | None:
        answer = await ours.call("POST", "/v3/createRoom", request)
        return RoomId(answer.body["room_id"]) if answer.ok else None

    room = await eventually(begun, deadline=A_MINUTE)
    assert room is not None
    assert (await theirs.call("POST", f"/v3/join/{quote(room)}")).ok
    return room


async def reads(client: Client, room: RoomId, words: str) -> bool:
    answer = await client.call("GET", f"/v3/rooms/{quote(room)}/messages?dir=b&limit=30")
    return answer.ok and any(event["content"].get("body") == words for event in answer.body["chunk"])


async def refused(client: Client, room: RoomId) -> None:
    """Wait until somebody may not write in a room any more, and is told why."""

    async def denied() -> bool:
        answer = await client.say(room, "Вы меня слышите?")
        return answer.status == 403 and "сети школ" in answer.body["error"]

    await eventually(denied, deadline=A_MINUTE)


async def test_a_school_that_is_delisted_is_out_and_one_that_is_listed_again_is_back(
    pair: Federation,
) -> None:
    north, south = pair["north"], pair["south"]
    chat, room = await direct_chat(pair), council(north)
    ours, theirs = await north.client("teacher"), await south.client("teacher")

    pair.delist("south")
    await in_council(pair)
    await refused(ours, chat)
    await refused(theirs, chat)
    assert north.topic_room("heads").servers == hosts({north.server_name})
    head = await north.client("head")
    assert (await head.say(room, "Южной школы здесь больше нет")).ok
    for one, other in ((north, south), (south, north)):
        answer = await one.ask(other, "GET", f"/v1/query/profile?user_id={quote(other.users['head'])}")
        assert answer.status == 403
    assert not await reads(await south.client("head"), room, "Южной школы здесь больше нет")

    pair.list_school("south")
    await in_council(pair, "head")

    async def answered() -> bool:
        return (await ours.say(chat, "Снова вместе")).ok and await reads(theirs, chat, "Снова вместе")

    await eventually(answered, deadline=A_MINUTE)


async def test_when_the_registry_ends_nobody_is_a_peer_until_it_is_renewed(pair: Federation) -> None:
    north, south = pair["north"], pair["south"]
    chat = await direct_chat(pair)
    ours = await north.client("teacher")
    pair.renew(timedelta(seconds=4))
    await refused(ours, chat)
    await refused(await south.client("teacher"), chat)
    path = f"/v1/query/profile?user_id={quote(north.users['head'])}"
    assert (await south.ask(north, "GET", path)).status == 403
    # Who is in the rooms stays there: it may be renewed tomorrow.
    await in_council(pair, "head")

    pair.renew()
    await eventually(lambda: said(ours, chat), deadline=A_MINUTE)
    assert await south_in(south, chat) == {south.users["teacher"]}


async def said(client: Client, room: RoomId) -> bool:
    return (await client.say(room, "Добрый день")).ok


async def test_the_registry_ends_even_while_the_appservice_is_away(pair: Federation) -> None:
    north = pair["north"]
    chat = await direct_chat(pair)
    ours = await north.client("teacher")
    pair.renew(timedelta(seconds=8))
    until = pair["north"].app.trust
    assert until is not None

    def heard_of_it() -> bool:
        trusted = until.trusted
        picture = north.app.board.picture
        assert picture is not None
        return (
            trusted is not None and picture.given.abroad.until < trusted.confirmed.timestamp() * 1000 + 9_000
        )

    await eventually(heard_of_it, deadline=A_MINUTE)
    await north.stop_appservice()
    try:
        await refused(ours, chat)
    finally:
        pair.renew()
        await north.start_appservice()
    await in_council(pair, "head")
    await eventually(lambda: said(ours, chat), deadline=A_MINUTE)


async def test_whoever_heads_a_school_no_longer_leaves_the_council_to_the_next_one(
    pair: Federation,
) -> None:
    south = pair["south"]
    number = NAMES.index("south")
    changed = roster(number)
    changed.positions[:] = [row for row in changed.positions if row.position is not Position.HEAD]
    south.write_journal(changed.position("colleague", Position.HEAD))
    try:
        await in_council(pair, "colleague")
    finally:
        south.write_journal(roster(number))
    await in_council(pair, "head")


async def test_whoever_leaves_the_school_leaves_the_rooms_between_schools(pair: Federation) -> None:
    south = pair["south"]
    number = NAMES.index("south")
    await together_in(pair, "event:fair", "deputy")
    changed = roster(number)
    del changed.people[PersonId("deputy")]
    for rows in (changed.roles, changed.positions):
        rows[:] = [row for row in rows if row.person != "deputy"]  # type: ignore[attr-defined,misc]
    south.write_journal(changed)
    try:
        await together_in(pair, "event:fair", still_here=("deputy",))
    finally:
        south.write_journal(roster(number))
    await together_in(pair, "event:fair", "deputy")


async def test_a_school_that_was_away_hears_what_was_said_and_nobody_waited_for_it(
    pair: Federation,
) -> None:
    north, south = pair["north"], pair["south"]
    head, room = await north.client("head"), council(north)
    await south.stop_appservice()
    await south.synapse.stop()
    try:
        assert (await head.say(room, "Пока вас не было")).ok
        assert (await north.look()).outcome.complete
    finally:
        await south.synapse.start()
        await south.start_appservice()
    theirs = await south.client("head")
    await eventually(lambda: reads(theirs, room, "Пока вас не было"), deadline=A_MINUTE)
    await in_council(pair, "head")


async def test_a_server_that_signs_with_another_key_than_the_registry_has_is_not_believed(
    pair: Federation,
) -> None:
    north, south = pair["north"], pair["south"]
    path = f"/v1/query/profile?user_id={quote(north.users['head'])}"
    assert (await south.ask(north, "GET", path)).ok
    pair.list_school("south", keys={key_id: key_of("another") for key_id in south.keys})
    try:

        async def disbelieved() -> bool:
            return (await south.ask(north, "GET", path)).status == 401

        await eventually(disbelieved, deadline=A_MINUTE)
    finally:
        pair.list_school("south")

    async def believed() -> bool:
        return (await south.ask(north, "GET", path)).ok

    await eventually(believed, deadline=A_MINUTE)
    await in_council(pair, "head")
