"""What has really happened, by Synapse's own database: every event that was stored.

Reading it after each action sees what answers don't say, and what came by a way that nobody
thought of.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """A stored event; `position` grows with time. `state_key` is None for messages."""

    position: int
    id: str
    room: str
    type: str
    state_key: str | None
    sender: str
    raw: str
    content: Mapping[str, Any]


@dataclass
class Room:
    """A room as its events have made it."""

    id: str
    creator: str
    events: dict[str, Event] = field(default_factory=dict)
    state: dict[tuple[str, str], Event] = field(default_factory=dict)
    members: dict[str, list[Event]] = field(default_factory=dict)
    """By user: all that they have been here, the newest last."""

    def membership(self, user: str, position: int | None = None) -> Event | None:
        """What somebody is here now, or was once an event had happened."""
        past = self.members.get(user, [])
        return next((e for e in reversed(past) if position is None or e.position <= position), None)

    def is_in(self, user: str, *kinds: str) -> bool:
        here = self.membership(user)
        return here is not None and here.content.get("membership") in (kinds or ("join",))

    def those(self, *kinds: str) -> list[str]:
        """Users who are `join`, `invite` …, the longest ago first."""
        return [user for user in self.members if self.is_in(user, *kinds)]

    def setting(self, type: str, key: str, default: str) -> str:
        event = self.state.get((type, ""))
        return default if event is None else str(event.content.get(key, default))

    def add(self, event: Event) -> None:
        self.events[event.id] = event
        if event.state_key is not None:
            self.state[event.type, event.state_key] = event
            if event.type == "m.room.member":
                self.members.setdefault(event.state_key, []).append(event)


class Ledger:
    """All rooms that have come into being since it was opened."""

    def __init__(self, database: Path) -> None:
        self._database = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)
        self.rooms: dict[str, Room] = {}
        (self._seen,) = self._database.execute(
            "SELECT coalesce(max(stream_ordering), 0) FROM events"
        ).fetchone()

    def close(self) -> None:
        self._database.close()

    def forget(self) -> None:
        """A new world begins: what is in rooms of old ones is of no interest."""
        self.rooms = {}

    def news(self) -> Iterator[Event]:
        """Events since the last call, each before it is entered: whoever looks at one sees the
        room as it was before it."""
        rows = self._database.execute(
            "SELECT stream_ordering, event_id, room_id, type, state_key, sender, json"
            " FROM events JOIN event_json USING (event_id, room_id)"
            " WHERE stream_ordering > ? AND NOT outlier AND rejection_reason IS NULL"
            " ORDER BY stream_ordering",
            (self._seen,),
        ).fetchall()
        for row in rows:
            event = Event(*row, json.loads(row[-1])["content"])
            self._seen = event.position
            if event.type == "m.room.create":
                self.rooms[event.room] = Room(event.room, event.sender)
            yield event
            if event.room in self.rooms:
                self.rooms[event.room].add(event)

    def current(self, rooms: Iterable[str]) -> dict[str, dict[tuple[str, str], str]]:
        """Synapse's own idea of what is set in each room: event ids by type and key."""
        wanted = list(rooms)
        found: dict[str, dict[tuple[str, str], str]] = {room: {} for room in wanted}
        marks = ",".join("?" * len(wanted))
        for room, kind, key, event in self._database.execute(
            f"SELECT room_id, type, state_key, event_id FROM current_state_events WHERE room_id IN ({marks})",
            wanted,
        ):
            found[room][kind, key] = event
        return found

    def open_rooms(self) -> list[str]:
        """Rooms that Synapse would put into the public list."""
        return [room for (room,) in self._database.execute("SELECT room_id FROM rooms WHERE is_public")]

    def addresses(self) -> list[tuple[str, str]]:
        """Aliases, each with who has made it."""
        return self._database.execute("SELECT room_alias, creator FROM room_aliases").fetchall()

    def accounts(self) -> list[tuple[str, int, int]]:
        """User ids, each with whether they are an administrator, and a guest."""
        return self._database.execute("SELECT name, admin, is_guest FROM users").fetchall()

    def titles(self) -> dict[str, str]:
        """The names that people have in their profiles, by user id."""
        return dict(self._database.execute("SELECT full_user_id, displayname FROM profiles").fetchall())
