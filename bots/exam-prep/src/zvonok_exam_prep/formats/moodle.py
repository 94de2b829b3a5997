"""Moodle's questions, of which GIFT and XML are two spellings, and the tasks that they become.

What Moodle has no place for stands in tags such as `класс:7`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from zvonok_core.text import Text, text
from zvonok_exam_prep.formats.model import Node, Problem, node

TRUE, FALSE = "Верно", "Неверно"
_TAGS = {
    "предмет": "subject", "класс": "grades", "экзамен": "exam", "задание": "task", "тема": "topic",
    "сложность": "difficulty", "источник": "source", "баллы": "points", "вид": "kind", "единица": "unit",
    "число": "number", "subject": "subject", "grade": "grades", "exam": "exam", "task": "task",
    "topic": "topic", "difficulty": "difficulty", "source": "source", "points": "points",
    "unit": "unit",
}  # fmt: skip
DIGITS, ANY_ORDER, ORDER = "цифры", "цифры в любом порядке", "порядок"
_STAR = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of Moodle's: `share` is what it gives, in per cent."""

    words: str
    share: float = 100
    feedback: str = ""
    tolerance: str = ""
    line: int = 0


@dataclass(slots=True)
class Question:
    """One question of Moodle's. `kind` is its own: multichoice, truefalse, shortanswer,
    numerical, matching, ordering or essay. For a matching each answer's `feedback` is what
    belongs to its words."""

    kind: str
    words: str
    answers: list[Answer] = field(default_factory=list)
    single: bool = True
    explanation: str = ""
    hints: list[str] = field(default_factory=list)
    id: str = ""
    tags: list[str] = field(default_factory=list)
    category: str = ""
    points: str = ""
    sample: str = ""
    pictures: list[Mapping[str, str]] = field(default_factory=list)
    line: int = 0


def tree(question: Question, file: str, problems: list[Problem], notes: list[Problem]) -> Node | None:
    """A question as the tree of a task; None where it can't be one, which is told."""
    about, tags = _about(question.tags)
    topic = question.category.rpartition("/")[2].strip()
    if topic and not re.match(r"\$|top\b|default|по умолчанию", topic, re.IGNORECASE):
        about.setdefault("topic", topic)
    if question.points not in ("", "0"):
        about.setdefault("points", question.points)
    kind, number, unit = (about.pop(key, "") for key in ("kind", "number", "unit"))
    reader = _Questions(question, file, problems, notes)
    asked = reader.asked(kind, number, unit)
    if asked is None:
        return None
    return node(
        {
            **about,
            "id": question.id,
            "question": question.words,
            **asked,
            "explanation": question.explanation,
            "hints": question.hints,
            "tags": tags,
            "pictures": question.pictures,
        },
        question.line,
    )


class _Questions:
    def __init__(self, question: Question, file: str, problems: list[Problem], notes: list[Problem]) -> None:
        self.question, self.file, self.problems, self.notes = question, file, problems, notes

    def note(self, line: int, what: Text) -> None:
        self.notes.append(Problem(self.file, line or self.question.line, "", what))

    def problem(self, what: Text) -> None:
        self.problems.append(Problem(self.file, self.question.line, "", what))

    def asked(self, kind: str, number: str, unit: str) -> dict[str, Any] | None:
        match self.question.kind:
            case "multichoice":
                return self.choice()
            case "truefalse":
                return self.choice()
            case "shortanswer":
                return self.short(kind)
            case "numerical":
                return self.number(number, unit)
            case "matching":
                return self.order() if kind == ORDER else self.matching()
            case "ordering":
                parts = [answer.words for answer in self.question.answers]
                shown = sorted(parts)
                places = {part: str(place) for place, part in enumerate(shown, 1)}
                return {"ordering": {"parts": shown, "right": [places[part] for part in parts]}}
            case "essay":
                return self.essay()
        self.problem(text("I can't read a question of this kind: {kind}.", kind=self.question.kind[:40]))
        return None

    def choice(self) -> dict[str, Any] | None:
        answers = self.question.answers
        right = [number for number, answer in enumerate(answers, 1) if answer.share > 0]
        if self.question.single:
            whole = [number for number, answer in enumerate(answers, 1) if answer.share >= 100]
            if len(whole) != 1:
                self.problem(
                    text("Exactly one option has to be right, or give each right one its share: ~%50%.")
                )
                return None
            if right != whole:
                self.note(0, text("Options that are right in part count as wrong."))
            right = whole
        comments = {str(number): one.feedback for number, one in enumerate(answers, 1) if one.feedback}
        options = [Node(answer.words, answer.line) for answer in answers]
        numbers = [str(number) for number in right]
        return {
            "one" if self.question.single else "several": {
                "options": options,
                "right": numbers,
                "comments": comments,
            }
        }

    def short(self, kind: str) -> dict[str, Any] | None:
        whole = self.whole()
        if whole is None:
            return None
        if kind in (DIGITS, ANY_ORDER):
            return {"digits": {"right": whole[0].words, "any_order": "yes" if kind == ANY_ORDER else "no"}}
        if any(_STAR.search(answer.words) for answer in whole):
            self.problem(text("A star means any words to Moodle. Write out the answers that are right."))
            return None
        return {"word": {"right": [Node(answer.words.replace("\\*", "*"), answer.line) for answer in whole]}}

    def number(self, number: str, unit: str) -> dict[str, Any] | None:
        whole = self.whole()
        if whole is None:
            return None
        if len(whole) > 1:
            self.problem(text("Only one number can be right."))
            return None
        given = {
            "right": Node(number or whole[0].words, whole[0].line),
            "tolerance": whole[0].tolerance,
            "unit": unit,
        }
        return {"number": {key: value for key, value in given.items() if value}}

    def whole(self) -> list[Answer] | None:
        """The answers that get everything."""
        found = [answer for answer in self.question.answers if answer.share >= 100]
        for answer in self.question.answers:
            if 0 < answer.share < 100:
                self.note(answer.line, text("An answer that is right in part is left out: {words}", words=answer.words[:60]))  # fmt: skip
            elif answer.feedback:
                self.note(
                    answer.line,
                    text("A comment on an answer is left out: {words}", words=answer.feedback[:60]),
                )
        if not found:
            self.problem(text("No answer is right."))
            return None
        return found

    def matching(self) -> dict[str, Any]:
        rows = [answer for answer in self.question.answers if answer.words]
        options = sorted({answer.feedback for answer in self.question.answers})
        places = {option: str(place) for place, option in enumerate(options, 1)}
        right = [places[answer.feedback] for answer in rows]
        return {
            "matching": {
                "left": [Node(row.words, row.line) for row in rows],
                "options": options,
                "right": right,
            }
        }

    def order(self) -> dict[str, Any]:
        parts = [answer.words for answer in self.question.answers]
        numbers = {answer.feedback: str(place) for place, answer in enumerate(self.question.answers, 1)}
        right = [numbers[number] for number in sorted(numbers, key=lambda number: (len(number), number))]
        return {"ordering": {"parts": parts, "right": right}}

    def essay(self) -> dict[str, Any]:
        points = int(self.question.points) if re.fullmatch("[1-9][0-9]?", self.question.points) else 1
        tagged = [
            words for key, _, words in (tag.partition(":") for tag in self.question.tags) if key == "баллы"
        ]
        points = int(tagged[0]) if tagged and re.fullmatch("[1-9][0-9]?", tagged[0]) else points
        criterion = {"name": "Ответ", "levels": [""] * (points + 1)}
        return {"open": {"criteria": [criterion], "sample": self.question.sample}}


def _about(tags: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    about: dict[str, str] = {}
    rest = []
    for tag in tags:
        key, colon, words = tag.partition(":")
        name = _TAGS.get(key.strip().lower(), "") if colon else ""
        if name:
            about[name] = words.strip()
        else:
            rest.append(re.sub(r"\W", "", tag))
    return about, [tag for tag in rest if tag]


def decimal(value: Fraction) -> str | None:
    """A number with a point; None where it has no end."""
    places = 0
    while value.denominator != 1 and places < 30:
        value, places = value * 10, places + 1
    if value.denominator != 1:
        return None
    digits = f"{abs(value.numerator):0{places + 1}}"
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}"
