"""A class with a teacher, and a round that has begun in its room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from support.recordings import silence

from zvonok_botkit.chat import Event
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.ids import EventId
from zvonok_core.roles import Role
from zvonok_creative_homework.bot import bot

TOPICS = "!творческое задание Чудеса до пятницы 18:00, по одному\nРадуга\nМолния\nЭхо"
NAMES = ("Белова Анна Олеговна", "Ёлкина Зоя Петровна", "Петров Иван Сергеевич")


@dataclass
class Class:
    """The people of a class, and what the bot has sent to them."""

    talk: Talk
    room: TalkRoom
    teacher: TalkPerson
    anna: TalkPerson
    zoya: TalkPerson
    ivan: TalkPerson

    @property
    def list(self) -> EventId:
        """The newest list of topics, which begins a discussion."""
        return next(e.id for e in reversed(self.sent()) if str(e.content["body"]).startswith("🎙"))

    def sent(self, to: TalkPerson | None = None) -> list[Event]:
        """The messages that the bot has sent into the room, or to somebody alone; no edits."""
        place = f"!direct-{to.user}" if to else self.room.id
        messages = (event for event in self.talk.said if event.type == "m.room.message")
        return [e for e in messages if e.room == place and "m.new_content" not in e.content]

    def words(self, to: TalkPerson | None = None) -> list[str]:
        """What these messages say."""
        return [str(event.content["body"]) for event in self.sent(to)]

    def shown(self) -> str:
        """The list of topics as it stands now."""
        edits = [e.content["m.new_content"]["body"] for e in self.talk.said if "m.new_content" in e.content]
        lists = [words for words in self.words() if words.startswith("🎙")]
        return str(edits[-1] if edits else lists[-1])

    def topics(self) -> list[str]:
        """Its topics: «1. Радуга — свободна»."""
        return [line for line in self.shown().splitlines() if line[:1].isdigit()]

    def marked(self, person: TalkPerson) -> bool:
        """Whether the bot has put its sign beside what somebody has sent last."""
        return any(
            event.content["m.relates_to"].get("event_id") == person.last
            for event in self.talk.said
            if event.type == "m.reaction"
        )

    async def records(self, person: TalkPerson, seconds: float = 42, **content: Any) -> list[str]:
        """A voice message in the discussion."""
        content = content or {**person.in_thread(self.list)}
        return await person.sends_file(
            "voice.wav", silence(seconds), "audio/x-wav", "audio", voice=True, **content
        )

    async def records_alone(self, person: TalkPerson, seconds: float = 42) -> list[str]:
        """A voice message in the direct chat."""
        alone = await person.writes_directly()
        return await alone.sends_file("voice.wav", silence(seconds), "audio/x-wav", "audio", voice=True)

    async def edits(self, person: TalkPerson, event: str, words: str) -> list[str]:
        """Somebody changes what they have written."""
        new = {"msgtype": "m.text", "body": words}
        relates = {"rel_type": "m.replace", "event_id": event}
        return await person.says(f"* {words}", **{"m.new_content": new, "m.relates_to": relates})

    async def wait(self, **time: float) -> list[Event]:
        """Let time pass."""
        self.talk.clock.advance(**time)
        return await self.talk.settle()


def class_in(talk: Talk) -> Class:
    room = talk.room()
    anna, zoya, ivan = [room.enter(f"{name}, ученик") for name in NAMES]
    return Class(talk, room, room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER), anna, zoya, ivan)


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def nobody_yet(talk: Talk) -> Class:
    """Before the teacher has set anything."""
    return class_in(talk)


@pytest.fixture
async def class_(nobody_yet: Class) -> Class:
    """Three topics, each for one, until Friday."""
    await nobody_yet.teacher.says(TOPICS)
    return nobody_yet
