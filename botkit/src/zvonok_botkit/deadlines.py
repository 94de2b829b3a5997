"""«До пятницы 18:00» → a moment, in the school's time zone. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dateparser

EVENING = time(20, 0)
"""The time of a deadline that names but a day: before anybody's quiet hours."""
_BEGINS = re.compile(r"(?:до|к|ко|на|через|за|until|till|by|in|for)\s+", re.IGNORECASE)
_SPAN = re.compile(r"(?:через|на|за|in|for)\s", re.IGNORECASE)
_TIME = re.compile(r"\b(\d{1,2})[:.\-](\d{2})\b(?![.\d])")
_HOUR = re.compile(
    r"\b(?:в\s+)?(\d{1,2})\s*(?:(?:час(?:ов|а|у)?|ч)(?!\w)\s*(утра|дня|вечера)?|(утра|дня|вечера))(?!\w)"
)
_DATE = re.compile(r"\b(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?\b(?!:)")
_NOMINATIVE = {
    "понедельника": "понедельник",
    "понедельнику": "понедельник",
    "вторника": "вторник",
    "вторнику": "вторник",
    "среды": "среда",
    "среде": "среда",
    "четверга": "четверг",
    "четвергу": "четверг",
    "пятницы": "пятница",
    "пятнице": "пятница",
    "субботы": "суббота",
    "субботе": "суббота",
    "воскресенья": "воскресенье",
    "воскресенью": "воскресенье",
    "завтрашнего дня": "завтра",
    "завтрашнего": "завтра",
    "конца дня": "сегодня",
    "вечера": "сегодня",
    "час": "1 час",
    "часа": "1 час",
    "неделю": "1 неделя",
    "сутки": "1 день",
    "день": "1 день",
    "полчаса": "30 минут",
}
_MONTHS = "янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек"
_DAY = re.compile(
    rf"(сегодня|завтра|послезавтра|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|"
    rf"\b(?:пн|вт|ср|чт|пт|сб|вс)\b|today|tomorrow|\w+day\b|\d+\s+(?:{_MONTHS})|(?:{_MONTHS})\w*\s+\d|\d{{4}}-\d\d-\d\d)",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\d+\s*(мин|час|ч\b|д[нея]|недел|min|hour|h\b|day|week)", re.IGNORECASE)


def read_deadline(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, that «до пятницы 18:00», «до 28.11», «на 2 часа» name; None where
    the words are no deadline. A day without a time ends in the evening, and a time that has
    passed today is tomorrow's."""
    begins = _BEGINS.match(words.strip())
    if begins is None:
        return None
    local = now.astimezone(zone).replace(tzinfo=None)
    said = words.strip()[begins.end() :].strip(" .!").casefold()
    if said in ("вечера", "конца дня"):
        said = "сегодня"
    for genitive, nominative in _NOMINATIVE.items():
        said = re.sub(rf"(?<![\w\d] )\b{genitive}\b", nominative, said, count=1)
    if _SPAN.match(words.strip()):
        return _after(said, local, zone)
    said, clock = _cut_time(said)
    day = _day(said, local)
    if day is None and (said.strip(" ,в") or clock is None):
        return None
    if day is None:
        assert clock is not None
        moment = datetime.combine(local.date(), clock)
        moment = moment if moment > local else moment + timedelta(days=1)
    else:
        moment = datetime.combine(day, clock or EVENING)
        if clock is None and moment <= local and day.date() == local.date():
            moment = datetime.combine(day, time(23, 59))
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _after(said: str, local: datetime, zone: ZoneInfo) -> datetime | None:
    if not _LENGTH.fullmatch(said) and not _LENGTH.match(said):
        return None
    found = dateparser.parse(f"через {said}", languages=["ru"], settings={"RELATIVE_BASE": local})
    found = found or dateparser.parse(f"in {said}", languages=["en"], settings={"RELATIVE_BASE": local})
    return found.replace(tzinfo=zone).astimezone(UTC) if found and found > local else None


def _cut_time(said: str) -> tuple[str, time | None]:
    """Words without the time of day in them, and that time."""
    for pattern in (_TIME, _HOUR):
        for found in pattern.finditer(said):
            if pattern is _TIME and found[0][-3] == "." and _is_date(found):
                continue
            hour, minute = int(found[1]), int(found[2]) if pattern is _TIME else 0
            if pattern is _HOUR and (found[2] or found[3]) in ("дня", "вечера") and hour < 12:
                hour += 12
            if hour < 24 and minute < 60:
                rest = f"{said[: found.start()]} {said[found.end() :]}"
                return re.sub(r"\s+в?\s*$", "", rest).strip(" ,"), time(hour, minute)
    return said, None


def _is_date(found: re.Match[str]) -> bool:
    """«01.12» is a day, «18.00» and «18.30» are times."""
    return int(found[1]) <= 31 and 1 <= int(found[2]) <= 12


def _day(said: str, local: datetime) -> datetime | None:
    if numbers := _DATE.fullmatch(said.strip(" ,")):
        year = int(numbers[3] or local.year)
        year += 2000 if year < 100 else 0
        try:
            day = datetime(year, int(numbers[2]), int(numbers[1]))  # noqa: DTZ001 - local time
        except ValueError:
            return None
        past = day.date() < local.date() and not numbers[3]
        return day.replace(year=year + 1) if past else day
    if not _DAY.search(said):
        return None
    settings = {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": local, "DATE_ORDER": "DMY"}
    return dateparser.parse(said.strip(" ,"), languages=["ru", "en"], settings=settings)
