"""The generated school as OneRoster comes back out of the reader as it went in."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from support.facts import facts, within

from zvonok_appservice.roster.class_titles import school_year
from zvonok_appservice.roster.oneroster import OneRosterSource
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_appservice.roster.source import Severity
from zvonok_core.roles import Role
from zvonok_demo.school import GeneratedSchool, generate, next_year, small_school
from zvonok_demo.school.as_oneroster import Version, write_oneroster

DAY = date(2026, 10, 14)


def source_of(school: GeneratedSchool, target: Path, version: Version) -> OneRosterSource:
    path = write_oneroster(school.snapshot, target, school.today, version)
    return OneRosterSource(path, school.snapshot.school.id, lambda: school.today)


def in_year(school: GeneratedSchool) -> Snapshot:
    """Enrolments of OneRoster are never longer than their class's term."""
    year = school_year(school.today)
    return within(school.snapshot, date(year, 8, 1), date(year + 1, 8, 1))


@pytest.mark.parametrize("name", ["journal.zip", "journal"])
@pytest.mark.parametrize("school", [small_school(1, DAY), generate(2, DAY), next_year(small_school(1, DAY))])
def test_version_1_2_says_all_of_it(school: GeneratedSchool, name: str, tmp_path: Path) -> None:
    reading = source_of(school, tmp_path / name, "1.2").read(None)
    assert {finding.severity for finding in reading.findings} == {Severity.NOTE}
    assert reading.snapshot is not None
    assert facts(reading.snapshot) == facts(in_year(school))


def test_version_1_1_says_all_but_the_roles_it_has_no_word_for(tmp_path: Path) -> None:
    school = small_school(1, DAY)
    reading = source_of(school, tmp_path / "journal.zip", "1.1").read(None)
    assert {finding.severity for finding in reading.findings} == {Severity.NOTE}
    assert reading.snapshot is not None
    said, meant = facts(reading.snapshot), facts(in_year(school))
    teacher = school.families.teacher_parent
    counselors = {row.person for row in school.snapshot.roles if row.role is Role.COUNSELOR}
    for name in meant.keys() - {"roles", "guardianships"}:
        assert said[name] == meant[name]
    assert {(person, role) for person, role, _ in meant["roles"] - said["roles"]} == {  # type: ignore[operator]
        (teacher, Role.GUARDIAN),
        (school.staff.head, Role.PRINCIPAL),
        *((person, Role.COUNSELOR) for person in counselors),
    }
    assert {row[:2] for row in meant["guardianships"] - said["guardianships"]} == {  # type: ignore[operator]
        (teacher, school.families.child_of_teacher)
    }


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_the_package_keeps_the_rules_of_the_specification(version: Version, tmp_path: Path) -> None:
    path = write_oneroster(small_school(1, DAY).snapshot, tmp_path / "journal.zip", DAY, version)
    with zipfile.ZipFile(path) as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"), newline="")))
            for name in archive.namelist()
        }
    manifest = {row["propertyName"]: row["value"] for row in tables.pop("manifest.csv")}
    assert manifest["oneroster.version"] == version
    declared = {f"{key.removeprefix('file.')}.csv" for key, value in manifest.items() if value == "bulk"}
    assert declared == set(tables)
    for rows in tables.values():
        assert rows, "a file without data rows is not permitted"
        assert len({row["sourcedId"] for row in rows}) == len(rows)
        assert all(row["status"] == row["dateLastModified"] == "" for row in rows)
        header = list(rows[0])
        extensions = [name.startswith("metadata.") for name in header]
        assert extensions == sorted(extensions), "extensions stand at the right end"
    if version == "1.2":
        primary = [row["userSourcedId"] for row in tables["roles.csv"] if row["roleType"] == "primary"]
        assert sorted(primary) == sorted(row["sourcedId"] for row in tables["users.csv"])
    heads = [row["classSourcedId"] for row in tables["enrollments.csv"] if row["primary"] == "true"]
    assert len(set(heads)) == len(heads), "one primary teacher for each class"
