"""The kit as people meet it: what they say, and what a bot answers."""

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


async def test_a_whole_command_is_done_at_once(teacher: TalkPerson) -> None:
    assert await teacher.says("!похвалить Елкина помощь в саду") == ["Ёлкина Зоя: помощь, 1"]
    assert await teacher.says("!praise Маша Петрова хорошая идея") == [
        "Петрова Мария Ивановна: хорошая идея, 1"
    ]
    assert await teacher.says("!похвалить Петрову хорошая идея") != []


async def test_a_half_command_is_asked_about_and_an_answer_completes_it(teacher: TalkPerson) -> None:
    assert await teacher.says("!похвалить") == ["Whom?"]
    (question,) = await teacher.says("Петров")
    assert "1. Петров Иван Сергеевич" in question and "2. Петров Илья Олегович" in question
    (question,) = await teacher.says("2")
    assert "1. помощь" in question
    assert await teacher.says("1") == ["Петров Илья Олегович: помощь, 1"]
