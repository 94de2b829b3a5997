"""One task of the collection as a quiz for the room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from support.bringing import bring
from support.variants import CHOICE, FOUR

from zvonok_botkit.testing import Talk, TalkPerson, conversation
from zvonok_core.roles import Role
from zvonok_exam_prep.bot import bot
from zvonok_exam_prep.items import ItemId, OneChoice, Option
from zvonok_polls.bot import bot as polls

POLL = "org.matrix.msc3381.poll.start"


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, polls, database_url=database_url) as opened:
        yield opened


async def test_the_room_votes_and_each_is_told_alone(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await bring(talk, *FOUR)
    (beside,) = await anna.says("!разминка физика")
    assert beside.startswith("📊 Какая единица у силы?\n1. метр\n2. секунда\n3. ньютон\n")
    poll = next(event for event in talk.said if event.type == POLL)
    assert poll.room == anna.room.id
    student = TalkPerson(anna.room, ivan.person)
    answer = poll.content[POLL]["answers"][2]["id"]
    said = "\n".join(await student.votes(poll.id, answer))
    assert "Верно" in said and "Сила — в ньютонах." in said
    assert [event.room for event in talk.said][-1] == ivan.room.id


async def test_another_one_comes_each_time_and_then_the_oldest_again(talk: Talk, anna: TalkPerson) -> None:
    tasks = [replace(CHOICE, id=ItemId(f"c{n}"), question=f"Вопрос {n}?") for n in range(3)]
    await bring(talk, *tasks)
    asked = []
    for _ in range(6):
        talk.clock.advance(minutes=1)
        asked.append((await anna.says("!разминка физика"))[0].partition("\n")[0])
    assert len(set(asked[:3])) == 3
    assert asked[3:] == asked[:3]


async def test_it_asks_what_about(talk: Talk) -> None:
    await bring(talk, *FOUR)
    boris = talk.room("9А. Физика и жизнь", kind="class").enter("Громов Борис Львович, учитель", Role.TEACHER)
    (question,) = await boris.says("!разминка")
    assert question.startswith("По какому предмету?\n1. Английский язык\n")
    assert (await boris.says("физика"))[0].startswith("📊 Какая единица у силы?")


async def test_in_a_subject_s_room_it_knows(talk: Talk) -> None:
    await bring(talk, *FOUR)
    boris = talk.room("9А. Физика", kind="subject").enter("Громов Борис Львович, учитель", Role.TEACHER)
    assert (await boris.says("!разминка"))[0].startswith("📊 Какая единица у силы?")


async def test_where_there_is_no_choice_of_answers_it_says_so(talk: Talk, anna: TalkPerson) -> None:
    long = replace(CHOICE, id=ItemId("long"), asks=OneChoice((Option("а" * 300), Option("б")), 0))
    await bring(talk, FOUR[0], long)
    assert await anna.says("!разминка физика") == ["Заданий с выбором ответа здесь нет: Физика."]


async def test_what_is_asked_in_an_open_variant_is_not_asked(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, *FOUR)
    await anna.says("!вариант физика 4 задания до пятницы")
    assert await anna.says("!разминка физика") == ["Заданий с выбором ответа здесь нет: Физика."]


async def test_formulas_have_their_picture(talk: Talk, anna: TalkPerson) -> None:
    await bring(talk, replace(CHOICE, question=r"Чему равно $\frac{1}{2}$?"))
    said = await anna.says("!разминка физика")
    assert said[0].startswith("📊 Чему равно ½?") and said[1] == "То же самое с формулами"


async def test_without_the_bot_for_polls_it_says_so(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        await bring(talk, *FOUR)
        anna = talk.room().enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
        assert await anna.says("!разминка физика") == ["Бот, который это умеет, здесь не запущен."]
