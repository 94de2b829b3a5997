"""Many schools at once, of which any may be away for a day or for a summer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from zvonok_appservice.federation import patience as module
from zvonok_appservice.federation.patience import NotYetError, Patience
from zvonok_core.clock import ManualClock
from zvonok_core.errors import PermanentError, TemporaryError

ONE, TWO, THREE = "one.example", "two.example", "three.example"
Work = Callable[[], Awaitable[None]]


class Schools:
    """What is done with each, and how it fails."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2026, 10, 1, tzinfo=UTC))
        self.patience = Patience("visiting", self.clock)
        self.done: list[str] = []
        self.troubles: dict[str, Exception] = {}

    async def each(self, *servers: str) -> list[str]:
        """With whom something was tried this time."""
        self.done = []

        def work(server: str) -> Work:
            async def do() -> None:
                self.done.append(server)
                if server in self.troubles:
                    raise self.troubles[server]

            return do

        await self.patience.each({server: work(server) for server in servers})
        return sorted(self.done)


@pytest.fixture
def schools() -> Schools:
    return Schools()


AWAY = TemporaryError("connection refused")


@pytest.mark.parametrize(
    "trouble",
    [
        AWAY,
        PermanentError("no", "M_FORBIDDEN"),
        TimeoutError(),
        NotYetError(),
        KeyError("room_id"),
        AttributeError("a hostile answer"),
    ],
)
async def test_whatever_is_wrong_with_one_school_delays_no_other(
    schools: Schools, trouble: Exception
) -> None:
    schools.troubles[TWO] = trouble
    assert await schools.each(ONE, TWO, THREE) == [ONE, THREE, TWO]
    for _ in range(5):
        assert await schools.each(ONE, TWO, THREE) == [ONE, THREE]
    schools.clock.advance(seconds=module.FIRST_PAUSE)
    assert await schools.each(ONE, TWO, THREE) == [ONE, THREE, TWO]


async def test_pauses_grow_up_to_the_longest_and_never_end_however_long_a_school_is_away(
    schools: Schools,
) -> None:
    schools.troubles[ONE] = AWAY
    pauses = []
    for _ in range(1_200):  # more than a week, and more than 2 ** n has room for
        assert await schools.each(ONE) == [ONE]
        pauses.append(schools.patience.until_next(1e9))
        schools.clock.advance(seconds=pauses[-1] - 0.5)
        assert await schools.each(ONE) == []
        schools.clock.advance(seconds=0.5)
    assert pauses[:10] == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    assert set(pauses[10:]) == {600}


async def test_one_that_is_away_for_long_keeps_nobody_from_being_looked_at(schools: Schools) -> None:
    assert schools.patience.until_next(30) == 30
    schools.troubles[ONE] = AWAY
    await schools.each(ONE)
    assert schools.patience.until_next(30) == module.FIRST_PAUSE
    for _ in range(10):
        schools.clock.advance(seconds=600)
        await schools.each(ONE)
    assert schools.patience.until_next(30) == 30
    schools.clock.advance(seconds=590)
    assert schools.patience.until_next(30) == 10
    schools.clock.advance(seconds=50)
    assert schools.patience.until_next(30) == 0


async def test_one_that_is_back_begins_anew(schools: Schools) -> None:
    schools.troubles[ONE] = AWAY
    for _ in range(4):
        await schools.each(ONE)
        schools.clock.advance(seconds=600)
    del schools.troubles[ONE]
    assert await schools.each(ONE) == [ONE]
    assert schools.patience.until_next(30) == 30
    schools.troubles[ONE] = AWAY
    await schools.each(ONE)
    assert schools.patience.until_next(30) == module.FIRST_PAUSE


async def test_one_with_which_nothing_is_to_do_any_more_is_forgotten(schools: Schools) -> None:
    schools.troubles[ONE] = AWAY
    await schools.each(ONE)
    await schools.each(TWO)
    assert schools.patience.until_next(30) == 30
    assert await schools.each(ONE) == [ONE]


async def test_a_school_that_does_not_answer_is_left_in_time(
    schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST", 0.05)
    finished = []

    async def hangs() -> None:
        await asyncio.Event().wait()

    async def answers() -> None:
        finished.append(TWO)

    async with asyncio.timeout(10):
        await schools.patience.each({ONE: hangs, TWO: answers})
    assert finished == [TWO]
    assert schools.patience.until_next(30) == module.FIRST_PAUSE


async def test_trouble_is_said_once_and_so_is_its_end(
    schools: Schools, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for trouble in (NotYetError(), AWAY, TimeoutError(), AWAY):
        schools.troubles[ONE] = trouble
        await schools.each(ONE)
        schools.clock.advance(seconds=600)
    del schools.troubles[ONE]
    await schools.each(ONE)
    await schools.each(ONE)
    schools.troubles[ONE] = TimeoutError()
    await schools.each(ONE)
    assert [record.getMessage() for record in caplog.records] == [
        "visiting, one.example: connection refused",
        "visiting, one.example: well again",
        "visiting, one.example: no answer",
    ]


async def test_what_need_not_be_there_is_no_trouble_but_is_not_asked_for_often(
    schools: Schools, caplog: pytest.LogCaptureFixture
) -> None:
    schools.troubles[ONE] = NotYetError()
    for _ in range(9):
        await schools.each(ONE)
        schools.clock.advance(seconds=600)
    await schools.each(ONE)
    assert schools.patience.until_next(1e9) == 600
    assert caplog.records == []


async def test_to_be_cancelled_is_no_trouble(schools: Schools) -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(schools.patience.each({ONE: hangs}))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert schools.patience.until_next(30) == 30
