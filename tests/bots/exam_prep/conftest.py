"""A class with students and a teacher, the bot, and a few tasks that the school has."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.roles import Role
from zvonok_exam_prep.bot import bot


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def room(talk: Talk) -> TalkRoom:
    return talk.room("7А. Класс")


@pytest.fixture
def anna(room: TalkRoom) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


@pytest.fixture
async def ivan(room: TalkRoom) -> TalkPerson:
    """A student, in the direct chat."""
    return await room.enter("Петров Иван Сергеевич, ученик").writes_directly()
