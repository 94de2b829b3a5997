"""How a teacher begins: what is understood, what is asked back, of whom it is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bots.file_collector.conftest import Class

from zvonok_botkit.testing import Talk, conversation
from zvonok_core.roles import Role
from zvonok_file_collector.bot import bot

CALL = (
    "📥 Сбор № 1. Эссе\n"
    "Срок: 27 ноября (пятница), 18:00.\n"
    "Пришлите файл или фото мне в личный чат или в обсуждение этого сообщения.\n"
    "Кто не успеет, сможет сдать и позже — с отметкой."
)


async def test_a_collection_is_announced_with_all_that_was_said_of_it(class_: Class) -> None:
    said = await class_.teacher.says(
        "!сбор «Эссе» до пятницы 18:00\nвиды: pdf, ворд и фото, до 20 МБ, закрытый, без опозданий\nТема: «Мой город»."
    )
    assert said == [
        "📥 Сбор № 1. Эссе\n"
        "Тема: «Мой город».\n"
        "Срок: 27 ноября (пятница), 18:00.\n"
        "Подойдут: PDF, Word, фото; размер файла — до 20 МБ.\n"
        "Сбор закрытый: присылайте файлы только мне в личный чат.\n"
        "После срока ничего не принимаю."
    ]
    event = class_.sent()[-1]
    assert event.room == class_.room.id and "m.relates_to" not in event.content


async def test_what_is_missing_is_asked_for_one_after_another(class_: Class) -> None:
    assert await class_.teacher.says("!сбор") == [
        "Что собираем и до какого времени? Например: Эссе до пятницы 18:00"
    ]
    assert await class_.teacher.says("от: учеников") == ["Как назвать сбор? Например: Эссе"]
    assert await class_.teacher.says("«Эссе»") == [
        "До какого времени? Например: пятница 18:00\n1. завтра, 20:00\n2. через неделю, 20:00\n3. без срока"
    ]
    assert await class_.teacher.says("пятница 18:00") == [CALL]


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("1", "Срок: завтра, 20:00."),
        ("2", "Срок: 1 декабря (вторник), 20:00."),
        ("3", None),
        ("без срока", None),
        ("сегодня до 18:00", "Срок: сегодня, 18:00."),
    ],
)
async def test_deadlines_are_offered_by_number(class_: Class, answer: str, line: str | None) -> None:
    await class_.teacher.says("!сбор Эссе")
    (said,) = await class_.teacher.says(answer)
    assert (line in said.split("\n")) if line else "Срок" not in said


async def test_a_deadline_that_has_passed_or_is_none_is_asked_for_again(class_: Class) -> None:
    (said,) = await class_.teacher.says("!сбор Эссе до 01.11.2026 18:00")
    assert said.startswith("Это время уже прошло. До какого времени?")
    (said,) = await class_.teacher.replies(class_.talk.said[-1].id, "до второго пришествия")
    assert said.startswith("До какого времени?")
    (said,) = await class_.teacher.says("пятница 18:00")
    assert said == CALL


async def test_an_unknown_kind_is_asked_for_again(class_: Class) -> None:
    assert await class_.teacher.says("!сбор Эссе до пятницы 18:00 виды: папирус") == [
        "Не знаю файлов вида «папирус». Какие подойдут? Например: pdf, ворд, фото. Если любые, так и напишите: любые."
    ]
    (said,) = await class_.teacher.says("любые")
    assert said == CALL


async def test_only_a_teacher_may_and_only_in_a_room(class_: Class) -> None:
    assert await class_.students[0].says("!сбор Эссе до пятницы") == [
        "Это здесь могут делать только учителя."
    ]
    alone = await class_.alone(class_.teacher)
    assert await alone.says("!сбор Эссе до пятницы") == ["Это делают в общем чате, а не в личном."]


async def test_a_room_without_anybody_to_ask_says_so(talk: Talk) -> None:
    teacher = talk.room().enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
    assert await teacher.says("!сбор Эссе до пятницы") == ["Здесь нет никого, с кого это можно собрать."]


# ---------------------------------------------------------------- of whom


async def test_it_may_be_asked_of_some_by_name(class_: Class) -> None:
    (said,) = await class_.teacher.says("!сбор «Доклад» до пятницы от Петрова и Беловой")
    assert "Для кого: Белова Анна Олеговна, Петров Иван Сергеевич." in said
    assert "Сдали: 0 из 2." in await class_.table()
    zoya = class_.students[2]
    assert await class_.hands_in(zoya) == [
        "Спасибо, но я не знаю, для чего этот файл: сейчас его никто не ждёт."
    ]


async def test_an_unclear_name_is_asked_about(class_: Class) -> None:
    class_.room.enter("Петров Пётр Олегович, ученик")
    (said,) = await class_.teacher.says("!сбор «Доклад» до пятницы от: Белова, Петров, Ёлкина")
    assert said == (
        "«Петров» подходит нескольким людям. Кого вы имеете в виду?\n"
        "1. Петров Иван Сергеевич, ученик\n2. Петров Пётр Олегович, ученик"
    )
    (said,) = await class_.teacher.says("2")
    assert "Для кого: Белова Анна Олеговна, Ёлкина Зоя Петровна, Петров Пётр Олегович." in said
    (said,) = await class_.teacher.says("!сбор «Доклад» до пятницы от: Кощей")
    assert said == "Не нахожу здесь «Кощей». С кого собирать? Напишите фамилии или «все»."
    (said,) = await class_.teacher.says("Белова")
    assert "Для кого: Белова Анна Олеговна." in said


async def test_it_may_be_asked_of_a_subgroup(class_: Class) -> None:
    for number, language in ((1, "Английский"), (2, "Английский"), (2, "Немецкий")):
        group = class_.talk.room(
            f"7А. {language} язык, группа {number}", "subject", class_="7a", subgroup=f"{language}{number}"
        )
        group.enter("Белова Анна Олеговна, ученик")
        if language == "Английский":
            group.enter("Петров Иван Сергеевич, ученик")
    class_.talk.room("8Б. Английский язык, группа 1", "subject", class_="8b", subgroup="other")
    (said,) = await class_.teacher.says("!сбор «Проект» до пятницы от группы 2")
    assert said == "Какая это группа?\n1. 7А. Английский язык, группа 2\n2. 7А. Немецкий язык, группа 2"
    await class_.teacher.says("2")
    assert "Сдали: 0 из 1.\n1. Белова Анна Олеговна: не сдано" in await class_.table()
    await class_.teacher.says("!сбор «Проект» до пятницы от группы 1")
    assert "Сдали: 0 из 2." in await class_.table(2)
    (said,) = await class_.teacher.says("!сбор «Проект» до пятницы от группы 7")
    assert said.startswith("Группы «7» здесь не нахожу. С кого собирать?\n1. 7А. Английский язык, группа 1\n")


async def test_in_a_parents_room_parents_are_asked(talk: Talk) -> None:
    room = talk.room("7А. Родители", "class_guardians", class_="7a")
    class_room = talk.room("7А. Класс", class_="7a")
    ivan = class_room.enter("Петров Иван Сергеевич, ученик")
    room.enter("Петрова Мария Ивановна, родитель", Role.GUARDIAN, children=[ivan.person])
    teacher = room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
    (said,) = await teacher.says("!сбор «Согласие» до пятницы")
    assert "От каждого ребёнка достаточно одного из родителей." in said


async def test_without_a_directory_everybody_but_those_who_lead_is_asked(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, directory=False) as talk:
        room = talk.room(managed=False)
        ivan = room.enter("Иван")
        anna = room.enter("Анна", Role.TEACHER)
        room.enter("Завуч", Role.PRINCIPAL)
        (said,) = await anna.says("!сбор «Доклад» до пятницы от: ученики")
        assert "Сбор № 1" in said
        assert await (await ivan.writes_directly()).sends_file("a.pdf", b"%PDF-") != []


async def test_a_room_that_the_bot_does_not_know_well_stays_apart(class_: Class) -> None:
    """Somebody's collection in a room in which the bot is no more does no harm to others."""
    await class_.teacher.says("!сбор «Эссе» до пятницы")
    other = class_.talk.room("8Б. Класс", class_="7a")
    other.enter("Петров Иван Сергеевич, ученик")
    olga = other.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
    await olga.says("!сбор «Доклад» до пятницы")
    class_.talk.directory.views[other.id] = replace(class_.talk.directory.views[other.id], members=())
    class_.talk.program.rooms.forget(other.id)
    (said,) = await class_.hands_in(class_.students[0])
    assert said.startswith("«Эссе»: сдано")


# ---------------------------------------------------------------- in English


async def test_all_of_it_works_in_english(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, language="en") as talk:
        room = talk.room("7A. Literature")
        ivan = room.enter("Petrov Ivan, student")
        anna = room.enter("Smirnova Anna, teacher", Role.TEACHER)
        assert await anna.says("!collect Essay by Friday 18:00, only pdf, up to 20 MB") == [
            "📥 Collection № 1. Essay\n"
            "Deadline: November 27 (Friday), 18:00.\n"
            "Wanted: PDF; a file of 20 MB at most.\n"
            "Send your file or photo to me in our direct chat, or into the thread of this message.\n"
            "Whoever is late can still hand in afterwards; it will be marked."
        ]
        alone = await ivan.writes_directly()
        assert await alone.sends_file("essay.pdf", b"%PDF-") == [
            "“Essay”: handed in, November 24, 12:00.\n• essay.pdf, 1 KB\n"
            "Is there more? Send it right after this. To take it back, write “take back” or delete your message."
        ]
        assert await alone.says("take back") == [
            "“Essay”: taken back.\nDeadline: November 27 (Friday), 18:00."
        ]
