"""What has to be known before a variant can be given, and how it is asked. Pure.

What is known is kept between two messages as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from zvonok_core.clock import milliseconds
from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep.collection import missing
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.collection.missing import Question
from zvonok_exam_prep.collection.wishes import Wish, Wished, fitting
from zvonok_exam_prep.items import Exam
from zvonok_exam_prep.variants.variant import Mode
from zvonok_exam_prep.variants.wanted import (
    MOST_MINUTES,
    MOST_TASKS,
    Wanted,
    fitting_all,
    narrowed,
    read_count,
    read_until,
    read_wanted,
)

TASKS, COUNT, UNTIL = "tasks", "count", "until"
"""What may be lacking, besides the fields of `missing.Question`."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something is missing, or can't be. `ask` makes the question of what is put into words."""

    field: str
    ask: Callable[[Callable[[Text | str], str]], str]


@dataclass(frozen=True, slots=True)
class Terms:
    """Where and when it is asked. `grade` is the room's, where it is known; `whole` is whether
    there has to be a count and a deadline."""

    now: datetime
    zone: ZoneInfo
    grade: int | None = None
    whole: bool = True


def settle(wanted: Wanted, labels: Sequence[Label], terms: Terms) -> Wanted | Lack:
    """What is wanted, if it is enough to begin with; else what is to be asked."""
    some = narrowed(wanted, labels)
    narrow = bool(wanted.tasks or wanted.tags)
    if not some or (narrow and wanted.wish.subject and not fitting_all(wanted, labels)):
        listed = ", ".join((*wanted.tasks, *(f"#{tag}" for tag in wanted.tags)))
        return _lack(
            TASKS,
            text(
                "There are no tasks with all of these numbers and hashtags: {listed}. Which shall it be?",
                listed=listed,
            ),
        )
    found = _wish(wanted, some, terms)
    if isinstance(found, Question):
        return Lack(found.field, partial(missing.wording, found))
    topics = {label.topic for label in fitting(found, some)}  # the same word may be one of another subject
    found = replace(found, topics=tuple(topic for topic in found.topics if topic in topics))
    wanted = replace(wanted, wish=found, unknown=())
    if not terms.whole:
        return wanted
    return _count(wanted, len(fitting_all(wanted, labels))) or _time(wanted, terms) or wanted


def _wish(wanted: Wanted, labels: Sequence[Label], terms: Terms) -> Wish | Question:
    wish = wanted.wish
    if wanted.tasks or wanted.tags:  # that is narrow enough
        subjects = {label.subject for label in labels}
        if len(subjects) == 1 and not wanted.unknown and fitting_all(wanted, labels):
            return replace(wish, subject=subjects.pop())
    return missing.settle(Wished(wish, wanted.unknown), labels, terms.grade)


def _count(wanted: Wanted, there: int) -> Lack | None:
    most = min(there, MOST_TASKS)
    if wanted.count is None:
        return _lack(COUNT, ntext("How many tasks? There is {n}.", "How many tasks? There are {n}.", there))
    if wanted.count > there:
        return _lack(
            COUNT,
            ntext(
                "There is only {n} such task. How many shall I take?",
                "There are only {n} such tasks. How many shall I take?",
                there,
            ),
        )
    if not 1 <= wanted.count <= most:
        return _lack(COUNT, text("A variant has 1 to {most} tasks. How many shall it have?", most=most))
    return None


def _time(wanted: Wanted, terms: Terms) -> Lack | None:
    if wanted.minutes is not None and not 1 <= wanted.minutes <= MOST_MINUTES:
        return _lack(
            UNTIL,
            text(
                "A variant takes {most} minutes at most. Until when, and how many minutes?", most=MOST_MINUTES
            ),
        )
    if wanted.closes is None:
        return _lack(UNTIL, text("Until when shall it be handed in? Such as: until Friday 18:00"))
    if wanted.closes <= terms.now:
        return _lack(UNTIL, text("That time has passed already. Until when shall it be handed in?"))
    return None


def answered(wanted: Wanted, field: str, words: str, labels: Sequence[Label], terms: Terms) -> Wanted:
    """What is wanted, with an answer to the question about a field."""
    if field == COUNT:
        count = read_count(words)
        return replace(wanted, count=wanted.count if count is None else count)
    if field == UNTIL:
        return _until(wanted, words, labels, terms)
    if field == TASKS:
        new = read_wanted(words, labels, terms.now, terms.zone)
        return replace(
            new,
            count=new.count or wanted.count,
            minutes=new.minutes or wanted.minutes,
            closes=new.closes or wanted.closes,
            mode=wanted.mode if new.mode is Mode.SAME else new.mode,
        )
    some = narrowed(wanted, labels)
    question = _wish(wanted, some, terms)
    if not isinstance(question, Question):
        return wanted
    wished = missing.answered(question, words, some)
    return replace(wanted, wish=wished.wish, unknown=wished.unknown)


def _until(wanted: Wanted, words: str, labels: Sequence[Label], terms: Terms) -> Wanted:
    closes = read_until(words, terms.now, terms.zone)
    minutes = read_wanted(words, labels, terms.now, terms.zone).minutes
    return replace(wanted, closes=closes or wanted.closes, minutes=minutes or wanted.minutes)


def encode(wanted: Wanted, field: str) -> str:
    """What is known, and what was asked."""
    known = asdict(wanted) | {"closes": milliseconds(wanted.closes) if wanted.closes else None}
    return json.dumps({"field": field, "wanted": known}, ensure_ascii=False)


def decode(state: str) -> tuple[Wanted, str]:
    """The same back."""
    body = json.loads(state)
    known, wish = body["wanted"], body["wanted"]["wish"]
    return Wanted(
        wish=Wish(
            **wish | {"exam": Exam(wish["exam"]) if wish["exam"] else None, "topics": tuple(wish["topics"])}
        ),
        tasks=tuple(known["tasks"]),
        tags=tuple(known["tags"]),
        count=known["count"],
        minutes=known["minutes"],
        closes=datetime.fromtimestamp(known["closes"] / 1000, UTC) if known["closes"] else None,
        mode=Mode(known["mode"]),
        unknown=tuple(known["unknown"]),
    ), body["field"]


def _lack(field: str, words: Text) -> Lack:
    return Lack(field, lambda say: say(words))
