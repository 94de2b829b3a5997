"""Answers in direct chats, commands in reply to what a bot has said, and pictures that change."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from zvonok_botkit import Answer, Bot, Context, Edit, Picture, Rest, Say, text
from zvonok_botkit.testing import Talk, conversation

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000030000000208060000009d7448")
OTHER = PNG.replace(b"\x00\x00\x00\x03", b"\x00\x00\x00\x07")

sums: Bot[None, None] = Bot("sums")
words: Bot[None, None] = Bot("words")


@sums.on_other_words()
async def add(ctx: Context) -> Answer:
    return Say(str(sum(map(int, ctx.words.split("+"))))) if "+" in ctx.words else None


@words.on_other_words()
async def count(ctx: Context) -> Answer:
    return Say(f"{len(ctx.words)} letters") if ctx.words.isalpha() else None


@words.command("show", "показать")
async def show(ctx: Context) -> Answer:
    """Show a picture: `!show`"""
    return Picture(PNG, text("Three"), key="picture")


@words.command("more", "ещё")
async def more(ctx: Context, what: Rest, colour: Rest = Rest()) -> Answer:
    """Show another picture: `!more seven`"""
    if not colour:
        raise ctx.ask("colour", text("Which colour for the {about}?", about=ctx.about))
    return Edit("picture", f"{what} {colour}", png=OTHER)


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(sums, words, database_url=database_url) as opened:
        yield opened


async def test_words_in_a_direct_chat_go_to_the_bot_that_knows_what_to_do_with_them(talk: Talk) -> None:
    student = talk.room().enter("Белов Олег Игоревич, ученик")
    assert await student.says("2+3") == [], "a group is no direct chat"
    alone = await student.writes_directly()
    assert await alone.says("2+3") == ["5"]
    assert await alone.says("ель") == ["3 letters"]
    assert await alone.says("2 3") == ["Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."]


async def test_such_words_are_heard_however_late_and_nonsense_is_not_answered_then(talk: Talk) -> None:
    alone = await talk.room().enter("Белов Олег Игоревич, ученик").writes_directly()
    for said in ("2+3", "2 3"):
        body = {"msgtype": "m.text", "body": said}
        talk.chat.add(alone.room.id, alone.user, "m.room.message", body)
    await talk.hear()
    talk.clock.advance(hours=2)
    assert [event.content["body"] for event in await talk.settle()] == ["5"]


async def test_a_picture_is_changed_by_a_command_in_reply_to_it(talk: Talk) -> None:
    student = talk.room().enter("Белов Олег Игоревич, ученик")
    await student.says("!показать")
    assert await student.replies(talk.said[-1].id, "!ещё семь") == ["Which colour for the picture?"]
    assert await student.says("красный") == ["* семь красный"]
    new = talk.said[-1].content["m.new_content"]
    assert (new["body"], new["info"]["w"], talk.chat.files[new["url"]]) == ("семь красный", 7, OTHER)
    assert talk.said[-1].content["url"] == new["url"]
