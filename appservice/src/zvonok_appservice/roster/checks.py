"""Whether what a journal says hangs together, whatever its format. Pure.

A source fills a Draft with rows that are sound by themselves; `reading` tells what
contradicts what and makes the snapshot of the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.snapshot import (
    Association,
    AssociationMember,
    Class,
    ClassEnrolment,
    Guardianship,
    Homeroom,
    Load,
    Origin,
    Person,
    PositionRow,
    RoleRow,
    School,
    Snapshot,
    Subgroup,
    SubgroupEnrolment,
    Subject,
)
from zvonok_appservice.roster.source import Reading, Severity
from zvonok_core.ids import AssociationId, ClassId, PersonId, SubgroupId, SubjectId
from zvonok_core.roles import Role
from zvonok_core.text import ntext, text

MOST_BAD = 0.02
"""A larger share of bad rows in a file looks like a broken export, not like mistakes."""

Row = TypeVar(
    "Row",
    RoleRow,
    PositionRow,
    ClassEnrolment,
    SubgroupEnrolment,
    Guardianship,
    Load,
    Homeroom,
    AssociationMember,
)


@dataclass(slots=True)
class Draft:
    """A snapshot in the making; references in it may still dangle."""

    school: School
    people: dict[PersonId, Person] = field(default_factory=dict)
    classes: dict[ClassId, Class] = field(default_factory=dict)
    subjects: dict[SubjectId, Subject] = field(default_factory=dict)
    subgroups: dict[SubgroupId, Subgroup] = field(default_factory=dict)
    associations: dict[AssociationId, Association] = field(default_factory=dict)
    roles: list[RoleRow] = field(default_factory=list)
    positions: list[PositionRow] = field(default_factory=list)
    class_enrolments: list[ClassEnrolment] = field(default_factory=list)
    subgroup_enrolments: list[SubgroupEnrolment] = field(default_factory=list)
    guardianships: list[Guardianship] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    homerooms: list[Homeroom] = field(default_factory=list)
    association_members: list[AssociationMember] = field(default_factory=list)


def reading(
    draft: Draft | None,
    findings: Findings,
    rows: Mapping[str, int],
    columns: Mapping[str, str],
    state: Callable[[], bytes] = bytes,
) -> Reading:
    """What came of reading a journal: the snapshot of all rows that are good, unless
    something is fatal.

    `rows` counts the data rows of each file. `columns` names the source's headers for our
    words `person`, `student`, `teacher`, `guardian`, `child`, `class`, `subgroup`,
    `subject`, `association`, so that findings name what people see. `state` is asked only
    where nothing is fatal.
    """
    snapshot = None if draft is None else checked(draft, findings, columns)
    too_many_bad(findings, rows)
    if findings.fatal_found or snapshot is None:
        return Reading(None, findings.all(), rows)
    return Reading(snapshot, findings.all(), rows, state() or None)


def checked(draft: Draft, findings: Findings, columns: Mapping[str, str]) -> Snapshot:
    """The snapshot of the draft's good rows; the others become findings."""
    closing = _Closing(draft, findings, columns)
    snapshot = Snapshot(
        school=draft.school,
        people=draft.people,
        classes=draft.classes,
        subjects=draft.subjects,
        subgroups=draft.subgroups,
        associations=draft.associations,
        roles=closing.closed(draft.roles, lambda row: row.person, "person"),
        positions=closing.closed(draft.positions, lambda row: row.person, "person"),
        class_enrolments=_one_class_a_day(
            closing.closed(
                draft.class_enrolments,
                lambda row: row.student,
                "student",
                (lambda row: row.class_, draft.classes, "class"),
            ),
            draft,
            findings,
            columns,
        ),
        subgroup_enrolments=closing.closed(
            draft.subgroup_enrolments,
            lambda row: row.student,
            "student",
            (lambda row: row.subgroup, draft.subgroups, "subgroup"),
        ),
        guardianships=_guardians_of_students(
            closing.closed(
                closing.closed(draft.guardianships, lambda row: row.guardian, "guardian"),
                lambda row: row.child,
                "child",
            ),
            draft,
            findings,
            columns,
        ),
        loads=closing.closed(
            draft.loads,
            lambda row: row.teacher,
            "teacher",
            (lambda row: row.subject, draft.subjects, "subject"),
            (lambda row: row.class_, draft.classes, "class"),
            (lambda row: row.subgroup, draft.subgroups, "subgroup"),
        ),
        homerooms=closing.closed(
            draft.homerooms,
            lambda row: row.teacher,
            "teacher",
            (lambda row: row.class_, draft.classes, "class"),
        ),
        association_members=closing.closed(
            draft.association_members,
            lambda row: row.person,
            "person",
            (lambda row: row.association, draft.associations, "association"),
        ),
    )
    _note_the_odd(snapshot, findings)
    return snapshot


def too_many_bad(findings: Findings, rows: Mapping[str, int]) -> None:
    """Add a fatal finding for each file of which more than 2 % of the rows, and more than
    one, are bad. A finding's file may have a remark in brackets behind its name."""
    bad: dict[str, set[int | None]] = defaultdict(set)
    for finding in findings.all():
        if finding.severity is Severity.BAD_ROW:
            bad[finding.file if finding.file in rows else finding.file.partition(" (")[0]].add(finding.row)
    for file, numbers in bad.items():
        count = len(numbers)
        if count > 1 and count > MOST_BAD * rows.get(file, 0):
            findings.fatal(
                ntext(
                    "{n} row is bad, more than {percent} % of the file: it looks like a broken export",
                    "{n} rows are bad, more than {percent} % of the file: it looks like a broken export",
                    count,
                    percent=round(MOST_BAD * 100),
                ),
                file,
            )


# ---------------------------------------------------------------- the single checks


class _Closing:
    """Sets aside whatever refers to something that is not there."""

    def __init__(self, draft: Draft, findings: Findings, columns: Mapping[str, str]) -> None:
        self._people = draft.people
        self._findings = findings
        self._columns = columns

    def closed(
        self,
        rows: Iterable[Row],
        person_of: Callable[[Row], PersonId],
        person_word: str,
        *references: tuple[Callable[[Row], str | None], Container[str], str],
    ) -> tuple[Row, ...]:
        """The rows whose every reference is met.

        A row about a person of whom another row was bad goes silently: that person keeps
        the last good state anyway.
        """
        good: list[Row] = []
        for row in rows:
            person = person_of(row)
            if person not in self._people:
                if not self._findings.is_set_aside(person):
                    self._dangling(row.origin, person_word, person, None)
                continue
            for reference_of, known, word in references:
                reference = reference_of(row)
                if reference is not None and reference not in known:
                    self._dangling(row.origin, word, reference, person)
                    break
            else:
                good.append(row)
        return tuple(good)

    def _dangling(self, origin: Origin, word: str, value: str, person: PersonId | None) -> None:
        column = self._columns.get(word, word)
        self._findings.bad_row(text("refers to something that is not there"), origin, column, value, person)


def _guardians_of_students(
    rows: Iterable[Guardianship], draft: Draft, findings: Findings, columns: Mapping[str, str]
) -> tuple[Guardianship, ...]:
    students = {row.person for row in draft.roles if row.role is Role.STUDENT}
    guardians = {row.person for row in draft.roles if row.role is Role.GUARDIAN}
    good: list[Guardianship] = []
    for row in rows:
        if row.child not in students and not findings.is_set_aside(row.child):
            column = columns.get("child", "child")
            findings.bad_row(
                text("a guardian of somebody who is not a student"),
                row.origin,
                column,
                row.child,
                row.guardian,
            )
        elif row.guardian not in guardians and not findings.is_set_aside(row.guardian):
            column = columns.get("guardian", "guardian")
            findings.bad_row(
                text("a guardian who does not have the role of one"),
                row.origin,
                column,
                row.guardian,
                row.child,
            )
        else:
            good.append(row)
    return tuple(good)


def _one_class_a_day(
    rows: Iterable[ClassEnrolment], draft: Draft, findings: Findings, columns: Mapping[str, str]
) -> tuple[ClassEnrolment, ...]:
    """Sets aside the later of two enrolments of a student that overlap."""
    by_student: dict[PersonId, list[ClassEnrolment]] = defaultdict(list)
    for row in rows:
        by_student[row.student].append(row)
    overlapping: set[int] = set()
    for enrolments in by_student.values():
        if len(enrolments) == 1:
            continue
        enrolments.sort(key=lambda row: row.dates.begin or date.min)
        first, *others = enrolments
        class_, end = first.class_, first.dates.end or date.max
        for row in others:
            if row.class_ != class_ and (row.dates.begin or date.min) < end:
                overlapping.add(id(row))
                findings.bad_row(
                    text(
                        "the student is in two classes at a time: this one and “{other}”",
                        other=draft.classes[class_].title,
                    ),
                    row.origin,
                    columns.get("class", "class"),
                    draft.classes[row.class_].title,
                    row.student,
                )
            elif row.class_ == class_:
                end = max(end, row.dates.end or date.max)
            else:
                class_, end = row.class_, row.dates.end or date.max
    return tuple(
        row for enrolments in by_student.values() for row in enrolments if id(row) not in overlapping
    )


def _note_the_odd(snapshot: Snapshot, findings: Findings) -> None:
    filled = {row.class_ for row in snapshot.class_enrolments}
    for class_ in snapshot.classes.values():
        if class_.id not in filled:
            findings.note(text("the class has no students"), class_.origin, value=class_.title)
    placed = {row.student for row in snapshot.class_enrolments}
    for row in snapshot.roles:
        if row.role is Role.STUDENT and row.person not in placed:
            placed.add(row.person)
            findings.note(text("the student has no class yet"), row.origin, person=row.person)
