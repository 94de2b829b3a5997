"""What a room is: a managed one, a chat that people have made, or neither.

A chat carries what it is, and between whom, in the event that makes it (`m.room.create`), where
this module puts it into the request. Nobody ever writes that event again, no other server either:
the room's id is its hash. So a direct chat is between its two for good, whoever is in it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zvonok_core.access import Chat, ChatKind, Facts, RoomFacts
from zvonok_core.ids import RoomId, UserId
from zvonok_policy.server import Server

MARK = "dev.zvonok.chat"
MOST_REMEMBERED = 50_000


def marker(kind: ChatKind, between: frozenset[UserId]) -> dict[str, Any]:
    """What a new chat says of itself, under `MARK`."""
    return {"kind": kind.value} | ({"between": sorted(between)} if between else {})


class Chats:
    """Rooms by id."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[RoomId, Chat] = {}

    async def room(self, facts: Facts, room: RoomId) -> RoomFacts | Chat | None:
        """The room without its members: a direct chat has its two instead. Quick, because it
        is asked for every message: what a chat is never changes."""
        managed = facts.rooms.get(room)
        if managed is not None:
            return managed
        known = self._known.get(room) or _read(await self._server.content(room, "m.room.create"))
        if known is None:
            return None
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[room] = known
        return Chat(known.kind, tuple(map(facts.people.get, known.between)), known.between)

    async def room_with_people(self, facts: Facts, room: RoomId) -> RoomFacts | Chat | None:
        """The room with everybody who is in a chat now, and whether it is encrypted."""
        found = await self.room(facts, room)
        if not isinstance(found, Chat):
            return found
        people = await self._server.people(room)
        encrypted = await self._server.content(room, "m.room.encryption") is not None
        return Chat(found.kind, tuple(map(facts.people.get, people)), found.between, encrypted)


def asked_into(facts: Facts, inviter: UserId, shown: Iterable[Mapping[str, Any]]) -> Chat | None:
    """The direct chat that somebody of another school asks into, by what the invitation shows of
    it; None where it is another room."""
    for event in shown:
        if event.get("type") == "m.room.create" and event.get("sender") == inviter:
            chat = _read(event.get("content"))
            return chat and Chat(chat.kind, (facts.people.get(inviter),), chat.between)
    return None


def _read(creation: Any) -> Chat | None:
    try:
        mark = creation[MARK]
        return Chat(ChatKind(mark["kind"]), (), frozenset(map(UserId, mark.get("between", ()))))
    except (KeyError, ValueError, TypeError, AttributeError):
        return None  # a foreign one: a room that nothing is known of
