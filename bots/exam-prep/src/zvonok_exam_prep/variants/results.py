"""How a class has done, and how good the tasks were. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zvonok_botkit.marks import discrimination
from zvonok_core.ids import UserId
from zvonok_core.people import Person
from zvonok_exam_prep.items import Item
from zvonok_exam_prep.variants.variant import Attempt, Given, Variant, as_written

MOST_WRONG = 3
"""Wrong answers to a task that are worth showing."""


class Status(StrEnum):
    """How far somebody is."""

    ABSENT = "absent"
    WORKING = "working"
    DONE = "done"
    """They have handed in, or their time is up."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One task of one student: its position, what it was worth and could have been, and whether
    there is an answer. `points` are None while nobody has marked it, and without any answer as
    long as there is time."""

    position: int
    of: int
    points: int | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One student. `cells` are in the order of the variant's slots; () before they begin."""

    person: Person
    status: Status
    cells: tuple[Cell, ...] = ()

    @property
    def points(self) -> int:
        """All so far."""
        return sum(cell.points or 0 for cell in self.cells)

    @property
    def answered(self) -> int:
        """Tasks with an answer."""
        return sum(cell.answered for cell in self.cells)

    @property
    def unmarked(self) -> int:
        """Answers that a person has to mark."""
        return sum(cell.answered and cell.points is None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ItemMarks:
    """One task over all who have got it and are done: their number, how many of them were right
    (all points), its discrimination, see `zvonok_botkit.marks`, and the commonest wrong answers
    with how many gave them. What nobody has marked yet is left out."""

    position: int
    asked: int
    right: int
    discrimination: float | None
    wrong: tuple[tuple[str, int], ...]

    @property
    def share(self) -> int | None:
        """Per cent of right answers; None where nobody was asked."""
        return round(100 * self.right / self.asked) if self.asked else None


def rows(
    variant: Variant,
    people: Sequence[Person],
    attempts: Mapping[UserId, Attempt],
    answers: Mapping[UserId, Mapping[int, Given]],
    items: Mapping[int, Item],
    now: datetime,
) -> tuple[Row, ...]:
    """The table, in the order of `people`; of nobody else."""
    found = []
    for person in people:
        attempt = attempts.get(person.user)
        if attempt is None:
            found.append(Row(person, Status.ABSENT))
            continue
        done = attempt.handed_in is not None or now >= variant.ends(attempt.begun)
        cells = _cells(attempt, answers.get(person.user, {}), items, done)
        found.append(Row(person, Status.DONE if done else Status.WORKING, cells))
    return tuple(found)


def _cells(
    attempt: Attempt, answers: Mapping[int, Given], items: Mapping[int, Item], done: bool
) -> tuple[Cell, ...]:
    by_slot = {}
    for place, placed in enumerate(attempt.sheet):
        given = answers.get(place)
        points = given.points if given else (0 if done else None)
        by_slot[placed.slot] = Cell(placed.position, items[placed.position].points, points, given is not None)
    return tuple(by_slot[slot] for slot in sorted(by_slot))


def items_marks(
    table: Sequence[Row],
    attempts: Mapping[UserId, Attempt],
    answers: Mapping[UserId, Mapping[int, Given]],
    items: Mapping[int, Item],
) -> tuple[ItemMarks, ...]:
    """What is to be said of each task that somebody was asked, by position."""
    done = [row for row in table if row.status is Status.DONE]
    marked = [
        {cell.position: float(cell.points) for cell in row.cells if cell.points is not None} for row in done
    ]
    wrong = {position: Counter[str]() for position in items}
    for row in done:
        _count_wrong(wrong, attempts[row.person.user], answers.get(row.person.user, {}), items)
    found = []
    for position, item in items.items():
        of_this = [one[position] for one in marked if position in one]
        if of_this:
            right = sum(points == item.points for points in of_this)
            common = sorted(wrong[position].items(), key=lambda one: (-one[1], one[0]))[:MOST_WRONG]
            about = discrimination(marked, position)
            found.append(ItemMarks(position, len(of_this), right, about, tuple(common)))
    return tuple(found)


def _count_wrong(
    wrong: Mapping[int, Counter[str]],
    attempt: Attempt,
    answers: Mapping[int, Given],
    items: Mapping[int, Item],
) -> None:
    for place, given in answers.items():
        placed = attempt.sheet[place]
        item = items[placed.position]
        if given.given and given.points is not None and given.points < item.points:
            wrong[placed.position][as_written(item.asks, placed.order, given.given)] += 1
