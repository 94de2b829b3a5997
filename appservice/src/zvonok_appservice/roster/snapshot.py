"""What the journal says, frozen: one school's rows, each with where it was read.

A snapshot is a set of facts with dates, not yet of any day: `reconcile.today` reads off
what holds on one. Rows refer to each other by id; every id in a relation is a key of the
table it points into (`checks` has seen to that before a snapshot is made).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from zvonok_core.ids import AssociationId, ClassId, PersonId, SchoolId, SubgroupId, SubjectId
from zvonok_core.roles import Position, Role


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row was read: the file's name in its package, and the row as a
    spreadsheet numbers it (the header is row 1)."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Dates:
    """From `begin` (included) to `end` (excluded), in the school's days. None is open."""

    begin: date | None = None
    end: date | None = None

    def hold(self, day: date) -> bool:
        """Whether `day` lies within."""
        return (self.begin is None or self.begin <= day) and (self.end is None or day < self.end)


ALWAYS = Dates()


@dataclass(frozen=True, slots=True)
class School:
    """The school as the journal names it."""

    id: SchoolId
    title: str


@dataclass(frozen=True, slots=True)
class Person:
    """One human being, however many roles. `enabled` is OneRoster's enabledUser."""

    id: PersonId
    family: str
    given: str
    patronymic: str
    enabled: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A person has a role in this school for a time."""

    person: PersonId
    role: Role
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A person holds a position for a time."""

    person: PersonId
    position: Position
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class Class:
    """A cohort as it is called this year. `grade` is 1 to 11, None where the title does
    not tell; `order` is its place in the journal, by which titles are listed."""

    id: ClassId
    title: str
    grade: int | None
    order: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject over all years. `title` is what the journal calls it now."""

    id: SubjectId
    title: str


@dataclass(frozen=True, slots=True)
class Subgroup:
    """A part of one class, or of several. `label` tells it from others of its subject
    («группа 2»); it may be empty. `classes` are in the journal's order."""

    id: SubgroupId
    label: str
    classes: tuple[ClassId, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class ClassEnrolment:
    """A student is in a class for a time: in one class on any one day."""

    student: PersonId
    class_: ClassId
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class SubgroupEnrolment:
    """A student is in a subgroup for a time."""

    student: PersonId
    subgroup: SubgroupId
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class Guardianship:
    """A guardian of a child. A restricted one counts for no room through this child."""

    guardian: PersonId
    child: PersonId
    restricted: bool
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class Load:
    """A teacher teaches a subject to a class or to a subgroup (exactly one is set)."""

    teacher: PersonId
    subject: SubjectId
    class_: ClassId | None
    subgroup: SubgroupId | None
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class Homeroom:
    """A class head (классный руководитель) has a class for a time."""

    teacher: PersonId
    class_: ClassId
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class Association:
    """A methodical association (МО): `title` completes «МО …»."""

    id: AssociationId
    title: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class AssociationMember:
    """A member of an association; its chair is one, too."""

    person: PersonId
    association: AssociationId
    chair: bool
    dates: Dates
    origin: Origin


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One school's journal at the time it was read.

    `vanished` holds people whom the journal no longer lists and who are in their grace,
    with the day when they were missed first; their other rows are still here.
    """

    school: School
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    classes: Mapping[ClassId, Class] = field(default_factory=dict)
    subjects: Mapping[SubjectId, Subject] = field(default_factory=dict)
    subgroups: Mapping[SubgroupId, Subgroup] = field(default_factory=dict)
    associations: Mapping[AssociationId, Association] = field(default_factory=dict)
    roles: tuple[RoleRow, ...] = ()
    positions: tuple[PositionRow, ...] = ()
    class_enrolments: tuple[ClassEnrolment, ...] = ()
    subgroup_enrolments: tuple[SubgroupEnrolment, ...] = ()
    guardianships: tuple[Guardianship, ...] = ()
    loads: tuple[Load, ...] = ()
    homerooms: tuple[Homeroom, ...] = ()
    association_members: tuple[AssociationMember, ...] = ()
    vanished: Mapping[PersonId, date] = field(default_factory=dict)
