"""Who has handed in and who has not, as it stands now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zvonok_core.clock import milliseconds
from zvonok_core.ids import UserId
from zvonok_file_collector.collection import Collection
from zvonok_file_collector.duties import Duty
from zvonok_file_collector.states import TO_DO, Rules, State, Work

GOOD = frozenset({State.HANDED_IN, State.LATE, State.AGAIN, State.ACCEPTED})
"""States that count as handed in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One who is asked, with what they have handed in and how that is seen now."""

    duty: Duty
    work: Work
    state: State

    @property
    def name(self) -> str:
        return self.duty.subject.short

    @property
    def to_do(self) -> bool:
        """Whether something is still expected."""
        return self.state in TO_DO


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of those who are asked have handed in. The excused are not asked."""

    done: int
    asked: int


def rules_of(held: Collection) -> Rules:
    """What holds for whatever is sent."""
    return Rules(milliseconds(held.deadline) if held.deadline else None, held.late)


def rows(held: Collection, duties: Iterable[Duty], works: Mapping[UserId, Work]) -> tuple[Row, ...]:
    """The register, in the order of the duties."""
    rules = rules_of(held)
    found = []
    for duty in duties:
        work = works.get(duty.subject.user, Work())
        found.append(Row(duty, work, work.seen(rules)))
    return tuple(found)


def count(register: Iterable[Row]) -> Counts:
    """How far it is."""
    states = [row.state for row in register if row.state is not State.EXCUSED]
    return Counts(sum(state in GOOD for state in states), len(states))
