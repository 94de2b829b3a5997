"""What every format has in common: a tree of strings with line numbers, and what is wrong.

A reader of a format only makes such trees; `form` makes tasks of them, in one way for all.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zvonok_core.text import Text, text
from zvonok_exam_prep.items import Item, ItemId

MOST_BYTES = 10_000_000
"""Of one file: thousands of tasks, or a hundred with pictures."""
MOST_ITEMS = 5_000

MOST_ANSWERS = 100
"""Of one question of Moodle's: far more than can be asked, and soon looked through."""
MOST_PROBLEMS = 200
"""After so many nothing more is looked for: nobody reads on."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one place of a file. `line` is from 1 on (the row of a table), 0 for the
    whole file; `field` is a key of our YAML, or ""."""

    file: str
    line: int
    field: str
    text: Text

    @property
    def sentence(self) -> Text:
        """All of it, to be shown."""
        if not self.line:
            return text("{file}: {what}", file=self.file, what=self.text)
        if not self.field:
            return text("{file}, line {line}: {what}", file=self.file, line=self.line, what=self.text)
        return text(
            "{file}, line {line}, {field}: {what}",
            file=self.file,
            line=self.line,
            field=self.field,
            what=self.text,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: all of its tasks where there are no problems, else none. `notes` say
    what was left out or taken otherwise."""

    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """What a format can't hold of a task."""

    item: ItemId
    text: Text


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, and what is not in it."""

    content: bytes
    mimetype: str
    losses: tuple[Loss, ...] = ()


class UnreadableError(ValueError):
    """A file as a whole, or all of it from `line` on, can't be read."""

    def __init__(self, reason: Text, line: int = 0) -> None:
        super().__init__(str(reason))
        self.text = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A string, a list or a mapping, and the line on which it begins."""

    value: str | tuple[Node, ...] | Mapping[str, Node]
    line: int


Plain = str | Iterable["Plain"] | Mapping[str, "Plain"]


def node(value: object, line: int) -> Node:
    """Strings in lists and mappings, all on one line; a node is left as it is."""
    if isinstance(value, Node):
        return value
    if isinstance(value, Mapping):
        return Node({key: node(inner, line) for key, inner in value.items()}, line)
    if isinstance(value, str):
        return Node(value, line)
    assert isinstance(value, Iterable), value
    return Node(tuple(node(inner, line) for inner in value), line)


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or Windows-1251 where it is Russian. Ends
    of lines are \\n. Raises UnreadableError."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(text("The file has more than {n} MB.", n=MOST_BYTES // 1_000_000))
    try:
        encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        words = content.decode(encoding)
    except UnicodeDecodeError as error:
        if not _russian(content):
            raise UnreadableError(text("The file is not in UTF-8. Save it as UTF-8, please.")) from error
        words = content.decode("windows-1251")
    return words.replace("\r\n", "\n").replace("\r", "\n")


def _russian(content: bytes) -> bool:
    """Whether bytes make Russian words in Windows-1251: letters, and more small ones than
    capitals (in KOI8-R it is the other way round)."""
    high = [byte for byte in content if byte >= 0x80]
    small, letters = (
        sum(byte >= 0xE0 for byte in high),
        sum(byte >= 0xC0 or byte in (0xA8, 0xB8) for byte in high),
    )
    return letters * 10 >= len(high) * 8 and small * 2 >= letters and b"\x98" not in content


def tidied(words: str) -> str:
    """Words as tasks hold them: composed letters, no blanks around lines' ends and the whole."""
    lines = unicodedata.normalize("NFC", words).replace("\ufeff", "").split("\n")
    return "\n".join(line.rstrip(" ") for line in lines).strip(" \n")
