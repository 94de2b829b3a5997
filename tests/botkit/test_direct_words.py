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


@words.claims()
async def claims(ctx: Context) -> bool:
    return ctx.words == "more"


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


first: Bot[None, None] = Bot("first")
second: Bot[None, None] = Bot("second")


@first.on_other_words()
async def first_heard(ctx: Context) -> Answer:
    return Say("first") if ctx.words == "2" else None


@second.on_other_words()
async def second_heard(ctx: Context) -> Answer:
    return Say("second") if ctx.words in ("2", "three") else None


@first.command("ask first", "спросить первого")
async def ask_first(ctx: Context) -> Answer:
    """Let it ask: `!ask first`"""
    return Say("Two?", to=ctx.asker.user)


@second.command("ask second", "спросить второго")
async def ask_second(ctx: Context) -> Answer:
    """Let it ask: `!ask second`"""
    return Say("Two?", to=ctx.asker.user)


async def test_of_two_bots_that_wait_the_one_that_has_asked_last_is_answered(database_url: str) -> None:
    async with conversation(first, second, database_url=database_url) as talk:
        student = talk.room().enter("Белов Олег Игоревич, ученик")
        alone = await student.writes_directly()
        assert await alone.says("2") == ["first"], "nobody has spoken: in the order of the bots"
        await alone.says("!ask second")
        assert await alone.says("2") == ["second"]
        await student.says("!ask first")
        assert await alone.says("2") == ["first"]
        assert await alone.says("three") == ["second"], "the others are asked, too"
        assert await alone.says("2") == ["second"]


async def test_a_command_without_its_sign_goes_to_the_bot_that_claims_it(talk: Talk) -> None:
    student = talk.room().enter("Белов Олег Игоревич, ученик")
    alone = await student.writes_directly()
    assert await alone.says("more") == ["4 letters"]
    assert await alone.says("!more seven") == ["Which colour for the ?"]
    await alone.says("отмена")
    assert await alone.says("бот, more") == ["Что написать?"]
    await alone.says("отмена")
    assert await alone.says("show") == ["Three"]
    assert await student.says("!more") == ["Что написать?"]


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
