"""The school's own rows over the journal's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.exports import small_school
from support.readings import facts, good

from zvonok_appservice.roster.additions import Additions, merge_additions, read_additions
from zvonok_appservice.roster.snapshot import Dates, Origin, Snapshot
from zvonok_appservice.roster.source import Finding, Severity
from zvonok_core.errors import TemporaryError
from zvonok_core.roles import Position, Role

TODAY = date(2026, 10, 1)
SEPTEMBER, JUNE = date(2026, 9, 1), date(2027, 6, 1)
TIMES = "until: 2026-12-01, reason: приказ № 5"
UNTIL = date(2026, 12, 1)


@pytest.fixture
def journal(tmp_path: Path) -> Snapshot:
    return good(small_school(), tmp_path)


def parsed(tmp_path: Path, content: str | bytes) -> tuple[Additions | None, tuple[Finding, ...]]:
    path = tmp_path / "additions.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_additions(path)


def merged(
    journal: Snapshot, tmp_path: Path, content: str, day: date = TODAY
) -> tuple[Snapshot, tuple[Finding, ...]]:
    additions, findings = parsed(tmp_path, content)
    assert additions is not None, [str(finding.text) for finding in findings]
    assert findings == ()
    return merge_additions(journal, additions, day)


def laid_over(journal: Snapshot, tmp_path: Path, content: str, day: date = TODAY) -> Snapshot:
    snapshot, findings = merged(journal, tmp_path, content, day)
    assert findings == ()
    return snapshot


# ---------------------------------------------------------------- merging


def test_no_additions_change_nothing(journal: Snapshot, tmp_path: Path) -> None:
    for content in ("", "# nothing yet\n", "people:\nroles: []\n", "people: null\n"):
        assert laid_over(journal, tmp_path, content) == journal


def test_somebody_from_outside_is_added_with_their_line(journal: Snapshot, tmp_path: Path) -> None:
    snapshot = laid_over(
        journal,
        tmp_path,
        "roles:\n"
        f"  - {{person: ext-1, role: teacher, from: 2026-10-01, {TIMES}}}\n"
        "people:\n"
        f"  - {{person: ext-1, family: Ершова, given: Алла, patronymic: Львовна, {TIMES}}}\n"
        "positions:\n"
        f"  - {{person: ext-1, position: psychologist, {TIMES}}}\n",
    )
    person = snapshot.people["ext-1"]
    assert (person.family, person.given, person.patronymic, person.enabled) == (
        "Ершова",
        "Алла",
        "Львовна",
        True,
    )
    assert person.origin == Origin("additions.yaml", 4)
    (role,) = [row for row in snapshot.roles if row.person == "ext-1"]
    assert (role.role, role.dates, role.origin) == (
        Role.TEACHER,
        Dates(TODAY, UNTIL),
        Origin("additions.yaml", 2),
    )
    (position,) = [row for row in snapshot.positions if row.person == "ext-1"]
    assert (position.position, position.dates) == (Position.PSYCHOLOGIST, Dates(None, UNTIL))
    assert len(snapshot.people) == len(journal.people) + 1


def test_a_name_is_corrected_while_the_entry_holds(journal: Snapshot, tmp_path: Path) -> None:
    content = f"people:\n  - {{person: a1, given: Ян, from: 2026-10-01, {TIMES}}}\n"
    person = laid_over(journal, tmp_path, content).people["a1"]
    assert (person.family, person.given, person.origin.file) == ("Петров", "Ян", "additions.yaml")
    assert laid_over(journal, tmp_path, content, date(2026, 9, 30)) == journal
    after, findings = merged(journal, tmp_path, content, UNTIL)
    assert after == journal
    assert [(f.severity, f.file, f.row) for f in findings] == [(Severity.NOTE, "additions.yaml", 2)]


def test_somebody_whom_the_journal_forgot_to_dismiss_has_nothing_in_the_dates(
    journal: Snapshot, tmp_path: Path
) -> None:
    snapshot = laid_over(
        journal, tmp_path, f"people:\n  - {{person: head, from: 2026-10-01, remove: true, {TIMES}}}\n"
    )
    for rows in (snapshot.roles, snapshot.positions):
        assert [row.dates for row in rows if row.person == "head"] == [Dates(None, TODAY), Dates(UNTIL, None)]
    assert len(snapshot.roles) == len(journal.roles) + 1


def test_a_role_and_a_position_are_taken_away(journal: Snapshot, tmp_path: Path) -> None:
    content = f"roles:\n  - {{person: belova, role: teacher, remove: true, {TIMES}}}\n"
    content += f"positions:\n  - {{person: head, position: head, remove: true, {TIMES}}}\n"
    snapshot = laid_over(journal, tmp_path, content)
    assert [row.dates for row in snapshot.roles if row.person == "belova"] == [Dates(UNTIL, None)]
    assert [row.dates for row in snapshot.positions] == [Dates(UNTIL, None)]


def test_a_guardian_is_restricted_for_a_time(journal: Snapshot, tmp_path: Path) -> None:
    content = f"guardians:\n  - {{guardian: g-a1, child: a1, restricted: true, from: 2026-10-01, {TIMES}}}\n"
    snapshot = laid_over(journal, tmp_path, content)
    found = {(row.dates, row.restricted) for row in snapshot.guardianships if row.child == "a1"}
    assert found == {(Dates(None, TODAY), False), (Dates(TODAY, UNTIL), True), (Dates(UNTIL, None), False)}
    gone = laid_over(
        journal, tmp_path, f"guardians:\n  - {{guardian: g-a1, child: a1, remove: true, {TIMES}}}\n"
    )
    assert [row.dates for row in gone.guardianships if row.child == "a1"] == [Dates(UNTIL, None)]
    assert facts(gone)["roles"] == facts(journal)["roles"]


def test_a_student_is_put_into_another_class(journal: Snapshot, tmp_path: Path) -> None:
    snapshot = laid_over(
        journal, tmp_path, f"enrolments:\n  - {{student: a1, class: 7Б, from: 2026-10-01, {TIMES}}}\n"
    )
    assert [(row.class_, row.dates) for row in snapshot.class_enrolments if row.student == "a1"] == [
        ("c7a", Dates(SEPTEMBER, TODAY)),
        ("c7a", Dates(UNTIL, JUNE)),
        ("c7b", Dates(TODAY, UNTIL)),
    ]
    gone = laid_over(
        journal, tmp_path, f"enrolments:\n  - {{student: a1, class: c7a, remove: true, {TIMES}}}\n"
    )
    assert [row.dates for row in gone.class_enrolments if row.student == "a1"] == [Dates(UNTIL, JUNE)]


def test_a_student_is_put_into_a_subgroup_beside_the_others(journal: Snapshot, tmp_path: Path) -> None:
    snapshot = laid_over(
        journal, tmp_path, f"enrolments:\n  - {{student: a1, subgroup: l-eng-7ab, {TIMES}}}\n"
    )
    assert {row.subgroup for row in snapshot.subgroup_enrolments if row.student == "a1"} == {
        "l-eng-7a-1",
        "l-eng-7ab",
    }
    assert snapshot.class_enrolments == journal.class_enrolments


def test_loads_and_class_heads_come_and_go(journal: Snapshot, tmp_path: Path) -> None:
    content = (
        f"loads:\n"
        f"  - {{teacher: volkov, subject: алгебра, class: 7а, {TIMES}}}\n"
        f"  - {{teacher: volkov, subject: alg, subgroup: l-eng-7ab, {TIMES}}}\n"
        f"  - {{teacher: volkov, subject: Шахматы, class: c7b, {TIMES}}}\n"
        f"  - {{teacher: belova, subject: alg, class: c7a, remove: true, {TIMES}}}\n"
        f"homerooms:\n"
        f"  - {{teacher: volkov, class: 7А, {TIMES}}}\n"
        f"  - {{teacher: belova, class: 7А, remove: true, {TIMES}}}\n"
    )
    snapshot = laid_over(journal, tmp_path, content)
    new = {
        (row.subject, row.class_, row.subgroup)
        for row in snapshot.loads
        if row.origin.file == "additions.yaml"
    }
    assert new == {("alg", "c7a", None), ("alg", None, "l-eng-7ab"), ("шахматы", "c7b", None)}
    assert snapshot.subjects["шахматы"].title == "Шахматы"
    assert [row.dates for row in snapshot.loads if row.teacher == "belova"] == [Dates(UNTIL, JUNE)]
    assert [(row.teacher, row.dates) for row in snapshot.homerooms if row.class_ == "c7a"] == [
        ("belova", Dates(UNTIL, JUNE)),
        ("volkov", Dates(None, UNTIL)),
    ]


def test_associations_are_made_chaired_and_left(journal: Snapshot, tmp_path: Path) -> None:
    content = f"associations:\n  - {{person: belova, association: математиков, {TIMES}}}\n"
    chaired = (
        content
        + f"  - {{person: belova, association: Математиков, chair: true, from: 2026-10-01, {TIMES}}}\n"
    )
    snapshot = laid_over(journal, tmp_path, chaired)
    assert [a.title for a in snapshot.associations.values()] == ["математиков"]
    assert [(row.chair, row.dates) for row in snapshot.association_members] == [
        (False, Dates(None, TODAY)),
        (True, Dates(TODAY, UNTIL)),
    ]
    left = content + f"  - {{person: belova, association: математиков, remove: true, {TIMES}}}\n"
    assert laid_over(journal, tmp_path, left).association_members == ()


@pytest.mark.parametrize(
    ("entry", "key", "value"),
    [
        ("people:\n  - {person: x, family: Ким, ", "person", "x"),
        ("people:\n  - {person: x, remove: true, ", "person", "x"),
        ("roles:\n  - {person: x, role: aide, ", "person", "x"),
        ("positions:\n  - {person: x, position: head, ", "person", "x"),
        ("guardians:\n  - {guardian: x, child: a1, ", "guardian", "x"),
        ("guardians:\n  - {guardian: g-a1, child: x, ", "child", "x"),
        ("enrolments:\n  - {student: x, class: 7А, ", "student", "x"),
        ("enrolments:\n  - {student: a1, class: 9Ю, ", "class", "9Ю"),
        ("enrolments:\n  - {student: a1, subgroup: x, ", "subgroup", "x"),
        ("homerooms:\n  - {teacher: x, class: 7А, ", "teacher", "x"),
        ("loads:\n  - {teacher: x, subject: alg, class: 7А, ", "teacher", "x"),
        ("associations:\n  - {person: x, association: alg, ", "person", "x"),
    ],
)
def test_what_fits_nothing_is_told_and_left_out(
    journal: Snapshot, tmp_path: Path, entry: str, key: str, value: str
) -> None:
    snapshot, findings = merged(journal, tmp_path, entry + TIMES + "}\n")
    assert snapshot == journal
    assert [(f.severity, f.file, f.row, f.column, f.value) for f in findings] == [
        (Severity.BAD_ROW, "additions.yaml", 2, key, value)
    ]


def test_a_title_that_two_classes_have_names_neither(journal: Snapshot, tmp_path: Path) -> None:
    twins = {id_: replace(class_, title="7А") for id_, class_ in journal.classes.items()}
    _, findings = merged(
        replace(journal, classes=twins),
        tmp_path,
        f"homerooms:\n  - {{teacher: volkov, class: 7А, {TIMES}}}\n",
    )
    assert [f.column for f in findings] == ["class"]


def test_taking_away_what_is_not_there_is_noted(journal: Snapshot, tmp_path: Path) -> None:
    content = f"roles:\n  - {{person: belova, role: aide, remove: true, {TIMES}}}\n"
    snapshot, findings = merged(journal, tmp_path, content)
    assert snapshot == journal
    assert [f.severity for f in findings] == [Severity.NOTE]


DAYS = st.none() | st.dates(date(2026, 9, 1), date(2026, 9, 20))


@given(whole=st.tuples(DAYS, DAYS), hole=st.tuples(DAYS, st.dates(date(2026, 9, 1), date(2026, 9, 20))))
def test_cutting_takes_exactly_the_days_of_the_entry(
    whole: tuple[date | None, date | None], hole: tuple[date | None, date]
) -> None:
    from zvonok_appservice.roster.additions.merging import _outside

    row, cut = Dates(*whole), Dates(*hole)
    if (row.begin and row.end and row.end <= row.begin) or (cut.begin and cut.end and cut.end <= cut.begin):
        return
    parts = _outside(row, cut)
    for number in range(1, 26):
        day = date(2026, 9, number)
        assert any(part.hold(day) for part in parts) == (row.hold(day) and not cut.hold(day))
    assert all(part.begin is None or part.end is None or part.begin < part.end for part in parts)


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("content", "row", "column"),
    [
        ("pepole: []", 1, "pepole"),
        ("[1]", 1, None),
        ("text", 1, None),
        ("people: text", 1, "people"),
        ("people:\n  - text", 2, "people"),
        ("people: []\npeople: []", 2, "people"),
        (f"people:\n  - {{{TIMES}}}", 2, "person"),
        ("people:\n  - {person: x, reason: r}", 2, "until"),
        ("people:\n  - {person: x, until: 2026-12-01}", 2, "reason"),
        ("people:\n  - {person: x, reason: r, until: }", 2, "until"),
        ("people:\n  - {person: x, reason: '', until: 2026-12-01}", 2, "reason"),
        ("people:\n  - {person: x, reason: r, until: tomorrow}", 2, "until"),
        ("people:\n  - person: x\n    reason: r\n    from: 2026-12-01\n    until: 2026-12-01", 2, "until"),
        (f"people:\n  - {{person: x, family: <b>, {TIMES}}}", 2, "family"),
        (f'people:\n  - {{person: "x\\0", {TIMES}}}', 2, "person"),
        (f"people:\n  - {{person: '', {TIMES}}}", 2, "person"),
        (f"people:\n  - {{person: x, remove: perhaps, {TIMES}}}", 2, "remove"),
        (f"people:\n  - {{person: [x], {TIMES}}}", 2, "person"),
        (f"people:\n  - {{person: x, role: teacher, {TIMES}}}", 2, "role"),
        (f"roles:\n  - {{person: x, role: tsar, {TIMES}}}", 2, "role"),
        (f"positions:\n  - {{person: x, position: tsar, {TIMES}}}", 2, "position"),
        (f"enrolments:\n  - {{student: x, {TIMES}}}", 2, None),
        (f"enrolments:\n  - {{student: x, class: 7А, subgroup: y, {TIMES}}}", 2, None),
        (f"homerooms:\n  - {{teacher: x, class: '', {TIMES}}}", 2, "class"),
        ("people: [", 2, None),
        ("people: &a [*a", 2, None),
        ("a: b: c", 1, None),
        ("\t", 1, None),
        ("x: \0", None, None),
        (b"\xff", None, None),
        ("[" * 100_000, None, None),
        (b"#" * 10_000_001, None, None),
    ],
)
def test_what_is_wrong_in_the_file_stops_the_import(
    tmp_path: Path, content: str | bytes, row: int | None, column: str | None
) -> None:
    additions, findings = parsed(tmp_path, content)
    assert additions is None
    assert (findings[0].severity, findings[0].file) == (Severity.FATAL, "additions.yaml")
    assert column in {finding.column for finding in findings}
    if row is not None and column is not None:
        assert row in {finding.row for finding in findings if finding.column == column}


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    _, findings = parsed(tmp_path, "people:\n  - {person: x}\nroles:\n  - {role: tsar}\n")
    assert {(f.row, f.column) for f in findings} == {
        (2, "until"),
        (2, "reason"),
        (4, "person"),
        (4, "until"),
        (4, "reason"),
        (4, "role"),
    }


def test_ids_are_taken_as_they_are_written(tmp_path: Path) -> None:
    additions, _ = parsed(
        tmp_path,
        f"roles:\n  - {{person: 0123, role: aide, {TIMES}}}\n  - {{person: no, role: aide, {TIMES}}}\n",
    )
    assert additions is not None
    assert [entry.values["person"] for entry in additions.entries] == ["0123", "no"]


def test_a_file_that_is_away_is_waited_for(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError):
        read_additions(tmp_path / "nowhere.yaml")


@given(content=st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_garbage_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    additions, findings = parsed(tmp_path_factory.mktemp("garbage"), content)
    assert (additions is None) == bool(findings)
