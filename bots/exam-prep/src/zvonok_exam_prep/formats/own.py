"""Our own YAML: everything that a task has, and nothing lost.

All scalars are strings here, whatever YAML makes of them elsewhere: «no», «on» and 12:30 are
answers. Anchors are refused, so a small file can't become a large one.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from zvonok_core.text import text
from zvonok_exam_prep.formats.model import (
    MOST_ITEMS,
    Exported,
    Node,
    Problem,
    UnreadableError,
    decoded,
)
from zvonok_exam_prep.items import (
    Asks,
    Digits,
    Item,
    Matching,
    Number,
    OneChoice,
    Open,
    Ordering,
    Picture,
    SeveralChoices,
    Word,
    usual_scale,
)

MIMETYPE = "application/yaml"
DEEPEST, MOST_KEYS = 8, 50
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def trees(file: str, content: bytes, problems: list[Problem]) -> list[Node]:
    """The tasks of a file as trees. Raises UnreadableError."""
    words = decoded(content)
    try:
        events = iter(yaml.parse(words, Loader=_LOADER))
        root = _document(events, file, problems)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark
        line = mark.line + 1 if mark else 0
        raise UnreadableError(
            text("From here on it can't be read: look at the blanks, the quotes and the colons."), line
        ) from error
    except yaml.YAMLError as error:
        raise UnreadableError(text("It has control characters in it.")) from error
    if isinstance(root.value, str) and not root.value.strip():
        return []
    if not isinstance(root.value, tuple):
        raise UnreadableError(
            text("A list of tasks is wanted here, each beginning with a hyphen."), root.line
        )
    if len(root.value) > MOST_ITEMS:
        raise UnreadableError(text("There are more than {n} tasks.", n=MOST_ITEMS), root.line)
    return list(root.value)


def _document(events: Iterator[Any], file: str, problems: list[Problem]) -> Node:
    root: Node | None = None
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            if root is not None:
                what = text("Here begins another list (---): one list in one file, please.")
                raise UnreadableError(what, _line(event))
            root = _node(event, events, file, problems, 0)
    return root or Node("", 0)


def _node(event: Any, events: Iterator[Any], file: str, problems: list[Problem], depth: int) -> Node:
    line = _line(event)
    if depth > DEEPEST:
        raise UnreadableError(text("There are too many levels within levels."), line)
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise UnreadableError(
            text("Anchors and aliases (& and *) can't be used here: put it in quotes."), line
        )
    if isinstance(event, yaml.ScalarEvent):
        return Node(event.value, line)
    if isinstance(event, yaml.SequenceStartEvent):
        parts = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            parts.append(_node(inner, events, file, problems, depth + 1))
        return Node(tuple(parts), line)
    found: dict[str, Node] = {}
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        key = _node(inner, events, file, problems, depth + 1)
        value = _node(next(events), events, file, problems, depth + 1)
        name = key.value if isinstance(key.value, str) else ""
        if not name or name in found:
            problems.append(Problem(file, key.line, name[:100], text("This key is there twice, or is none.")))
        found[name] = value
        if len(found) > MOST_KEYS:
            raise UnreadableError(text("There are more than {n} keys in one place.", n=MOST_KEYS), line)
    return Node(found, line)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


# ---------------------------------------------------------------- writing


def export(items: Iterable[Item]) -> Exported:
    """A file that is read as the same tasks."""
    written = [plain(item) for item in items]
    content = yaml.dump(
        written, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=100, default_flow_style=False
    )
    return Exported(content.encode(), MIMETYPE)


def plain(item: Item) -> dict[str, Any]:
    """A task as our YAML has it, without what goes without saying."""
    kind, asked = _asked(item.asks)
    usual = item.scale == usual_scale(item.asks, item.points)
    points: object = str(item.points) if usual else [str(points) for points in item.scale]
    found = {
        "id": item.id,
        "subject": item.subject,
        "grades": ", ".join(map(str, item.grades)),
        "exam": item.exam.value if item.exam else "",
        "task": item.task,
        "topic": item.topic,
        "difficulty": str(item.difficulty),
        "points": "" if isinstance(item.asks, Open) else points,
        "question": item.question,
        kind: asked,
        "hints": list(item.hints),
        "explanation": item.explanation,
        "tags": list(item.tags),
        "source": item.source,
        "pictures": [_picture(picture) for picture in item.pictures],
    }
    return {key: value for key, value in found.items() if value}


def _asked(asks: Asks) -> tuple[str, dict[str, Any]]:
    match asks:
        case OneChoice(options, right):
            return "one", _choices(options, (right,))
        case SeveralChoices(options, rights):
            return "several", _choices(options, rights)
        case Number(right=value, tolerance=tolerance, unit=unit):
            given = {"right": str(value), "tolerance": str(tolerance) if tolerance else "", "unit": unit}
            return "number", {key: words for key, words in given.items() if words}
        case Word(right=spellings):
            return "word", {"right": list(spellings)}
        case Digits(right=digits, any_order=any_order):
            return "digits", {"right": digits, **({"any_order": "yes"} if any_order else {})}
        case Matching(left, options, rights):
            return "matching", {"left": list(left), "options": list(options), "right": _numbers(rights)}
        case Ordering(parts, rights):
            return "ordering", {"parts": list(parts), "right": _numbers(rights)}
        case Open(criteria, sample):
            listed = [{"name": one.name, "levels": list(one.levels)} for one in criteria]
            return "open", {"criteria": listed, **({"sample": sample} if sample else {})}


def _choices(options: tuple[Any, ...], right: tuple[int, ...]) -> dict[str, Any]:
    comments = {str(number): option.comment for number, option in enumerate(options, 1) if option.comment}
    found = {"options": [option.words for option in options], "right": _numbers(right)}
    return {**found, "comments": comments} if comments else found


def _numbers(places: tuple[int, ...]) -> str:
    return ", ".join(str(place + 1) for place in places)


def _picture(picture: Picture) -> dict[str, str]:
    data = base64.b64encode(picture.data).decode()
    found = {"name": picture.name, "alt": picture.alt, "address": picture.address, "data": data}
    return {key: value for key, value in found.items() if value}
