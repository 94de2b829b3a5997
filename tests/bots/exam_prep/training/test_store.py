"""What is kept of a student, as rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from zvonok_botkit.program import open_bots_database
from zvonok_core.ids import UserId
from zvonok_exam_prep import repetition
from zvonok_exam_prep.bot import bot
from zvonok_exam_prep.collection.missing import Question
from zvonok_exam_prep.collection.wishes import Wish
from zvonok_exam_prep.items import Exam, ItemId
from zvonok_exam_prep.training.store import DAY, Answered, Session, Stage, TrainingStore

IVAN, MASHA = UserId("@ivan:s"), UserId("@masha:s")
WISH = Wish("математика", 9, Exam.OGE, "12.1", ("Дроби", "Корни"), "ОГЭМ")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[TrainingStore]:
    async with open_bots_database(database_url, [bot]) as database:
        yield TrainingStore(database)


def answer(at: int, subject: str = "математика", item: str = "i") -> Answered:
    return Answered(ItemId(item), subject, "Дроби", 2, 1, 3, at, 4_000 if at % 2 else None)


@pytest.mark.parametrize(
    "session",
    [
        Session(IVAN, Stage.OVER, Wish()),
        Session(IVAN, Stage.CHOOSING, Wish(), Question("topics", ("а", "б"), WISH)),
        Session(IVAN, Stage.ASKED, WISH, None, ItemId("i"), 1, 2, True, (ItemId("a"), ItemId("i")), 1, 2, 3),
    ],
)
async def test_a_session_comes_back_as_it_was(store: TrainingStore, session: Session) -> None:
    assert await store.session(IVAN) is None
    for _ in range(2):
        await store.keep(session)
        assert await store.session(IVAN) == session
    assert await store.session(MASHA) is None


def test_the_last_five_tasks_are_remembered() -> None:
    session = Session(IVAN, Stage.TOLD, WISH, tries=1, hints=2, paused=True)
    for number in (1, 2, 3, 4, 5, 6, 3):
        session = session.shows(ItemId(str(number)), number)
    assert session.recent == ("2", "4", "5", "6", "3")
    assert (session.stage, session.item, session.tries, session.hints) == (Stage.ASKED, "3", 0, 0)
    assert (session.paused, session.shown_at, session.heard_at) == (False, 3, 3)


async def test_answers_are_of_one_student_and_of_a_time(store: TrainingStore) -> None:
    for one in (answer(1), answer(2, "химия"), answer(3)):
        await store.answered(IVAN, one, 400)
    await store.answered(MASHA, answer(5), 400)
    assert await store.answers(IVAN, 0) == [answer(1), answer(2, "химия"), answer(3)]
    assert await store.answers(IVAN, 2) == [answer(2, "химия"), answer(3)]
    assert await store.answers(IVAN, 0, "химия") == [answer(2, "химия")]
    assert await store.latest(IVAN, "математика", 9) == [answer(1), answer(3)]
    assert await store.latest(IVAN, "математика", 1) == [answer(3)]


async def test_answers_of_long_ago_are_forgotten(store: TrainingStore) -> None:
    for user in (IVAN, MASHA):
        await store.answered(user, answer(0), 30)
    await store.answered(IVAN, answer(30 * DAY), 30)
    assert len(await store.answers(IVAN, 0)) == 2
    await store.answered(IVAN, answer(30 * DAY + 1), 30)
    assert [one.at for one in await store.answers(IVAN, 0)] == [30 * DAY, 30 * DAY + 1]
    assert len(await store.answers(MASHA, 0)) == 1


async def test_reviews_are_kept_to_the_millisecond(store: TrainingStore) -> None:
    now = datetime(2026, 11, 24, 9, 0, 0, 123_000, tzinfo=UTC)
    first = repetition.new(now)
    second = repetition.answered(first, repetition.Rating.Good, now)
    for schedule in (first, second):
        await store.reviewed(IVAN, ItemId("i"), schedule)
        assert await store.review(IVAN, ItemId("i")) == schedule
    assert await store.review(MASHA, ItemId("i")) is None
    assert await store.dues(IVAN) == {"i": round(second.due.timestamp() * 1000)}
    assert await store.dues(MASHA) == {}


async def test_a_reminder_is_one(store: TrainingStore) -> None:
    assert await store.reminded_at(IVAN) == ""
    for time in ("18:00", "07:30"):
        await store.remind_at(IVAN, time)
        assert await store.reminded_at(IVAN) == time
    await store.remind_at(IVAN, "")
    assert await store.reminded_at(IVAN) == ""
