"""How a class has done, and how good the tasks were. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zlib import crc32

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
    """One task over all who have got it and are done: their number, its difficulty as the share of
    its points that they have got, per cent (of a task for one point: how many were right), its
    discrimination, see `zvonok_botkit.marks`, and the commonest wrong answers with how many gave
    them. What nobody has marked yet is left out."""

    position: int
    asked: int
    share: int
    discrimination: float | None
    wrong: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a class stands with a variant: those who are in it now, in their order."""

    items: Mapping[int, Item]
    attempts: Mapping[UserId, Attempt]
    answers: Mapping[UserId, Mapping[int, Given]]
    table: tuple[Row, ...]

    @property
    def marks(self) -> tuple[ItemMarks, ...]:
        """How good the tasks are."""
        return items_marks(self.table, self.attempts, self.answers, self.items)


def standing(
    variant: Variant,
    people: Sequence[Person],
    attempts: Mapping[UserId, Attempt],
    answers: Mapping[UserId, Mapping[int, Given]],
    items: Mapping[int, Item],
    now: datetime,
) -> Standing:
    """How these people stand."""
    return Standing(items, attempts, answers, rows(variant, people, attempts, answers, items, now))


def unmarked(standing: Standing) -> list[tuple[UserId, int]]:
    """The answers that a person has to mark, whose and at which place of their sheet: those to
    one task after another, the students in no order that anybody could know."""
    found = []
    for row in standing.table:
        if row.status is not Status.DONE or not row.unmarked:
            continue
        attempt = standing.attempts[row.person.user]
        for place, given in standing.answers.get(attempt.user, {}).items():
            if given.points is None:
                chance = crc32(f"{attempt.variant}|{attempt.user}".encode())
                found.append((attempt.sheet[place].position, chance, attempt.user, place))
    return [(user, place) for _, _, user, place in sorted(found)]


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
            share = round(100 * sum(of_this) / (len(of_this) * item.points))
            common = sorted(wrong[position].items(), key=lambda one: (-one[1], one[0]))[:MOST_WRONG]
            about = discrimination(marked, position)
            found.append(ItemMarks(position, len(of_this), share, about, tuple(common)))
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
