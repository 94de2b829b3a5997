"""Whatever is heard twice, or was said before the bot came, is not answered twice, or at all."""

from __future__ import annotations

import asyncio

from support.example_bot import bot

from zvonok_botkit.inbox import Entry
from zvonok_botkit.testing import NOON, FakeChat, conversation, words_of
from zvonok_core.clock import ManualClock
from zvonok_core.db import Connection, transaction
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Role

HANDS = {"msgtype": "m.text", "body": "!руки Кто?"}


async def test_news_that_come_twice_are_answered_once(database_url: str) -> None:
    """As they do where the homeserver's answer was lost, and where a gap and the news overlap."""
    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        program = talk.program
        token = await program.inbox.token()
        talk.chat.add(anna.room.id, anna.user, "m.room.message", HANDS)
        news = await talk.chat.news(token, program.inbox.types, 0)
        await program.receive(news, token)
        await program.receive(news, token)
        assert words_of(await talk.settle()) == ["Кто?"]
        await program.receive(news, token)
        assert words_of(await talk.settle()) == []


async def test_what_was_said_before_its_first_start_is_left_alone(database_url: str) -> None:
    chat = FakeChat(ManualClock(NOON))
    room, anna = RoomId("!old"), UserId("@anna:school.test")
    chat.members[room] = {chat.user: "Звонок", anna: "Анна"}
    chat.add(room, anna, "m.room.message", HANDS)
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        assert words_of(await talk.settle()) == []
        chat.add(room, anna, "m.room.message", HANDS)
        assert words_of(await talk.settle()) == ["Кто?"]


async def test_what_was_said_before_it_came_into_a_room_is_not_dug_up(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        talk.chat.limit = 1
        anna = talk.room().enter("Анна")
        for number in range(5):
            talk.chat.add(anna.room.id, anna.user, "m.room.message", {**HANDS, "body": f"!руки {number}"})
        assert words_of(await talk.settle()) == ["4"], "what the news carry may be what it was called for"


async def test_a_transaction_that_fails_leaves_the_news_for_the_next_time(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        talk.chat.add(anna.room.id, anna.user, "m.room.message", HANDS)
        program = talk.program
        token = await program.inbox.token()
        news = await talk.chat.news(token, program.inbox.types, 0)

        async def power_cut(db: Connection) -> None:
            await program.inbox.take(db, talk.chat, news, {}, first=False)
            raise RuntimeError

        try:
            await transaction(program.database, power_cut)
        except RuntimeError:
            assert await program.inbox.token() == token
        assert words_of(await talk.settle()) == ["Кто?"]


async def test_an_answer_that_was_sent_but_not_noted_is_known_from_its_echo(database_url: str) -> None:
    """Killed after sending: the homeserver's own news tell the id, before anybody reacts."""
    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        await anna.says("!руки Кто?")
        question = talk.said[0]
        await talk.program.database.execute("UPDATE kit_outbox SET event = NULL, room = NULL")
        await talk.program.database.execute("UPDATE kit_values SET value = '0' WHERE name = 'token'")
        assert await anna.reacts(question.id, "✋") == ["* Hands: 1"]


async def test_two_programs_on_one_database_answer_once(database_url: str) -> None:
    """Nobody ought to start them so; what the second one has done is undone."""
    async with conversation(bot, database_url=database_url) as talk:
        teacher = talk.room().enter("Анна", Role.TEACHER)
        command = {"msgtype": "m.text", "body": "!похвалить Анна помощь"}
        talk.chat.add(teacher.room.id, teacher.user, "m.room.message", command)
        await talk.hear()
        entry = await talk.program.inbox.next("praise")
        assert isinstance(entry, Entry)
        await asyncio.gather(*(talk.program.dispatcher.handle(entry) for _ in range(3)))
        assert words_of(await talk.settle()) == ["Анна: помощь, 1"]
        assert await talk.program.database.fetchval("SELECT COUNT(*) FROM praise") == 1


async def test_what_ends_the_program_again_and_again_is_let_go(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        for words in ("!руки Раз?", "!руки Два?"):
            talk.chat.add(anna.room.id, anna.user, "m.room.message", {**HANDS, "body": words})
        await talk.hear()
        for _ in range(4):  # killed each time, before it was done with the first
            await talk.program.open()
        sorry = "Сейчас не получается. Попробуйте, пожалуйста, через несколько минут."
        assert words_of(await talk.settle()) == [sorry, "Два?"]


async def test_a_restart_or_three_lose_nothing(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        talk.chat.add(anna.room.id, anna.user, "m.room.message", HANDS)
        await talk.hear()
        for _ in range(3):
            await talk.program.open()
        assert words_of(await talk.settle()) == ["Кто?"]
