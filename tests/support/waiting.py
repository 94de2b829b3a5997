"""Waiting for a condition with a deadline: the one place in the tests that pauses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(look: Callable[[], T | Awaitable[T]], *, deadline: float = 10.0) -> T:
    """What `look` answers, as soon as it is true. `look` may be a coroutine function.

    Fails after `deadline` seconds with the last answer, or with the last AssertionError.
    """
    ends = time.monotonic() + deadline
    while True:
        failed: AssertionError | None = None
        answer: T | None = None
        try:
            found = look()
            answer = await found if isinstance(found, Awaitable) else found
        except AssertionError as error:
            failed = error
        if answer:
            return answer
        if time.monotonic() > ends:
            raise failed or AssertionError(f"not so after {deadline} s; last seen: {answer!r}")
        await asyncio.sleep(0.02)
