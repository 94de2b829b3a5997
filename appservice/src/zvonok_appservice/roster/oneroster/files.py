"""One file of an export into records, each row judged by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from zvonok_appservice.roster.cleaning import UnfitError, field_fault, identifier
from zvonok_appservice.roster.csvfile import Row, csv_rows, decoded
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.oneroster.columns import Record, Table
from zvonok_appservice.roster.oneroster.manifest import Kind
from zvonok_appservice.roster.snapshot import Origin
from zvonok_core.ids import PersonId
from zvonok_core.text import Text, text

R = TypeVar("R", bound=Record)

_ACTIVE = "active"
_DELETED = frozenset({"tobedeleted", "inactive"})
"""`inactive` is a word of 1.0 and of early 1.1."""


@dataclass(slots=True)
class File(Generic[R]):
    """What a file says, by sourcedId.

    `unreadable` are the ids of rows that were set aside here. `kind` is told by the
    manifest, unless the rows tell otherwise. `extensions` are the metadata columns that
    it has of those that are read.
    """

    kind: Kind
    extensions: frozenset[str]
    records: dict[str, R] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    rows: int = 0


def read_file(
    table: Table[R], content: bytes, version: str, hint: Kind, findings: Findings
) -> File[R] | None:
    """Read one file; None, with fatal findings, where it can't be read as a whole."""
    try:
        rows = csv_rows(decoded(content))
        header = next(rows, None)
        if header is None:
            raise UnfitError(text("the file is empty"))
        layout = _layout(table, header.fields, version, findings)
        if layout is None:
            return None
        reader = _Reader(table, layout, findings)
        for row in rows:
            reader.take(row)
    except UnfitError as error:
        findings.fatal(error.text, table.file)
        return None
    return reader.file(hint)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where in a row each field of a record stands, None where the file has no such
    column."""

    width: int
    places: tuple[int | None, ...]
    status: int | None
    person: int | None
    extensions: frozenset[str]


def _layout(table: Table[R], header: list[str], version: str, findings: Findings) -> _Layout | None:
    missing = False
    for column in table.headers(version):
        times = 0 if column is None else header.count(column)
        if times > 1:
            findings.fatal(text("the column is there twice"), table.file, 1, column)
            missing = True
        if times == 0 and column is not None and column not in table.extensions:
            findings.fatal(text("the column is missing"), table.file, 1, column)
            missing = True
    if missing:
        return None
    place = {column: index for index, column in enumerate(header)}
    return _Layout(
        width=len(header),
        places=tuple(None if column is None else place.get(column) for column in table.headers(version)),
        status=place.get("status"),
        person=place.get(table.person) if table.person else None,
        extensions=frozenset(table.extensions) & place.keys() & frozenset(table.headers(version)),
    )


class _Reader(Generic[R]):
    """Takes a file's rows one by one."""

    def __init__(self, table: Table[R], layout: _Layout, findings: Findings) -> None:
        self._table = table
        self._layout = layout
        self._findings = findings
        self._file: File[R] = File(Kind.ABSENT, layout.extensions)
        self._without_status: dict[str, R] = {}
        self._with_status = 0
        self._seen: set[str] = set()
        self._pool: dict[str, str] = {}

    def take(self, row: Row) -> None:
        """Read a row, or set it aside."""
        layout, fields = self._layout, row.fields
        self._file.rows += 1
        origin = Origin(self._table.file, row.number)
        if len(fields) != layout.width:
            sentence = text("the row has {n} fields, the header {width}", n=len(fields), width=layout.width)
            self._set_aside(sentence, origin, fields)
            return
        # Ids, roles and dates come again and again: one object for all equal ones.
        pool = self._pool
        values = [
            "" if place is None else pool.setdefault(fields[place], fields[place]) for place in layout.places
        ]
        if row.suspect and self._is_unfit(values, origin, fields):
            return
        try:
            id_ = identifier(values[0])
        except UnfitError as error:
            self._set_aside(error.text, origin, fields, "sourcedId", values[0])
            return
        if id_ in self._seen:
            self._findings.fatal(text("the id is there twice"), origin.file, origin.row, "sourcedId", id_)
            return
        self._seen.add(id_)
        status = "" if layout.status is None else fields[layout.status].strip().lower()
        record = self._table.record((origin, *values))
        if not status:
            self._without_status[id_] = record
        elif status == _ACTIVE:
            self._with_status += 1
        elif status in _DELETED:
            self._with_status += 1
            self._file.deleted.add(id_)
            return
        else:
            self._set_aside(text("is not a known status"), origin, fields, "status", status)
            return
        self._file.records[id_] = record

    def file(self, hint: Kind) -> File[R]:
        """All that was read."""
        self._file.kind = kind = self._kind(hint)
        if kind is not hint:
            self._findings.note_on_file(
                text("the manifest says “{hint}”, but the rows are “{kind}”", hint=hint, kind=kind),
                self._table.file,
            )
        if kind is Kind.BULK and not self._file.rows:
            self._findings.fatal(
                text("the file has no rows; if there is nothing to say it is to be “absent”"),
                self._table.file,
            )
        if kind is Kind.DELTA:
            self._refuse_rows_without_status()
        return self._file

    def _kind(self, hint: Kind) -> Kind:
        """Where the rows contradict the manifest they win: rows of which none has a status
        are the whole; rows that all have one, and delete something, are changes."""
        if not self._with_status and not self._without_status:
            return hint
        if not self._with_status:
            return Kind.BULK
        if hint is Kind.ABSENT or (self._file.deleted and not self._without_status):
            return Kind.DELTA
        return hint

    def _refuse_rows_without_status(self) -> None:
        for id_, record in self._without_status.items():
            del self._file.records[id_]
            person = None
            if self._table.person is not None:
                person = PersonId(str(record[1 + self._table.columns.index(self._table.person)]))
            self._findings.bad_row(
                text("a row of changes has to have a status"), record.origin, "status", "", person
            )

    def _is_unfit(self, values: list[str], origin: Origin, fields: list[str]) -> bool:
        columns = (*self._table.columns, *self._table.extensions)
        for column, value in zip(columns, values, strict=True):
            fault = field_fault(value)
            if fault is not None:
                self._set_aside(fault, origin, fields, column, value)
                return True
        return False

    def _set_aside(
        self,
        sentence: Text,
        origin: Origin,
        fields: list[str],
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        """The row is bad. The id and the person in it are told, where it has them."""
        id_, person = self._id_in(fields, self._layout.places[0]), self._id_in(fields, self._layout.person)
        if id_ is not None:
            self._file.unreadable.add(id_)
        self._findings.bad_row(sentence, origin, column, value, None if person is None else PersonId(person))

    def _id_in(self, fields: list[str], place: int | None) -> str | None:
        if place is None or place >= len(fields):
            return None
        try:
            return identifier(fields[place])
        except UnfitError:
            return None
