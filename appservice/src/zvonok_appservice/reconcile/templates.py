"""Room templates: configuration that says which rooms there are and who is what in them."""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zvonok_appservice.reconcile.model import CONTROL
from zvonok_appservice.reconcile.selectors import SELECTORS, Selector
from zvonok_core.access import ROOM_TALKS, Talk
from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.settings import build
from zvonok_core.text import Text, text

_PLACES = {
    "school": {"school"},
    "class": {"school", "class"},
    "association": {"school", "association"},
    "load": {"school", "class", "subject", "label"},
    "topic": {"school", "topic"},
}
_MAY_HANG_IN = {
    "school": {"school"},
    "class": {"school", "class"},
    "association": {"school"},
    "load": {"school", "class"},
    "topic": {"school"},
}


@dataclass(frozen=True, slots=True)
class _Section:
    """A template as it is written; see default_rooms.yaml for each key."""

    for_each: Literal["school", "class", "association", "load", "topic"]
    name: str
    topic: str = ""
    name_with_label: str = ""
    type: Literal["room", "space"] = "room"
    space: str | None = None
    members: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    write: Literal["all", "moderators"] = "all"
    create: Literal["at_once", "at_first_lesson"] = "at_once"
    bots: bool = True
    talk: Talk | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of room. Selectors of `members` give level 0, and so on upwards."""

    kind: str
    for_each: str
    name: str
    name_with_label: str
    topic: str
    is_space: bool
    space: str | None
    members: tuple[Selector, ...]
    moderators: tuple[Selector, ...]
    admins: tuple[Selector, ...]
    writers_only: bool
    at_first_lesson: bool
    bots: bool
    talk: Talk | None
    """Of a room for each topic: which topics. Guests of other schools are in such rooms alone."""


def templates(shipped: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Template, ...]:
    """The shipped templates with the config's changes, spaces before what hangs in them.

    Raises ConfigError with every fault that there is, each with its path.
    """
    faults: list[ConfigFault] = []
    merged = _merged(shipped, changes, faults)
    found: dict[str, Template] = {}
    for kind, section in merged.items():
        try:
            found[kind] = _template(kind, build(_Section, section))
        except ConfigError as error:
            faults += [ConfigFault(f"rooms.{kind}.{fault.path}", fault.text) for fault in error.faults]
    for template in found.values():
        faults += _faults(template, found, merged.keys())
    faults += _twins(found)
    if faults:
        raise ConfigError(faults)
    return tuple(sorted(found.values(), key=lambda template: _depth(template, found)))


def _merged(
    shipped: Mapping[str, Any], changes: Mapping[str, Any], faults: list[ConfigFault]
) -> dict[str, Mapping[str, Any]]:
    merged: dict[str, Mapping[str, Any]] = dict(shipped)
    for kind, change in changes.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", str(kind)) or kind == CONTROL:
            faults.append(
                ConfigFault(f"rooms.{kind}", text("a kind is lower-case Latin letters, digits and _"))
            )
        elif change is False:
            merged.pop(kind, None)
        elif isinstance(change, Mapping):
            merged[kind] = {**merged.get(kind, {}), **change}
        else:
            faults.append(
                ConfigFault(f"rooms.{kind}", text("must be a section with keys of its own, or false"))
            )
    return merged


def _template(kind: str, section: _Section) -> Template:
    faults: list[ConfigFault] = []

    def selectors(field: str, names: tuple[str, ...]) -> tuple[Selector, ...]:
        return tuple(
            selector
            for i, name in enumerate(names)
            if (selector := _selector(name, section.for_each, f"{field}[{i}]", faults))
        )

    template = Template(
        kind=kind,
        for_each=section.for_each,
        name=section.name,
        name_with_label=section.name_with_label or section.name,
        topic=section.topic,
        is_space=section.type == "space",
        space=section.space,
        members=selectors("members", section.members),
        moderators=selectors("moderators", section.moderators),
        admins=selectors("admins", section.admins),
        writers_only=section.write == "moderators",
        at_first_lesson=section.create == "at_first_lesson",
        bots=section.bots and section.type == "room",
        talk=section.talk,
    )
    if not section.name.strip():
        faults.append(ConfigFault("name", text("must not be empty")))
    for field in ("name", "name_with_label", "topic"):
        faults += _format_faults(field, getattr(section, field), section.for_each)
    if section.create == "at_first_lesson" and section.for_each != "load":
        faults.append(ConfigFault("create", text("only rooms for each load can wait for a lesson")))
    if not (section.talk in ROOM_TALKS if section.for_each == "topic" else section.talk is None):
        message = text("must be one of: {options}", options=", ".join(sorted(ROOM_TALKS)))
        if section.for_each != "topic":
            message = text("only rooms for each topic have it")
        faults.append(ConfigFault("talk", message))
    if not (section.members or section.admins or section.moderators):
        faults.append(ConfigFault("members", text("nobody would be in this room; name a selector")))
    if faults:
        raise ConfigError(faults)
    return template


def _selector(name: str, for_each: str, path: str, faults: list[ConfigFault]) -> Selector | None:
    if name not in SELECTORS:
        near = difflib.get_close_matches(name, SELECTORS, n=1)
        message = text("is not a known selector; known: {known}", known=", ".join(SELECTORS))
        if near:
            message = text("is not a known selector; did you mean “{near}”?", near=near[0])
        faults.append(ConfigFault(path, message))
        return None
    head, _, argument = name.rstrip(")").partition("(")
    if head != "position" and argument and argument != for_each:
        message = text(
            "“{selector}” needs a room for each {argument}, and this one is for each {for_each}",
            selector=name,
            argument=argument,
            for_each=for_each,
        )
        faults.append(ConfigFault(path, message))
        return None
    return Selector(head, argument)


def _format_faults(field: str, pattern: str, for_each: str) -> Iterator[ConfigFault]:
    try:
        parsed = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        yield ConfigFault(field, text("has a brace too many or too few"))
        return
    for _, place, layout, conversion in parsed:
        if place not in _PLACES[for_each]:
            known = ", ".join(f"{{{name}}}" for name in sorted(_PLACES[for_each]))
            yield ConfigFault(
                field, text("knows no “{place}” here; known: {known}", place=place, known=known)
            )
        elif layout or conversion:
            yield ConfigFault(field, text("between braces there is a name and nothing else"))


def _faults(
    template: Template, found: Mapping[str, Template], kinds: Container[str]
) -> Iterator[ConfigFault]:
    path = f"rooms.{template.kind}.space"
    if template.space is None:
        return
    space = found.get(template.space)
    if space is None:
        if template.space not in kinds:
            yield ConfigFault(path, text("there is no kind “{kind}”", kind=template.space))
    elif not space.is_space:
        yield ConfigFault(path, text("“{kind}” is not a space", kind=template.space))
    elif space.for_each not in _MAY_HANG_IN[template.for_each]:
        message: Text = text(
            "a room for each {for_each} can't hang in a space for each {space}",
            for_each=template.for_each,
            space=space.for_each,
        )
        yield ConfigFault(path, message)
    elif _depth(template, found) > len(found):
        yield ConfigFault(path, text("these spaces hang in each other in a circle"))


def _twins(found: Mapping[str, Template]) -> Iterator[ConfigFault]:
    seen: dict[tuple[str, Talk | None, str], str] = {}
    for template in found.values():
        first = seen.setdefault((template.for_each, template.talk, template.name), template.kind)
        if first != template.kind:
            message = text("has the same name as “{kind}”: people could not tell them apart", kind=first)
            yield ConfigFault(f"rooms.{template.kind}.name", message)


def _depth(template: Template, found: Mapping[str, Template]) -> int:
    depth = 0
    while template.space is not None and template.space in found and depth <= len(found):
        template = found[template.space]
        depth += 1
    return depth
