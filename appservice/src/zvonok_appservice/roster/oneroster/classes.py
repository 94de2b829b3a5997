"""Classes, courses and terms into cohorts, subjects and subgroups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from zvonok_appservice.roster.checks import Draft
from zvonok_appservice.roster.cleaning import identifier, slug, subject_id, title
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.oneroster.base import REFERS_TO_BAD_ROW, Base
from zvonok_appservice.roster.oneroster.columns import CLASSES, COURSES, ORGS, SESSIONS, ClassRecord
from zvonok_appservice.roster.oneroster.fields import Current, FieldError, items, period, required_title, take
from zvonok_appservice.roster.snapshot import Class, Dates, Subgroup, Subject
from zvonok_core.ids import ClassId, SubgroupId, SubjectId
from zvonok_core.text import Text, text

LAST_GRADE = 11

_CLASS_WORD = r"(?:1[01]|[1-9])(?:\s*[-–]?\s*[«\"]?[А-ЯЁа-яёA-Za-z]\b[»\"]?)?"
_CLASS_BEHIND = re.compile(rf"[\s,.(–-]+{_CLASS_WORD}\s*(?:класс\w*|кл\.?)?\)?$", re.IGNORECASE)
_CLASS_BEFORE = re.compile(rf"^{_CLASS_WORD}\s*(?:класс\w*|кл\b)[\s.,:–-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HomeroomClass:
    """A row of classes.csv that is a cohort in one year."""

    cohort: ClassId
    dates: Dates


@dataclass(frozen=True, slots=True)
class Lesson:
    """A row of classes.csv that is taught: a subject to a whole class or to a subgroup."""

    subject: SubjectId
    class_: ClassId | None
    subgroup: SubgroupId | None
    dates: Dates


@dataclass(slots=True)
class ClassTables:
    """What the rows of classes.csv are, by sourcedId. `elsewhere` are other schools',
    `set_aside` are bad. `unplaced` are subgroups whose classes are those of their
    students."""

    homerooms: dict[str, HomeroomClass]
    lessons: dict[str, Lesson]
    elsewhere: set[str]
    set_aside: set[str]
    unplaced: set[SubgroupId]


def read_classes(base: Base, draft: Draft, findings: Findings, today: date) -> ClassTables:
    """Fill the draft's classes, subjects and subgroups."""
    reader = _Classes(base, draft, findings, today)
    reader.sort_out()
    reader.homerooms()
    reader.lessons()
    return reader.tables


class _Classes:
    def __init__(self, base: Base, draft: Draft, findings: Findings, today: date) -> None:
        self._base = base
        self._draft = draft
        self._findings = findings
        self._today = today
        self._sessions = self._read_sessions()
        self._homeroom_rows: list[tuple[int, ClassRecord, Dates]] = []
        self._lesson_rows: list[tuple[ClassRecord, Dates]] = []
        self.tables = ClassTables({}, {}, set(), set(), set())

    def _read_sessions(self) -> dict[str, Dates]:
        sessions: dict[str, Dates] = {}
        for session in self._base.of(SESSIONS).values():
            try:
                sessions[session.id] = period(session.start_date, session.end_date, ("startDate", "endDate"))
            except FieldError as error:
                self._findings.bad_row(error.text, session.origin, error.column, error.value)
        return sessions

    def sort_out(self) -> None:
        """Tell homerooms from lessons, and our own from other schools'."""
        for order, row in enumerate(self._base.of(CLASSES).values()):
            if not self._base.has(ORGS, row.school, row.origin, "schoolSourcedId", self._findings):
                self.tables.set_aside.add(row.id)
            elif row.school != self._draft.school.id:
                self.tables.elsewhere.add(row.id)
            elif row.type not in ("homeroom", "scheduled"):
                self._set_aside(row, text("is not a known word"), "classType", row.type)
            elif (dates := self._terms(row)) is not None:
                if row.type == "homeroom":
                    self._homeroom_rows.append((order, row, dates))
                else:
                    self._lesson_rows.append((row, dates))

    def _terms(self, row: ClassRecord) -> Dates | None:
        """From the first term's beginning to the last one's end."""
        terms: list[Dates] = []
        for id_ in items(row.terms):
            if not self._base.has(SESSIONS, id_, row.origin, "termSourcedIds", self._findings):
                self.tables.set_aside.add(row.id)
                return None
            if id_ not in self._sessions:
                self._set_aside(row, REFERS_TO_BAD_ROW, "termSourcedIds", id_)
                return None
            terms.append(self._sessions[id_])
        if not terms:
            self._set_aside(row, text("is empty"), "termSourcedIds", "")
            return None
        begins, ends = [term.begin for term in terms], [term.end for term in terms]
        return Dates(
            None if None in begins else min(day for day in begins if day is not None),
            None if None in ends else max(day for day in ends if day is not None),
        )

    def _set_aside(self, row: ClassRecord, sentence: Text, column: str, value: str) -> None:
        self.tables.set_aside.add(row.id)
        self._findings.bad_row(sentence, row.origin, column, value)

    # ------------------------------------------------------------ homerooms

    def homerooms(self) -> None:
        """The cohorts, each as it is called today."""
        current: Current[ClassId, Class] = Current(self._today)
        for order, row, dates in self._homeroom_rows:
            try:
                id_ = take(identifier, "metadata.cohort", row.cohort) if row.cohort else row.id
                name = take(required_title, "title", row.title)
            except FieldError as error:
                self._set_aside(row, error.text, error.column, error.value)
                continue
            cohort = ClassId(id_)
            current.offer(
                cohort, dates.begin, Class(cohort, name, _grade(row.grades, name), order, row.origin)
            )
            self.tables.homerooms[row.id] = HomeroomClass(cohort, dates)
        self._draft.classes = current.values()

    # ------------------------------------------------------------ lessons

    def lessons(self) -> None:
        """The subjects and the subgroups that they are taught to."""
        subjects: Current[SubjectId, Subject] = Current(self._today)
        subgroups: Current[SubgroupId, Subgroup] = Current(self._today)
        names = {slug(class_.title) for class_ in self._draft.classes.values()}
        for row, dates in self._lesson_rows:
            classes = self._named_classes(row)
            if classes is None or not self._base.has(
                COURSES, row.course, row.origin, "courseSourcedId", self._findings
            ):
                self.tables.set_aside.add(row.id)
                continue
            try:
                subject = self._subject(row, names)
                label = take(title, "metadata.subgroup", row.subgroup)
                id_ = take(identifier, "metadata.subgroupId", row.subgroup_id or row.id)
            except FieldError as error:
                self._set_aside(row, error.text, error.column, error.value)
                continue
            subjects.offer(subject.id, dates.begin, subject)
            if len(classes) == 1 and not label:
                self.tables.lessons[row.id] = Lesson(subject.id, classes[0], None, dates)
                continue
            subgroup = SubgroupId(id_)
            subgroups.offer(subgroup, dates.begin, Subgroup(subgroup, label, classes, row.origin))
            self.tables.lessons[row.id] = Lesson(subject.id, None, subgroup, dates)
        self._draft.subjects = subjects.values()
        self._draft.subgroups = subgroups.values()
        self.tables.unplaced = {
            id_ for id_, subgroup in self._draft.subgroups.items() if not subgroup.classes
        }

    def _named_classes(self, row: ClassRecord) -> tuple[ClassId, ...] | None:
        """The classes that metadata.classes names, in the journal's order; None where one
        is not there."""
        classes: set[ClassId] = set()
        for id_ in items(row.classes):
            if not self._base.has(CLASSES, id_, row.origin, "metadata.classes", self._findings):
                return None
            if id_ not in self.tables.homerooms:
                self._set_aside(row, text("is not a homeroom class of this school"), "metadata.classes", id_)
                return None
            classes.add(self.tables.homerooms[id_].cohort)
        return in_journal_order(classes, self._draft.classes)

    def _subject(self, row: ClassRecord, class_names: set[str]) -> Subject:
        course = self._base.of(COURSES)[row.course]
        titles = items(row.subjects) or items(course.subjects)
        codes = items(row.subject_codes) or items(course.subject_codes)
        if titles:
            name = take(required_title, "subjects", titles[0])
        else:
            name = without_class(take(required_title, "title of the course", course.title), class_names)
        return Subject(subject_id(codes[0] if codes else name), name)


def in_journal_order(ids: set[ClassId], classes: Mapping[ClassId, Class]) -> tuple[ClassId, ...]:
    """`ids` in the order in which the journal lists the classes."""
    return tuple(sorted(ids, key=lambda id_: classes[id_].order))


def without_class(name: str, class_names: set[str]) -> str:
    """A course's title without the class in it, so that a subject has one name in all
    classes and years: «Алгебра 7А», «Алгебра, 7 класс» are «Алгебра»."""
    words = [word for word in name.split() if slug(word.strip(".,:()")) not in class_names]
    bare = _CLASS_BEFORE.sub("", _CLASS_BEHIND.sub("", " ".join(words))).strip(" .,:–-")
    return bare or name


def _grade(grades: str, name: str) -> int | None:
    """The class's grade, 1 to 11: as given, else the number that its title begins with."""
    given = items(grades)
    digits = given[0] if len(given) == 1 else (re.match(r"\d{1,2}(?!\d)", name) or [""])[0]
    if not re.fullmatch(r"[0-9]{1,2}", digits):
        return None
    return int(digits) if 1 <= int(digits) <= LAST_GRADE else None
