"""A class with a teacher, and the bot in its room."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from zvonok_botkit.chat import Event
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.ids import EventId
from zvonok_core.roles import Role
from zvonok_file_collector.bot import bot

PDF = b"%PDF-1.7\n" + b"1" * 2000
JPG = b"\xff\xd8\xff\xe0" + b"2" * 3000
OGG = b"OggS" + b"3" * 900
MORE = (
    "Есть ещё файлы? Присылайте следом. Чтобы забрать работу, напишите «забрать» или удалите своё сообщение."
)
PHOTO: Mapping[str, Any] = {"mimetype": "image/jpeg", "kind": "image"}


@dataclass
class Class:
    """The people of a class, and what the bot has sent."""

    talk: Talk
    room: TalkRoom
    teacher: TalkPerson
    students: tuple[TalkPerson, ...]

    @property
    def call(self) -> EventId:
        """The newest message that asks for something."""
        return next(event.id for event in reversed(self.sent()) if str(event.content["body"])[0] in "📥📌")

    def sent(self) -> list[Event]:
        """What the bot has written into the room."""
        return self.to(self.room)

    def to(self, place: TalkRoom) -> list[Event]:
        """What the bot has written into a room, or a direct chat."""
        return [
            event for event in self.talk.said if event.type == "m.room.message" and event.room == place.id
        ]

    async def wait(self, **time: float) -> list[str]:
        """Let time pass; returns what is said meanwhile, with who is told it alone."""
        before = len(self.talk.said)
        self.talk.clock.advance(**time)
        await self.talk.settle()
        return [_line(event) for event in self.talk.said[before:] if event.type == "m.room.message"]

    def leaves(self, person: TalkPerson) -> None:
        """Somebody belongs into the room no more."""
        views, room = self.talk.directory.views, self.room.id
        members = tuple(member for member in views[room].members if member.user != person.user)
        views[room] = replace(views[room], members=members)
        del self.talk.chat.members[room][person.user]
        self.talk.program.rooms.forget(room)

    def is_not_here(self, person: TalkPerson) -> None:
        """Somebody belongs into the room, and has not come into it."""
        views, room = self.talk.directory.views, self.room.id
        members = tuple(
            replace(member, joined=member.joined and member.user != person.user)
            for member in views[room].members
        )
        views[room] = replace(views[room], members=members)
        self.talk.program.rooms.forget(room)

    def is_here(self, person: TalkPerson) -> None:
        """Whoever belongs into the room has come into it."""
        views, room = self.talk.directory.views, self.room.id
        members = tuple(
            replace(member, joined=True) if member.user == person.user else member
            for member in views[room].members
        )
        views[room] = replace(views[room], members=members)
        self.talk.program.rooms.forget(room)

    async def comes(self, name: str) -> None:
        """Somebody comes into the room, as clients tell of it."""
        known = any(member.name == name for member in self.talk.directory.views[self.room.id].members)
        user = (
            next(u for u, n in self.talk.chat.members[self.room.id].items() if n == name) if known else None
        )
        user = user or self.room.enter(name).user
        self.talk.chat.add(self.room.id, user, "m.room.member", {"membership": "join"}, state_key=user)
        await self.talk.settle()

    async def alone(self, person: TalkPerson) -> TalkPerson:
        """Somebody in their direct chat with the bot."""
        return await person.writes_directly()

    async def table(self, number: int = 1) -> str:
        """The table of a collection as the teacher sees it, in words."""
        (said,) = await (await self.alone(self.teacher)).says(f"!сдали {number}")
        return said

    async def hands_in(self, person: TalkPerson, name: str = "эссе.pdf", data: bytes = PDF) -> list[str]:
        """A file to the bot alone."""
        return await (await self.alone(person)).sends_file(name, data)


def _line(event: Event) -> str:
    to = f"{event.room.removeprefix('!direct-')}: " if event.room.startswith("!direct-") else ""
    return f"{to}{event.content['body']}"


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def class_(talk: Talk) -> Class:
    return class_in(talk)


def class_in(talk: Talk) -> Class:
    """A class in a conversation."""
    room = talk.room("7А. Литература", "subject", class_="7a")
    names = ("Петров Иван Сергеевич", "Белова Анна Олеговна", "Ёлкина Зоя Петровна")
    students = tuple(room.enter(f"{name}, ученик") for name in names)
    return Class(talk, room, room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER), students)
