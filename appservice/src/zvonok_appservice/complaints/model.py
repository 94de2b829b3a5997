"""What the homeserver tells of complaints, in our types. Moments are milliseconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from zvonok_core.ids import EventId, RoomId, UserId


class Matter(StrEnum):
    """What can be reported. Synapse also takes reports of whole rooms, but tells nobody."""

    MESSAGE = "message"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody has reported something. `id` is the homeserver's, one count for each matter;
    `author` is who is complained about, None where the homeserver doesn't know the message.
    `room` and `event` are None where a person was reported."""

    matter: Matter
    id: int
    received_at: int
    reporter: UserId
    author: UserId | None
    room: RoomId | None = None
    event: EventId | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report says, and the message that it is about, as far as they are kept.

    `content` is the message as it was sent and `changed` what it says since its last
    change, both empty where there is none. `deleted`: whoever wrote it, or a moderator, has
    taken it back; the homeserver keeps its words for some days more.
    """

    reason: str = ""
    type: str = ""
    sent_at: int | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Chat:
    """A room that the school does not manage; `name` is empty where it has none."""

    name: str
    members: int

    @property
    def direct(self) -> bool:
        """Whether it is between two: clients give those no name."""
        return not self.name and self.members <= 2


@dataclass(frozen=True, slots=True)
class Said:
    """A message in one of the sender's own chats. `replies_to` are the messages that it is
    a reply to: at most one, and the thread's first."""

    event: EventId
    sender: UserId
    at: int
    replies_to: frozenset[EventId]
