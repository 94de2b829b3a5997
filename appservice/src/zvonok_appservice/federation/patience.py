"""Doing something with many other schools at once, of which any may be away for a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from zvonok_appservice.reconcile.troubles import pause
from zvonok_core.clock import Clock
from zvonok_core.errors import ZvonokError

log = logging.getLogger(__name__)

LONGEST = 30.0
"""Seconds that one school may take."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 600.0
"""Seconds until a school with which something has failed is tried again; doubled each time."""


class NotYetError(Exception):
    """What is looked for need not be there at all: no trouble, and no reason to look often."""


class Patience:
    """Which schools are left alone for a while."""

    def __init__(self, what: str, clock: Clock) -> None:
        """`what` is said in the log."""
        self._what = what
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._said: set[str] = set()

    async def each(self, work: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        """Do the work for each school, by its server's name, side by side. What fails is
        logged once, and is tried again at a later call, unless there is nothing to do then."""
        for server in self._not_before.keys() - work.keys():
            self._forget(server)
        async with asyncio.TaskGroup() as group:
            for server, do in work.items():
                if self._clock.monotonic() >= self._not_before.get(server, 0.0):
                    group.create_task(self._one(server, do))

    def until_next(self, most: float) -> float:
        """Seconds until a school that failed may be tried again, `most` at most."""
        now = self._clock.monotonic()
        return min([most, *(max(moment - now, 0.0) for moment in self._not_before.values())])

    async def _one(self, server: str, do: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                await do()
        except Exception as error:  # whatever it is, it is nobody else's
            failures = self._failures.get(server, 0)
            self._failures[server] = failures + 1
            due = pause(failures, FIRST_PAUSE, LONGEST_PAUSE)
            self._not_before[server] = self._clock.monotonic() + due
            if server not in self._said and not isinstance(error, NotYetError):
                self._said.add(server)
                known = isinstance(error, (ZvonokError, TimeoutError))
                said = str(error) or "no answer"
                log.warning("%s, %s: %s", self._what, server, said, exc_info=None if known else error)
        else:
            if server in self._said:
                log.warning("%s, %s: well again", self._what, server)
            self._forget(server)

    def _forget(self, server: str) -> None:
        self._failures.pop(server, None)
        self._not_before.pop(server, None)
        self._said.discard(server)
