"""What a student's answers add up to: over time, and by topic. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from zvonok_exam_prep.training.store import Answered

WEEKS = 12
"""Shown at most, this one included."""
MOST_DAYS, FEWEST_DAYS = 14, 7
"""As long as all answers are of so few days, each day is shown; and so many at least."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What some answers were worth together."""

    tasks: int = 0
    points: int = 0
    of: int = 0

    @property
    def share(self) -> int:
        """Per cent of the points; 0 where there were none."""
        return round(100 * self.points / self.of) if self.of else 0


@dataclass(frozen=True, slots=True)
class Span:
    """A day or a week, by its first day, and what was answered in it."""

    begin: date
    sum: Sum


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a subject; "" for what has none."""

    subject: str
    topic: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class Progress:
    """All of it. `spans` follow one another without gaps up to today's; the topics that are
    hardest come first."""

    total: Sum
    weekly: bool
    spans: tuple[Span, ...]
    topics: tuple[Topic, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Those that it is about."""
        return tuple(sorted({topic.subject for topic in self.topics}))


def first_day(now: datetime, zone: ZoneInfo) -> date:
    """From when on answers are looked at: a Monday."""
    return _monday(now.astimezone(zone).date()) - timedelta(weeks=WEEKS - 1)


def progress(answers: Sequence[Answered], now: datetime, zone: ZoneInfo) -> Progress:
    """The answers since `first_day` in sums."""
    today = now.astimezone(zone).date()
    days = [datetime.fromtimestamp(answer.at / 1000, zone).date() for answer in answers]
    first = min(days, default=today)
    weekly = (today - first).days >= MOST_DAYS
    if weekly:
        begin, step = _monday(first), timedelta(weeks=1)
    else:
        begin, step = min(first, today - timedelta(days=FEWEST_DAYS - 1)), timedelta(days=1)
    spans = []
    while begin <= today:
        inside = (answer for day, answer in zip(days, answers, strict=True) if begin <= day < begin + step)
        spans.append(Span(begin, total(inside)))
        begin += step
    names = sorted({(answer.subject, answer.topic) for answer in answers})
    topics = [
        Topic(*name, total(answer for answer in answers if (answer.subject, answer.topic) == name))
        for name in names
    ]
    topics.sort(key=lambda topic: (topic.sum.share, -topic.sum.tasks))
    return Progress(total(answers), weekly, tuple(spans), tuple(topics))


def total(answers: Iterable[Answered]) -> Sum:
    """The sum of some answers."""
    listed = list(answers)
    return Sum(len(listed), sum(one.points for one in listed), sum(one.of for one in listed))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
