"""Awards that other bots give, and what a teacher says to that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from zvonok_awards.bot import bot as awards
from zvonok_botkit import Answer, Bot, Context, Person, Rest, Say
from zvonok_botkit.services import Awards
from zvonok_botkit.testing import ME, Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.ids import EventId
from zvonok_core.roles import Role

CARD = (
    "Награда «Книгочей»: Петров Иван Сергеевич – за слово дня\nВручает Смирнова Анна Павловна, 24 ноября 2026"
)
QUESTION = (
    "Вручить награду? «Книгочей»: Петров Иван Сергеевич – за слово дня (чат «7А»)\n"
    "Поставьте 👍 или 👎 либо ответьте на это сообщение «да» или «нет»."
)
words: Bot[None, None] = Bot("words")


@words.command("give", "вручи")
async def give(ctx: Context, to: Person, badge: str, reason: Rest = Rest("за слово дня")) -> Answer:
    """Give an award as the one who asks: `!give`"""
    await ctx.service(Awards).give(to.user, badge, str(reason), by=ctx.asker.user, room=ctx.room)
    return None


@words.command("thank", "благодари")
async def thank(ctx: Context, to: Person, badge: str, reason: Rest = Rest("за слово дня")) -> Answer:
    """Give an award as the bot: `!thank`"""
    await ctx.service(Awards).give(to.user, badge, str(reason), by=ctx.me, room=ctx.room)
    return Say("Спасибо!")


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(words, awards, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def anna(room: TalkRoom, ivan: TalkPerson) -> TalkPerson:
    return room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)


@pytest.fixture
def oleg(room: TalkRoom, anna: TalkPerson) -> TalkPerson:
    return room.enter("Белов Олег Игоревич, учитель", Role.TEACHER)


def questions(talk: Talk) -> dict[str, EventId]:
    """By room, where a teacher was asked."""
    return {
        event.room: event.id
        for event in talk.said
        if str(event.content.get("body", "")).startswith("Вручить награду?")
    }


def cards(talk: Talk) -> list[str]:
    return [event.room for event in talk.said if event.content.get("msgtype") == "m.image"]


async def test_a_bot_gives_for_a_teacher_by_the_same_rules(
    talk: Talk, room: TalkRoom, anna: TalkPerson, ivan: TalkPerson
) -> None:
    assert await anna.says("!вручи Петров bookworm") == [CARD]
    assert cards(talk) == [room.id]
    assert await anna.says("!вручи Петров bookworm") == [
        "На этой неделе такая награда уже вручена: Петров Иван Сергеевич, «Книгочей». Можно выбрать другую."
    ]
    assert await ivan.says("!вручи Петров artist") == ["Награды вручают учителя этого чата."]
    assert await anna.says("!вручи Смирнова artist") == ["Наградить самого себя нельзя."]
    assert await anna.says("!вручи Петров чемодан") == ["Награды «чемодан» нет."]
    assert await anna.says("!вручи Петров «Юный Художник»") == ["Награды «Юный Художник» нет."]
    assert cards(talk) == [room.id]


@pytest.mark.parametrize("sign", ["👍", "👍🏽", "✅", "❤️"])
async def test_a_bot_of_its_own_asks_a_teacher_in_private(
    talk: Talk, room: TalkRoom, ivan: TalkPerson, anna: TalkPerson, sign: str
) -> None:
    assert sorted(await ivan.says("!благодари Петров bookworm")) == sorted([QUESTION, "Спасибо!"])
    assert list(questions(talk)) == [f"!direct-{anna.user}"]
    assert cards(talk) == []
    signs = [event.content["m.relates_to"]["key"] for event in talk.said if event.type == "m.reaction"]
    assert signs == ["👍", "👎"]
    alone = await anna.writes_directly()
    said = await alone.reacts(questions(talk)[alone.room.id], sign)
    assert sorted(said) == sorted([CARD, "* Награда «Книгочей» вручена."])
    assert cards(talk) == [room.id]


@pytest.mark.parametrize(
    ("words", "given"), [("да", True), ("Да!", True), ("yes", True), ("Нет.", False), ("no", False)]
)
async def test_the_teacher_may_answer_in_words(
    talk: Talk, ivan: TalkPerson, anna: TalkPerson, words: str, given: bool
) -> None:
    await ivan.says("!благодари Петров bookworm")
    alone = await anna.writes_directly()
    said = await alone.replies(questions(talk)[alone.room.id], words)
    assert (CARD in said) == given
    assert ("* Хорошо, эту награду не вручаю." in said) == (not given)
    again = await alone.reacts(questions(talk)[alone.room.id], "👍")
    assert again == ["Это уже решено."]
    assert len(cards(talk)) == given
    rows = await talk.program.database.fetch("SELECT what, by_user FROM awards_audit ORDER BY what")
    what = [("agreed", anna.user), ("given", anna.user)] if given else [("declined", anna.user)]
    assert [(row["what"], row["by_user"]) for row in rows] == [*what, ("proposed", ME)]


async def test_what_is_no_answer_decides_nothing(talk: Talk, ivan: TalkPerson, anna: TalkPerson) -> None:
    await ivan.says("!благодари Петров bookworm")
    alone = await anna.writes_directly()
    question = questions(talk)[alone.room.id]
    for sign in ("😀", "🏽", "", "может быть"):
        assert await alone.reacts(question, sign) == []
    assert await alone.replies(question, "а за какое слово?") == []
    assert (await alone.reacts(question, "👎"))[-1] == "* Хорошо, эту награду не вручаю."


async def test_of_several_teachers_the_first_decides(
    talk: Talk, ivan: TalkPerson, anna: TalkPerson, oleg: TalkPerson
) -> None:
    await ivan.says("!благодари Петров bookworm")
    assert sorted(questions(talk)) == sorted(f"!direct-{person.user}" for person in (anna, oleg))
    first, second = await anna.writes_directly(), await oleg.writes_directly()
    await first.reacts(questions(talk)[first.room.id], "👎")
    assert await second.reacts(questions(talk)[second.room.id], "👍") == ["Это уже решено."]
    assert cards(talk) == []


async def test_a_class_head_is_asked_alone(
    talk: Talk, room: TalkRoom, ivan: TalkPerson, anna: TalkPerson, oleg: TalkPerson
) -> None:
    view = talk.directory.views[room.id]
    members = tuple(
        replace(member, relations=("homeroom",)) if member.user == oleg.user else member
        for member in view.members
    )
    talk.directory.views[room.id] = replace(view, members=members)
    await ivan.says("!благодари Петров bookworm")
    assert list(questions(talk)) == [f"!direct-{oleg.user}"]


async def test_the_same_is_asked_once_and_not_what_is_given_already(
    talk: Talk, ivan: TalkPerson, anna: TalkPerson
) -> None:
    await ivan.says("!благодари Петров bookworm")
    assert await ivan.says("!благодари Петров bookworm") == ["Спасибо!"]
    await anna.says("!наградить Петров Художник за плакат")
    assert await ivan.says("!благодари Петров artist") == [
        "На этой неделе такая награда уже вручена: Петров Иван Сергеевич, «Художник». Можно выбрать другую."
    ]
    assert len(questions(talk)) == 1


async def test_what_was_given_meanwhile_is_not_given_again(
    talk: Talk, ivan: TalkPerson, anna: TalkPerson
) -> None:
    await ivan.says("!благодари Петров bookworm")
    await anna.says("!наградить Петров Книгочей за чтение")
    alone = await anna.writes_directly()
    said = await alone.reacts(questions(talk)[alone.room.id], "👍")
    assert said[0].startswith("На этой неделе такая награда уже вручена")
    assert await alone.reacts(questions(talk)[alone.room.id], "👍") == ["Это уже решено."]
    assert len(cards(talk)) == 1


async def test_who_is_no_teacher_any_more_decides_nothing(
    talk: Talk, room: TalkRoom, ivan: TalkPerson, anna: TalkPerson
) -> None:
    await ivan.says("!благодари Петров bookworm")
    view = talk.directory.views[room.id]
    left = tuple(member for member in view.members if member.user != anna.user)
    talk.directory.views[room.id] = replace(view, members=left)
    talk.program.rooms.forget(room.id)
    alone = await anna.writes_directly()
    assert await alone.reacts(questions(talk)[alone.room.id], "👍") == ["Награды вручают учителя этого чата."]
    assert cards(talk) == []
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM awards_proposals") == 1


async def test_nobody_is_proposed_who_is_no_student_or_where_no_teacher_is(
    talk: Talk, room: TalkRoom, anna: TalkPerson, ivan: TalkPerson
) -> None:
    assert await ivan.says("!благодари Смирнова bookworm") == [
        "Награды здесь только для учеников, а Смирнова Анна Павловна к ним не относится."
    ]
    alone = talk.room("8Б")
    alone.enter("Белова Нина, ученица")
    pupil = alone.enter("Орлов Глеб, ученик")
    assert await pupil.says("!благодари Белова bookworm") == [
        "В этом чате нет учителя, который мог бы согласиться вручить награду."
    ]
    assert questions(talk) == {}


async def test_somebody_who_has_left_gets_nothing(
    talk: Talk, room: TalkRoom, ivan: TalkPerson, anna: TalkPerson
) -> None:
    await ivan.says("!благодари Петров bookworm")
    view = talk.directory.views[room.id]
    left = tuple(member for member in view.members if member.user != ivan.user)
    talk.directory.views[room.id] = replace(view, members=left)
    talk.program.rooms.forget(room.id)
    alone = await anna.writes_directly()
    assert await alone.reacts(questions(talk)[alone.room.id], "👍") == [
        "Награды – для учеников этого чата, а этого человека в нём нет."
    ]
    assert cards(talk) == []
