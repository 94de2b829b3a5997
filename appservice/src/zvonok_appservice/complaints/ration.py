"""How many letters complaints make: no flood buries the one that matters. Pure.

In an hour a reporter causes at most PER_REPORTER letters, and the same people get at most
PER_CIRCLE. What goes beyond is summed up in the last of them, or waits until there is room
for one more: each letter then takes all that has gathered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from zvonok_core.ids import UserId

K = TypeVar("K")

PER_REPORTER = 5
"""As many as anybody writes who is being hurt; whoever goes on is heard as well, in a sum."""
PER_CIRCLE = 20
"""More in an hour nobody reads one by one, as after days in which nothing was passed on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A complaint that is to be told, by its number: whose it is, and whom to tell."""

    number: int
    reporter: UserId
    recipients: frozenset[UserId]


Batch = tuple[Waiting, ...]
"""What is told in one letter: all with the same recipients, oldest first."""


def batches(waiting: Iterable[Waiting], recent: Sequence[Waiting]) -> list[Batch]:
    """The letters to write now. `recent` are those of the last hour, one for each."""
    singles: list[Batch] = [(one,) for one in sorted(waiting, key=lambda one: one.number)]
    fitting = _within(singles, recent, lambda one: one.reporter, PER_REPORTER)
    return _within(fitting, recent, lambda one: one.recipients, PER_CIRCLE)


def _within(
    ready: list[Batch], recent: Sequence[Waiting], key: Callable[[Waiting], K], limit: int
) -> list[Batch]:
    spent = Counter(key(one) for one in recent)
    groups: dict[K, list[Batch]] = {}
    for batch in ready:
        groups.setdefault(key(batch[0]), []).append(batch)
    kept: list[Batch] = []
    for value, group in groups.items():
        left = limit - spent[value]
        if len(group) <= left:
            kept += group
        elif left > 0:
            kept += group[: left - 1] + _summed_up(group[left - 1 :])
    return sorted(kept, key=lambda batch: batch[0].number)


def _summed_up(group: list[Batch]) -> list[Batch]:
    sums: dict[frozenset[UserId], Batch] = {}
    for batch in group:
        circle = batch[0].recipients
        sums[circle] = sums.get(circle, ()) + batch
    return [tuple(sorted(batch, key=lambda one: one.number)) for batch in sums.values()]
