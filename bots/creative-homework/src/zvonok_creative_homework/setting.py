"""What a teacher has typed after `!творческое задание` → topics and terms. Pure.

Topics stand on lines of their own, or between semicolons. Before them may stand a title, in
quotes or with a colon behind it. Terms are found wherever people put them: in brackets,
behind the title, on a line of their own, behind the last topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_creative_homework.terms import Terms, cut_brackets, cut_end, read_terms

_QUOTED = re.compile(r"^[«“„\"]([^«»“”„\"]+)[»”“\"]\s*:?\s*(.*)$", re.DOTALL)
_BULLET = re.compile(r"^\s*(?:\d{1,2}\ufe0f?\u20e3|\d{1,2}\s*[.)](?=\D)|[-–—•*+▪◦](?=\s))\s*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was understood."""

    title: str
    topics: tuple[str, ...]
    terms: Terms


def read_wanted(words: str, now: datetime, zone: ZoneInfo) -> Wanted:
    """The title, "" where there is none, the topics, each once, and the terms."""
    words, terms = cut_brackets(words, now, zone)
    title, rest, with_title = _title(words, now, zone)
    terms |= with_title
    lines = [line.strip() for line in rest.splitlines() if line.strip()]
    if len(lines) == 1:
        parts = [part.strip() for part in lines[0].split(";") if part.strip()]
        if parts:
            parts[-1], at_the_end = cut_end(parts[-1], now, zone)
            terms |= at_the_end
    else:
        parts = [part for line in lines for part in _line(line)]
    topics: dict[str, str] = {}
    for part in parts:
        found = read_terms(part, now, zone)
        if found is not None:
            terms |= found
        elif bare := _BULLET.sub("", part, count=1).strip(" \t,;."):
            topics.setdefault(bare.casefold(), bare)
    return Wanted(title, tuple(topics.values()), terms)


def with_title(words: str, now: datetime, zone: ZoneInfo) -> str:
    """The same words, in which the first of several lines is marked as the title: it stood
    beside the command, and the topics below."""
    first, _, below = words.partition("\n")
    head, _ = cut_end(first, now, zone)
    if not below.strip() or not head or _QUOTED.match(first) or read_terms(first, now, zone) is not None:
        return words
    bare = re.sub(r"[«»“”„\"]", "", head).strip(" :.,")
    return f"«{bare}» {first.strip()[len(head) :].strip(' :,.')}\n{below}" if bare else words


def _title(words: str, now: datetime, zone: ZoneInfo) -> tuple[str, str, Terms]:
    """The title, what follows it, and the terms between the two."""
    first, _, below = words.strip().partition("\n")
    if quoted := _QUOTED.match(first.strip()):
        after = quoted[2].strip(" ,.;:")
        terms = read_terms(after, now, zone) if after else Terms()
        if terms is not None and below.strip() and not _all_quoted(below):
            return quoted[1].strip(), below, terms
        if terms is None and not below.strip():
            return quoted[1].strip(), quoted[2], Terms()
        return "", words, Terms()
    head, between = cut_end(first.strip().removesuffix(":"), now, zone)
    if first.strip().endswith(":") and below.strip():
        return head, below, between
    colon = re.search(r":\s", first)
    if colon and ";" in first[colon.end() :] and ";" not in first[: colon.start()]:
        head, between = cut_end(first[: colon.start()].strip(), now, zone)
        return head, f"{first[colon.end() :]}\n{below}", between
    return "", words, Terms()


def _line(line: str) -> list[str]:
    """A line's topics: one, but for «радуга; молния; эхо»."""
    return [part.strip() for part in line.split(";") if part.strip()]


def _all_quoted(lines: str) -> bool:
    return all(_QUOTED.match(line.strip()) for line in lines.splitlines() if line.strip())
