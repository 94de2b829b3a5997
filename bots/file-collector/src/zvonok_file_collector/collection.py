"""What is asked for and of whom: the words of this bot. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zvonok_core.ids import ClassId, RoomId, UserId
from zvonok_file_collector.formats import Kind


class Purpose(StrEnum):
    """What people are asked to do."""

    HAND_IN = "hand_in"
    CONFIRM = "confirm"


class Group(StrEnum):
    """Of whom it is asked. Of a child's guardians one is enough."""

    STUDENTS = "students"
    GUARDIANS = "guardians"
    EVERYBODY = "everybody"


class Status(StrEnum):
    """How a collection stands. Of a forgotten one nothing but the number is left."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Whom:
    """Who of the room's people is asked: all of the group, or only some of them by user id,
    or only those who are also in the room of a subgroup."""

    group: Group
    people: tuple[UserId, ...] = ()
    subgroup: RoomId | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """Something that a teacher collects in a room. Moments are UTC; `most_bytes` is 0 where
    the homeserver's own limit is enough. Without `late` nothing is taken after the deadline."""

    number: int
    room: RoomId
    class_: ClassId | None
    author: UserId
    purpose: Purpose
    title: str
    whom: Whom
    begun: datetime
    task: str = ""
    kinds: tuple[Kind, ...] = ()
    most_bytes: int = 0
    private: bool = False
    late: bool = True
    deadline: datetime | None = None
    status: Status = Status.OPEN
    ended: datetime | None = None

    @property
    def confirms(self) -> bool:
        """Whether people are asked to confirm and not to hand in."""
        return self.purpose is Purpose.CONFIRM
