"""The words of a week once more, as questions with plausible wrong answers. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zvonok_core.people import plain
from zvonok_word_of_the_day.words import Word

FEWEST_WORDS = 2
"""Of one word there is nothing to repeat."""
FEWEST_WRONG, MOST_WRONG = 2, 3
"""Wrong answers beside the right one; with a single one everybody guesses."""
LONGEST_ANSWER = 150
"""Letters of an answer that is read on a phone."""
SHORTEST = 3
"""Letters; shorter words say nothing by themselves, such as «на»."""


@dataclass(frozen=True, slots=True)
class Item:
    """A word and what it may mean; `right` is a place among the answers."""

    word: Word
    answers: tuple[str, ...]
    right: int


def items(week: Sequence[Word], others: Iterable[Word], seed: str) -> tuple[Item, ...]:
    """A question for each word of a week for which there are wrong answers enough: first from
    the week itself, then from `others`, of the same part of speech before the rest. The same
    seed gives the same questions."""
    dice = random.Random(seed)
    found = []
    for word in week:
        wrong = _wrong(word, week, list(others), dice)
        if word.answer and len(wrong) >= FEWEST_WRONG and word.key not in plain(word.answer):
            answers = [short(word.answer), *map(short, wrong)]
            dice.shuffle(answers)
            found.append(Item(word, tuple(answers), answers.index(short(word.answer))))
    return tuple(found) if len(found) >= FEWEST_WORDS else ()


def short(answer: str) -> str:
    """An answer that is no longer than can be read."""
    return answer if len(answer) <= LONGEST_ANSWER else answer[: LONGEST_ANSWER - 1].rstrip() + "…"


def _wrong(word: Word, week: Sequence[Word], others: Sequence[Word], dice: random.Random) -> list[str]:
    """Answers of other words that can't be taken for the right one, nor for each other."""
    ranked = [
        (other.part != word.part, place, _unlike(other.answer, word.answer), dice.random(), other)
        for place, group in enumerate((week, others))
        for other in group
        if other.key != word.key and other.answer and _is_cyrillic(other) == _is_cyrillic(word)
    ]
    ranked.sort(key=lambda entry: entry[:4])
    chosen: list[str] = []
    for *_, other in ranked:
        if all(_apart(other.answer, taken) for taken in (word.answer, *chosen)) and word.key not in plain(
            other.answer
        ):
            chosen.append(other.answer)
        if len(chosen) == MOST_WRONG:
            break
    return chosen


def _is_cyrillic(word: Word) -> bool:
    """Among answers in another alphabet the right one would stand out."""
    return any("а" <= letter <= "я" for letter in plain(word.answer))


def _unlike(one: str, other: str) -> int:
    """How much longer one answer is, in steps that are seen at a glance."""
    return abs(len(one) - len(other)) // 15


def _apart(one: str, other: str) -> bool:
    """Whether two answers share no word: of «большой» and «очень большая» both may be right."""
    return not any(_akin(a, b) for a in _told(one) for b in _told(other))


def _akin(one: str, other: str) -> bool:
    """Whether two words begin alike, but for their endings."""
    common = max(SHORTEST, min(len(one), len(other)) - 2)
    return one[:common] == other[:common]


def _told(answer: str) -> list[str]:
    """The words of an answer that say something; all where they are all short."""
    said = re.findall(r"\w+", plain(answer))
    return [word for word in said if len(word) > SHORTEST] or said
