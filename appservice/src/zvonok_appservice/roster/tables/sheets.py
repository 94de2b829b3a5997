"""One table's bytes into rows of text: CSV of any habit, or the first sheet of an XLSX."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zvonok_appservice.roster.cleaning import UnfitError
from zvonok_appservice.roster.csvfile import Row, csv_rows, decoded, delimiter_of
from zvonok_core.text import text

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_UNPACKED = 512 << 20
"""Bytes of one workbook: a sheet of 200,000 rows has about 100 MB."""
MOST_RATIO = 200
MOST_PARTS = 1000
"""Files in one workbook's zip."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What openpyxl lets through where a workbook is not one: it checks little by itself."""


def sheet_rows(name: str, content: bytes) -> Iterator[Row]:
    """The rows of a table, its header among them, without blank ones.

    A formula comes as its text, which begins with `=` and so is refused wherever a value
    is cleaned. Raises UnfitError where the file can't be read.
    """
    if name.casefold().endswith(".xlsx"):
        yield from _workbook_rows(content)
        return
    decoded_content = decoded(content, windows_1251=True)
    yield from csv_rows(decoded_content, delimiter_of(decoded_content))


def _workbook_rows(content: bytes) -> Iterator[Row]:
    try:
        _refuse_bombs(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # The sheet's own claim of its size is not asked: a million columns cost nothing to claim.
            rows = sheet.iter_rows(
                min_row=1, max_row=MOST_ROWS + 1, min_col=1, max_col=MOST_COLUMNS, values_only=True
            )
            for number, cells in enumerate(rows, start=1):
                if number > MOST_ROWS:
                    raise UnfitError(text("the sheet has more than {n} rows", n=MOST_ROWS))
                if cells.count(None) == len(cells):
                    continue
                fields = [_as_text(cell) for cell in cells]
                if any(fields):
                    yield Row(number, fields, suspect=True)
        finally:
            book.close()
    except UnfitError:
        raise
    except _BROKEN as error:
        raise UnfitError(text("the file is not an Excel workbook (.xlsx), or is damaged")) from error


def _refuse_bombs(content: bytes) -> None:
    # zipfile never gives out more of a part than its header claims, so claims can be added up.
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
    most = min(MOST_UNPACKED, max(16 << 20, MOST_RATIO * len(content)))
    if len(parts) > MOST_PARTS or unpacked > most:
        raise UnfitError(text("the workbook unpacks to far more than a journal holds"))


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").strip()
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, int | float):
        return str(cell)
    return "="  # an array formula or the like
