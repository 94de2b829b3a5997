"""What has to be known before tasks can be chosen, and how it is asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from zvonok_core.text import Text, text
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.collection.wishes import Wish, Wished, fitting, read_wish
from zvonok_exam_prep.items import Exam

Field = Literal["subject", "grade", "topics", "task"]
MOST_CHOICES, MOST_NAMED = 15, 3
"""Lines that are read on a phone; topics that are named in a sentence."""
_NUMBER = re.compile(r"\s*(?:№\s*)?(\d{1,2}(?:\.\d{1,2})?)[.)]?\s*")


@dataclass(frozen=True, slots=True)
class Question:
    """Something is missing, or there is no such thing. `choices` are what there is: subjects
    and topics are chosen by number, grades and tasks are numbers themselves."""

    field: Field
    choices: tuple[str, ...]
    wish: Wish
    """What is known already."""
    before: Text | None = None
    """What was wrong, where anything was."""


def settle(wished: Wished, labels: Sequence[Label], grade: int | None = None) -> Wish | Question:
    """The wish, if it is enough to begin with; else what is to be asked. `grade` is the asker's
    own, where it is known."""
    wish = wished.wish
    if wished.unknown:
        what = text("I don't know “{words}”.", words=" ".join(wished.unknown))
        return _ask("topics" if wish.subject else "subject", wish, labels, what)
    found = fitting(wish, labels)
    if not found:
        return _instead(wish, labels)
    if not wish.subject:
        subjects = sorted({label.subject for label in found})
        if len(subjects) > 1:
            return _ask("subject", wish, labels)
        wish = replace(wish, subject=subjects[0])
    grades = {grade for label in found for grade in label.grades}
    if not wish.narrow and len(grades) > 1:
        if grade in grades:
            return replace(wish, grade=grade)
        return _ask("grade", wish, labels)
    return wish


def answered(question: Question, words: str, labels: Sequence[Label]) -> Wished:
    """The wish with an answer to its question: a number of the list, a grade, or any words."""
    wish = question.wish
    if number := _NUMBER.fullmatch(words):
        if question.field == "task":
            return Wished(replace(wish, task=number[1]))
        if question.field == "grade" and number[1].isdigit():
            return Wished(replace(wish, grade=int(number[1])))
        if number[1].isdigit() and 1 <= int(number[1]) <= len(question.choices):
            choice = question.choices[int(number[1]) - 1]
            if question.field == "subject":
                return Wished(replace(wish, subject=choice))
            return Wished(replace(wish, topics=(choice,)))
    known = [label for label in labels if label.subject == wish.subject] if wish.subject else []
    said = read_wish(words, known)
    if said.unknown or not known:
        said = read_wish(words, labels)
    new = said.wish
    if new.subject and wish.subject and new.subject != wish.subject:
        return said
    return Wished(
        Wish(
            new.subject or wish.subject,
            new.grade or wish.grade,
            new.exam or wish.exam,
            new.task or wish.task,
            new.topics or wish.topics,
            new.tag or wish.tag,
        ),
        said.unknown,
    )


def wording(question: Question, say: Callable[[Text | str], str]) -> str:
    """The question as it is asked."""
    listed = ", ".join(question.choices)
    match question.field:
        case "subject":
            lines = [say(text("Which subject?")), *_numbered(question.choices)]
        case "topics":
            lines = [say(text("Which topic?")), *_numbered(question.choices)]
        case "grade":
            lines = [say(text("Which grade or exam? There are: {listed}.", listed=listed))]
        case "task":
            lines = [say(text("Which task of the exam? There are: {listed}.", listed=listed))]
    if question.before:
        lines[0] = f"{say(question.before)} {lines[0]}"
    return "\n".join(lines)


def name_of(wish: Wish) -> Text:
    """A wish in words: «Математика, 7 класс, «Дроби»»."""
    parts: list[Text | str] = [capital(wish.subject)] if wish.subject else []
    parts += [text("grade {n}", n=wish.grade)] if wish.grade else []
    parts += [wish.exam.value] if wish.exam else []
    parts += [text("task {n}", n=wish.task)] if wish.task else []
    parts += [text("“{topic}”", topic=topic) for topic in wish.topics[:MOST_NAMED]]
    parts += ["…"] if len(wish.topics) > MOST_NAMED else []
    parts += [f"#{wish.tag}"] if wish.tag else []
    values = {f"part{place}": part for place, part in enumerate(parts)}
    return Text(", ".join(f"{{{name}}}" for name in values), values)


def capital(words: str) -> str:
    """The same as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def _instead(wish: Wish, labels: Sequence[Label]) -> Question:
    """Which part of a wish there are no tasks for."""
    none = text("There are no such tasks yet: {wish}.", wish=name_of(wish))
    fields: tuple[tuple[Field, Wish], ...] = (
        ("task", replace(wish, task="")),
        ("topics", replace(wish, task="", topics=(), tag="")),
        ("grade", Wish(wish.subject)),
    )
    for field, relaxed in fields:
        if relaxed != wish and fitting(relaxed, labels):
            return _ask(field, relaxed, labels, none)
    return _ask("subject", Wish(), labels, none)


def _ask(field: Field, wish: Wish, labels: Sequence[Label], before: Text | None = None) -> Question:
    found = fitting(wish, labels) or list(labels)
    match field:
        case "subject":
            names = sorted({label.subject for label in found})
        case "topics":
            names = sorted({label.topic for label in found if label.topic})
        case "task":
            names = sorted({label.task for label in found if label.task}, key=_as_numbers)
        case "grade":
            grades = sorted({grade for label in found for grade in label.grades})
            names = [str(grade) for grade in grades]
            names += [exam.value for exam in Exam if any(label.exam is exam for label in found)]
    if field == "topics" and len(names) < 2:
        return _ask("subject", Wish(), labels, before)
    return Question(field, tuple(names[:MOST_CHOICES]), wish, before)


def _as_numbers(task: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", task))


def _numbered(choices: Sequence[str]) -> list[str]:
    return [f"{number}. {capital(name)}" for number, name in enumerate(choices, 1)]
