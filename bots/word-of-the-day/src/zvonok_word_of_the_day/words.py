"""A word with all that is known of it, and the lists that every school has. Pure.

The shipped lists are tables like any teacher's own, and are read by the same code.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

from zvonok_core.people import plain
from zvonok_word_of_the_day.tables import read_table


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of a list. `meaning` is in the word's own language, so that the class can see
    it and still has something to find out; `translation` is what the class finds out."""

    word: str
    meaning: str = ""
    example: str = ""
    translation: str = ""
    transcription: str = ""
    part: str = ""
    origin: str = ""

    @property
    def key(self) -> str:
        """What makes it the same word as another one."""
        return plain(self.word)

    @property
    def answer(self) -> str:
        """What a quiz asks for."""
        return self.translation or self.meaning


def to_json(word: Word) -> str:
    """A word as it is stored."""
    return json.dumps(asdict(word), ensure_ascii=False)


def from_json(stored: str) -> Word:
    """What `to_json` wrote."""
    return Word(**json.loads(stored))


@cache
def shipped(language: str, level: int) -> tuple[Word, ...]:
    """The list that every school has; empty where there is none. English has levels 1 to 3,
    others have one list, of level 0."""
    name = _FILES.get((language, level))
    if name is None:
        return ()
    rows, faults = read_table(name, resources.files(__package__).joinpath("lists", name).read_bytes())
    assert not faults, faults
    return tuple(Word(**row) for row in rows)


LEVELS = (1, 2, 3)
_FILES = {("en", level): f"english-{level}.csv" for level in LEVELS} | {("ru", 0): "russian.csv"}


def levels(language: str) -> tuple[int, ...]:
    """The levels of which there are lists in a language."""
    return tuple(level for known, level in _FILES if known == language)
