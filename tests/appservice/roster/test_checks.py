"""What contradicts what in a journal, whatever its format."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from zvonok_appservice.roster.checks import Draft, checked, reading, too_many_bad
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.snapshot import (
    ALWAYS,
    Association,
    AssociationMember,
    Class,
    ClassEnrolment,
    Dates,
    Guardianship,
    Homeroom,
    Load,
    Origin,
    Person,
    PositionRow,
    RoleRow,
    School,
    Subgroup,
    SubgroupEnrolment,
    Subject,
)
from zvonok_appservice.roster.source import Severity
from zvonok_core.ids import AssociationId, ClassId, PersonId, SchoolId, SubgroupId, SubjectId
from zvonok_core.roles import Position, Role
from zvonok_core.text import text

HERE = Origin("rows.csv", 7)
COLUMNS = {"class": "Класс", "guardian": "Представитель", "child": "Ребёнок"}

STUDENT, GUARDIAN, TEACHER, NOBODY = (PersonId(id_) for id_ in ("student", "guardian", "teacher", "nobody"))
CLASS_A, CLASS_B, NO_CLASS = ClassId("7a"), ClassId("7b"), ClassId("none")
SUBGROUP, NO_SUBGROUP = SubgroupId("g"), SubgroupId("none")
SUBJECT, NO_SUBJECT = SubjectId("alg"), SubjectId("none")
ASSOCIATION, NO_ASSOCIATION = AssociationId("mo"), AssociationId("none")


def draft(**rows: list[Any]) -> Draft:
    """A student, a guardian and a teacher, two classes, and `rows`."""
    result = Draft(School(SchoolId("s"), "Школа"))
    for person, role in ((STUDENT, Role.STUDENT), (GUARDIAN, Role.GUARDIAN), (TEACHER, Role.TEACHER)):
        result.people[person] = Person(person, "Ким", "Лев", "", True, HERE)
        result.roles.append(RoleRow(person, role, ALWAYS, HERE))
    for order, class_ in enumerate((CLASS_A, CLASS_B)):
        result.classes[class_] = Class(class_, f"7{'АБ'[order]}", 7, order, HERE)
    result.subgroups[SUBGROUP] = Subgroup(SUBGROUP, "", (CLASS_A,), HERE)
    result.subjects[SUBJECT] = Subject(SUBJECT, "Алгебра")
    result.associations[ASSOCIATION] = Association(ASSOCIATION, "математиков", HERE)
    for name, added in rows.items():
        getattr(result, name).extend(added)
    return result


def bad(result: Draft, findings: Findings | None = None) -> list[tuple[str | None, str | None, str | None]]:
    """Column, value and person of the bad rows that the checks find."""
    findings = findings or Findings()
    checked(result, findings, COLUMNS)
    return [(f.column, f.value, f.person) for f in findings.all() if f.severity is Severity.BAD_ROW]


GOOD: dict[str, list[Any]] = {
    "positions": [PositionRow(TEACHER, Position.HEAD, ALWAYS, HERE)],
    "class_enrolments": [ClassEnrolment(STUDENT, CLASS_A, ALWAYS, HERE)],
    "subgroup_enrolments": [SubgroupEnrolment(STUDENT, SUBGROUP, ALWAYS, HERE)],
    "guardianships": [Guardianship(GUARDIAN, STUDENT, False, ALWAYS, HERE)],
    "loads": [
        Load(TEACHER, SUBJECT, CLASS_A, None, ALWAYS, HERE),
        Load(TEACHER, SUBJECT, None, SUBGROUP, ALWAYS, HERE),
    ],
    "homerooms": [Homeroom(TEACHER, CLASS_A, ALWAYS, HERE)],
    "association_members": [AssociationMember(TEACHER, ASSOCIATION, False, ALWAYS, HERE)],
}


def test_good_rows_all_come_through() -> None:
    findings = Findings()
    snapshot = checked(draft(**GOOD), findings, COLUMNS)
    for name, rows in GOOD.items():
        assert getattr(snapshot, name) == tuple(rows)
    assert [(f.severity, f.value) for f in findings.all()] == [(Severity.NOTE, "7Б")]


@pytest.mark.parametrize(
    ("table", "row", "found"),
    [
        ("roles", RoleRow(NOBODY, Role.AIDE, ALWAYS, HERE), ("person", "nobody", None)),
        ("positions", PositionRow(NOBODY, Position.HEAD, ALWAYS, HERE), ("person", "nobody", None)),
        ("class_enrolments", ClassEnrolment(NOBODY, CLASS_A, ALWAYS, HERE), ("student", "nobody", None)),
        ("class_enrolments", ClassEnrolment(STUDENT, NO_CLASS, ALWAYS, HERE), ("Класс", "none", STUDENT)),
        (
            "subgroup_enrolments",
            SubgroupEnrolment(NOBODY, SUBGROUP, ALWAYS, HERE),
            ("student", "nobody", None),
        ),
        (
            "subgroup_enrolments",
            SubgroupEnrolment(STUDENT, NO_SUBGROUP, ALWAYS, HERE),
            ("subgroup", "none", STUDENT),
        ),
        (
            "guardianships",
            Guardianship(NOBODY, STUDENT, False, ALWAYS, HERE),
            ("Представитель", "nobody", None),
        ),
        ("guardianships", Guardianship(GUARDIAN, NOBODY, False, ALWAYS, HERE), ("Ребёнок", "nobody", None)),
        (
            "guardianships",
            Guardianship(GUARDIAN, GUARDIAN, False, ALWAYS, HERE),
            ("Ребёнок", "guardian", GUARDIAN),
        ),
        (
            "guardianships",
            Guardianship(GUARDIAN, TEACHER, False, ALWAYS, HERE),
            ("Ребёнок", "teacher", GUARDIAN),
        ),
        (
            "guardianships",
            Guardianship(TEACHER, STUDENT, False, ALWAYS, HERE),
            ("Представитель", "teacher", STUDENT),
        ),
        ("loads", Load(NOBODY, SUBJECT, CLASS_A, None, ALWAYS, HERE), ("teacher", "nobody", None)),
        ("loads", Load(TEACHER, NO_SUBJECT, CLASS_A, None, ALWAYS, HERE), ("subject", "none", TEACHER)),
        ("loads", Load(TEACHER, SUBJECT, NO_CLASS, None, ALWAYS, HERE), ("Класс", "none", TEACHER)),
        ("loads", Load(TEACHER, SUBJECT, None, NO_SUBGROUP, ALWAYS, HERE), ("subgroup", "none", TEACHER)),
        ("homerooms", Homeroom(NOBODY, CLASS_A, ALWAYS, HERE), ("teacher", "nobody", None)),
        ("homerooms", Homeroom(TEACHER, NO_CLASS, ALWAYS, HERE), ("Класс", "none", TEACHER)),
        (
            "association_members",
            AssociationMember(NOBODY, ASSOCIATION, True, ALWAYS, HERE),
            ("person", "nobody", None),
        ),
        (
            "association_members",
            AssociationMember(TEACHER, NO_ASSOCIATION, True, ALWAYS, HERE),
            ("association", "none", TEACHER),
        ),
    ],
)
def test_a_reference_to_nothing_is_told_and_left_out(
    table: str, row: Any, found: tuple[str, str, str | None]
) -> None:
    result = draft(**{**GOOD, table: [*GOOD.get(table, ()), row]})
    assert bad(result) == [found]
    assert row not in getattr(checked(result, Findings(), {}), table)


def test_rows_of_somebody_set_aside_go_silently() -> None:
    findings = Findings()
    findings.bad_row(text("is empty"), HERE, person=NOBODY)
    result = draft(class_enrolments=[ClassEnrolment(NOBODY, CLASS_A, ALWAYS, HERE)])
    assert bad(result, findings) == [(None, None, NOBODY)]
    assert checked(result, findings, {}).class_enrolments == ()


@pytest.mark.parametrize(
    ("guardian", "child", "doubtful"), [(GUARDIAN, TEACHER, TEACHER), (TEACHER, STUDENT, TEACHER)]
)
def test_whose_role_is_in_doubt_stays_a_guardian_or_a_child(
    guardian: PersonId, child: PersonId, doubtful: PersonId
) -> None:
    findings = Findings()
    findings.bad_row(text("is not a known word"), HERE, person=doubtful)
    row = Guardianship(guardian, child, True, ALWAYS, HERE)
    assert checked(draft(guardianships=[row]), findings, {}).guardianships == (row,)


# ---------------------------------------------------------------- one class a day


def between(first: int | None, last: int | None) -> Dates:
    return Dates(date(2026, 9, first) if first else None, date(2026, 9, last) if last else None)


@pytest.mark.parametrize(
    ("rows", "left_out"),
    [
        ([(CLASS_A, 1, 10), (CLASS_B, 10, 20)], []),
        ([(CLASS_B, 10, 20), (CLASS_A, 1, 10)], []),
        ([(CLASS_A, 1, 11), (CLASS_B, 10, 20)], [1]),
        ([(CLASS_B, 10, 20), (CLASS_A, 1, 11)], [0]),
        ([(CLASS_A, None, None), (CLASS_B, None, None)], [1]),
        ([(CLASS_A, None, 5), (CLASS_B, 4, None)], [1]),
        ([(CLASS_A, 1, 20), (CLASS_A, 5, 10), (CLASS_B, 15, 25)], [2]),
        ([(CLASS_A, 1, 10), (CLASS_A, 5, None), (CLASS_B, 12, 15)], [2]),
        ([(CLASS_A, 1, 20), (CLASS_B, 5, 25), (CLASS_B, 20, 30)], [1]),
        ([(CLASS_A, 1, 5), (CLASS_B, 5, 9), (CLASS_A, 9, 12), (CLASS_B, 11, 13)], [3]),
    ],
)
def test_of_two_classes_at_a_time_the_later_is_left_out(
    rows: list[tuple[ClassId, int | None, int | None]], left_out: list[int]
) -> None:
    enrolments = [
        ClassEnrolment(STUDENT, class_, between(first, last), Origin("rows.csv", number))
        for number, (class_, first, last) in enumerate(rows)
    ]
    findings = Findings()
    kept = checked(draft(class_enrolments=enrolments), findings, COLUMNS).class_enrolments
    assert set(kept) == {row for row in enrolments if row.origin.row not in left_out}
    told = [(f.row, f.column, f.person) for f in findings.all() if f.severity is Severity.BAD_ROW]
    assert told == [(number, "Класс", STUDENT) for number in left_out]


# ---------------------------------------------------------------- notes and shares


def test_empty_classes_and_students_without_one_are_noted_once() -> None:
    findings = Findings()
    result = draft(roles=[RoleRow(STUDENT, Role.STUDENT, ALWAYS, HERE)])
    checked(result, findings, {})
    assert [(f.severity, f.value, f.person) for f in findings.all()] == [
        (Severity.NOTE, "7А", None),
        (Severity.NOTE, "7Б", None),
        (Severity.NOTE, None, STUDENT),
    ]


@pytest.mark.parametrize(
    ("rows", "bad_rows", "is_fatal"),
    [
        (1, [2], False),
        (100, [2, 3], False),
        (100, [2, 3, 4], True),
        (99, [2, 3], True),
        (99, [2, 2, 2], False),
        (0, [2, 3], True),
    ],
)
def test_more_than_two_per_cent_are_fatal(rows: int, bad_rows: list[int], is_fatal: bool) -> None:
    findings = Findings()
    for number in bad_rows:
        findings.bad_row(text("is empty"), Origin("rows.csv", number))
        findings.note(text("is empty"), Origin("rows.csv", 1000 + number))
    too_many_bad(findings, {"rows.csv": rows, "other.csv": 1})
    assert findings.fatal_found is is_fatal


def test_rows_of_earlier_exports_count_with_their_file() -> None:
    findings = Findings()
    for number in range(3):
        findings.bad_row(text("is empty"), Origin("rows.csv (2026-09-01)", number))
    too_many_bad(findings, {"rows.csv": 1000})
    assert not findings.fatal_found


def test_a_reading_has_a_snapshot_and_a_state_unless_something_is_fatal() -> None:
    findings = Findings()
    good = reading(draft(**GOOD), findings, {"rows.csv": 1}, {}, lambda: b"state")
    assert good.snapshot is not None
    assert good.state == b"state"
    assert reading(draft(**GOOD), Findings(), {}, {}).state is None
    findings.fatal(text("is empty"), "rows.csv")
    refused = reading(draft(**GOOD), findings, {"rows.csv": 1}, {}, lambda: b"state")
    assert (refused.snapshot, refused.state, refused.rows) == (None, None, {"rows.csv": 1})
    assert reading(None, findings, {}, {}).snapshot is None
