"""Who has voted for what: MSC3381's rules, for votes that came in any way. Pure.

Of each person the last vote until the end counts. One that names anything unknown, or
nothing, is spoilt, and overrides the earlier one all the same. Votes beyond the maximum are
cut. Reactions that stand together are one vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zvonok_core.ids import EventId, UserId
from zvonok_polls.poll import Item


class Way(StrEnum):
    """How a vote came."""

    NATIVE = "native"
    WORDS = "words"
    REACTION = "reaction"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote as it came in. `at` is the homeserver's time in milliseconds, `position` the
    order of the room. `answers` is None where the event made no sense."""

    event: EventId
    voter: UserId
    at: int
    position: int
    answers: tuple[str, ...] | None
    way: Way = Way.NATIVE


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes for each choice, and how many people have cast a good one."""

    votes: Mapping[str, int]
    voters: int
    spoilt: int = 0

    @property
    def leading(self) -> tuple[str, ...]:
        """The ids with the most votes; none where nobody has voted."""
        most = max(self.votes.values(), default=0)
        return tuple(choice for choice, count in self.votes.items() if count == most > 0)

    def share(self, choice: str) -> int:
        """Per cent of the voters, rounded."""
        return round(100 * self.votes.get(choice, 0) / self.voters) if self.voters else 0


def chosen(
    ballots: Iterable[Ballot], item: Item, until: int | None = None, *, first: bool = False
) -> dict[UserId, tuple[str, ...]]:
    """What each person has chosen; () for whoever has spoilt their vote. `until` is in
    milliseconds; with `first` the first good vote counts, and no later one."""
    by_voter: dict[UserId, list[Ballot]] = {}
    for ballot in sorted(ballots, key=lambda ballot: (ballot.at, ballot.position)):
        if until is None or ballot.at <= until:
            by_voter.setdefault(ballot.voter, []).append(ballot)
    found = {}
    for voter, cast in by_voter.items():
        if first:
            good = (taken for ballot in cast if (taken := _taken(ballot.answers, item)))
            found[voter] = next(good, ())
        else:
            found[voter] = _last(cast, item)
    return found


def tally(item: Item, choices: Mapping[UserId, tuple[str, ...]]) -> Tally:
    """Count what `chosen` has found."""
    votes = {choice.id: 0 for choice in item.choices}
    for taken in choices.values():
        for choice in taken:
            votes[choice] += 1
    voters = sum(1 for taken in choices.values() if taken)
    return Tally(votes, voters, len(choices) - voters)


def _last(cast: Sequence[Ballot], item: Item) -> tuple[str, ...]:
    last = cast[-1]
    if last.way is not Way.REACTION or item.most == 1:
        return _taken(last.answers, item)
    together: list[str] = []
    for ballot in reversed(cast):
        if ballot.way is not Way.REACTION:
            break
        together[:0] = ballot.answers or ()
    return _taken(tuple(together), item)


def _taken(answers: tuple[str, ...] | None, item: Item) -> tuple[str, ...]:
    known = {choice.id for choice in item.choices}
    if not answers or not known.issuperset(answers):
        return ()
    return tuple(dict.fromkeys(answers[: item.most]))
