"""Time as a parameter: whatever asks for the time takes a clock, so that tests move it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back, for limits and deadlines."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(slots=True)
class ManualClock:
    """A clock that stands until it is moved."""

    moment: datetime
    elapsed: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.elapsed

    def advance(self, **by: float) -> None:
        """Move on by a timedelta's arguments: `advance(days=1)`."""
        step = timedelta(**by)
        self.moment += step
        self.elapsed += step.total_seconds()


def school_day(clock: Clock, zone: ZoneInfo) -> date:
    """Today's date where the school is."""
    return clock.now().astimezone(zone).date()


def milliseconds(moment: datetime) -> int:
    """How moments are stored: whole milliseconds since 1970 in UTC, as Matrix counts them.
    A moment without a zone is a TypeError, never taken for the machine's own."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
