"""People with a Matrix client in their hand: they sign in, write, react, and try things.

Ordinary requests of the client API under the person's own access token, so that whatever
the homeserver allows or refuses here, it does in any client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from zvonok_appservice.mautrix_homeserver import MautrixHomeserver
from zvonok_appservice.mautrix_homeserver.wire import CLIENT, Wire
from zvonok_core.ids import PersonId, RoomId, UserId

DEVICE = "ZVONOK_DEMO"
"""One device for each person, however often the demo signs in."""


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody gets in."""

    person: PersonId
    user: UserId
    password: str

    @property
    def name(self) -> str:
        """What is typed into a client: the user id without its server."""
        return self.user[1:].partition(":")[0]


@dataclass(frozen=True, slots=True)
class Phone:
    """A signed-in person. Whatever is refused raises PermanentError with Matrix's errcode."""

    user: UserId
    _wire: Wire

    async def say(self, room: RoomId, body: str) -> str:
        """Write a message; returns its event id."""
        return await self._send(room, "m.room.message", {"msgtype": "m.text", "body": body})

    async def reply(self, room: RoomId, event: str, body: str) -> str:
        """Answer a message."""
        relation = {"m.in_reply_to": {"event_id": event}}
        content = {"msgtype": "m.text", "body": body, "m.relates_to": relation}
        return await self._send(room, "m.room.message", content)

    async def react(self, room: RoomId, event: str, key: str) -> str:
        """React to a message with an emoji."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": key}
        return await self._send(room, "m.reaction", {"m.relates_to": relation})

    async def chat_with(self, user: UserId) -> RoomId:
        """Begin a direct chat, as clients do."""
        request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [user]}
        return RoomId((await self._wire.post(CLIENT.v3.createRoom, request))["room_id"])

    async def report(self, room: RoomId, event: str, reason: str) -> None:
        """Complain of a message, by the client's own button."""
        await self._wire.post(CLIENT.v3.rooms[room].report[event], {"reason": reason})

    async def latest(self, room: RoomId) -> list[str]:
        """The texts of the latest messages, newest first."""
        found = await self._wire.get(CLIENT.v3.rooms[room].messages, {"dir": "b", "limit": "30"})
        return [str(event["content"].get("body", "")) for event in found["chunk"]]

    async def kick(self, room: RoomId, user: UserId) -> None:
        """Try to take somebody out of a room."""
        await self._wire.post(CLIENT.v3.rooms[room].kick, {"user_id": user})

    async def leave(self, room: RoomId) -> None:
        """Go out of a room."""
        await self._wire.post(CLIENT.v3.rooms[room].leave, {})

    async def rooms(self) -> frozenset[RoomId]:
        """The rooms that the person is in."""
        return frozenset((await self._wire.get(CLIENT.v3.joined_rooms))["joined_rooms"])

    async def reads(self, room: RoomId, event: str) -> str:
        """The text of a message, as this person sees it."""
        found = await self._wire.get(CLIENT.v3.rooms[room].event[event])
        return str(found["content"]["body"])

    async def _send(self, room: RoomId, type: str, content: Mapping[str, Any]) -> str:
        answer = await self._wire.put(CLIENT.v3.rooms[room].send[type][uuid4().hex], content)
        return str(answer["event_id"])


@dataclass
class Phones:
    """The phones of the demo's people; each signs in once, when it is needed first."""

    _homeserver: MautrixHomeserver
    _logins: Mapping[PersonId, Login]
    _signed_in: dict[PersonId, Phone] = field(default_factory=dict)

    async def of(self, person: PersonId) -> Phone:
        """Somebody's phone. Raises PermanentError where the password is no longer right."""
        if person not in self._signed_in:
            self._signed_in[person] = await self.sign_in(self._logins[person])
        return self._signed_in[person]

    async def sign_in(self, login: Login) -> Phone:
        """Sign in anew."""
        request = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": login.user},
            "password": login.password,
            "device_id": DEVICE,
            "initial_device_display_name": "scripts/demo",
        }
        answer = await self._homeserver.wire.as_other("").post(CLIENT.v3.login, request)
        return Phone(login.user, self._homeserver.wire.as_other(answer["access_token"]))
