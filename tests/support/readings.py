"""Reading exports in tests, and comparing what was read without where it stood."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from support.exports import SCHOOL, Export
from zvonok_appservice.roster.oneroster import OneRosterSource
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_appservice.roster.source import Finding, Reading, Severity
from zvonok_core.ids import SchoolId

TODAY = date(2026, 10, 1)


def source(path: Path, today: date = TODAY) -> OneRosterSource:
    """The source of the small school."""
    return OneRosterSource(path, SchoolId(SCHOOL), lambda: today)


def read(
    export: Export,
    tmp_path: Path,
    previous: bytes | None = None,
    *,
    today: date = TODAY,
    name: str = "export.zip",
) -> Reading:
    """What comes of an export."""
    return source(export.write(tmp_path / name), today).read(previous)


def good(export: Export, tmp_path: Path, **where: Any) -> Snapshot:
    """The snapshot of an export in which nothing is bad."""
    reading = read(export, tmp_path, **where)
    assert [finding for finding in reading.findings if finding.severity is not Severity.NOTE] == []
    assert reading.snapshot is not None
    return reading.snapshot


def place(finding: Finding) -> tuple[str, int | None, str | None]:
    """Where a finding is."""
    return finding.file, finding.row, finding.column


def facts(snapshot: Snapshot) -> dict[str, Any]:
    """All that a snapshot says, without where and in which order it was said."""

    def bare(row: Any) -> tuple[str, ...]:
        return tuple(
            str(sorted(value) if isinstance(value, tuple) else value)
            for field in fields(row)
            if field.name not in ("origin", "order")
            for value in [getattr(row, field.name)]
        )

    return {
        name: sorted(bare(row) for row in (table.values() if hasattr(table, "values") else table))
        for name in (field.name for field in fields(snapshot))
        if name not in ("school", "vanished")
        for table in [getattr(snapshot, name)]
    }
