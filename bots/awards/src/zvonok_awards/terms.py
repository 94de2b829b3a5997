"""The stretches of time in which a badge is given once, by the school's clock. Pure."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from zvonok_awards.catalogue import Once

FIRST_MONTH = 9
"""A school year begins in September."""


def period(day: date, once_in: Once) -> str:
    """The name of the stretch that a day is in: `2026-11-24`, `2026-W48`, `2026-11`, `2026/27`."""
    if once_in == "day":
        return day.isoformat()
    if once_in == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if once_in == "month":
        return f"{day:%Y-%m}"
    first = school_year(day)
    return f"{first}/{(first + 1) % 100:02}"


def school_year(day: date) -> int:
    """The year in which the school year began."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def beginning(now: datetime, zone: ZoneInfo) -> datetime:
    """When this school year began; aware."""
    year = school_year(now.astimezone(zone).date())
    return datetime.combine(date(year, FIRST_MONTH, 1), time(), zone)
