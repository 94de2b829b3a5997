"""What becomes of a work: the table of states, and versions that never lose anything."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from zvonok_core.ids import EventId, UserId
from zvonok_file_collector.formats import Format
from zvonok_file_collector.states import (
    MINUTE,
    NEXT,
    TOGETHER,
    Act,
    FileRef,
    Part,
    Refused,
    Rules,
    State,
    Why,
    Work,
    accept,
    excuse,
    give_back,
    keep_both,
    take,
    take_back,
    withdraw,
)

HOUR = 60 * MINUTE
DEADLINE = 100 * HOUR
RULES = Rules(DEADLINE)
STRICT = Rules(DEADLINE, late=False)
_numbers = itertools.count()


def part(at: int, name: str = "", format: Format = Format.PDF) -> Part:
    number = next(_numbers)
    file = FileRef(f"mxc://s/{number}", name or f"{number}.pdf", 1000, format)
    return Part(EventId(f"$e{number}"), UserId("@ivan:s"), at, file)


def names(work: Work) -> list[str]:
    return [one.file.name for one in work.current if one.file]


def handed_in(*parts: Part, rules: Rules = RULES) -> Work:
    work = Work()
    for one in parts:
        work = take(work, one, rules)
    return work


# ---------------------------------------------------------------- the table


SAMPLES = {
    State.MISSING: Work(),
    State.HANDED_IN: handed_in(part(HOUR)),
    State.EXCUSED: excuse(Work()),
    State.RETURNED: give_back(handed_in(part(HOUR)), "Нет вывода"),
    State.AGAIN: take(give_back(handed_in(part(HOUR)), "Нет вывода"), part(2 * HOUR), RULES),
    State.ACCEPTED: accept(handed_in(part(HOUR))),
}
ACTS = {
    Act.HAND_IN: lambda work: take(work, part(3 * HOUR), RULES),
    Act.TAKE_BACK: lambda work: take_back(work, 3 * HOUR, RULES),
    Act.EXCUSE: excuse,
    Act.RETURN: lambda work: give_back(work, "Ещё раз"),
    Act.ACCEPT: accept,
}


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("state", list(SAMPLES))
def test_each_act_does_what_the_table_says_and_nothing_else(state: State, act: Act) -> None:
    assert SAMPLES[state].state is state
    if (state, act) in NEXT:
        assert ACTS[act](SAMPLES[state]).state is NEXT[state, act]
    else:
        with pytest.raises(Refused):
            ACTS[act](SAMPLES[state])


def test_late_is_never_stored() -> None:
    assert State.LATE not in {state for pair in NEXT.items() for state in (pair[0][0], pair[1])}


# ---------------------------------------------------------------- versions


def test_what_comes_in_a_row_is_one_version_and_what_comes_later_replaces_it() -> None:
    work = handed_in(part(HOUR, "1.jpg", Format.JPEG), part(HOUR + TOGETHER, "2.jpg", Format.JPEG))
    assert (work.version, names(work)) == (1, ["1.jpg", "2.jpg"])
    later = take(work, part(HOUR + 2 * TOGETHER + 1, "3.jpg", Format.JPEG), RULES)
    assert (later.version, names(later)) == (2, ["3.jpg"])
    assert {one.file.name for one in later.at_version(1) if one.file} == {"1.jpg", "2.jpg"}
    assert names(keep_both(later)) == ["1.jpg", "2.jpg", "3.jpg"]


def test_a_document_of_the_same_name_replaces_that_one_alone() -> None:
    work = handed_in(part(HOUR, "план.pdf"), part(HOUR, "эссе.pdf"), part(2 * HOUR, "эссе.pdf"))
    assert (work.version, names(work)) == (2, ["план.pdf", "эссе.pdf"])
    assert work.current[1].at == 2 * HOUR
    photos = handed_in(part(HOUR, "image.jpg", Format.JPEG), part(HOUR + 1, "image.jpg", Format.JPEG))
    assert (photos.version, names(photos)) == (1, ["image.jpg", "image.jpg"])


def test_the_same_event_counts_once() -> None:
    one = part(HOUR)
    assert handed_in(one, one) == handed_in(one)


def test_deleting_what_has_replaced_it_brings_the_old_version_back() -> None:
    old, new = part(HOUR, "a.pdf"), part(3 * HOUR, "b.pdf")
    work = withdraw(handed_in(old, new), new.event, 4 * HOUR, RULES)
    assert (work.state, work.version, names(work)) == (State.HANDED_IN, 1, ["a.pdf"])
    work = withdraw(work, old.event, 4 * HOUR, RULES)
    assert work == Work()
    same = handed_in(part(HOUR, "план.pdf"), part(HOUR, "эссе.pdf"), new := part(2 * HOUR, "эссе.pdf"))
    work = withdraw(same, new.event, 3 * HOUR, RULES)
    assert names(work) == ["план.pdf", "эссе.pdf"] and all(one.at == HOUR for one in work.current)


def test_deleting_one_of_several_leaves_the_others() -> None:
    first, second = part(HOUR, "a.pdf"), part(HOUR + 1, "b.pdf")
    work = withdraw(handed_in(first, second), first.event, 2 * HOUR, RULES)
    assert (work.state, work.version, names(work)) == (State.HANDED_IN, 1, ["b.pdf"])


def test_taking_back_takes_all_that_was_not_judged() -> None:
    assert take_back(handed_in(part(HOUR), part(3 * HOUR)), 4 * HOUR, RULES) == Work()
    returned = give_back(handed_in(part(HOUR, "a.pdf")), "Нет вывода")
    again = take(take(returned, part(5 * HOUR, "b.pdf"), RULES), part(7 * HOUR, "c.pdf"), RULES)
    assert take_back(again, 8 * HOUR, RULES) == returned
    with pytest.raises(Refused) as refused:
        withdraw(again, again.parts[0].event, 8 * HOUR, RULES)
    assert refused.value.why is Why.JUDGED


def test_there_is_nothing_to_bring_back_without_an_older_version() -> None:
    for work, why in (
        (handed_in(part(HOUR)), Why.NOTHING_BEFORE),
        (Work(), Why.NOTHING_THERE),
        (SAMPLES[State.ACCEPTED], Why.ACCEPTED),
    ):
        with pytest.raises(Refused) as refused:
            keep_both(work)
        assert refused.value.why is why


# ---------------------------------------------------------------- the deadline


@pytest.mark.parametrize(
    ("at", "state"),
    [(DEADLINE, State.HANDED_IN), (DEADLINE + MINUTE - 1, State.HANDED_IN), (DEADLINE + MINUTE, State.LATE)],
)
def test_all_of_the_minute_that_is_named_is_in_time(at: int, state: State) -> None:
    assert handed_in(part(at)).seen(RULES) is state


def test_nothing_is_late_without_a_deadline_and_extending_makes_it_in_time() -> None:
    work = handed_in(part(DEADLINE + HOUR))
    assert work.seen(RULES) is State.LATE
    assert work.seen(Rules()) is work.seen(Rules(DEADLINE + 2 * HOUR)) is State.HANDED_IN


def test_what_began_in_time_may_go_on_after_the_deadline() -> None:
    work = handed_in(part(DEADLINE), part(DEADLINE + TOGETHER), part(DEADLINE + 2 * TOGETHER), rules=STRICT)
    assert len(work.current) == 3 and work.seen(STRICT) is State.HANDED_IN


def test_after_the_deadline_a_work_is_neither_replaced_nor_taken_back() -> None:
    one = part(HOUR)
    work, at = handed_in(one), DEADLINE + MINUTE
    for act, why in (
        (lambda: take(work, part(at), RULES), Why.IN_TIME_ALREADY),
        (lambda: take_back(work, at, RULES), Why.SEALED),
        (lambda: withdraw(work, one.event, at, RULES), Why.SEALED),
        (lambda: take(Work(), part(at), STRICT), Why.TOO_LATE),
        (lambda: take(excuse(Work()), part(at), STRICT), Why.TOO_LATE),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.why is why


def test_a_document_sent_in_a_row_over_the_deadline_is_added_and_replaces_nothing() -> None:
    work = handed_in(part(DEADLINE, "эссе.pdf"), part(DEADLINE + 2 * MINUTE, "эссе.pdf"))
    assert names(work) == ["эссе.pdf", "эссе.pdf"]


def test_a_late_work_may_be_replaced_until_it_is_judged() -> None:
    work = handed_in(part(DEADLINE + HOUR, "a.pdf"), part(DEADLINE + 3 * HOUR, "b.pdf"))
    assert (names(work), work.seen(RULES)) == (["b.pdf"], State.LATE)


def test_what_was_returned_may_come_again_at_any_time() -> None:
    work = give_back(handed_in(part(HOUR), rules=STRICT), "Нет вывода")
    again = take(work, part(DEADLINE + 9 * HOUR, "b.pdf"), STRICT)
    assert (again.state, again.version, names(again)) == (State.AGAIN, 2, ["b.pdf"])
    assert take_back(again, DEADLINE + 10 * HOUR, STRICT) == work


def test_a_returned_work_is_never_added_to_what_was_returned() -> None:
    work = give_back(handed_in(part(HOUR, "a.pdf")), "Нет вывода")
    assert names(take(work, part(HOUR + 1, "b.pdf"), RULES)) == ["b.pdf"]


# ---------------------------------------------------------------- signs


def test_signs_that_something_was_read_add_up() -> None:
    first, second = (replace(part(at), file=None) for at in (HOUR, 9 * HOUR))
    work = handed_in(first, second)
    assert (work.state, work.version, len(work.current)) == (State.HANDED_IN, 1, 2)
    work = withdraw(work, second.event, 10 * HOUR, RULES)
    assert work.state is State.HANDED_IN
    assert withdraw(work, first.event, 10 * HOUR, RULES).state is State.MISSING


# ---------------------------------------------------------------- anything in any order


class Anything(RuleBasedStateMachine):
    """A student and a teacher who do anything, at moments that go on."""

    def __init__(self) -> None:
        super().__init__()
        self.work = Work()
        self.now = HOUR
        self.judged_files: set[str] = set()

    @rule(minutes=st.sampled_from([0, 1, 9, 11, 60, 2000, 6000]))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(
        name=st.sampled_from(["a.pdf", "b.pdf", "image.jpg"]),
        strict=st.booleans(),
    )
    def sends(self, name: str, strict: bool) -> None:
        kind = Format.JPEG if name.endswith("jpg") else Format.PDF
        new, before = part(self.now, name, kind), self.work
        try:
            self.work = take(before, new, STRICT if strict else RULES)
        except Refused:
            assert RULES.over(self.now) or before.state is State.ACCEPTED
            return
        assert self.work.current[-1].event == new.event, "what comes counts"
        assert {one.event for one in before.parts} < {one.event for one in self.work.parts}, "nothing is lost"

    @rule()
    def takes_back(self) -> None:
        try:
            self.work = take_back(self.work, self.now, RULES)
        except Refused:
            return
        assert {one.event for one in self.work.current} == self.judged_files

    @precondition(lambda self: self.work.parts)
    @rule(data=st.data())
    def deletes(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(self.work.parts)).event
        try:
            self.work = withdraw(self.work, gone, self.now, RULES)
        except Refused:
            return
        assert gone not in {one.event for one in self.work.parts}

    @rule()
    def wants_both(self) -> None:
        before = {one.event for one in self.work.current}
        try:
            self.work = keep_both(self.work)
        except Refused:
            return
        assert before < {one.event for one in self.work.current}

    @rule(act=st.sampled_from([Act.ACCEPT, Act.RETURN, Act.EXCUSE]))
    def judges(self, act: Act) -> None:
        try:
            self.work = ACTS[act](self.work)
        except Refused:
            return
        if act is not Act.EXCUSE and self.work.state is not State.MISSING:
            self.judged_files = {one.event for one in self.work.current}

    @invariant()
    def holds(self) -> None:
        work = self.work
        assert 0 <= work.judged <= work.version
        if work.state in (State.MISSING, State.EXCUSED):
            assert not work.parts and not work.version
        if work.state in (State.HANDED_IN, State.AGAIN):
            assert work.version > work.judged and work.began
            assert any(one.first == work.version for one in work.current)
        assert work.current == tuple(one for one in work.at_version(work.version) if one.last is None)
        assert all(one.last is None or one.first <= one.last < work.version for one in work.parts)
        assert {one.event for one in work.parts} >= self.judged_files, "what was judged stays"


TestAnything = Anything.TestCase
TestAnything.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
