"""Families: children in classes, with one guardian or two, siblings and special cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.roles import Role
from zvonok_demo.school.draft import Draft
from zvonok_demo.school.people import FATHERS, Father, Names, masculine

TWO_GUARDIANS = 0.78
SIBLINGS = 0.12
"""The shares of families with two guardians, and with more than one child in the school."""


@dataclass(frozen=True, slots=True)
class SpecialFamilies:
    """Those that every generated school has."""

    parent_of_two: PersonId
    children_of_two: tuple[PersonId, PersonId]
    """In different classes."""
    teacher_parent: PersonId
    child_of_teacher: PersonId
    restricted_guardian: PersonId
    full_guardian: PersonId
    child_of_restricted: PersonId
    student_without_class: PersonId
    moved_student: PersonId
    """Came from another class three weeks ago, where there are two classes of a grade."""


class Families:
    """Fills the free places of classes, family by family."""

    def __init__(self, draft: Draft, names: Names, sizes: Mapping[ClassId, int]) -> None:
        self._draft = draft
        self._names = names
        self._seats = [class_ for class_, size in sizes.items() for _ in range(size)]
        names.random.shuffle(self._seats)

    def add_special(self, first: ClassId, last: ClassId, teacher: PersonId, today: date) -> SpecialFamilies:
        """The families that are there in every school; `teacher` gets a child in `first`."""
        (mother,), (older, younger) = self._add("w", [last, first])
        (full, restricted), (of_restricted,) = self._add("wm", [last], restricted="m")
        _, (without,) = self._add("w", [None])
        _, (moved,) = self._add("wm", [None])
        self._move(moved, last, today)
        return SpecialFamilies(
            parent_of_two=mother,
            children_of_two=(older, younger),
            teacher_parent=teacher,
            child_of_teacher=self._add_child_of_teacher(teacher, first),
            restricted_guardian=restricted,
            full_guardian=full,
            child_of_restricted=of_restricted,
            student_without_class=without,
            moved_student=moved,
        )

    def fill(self) -> None:
        """Take the places that are left."""
        while self._seats:
            chance = self._names.random.random()
            count = 1 if chance >= SIBLINGS else 3 if chance < SIBLINGS / 10 else 2
            seats = self._seats[-count:]
            del self._seats[-count:]
            self._add("wm" if self._names.random.random() < TWO_GUARDIANS else "w", seats, taken=True)

    def _add(
        self, guardians: str, seats: Sequence[ClassId | None], *, restricted: str = "", taken: bool = False
    ) -> tuple[list[PersonId], list[PersonId]]:
        """A family with a mother (w), or a mother and a father (wm), and a child per seat."""
        family = self._names.family()
        man = self._names.man(family)
        names = {"w": self._names.woman(family), "m": man}
        adults = [(kind, self._draft.add_person(names[kind], Role.GUARDIAN)) for kind in guardians]
        father = next(father for father in FATHERS if father.given == man.given)
        children = []
        for seat in seats:
            child = self._add_child(family, father, seat, taken)
            for kind, adult in adults:
                self._draft.add_guardian(adult, child, restricted=kind == restricted)
            children.append(child)
        return [adult for _, adult in adults], children

    def _add_child(self, family: str, father: Father, seat: ClassId | None, taken: bool) -> PersonId:
        child = self._draft.add_person(self._names.child(family, father), Role.STUDENT)
        if seat is not None:
            if not taken:
                self._seats.remove(seat)
            self._draft.enrol(child, seat)
        return child

    def _add_child_of_teacher(self, teacher: PersonId, seat: ClassId) -> PersonId:
        person = self._draft.people[teacher]
        if person.patronymic.endswith("на"):
            family, father = masculine(person.family), self._names.father()
        else:
            family = person.family
            father = next(father for father in FATHERS if father.given == person.given)
        child = self._add_child(family, father, seat, taken=False)
        self._draft.add_role(teacher, Role.GUARDIAN)
        self._draft.add_guardian(teacher, child)
        return child

    def _move(self, student: PersonId, into: ClassId, today: date) -> None:
        """From another class of the grade, or from another school where there is none."""
        grade = self._draft.classes[into].grade
        parallel = [
            each.id for each in self._draft.classes.values() if each.grade == grade and each.id != into
        ]
        moved = today - timedelta(days=21)
        self._seats.remove(into)
        if parallel:
            self._draft.enrol(student, parallel[0], Dates(end=moved))
        self._draft.enrol(student, into, Dates(begin=moved))
