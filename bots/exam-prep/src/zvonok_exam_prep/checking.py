"""An answer as it was typed → points by the exams' criteria, and what was wrong. Pure.

The same words always get the same points. What is no answer to this question, such as words
where a number is asked, gets a question and no mark. What is wrong is told without giving away
what is right: somebody may be about to try again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep import typed
from zvonok_exam_prep.items import (
    Digits,
    Item,
    Matching,
    Number,
    OneChoice,
    Open,
    Ordering,
    SeveralChoices,
    Word,
)
from zvonok_exam_prep.shown import number_words, pairs_words, places_words
from zvonok_exam_prep.spelling import spelt
from zvonok_exam_prep.units import converted

_UNIT = re.compile(r"[^\W\d_]+[23]?|[\s./^°%₽-]")
_MARKED = re.compile(r"^\s*\d{1,2}[.)]\s*")
_NEARLY = 5
"""Letters from which on a word with one slip is nearly right."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer is worth. `given` is how it was understood, in one spelling for all who
    answer the same; `remarks` say what was wrong, sentences or the author's own words."""

    points: int
    of: int
    errors: int
    given: str
    remarks: tuple[Text | str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether it gets all points."""
        return self.points == self.of


@dataclass(frozen=True, slots=True)
class Unclear:
    """No answer to what was asked. `ask` says what is wanted; nothing is marked."""

    ask: Text


@dataclass(frozen=True, slots=True)
class Written:
    """An open answer, which a person has to mark by the criteria."""

    words: str


Outcome: TypeAlias = Mark | Unclear | Written


def check(item: Item, words: str) -> Outcome:
    """What an answer to a task is worth. Whoever says that they don't know (`typed.gives_up`)
    is not meant here."""
    if not words.strip():
        return Unclear(text("I see no answer. Please write it."))
    match item.asks:
        case Open():
            return Written(words.strip())
        case _ if len(words) > typed.LONGEST:
            return Unclear(text("That is too long for an answer to this task."))
        case OneChoice() as asks:
            return _one(item, asks, words)
        case SeveralChoices() as asks:
            return _several(item, asks, words)
        case Number() as asks:
            return _number(item, asks, words)
        case Word() as asks:
            return _word(item, asks, words)
        case Digits() as asks:
            return _digits(item, asks, words)
        case Matching() as asks:
            return _matching(item, asks, words)
        case Ordering() as asks:
            return _ordering(item, asks, words)


def read_points(asks: Open, words: str) -> tuple[int, ...] | Unclear:
    """What a teacher gives for each criterion, as typed: «2 1 0»."""
    most = [one.points for one in asks.criteria]
    given = typed.places(words, 10) or ()
    if len(given) != len(most):
        return Unclear(
            ntext("Write the points of {n} criterion.", "Write the points of {n} criteria.", len(most))
        )
    for one, points in zip(asks.criteria, given, strict=True):
        if points > one.points:
            return Unclear(text("{name} gives {most} points at most.", name=one.name, most=one.points))
    return given


def mark_open(item: Item, points: Sequence[int]) -> Mark:
    """The mark of an open answer, from its points by criteria."""
    total = sum(points)
    return Mark(total, item.points, item.points - total, " ".join(map(str, points)))


def _mark(item: Item, errors: int, given: str, *remarks: Text | str) -> Mark:
    points = item.scale[errors] if errors < len(item.scale) else 0
    return Mark(points, item.points, errors, given, tuple(one for one in remarks if one) if errors else ())


def _one(item: Item, asks: OneChoice, words: str) -> Outcome:
    chosen = _chosen([spelt(option.words) for option in asks.options], words, 1)
    if isinstance(chosen, Unclear):
        return chosen
    (place,) = chosen
    return _mark(item, int(place != asks.right), places_words(chosen), asks.options[place].comment)


def _several(item: Item, asks: SeveralChoices, words: str) -> Outcome:
    chosen = _chosen([spelt(option.words) for option in asks.options], words, 4 * len(asks.options))
    if isinstance(chosen, Unclear):
        return chosen
    extra, missing = set(chosen) - set(asks.right), set(asks.right) - set(chosen)
    return _mark(
        item,
        max(len(extra), len(missing)),
        places_words(tuple(sorted(chosen))),
        ntext("{n} of what you chose is wrong.", "{n} of what you chose are wrong.", len(extra))
        if extra
        else "",
        ntext("{n} right answer is missing.", "{n} right answers are missing.", len(missing))
        if missing
        else "",
        *(asks.options[place].comment for place in sorted(extra)),
    )


def _chosen(options: Sequence[str], words: str, most: int) -> tuple[int, ...] | Unclear:
    """Places from 0 on, each once: by numbers, or by the words of one option."""
    count = len(options)
    numbers = typed.places(words, count) or ()
    if numbers and len(numbers) <= most and 1 <= min(numbers) <= max(numbers) <= count:
        return tuple(dict.fromkeys(number - 1 for number in numbers))
    for said in (words, _MARKED.sub("", words)):
        meant = [typed.spellings(option, option) & typed.spellings(said, option) for option in options]
        same = [place for place, spellings in enumerate(meant) if spellings]
        same = [place for place in same if options[place] == said.strip()] or same
        if len(same) == 1:
            return tuple(same)
    if most == 1 and len(numbers) > 1 and max(numbers) <= count:
        return Unclear(text("Only one answer is right here. Which one do you choose?"))
    return Unclear(text("The answers have the numbers 1 to {last}. Which do you choose?", last=count))


def _number(item: Item, asks: Number, words: str) -> Outcome:
    found = typed.number(words)
    if found is None:
        return Unclear(text("The answer is a number. Please write it in digits."))
    value, unit = found
    if _UNIT.sub("", unit):
        return Unclear(text("I see several numbers. Which one is your answer?"))
    if unit and asks.unit:
        in_unit = converted(value, unit, asks.unit)
        if in_unit is None:
            return Unclear(text("The answer is wanted in this unit: {unit}. How much is it?", unit=asks.unit))
        value = in_unit
    wrong = abs(value - asks.right) > asks.tolerance
    sign = wrong and abs(value + asks.right) <= asks.tolerance
    return _mark(
        item, int(wrong), number_words(value, asks.unit), text("Look at the sign once more.") if sign else ""
    )


def _word(item: Item, asks: Word, words: str) -> Outcome:
    if not any(letter.isalpha() for letter in words) and not any(
        one.isdigit() for right in asks.right for one in right
    ):
        return Unclear(text("The answer is a word. Please write it in letters."))
    near = False
    for right in asks.right:
        meant, wanted = typed.spellings(words, right), typed.spellings(right, right)
        if meant & wanted:
            return _mark(item, 0, right)
        near |= len(right) >= _NEARLY and any(_edits(one, other, 1) <= 1 for one in meant for other in wanted)
    given = max(typed.spellings(words, words), key=len)
    return _mark(item, 1, given, text("That is nearly it: look at the spelling once more.") if near else "")


def _digits(item: Item, asks: Digits, words: str) -> Outcome:
    given = typed.digits(words)
    if given is None:
        return Unclear(text("The answer is a sequence of digits, such as 135."))
    if len(given) > 4 * len(asks.right):
        return Unclear(text("That is too long for an answer to this task."))
    if asks.any_order:
        given = "".join(sorted(set(given)))
        errors = max(len(set(given) - set(asks.right)), len(set(asks.right) - set(given)))
    elif len(given) == len(asks.right):
        errors = sum(one != other for one, other in zip(given, asks.right, strict=True))
    else:
        errors = _edits(given, asks.right, len(asks.right))
    return _mark(item, errors, given, ntext("There is {n} error.", "There are {n} errors.", errors))


def _matching(item: Item, asks: Matching, words: str) -> Outcome:
    given = _paired(asks, words)
    if isinstance(given, Unclear):
        return given
    wrong = [
        letter
        for letter, number, right in zip(asks.letters, given, asks.right, strict=True)
        if number != right + 1
    ]
    remark = text("Not right yet: {letters}.", letters=", ".join(wrong))
    return _mark(item, len(wrong), pairs_words(asks.letters, given), remark)


def _paired(asks: Matching, words: str) -> tuple[int, ...] | Unclear:
    """A number for each letter, from 1 on; 0 where somebody leaves it out."""
    ask = text("Write a number for each letter, such as {example}; 0 where you don't know.",
               example=" ".join(f"{letter}{place % len(asks.options) + 1}" for place, letter in enumerate(asks.letters)))  # fmt: skip
    found = typed.pairs(words)
    if found is None:
        numbers = typed.places(words, len(asks.options)) or ()
    else:
        letters = typed.lettered(asks.letters, tuple(letter for letter, _ in found))
        if letters is None or sorted(letters) != sorted(asks.letters):
            return Unclear(ask)
        by_letter = dict(zip(letters, (number for _, number in found), strict=True))
        numbers = tuple(by_letter[letter] for letter in asks.letters)
    if len(numbers) != len(asks.left) or max(numbers) > len(asks.options):
        return Unclear(ask)
    return numbers


def _ordering(item: Item, asks: Ordering, words: str) -> Outcome:
    count = len(asks.parts)
    given = tuple(number - 1 for number in typed.places(words, count) or ())
    if sorted(given) != list(range(count)):
        return Unclear(text("Write the numbers 1 to {last} in the right order, each one once.", last=count))
    place = {part: number for number, part in enumerate(asks.right)}
    errors = count - _longest_rise([place[part] for part in given])
    remark = ntext("{n} part is out of its place.", "{n} parts are out of their places.", errors)
    return _mark(item, errors, places_words(given, ""), remark)


def _longest_rise(numbers: Sequence[int]) -> int:
    """How many can stay where they are, so that the others are moved."""
    ends: list[int] = []
    for number in numbers:
        place = bisect_left(ends, number)
        ends[place:] = [number, *ends[place + 1 :]]
    return len(ends)


def _edits(one: str, other: str, most: int) -> int:
    """Letters to be added, left out or changed, as long as it is `most` or fewer."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, against in enumerate(other, 1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (letter != against)),
            )
    return row[-1]
