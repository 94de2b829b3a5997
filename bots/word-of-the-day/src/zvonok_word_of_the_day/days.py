"""On which days a word comes, and when a week is over, by the school's clock. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
EVENING = time(18, 0)
"""When a week is over on its last day: the class has had the day for its last word."""
LEAST = timedelta(hours=2)
"""So long after its last word a week is over at the earliest."""
FARTHEST = 400
"""Days; a school is not closed for longer."""

Free = Callable[[date], bool]


def next_day(after: date, days: frozenset[int], free: Free) -> date | None:
    """The first day after `after` on which a word comes; None where there is none in a year.
    `days` are 0 for Monday to 6, `free` says which days have no school."""
    for distance in range(1, FARTHEST):
        day = after + timedelta(days=distance)
        if has_word(day, days, free):
            return day
    return None


def has_word(day: date, days: frozenset[int], free: Free) -> bool:
    """Whether a word comes on this day."""
    return day.weekday() in days and not free(day)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time of a day, in UTC."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def coming(
    now: datetime, days: frozenset[int], at: time, zone: ZoneInfo, free: Free, after: date | None = None
) -> date | None:
    """The next day with a word whose time has not passed, later than `after`."""
    today = now.astimezone(zone).date()
    from_ = today if moment(today, at, zone) <= now else today - timedelta(days=1)
    return next_day(max(from_, after or from_), days, free)


def week_of(day: date) -> str:
    """The name of a week, `2026-W53`: of the days about New Year it has the right year."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def begins(week: str) -> date:
    """The Monday of a week."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def over(day: date, days: frozenset[int], at: time, zone: ZoneInfo, free: Free) -> datetime:
    """When the week of a day with a word is over, in UTC."""
    last = day
    while (following := next_day(last, days, free)) and week_of(following) == week_of(day):
        last = following
    return max(moment(last, EVENING, zone), moment(last, at, zone) + LEAST)
