"""Everything that can be wrong with an export, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.exports import SCHOOL, Export, put, small_school
from support.readings import TODAY, place, read, source

from zvonok_appservice.roster.oneroster import OneRosterSource
from zvonok_appservice.roster.source import Finding, Reading, Severity
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import SchoolId


def roomy() -> Export:
    """The small school with so many others that two bad rows are no broken export."""
    export = small_school()
    for number in range(110):
        export.person(f"n{number}", "Новая Анна", "student").enrol(f"n{number}", "c7b")
    return export


def bad(reading: Reading) -> list[Finding]:
    assert reading.snapshot is not None, [
        str(f.text) for f in reading.findings if f.severity is Severity.FATAL
    ]
    return [finding for finding in reading.findings if finding.severity is Severity.BAD_ROW]


def fatal(reading: Reading) -> list[Finding]:
    assert reading.snapshot is None
    assert reading.state is None
    return [finding for finding in reading.findings if finding.severity is Severity.FATAL]


def read_files(files: dict[str, bytes], tmp_path: Path) -> Reading:
    return source(put(files, tmp_path / "export.zip")).read(None)


# ---------------------------------------------------------------- fatal


@pytest.mark.parametrize(
    "name", ["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"]
)
def test_a_missing_file_is_fatal(tmp_path: Path, name: str) -> None:
    files = small_school().files()
    del files[f"{name}.csv"]
    assert [f.file for f in fatal(read_files(files, tmp_path))] == [f"{name}.csv"]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("orgs", "name"),
        ("academicSessions", "endDate"),
        ("courses", "subjectCodes"),
        ("classes", "termSourcedIds"),
        ("users", "agentSourcedIds"),
        ("users", "sourcedId"),
        ("roles", "endDate"),
        ("enrollments", "primary"),
    ],
)
def test_a_missing_column_is_fatal(tmp_path: Path, name: str, column: str) -> None:
    files = small_school().files()
    files[f"{name}.csv"] = files[f"{name}.csv"].replace(column.encode(), column.upper().encode(), 1)
    assert [place(f) for f in fatal(read_files(files, tmp_path))] == [(f"{name}.csv", 1, column)]


def test_all_missing_columns_and_files_are_told_at_once(tmp_path: Path) -> None:
    files = small_school().files()
    del files["orgs.csv"]
    files["users.csv"] = files["users.csv"].replace(b"givenName", b"g").replace(b"familyName", b"f")
    assert {place(f) for f in fatal(read_files(files, tmp_path))} == {
        ("orgs.csv", None, None),
        ("users.csv", 1, "givenName"),
        ("users.csv", 1, "familyName"),
    }


def test_a_column_that_is_there_twice_is_fatal(tmp_path: Path) -> None:
    files = small_school().files()
    files["users.csv"] = files["users.csv"].replace(b"identifier", b"givenName", 1)
    assert [place(f) for f in fatal(read_files(files, tmp_path))] == [("users.csv", 1, "givenName")]


@pytest.mark.parametrize(
    "table", ["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"]
)
def test_an_id_that_is_there_twice_is_fatal(tmp_path: Path, table: str) -> None:
    export = small_school()
    rows = export.tables[table]
    rows.append(dict(rows[0]))
    findings = fatal(read(export, tmp_path))
    assert [(*place(f), f.value) for f in findings] == [
        (f"{table}.csv", len(rows) + 1, "sourcedId", rows[0]["sourcedId"])
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xff\xfe\x00",
        "sourcedId,имя".encode("windows-1251"),
        b'sourcedId,"na',
        "sourcedId".encode("utf-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_fatal(tmp_path: Path, content: bytes) -> None:
    files = {**small_school().files(), "users.csv": content}
    assert {f.file for f in fatal(read_files(files, tmp_path))} == {"users.csv"}


def test_a_whole_file_without_rows_is_fatal(tmp_path: Path) -> None:
    files = small_school().files()
    files["roles.csv"] = files["roles.csv"].splitlines(keepends=True)[0]
    assert [f.file for f in fatal(read_files(files, tmp_path))] == ["roles.csv"]


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"a,b\n1,2\n",
        b"propertyName,value\noneroster.version,2.0\n",
        b"propertyName,value\nmanifest.version,1.0\n",
        b"propertyName,value\noneroster.version\n",
        b"propertyName,value\noneroster.version,1.2\nfile.users,whole\n",
        b"\xff",
        b'propertyName,value\n"x',
    ],
)
def test_a_manifest_that_says_nonsense_is_fatal(tmp_path: Path, manifest: bytes) -> None:
    files = {**small_school().files(), "manifest.csv": manifest}
    assert {f.file for f in fatal(read_files(files, tmp_path))} == {"manifest.csv"}


def test_without_a_manifest_all_seven_files_have_to_be_there(tmp_path: Path) -> None:
    files = small_school("1.1").files()
    del files["manifest.csv"]
    assert [f.file for f in fatal(read_files(files, tmp_path))] == ["demographics.csv"]
    assert read_files({**files, "demographics.csv": b"\xff never looked into"}, tmp_path).snapshot is not None
    del files["orgs.csv"]
    assert [f.file for f in fatal(read_files(files, tmp_path))] == ["orgs.csv", "demographics.csv"]


def test_a_school_that_is_not_there_is_fatal(tmp_path: Path) -> None:
    path = small_school().write(tmp_path / "export.zip")
    (finding,) = fatal(OneRosterSource(path, SchoolId("other"), lambda: TODAY).read(None))
    assert (finding.file, finding.column, finding.value) == ("orgs.csv", "sourcedId", "other")


@pytest.mark.parametrize("name", ["", "<b>Школа</b>"])
def test_a_school_that_cannot_be_named_is_fatal(tmp_path: Path, name: str) -> None:
    (finding,) = fatal(read(small_school().change("orgs", SCHOOL, name=name), tmp_path))
    assert place(finding) == ("orgs.csv", 2, "name")


def test_a_broken_zip_is_fatal_and_an_absent_one_is_awaited(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with pytest.raises(TemporaryError):
        source(path).read(None)
    with pytest.raises(TemporaryError):
        source(path).fingerprint()
    path.write_bytes(b"PK no zip")
    assert [f.file for f in fatal(source(path).read(None))] == ["export.zip"]


def test_the_fingerprint_changes_with_the_files_alone(tmp_path: Path) -> None:
    export = small_school()
    before = source(export.write(tmp_path / "folder")).fingerprint()
    assert source(export.write(tmp_path / "folder")).fingerprint() == before
    (tmp_path / "folder" / "categories.csv").write_text("not read")
    assert source(tmp_path / "folder").fingerprint() == before
    assert (
        source(export.change("users", "a1", givenName="Олег").write(tmp_path / "folder")).fingerprint()
        != before
    )


# ---------------------------------------------------------------- bad rows


def test_a_good_roomy_school_has_nothing_bad(tmp_path: Path) -> None:
    assert bad(read(roomy(), tmp_path)) == []


@pytest.mark.parametrize(
    ("table", "id_", "column", "value", "person"),
    [
        ("users", "a1", "familyName", "=cmd|'/c calc'!A0", "a1"),
        ("users", "a1", "familyName", "<script>alert(1)</script>", "a1"),
        ("users", "a1", "givenName", "", "a1"),
        ("users", "a1", "givenName", "x" * 10_000_000, "a1"),
        ("users", "a1", "middleName", "Иванович\x00", "a1"),
        ("users", "a1", "middleName", "Иван\rович", "a1"),
        ("users", "a1", "enabledUser", "perhaps", "a1"),
        ("users", "a1", "enabledUser", "", "a1"),
        ("users", "a1", "agentSourcedIds", "nobody", "a1"),
        ("users", "a1", "metadata.restrictedAgents", "nobody", "a1"),
        ("users", "a1", "status", "perhaps", "a1"),
        ("users", "g-a1", "agentSourcedIds", "g-a2", "g-a1"),
        ("users", "a1", "agentSourcedIds", "a2", "a1"),
        ("users", "belova", "metadata.associations", "=учителей", "belova"),
        ("roles", "a1-student-3", "role", "pupil", "a1"),
        ("roles", "a1-student-3", "beginDate", "01.09.2026", "a1"),
        ("roles", "a1-student-3", "endDate", "2026-02-30", "a1"),
        ("roles", "a1-student-3", "orgSourcedId", "nowhere", "a1"),
        ("roles", "belova-teacher-1", "metadata.position", "tsar", "belova"),
        ("enrollments", "a1-c7a", "role", "pupil", "a1"),
        ("enrollments", "a1-c7a", "classSourcedId", "nowhere", "a1"),
        ("enrollments", "a1-c7a", "userSourcedId", "nobody", None),
        ("enrollments", "a1-c7a", "beginDate", "2027-06-01", "a1"),
        ("enrollments", "a1-c7a", "endDate", "tomorrow", "a1"),
        ("enrollments", "belova-c7a", "primary", "perhaps", "belova"),
        ("academicSessions", "spare", "endDate", "2026-09-01", None),
        ("academicSessions", "spare", "startDate", "x", None),
        ("classes", "spare", "classType", "circus", None),
        ("classes", "spare", "title", "", None),
        ("classes", "spare", "title", "<7А>", None),
        ("classes", "spare", "metadata.cohort", "9А", None),
        ("classes", "spare", "termSourcedIds", "nowhen", None),
        ("classes", "spare", "termSourcedIds", "", None),
        ("classes", "spare", "schoolSourcedId", "nowhere", None),
        ("classes", "l-spare", "courseSourcedId", "nothing", None),
        ("classes", "l-spare", "metadata.classes", "nowhere", None),
        ("classes", "l-spare", "metadata.classes", "l-alg-7a", None),
        ("classes", "l-spare", "metadata.subgroup", "=1", None),
        ("classes", "l-spare", "metadata.subgroupId", "группа", None),
        ("classes", "l-spare", "subjects", "<b>", None),
    ],
)
def test_a_bad_value_is_told_with_its_place(
    tmp_path: Path, table: str, id_: str, column: str, value: str, person: str | None
) -> None:
    export = roomy().term("spare").homeroom("spare", "8А").lesson("l-spare", "alg", metadata_classes="c7a")
    export.change(table, id_, **{column: value})
    row = [each["sourcedId"] for each in export.tables[table]].index(id_) + 2
    reading = read(export, tmp_path)
    (finding,) = bad(reading)
    assert place(finding) == (f"{table}.csv", row, column)
    assert finding.person == person
    assert finding.value is not None
    assert len(finding.value) <= 60
    assert finding.value.isprintable()
    assert "<" not in finding.value
    assert str(finding.text)


@pytest.mark.parametrize("table", ["users", "roles", "enrollments"])
@pytest.mark.parametrize("ending", [b",one,too,many", b"\n"])
def test_a_row_of_another_width_is_set_aside(tmp_path: Path, table: str, ending: bytes) -> None:
    files = roomy().files()
    lines = files[f"{table}.csv"].split(b"\r\n")
    row = next(i for i, line in enumerate(lines) if line.startswith(b"a1"))
    lines[row] = lines[row] + ending if ending != b"\n" else b",".join(lines[row].split(b",")[:-1])
    reading = read_files({**files, f"{table}.csv": b"\r\n".join(lines)}, tmp_path)
    assert place(bad(reading)[0]) == (f"{table}.csv", row + 1, None)
    assert bad(reading)[0].person == "a1"


def test_a_row_with_an_id_that_is_none_is_set_aside(tmp_path: Path) -> None:
    reading = read(roomy().change("enrollments", "a1-c7a", sourcedId="9А"), tmp_path)
    (finding,) = bad(reading)
    assert (place(finding), finding.value, finding.person) == (
        ("enrollments.csv", 7, "sourcedId"),
        "9А",
        "a1",
    )


def test_dates_that_end_before_they_begin_are_bad(tmp_path: Path) -> None:
    export = roomy().change("enrollments", "a1-c7a", beginDate="2026-10-02", endDate="2026-10-02")
    (finding,) = bad(read(export, tmp_path))
    assert (finding.column, finding.value, finding.person) == ("endDate", "2026-10-02", "a1")


def test_who_is_set_aside_is_not_told_of_again(tmp_path: Path) -> None:
    reading = read(roomy().change("users", "a1", familyName="1"), tmp_path)
    (finding,) = bad(reading)
    assert reading.set_aside == {"a1"}
    assert reading.snapshot is not None
    assert "a1" not in reading.snapshot.people
    assert all(row.student != "a1" for row in reading.snapshot.class_enrolments)
    assert all(row.child != "a1" for row in reading.snapshot.guardianships)
    assert all(row.person != "a1" for row in reading.snapshot.roles)
    assert finding.column == "familyName"


def test_whoever_is_in_a_class_that_is_set_aside_keeps_what_was(tmp_path: Path) -> None:
    export = roomy().homeroom("c8a", "").person("x", "Новая Анна", "student").enrol("x", "c8a")
    reading = read(export, tmp_path)
    assert [f.file for f in bad(reading)] == ["classes.csv", "enrollments.csv"]
    assert reading.set_aside == {"x"}


def test_a_class_of_a_term_that_is_set_aside_is_set_aside(tmp_path: Path) -> None:
    export = roomy().term("bad", "x").homeroom("c8a", "8А", termSourcedIds="bad")
    assert [place(f) for f in bad(read(export, tmp_path))] == [
        ("academicSessions.csv", 3, "startDate"),
        ("classes.csv", 7, "termSourcedIds"),
    ]


def test_a_student_in_two_classes_keeps_what_was(tmp_path: Path) -> None:
    reading = read(roomy().enrol("a1", "c7b", beginDate="2026-12-01"), tmp_path)
    (finding,) = bad(reading)
    assert (finding.file, finding.column, finding.value, finding.person) == (
        "enrollments.csv",
        "classSourcedId",
        "7Б",
        "a1",
    )
    moved = (
        roomy()
        .change("enrollments", "a1-c7a", endDate="2026-12-01")
        .enrol("a1", "c7b", beginDate="2026-12-01")
    )
    assert bad(read(moved, tmp_path)) == []


def test_a_bad_role_leaves_the_relations_of_its_person(tmp_path: Path) -> None:
    reading = read(roomy().change("roles", "a1-student-3", role="pupil"), tmp_path)
    assert len(bad(reading)) == 1
    assert reading.set_aside == {"a1"}


def test_one_bad_row_is_never_fatal_and_many_are(tmp_path: Path) -> None:
    assert len(bad(read(small_school().change("users", "a1", givenName="1"), tmp_path))) == 1
    two = small_school().change("users", "a1", givenName="1").change("users", "a2", givenName="2")
    (finding,) = fatal(read(two, tmp_path))
    assert finding.file == "users.csv"
    assert "2 rows" in str(finding.text)


def test_two_per_cent_are_borne_and_more_are_not(tmp_path: Path) -> None:
    export = roomy()
    assert len(export.tables["users"]) == 121
    for number in range(2):
        export.change("users", f"n{number}", givenName="1")
    assert len(bad(read(export, tmp_path))) == 2
    assert fatal(read(export.change("users", "n2", givenName="1"), tmp_path))


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    export = roomy().change("users", "a1", givenName="1").change("roles", "a2-student-5", role="pupil")
    export.tables["courses"].append(dict(export.tables["courses"][0]))
    export.change("enrollments", "b1-c7b", classSourcedId="nowhere")
    found = {(f.severity, f.file) for f in read(export, tmp_path).findings}
    assert found >= {
        (Severity.FATAL, "courses.csv"),
        (Severity.BAD_ROW, "users.csv"),
        (Severity.BAD_ROW, "roles.csv"),
        (Severity.BAD_ROW, "enrollments.csv"),
    }


# ---------------------------------------------------------------- notes


def test_an_empty_class_and_a_student_without_one_are_notes(tmp_path: Path) -> None:
    reading = read(small_school().homeroom("c8a", "8А").person("x", "Новая Анна", "student"), tmp_path)
    assert reading.snapshot is not None
    assert [(f.severity, f.file, f.value, f.person) for f in reading.findings] == [
        (Severity.NOTE, "classes.csv", "8А", None),
        (Severity.NOTE, "roles.csv", None, "x"),
    ]


# ---------------------------------------------------------------- garbage


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_garbage_raises(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    files = small_school().files()
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(files)))
        content = bytearray(files[name])
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(
            st.one_of(
                st.binary(max_size=8), st.sampled_from([b",", b'"', b"\n", b"\r\n", b"\x00", b"\xff", b",,,"])
            )
        )
        files[name] = bytes(content)
    reading = read_files(files, tmp_path_factory.mktemp("garbage"))
    has_fatal = any(finding.severity is Severity.FATAL for finding in reading.findings)
    assert has_fatal == (reading.snapshot is None)


def test_whoever_is_in_a_class_that_cannot_be_read_keeps_what_was(tmp_path: Path) -> None:
    export = roomy().homeroom("c8a", "8\x00А").person("x", "Новая Анна", "student").enrol("x", "c8a")
    reading = read(export, tmp_path)
    assert [f.file for f in bad(reading)] == ["classes.csv", "enrollments.csv"]
    assert reading.set_aside == {"x"}
