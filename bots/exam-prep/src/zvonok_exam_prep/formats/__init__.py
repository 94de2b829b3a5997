"""Lists of tasks as files: our own YAML, Moodle's GIFT and XML, and tables.

A file is read whole or not at all: every problem is told with its line, and where there is one
there are no tasks. What a format can't hold is told when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from zvonok_core.text import text
from zvonok_exam_prep.formats import gift, moodle_xml, own, tables
from zvonok_exam_prep.formats.form import Form
from zvonok_exam_prep.formats.model import (
    MOST_PROBLEMS,
    Exported,
    Loss,
    Node,
    Problem,
    Reading,
    UnreadableError,
)
from zvonok_exam_prep.items import Item, ItemId

__all__ = ["Exported", "Format", "Loss", "Problem", "Reading", "format_of", "read", "write"]


class Format(StrEnum):
    """What tasks can be read from and written to; the values are the usual endings."""

    YAML = "yaml"
    GIFT = "gift"
    XML = "xml"
    CSV = "csv"
    XLSX = "xlsx"


_ENDINGS = {
    "yaml": Format.YAML, "yml": Format.YAML, "gift": Format.GIFT, "txt": Format.GIFT, "xml": Format.XML,
    "csv": Format.CSV, "tsv": Format.CSV, "xlsx": Format.XLSX,
}  # fmt: skip


def format_of(name: str) -> Format | None:
    """The format that a file's name says; None for others."""
    return _ENDINGS.get(name.rpartition(".")[2].lower())


def read(name: str, content: bytes, usual: Mapping[str, str] | None = None) -> Reading:
    """The tasks of a file. `usual` stands in where a task does not say something itself: its
    keys are those of our YAML, such as `subject` and `grades`."""
    problems: list[Problem] = []
    notes: list[Problem] = []
    try:
        trees = _trees(name, content, problems, notes)
    except UnreadableError as error:
        return Reading((), (*problems, Problem(name, error.line, "", error.text)))
    first, told = len(problems), {(problem.line, problem.field) for problem in problems}
    items: list[Item] = []
    seen: dict[ItemId, int] = {}
    for tree in trees:
        if len(problems) >= MOST_PROBLEMS:
            what = text("There are more problems; these are the first ones.")
            problems.append(Problem(name, tree.line, "", what))
            break
        item = Form(name, _filled(tree, usual or {}), problems).item()
        if item is None:
            continue
        if item.id in seen:
            what = text("This task is there already, on line {line}.", line=seen[item.id])
            problems.append(Problem(name, tree.line, "id", what))
        seen.setdefault(item.id, tree.line)
        items.append(item)
    if not items and not problems:
        problems.append(Problem(name, 0, "", text("I see no tasks in it.")))
    problems[first:] = [one for one in problems[first:] if (one.line, one.field) not in told]
    problems.sort(key=lambda problem: problem.line)
    return Reading(() if problems else tuple(items), tuple(problems), tuple(notes))


def write(items: Iterable[Item], format: Format) -> Exported:
    """A file of tasks, and what it does not hold of them."""
    match format:
        case Format.YAML:
            return own.export(items)
        case Format.GIFT:
            return gift.export(items)
        case Format.XML:
            return moodle_xml.export(items)
        case Format.CSV:
            return tables.as_csv(items)
        case Format.XLSX:
            return tables.as_xlsx(items)


def _trees(name: str, content: bytes, problems: list[Problem], notes: list[Problem]) -> list[Node]:
    match format_of(name):
        case Format.YAML:
            return own.trees(name, content, problems)
        case Format.GIFT:
            return gift.trees(name, content, problems, notes)
        case Format.XML:
            return moodle_xml.trees(name, content, problems, notes)
        case Format.CSV | Format.XLSX:
            return tables.trees(name, content, problems)
    raise UnreadableError(text("I can read .yaml, .gift, .txt, .xml, .csv and .xlsx."))


def _filled(tree: Node, usual: Mapping[str, str]) -> Node:
    if not usual or not isinstance(tree.value, Mapping):
        return tree
    missing = {key: Node(words, tree.line) for key, words in usual.items() if key not in tree.value}
    return Node({**tree.value, **missing}, tree.line)
