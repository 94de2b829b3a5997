"""How votes are counted: MSC3381, whichever way they came."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from zvonok_core.ids import EventId, UserId
from zvonok_polls.counting import Ballot, Tally, Way, chosen, tally
from zvonok_polls.poll import Item, choices

ITEM = Item("?", choices(["а", "б", "в"]))
SEVERAL = Item("?", choices(["а", "б", "в"]), 2)
IVAN, ZOYA = UserId("@ivan:s"), UserId("@zoya:s")

answers = st.none() | st.lists(st.sampled_from(["a1", "a2", "a3", "a4"]), max_size=4).map(tuple)
ballots = st.lists(
    st.builds(
        Ballot,
        event=st.integers(0, 10**6).map(lambda number: EventId(f"${number}")),
        voter=st.sampled_from([IVAN, ZOYA, UserId("@oleg:s")]),
        at=st.integers(0, 5),
        position=st.integers(0, 100),
        answers=answers,
        way=st.sampled_from(list(Way)),
    ),
    max_size=20,
    unique_by=lambda ballot: ballot.position,
)


def cast(*given: tuple[str, ...] | None, way: Way = Way.NATIVE, voter: UserId = IVAN) -> list[Ballot]:
    return [Ballot(EventId(f"${at}"), voter, at, at, one, way) for at, one in enumerate(given)]


def test_the_last_vote_counts_and_a_spoilt_one_overrides_it() -> None:
    assert chosen(cast(("a1",), ("a2",)), ITEM) == {IVAN: ("a2",)}
    for spoilt in ((), ("nonsense",), ("a1", "nonsense"), None):
        assert chosen(cast(("a1",), spoilt), ITEM) == {IVAN: ()}


def test_of_two_votes_in_one_millisecond_the_later_in_the_room_counts() -> None:
    one, two = (Ballot(EventId(f"${n}"), IVAN, 7, n, (f"a{n}",)) for n in (1, 2))
    assert chosen([two, one], ITEM) == chosen([one, two], ITEM) == {IVAN: ("a2",)}


def test_what_is_too_much_is_cut_and_what_is_double_counts_once() -> None:
    assert chosen(cast(("a2", "a1")), ITEM) == {IVAN: ("a2",)}
    assert chosen(cast(("a3", "a2", "a1")), SEVERAL) == {IVAN: ("a3", "a2")}
    assert chosen(cast(("a1", "a1", "a2")), SEVERAL) == {IVAN: ("a1",)}, "cut before it is told apart"


def test_what_came_after_the_end_is_as_if_it_were_not() -> None:
    votes = cast(("a1",), ("a2",), ("a3",))
    assert chosen(votes, ITEM, until=1) == {IVAN: ("a2",)}
    assert chosen(votes, ITEM, until=-1) == {}


def test_reactions_stand_together_until_a_vote_of_another_kind() -> None:
    first, second, third = cast(("a1",), ("a2",), ("a3",), way=Way.REACTION)
    assert chosen([first, third], SEVERAL) == {IVAN: ("a1", "a3")}
    assert chosen([first, second, third], SEVERAL) == {IVAN: ("a1", "a2")}
    assert chosen([first, third], ITEM) == {IVAN: ("a3",)}
    words = Ballot(EventId("$w"), IVAN, 1, 1, ("a2",), Way.WORDS)
    assert chosen([first, words], SEVERAL) == {IVAN: ("a2",)}
    assert chosen([first, words, third], SEVERAL) == {IVAN: ("a3",)}


def test_in_a_quiz_the_first_good_vote_counts() -> None:
    assert chosen(cast(None, ("a2",), ("a1",)), ITEM, first=True) == {IVAN: ("a2",)}


@given(ballots)
def test_nobody_is_counted_twice_and_nothing_is_lost(cast: list[Ballot]) -> None:
    found = chosen(cast, SEVERAL)
    counted = tally(SEVERAL, found)
    assert set(found) == {ballot.voter for ballot in cast}
    assert counted.voters + counted.spoilt == len(found)
    assert sum(counted.votes.values()) == sum(len(taken) for taken in found.values())
    assert all(votes <= counted.voters for votes in counted.votes.values())
    for taken in found.values():
        assert len(taken) == len(set(taken)) <= 2


@given(ballots, st.randoms())
def test_the_order_in_which_they_are_read_does_not_matter(cast: list[Ballot], chance: object) -> None:
    mixed = list(cast)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    for item in (ITEM, SEVERAL):
        assert chosen(mixed, item) == chosen(cast, item)


@given(ballots, st.integers(0, 5))
def test_a_vote_without_reactions_is_the_last_one_as_a_plain_count_has_it(
    cast: list[Ballot], until: int
) -> None:
    plain = [Ballot(b.event, b.voter, b.at, b.position, b.answers) for b in cast]
    last: dict[UserId, Ballot] = {}
    for ballot in sorted(plain, key=lambda ballot: (ballot.at, ballot.position)):
        if ballot.at <= until:
            last[ballot.voter] = ballot
    good = Counter(
        ballot.answers[0]
        for ballot in last.values()
        if ballot.answers and {"a1", "a2", "a3"}.issuperset(ballot.answers)
    )
    counted = tally(ITEM, chosen(plain, ITEM, until))
    assert Counter({choice: votes for choice, votes in counted.votes.items() if votes}) == good


def test_shares_and_leaders() -> None:
    assert Tally({"a1": 2, "a2": 1, "a3": 2}, 5).leading == ("a1", "a3")
    assert Tally({"a1": 0, "a2": 0}, 0).leading == ()
    assert [Tally({"a1": 2, "a2": 1}, 3).share(one) for one in ("a1", "a2", "a9")] == [67, 33, 0]
    assert Tally({"a1": 0}, 0).share("a1") == 0
