"""Text out of a journal is hostile until it has been here.

Formulas, markup, control and right-to-left marks must not reach a file, a page or a
command, so what goes on is only what has passed one of these functions. Each raises
UnfitError with a sentence that can stand in a finding.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.ids import SubjectId
from zvonok_core.text import Text, text

LONGEST_NAME = 100
LONGEST_TITLE = 100
LONGEST_FIELD = 10_000
"""Characters in one field of a table; lists of ids are the longest that are needed."""

_SHOWN = 60
_PLAIN_NAME = re.compile(r"[А-Яа-яЁёA-Za-z]+(?:[ '-][А-Яа-яЁёA-Za-z]+)*")
_NAME_MARKS = frozenset(" -'.()")
_SAME_MARK = str.maketrans("‐‑‒–—−’ʼ`´", "------''''")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_IDENTIFIER = re.compile(r"[A-Za-z0-9._/@-]{1,255}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class UnfitError(ValueError):
    """A value can't be used; `text` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.text = reason


def shown(value: str) -> str:
    """`value` made safe to stand in a finding: at most 60 characters, invisible ones and
    angle brackets escaped, and never a formula."""
    head = "".join(
        char if char.isprintable() and char not in "<>" else char.encode("unicode_escape").decode()
        for char in value[: _SHOWN + 1].replace("<", "\\x3c").replace(">", "\\x3e")
    )
    if head[:1] in tuple("=+-@"):
        head = "'" + head
    return head if len(head) <= _SHOWN else head[: _SHOWN - 1] + "…"


def tidy(value: str) -> str:
    """`value` in NFC, any run of white space one space, without invisible characters."""
    value = unicodedata.normalize("NFC", value)
    if not value.isprintable():
        value = "".join(
            char for char in value if char.isspace() or not unicodedata.category(char).startswith("C")
        )
    return " ".join(value.split())


@lru_cache(maxsize=65536)
def person_name(raw: str) -> str:
    """One part of a person's name, tidied; empty if it is.

    Letters of any script, space, hyphen, apostrophe, dot and parentheses; it begins with
    a letter. Raises UnfitError.
    """
    if _PLAIN_NAME.fullmatch(raw, 0, LONGEST_NAME + 1) and len(raw) <= LONGEST_NAME:
        return raw
    if len(raw) > 4 * LONGEST_NAME:
        raise UnfitError(text("is longer than {n} characters", n=LONGEST_NAME))
    name = tidy(raw.translate(_SAME_MARK))
    if len(name) > LONGEST_NAME:
        raise UnfitError(text("is longer than {n} characters", n=LONGEST_NAME))
    if name and not name[0].isalpha():
        raise UnfitError(text("does not begin with a letter, as a name does"))
    marks = 0
    for char in name:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > 2 or not (char.isalpha() or char in _NAME_MARKS or marks):
            raise UnfitError(text("has characters that no name has"))
    return name


@lru_cache(maxsize=4096)
def title(raw: str) -> str:
    """The name of a class, a subject, a school or the like, tidied; empty if it is.

    Anything that can be printed, but no angle brackets, and no beginning that makes a
    spreadsheet take it for a formula. Raises UnfitError.
    """
    if len(raw) > 4 * LONGEST_TITLE:
        raise UnfitError(text("is longer than {n} characters", n=LONGEST_TITLE))
    if _CONTROL.search(raw):
        raise UnfitError(text("has control characters in it"))
    tidied = tidy(raw)
    if len(tidied) > LONGEST_TITLE:
        raise UnfitError(text("is longer than {n} characters", n=LONGEST_TITLE))
    if tidied[:1] in tuple("=+-@"):
        raise UnfitError(text("begins as a formula does"))
    if "<" in tidied or ">" in tidied:
        raise UnfitError(text("has angle brackets in it"))
    return tidied


def identifier(raw: str) -> str:
    """An id as OneRoster allows it: up to 255 Latin letters, digits and `. - _ / @`."""
    if not _IDENTIFIER.fullmatch(raw):
        if not raw:
            raise UnfitError(text("is empty"))
        raise UnfitError(text("is not an id: up to 255 Latin letters, digits and . - _ / @"))
    return raw


def slug(name: str) -> str:
    """What two spellings of one title have in common: no case, ё as е, single spaces."""
    return tidy(name).casefold().replace("ё", "е")


def subject_id(name: str) -> SubjectId:
    """The id of the subject that has this code or, for want of a code, this title."""
    return SubjectId(slug(name))


@lru_cache(maxsize=4096)
def iso_day(raw: str) -> date | None:
    """A day written 2026-09-01; None where nothing is written. Raises UnfitError."""
    if not raw:
        return None
    if _DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise UnfitError(text("is not a date such as 2026-09-01"))


@lru_cache(maxsize=4096)
def dates(begin: date | None, end: date | None) -> Dates:
    """The time from `begin` (included) to `end` (excluded); equal ones are one object.

    Raises UnfitError where no day lies between them.
    """
    if begin is not None and end is not None and end <= begin:
        raise UnfitError(text("the end is not after the beginning"))
    return Dates(begin, end)


def field_fault(value: str) -> Text | None:
    """Why a field of a table is fit for nothing: too long, or control characters in it."""
    if len(value) > LONGEST_FIELD:
        return text("is longer than {n} characters", n=LONGEST_FIELD)
    if _CONTROL.search(value):
        return text("has control characters in it")
    return None
