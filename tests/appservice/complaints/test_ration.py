"""No flood of complaints buries the one that matters, and none is lost in it."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from zvonok_appservice.complaints.ration import PER_CIRCLE, PER_REPORTER, Batch, Waiting, batches
from zvonok_core.ids import UserId

CIRCLES = [frozenset({UserId("@belova"), UserId("@deputy")}), frozenset({UserId("@deputy")})]


def _from(reporter: str, *numbers: int, circle: int = 0) -> list[Waiting]:
    return [Waiting(number, UserId(reporter), CIRCLES[circle]) for number in numbers]


def _numbers(told: list[Batch]) -> list[list[int]]:
    return [[one.number for one in batch] for batch in told]


def test_a_few_complaints_are_told_one_by_one() -> None:
    assert _numbers(batches(_from("@a", 3, 1, 2) + _from("@b", 4), [])) == [[1], [2], [3], [4]]


def test_a_burst_of_one_person_is_summed_up_in_the_last_letter() -> None:
    assert _numbers(batches(_from("@a", *range(1, 31)), [])) == [[1], [2], [3], [4], [*range(5, 31)]]


def test_whoever_has_spent_the_hour_waits_and_others_do_not() -> None:
    spent = _from("@a", *range(1, 6))
    assert _numbers(batches(_from("@a", 6, 7) + _from("@b", 8), spent)) == [[8]]
    assert _numbers(batches(_from("@a", 6, 7), spent[1:])) == [[6, 7]]
    assert _numbers(batches(_from("@a", 6), spent[1:])) == [[6]]


def test_what_is_for_different_people_is_never_summed_up_together() -> None:
    many = _from("@a", 1, 2, 3, 4, 5, 7) + _from("@a", 6, 8, circle=1)
    assert _numbers(batches(many, [])) == [[1], [2], [3], [4], [5, 7], [6, 8]]


def test_a_backlog_of_many_people_is_summed_up_as_well() -> None:
    backlog = [one for number in range(1, 101) for one in _from(f"@{number}", number)]
    told = batches(backlog, [])
    assert len(told) == PER_CIRCLE
    assert _numbers(told)[-1] == [*range(PER_CIRCLE, 101)]


_waiting = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([0, 1])).map(
        lambda pair: (UserId("@" + pair[0]), CIRCLES[pair[1]])
    ),
    max_size=60,
).map(lambda rows: [Waiting(number, *row) for number, row in enumerate(rows, 1)])


@given(_waiting, _waiting)
def test_letters_stay_within_the_ration_and_keep_every_complaint_for_its_people(
    waiting: list[Waiting], recent: list[Waiting]
) -> None:
    told = batches(waiting, recent)
    flat = [one for batch in told for one in batch]
    assert len(flat) == len(set(flat)) and set(flat) <= set(waiting)
    for batch in told:
        assert {one.recipients for one in batch} == {batch[0].recipients}
        assert [one.number for one in batch] == sorted(one.number for one in batch)
    circles = Counter(batch[0].recipients for batch in told)
    for circle in CIRCLES:
        spent = sum(one.recipients == circle for one in recent)
        assert circles[circle] <= max(0, PER_CIRCLE - spent)
    for reporter in {one.reporter for one in waiting}:
        spent = sum(one.reporter == reporter for one in recent)
        alone = [batch for batch in told if len(batch) == 1 and batch[0].reporter == reporter]
        assert len(alone) <= max(0, PER_REPORTER - spent) + len(CIRCLES) - 1
        left = [one for one in waiting if one.reporter == reporter and one not in flat]
        by_circle_full = {c for c in CIRCLES if sum(o.recipients == c for o in recent) >= PER_CIRCLE}
        if spent < PER_REPORTER:
            assert all(one.recipients in by_circle_full for one in left)
