"""A class with two students and its teachers, and a bot that gives awards."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from zvonok_awards.bot import bot
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.roles import Role


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def room(talk: Talk) -> TalkRoom:
    return talk.room("7А")


@pytest.fixture
def ivan(room: TalkRoom) -> TalkPerson:
    return room.enter("Петров Иван Сергеевич, ученик")


@pytest.fixture
def masha(room: TalkRoom) -> TalkPerson:
    return room.enter("Петрова Мария Ивановна, ученица")


@pytest.fixture
def anna(room: TalkRoom, ivan: TalkPerson, masha: TalkPerson) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


@pytest.fixture
def oleg(room: TalkRoom) -> TalkPerson:
    return room.enter("Белов Олег Игоревич, учитель", Role.TEACHER)
