"""When words come and weeks end, in the zones that differ most, over a change of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_word_of_the_day.days import (
    EVERY_DAY,
    WEEKDAYS,
    begins,
    coming,
    moment,
    next_day,
    over,
    week_of,
)

KALININGRAD, MOSCOW, KAMCHATKA = map(ZoneInfo, ("Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"))
NEW_YEAR = (date(2026, 12, 29), date(2027, 1, 10))
MORNING = time(8, 30)


def never(day: date) -> bool:
    return False


def in_the_holidays(day: date) -> bool:
    return NEW_YEAR[0] <= day <= NEW_YEAR[1]


@pytest.mark.parametrize(
    ("after", "days", "free", "day"),
    [
        ("2026-11-24", WEEKDAYS, never, "2026-11-25"),
        ("2026-11-27", WEEKDAYS, never, "2026-11-30"),
        ("2026-11-24", frozenset({1}), never, "2026-12-01"),
        ("2026-12-28", WEEKDAYS, in_the_holidays, "2027-01-11"),
        ("2026-12-31", EVERY_DAY, never, "2027-01-01"),
        ("2028-02-28", EVERY_DAY, never, "2028-02-29"),
        ("2026-11-24", frozenset(), never, None),
        ("2026-11-24", EVERY_DAY, lambda day: True, None),
    ],
)
def test_the_next_day(after: str, days: frozenset[int], free: object, day: str | None) -> None:
    found = next_day(date.fromisoformat(after), days, free)  # type: ignore[arg-type]
    assert found == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        (KALININGRAD, "2026-12-31T06:30"),
        (MOSCOW, "2026-12-31T05:30"),
        (KAMCHATKA, "2026-12-30T20:30"),
    ],
)
def test_a_time_is_the_schools_own(zone: ZoneInfo, utc: str) -> None:
    assert moment(date(2026, 12, 31), MORNING, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "after", "day"),
    [
        ("2026-11-24T05:29", MOSCOW, None, "2026-11-24"),
        ("2026-11-24T05:30", MOSCOW, None, "2026-11-25"),
        ("2026-11-24T05:29", MOSCOW, "2026-11-24", "2026-11-25"),
        ("2026-11-24T05:29", MOSCOW, "2026-11-20", "2026-11-24"),
        ("2026-11-24T05:29", KALININGRAD, None, "2026-11-24"),
        ("2026-11-23T20:29", KAMCHATKA, None, "2026-11-24"),
        ("2026-11-23T20:31", KAMCHATKA, None, "2026-11-25"),
        ("2026-11-27T12:00", MOSCOW, None, "2026-11-30"),
        # Kamchatka is in the new year while UTC is in the old one.
        ("2026-12-31T15:00", KAMCHATKA, None, "2027-01-01"),
    ],
)
def test_the_coming_day(now: str, zone: ZoneInfo, after: str | None, day: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    later = date.fromisoformat(after) if after else None
    assert coming(at, WEEKDAYS, MORNING, zone, never, later) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "week", "monday"),
    [
        ("2026-11-24", "2026-W48", "2026-11-23"),
        ("2026-12-31", "2026-W53", "2026-12-28"),
        ("2027-01-03", "2026-W53", "2026-12-28"),
        ("2027-01-04", "2027-W01", "2027-01-04"),
        ("2024-12-30", "2025-W01", "2024-12-30"),
    ],
)
def test_a_week_has_a_name_and_a_monday(day: str, week: str, monday: str) -> None:
    assert week_of(date.fromisoformat(day)) == week
    assert begins(week) == date.fromisoformat(monday)


@pytest.mark.parametrize(
    ("day", "days", "at", "end"),
    [
        ("2026-11-24", WEEKDAYS, MORNING, "2026-11-27T18:00"),
        ("2026-11-27", WEEKDAYS, MORNING, "2026-11-27T18:00"),
        ("2026-11-28", WEEKDAYS, MORNING, "2026-11-28T18:00"),
        ("2026-11-24", frozenset({0, 1}), MORNING, "2026-11-24T18:00"),
        ("2026-11-24", EVERY_DAY, MORNING, "2026-11-29T18:00"),
        ("2026-11-27", WEEKDAYS, time(17, 0), "2026-11-27T19:00"),
        ("2026-11-27", WEEKDAYS, time(23, 0), "2026-11-28T01:00"),
        ("2026-12-28", WEEKDAYS, MORNING, "2026-12-28T18:00"),
    ],
)
def test_a_week_is_over_in_the_evening_of_its_last_word(
    day: str, days: frozenset[int], at: time, end: str
) -> None:
    found = over(date.fromisoformat(day), days, at, MOSCOW, in_the_holidays)
    assert found.astimezone(MOSCOW).replace(tzinfo=None) == datetime.fromisoformat(end)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1)),  # noqa: DTZ001 - put into UTC below
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times(),
    st.sampled_from([KALININGRAD, MOSCOW, KAMCHATKA]),
)
def test_the_coming_day_is_the_first_whose_time_is_still_to_come(
    now: datetime, days: frozenset[int], at: time, zone: ZoneInfo
) -> None:
    now, at = now.replace(tzinfo=UTC), at.replace(second=0, microsecond=0)
    day = coming(now, days, at, zone, in_the_holidays)
    assert day and day.weekday() in days and not in_the_holidays(day)
    assert moment(day, at, zone) > now
    earlier = day - timedelta(days=1)
    while moment(earlier, at, zone) > now:
        assert earlier.weekday() not in days or in_the_holidays(earlier)
        earlier -= timedelta(days=1)
