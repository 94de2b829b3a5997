"""All records that a journal has told of so far: what changes are applied to.

Kept between two readings as compressed JSON, with nothing in it but the columns that are
read.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast

from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.oneroster.columns import TABLES, USERS, Record, Table
from zvonok_appservice.roster.oneroster.files import File
from zvonok_appservice.roster.oneroster.manifest import Kind, Manifest
from zvonok_appservice.roster.snapshot import Origin
from zvonok_core.ids import PersonId
from zvonok_core.text import text

R = TypeVar("R", bound=Record)

REFERS_TO_BAD_ROW = text("the row that this refers to was set aside")

_FORMAT = 1
"""Raised whenever the columns of a record change: a base of another format is forgotten,
and the next import has to be a bulk."""


@dataclass(slots=True)
class Kept:
    """One file's records by sourcedId.

    `gone` are ids that were there once: rows of earlier exports may still refer to them,
    and that is no fault. `unreadable` are ids whose rows this export has spoilt.
    `extensions` are the metadata columns that the file has.
    """

    records: dict[str, Record] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    unreadable: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()


@dataclass(slots=True)
class Base:
    """The records of each file. An origin's file has the day of the export in brackets
    where the record was read in an earlier one."""

    version: str
    files: dict[str, Kept]

    def of(self, table: Table[R]) -> Mapping[str, R]:
        """The records of one table, in the journal's order."""
        return cast(Mapping[str, R], self.files[table.file].records)

    def has(
        self,
        table: Table[Any],
        id_: str,
        origin: Origin,
        column: str,
        findings: Findings,
        person: PersonId | None = None,
    ) -> bool:
        """Whether `table` has `id_`, to which the row at `origin` refers in `column`.

        If not, it is a finding, unless the row is older than the end of what it refers to,
        or it is a person who keeps the last good state anyway.
        """
        kept = self.files[table.file]
        if id_ in kept.records:
            return True
        if id_ in kept.unreadable:
            if table.file != USERS.file:
                findings.bad_row(REFERS_TO_BAD_ROW, origin, column, id_, person)
        elif not (id_ in kept.gone and is_earlier(origin)):
            findings.bad_row(text("refers to something that is not there"), origin, column, id_, person)
        return False


def is_earlier(origin: Origin) -> bool:
    """Whether a record was read in an earlier export than this one."""
    return origin.file.endswith(")")


def load_state(state: bytes | None) -> Base | None:
    """The base that `dump_state` wrote, None where there is none of this format."""
    if state is None:
        return None
    data = json.loads(zlib.decompress(state))
    if data["format"] != _FORMAT:
        return None
    tables = {table.file: table for table in TABLES[data["version"]]}
    files: dict[str, Kept] = {}
    pool: dict[str, str] = {}
    for name, kept in data["files"].items():
        records: dict[str, Record] = {}
        for label, row, *values in kept["records"]:
            origin = Origin(pool.setdefault(label, label), row)
            shared = [pool.setdefault(value, value) for value in values]
            records[shared[0]] = tables[name].record((origin, *shared))
        files[name] = Kept(records, set(kept["gone"]), extensions=frozenset(kept["extensions"]))
    return Base(data["version"], files)


def dump_state(base: Base, day: date) -> bytes:
    """The base as bytes; `day` is when the records of this export were read."""
    files = {}
    for name, kept in base.files.items():
        earlier = f"{name} ({day.isoformat()})"
        files[name] = {
            "records": [
                [
                    earlier if record.origin.file == name else record.origin.file,
                    record.origin.row,
                    *record[1:],
                ]
                for record in kept.records.values()
            ],
            "gone": sorted(kept.gone),
            "extensions": sorted(kept.extensions),
        }
    data = {"format": _FORMAT, "version": base.version, "files": files}
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 3)


def applied(
    base: Base | None, manifest: Manifest, files: Mapping[str, File[Any]], findings: Findings
) -> Base | None:
    """The base after an export. None, with a fatal finding, where changes have nothing
    that they could be applied to."""
    if base is not None and base.version != manifest.version:
        base = None
    result = Base(manifest.version, {})
    whole = True
    for table in TABLES[manifest.version]:
        old = None if base is None else base.files[table.file]
        file = files.get(table.file)
        changes_only = file is None or (
            file.kind is Kind.DELTA and manifest.hints[table.file] is not Kind.BULK
        )
        if old is None and changes_only:
            findings.fatal(
                text(
                    "there is nothing yet that changes could be applied to: send a whole export (bulk) first"
                ),
                table.file,
            )
            continue
        if file is None:
            assert old is not None  # else it would have changes only
            result.files[table.file] = old
            whole = False
            continue
        if old is not None:
            for column in sorted(old.extensions - file.extensions) if file.records else ():
                findings.fatal(
                    text("the column was there in the last export: send it, even if it is empty"),
                    table.file,
                    1,
                    column,
                )
        whole = whole and file.kind is Kind.BULK
        result.files[table.file] = _merged(old or Kept(), file)
    if whole:
        for kept in result.files.values():
            kept.gone.clear()
    return result if len(result.files) == len(TABLES[manifest.version]) else None


def _merged(old: Kept, file: File[Any]) -> Kept:
    if file.kind is Kind.BULK:
        records = dict(file.records)
        # What stood in a row that can't be read now is still the best that is known.
        records.update((id_, old.records[id_]) for id_ in file.unreadable if id_ in old.records)
        gone = (old.gone | old.records.keys()) - records.keys()
    else:
        records = {id_: record for id_, record in old.records.items() if id_ not in file.deleted}
        records.update(file.records)
        gone = (old.gone | file.deleted) - records.keys()
    return Kept(records, gone, frozenset(file.unreadable), old.extensions | file.extensions)
