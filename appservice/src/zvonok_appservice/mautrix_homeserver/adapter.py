"""The Homeserver over Synapse's client and admin APIs, as the appservice's sender.

The sender is a Synapse administrator and the creator of every managed room, so nothing
here needs anybody's consent. Synapse answers a repeated action with an error of its own
for each; every verb takes that for success after having looked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from zvonok_appservice.config import Config
from zvonok_appservice.mautrix_homeserver.abroad import AcrossServers
from zvonok_appservice.mautrix_homeserver.reports import Reports
from zvonok_appservice.mautrix_homeserver.room_state import actual_room
from zvonok_appservice.mautrix_homeserver.wire import ADMIN, CLIENT, PATIENCE, POLICY_MODULE, Wire
from zvonok_appservice.reconcile.contents import power_levels, server_acl
from zvonok_appservice.reconcile.model import (
    ROOM_STATE_TYPE,
    ROOM_VERSION,
    ActualAccount,
    ActualRoom,
    CreateRoom,
    RoomKey,
)
from zvonok_core.errors import PermanentError
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.roles import Level

PAGE = 1000
"""Accounts asked for at once."""
CHECKING_DEVICE = "ZVONOK_PASSWORD_CHECK"
"""One device for all checks of a password, so that they leave no heap of devices."""
WRONG_PASSWORD = {"M_FORBIDDEN", "M_USER_DEACTIVATED", "M_USER_LOCKED"}


@asynccontextmanager
async def connect(config: Config, patience: float = PATIENCE) -> AsyncIterator[MautrixHomeserver]:
    """The homeserver of `config`. `patience` is how many seconds a request is retried."""
    where, token = config.homeserver.address, config.appservice.as_token
    async with Wire.open(where, token, patience) as wire, Wire.open(where, token, 0) as far:
        yield MautrixHomeserver(wire, far, config)


class MautrixHomeserver(Reports, AcrossServers):
    """Implements `homeserver.Homeserver`."""

    def __init__(self, wire: Wire, far: Wire, config: Config) -> None:
        self.wire = wire
        self.far = far
        self._creators = {}
        self._server = config.homeserver.server_name
        self._alias_prefix = config.appservice.alias_prefix
        self._sender = self.user_id(config.appservice.sender_localpart)

    @property
    def sender(self) -> UserId:
        return self._sender

    @property
    def requests_written(self) -> int:
        """How many requests other than GET were made so far."""
        return self.wire.requests_written

    def user_id(self, localpart: str) -> UserId:
        return UserId(f"@{localpart}:{self._server}")

    # ------------------------------------------------------------ people's accounts

    async def accounts(self) -> dict[UserId, ActualAccount]:
        found: dict[UserId, ActualAccount] = {}
        following: str | None = "0"
        while following is not None:
            page = await self.wire.get(
                ADMIN.v2.users,
                {
                    "from": following,
                    "limit": str(PAGE),
                    "guests": "false",
                    "deactivated": "true",
                    "locked": "true",
                },
            )
            for entry in page["users"]:
                account = _account(entry)
                found[account.user] = account
            following = page.get("next_token")
        found.pop(self._sender, None)
        return found

    async def account(self, user: UserId) -> ActualAccount | None:
        if user == self._sender:
            return None
        entry = await self._found(ADMIN.v2.users[user])
        return None if entry is None or entry["is_guest"] else _account(entry)

    async def create_account(self, user: UserId, display_name: str, password: str) -> None:
        content: dict[str, Any] = {"displayname": display_name, "password": password}
        present = await self._found(ADMIN.v2.users[user])
        if present is not None and present["deactivated"]:
            # Synapse keeps the lock of an account that was closed while it was locked.
            content |= {"deactivated": False, "locked": False}
        await self.wire.put(ADMIN.v2.users[user], content)

    async def set_password(self, user: UserId, password: str) -> None:
        content = {"new_password": password, "logout_devices": True}
        await self.wire.post(ADMIN.v1.reset_password[user], content)

    async def set_display_name(self, user: UserId, name: str) -> None:
        await self._change(user, {"displayname": name})

    async def lock(self, user: UserId) -> None:
        await self._change(user, {"locked": True})
        listed = await self.wire.get(ADMIN.v2.users[user].devices)
        devices = [device["device_id"] for device in listed["devices"]]
        if devices:
            await self.wire.post(ADMIN.v2.users[user].delete_devices, {"devices": devices})

    async def unlock(self, user: UserId) -> None:
        await self._change(user, {"locked": False})

    async def deactivate(self, user: UserId) -> None:
        await self.wire.post(ADMIN.v1.deactivate[user], {"erase": False})

    async def verify_password(self, user: UserId, password: str) -> bool:
        stranger = self.wire.as_other("")
        login = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
            "device_id": CHECKING_DEVICE,
        }
        try:
            answer = await stranger.post(CLIENT.v3.login, login)
        except PermanentError as error:
            if error.code in WRONG_PASSWORD:
                return False
            raise
        with suppress(PermanentError):  # a second check at the same moment has ended this one
            await self.wire.as_other(answer["access_token"]).post(CLIENT.v3.logout, {})
        return True

    async def _change(self, user: UserId, content: Mapping[str, Any]) -> None:
        # Writing to a name that nobody has would make an account of it.
        await self.wire.get(ADMIN.v2.users[user])
        await self.wire.put(ADMIN.v2.users[user], content)

    # ------------------------------------------------------------ rooms

    async def joined_rooms(self) -> list[RoomId]:
        answer = await self.wire.get(CLIENT.v3.joined_rooms)
        return [RoomId(room) for room in answer["joined_rooms"]]

    async def room(self, room: RoomId) -> ActualRoom | None:
        if await self._creator(room) != self._sender:
            return None
        events = await self._state_of(room)
        return None if events is None else actual_room(room, events, self._sender)

    async def room_of(self, key: RoomKey) -> RoomId | None:
        return await self._room_by_alias(key.alias_localpart(self._alias_prefix))

    async def _room_by_alias(self, alias_localpart: str) -> RoomId | None:
        answer = await self._found(CLIENT.v3.directory.room[self._alias(alias_localpart)])
        return None if answer is None else RoomId(answer["room_id"])

    async def create_room(self, step: CreateRoom, alias_localpart: str, parents: list[RoomId]) -> RoomId:
        desired = step.desired
        creation: dict[str, Any] = {"m.federate": False} if desired.servers is None else {}
        if desired.is_space:
            creation["type"] = "m.space"
        request = {
            "preset": "private_chat",
            "room_version": ROOM_VERSION,
            "name": desired.name,
            "topic": desired.topic,
            "creation_content": creation,
            "initial_state": [
                # Here, not as an override: an override is merged with Synapse's own map.
                _state("m.room.power_levels", step.power_levels),
                _state("m.room.join_rules", {"join_rule": "invite"}),
                _state("m.room.history_visibility", {"history_visibility": "shared"}),
                _state("m.room.guest_access", {"guest_access": "forbidden"}),
                _state(ROOM_STATE_TYPE, desired.key.content(desired.archived)),
                *(
                    []
                    if desired.servers is None
                    else [_state("m.room.server_acl", server_acl(desired.servers))]
                ),
                *(_state("m.space.parent", self._parent(), parent) for parent in parents),
            ],
        }
        return await self._create(alias_localpart, request)

    async def set_state(self, room: RoomId, type: str, state_key: str, content: Mapping[str, Any]) -> None:
        path = CLIENT.v3.rooms[room].state[type]
        await self.wire.put(path[state_key] if state_key else path, content)

    async def link_child(self, space: RoomId, child: RoomId) -> None:
        await self.set_state(space, "m.space.child", child, {"via": [self._server]})

    async def link_parent(self, space: RoomId, child: RoomId) -> None:
        await self.set_state(child, "m.space.parent", space, self._parent())

    def _parent(self) -> dict[str, Any]:
        return {"via": [self._server], "canonical": True}

    async def add_member(self, room: RoomId, user: UserId) -> None:
        try:
            await self.wire.post(ADMIN.v1.join[room], {"user_id": user})
        except PermanentError:
            if await self._membership(room, user) != "join":
                raise

    async def remove_member(self, room: RoomId, user: UserId) -> None:
        try:
            await self.wire.post(CLIENT.v3.rooms[room].kick, {"user_id": user})
        except PermanentError:
            if await self._membership(room, user) in ("join", "invite", "knock"):
                raise

    async def redact(self, room: RoomId, event: str) -> None:
        # The event's own id makes the request repeatable.
        await self.wire.put(CLIENT.v3.rooms[room].redact[event][f"redact-{event}"], {})

    async def _membership(self, room: RoomId, user: UserId) -> str | None:
        content = await self._found(CLIENT.v3.rooms[room].state["m.room.member"][user])
        return None if content is None else content.get("membership")

    async def _create(self, alias_localpart: str, request: Mapping[str, Any]) -> RoomId:
        """Create under an alias, or adopt what was created under it before."""
        request = {**request, "room_alias_name": alias_localpart}
        try:
            return await self._created(request)
        except PermanentError as error:
            if error.code != "M_ROOM_IN_USE":
                raise
        room = await self._room_by_alias(alias_localpart)
        if room is not None and await self._complete(room, request):
            return room
        # Synapse writes the alias first and the room's state last. Where it was stopped
        # between them the alias leads to a shell of a room that nobody was ever in.
        if room is not None:
            if await self._is_anothers(room):
                raise PermanentError(
                    f"{self._alias(alias_localpart)} is the address of a room that somebody else has made:"
                    " take the address away from it"
                )
            await self.wire.delete(CLIENT.v3.directory.room[self._alias(alias_localpart)])
        return await self._created(request)

    async def _created(self, request: Mapping[str, Any]) -> RoomId:
        return RoomId((await self.wire.post(CLIENT.v3.createRoom, request))["room_id"])

    async def _complete(self, room: RoomId, request: Mapping[str, Any]) -> bool:
        """Whether the room got its state: all of it is written at once, or none."""
        events = await self._state_of(room) or []
        there = {event["type"]: event["sender"] for event in events}
        ours = there.get("m.room.create") == self._sender
        return ours and all(event["type"] in there for event in request["initial_state"])

    async def _is_anothers(self, room: RoomId) -> bool:
        details = await self._found(ADMIN.v1.rooms[room])
        return details is not None and details["creator"] not in (None, self._sender)

    async def _state_of(self, room: RoomId) -> Any:
        """All state events; None where the sender may not see them."""
        return await self._found(CLIENT.v3.rooms[room].state, "M_FORBIDDEN")

    def _alias(self, localpart: str) -> str:
        return f"#{localpart}:{self._server}"

    # ------------------------------------------------------------ talk

    async def direct_room(self, user: UserId) -> RoomId:
        localpart = f"{self._alias_prefix}direct_{user[1:].partition(':')[0]}"
        room = await self._room_by_alias(localpart)
        if room is None or room not in await self.joined_rooms():
            request = {
                "preset": "private_chat",
                "room_version": ROOM_VERSION,
                "is_direct": True,
                "creation_content": {"m.federate": False},
                "initial_state": [
                    _state("m.room.guest_access", {"guest_access": "forbidden"}),
                    # Nobody brings in a third: lists of children are read out here.
                    _state("m.room.power_levels", power_levels(int(Level.MEMBER), {})),
                ],
            }
            room = await self._create(localpart, request)
        if await self._membership(room, user) != "join":
            await self.add_member(room, user)
        return room

    async def send_text(
        self, room: RoomId, body: str, transaction: str, reply_to: EventId | None = None
    ) -> EventId:
        content: dict[str, Any] = {"msgtype": "m.text", "body": body}
        if reply_to is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        path = CLIENT.v3.rooms[room].send["m.room.message"][transaction]
        return EventId((await self.wire.put(path, content))["event_id"])

    # ------------------------------------------------------------ the wire

    async def ping(self, appservice: str) -> None:
        """Ask Synapse to reach the appservice. It stops waiting between its attempts, so
        that hints which gathered meanwhile come at once."""
        await self.wire.post(CLIENT.v1.appservice[appservice].ping, {})

    async def has_policy_module(self) -> bool:
        """Whether Synapse has loaded the policy module."""
        return await self._found(POLICY_MODULE, "M_UNRECOGNIZED") is not None

    async def _found(self, path: Any, *also_absent: str) -> Any:
        """What a GET answers; None where it is not there."""
        return await self.wire.find(path, None, *also_absent)


def _state(type: str, content: Mapping[str, Any], state_key: str = "") -> dict[str, Any]:
    return {"type": type, "state_key": state_key, "content": content}


def _account(entry: Mapping[str, Any]) -> ActualAccount:
    return ActualAccount(
        user=UserId(entry["name"]),
        display_name=entry["displayname"] or "",
        locked=bool(entry["locked"]),
        deactivated=bool(entry["deactivated"]),
        admin=bool(entry["admin"]),
    )
