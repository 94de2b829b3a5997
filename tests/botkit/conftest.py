"""A class with its teacher, and the example bot in their chat."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from support.example_bot import bot

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.roles import Role


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def room(talk: Talk) -> TalkRoom:
    room = talk.room()
    for name in ("Петров Иван Сергеевич", "Петров Илья Олегович", "Петрова Мария Ивановна", "Ёлкина Зоя"):
        room.enter(f"{name}, ученик")
    return room


@pytest.fixture
def teacher(room: TalkRoom) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


@pytest.fixture
def student(room: TalkRoom) -> TalkPerson:
    return room.enter("Белов Олег Игоревич, ученик")
