"""Tasks for tests, as short as can be."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from zvonok_exam_prep.items import (
    Asks,
    Criterion,
    Digits,
    Item,
    ItemId,
    Matching,
    Number,
    OneChoice,
    Open,
    Option,
    Ordering,
    SeveralChoices,
    Word,
    usual_scale,
)

OPTIONS = (Option("кит"), Option("Слон", "Слон живёт на суше."), Option("ёж"), Option("рысь"))
KINDS: tuple[Asks, ...] = (
    OneChoice(OPTIONS, 0),
    SeveralChoices(OPTIONS, (0, 2)),
    Number(Fraction(1, 2), unit="см"),
    Word(("соль", "соли")),
    Digits("135", any_order=True),
    Matching(("один", "два", "три"), ("1", "2", "3", "4"), (0, 1, 2)),
    Ordering(("раз", "два", "три", "четыре"), (2, 0, 3, 1)),
    Open((Criterion("К1", ("нет", "есть")), Criterion("К2", ("нет", "отчасти", "есть"))), "Образец."),
)
"""One of every kind."""


def item(asks: Asks, points: int | None = None, **about: Any) -> Item:
    """A task that asks this and is sound."""
    worth = sum(one.points for one in asks.criteria) if isinstance(asks, Open) else points or 1
    plain = Item(ItemId("проба-1"), "биология", (5,), "Кто плавает?", asks, usual_scale(asks, worth))
    return replace(plain, **about)
