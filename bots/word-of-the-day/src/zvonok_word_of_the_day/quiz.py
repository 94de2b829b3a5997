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
_SHORTEST_ROOT = 4
"""Letters that two answers share when they may both be right."""


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
        if word.answer and len(wrong) >= FEWEST_WRONG:
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
        (other.part != word.part, place, dice.random(), other)
        for place, group in enumerate((week, others))
        for other in group
        if other.key != word.key and other.answer and bool(other.translation) == bool(word.translation)
    ]
    ranked.sort(key=lambda entry: entry[:3])
    chosen: list[str] = []
    for *_, other in ranked:
        if all(_apart(other.answer, taken) for taken in (word.answer, *chosen)) and word.key not in plain(
            other.answer
        ):
            chosen.append(other.answer)
        if len(chosen) == MOST_WRONG:
            break
    return chosen


def _apart(one: str, other: str) -> bool:
    """Whether two answers share no word: of «большой» and «очень большой» both may be right."""
    return not _roots(one) & _roots(other)


def _roots(answer: str) -> set[str]:
    said = re.findall(r"\w+", plain(answer))
    roots = {part[: max(_SHORTEST_ROOT, len(part) - 3)] for part in said if len(part) >= _SHORTEST_ROOT}
    return roots or {plain(answer).strip()}
