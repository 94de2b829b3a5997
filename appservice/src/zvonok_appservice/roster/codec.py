"""A snapshot as bytes and back, for the database: JSON, compressed.

Each table carries the names of its columns, so that a newer program reads what an older
one wrote; a column that is not there takes its field's default.
"""

from __future__ import annotations

import dataclasses
import json
import typing
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from zvonok_appservice.roster.snapshot import ALWAYS, Dates, Origin, School, Snapshot
from zvonok_core.ids import PersonId, SchoolId


def dump(snapshot: Snapshot) -> bytes:
    """The snapshot as compressed JSON."""
    tables: dict[str, Any] = {"school": [snapshot.school.id, snapshot.school.title]}
    for field in dataclasses.fields(Snapshot):
        value = getattr(snapshot, field.name)
        if field.name == "vanished":
            tables["vanished"] = {person: since.isoformat() for person, since in value.items()}
        elif field.name != "school":
            rows = list(value.values()) if isinstance(value, Mapping) else value
            names = [f.name for f in dataclasses.fields(rows[0])] if rows else []
            tables[field.name] = [names, [[_plain(getattr(row, name)) for name in names] for row in rows]]
    return zlib.compress(json.dumps(tables, ensure_ascii=False, separators=(",", ":")).encode(), 3)


def load(body: bytes) -> Snapshot:
    """What `dump` wrote. Raises ValueError where it is something else."""
    try:
        tables = json.loads(zlib.decompress(body))
    except zlib.error as error:
        raise ValueError("the stored roster is damaged") from error
    values: dict[str, Any] = {
        "school": School(SchoolId(tables["school"][0]), tables["school"][1]),
        "vanished": {PersonId(p): date.fromisoformat(day) for p, day in tables["vanished"].items()},
    }
    for name, (row_type, is_table) in _TABLES.items():
        names, rows = tables.get(name, ([], []))
        converters = [_converter(row_type, column) for column in names]
        made = [
            row_type(**{n: convert(cell) for n, convert, cell in zip(names, converters, row, strict=True)})
            for row in rows
        ]
        values[name] = {row.id: row for row in made} if is_table else tuple(made)
    return Snapshot(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Dates):
        return [day.isoformat() if day else None for day in (value.begin, value.end)]
    if isinstance(value, Origin):
        return [value.file, value.row]
    return value


def _tables() -> dict[str, tuple[type[Any], bool]]:
    """Each field of Snapshot that holds rows: their type, and whether they have ids."""
    found = {}
    for name, hint in typing.get_type_hints(Snapshot).items():
        arguments = typing.get_args(hint)
        row_type = arguments[1] if typing.get_origin(hint) is not tuple and arguments else None
        if typing.get_origin(hint) is tuple:
            found[name] = (arguments[0], False)
        elif row_type is not None and dataclasses.is_dataclass(row_type):
            found[name] = (row_type, True)
    return found


def _converter(row_type: type[Any], column: str) -> Callable[[Any], Any]:
    hint = typing.get_type_hints(row_type)[column]
    if hint is Dates:
        return _Shared().dates
    if hint is Origin:
        return lambda cell: Origin(cell[0], cell[1])
    if typing.get_origin(hint) is tuple:
        return tuple
    if isinstance(hint, type) and issubclass(hint, str) and hint is not str:
        return hint
    return lambda cell: cell


class _Shared:
    """Most rows have the same few dates: one object for each."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, str | None], Dates] = {(None, None): ALWAYS}

    def dates(self, cell: list[str | None]) -> Dates:
        key = (cell[0], cell[1])
        if key not in self._known:
            begin, end = (date.fromisoformat(day) if day else None for day in key)
            self._known[key] = Dates(begin, end)
        return self._known[key]


_TABLES = _tables()
