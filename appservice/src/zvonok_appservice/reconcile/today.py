"""The roster as it stands on one day: dates resolved, rows indexed by what is asked of them.

A row gives nothing once the role under it is over, even if the row itself is open. A
person who is not enabled is due nowhere, but still counts for others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from zvonok_appservice.roster.snapshot import (
    AssociationMember,
    ClassEnrolment,
    Guardianship,
    Homeroom,
    Load,
    PositionRow,
    RoleRow,
    Snapshot,
    SubgroupEnrolment,
)
from zvonok_core.ids import AssociationId, ClassId, PersonId, SubgroupId, SubjectId
from zvonok_core.roles import STAFF_ROLES, Position, Role

K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, order=True)
class LoadKey:
    """What is taught to whom: exactly one of `class_` and `subgroup` is not empty."""

    subject: SubjectId
    class_: ClassId
    subgroup: SubgroupId

    @classmethod
    def of(cls, load: Load) -> LoadKey:
        """The key of a row."""
        return cls(load.subject, load.class_ or ClassId(""), load.subgroup or SubgroupId(""))


class Today:
    """Read-only. Everything in it holds on `day`."""

    def __init__(self, snapshot: Snapshot, day: date) -> None:
        self.snapshot = snapshot
        self.day = day
        self.roles: Mapping[PersonId, list[RoleRow]] = _grouped(
            (row.person, row) for row in snapshot.roles if row.dates.hold(day)
        )
        self.positions: Mapping[PersonId, list[PositionRow]] = _grouped(
            (row.person, row) for row in snapshot.positions if row.dates.hold(day)
        )
        self._classes_of_subgroup: dict[SubgroupId, list[ClassId]] = {}

    # ------------------------------------------------------------ people

    def has_role(self, person: PersonId, role: Role) -> bool:
        """Whether the person has the role today."""
        return any(row.role is role for row in self.roles.get(person, ()))

    def is_staff(self, person: PersonId) -> bool:
        """A staff role, or any position."""
        return person in self.positions or any(row.role in STAFF_ROLES for row in self.roles.get(person, ()))

    def is_absent(self, person: PersonId) -> bool:
        """No longer in the journal, and in the grace."""
        return person in self.snapshot.vanished

    def is_due(self, person: PersonId) -> bool:
        """Whether the person may be due in any room at all."""
        return self.snapshot.people[person].enabled

    def counts(self, person: PersonId) -> bool:
        """Whether anything makes the person one of the school today: staff, a student, or
        a guardian who counts through at least one child."""
        return self.is_staff(person) or self.has_role(person, Role.STUDENT) or person in self.children_of

    @cached_property
    def staff(self) -> list[PersonId]:
        """All staff, in the journal's order."""
        return [person for person in self.snapshot.people if self.is_staff(person)]

    @cached_property
    def holders(self) -> Mapping[Position, list[PositionRow]]:
        """The rows of each position."""
        return _grouped((row.position, row) for rows in self.positions.values() for row in rows)

    # ------------------------------------------------------------ classes

    @cached_property
    def students_of_class(self) -> Mapping[ClassId, list[ClassEnrolment]]:
        """Enrolments of today's students."""
        return _grouped(
            (row.class_, row)
            for row in self.snapshot.class_enrolments
            if row.dates.hold(self.day) and self.has_role(row.student, Role.STUDENT)
        )

    @cached_property
    def class_of(self) -> Mapping[PersonId, ClassEnrolment]:
        """The one class of each student who has one."""
        return {row.student: row for rows in self.students_of_class.values() for row in rows}

    @cached_property
    def guardians_of(self) -> Mapping[PersonId, list[Guardianship]]:
        """By child: the guardians who count for it. A restriction that holds today outweighs
        every other row of the same two people."""
        held = [row for row in self.snapshot.guardianships if row.dates.hold(self.day)]
        restricted = {(row.guardian, row.child) for row in held if row.restricted}
        return _grouped(
            (row.child, row)
            for row in held
            if (row.guardian, row.child) not in restricted
            and self.has_role(row.guardian, Role.GUARDIAN)
            and self.has_role(row.child, Role.STUDENT)
        )

    @cached_property
    def children_of(self) -> Mapping[PersonId, list[Guardianship]]:
        """By guardian: the children whom they count for."""
        return _grouped((row.guardian, row) for rows in self.guardians_of.values() for row in rows)

    @cached_property
    def homerooms_of_class(self) -> Mapping[ClassId, list[Homeroom]]:
        """The class heads of each class."""
        return _grouped(
            (row.class_, row)
            for row in self.snapshot.homerooms
            if row.dates.hold(self.day) and self.is_staff(row.teacher)
        )

    # ------------------------------------------------------------ teaching

    @cached_property
    def students_of_subgroup(self) -> Mapping[SubgroupId, list[SubgroupEnrolment]]:
        """Enrolments of today's students in subgroups; a student without a class is in none."""
        return _grouped(
            (row.subgroup, row)
            for row in self.snapshot.subgroup_enrolments
            if row.dates.hold(self.day) and row.student in self.class_of
        )

    @cached_property
    def loads(self) -> Mapping[LoadKey, list[Load]]:
        """What is to be taught today, by whom. Nobody, where the only teacher has left the
        school and the journal has not named another one yet: the students stay together."""
        found: dict[LoadKey, list[Load]] = {}
        for row in self.snapshot.loads:
            if row.dates.hold(self.day):
                teachers = found.setdefault(LoadKey.of(row), [])
                if self.is_staff(row.teacher):
                    teachers.append(row)
        return found

    @cached_property
    def loads_of_class(self) -> Mapping[ClassId, list[Load]]:
        """The loads that make somebody a teacher of a class: in the class itself, or in a
        subgroup that holds at least one of its students."""
        return _grouped(
            (class_, row)
            for key, rows in self.loads.items()
            for class_ in self.classes_taught(key)
            for row in rows
        )

    def classes_taught(self, key: LoadKey) -> list[ClassId]:
        """The classes that a load reaches today, in the journal's order."""
        if key.class_:
            return [key.class_]
        if key.subgroup not in self._classes_of_subgroup:
            rows = self.students_of_subgroup.get(key.subgroup, ())
            reached = {self.class_of[row.student].class_ for row in rows}
            self._classes_of_subgroup[key.subgroup] = self.in_order(reached)
        return self._classes_of_subgroup[key.subgroup]

    def in_order(self, classes: Iterable[ClassId]) -> list[ClassId]:
        """Classes as the journal lists them."""
        return sorted(classes, key=lambda class_: (self.snapshot.classes[class_].order, class_))

    @cached_property
    def associations(self) -> Mapping[AssociationId, list[AssociationMember]]:
        """The members of each association, its chair among them."""
        return _grouped(
            (row.association, row)
            for row in self.snapshot.association_members
            if row.dates.hold(self.day) and self.is_staff(row.person)
        )


def _grouped(pairs: Iterable[tuple[K, R]]) -> Mapping[K, list[R]]:
    found: dict[K, list[R]] = defaultdict(list)
    for key, row in pairs:
        found[key].append(row)
    return dict(found)
