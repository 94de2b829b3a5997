"""A homeserver and a directory in memory, for bots' tests: they stand in for the two borders."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zvonok_botkit.chat import Event, Invitation, News, Page, RoomNews, RoomRights, Stored
from zvonok_botkit.incoming import REDACTION
from zvonok_core.clock import ManualClock, milliseconds
from zvonok_core.directory import PersonView, RoomList, RoomSummary, RoomView
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import EventId, RoomId, UserId

ME = UserId("@zvonok:school.test")
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday; noon in Moscow."""


@dataclass
class FakeChat:
    """A homeserver in memory, as one account sees it. `failing` is raised by the next calls
    that send or fetch a file; `timeline` is all that was ever sent."""

    clock: ManualClock
    user: UserId = ME
    name: str = "Звонок"
    timeline: list[Event] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    members: dict[RoomId, dict[UserId, str]] = field(default_factory=dict)
    levels: dict[RoomId, RoomRights] = field(default_factory=dict)
    invitations: list[Invitation] = field(default_factory=list)
    failing: list[Exception] = field(default_factory=list)
    limit: int = 1_000
    """Events of a room that `news` gives at most; the rest is a gap."""
    largest: int = 100_000_000
    """Bytes of the largest file that is taken."""
    _sent: dict[str, EventId] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, room: RoomId, sender: UserId, type: str, content: Mapping[str, Any], **more: Any) -> Event:
        """Something is sent into a room."""
        now = milliseconds(self.clock.now())
        event = Event(room, EventId(f"${next(self._numbers)}"), type, sender, now, content, **more)
        self.timeline.append(event)
        return event

    async def news(self, after: str, types: frozenset[str], wait: float) -> News:
        start = int(after or 0)
        rooms = []
        for room, members in self.members.items():
            new = [
                (at, e)
                for at, e in enumerate(self.timeline)
                if at >= start and e.room == room and e.type in types
            ]
            gap = str(new[-self.limit][0]) if len(new) > self.limit else None
            rooms.append(RoomNews(room, tuple(e for _, e in new[-self.limit :]), gap, len(members)))
        invitations, self.invitations = tuple(self.invitations), []
        return News(str(len(self.timeline)), tuple(rooms), invitations)

    async def earlier(self, room: RoomId, before: str, after: str, types: frozenset[str]) -> Page:
        found = [
            (at, event)
            for at, event in enumerate(self.timeline)
            if int(after) <= at < int(before) and event.room == room and event.type in types
        ]
        page = found[-2:]
        more = str(page[0][0]) if len(found) > len(page) else None
        return Page(tuple(event for _, event in reversed(page)), more)

    async def event(self, room: RoomId, id: EventId) -> Event | None:
        return next((event for event in self.timeline if (event.room, event.id) == (room, id)), None)

    async def send(self, room: RoomId, type: str, content: Mapping[str, Any], transaction: str) -> EventId:
        self._fail()
        if room not in self.members:
            raise PermanentError("not in the room", "M_FORBIDDEN")
        if transaction not in self._sent:
            self._sent[transaction] = self.add(room, self.user, type, content, transaction=transaction).id
        return self._sent[transaction]

    async def redact(self, room: RoomId, event: EventId, transaction: str) -> EventId:
        self._fail()
        if transaction not in self._sent:
            sent = self.add(room, self.user, REDACTION, {}, redacts=event, transaction=transaction)
            self._sent[transaction] = sent.id
        return self._sent[transaction]

    def _fail(self) -> None:
        if self.failing:
            raise self.failing.pop(0)

    async def upload(self, data: bytes, name: str, mimetype: str) -> str:
        address = f"mxc://school.test/{next(self._numbers)}"
        self.files[address] = data
        return address

    async def upload_file(self, path: Path, name: str, mimetype: str) -> str:
        return await self.upload(await asyncio.to_thread(path.read_bytes), name, mimetype)

    async def upload_limit(self) -> int:
        return self.largest

    async def download(self, address: str) -> bytes:
        self._fail()
        if address not in self.files:
            raise PermanentError("no such file", "M_NOT_FOUND")
        return self.files[address]

    async def look(self, address: str) -> Stored:
        data = await self.download(address)
        return Stored(len(data), "application/octet-stream", data[:4096])

    async def stream(self, address: str) -> AsyncIterator[bytes]:
        data = await self.download(address)
        for start in range(0, len(data), 65_536):
            yield data[start : start + 65_536]

    async def names(self, room: RoomId) -> Mapping[UserId, str]:
        return self.members[room]

    async def rights(self, room: RoomId) -> RoomRights:
        return self.levels.get(room, RoomRights())

    async def join(self, room: RoomId) -> None:
        self.members.setdefault(room, {})[self.user] = self.name

    async def direct_room(self, user: UserId) -> RoomId:
        room = RoomId(f"!direct-{user}")
        self.members[room] = {self.user: self.name, user: user}
        return room


@dataclass
class FakeDirectory:
    """The school's directory. `away` makes every question a TemporaryError."""

    people: dict[UserId, PersonView] = field(default_factory=dict)
    views: dict[RoomId, RoomView] = field(default_factory=dict)
    away: bool = False

    async def person(self, user: UserId) -> PersonView | None:
        self._answer()
        return self.people.get(user)

    async def room(self, room: RoomId) -> RoomView | None:
        self._answer()
        return self.views.get(room)

    async def rooms(self) -> RoomList:
        self._answer()
        return RoomList(tuple(_summary(view) for view in self.views.values()))

    def _answer(self) -> None:
        if self.away:
            raise TemporaryError("the directory is away")


def _summary(view: RoomView) -> RoomSummary:
    return RoomSummary(
        key=view.room,
        room=view.room,
        kind=view.kind,
        name=view.name,
        class_=view.class_,
        subject=view.subject,
        subgroup=view.subgroup,
        association=view.association,
        space=False,
        archived=view.archived,
        parents=(),
        due=len(view.members),
        joined=len(view.members),
    )
