"""What answers are worth, and how good the questions are. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zvonok_botkit.marks import discrimination
from zvonok_core.ids import UserId
from zvonok_polls.poll import Item

Answers = Mapping[tuple[UserId, int], tuple[str, ...]]
"""What each person has chosen for each item, from 0 on."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person's points for each item, None where there is no answer."""

    user: UserId
    points: tuple[int | None, ...]

    @property
    def total(self) -> int:
        return sum(points or 0 for points in self.points)

    @property
    def answered(self) -> int:
        return sum(points is not None for points in self.points)


@dataclass(frozen=True, slots=True)
class ItemMarks:
    """One question over all who have answered it: their number, how many were right, the
    number that chose each answer, and the discrimination, see `zvonok_botkit.marks`."""

    answered: int
    right: int
    chosen: Mapping[str, int]
    discrimination: float | None

    @property
    def share(self) -> int | None:
        """Per cent of right answers; None where nobody has answered."""
        return round(100 * self.right / self.answered) if self.answered else None


@dataclass(frozen=True, slots=True)
class Marks:
    """The whole table."""

    rows: tuple[Row, ...]
    items: tuple[ItemMarks, ...]
    most: int
    """Points that can be had."""


def points_of(item: Item, chosen: Sequence[str]) -> int:
    """All right answers and no wrong one earn the points."""
    return item.points if item.right and frozenset(chosen) == item.right else 0


def marks(items: Sequence[Item], answers: Answers, people: Sequence[UserId] = ()) -> Marks:
    """The table, in the order of `people`; whoever is not among them comes last."""
    known = {user for user, _ in answers}
    order = [user for user in people if user in known] + sorted(known - set(people))
    rows = tuple(Row(user, _points(items, answers, user)) for user in order)
    about = tuple(_about(place, item, answers, rows) for place, item in enumerate(items))
    return Marks(rows, about, sum(item.points for item in items))


def _points(items: Sequence[Item], answers: Answers, user: UserId) -> tuple[int | None, ...]:
    return tuple(
        points_of(item, answers[user, place]) if (user, place) in answers else None
        for place, item in enumerate(items)
    )


def _about(place: int, item: Item, answers: Answers, rows: Sequence[Row]) -> ItemMarks:
    given = [row for row in rows if row.points[place] is not None]
    chosen = {choice.id: 0 for choice in item.choices}
    for row in given:
        for choice in answers[row.user, place]:
            if choice in chosen:
                chosen[choice] += 1
    points = [{at: one for at, one in enumerate(row.points) if one is not None} for row in rows]
    right = sum((row.points[place] or 0) > 0 for row in given)
    return ItemMarks(len(given), right, chosen, discrimination(points, place))
