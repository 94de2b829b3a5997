"""People with a Matrix client: just enough to act and to see what they may."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from zvonok_core.ids import RoomId, UserId


@dataclass
class Answer:
    """What the homeserver said."""

    status: int
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        return self.status == 200

    @property
    def errcode(self) -> str:
        return str(self.body.get("errcode", ""))


@dataclass
class Client:
    """One person's client; without a token, somebody from outside."""

    session: aiohttp.ClientSession
    address: str
    token: str = ""
    user: UserId = UserId("")

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Ask `/_matrix/client` + path."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"{self.address}/_matrix/client{path}"
        if method != "GET":
            body = body or {}
        async with self.session.request(method, url, json=body, headers=headers) as response:
            return Answer(response.status, await response.json())

    async def sign_in(self, user: UserId, password: str) -> Answer:
        """Sign in; the client goes on as this person where it worked."""
        answer = await self.call(
            "POST",
            "/v3/login",
            {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": user},
                "password": password,
            },
        )
        if answer.ok:
            self.token, self.user = answer.body["access_token"], user
        return answer

    async def rooms(self) -> set[RoomId]:
        """The rooms that they are in."""
        return set((await self.call("GET", "/v3/joined_rooms")).body["joined_rooms"])

    async def say(self, room: RoomId, body: str) -> Answer:
        """Write a message."""
        content = {"msgtype": "m.text", "body": body}
        return await self.call("POST", f"/v3/rooms/{quote(room)}/send/m.room.message", content)

    async def put_state(self, room: RoomId, type: str, content: Mapping[str, Any]) -> Answer:
        """Write a state event."""
        return await self.call("PUT", f"/v3/rooms/{quote(room)}/state/{type}/", content)

    async def state(self, room: RoomId) -> list[dict[str, Any]]:
        """All state events of a room."""
        answer = await self.call("GET", f"/v3/rooms/{quote(room)}/state")
        assert answer.ok, answer
        return list(answer.body)


@asynccontextmanager
async def client(address: str, token: str = "", user: str = "") -> AsyncIterator[Client]:
    """A client that is closed in the end."""
    async with aiohttp.ClientSession() as session:
        yield Client(session, address, token, UserId(user))
