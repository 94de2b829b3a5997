"""Limits on guessing: failures are counted, per address and in all, successes are not.

So a class that activates behind one address is never in its own way, and a guesser is.
"""

from __future__ import annotations

import ipaddress
import math
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from zvonok_core.clock import Clock
from zvonok_core.errors import UserError
from zvonok_core.text import ntext


@dataclass(slots=True)
class Attempt:
    """A try under way. It counts as a failure unless `succeeded` is set."""

    succeeded: bool = False


class Throttle:
    """Failures of the last `window` seconds. In memory: a restart forgets them, which
    gives a guesser of 62 bits nothing."""

    def __init__(self, per_key: int, in_all: int, window: float, clock: Clock) -> None:
        self._per_key = per_key
        self._in_all = in_all
        self._window = window
        self._clock = clock
        self._failures: deque[tuple[float, str]] = deque()
        self._by_key: Counter[str] = Counter()

    @contextmanager
    def attempt(self, key: str) -> Iterator[Attempt]:
        """Try something. It is counted before its outcome is known, so that many tries at
        once are no way round. Raises UserError, which says how long to wait, where a limit
        is reached. An exception in the block is not held against anybody."""
        now = self._clock.monotonic()
        self._forget(now)
        self._refuse(key, now)
        mark = (now, key)
        self._failures.append(mark)
        self._by_key[key] += 1
        attempt = Attempt()
        try:
            yield attempt
        except BaseException:
            attempt.succeeded = True
            raise
        finally:
            if attempt.succeeded and mark in self._failures:
                self._failures.remove(mark)
                self._drop(key)

    def _refuse(self, key: str, now: float) -> None:
        full = len(self._failures) >= self._in_all
        if not full and self._by_key[key] < self._per_key:
            return
        oldest = next(moment for moment, owner in self._failures if full or owner == key)
        minutes = max(1, math.ceil((oldest + self._window - now) / 60))
        raise UserError(
            ntext(
                "There were too many wrong attempts. Please try again in {n} minute.",
                "There were too many wrong attempts. Please try again in {n} minutes.",
                minutes,
            )
        )

    def _forget(self, now: float) -> None:
        while self._failures and self._failures[0][0] <= now - self._window:
            self._drop(self._failures.popleft()[1])

    def _drop(self, key: str) -> None:
        self._by_key[key] -= 1
        if not self._by_key[key]:
            del self._by_key[key]


def client_address(peer: str | None, forwarded: str) -> str:
    """Whose failures are counted: the connection's address. Where that is loopback or
    private, a reverse proxy of ours is in between, and the last hop that it wrote into
    X-Forwarded-For counts. Of IPv6 the network (/64) counts, since one home has a whole one."""
    try:
        address = ipaddress.ip_address(peer or "")
        if forwarded and (address.is_loopback or address.is_private):
            address = ipaddress.ip_address(forwarded.rpartition(",")[2].strip())
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
