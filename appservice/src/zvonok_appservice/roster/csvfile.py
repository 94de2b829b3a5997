"""Bytes into rows of fields, for every journal that comes as CSV."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from zvonok_appservice.roster.cleaning import LONGEST_FIELD, UnfitError
from zvonok_appservice.roster.package import MOST_BYTES
from zvonok_core.text import text

# Python refuses fields over 128 KiB by raising in the middle of a row, after which the
# rest of the file reads as garbage. Files are bounded as a whole already.
csv.field_size_limit(MOST_BYTES)

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` is as a spreadsheet numbers it: the header is row 1.

    `suspect` is whether a field of it may be over-long or have control characters in it:
    `cleaning.field_fault` tells which. Where it is False, none is.
    """

    number: int
    fields: list[str]
    suspect: bool


def decoded(content: bytes, *, windows_1251: bool = False) -> str:
    """The text of a file in UTF-8, with a byte order mark or without; with `windows_1251`
    whatever is not UTF-8 is taken for that. Raises UnfitError."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnfitError(text("the file is in UTF-16: save it as UTF-8"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not windows_1251:
            line = content.count(b"\n", 0, error.start) + 1
            raise UnfitError(text("the file is not in UTF-8: line {line} is not", line=line)) from error
    try:
        return content.decode("windows-1251")
    except UnicodeDecodeError as error:
        raise UnfitError(text("the file is neither in UTF-8 nor in Windows-1251")) from error


def delimiter_of(content: str) -> str:
    """Which of `;`, `,` and tab parts the fields: the one that the header has most of."""
    header = content.partition("\n")[0]
    unquoted = "".join(header.split('"')[::2])
    return max(",;\t", key=unquoted.count)


def csv_rows(content: str, delimiter: str = ",") -> Iterator[Row]:
    """Every row that is not blank, the header among them (RFC 4180).

    Raises UnfitError, naming the row, where quotes don't match: what follows would be read
    wrongly.
    """
    lines = _Lines(content)
    controls = _CONTROLS.search(content) is not None
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    lines_before = 0
    try:
        for fields in reader:
            number += 1
            several_lines = reader.line_num > lines_before + 1
            lines_before = reader.line_num
            if any(fields):
                yield Row(number, fields, controls or several_lines or lines.long)
            lines.long = False
    except csv.Error as error:
        raise UnfitError(
            text("the file can't be read from row {row} on: quotes don't match", row=number + 1)
        ) from error


class _Lines:
    """The lines of a text, remembering whether one of them was long."""

    def __init__(self, content: str) -> None:
        self._lines = io.StringIO(content, newline="")
        self.long = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if len(line) > LONGEST_FIELD:
            self.long = True
        return line
