"""A homeserver in memory, for tests that are about something else."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zvonok_appservice.complaints.model import Chat, Matter, Report, Reported, Said
from zvonok_appservice.federation.model import RoomElsewhere
from zvonok_appservice.reconcile.model import ActualAccount, ActualRoom, CreateRoom
from zvonok_core.access import server_of
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import EventId, RoomId, UserId


@dataclass
class Message:
    """Something said."""

    room: RoomId
    body: str
    reply_to: EventId | None = None


@dataclass
class Elsewhere:
    """A room of another server: who made it, who is in it, who is invited, and what is set."""

    creator: UserId
    members: set[UserId] = field(default_factory=set)
    invited: set[UserId] = field(default_factory=set)
    state: list[dict[str, Any]] = field(default_factory=list)

    def set(self, type: str, state_key: str, content: Any, sender: UserId | None = None) -> None:
        """Write a state event, as its creator unless `sender` is another."""
        self.state = [e for e in self.state if (e["type"], e["state_key"]) != (type, state_key)]
        event = {"type": type, "state_key": state_key, "content": content}
        self.state.append({**event, "sender": sender or self.creator})

    def said(self, type: str, state_key: str) -> Any:
        """The content of a state event; None where there is none."""
        found = [e["content"] for e in self.state if (e["type"], e["state_key"]) == (type, state_key)]
        return found[0] if found else None


class FakeHomeserver:
    """Accounts, direct messages and rooms of other servers as the real one keeps them. `away`
    makes every request fail; while `open` is not set, requests that change accounts wait.
    Whatever needs one of `servers_away` fails, and whatever is done to one of `refused`."""

    def __init__(self, server_name: str) -> None:
        self._server_name = server_name
        self.known: dict[UserId, ActualAccount] = {}
        self.passwords: dict[UserId, str] = {}
        self.password_writes: Counter[UserId] = Counter()
        self.messages: dict[str, Message] = {}
        self.refusal: PermanentError | None = None
        self.away = False
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = 0
        self.filed: list[Report] = []
        self.kept: dict[int, Reported] = {}
        self.chats: dict[RoomId, Chat] = {}
        self.replies: dict[RoomId, list[Said]] = {}
        self.unsayable: set[RoomId] = set()
        self.elsewhere: dict[RoomId, Elsewhere] = {}
        self.controls: dict[str, RoomId] = {}
        self.servers_away: dict[str, Exception] = {}
        self.refused: dict[UserId, PermanentError] = {}
        self.invitations: list[tuple[RoomId, UserId]] = []
        self.done: list[tuple[str, RoomId, UserId]] = []
        """Who was put in and taken out of rooms elsewhere, in order."""

    @property
    def sender(self) -> UserId:
        return self.user_id("zvonok")

    def user_id(self, localpart: str) -> UserId:
        return UserId(f"@{localpart}:{self._server_name}")

    async def _pass(self, *, changing: bool = False) -> None:
        if changing:
            self.waiting += 1
            await self.open.wait()
            self.waiting -= 1
        if self.away:
            raise TemporaryError("connection refused")
        if changing and self.refusal:
            raise self.refusal

    async def accounts(self) -> dict[UserId, ActualAccount]:
        await self._pass()
        return dict(self.known)

    async def account(self, user: UserId) -> ActualAccount | None:
        await self._pass()
        return self.known.get(user)

    async def create_account(self, user: UserId, display_name: str, password: str) -> None:
        await self._pass(changing=True)
        self.known[user] = ActualAccount(user, display_name, False, False, False)
        self._write(user, password)

    async def set_password(self, user: UserId, password: str) -> None:
        await self._pass(changing=True)
        if user not in self.known:
            raise PermanentError("no such account", "M_NOT_FOUND")
        self._write(user, password)

    def _write(self, user: UserId, password: str) -> None:
        self.passwords[user] = password
        self.password_writes[user] += 1

    async def set_display_name(self, user: UserId, name: str) -> None:
        await self._pass(changing=True)
        self.known[user] = replace(self.known[user], display_name=name)

    async def lock(self, user: UserId) -> None:
        self.known[user] = replace(self.known[user], locked=True)

    async def unlock(self, user: UserId) -> None:
        self.known[user] = replace(self.known[user], locked=False)

    async def deactivate(self, user: UserId) -> None:
        self.known[user] = replace(self.known[user], deactivated=True)
        self.passwords.pop(user, None)

    async def verify_password(self, user: UserId, password: str) -> bool:
        await self._pass()
        return self.passwords.get(user) == password

    async def joined_rooms(self) -> list[RoomId]:
        raise NotImplementedError

    async def room(self, room: RoomId) -> ActualRoom | None:
        raise NotImplementedError

    async def create_room(self, step: CreateRoom, alias_localpart: str, parents: list[RoomId]) -> RoomId:
        raise NotImplementedError

    async def set_state(self, room: RoomId, type: str, state_key: str, content: Mapping[str, Any]) -> None:
        assert self.sender in self.elsewhere[room].members
        self.elsewhere[room].set(type, state_key, content, self.sender)

    async def add_member(self, room: RoomId, user: UserId) -> None:
        raise NotImplementedError

    async def remove_member(self, room: RoomId, user: UserId) -> None:
        raise NotImplementedError

    async def redact(self, room: RoomId, event: str) -> None:
        raise NotImplementedError

    async def direct_room(self, user: UserId) -> RoomId:
        await self._pass()
        return RoomId(f"!direct-{user}")

    async def send_text(
        self, room: RoomId, body: str, transaction: str, reply_to: EventId | None = None
    ) -> EventId:
        await self._pass()
        if room in self.unsayable:
            raise PermanentError("you are not in this room", "M_FORBIDDEN")
        self.messages.setdefault(transaction, Message(room, body, reply_to))
        return EventId(f"${transaction}")

    async def said_after(self, room: RoomId, event: EventId) -> list[Said]:
        await self._pass()
        said = self.replies.get(room, [])
        places = [place for place, one in enumerate(said) if one.event == event]
        return said[places[0] + 1 :] if places else said

    def _reach(self, server: str, user: UserId | None = None) -> None:
        if server in self.servers_away:
            raise self.servers_away[server]
        if user in self.refused:
            raise self.refused[user]

    async def rooms_elsewhere(self) -> list[RoomElsewhere]:
        await self._pass()
        return [RoomElsewhere(room, found.creator) for room, found in self.elsewhere.items() if found.members]

    async def local_members(self, room: RoomId) -> set[UserId]:
        return set(self.elsewhere[room].members)

    async def control_of(self, server: str) -> RoomId | None:
        self._reach(server)
        return self.controls.get(server)

    async def state_elsewhere(self, room: RoomId) -> list[Mapping[str, Any]]:
        assert self.sender in self.elsewhere[room].members
        return list(self.elsewhere[room].state)

    async def invite(self, room: RoomId, user: UserId) -> None:
        self._reach(server_of(user), user)
        self.invitations.append((room, user))

    async def join_elsewhere(self, room: RoomId, user: UserId) -> None:
        found = self.elsewhere.get(room)
        if found is None:
            raise PermanentError("no such room", "M_UNKNOWN")
        if user in found.members:
            return
        self._reach(server_of(found.creator), user)
        if user not in found.invited:
            raise PermanentError("you are not invited", "M_FORBIDDEN")
        found.invited.discard(user)
        found.members.add(user)
        self.done.append(("in", room, user))

    async def leave_elsewhere(self, room: RoomId, user: UserId) -> None:
        self._reach("", user)
        self.elsewhere[room].members.remove(user)
        self.done.append(("out", room, user))

    async def reports(self, matter: Matter, start: int) -> list[Report]:
        """Newest first, three at a time."""
        await self._pass()
        own = [report for report in reversed(self.filed) if report.matter is matter]
        return own[start : start + 3]

    async def reported(self, report: Report) -> Reported:
        await self._pass()
        return self.kept.get(report.id, Reported())

    async def chat(self, room: RoomId) -> Chat:
        await self._pass()
        return self.chats.get(room, Chat("", 2))
