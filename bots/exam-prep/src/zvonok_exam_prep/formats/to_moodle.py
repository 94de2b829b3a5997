"""Tasks as Moodle's questions; what Moodle has no place for goes into tags."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zvonok_core.text import text
from zvonok_exam_prep.formats.model import Loss
from zvonok_exam_prep.formats.moodle import ANY_ORDER, DIGITS, ORDER, Answer, Question, decimal
from zvonok_exam_prep.items import (
    Digits,
    Item,
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

_UNTAGGED = re.compile(r"[<>`\\\n]")


def question_of(item: Item, losses: list[Loss]) -> Question:
    """A task as a question; what it can't hold is told."""
    question = Question("", item.question, explanation=item.explanation, id=item.id, hints=list(item.hints))
    tags = {
        "предмет": item.subject,
        "класс": ", ".join(map(str, item.grades)),
        "экзамен": item.exam.value if item.exam else "",
        "задание": item.task,
        "тема": item.topic,
        "сложность": str(item.difficulty) if item.difficulty > 1 else "",
        "источник": item.source,
        "баллы": "" if item.scale == (1,) else _points(item),
        **_answer(item, question, losses),
    }
    question.points = str(item.points)
    for key, words in tags.items():
        if words:
            if _UNTAGGED.search(words):
                losses.append(Loss(item.id, text("Some signs can't be part of a tag: {words}", words=words)))
            question.tags.append(f"{key}:{_UNTAGGED.sub('', words)}")
    question.tags += item.tags
    return question


def _points(item: Item) -> str:
    if item.scale == usual_scale(item.asks, item.points):
        return str(item.points)
    return " ".join(str(points) for points in (item.scale if len(item.scale) > 1 else (*item.scale, 0)))


def _answer(item: Item, question: Question, losses: list[Loss]) -> dict[str, str]:
    """Fills in kind and answers; returns tags that say more about them."""
    match item.asks:
        case OneChoice(options, right):
            question.kind, question.answers = "multichoice", _options(options, {right: 100.0}, 0.0)
        case SeveralChoices(options, rights):
            share = 100 / len(rights)
            question.kind, question.single = "multichoice", False
            question.answers = _options(options, dict.fromkeys(rights, share), -share)
        case Number(value, tolerance, unit):
            question.kind, exact = "numerical", decimal(value) is not None
            if decimal(tolerance) is None:
                losses.append(Loss(item.id, text("The tolerance is rounded.")))
            question.answers = [Answer(decimal(value) or f"{float(value):.12f}", tolerance=decimal(tolerance) or f"{float(tolerance):.12f}")]  # fmt: skip
            return {"единица": unit, "число": "" if exact else str(value)}
        case Word(spellings):
            question.kind, question.answers = (
                "shortanswer",
                [Answer(words.replace("*", "\\*")) for words in spellings],
            )
        case Digits(digits, any_order):
            question.kind, question.answers = "shortanswer", [Answer(digits)]
            return {"вид": ANY_ORDER if any_order else DIGITS}
        case Matching(left, words, rights):
            spare = [option for place, option in enumerate(words) if place not in rights]
            question.kind = "matching"
            question.answers = [
                Answer(row, feedback=words[place]) for row, place in zip(left, rights, strict=True)
            ]
            question.answers += [Answer("", feedback=option) for option in spare]
        case Ordering(parts, rights):
            numbers = {part: number for number, part in enumerate(rights, 1)}
            question.kind = "matching"
            question.answers = [
                Answer(part, feedback=str(numbers[place])) for place, part in enumerate(parts)
            ]
            return {"вид": ORDER}
        case Open(criteria, sample):
            question.kind, question.sample = "essay", sample
            if criteria[0].name != "Ответ" or len(criteria) > 1 or any(criteria[0].levels):
                losses.append(Loss(item.id, text("The criteria are left out.")))
    return {}


def _options(options: tuple[Option, ...], shares: Mapping[int, float], wrong: float) -> list[Answer]:
    return [
        Answer(option.words, shares.get(place, wrong), option.comment) for place, option in enumerate(options)
    ]
