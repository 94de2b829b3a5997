"""Which tasks somebody wants: «математика 7», «ОГЭ по русскому задание 5», «дроби». Pure.

Words come in any order and case, shortened or not. Subjects, topics and hashtags are those of
the tasks that there are; all else is left over, and told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from zvonok_core.people import plain
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.items import Exam

LAST_GRADE = 11
_EXAMS = {
    "впр": Exam.VPR,
    "огэ": Exam.OGE,
    "егэ": Exam.EGE,
    "vpr": Exam.VPR,
    "oge": Exam.OGE,
    "ege": Exam.EGE,
}
_TAG = re.compile(r"#(\w+)")
_NUMBER = r"(\d{1,2}(?:\.\d{1,2})?)"
_TASK = re.compile(
    rf"(?:(?:задани\w*|зад\.?|номер\w*|вопрос\w*|task|number)\s*(?:№|n|#)?|№)\s*{_NUMBER}(?!\w)"
    rf"|(?<![\w.]){_NUMBER}(?:-?(?:ое|е|го))?\s+(?:задани[ея]|номер|вопрос)\b"
)
_GRADE = re.compile(
    r"(?<![\w.])(\d{1,2})(?:\s*-?\s*(?:ого|ый|ой|го|й|му|м|th))?\s*(?:классы?\b|класс\w*|кл\b\.?|grade\b)"
    r"|\b(?:класс\w*|grade)\s+(\d{1,2})\b|(?<![\w.])(\d{1,2})\s?-?[а-д](?!\w)"
)
_ALONE = re.compile(rf"(?<![\w.]){_NUMBER}(?:-?(?:й|го|ого))?(?![\w.])")
_FILLERS = frozenset(
    """по про на для из и в во с со к ко а же мне нам давай хочу буду можно пожалуйста тема темы теме тему темам
    предмет предмету задание задания заданий заданиям задачи задач задачам упражнения экзамен экзамену класс
    тренажёр тренажер подготовка подготовиться решать потренируемся всё все любые любой подряд новые новое
    grade class task tasks exam topic subject for in on of the and to about please any all""".replace(
        "ё", "е"
    ).split()
)
_SYNONYMS = {
    "матеша": "математика", "матика": "математика", "math": "математика", "maths": "математика",
    "mathematics": "математика", "русяз": "русский", "russian": "русский", "инглиш": "английский",
    "english": "английский", "инфа": "информатика", "общага": "обществознание", "общество": "обществознание",
    "литра": "литература",
}  # fmt: skip
_SUBJECT_FILLERS = frozenset({"язык", "языка", "языку", "яз", "language"})
_LONGEST_ENDING, _SHORTEST_STEM, _SHORTEST_CUT = 3, 3, 3
_NEAR = 0.75


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted; empty fields are open. A task fits if its topic is one of `topics`."""

    subject: str = ""
    grade: int | None = None
    exam: Exam | None = None
    task: str = ""
    topics: tuple[str, ...] = ()
    tag: str = ""

    @property
    def narrow(self) -> bool:
        """Whether more than a subject is said."""
        return bool(self.grade or self.exam or self.task or self.topics or self.tag)


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish as it was read, and the words that say nothing here."""

    wish: Wish
    unknown: tuple[str, ...] = ()


def fits(wish: Wish, label: Label) -> bool:
    """Whether a task is one of those that are wanted."""
    return (
        (not wish.subject or label.subject == wish.subject)
        and (wish.grade is None or wish.grade in label.grades)
        and (wish.exam is None or label.exam is wish.exam)
        and (not wish.task or label.task == wish.task)
        and (not wish.topics or label.topic in wish.topics)
        and (not wish.tag or any(plain(tag) == plain(wish.tag) for tag in label.tags))
    )


def fitting(wish: Wish, labels: Iterable[Label]) -> list[Label]:
    """All that are wanted."""
    return [label for label in labels if fits(wish, label)]


def read_wish(words: str, labels: Sequence[Label]) -> Wished:
    """What somebody wants of these tasks."""
    said = plain(words)
    tags = {plain(tag): tag for label in labels for tag in label.tags}
    unknown = [f"#{name}" for name in _TAG.findall(said) if name not in tags]
    tag = next((tags[name] for name in _TAG.findall(said) if name in tags), "")
    said = _TAG.sub(" ", said)
    exam = next((_EXAMS[word] for word in re.findall(r"\w+", said) if word in _EXAMS), None)
    said = re.sub(rf"\b(?:{'|'.join(_EXAMS)})\b", " ", said)
    task, said = _cut(_TASK, said)
    grade, said = _cut(_GRADE, said)
    for number in _ALONE.findall(said):
        if grade or exam in (Exam.OGE, Exam.EGE) or "." in number or int(number) > LAST_GRADE:
            task = task or number
        else:
            grade = number
    said = _ALONE.sub(" ", said)
    wish = Wish(grade=int(grade) if grade else None, exam=exam, task=task.lstrip("0"), tag=tag)
    left = [_SYNONYMS.get(word, word) for word in re.findall(r"[\w-]+", said) if word not in _FILLERS]
    wish, left = _with_subject(wish, left, labels)
    wish, left = _with_topics(wish, left, labels)
    return Wished(wish, tuple(unknown + left))


def _cut(pattern: re.Pattern[str], said: str) -> tuple[str, str]:
    found = pattern.search(said)
    if found is None:
        return "", said
    number = next(group for group in found.groups() if group)
    return number, f"{said[: found.start()]} {said[found.end() :]}"


def _with_subject(wish: Wish, left: list[str], labels: Sequence[Label]) -> tuple[Wish, list[str]]:
    """The wish with its subject, and the words that don't name it."""
    subjects = sorted({label.subject for label in labels})
    for alike in (same, near):
        for subject in subjects:
            names = [word for word in re.findall(r"[\w-]+", plain(subject)) if word not in _SUBJECT_FILLERS]
            naming = [word for word in left if any(alike(word, name) for name in names)]
            if naming:
                others = [word for word in left if word not in naming and word not in _SUBJECT_FILLERS]
                return replace(wish, subject=subject), others
    return wish, left


def _with_topics(wish: Wish, left: list[str], labels: Sequence[Label]) -> tuple[Wish, list[str]]:
    """The wish with the topics that the words name, together if they can, and the other words."""
    topics = sorted({label.topic for label in fitting(wish, labels) if label.topic})
    for alike in (same, near):
        named = [word for word in left if any(_names(word, topic, alike) for topic in topics)]
        together = [topic for topic in topics if all(_names(word, topic, alike) for word in named)]
        found = together or [topic for topic in topics if any(_names(word, topic, alike) for word in named)]
        if named:
            return replace(wish, topics=tuple(found)), [word for word in left if word not in named]
    return wish, left


def _names(word: str, topic: str, alike: Callable[[str, str], bool]) -> bool:
    return any(alike(word, name) for name in re.findall(r"[\w-]+", plain(topic)) if name not in _FILLERS)


def same(said: str, word: str) -> bool:
    """Whether a word is meant by another form of it, or by its beginning."""
    if said == word or (len(said) >= _SHORTEST_CUT and word.startswith(said)):
        return True
    common = next(
        (place for place, (a, b) in enumerate(zip(said, word, strict=False)) if a != b),
        min(len(said), len(word)),
    )
    ending = max(len(said), len(word)) - common
    return common >= _SHORTEST_STEM and ending <= (_LONGEST_ENDING if common > _SHORTEST_STEM else 1)


def near(said: str, word: str) -> bool:
    """Whether a word may be a slip of another."""
    return len(said) > _SHORTEST_STEM and difflib.SequenceMatcher(None, said, word).ratio() >= _NEAR
