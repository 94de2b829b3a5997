"""A class with three students and their teacher, on a Tuesday at noon in Moscow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from zvonok_awards.bot import bot as awards
from zvonok_botkit.chat import Event
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation, words_of
from zvonok_core.ids import EventId
from zvonok_core.roles import Role
from zvonok_polls.bot import bot as polls
from zvonok_word_of_the_day.bot import bot

SET_UP = "!слово-дня по будням в 8:30, английский, средний уровень"
ROTA = "!слово-дня по будням в 8:30, английский, слова приносят ученики"


@dataclass
class Class:
    """The people of a class, and what the bot has sent to it."""

    talk: Talk
    room: TalkRoom
    anna: TalkPerson
    belova: TalkPerson
    petrov: TalkPerson
    elkina: TalkPerson
    zone: str = "Europe/Moscow"

    async def until(self, moment: str) -> list[str]:
        """Let time pass until a moment by the school's clock; what the bots have said since, in
        the class's room first: rooms are written to side by side."""
        local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(self.zone))
        self.talk.clock.advance(seconds=(local - self.talk.clock.now()).total_seconds())
        return words_of(sorted(await self.talk.settle(), key=lambda event: event.room != self.room.id))

    def sent(self, room: TalkRoom | None = None) -> list[Event]:
        """What the bots have said in the class's room, or in another."""
        place = (room or self.room).id
        return [e for e in self.talk.said if e.type == "m.room.message" and e.room == place]

    @property
    def card(self) -> EventId:
        """The newest card."""
        return next(e.id for e in reversed(self.sent()) if str(e.content["body"]).startswith("Слово дня: "))

    @property
    def signs(self) -> list[tuple[str, str]]:
        """The emoji that the bots have put in the class's room, and beside what."""
        found = [
            e.content["m.relates_to"]
            for e in self.talk.said
            if e.type == "m.reaction" and e.room == self.room.id
        ]
        return [(relates["key"], relates["event_id"]) for relates in found]

    async def answers(self, student: TalkPerson, words: str) -> EventId:
        """Somebody answers the newest word in its thread; nothing is said to that."""
        assert await student.says(words, **student.in_thread(self.card)) == []
        return student.last


def class_in(talk: Talk, name: str = "7А. Класс") -> Class:
    room = talk.room(name)
    belova, petrov, elkina = (
        room.enter(f"{name}, ученик")
        for name in ("Белова Анна Олеговна", "Ёлкина Зоя Петровна", "Петров Иван Сергеевич")
    )
    anna = room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
    return Class(talk, room, anna, belova, elkina, petrov)


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, awards, polls, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def class_(talk: Talk) -> Class:
    return class_in(talk)
