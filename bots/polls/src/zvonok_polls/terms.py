"""How a poll is to be held, in words beside it: «можно несколько», «итоги в конце», «до
пятницы 18:00». Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_botkit.deadlines import read_deadline

ALL = 0
"""As many as there are."""
_SEVERAL = re.compile(
    r"(?:можно |выбрать |choose )*(?:несколько|много|любые|multiple|several|many)(?: вариант\w*| ответ\w*| answers| choices)?",
    re.IGNORECASE,
)
_UP_TO = re.compile(
    r"(?:можно |выбрать |choose )*(?:до|не более|не больше|максимум|up to)\s+(\d{1,2}|двух|трёх|трех|четырёх|четырех|пяти|two|three)"
    r"(?:-?х)?\s*(?:вариант\w*|ответ\w*|answers|choices)?",
    re.IGNORECASE,
)
_NUMBERS = {
    "двух": 2,
    "трёх": 3,
    "трех": 3,
    "четырёх": 4,
    "четырех": 4,
    "пяти": 5,
    "two": 2,
    "three": 3,
}
_HIDDEN = re.compile(
    r"скрыто|(?:показать )?(?:итоги|результаты) (?:в конце|потом|после)|hidden|results (?:at the end|later)",
    re.IGNORECASE,
)
_SHUFFLED = re.compile(r"(?:перемешать|вперемешку|shuffled?)(?: варианты| ответы| answers)?", re.IGNORECASE)
_BETWEEN = re.compile(r",\s+(?!\d)|;\s*|\s+и\s+(?=можно|итоги|скрыто|перемешать|до |несколько)")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of how. `most` is None where nothing is."""

    most: int | None = None
    hidden: bool = False
    shuffled: bool = False
    closes: datetime | None = None


def read_terms(words: str, now: datetime, zone: ZoneInfo, terms: Terms | None = None) -> Terms | None:
    """Terms, added to those that are known; None where any of the words are none."""
    found = terms or Terms()
    words = words.strip(" .,;:!()[]\n")
    if not words:
        return None
    whole = _one(words, found, now, zone)
    if whole is not None:
        return whole
    parts = [part for part in _BETWEEN.split(words) if part.strip()]
    if len(parts) < 2:
        return None
    for part in parts:
        one = _one(part.strip(" .,;:"), found, now, zone)
        if one is None:
            return None
        found = one
    return found


def _one(part: str, terms: Terms, now: datetime, zone: ZoneInfo) -> Terms | None:
    if _SEVERAL.fullmatch(part):
        return replace(terms, most=ALL)
    if several := _UP_TO.fullmatch(part):
        said = several[1].casefold()
        return replace(terms, most=_NUMBERS.get(said) or int(said))
    if _HIDDEN.fullmatch(part):
        return replace(terms, hidden=True)
    if _SHUFFLED.fullmatch(part):
        return replace(terms, shuffled=True)
    if closes := read_deadline(part, now, zone):
        return replace(terms, closes=closes)
    return None


def peel(lines: list[str], now: datetime, zone: ZoneInfo) -> tuple[list[str], Terms]:
    """Lines or options without those at the end that are terms. Options such as «до пятницы;
    до субботы» are none: of several deadlines none is meant."""
    kept, terms = list(lines), Terms()
    deadlines = [line for line in lines if read_deadline(line, now, zone)]
    while kept:
        found = read_terms(kept[-1], now, zone, terms)
        if found is None or (found.closes and len(deadlines) > 1):
            break
        terms = found
        kept.pop()
    return kept, terms


def cut_brackets(words: str, now: datetime, zone: ZoneInfo) -> tuple[str, Terms]:
    """Words without «(можно несколько, до пятницы)»; other brackets stay."""
    terms = Terms()
    for found in re.finditer(r"[(\[]([^()\[\]]*)[)\]]", words):
        read = read_terms(found[1], now, zone, terms)
        if read is not None:
            terms = read
            words = words.replace(found[0], " ", 1)
    return words.strip(), terms


def joined(all_terms: Iterable[Terms]) -> Terms:
    """Several at once; the last deadline counts."""
    found = Terms()
    for terms in all_terms:
        found = Terms(
            terms.most if terms.most is not None else found.most,
            found.hidden or terms.hidden,
            found.shuffled or terms.shuffled,
            terms.closes or found.closes,
        )
    return found
