"""What the teacher sees, and how a round ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from bots.creative_homework.conftest import TOPICS, Class, class_in

from zvonok_awards.bot import bot as awards
from zvonok_botkit.testing import conversation
from zvonok_creative_homework.bot import bot


async def test_the_table_for_the_teacher_alone(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan)
    await class_.anna.reacts(class_.list, "1️⃣")
    await class_.teacher.says("!кто рассказал")
    assert class_.words()[-1] == "Ответ — в нашем личном чате."
    words, picture = class_.sent(class_.teacher)
    assert words.content["body"] == (
        "🎙 Чудеса\n"
        "Рассказов: 1 из 3.\n\n"
        "Уже рассказали:\n"
        "• Петров Иван: «Молния», 42 секунды\n\n"
        "Выбрали тему, рассказа пока нет:\n"
        "• Белова Анна: «Радуга»\n\n"
        "Пока без темы:\n"
        "• Ёлкина Зоя"
    )
    assert picture.content["msgtype"] == "m.image"
    assert picture.content["body"] == "Чудеса. Рассказов: 1 из 3."
    assert picture.content["info"]["w"] == 1080
    png = class_.talk.chat.files[picture.content["url"]]
    assert png.startswith(b"\x89PNG")


async def test_a_round_without_a_name_is_called_something(nobody_yet: Class) -> None:
    await nobody_yet.teacher.says("!творческое Радуга; Молния (без срока)")
    await nobody_yet.teacher.says("!кто ответил")
    assert nobody_yet.words(nobody_yet.teacher)[-1] == "Творческое задание. Рассказов: 0 из 3."
    await nobody_yet.teacher.says("!закончить")
    assert nobody_yet.words()[-1] == "🎙 Творческое задание: задание закончено."


async def test_thanks_are_true_and_nobody_is_shamed(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan)
    story = class_.ivan.last
    await class_.anna.replies(story, "А почему?")
    await class_.anna.replies(story, "А как?")
    await class_.anna.reacts(story, "👍")
    await class_.teacher.reacts(story, "👍")
    await class_.teacher.says("!закончить")
    said = class_.words()[-1]
    assert said == (
        "🎙 Чудеса: задание закончено. Спасибо!\n"
        "• Белова Анна — за вопросы и добрые слова одноклассникам\n"
        "• Петров Иван — за рассказ на тему «Молния» (он понравился классу)"
    )
    assert class_.shown() == "🎙 Чудеса\nЗадание закончено.\n\n1. Радуга\n2. Молния — Петров Иван\n3. Эхо"
    assert "Ёлкина" not in said
    assert class_.words(class_.teacher)[0].startswith("🎙 Чудеса\nРассказов: 1 из 3.")
    assert await class_.teacher.says("!закончить") == ["Сейчас творческого задания здесь нет."]


async def test_thanks_for_all_three_and_for_a_story_about_nothing(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan)
    story = class_.ivan.last
    await class_.zoya.reacts(class_.list, "3️⃣")
    await class_.records(class_.zoya)
    await class_.ivan.replies(class_.zoya.last, "Супер! А как?")
    await class_.records(class_.anna)
    await class_.anna.replies(story, "Здорово")
    await class_.teacher.says("!закончить")
    assert class_.words()[-1].splitlines()[1:] == [
        "• Белова Анна — за рассказ и добрые слова одноклассникам",
        "• Ёлкина Зоя — за рассказ на тему «Эхо»",
        "• Петров Иван — за рассказ на тему «Молния», вопрос и добрые слова одноклассникам",
    ]


async def test_who_has_left_the_class_is_thanked_no_more(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan)
    view = class_.talk.directory.views.pop(class_.room.id)
    staying = tuple(member for member in view.members if member.user != class_.ivan.user)
    class_.talk.directory.views[class_.room.id] = type(view)(
        **{name: getattr(view, name) for name in view.__slots__ if name != "members"}, members=staying
    )
    class_.talk.program.rooms.forget(class_.room.id)
    await class_.teacher.says("!закончить")
    assert class_.words()[-1] == "🎙 Чудеса: задание закончено."


# ---------------------------------------------------------------- awards


@pytest.fixture
async def praised(database_url: str) -> AsyncIterator[Class]:
    """With a bot that keeps awards; Ivan's story was liked, and Anna has asked most."""
    async with conversation(bot, awards, database_url=database_url) as talk:
        class_ = class_in(talk)
        await class_.teacher.says(TOPICS)
        await class_.ivan.reacts(class_.list, "2️⃣")
        await class_.records(class_.ivan)
        story = class_.ivan.last
        for person in (class_.anna, class_.zoya):
            await person.replies(story, "Супер! А как?")
        await class_.anna.replies(story, "А почему?")
        yield class_


OFFER = (
    "Предложить награды?\n"
    "• Петров Иван: за рассказ на тему «Молния»\n"
    "• Белова Анна: за вопросы одноклассникам\n"
    "Поставьте этому сообщению 👍, и я спрошу о каждой классного руководителя — лично."
)


async def test_awards_are_proposed_if_the_teacher_wishes(praised: Class) -> None:
    await praised.teacher.says("!закончить")
    assert praised.words(praised.teacher)[-1] == OFFER
    question = praised.sent(praised.teacher)[-1].id
    thumb = praised.talk.said[-1]
    assert thumb.content["m.relates_to"] == {"rel_type": "m.annotation", "event_id": question, "key": "👍"}
    said = await praised.teacher.reacts(question, "👍")
    assert said[-1] == "* Хорошо, о наградах уже спрашиваю."
    assert said[0].startswith(
        "Вручить награду? «Мастер слова»: Петров Иван Сергеевич – за рассказ на тему «Молния»"
    )
    assert said[1].startswith(
        "Вручить награду? «Хочу всё знать»: Белова Анна Олеговна – за вопросы одноклассникам"
    )
    proposal = praised.sent(praised.teacher)[-1].id
    await praised.teacher.reacts(proposal, "👍")
    assert praised.words()[-1].startswith("Награда «Хочу всё знать»: Белова Анна Олеговна – за вопросы")


async def test_in_words_too_and_by_nobody_else(praised: Class) -> None:
    await praised.teacher.says("!закончить")
    question = praised.sent(praised.teacher)[-1].id
    alone = await praised.teacher.writes_directly()
    assert await alone.replies(question, "нет") == []
    assert await alone.reacts(question, "👎") == []
    assert await praised.ivan.reacts(question, "👍") == []
    assert "* Хорошо, о наградах уже спрашиваю." in await alone.replies(question, "Да!")


async def test_an_award_that_somebody_has_already_is_said(praised: Class) -> None:
    await praised.teacher.says("!наградить Белову Хочу всё знать за доклад")
    await praised.teacher.says("!закончить")
    question = praised.sent(praised.teacher)[-1].id
    said = await praised.teacher.reacts(question, "👍")
    assert said[-1] == (
        "* Хорошо, о наградах уже спрашиваю.\n"
        "На этой неделе такая награда уже вручена: Белова Анна Олеговна, «Хочу всё знать». Можно выбрать другую."
    )


async def test_without_a_bot_for_awards_nothing_is_offered(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan)
    story = class_.ivan.last
    for person in (class_.anna, class_.zoya):
        await person.replies(story, "Супер! А как?")
    await class_.teacher.says("!закончить")
    assert not any("награды" in words for words in class_.words(class_.teacher))
