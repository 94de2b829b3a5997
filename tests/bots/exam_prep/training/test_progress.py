"""What answers add up to, in sums, in a picture and in a conversation."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bringing import bring
from support.tasks import item

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_core.clock import milliseconds
from zvonok_core.roles import Role
from zvonok_exam_prep.items import ItemId, Word
from zvonok_exam_prep.presenting import Voice
from zvonok_exam_prep.training.chart import MOST_TOPICS, draw, shown_topics
from zvonok_exam_prep.training.progress import Sum, first_day, progress
from zvonok_exam_prep.training.store import Answered

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
"""A Tuesday."""


def answer(
    days: float, points: int = 1, of: int = 1, topic: str = "Дроби", subject: str = "математика"
) -> Answered:
    """So many days ago."""
    at = milliseconds(NOW - timedelta(days=days))
    return Answered(ItemId("i"), subject, topic, 1, points, of, at, None)


def test_everything_is_summed() -> None:
    found = progress([answer(0, 1, 2), answer(0, 2, 2), answer(1, 0, 1)], NOW, ZONE)
    assert found.total == Sum(3, 3, 5)
    assert found.total.share == 60
    assert progress([], NOW, ZONE).total.share == 0


def test_a_few_days_are_shown_day_by_day() -> None:
    found = progress([answer(9), answer(0), answer(0)], NOW, ZONE)
    assert not found.weekly
    assert [span.begin.day for span in found.spans] == list(range(15, 25))
    assert [span.sum.tasks for span in found.spans] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]


def test_at_least_a_week_is_shown() -> None:
    assert len(progress([answer(0)], NOW, ZONE).spans) == 7
    assert len(progress([], NOW, ZONE).spans) == 7
    assert len(progress([answer(13)], NOW, ZONE).spans) == 14


def test_more_are_shown_week_by_week_from_monday_on() -> None:
    found = progress([answer(14), answer(2), answer(1), answer(0)], NOW, ZONE)
    assert found.weekly
    assert [(span.begin, span.sum.tasks) for span in found.spans] == [
        (date(2026, 11, 9), 1),
        (date(2026, 11, 16), 1),  # Sunday
        (date(2026, 11, 23), 2),
    ]


def test_days_are_the_school_s() -> None:
    late = Answered(
        ItemId("i"), "м", "", 1, 1, 1, milliseconds(datetime(2026, 11, 23, 21, 30, tzinfo=UTC)), None
    )
    assert [span.sum.tasks for span in progress([late], NOW, ZONE).spans][-2:] == [0, 1]
    assert [span.sum.tasks for span in progress([late], NOW, ZoneInfo("UTC")).spans][-2:] == [1, 0]


def test_answers_of_twelve_weeks_are_looked_at() -> None:
    assert first_day(NOW, ZONE) == date(2026, 9, 7)
    assert len(progress([answer((date(2026, 11, 24) - date(2026, 9, 7)).days)], NOW, ZONE).spans) == 12


def test_topics_that_are_hard_come_first() -> None:
    found = progress(
        [answer(0, 1, topic="Легко"), answer(0, 0, topic="Трудно"), answer(0, 0, topic="Трудно"),
         answer(0, 0, topic="Раз"), answer(0, 1, 2, topic="Средне"), answer(0, 1, 2, topic="Средне", subject="химия")],
        NOW, ZONE,
    )  # fmt: skip
    assert [(topic.subject, topic.topic) for topic in found.topics] == [
        ("математика", "Трудно"),
        ("математика", "Раз"),
        ("математика", "Средне"),
        ("химия", "Средне"),
        ("математика", "Легко"),
    ]
    assert found.subjects == ("математика", "химия")


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 3), st.sampled_from("абвг")), max_size=40))
def test_no_answer_is_lost(given_: list[tuple[int, int, str]]) -> None:
    answers = [answer(days, points, 3, topic) for days, points, topic in given_]
    found = progress(answers, NOW, ZONE)
    for parts in (found.spans, found.topics):
        sums = [part.sum for part in parts]
        assert (
            Sum(sum(s.tasks for s in sums), sum(s.points for s in sums), sum(s.of for s in sums))
            == found.total
        )
    begins = [span.begin for span in found.spans]
    assert begins == sorted(set(begins))
    assert len(begins) <= 14


# ---------------------------------------------------------------- the picture


def drawn(answers: Sequence[Answered]) -> tuple[int, int]:
    """Width and height of the picture."""
    png = draw(progress(answers, NOW, ZONE), Voice(str, "ru"))
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_it_is_as_wide_as_a_phone_and_as_high_as_it_needs() -> None:
    one = drawn([answer(0)])
    many = drawn([answer(days, topic=f"Тема {days}") for days in range(80)])
    assert one[0] == many[0] == 1080
    assert one[1] < many[1] < 2600


def test_the_topics_with_most_answers_are_shown() -> None:
    answers = [answer(0, 1, topic=f"Тема {number}") for number in range(20) for _ in range(number + 1)]
    found = progress(answers, NOW, ZONE)
    shown = {topic.topic for topic in shown_topics(found)}
    assert shown == {f"Тема {number}" for number in range(20 - MOST_TOPICS, 20)}


@pytest.mark.parametrize(
    "words", ["#set text(size: 99pt)", "$x$ *b* _i_ <a> @b", "\\", '"', "[#lorem(9)]", "Ы" * 100]
)
def test_words_are_data_and_no_markup(words: str) -> None:
    assert drawn([answer(0, topic=words), answer(0, subject=words)])[0] == 1080


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 2), st.text(max_size=30)), max_size=8))
def test_any_answers_make_a_picture(given_: list[tuple[int, int, str]]) -> None:
    assert drawn([answer(days, points, 2, topic) for days, points, topic in given_])[0] == 1080


# ---------------------------------------------------------------- the conversation

SALT = item(Word(("соль",)), id=ItemId("salt"), subject="химия", topic="Соли")
ICE = item(Word(("лёд",)), id=ItemId("ice"), subject="химия", topic="Вода")
OIL = item(Word(("масло",)), id=ItemId("oil"), subject="физика", topic="Плотность")
ONLY_OWN = [
    "Каждому я показываю только его собственный прогресс. Спросите самого ученика: если захочет, он покажет свой."
]


async def test_a_student_sees_their_own(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SALT, ICE, OIL)
    await ivan.says("тренажёр химия соли")
    await ivan.says("соль")
    talk.clock.advance(days=1)
    await ivan.says("тренажёр вода")
    await ivan.says("камень")
    assert await ivan.says("!прогресс") == [
        "За последние дни: 2 задания, 1 балл из 2 (50 %).\n"
        "По дням: 24.11 – 100 %, 25.11 – 0 %\n"
        "• Вода: 0 % (1 задание)\n"
        "• Соли: 100 % (1 задание)\n"
        "Завтра стоит повторить 2 задания."
    ]
    await ivan.says("тренажёр физика")
    await ivan.says("масло")
    (said,) = await ivan.says("прогресс")
    assert said.startswith("За последние дни: 3 задания, 2 балла из 3 (67 %).")
    assert "• Физика: Плотность: 100 % (1 задание)" in said
    picture = talk.said[-1].content
    assert (picture["msgtype"], picture["body"]) == ("m.image", said)
    assert "Плотность" not in (await ivan.says("прогресс по химии"))[0]


async def test_over_time_it_is_by_weeks(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SALT, ICE)
    for words in ("соль", "камень"):
        await ivan.says("тренажёр химия соли")
        await ivan.says(words)
        talk.clock.advance(days=20)
    (said,) = await ivan.says("прогресс")
    assert said.startswith(
        "Последние недели (6): 2 задания, 1 балл из 2 (50 %).\nПо неделям: 23.11 – 100 %, 14.12 – 0 %\n"
    )
    assert said.endswith("Завтра стоит повторить 1 задание.")
    talk.clock.advance(days=100)
    assert await ivan.says("прогресс") == ["Пока показать нечего. Сначала решите пару заданий: «!тренажёр»."]


async def test_in_a_room_the_answer_comes_directly(talk: Talk, room: TalkRoom) -> None:
    ivan = room.enter("Белов Иван Олегович, ученик")
    assert await ivan.says("!прогресс") == [
        "Ответ – в нашем личном чате.",
        "Пока показать нечего. Сначала решите пару заданий: «!тренажёр».",
    ]
    assert [event.room == room.id for event in talk.said] == [True, False]


async def test_nobody_sees_another_s(talk: Talk, room: TalkRoom, ivan: TalkPerson, anna: TalkPerson) -> None:
    await bring(talk, SALT)
    await ivan.says("тренажёр химия")
    await ivan.says("соль")
    mother = room.enter("Петрова Ольга Ивановна", Role.GUARDIAN, children=[ivan.person])
    masha = room.enter("Ёлкина Мария Олеговна, ученица")
    for person in (anna, mother, masha):
        directly = await person.writes_directly()
        assert await directly.says("!прогресс Петрова") == ONLY_OWN
        assert await directly.says(f"!прогресс {ivan.user}") == ONLY_OWN
    for person in (anna, mother):
        directly = await person.writes_directly()
        assert await directly.says("!прогресс") == ONLY_OWN
    assert "химия" not in str([event.content for event in talk.said if event.room == room.id])


async def test_a_teacher_who_trains_sees_their_own(talk: Talk, anna: TalkPerson) -> None:
    await bring(talk, SALT)
    directly = await anna.writes_directly()
    await directly.says("тренажёр химия")
    await directly.says("соль")
    assert "1 балл из 1" in (await directly.says("прогресс"))[0]


async def test_without_the_directory_it_works(talk: Talk, ivan: TalkPerson) -> None:
    talk.directory.away = True
    assert await ivan.says("прогресс") == ["Пока показать нечего. Сначала решите пару заданий: «!тренажёр»."]
