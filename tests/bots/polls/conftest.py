"""A class with a teacher, and the bot in its room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from zvonok_botkit.chat import Event
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.ids import EventId
from zvonok_core.roles import Role
from zvonok_polls import native
from zvonok_polls.bot import bot


@dataclass
class Class:
    """The people of a class, and what the bot has sent to it."""

    talk: Talk
    room: TalkRoom
    teacher: TalkPerson
    students: tuple[TalkPerson, ...]

    @property
    def poll(self) -> EventId:
        """The newest native poll."""
        return self.last(native.START).id

    @property
    def text(self) -> EventId:
        """The newest message with the numbers of a poll."""
        said = [e for e in self.sent("m.room.message") if str(e.content["body"])[0] in "📊📝"]
        return next(e.id for e in reversed(said) if e.content["msgtype"] == "m.text")

    def sent(self, type: str) -> list[Event]:
        """What the bot has sent into the room."""
        return [event for event in self.talk.said if event.type == type and event.room == self.room.id]

    def last(self, type: str) -> Event:
        return self.sent(type)[-1]

    async def wait(self, **time: float) -> list[Event]:
        """Let time pass."""
        self.talk.clock.advance(**time)
        return await self.talk.settle()

    async def results(self) -> str:
        """The results as they stand, in words."""
        (said,) = await self.teacher.says("!итоги")
        return said

    async def directly(self, person: TalkPerson) -> TalkPerson:
        return await person.writes_directly()


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def class_(talk: Talk) -> Class:
    room = talk.room()
    names = ("Петров Иван Сергеевич", "Белова Анна Олеговна", "Ёлкина Зоя Петровна")
    students = tuple(room.enter(f"{name}, ученик") for name in names)
    return Class(talk, room, room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER), students)


def words(events: list[Event]) -> list[Any]:
    return [event.content.get("body") for event in events]
