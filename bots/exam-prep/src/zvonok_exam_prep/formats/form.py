"""A tree of strings → a task, with all that is wrong with it. Pure.

The tree is that of our own YAML, which README.md describes; other formats are turned into it.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from zvonok_core.text import Text, text
from zvonok_exam_prep import typed
from zvonok_exam_prep.formats.model import Node, Problem, tidied
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

ABOUT = (
    "id", "subject", "grades", "exam", "task", "topic", "difficulty", "points", "question", "hints",
    "explanation", "tags", "source", "pictures",
)  # fmt: skip
KINDS: Mapping[str, tuple[str, ...]] = {
    "one": ("options", "right", "comments"),
    "several": ("options", "right", "comments"),
    "number": ("right", "tolerance", "unit"),
    "word": ("right",),
    "digits": ("right", "any_order"),
    "matching": ("left", "options", "right"),
    "ordering": ("parts", "right"),
    "open": ("criteria", "sample"),
}
_YES, _NO = {"yes", "true", "да", "1", "+"}, {"no", "false", "нет", "0", "-", ""}
_EMPTY = Node("", 0)


class Form:
    """Reads one task. What is wrong is added to `problems`, each with its line."""

    def __init__(self, file: str, root: Node, problems: list[Problem]) -> None:
        self.file, self.root, self.problems = file, root, problems

    def problem(self, at: Node, field: str, what: Text) -> None:
        self.problems.append(Problem(self.file, at.line or self.root.line, field, what))

    def item(self) -> Item | None:
        """The task, or None where anything is wrong with it."""
        before = len(self.problems)
        if not isinstance(self.root.value, Mapping):
            self.problem(self.root, "", text("Keys with values are wanted here."))
            return None
        about = self.section(self.root, "", (*ABOUT, *KINDS))
        kinds = [kind for kind in KINDS if kind in about]
        if len(kinds) != 1:
            named = ", ".join(KINDS)
            self.problem(self.root, "", text("There has to be one kind of answer: {kinds}.", kinds=named))
        kind = kinds[0] if kinds else ""
        part = self.section(about[kind], kind, KINDS[kind]) if kind else {}
        asks = self.asks(kind, part)
        item = Item(
            id=ItemId(self.words(about, "id")),
            subject=self.words(about, "subject"),
            grades=self.grades(about.get("grades", _EMPTY)),
            question=self.words(about, "question"),
            asks=asks,
            scale=self.scale(about.get("points", _EMPTY), asks),
            exam=self.exam(about.get("exam", _EMPTY)),
            task=self.words(about, "task"),
            topic=self.words(about, "topic"),
            difficulty=self.whole(about.get("difficulty", _EMPTY), "difficulty", 1),
            explanation=self.words(about, "explanation"),
            hints=self.strings(about.get("hints", _EMPTY), "hints"),
            tags=tuple(tag.lstrip("#") for tag in self.strings(about.get("tags", _EMPTY), "tags")),
            source=self.words(about, "source"),
            pictures=self.pictures(about.get("pictures", _EMPTY)),
        )
        item = item if item.id else _named(item)
        told = {problem.field for problem in self.problems[before:]}
        for fault in faults(item) if kind not in told else ():
            if fault.field not in told:
                at = part.get(fault.field) or about.get(fault.field) or self.root
                self.problem(at, fault.field, fault.text)
        return item if len(self.problems) == before else None

    def asks(self, kind: str, part: Mapping[str, Node]) -> Asks:
        """What is asked; a word where nobody can say."""
        readers: Mapping[str, Callable[[Mapping[str, Node]], Asks]] = {
            "one": self.one, "several": self.several, "number": self.number, "word": self.word,
            "digits": self.digits, "matching": self.matching, "ordering": self.ordering, "open": self.open,
        }  # fmt: skip
        return readers[kind](part) if part else Word(("?",))

    # ------------------------------------------------------------ kinds

    def one(self, part: Mapping[str, Node]) -> Asks:
        places = self.places(part, 1)
        return OneChoice(self.options(part), places[0] if places else -1)

    def several(self, part: Mapping[str, Node]) -> Asks:
        return SeveralChoices(self.options(part), tuple(sorted(self.places(part))))

    def number(self, part: Mapping[str, Node]) -> Asks:
        return Number(
            self.fraction(part.get("right", _EMPTY), "right"),
            self.fraction(part["tolerance"], "tolerance") if "tolerance" in part else Fraction(0),
            self.words(part, "unit"),
        )

    def word(self, part: Mapping[str, Node]) -> Asks:
        return Word(self.strings(part.get("right", _EMPTY), "right"))

    def digits(self, part: Mapping[str, Node]) -> Asks:
        right = re.sub(r"[\s,;]", "", self.words(part, "right"))
        return Digits(right, self.yes(part.get("any_order", _EMPTY), "any_order"))

    def matching(self, part: Mapping[str, Node]) -> Asks:
        left, options = (
            self.strings(part.get("left", _EMPTY), "left"),
            self.strings(part.get("options", _EMPTY), "options"),
        )
        asks = Matching(left, options, ())
        at = part.get("right", _EMPTY)
        found = typed.pairs(at.value) if isinstance(at.value, str) else None
        if found is None:
            return Matching(left, options, self.places(part))
        letters = typed.lettered(asks.letters, tuple(letter for letter, _ in found)) or ()
        numbers = dict(zip(letters, (number - 1 for _, number in found), strict=False))
        if sorted(letters) != sorted(asks.letters):
            self.problem(at, "right", text("There has to be one number for each letter."))
            return asks
        return Matching(left, options, tuple(numbers[letter] for letter in asks.letters))

    def ordering(self, part: Mapping[str, Node]) -> Asks:
        return Ordering(self.strings(part.get("parts", _EMPTY), "parts"), self.places(part))

    def open(self, part: Mapping[str, Node]) -> Asks:
        criteria = []
        for at in self.listed(part.get("criteria", _EMPTY), "criteria"):
            one = self.section(at, "criteria", ("name", "levels"))
            levels = self.listed(one.get("levels", _EMPTY), "criteria")
            criteria.append(
                Criterion(self.words(one, "name"), tuple(self.string(level, "criteria") for level in levels))
            )
        return Open(tuple(criteria), self.words(part, "sample"))

    def options(self, part: Mapping[str, Node]) -> tuple[Option, ...]:
        words = self.strings(part.get("options", _EMPTY), "options")
        comments: dict[int, str] = {}
        if "comments" in part:
            numbers = tuple(str(number) for number in range(1, len(words) + 1))
            given = self.section(part["comments"], "comments", numbers)
            comments = {int(key): self.string(at, "comments") for key, at in given.items()}
        return tuple(Option(one, comments.get(number, "")) for number, one in enumerate(words, 1))

    def places(self, part: Mapping[str, Node], most: int = 100) -> tuple[int, ...]:
        """Places from 0 on: written as numbers from 1 on, «1, 3», 13 or a list."""
        at = part.get("right", _EMPTY)
        shown = part.get("options", part.get("parts", _EMPTY))
        count = len(self.listed(shown, ""))
        words = " ".join(self.strings(at, "right"))
        found = typed.places(words, count)
        if found is None or len(found) > most:
            self.problem(at, "right", text("Say by numbers what is right, such as 2 or 13."))
            return ()
        return tuple(number - 1 for number in found)

    # ------------------------------------------------------------ what is said about it

    def scale(self, at: Node, asks: Asks) -> tuple[int, ...]:
        if isinstance(asks, Open) and not at.value:
            return (sum(one.points for one in asks.criteria),)
        words = " ".join(self.strings(at, "points"))
        numbers = re.findall(r"\d+", words)
        if re.sub(r"[\d\s,;]", "", words) or any(len(one) > 3 for one in numbers):
            self.problem(at, "points", text("Points are whole numbers, such as 2, or 2 1."))
            return (1,)
        found = tuple(int(one) for one in numbers) or (1,)
        if len(found) == 1 and isinstance(at.value, str):
            return usual_scale(asks, found[0])
        worth = [points for place, points in enumerate(found) if points or not place]
        return tuple(worth)

    def grades(self, at: Node) -> tuple[int, ...]:
        words = " ".join(self.strings(at, "grades"))
        found: set[int] = set()
        for first, last in re.findall(r"(\d{1,2})(?:\s*[-–—]\s*(\d{1,2}))?", words):
            found |= set(range(int(first), int(last or first) + 1))
        if re.sub(r"\d{1,2}|[\s,;–—-]|класс\w*|кл\.?", "", words) or not found:
            self.problem(at, "grades", text("Say for which grades it is, such as 7 or 5-7."))
        return tuple(sorted(found)) or (1,)

    def exam(self, at: Node) -> Exam | None:
        words = self.string(at, "exam").upper()
        if not words:
            return None
        try:
            return Exam({"VPR": "ВПР", "OGE": "ОГЭ", "EGE": "ЕГЭ"}.get(words, words))
        except ValueError:
            self.problem(at, "exam", text("The exam is ВПР, ОГЭ or ЕГЭ."))
            return None

    def pictures(self, at: Node) -> tuple[Picture, ...]:
        found = []
        for one in self.listed(at, "pictures"):
            part = self.section(one, "pictures", ("name", "alt", "address", "data"))
            try:
                data = base64.b64decode("".join(self.words(part, "data").split()), validate=True)
            except (binascii.Error, ValueError):
                self.problem(one, "pictures", text("A picture's data is not in Base64."))
                data = b""
            found.append(
                Picture(self.words(part, "name"), self.words(part, "alt"), self.words(part, "address"), data)
            )
        return tuple(found)

    # ------------------------------------------------------------ values

    def section(self, at: Node, field: str, known: tuple[str, ...]) -> Mapping[str, Node]:
        if not isinstance(at.value, Mapping):
            self.problem(at, field, text("Keys with values are wanted here."))
            return {}
        for key, inner in at.value.items():
            if key not in known:
                near = difflib.get_close_matches(key[:100], known, n=1)
                what = text("There is no key “{key}”.", key=key[:100])
                if near:
                    what = text(
                        "There is no key “{key}”; did you mean “{near}”?", key=key[:100], near=near[0]
                    )
                self.problem(inner, field, what)
        return {key: inner for key, inner in at.value.items() if key in known}

    def listed(self, at: Node, field: str) -> tuple[Node, ...]:
        if isinstance(at.value, tuple):
            return at.value
        if isinstance(at.value, str):
            return (at,) if at.value.strip() else ()
        self.problem(at, field, text("A list is wanted here."))
        return ()

    def strings(self, at: Node, field: str) -> tuple[str, ...]:
        return tuple(self.string(one, field) for one in self.listed(at, field))

    def string(self, at: Node, field: str) -> str:
        if isinstance(at.value, str):
            return tidied(at.value)
        self.problem(at, field, text("Words are wanted here."))
        return ""

    def words(self, part: Mapping[str, Node], key: str) -> str:
        return self.string(part.get(key, _EMPTY), key)

    def whole(self, at: Node, field: str, default: int) -> int:
        words = self.string(at, field)
        if words and not re.fullmatch("[0-9]{1,9}", words):
            self.problem(at, field, text("A whole number is wanted here."))
        return int(words) if re.fullmatch("[0-9]{1,9}", words) else default

    def fraction(self, at: Node, field: str) -> Fraction:
        words = self.string(at, field)
        found = typed.number(words) if len(words) <= 100 else None
        if found is None or found[1]:
            self.problem(at, field, text("A number is wanted here, such as 2,5 or 1/3."))
            return Fraction(0)
        return found[0]

    def yes(self, at: Node, field: str) -> bool:
        words = self.string(at, field).lower()
        if words not in _YES | _NO:
            self.problem(at, field, text("Yes or no is wanted here."))
        return words in _YES


def _named(item: Item) -> Item:
    """A task that came without an id has one that comes from what it asks."""
    asked = repr((item.subject, item.question, item.asks)).encode()
    return replace(item, id=ItemId(f"x{hashlib.sha256(asked).hexdigest()[:12]}"))
