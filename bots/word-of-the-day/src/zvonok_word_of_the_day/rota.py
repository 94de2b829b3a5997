"""Whose turn it is to bring a word, and what they have brought. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from zvonok_core.ids import UserId
from zvonok_core.people import plain
from zvonok_word_of_the_day.tables import LONGEST, LONGEST_WORD
from zvonok_word_of_the_day.words import Word

MOST_PARTS = 5
"""Words of an expression; more are a sentence."""
_LABELS = {
    "word": "слово|word",
    "meaning": "значение|определение|перевод|meaning|definition|translation",
    "example": "пример|предложение|example|sentence",
}
_LABEL = re.compile(
    r"(?:^|(?<=[\s.;,!?]))(?:"
    + "|".join(f"(?P<{field}>{names})" for field, names in _LABELS.items())
    + r")\s*[:–—-]\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s+[-=]\s+|\s*[–—]\s*|\s*:\s+|\s*;\s+")
_NO = frozenset({"нет", "не", "не знаю", "без примера", "no", "none", "-", "–", "—"})
FIELDS = ("word", "meaning", "example")


def next_in_turn(register: Sequence[UserId], last: Mapping[UserId, int]) -> UserId | None:
    """Who comes next: in the order of the register those who have not had a turn, then those
    whose last one is the longest ago. `last` are the numbers of turns, which grow."""
    return min(register, key=lambda student: last.get(student, 0), default=None)


def following(register: Sequence[UserId], last: Mapping[UserId, int], count: int) -> list[UserId]:
    """Who comes after that, in their order."""
    return sorted(register, key=lambda student: last.get(student, 0))[:count]


def read_brought(words: str) -> Word | None:
    """A word with its meaning and example, as far as they are there: on lines of their own,
    with dashes between them, or labelled. None where it begins with no word."""
    found = _labelled(words) or _in_order(words)
    word = " ".join(found.get("word", "").split()).strip(" .,;:!«»\"“”'")
    if not is_word(word):
        return None
    said = {field: " ".join(found.get(field, "").split())[:LONGEST] for field in ("meaning", "example")}
    return Word(word, **said)


def is_word(word: str) -> bool:
    """Whether it may be a word or a short expression."""
    fits = len(word) <= LONGEST_WORD and len(word.split()) <= MOST_PARTS and "?" not in word
    return fits and any(letter.isalpha() for letter in word)


def filled(word: Word, words: str) -> Word:
    """A word with what was missing of it: the meaning first, then the example."""
    said = " ".join(words.split())[:LONGEST]
    return replace(word, meaning=said) if not word.meaning else replace(word, example=said)


def declines(words: str) -> bool:
    """Whether somebody says that they have none."""
    return plain(words).strip(" .!") in _NO


def _labelled(words: str) -> dict[str, str]:
    labels = list(_LABEL.finditer(words))
    if not labels:
        return {}
    ends = [*(label.start() for label in labels[1:]), len(words)]
    found = {
        str(label.lastgroup): words[label.end() : end].strip(" ,;\n")
        for label, end in zip(labels, ends, strict=True)
    }
    return {**dict.fromkeys(FIELDS, ""), "word": words[: labels[0].start()].strip(" –—-:;,.\n"), **found}


def _in_order(words: str) -> dict[str, str]:
    lines = [line for line in words.splitlines() if line.strip()]
    pieces = (
        lines
        if len(lines) > 2
        else [piece for line in lines for piece in _BETWEEN.split(line.strip(), maxsplit=2)]
    )
    if len(lines) > 2 and len(lines) > len(FIELDS):
        pieces = [*lines[:2], " ".join(lines[2:])]
    return (
        dict(zip(FIELDS, [*pieces[:2], " ".join(pieces[2:])], strict=True))
        if len(pieces) > 1
        else {"word": words}
    )
