"""A task of an exam as data: what is asked, what is right, and what it is worth.

All words may hold formulas between dollars, in the subset of TeX that `formulas` reads; a
dollar that is meant is `\\$`. Everything that comes from outside is held against `sound.faults`
first; code that makes items by itself answers for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import NewType, TypeAlias

ItemId = NewType("ItemId", str)
"""Names a task for good: `math-7-equation-1`, or, for one that came without, a hash."""


class Exam(StrEnum):
    """The three exams of a Russian school: of every year, after grade 9, after grade 11."""

    VPR = "ВПР"
    OGE = "ОГЭ"
    EGE = "ЕГЭ"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from. `comment` is for whoever has chosen it."""

    words: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class OneChoice:
    """Exactly one option is right, by its place from 0 on."""

    options: tuple[Option, ...]
    right: int


@dataclass(frozen=True, slots=True)
class SeveralChoices:
    """Some of the options are right, by their places from 0 on, rising."""

    options: tuple[Option, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, exact or `tolerance` off at most. A student may leave `unit` out."""

    right: Fraction
    tolerance: Fraction = Fraction(0)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or some words; the first of the accepted spellings is the one that is shown."""

    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digits:
    """A sequence of digits, such as 135: the numbers of right statements (in any order), or
    of the places of commas, or an answer that has to be in order."""

    right: str
    any_order: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """To each of `left` (А, Б, В …) belongs one of `options` (1, 2, 3 …), by its place from 0
    on. An option may belong to several, or to none."""

    left: tuple[str, ...]
    options: tuple[str, ...]
    right: tuple[int, ...]

    @property
    def letters(self) -> str:
        """What `left` is called: as in the exams, Latin letters only where all is foreign."""
        words = "".join((*self.left, *self.options))
        foreign = not any("а" <= letter <= "я" or letter == "ё" for letter in words.lower())
        alphabet = LATIN if foreign and any(letter.isalpha() for letter in words) else CYRILLIC
        return alphabet[: len(self.left)]


@dataclass(frozen=True, slots=True)
class Ordering:
    """Parts as they are shown (1, 2, 3 …), and their places, from 0 on, in the right order."""

    parts: tuple[str, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that an open answer is marked by. `levels` say what 0, 1, 2 … points are
    given for."""

    name: str
    levels: tuple[str, ...]

    @property
    def points(self) -> int:
        """The most that it gives."""
        return len(self.levels) - 1


@dataclass(frozen=True, slots=True)
class Open:
    """An answer in free words, marked by a person. `sample` is an answer that gets all points."""

    criteria: tuple[Criterion, ...]
    sample: str = ""


Asks: TypeAlias = OneChoice | SeveralChoices | Number | Word | Digits | Matching | Ordering | Open

CYRILLIC, LATIN = "АБВГДЕЖЗИК", "ABCDEFGHIJ"
"""What the rows of a matching are called; the exams leave Ё and Й out."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that belongs to the question: in the media store or on the web by its
    address, or as it is. `alt` says what is on it."""

    name: str
    alt: str = ""
    address: str = ""
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One task.

    `scale` is what 0, 1, 2 … errors are worth; more errors are worth nothing. (2, 1) is the
    rule of most tasks for two points. For an open answer it is the sum of the criteria.
    `difficulty` is the exams' own: 1 basic, 2 raised, 3 high. `task` is the number in the
    exam, such as 5 or 12.1. `tags` are hashtags without the sign: ОГЭАЯ.
    """

    id: ItemId
    subject: str
    grades: tuple[int, ...]
    question: str
    asks: Asks
    scale: tuple[int, ...] = (1,)
    exam: Exam | None = None
    task: str = ""
    topic: str = ""
    difficulty: int = 1
    explanation: str = ""
    hints: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""
    pictures: tuple[Picture, ...] = ()

    @property
    def points(self) -> int:
        """The most that it gives."""
        return self.scale[0]

    @property
    def words(self) -> tuple[str, ...]:
        """All that may hold formulas, in the order in which it is read."""
        return (self.question, *words_of(self.asks), *self.hints, self.explanation)


def words_of(asks: Asks) -> tuple[str, ...]:
    """The words of what is asked that may hold formulas."""
    match asks:
        case OneChoice(options) | SeveralChoices(options):
            return tuple(words for option in options for words in (option.words, option.comment))
        case Matching(left, options):
            return (*left, *options)
        case Ordering(parts):
            return parts
        case Open(criteria, sample):
            return (sample, *(words for one in criteria for words in (one.name, *one.levels)))
    return ()


def usual_scale(asks: Asks, points: int) -> tuple[int, ...]:
    """What errors are worth where nobody says otherwise: a point less for each one, as in the
    exams; but nothing for one error where an answer can only be right or wrong."""
    if isinstance(asks, OneChoice | Number | Word | Open):
        return (points,)
    return tuple(range(points, 0, -1)) or (0,)


def rearranged(item: Item, order: tuple[int, ...]) -> Item:
    """The same task with its options or parts in another order: `order` lists their places,
    from 0 on, as they are to be shown. What has none is left as it is."""
    place = {old: new for new, old in enumerate(order)}
    asks = item.asks
    match asks:
        case OneChoice(options, right):
            asks = OneChoice(tuple(options[old] for old in order), place[right])
        case SeveralChoices(options, rights):
            asks = SeveralChoices(
                tuple(options[old] for old in order), tuple(sorted(place[old] for old in rights))
            )
        case Matching(_, words, rights):
            asks = replace(
                asks, options=tuple(words[old] for old in order), right=tuple(place[old] for old in rights)
            )
        case Ordering(parts, rights):
            asks = Ordering(tuple(parts[old] for old in order), tuple(place[old] for old in rights))
    return replace(item, asks=asks)


def arrangeable(asks: Asks) -> int:
    """How many options or parts there are to be put into another order; 0 where none."""
    match asks:
        case OneChoice(options) | SeveralChoices(options):
            return len(options)
        case Matching(_, words):
            return len(words)
        case Ordering(parts):
            return len(parts)
    return 0
