"""The program ends in the middle of everything, and goes on where it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from support.bringing import bring
from support.variants import FOUR, last_words

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.roles import Role
from zvonok_exam_prep.bot import bot


@asynccontextmanager
async def again(talk: Talk, database_url: str) -> AsyncIterator[Talk]:
    """Another program on the same database, in the same rooms."""
    async with conversation(bot, database_url=database_url, chat=talk.chat, clock=talk.clock) as opened:
        opened.directory.people.update(talk.directory.people)
        opened.directory.views.update(talk.directory.views)
        yield opened


def at(talk: Talk, person: TalkPerson) -> TalkPerson:
    """The same person, who talks with the other program."""
    return TalkPerson(TalkRoom(talk, person.room.id), person.person)


@pytest.fixture
async def begun(database_url: str) -> tuple[Talk, TalkPerson, TalkPerson]:
    """A timed variant that a student has begun."""
    async with conversation(bot, database_url=database_url) as talk:
        await bring(talk, *FOUR)
        room = talk.room("9А. Физика", kind="subject")
        anna = room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
        ivan = await room.enter("Петров Иван Сергеевич, ученик").writes_directly()
        await anna.says("!вариант огэ 4 задания до 13:00 40 минут вперемешку")
        await ivan.says("начать")
        return talk, anna, ivan


async def test_a_student_goes_on_at_the_same_task_of_the_same_sheet(
    begun: tuple[Talk, TalkPerson, TalkPerson], database_url: str
) -> None:
    before, _, ivan = begun
    asked = last_words(before, ivan.user).partition("Задание 1 из 4")[2]
    async with again(before, database_url) as talk:
        await at(talk, ivan).says("задание 1")
        assert last_words(talk, ivan.user).partition("Задание 1 из 4")[2] == asked
        talk.clock.advance(minutes=35)
        await talk.settle()
        assert last_words(talk, ivan.user).startswith("Осталось 5 минут.")
    async with again(before, database_url) as talk:
        talk.clock.advance(minutes=5)
        await talk.settle()
        assert last_words(talk, ivan.user).startswith("Время вышло.")


async def test_what_was_due_meanwhile_is_done_once(
    begun: tuple[Talk, TalkPerson, TalkPerson], database_url: str
) -> None:
    before, anna, ivan = begun
    before.clock.advance(hours=5)
    for _ in range(3):
        async with again(before, database_url) as talk:
            await talk.settle()
            talk.clock.advance(minutes=2)
            await talk.settle()
    told = [event.content["body"] for event in before.said if event.room == ivan.room.id]
    assert sum(words.startswith("Время вышло.") for words in told) == 1
    assert sum(words.startswith("Физика, ОГЭ: 0 баллов из 6.") for words in told) == 1
    assert not any(words.startswith("Осталось") for words in told), "that is of no use any more"
    alone = [event.content["body"] for event in before.said if event.room == f"!direct-{anna.user}"]
    assert sum(words.startswith("Физика, ОГЭ: итоги") for words in alone) == 1


async def test_ended_while_everybody_is_told_each_is_told_once(
    begun: tuple[Talk, TalkPerson, TalkPerson], database_url: str
) -> None:
    before, anna, ivan = begun
    room = before.directory.views[anna.room.id]
    async with again(before, database_url) as talk:
        vera = await TalkRoom(talk, room.room).enter("Ёлкина Вера Олеговна, ученица").writes_directly()
        await vera.says("начать")
        talk.clock.advance(hours=1, minutes=1)
        await talk.hear()
        await talk.program.timetable.move_due(talk.chat.user)
        await talk.program.handle_all("exam-prep")
        await talk.program.timetable.move_due(talk.chat.user)  # the work is waiting now
        told = await talk.program.database.execute(
            "UPDATE exam_prep_attempts SET told = TRUE WHERE user_id = $1", ivan.user
        )
        assert told is not None
        before.directory.views.update(talk.directory.views)
        before.directory.people.update(talk.directory.people)
    async with again(before, database_url) as talk:
        await talk.settle()
        assert not last_words(talk, ivan.user).startswith("Физика, ОГЭ: 0 баллов"), "he was told before"
        assert last_words(talk, vera.user).startswith("Физика, ОГЭ: 0 баллов")
