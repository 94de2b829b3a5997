"""Tasks and a class for tests of variants: a subject of its own, which no shipped task has."""

from __future__ import annotations

from fractions import Fraction

from support.tasks import item
from zvonok_botkit.incoming import MESSAGE
from zvonok_botkit.testing import Talk
from zvonok_exam_prep.items import (
    Criterion,
    Exam,
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
)


def physics(id: str, asks: object, points: int = 1, **about: object) -> Item:
    """A task in physics for grade 9."""
    known = {"subject": "физика", "grades": (9,), "topic": "Силы", "exam": Exam.OGE, **about}
    return item(asks, points, id=ItemId(id), **known)  # type: ignore[arg-type]


SUM = physics(
    "sum", Number(Fraction(5)), question="Сколько будет 2 + 3?", task="1", explanation="К двум прибавили три."
)
FORCE = physics(
    "force", Word(("сила", "силы")), question="Что измеряют в ньютонах?", task="2", tags=("Ньютон",)
)
CHOICE = physics(
    "choice",
    OneChoice((Option("метр"), Option("секунда"), Option("ньютон")), 2),
    question="Какая единица у силы?",
    task="3",
    topic="Единицы",
    explanation="Сила — в ньютонах.",
)
ESSAY = physics(
    "essay",
    Open((Criterion("К1", ("нет", "есть")), Criterion("К2", ("нет", "отчасти", "есть"))), "Яблоко падает."),
    question="Почему падает яблоко?",
    task="4",
    difficulty=3,
)
FOUR = (SUM, FORCE, CHOICE, ESSAY)
KINDS = (
    CHOICE,
    physics("several", SeveralChoices(tuple(Option(f"вариант {n}") for n in range(5)), (0, 3)), 2),
    physics("matching", Matching(("сила", "время"), ("с", "Н", "м"), (1, 0)), 2),
    physics("ordering", Ordering(("год", "месяц", "день", "час"), (3, 2, 1, 0)), 2),
)
"""One of each kind whose options can be put into another order."""


def numbers(count: int, **about: object) -> list[Item]:
    """So many tasks that are alike: the answer to «Число 7?» is 7."""
    return [
        physics(f"n{number}", Number(Fraction(number)), question=f"Число {number}?", **about)
        for number in range(1, count + 1)
    ]


def last_words(talk: Talk, to: str) -> str:
    """What the bots have said, or changed, last in a room or to a person."""
    room = f"!direct-{to}" if to.startswith("@") else to
    said = [event for event in talk.said if event.type == MESSAGE and event.room == room]
    content = said[-1].content
    return str(content.get("m.new_content", content)["body"])
