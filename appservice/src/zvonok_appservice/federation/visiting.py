"""What this school does in the rooms of others: tell them whom it names, and put those in.

A host's control room says which room it has made for which topic. Whom this school names for it
is told there, is invited by the host, and is put in from here; whoever is named no longer, or
whose host is no peer any more, is taken out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from zvonok_appservice.federation.patience import NotYetError, Patience
from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.abroad import Topic, named, telling
from zvonok_appservice.reconcile.model import DELEGATES_STATE_TYPE, TALK_STATE_TYPE
from zvonok_appservice.reconcile.troubles import Troubles
from zvonok_core.access import appservice_of, server_of
from zvonok_core.clock import Clock
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId, UserId

EVERY = 30.0
"""Seconds after which all is compared again, news or not: who has made a room tells it only
there, so that this is how long somebody waits for it."""


@dataclass(frozen=True, slots=True)
class _Control:
    """A host's control room: what we say there, and its rooms by topic."""

    room: RoomId
    said: Mapping[str, Any] | None
    rooms: Mapping[Topic, RoomId]


class Visiting:
    """Compares where this school's people are with where they ought to be."""

    def __init__(self, board: Board, homeserver: Homeserver, clock: Clock) -> None:
        self._board = board
        self._homeserver = homeserver
        self._patience = Patience("going into the rooms of another school", clock)
        self._entering = Patience("going into a control room", clock)
        self._asked: set[RoomId] = set()

    def asked(self, room: RoomId) -> None:
        """A peer's appservice has invited ours. Without it a control room is found, too, only
        later."""
        self._asked.add(room)

    async def run(self) -> None:
        """Until cancelled."""
        visiting = Troubles("going into the rooms of other schools")
        while True:
            revision = self._board.revision
            await visiting.endure(self.visit())
            await self._board.newer_than(revision, self._patience.until_next(EVERY))

    async def visit(self) -> None:
        """Put right what is not so, school by school."""
        picture = self._board.picture
        if picture is None or not picture.given.abroad.in_force:
            return
        asked, self._asked = self._asked, set()
        sender = self._homeserver.sender
        await self._entering.each(
            {room: partial(self._homeserver.join_elsewhere, room, sender) for room in asked}
        )
        peers = picture.given.abroad.peers
        rooms: dict[str, list[RoomId]] = defaultdict(list)
        for each in await self._homeserver.rooms_elsewhere():
            server = server_of(each.creator)
            if each.creator == appservice_of(server):  # others are chats of people's own
                rooms[server].append(each.room)
        work: dict[str, Callable[[], Awaitable[None]]] = {
            server: partial(self._peer, picture, server, here)
            if server in peers
            else partial(self._leave, here)
            for server, here in rooms.items()
        }
        for server in peers.keys() - rooms.keys():
            work[server] = partial(self._peer, picture, server, ())
        await self._patience.each(work)

    async def _leave(self, rooms: Iterable[RoomId]) -> None:
        for room in rooms:
            await self._take_out(room, await self._homeserver.local_members(room))

    async def _peer(self, picture: Picture, server: str, rooms: Iterable[RoomId]) -> None:
        sender = self._homeserver.sender
        members = {room: await self._homeserver.local_members(room) for room in rooms}
        due = _named(picture, server)
        anybody = {sender}.union(*due.values())
        for room in members:  # before anything that waits for the host
            await self._take_out(room, members[room] - anybody)
        controls = [room for room in members if sender in members[room]] or [await self._enter(server)]
        found = [await self._control(room, server) for room in controls]
        for control in found:
            content = telling(_by_person(due))
            if control.said != content:
                await self._homeserver.set_state(control.room, DELEGATES_STATE_TYPE, sender, content)
        wanted: dict[RoomId, frozenset[UserId]] = dict.fromkeys(members, frozenset())
        no_hosts_word = {*controls, *(room.room for room in picture.actual.rooms.values())}
        for control in found:
            for topic, room in control.rooms.items():
                if topic in due and room not in no_hosts_word:
                    wanted[room] = wanted.get(room, frozenset()) | due[topic]
        present = {room: members.get(room, set()) & anybody for room in wanted}
        for room, people in wanted.items():
            await self._take_out(room, present[room] - people - {sender})
        await self._put_in(
            (room, user) for room, people in sorted(wanted.items()) for user in sorted(people - present[room])
        )

    async def _enter(self, server: str) -> RoomId:
        room = await self._homeserver.control_of(server)
        if room is None:
            raise NotYetError
        await self._homeserver.join_elsewhere(room, self._homeserver.sender)
        return room

    async def _control(self, room: RoomId, server: str) -> _Control:
        said: Mapping[str, Any] | None = None
        rooms: dict[Topic, RoomId] = {}
        for event in await self._homeserver.state_elsewhere(room):
            if event["type"] == DELEGATES_STATE_TYPE and event["state_key"] == self._homeserver.sender:
                said = event["content"]
            elif event["type"] == TALK_STATE_TYPE and event["sender"] == appservice_of(server):
                topic, made = Topic.parse(event["state_key"]), event["content"].get("room")
                if topic is not None and isinstance(made, str):
                    rooms[topic] = RoomId(made)
        return _Control(room, said, rooms)

    async def _put_in(self, due: Iterable[tuple[RoomId, UserId]]) -> None:
        """One who can't be put in keeps nobody else out."""
        refused: Exception | None = None
        for room, user in due:
            try:
                await self._homeserver.join_elsewhere(room, user)
            except PermanentError as error:
                if error.code not in ("M_FORBIDDEN", "M_UNKNOWN"):
                    refused = error
                elif refused is None:  # the host has not invited them yet
                    refused = NotYetError()
        if refused is not None:
            raise refused

    async def _take_out(self, room: RoomId, people: Iterable[UserId]) -> None:
        for user in sorted(people):
            with suppress(PermanentError):  # a locked account can't act: the host puts it out
                await self._homeserver.leave_elsewhere(room, user)


def _named(picture: Picture, server: str) -> dict[Topic, frozenset[UserId]]:
    """Whom this school names to a peer, by topic: those with an account that may be used."""
    abroad, accounts = picture.given.abroad, picture.given.accounts
    found: dict[Topic, frozenset[UserId]] = {}
    for topic in abroad.told(server):
        people = {seat.person for seat in named(picture.today, abroad.delegations[topic])}
        users = {accounts[person].user for person in people if person in accounts}
        found[topic] = frozenset(
            user
            for user in users
            if user in picture.desired.accounts and not picture.desired.accounts[user].locked
        )
    return found


def _by_person(due: Mapping[Topic, Iterable[UserId]]) -> Mapping[UserId, list[Topic]]:
    found: dict[UserId, list[Topic]] = defaultdict(list)
    for topic, users in due.items():
        for user in users:
            found[user].append(topic)
    return found
