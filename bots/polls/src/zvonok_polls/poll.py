"""What a poll is, as data; how it is stored, too. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from zvonok_core.ids import RoomId, UserId

MOST_CHOICES = 20
"""So many answers native polls have at most; Element X leaves out the rest."""


class Kind(StrEnum):
    """How it is answered and what becomes of the answers."""

    OPEN = "open"
    """In the room; who voted how can be read by every member."""
    ANONYMOUS = "anonymous"
    """In direct chats; only counts are kept."""
    QUIZ = "quiz"
    """In the room, with right answers; the first vote counts."""
    TEST = "test"
    """In direct chats, item by item; results are the teacher's."""

    @property
    def direct(self) -> bool:
        """Whether it is answered in direct chats."""
        return self in (Kind.ANONYMOUS, Kind.TEST)


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer."""

    id: str
    words: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One question. At most `most` of its choices may be chosen."""

    question: str
    choices: tuple[Choice, ...]
    most: int = 1
    explanation: str = ""
    points: int = 1

    @property
    def right(self) -> frozenset[str]:
        return frozenset(choice.id for choice in self.choices if choice.right)

    def choice(self, number: int) -> Choice | None:
        """The choice that people see under this number, from 1 on."""
        return self.choices[number - 1] if 1 <= number <= len(self.choices) else None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll, a quiz or a test in a room. Of a native one, made in somebody's client, `id` is
    the start event's. `closes` is the deadline, `ended` when it was over; both in UTC."""

    id: str
    room: RoomId
    author: UserId
    kind: Kind
    title: str
    items: tuple[Item, ...]
    disclosed: bool = True
    shuffled: bool = False
    native: bool = False
    closes: datetime | None = None
    ended: datetime | None = None

    @property
    def item(self) -> Item:
        """The question of whatever has but one."""
        return self.items[0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for, before it is a poll."""

    items: tuple[Item, ...]
    title: str = ""
    disclosed: bool = True
    shuffled: bool = False
    closes: datetime | None = None
    missing: frozenset[int] = field(default=frozenset())
    """Items, from 1 on, that no answer is marked in."""


def choices(words: tuple[str, ...] | list[str], right: frozenset[int] = frozenset()) -> tuple[Choice, ...]:
    """Choices with ids of their own; `right` are places from 0 on."""
    return tuple(Choice(f"a{place + 1}", one, place in right) for place, one in enumerate(words))


def items_to_json(items: tuple[Item, ...]) -> str:
    """Items as they are stored."""
    return json.dumps([asdict(item) for item in items], ensure_ascii=False)


def items_from_json(stored: str) -> tuple[Item, ...]:
    """What `items_to_json` wrote."""
    return tuple(_item(item) for item in json.loads(stored))


def _item(raw: dict[str, Any]) -> Item:
    return Item(**{**raw, "choices": tuple(Choice(**choice) for choice in raw["choices"])})
