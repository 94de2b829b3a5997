"""Which tasks a variant has, and which of them each student gets."""

from __future__ import annotations

from collections import Counter
from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.items import ItemId
from zvonok_exam_prep.variants import selecting
from zvonok_exam_prep.variants.selecting import choose, own_order, sheet, slots
from zvonok_exam_prep.variants.variant import Mode


def label(number: int, task: str = "", topic: str = "", difficulty: int = 1, points: int = 1) -> Label:
    return Label(ItemId(f"i{number}"), "физика", (9,), None, task, topic, difficulty, points)


labels_of_any_kind = st.lists(
    st.tuples(st.sampled_from(["", "1", "2", "3.1"]), st.sampled_from("абв"), st.integers(1, 3), st.integers(1, 2)),
    min_size=1,
    max_size=30,
).map(lambda many: [label(number, *one) for number, one in enumerate(many)])  # fmt: skip
seeds = st.text("абв", max_size=4)
PEOPLE = [f"@u{number}:s" for number in range(35)]


def given_out(slots: list[list[int]], mode: Mode, seed: str, people: list[str]) -> list[tuple[int, ...]]:
    """The positions of everybody's sheets, one after another."""
    found: list[tuple[int, ...]] = []
    for user in people:
        chosen = sheet(slots, mode, seed, user, found)
        assert sorted(slot for slot, _ in chosen) == list(range(len(slots)))
        assert all(position in slots[slot] for slot, position in chosen)
        found.append(tuple(position for _, position in chosen))
    return found


def positions(slots: list[list[Label]]) -> list[list[int]]:
    ids = list(dict.fromkeys(one.id for slot in slots for one in slot))
    return [[ids.index(one.id) for one in slot] for slot in slots]


@given(labels_of_any_kind, st.integers(1, 30), seeds)
def test_as_many_are_chosen_as_there_can_be_and_none_twice(
    labels: list[Label], count: int, seed: str
) -> None:
    chosen = choose(labels, count, seed)
    assert len({one.id for one in chosen}) == len(chosen) == min(count, len(labels))
    assert chosen == choose(labels, count, seed)


def test_numbers_topics_and_difficulties_are_spread_and_stand_as_in_the_exam() -> None:
    labels = [label(n, task=str(n % 12 + 1), difficulty=n % 3 + 1) for n in range(48)]
    chosen = choose(labels, 12, "x")
    assert [one.task for one in chosen] == [str(n) for n in range(1, 13)]
    plain = [label(n, topic="абвг"[n % 4], difficulty=n % 3 + 1) for n in range(48)]
    chosen = choose(plain, 12, "x")
    assert set(Counter(one.topic for one in chosen).values()) == {3}
    assert [one.difficulty for one in chosen] == [1] * 4 + [2] * 4 + [3] * 4


def test_another_seed_chooses_others() -> None:
    labels = [label(n) for n in range(40)]
    assert len({tuple(one.id for one in choose(labels, 5, str(seed))) for seed in range(20)}) == 20


@given(labels_of_any_kind, st.integers(1, 12), seeds)
def test_different_tasks_are_as_hard_and_worth_the_same(labels: list[Label], count: int, seed: str) -> None:
    chosen = choose(labels, count, seed)
    for one, slot in zip(chosen, slots(labels, chosen, Mode.DIFFERENT, seed), strict=True):
        assert slot[0] == one
        assert {(other.difficulty, other.points) for other in slot} == {(one.difficulty, one.points)}
        assert len({other.id for other in slot}) == len(slot) <= selecting.MOST_ALIKE
    for mode in (Mode.SAME, Mode.SHUFFLED):
        assert slots(labels, chosen, mode, seed) == [[one] for one in chosen]


def test_others_of_the_same_number_of_the_exam_go_before_all() -> None:
    labels = [label(n, task=str(n % 2)) for n in range(10)]
    (slot,) = slots(labels, [labels[0]], Mode.DIFFERENT, "")
    assert {one.task for one in slot} == {"0"}
    (alone,) = slots([label(0, task="1"), label(1, task="2")], [label(0, task="1")], Mode.DIFFERENT, "")
    assert [one.id for one in alone] == ["i0", "i1"]


@given(labels_of_any_kind, st.integers(1, 8), seeds, st.sampled_from([Mode.SHUFFLED, Mode.DIFFERENT]))
def test_each_student_has_each_place_once_and_nobody_the_same_order(
    labels: list[Label], count: int, seed: str, mode: Mode
) -> None:
    places = positions(slots(labels, choose(labels, count, seed), mode, seed))
    found = given_out(places, mode, seed, PEOPLE[:12])
    assert all(len(set(one)) == len(places) for one in found)
    if factorial(len(places)) >= 12:
        assert len(set(found)) == 12
    assert found == given_out(places, mode, seed, PEOPLE[:12])


def test_where_there_are_fewer_orders_than_students_each_is_there_as_often() -> None:
    found = given_out([[0], [1], [2]], Mode.SHUFFLED, "x", PEOPLE)
    assert sorted(Counter(found).values()) == [5, 6, 6, 6, 6, 6]


def test_a_whole_class_gets_its_own_orders_of_four_tasks_only_up_to_24() -> None:
    found = given_out([[0], [1], [2], [3]], Mode.SHUFFLED, "x", PEOPLE)
    assert len(set(found[:24])) == 24


def test_the_same_is_the_same_for_everybody() -> None:
    assert set(given_out([[2], [0], [1]], Mode.SAME, "x", PEOPLE)) == {(2, 0, 1)}


def test_different_tasks_are_given_out_as_evenly_as_can_be() -> None:
    places = [[n, *(other for other in range(20) if other != n)] for n in range(5)]
    found = given_out(places, Mode.DIFFERENT, "x", PEOPLE[:20])
    assert set(Counter(one for each in found for one in each).values()) == {5}


@pytest.mark.parametrize("places", [[[0, 1], [1]], [[0, 1, 2], [1, 0], [2]], [[0, 1], [1, 0], [2, 1, 0]]])
def test_there_always_is_a_way(places: list[list[int]]) -> None:
    for found in given_out(places, Mode.DIFFERENT, "y", PEOPLE):
        assert len(set(found)) == len(places)


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=9), seeds)
def test_an_order_of_one_s_own_has_all_in_it(things: list[int], seed: str) -> None:
    assert sorted(own_order(things, seed, [])) == sorted(things)
