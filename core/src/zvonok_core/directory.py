"""The wire format between parts: what the appservice tells of people and rooms.

Served as JSON by the appservice's directory API and read by bots, pages and the policy
module. `to_json` and `from_json` are inverse; unknown keys are ignored when read, so
that an older reader understands a newer writer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from zvonok_core.ids import ClassId, PersonId, RoomId, UserId
from zvonok_core.roles import Position, Role
from zvonok_core.settings import build

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Named:
    """A person in passing: enough to show, and to look further."""

    person: PersonId
    user: UserId
    name: str
    linked: bool


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class as the journal names it this year, and what the person is in it.

    `relations` are among `student`, `guardian`, `homeroom`, `teacher`.
    """

    id: ClassId
    title: str
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as the journal has them today. `name` is the official display name."""

    person: PersonId
    user: UserId
    name: str
    family: str
    given: str
    patronymic: str
    roles: tuple[Role, ...]
    positions: tuple[Position, ...]
    linked: bool
    locked: bool
    classes: tuple[ClassView, ...]
    children: tuple[Named, ...]
    guardians: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class MemberView:
    """One who is due in a room. `relations` say why: `student`, `guardian`, `homeroom`,
    `teacher`, `administration`, `staff`, `member`, `chair`, `bot`."""

    user: UserId
    person: PersonId
    name: str
    relations: tuple[str, ...]
    level: int
    joined: bool


@dataclass(frozen=True, slots=True)
class RoomView:
    """A managed room. Members are sorted by family name, as a register is."""

    room: RoomId
    kind: str
    name: str
    school: str
    class_: ClassId | None
    subject: str | None
    subgroup: str | None
    association: str | None
    archived: bool
    members: tuple[MemberView, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One link of the chain that puts a person into a room, in words, with its row."""

    text: str
    file: str | None
    row: int | None


@dataclass(frozen=True, slots=True)
class WhyView:
    """Why a person is, or is not, due in a room; `reasons` lead from person to room."""

    user: UserId
    room: RoomId
    due: bool
    level: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed after revision `since`. With `reset` the reader must forget all it
    knows and read anew: the appservice was restarted, or the reader was away too long."""

    revision: str
    reset: bool
    people: tuple[UserId, ...]
    rooms: tuple[RoomId, ...]


def to_json(view: Any) -> dict[str, Any]:
    """A view as JSON types. The field `class_` is written `class`."""

    def plain(value: Any) -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {
                field.name.rstrip("_"): plain(getattr(value, field.name))
                for field in dataclasses.fields(value)
            }
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        return value

    return cast(dict[str, Any], plain(view))


def from_json(kind: type[V], data: Mapping[str, Any]) -> V:
    """The view that `to_json` wrote. Raises ConfigError naming each key that is wrong."""
    return build(kind, data, ignore_unknown=True)
