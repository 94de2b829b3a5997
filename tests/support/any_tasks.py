"""Any sound task: hypothesis makes them up."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from zvonok_exam_prep.formats.model import tidied
from zvonok_exam_prep.formulas import FormulaError, pieces
from zvonok_exam_prep.items import (
    Asks,
    Criterion,
    Digits,
    Exam,
    Item,
    ItemId,
    Matching,
    Number,
    OneChoice,
    Open,
    Option,
    Ordering,
    Picture,
    SeveralChoices,
    Word,
    usual_scale,
)
from zvonok_exam_prep.sound import faults

LETTERS = "абвгёжЩЯabcXYZ0123456789 .,:;!?-–—«»\"'()[]{}<>=~#%&*@/\\|+^_`№²½"
FORMULAS = [r"$x^2+\frac{1}{2}$", r"$\sqrt{2}\cdot a_1 \ne 3$", r"$\begin{cases}x=1\\y=2\end{cases}$", r"\$"]
PNG = b"\x89PNG\r\n\x1a\n"


def _words(longest: int, *, fewest: int = 0) -> st.SearchStrategy[str]:
    letters = st.sampled_from([*LETTERS, "\n", *FORMULAS])
    return (
        st.lists(letters, min_size=fewest, max_size=longest)
        .map(lambda found: tidied("".join(found).replace("\\\\$", "$")))
        .filter(lambda words: len(words) >= fewest and _readable(words))
    )


def _readable(words: str) -> bool:
    try:
        return list(pieces(words)) is not None
    except FormulaError:
        return False


def line(longest: int = 20, *, fewest: int = 0) -> st.SearchStrategy[str]:
    """Words without formulas, on one line."""
    return (
        st.text(LETTERS, min_size=fewest, max_size=longest)
        .map(tidied)
        .filter(lambda words: len(words) >= fewest)
    )


questions = _words(30, fewest=1)
explanations = _words(30)


def parts(fewest: int = 2, most: int = 6) -> st.SearchStrategy[tuple[str, ...]]:
    """Different options."""
    return st.lists(
        _words(8, fewest=1), min_size=fewest, max_size=most, unique_by=lambda words: " ".join(words.split())
    ).map(tuple)


@st.composite
def options(draw: st.DrawFn) -> tuple[Option, ...]:
    return tuple(Option(words, draw(st.just("") | _words(8))) for words in draw(parts()))


@st.composite
def one_choices(draw: st.DrawFn) -> OneChoice:
    found = draw(options())
    return OneChoice(found, draw(st.integers(0, len(found) - 1)))


@st.composite
def several_choices(draw: st.DrawFn) -> SeveralChoices:
    found = draw(options())
    right = draw(st.sets(st.integers(0, len(found) - 1), min_size=1))
    return SeveralChoices(found, tuple(sorted(right)))


numbers = st.builds(
    Number,
    st.fractions(-1000, 1000, max_denominator=100) | st.integers(-99, 99).map(Fraction),
    st.just(Fraction(0)) | st.decimals(0, 5, places=2).map(Fraction),
    st.sampled_from(["", "см", "км/ч", "%", "руб."]),
)
words = st.builds(Word, st.lists(line(12, fewest=1), min_size=1, max_size=3, unique=True).map(tuple))
digits = st.builds(Digits, st.text("0123456789", min_size=1, max_size=6), st.just(False)) | st.builds(
    Digits,
    st.sets(st.sampled_from("123456789"), min_size=1).map(lambda found: "".join(sorted(found))),
    st.just(True),
)


@st.composite
def matchings(draw: st.DrawFn) -> Matching:
    left, found = draw(parts()), draw(parts())
    right = draw(st.lists(st.integers(0, len(found) - 1), min_size=len(left), max_size=len(left)))
    return Matching(left, found, tuple(right))


@st.composite
def orderings(draw: st.DrawFn) -> Ordering:
    found = draw(parts())
    return Ordering(found, tuple(draw(st.permutations(range(len(found))))))


levels = st.lists(_words(8), min_size=2, max_size=4).map(tuple)
criteria = st.lists(st.builds(Criterion, line(8, fewest=1), levels), min_size=1, max_size=3).map(tuple)
opens = st.builds(Open, criteria, explanations)
asks: st.SearchStrategy[Asks] = st.one_of(
    one_choices(), several_choices(), numbers, words, digits, matchings(), orderings(), opens
)
pictures = st.lists(
    st.builds(Picture, line(8, fewest=1).filter(lambda name: not set("/\\") & set(name)), line(), st.just("mxc://school.test/abc"))
    | st.builds(Picture, st.sampled_from(["a.png", "б.png"]), line(), st.just(""), st.binary(max_size=9).map(PNG.__add__)),
    max_size=2,
    unique_by=lambda picture: picture.name,
).map(tuple)  # fmt: skip


def calm(words: str) -> str:
    """Words whose blanks HTML keeps."""
    return re.sub("\n{3,}", "\n\n", re.sub(" *\n *", "\n", re.sub(" {2,}", " ", words)))


def _calmed(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return calm(value)
    if isinstance(value, tuple):
        return tuple(map(_calmed, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _calmed(getattr(value, one.name)) for one in fields(value)})
    return value


def any_items(*, calm: bool = False) -> st.SearchStrategy[Item]:
    """Any sound task; a `calm` one has single blanks only."""
    return _items().map(_calmed).filter(lambda one: not faults(one)) if calm else _items()


@st.composite
def _items(draw: st.DrawFn) -> Item:
    what = draw(asks)
    if isinstance(what, Open):
        scale: tuple[int, ...] = (sum(one.points for one in what.criteria),)
    else:
        points = draw(st.integers(1, 6))
        scale = draw(
            st.sampled_from([usual_scale(what, points), (points,), (points, points, 1)[: points + 1]])
        )
    return Item(
        id=ItemId(draw(st.from_regex(r"[a-zа-я0-9._-]{1,12}", fullmatch=True))),
        subject=draw(st.sampled_from(["математика", "русский язык", "English", "ОБЖ"])),
        grades=tuple(sorted(draw(st.sets(st.integers(1, 11), min_size=1)))),
        question=draw(questions),
        asks=what,
        scale=scale,
        exam=draw(st.none() | st.sampled_from(list(Exam))),
        task=draw(st.sampled_from(["", "5", "12.1", "К1"])),
        topic=draw(line()),
        difficulty=draw(st.integers(1, 3)),
        explanation=draw(explanations),
        hints=tuple(draw(st.lists(_words(10, fewest=1), max_size=2))),
        tags=tuple(draw(st.lists(st.sampled_from(["ОГЭАЯ", "впр_7", "Проба"]), max_size=2, unique=True))),
        source=draw(line()),
        pictures=draw(pictures),
    )
