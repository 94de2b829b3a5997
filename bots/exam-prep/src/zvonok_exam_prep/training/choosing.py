"""Which task comes next: what is due first, then new ones that are neither too easy nor too
hard. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.items import ItemId
from zvonok_exam_prep.training.store import Answered

MOST_LATEST = 40
"""Answers by which somebody's level is told,"""
LAST, FEWEST = 6, 3
"""of each difficulty the last ones, if there are a few."""
RISES, FALLS = 0.8, 0.4
"""Shares of their points from which on tasks become harder, and up to which they become easier."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A task, and whether it was seen before."""

    label: Label
    again: bool


def choose(
    labels: Sequence[Label],
    dues: Mapping[ItemId, int],
    latest: Sequence[Answered],
    now: int,
    *,
    recent: Sequence[ItemId] = (),
    seed: str = "",
    ahead: bool = False,
) -> Choice | None:
    """The next task; None where nothing is due and nothing is new. `latest` are the last answers,
    the oldest first; `recent` were shown last and come only if there is nothing else. With
    `ahead` it is something that is due later, where nothing else is left."""
    for avoided in (frozenset(recent), frozenset(recent[-1:]), frozenset[ItemId]()):
        open_to_all = [label for label in labels if label.id not in avoided]
        if due := [label for label in open_to_all if dues.get(label.id, now + 1) <= now]:
            return Choice(min(due, key=lambda label: (dues[label.id], label.id)), again=True)
        if new := [label for label in open_to_all if label.id not in dues]:
            wanted, topics = level(latest), {answer.topic for answer in latest[-2:] if answer.topic}
            return Choice(
                min(
                    new,
                    key=lambda label: (
                        abs(label.difficulty - wanted),
                        label.topic in topics,
                        crc32(f"{seed}|{label.id}".encode()),
                    ),
                ),
                again=False,
            )
    if not ahead or not labels:
        return None
    later = [label for label in labels if label.id not in recent[-1:]] or labels
    return Choice(min(later, key=lambda label: (dues[label.id], label.id)), again=True)


def level(latest: Sequence[Answered]) -> int:
    """The difficulty that fits, from 1 to 3: one more than what is mastered, and not what has
    proved too hard."""
    found = 1
    while found < 3 and (share := _share(latest, found)) is not None and share >= RISES:
        found += 1
    share = _share(latest, found)
    return found - 1 if found > 1 and share is not None and share <= FALLS else found


def _share(latest: Sequence[Answered], difficulty: int) -> float | None:
    """The share of the points in the last tasks of a difficulty; None where there were few."""
    last = [answer for answer in latest if answer.difficulty == difficulty][-LAST:]
    if len(last) < FEWEST:
        return None
    return sum(answer.points for answer in last) / max(sum(answer.of for answer in last), 1)


def due_until(labels: Sequence[Label], dues: Mapping[ItemId, int], until: int) -> int:
    """How many of these tasks are due before a moment."""
    return sum(dues.get(label.id, until) < until for label in labels)
