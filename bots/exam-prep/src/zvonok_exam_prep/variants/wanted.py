"""Which variant a teacher wants: «ОГЭ английский 10 заданий до пятницы 40 минут». Pure.

Words come in any order. What says how many, until when and how long is taken out first; the
rest says which tasks, and is read as everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_botkit.deadlines import read_deadline
from zvonok_core.people import plain
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.collection.wishes import Wish, fitting, read_wish
from zvonok_exam_prep.variants.variant import Mode

MOST_TASKS, MOST_MINUTES = 50, 300

_BEFORE, _AFTER = r"(?<![\w.,])", r"(?![\w])"
_COUNT = re.compile(
    rf"{_BEFORE}(?:(?P<many>\d{{1,3}})\s+(?:заданий|задания|задач[иа]?|вопрос(?:ов|а)|tasks|questions|items)"
    rf"|(?P<one>\d?1)\s+(?:задание|задача|вопрос|task|question)){_AFTER}"
)
_LENGTH = re.compile(
    rf"(?<!до )(?<!через )(?<!к )(?:(?:на|за|по|in|for)\s+)?(?:{_BEFORE}(?P<hours>\d(?:[.,]5)?)\s*(?:час(?:а|ов)?|ч|hours?|h)\.?{_AFTER}"
    rf"(?:\s+(?:и\s+)?(?P<rest>\d{{1,2}})\s*(?:минут\w*|мин|minutes?|min)\.?{_AFTER})?"
    rf"|{_BEFORE}(?P<minutes>\d{{1,3}})\s*(?:минут\w*|мин|minutes?|min)\.?{_AFTER})"
)
_NAMED_LENGTH = {
    "полчаса": 30,
    "полтора часа": 90,
    "на час": 60,
    "за час": 60,
    "half an hour": 30,
    "an hour": 60,
}
_NUMBER = r"\d{1,2}(?:\.\d{1,2})?"
_ONE_OR_RANGE = rf"{_NUMBER}(?:\s*[-–—]\s*{_NUMBER})?"
_TASKS = re.compile(
    rf"(?:задани[яйе]|номера|задачи|tasks|numbers)\s*(?:№\s*|n\s*)?({_ONE_OR_RANGE}(?:\s*(?:,|и|and)\s*{_ONE_OR_RANGE})+|{_NUMBER}\s*[-–—]\s*{_NUMBER})(?![\w:])"
)
_TAG = re.compile(r"#(\w+)")
_MODES = {
    Mode.DIFFERENT: r"разн(?:ые|ый|ых|ыми)|у каждого (?:свои|свой)|different",
    Mode.SHUFFLED: r"вперемешку|перемешать|перемешай|перемешанн\w+|в разном порядке|shuffled?",
    Mode.SAME: r"одинаков\w+|одни и те же|один на всех|same(?: for (?:all|everybody))?",
}
_MONTHS = r"(?:янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)\w*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
_DAY = (
    r"сегодня|послезавтра|завтра(?:шнего дня)?|today|tomorrow|конца дня|вечера|"
    r"понедельник\w?|вторник\w?|сред[ауеы]|четверг\w?|пятниц\w|суббот\w|воскресень\w|пн|вт|ср|чт|пт|сб|вс|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    rf"\d{{1,2}}\.\d{{1,2}}(?:\.\d{{4}}|\.\d{{2}})?|\d{{1,2}}(?:-?го)?\s+(?:{_MONTHS})|\d{{4}}-\d\d-\d\d"
)
_CLOCK = r"(?:в\s+|at\s+)?(?:\d{1,2}[:.]\d{2}|\d{1,2}\s*(?:час(?:а|ов)?\s+|ч\s+)?(?:утра|дня|вечера)|(?:0?[7-9]|1\d|2[0-3])\s*(?:час(?:а|ов)?|ч))"
_UNTIL = re.compile(
    rf"{_BEFORE}(?:(?P<begins>до|к|ко|на|по|во?|until|till|by|for|on)\s+)?(?P<day>{_DAY}){_AFTER}(?:,?\s+(?P<clock>{_CLOCK}){_AFTER})?"
    rf"|{_BEFORE}(?:до|к|until|till|by)\s+(?P<alone>{_CLOCK}){_AFTER}(?:\s+(?P<later>{_DAY}){_AFTER})?"
    rf"|{_BEFORE}(?P<span>(?:через|in)\s+(?:\d+\s+)?(?:час\w*|день|дн\w+|недел\w+|hours?|days?|weeks?)){_AFTER}"
)
_BARE_CLOCK = re.compile(_CLOCK)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted, as far as it is said. `tasks` and `tags` narrow the wish: a task has one
    of these numbers, and all of these hashtags. `closes` is in UTC."""

    wish: Wish = Wish()
    tasks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    count: int | None = None
    minutes: int | None = None
    closes: datetime | None = None
    mode: Mode = Mode.SAME
    unknown: tuple[str, ...] = ()
    """Words that say nothing here."""


def read_wanted(words: str, labels: Sequence[Label], now: datetime, zone: ZoneInfo) -> Wanted:
    """What somebody wants of these tasks."""
    said = plain(words)
    known = {plain(tag): tag for label in labels for tag in label.tags}
    named = tuple(dict.fromkeys(_TAG.findall(said)))
    said = _TAG.sub(" ", said)
    count, said = _count(said)
    tasks, said = _tasks(said)
    closes, said = _until(said, now, zone)
    minutes, said = _minutes(said)
    mode, said = _mode(said)
    found = Wanted(
        tasks=tasks,
        tags=tuple(known[name] for name in named if name in known),
        count=count,
        minutes=minutes,
        closes=closes,
        mode=mode,
    )
    read = read_wish(said, labels)
    strange = tuple(f"#{name}" for name in named if name not in known)
    return replace(found, wish=read.wish, unknown=(*strange, *read.unknown))


def read_count(words: str) -> int | None:
    """An answer to the question how many: «10», «10 заданий»."""
    alone = re.fullmatch(r"(\d{1,3})[.!]?", words.strip())
    return int(alone[1]) if alone else _count(plain(words))[0]


def read_until(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """An answer to the question until when: «до пятницы», «пятница 18:00», «10:40»; in UTC."""
    said = plain(words).strip(" .!")
    if _BARE_CLOCK.fullmatch(said):
        return read_deadline(f"до {said}", now, zone)
    closes, _ = _until(said, now, zone)
    return closes or read_deadline(said, now, zone)


def narrowed(wanted: Wanted, labels: Iterable[Label]) -> list[Label]:
    """The tasks of these numbers and hashtags, whatever else is wanted."""
    return [
        label
        for label in labels
        if (not wanted.tasks or label.task in wanted.tasks)
        and all(any(plain(own) == plain(tag) for own in label.tags) for tag in wanted.tags)
    ]


def fitting_all(wanted: Wanted, labels: Iterable[Label]) -> list[Label]:
    """All tasks that are wanted."""
    return fitting(wanted.wish, narrowed(wanted, labels))


def _tasks(said: str) -> tuple[tuple[str, ...], str]:
    """«задания 1–5, 7» → 1, 2, 3, 4, 5, 7."""
    found = _TASKS.search(said)
    if found is None:
        return (), said
    numbers: list[str] = []
    for first, last in re.findall(rf"({_NUMBER})(?:\s*[-–—]\s*({_NUMBER}))?", found[1]):
        if last and "." not in first + last and int(first) < int(last):
            numbers += [str(number) for number in range(int(first), int(last) + 1)]
        else:
            numbers += [number.lstrip("0") for number in (first, last) if number]
    return tuple(dict.fromkeys(numbers)), _without(found, said)


def _count(said: str) -> tuple[int | None, str]:
    found = _COUNT.search(said)
    if found is None or found["one"] == "11":
        return None, said
    return int(found["many"] or found["one"]), _without(found, said)


def _minutes(said: str) -> tuple[int | None, str]:
    for name, minutes in _NAMED_LENGTH.items():
        if found := re.search(rf"(?:на\s+|за\s+|for\s+)?(?<!\w){name}(?!\w)", said):
            return minutes, _without(found, said)
    found = _LENGTH.search(said)
    if found is None:
        return None, said
    if found["minutes"]:
        return int(found["minutes"]), _without(found, said)
    hours = float(found["hours"].replace(",", "."))
    return int(hours * 60) + int(found["rest"] or 0), _without(found, said)


def _until(said: str, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, str]:
    for found in _UNTIL.finditer(said):
        if found["span"]:
            words = found["span"]
        else:
            words = f"до {found['day'] or found['later'] or ''} {found['clock'] or found['alone'] or ''}"
        if closes := read_deadline(" ".join(words.split()), now, zone):
            return closes, _without(found, said)
    return None, said


def _mode(said: str) -> tuple[Mode, str]:
    for mode, pattern in _MODES.items():
        if found := re.search(rf"(?<!\w)(?:{pattern})(?!\w)", said):
            return mode, _without(found, said)
    return Mode.SAME, said


def _without(found: re.Match[str], said: str) -> str:
    return f"{said[: found.start()]} {said[found.end() :]}"
