"""Inviting those whom other schools name into the rooms that are made for them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from builders import SCHOOL, SERVER, picture_of, room_id, small_school
from fakes import FakeHomeserver
from support.waiting import eventually

from zvonok_appservice.federation.hosting import Hosting
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.abroad import Abroad, Delegation, Hosted, Topic, selector_of
from zvonok_appservice.reconcile.model import CONTROL, Membership, RoomKey
from zvonok_core.access import Peer, Talk, appservice_of
from zvonok_core.clock import ManualClock
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import RoomId, UserId

HEADS = Topic(Talk.HEADS)
COUNCIL = RoomKey("heads_council", SCHOOL, topic="heads")
OFFICES = RoomKey(CONTROL, SCHOOL)
FIRST, SECOND = "first.example", "second.example"
ORLOVA, MILOV, LIS = UserId(f"@orlova:{FIRST}"), UserId(f"@milov:{FIRST}"), UserId(f"@lis:{SECOND}")
HEAD = tuple(filter(None, [selector_of("position(head)")]))


def picture(*present: UserId, **changes: Any) -> Picture:
    """Our school hosts the heads; of other schools only `present` are in its rooms."""
    described = Abroad(
        SERVER,
        delegations={HEADS: Delegation(HEAD)},
        hosted={HEADS: Hosted("")},
        peers={server: Peer(frozenset(Talk), {}) for server in (FIRST, SECOND)},
        delegates=dict.fromkeys((ORLOVA, MILOV, LIS), frozenset({HEADS})),
    )
    found = picture_of(small_school().snapshot(), abroad=replace(described, **changes))
    rooms = {
        key: replace(
            room,
            members={
                user: how for user, how in room.members.items() if user.endswith(SERVER) or user in present
            },
        )
        for key, room in found.actual.rooms.items()
    }
    return replace(found, actual=replace(found.actual, rooms=rooms))


class Hosts:
    def __init__(self) -> None:
        self.homeserver = FakeHomeserver(SERVER)
        self.clock = ManualClock(datetime(2026, 10, 1, tzinfo=UTC))
        self.board = Board()
        self.looked_at: list[RoomId] = []
        self.hosting = Hosting(self.board, self.homeserver, self.clock, self.looked_at.append)  # type: ignore[arg-type]  # other verbs

    async def invite(self, found: Picture, *, later: float = 700) -> set[tuple[RoomId, UserId]]:
        self.clock.advance(seconds=later)
        await self.board.hang(found)
        self.homeserver.invitations.clear()
        await self.hosting.invite()
        return set(self.homeserver.invitations)


@pytest.fixture
def hosts() -> Hosts:
    return Hosts()


EVERYBODY = {
    *((room_id(COUNCIL), user) for user in (ORLOVA, MILOV, LIS)),
    *((room_id(OFFICES), appservice_of(server)) for server in (FIRST, SECOND)),
}
ALL = (ORLOVA, MILOV, LIS, appservice_of(FIRST), appservice_of(SECOND))


async def test_without_a_picture_nobody_is_invited(hosts: Hosts) -> None:
    await hosts.hosting.invite()
    assert hosts.homeserver.invitations == []


async def test_everybody_is_invited_who_is_missing_and_nobody_who_is_there(hosts: Hosts) -> None:
    assert await hosts.invite(picture()) == EVERYBODY
    assert set(hosts.looked_at) == {room_id(COUNCIL), room_id(OFFICES)}
    assert await hosts.invite(picture(*ALL)) == set()
    assert await hosts.invite(picture(*ALL[1:])) == {(room_id(COUNCIL), ORLOVA)}


async def test_whoever_is_invited_already_is_not_invited_again(hosts: Hosts) -> None:
    found = picture(*ALL)
    council = found.actual.rooms[COUNCIL]
    waiting = replace(council, members={**council.members, LIS: Membership.INVITE})
    again = replace(found, actual=replace(found.actual, rooms={**found.actual.rooms, COUNCIL: waiting}))
    assert await hosts.invite(again) == set()


async def test_nobody_is_invited_of_a_school_that_is_no_peer_or_has_not_named_them(hosts: Hosts) -> None:
    assert await hosts.invite(picture(peers={})) == set()
    only = {FIRST: Peer(frozenset(Talk), {})}
    assert {user for _, user in await hosts.invite(picture(peers=only))} == {
        ORLOVA,
        MILOV,
        appservice_of(FIRST),
    }
    assert {user for _, user in await hosts.invite(picture(delegates={}))} == {
        appservice_of(FIRST),
        appservice_of(SECOND),
    }


async def test_a_room_that_is_not_made_yet_waits(hosts: Hosts) -> None:
    found = picture()
    rooms = {key: room for key, room in found.actual.rooms.items() if key != COUNCIL}
    assert room_id(COUNCIL) not in {
        room for room, _ in await hosts.invite(replace(found, actual=replace(found.actual, rooms=rooms)))
    }


async def test_one_who_is_refused_keeps_nobody_else_out(hosts: Hosts) -> None:
    hosts.homeserver.refused[MILOV] = PermanentError("no such person", "M_NOT_FOUND")
    assert await hosts.invite(picture()) == EVERYBODY - {(room_id(COUNCIL), MILOV)}
    assert await hosts.invite(picture(*(user for user in ALL if user != MILOV)), later=1) == set()
    hosts.looked_at.clear()
    await hosts.invite(picture(*(user for user in ALL if user != MILOV)), later=0)
    assert hosts.looked_at == [], "there is a pause before the next attempt"
    hosts.homeserver.refused.clear()
    assert await hosts.invite(picture(*(user for user in ALL if user != MILOV))) == {
        (room_id(COUNCIL), MILOV)
    }


async def test_a_school_that_is_away_for_a_day_delays_nobody_and_is_tried_with_growing_pauses(
    hosts: Hosts,
) -> None:
    hosts.homeserver.servers_away[FIRST] = TemporaryError("connection refused")
    assert {user for _, user in await hosts.invite(picture())} == {LIS, appservice_of(SECOND)}
    for _ in range(24 * 6):
        await hosts.invite(picture(), later=600)
    del hosts.homeserver.servers_away[FIRST]
    assert {user for _, user in await hosts.invite(picture(), later=590)} == {LIS, appservice_of(SECOND)}
    assert await hosts.invite(picture(), later=10) == EVERYBODY


async def test_it_goes_on_at_each_new_picture_whatever_goes_wrong(hosts: Hosts) -> None:
    invited = asyncio.Event()

    def looked_at(room: RoomId) -> None:
        if not invited.is_set():
            invited.set()
            raise RuntimeError("a bug elsewhere")
        hosts.looked_at.append(room)

    hosts.hosting = Hosting(hosts.board, hosts.homeserver, hosts.clock, looked_at)  # type: ignore[arg-type]  # other verbs
    task = asyncio.create_task(hosts.hosting.run())
    try:
        await hosts.board.hang(picture())
        await eventually(invited.is_set)

        async def looked_at_again() -> bool:
            hosts.clock.advance(seconds=700)
            await hosts.board.hang(picture())
            return bool(hosts.looked_at)

        assert await eventually(looked_at_again)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
