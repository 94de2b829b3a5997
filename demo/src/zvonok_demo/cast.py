"""Who takes part: the people whom the demo activates, found in the generated school.

A part is a word for what somebody is to the story; the person behind it is chosen once
and remembered, whatever becomes of the journal later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_core.ids import ClassId, PersonId, SubjectId
from zvonok_demo.school import GeneratedSchool


class Part(StrEnum):
    """The parts that are told apart; everybody else is an extra."""

    HEAD = "head"
    DEPUTY = "deputy"
    CLASS_HEAD = "class_head"
    TEACHER_PARENT = "teacher_parent"
    STUDENT = "student"
    PARENT_OF_TWO = "parent_of_two"
    MATHS = "maths"
    """Teaches algebra in 7А."""
    PARENT = "parent"
    """Of STUDENT."""
    CLASSMATE = "classmate"
    NEIGHBOUR = "neighbour"
    """Another student of 7А."""
    MOVER = "mover"
    """The student of 7А who moves to 7Б in the school morning."""
    MOVERS_PARENT = "movers_parent"
    NEW_CLASSMATE = "new_classmate"
    """A student of 7Б."""


MAIN = (
    Part.HEAD,
    Part.DEPUTY,
    Part.CLASS_HEAD,
    Part.TEACHER_PARENT,
    Part.STUDENT,
    Part.PARENT_OF_TWO,
)
"""Whose logins are printed; one of every kind."""


def choose_cast(school: GeneratedSchool) -> dict[str, PersonId]:
    """The person of each part, and the extras under `extra-1`, `extra-2` …, all of
    different people."""
    snapshot = school.snapshot
    class_a, class_b = school.class_called("7А"), school.class_called("7Б")
    special = school.families
    heroes = _students_with_two_guardians(school, class_a)
    student, classmate, neighbour, mover = heroes[:4]
    cast: dict[str, PersonId] = {
        Part.HEAD: school.staff.head,
        Part.DEPUTY: school.staff.deputy_studies,
        Part.CLASS_HEAD: school.head_of(class_a),
        Part.TEACHER_PARENT: special.teacher_parent,
        Part.STUDENT: student,
        Part.PARENT_OF_TWO: special.parent_of_two,
        Part.MATHS: _teacher(snapshot, class_a, SubjectId("algebra")),
        Part.PARENT: _guardians(snapshot, student)[0],
        Part.CLASSMATE: classmate,
        Part.NEIGHBOUR: neighbour,
        Part.MOVER: mover,
        Part.MOVERS_PARENT: _guardians(snapshot, mover)[0],
        Part.NEW_CLASSMATE: special.children_of_two[0],
    }
    extras: Iterable[PersonId] = (
        school.staff.psychologist,
        school.staff.librarian,
        school.head_of(class_b),
        special.children_of_two[1],
        special.child_of_teacher,
    )
    found = dict.fromkeys(person for person in extras if person not in cast.values())
    return cast | {f"extra-{number}": person for number, person in enumerate(found, start=1)}


def person_of(cast: Mapping[str, str], part: Part) -> PersonId:
    """Who has a part."""
    return PersonId(cast[part])


def _students_with_two_guardians(school: GeneratedSchool, class_: ClassId) -> list[PersonId]:
    """Ordinary students, in the journal's order: those with a story of their own are left out."""
    special = school.families
    known = {
        *special.children_of_two,
        special.child_of_teacher,
        special.child_of_restricted,
        special.moved_student,
    }
    return [
        row.student
        for row in school.snapshot.class_enrolments
        if row.class_ == class_
        and row.student not in known
        and len(_guardians(school.snapshot, row.student)) == 2
    ]


def _guardians(snapshot: Snapshot, child: PersonId) -> list[PersonId]:
    return [row.guardian for row in snapshot.guardianships if row.child == child and not row.restricted]


def _teacher(snapshot: Snapshot, class_: ClassId, subject: SubjectId) -> PersonId:
    return next(row.teacher for row in snapshot.loads if row.class_ == class_ and row.subject == subject)
