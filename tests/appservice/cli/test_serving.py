"""The running appservice: a bug ends it loudly, and no trouble ends its side work."""

from __future__ import annotations

import asyncio

import pytest

from zvonok_appservice.cli.setup import until_stopped
from zvonok_appservice.serve import tell_again


async def test_a_bug_in_the_loop_is_raised_and_not_taken_for_a_stop() -> None:
    async def keep() -> None:
        raise ZeroDivisionError

    async with asyncio.timeout(10):
        with pytest.raises(ZeroDivisionError):
            await until_stopped(asyncio.Event(), asyncio.create_task(keep()))


async def test_a_stop_ends_the_wait_and_leaves_the_loop_to_its_owner() -> None:
    stop = asyncio.Event()
    keeping = asyncio.create_task(_for_ever())
    stop.set()
    async with asyncio.timeout(10):
        await until_stopped(stop, keeping)
    assert not keeping.done()
    keeping.cancel()


async def test_class_heads_are_told_again_after_a_bug(caplog: pytest.LogCaptureFixture) -> None:
    told = asyncio.Event()
    troubles = iter((KeyError("a bug"), None))

    async def tell() -> None:
        trouble = next(troubles, None)
        if trouble is not None:
            raise trouble
        told.set()

    telling = asyncio.create_task(tell_again(tell, 0.001))
    async with asyncio.timeout(10):
        await told.wait()
    telling.cancel()
    assert "telling class heads" in caplog.text


async def _for_ever() -> None:
    await asyncio.Event().wait()
