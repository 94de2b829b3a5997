"""When tasks come back: as the library says, over rows that outlive a restart."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler, State
from hypothesis import given
from hypothesis import strategies as st

from zvonok_exam_prep.checking import Mark
from zvonok_exam_prep.repetition import LONGEST, SOON, Schedule, answered, new, rating, recalled

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
reviews = st.lists(
    st.tuples(st.sampled_from(list(Rating)), st.timedeltas(timedelta(0), timedelta(days=90))), max_size=12
)


@given(reviews)
def test_schedules_agree_with_the_librarys_own(given_: list[tuple[Rating, timedelta]]) -> None:
    scheduler = Scheduler(
        learning_steps=SOON, relearning_steps=SOON, maximum_interval=LONGEST, enable_fuzzing=False
    )
    card, ours, now = Card(card_id=0, due=NOON), new(NOON), NOON
    for grade, later in given_:
        now += later
        card, _ = scheduler.review_card(card, grade, now)
        ours = answered(Schedule(ours.due, ours.state), grade, now)
        assert ours.due == card.due
        assert recalled(ours, now + later) == scheduler.get_card_retrievability(card, now + later)
        assert now < ours.due <= now + timedelta(days=LONGEST)
        assert ours.due.tzinfo is not None and ours.due.utcoffset() == timedelta(0)


@given(reviews)
def test_the_same_answers_give_the_same_days(given_: list[tuple[Rating, timedelta]]) -> None:
    def all_of_them() -> Schedule:
        ours, now = new(NOON), NOON
        for grade, later in given_:
            now += later
            ours = answered(ours, grade, now)
        return ours

    assert all_of_them() == all_of_them()


def test_as_a_student_sees_it() -> None:
    ours = new(NOON)
    assert ours.due == NOON and recalled(ours, NOON) == 0
    wrong = answered(ours, Rating.Again, NOON)
    assert wrong.due == NOON + timedelta(minutes=10)
    right = answered(ours, Rating.Good, NOON)
    hard = answered(ours, Rating.Hard, NOON)
    assert hard.due < right.due
    assert right.due >= NOON + timedelta(days=1)
    again = answered(right, Rating.Good, right.due)
    assert again.due - right.due > right.due - NOON
    assert 0.85 < recalled(right, right.due) < 0.95


@pytest.mark.parametrize(
    ("points", "of", "hints", "is_"),
    [(1, 1, 0, Rating.Good), (1, 1, 1, Rating.Hard), (0, 1, 0, Rating.Again), (1, 2, 0, Rating.Hard),
     (1, 3, 0, Rating.Again), (2, 2, 0, Rating.Good), (0, 2, 2, Rating.Again), (3, 4, 0, Rating.Hard)],
)  # fmt: skip
def test_what_a_mark_says_about_memory(points: int, of: int, hints: int, is_: Rating) -> None:
    assert rating(Mark(points, of, of - points, "1"), hints) is is_


def test_a_row_is_text_that_the_library_reads() -> None:
    card = Card.from_json(answered(new(NOON), Rating.Good, NOON).state)
    assert card.state is State.Review and card.due > NOON


def test_it_needs_no_torch() -> None:
    code = "import sys, zvonok_exam_prep.repetition; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
