"""«Have you read this?»: signs, words, families, and who has not."""

from __future__ import annotations

import pytest
from bots.file_collector.conftest import PDF, Class

from zvonok_botkit.testing import Talk
from zvonok_core.roles import Role
from zvonok_file_collector.confirming import SIGNS, is_sign

NOTICE = "!ознакомить Завтра уроки с 9:30"


async def test_a_notice_asks_for_a_sign_and_shows_it(class_: Class) -> None:
    assert await class_.teacher.says(NOTICE) == [
        "📌 Завтра уроки с 9:30\nПрочитали? Поставьте под этим сообщением ✅ или ответьте на него «+».\nСрок: сегодня, 20:00."
    ]
    beside = class_.talk.said[-1]
    assert beside.type == "m.reaction"
    assert beside.content["m.relates_to"] == {
        "rel_type": "m.annotation",
        "event_id": class_.call,
        "key": "✅",
    }


@pytest.mark.parametrize(
    ("words", "deadline"),
    [
        ("Завтра уроки с 9:30 (до завтра 8:00)", "Срок: завтра, 08:00."),
        ("Завтра уроки с 9:30\nбез срока", None),
    ],
)
async def test_a_deadline_may_stand_at_the_end(class_: Class, words: str, deadline: str | None) -> None:
    (said,) = await class_.teacher.says(f"!ознакомить {words}")
    assert said.startswith("📌 Завтра уроки с 9:30\n")
    assert (deadline in said) if deadline else "Срок" not in said


async def test_in_the_afternoon_there_is_time_until_the_next_evening(class_: Class) -> None:
    await class_.wait(hours=5)
    (said,) = await class_.teacher.says(NOTICE)
    assert said.endswith("Срок: завтра, 20:00.")
    assert await class_.teacher.says("!ознакомить Собрание (до 01.11.2026)") == [
        "Этот срок уже прошёл. Напишите, пожалуйста, всё ещё раз с другим сроком."
    ]
    assert await class_.teacher.says("!ознакомить") == ["С чем ознакомить? Например: Завтра уроки с 9:30"]
    assert (await class_.teacher.says("Завтра без формы"))[0].startswith("📌 Завтра без формы")


async def test_every_way_of_saying_it_counts(class_: Class) -> None:
    ivan, anna, zoya = class_.students
    await class_.teacher.says(NOTICE)
    assert await ivan.reacts(class_.call, "👍") == []
    assert await anna.replies(class_.call, "Прочитала, спасибо!") == []
    assert class_.talk.said[-1].content["m.relates_to"]["event_id"] == anna.last, "answered with a ✅"
    assert await (await class_.alone(zoya)).says("+") == []
    assert await class_.table() == (
        "№ 1. «Завтра уроки с 9:30»\n7А. Литература\nСрок: сегодня, 20:00.\nПрочитали: 3 из 3.\n"
        "1. Белова Анна Олеговна: прочитано 24 ноября, 12:00\n"
        "2. Ёлкина Зоя Петровна: прочитано 24 ноября, 12:00\n"
        "3. Петров Иван Сергеевич: прочитано 24 ноября, 12:00"
    )


async def test_what_is_no_sign_is_left_alone(class_: Class) -> None:
    ivan, anna, zoya = class_.students
    await class_.teacher.says(NOTICE)
    assert await ivan.reacts(class_.call, "👎") == []
    assert await anna.replies(class_.call, "А физкультура будет?") == []
    assert await zoya.says("+") == []
    assert await zoya.sends_file("a.pdf", PDF, **zoya.in_thread(class_.call)) == []
    assert "Прочитали: 0 из 3." in await class_.table()


async def test_a_sign_that_is_taken_back_counts_no_more(class_: Class) -> None:
    ivan = class_.students[0]
    await class_.teacher.says(NOTICE)
    await ivan.reacts(class_.call, "✅")
    sign = ivan.last
    await ivan.replies(class_.call, "+")
    words = ivan.last
    await ivan.takes_back(sign)
    assert "Прочитали: 1 из 3." in await class_.table()
    assert await ivan.takes_back(words) == []
    assert "Прочитали: 0 из 3." in await class_.table()


async def test_those_who_have_not_read_are_reminded_and_answer_there(class_: Class) -> None:
    ivan, anna, _ = class_.students
    await class_.teacher.says(NOTICE)
    await ivan.reacts(class_.call, "✅")
    reminder = (
        "Напоминаю: прочитайте, пожалуйста, и подтвердите.\nЗавтра уроки с 9:30\n"
        "Поставьте под этим сообщением ✅ или ответьте «+».\nСрок: сегодня, 20:00."
    )
    said = await class_.wait(hours=6)
    assert sorted(said) == sorted(f"{one.user}: {reminder}" for one in class_.students[1:])
    alone = await class_.alone(anna)
    await alone.reacts(class_.to(alone.room)[-1].id, "✅")
    zoya = await class_.alone(class_.students[2])
    await zoya.replies(class_.to(zoya.room)[-1].id, "прочитала")
    assert "Прочитали: 3 из 3." in await class_.table()


async def test_several_notices_are_told_apart(class_: Class) -> None:
    ivan = await class_.alone(class_.students[0])
    await class_.teacher.says(NOTICE)
    await class_.teacher.says("!ознакомить Послезавтра без формы")
    await ivan.says("+")
    assert "Прочитали: 0 из 3." in await class_.table(1)
    assert "Прочитали: 0 из 3." in await class_.table(2)
    await class_.students[0].reacts(class_.call, "✅")
    await ivan.says("прочитал")
    assert "Прочитали: 1 из 3." in await class_.table(1)
    assert "Прочитали: 1 из 3." in await class_.table(2)


async def test_a_parent_s_sign_counts_for_each_child(talk: Talk) -> None:
    class_room = talk.room("7А. Класс", class_="7a")
    twins = [class_room.enter(f"Петров {name} Сергеевич, ученик").person for name in ("Иван", "Пётр")]
    room = talk.room("7А. Родители", "class_guardians", class_="7a")
    mother = room.enter("Петрова Мария Ивановна, родитель", Role.GUARDIAN, children=twins)
    room.enter("Петров Сергей Ильич, родитель", Role.GUARDIAN, children=twins)
    teacher = room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
    (said,) = await teacher.says("!ознакомить Собрание в среду в 18:00")
    assert "От каждого ребёнка достаточно одного из родителей." in said
    await mother.reacts(next(e.id for e in talk.said if e.type == "m.room.message"), "✅")
    table = (await teacher.says("!прочитали"))[-1]
    assert "Прочитали: 2 из 2.\n1. Петров Иван Сергеевич: прочитано" in table
    assert await teacher.says("!напомнить") == ["Все уже справились."]


async def test_late_signs_are_marked_and_it_ends_some_time(class_: Class) -> None:
    await class_.teacher.says(NOTICE)
    await class_.wait(hours=9)
    await class_.students[0].reacts(class_.call, "✅")
    assert "Петров Иван Сергеевич: позже срока 24 ноября, 21:00" in await class_.table()
    said = await class_.wait(days=15)
    assert "* 📌 Завтра уроки с 9:30\nСпасибо, подтверждать больше не нужно." in said
    await class_.students[1].reacts(class_.call, "✅")
    assert "Прочитали: 1 из 3." in await class_.table()


async def test_a_notice_is_called_off(class_: Class) -> None:
    await class_.teacher.says(NOTICE)
    assert await class_.teacher.says("!отменить сбор") == [
        "* 📌 Завтра уроки с 9:30\nБольше не действует: сообщение отозвано.",
        "«Завтра уроки с 9:30»: больше не действует.",
    ]


async def test_there_is_no_work_to_be_judged_and_the_archive_is_a_table(class_: Class) -> None:
    await class_.teacher.says(NOTICE)
    alone = await class_.alone(class_.teacher)
    await alone.says("!прочитали")
    assert await alone.says("принять 1") == ["Здесь подтверждают, что прочитали, — работ тут нет."]
    assert await alone.says("!выгрузить") == ["Завтра уроки с 9_30.xlsx"]


@pytest.mark.parametrize(
    "words",
    [
        "+",
        "Прочитал",
        "прочитала!",
        "Да",
        "да, прочитали",
        "ознакомлена",
        "Ок",
        "Принято.",
        "понял, спасибо",
        "read",
        "Got it",
    ],
)
def test_words_that_are_signs(words: str) -> None:
    assert is_sign(words)


@pytest.mark.parametrize("words", ["", "не прочитал", "а почему?", "++", "прочитал, но не понял", "да ну"])
def test_words_that_are_none(words: str) -> None:
    assert not is_sign(words)


def test_signs_are_good_ones() -> None:
    assert "✅" in SIGNS and not {"👎", "❌", "😡"} & set(SIGNS)
