"""Reads the additions: one YAML file, in which every entry has an end and a reason."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from zvonok_appservice.roster.cleaning import UnfitError, dates, field_fault, iso_day, person_name, title
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.snapshot import Dates, Origin
from zvonok_appservice.roster.source import Finding
from zvonok_core.errors import TemporaryError
from zvonok_core.roles import Position, Role
from zvonok_core.text import Text, text

V = TypeVar("V")

_MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `values` holds the section's own keys that it has, each one sound by
    itself. It counts in `dates`, and takes away instead of giving where it says `remove`."""

    section: str
    values: Mapping[str, str]
    dates: Dates
    remove: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Additions:
    """All entries, in the order of the file."""

    entries: tuple[Entry, ...] = ()


def read_additions(path: Path) -> tuple[Additions | None, tuple[Finding, ...]]:
    """Read the file. None where anything in it is wrong: an entry may well withhold a
    right, so none is left out silently. Findings name the line as their row.

    Raises TemporaryError while the file can't be reached.
    """
    findings = Findings()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TemporaryError(f"the additions can't be read: {error.strerror}") from error
    entries = tuple(_Reader(path.name, findings).entries(content))
    return (None if findings.fatal_found else Additions(entries)), findings.all()


# ---------------------------------------------------------------- what may be written


def _id(value: str) -> str:
    if not value:
        raise UnfitError(text("is empty"))
    if fault := field_fault(value):
        raise UnfitError(fault)
    return value


def _title(value: str) -> str:
    if not (tidied := title(value)):
        raise UnfitError(text("is empty"))
    return tidied


def _flag(value: str) -> str:
    if value not in ("true", "false"):
        raise UnfitError(text("must be true or false"))
    return value


def _one_of(*words: str) -> Callable[[str], str]:
    def convert(value: str) -> str:
        if value not in words:
            raise UnfitError(text("must be one of: {options}", options=", ".join(words)))
        return value

    return convert


@dataclass(frozen=True, slots=True)
class _Section:
    """The keys of a section's entries. Of `one_of` there has to be exactly one, if any."""

    required: Mapping[str, Callable[[str], str]]
    optional: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()


_SECTIONS: Mapping[str, _Section] = {
    "people": _Section(
        {"person": _id}, {"family": person_name, "given": person_name, "patronymic": person_name}
    ),
    "roles": _Section({"person": _id, "role": _one_of(*Role)}),
    "positions": _Section({"person": _id, "position": _one_of(*Position)}),
    "guardians": _Section({"guardian": _id, "child": _id}, {"restricted": _flag}),
    "enrolments": _Section({"student": _id}, {"class": _title, "subgroup": _id}, ("class", "subgroup")),
    "homerooms": _Section({"teacher": _id, "class": _title}),
    "loads": _Section(
        {"teacher": _id, "subject": _title}, {"class": _title, "subgroup": _id}, ("class", "subgroup")
    ),
    "associations": _Section({"person": _id, "association": _title}, {"chair": _flag}),
}
_COMMON = ("from", "until", "reason", "remove")


# ---------------------------------------------------------------- reading


class _Reader:
    """Walks the YAML's nodes, which know their lines and are all plain text: no value is
    taken for a number, and `0123` stays an id."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings

    def entries(self, content: bytes) -> Iterator[Entry]:
        """Every entry that is sound; what is not is a fatal finding."""
        root = self._root(content)
        for name, node in self._items(root) if root is not None else ():
            section = _SECTIONS.get(name)
            if section is None:
                self._unknown(node, name, tuple(_SECTIONS))
            elif isinstance(node, SequenceNode):
                for item in node.value:
                    entry = self._entry(name, section, item)
                    if entry is not None:
                        yield entry
            elif not _is_nothing(node):
                self._fault(node, text("must be a list"), name)

    def _root(self, content: bytes) -> Node | None:
        if len(content) > _MOST_BYTES:
            self._findings.fatal(
                text("the file is larger than {n} MB", n=_MOST_BYTES // 1_000_000), self._file
            )
            return None
        try:
            root: Node | None = YAML(typ="safe", pure=True).compose(content.decode("utf-8-sig"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            self._findings.fatal(text("is not valid YAML"), self._file, line)
        except (YAMLError, ValueError, RecursionError):
            self._findings.fatal(text("is not valid YAML"), self._file)
        else:
            return root
        return None

    def _entry(self, name: str, section: _Section, node: Node) -> Entry | None:
        if not isinstance(node, MappingNode):
            self._fault(node, text("must be an entry with keys of its own"), name)
            return None
        before = len(self._findings.all())
        keys = {**section.required, **section.optional}
        given: dict[str, tuple[Node, str]] = {}
        for key, value in self._items(node):
            if key not in keys and key not in _COMMON:
                self._unknown(value, key, (*keys, *_COMMON))
            elif not isinstance(value, ScalarNode):
                self._fault(value, text("must be a single value"), key)
            elif not _is_nothing(value):
                given[key] = value, value.value
        for key in (*section.required, "until", "reason"):
            if key not in given:
                self._fault(node, text("is missing"), key)
        if section.one_of and sum(key in given for key in section.one_of) != 1:
            self._fault(
                node, text("one of these is needed, and only one: {keys}", keys=", ".join(section.one_of))
            )
        values = {key: self._taken(keys[key], key, *given[key]) for key in keys if key in given}
        begin = self._taken(iso_day, "from", *given["from"]) if "from" in given else None
        end = self._taken(iso_day, "until", *given["until"]) if "until" in given else None
        if "reason" in given:
            self._taken(_id, "reason", *given["reason"])
        remove = "remove" in given and self._taken(_flag, "remove", *given["remove"]) == "true"
        time = self._dates(node, begin, end)
        if len(self._findings.all()) > before or time is None:
            return None
        sound = {key: value for key, value in values.items() if value is not None}
        return Entry(name, sound, time, remove, Origin(self._file, node.start_mark.line + 1))

    def _dates(self, node: Node, begin: date | None, end: date | None) -> Dates | None:
        try:
            return dates(begin, end)
        except UnfitError as error:
            self._fault(node, error.text, "until")
            return None

    def _taken(self, convert: Callable[[str], V], key: str, node: Node, value: str) -> V | None:
        try:
            return convert(value)
        except UnfitError as error:
            self._fault(node, error.text, key, value)
            return None

    def _items(self, node: Node) -> Iterator[tuple[str, Node]]:
        if not isinstance(node, MappingNode):
            if not _is_nothing(node):
                self._fault(node, text("must be a mapping of names to values"))
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                self._fault(key, text("is there twice"), name)
            seen.add(name)
            yield name, value

    def _unknown(self, node: Node, key: str, known: tuple[str, ...]) -> None:
        near = difflib.get_close_matches(key, known, n=1)
        if near:
            self._fault(node, text("is not a known key; did you mean “{near}”?", near=near[0]), key)
        else:
            self._fault(node, text("is not a known key; known: {known}", known=", ".join(known)), key)

    def _fault(self, node: Node, sentence: Text, key: str | None = None, value: str | None = None) -> None:
        self._findings.fatal(sentence, self._file, node.start_mark.line + 1, key, value)


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value in ("", "null", "~") and node.style is None
