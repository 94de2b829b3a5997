"""OneRoster exports into snapshots: what each row comes to mean."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.exports import SCHOOL, Export, small_school
from support.readings import facts, good, read

from zvonok_appservice.roster.snapshot import ALWAYS, Dates, Origin, School
from zvonok_appservice.roster.source import Severity
from zvonok_core.roles import Position, Role

YEAR = Dates(date(2026, 9, 1), date(2027, 6, 1))


def dated(begin: str | None, end: str | None) -> Dates:
    return Dates(date.fromisoformat(begin) if begin else None, date.fromisoformat(end) if end else None)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_small_school_is_read_whole(tmp_path: Path, version: str) -> None:
    reading = read(small_school(version), tmp_path)
    assert reading.findings == ()
    assert reading.snapshot is not None
    snapshot = reading.snapshot
    assert snapshot.school == School(SCHOOL, "Школа № 1")
    assert snapshot.people["volkov"].family == "Волков"
    assert snapshot.people["volkov"].patronymic == "Иванович"
    assert snapshot.people["g-a1"].patronymic == ""
    assert snapshot.people["head"].origin == Origin("users.csv", 2)
    assert {(row.person, row.position) for row in snapshot.positions} == {("head", Position.HEAD)}
    roles = {row.person: row.role for row in snapshot.roles}
    assert roles.get("head") is (Role.PRINCIPAL if version == "1.2" else None)
    assert (roles["belova"], roles["a1"], roles["g-a1"]) == (Role.TEACHER, Role.STUDENT, Role.GUARDIAN)
    assert [(c.id, c.title, c.grade, c.order) for c in snapshot.classes.values()] == [
        ("c7a", "7А", 7, 0),
        ("c7b", "7Б", 7, 1),
    ]
    assert {(r.student, r.class_, r.dates) for r in snapshot.class_enrolments} == {
        ("a1", "c7a", YEAR),
        ("a2", "c7a", YEAR),
        ("b1", "c7b", YEAR),
        ("b2", "c7b", YEAR),
    }
    assert {(r.teacher, r.class_) for r in snapshot.homerooms} == {("belova", "c7a"), ("volkov", "c7b")}
    assert {(r.guardian, r.child, r.restricted) for r in snapshot.guardianships} == {
        (f"g-{child}", child, False) for child in ("a1", "a2", "b1", "b2")
    }
    assert {s.id: s.title for s in snapshot.subjects.values()} == {
        "alg": "Алгебра",
        "английский язык": "Английский язык",
    }
    assert {(s.id, s.label, s.classes) for s in snapshot.subgroups.values()} == {
        ("l-eng-7a-1", "группа 1", ("c7a",)),
        ("l-eng-7ab", "", ("c7a", "c7b")),
    }
    assert {(r.teacher, r.subject, r.class_, r.subgroup) for r in snapshot.loads} == {
        ("belova", "alg", "c7a", None),
        ("volkov", "английский язык", None, "l-eng-7a-1"),
        ("volkov", "английский язык", None, "l-eng-7ab"),
    }
    assert {(r.student, r.subgroup) for r in snapshot.subgroup_enrolments} == {
        ("a1", "l-eng-7a-1"),
        ("a2", "l-eng-7ab"),
        ("b1", "l-eng-7ab"),
    }
    assert reading.rows["users.csv"] == 11
    assert reading.rows["classes.csv"] == 5


def test_a_folder_says_the_same_as_a_zip(tmp_path: Path) -> None:
    zipped = good(small_school(), tmp_path)
    assert good(small_school(), tmp_path, name="folder") == zipped


# ---------------------------------------------------------------- roles and positions


@pytest.mark.parametrize(
    ("written", "role"),
    [(word, Role.GUARDIAN) for word in ("parent", "guardian", "relative")]
    + [
        ("counselor", Role.COUNSELOR),
        ("aide", Role.AIDE),
        ("student", Role.STUDENT),
        ("teacher", Role.TEACHER),
    ],
)
def test_roles_have_oneroster_words(tmp_path: Path, written: str, role: Role) -> None:
    snapshot = good(small_school().person("x", "Новый Человек", written), tmp_path)
    assert [row.role for row in snapshot.roles if row.person == "x"] == [role]


@pytest.mark.parametrize(
    "role", ["proctor", "siteAdministrator", "systemAdministrator", "districtAdministrator"]
)
def test_whoever_runs_computers_has_no_role(tmp_path: Path, role: str) -> None:
    reading = read(small_school().person("x", "Новый Человек", role), tmp_path)
    assert reading.findings == ()
    assert reading.snapshot is not None
    assert "x" not in reading.snapshot.people


def test_roles_and_positions_have_the_rows_dates(tmp_path: Path) -> None:
    export = small_school().role(
        "belova",
        "aide",
        beginDate="2026-10-01",
        endDate="2026-11-01",
        metadata_position="deputy_studies, librarian",
    )
    snapshot = good(export, tmp_path)
    dates = dated("2026-10-01", "2026-11-01")
    assert [(r.role, r.dates) for r in snapshot.roles if r.person == "belova"] == [
        (Role.TEACHER, ALWAYS),
        (Role.AIDE, dates),
    ]
    assert [(r.position, r.dates) for r in snapshot.positions if r.person == "belova"] == [
        (Position.DEPUTY_STUDIES, dates),
        (Position.LIBRARIAN, dates),
    ]


def test_a_principal_is_the_head_once(tmp_path: Path) -> None:
    export = small_school().person("x", "Новый Человек").role("x", "principal", metadata_position="head")
    assert [r.position for r in good(export, tmp_path).positions if r.person == "x"] == [Position.HEAD]


def test_a_disabled_user_is_there_and_disabled(tmp_path: Path) -> None:
    snapshot = good(small_school().change("users", "a1", enabledUser="false"), tmp_path)
    assert not snapshot.people["a1"].enabled
    assert snapshot.people["a2"].enabled


# ---------------------------------------------------------------- other schools


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_other_schools_are_not_ours(tmp_path: Path, version: str) -> None:
    ours = good(small_school(version), tmp_path)
    export = (
        small_school(version)
        .org("school-2", "Школа № 2")
        .row("orgs", "district", name="Район", type="district")
    )
    export.homeroom("x7a", "7А", schoolSourcedId="school-2", metadata_cohort="x")
    export.person("x1", "Чужой Ученик")
    export.enrol("x1", "x7a", schoolSourcedId="school-2")
    if version == "1.1":
        export.change("users", "x1", orgSourcedIds="school-2", role="student")
        export.change("users", "belova", orgSourcedIds=f"{SCHOOL},school-2,district")
    else:
        export.role("x1", "student", "school-2").role("belova", "teacher", "school-2").role(
            "head", "aide", "district"
        )
    reading = read(export, tmp_path)
    assert [(f.severity, f.person) for f in reading.findings] == [(Severity.NOTE, "belova")]
    assert reading.snapshot is not None
    assert facts(reading.snapshot) == facts(ours)


def test_a_relative_who_is_only_elsewhere_is_noted(tmp_path: Path) -> None:
    export = small_school().org("school-2", "Школа № 2").person("x", "Чужой Отец")
    export.role("x", "parent", "school-2").change("users", "a1", agentSourcedIds="g-a1,x")
    reading = read(export, tmp_path)
    assert [(f.severity, f.column, f.value) for f in reading.findings] == [
        (Severity.NOTE, "agentSourcedIds", "x")
    ]


def test_a_class_of_another_school_is_not_enrolled_in(tmp_path: Path) -> None:
    export = small_school().org("school-2", "Школа № 2").homeroom("x7a", "7А", schoolSourcedId="school-2")
    reading = read(export.enrol("b2", "x7a"), tmp_path)
    (finding,) = reading.findings
    assert (finding.severity, finding.column, finding.person) == (Severity.BAD_ROW, "schoolSourcedId", "b2")


def test_our_class_is_not_enrolled_in_from_another_school(tmp_path: Path) -> None:
    export = small_school().org("school-2", "Школа № 2").enrol("b2", "l-eng-7ab", schoolSourcedId="school-2")
    (finding,) = read(export, tmp_path).findings
    assert (finding.severity, finding.column, finding.person) == (Severity.BAD_ROW, "schoolSourcedId", "b2")


# ---------------------------------------------------------------- classes


def two_years() -> Export:
    """7А of this year is 8А of the next, both rows in one export."""
    export = small_school().term("y2027", "2027-09-01", "2028-06-01")
    export.change("classes", "c7a", metadata_cohort="cohort-a")
    export.homeroom("c8a", "8А", metadata_cohort="cohort-a", termSourcedIds="y2027")
    return export.enrol("a1", "c8a").enrol("belova", "c8a", "teacher", primary="true")


@pytest.mark.parametrize(
    ("today", "title", "grade"),
    [
        ("2026-08-01", "7А", 7),
        ("2026-09-01", "7А", 7),
        ("2027-08-31", "7А", 7),
        ("2027-09-01", "8А", 8),
        ("2029-01-01", "8А", 8),
    ],
)
def test_a_cohort_is_called_as_its_row_of_today(tmp_path: Path, today: str, title: str, grade: int) -> None:
    snapshot = good(two_years(), tmp_path, today=date.fromisoformat(today))
    assert list(snapshot.classes) == ["cohort-a", "c7b"]
    assert (snapshot.classes["cohort-a"].title, snapshot.classes["cohort-a"].grade) == (title, grade)
    assert [(r.class_, r.dates) for r in snapshot.class_enrolments if r.student == "a1"] == [
        ("cohort-a", YEAR),
        ("cohort-a", dated("2027-09-01", "2028-06-01")),
    ]


def test_of_two_rows_that_begin_on_one_day_the_first_counts(tmp_path: Path) -> None:
    export = small_school().change("classes", "c7a", metadata_cohort="x")
    export.homeroom("again", "7Я", metadata_cohort="x")
    assert good(export, tmp_path).classes["x"].title == "7А"


@pytest.mark.parametrize(
    ("grades", "title", "grade"),
    [
        ("", "10-Б", 10),
        ("07", "Ромашка", 7),
        ("5", "7А", 5),
        ("", "Ромашка", None),
        ("", "12А", None),
        ("KG", "7А", None),
        ("7,8", "8А", 8),
        ("0", "7А", None),
        ("", "115", None),
        ("", "7\u202eА", 7),
    ],
)
def test_the_grade_is_given_or_begins_the_title(
    tmp_path: Path, grades: str, title: str, grade: int | None
) -> None:
    snapshot = good(small_school().change("classes", "c7a", grades=grades, title=title), tmp_path)
    assert snapshot.classes["c7a"].grade == grade


def test_dates_are_those_of_the_row_within_those_of_the_terms(tmp_path: Path) -> None:
    export = small_school().term("q1", "2026-09-01", "2026-11-01").term("q2", "2026-11-08", "2027-01-01")
    export.change("classes", "c7a", termSourcedIds="q1,q2")
    export.change("enrollments", "a1-c7a", beginDate="2026-08-01", endDate="2026-12-01")
    export.change("enrollments", "a2-c7a", beginDate="2026-10-01")
    found = {r.student: r.dates for r in good(export, tmp_path).class_enrolments}
    assert found["a1"] == dated("2026-09-01", "2026-12-01")
    assert found["a2"] == dated("2026-10-01", "2027-01-01")


def test_a_term_without_an_end_is_open(tmp_path: Path) -> None:
    export = (
        small_school().term("open", "2026-09-01", "").change("classes", "c7a", termSourcedIds="open,y2026")
    )
    assert {r.dates for r in good(export, tmp_path).class_enrolments if r.class_ == "c7a"} == {
        dated("2026-09-01", None)
    }


def test_only_a_primary_teacher_heads_a_class_and_two_may(tmp_path: Path) -> None:
    export = (
        small_school().enrol("volkov", "c7a", "teacher", primary="false").person("x", "Новая Анна", "teacher")
    )
    export.enrol("x", "c7b", "teacher", primary="true").enrol("belova", "c7b", "teacher")
    assert {(r.teacher, r.class_) for r in good(export, tmp_path).homerooms} == {
        ("belova", "c7a"),
        ("volkov", "c7b"),
        ("x", "c7b"),
    }


@pytest.mark.parametrize("role", ["administrator", "proctor", "parent", "guardian", "relative", "aide"])
def test_other_enrolments_give_nothing(tmp_path: Path, role: str) -> None:
    before = good(small_school(), tmp_path)
    reading = read(small_school().enrol("g-a1", "c7a", role), tmp_path)
    assert reading.findings == ()
    assert reading.snapshot == before


def test_an_enrolment_of_somebody_without_a_role_is_noted(tmp_path: Path) -> None:
    reading = read(small_school().person("x", "Новый Человек").enrol("x", "c7a"), tmp_path)
    assert [(f.severity, f.column, f.value) for f in reading.findings] == [
        (Severity.NOTE, "userSourcedId", "x")
    ]
    assert reading.snapshot is not None
    assert "x" not in reading.snapshot.people


# ---------------------------------------------------------------- lessons


def test_a_substitute_has_dates_of_their_own(tmp_path: Path) -> None:
    export = small_school().enrol(
        "volkov", "l-alg-7a", "teacher", beginDate="2026-10-01", endDate="2026-10-15"
    )
    loads = {r.teacher: r.dates for r in good(export, tmp_path).loads if r.subject == "alg"}
    assert loads == {"belova": YEAR, "volkov": dated("2026-10-01", "2026-10-15")}


def test_one_subgroup_learns_two_subjects_over_two_years(tmp_path: Path) -> None:
    export = two_years().course("fr", "Французский язык")
    export.lesson("l1", "eng", metadata_classes="c7a", metadata_subgroup="группа 1", metadata_subgroupId="g1")
    export.lesson("l2", "fr", metadata_classes="c7a", metadata_subgroup="группа 1", metadata_subgroupId="g1")
    export.lesson(
        "l3",
        "fr",
        metadata_classes="c8a",
        metadata_subgroup="первая",
        metadata_subgroupId="g1",
        termSourcedIds="y2027",
    )
    export.enrol("volkov", "l1", "teacher").enrol("volkov", "l2", "teacher").enrol("volkov", "l3", "teacher")
    snapshot = good(export, tmp_path)
    assert (snapshot.subgroups["g1"].label, snapshot.subgroups["g1"].classes) == ("группа 1", ("cohort-a",))
    assert [r.subject for r in snapshot.loads if r.subgroup == "g1"] == [
        "английский язык",
        "французский язык",
        "французский язык",
    ]
    later = good(export, tmp_path, today=date(2027, 9, 1))
    assert later.subgroups["g1"].label == "первая"


def test_a_subgroup_may_name_several_classes(tmp_path: Path) -> None:
    export = small_school().lesson("l", "eng", metadata_classes="c7b,c7a")
    assert good(export, tmp_path).subgroups["l"].classes == ("c7a", "c7b")


def test_the_classes_of_a_subgroup_follow_its_students_of_today(tmp_path: Path) -> None:
    export = small_school()
    export.change("enrollments", "b1-l-eng-7ab", endDate="2026-10-01")
    assert good(export, tmp_path, today=date(2026, 9, 30)).subgroups["l-eng-7ab"].classes == ("c7a", "c7b")
    assert good(export, tmp_path, today=date(2026, 10, 1)).subgroups["l-eng-7ab"].classes == ("c7a",)
    assert good(export, tmp_path, today=date(2026, 8, 1)).subgroups["l-eng-7ab"].classes == ("c7a", "c7b")


def test_a_subgroup_without_classes_is_noted(tmp_path: Path) -> None:
    reading = read(small_school().lesson("l", "eng"), tmp_path)
    assert [f.severity for f in reading.findings] == [Severity.NOTE]
    assert reading.snapshot is not None
    assert reading.snapshot.subgroups["l"].classes == ()


@pytest.mark.parametrize(
    ("lesson", "course", "id_", "title"),
    [
        ({"subjectCodes": "X1,X2", "subjects": "Алгебра,Геометрия"}, {"subjectCodes": "Y"}, "x1", "Алгебра"),
        ({"subjects": "Алгебра"}, {"subjectCodes": "Y", "subjects": "Математика"}, "y", "Алгебра"),
        ({}, {"subjects": "Родной  Язык"}, "родной язык", "Родной Язык"),
        ({}, {"title": "Чтёние"}, "чтение", "Чтёние"),
        ({}, {"title": "Алгебра 7А"}, "алгебра", "Алгебра"),
        ({}, {"title": "7А Алгебра"}, "алгебра", "Алгебра"),
        ({}, {"title": "Алгебра, 7 класс"}, "алгебра", "Алгебра"),
        ({}, {"title": "Алгебра (7-й «А»)"}, "алгебра (7-й «а»)", "Алгебра (7-й «А»)"),
        ({}, {"title": "11 класс. Физика"}, "физика", "Физика"),
        ({}, {"title": "3D-моделирование"}, "3d-моделирование", "3D-моделирование"),
        ({}, {"title": "7А"}, "7а", "7А"),
    ],
)
def test_a_subject_is_one_over_classes_and_years(
    tmp_path: Path, lesson: dict[str, str], course: dict[str, str], id_: str, title: str
) -> None:
    export = small_school().course("k", course.pop("title", "Предмет"), **course)
    export.lesson("l", "k", metadata_classes="c7a", **lesson).enrol("belova", "l", "teacher")
    snapshot = good(export, tmp_path)
    (load,) = [row for row in snapshot.loads if row.origin.row == snapshot.loads[-1].origin.row]
    assert (load.subject, snapshot.subjects[load.subject].title) == (id_, title)


# ---------------------------------------------------------------- guardians, associations


def test_guardians_are_found_in_either_direction_and_once(tmp_path: Path) -> None:
    export = small_school().change("users", "a1", agentSourcedIds="")
    export.change("users", "g-a1", agentSourcedIds="a1,a2").change("users", "a2", agentSourcedIds="g-a2,g-a1")
    found = [(r.guardian, r.child) for r in good(export, tmp_path).guardianships]
    assert sorted(found) == [("g-a1", "a1"), ("g-a1", "a2"), ("g-a2", "a2"), ("g-b1", "b1"), ("g-b2", "b2")]


@pytest.mark.parametrize(("row", "column"), [("a1", "g-a1"), ("g-a1", "a1")])
@pytest.mark.parametrize("agents", ["g-a1", ""])
def test_a_restriction_wins_whichever_row_has_it(tmp_path: Path, row: str, column: str, agents: str) -> None:
    export = small_school().change("users", "a1", agentSourcedIds=agents)
    export.change("users", row, metadata_restrictedAgents=column)
    found = {(r.guardian, r.child): r.restricted for r in good(export, tmp_path).guardianships}
    assert found["g-a1", "a1"] is True
    assert found["g-b1", "b1"] is False


def test_a_teacher_who_is_a_parent_is_both(tmp_path: Path) -> None:
    export = small_school().role("belova", "parent").change("users", "b1", agentSourcedIds="g-b1,belova")
    snapshot = good(export, tmp_path)
    assert {r.role for r in snapshot.roles if r.person == "belova"} == {Role.TEACHER, Role.GUARDIAN}
    assert ("belova", "b1") in {(r.guardian, r.child) for r in snapshot.guardianships}


def test_a_relation_without_a_guardian_is_noted(tmp_path: Path) -> None:
    reading = read(small_school().change("users", "b1", agentSourcedIds="g-b1,belova"), tmp_path)
    assert [(f.severity, f.value) for f in reading.findings] == [(Severity.NOTE, "belova")]


def test_associations_have_members_and_chairs(tmp_path: Path) -> None:
    export = small_school().change(
        "users", "belova", metadata_associations="учителей математики, учителей Физики"
    )
    export.change("users", "volkov", metadata_chairs="Учителей  математики")
    snapshot = good(export, tmp_path)
    assert {a.id: a.title for a in snapshot.associations.values()} == {
        "учителей математики": "учителей математики",
        "учителей физики": "учителей Физики",
    }
    assert {(r.person, r.association, r.chair) for r in snapshot.association_members} == {
        ("belova", "учителей математики", False),
        ("belova", "учителей физики", False),
        ("volkov", "учителей математики", True),
    }


def test_only_what_is_needed_is_kept(tmp_path: Path) -> None:
    import zlib

    export = small_school().change(
        "users", "a1", email="secret@example.org", phone="+79990001122", password="hush", sms="123"
    )
    state = read(export, tmp_path).state
    assert state is not None
    kept = zlib.decompress(state).decode()
    assert "Петров" in kept
    for secret in ("secret@", "+7999", "hush"):
        assert secret not in kept


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    export = small_school()
    turned = export.copy()
    for name, rows in turned.tables.items():
        turned.tables[name] = rows[::-1]
    assert facts(good(turned, tmp_path)) == facts(good(export, tmp_path))
