"""The source that reads a folder or a zip of tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from zvonok_appservice.roster.checks import Draft, reading
from zvonok_appservice.roster.class_titles import FIRST_MONTH
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.package import fingerprint, read_package
from zvonok_appservice.roster.snapshot import School
from zvonok_appservice.roster.source import Reading
from zvonok_appservice.roster.tables.classes import Classes
from zvonok_appservice.roster.tables.mapping import tables_mapping
from zvonok_appservice.roster.tables.people import People
from zvonok_appservice.roster.tables.records import is_file_of, records
from zvonok_appservice.roster.tables.teaching import Teaching
from zvonok_core.ids import SchoolId


class TablesSource:
    """Implements RosterSource. Everything is read anew each time; there is no state."""

    def __init__(
        self, path: Path, mapping: Mapping[str, Any], school: SchoolId, today: Callable[[], date]
    ) -> None:
        """`mapping` is the config's `journal.tables`; `today` tells the school year.

        Raises ConfigError where the mapping is wrong.
        """
        self._path = path
        self._mapping = tables_mapping(mapping)
        self._school = school
        self._today = today

    def fingerprint(self) -> str:
        """A hash of the files and of the mapping. Raises TemporaryError."""
        files = fingerprint(self._path, self._is_wanted)
        return hashlib.sha256(f"{files} {self._mapping}".encode()).hexdigest()

    def read(self, previous: bytes | None) -> Reading:
        """All four tables. Raises TemporaryError while the files are out of reach."""
        findings = Findings()
        files = read_package(self._path, self._is_wanted, findings)
        if files is None:
            return reading(None, findings, {}, {})
        counts: dict[str, int] = {}
        # A table has no title of the school; the config has.
        draft = Draft(School(self._school, str(self._school)))
        classes = Classes(draft, self._day_of_school_year())
        people = People(draft, findings, classes)
        for record in records(self._mapping.students, files, findings, counts):
            people.add_student_row(record)
        people.finish_students()
        for record in records(self._mapping.staff, files, findings, counts):
            people.add_staff_row(record)
        classes.finish()
        teaching = Teaching(draft, findings, classes)
        people_are_known = not findings.fatal_found
        for record in records(self._mapping.subgroups, files, findings, counts):
            if people_are_known:
                teaching.add_subgroup_row(record)
        for record in records(self._mapping.loads, files, findings, counts):
            if people_are_known:
                teaching.add_load_row(record)
        teaching.finish()
        # Without one of the tables whatever refers to it would dangle, which tells nobody anything.
        return reading(None if findings.fatal_found else draft, findings, counts, self._columns())

    def _is_wanted(self, name: str) -> bool:
        mapping = self._mapping
        tables = (mapping.students, mapping.staff, mapping.loads, mapping.subgroups)
        return any(is_file_of(table, name) for table in tables)

    def _day_of_school_year(self) -> date:
        if self._mapping.school_year is not None:
            return date(self._mapping.school_year, FIRST_MONTH, 1)
        return self._today()

    def _columns(self) -> dict[str, str]:
        students, loads = self._mapping.students.headers, self._mapping.loads.headers
        subgroups = self._mapping.subgroups.headers
        return {
            "person": self._mapping.staff.headers["id"],
            "student": subgroups["student"],
            "child": students["id"],
            "guardian": students.get("guardian_id") or students["guardian_phone"],
            "teacher": loads["teacher"],
            "subject": loads["subject"],
            "class": loads["class"],
            "subgroup": loads.get("subgroup") or subgroups["id"],
        }
