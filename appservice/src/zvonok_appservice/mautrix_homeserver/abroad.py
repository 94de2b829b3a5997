"""What the appservice asks of its homeserver about other servers' rooms and people."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from zvonok_appservice.federation.model import RoomElsewhere
from zvonok_appservice.mautrix_homeserver.wire import ADMIN, CLIENT, Wire
from zvonok_appservice.reconcile.model import CONTROL_ALIAS
from zvonok_core.access import server_of
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId, UserId

PAGE = 500
"""Rooms asked for at once."""
PUPPET_SECONDS = 300
"""How long the appservice may act as somebody, for one join or departure."""


class AcrossServers:
    """Implements the verbs of `homeserver.Homeserver` that cross the border. `far` waits for
    nobody: whatever another server keeps from being done is tried again by whoever asked."""

    wire: Wire
    far: Wire
    _server: str
    _sender: UserId
    _creators: dict[RoomId, UserId]

    async def rooms_elsewhere(self) -> list[RoomElsewhere]:
        found: list[RoomElsewhere] = []
        start: int | None = 0
        while start is not None:
            page = await self.wire.get(ADMIN.v1.rooms, {"from": str(start), "limit": str(PAGE)})
            for entry in page["rooms"]:
                room, here = RoomId(entry["room_id"]), entry["joined_local_members"]
                # Synapse lists the creators of its own rooms alone.
                if here and not entry["creator"] and (creator := await self._creator(room)):
                    found.append(RoomElsewhere(room, creator))
            start = page.get("next_batch")
        return found

    async def _creator(self, room: RoomId) -> UserId | None:
        """Who made a room, which never changes; None for rooms before version 12, of which no
        appservice makes any. The room's own state is not read: another server may have filled it
        with anything, and its id is that of the event that made it."""
        if room not in self._creators:
            found = await self.wire.find(ADMIN.v1.fetch_event[f"${room[1:]}"])
            if found is None:
                return None
            self._creators[room] = UserId(found["event"]["sender"])
        return self._creators[room]

    async def local_members(self, room: RoomId) -> set[UserId]:
        members = (await self.wire.get(ADMIN.v1.rooms[room].members))["members"]
        return {UserId(user) for user in members if server_of(UserId(user)) == self._server}

    async def control_of(self, server: str) -> RoomId | None:
        answer = await self.far.find(CLIENT.v3.directory.room[f"#{CONTROL_ALIAS}:{server}"])
        return None if answer is None else RoomId(answer["room_id"])

    async def state_elsewhere(self, room: RoomId, type: str, key: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = await self.wire.find(
            CLIENT.v3.rooms[room].state[type][key], {"format": "event"}
        )
        return found

    async def invite(self, room: RoomId, user: UserId) -> None:
        try:
            await self.far.post(CLIENT.v3.rooms[room].invite, {"user_id": user})
        except PermanentError:
            member = await self.wire.find(CLIENT.v3.rooms[room].state["m.room.member"][user])
            if member is None or member.get("membership") not in ("join", "invite"):
                raise

    async def join_elsewhere(self, room: RoomId, user: UserId) -> None:
        async with self._as(user) as puppet:
            await puppet.post(CLIENT.v3.join[room], {})

    async def leave_elsewhere(self, room: RoomId, user: UserId) -> None:
        async with self._as(user) as puppet:
            await puppet.post(CLIENT.v3.rooms[room].leave, {})

    @asynccontextmanager
    async def _as(self, user: UserId) -> AsyncIterator[Wire]:
        """The connection on which the appservice acts as somebody of its own server."""
        if user == self._sender:
            yield self.far
            return
        until = int((time.time() + PUPPET_SECONDS) * 1000)
        answer = await self.wire.post(ADMIN.v1.users[user].login, {"valid_until_ms": until})
        puppet = self.far.as_other(answer["access_token"])
        try:
            yield puppet
        finally:
            with suppress(PermanentError):
                await puppet.post(CLIENT.v3.logout, {})
