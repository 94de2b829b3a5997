"""Looking at rooms side by side: bounded, complete, or failing as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from zvonok_appservice.reconcile.model import ActualRoom, RoomKey
from zvonok_appservice.reconcile.observe import observe_rooms
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import ClassId, RoomId, SchoolId

SCHOOL = SchoolId("7")
ROOMS = [RoomId(f"!{number}") for number in range(10)]


@dataclass
class House:
    """Each room belongs to school 7, but for those that don't."""

    foreign: frozenset[RoomId] = frozenset()
    unmanaged: frozenset[RoomId] = frozenset()
    away: frozenset[RoomId] = frozenset()
    under_way: int = 0
    most_under_way: int = 0

    async def room(self, room: RoomId) -> ActualRoom | None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        if room in self.away:
            raise TemporaryError("away")
        if room in self.unmanaged:
            return None
        key = RoomKey("class", SchoolId("8") if room in self.foreign else SCHOOL, ClassId(room))
        return ActualRoom(room, key, False, "", "", False, "invite", "shared", "forbidden", False, {}, {})


async def test_the_schools_own_managed_rooms_are_seen_in_the_order_asked_for() -> None:
    house = House(foreign=frozenset(ROOMS[:2]), unmanaged=frozenset(ROOMS[2:4]))
    seen = await observe_rooms(house, SCHOOL, ROOMS, 3)  # type: ignore[arg-type]
    assert [room.room for room in seen] == ROOMS[4:]
    assert house.most_under_way == 3


async def test_no_rooms_need_no_requests() -> None:
    assert await observe_rooms(House(), SCHOOL, [], 3) == []  # type: ignore[arg-type]


async def test_one_room_that_can_not_be_seen_fails_the_whole_look() -> None:
    with pytest.raises(TemporaryError):
        await observe_rooms(House(away=frozenset(ROOMS[5:6])), SCHOOL, ROOMS, 3)  # type: ignore[arg-type]
