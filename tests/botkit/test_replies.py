"""Commands that answer a message, questions that know what was understood, and where a
command makes sense."""

from __future__ import annotations

from typing import Annotated

import pytest

from zvonok_botkit import Answer, Author, Bot, Context, Option, Person, Picture, Rest, Say, text
from zvonok_botkit.testing import ME, TalkPerson, TalkRoom, conversation
from zvonok_core.roles import Role

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000003000000020806000000")
bot: Bot[None, None] = Bot("thanks")


@bot.command("thank", "спасибо", direct=False)
async def thank(
    ctx: Context, who: Annotated[Person, Author(), text("Whom?")], what: str = "", reason: Rest = Rest()
) -> Answer:
    """Thank somebody: `!thank Petrov help for the tea`"""
    if what == "what":
        options = [Option("Help", "help"), Option("An idea", "idea")]
        raise ctx.ask("what", text("Help or idea?"), options, {"who": who.user, "reason": f"<{reason}>"})
    return [
        Say(f"{who.short}: {what} {reason}".strip(), key=f"thanks:{who.user}"),
        Picture(PNG, "Thanks", (who.user,)),
    ]


@bot.command("never mind", "забудь")
async def forget(ctx: Context) -> Answer:
    """Forget it, in reply to thanks: `!never mind`"""
    return Say(ctx.about or "nothing")


@pytest.fixture
async def room(database_url: str):  # type: ignore[no-untyped-def]
    async with conversation(bot, database_url=database_url) as talk:
        yield talk.room()


@pytest.fixture
def ivan(room: TalkRoom) -> TalkPerson:
    return room.enter("Петров Иван Сергеевич, ученик")


@pytest.fixture
def anna(room: TalkRoom) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


async def test_in_a_reply_the_author_is_meant_where_nobody_is_named(
    ivan: TalkPerson, anna: TalkPerson
) -> None:
    await ivan.says("Я принёс чай")
    assert await anna.replies(ivan.last, "!спасибо чай всем") == [
        "Петров Иван Сергеевич: чай всем",
        "Thanks",
    ]
    assert (await anna.replies(ivan.last, "!спасибо Смирновой чай"))[0] == "Смирнова Анна Павловна: чай"
    assert await anna.says("!спасибо") == ["Whom?"]


async def test_a_reply_to_the_bot_or_to_nothing_names_nobody(ivan: TalkPerson, anna: TalkPerson) -> None:
    await anna.says("!спасибо Петрову чай")
    thanks = next(event for event in ivan.room.talk.said)
    assert await anna.replies(thanks.id, "!спасибо") == ["Whom?"]
    await anna.says("отмена")
    assert await anna.replies("$gone", "!спасибо") == ["Whom?"]


async def test_a_question_keeps_what_was_understood(ivan: TalkPerson, anna: TalkPerson) -> None:
    await ivan.says("Я принёс чай")
    assert await anna.replies(ivan.last, "!спасибо what чай") == ["Help or idea?\n1. Help\n2. An idea"]
    assert (await anna.says("2"))[0] == "Петров Иван Сергеевич: idea <чай>"


async def test_a_command_knows_which_message_of_the_bot_it_answers(
    ivan: TalkPerson, anna: TalkPerson
) -> None:
    await anna.says("!спасибо Петрову чай")
    thanks = ivan.room.talk.said[0]
    assert await anna.replies(thanks.id, "!забудь") == [f"thanks:{ivan.user}"]
    assert await anna.says("!забудь") == ["nothing"]


async def test_a_picture_notifies_whom_it_mentions(ivan: TalkPerson, anna: TalkPerson) -> None:
    await anna.says("!спасибо Петрову чай")
    picture = ivan.room.talk.said[-1]
    assert picture.content["m.mentions"] == {"user_ids": [ivan.user]}


async def test_what_belongs_into_a_group_is_not_done_between_two(anna: TalkPerson) -> None:
    alone = await anna.writes_directly()
    assert await alone.says("спасибо Петрову") == ["Это делают в общем чате, а не в личном."]
    assert "!спасибо" not in (await alone.says("помощь"))[0]
    assert "!спасибо" in (await anna.says("!помощь"))[0]
    assert ME not in (await anna.says("!помощь"))[0]
