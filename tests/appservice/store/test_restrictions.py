"""Mutes, pauses, and who came back, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zvonok_appservice.reconcile.restrictions import Mute, Pause
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_appservice.store.returns import Returns
from zvonok_core.clock import ManualClock
from zvonok_core.db import Database
from zvonok_core.ids import RoomId, UserId

NOW = datetime(2026, 10, 1, 9, 0, 0, 123_000, tzinfo=UTC)
ROOM, OTHER = RoomId("!1"), RoomId("!2")
PETROV, ZHUK, BELOVA = UserId("@petrov:x"), UserId("@zhuk:x"), UserId("@belova:x")


def after(**time: float) -> datetime:
    return NOW + timedelta(**time)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def restrictions(database: Database, clock: ManualClock) -> Restrictions:
    return Restrictions(database, clock)


@pytest.fixture
def returns(database: Database, clock: ManualClock) -> Returns:
    return Returns(database, clock)


async def test_the_clock_ends_a_mute_to_the_millisecond(
    restrictions: Restrictions, clock: ManualClock
) -> None:
    await restrictions.mute(ROOM, PETROV, after(minutes=5), BELOVA, "Спам")
    (mute,) = await restrictions.mutes()
    assert mute == Mute(ROOM, PETROV, after(minutes=5), BELOVA, "Спам", NOW)
    clock.advance(minutes=5, milliseconds=-1)
    assert await restrictions.mutes() == [mute]
    clock.advance(milliseconds=1)
    assert await restrictions.mutes() == []
    assert not await restrictions.unmute(ROOM, PETROV), "it was over"


async def test_a_second_mute_takes_the_place_of_the_first_and_is_told_anew(
    restrictions: Restrictions, clock: ManualClock
) -> None:
    await restrictions.mute(ROOM, PETROV, after(hours=5), BELOVA, "Спам")
    await restrictions.mute(OTHER, PETROV, after(hours=5), BELOVA, "И тут")
    (first, elsewhere) = sorted(await restrictions.mutes(), key=lambda mute: mute.room)
    await restrictions.told(first)
    clock.advance(minutes=1)
    await restrictions.mute(ROOM, PETROV, after(minutes=9), ZHUK, "Шум")
    await restrictions.told(first)  # late: what it tells of is no more
    assert await restrictions.mutes() == [
        elsewhere,
        Mute(ROOM, PETROV, after(minutes=9), ZHUK, "Шум", after(minutes=1), told=False),
    ]


async def test_a_pause_is_one_for_each_room(restrictions: Restrictions, clock: ManualClock) -> None:
    await restrictions.pause(ROOM, after(hours=1), BELOVA)
    (first,) = await restrictions.pauses()
    await restrictions.told(first)
    assert (await restrictions.pauses())[0].told
    clock.advance(minutes=1)
    await restrictions.pause(ROOM, after(hours=2), ZHUK)
    await restrictions.pause(OTHER, after(minutes=2), BELOVA)
    assert await restrictions.pauses() == [
        Pause(ROOM, after(hours=2), ZHUK, after(minutes=1)),
        Pause(OTHER, after(minutes=2), BELOVA, after(minutes=1)),
    ]
    clock.advance(minutes=1)
    assert [pause.room for pause in await restrictions.pauses()] == [ROOM]
    assert await restrictions.resume(ROOM)
    assert not await restrictions.resume(ROOM)
    assert not await restrictions.resume(OTHER), "it was over"
    assert await restrictions.pauses() == []


async def test_only_the_one_mute_is_taken_back(restrictions: Restrictions) -> None:
    for room, user in ((ROOM, PETROV), (ROOM, ZHUK), (OTHER, PETROV)):
        await restrictions.mute(room, user, after(hours=1), BELOVA, "Спам")
    assert await restrictions.unmute(ROOM, PETROV)
    left = {(mute.room, mute.user) for mute in await restrictions.mutes()}
    assert left == {(ROOM, ZHUK), (OTHER, PETROV)}


async def test_what_is_over_goes_with_the_next_one(
    restrictions: Restrictions, clock: ManualClock, database: Database
) -> None:
    await restrictions.mute(ROOM, PETROV, after(minutes=1), BELOVA, "Спам")
    await restrictions.pause(ROOM, after(minutes=1), BELOVA)
    clock.advance(minutes=1)
    await restrictions.mute(ROOM, ZHUK, after(hours=1), BELOVA, "Спам")
    await restrictions.pause(OTHER, after(hours=1), BELOVA)
    assert await database.fetchval("SELECT COUNT(*) FROM mutes") == 1
    assert await database.fetchval("SELECT COUNT(*) FROM pauses") == 1


async def test_a_return_is_noted_once_a_day_told_or_not(returns: Returns, clock: ManualClock) -> None:
    await returns.note([(ROOM, PETROV), (OTHER, PETROV)])
    clock.advance(hours=1)
    await returns.note([(ROOM, PETROV), (ROOM, ZHUK)])
    noted = await returns.untold()
    assert [(row.room, row.user) for row in noted] == [(ROOM, PETROV), (OTHER, PETROV), (ROOM, ZHUK)]
    await returns.told(row for row in noted if row.user == PETROV)
    clock.advance(hours=22, minutes=59)
    await returns.note([(ROOM, PETROV)])
    assert [(row.room, row.user) for row in await returns.untold()] == [(ROOM, ZHUK)]
    clock.advance(minutes=1)
    await returns.note([(ROOM, PETROV)])
    assert [(row.room, row.user) for row in await returns.untold()] == [(ROOM, PETROV), (ROOM, ZHUK)]


async def test_what_could_not_be_told_for_a_day_is_left_unsaid(returns: Returns, clock: ManualClock) -> None:
    await returns.note([(ROOM, PETROV)])
    clock.advance(days=1)
    assert await returns.untold() == []
