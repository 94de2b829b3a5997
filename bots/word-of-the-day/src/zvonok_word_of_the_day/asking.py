"""What somebody has typed after `!слово-дня` → days, time, language, level, source. Pure.

The parts may come in any order and any may be left out; whatever is none of them is named, so
that nothing is understood by half.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import time
from enum import StrEnum

from zvonok_core.people import plain
from zvonok_word_of_the_day.days import EVERY_DAY, WEEKDAYS
from zvonok_word_of_the_day.languages import LANGUAGE


class Source(StrEnum):
    """Where words come from."""

    SHIPPED = "shipped"
    OWN = "own"
    """A list that the teacher has sent."""
    ROTA = "rota"
    """Students bring them in turn."""


class Order(StrEnum):
    """What is to become of a practice that is there."""

    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said; None for what was not. `unknown` is what was not understood."""

    days: frozenset[int] | None = None
    at: time | None = None
    language: str | None = None
    level: int | None = None
    source: Source | None = None
    unknown: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was said."""
        return self == Wish()

    def over(self, other: Wish) -> Wish:
        """Both, this one where both say something."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(other, **{name: value for name, value in said.items() if value not in (None, "")})


_ORDERS = {
    Order.STOP: r"стоп|останови\w*|хватит|выключи\w*|закончи\w*|прекрати\w*|отключи\w*|stop|off|end",
    Order.PAUSE: r"(?:на\s+)?пауз[ау]|приостанови\w*|pause",
    Order.RESUME: r"продолж\w*|дальше|возобнови\w*|снова|resume|continue|go on",
}
_DAY_NAMES = (
    r"понедельник\w*|пон|пн|mon(?:day)?s?",
    r"вторник\w*|вт|tue(?:s(?:day)?)?s?",
    r"сред[ауые]\w*|ср|wed(?:nesday)?s?",
    r"четверг\w*|чет|чт|thu(?:rs(?:day)?)?s?",
    r"пятниц\w*|пят|пт|fri(?:day)?s?",
    r"суббот\w*|суб|сб|sat(?:urday)?s?",
    r"воскресень\w*|воскр|вс|sun(?:day)?s?",
)
_DAY = "(?:" + "|".join(f"(?:{names})" for names in _DAY_NAMES) + ")"
_RANGE = re.compile(rf"\b(?:с\s+)?({_DAY})\s*(?:-|–|—|по|to)\s*({_DAY})\b")
_ONE_DAY = re.compile(rf"\b({_DAY})\b")
_WEEKDAYS = re.compile(
    r"\b(?:по\s+|в\s+)?(?:будн\w*|рабоч\w+ дн\w+)(?:\s+дн\w+)?\b|\b(?:on\s+)?(?:weekdays?|working days?|school days?)\b"
)
_EVERY_DAY = re.compile(r"\bкажд\w+ день\b|\bежедневно\b|\b(?:every day|daily)\b")
_CLOCK = re.compile(r"\b(?:в\s+|at\s+)?([01]?\d|2[0-3])[:.\-]([0-5]\d)\b(?:\s*(?:утра|час\w*))?")
_HOUR = re.compile(
    r"\b(?:в|at)\s+([01]?\d|2[0-3])(?:\s*(?:час\w*|ч)\b)?(?:\s*(утра|дня|вечера|am|pm)\b)?(?![:.\d])"
)
_LEVELS = (
    r"начальн\w*|легк\w*|прост\w*|перв(?:ый|ого)|[аa][12]|beginners?|elementary|easy|basic",
    r"средн\w*|втор(?:ой|ого)|[вb]1|intermediate|medium",
    r"продвинут\w*|сложн\w*|трудн\w*|высок\w*|трет(?:ий|ьего)|[вb]2|[сc]1|advanced|hard|upper",
)
_LEVEL = re.compile(
    r"\b(?:" + "|".join(f"({words})" for words in _LEVELS) + r")\b(?:\s+(?:уровень|уровня|level))?"
)
_LEVEL_NUMBER = re.compile(r"\b(?:уровень|level)\s+([123])\b|\b([123])(?:-?й)?\s+(?:уровень|level)\b")
_SOURCES = {
    Source.ROTA: re.compile(
        r"\b(?:слова\s+)?(?:принос\w+|выбира\w+|придумыва\w+|приду\w+)\s+(?:слова\s+)?(?:ученики|дети|ребята)(?:\s+по очереди)?\b"
        r"|\b(?:ученики|дети|ребята)\s+(?:сами\s+)?(?:принос\w+|выбира\w+)(?:\s+слова)?(?:\s+по очереди)?\b"
        r"|\b(?:слова\s+)?(?:от\s+)?учени(?:ки|ков)\b|\bпо очереди\b"
        r"|\b(?:words?\s+)?(?:brought\s+)?(?:by|from)?\s*(?:the\s+)?students(?:\s+bring\s+(?:the\s+)?words)?(?:\s+in turn)?\b|\bin turn\b|\brota\b"
    ),
    Source.OWN: re.compile(
        r"\b(?:по\s+|из\s+)?(?:мо[йеи]\w*|сво[йеи]\w*|собственн\w*)\s+(?:списо?к\w*|слов\w*|таблиц\w*)\b"
        r"|\b(?:from\s+)?(?:my|own|our)(?:\s+own)?\s+(?:list|words|table)\b"
    ),
    Source.SHIPPED: re.compile(
        r"\bготов\w+(?:\s+(?:спис\w+|слов\w*))?\b|\b(?:ready|shipped)(?:\s+(?:list|words))?\b"
    ),
}
_FILLING = re.compile(
    r"\b(?:пожалуйста|бот|слов[оа]|дня|и|по|в|во|на|с|из|язык\w*|уров\w+|спис\w+|and|on|at|the|words?|level|please|list)\b|[\s,.;:!?–—()«»\"'+-]+"
)


def read_order(words: str) -> tuple[Order, str] | None:
    """Stop, pause or go on, and what follows: «пауза до 12 января»; None for anything else."""
    said = plain(words).strip()
    for order, names in _ORDERS.items():
        if found := re.match(rf"(?:{names})\b", said):
            rest = said[found.end() :].strip(" .!,")
            return (order, rest) if order is Order.PAUSE or not rest else None
    return None


def read_wish(words: str) -> Wish:
    """The wish in what somebody has typed."""
    reading = _Reading(plain(words))
    wish = Wish(
        source=_source(reading),
        level=_level(reading),
        language=_language(reading),
        days=_days(reading),
        at=_time(reading),
    )
    return replace(wish, unknown=" ".join(_FILLING.sub(" ", reading.left).split()))


class _Reading:
    """Words out of which one part after another is taken."""

    def __init__(self, words: str) -> None:
        self.left = words

    def take(
        self, pattern: re.Pattern[str], fits: Callable[[re.Match[str]], bool] = bool
    ) -> re.Match[str] | None:
        found = next(filter(fits, pattern.finditer(self.left)), None)
        if found:
            self.left = f"{self.left[: found.start()]} ; {self.left[found.end() :]}"
        return found


def _source(reading: _Reading) -> Source | None:
    return next((source for source, pattern in _SOURCES.items() if reading.take(pattern)), None)


def _level(reading: _Reading) -> int | None:
    if number := reading.take(_LEVEL_NUMBER):
        return int(number[1] or number[2])
    found = reading.take(_LEVEL)
    return found.lastindex if found else None


def _language(reading: _Reading) -> str | None:
    found = reading.take(LANGUAGE)
    return found.lastgroup if found else None


def _days(reading: _Reading) -> frozenset[int] | None:
    if reading.take(_EVERY_DAY):
        return EVERY_DAY
    days: set[int] = set(WEEKDAYS) if reading.take(_WEEKDAYS) else set()
    while found := reading.take(_RANGE):
        first, last = _number(found[1]), _number(found[2])
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    while found := reading.take(_ONE_DAY):
        days.add(_number(found[1]))
    return frozenset(days) or None


def _number(day: str) -> int:
    return next(number for number, names in enumerate(_DAY_NAMES) if re.fullmatch(names, day))


def _time(reading: _Reading) -> time | None:
    if clock := reading.take(_CLOCK):
        return time(int(clock[1]), int(clock[2]))
    if found := reading.take(_HOUR):
        hour = int(found[1])
        later = found[2] in ("дня", "вечера", "pm") and hour < 12
        return time(hour + 12 if later else hour)
    return None
