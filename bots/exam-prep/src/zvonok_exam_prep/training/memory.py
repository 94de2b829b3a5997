"""When somebody should see a task again, by FSRS."""

from __future__ import annotations

from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

from zvonok_core.clock import milliseconds
from zvonok_exam_prep.training.store import Review

_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def rating(points: int, of: int, hints: int) -> Rating:
    """How well a task was known, by its first answer."""
    if points < of:
        return Rating.Hard if 2 * points >= of else Rating.Again
    return Rating.Hard if hints else Rating.Good


def review(before: Review | None, how: Rating, at: int) -> Review:
    """What is known after an answer."""
    card = Card.from_json(before.state) if before else Card(card_id=0)
    card, _ = _SCHEDULER.review_card(card, how, datetime.fromtimestamp(at / 1000, UTC))
    return Review(card.to_json(), milliseconds(card.due))
