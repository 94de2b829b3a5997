"""Names of files and folders that are good on every system, out of whatever people call theirs. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

LONGEST = 120
"""Bytes of a name in UTF-8, of the 255 that file systems take: encrypted folders take 143."""
LONGEST_ENDING = 12
LONGEST_SHOWN = 60
_FORBIDDEN = '/\\:*?"<>|'
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls, among them those that turn the direction of writing, and what is no letter at all."""
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[.\s])", re.IGNORECASE
)


def safe(name: str, otherwise: str, longest: int = LONGEST) -> str:
    """One component of a path, of so many bytes at most, that every system takes as it stands;
    `otherwise` where nothing is left of the name."""
    cleaned = _clean("".join("_" if letter in _FORBIDDEN else letter for letter in _seen(name)))
    if not cleaned.strip("_. "):
        cleaned = otherwise
    if _RESERVED.match(cleaned):
        cleaned = f"_{cleaned}"
    return _cut(cleaned, longest)


def shown(name: str) -> str:
    """A name as it is said in a message: in the direction of the rest, and not too long."""
    words = " ".join(_seen(name).split())
    if len(words) <= LONGEST_SHOWN:
        return words
    stem, ending = split(words)
    return f"{stem[: LONGEST_SHOWN - len(ending) - 1].rstrip()}…{ending}"


def with_ending(name: str, ending: str) -> str:
    """The name, with an ending where it has none."""
    return name if split(name)[1] or not ending or not name.strip() else f"{name}.{ending}"


def split(name: str) -> tuple[str, str]:
    """A name's stem and its ending with the dot; "" where it has none that a system knows."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip(". ") or not re.fullmatch(rf"\w{{1,{LONGEST_ENDING - 1}}}", ending):
        return name, ""
    return stem, f".{ending}"


def brief(names: Sequence[str]) -> list[str]:
    """Family name and name of each; all of it where that is the same for several."""
    short = [" ".join(name.split()[:2]) for name in names]
    often = Counter(short)
    return [long if often[name] > 1 else name for long, name in zip(names, short, strict=True)]


def apart(names: Iterable[str]) -> list[str]:
    """The same names, with a number where two would be one on a system that does not
    tell capitals apart."""
    taken: set[str] = set()
    found: list[str] = []
    for name in names:
        stem, ending = split(name)
        number, one = 1, name
        while _as_compared(one) in taken:
            number += 1
            mark = f" ({number}){ending}"
            one = _cut(stem, LONGEST - len(mark.encode())) + mark
        taken.add(_as_compared(one))
        found.append(one)
    return found


def _as_compared(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _seen(name: str) -> str:
    kept = (
        " " if letter in "\t\n\r" else letter
        for letter in unicodedata.normalize("NFC", name)
        if letter in "\t\n\r" or unicodedata.category(letter) not in _UNSEEN
    )
    return unicodedata.normalize("NFC", "".join(kept))


def _clean(name: str) -> str:
    # Windows takes spaces and dots at the end away, others hide what begins with a dot.
    return " ".join(name.split()).strip(". ")


def _cut(name: str, longest: int) -> str:
    """The name within so many bytes, with its ending."""
    stem, ending = split(name)
    room = longest - len(ending.encode())
    if len(stem.encode()) <= room:
        return name
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip('. ')}{ending}"
