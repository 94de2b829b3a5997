"""Loads: who teaches what to which class or subgroup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from zvonok_appservice.roster.snapshot import ALWAYS, Class, Dates, Snapshot
from zvonok_core.ids import ClassId, PersonId, SubgroupId, SubjectId
from zvonok_demo.school.curriculum import BY_ID, PRIMARY, Course
from zvonok_demo.school.draft import Draft
from zvonok_demo.school.staff import SMALL, Teaching, courses_of, kind_of

GERMAN = SubjectId("german")
GERMAN_SHARE = 3
"""Every third student has German as a second language."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """A teacher on leave, who keeps the load, and who stands in for three weeks."""

    on_leave: PersonId
    substitute: PersonId
    class_: ClassId
    subject: SubjectId


Place = ClassId | SubgroupId
Before = Mapping[tuple[Place, str], PersonId]
"""Who taught a class or a subgroup last year, by kind of teacher: they move up with it."""


class Lessons:
    """Gives every class its teachers. Where a course is held in subgroups, each has its own."""

    def __init__(self, draft: Draft, teaching: Teaching, before: Before | None = None) -> None:
        self._draft = draft
        self._teaching = teaching
        self._small = len(draft.classes) < SMALL
        self._students = students_of(draft)
        self._teachers: dict[tuple[Place, str], PersonId] = dict(before or {})

    def add(self, subjects: Collection[SubjectId] | None) -> None:
        """All loads of the year, of `subjects` only where they are given."""
        german: dict[int | None, list[Class]] = defaultdict(list)
        for class_ in self._draft.classes.values():
            for course in courses_of(class_, subjects):
                if course.id == GERMAN:
                    german[class_.grade].append(class_)
                elif course.subgroups:
                    self._split(course, class_)
                else:
                    teacher = self._teacher(class_.id, course, class_)
                    self._draft.add_load(teacher, course.id, class_=class_.id)
        for parallel in german.values():
            self._add_german(parallel[:2])

    def _teacher(self, place: Place, course: Course, class_: Class) -> PersonId:
        kind = kind_of(course, class_, self._small)
        if kind == PRIMARY:
            return self._teaching.heads[class_.id]
        if (place, kind) not in self._teachers:
            self._teachers[place, kind] = self._teaching.next(kind)
        return self._teachers[place, kind]

    def _split(self, course: Course, class_: Class) -> None:
        students = self._students[class_.id]
        half = (len(students) + 1) // 2
        for number, part in enumerate((students[:half], students[half:]), start=1):
            subgroup = self._draft.add_subgroup(
                f"{class_.id}.{course.id}.{number}", f"группа {number}", (class_.id,), part
            )
            self._draft.add_load(self._teacher(subgroup, course, class_), course.id, subgroup=subgroup)

    def _add_german(self, classes: list[Class]) -> None:
        members = [student for class_ in classes for student in self._students[class_.id][::GERMAN_SHARE]]
        ids = tuple(class_.id for class_ in classes)
        subgroup = self._draft.add_subgroup(f"{ids[0]}.{GERMAN}", "", ids, members)
        teacher = self._teacher(subgroup, BY_ID[GERMAN], classes[0])
        self._draft.add_load(teacher, GERMAN, subgroup=subgroup)


def taught(snapshot: Snapshot) -> Before:
    """Who teaches what in `snapshot`, for the next year's lessons."""
    small = len(snapshot.classes) < SMALL
    found: dict[tuple[Place, str], PersonId] = {}
    for row in snapshot.loads:
        place: Place | None = row.class_ or row.subgroup
        class_ = row.class_ or (row.subgroup and snapshot.subgroups[row.subgroup].classes[0])
        if place and class_ and row.dates == ALWAYS:
            kind = kind_of(BY_ID[row.subject], snapshot.classes[class_], small)
            found.setdefault((place, kind), row.teacher)
    return found


def students_of(draft: Draft) -> Mapping[ClassId, list[PersonId]]:
    """Who is in each class for an open time."""
    found: dict[ClassId, list[PersonId]] = defaultdict(list)
    for row in draft.class_enrolments:
        if row.dates.end is None:
            found[row.class_].append(row.student)
    return found


def add_substitution(draft: Draft, today: date, avoid: Collection[PersonId]) -> Substitution:
    """Send a teacher on leave from yesterday on, for three weeks: a load is doubled.

    The substitute is of the same association where there is one, and not of `avoid`.
    """
    association = {row.person: row.association for row in draft.association_members}
    others = {row.teacher: None for row in draft.loads if row.teacher not in avoid}
    load = next(row for row in reversed(draft.loads) if row.class_ and row.teacher in others)
    assert load.class_ is not None
    del others[load.teacher]
    near = [each for each in others if association[each] == association[load.teacher]]
    substitute = (near or list(others))[0]
    dates = Dates(today - timedelta(days=1), today + timedelta(days=20))
    draft.add_load(substitute, load.subject, class_=load.class_, dates=dates)
    return Substitution(load.teacher, substitute, load.class_, load.subject)
