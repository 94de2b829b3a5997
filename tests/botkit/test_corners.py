"""What seldom happens: rooms that are left, jobs and bots that are gone, bare strings, a loop that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from support.example_bot import bot
from support.waiting import eventually

from zvonok_botkit import Answer, Bot, Context, Person, Say, text
from zvonok_botkit.chat import Event, News
from zvonok_botkit.inbox import Entry
from zvonok_botkit.testing import ME, NOON, FakeChat, conversation, words_of
from zvonok_core.clock import ManualClock
from zvonok_core.db import Connection, transaction
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.text import Text


async def test_a_room_that_is_left_is_forgotten(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        alone = await anna.writes_directly()
        await alone.says("руки Кто?")
        program = talk.program
        assert await program.inbox.known(alone.room.id)
        token = await program.inbox.token()
        await program.receive(News(token, left=(alone.room.id,)), token)
        assert not await program.inbox.known(alone.room.id)
        assert await program.database.fetchval("SELECT COUNT(*) FROM kit_direct_rooms") == 0


async def test_a_job_that_a_new_version_no_longer_has_is_let_go(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        room = talk.room()
        content = {"name": "gone", "data": {}}
        event = Event(room.id, EventId("job:gone:1"), "dev.zvonok.job", ME, 0, content)

        async def put(db: Connection) -> bool:
            return await talk.program.inbox.put(db, Entry("praise", "job", "", event))

        assert await transaction(talk.program.database, put)
        assert words_of(await talk.settle()) == []
        assert "praise has no job gone any more" in caplog.text
        assert await talk.program.inbox.next("praise") is None


async def test_names_can_not_be_looked_up_while_the_directory_is_away(database_url: str) -> None:
    greeting: Bot[None, None] = Bot("greeting")

    @greeting.command("greet", "привет")
    async def greet(ctx: Context, who: Person) -> Answer:
        """Greet somebody: `!greet Anna`"""
        return Say(who.short)

    async with conversation(greeting, database_url=database_url) as talk:
        anna = talk.room().enter("Анна")
        talk.directory.away = True
        talk.clock.advance(minutes=2)
        (said,) = await anna.says("!привет Анна")
        assert said.startswith("Сейчас мне не у кого узнать")


async def test_a_bot_that_says_a_bare_string_or_is_no_coroutine_is_found_out(database_url: str) -> None:
    wrong: Bot[None, None] = Bot("wrong")

    @wrong.command("say", "скажи")
    async def say(ctx: Context) -> Any:
        """Say something wrong: `!say`"""
        return "bare"

    with pytest.raises(TypeError, match="async function"):
        wrong.command("x", "икс")(lambda ctx: None)  # type: ignore[arg-type, return-value]
    async with conversation(wrong, database_url=database_url) as talk:
        (said,) = await talk.room().enter("Анна").says("!скажи")
        assert "сломалось" in said


class Unsteady(FakeChat):
    """A homeserver that fails in every way before it works."""

    def __init__(self, clock: ManualClock, *errors: Exception) -> None:
        super().__init__(clock)
        self.errors = list(errors)
        self.asked = asyncio.Event()

    async def news(self, after: str, types: frozenset[str], wait: float) -> News:
        if self.errors:
            raise self.errors.pop(0)
        if wait and int(after) == len(self.timeline):
            await asyncio.wait({asyncio.ensure_future(self.asked.wait())}, timeout=wait)
            self.asked.clear()
        return await super().news(after, types, wait)

    def add(self, room: RoomId, sender: UserId, type: str, content: Mapping[str, Any], **more: Any) -> Event:
        self.asked.set()
        return super().add(room, sender, type, content, **more)


async def test_the_running_program_outlives_whatever_fails(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock(NOON)
    chat = Unsteady(clock)
    async with conversation(bot, database_url=database_url, chat=chat, clock=clock) as talk:
        room = talk.room()
        anna = room.enter("Анна")
        await talk.hear()
        chat.errors = [TemporaryError("away", 0.01), KeyError("next_batch")]
        chat.failing = [TemporaryError("429", 0.01), TemporaryError("away"), RuntimeError("Анна")]
        running = asyncio.create_task(talk.program.run())
        try:
            content = {"msgtype": "m.text", "body": "!напомнить 5 Печь"}
            for _ in range(2):
                chat.add(room.id, anna.user, "m.room.message", content)
            await eventually(lambda: words_of(talk.said) == ["I will."])
            assert "listening has failed" in caplog.text and "listening works again" in caplog.text
            assert "bug in sending" in caplog.text and "Анна" not in caplog.text
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_whoever_is_signed_out_ends(database_url: str) -> None:
    chat = Unsteady(ManualClock(NOON))
    async with conversation(bot, database_url=database_url, chat=chat, clock=chat.clock) as talk:
        chat.errors = [PermanentError("signed out", "M_UNKNOWN_TOKEN")]
        with pytest.raises(PermanentError, match="signed out"):
            await asyncio.wait_for(talk.program.run(), 10)


async def test_words_are_put_into_the_rooms_language_when_they_are_said(database_url: str) -> None:
    speaking: Bot[None, None] = Bot("speaking")
    heard: list[str] = []

    @speaking.on("m.room.message", anywhere=True)
    async def hear(ctx: Context) -> Answer:
        heard.append(ctx.say(Text("Yes or no?")) + ctx.emoji + ctx.words)
        return text("Yes or no?")

    async with conversation(speaking, database_url=database_url) as talk:
        assert await talk.room().enter("Анна").says("эй") == ["Да или нет?"]
    assert heard == ["Да или нет?эй"]
