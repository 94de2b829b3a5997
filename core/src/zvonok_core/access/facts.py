"""What the rules know of people and rooms: ids and sets of ids, computed by the appservice.

There are no names in it, nor anything else that the rules don't need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from zvonok_core.access.peers import Peer, Talk, server_of
from zvonok_core.access.table import Table, Who
from zvonok_core.ids import ClassId, RoomId, SchoolId, UserId


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person of the roster, a bot, or the appservice's sender (`sender`).

    A *group* is whatever lessons are held for: a class, by its id, or a subgroup, by an id
    that no class has. `child_*` unite what all own children are in. `talks` are the kinds of
    talk between schools for which the person's own school has named them.
    """

    user: UserId
    school: SchoolId
    linked: bool = False
    locked: bool = False
    sender: bool = False
    roles: frozenset[Who] = frozenset()
    class_: ClassId | None = None
    student_of: frozenset[str] = frozenset()
    teaches: frozenset[str] = frozenset()
    heads: frozenset[ClassId] = frozenset()
    children: frozenset[UserId] = frozenset()
    child_classes: frozenset[ClassId] = frozenset()
    child_groups: frozenset[str] = frozenset()
    talks: frozenset[Talk] = frozenset()


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A managed room: one that the appservice has made and keeps."""

    room: RoomId
    school: SchoolId
    kind: str
    class_: ClassId | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that there is to know. Whoever is not in `people` has no business here; some in it
    may be of peers, by whose servers' names `peers` is sorted."""

    revision: str
    sender: UserId
    table: Table
    people: Mapping[UserId, PersonFacts]
    rooms: Mapping[RoomId, RoomFacts]
    language: str = "ru"
    """In which refusals are said."""
    peers: Mapping[str, Peer] = field(default_factory=dict)
    peers_until: int = 0
    """When the registry of schools ends unless it is renewed, in milliseconds since 1970, UTC."""

    def alone(self) -> Facts:
        """The same without other schools, and without anybody of them."""
        own = server_of(self.sender)
        people = {user: person for user, person in self.people.items() if server_of(user) == own}
        return replace(self, people=people, peers={}, peers_until=0)


class ChatKind(StrEnum):
    """What a room is that people have made themselves."""

    DIRECT = "direct"
    GROUP = "group"
    STUDENT_GROUP = "student_group"


@dataclass(frozen=True, slots=True)
class Chat:
    """A room that people have made themselves. `members` are those who are in or invited,
    None for each who is not in the facts. `between` are the two of a direct chat, for good:
    whoever comes into it later would read what the first two have written."""

    kind: ChatKind
    members: tuple[PersonFacts | None, ...]
    between: frozenset[UserId] = frozenset()
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class NewRoom:
    """What a request to make a room asks for. `space` is any kind of room that is no chat,
    `open` a room that is published or that everybody may join, `named` an alias,
    `by_address` an invitation to an e-mail address or a phone number. `settings` are the
    state events that the request brings along, by type, with their content."""

    invited: tuple[PersonFacts | None, ...] = ()
    direct: bool = False
    space: bool = False
    open: bool = False
    named: bool = False
    by_address: bool = False
    settings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
