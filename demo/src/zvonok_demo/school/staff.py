"""The staff: as many teachers of each kind as the hours ask for, and everybody else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from zvonok_appservice.roster.snapshot import Class
from zvonok_core.ids import AssociationId, ClassId, PersonId, SubjectId
from zvonok_core.roles import Position, Role
from zvonok_demo.school.curriculum import COURSES, DEPARTMENT_OF, DEPARTMENTS, PRIMARY, Course
from zvonok_demo.school.draft import Draft
from zvonok_demo.school.people import Name, Names

HOURS = 18
"""Lessons a week of one teacher, on the average."""
LAST_PRIMARY_GRADE = 4
SMALL = 6
"""A school of fewer classes than this has one kind of teacher for each department."""

OTHERS = (
    (Role.PRINCIPAL, Position.HEAD),
    (Role.COUNSELOR, Position.PSYCHOLOGIST),
    (Role.COUNSELOR, Position.SOCIAL_PEDAGOGUE),
    (Role.AIDE, Position.NURSE),
    (Role.AIDE, Position.LIBRARIAN),
    (Role.AIDE, Position.SECRETARY),
    (Role.AIDE, Position.OTHER),
)


@dataclass(slots=True)
class Teaching:
    """Who may teach what: teachers by speciality, in a small school by department."""

    by_kind: dict[str, list[PersonId]] = field(default_factory=lambda: defaultdict(list))
    heads: dict[ClassId, PersonId] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def next(self, kind: str) -> PersonId:
        """The teachers of a kind take turns."""
        teachers = self.by_kind[kind]
        self.turns[kind] += 1
        return teachers[self.turns[kind] % len(teachers)]


@dataclass(frozen=True, slots=True)
class Staff:
    """The people whom rooms and tests know by their duty."""

    head: PersonId
    deputy_studies: PersonId
    deputy_upbringing: PersonId
    psychologist: PersonId
    social_pedagogue: PersonId
    nurse: PersonId
    librarian: PersonId
    secretary: PersonId
    other: PersonId
    """A duty that no rule knows by name."""

    @property
    def administration(self) -> frozenset[PersonId]:
        """The head and the deputies."""
        return frozenset({self.head, self.deputy_studies, self.deputy_upbringing})


def is_primary(class_: Class) -> bool:
    """Whether one teacher has nearly all lessons of the class."""
    return class_.grade is not None and class_.grade <= LAST_PRIMARY_GRADE


def kind_of(course: Course, class_: Class, small: bool) -> str:
    """The key of `Teaching.by_kind` under which a course finds its teachers."""
    if is_primary(class_) and not course.specialist:
        return PRIMARY
    return DEPARTMENT_OF[course.speciality].id if small else course.speciality


def courses_of(class_: Class, subjects: Collection[SubjectId] | None) -> list[Course]:
    """What a class has this year, of `subjects` only where they are given."""
    return [
        course
        for course in COURSES
        if class_.grade in course.hours and (subjects is None or course.id in subjects)
    ]


def add_staff(draft: Draft, names: Names, subjects: Collection[SubjectId] | None) -> tuple[Staff, Teaching]:
    """Hire for the classes that `draft` has. Teachers come first, then everybody else."""
    teaching = Teaching()
    small = len(draft.classes) < SMALL
    needed: dict[str, int] = defaultdict(int)
    fewest: dict[str, int] = defaultdict(lambda: 1)
    for class_ in draft.classes.values():
        for course in courses_of(class_, subjects):
            both = 2 if course.subgroups else 1
            kind = kind_of(course, class_, small)
            needed[kind] += course.hours[class_.grade or 0] * both
            fewest[kind] = max(fewest[kind], both)
    for kind, hours in needed.items():
        primary = [class_.id for class_ in draft.classes.values() if is_primary(class_)]
        count = len(primary) if kind == PRIMARY else max(math.ceil(hours / HOURS), fewest[kind])
        for _ in range(count):
            teaching.by_kind[kind].append(draft.add_person(_grown_up(names), Role.TEACHER))
    staff = _add_others(draft, names, teaching)
    appoint_class_heads(draft, teaching, {})
    draft.add_associations(_associations(teaching))
    return staff, teaching


def _grown_up(names: Names) -> Name:
    return names.woman() if names.random.random() < 0.85 else names.man()


def _add_others(draft: Draft, names: Names, teaching: Teaching) -> Staff:
    found: dict[str, PersonId] = {}
    for role, position in OTHERS:
        found[position.value] = draft.add_person(_grown_up(names), role)
        draft.add_position(found[position.value], position)
    # Deputies teach, as they do in most schools.
    teachers = [kind[0] for key, kind in teaching.by_kind.items() if key != PRIMARY]
    for position, teacher in zip(
        (Position.DEPUTY_STUDIES, Position.DEPUTY_UPBRINGING), teachers, strict=False
    ):
        draft.add_position(teacher, position)
        found[position.value] = teacher
    return Staff(**found)


def appoint_class_heads(draft: Draft, teaching: Teaching, stay: Mapping[ClassId, PersonId]) -> None:
    """Every class gets a head: whoever had it before, or somebody who is free."""
    deputies = {row.person for row in draft.positions}
    free = [
        teacher
        for kind, teachers in teaching.by_kind.items()
        for teacher in teachers
        if kind != PRIMARY and teacher not in deputies and teacher not in stay.values()
    ]
    primary = [each for each in teaching.by_kind.get(PRIMARY, ()) if each not in stay.values()]
    for class_ in draft.classes.values():
        teacher = stay.get(class_.id) or (primary if is_primary(class_) else free).pop(0)
        teaching.heads[class_.id] = teacher
        draft.add_homeroom(teacher, class_.id)


def _associations(teaching: Teaching) -> dict[AssociationId, list[PersonId]]:
    found: dict[AssociationId, list[PersonId]] = defaultdict(list)
    for department in DEPARTMENTS:
        for kind in (department.id, *sorted(department.specialities)):
            found[department.id].extend(teaching.by_kind.get(kind, ()))
    return found
