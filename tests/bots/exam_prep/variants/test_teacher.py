"""What the teacher sees while a variant is done, and when it is over."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from support.bringing import bring
from support.variants import last_words, numbers

from zvonok_botkit.incoming import MESSAGE
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.ids import RoomId, UserId
from zvonok_core.people import Person
from zvonok_core.roles import Role
from zvonok_exam_prep.bot import bot
from zvonok_exam_prep.presenting import Voice
from zvonok_exam_prep.variants.chart import draw
from zvonok_exam_prep.variants.results import Cell, Row, Status
from zvonok_exam_prep.variants.variant import Mode, Variant

pytestmark = pytest.mark.usefixtures("four")
HEAD = "📝 Физика, ОГЭ — 9А. Физика\n4 задания, 6 баллов\nСдать нужно до 27 ноября (пятница), 20:00.\n"


async def give(anna: TalkPerson, words: str = "огэ 4 задания до пятницы") -> None:
    assert (await anna.says(f"!вариант {words}"))[0].startswith("📝 Вариант.")


async def live(talk: Talk, anna: TalkPerson) -> str:
    """The teacher's message a minute later."""
    talk.clock.advance(minutes=1)
    await talk.settle()
    return last_words(talk, anna.user)


async def test_one_message_is_kept_up_to_date(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await give(anna)
    await ivan.says("начать")
    await ivan.says("5")
    assert await live(talk, anna) == (
        f"{HEAD}✅ сдали: 0 · ✏️ решают: 1 · ▫️ не начали: 1\n\n"
        "✏️ Петров Иван Сергеевич: 1 ответ из 4, 1 балл из 6\n▫️ Ёлкина Вера Олеговна"
    )
    for words in ("вес", "3", "Падает.", "сдать"):
        await ivan.says(words)
    assert (await live(talk, anna)).endswith(
        "✅ Петров Иван Сергеевич: 2 балла из 6, не проверено: 1\n▫️ Ёлкина Вера Олеговна"
    )
    edits = [event for event in talk.said if event.room == f"!direct-{anna.user}"]
    assert len({event.content.get("m.relates_to", {}).get("event_id", event.id) for event in edits}) == 1


async def test_it_is_changed_at_most_once_in_half_a_minute(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, *numbers(20, topic="Числа"))
    await give(anna, "числа 20 заданий до пятницы")
    await ivan.says("начать")
    for _ in range(20):
        talk.clock.advance(seconds=2)
        await ivan.says("1")
    edits = [event for event in talk.said if "m.new_content" in event.content]
    assert len(edits) == 2
    assert "Петров Иван Сергеевич: 20 ответов из 20" in await live(talk, anna)


async def test_at_the_end_there_is_a_picture_and_a_table(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson, room: TalkRoom
) -> None:
    room.enter("Белов Олег Игоревич, ученик")
    await give(anna, "огэ 4 задания до 13:00")
    for student, answers in ((ivan, ("5", "вес", "1", "Падает.")), (vera, ("5", "вес", "3", "пропустить"))):
        await student.says("начать")
        for words in answers:
            await student.says(words)
    talk.clock.advance(hours=1, minutes=1)
    await talk.settle()
    alone = [event for event in talk.said if event.room == f"!direct-{anna.user}" and event.type == MESSAGE]
    picture, tasks, book = alone[-3:]
    assert picture.content["msgtype"] == "m.image"
    assert picture.content["info"]["w"] == 1080
    assert picture.content["body"] == (
        "Физика, ОГЭ: итоги\nСдали 2 ученика из 3.\nВ среднем 1,5 из 6 баллов."
    )
    assert tasks.content["body"] == (
        "Задания — от трудных к лёгким:\n"
        "2. Что измеряют в ньютонах?\n   выполнено на 0 %\n   Частые ошибки: вес (2)\n"
        "4. Почему падает яблоко?\n   выполнено на 0 %\n"
        "3. Какая единица у силы?\n   выполнено на 50 %\n   Частые ошибки: 1) метр (1)\n"
        "1. Сколько будет 2 + 3?\n   выполнено на 100 %"
    )
    assert book.content["filename"] == "Физика ОГЭ.xlsx"
    sheets = load_workbook(io.BytesIO(talk.chat.files[book.content["url"]]))
    assert [[cell.value for cell in line] for line in sheets["Ученики"]] == [
        ["Ученик", "1", "2", "3", "4", "Баллы", "Из", "%", "Не проверено"],
        ["Петров Иван Сергеевич", 1, 0, 0, "?", 1, 6, 17, 1],
        ["Ёлкина Вера Олеговна", 1, 0, 1, 0, 2, 6, 33, None],
        ["Белов Олег Игоревич", None, None, None, None, None, 6, None, None],
    ]
    assert [[cell.value for cell in line] for line in sheets["Задания"]][3] == [
        3, "Какая единица у силы?", "3) ньютон", 1, 2, 50, None, "1) метр (1)", "choice",
    ]  # fmt: skip


async def test_results_are_sent_whenever_they_are_asked_for(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await give(anna)
    assert (await anna.says("!итоги варианта"))[0] == "Итоги — в нашем личном чате."
    assert "Сдали 0 учеников из 1." in "\n".join(await (await anna.writes_directly()).says("итоги варианта"))
    student = TalkPerson(room, ivan.person)
    assert await student.says("!итоги варианта") == ["Это здесь могут делать только учителя."]


async def test_of_several_the_one_that_is_replied_to(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    first = next(event.id for event in talk.said if event.room == anna.room.id)
    talk.clock.advance(minutes=1)
    await give(anna, "единицы 1 задание до пятницы")
    assert any("Физика, ОГЭ: итоги" in words for words in await anna.replies(first, "!итоги варианта"))
    assert any("Физика, «Единицы»: итоги" in words for words in await anna.says("!итоги варианта"))


async def test_another_room_s_teacher_has_no_business_with_it(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna)
    live_message = next(event.id for event in talk.said if event.room == f"!direct-{anna.user}")
    boris = talk.room("8Б. Физика").enter("Громов Борис Львович, учитель", Role.TEACHER)
    none = "Варианта здесь не видно. Напишите это в чате класса, в ответ на сообщение с вариантом."
    assert await boris.says("!итоги варианта") == [none]
    assert await boris.replies(live_message, "!отменить вариант") == ["Это может делать только учитель."]


async def test_without_the_directory_the_room_s_levels_count(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, directory=False) as talk:
        room = talk.room("9А. Физика")
        anna = room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
        ivan = await room.enter("Петров Иван Сергеевич").writes_directly()
        assert (await anna.says("!вариант огэ математика 2 задания до пятницы"))[0].startswith("📝 Вариант.")
        assert "Задание 1 из 2" in (await ivan.says("начать"))[0]
        assert "Петров Иван Сергеевич: 0 ответов из 2" in await live(talk, anna)


def test_the_picture_holds_thirty_five_long_names() -> None:
    name = "Константинопольский-Преображенский Александр Константинович, ученик"
    slots = tuple((n,) for n in range(50))
    variant = Variant(
        "v", RoomId("!r"), UserId("@t:s"), "Физика " * 30, Mode.SAME, slots, 50, datetime.now(UTC)
    )
    kinds = [Cell(0, 2, points, answered) for points, answered in ((2, True), (1, True), (0, True), (None, True), (0, False))]  # fmt: skip
    rows = [Row(Person(UserId(f"@{n}:s"), name), Status.DONE, tuple(kinds * 10)) for n in range(35)]
    png = draw(variant, rows, Voice(str, "ru"))
    assert int.from_bytes(png[16:20], "big") == 1080
    assert int.from_bytes(png[20:24], "big") < 6_000


async def test_whoever_has_left_the_class_sees_no_more_of_it(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await give(anna, "огэ 4 задания до 13:00")
    boris = room.enter("Громов Борис Львович, учитель", Role.TEACHER)
    view = talk.directory.views[room.id]
    left = tuple(member for member in view.members if member.user != anna.user)
    talk.directory.views[room.id] = replace(view, members=left)
    talk.program.rooms.forget(room.id)
    before = len([event for event in talk.said if event.room == f"!direct-{anna.user}"])
    await ivan.says("начать")
    talk.clock.advance(hours=1, minutes=1)
    await talk.settle()
    assert last_words(talk, ivan.user).startswith("Физика, ОГЭ: 0 баллов из 6.")
    assert len([event for event in talk.said if event.room == f"!direct-{anna.user}"]) == before
    alone = await anna.writes_directly()
    assert await alone.says("!итоги варианта") == ["Это может делать только учитель."]
    assert "Итоги — в нашем личном чате." in await boris.says("!итоги варианта")


async def test_parents_have_nothing_to_do_with_it(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    olga = room.enter("Петрова Ольга Ивановна, родитель", Role.GUARDIAN, children=[ivan.person])
    await give(anna)
    announcement = next(event.id for event in talk.said if event.room == room.id)
    assert await olga.reacts(announcement, "👍") == []
    alone = await olga.writes_directly()
    assert await alone.says("начать") == ["Сейчас для вас нет вариантов."]
    assert "Петрова" not in await live(talk, anna)
    talk.clock.advance(days=2)
    assert not [event for event in await talk.settle() if event.room == alone.room.id]
