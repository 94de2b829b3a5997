"""The OneRoster source: from the export that lies there to a reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from zvonok_appservice.roster.checks import Draft, reading
from zvonok_appservice.roster.cleaning import UnfitError
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.oneroster.base import Base, applied, dump_state, load_state
from zvonok_appservice.roster.oneroster.classes import read_classes
from zvonok_appservice.roster.oneroster.columns import DEMOGRAPHICS, MANIFEST, ORGS, TABLES
from zvonok_appservice.roster.oneroster.enrollments import Enrollments
from zvonok_appservice.roster.oneroster.fields import required_title
from zvonok_appservice.roster.oneroster.files import File, read_file
from zvonok_appservice.roster.oneroster.manifest import Kind, Manifest, read_manifest
from zvonok_appservice.roster.oneroster.people import People
from zvonok_appservice.roster.package import fingerprint, read_package
from zvonok_appservice.roster.snapshot import School
from zvonok_appservice.roster.source import Reading
from zvonok_core.ids import SchoolId
from zvonok_core.text import text

_NAMES = frozenset({MANIFEST, DEMOGRAPHICS, *(table.file for table in TABLES["1.2"])})

_COLUMNS = {
    "person": "userSourcedId",
    "student": "userSourcedId",
    "teacher": "userSourcedId",
    "guardian": "agentSourcedIds",
    "child": "agentSourcedIds",
    "class": "classSourcedId",
    "subgroup": "classSourcedId",
}


class OneRosterSource:
    """A zip or a folder of OneRoster CSV, of which one school's people are read.

    `school` is the sourcedId of its org. `today` is asked at each reading: where one
    cohort has a row for this school year and one for the next, the day tells how the
    class is called.
    """

    def __init__(self, path: Path, school: SchoolId, today: Callable[[], date]) -> None:
        self._path = path
        self._school = school
        self._today = today

    def fingerprint(self) -> str:
        """See RosterSource."""
        return fingerprint(self._path, _NAMES.__contains__)

    def read(self, previous: bytes | None) -> Reading:
        """See RosterSource. `rows` counts, for a file that came as changes or not at all,
        all records that the journal has of its kind."""
        findings = Findings()
        today = self._today()
        package = read_package(self._path, _NAMES.__contains__, findings)
        manifest = None if package is None else read_manifest(package, findings)
        if package is None or manifest is None:
            return reading(None, findings, {}, {})
        files = _read_files(package, manifest, findings)
        base = None if files is None else applied(load_state(previous), manifest, files, findings)
        if files is None or base is None:
            return reading(None, findings, {}, {})
        rows = {
            name: files[name].rows
            if name in files and files[name].kind is Kind.BULK
            else len(kept.records) + (len(files[name].unreadable) if name in files else 0)
            for name, kept in base.files.items()
        }
        draft = self._draft(base, findings, today)
        return reading(draft, findings, rows, _COLUMNS, lambda: dump_state(base, today))

    def _draft(self, base: Base, findings: Findings, today: date) -> Draft | None:
        org = base.of(ORGS).get(self._school)
        if org is None:
            sentence = text("there is no organisation with the id that the config names as the school’s")
            findings.fatal(sentence, ORGS.file, column="sourcedId", value=self._school)
            return None
        try:
            name = required_title(org.name)
        except UnfitError as error:
            findings.fatal(error.text, org.origin.file, org.origin.row, "name", org.name)
            return None
        draft = Draft(School(self._school, name))
        people = People(base, draft, findings)
        people.read()
        tables = read_classes(base, draft, findings, today)
        Enrollments(base, draft, tables, people.here, findings).read(today)
        return draft


def _read_files(
    package: Mapping[str, bytes], manifest: Manifest, findings: Findings
) -> dict[str, File[Any]] | None:
    """Every file that there is; None, with fatal findings, if one can't be read."""
    files: dict[str, File[Any]] = {}
    broken = False
    for table in TABLES[manifest.version]:
        hint = manifest.hints[table.file]
        if table.file in package:
            file = read_file(table, package[table.file], manifest.version, hint, findings)
            broken = broken or file is None
            if file is not None and file.kind is not Kind.ABSENT:
                files[table.file] = file
        elif hint is not Kind.ABSENT:
            findings.fatal(text("the file is missing, though the manifest names it"), table.file)
            broken = True
    return None if broken else files
