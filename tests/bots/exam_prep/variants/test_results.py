"""How a class has done, and how good the tasks were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.variants import CHOICE, ESSAY, FORCE, KINDS, SUM

from zvonok_core.ids import RoomId, UserId
from zvonok_core.people import Person
from zvonok_exam_prep.checking import Mark, check
from zvonok_exam_prep.items import Item, arrangeable, rearranged
from zvonok_exam_prep.variants.results import Standing, Status, standing, unmarked
from zvonok_exam_prep.variants.variant import Attempt, Given, Mode, Placed, Variant, as_written

NOW = datetime(2026, 12, 31, 20, 30, tzinfo=UTC)
ITEMS = dict(enumerate((SUM, FORCE, CHOICE, ESSAY)))
PEOPLE = [Person(UserId(f"@u{n}:s"), f"Ученик{n}") for n in range(7)]


def variant(minutes: int | None = None, closes: datetime = NOW + timedelta(days=1)) -> Variant:
    slots = tuple((n,) for n in ITEMS)
    return Variant("v", RoomId("!r"), UserId("@t:s"), "Физика", Mode.SAME, slots, 6, closes, minutes)


def attempt(user: UserId, order: tuple[int, ...] = (0, 1, 2, 3), **about: object) -> Attempt:
    sheet = tuple(Placed(n, n) for n in order)
    return Attempt("v", user, sheet, NOW - timedelta(minutes=30), NOW, **about)  # type: ignore[arg-type]


def stands(points: dict[int, dict[int, int | None]], **about: object) -> Standing:
    """Of each student the points by place; all have handed in."""
    attempts = {PEOPLE[n].user: attempt(PEOPLE[n].user, handed_in=NOW, **about) for n in points}
    answers = {
        PEOPLE[n].user: {place: Given(place, "слова", "а" if one == 0 else "", one) for place, one in each.items()}
        for n, each in points.items()
    }  # fmt: skip
    return standing(variant(), PEOPLE, attempts, answers, ITEMS, NOW)


def test_who_is_how_far() -> None:
    here = [PEOPLE[n].user for n in range(4)]
    attempts = {
        here[0]: attempt(here[0]),
        here[1]: attempt(here[1], handed_in=NOW),
        here[2]: attempt(here[2]),
    }
    answers = {here[0]: {0: Given(0, "5", "5", 1)}, here[2]: {3: Given(3, "Потому.")}}
    table = standing(variant(), PEOPLE[:4], attempts, answers, ITEMS, NOW).table
    assert [row.status for row in table] == [Status.WORKING, Status.DONE, Status.WORKING, Status.ABSENT]
    assert [(row.points, row.answered, row.unmarked) for row in table] == [
        (1, 1, 0),
        (0, 0, 0),
        (0, 1, 1),
        (0, 0, 0),
    ]
    later = standing(variant(minutes=30), PEOPLE[:3], attempts, answers, ITEMS, NOW).table
    assert {row.status for row in later} == {Status.DONE}


def test_the_time_of_a_timed_one_runs_over_midnight_and_the_year() -> None:
    timed = variant(minutes=60, closes=NOW + timedelta(hours=10))
    assert timed.ends(NOW) == datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    assert timed.ends(NOW + timedelta(hours=3)) == datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    assert timed.ends(NOW + timedelta(hours=9, minutes=30)) == timed.closes
    assert variant().ends(NOW) == NOW + timedelta(days=1)


def test_columns_are_tasks_in_whichever_order_they_were_asked() -> None:
    user = PEOPLE[0].user
    shuffled = attempt(user, (2, 0, 3, 1), handed_in=NOW)
    answers = {user: {0: Given(0, "3", "3", 1), 1: Given(1, "4", "4", 0)}}
    (row,) = standing(variant(), PEOPLE[:1], {user: shuffled}, answers, ITEMS, NOW).table
    assert [(cell.position, cell.points, cell.answered) for cell in row.cells] == [
        (0, 0, True),
        (1, 0, False),
        (2, 1, True),
        (3, 0, False),
    ]


def test_whoever_has_left_is_left_out_of_everything() -> None:
    full = stands({0: {0: 1}, 1: {0: 0}})
    some = standing(variant(), PEOPLE[:1], full.attempts, full.answers, ITEMS, NOW)
    assert [row.person for row in some.table] == PEOPLE[:1]
    assert (some.marks[0].asked, some.marks[0].share, some.marks[0].wrong) == (1, 100, ())


def test_difficulty_is_the_share_of_points_and_no_answer_is_none() -> None:
    marks = stands({0: {0: 1, 3: 3}, 1: {0: 0, 3: 1}, 2: {}}).marks
    assert [(one.position, one.asked, one.share) for one in marks] == [
        (0, 3, 33),
        (1, 3, 0),
        (2, 3, 0),
        (3, 3, 44),
    ]


def test_what_is_not_marked_yet_says_nothing_of_a_task() -> None:
    found = stands({0: {3: None}, 1: {3: 3}})
    assert (found.marks[3].asked, found.marks[3].share) == (1, 100)
    assert [one.position for one in stands({0: {3: None}}).marks] == [0, 1, 2]


def test_a_task_that_the_best_get_right_tells_them_apart() -> None:
    strong, weak = {0: 1, 1: 1, 2: 1}, {0: 0, 1: 0, 2: 0}
    marks = stands({n: strong if n < 3 else weak for n in range(6)}).marks
    assert [one.discrimination for one in marks] == [1.0, 1.0, 1.0, None]
    inverted = {n: {**(strong if n < 3 else weak), 2: int(n >= 3)} for n in range(6)}
    assert stands(inverted).marks[2].discrimination == -1.0
    assert stands({n: strong if n < 2 else weak for n in range(4)}).marks[0].discrimination is None


def test_the_commonest_wrong_answers_come_first() -> None:
    users = [person.user for person in PEOPLE]
    attempts = {user: attempt(user, handed_in=NOW) for user in users}
    said = ["4", "6", "4", "7", "6", "4", "1"]
    answers = {user: {0: Given(0, words, words, 0)} for user, words in zip(users, said, strict=True)}
    marks = standing(variant(), PEOPLE, attempts, answers, ITEMS, NOW).marks
    assert marks[0].wrong == (("4", 3), ("6", 2), ("1", 1))


def test_open_answers_wait_in_the_order_of_their_tasks() -> None:
    found = stands({0: {3: None}, 1: {3: None}, 2: {3: 1}})
    assert sorted(unmarked(found)) == [(PEOPLE[0].user, 3), (PEOPLE[1].user, 3)]
    assert unmarked(found) == unmarked(found)
    working = standing(
        variant(), PEOPLE, {PEOPLE[0].user: attempt(PEOPLE[0].user)}, found.answers, ITEMS, NOW
    )
    assert unmarked(working) == []


@pytest.mark.parametrize("item", KINDS, ids=lambda item: item.id)
@given(st.data())
def test_an_answer_to_shuffled_options_is_the_same_answer_to_the_original_ones(
    item: Item, data: st.DataObject
) -> None:
    count = arrangeable(item.asks)
    order = tuple(data.draw(st.permutations(range(count))))
    shuffled = rearranged(item, order)
    figures = data.draw(st.lists(st.integers(1, count), min_size=1, max_size=5))
    given_words = check(shuffled, " ".join(map(str, figures)))
    if not isinstance(given_words, Mark):
        return
    original = as_written(item.asks, order, given_words.given)
    again = check(item, original)
    assert isinstance(again, Mark)
    assert (again.points, again.errors, again.given) == (given_words.points, given_words.errors, original)


def test_an_answer_in_words_stays_as_it_is() -> None:
    assert as_written(SUM.asks, (), "12") == as_written(SUM.asks, (1, 0), "12") == "12"
