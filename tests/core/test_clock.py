"""Time as a parameter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_core.clock import ManualClock, SystemClock, milliseconds, school_day

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_the_machines_clock_is_aware_and_goes_on() -> None:
    clock = SystemClock()
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_a_manual_clock_stands_until_it_is_moved() -> None:
    clock = ManualClock(NOON)
    assert (clock.now(), clock.monotonic()) == (NOON, 0.0)
    clock.advance(days=1, seconds=2)
    assert clock.now() == NOON + timedelta(days=1, seconds=2)
    assert clock.monotonic() == 86_402.0


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Moscow", date(2026, 10, 1)),
        ("Europe/Kaliningrad", date(2026, 9, 30)),
        ("Asia/Kamchatka", date(2026, 10, 1)),
    ],
)
def test_the_day_is_the_schools(zone: str, day: date) -> None:
    clock = ManualClock(datetime(2026, 9, 30, 21, 30, tzinfo=UTC))
    assert school_day(clock, ZoneInfo(zone)) == day


@given(st.integers(-(10**11), 10**14))
def test_milliseconds_are_exact(number: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number)
    assert milliseconds(moment) == number
    assert milliseconds(moment.astimezone(timezone(timedelta(hours=5)))) == number
    assert milliseconds(moment + timedelta(microseconds=999)) == number


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        milliseconds(datetime(2026, 10, 1))  # noqa: DTZ001
