"""The bytes of a table into rows of text: CSV of any habit, or the first sheet of an XLSX."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zvonok_core.text import text
from zvonok_exam_prep.formats.model import MOST_BYTES, MOST_ITEMS, UnreadableError, decoded

MOST_COLUMNS = 60
MOST_UNPACKED = 200_000_000
"""Bytes of one workbook."""
DATE, FORMULA = "\x00date", "\x00formula"
"""What a spreadsheet has taken for a date or a formula: nobody knows any more what was meant."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, AttributeError, EOFError, IndexError,
    KeyError, OSError, OverflowError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What openpyxl lets through where a workbook is not one."""
GUARDED = re.compile(r"'+[=+\-@\t\r]")
"""What begins with a quotation mark only so that no spreadsheet takes it for a formula."""
csv.field_size_limit(MOST_BYTES)

Row = tuple[int, list[str]]
"""The number of a row, from 1 on, and its cells."""


def rows(file: str, content: bytes) -> Iterator[Row]:
    """The rows that are not blank, the header among them. Raises UnreadableError."""
    return _workbook(content) if file.lower().endswith(".xlsx") else _csv(decoded(content))


def _csv(words: str) -> Iterator[Row]:
    header = "".join(words.partition("\n")[0].split('"')[::2])
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=max(";,\t", key=header.count), strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if any(cell.strip() for cell in cells):
                yield number, [_unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise UnreadableError(
            text("From here on it can't be read: look at the quotes."), number + 1
        ) from error


def _workbook(content: bytes) -> Iterator[Row]:
    if len(content) > MOST_BYTES:
        raise UnreadableError(text("The file has more than {n} MB.", n=MOST_BYTES // 1_000_000))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # zipfile never gives out more of a part than its header claims.
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise UnreadableError(text("The workbook unpacks to far more than it should hold."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            rows = book.worksheets[0].iter_rows(
                min_row=1, max_row=4 * MOST_ITEMS, min_col=1, max_col=MOST_COLUMNS, values_only=True
            )
            for number, cells in enumerate(rows, 1):
                shown = [_unguarded(_as_text(cell)) for cell in cells]
                if any(cell.strip() for cell in shown):
                    yield number, shown
        finally:
            book.close()
    except UnreadableError:
        raise
    except _BROKEN as error:
        raise UnreadableError(text("The file is no Excel workbook (.xlsx), or is damaged.")) from error


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, datetime | date | time):
        return DATE
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).replace("\r\n", "\n")


def _unguarded(cell: str) -> str:
    if cell.startswith("="):
        return FORMULA
    return cell[1:] if GUARDED.match(cell) else cell
