"""A teacher's table of words, of whichever program, into rows. Pure.

What a file is, its content tells and not its name. Every fault is found at once, with file and
line, and where there is one nothing of the table counts.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zvonok_core.people import plain
from zvonok_core.text import Text, ntext, text

LARGEST = 2_000_000
"""Bytes of a file."""
LARGEST_UNPACKED = 64_000_000
"""Bytes of a workbook's parts: it is a zip, and may claim to be anything inside."""
MOST_WORDS, MOST_COLUMNS, MOST_FAULTS = 2_000, 40, 10
LONGEST_WORD, LONGEST = 60, 300
"""Letters of a word, and of all that is said of it."""

_HEADERS = {
    "word": ("слово", "слова", "термин", "выражение", "word", "words", "term"),
    "meaning": ("значение", "определение", "толкование", "смысл", "meaning", "definition"),
    "example": ("пример", "примеры", "предложение", "контекст", "example", "sentence"),
    "translation": ("перевод", "по-русски", "русский", "translation", "russian"),
    "transcription": ("транскрипция", "произношение", "transcription", "pronunciation", "ipa"),
    "part": ("часть речи", "part of speech", "pos"),
    "origin": ("происхождение", "этимология", "origin", "etymology"),
}
_FIELDS = {header: field for field, headers in _HEADERS.items() for header in headers}
_ZIP, _OLD_EXCEL, _UTF_16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What openpyxl lets through where a workbook is none."""

Row = dict[str, str]


class _UnreadableError(Exception):
    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


def read_table(name: str, content: bytes) -> tuple[list[Row], list[Text]]:
    """The rows, by the fields of a word, or the faults, at most ten; there is one or the other.
    Unknown columns are left out."""
    shown = _clean(name)[:LONGEST_WORD] or "?"
    try:
        lines = [(number, cells) for number, cells in _lines(content) if any(cells)]
    except _UnreadableError as error:
        return [], [text("{file}: {why}", file=shown, why=error.why)]
    if not lines:
        return [], [text("{file}: {why}", file=shown, why=text("the table is empty."))]
    columns = _columns(lines[0][1])
    if "word" not in columns.values():
        return [], [text("{file}: {why}", file=shown, why=_NO_HEADER)]
    if len(lines) - 1 > MOST_WORDS:
        many = ntext("there may be {n} word at most.", "there may be {n} words at most.", MOST_WORDS)
        return [], [text("{file}: {why}", file=shown, why=many)]
    rows, faults = _rows(lines[1:], columns)
    if not rows:
        return [], [text("{file}: {why}", file=shown, why=text("there are no words below the header."))]
    if not faults:
        return rows, []
    return [], [
        text("{file}, line {line}: {why}", file=shown, line=line, why=why)
        for line, why in faults[:MOST_FAULTS]
    ]


_NO_HEADER = text(
    "the first line must name the columns: word, meaning, example, translation. A word and its meaning or translation are enough."
)


def _rows(
    lines: Iterable[tuple[int, list[str]]], columns: dict[int, str]
) -> tuple[list[Row], list[tuple[int, Text]]]:
    rows: list[Row] = []
    faults: list[tuple[int, Text]] = []
    seen: dict[str, int] = {}
    for number, cells in lines:
        row = {field: cells[place] for place, field in columns.items() if place < len(cells) and cells[place]}
        if not row:  # something stands only in a column that is none of ours
            continue
        fault = _fault(row)
        if fault is None and (before := seen.setdefault(plain(row["word"]), number)) != number:
            fault = text("“{word}” stands in line {line} already.", word=row["word"], line=before)
        if fault:
            faults.append((number, fault))
        rows.append(row)
    return rows, faults


def _fault(row: Row) -> Text | None:
    word = row.get("word", "")
    if not any(letter.isalpha() for letter in word):
        return text("there is no word here.")
    if len(word) > LONGEST_WORD:
        return ntext(
            "the word is longer than {n} letter.", "the word is longer than {n} letters.", LONGEST_WORD
        )
    if any(len(words) > LONGEST for words in row.values()):
        return ntext(
            "what is said of “{word}” is longer than {n} letter.",
            "what is said of “{word}” is longer than {n} letters.",
            LONGEST,
            word=word,
        )
    if "meaning" not in row and "translation" not in row:
        return text("“{word}” has neither a meaning nor a translation.", word=word)
    return None


def _columns(header: list[str]) -> dict[int, str]:
    """Which field stands in which column; of two that say the same the first."""
    found: dict[int, str] = {}
    for place, cell in enumerate(header):
        field = _FIELDS.get(plain(cell).strip(" :*."))
        if field and field not in found.values():
            found[place] = field
    return found


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(content) > LARGEST:
        raise _UnreadableError(text("the file is too large for a list of words."))
    if content.startswith(_ZIP):
        return _workbook(content)
    if content.startswith(_OLD_EXCEL):
        raise _UnreadableError(text("this is an old Excel file. Please save it as XLSX or CSV."))
    return _csv(_decoded(content))


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise _UnreadableError(text("this is neither a CSV nor an XLSX table."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def _csv(words: str) -> Iterator[tuple[int, list[str]]]:
    first, _, rest = words.partition("\n")
    skipped = int(first.casefold().startswith("sep="))  # Excel's own note of the separator
    words = rest if skipped else words
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=_delimiter(words))
    before = 0
    try:
        for cells in reader:
            yield before + 1 + skipped, [_clean(cell) for cell in cells[:MOST_COLUMNS]]
            before = reader.line_num
    except csv.Error as error:
        raise _UnreadableError(text("this is neither a CSV nor an XLSX table.")) from error


def _delimiter(words: str) -> str:
    """The one by which the header has the most columns that are known."""
    header = next((line for line in words.splitlines() if line.strip()), "")
    return max(";,\t|", key=lambda one: len(_columns(_split(header, one))))


def _split(line: str, delimiter: str) -> list[str]:
    return [_clean(cell) for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # zipfile never gives out more of a part than its header claims.
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise _UnreadableError(text("the file is too large for a list of words."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            rows = book.worksheets[0].iter_rows(
                max_row=MOST_WORDS * 2, max_col=MOST_COLUMNS, values_only=True
            )
            for number, cells in enumerate(rows, start=1):
                yield number, ["" if cell is None else _clean(str(cell)) for cell in cells]
        finally:
            book.close()
    except _BROKEN as error:
        raise _UnreadableError(
            text("the workbook is damaged. Please save it again as XLSX or CSV.")
        ) from error


def _clean(words: str) -> str:
    """One line, without what can't be seen: marks of direction, control characters."""
    seen = (
        letter if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co") else " " for letter in words
    )
    return " ".join("".join(seen).split())
