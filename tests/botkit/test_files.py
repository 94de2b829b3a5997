"""Files that people send, and threads that they speak in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from zvonok_botkit import Answer, Bot, Context, Say, text
from zvonok_botkit.chat import Event
from zvonok_botkit.files import File, read_file
from zvonok_botkit.testing import Talk, TalkPerson, conversation
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.roles import Role

first_bot = Bot[None, None]("first")
second_bot = Bot[None, None]("second")


@first_bot.command("begin", "начать")
async def begin(ctx: Context) -> Answer:
    """Begin something with a thread: `!begin`"""
    return [Say(text("Begun"), key="root"), Say(text("Alone"), to=ctx.asker.user, key="alone")]


@first_bot.on("m.room.message")
async def hear(ctx: Context) -> Answer:
    file = ctx.file
    return text("{about}: {words}{file}", about=ctx.about, words=ctx.words, file=file.name if file else "")


@first_bot.on_file()
async def take(ctx: Context) -> Answer:
    assert ctx.file
    if not ctx.file.name.startswith("first") and not ctx.about:
        return None
    stored = await ctx.media.look(ctx.file.address)
    pieces = [piece async for piece in ctx.media.stream(ctx.file.address)]
    assert b"".join(pieces) == await ctx.media.download(ctx.file.address) == stored.begins
    return text("First{about}: {name}, {size}", about=ctx.about, name=ctx.file.name, size=stored.size)


@second_bot.command("second", "второй")
async def second(ctx: Context) -> Answer:
    """Do nothing: `!second`"""
    return None


@second_bot.on_file()
async def take_too(ctx: Context) -> Answer:
    assert ctx.file and not ctx.about
    return text("Second: {name}", name=ctx.file.name) if ctx.file.name != "nobody.pdf" else None


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(first_bot, second_bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def anna(talk: Talk) -> TalkPerson:
    return talk.room().enter("Смирнова Анна Павловна", Role.TEACHER)


async def test_the_first_bot_that_wants_a_file_has_it(talk: Talk, anna: TalkPerson) -> None:
    alone = await anna.writes_directly()
    assert await alone.sends_file("first.pdf", b"12345") == ["First: first.pdf, 5"]
    assert await alone.sends_file("other.pdf", b"12345") == ["Second: other.pdf"]
    assert await alone.sends_file("nobody.pdf", b"") == [
        "Спасибо, но я не знаю, для чего этот файл: сейчас его никто не ждёт."
    ]
    assert await anna.sends_file("first.pdf", b"12345") == []


async def test_a_file_that_answers_a_bot_is_that_bot_s(talk: Talk, anna: TalkPerson) -> None:
    await anna.says("!начать")
    asked = talk.said[-1]
    direct = await anna.writes_directly()
    assert asked.room == direct.room.id
    answers = {"m.relates_to": {"m.in_reply_to": {"event_id": asked.id}}}
    assert await direct.sends_file("x.pdf", b"1", **answers) == ["Firstalone: x.pdf, 1"]


async def test_a_thread_is_heard_whomever_one_answers_in_it(talk: Talk, anna: TalkPerson) -> None:
    await anna.says("!начать")
    root = talk.said[0].id
    below = anna.in_thread(root)
    assert await anna.says("раз", **below) == ["root: раз"]
    assert await anna.sends_file("x.pdf", b"1", **below) == ["root: x.pdf"]
    relates = {"rel_type": "m.thread", "event_id": root, "m.in_reply_to": {"event_id": anna.last}}
    assert await anna.says("два", **{"m.relates_to": relates}) == ["root: два"]
    elsewhere = anna.in_thread("$another")
    assert await anna.says("три", **elsewhere) == []


def message(**content: Any) -> Event:
    return Event(RoomId("!r"), EventId("$e"), "m.room.message", UserId("@a:b"), 1, content)


PHOTO = {"msgtype": "m.image", "body": "IMG_1.jpg", "url": "mxc://s/1"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PHOTO, File("mxc://s/1", "IMG_1.jpg", "", 0, "image", False, "")),
        (
            {**PHOTO, "filename": "IMG_1.jpg", "info": {"mimetype": "image/jpeg", "size": 7}},
            File("mxc://s/1", "IMG_1.jpg", "image/jpeg", 7, "image", False, ""),
        ),
        (
            {**PHOTO, "body": " Моё эссе ", "filename": "IMG_1.jpg"},
            File("mxc://s/1", "IMG_1.jpg", "", 0, "image", False, "Моё эссе"),
        ),
        (
            {**PHOTO, "msgtype": "m.audio", "org.matrix.msc3245.voice": {}},
            File("mxc://s/1", "IMG_1.jpg", "", 0, "audio", True, ""),
        ),
        ({**PHOTO, "body": None, "info": 5}, File("mxc://s/1", "", "", 0, "image", False, "")),
        ({**PHOTO, "info": {"size": -1}}, File("mxc://s/1", "IMG_1.jpg", "", 0, "image", False, "")),
        ({**PHOTO, "msgtype": "m.text"}, None),
        ({**PHOTO, "url": "https://elsewhere"}, None),
        ({**PHOTO, "url": None}, None),
        ({**PHOTO, "m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}}, None),
    ],
)
def test_what_a_message_brings(content: dict[str, Any], expected: File | None) -> None:
    assert read_file(message(**content)) == expected
