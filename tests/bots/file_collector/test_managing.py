"""Looking, extending, closing, cancelling; and what a teacher and a student see in lists."""

from __future__ import annotations

import pytest
from bots.file_collector.conftest import PDF, Class

from zvonok_botkit.testing import TalkPerson
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId, UserId

ESSAY = "!сбор «Эссе» до пятницы 18:00"


@pytest.fixture
async def olga(class_: Class) -> TalkPerson:
    """The teacher in her direct chat, while an essay is collected."""
    await class_.teacher.says(ESSAY)
    return await class_.alone(class_.teacher)


# ---------------------------------------------------------------- the table


async def test_the_table_goes_to_the_teacher_alone_and_is_sorted_by_family_name(class_: Class) -> None:
    await class_.teacher.says(ESSAY)
    before = len(class_.talk.said)
    assert await class_.teacher.says("!сдали") == [
        "Таблица — в нашем личном чате.",
        "№ 1. «Эссе»\n7А. Литература\nСрок: 27 ноября (пятница), 18:00.\nСдали: 0 из 3.\n"
        "1. Белова Анна Олеговна: не сдано\n2. Ёлкина Зоя Петровна: не сдано\n3. Петров Иван Сергеевич: не сдано",
    ]
    picture = next(event for event in class_.talk.said[before:] if event.content["msgtype"] == "m.image")
    assert picture.room == (await class_.alone(class_.teacher)).room.id
    assert picture.content["info"]["w"] == 1080


async def test_it_is_kept_up_to_date_by_seldom_edits(class_: Class, olga: TalkPerson) -> None:
    await olga.says("!сдали")
    before = len(class_.to(olga.room))
    for student in class_.students:
        await class_.hands_in(student)
        await class_.wait(seconds=2)
    assert len(class_.to(olga.room)) == before
    await class_.wait(seconds=40)
    (edit,) = class_.to(olga.room)[before:]
    new = edit.content["m.new_content"]
    assert new["msgtype"] == "m.image" and "Сдали: 3 из 3." in new["body"]
    await class_.wait(minutes=5)
    assert len(class_.to(olga.room)) == before + 1


async def test_a_new_table_is_the_one_that_is_kept_up_to_date(class_: Class, olga: TalkPerson) -> None:
    await olga.says("!сдали")
    await olga.says("!сдали")
    newest = class_.to(olga.room)[-1].id
    await class_.hands_in(class_.students[0])
    await class_.wait(minutes=1)
    assert class_.to(olga.room)[-1].content["m.relates_to"]["event_id"] == newest


async def test_which_one_is_meant_is_found_or_asked(class_: Class, olga: TalkPerson) -> None:
    await class_.teacher.says("!сбор «Проект» до пятницы")
    question = "О каком сборе речь?\n1. «Проект», № 2\n2. «Эссе», № 1"
    for teacher in (class_.teacher, olga):
        assert await teacher.says("!сдали") == [question]
    assert (await olga.says("2"))[0].startswith("№ 1. «Эссе»")
    for words in ("2", "№2", "сбор № 2", "проект", "«Проект»"):
        assert (await olga.says(f"!сдали {words}"))[0].startswith("№ 2. «Проект»"), words
    assert await olga.says("!сдали 77") == ["Сбора № 77 нет."]
    assert await olga.says("!сдали Доклад") == ["Сбора «Доклад» не нахожу."]
    essay = next(event.id for event in class_.sent() if "Сбор № 1" in str(event.content["body"]))
    assert (await class_.teacher.replies(essay, "!сдали"))[-1].startswith("№ 1. «Эссе»")
    assert (await class_.teacher.says("!сдали", **class_.teacher.in_thread(essay)))[-1].startswith(
        "№ 1. «Эссе»"
    )


async def test_with_nothing_begun_there_is_nothing_to_see(class_: Class) -> None:
    for words in (
        "!сдали",
        "!напомнить",
        "!выгрузить",
        "!закрыть сбор",
        "!отменить сбор",
        "!продлить до среды",
    ):
        assert await class_.teacher.says(words) == [
            "Здесь я ничего не собираю. Начать сбор можно так: «!сбор Эссе до пятницы 18:00»."
        ]


# ---------------------------------------------------------------- lists


async def test_a_room_sees_counts_and_no_names(class_: Class, olga: TalkPerson) -> None:
    await class_.hands_in(class_.students[0])
    await class_.teacher.says("!ознакомить Завтра уроки с 9:30")
    assert await class_.students[1].says("!сборы") == [
        "Здесь собирают:\n• № 2. «Завтра уроки с 9:30»: сегодня, 20:00. Прочитали: 0 из 3.\n"
        "• № 1. «Эссе»: 27 ноября (пятница), 18:00. Сдали: 1 из 3."
    ]
    assert (await olga.says("сборы"))[0].startswith("Вы собираете:\n• № 2. «Завтра уроки с 9:30»")


async def test_a_student_sees_what_is_to_be_handed_in(class_: Class, olga: TalkPerson) -> None:
    await class_.teacher.says("!сбор «Проект» без срока")
    ivan = await class_.alone(class_.students[0])
    await ivan.sends_file("эссе.pdf", PDF)
    await ivan.says("2")
    assert await ivan.says("что сдать") == [
        "Нужно сдать:\n• «Проект»: не сдано\nЧтобы сдать, просто пришлите файл сюда.\nСделано:\n• «Эссе»: сдано"
    ]
    await olga.says("вернуть Петрова 1")
    assert await (await class_.alone(class_.students[1])).says("сборы") == [
        "Нужно сдать:\n• «Проект»: не сдано\n• «Эссе»: не сдано, 27 ноября (пятница), 18:00\n"
        "Чтобы сдать, просто пришлите файл сюда."
    ]


async def test_with_nothing_to_do_it_says_so(class_: Class) -> None:
    nothing = ["Сейчас ничего не собирают."]
    assert await class_.teacher.says("!сборы") == nothing
    assert await (await class_.alone(class_.students[0])).says("сборы") == nothing


# ---------------------------------------------------------------- changing and ending


async def test_more_time_is_told_and_makes_late_ones_in_time(class_: Class, olga: TalkPerson) -> None:
    await class_.wait(days=3, hours=7)
    await class_.hands_in(class_.students[0])
    assert "позже срока" in await class_.table()
    said = await class_.teacher.says("!продлить до понедельника 20:00")
    assert said == [
        "* 📥 Сбор № 1. Эссе\nСрок: 30 ноября (понедельник), 20:00.\n"
        "Пришлите файл или фото мне в личный чат или в обсуждение этого сообщения.\n"
        "Кто не успеет, сможет сдать и позже — с отметкой.",
        "«Эссе»: новый срок — 30 ноября (понедельник), 20:00.",
    ]
    assert "Петров Иван Сергеевич: сдано 27 ноября, 19:00" in await class_.table()
    assert (await olga.says("продлить до вторника"))[-1] == "«Эссе»: новый срок — 1 декабря (вторник), 20:00."
    assert await olga.says("продлить когда-нибудь") == ["До какого времени? Например: пятница 18:00"]
    assert (await olga.says("среда 10:00"))[-1] == "«Эссе»: новый срок — 2 декабря (среда), 10:00."


async def test_after_closing_nothing_is_taken_until_it_is_extended(class_: Class, olga: TalkPerson) -> None:
    said = await class_.teacher.says("!закрыть сбор")
    assert said[:2] == [
        "* 📥 Сбор № 1. Эссе\nСбор закончен.",
        "«Эссе»: сбор закрыт, больше ничего не принимаю.",
    ]
    assert "Сбор закрыт, больше ничего не принимаю.\nСдали: 0 из 3." in said[2]
    (said_then,) = await class_.hands_in(class_.students[0])
    assert said_then.startswith("«Эссе»: сбор закончен, и принять файл я уже не могу.")
    assert await olga.says("закрыть сбор") == ["Этот сбор уже закончен."]
    assert await olga.says("напомнить") == ["Этот сбор уже закончен."]
    await olga.says("продлить до субботы")
    (said_then,) = await class_.hands_in(class_.students[0])
    assert said_then.startswith("«Эссе»: сдано")


async def test_cancelling_asks_where_somebody_has_handed_in(class_: Class, olga: TalkPerson) -> None:
    await class_.hands_in(class_.students[0])
    assert await olga.says("отменить сбор") == ["Сдали: 1 из 3. Точно отменить «Эссе»?"]
    assert await olga.says("нет") == ["Хорошо, сбор продолжается."]
    await olga.says("отменить сбор")
    assert await olga.says("да") == [
        "«Эссе»: сбор отменён.",
        "* 📥 Сбор № 1. Эссе\nСбор отменён, сдавать ничего не нужно.",
    ]
    assert (await class_.hands_in(class_.students[1]))[0].startswith("Спасибо, но я не знаю")
    assert await olga.says("отменить сбор 1") == ["Этот сбор уже закончен."]
    assert await class_.wait(days=5) == [], "nobody is reminded of it"


# ---------------------------------------------------------------- reminding


async def test_those_who_are_missing_are_reminded_alone(class_: Class, olga: TalkPerson) -> None:
    await class_.hands_in(class_.students[0])
    before = len(class_.sent())
    said = await class_.teacher.says("!напомнить")
    reminder = (
        "Напоминаю: нужно сдать «Эссе».\n7А. Литература\nСрок: 27 ноября (пятница), 18:00.\n"
        "Пришлите файл или фото прямо сюда."
    )
    assert said == [
        "Ждём ещё 2 человек. Напишу каждому лично, а если сейчас тихие часы — сразу после них.",
        reminder,
        reminder,
    ]
    assert len(class_.sent()) == before + 1, "the room hears how many, and no names"
    await olga.says("вернуть Петрова Нет вывода")
    said = await olga.says("!напомнить")
    assert "Напоминаю: «Эссе» ждёт доработки.\nНет вывода\nНовую версию пришлите прямо сюда." in said


async def test_who_has_not_come_yet_can_t_be_reminded(class_: Class, olga: TalkPerson) -> None:
    for student in class_.students:
        class_.is_not_here(student)
    assert await olga.says("напомнить") == ["Те, кого мы ждём, ещё не вошли в чат, и написать им я не могу."]
    assert "1. Белова Анна Олеговна: не сдано (ещё не в чате)" in await class_.table()


class Left(dict[RoomId, dict[UserId, str]]):
    """Rooms that say nothing of themselves to whoever is not in them."""

    def __missing__(self, room: RoomId) -> dict[UserId, str]:
        raise PermanentError("not in the room", "M_FORBIDDEN")


async def test_a_room_that_is_gone_does_no_harm(
    class_: Class, olga: TalkPerson, caplog: pytest.LogCaptureFixture
) -> None:
    await class_.hands_in(class_.students[0])
    await olga.says("!сдали")
    talk, room = class_.talk, class_.room.id
    talk.chat.members = Left(talk.chat.members)
    del talk.chat.members[room], talk.directory.views[room]
    talk.program.rooms.forget(room)
    for words in ("сдали 1", "напомнить 1", "выгрузить 1"):
        assert await olga.says(words) == [
            "Это может сделать только тот, кто начал сбор, или учитель этого чата."
        ]
    assert (await class_.hands_in(class_.students[0]))[0].startswith("Спасибо, но я не знаю")
    await class_.wait(days=4)
    await class_.wait(days=20)
    assert "bug" not in caplog.text
