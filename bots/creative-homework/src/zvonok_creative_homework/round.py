"""A round of creative homework: the topics, and who may still take which. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from zvonok_core.ids import RoomId, UserId

MOST_TOPICS = 50
LONGEST_TOPIC, LONGEST_TITLE = 120, 80
"""Letters; more can't be read on a phone."""
SHORTEST, LONGEST = 5, 600
"""Seconds between which a teacher chooses the longest answer."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a teacher has set. Topics are counted from 1; each may be taken `times`. Answers
    take `seconds` at most, and come until `closes`, where there is a deadline."""

    id: str
    room: RoomId
    teacher: UserId
    title: str
    topics: tuple[str, ...]
    times: int
    seconds: int
    closes: datetime | None
    ended: datetime | None = None

    def topic(self, number: int) -> str | None:
        """A topic by its number; None where there is none."""
        return self.topics[number - 1] if 1 <= number <= len(self.topics) else None


@dataclass(frozen=True, slots=True)
class Places:
    """Which topics are taken, by whom: only those who are still here count."""

    round: Round
    takers: Mapping[int, tuple[UserId, ...]]

    def left(self, number: int) -> int:
        """How many may still take a topic."""
        return max(self.round.times - len(self.takers.get(number, ())), 0)

    @property
    def free(self) -> tuple[int, ...]:
        """The topics that somebody may still take."""
        return tuple(number for number in range(1, len(self.round.topics) + 1) if self.left(number))


def places(of: Round, picks: Mapping[UserId, int], here: Collection[UserId]) -> Places:
    """How the topics stand. `picks` are in the order in which they were made."""
    takers: dict[int, tuple[UserId, ...]] = {}
    for user, number in picks.items():
        if user in here:
            takers[number] = (*takers.get(number, ()), user)
    return Places(of, takers)


def enough(topics: int, students: int) -> int:
    """How often each topic must be free for everybody to get one."""
    return max(-(-students // max(topics, 1)), 1)
