"""A teacher gives a variant: what the room reads, and what is asked back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.bringing import bring
from support.variants import SUM, last_words, numbers

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_core.roles import Role
from zvonok_exam_prep.items import ItemId

BEGIN = (
    "Чтобы начать, напишите мне лично «начать». Если личного чата у нас ещё нет, поставьте под этим "
    "сообщением любую реакцию, и я напишу вам."
)
pytestmark = pytest.mark.usefixtures("four")


async def test_the_room_reads_what_how_much_until_when_and_how_to_begin(
    anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    assert await anna.says("!вариант ОГЭ физика 4 задания до пятницы") == [
        f"📝 Вариант. Физика, ОГЭ: 4 задания, 6 баллов.\nСдать нужно до 27 ноября (пятница), 20:00.\n{BEGIN}",
        "📝 Физика, ОГЭ — 9А. Физика\n4 задания, 6 баллов\nСдать нужно до 27 ноября (пятница), 20:00.\n"
        "✅ сдали: 0 · ✏️ решают: 0 · ▫️ не начали: 2\n\n▫️ Петров Иван Сергеевич\n▫️ Ёлкина Вера Олеговна",
    ]
    room, live = anna.room.talk.said
    assert room.room == anna.room.id
    assert live.room == f"!direct-{anna.user}"


async def test_a_timed_one_says_how_long(anna: TalkPerson, ivan: TalkPerson) -> None:
    said = await anna.says("!вариант физика 9 класс задание 1 1 задание до завтра 10:40 на 41 минуту")
    assert said[0] == (
        "📝 Вариант. Физика, 9 класс, задание 1: 1 задание, 1 балл.\nСдать нужно до 25 ноября (среда), 10:40.\n"
        f"На работу даётся 41 минута: время пойдёт, когда вы начнёте.\n{BEGIN}"
    )


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("задания 1–3 3 задания", "Физика, задания 1, 2, 3"),
        ("#ньютон 1 задание", "Физика, #Ньютон"),
        ("физика задание 4 1 задание", "Физика, задание 4"),
        ("единицы 1 задание", "Физика, «Единицы»"),
        ("огэ 4 задания", "Физика, ОГЭ"),
        ("4 задания", "Физика"),
    ],
)
async def test_tasks_are_chosen_by_numbers_hashtags_topics_and_by_the_room(
    anna: TalkPerson, ivan: TalkPerson, words: str, title: str
) -> None:
    said = await anna.says(f"!вариант {words} до пятницы")
    assert said[0].startswith(f"📝 Вариант. {title}: ")


async def test_what_is_missing_is_asked_back_one_by_one(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, replace(SUM, id=ItemId("t"), grades=(10,), exam=None))
    room = talk.room("Кружок")
    room.enter("Белов Олег Игоревич, ученик")
    boris = room.enter("Громов Борис Львович, учитель", Role.TEACHER)
    assert await boris.says("!вариант") == [
        "Какие задания, сколько и до какого срока? Например: ОГЭ английский 10 заданий до пятницы"
    ]
    assert await boris.says("физика") == ["Для какого класса или экзамена? Есть: 9, 10, ОГЭ."]
    assert await boris.says("9") == ["Сколько заданий взять? Всего таких 4."]
    assert await boris.says("6") == ["Таких заданий в базе только 4. Сколько взять?"]
    assert await boris.says("0") == ["В варианте может быть от 1 до 4 заданий. Сколько взять?"]
    assert await boris.says("2") == ["До какого срока сдать? Например: до пятницы 18:00"]
    assert await boris.says("до 24.11.2025") == ["Это время уже прошло. До какого срока сдать?"]
    said = await boris.says("пятница 18:00, 30 минут")
    assert said[0].startswith("📝 Вариант. Физика, 9 класс: 2 задания,")
    assert "до 27 ноября (пятница), 18:00.\nНа работу даётся 30 минут" in said[0]


async def test_what_nobody_knows_is_asked_and_chat_in_between_is_left_alone(
    anna: TalkPerson, ivan: TalkPerson
) -> None:
    assert await anna.says("!вариант физика латынь 3 задания до пятницы") == [
        "Не знаю, что такое «латынь». На какую тему?\n1. Единицы\n2. Силы"
    ]
    assert await anna.says("Ребята, тише, пожалуйста, я сейчас закончу") == []
    assert await anna.says("1") == []


async def test_an_answer_that_is_none_is_asked_again_where_it_is_meant(
    anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await anna.says("!вариант огэ 3 задания")
    question = room.talk.said[-1].id
    assert await anna.replies(question, "когда-нибудь") == [
        "До какого срока сдать? Например: до пятницы 18:00"
    ]
    assert (await anna.says("завтра"))[0].startswith("📝 Вариант.")


async def test_numbers_and_hashtags_that_nobody_has(anna: TalkPerson, ivan: TalkPerson) -> None:
    assert await anna.says("!вариант физика задания 30, 31 2 задания до пятницы") == [
        "Заданий с такими номерами и хештегами нет: 30, 31. Какие задания взять?"
    ]
    assert (await anna.says("физика задания 1, 2"))[0].startswith(
        "📝 Вариант. Физика, задания 1, 2: 2 задания"
    )
    assert await anna.says("!вариант физика 50 заданий 400 минут до пятницы") == [
        "Таких заданий в базе только 4. Сколько взять?"
    ]
    assert await anna.says("4") == [
        "На вариант можно дать не больше 300 минут. Сколько минут и до какого срока?"
    ]
    assert (await anna.says("40 минут до пятницы"))[0].startswith("📝 Вариант.")


async def test_a_variant_has_fifty_tasks_at_most(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await bring(talk, *numbers(60))
    assert await anna.says("!вариант физика огэ 55 заданий до пятницы") == [
        "В варианте может быть от 1 до 50 заданий. Сколько взять?"
    ]
    assert "50 заданий" in (await anna.says("50"))[0]


async def test_different_tasks_need_more_than_there_are(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    said = await anna.says("!вариант физика огэ 4 задания до пятницы разные")
    assert said[-1] == (
        "Таких заданий в базе всего 4, поэтому разными их не сделать: у всех они одни и те же, только в "
        "разном порядке."
    )
    assert talk.said[-1].room == f"!direct-{anna.user}"
    await bring(talk, *numbers(9))
    assert len(await anna.says("!вариант физика огэ 4 задания до пятницы разные")) == 2


async def test_a_teacher_s_own_tasks_can_be_given(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await bring(talk, replace(SUM, id=ItemId("own"), task="77"), owner=anna.user)
    assert (await anna.says("!вариант физика задание 77 1 задание до пятницы"))[0].startswith("📝 Вариант.")
    await ivan.says("начать")
    assert "Сколько будет 2 + 3?" in last_words(talk, ivan.user)


async def test_only_teachers_and_only_where_there_are_students(talk: Talk, anna: TalkPerson) -> None:
    assert await anna.says("!вариант огэ 3 задания до завтра") == ["В этом чате нет учеников."]
    oleg = anna.room.enter("Белов Олег Игоревич, ученик")
    assert await oleg.says("!вариант огэ 3 задания до завтра") == ["Это здесь могут делать только учителя."]
    directly = await anna.writes_directly()
    assert await directly.says("!вариант огэ 3 задания до завтра") == [
        "Это делают в общем чате, а не в личном."
    ]
