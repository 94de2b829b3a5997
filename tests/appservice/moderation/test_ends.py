"""When the loop is woken: at the earliest end, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import MORNING, SCHOOL, as_desired, room_id, small_school, user
from support.rooms import desire

from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.moderated import Moderated
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_appservice.store.returns import Returns
from zvonok_core.clock import ManualClock
from zvonok_core.db import Database
from zvonok_core.ids import ClassId, RoomId

CLASS = RoomKey("class", SCHOOL, ClassId("7А"))
ROOMS = as_desired(desire(small_school())).rooms
ROOM, PETROV, BELOVA = room_id(CLASS), user("petrov"), user("belova")


@pytest.mark.parametrize("first", ["mute", "pause"])
async def test_the_earliest_end_is_said_once_and_then_the_next(database: Database, first: str) -> None:
    clock = ManualClock(MORNING)
    restrictions = Restrictions(database, clock)
    moderated = Moderated(restrictions, Returns(database, clock), clock)
    ends = [MORNING + timedelta(minutes=minutes) for minutes in (5, 9)]
    mute, pause = ends if first == "mute" else reversed(ends)
    await restrictions.mute(ROOM, PETROV, mute, BELOVA, "Спам")
    await restrictions.pause(ROOM, pause, BELOVA)
    for end in ends:
        mutes, pauses = await moderated.in_force(ROOMS)
        assert mutes or pauses
        clock.moment = end - timedelta(milliseconds=1)
        assert not moderated.something_has_ended()
        clock.moment = end
        assert moderated.something_has_ended()
        assert not moderated.something_has_ended(), "a look that fails is not tried again for it"
    assert await moderated.in_force(ROOMS) == ({}, {})
    clock.advance(days=1)
    assert not moderated.something_has_ended()


async def test_what_is_in_force_is_told_by_the_rooms_that_there_are(database: Database) -> None:
    clock = ManualClock(MORNING)
    restrictions = Restrictions(database, clock)
    moderated = Moderated(restrictions, Returns(database, clock), clock)
    for room in (ROOM, RoomId("!gone")):
        await restrictions.mute(room, PETROV, MORNING + timedelta(hours=1), BELOVA, "Спам")
        await restrictions.pause(room, MORNING + timedelta(hours=1), BELOVA)
    mutes, pauses = await moderated.in_force(ROOMS)
    assert (mutes.keys(), pauses.keys()) == ({(CLASS, PETROV)}, {CLASS})
