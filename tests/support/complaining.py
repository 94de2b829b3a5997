"""A school in which people complain: on a real Synapse, with a desk that the test runs."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from builders import SchoolBuilder

from support.kept import KeptSchool, kept_school
from support.linking import catalogs
from support.matrix import Answer, Client
from support.schools import HostedSchool
from zvonok_appservice.complaints.desk import Desk
from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.store.letters import Answer as Reply
from zvonok_appservice.store.letters import Letters
from zvonok_core.clock import Clock, SystemClock
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.roles import Position


def complaining() -> SchoolBuilder:
    """A class with its head, the deputy for upbringing, and the head of the school."""
    school = SchoolBuilder().klass("7А").klass("7Б")
    school.teacher("orlov", "Орлов Пётр Ильич").position("orlov", Position.HEAD)
    school.teacher("zueva", "Зуева Анна Олеговна").position("zueva", Position.DEPUTY_UPBRINGING)
    school.teacher("belova", "Белова Ольга Юрьевна").homeroom("belova", "7А")
    school.teacher("frolov", "Фролов Олег Ильич").homeroom("frolov", "7Б")
    school.student("petrov", "Петров Иван Сергеевич", "7А")
    school.student("ezhova", "Ёжова Мария Львовна", "7А")
    school.student("zhuk", "Жук Лев Ильич", "7А")
    return school.student("sidorov", "Сидоров Глеб Ильич", "7Б")


@dataclass
class ComplainingSchool:
    """The school, and the clients of whoever is in the story."""

    kept: KeptSchool
    clock: Clock
    people: dict[str, Client] = field(default_factory=dict)

    def desk(self, homeserver: Homeserver | None = None, clock: Clock | None = None) -> Desk:
        """A desk, as after a start of the program."""
        config = self.kept.hosted.config
        return Desk(
            board=self.kept.board,
            homeserver=homeserver or self.kept.homeserver,
            database=self.kept.database,
            ledger=self.kept.ledger,
            catalogs=catalogs(),
            clock=clock or self.clock,
            language="ru",
            zone=config.school.time_zone,
        )

    async def replies(self) -> list[Reply]:
        """What is on record of answers."""
        return await Letters(self.kept.database, self.clock).answers()

    async def room(self, name: str) -> RoomId:
        """A managed room by name."""
        return (await self.kept.room(name)).room

    async def say(self, person: str, room: RoomId, body: str) -> EventId:
        """Somebody writes a message."""
        return await self.send(person, room, {"msgtype": "m.text", "body": body})

    async def send(
        self, person: str, room: RoomId, content: Mapping[str, Any], type: str = "m.room.message"
    ) -> EventId:
        """Somebody sends an event."""
        path = f"/v3/rooms/{quote(room)}/send/{type}/{secrets.token_hex(8)}"
        answer = await self.people[person].call("PUT", path, content)
        assert answer.ok, answer
        return EventId(answer.body["event_id"])

    async def report(self, person: str, room: RoomId, event: EventId, reason: str = "") -> Answer:
        """Somebody presses "Report" at a message."""
        path = f"/v3/rooms/{quote(room)}/report/{quote(event)}"
        answer = await self.people[person].call("POST", path, {"reason": reason, "score": -100})
        assert answer.ok, answer
        return answer

    async def redact(self, person: str, room: RoomId, event: EventId) -> None:
        """Somebody deletes a message."""
        path = f"/v3/rooms/{quote(room)}/redact/{quote(event)}/{secrets.token_hex(8)}"
        assert (await self.people[person].call("PUT", path)).ok

    async def direct(self, one: str, other: str) -> RoomId:
        """A direct chat of two people."""
        invited = self.people[other].user
        request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [invited]}
        room = RoomId((await self.people[one].call("POST", "/v3/createRoom", request)).body["room_id"])
        assert (await self.people[other].call("POST", f"/v3/join/{room}")).ok
        return room

    async def chat(self, person: str) -> RoomId | None:
        """Somebody's direct chat with «Звонок», as they see it, if there is one."""
        client = self.people[person]
        for room in await client.rooms():
            answer = await client.call("GET", f"/v3/rooms/{quote(room)}/state/m.room.create/?format=event")
            name = await client.call("GET", f"/v3/rooms/{quote(room)}/state/m.room.name/")
            if answer.body["sender"] == self.kept.homeserver.sender and not name.ok:
                return room
        return None

    async def inbox(self, person: str) -> list[dict[str, Any]]:
        """The messages in it, oldest first."""
        room = await self.chat(person)
        if room is None:
            return []
        path = f"/v3/rooms/{quote(room)}/messages?dir=f&limit=100"
        events = (await self.people[person].call("GET", path)).body["chunk"]
        return [event for event in events if event["type"] == "m.room.message"]

    async def told(self, person: str) -> list[str]:
        """What «Звонок» has said to somebody."""
        sender = self.kept.homeserver.sender
        return [event["content"]["body"] for event in await self.inbox(person) if event["sender"] == sender]

    async def reply(self, person: str, event: EventId, body: str, **relation: Any) -> EventId:
        """Somebody replies to «Звонок»."""
        room = await self.chat(person)
        assert room is not None
        relation = relation or {"m.in_reply_to": {"event_id": event}}
        return await self.send(person, room, {"msgtype": "m.text", "body": body, "m.relates_to": relation})


@asynccontextmanager
async def complaining_school(
    hosted: HostedSchool, *linked: str, builder: SchoolBuilder | None = None, clock: Clock | None = None
) -> AsyncIterator[ComplainingSchool]:
    """The school with all rooms filled; `linked` have accounts, and are signed in."""
    clock = clock or SystemClock()
    snapshot = (builder or complaining()).snapshot()
    async with AsyncExitStack() as stack:
        kept = await stack.enter_async_context(kept_school(hosted, snapshot))
        assert await kept.reconciler.refresh()
        await kept.activate(*linked)
        await kept.keep()
        school = ComplainingSchool(kept, clock)
        for person in linked:
            client = hosted.client_of(await kept.user(person))
            school.people[person] = await stack.enter_async_context(client)
        yield school


def last_event(inbox: list[dict[str, Any]], sender: UserId) -> EventId:
    """The newest message of somebody's."""
    return EventId([event["event_id"] for event in inbox if event["sender"] == sender][-1])
