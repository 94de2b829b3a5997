"""A class with a teacher, and the bot in its room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from zvonok_botkit.chat import Event
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.ids import EventId
from zvonok_core.roles import Role
from zvonok_file_collector.bot import bot

PDF = b"%PDF-1.7\n" + b"1" * 2000
JPG = b"\xff\xd8\xff\xe0" + b"2" * 3000
OGG = b"OggS" + b"3" * 900


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
    room = talk.room("7А. Литература", "subject", class_="7a")
    names = ("Петров Иван Сергеевич", "Белова Анна Олеговна", "Ёлкина Зоя Петровна")
    students = tuple(room.enter(f"{name}, ученик") for name in names)
    return Class(talk, room, room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER), students)
