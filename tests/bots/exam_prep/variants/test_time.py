"""What the clock does to a variant: its end, what is left, reminders, another deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.bringing import bring
from support.variants import FOUR, last_words

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.roles import Role
from zvonok_exam_prep.bot import bot

pytestmark = pytest.mark.usefixtures("four")
UNKNOWN = "Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."


async def give(anna: TalkPerson, words: str) -> None:
    said = await anna.says(f"!вариант огэ 4 задания {words}")
    assert said[0].startswith("📝 Вариант."), said


async def after(talk: Talk, **time: float) -> dict[str, list[str]]:
    """What is said, by room, when so much time has passed."""
    talk.clock.advance(**time)
    found: dict[str, list[str]] = {}
    for event in await talk.settle():
        if event.type == "m.room.message":
            found.setdefault(event.room, []).append(str(event.content["body"]))
    return found


async def over(talk: Talk, **time: float) -> dict[str, list[str]]:
    """The same, and what is said when the answers are out. The clock jumps over the deadline, as
    if the bot had been down."""
    said = await after(talk, **time)
    for room, words in (await after(talk, minutes=1)).items():
        said.setdefault(room, []).extend(words)
    return said


# ---------------------------------------------------------------- one's own time


async def test_the_time_runs_from_one_s_own_beginning_and_its_end_hands_in(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await give(anna, "до пятницы 40 минут")
    assert "Сдать нужно до 12:40." in (await ivan.says("начать"))[0]
    await ivan.says("5")
    await after(talk, minutes=10)
    assert "Сдать нужно до 12:50." in (await vera.says("начать"))[0]
    said = await after(talk, minutes=25)
    assert said[ivan.room.id] == ["Осталось 5 минут. Пока без ответа: 2, 3, 4."]
    assert vera.room.id not in said
    said = await after(talk, minutes=5)
    assert said[ivan.room.id] == [
        "Время вышло. Сдано то, что есть: 1 ответ из 4. Баллы и разбор пришлю, когда закончат все: 27 ноября "
        "(пятница), 20:00."
    ]
    assert await ivan.says("сила") == [UNKNOWN]
    assert (await vera.says("5"))[0].startswith("Записано: 5.")
    assert await ivan.says("начать") == ["Сейчас для вас нет вариантов."]


async def test_whoever_has_answered_all_is_just_told_of_the_time(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до пятницы 40 минут")
    for words in ("начать", "5", "сила", "3", "Падает."):
        await ivan.says(words)
    assert (await after(talk, minutes=35))[ivan.room.id] == ["Осталось 5 минут."]


async def test_nobody_who_has_handed_in_is_told_of_the_time(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до пятницы 40 минут")
    for words in ("начать", "сдать", "да"):
        await ivan.says(words)
    assert ivan.room.id not in await after(talk, hours=1)


async def test_a_short_one_has_no_warning(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "до пятницы 5 минут")
    await ivan.says("начать")
    assert ivan.room.id not in await after(talk, minutes=4)
    assert (await after(talk, minutes=1))[ivan.room.id][0].startswith("Время вышло.")


async def test_the_deadline_cuts_the_time(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "до 12:30 40 минут")
    await after(talk, minutes=10)
    assert "Сдать нужно до 12:30." in (await ivan.says("начать"))[0]
    said = (await after(talk, minutes=20))[ivan.room.id]
    assert said == [
        "Осталось 5 минут. Пока без ответа: 1, 2, 3, 4.",
        "Время вышло. Сдано то, что есть: 0 ответов из 4. Скоро пришлю баллы и разбор.",
    ]


async def test_the_time_goes_on_while_somebody_is_away(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до пятницы 40 минут")
    await ivan.says("начать")
    assert await ivan.says("потом") == [
        "Хорошо, ответы сохранены. Но время идёт: сдать нужно до 12:40. Чтобы вернуться, напишите «начать»."
    ]
    assert (await after(talk, minutes=40))[ivan.room.id][-1].startswith("Время вышло.")


async def test_in_a_long_one_there_may_be_long_thoughts(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до пятницы 4 часа")
    await ivan.says("начать")
    await after(talk, hours=3)
    assert (await ivan.says("5"))[0].startswith("Записано: 5.")


async def test_an_answer_that_was_sent_in_time_counts_though_it_comes_late(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до пятницы 40 минут")
    await ivan.says("начать")
    talk.clock.advance(minutes=39)
    talk.chat.add(ivan.room.id, ivan.user, "m.room.message", {"msgtype": "m.text", "body": "5"})
    talk.clock.advance(minutes=2)
    await talk.tick()  # its time is up before the bot hears of it
    assert last_words(talk, ivan.user).startswith("Время вышло.")
    await talk.settle()
    assert last_words(talk, ivan.user) == "Записано: 5."
    assert await ivan.says("сила") == [UNKNOWN]
    await over(talk, days=4)
    assert "Физика, ОГЭ: 1 балл из 6." in last_words(talk, ivan.user)


async def test_words_after_the_end_are_told_so_where_the_bot_was_down(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до пятницы 40 минут")
    await ivan.says("начать")
    talk.clock.advance(minutes=41)
    talk.chat.add(ivan.room.id, ivan.user, "m.room.message", {"msgtype": "m.text", "body": "5"})
    await talk.hear()
    await talk.program.handle_all("exam-prep")  # before the time is looked at
    await talk.settle()
    assert last_words(talk, ivan.user).startswith("Время вышло. Сдано то, что есть: 0 ответов из 4.")


# ---------------------------------------------------------------- the deadline


async def test_at_the_deadline_all_is_handed_in_and_explained_to_each_alone(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await give(anna, "до 15:00")
    for words in ("начать", "5", "вес", "3", "Падает."):
        await ivan.says(words)
    await vera.says("начать")
    await vera.says("сдать")
    await vera.says("да")
    said = await after(talk, hours=3)
    assert not {ivan.room.id, vera.room.id} & set(said), "answers may still be on their way"
    said = await after(talk, minutes=1)
    assert said[anna.room.id] == [
        "* 📝 Вариант. Физика, ОГЭ: 4 задания, 6 баллов.\nСдать нужно до 24 ноября (вторник), 15:00.\n"
        "Вариант закончен. Баллы и разбор — у каждого в личном чате."
    ]
    assert said[ivan.room.id] == [
        "Физика, ОГЭ: 2 балла из 6, и ещё 1 ответ проверит учитель.\n\n"
        "1. ✅ 1 балл из 1\n\n"
        "2. Что измеряют в ньютонах?\n0 баллов из 1\nВаш ответ: вес\nВерный ответ: сила\n\n"
        "3. ✅ 1 балл из 1\n\n"
        "4. Почему падает яблоко?\nВаш ответ проверит учитель.\nОбразец ответа: Яблоко падает."
    ]
    assert said[vera.room.id][0].startswith(
        "Физика, ОГЭ: 0 баллов из 6.\n\n1. Сколько будет 2 + 3?\n0 баллов из 1\nОтвета не было.\nВерный ответ: 5\n"
        "К двум прибавили три."
    )
    assert await ivan.says("5") == [UNKNOWN]
    assert await ivan.says("начать") == ["Сейчас для вас нет вариантов."]


async def test_at_night_nobody_is_woken_and_nothing_counts(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await give(anna, "до 23:00")
    await ivan.says("начать")
    await ivan.says("5")
    assert not {anna.room.id, ivan.room.id} & set(await after(talk, hours=11, minutes=5))
    assert (await ivan.says("сила"))[0].startswith("Время вышло. Сдано то, что есть: 1 ответ из 4. Скоро")
    assert await vera.says("начать") == ["Сейчас для вас нет вариантов."]
    said = await after(talk, hours=8)
    assert said[ivan.room.id][0].startswith("Физика, ОГЭ: 1 балл из 6.")
    assert ivan.room.id not in await after(talk, hours=5), "it is told once"


async def test_a_timed_one_ends_at_night_as_well(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "до пятницы 40 минут")
    await after(talk, hours=11, minutes=40)  # 23:40
    assert "Сдать нужно до 25 ноября (среда), 00:20." in (await ivan.says("начать"))[0]
    assert (await after(talk, minutes=35))[ivan.room.id][0].startswith("Осталось 5 минут.")
    assert (await after(talk, minutes=5))[ivan.room.id][0].startswith("Время вышло.")


@pytest.mark.parametrize(
    ("zone", "hour", "until"),
    [
        ("Europe/Kaliningrad", 16, "31 декабря (четверг), 23:00"),
        ("Asia/Kamchatka", 6, "31 декабря (четверг), 23:00"),
    ],
)
async def test_far_in_the_west_and_in_the_east_and_over_the_year(
    database_url: str, zone: str, hour: int, until: str
) -> None:
    clock = ManualClock(datetime(2026, 12, 31, hour, tzinfo=UTC))  # 18:00 there
    async with conversation(bot, database_url=database_url, clock=clock, zone=zone) as talk:
        await bring(talk, *FOUR)
        room = talk.room("9А. Физика", kind="subject")
        anna = room.enter("Смирнова Анна Павловна, учитель", Role.TEACHER)
        ivan = await room.enter("Петров Иван Сергеевич, ученик").writes_directly()
        said = await anna.says("!вариант огэ 4 задания до 23:00")
        assert f"Сдать нужно до {until}." in said[0]
        await ivan.says("начать")
        await ivan.says("5")
        clock.advance(hours=4, minutes=59)
        assert (await ivan.says("сила"))[0].startswith("Мы остановились")
        await ivan.says("да")
        assert (await ivan.says("сила"))[0].startswith("Записано")
        clock.advance(minutes=2)
        assert (await ivan.says("3"))[0].startswith("Время вышло.")
        clock.advance(hours=7, minutes=30)  # 06:30 of the new year
        await talk.settle()
        assert not last_words(talk, ivan.user).startswith("Физика, ОГЭ:")
        clock.advance(minutes=31)
        await talk.settle()
        assert last_words(talk, ivan.user).startswith("Физика, ОГЭ: 2 балла из 6.")


async def test_a_bot_that_was_down_listens_before_it_tells_the_answers(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до 13:00")
    await ivan.says("начать")
    talk.clock.advance(minutes=59)
    talk.chat.add(ivan.room.id, ivan.user, "m.room.message", {"msgtype": "m.text", "body": "5"})
    talk.clock.advance(hours=2)
    await talk.tick()  # before anything is heard
    await talk.settle()
    assert last_words(talk, ivan.user).startswith("Записано: 5.")
    await after(talk, minutes=1)
    assert last_words(talk, ivan.user).startswith("Физика, ОГЭ: 1 балл из 6.")


# ---------------------------------------------------------------- reminders, who comes and goes


async def test_a_day_before_each_is_reminded_alone_who_has_not_handed_in(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson, room: TalkRoom
) -> None:
    oleg = await room.enter("Белов Олег Игоревич, ученик").writes_directly()
    await give(anna, "до пятницы")
    for words in ("начать", "сдать", "да"):
        await ivan.says(words)
    await vera.says("начать")
    said = await after(talk, days=2, hours=8)
    when = "27 ноября (пятница), 20:00"
    assert said.get(ivan.room.id) is None
    assert said[vera.room.id] == [
        f"Вариант «Физика, ОГЭ» ещё не сдан: время есть до {when}. Чтобы продолжить, напишите «начать»."
    ]
    assert said[oleg.room.id] == [
        f"Вас ждёт вариант «Физика, ОГЭ»: время есть до {when}. Будете готовы — напишите «начать»."
    ]
    assert room.id not in said


async def test_a_reminder_waits_for_the_end_of_the_night(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до пятницы 23:00")
    assert ivan.room.id not in await after(talk, days=2, hours=12)
    said = await after(talk, hours=8)
    assert said[ivan.room.id][0].startswith("Вас ждёт вариант")


async def test_less_than_a_day_is_not_reminded_of(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "до завтра 11:00")
    assert ivan.room.id not in await after(talk, hours=22)


async def test_who_comes_later_is_offered_it_once_and_who_leaves_is_left_out(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson, room: TalkRoom
) -> None:
    await give(anna, "до пятницы")
    await ivan.says("начать")
    oleg = await room.enter("Белов Олег Игоревич, ученик").writes_directly()
    said = await after(talk, hours=1)
    assert said[oleg.room.id][0].startswith("Для вас есть вариант. Физика, ОГЭ")
    assert ivan.room.id not in said
    assert oleg.room.id not in await after(talk, hours=2)
    assert "▫️ Белов Олег Игоревич" in last_words(talk, anna.user)
    leave(talk, room, ivan)
    await oleg.says("начать")
    await after(talk, minutes=1)
    live = last_words(talk, anna.user)
    assert "Петров" not in live and "✏️ Белов Олег Игоревич" in live
    assert await ivan.says("начать") == ["Сейчас для вас нет вариантов."]
    said = await over(talk, days=4)
    assert any(words.startswith("Физика, ОГЭ: 0 баллов") for words in said[oleg.room.id])
    assert ivan.room.id not in said


async def test_who_comes_may_begin_at_once(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await give(anna, "до пятницы")
    oleg = await room.enter("Белов Олег Игоревич, ученик").writes_directly()
    assert "Задание 1 из 4" in (await oleg.says("начать"))[0]
    assert oleg.room.id not in await after(talk, hours=1)


def leave(talk: Talk, room: TalkRoom, person: TalkPerson) -> None:
    view = talk.directory.views[room.id]
    members = tuple(member for member in view.members if member.user != person.user)
    talk.directory.views[room.id] = replace(view, members=members)
    talk.program.rooms.forget(room.id)


# ---------------------------------------------------------------- another deadline, or none


async def test_more_time_is_told_in_the_room_and_all_moves(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до 13:00 30 минут")
    await after(talk, minutes=45)
    await ivan.says("начать")
    await ivan.says("5")
    assert await anna.says("!продлить вариант до 13:05") == [
        "* 📝 Вариант. Физика, ОГЭ: 4 задания, 6 баллов.\nСдать нужно до 24 ноября (вторник), 13:05.\nНа работу "
        "даётся 30 минут: время пойдёт, когда вы начнёте.\nЧтобы начать, напишите мне лично «начать». Если "
        "личного чата у нас ещё нет, поставьте под этим сообщением любую реакцию, и я напишу вам.",
        "Срок варианта «Физика, ОГЭ» продлён до 24 ноября (вторник), 13:05.",
    ]
    assert ivan.room.id not in await after(talk, minutes=14)
    said = await after(talk, minutes=1)  # 13:00: five minutes before the new end
    assert said[ivan.room.id] == ["Осталось 5 минут. Пока без ответа: 2, 3, 4."]
    assert (await after(talk, minutes=5))[ivan.room.id][0].startswith("Время вышло.")
    await anna.says("!продлить вариант до 14:00")
    assert "Сдать нужно до 13:15." in (await ivan.says("начать"))[0], "thirty minutes after 12:45"
    assert (await ivan.says("сила"))[0].startswith("Записано: сила.")
    assert (await after(talk, minutes=10))[ivan.room.id][-1].startswith("Время вышло.")


async def test_a_new_deadline_has_to_be_later(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "до пятницы")
    assert await anna.says("!продлить вариант") == ["До какого срока сдать? Например: до пятницы 18:00"]
    assert await anna.says("когда-нибудь") == ["До какого срока сдать? Например: до пятницы 18:00"]
    assert await anna.says("завтра") == [
        "Сейчас срок — 27 ноября (пятница), 20:00. До какого времени продлить?"
    ]
    assert (await anna.says("суббота"))[
        -1
    ] == "Срок варианта «Физика, ОГЭ» продлён до 28 ноября (суббота), 20:00."


async def test_it_is_extended_in_the_direct_chat_as_well(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await give(anna, "до пятницы")
    talk.clock.advance(minutes=1)
    await anna.says("!вариант единицы 1 задание до пятницы")
    directly = await anna.writes_directly()
    assert await directly.says("продлить вариант до субботы") == [
        "Какой вариант вы имеете в виду?\n1. Физика, «Единицы». 9А. Физика\n2. Физика, ОГЭ. 9А. Физика"
    ]
    said = await directly.says("2")
    assert "Готово." in said
    assert last_words(talk, room.id) == "Срок варианта «Физика, ОГЭ» продлён до 28 ноября (суббота), 20:00."


async def test_when_the_answers_are_out_it_is_too_late(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до 13:00")
    await over(talk, hours=2)
    none = "Варианта здесь не видно. Напишите это в чате класса, в ответ на сообщение с вариантом."
    assert await anna.says("!продлить вариант до 18:00") == [none]
    assert await anna.says("!отменить вариант") == [none]
    assert await ivan.says("начать") == ["Сейчас для вас нет вариантов."]


async def test_between_the_deadline_and_the_answers_there_may_be_more_time(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna, "до 23:00")
    await ivan.says("начать")
    await after(talk, hours=12)
    assert (await ivan.says("5"))[0].startswith("Время вышло.")
    await anna.says("!продлить вариант до завтра 12:00")
    assert ivan.room.id not in await after(talk, hours=9)
    assert "Задание 1 из 4" in (await ivan.says("начать"))[0]
    assert (await ivan.says("5"))[0].startswith("Записано")


async def test_a_cancelled_one_is_gone(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await give(anna, "до пятницы 40 минут")
    await ivan.says("начать")
    ask = "Начал 1 ученик, его ответы пропадут. Отменить вариант «Физика, ОГЭ»?\n1. Да, отменить\n2. Нет"
    assert await anna.says("!отменить вариант") == [ask]
    assert await anna.says("2") == ["Хорошо, всё остаётся как есть."]
    assert await anna.says("!отменить вариант") == [ask]
    gone = "Вариант «Физика, ОГЭ» отменён."
    assert sorted(await anna.says("да")) == [f"* {gone}", f"* {gone}", gone, gone]
    assert last_words(talk, ivan.user) == gone
    assert await ivan.says("5") == [UNKNOWN]
    assert await vera.says("начать") == ["Сейчас для вас нет вариантов."]
    assert await after(talk, days=5) == {}
    for table in ("variants", "variant_items", "variant_people", "attempts", "variant_answers"):
        assert await talk.program.database.fetchval(f"SELECT COUNT(*) FROM exam_prep_{table}") == 0


async def test_one_that_nobody_has_begun_is_cancelled_at_once(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "до пятницы")
    assert "Вариант «Физика, ОГЭ» отменён." in await anna.says("!отменить вариант")


async def test_after_a_school_year_it_is_forgotten(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "до 13:00")
    await ivan.says("начать")
    await over(talk, hours=2)
    await after(talk, days=399)
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_attempts") == 1
    await after(talk, days=2)
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_attempts") == 0


async def test_whoever_has_not_signed_in_is_in_the_table_and_written_to_once_they_have(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson, room: TalkRoom
) -> None:
    signed_in(talk, room, vera, False)
    await give(anna, "до пятницы 12:00")
    assert "▫️ Ёлкина Вера Олеговна" in last_words(talk, anna.user)
    said = await after(talk, days=2, hours=1)
    assert said[ivan.room.id][0].startswith("Вас ждёт вариант")
    assert vera.room.id not in said
    signed_in(talk, room, vera, True)
    assert (await after(talk, hours=1))[vera.room.id][0].startswith("Для вас есть вариант.")


def signed_in(talk: Talk, room: TalkRoom, person: TalkPerson, joined: bool) -> None:
    view = talk.directory.views[room.id]
    members = tuple(
        replace(member, joined=joined) if member.user == person.user else member for member in view.members
    )
    talk.directory.views[room.id] = replace(view, members=members)
    talk.program.rooms.forget(room.id)
