"""What somebody has typed after `!опрос` → a question and its answers. Pure.

People write on a phone: quotes of any kind or none, answers on lines of their own, numbered,
with semicolons, with commas. Whatever separates most clearly counts; commas only if nothing
else is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_polls.poll import MOST_CHOICES, Item, Wanted, choices
from zvonok_polls.terms import ALL, Terms, cut_brackets, joined, peel, read_terms

LONGEST_QUESTION, LONGEST_CHOICE = 500, 200
"""Letters; more can't be read on a phone."""
_QUOTES = {"«": "»", '"': '"', "“": "”", "„": "“”", "‹": "›", "‘": "’", "'": "'", "”": "”"}
_BULLET = re.compile(
    r"^\s*(?:\d{1,2}\ufe0f?\u20e3|\d{1,2}\s*[.)\]:](?=\D)|[а-яa-z]\)|[-–—•*+·▪◦☐□](?=\s))\s*", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?:(?<=\s)|^)(?:\d{1,2}[.)](?=\s|\D)|\d\ufe0f?\u20e3)\s*")
_OR = re.compile(r"\s+(?:или|or)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answers as they were read; either may be missing."""

    question: str
    answers: tuple[str, ...]
    terms: Terms


def read_asked(words: str, now: datetime, zone: ZoneInfo) -> Asked:
    """The question, the answers and the terms in what somebody has typed."""
    words, in_brackets = cut_brackets(words, now, zone)
    question, rest, before = _question(words, now, zone)
    parts, at_the_end = peel(split(rest), now, zone)
    if len(parts) == 1:  # the terms, too, may have been separated by commas only
        parts, at_the_end = peel(split(parts[0]), now, zone)
    if len(parts) > 1 and "?" not in question and "?" not in "".join(parts[:-1]) and parts[-1][-1] == "?":
        question, parts = f"{question}?", [*parts[:-1], parts[-1].rstrip(" ?")]
    return Asked(question, tuple(parts), joined([before, at_the_end, in_brackets]))


def wanted(asked: Asked) -> Wanted:
    """The poll that is asked for."""
    terms, count = asked.terms, len(asked.answers)
    most = count if terms.most == ALL else min(terms.most or 1, count)
    item = Item(asked.question, choices(asked.answers), max(most, 1))
    return Wanted((item,), asked.question, not terms.hidden, terms.shuffled, terms.closes)


def too_long(item: Item) -> bool:
    """Whether a question or an answer is."""
    return len(item.question) > LONGEST_QUESTION or any(
        len(choice.words) > LONGEST_CHOICE for choice in item.choices
    )


def _question(words: str, now: datetime, zone: ZoneInfo) -> tuple[str, str, Terms]:
    """The question, what follows it, and terms that stand before it."""
    for opening, found in ((mark, words.find(mark)) for mark in _QUOTES):
        before = words[:found].strip(" :,.\n") if found > 0 else ""
        terms = read_terms(before, now, zone) if before else Terms()
        closing = _closing(words, found, opening) if found >= 0 and terms is not None else -1
        if closing > 0 and terms is not None and not (opening == "'" and found > 0):
            inside = words[found + 1 : closing].strip()
            rest = words[closing + 1 :].strip(" ?!.:;,\n")
            if inside and (rest or found == 0):
                return inside, rest, terms
    lines = [line for line in words.splitlines() if line.strip()]
    if len(lines) > 1:
        first = lines[0].strip()
        terms = read_terms(first, now, zone)
        if terms is not None and len(lines) > 2:
            question, rest, more = _question("\n".join(lines[1:]), now, zone)
            return question, rest, joined([terms, more])
        inner = _one_line(first)
        if len(lines) == 2 and inner[1] and len(split(inner[1])) > 1:
            return inner[0], inner[1] + "\n" + lines[1], Terms()
        return _unquoted(first.rstrip(" :")), "\n".join(lines[1:]), Terms()
    return (*_one_line(words.strip()), Terms())


def _one_line(words: str) -> tuple[str, str]:
    separator = re.search(r"[;|\n]", words)
    head = words[: separator.start()] if separator else words
    for marks in (list(re.finditer(r"[?!…]+(?=\s)", head))[::-1], list(re.finditer(r"[?…]+", words))[:1]):
        for mark in marks:
            if words[mark.end() : separator.start() if separator else None].strip(" :,"):
                return words[: mark.end()].strip(), words[mark.end() :].strip(" :")
    if colon := re.search(r":(?=\s)", head):
        return words[: colon.start()].strip(), words[colon.end() :].strip()
    numbers = list(_NUMBERED.finditer(words))
    if len(numbers) > 1 and numbers[0].start() > 0:
        return words[: numbers[0].start()].strip(), words[numbers[0].start() :]
    if separator:
        return head.strip(), words[separator.end() :].strip()
    return words, ""


def split(words: str) -> list[str]:
    """Answers, by whatever separates them most clearly; at most one more than there may be."""
    words = words.strip()
    lines = [line for line in words.splitlines() if line.strip()]
    if len(lines) > 1:
        return _clean(lines)
    for separator in (";", "|"):
        if separator in words:
            return _clean(words.split(separator))
    numbers = list(_NUMBERED.finditer(words))
    if len(numbers) > 1 and numbers[0].start() == 0:
        starts = [number.end() for number in numbers]
        ends = [*(number.start() for number in numbers[1:]), len(words)]
        return _clean([words[a:b].rstrip(" ,") for a, b in zip(starts, ends, strict=True)])
    if quoted := _all_quoted(words):
        return _clean(quoted)
    if re.search(r"\s/\s", words):
        return _clean(re.split(r"\s/\s", words))
    if re.search(r",(?=\s)|,(?!\d)", words):
        parts = re.split(r",(?=\s)|,(?!\d)", words)
        return _clean([*parts[:-1], *_OR.split(parts[-1])])
    return _clean(_OR.split(words))


def _clean(parts: list[str]) -> list[str]:
    found: dict[str, str] = {}
    for part in parts:
        bare = _unquoted(_BULLET.sub("", part, count=1).strip(" \t,;"))
        if bare:
            found.setdefault(bare.casefold(), bare)
    return list(found.values())[: MOST_CHOICES + 1]


def _closing(words: str, opening: int, mark: str) -> int:
    places = [words.find(close, opening + 1) for close in _QUOTES[mark]]
    return min((place for place in places if place > 0), default=-1)


def _unquoted(words: str) -> str:
    inner = words[1:-1]
    if len(words) > 2 and words[-1] in _QUOTES.get(words[0], "") and words[-1] not in inner:
        return inner.strip()
    return words.strip()


def _all_quoted(words: str) -> list[str]:
    """«А» «Б» «В»: nothing but quoted words."""
    pattern = r"«[^«»]+»|\"[^\"]+\"|“[^“”]+”|„[^„“”]+[“”]"
    found = re.findall(pattern, words)
    return found if len(found) > 1 and not re.sub(pattern, "", words).strip(" ,.и") else []
