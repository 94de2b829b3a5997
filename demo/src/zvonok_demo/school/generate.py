"""A whole school that doesn't exist, the same for the same seed and day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from zvonok_appservice.roster.class_titles import LAST_GRADE, ClassTitle
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_core.ids import ClassId, PersonId, SubjectId
from zvonok_demo.school.curriculum import FEW_SUBJECTS
from zvonok_demo.school.draft import Draft
from zvonok_demo.school.families import Families, SpecialFamilies
from zvonok_demo.school.lessons import Lessons, Substitution, add_substitution
from zvonok_demo.school.people import Names
from zvonok_demo.school.staff import Staff, Teaching, add_staff

FULL_CLASSES: Mapping[int, int] = dict.fromkeys(range(1, 7), 3) | dict.fromkeys(range(7, 12), 2)
"""Grade to number of classes: 28 of them."""
PEOPLE_PER_CLASS = 67
"""Students, guardians and staff together, on the average."""


@dataclass(frozen=True, slots=True)
class GeneratedSchool:
    """A journal, and who is who in it. Dates are laid around `today`."""

    snapshot: Snapshot
    today: date
    seed: int
    subjects: frozenset[SubjectId] | None
    staff: Staff
    teachers: Mapping[str, tuple[PersonId, ...]]
    """By what they teach: a speciality, or in a small school a department."""
    families: SpecialFamilies
    substitution: Substitution

    def head_of(self, class_: ClassId) -> PersonId:
        """The class head (классный руководитель)."""
        return next(row.teacher for row in self.snapshot.homerooms if row.class_ == class_)

    def class_called(self, title: str) -> ClassId:
        """The class with this title. Raises KeyError where there is none."""
        for class_ in self.snapshot.classes.values():
            if class_.title == title:
                return class_.id
        raise KeyError(title)


def generate(
    seed: int,
    today: date,
    *,
    classes: Mapping[int, int] = FULL_CLASSES,
    size: int = 25,
    subjects: Collection[SubjectId] | None = None,
) -> GeneratedSchool:
    """A school with `classes` (grade to number of classes) of about `size` students each.

    `subjects` leaves out all others. There must be at least two classes, and a grade
    above the fourth among them.
    """
    names = Names(seed)
    draft = Draft()
    sizes = {}
    for grade, count in classes.items():
        for letter in islice(letters(), count):
            class_ = draft.add_class(ClassTitle(grade, letter), today)
            sizes[class_] = size + names.random.choice((-1, 0, 1))
    staff, teaching = add_staff(draft, names, subjects)
    families = Families(draft, names, sizes)
    middle = [each.id for each in draft.classes.values() if each.grade in (5, 6, 7)] or list(sizes)
    parent = _plain_teacher(teaching, staff)
    special = families.add_special(middle[0], middle[-1], parent, today)
    families.fill()
    Lessons(draft, teaching).add(subjects)
    substitution = add_substitution(draft, today, avoid={parent, *staff.administration})
    return GeneratedSchool(
        snapshot=draft.snapshot(),
        today=today,
        seed=seed,
        subjects=None if subjects is None else frozenset(subjects),
        staff=staff,
        teachers={kind: tuple(people) for kind, people in teaching.by_kind.items()},
        families=special,
        substitution=substitution,
    )


def small_school(seed: int, today: date, *, size: int = 12) -> GeneratedSchool:
    """Three classes, 5А, 7А and 7Б, with every special case of a large school."""
    return generate(seed, today, classes={5: 1, 7: 2}, size=size, subjects=FEW_SUBJECTS)


def scaled(people: int, today: date, *, seed: int = 1) -> GeneratedSchool:
    """One school of about so many people (2,000 at least), for benchmarks."""
    each, rest = divmod(round(people / PEOPLE_PER_CLASS), LAST_GRADE)
    classes = {grade: each + (grade <= rest) for grade in range(1, LAST_GRADE + 1)}
    return generate(seed, today, classes=classes)


def letters() -> Iterator[str]:
    """А, Б, В …, and for a school of hundreds of classes АА, АБ …"""
    alphabet = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ"
    yield from alphabet
    yield from (first + second for first in alphabet for second in alphabet)


def _plain_teacher(teaching: Teaching, staff: Staff) -> PersonId:
    busy = {*teaching.heads.values(), *staff.administration}
    return next(
        teacher
        for teachers in teaching.by_kind.values()
        for teacher in reversed(teachers)
        if teacher not in busy
    )
