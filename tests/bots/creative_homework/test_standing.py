"""Who may take what, and where everybody stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_core.clock import milliseconds
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.people import Person
from zvonok_creative_homework.remarks import Remark
from zvonok_creative_homework.round import Round, enough, places
from zvonok_creative_homework.standing import Answer, Said, most_curious, most_praised, rows
from zvonok_creative_homework.starting import reminder

FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
ROUND = Round("r", RoomId("!r"), UserId("@t"), "Чудеса", ("Радуга", "Молния", "Эхо"), 2, 60, FRIDAY)
PEOPLE = tuple(Person(UserId(f"@{name}"), name) for name in "abcde")
A, B, C, D, E = (person.user for person in PEOPLE)
ASKS, PRAISES = Remark(asks=True), Remark(praises=True)


def answer(at: datetime = FRIDAY, seconds: int = 42) -> Answer:
    return Answer(EventId("$"), seconds, milliseconds(at), alone=False)


def test_only_those_who_are_here_take_places() -> None:
    found = places(ROUND, {A: 1, B: 1, C: 2, D: 1}, {A, B, C})
    assert found.takers == {1: (A, B), 2: (C,)}
    assert [found.left(number) for number in (1, 2, 3)] == [0, 1, 2]
    assert found.free == (2, 3)


def test_who_comes_back_may_be_one_too_many_but_takes_nobody_s_place() -> None:
    found = places(ROUND, {A: 1, B: 1, C: 1}, {A, B, C})
    assert (found.left(1), found.free) == (0, (2, 3))


@pytest.mark.parametrize(
    ("topics", "students", "times"), [(3, 3, 1), (3, 4, 2), (3, 0, 1), (5, 25, 5), (5, 26, 6)]
)
def test_without_a_word_there_is_a_place_for_everybody(topics: int, students: int, times: int) -> None:
    assert enough(topics, students) == times


@given(st.integers(1, 50), st.integers(0, 200))
def test_there_is_never_one_place_more_than_needed(topics: int, students: int) -> None:
    times = enough(topics, students)
    assert topics * times >= students
    assert times == 1 or topics * (times - 1) < students


def test_the_table() -> None:
    said = [
        Said(A, B, ASKS),
        Said(A, B, ASKS),
        Said(A, "", ASKS),
        Said(A, B, PRAISES),
        Said(UserId("@t"), B, PRAISES),
        Said(C, B, Remark(asks=True, praises=True)),
        Said(C, B, Remark()),
    ]
    late = answer(FRIDAY + timedelta(seconds=1))
    a, b, c, d, _ = rows(ROUND, PEOPLE, {A: 1, B: 2, D: 3}, {B: late, C: answer()}, said)
    assert (a.topic, a.answer, a.questions, a.asked, a.praises) == ("Радуга", None, 3, (B,), (B,))
    assert (b.answer, b.late, b.praised_by, b.questions) == (late, True, (A, UserId("@t"), C), 0)
    assert (c.topic, c.late, c.questions, c.praises) == (None, False, 1, (B,))
    assert (d.topic, d.took_part) == ("Эхо", False)
    assert [row.took_part for row in (a, b, c)] == [True, True, True]


def test_whoever_is_not_in_the_class_any_more_is_not_in_the_table() -> None:
    assert [row.person.user for row in rows(ROUND, PEOPLE[:2], {C: 1}, {C: answer()}, [])] == [A, B]


def test_awards_are_for_few() -> None:
    praised = [Said(one, B, PRAISES) for one in (A, C)]
    table = rows(ROUND, PEOPLE, {}, {B: answer(), C: answer()}, praised)
    assert [row.person.user for row in most_praised(table)] == [B]
    assert most_curious(table) == ()
    once = rows(ROUND, PEOPLE, {}, {B: answer()}, praised[:1])
    assert most_praised(once) == ()
    unanswered = rows(ROUND, PEOPLE, {}, {}, praised)
    assert most_praised(unanswered) == ()
    alike = [Said(one, "", ASKS) for one in (A, A, B, B)]
    assert len(most_curious(rows(ROUND, PEOPLE, {}, {}, alike))) == 2
    too_many = [*alike, Said(C, "", ASKS), Said(C, "", ASKS)]
    assert most_curious(rows(ROUND, PEOPLE, {}, {}, too_many)) == ()


NOW = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "before"),
    [
        (timedelta(days=7), timedelta(days=1)),
        (timedelta(days=2, seconds=2), timedelta(days=1)),
        (timedelta(days=2), timedelta(days=1)),
        (timedelta(hours=10), timedelta(hours=5)),
        (timedelta(hours=2), None),
    ],
)
def test_when_people_are_reminded(left: timedelta, before: timedelta | None) -> None:
    due = reminder(NOW, NOW + left)
    assert due == (NOW + left - before if before else None)
