"""The wire format between parts: what the appservice tells of people and rooms.

Served as JSON by the appservice's directory API and read by bots, pages and the policy
module. `to_json` and `from_json` are inverse; unknown keys are ignored when read, so
that an older reader understands a newer writer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from zvonok_core.ids import ClassId, PersonId, RoomId, SubgroupId, SubjectId, UserId
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
    `teacher`, `administration`, `staff`, `member`, `chair`, `bot`. A bot is no person.
    `children` are those of the room's class for whom a guardian stands."""

    user: UserId
    person: PersonId | None
    name: str
    relations: tuple[str, ...]
    level: int
    joined: bool
    children: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomView:
    """A managed room. Members are sorted by family name, as a register is; bots come last."""

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
class RoomSummary:
    """A managed room in passing. `key` names it for good and is there before the room is
    (`room` is None until it is made); `parents` are keys of spaces. `due` counts the people
    who belong in it, `joined` those of them who are in it now."""

    key: str
    room: RoomId | None
    kind: str
    name: str
    class_: ClassId | None
    subject: str | None
    subgroup: str | None
    association: str | None
    space: bool
    archived: bool
    parents: tuple[str, ...]
    due: int
    joined: int


@dataclass(frozen=True, slots=True)
class RoomList:
    """All rooms of the school, spaces before what hangs in them."""

    rooms: tuple[RoomSummary, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A room, and what hangs in it. A room of two classes hangs in both."""

    room: RoomSummary
    children: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was taught to whom when a lesson was held: to a class or to a subgroup, exactly
    one of the two."""

    subject: SubjectId
    class_: ClassId | None = None
    subgroup: SubgroupId | None = None


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson was noted. `room` is None while the room is still being made."""

    room: RoomId | None


@dataclass(frozen=True, slots=True)
class Incident:
    """A bug in a callback of the policy module: which one, and the number under which the
    homeserver's log has it."""

    callback: str
    number: str


@dataclass(frozen=True, slots=True)
class MuteOrder:
    """A request that `user` may not write in a room for so many minutes. `by` is the person
    who decides it; `reason` is what the muted person will read."""

    user: UserId
    by: UserId
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True)
class PauseOrder:
    """A request that only those who lead a room write in it for so many minutes."""

    by: UserId
    minutes: int


@dataclass(frozen=True, slots=True)
class UntilView:
    """When what was asked for is over by itself. Here and below moments are ISO 8601, UTC."""

    until: str


@dataclass(frozen=True, slots=True)
class MuteView:
    """Somebody who may not write in a room now."""

    user: UserId
    until: str
    by: UserId
    reason: str
    since: str


@dataclass(frozen=True, slots=True)
class PauseView:
    """A room in which only those who lead it write now."""

    until: str
    by: UserId
    since: str


@dataclass(frozen=True, slots=True)
class RestrictionsView:
    """What is in force in a room."""

    mutes: tuple[MuteView, ...]
    pause: PauseView | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One link of the chain that puts a person into a room, in words, with its row. The
    words name the row, too."""

    text: str
    file: str | None
    row: int | None


@dataclass(frozen=True, slots=True)
class WhyView:
    """Why a person is, or is not, due in a room; `reasons` lead from person to room. `room`
    is None where it is not made yet."""

    user: UserId
    room: RoomId | None
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


def tree(rooms: Iterable[RoomSummary]) -> tuple[Branch, ...]:
    """The rooms as they hang in each other; those that hang in nothing are the roots."""
    listed = tuple(rooms)
    known = {room.key for room in listed}
    children: dict[str, list[RoomSummary]] = {}
    roots: list[RoomSummary] = []
    for room in listed:
        parents = [parent for parent in room.parents if parent in known]
        for parent in parents:
            children.setdefault(parent, []).append(room)
        if not parents:
            roots.append(room)

    def branch(room: RoomSummary) -> Branch:
        return Branch(room, tuple(branch(child) for child in children.get(room.key, ())))

    return tuple(branch(room) for room in roots)


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
        if isinstance(value, frozenset):
            return sorted(plain(item) for item in value)
        if isinstance(value, Mapping):
            return {key: plain(item) for key, item in value.items()}
        return value

    return cast(dict[str, Any], plain(view))


def from_json(kind: type[V], data: Mapping[str, Any], *, strict: bool = False) -> V:
    """The view that `to_json` wrote. Raises ConfigError naming each key that is wrong;
    with `strict`, which is for requests, unknown keys too."""
    return build(kind, data, ignore_unknown=not strict, files=False)
