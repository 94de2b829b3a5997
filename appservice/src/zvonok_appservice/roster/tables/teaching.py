"""Subgroups and loads: the rows of their tables into a draft."""

from __future__ import annotations

from collections import defaultdict

from zvonok_appservice.roster.checks import Draft
from zvonok_appservice.roster.cleaning import slug, subject_id, title
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.snapshot import ALWAYS, Load, Origin, Subgroup, SubgroupEnrolment, Subject
from zvonok_appservice.roster.tables.classes import Classes
from zvonok_appservice.roster.tables.people import names_of
from zvonok_appservice.roster.tables.records import CellError, Record
from zvonok_appservice.roster.tables.words import classes_written, person_code, subgroup_code
from zvonok_core.ids import ClassId, PersonId, SubgroupId, SubjectId
from zvonok_core.text import text


class Teaching:
    """Reads after the people's tables, which it refers to."""

    def __init__(self, draft: Draft, findings: Findings, classes: Classes) -> None:
        self._draft = draft
        self._findings = findings
        self._classes = classes
        self._teachers = names_of(draft.people)
        self._labels: dict[SubgroupId, tuple[str, Origin]] = {}
        self._subjects: dict[SubgroupId, SubjectId] = {}
        self._spans: dict[SubgroupId, dict[ClassId, None]] = defaultdict(dict)
        self._members: dict[tuple[PersonId, SubgroupId], None] = {}

    def add_subgroup_row(self, record: Record) -> None:
        """A student in a subgroup."""
        student: PersonId | None = None
        try:
            student = record.value("student", person_code, needed=True)
            subgroup = record.value("id", subgroup_code, needed=True)
            label = record.value("label", title)
            subject = record.value("subject", title)
        except CellError as error:
            self._findings.bad_row(error.sentence, record.origin, error.column, error.value, student)
            return
        if slug(self._labels.setdefault(subgroup, (label, record.origin))[0]) != slug(label):
            self._contradicts(record, "label", student)
        elif subject and self._subjects.setdefault(subgroup, subject_id(subject)) != subject_id(subject):
            self._contradicts(record, "subject", student)
        elif (student, subgroup) not in self._members:
            self._members[student, subgroup] = None
            self._draft.subgroup_enrolments.append(
                SubgroupEnrolment(student, subgroup, ALWAYS, record.origin)
            )

    def _contradicts(self, record: Record, field: str, person: PersonId) -> None:
        self._findings.bad_row(
            text("the subgroup has another one in a row above"),
            record.origin,
            record.header(field),
            record.raw(field),
            person,
        )

    def add_load_row(self, record: Record) -> None:
        """Who teaches what to a subgroup, or to each of the classes."""
        teacher: PersonId | None = None
        try:
            teacher = self._teacher(record)
            name = record.value("subject", title, needed=True)
            subgroup = record.value("subgroup", subgroup_code) if record.raw("subgroup") else None
            classes = self._written_classes(record, needed=subgroup is None)
            dates = record.dates()
        except CellError as error:
            self._findings.bad_row(error.sentence, record.origin, error.column, error.value, teacher)
            return
        subject = subject_id(name)
        if subgroup is None:
            self._draft.subjects.setdefault(subject, Subject(subject, name))
            self._draft.loads.extend(
                Load(teacher, subject, class_, None, dates, record.origin) for class_ in classes
            )
        elif self._subjects.get(subgroup, subject) != subject:
            self._contradicts(record, "subject", teacher)
        else:
            self._draft.subjects.setdefault(subject, Subject(subject, name))
            self._spans[subgroup] |= dict.fromkeys(classes)
            self._draft.loads.append(Load(teacher, subject, None, subgroup, dates, record.origin))

    def finish(self) -> None:
        """Make the subgroups. One spans the classes that its loads name, or else those that
        its students are in."""
        classes_of: dict[PersonId, dict[ClassId, None]] = defaultdict(dict)
        for row in self._draft.class_enrolments:
            classes_of[row.student][row.class_] = None
        spans = {subgroup: dict(span) for subgroup, span in self._spans.items() if span}
        for student, subgroup in self._members:
            if subgroup not in self._spans or not self._spans[subgroup]:
                spans.setdefault(subgroup, {}).update(classes_of[student])
        for subgroup, (label, origin) in self._labels.items():
            span = spans.get(subgroup, {})
            in_order = tuple(sorted(span, key=lambda class_: self._draft.classes[class_].order))
            self._draft.subgroups[subgroup] = Subgroup(subgroup, label, in_order, origin)

    def _teacher(self, record: Record) -> PersonId:
        """By code, or by a full name that only one person has."""
        raw = record.value("teacher", title, needed=True)
        namesakes = self._teachers.get(slug(raw), [])
        if len(namesakes) == 1:
            return namesakes[0]
        if namesakes:
            raise CellError(
                text("several people have this name: write the code"), record.header("teacher"), raw
            )
        if " " in raw:
            raise CellError(text("nobody has this name"), record.header("teacher"), raw)
        return record.value("teacher", person_code)

    def _written_classes(self, record: Record, *, needed: bool) -> list[ClassId]:
        found: list[ClassId] = []
        for each in record.value("class", classes_written, needed=needed):
            class_ = self._classes.called(each)
            if class_ is None:
                raise CellError(
                    text("there is no such class among students and class heads"),
                    record.header("class"),
                    str(each),
                )
            found.append(class_)
        return found
