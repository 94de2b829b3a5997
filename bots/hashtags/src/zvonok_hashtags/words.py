"""Hashtags and words of a post, as they are compared. Pure.

Words are compared by their stems, Russian and English, so that «письмо» finds «письма».
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import snowballstemmer

from zvonok_core.people import plain

LONGEST = 2_000
"""Characters of a post that are kept; what follows is not searched."""
_TAG = re.compile(r"(?<![\w&/#])#(\w+)")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ADDRESS = re.compile(r"\w+://\S+")


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: posts with all of these hashtags, and all of these stems."""

    tags: tuple[str, ...]
    stems: tuple[str, ...]


def tags_of(words: str) -> tuple[str, ...]:
    """The hashtags of a post, without the sign, once each: «#ОГЭАЯ» is «огэая». A number alone
    is none: «задание #5»."""
    found = (plain(tag) for tag in _TAG.findall(_ADDRESS.sub(" ", words)))
    return tuple(dict.fromkeys(tag for tag in found if not tag.isdigit() and tag.strip("_")))


def has_tags(words: str) -> bool:
    """Whether there is any."""
    return "#" in words and bool(tags_of(words))


def stems_of(words: str) -> tuple[str, ...]:
    """The stems of all words, in their order; hashtags count as words."""
    return tuple(_stem(word) for word in _WORD.findall(plain(words)))


def kept_stems(words: str) -> str:
    """Stems as they are stored: each between blanks."""
    return f" {' '.join(stems_of(words))} "


def read_query(words: str) -> Query:
    """What is looked for."""
    tags = tags_of(words)
    rest = _TAG.sub(" ", words)
    return Query(tags, tuple(dict.fromkeys(stems_of(rest))))


def snippet(words: str, longest: int = 70) -> str:
    """The beginning of a post in one line, without its hashtags at the beginning."""
    line = " ".join(re.sub(r"^(\s*#\w+)+", "", words).split()) or " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip(" ,.;:–-") + "…"


def _stem(word: str) -> str:
    return "-".join(_parts(word))


def _parts(word: str) -> Iterator[str]:
    for part in word.split("-"):
        yield str(_stemmer("english" if part.isascii() else "russian").stemWord(part))


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(language)
