"""A table's rows by our words instead of its headers."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from zvonok_appservice.roster.cleaning import UnfitError, dates, field_fault, shown, slug
from zvonok_appservice.roster.csvfile import Row
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.snapshot import Dates, Origin
from zvonok_appservice.roster.tables.mapping import TableMapping
from zvonok_appservice.roster.tables.sheets import ENDINGS, sheet_rows
from zvonok_appservice.roster.tables.words import day
from zvonok_core.text import Text, text

T = TypeVar("T")
MOST_HEADERS_SHOWN = 30


class CellError(Exception):
    """A cell can't be used: its column, its value, and why."""

    def __init__(self, sentence: Text, column: str, value: str) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.column = column
        self.value = value


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table."""

    origin: Origin
    _row: Row
    _places: Mapping[str, int]
    _headers: Mapping[str, str]

    @property
    def mapped(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(self._places)

    def header(self, field: str) -> str:
        """What the file calls a field."""
        return self._headers.get(field, field)

    def raw(self, field: str) -> str:
        """The cell without the white space around it; empty where there is no such column."""
        place = self._places.get(field)
        if place is None or place >= len(self._row.fields):
            return ""
        return self._row.fields[place].strip()

    def value(self, field: str, clean: Callable[[str], T], *, needed: bool = False) -> T:
        """The cell, cleaned. Raises CellError where it doesn't fit, or is `needed` and empty."""
        raw = self.raw(field)
        fault = field_fault(raw) if self._row.suspect else None
        if fault is None and needed and not raw:
            fault = text("is empty")
        if fault is not None:
            raise CellError(fault, self.header(field), raw)
        try:
            return clean(raw)
        except UnfitError as error:
            raise CellError(error.text, self.header(field), raw) from error

    def dates(self) -> Dates:
        """From `begin` to `end`. Raises CellError."""
        begin, end = self.value("begin", day), self.value("end", day)
        try:
            return dates(begin, end)
        except UnfitError as error:
            raise CellError(error.text, self.header("end"), self.raw("end")) from error


def is_file_of(mapping: TableMapping, name: str) -> bool:
    """Whether a file of this name holds the table."""
    written, wanted = (unicodedata.normalize("NFC", each).casefold() for each in (name, mapping.file))
    return written == wanted or written in {wanted + ending for ending in ENDINGS}


def records(
    mapping: TableMapping, files: Mapping[str, bytes], findings: Findings, counts: dict[str, int]
) -> Iterator[Record]:
    """The rows of the table, if it is there and has its columns; else a fatal finding.

    `counts` is told the number of its data rows.
    """
    names = [name for name in files if is_file_of(mapping, name)]
    if not names:
        if not mapping.may_be_absent:
            findings.fatal(text("the file is missing"), mapping.file)
        return
    if len(names) > 1:
        findings.fatal(text("there are several files of this name: keep one"), names[0], value=names[1])
        return
    (name,) = names
    counts[name] = 0
    places: dict[str, int] | None = None
    try:
        for row in sheet_rows(name, files[name]):
            if places is None:
                places = _places(mapping, row, findings, name)
                if places is None:
                    return
                continue
            counts[name] += 1
            yield Record(Origin(name, row.number), row, places, mapping.headers)
    except UnfitError as error:
        findings.fatal(error.text, name)
        return
    if places is None:
        findings.fatal(text("the file is empty"), name)


def _places(mapping: TableMapping, header: Row, findings: Findings, name: str) -> dict[str, int] | None:
    written: dict[str, int] = {}
    for place, cell in enumerate(header.fields):
        key = _key(cell)
        if key and key in written:
            findings.fatal(text("two columns have this header"), name, header.number, value=cell)
            return None
        written[key] = place
    places: dict[str, int] = {}
    complete = True
    for field, wanted in mapping.headers.items():
        if _key(wanted) in written:
            places[field] = written[_key(wanted)]
        elif field not in mapping.may_lack:
            complete = False
            findings.fatal(_missing(wanted, header.fields), name, header.number, wanted)
    return places if complete else None


def _missing(wanted: str, headers: list[str]) -> Text:
    found = [shown(header.strip()) for header in headers if header.strip()]
    listed = ", ".join(f"«{header}»" for header in found[:MOST_HEADERS_SHOWN])
    near = difflib.get_close_matches(_key(wanted), [_key(header) for header in found], n=1)
    if near:
        nearest = next(header for header in found if _key(header) == near[0])
        return text(
            "there is no column “{wanted}”; the nearest is “{near}”, all are: {found}",
            wanted=wanted,
            near=nearest,
            found=listed,
        )
    return text("there is no column “{wanted}”; there are: {found}", wanted=wanted, found=listed)


def _key(header: str) -> str:
    return slug(header).rstrip(" :*.")
