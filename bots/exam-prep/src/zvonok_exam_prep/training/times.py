"""A time of the day as people write it, and the next moment of that time. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zvonok_core.people import plain

OFF = frozenset({"нет", "не надо", "не напоминай", "хватит", "выключить", "выключи", "отключить", "отключи", "никогда",
                 "стоп", "off", "no", "never", "stop"})  # fmt: skip
_TIME = re.compile(
    r"(?:каждый день\s+|ежедневно\s+|every day\s+|daily\s+)?(?:в|во|at)?\s*(?P<hour>\d{1,2})(?:[:.\- ]?(?P<minute>\d{2}))?"
    r"\s*(?:ч\w*\.?)?\s*(?P<part>утра|дня|вечера|ночи|am|pm)?(?:\s+(?:каждый день|ежедневно|every day|daily))?"
)
_NAMED = {
    "утром": time(8),
    "днем": time(14),
    "вечером": time(18),
    "в полдень": time(12),
    "после уроков": time(15),
}


def read_time(words: str) -> time | None:
    """«18:00», «в 6 вечера», «18»; None where it is no time."""
    said = re.sub(r"\s+", " ", plain(words)).strip(" .,!")
    if said in _NAMED:
        return _NAMED[said]
    found = _TIME.fullmatch(said)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["part"] in ("вечера", "дня", "pm") and hour < 12:
        hour += 12
    if found["part"] in ("ночи", "am") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def next_moment(at: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after `now` at which the clock shows this time, in UTC."""
    day = now.astimezone(zone).date()
    moment = datetime.combine(day, at, zone)
    if moment <= now:
        moment = datetime.combine(day + timedelta(days=1), at, zone)
    return moment.astimezone(UTC)
