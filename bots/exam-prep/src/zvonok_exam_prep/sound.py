"""What is wrong with a task, all at once, in sentences for whoever wrote it. Pure.

Everything that comes from outside passes here before anybody is asked it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from zvonok_core.text import Text, ntext, text
from zvonok_exam_prep.formulas import FormulaError, pieces
from zvonok_exam_prep.items import (
    Asks,
    Digits,
    Item,
    Matching,
    Number,
    OneChoice,
    Open,
    Option,
    Ordering,
    Picture,
    SeveralChoices,
    Word,
)

LONGEST_QUESTION, LONGEST_WORDS, LONGEST_LINE = 6_000, 1_000, 100
"""Letters: of a question (a text to read is part of it), of an explanation or an option, of
a name. All of a task fits into one message of Matrix (64 KiB)."""
MOST_OPTIONS, MOST_HINTS, MOST_TAGS, MOST_PICTURES, MOST_CRITERIA = 10, 5, 10, 4, 10
MOST_POINTS = 100
LARGEST_PICTURE = 2_000_000
"""Bytes."""
_ID = re.compile(r"[\w.-]{1,100}")
_TAG = re.compile(r"\w{1,50}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_ADDRESS = re.compile(r"(?:mxc|https)://[^\s/]+/[^\s]+")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `field` is the key of our own YAML that it is about."""

    field: str
    text: Text


def faults(item: Item) -> tuple[Fault, ...]:
    """All that is wrong with a task; () where it can be asked."""
    return (*_about(item), *_asks(item.asks), *_scale(item), *_pictures(item.pictures))


def _about(item: Item) -> Iterator[Fault]:
    if not _ID.fullmatch(item.id):
        yield Fault("id", text("An id has up to 100 letters, digits, dots and hyphens."))
    for field, words in (("subject", item.subject), ("question", item.question)):
        if not words.strip():
            yield Fault(field, text("It is missing."))
    for field, words in (
        ("subject", item.subject),
        ("task", item.task),
        ("topic", item.topic),
        ("source", item.source),
    ):
        yield from _line(field, words)
    yield from _words("question", item.question, LONGEST_QUESTION)
    yield from _words("explanation", item.explanation, LONGEST_QUESTION)
    for hint in item.hints:
        yield from _words("hints", hint)
    yield from _count("hints", len(item.hints), 0, MOST_HINTS)
    if not item.grades or not all(1 <= grade <= 11 for grade in item.grades):
        yield Fault("grades", text("A grade is a number from 1 to 11."))
    if not 1 <= item.difficulty <= 3:
        yield Fault("difficulty", text("The difficulty is 1 (basic), 2 (raised) or 3 (high)."))
    yield from _count("tags", len(item.tags), 0, MOST_TAGS)
    if not all(_TAG.fullmatch(tag) for tag in item.tags):
        yield Fault("tags", text("A hashtag is one word of letters and digits, such as #ОГЭАЯ."))


def _asks(asks: Asks) -> Iterator[Fault]:
    match asks:
        case OneChoice(options, right):
            yield from _options(options)
            yield from _places((right,), len(options))
        case SeveralChoices(options, rights):
            yield from _options(options)
            yield from _places(rights, len(options))
            if not rights:
                yield Fault("right", text("Say which options are right."))
            if rights != tuple(sorted(set(rights))):
                yield Fault("right", text("Each right option is named once, in their order."))
        case Number(_, tolerance, unit):
            if tolerance < 0:
                yield Fault("tolerance", text("A tolerance is not less than 0."))
            yield from _line("unit", unit)
            if re.search(r"\d", unit[:1]):
                yield Fault("unit", text("A unit does not begin with a digit."))
        case Word(right):
            yield from _count("right", len(right), 1, 4 * MOST_OPTIONS)
            for words in right:
                yield from _line("right", words)
                if not words.strip():
                    yield Fault("right", text("It is empty."))
        case Digits(right, any_order):
            if not re.fullmatch("[0-9]{1,20}", right):
                yield Fault("right", text("A sequence has 1 to 20 digits and nothing else."))
            elif any_order and len(set(right)) < len(right):
                yield Fault("right", text("In any order, each digit can be there once only."))
        case Matching(left, options, rights):
            yield from _list("left", left)
            yield from _list("options", options)
            yield from _places(rights, len(options))
            if len(rights) != len(left):
                yield Fault("right", text("There has to be one number for each letter."))
        case Ordering(parts, rights):
            yield from _list("parts", parts)
            if sorted(rights) != list(range(len(parts))):
                yield Fault("right", text("The right order names each part once."))
        case Open(criteria, sample):
            yield from _words("sample", sample, LONGEST_QUESTION)
            yield from _count("criteria", len(criteria), 1, MOST_CRITERIA)
            for one in criteria:
                yield from _line("criteria", one.name)
                for level in one.levels:
                    yield from _words("criteria", level)
                if not one.name.strip():
                    yield Fault("criteria", text("A criterion has a name."))
                if one.points < 1:
                    yield Fault("criteria", text("A criterion says what 0, 1 … points are given for."))


def _scale(item: Item) -> Iterator[Fault]:
    scale = item.scale
    if not scale or not 1 <= scale[0] <= MOST_POINTS:
        yield Fault("points", text("A task gives 1 to {most} points.", most=MOST_POINTS))
    elif list(scale) != sorted(scale, reverse=True) or scale[-1] < 0:
        yield Fault("points", text("More errors can't give more points."))
    elif isinstance(item.asks, Open) and scale != (sum(one.points for one in item.asks.criteria),):
        yield Fault("points", text("The points of an open answer are the sum of its criteria."))


def _pictures(pictures: tuple[Picture, ...]) -> Iterator[Fault]:
    yield from _count("pictures", len(pictures), 0, MOST_PICTURES)
    if len({picture.name for picture in pictures}) < len(pictures):
        yield Fault("pictures", text("Two pictures have the same name."))
    for picture in pictures:
        yield from _line("pictures", picture.name)
        yield from _words("pictures", picture.alt)
        if not picture.name.strip() or "/" in picture.name or "\\" in picture.name:
            yield Fault("pictures", text("A picture has a name without slashes."))
        if bool(picture.address) == bool(picture.data):
            yield Fault("pictures", text("A picture is either a file or an address."))
        if picture.address and not _ADDRESS.fullmatch(picture.address):
            yield Fault("pictures", text("The address of a picture begins with https:// or mxc://."))
        if picture.data and not picture.data.startswith(_PICTURES):
            yield Fault("pictures", text("A picture is a PNG, a JPEG, a GIF or a WebP."))
        if len(picture.data) > LARGEST_PICTURE:
            yield Fault("pictures", text("A picture has 2 MB at most."))


def _options(options: tuple[Option, ...]) -> Iterator[Fault]:
    yield from _list("options", tuple(option.words for option in options))
    for option in options[:MOST_OPTIONS]:
        yield from _words("comments", option.comment)


def _list(field: str, parts: tuple[str, ...]) -> Iterator[Fault]:
    yield from _count(field, len(parts), 2, MOST_OPTIONS)
    parts = parts[:MOST_OPTIONS]
    for words in parts:
        yield from _words(field, words)
        if not words.strip():
            yield Fault(field, text("It is empty."))
    seen: set[str] = set()
    for words in parts:
        same = " ".join(words.split())  # «все» and «всё» may be two options
        if same and same in seen:
            yield Fault(field, text("“{words}” is there twice.", words=words[:LONGEST_LINE]))
        seen.add(same)


def _places(places: tuple[int, ...], count: int) -> Iterator[Fault]:
    if not all(0 <= place < count for place in places):
        yield Fault("right", text("The right answer names an option that is not there."))


def _count(field: str, count: int, fewest: int, most: int) -> Iterator[Fault]:
    if count < fewest:
        yield Fault(field, ntext("At least {n} is needed.", "At least {n} are needed.", fewest))
    if count > most:
        yield Fault(field, ntext("There can be {n} at most.", "There can be {n} at most.", most))


def _line(field: str, words: str) -> Iterator[Fault]:
    yield from _plain(field, words, LONGEST_LINE)
    if "\n" in words:
        yield Fault(field, text("It has to stand on one line."))


def _words(field: str, words: str, longest: int = LONGEST_WORDS) -> Iterator[Fault]:
    yield from _plain(field, words, longest)
    if len(words) <= longest:
        yield from _formulas(field, words)


def _plain(field: str, words: str, longest: int) -> Iterator[Fault]:
    if len(words) > longest:
        yield Fault(field, ntext("It has more than {n} letter.", "It has more than {n} letters.", longest))
    if _CONTROL.search(words):
        yield Fault(field, text("It has control characters in it."))


def _formulas(field: str, words: str) -> Iterator[Fault]:
    try:
        deque(pieces(words), maxlen=0)
    except FormulaError as error:
        yield Fault(field, error.text)
