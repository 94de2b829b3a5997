"""The border to Matrix: what the kit asks of a client, in its own types.

Failures: TemporaryError where trying again may help (with the seconds to wait, where the
homeserver says them), PermanentError with Matrix's errcode where it will not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from zvonok_core.ids import EventId, RoomId, UserId


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was sent into a room. `at` is the homeserver's time in milliseconds.
    `transaction` is there for what this very client has sent."""

    room: RoomId
    id: EventId
    type: str
    sender: UserId
    at: int
    content: Mapping[str, Any]
    redacts: EventId | None = None
    state_key: str | None = None
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class RoomNews:
    """What is new in a room, oldest first. `gap` is where the events begin that were left
    out before these. `members` counts those who are in it, where that has changed."""

    room: RoomId
    events: tuple[Event, ...] = ()
    gap: str | None = None
    members: int | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody asks the bot into a room."""

    room: RoomId
    sender: UserId


@dataclass(frozen=True, slots=True)
class News:
    """What happened after a token, up to the next one."""

    token: str
    rooms: tuple[RoomNews, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    left: tuple[RoomId, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Events of a room, newest first, and where the next page begins; None at the end."""

    events: tuple[Event, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RoomRights:
    """What the room itself says of rights. Creators stand above every level from room
    version 12 on; before, there are none here."""

    creators: frozenset[UserId] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict)
    default: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as the homeserver has it: its true size in bytes, the type that was claimed for
    it, and how it begins (4 KiB at most)."""

    size: int
    mimetype: str
    begins: bytes


class History(Protocol):
    """What was said in rooms."""

    async def event(self, room: RoomId, id: EventId) -> Event | None:
        """One event; None where it is not there, or not for this account to see."""


class Media(Protocol):
    """The homeserver's store of files, which mxc:// addresses name."""

    async def upload(self, data: bytes, name: str, mimetype: str) -> str:
        """Store a small file; returns its address."""

    async def upload_file(self, path: Path, name: str, mimetype: str) -> str:
        """Store a file from the disk without ever having it in memory; returns its address."""

    async def upload_limit(self) -> int:
        """How many bytes a file may have."""

    async def download(self, address: str) -> bytes:
        """A whole file, for what is known to be small."""

    async def look(self, address: str) -> Stored:
        """What is known of a file, without reading more than its beginning. PermanentError
        with M_NOT_FOUND where it is not there."""

    def stream(self, address: str) -> AsyncIterator[bytes]:
        """A file in pieces of at most 64 KiB."""


class Chat(Media, History, Protocol):
    """One account on a homeserver."""

    @property
    def user(self) -> UserId:
        """The account itself."""

    @property
    def name(self) -> str:
        """What people see as its name."""

    async def news(self, after: str, types: frozenset[str], wait: float) -> News:
        """What happened after this token in events of these types; from "" on, what rooms
        there are. Waits up to so many seconds for something to happen."""

    async def earlier(self, room: RoomId, before: str, after: str, types: frozenset[str]) -> Page:
        """Events of a room between two tokens, the newest first."""

    async def send(self, room: RoomId, type: str, content: Mapping[str, Any], transaction: str) -> EventId:
        """Send an event; the same transaction sends it once only."""

    async def redact(self, room: RoomId, event: EventId, transaction: str) -> EventId:
        """Take an event back."""

    async def names(self, room: RoomId) -> Mapping[UserId, str]:
        """Who is in a room, with the names that people see."""

    async def rights(self, room: RoomId) -> RoomRights:
        """What the room says of rights."""

    async def join(self, room: RoomId) -> None:
        """Come into a room."""

    async def direct_room(self, user: UserId) -> RoomId:
        """Make a chat with this one person."""
