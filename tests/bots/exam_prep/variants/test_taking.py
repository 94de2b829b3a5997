"""A student does a variant in the direct chat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.bringing import bring
from support.variants import CHOICE, ESSAY, FORCE, SUM, last_words, numbers

from zvonok_botkit.incoming import MESSAGE
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_exam_prep.items import ItemId, Word

pytestmark = pytest.mark.usefixtures("four")
MOVES = "Ещё можно написать: пропустить, назад, задание 3, список, сдать."
FIRST = "Задание 1 из 4\nОГЭ · задание 1 · Силы · 1 балл\n\nСколько будет 2 + 3?\n\nОтветьте числом."
SECOND = "Задание 2 из 4\nОГЭ · задание 2 · Силы · 1 балл\n\nЧто измеряют в ньютонах?\n\nОтветьте словом или словами."
THIRD = (
    "Задание 3 из 4\nОГЭ · задание 3 · Единицы · 1 балл\n\nКакая единица у силы?\n\n1) метр\n2) секунда\n3) ньютон\n\n"
    "Ответьте номером верного варианта."
)
FOURTH = (
    "Задание 4 из 4\nОГЭ · задание 4 · Силы · 3 балла\n\nПочему падает яблоко?\n\nОтветьте своими словами."
)
NO_VARIANT = "Сейчас для вас нет вариантов."
UNKNOWN = "Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."


async def give(anna: TalkPerson, words: str = "огэ 4 задания до пятницы") -> None:
    said = await anna.says(f"!вариант {words}")
    assert said[0].startswith("📝 Вариант."), said


async def test_one_task_after_another_and_nobody_says_what_is_right(
    anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna)
    title = "Физика, ОГЭ: 4 задания. Сдать нужно до 27 ноября (пятница), 20:00. Отвечайте прямо здесь."
    assert await ivan.says("начать") == [f"{title} {MOVES}\n\n{FIRST}"]
    assert await ivan.says("4") == [f"Записано: 4.\n\n{SECOND}"]
    assert await ivan.says("СИЛЫ") == [f"Записано: СИЛЫ.\n\n{THIRD}"]
    assert await ivan.says("ньютон") == [f"Записано: ньютон.\n\n{FOURTH}"]
    assert await ivan.says("Земля притягивает.") == [
        "Записано: Земля притягивает.\n\nОтветы есть на все задания:\n1. 4\n2. СИЛЫ\n3. ньютон\n4. Земля притягивает.\n"
        "Чтобы изменить ответ, напишите номер: «задание 3». Когда всё готово, напишите «сдать»."
    ]
    assert await ivan.says("сдать") == [
        "Работа сдана, спасибо! Баллы и разбор пришлю, когда закончат все: 27 ноября (пятница), 20:00."
    ]
    assert await ivan.says("5") == [UNKNOWN]
    assert await ivan.says("начать") == [NO_VARIANT]


async def test_an_answer_may_be_skipped_and_changed(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    await ivan.says("начать")
    assert await ivan.says("пропустить") == [SECOND]
    assert await ivan.says("не знаю") == [THIRD]
    assert await ivan.says("1") == [f"Записано: 1.\n\n{FOURTH}"]
    assert await ivan.says("назад") == [f"{THIRD}\n\nВаш ответ сейчас: 1"]
    assert await ivan.says("3") == [f"Записано: 3.\n\n{FOURTH}"]
    assert await ivan.says("задание 1") == [FIRST]
    assert await ivan.says("назад") == ["Раньше этого ничего нет."]
    assert await ivan.says("задание 5") == ["Задания пронумерованы от 1 до 4."]
    assert await ivan.says("задание 0") == ["Раньше этого ничего нет."]
    assert await ivan.says("список") == [
        "Ваши ответы:\n1. —\n2. —\n3. 3\n4. —\nЧтобы перейти к заданию, напишите его номер: «задание 3»."
    ]
    assert await ivan.says("5") == [f"Записано: 5.\n\n{SECOND}"]
    assert await ivan.says("сила") == [f"Записано: сила.\n\n{FOURTH}"]
    assert await ivan.says("пропустить") == [
        "Без ответа осталось только задание 4. Чтобы вернуться к нему, напишите «задание 4», а чтобы сдать "
        "без него — «сдать»."
    ]
    assert await ivan.says("просто так") == [
        "Чтобы изменить ответ, напишите номер: «задание 3». Чтобы сдать работу — «сдать»."
    ]
    assert await ivan.says("назад") == [FOURTH]


async def test_whoever_hands_in_without_all_answers_is_asked(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    await ivan.says("начать")
    await ivan.says("5")
    sure = "Без ответа остались задания 2, 3, 4. Всё равно сдать? «Да» или «нет»."
    assert await ivan.says("готово") == [sure]
    assert await ivan.says("нет") == [SECOND]
    assert await ivan.says("сдать") == [sure]
    assert await ivan.says("задание 3") == [THIRD]
    await ivan.says("3")
    await ivan.says("задание 2")
    await ivan.says("сила")
    assert await ivan.says("сдать") == ["Без ответа осталось задание 4. Всё равно сдать? «Да» или «нет»."]
    assert (await ivan.says("да"))[0].startswith("Работа сдана")


async def test_there_are_no_hints_and_no_answers(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    await ivan.says("начать")
    for words in ("подсказка", "ответ", "решение"):
        assert await ivan.says(words) == [
            "Подсказок в варианте нет. Не знаете ответа — напишите «пропустить»."
        ]


async def test_what_is_no_answer_is_asked_back_and_not_noted(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    await ivan.says("начать")
    assert await ivan.says("что задали?") == ["Ответ здесь — число. Запишите его, пожалуйста, цифрами."]
    await ivan.says("пропустить")
    assert await ivan.says("спасибо") == [f"Жду ответа на задание 2. {MOVES}"]
    await ivan.says("задание 4")
    assert await ivan.says("а" * 20_001) == ["Для ответа на это задание это слишком длинно."]
    assert (await ivan.says("список"))[0].startswith("Ваши ответы:\n1. —\n2. —\n3. —\n4. —\n")


async def test_a_word_that_is_a_move_may_be_the_answer(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, replace(FORCE, id=ItemId("word"), task="8", asks=Word(("назад",))))
    await give(anna, "задание 8 1 задание до пятницы")
    await ivan.says("начать")
    assert (await ivan.says("назад"))[0].startswith("Записано: назад.")


async def test_whoever_stops_comes_back(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    await ivan.says("начать")
    await ivan.says("5")
    assert await ivan.says("потом") == [
        "Хорошо, ответы сохранены. Вернуться можно до 27 ноября (пятница), 20:00: напишите «начать»."
    ]
    assert await ivan.says("сила") == [UNKNOWN]
    assert (await ivan.says("!начать"))[0].endswith(f"{MOVES}\n\n{SECOND}")


async def test_after_a_long_pause_words_are_no_answer(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    await ivan.says("начать")
    talk.clock.advance(hours=3)
    await talk.settle()
    ask = "Мы остановились посреди варианта «Физика, ОГЭ». Продолжим? Напишите «да» или «потом»."
    assert await ivan.says("5") == [ask]
    assert await ivan.says("какие уроки завтра") == [UNKNOWN]
    assert await ivan.says("да") == [FIRST]
    talk.clock.advance(hours=3)
    await talk.settle()
    assert await ivan.says("5") == [ask]
    assert await ivan.says("задание 4") == [FOURTH]
    talk.clock.advance(hours=20)
    await talk.settle()
    assert (await ivan.says("Земля притягивает."))[0].startswith("Записано")
    talk.clock.advance(hours=3)
    await talk.settle()
    await ivan.says("5")
    assert (await ivan.says("потом"))[0].startswith("Хорошо, ответы сохранены.")


async def test_an_answer_in_reply_to_the_task_counts_the_same(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna)
    await ivan.says("начать")
    task = talk.said[-1].id
    assert await ivan.replies(task, "5") == [f"Записано: 5.\n\n{SECOND}"]


async def test_in_the_room_it_is_offered_alone(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await give(anna, "огэ 4 задания до пятницы 40 минут")
    announcement = next(event for event in talk.said if event.room == room.id)
    offered = (
        "Для вас есть вариант. Физика, ОГЭ: 4 задания, 6 баллов.\nСдать нужно до 27 ноября (пятница), 20:00.\n"
        "На работу даётся 40 минут: время пойдёт, когда вы начнёте. Будете готовы — напишите «начать»."
    )
    here = TalkPerson(room, ivan.person)
    assert await here.reacts(announcement.id, "👍") == [offered]
    assert await here.replies(announcement.id, "начать") == [offered]
    assert await here.replies(announcement.id, "а что там?") == []
    assert await here.says("!начать") == ["Продолжение — в нашем личном чате.", offered]
    assert [event.room for event in talk.said[-2:]] == [room.id, ivan.room.id]
    assert await anna.reacts(announcement.id, "👍") == [], "a teacher does no variants"
    assert await anna.says("!начать") == [NO_VARIANT]
    await ivan.says("начать")
    await ivan.says("сдать")
    await ivan.says("да")
    assert await here.reacts(announcement.id, "❤️") == []


async def test_of_several_variants_one_is_chosen(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    talk.clock.advance(minutes=1)
    await give(anna, "единицы 1 задание до пятницы")
    assert await ivan.says("начать") == ["Какой вариант начнём?\n1. Физика, ОГЭ\n2. Физика, «Единицы»"]
    assert "Какая единица у силы?" in (await ivan.says("2"))[0]
    await ivan.says("3")
    assert (await ivan.says("начать вариант"))[0].startswith("Какой вариант начнём?")
    assert "Сколько будет 2 + 3?" in (await ivan.says("1"))[0]


async def test_other_words_after_begin_begin_nothing(anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna, "огэ 4 задания до пятницы 40 минут")
    assert await ivan.says("начать тренировку") == ["Какой вариант начнём?\n1. Физика, ОГЭ"]
    assert (await ivan.says("1"))[0].startswith("Физика, ОГЭ: 4 задания.")


async def test_to_whom_nothing_was_given_the_trainer_goes_on(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    assert await ivan.says("начать") == [NO_VARIANT]
    await bring(talk, *numbers(3, topic="Числа", exam=None))
    await ivan.says("!тренажёр физика числа")
    await ivan.says("ответ")
    assert "Число" in (await ivan.says("начать"))[0]


async def test_a_variant_and_the_trainer_take_turns(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await give(anna)
    await ivan.says("начать")
    await ivan.says("!тренажёр биология")
    assert (await ivan.says("начать"))[0].endswith(FIRST)
    assert await ivan.says("5") == [f"Записано: 5.\n\n{SECOND}"]


async def test_the_trainer_does_not_tell_what_is_asked_in_a_variant(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, *numbers(1, topic="Числа"))
    await give(anna, "огэ 4 задания до пятницы")
    seen = "\n".join(await ivan.says("!тренажёр физика огэ"))
    for _ in range(6):
        seen += "\n".join(await ivan.says("ответ")) + "\n".join(await ivan.says("дальше"))
    asked = [task for task in (SUM, FORCE, CHOICE, ESSAY) if task.question in seen]
    assert len(asked) <= 1, "the one that the variant did without"


async def test_formulas_come_with_their_picture(talk: Talk, anna: TalkPerson, ivan: TalkPerson) -> None:
    await bring(
        talk, replace(SUM, id=ItemId("formula"), task="9", question=r"Сколько $\frac{1}{2} + \frac{1}{2}$?")
    )
    await give(anna, "задание 9 1 задание до пятницы")
    said = await ivan.says("начать")
    assert "Сколько ½ + ½?" in said[0] and said[1] == "То же самое с формулами"
    picture = [event for event in talk.said if event.type == MESSAGE][-1]
    assert picture.content["msgtype"] == "m.image"


async def test_a_task_that_is_taken_back_stays_in_the_variant(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await give(anna)
    await bring(talk, replace(SUM, question="Другой вопрос?"), file="новое.yaml")
    assert "Сколько будет 2 + 3?" in (await ivan.says("начать"))[0]


async def test_shuffled_and_different_sheets(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await bring(talk, *numbers(8, topic="Числа"))
    await give(anna, "числа 6 заданий до пятницы вперемешку")
    orders = []
    for student in (ivan, vera):
        first = (await student.says("начать"))[0]
        shown = [first, *[(await student.says("1"))[0] for _ in range(5)]]
        orders.append([words.split("Число ")[1].split("?")[0] for words in shown])
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])
    assert len(set(orders[0])) == 6
    assert last_words(talk, vera.user).endswith("?\n\nОтветьте числом.")


async def test_what_is_also_a_command_may_be_the_answer(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, replace(FORCE, id=ItemId("word"), task="8", asks=Word(("прогресс",))))
    await give(anna, "физика задания 4, 8 2 задания до пятницы")
    await ivan.says("начать")
    essay = "Прогресс науки объяснил, почему падает яблоко."
    assert (await ivan.says(essay))[0].startswith(f"Записано: {essay}")
    assert (await ivan.says("прогресс"))[0].startswith("Записано: прогресс.")
