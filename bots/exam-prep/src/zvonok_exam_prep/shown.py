"""How answers are written: what is right, what was given, and what to type. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from zvonok_core.text import Text, text
from zvonok_exam_prep.items import (
    Asks,
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
from zvonok_exam_prep.spelling import spelt

_NO_GAP = ("°", "%")


def blocks(item: Item) -> list[tuple[str, str]]:
    """What is asked, piece by piece: the mark before it («1)», «А)», or none), and the words,
    formulas as they are."""
    asked = [("", item.question)]
    match item.asks:
        case OneChoice(options) | SeveralChoices(options):
            asked += [(f"{number})", option.words) for number, option in enumerate(options, 1)]
        case Ordering(parts):
            asked += [(f"{number})", words) for number, words in enumerate(parts, 1)]
        case Matching(left, words) as matching:
            asked += [(f"{letter})", row) for letter, row in zip(matching.letters, left, strict=True)]
            asked += [(f"{number})", option) for number, option in enumerate(words, 1)]
    return asked


def question(item: Item) -> str:
    """What is asked, in plain words, with options and parts under their numbers."""
    lines = [f"{mark} {spelt(words)}".strip() for mark, words in blocks(item)]
    if isinstance(item.asks, Matching):
        lines.insert(1 + len(item.asks.left), "")
        lines.insert(1, "")
    elif len(lines) > 1:
        lines.insert(1, "")
    return "\n".join(lines)


def instruction(asks: Asks) -> Text:
    """What to type, for whoever sees such a task for the first time."""
    match asks:
        case OneChoice():
            return text("Answer with the number of the right option.")
        case SeveralChoices():
            return text("Answer with the numbers of all right options, such as 13.")
        case Number(unit=unit):
            if unit:
                return text("Answer with a number ({unit}).", unit=unit)
            return text("Answer with a number.")
        case Word():
            return text("Answer with a word or words.")
        case Digits(any_order=any_order):
            if any_order:
                return text("Answer with digits in any order, such as 135.")
            return text("Answer with digits, such as 135.")
        case Matching() as matching:
            example = "".join(
                f"{letter}{place % len(matching.options) + 1}"
                for place, letter in enumerate(matching.letters)
            )
            return text("Answer with a number for each letter, such as {example}.", example=example)
        case Ordering(parts):
            example = "".join(str(number) for number in range(len(parts), 0, -1))
            return text("Answer with the numbers in the right order, such as {example}.", example=example)
        case Open():
            return text("Answer in your own words.")


def right_answer(item: Item) -> str:
    """What is right, in plain words: «2) снег», «А3 Б1 В2», «5 см». "" where an open answer
    has no sample."""
    match item.asks:
        case OneChoice(options, right):
            return f"{right + 1}) {spelt(options[right].words)}"
        case SeveralChoices(_, rights):
            return places_words(rights)
        case Number(right=value, unit=unit):
            return number_words(value, unit)
        case Word(right=spellings):
            return spellings[0]
        case Digits(right=digits):
            return digits
        case Matching(_, _, rights) as matching:
            return pairs_words(matching.letters, (place + 1 for place in rights))
        case Ordering(_, rights):
            return places_words(rights, "")
        case Open(_, sample):
            return spelt(sample)


def number_words(value: Fraction, unit: str = "") -> str:
    """A number as it is written in Russia: «−2,5 см», «1/3»."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        places = 0
        while value * 10**places % 1:
            places += 1
        whole, part = divmod(abs(value.numerator) * 10**places // value.denominator, 10**places)
        words = f"{whole},{part:0{places}}" if places else str(whole)
    else:
        words = f"{abs(value.numerator)}/{value.denominator}"
    sign = "−" if value < 0 else ""
    return f"{sign}{words}{'' if unit in _NO_GAP else ' '}{unit}".rstrip()


def places_words(places: Iterable[int], between: str = ", ") -> str:
    """Places, from 0 on, as the numbers that people see."""
    numbers = [str(place + 1) for place in places]
    return (between or (" " if any(len(one) > 1 for one in numbers) else "")).join(numbers)


def pairs_words(letters: str, numbers: Iterable[int]) -> str:
    """«А3 Б1 В2»."""
    return " ".join(f"{letter}{number}" for letter, number in zip(letters, numbers, strict=True))
