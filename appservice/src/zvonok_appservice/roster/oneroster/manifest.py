"""What an export says about itself: its version, and which files it carries how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zvonok_appservice.roster.cleaning import UnfitError
from zvonok_appservice.roster.csvfile import csv_rows, decoded
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.oneroster.columns import DEMOGRAPHICS, MANIFEST, TABLES
from zvonok_core.text import text


class Kind(StrEnum):
    """How a file comes: not at all, whole, or as changes."""

    ABSENT = "absent"
    BULK = "bulk"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`hints` has the kind of each file that we read; the data outweigh them."""

    version: str
    hints: Mapping[str, Kind]


def read_manifest(package: Mapping[str, bytes], findings: Findings) -> Manifest | None:
    """The package's manifest; None, with fatal findings, where it is no good.

    A package without one is of version 1.0: seven files have to be there, whole.
    """
    if MANIFEST not in package:
        seven = [table.file for table in TABLES["1.1"]]
        for file in (*seven, DEMOGRAPHICS):
            if file not in package:
                findings.fatal(
                    text("the file is missing; without manifest.csv all seven have to be there"), file
                )
        return None if findings.fatal_found else Manifest("1.1", dict.fromkeys(seven, Kind.BULK))
    values = _properties(package[MANIFEST], findings)
    if values is None:
        return None
    version, row = values.get("oneroster.version", ("", None))
    if version not in TABLES:
        findings.fatal(
            text("only versions 1.1 and 1.2 can be read"), MANIFEST, row, "oneroster.version", version
        )
        return None
    hints: dict[str, Kind] = {}
    for table in TABLES[version]:
        key = f"file.{table.file.removesuffix('.csv')}"
        kind, row = values.get(key, ("absent", None))
        if kind in set(Kind):
            hints[table.file] = Kind(kind)
        else:
            findings.fatal(
                text("must be one of: {options}", options=", ".join(Kind)), MANIFEST, row, key, kind
            )
    return None if findings.fatal_found else Manifest(version, hints)


def _properties(content: bytes, findings: Findings) -> dict[str, tuple[str, int]] | None:
    """The value of each property, and the row where it stands."""
    try:
        rows = list(csv_rows(decoded(content)))
    except UnfitError as error:
        findings.fatal(error.text, MANIFEST)
        return None
    header = rows[0].fields if rows else []
    for column in ("propertyName", "value"):
        if header.count(column) != 1:
            findings.fatal(text("the column is missing"), MANIFEST, 1, column)
            return None
    name, value = header.index("propertyName"), header.index("value")
    found: dict[str, tuple[str, int]] = {}
    for row in rows[1:]:
        if len(row.fields) <= max(name, value):
            findings.fatal(text("the row has too few fields"), MANIFEST, row.number)
            return None
        found[row.fields[name]] = (row.fields[value], row.number)
    return found
