"""Which task comes next, and when."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.items import ItemId
from zvonok_exam_prep.training.choosing import choose, due_until, level
from zvonok_exam_prep.training.store import Answered

NOW = 1_000_000


def label(number: int, difficulty: int = 1, topic: str = "") -> Label:
    return Label(ItemId(f"i{number}"), "математика", (7,), difficulty=difficulty, topic=topic)


def answer(difficulty: int, points: int, of: int = 1, topic: str = "") -> Answered:
    return Answered(ItemId("i"), "математика", topic, difficulty, points, of, 0, None)


def due(**numbers: int) -> dict[ItemId, int]:
    return {ItemId(name): at for name, at in numbers.items()}


def chosen(*args: object, **kwargs: object) -> str:
    choice = choose(*args, **kwargs)  # type: ignore[arg-type]
    return choice.label.id if choice else ""


def test_what_is_due_longest_comes_first_and_before_anything_new() -> None:
    labels = [label(number) for number in range(4)]
    choice = choose(labels, due(i1=NOW - 5, i2=NOW - 9, i3=NOW + 1), [], NOW)
    assert choice
    assert (choice.label.id, choice.again) == ("i2", True)
    assert chosen(labels, due(i1=NOW), [], NOW) == "i1"


def test_then_comes_what_is_new() -> None:
    choice = choose([label(1), label(2)], due(i1=NOW + 1), [], NOW)
    assert choice
    assert (choice.label.id, choice.again) == ("i2", False)


def test_then_nothing_but_what_is_asked_for_ahead_of_its_time() -> None:
    labels = [label(1), label(2)]
    later = due(i1=NOW + 9, i2=NOW + 5)
    assert chosen(labels, later, [], NOW) == ""
    assert chosen(labels, later, [], NOW, ahead=True) == "i2"
    assert chosen(labels, later, [], NOW, ahead=True, recent=[ItemId("i2")]) == "i1"
    assert chosen([], {}, [], NOW, ahead=True) == ""


def test_what_was_shown_lately_waits_unless_there_is_nothing_else() -> None:
    labels = [label(number) for number in (1, 2)]
    assert chosen(labels, due(i1=NOW - 9, i2=NOW - 5), [], NOW, recent=[ItemId("i1")]) == "i2"
    both = [ItemId("i2"), ItemId("i1")]
    assert chosen(labels, due(i1=NOW - 9, i2=NOW - 5), [], NOW, recent=both) == "i2"
    assert chosen([label(1)], due(i1=NOW - 9), [], NOW, recent=[ItemId("i1")]) == "i1"
    assert chosen([label(1)], due(i1=NOW + 9), [], NOW, recent=[ItemId("i1")], ahead=True) == "i1"


@pytest.mark.parametrize(
    ("latest", "wanted"),
    [
        ([], 1),
        ([answer(1, 1)] * 2, 1),
        ([answer(1, 1)] * 3, 2),
        ([answer(1, 1)] * 3 + [answer(1, 0)], 1),
        ([answer(1, 1)] * 4 + [answer(1, 0)], 2),
        ([answer(1, 1)] * 3 + [answer(2, 1), answer(2, 0), answer(2, 0)], 1),
        ([answer(1, 1)] * 3 + [answer(2, 1), answer(2, 1), answer(2, 0), answer(2, 0)], 2),
        ([answer(1, 0)] * 6 + [answer(1, 1)] * 6, 2),
        ([answer(1, 1)] * 3 + [answer(2, 0)] * 2, 2),
        ([answer(1, 1)] * 3 + [answer(2, 0)] * 3, 1),
        ([answer(1, 1)] * 3 + [answer(2, 2, 2)] * 3, 3),
        ([answer(1, 1)] * 3 + [answer(2, 1)] * 3 + [answer(1, 1)], 3),
        ([answer(1, 1)] * 3 + [answer(2, 1)] * 3 + [answer(3, 0)] * 3, 2),
        ([answer(3, 3, 3)] * 6, 1),  # nothing is known of the easier ones
        ([answer(1, 0)] * 6, 1),
    ],
)
def test_tasks_become_harder_with_success_and_easier_without(latest: list[Answered], wanted: int) -> None:
    assert level(latest) == wanted


def test_new_tasks_are_of_the_level_that_fits_or_near_it() -> None:
    labels = [label(1, 1), label(2, 2), label(3, 3)]
    good = [answer(1, 1)] * 3
    assert chosen(labels, {}, [], NOW) == "i1"
    assert chosen(labels, {}, good, NOW) == "i2"
    assert chosen([labels[0], labels[2]], {}, good + [answer(2, 1)] * 3, NOW) == "i3"


def test_topics_take_turns() -> None:
    labels = [label(1, topic="дроби"), label(2, topic="корни")]
    for topic, other in (("дроби", "i2"), ("корни", "i1")):
        assert chosen(labels, {}, [answer(1, 1, topic=topic)], NOW) == other


def test_each_student_has_an_order_of_their_own_and_keeps_it() -> None:
    labels = [label(number) for number in range(10)]
    first = {seed: chosen(labels, {}, [], NOW, seed=seed) for seed in ("@a:s", "@b:s", "@c:s", "@d:s")}
    assert len(set(first.values())) > 1
    assert all(
        chosen(reversed_, {}, [], NOW, seed="@a:s") == first["@a:s"] for reversed_ in (labels, labels[::-1])
    )


def test_what_is_due_by_a_moment_is_counted() -> None:
    labels = [label(number) for number in (1, 2, 3)]
    assert due_until(labels, due(i1=NOW - 5, i2=NOW, gone=NOW - 9), NOW) == 1
    assert due_until(labels, due(i1=NOW - 5, i2=NOW, gone=NOW - 9), NOW + 1) == 2


@given(
    st.dictionaries(st.integers(0, 9), st.integers(NOW - 50, NOW + 50)),
    st.lists(st.integers(0, 9), max_size=5, unique=True),
    st.booleans(),
)
def test_everything_comes_in_its_time(dues: dict[int, int], recent: list[int], ahead: bool) -> None:
    """Whatever is chosen is due, or new while nothing is due, or wanted ahead; and never the one
    that was shown just now."""
    labels = [label(number) for number in range(10)]
    known = {ItemId(f"i{number}"): at for number, at in dues.items()}
    lately = [ItemId(f"i{number}") for number in recent]
    choice = choose(labels, known, [], NOW, recent=lately, ahead=ahead)
    if choice is None:
        assert not ahead
        assert all(known.get(one.id, 0) > NOW for one in labels)
        return
    found = choice.label.id
    others = [one.id for one in labels if one.id not in lately[-1:]]
    open_now = [one for one in others if known.get(one, 0) <= NOW]
    assert found in others or not open_now
    assert choice.again is (found in known)
    ready = [one for one in others if known.get(one, NOW + 1) <= NOW and one not in lately]
    if ready:
        assert known[found] == min(known[one] for one in ready)
    elif found in known:
        assert known[found] <= NOW or ahead
    assert not (found in known and known[found] > NOW and any(one not in known for one in others))


def test_a_whole_collection_is_gone_through_once() -> None:
    labels = [label(number, 1 + number % 3, f"тема {number % 4}") for number in range(30)]
    dues: dict[ItemId, int] = {}
    seen: list[ItemId] = []
    for now in itertools.count(NOW):
        choice = choose(labels, dues, [], now, recent=seen[-5:])
        if choice is None:
            break
        seen.append(choice.label.id)
        dues[choice.label.id] = now + 10_000
    assert sorted(seen) == sorted(one.id for one in labels)
