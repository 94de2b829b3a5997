"""Whole exports and changes, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.exports import COLUMNS, SCHOOL, Export, put, small_school
from support.readings import TODAY, facts, place, read, source

from zvonok_appservice.roster.snapshot import Origin, Snapshot
from zvonok_appservice.roster.source import Reading, Severity


def taken(reading: Reading) -> tuple[Snapshot, bytes]:
    """A reading that was good enough to be taken."""
    assert reading.snapshot is not None, [str(finding.text) for finding in reading.findings]
    assert reading.state is not None
    return reading.snapshot, reading.state


@pytest.fixture
def first(tmp_path: Path) -> bytes:
    """The state after the small school was read whole."""
    return taken(read(small_school(), tmp_path))[1]


def delta(version: str = "1.2") -> Export:
    return Export(version, "delta")


def test_a_manifest_alone_says_that_nothing_changed(tmp_path: Path, first: bytes) -> None:
    before = taken(read(small_school(), tmp_path))[0]
    reading = read(delta(), tmp_path, first)
    assert facts(taken(reading)[0]) == facts(before)
    assert reading.rows["users.csv"] == 11


def test_rows_of_an_earlier_export_carry_its_day(tmp_path: Path, first: bytes) -> None:
    later = delta().person("a1", "Петров Пётр Олегович", agentSourcedIds="g-a1")
    snapshot, state = taken(read(later, tmp_path, first, today=date(2026, 10, 2)))
    assert snapshot.people["a1"].given == "Пётр"
    assert snapshot.people["a1"].origin == Origin("users.csv", 2)
    assert snapshot.people["a2"].origin == Origin("users.csv (2026-10-01)", 7)
    snapshot, _ = taken(read(delta(), tmp_path, state, today=date(2026, 10, 3)))
    assert snapshot.people["a1"].origin == Origin("users.csv (2026-10-02)", 2)


def test_changes_may_be_read_twice(tmp_path: Path, first: bytes) -> None:
    change = (
        delta()
        .person("x", "Новая Анна", "student")
        .enrol("x", "c7a")
        .row("enrollments", "a2-c7a", status="tobedeleted")
    )
    once, state = taken(read(change, tmp_path, first))
    twice, _ = taken(read(change, tmp_path, state))
    assert twice == once
    assert {row.student for row in once.class_enrolments} == {"a1", "b1", "b2", "x"}


def test_who_is_deleted_is_gone_and_comes_back(tmp_path: Path, first: bytes) -> None:
    before = taken(read(small_school(), tmp_path))[0]
    gone, state = taken(read(delta().row("users", "a1", status="tobedeleted"), tmp_path, first))
    assert "a1" not in gone.people
    assert all(row.student != "a1" for row in gone.class_enrolments)
    again = delta().person("a1", "Петров Иван Олегович", agentSourcedIds="g-a1")
    back, _ = taken(read(again, tmp_path, state))
    assert facts(back) == facts(before)


def test_rows_that_outlive_what_they_refer_to_are_no_fault(tmp_path: Path, first: bytes) -> None:
    change = delta().row("users", "a1", status="tobedeleted").row("classes", "c7b", status="tobedeleted")
    reading = read(change, tmp_path, first)
    assert [f for f in reading.findings if f.severity is not Severity.NOTE] == []


def test_a_new_row_that_refers_to_what_is_deleted_is_a_fault(tmp_path: Path, first: bytes) -> None:
    change = delta().row("classes", "c7b", status="tobedeleted").enrol("a1", "c7b", id_="new")
    bad = [f for f in read(change, tmp_path, first).findings if f.severity is Severity.BAD_ROW]
    assert [(*place(f), f.person) for f in bad] == [("enrollments.csv", 2, "classSourcedId", "a1")]


def test_who_is_missing_from_a_whole_file_is_gone(tmp_path: Path, first: bytes) -> None:
    export = (
        small_school()
        .drop("users", "g-a1")
        .drop("roles", "g-a1-parent-4")
        .change("users", "a1", agentSourcedIds="")
    )
    snapshot, state = taken(read(export, tmp_path, first))
    assert "g-a1" not in snapshot.people
    assert "g-a1" in taken(read(small_school(), tmp_path, state))[0].people


def test_one_file_may_be_whole_and_another_changes(tmp_path: Path, first: bytes) -> None:
    export = delta()
    export.tables["users"] = [row for row in small_school().tables["users"] if row["sourcedId"] != "b2"]
    export.hints = {"users": "bulk"}
    export.enrol("a2", "l-eng-7a-1")
    snapshot, _ = taken(read(export, tmp_path, first))
    assert "b2" not in snapshot.people
    assert {row.student for row in snapshot.subgroup_enrolments if row.subgroup == "l-eng-7a-1"} == {
        "a1",
        "a2",
    }


# ---------------------------------------------------------------- when hints and rows differ


def test_rows_without_a_status_are_the_whole(tmp_path: Path, first: bytes) -> None:
    export = small_school().drop("enrollments", "b2-c7b")
    export.hints = dict.fromkeys(export.tables, "delta")
    reading = read(export, tmp_path, first)
    assert {row.student for row in taken(reading)[0].class_enrolments} == {"a1", "a2", "b1"}
    assert sum("the manifest says" in str(f.text) for f in reading.findings) == len(export.tables)


def test_rows_that_delete_are_changes(tmp_path: Path, first: bytes) -> None:
    export = delta().row("enrollments", "b2-c7b", status="tobedeleted")
    export.hints = {"enrollments": "bulk"}
    assert {row.student for row in taken(read(export, tmp_path, first))[0].class_enrolments} == {
        "a1",
        "a2",
        "b1",
    }


def test_a_whole_export_may_say_that_its_rows_are_active(tmp_path: Path, first: bytes) -> None:
    export = small_school().drop("enrollments", "b2-c7b")
    for rows in export.tables.values():
        for row in rows:
            row["status"] = "active"
    assert {row.student for row in taken(read(export, tmp_path, first))[0].class_enrolments} == {
        "a1",
        "a2",
        "b1",
    }


def test_a_first_import_may_say_that_records_are_inactive(tmp_path: Path) -> None:
    export = small_school().change("enrollments", "b2-c7b", status="inactive")
    assert {row.student for row in taken(read(export, tmp_path))[0].class_enrolments} == {"a1", "a2", "b1"}


def test_a_file_that_the_manifest_denies_is_read(tmp_path: Path, first: bytes) -> None:
    change = delta().row("enrollments", "b2-c7b", status="tobedeleted")
    change.hints = {"enrollments": "absent"}
    assert {row.student for row in taken(read(change, tmp_path, first))[0].class_enrolments} == {
        "a1",
        "a2",
        "b1",
    }


def test_an_empty_file_of_changes_changes_nothing(tmp_path: Path, first: bytes) -> None:
    files = {**delta().files(), "users.csv": (",".join(COLUMNS["users"]) + "\n").encode()}
    files["manifest.csv"] = files["manifest.csv"].replace(b"file.users,absent", b"file.users,delta")
    snapshot, _ = taken(source(put(files, tmp_path / "e.zip")).read(first))
    assert len(snapshot.people) == 11


def test_an_empty_file_that_is_denied_changes_nothing(tmp_path: Path, first: bytes) -> None:
    files = {**delta().files(), "users.csv": (",".join(COLUMNS["users"]) + "\n").encode()}
    snapshot, _ = taken(source(put(files, tmp_path / "e.zip")).read(first))
    assert len(snapshot.people) == 11


# ---------------------------------------------------------------- what stops an import of changes


def fatal(reading: Reading) -> list[tuple[str, str | None]]:
    assert reading.snapshot is None
    assert reading.state is None
    return [(f.file, f.column) for f in reading.findings if f.severity is Severity.FATAL]


def test_changes_need_something_to_be_applied_to(tmp_path: Path) -> None:
    reading = read(delta().person("x", "Новая Анна", "student"), tmp_path)
    assert ("users.csv", None) in fatal(reading)
    assert any("bulk" in str(f.text) for f in reading.findings)


def test_changes_of_another_version_need_a_whole_first(tmp_path: Path, first: bytes) -> None:
    assert fatal(read(delta("1.1").person("x", "Новая Анна", "student"), tmp_path, first))
    assert read(small_school("1.1"), tmp_path, first).snapshot is not None


def test_a_state_of_another_format_is_forgotten(tmp_path: Path, first: bytes) -> None:
    import json
    import zlib

    other = zlib.compress(json.dumps({**json.loads(zlib.decompress(first)), "format": 0}).encode())
    assert fatal(read(delta(), tmp_path, other))
    assert read(small_school(), tmp_path, other).snapshot is not None


def test_a_restriction_is_not_lost_with_its_column(tmp_path: Path) -> None:
    restricted = small_school().change("users", "a1", metadata_restrictedAgents="g-a1")
    state = taken(read(restricted, tmp_path))[1]
    assert fatal(read(small_school(), tmp_path, state)) == [("users.csv", "metadata.restrictedAgents")]
    assert fatal(read(delta().person("a1", "Петров Иван"), tmp_path, state)) == [
        ("users.csv", "metadata.restrictedAgents")
    ]
    lifted = small_school().change("users", "a1", metadata_restrictedAgents="")
    assert not any(row.restricted for row in taken(read(lifted, tmp_path, state))[0].guardianships)


# ---------------------------------------------------------------- rows that can't be read


def test_a_row_that_cannot_be_read_leaves_what_was_known(tmp_path: Path, first: bytes) -> None:
    broken = small_school().change("enrollments", "a1-c7a", status="perhaps")
    for number in range(60):
        broken.person(f"n{number}", "Новая Анна", "student").enrol(f"n{number}", "c7b")
    reading = read(broken, tmp_path, first)
    snapshot, state = taken(reading)
    assert reading.set_aside == {"a1"}
    assert ("a1", "c7a") in {(row.student, row.class_) for row in snapshot.class_enrolments}
    assert read(delta(), tmp_path, state).set_aside == frozenset()


def test_a_change_without_a_status_is_set_aside(tmp_path: Path, first: bytes) -> None:
    change = (
        delta()
        .person("a1", "Петров Пётр", status="")
        .person("a2", "Сидоров Пётр")
        .enrol("a1", "c7b", status="")
    )
    change.enrol("a2", "c7b", id_="a2-c7a")
    reading = read(change, tmp_path, first)
    assert reading.set_aside == {"a1"}
    snapshot, _ = taken(reading)
    assert (snapshot.people["a1"].given, snapshot.people["a2"].given) == ("Иван", "Пётр")
    assert {r.class_ for r in snapshot.class_enrolments if r.student == "a2"} == {"c7b"}


# ---------------------------------------------------------------- deltas add up to a bulk


STUDENTS = ("s1", "s2", "s3")
CLASSES = ("c7a", "c7b")
NAMES = ("Иван", "Пётр", "Анна")


@st.composite
def schools(draw: st.DrawFn) -> dict[str, tuple[str, str]]:
    """Who is there, by name and class."""
    return {
        student: (draw(st.sampled_from(NAMES)), draw(st.sampled_from(CLASSES)))
        for student in draw(st.lists(st.sampled_from(STUDENTS), unique=True))
    }


def whole(students: dict[str, tuple[str, str]]) -> Export:
    export = Export().org().term().homeroom("c7a", "7А").homeroom("c7b", "7Б")
    export.person("t", "Белова Ольга", "teacher").enrol("t", "c7a", "teacher", primary="true")
    for student, (name, class_) in students.items():
        export.person(student, f"Петров {name}").row(
            "roles", f"r-{student}", userSourcedId=student, role="student", orgSourcedId=SCHOOL
        )
        export.enrol(student, class_, id_=f"e-{student}")
    return export.course("k", "Класс")


def change(old: Export, new: Export) -> Export:
    """The changes that lead from one export to the other."""
    result = Export(kind="delta")
    for name, rows in new.tables.items():
        before = {row["sourcedId"]: row for row in old.tables[name]}
        for row in rows:
            if before.pop(row["sourcedId"], None) != row:
                result.tables[name].append(dict(row))
        result.tables[name] += [{**row, "status": "tobedeleted"} for row in before.values()]
    return result


def steps(students: list[dict[str, tuple[str, str]]]) -> Iterator[Export]:
    exports = [whole(each) for each in students]
    yield exports[0]
    for old, new in pairwise(exports):
        yield change(old, new)


@settings(max_examples=60, deadline=None)
@given(history=st.lists(schools(), min_size=2, max_size=6))
def test_changes_add_up_to_the_whole(
    tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, tuple[str, str]]]
) -> None:
    tmp_path = tmp_path_factory.mktemp("history")
    state: bytes | None = None
    for export in steps(history):
        reading = read(export, tmp_path, state, today=TODAY)
        assert [f for f in reading.findings if f.severity is not Severity.NOTE] == []
        snapshot, state = taken(reading)
    assert facts(snapshot) == facts(taken(read(whole(history[-1]), tmp_path))[0])
