"""When a task comes back: FSRS, by the library, over plain data for a row of a table. Pure.

Nothing is random: the same answers at the same times give the same days.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from fsrs import Card, Rating, Scheduler

from zvonok_exam_prep.checking import Mark

LONGEST = 120
"""Days until a task comes back at the latest: nothing is forgotten over a whole school year."""
SOON = (timedelta(minutes=10),)
"""After a wrong answer a task comes back within the same sitting."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is known of one student and one task. `due` is in UTC; `state` is the library's own
    card as JSON, and nobody else's business."""

    due: datetime
    state: str


def new(now: datetime) -> Schedule:
    """A task that was never answered: due at once."""
    return _kept(Card(card_id=0, due=now))


def answered(schedule: Schedule, rating: Rating, now: datetime) -> Schedule:
    """When the task comes back, once it was answered."""
    card, _ = _scheduler().review_card(_card(schedule), rating, now)
    return _kept(card)


def rating(mark: Mark, hints: int) -> Rating:
    """What an answer says about memory. `hints` is how many were given. A half right one, or a
    right one with a hint, was hard; Easy is nothing that a bot can see."""
    if 2 * mark.points < mark.of or mark.points == 0:
        return Rating.Again
    return Rating.Good if mark.right and not hints else Rating.Hard


def recalled(schedule: Schedule, now: datetime) -> float:
    """How likely it is, from 0 to 1, that the task is answered right now; 0 for a new one."""
    return float(_scheduler().get_card_retrievability(_card(schedule), now))


@cache
def _scheduler() -> Scheduler:
    return Scheduler(
        learning_steps=SOON, relearning_steps=SOON, maximum_interval=LONGEST, enable_fuzzing=False
    )


def _card(schedule: Schedule) -> Card:
    state: Any = json.loads(schedule.state)
    return Card.from_dict(state)


def _kept(card: Card) -> Schedule:
    return Schedule(card.due, json.dumps(card.to_dict()))
