"""What somebody has typed after `!викторина` and `!тест` → questions with right answers. Pure.

Right answers are marked by a star, a plus or a tick before or after them, or by «(верно)».
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_polls.asking import read_asked
from zvonok_polls.poll import Item, Wanted, choices
from zvonok_polls.terms import ALL, Terms, read_terms

MOST_POINTS = 100
_BEFORE = re.compile(r"^(?:[*+✓✔✅☑]\ufe0f?|\[[xх+*]\]|\((?:верно|right)\))\s*", re.IGNORECASE)
_AFTER = re.compile(r"\s*(?:[*+✓✔✅☑]\ufe0f?|\((?:верно|правильно|right|correct)\))$", re.IGNORECASE)
_EXPLANATION = re.compile(
    r"^\s*(?:объяснение|пояснение|комментарий|почему|explanation|because)\s*[:—–-]\s*",
    re.IGNORECASE | re.MULTILINE,
)
_POINTS = re.compile(r"\s*[(\[](\d{1,3})\s*(?:балл\w*|очк\w*|points?)[)\]]", re.IGNORECASE)
_NUMBER = re.compile(r"^\s*(?:вопрос\s*)?\d{1,3}\s*[.):]\s*", re.IGNORECASE)
_LIST_MARK = re.compile(
    r"^(\s*)(?:[-–—•·]|\d{1,2}[.)]|[а-яa-z]\))\s+(?=[*+✓✔✅☑\[(])", re.IGNORECASE | re.MULTILINE
)
_MARKED_LINE = re.compile(r"^\s*([*+])\s+(?=\S)", re.MULTILINE)


def read_quiz(words: str, now: datetime, zone: ZoneInfo) -> Wanted:
    """One question with its right answers; `missing` where none is marked."""
    item, terms = _item(words, now, zone)
    wrong = frozenset() if item.right else frozenset({1})
    return Wanted((item,), item.question, False, terms.shuffled, terms.closes, wrong)


def read_test(words: str, now: datetime, zone: ZoneInfo) -> Wanted:
    """A title, and questions between empty lines."""
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", words.strip()) if block.strip()]
    title, terms = "", Terms()
    if blocks and "\n" not in blocks[0].strip():
        title = blocks.pop(0).strip()
    elif blocks:
        first, _, rest = blocks[0].partition("\n")
        if not _NUMBER.match(first) and (
            _NUMBER.match(rest) or read_terms(rest.partition("\n")[0], now, zone)
        ):
            title, blocks[0] = first.strip(), rest
    for place in (0, -1):
        lines = blocks[place].split("\n") if blocks else []
        if lines and (read := read_terms(lines[place], now, zone, terms)):
            terms = read
            lines.pop(place)
            blocks[place] = "\n".join(lines)
    blocks = [block for block in blocks if block.strip()]
    items = tuple(_item(_NUMBER.sub("", block, count=1), now, zone)[0] for block in blocks)
    faults = frozenset(
        place for place, item in enumerate(items, 1) if not item.right or len(item.choices) < 2
    )
    return Wanted(items, title, False, terms.shuffled, terms.closes, faults)


def _item(words: str, now: datetime, zone: ZoneInfo) -> tuple[Item, Terms]:
    words, explanation = _cut_explanation(words)
    points = _POINTS.search(words)
    if points:
        words = words[: points.start()] + words[points.end() :]
    # «* Канберра» in a list is a mark, and no bullet, as soon as not every line has it.
    words = _LIST_MARK.sub(r"\1", words)
    marked = _MARKED_LINE.findall(words)
    lines = [line for line in words.splitlines()[1:] if line.strip()]
    if marked and len(marked) < len(lines):
        words = _MARKED_LINE.sub("✓", words)
    asked = read_asked(words, now, zone)
    right, bare = set(), []
    for place, answer in enumerate(asked.answers):
        if _BEFORE.match(answer) or _AFTER.search(answer):
            right.add(place)
        bare.append(_AFTER.sub("", _BEFORE.sub("", answer, count=1), count=1).strip())
    most = len(bare) if asked.terms.most == ALL else max(asked.terms.most or 0, len(right), 1)
    worth = min(max(int(points[1]), 1), MOST_POINTS) if points else 1
    item = Item(asked.question, choices(bare, frozenset(right)), most, explanation, worth)
    return item, asked.terms


def _cut_explanation(words: str) -> tuple[str, str]:
    found = _EXPLANATION.search(words)
    if found is None:
        return words, ""
    line, _, after = words[found.end() :].partition("\n")
    return words[: found.start()].rstrip() + ("\n" + after if after.strip() else ""), line.strip()
