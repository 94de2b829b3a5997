"""One student with the trainer: what they read, and what it does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from support.bringing import bring
from support.tasks import KINDS, item

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_core.db import transaction
from zvonok_core.directory import ClassView
from zvonok_core.ids import ClassId
from zvonok_exam_prep.collection.store import TaskStore
from zvonok_exam_prep.items import (
    Exam,
    Item,
    ItemId,
    Number,
    OneChoice,
    Open,
    Option,
    SeveralChoices,
    Word,
)
from zvonok_exam_prep.sound import faults

SUM = item(
    Number(Fraction(5)),
    id=ItemId("sum"),
    subject="астрономия",
    grades=(7,),
    topic="Сложение",
    question="Сколько будет 2 + 3?",
    hints=("Загните пальцы.", "Их на одной руке столько же."),
    explanation="К двум прибавили три.",
)
ANIMALS = item(
    SeveralChoices((Option("кит"), Option("слон", "Слон живёт на суше."), Option("тюлень")), (0, 2)),
    points=2,
    id=ItemId("animals"),
    subject="биология",
    exam=Exam.OGE,
    task="4",
)
SALT = item(Word(("соль",)), id=ItemId("salt"), subject="химия", grades=(8,), question="Что это?")
ESSAY = item(
    next(asks for asks in KINDS if isinstance(asks, Open)),
    id=ItemId("essay"),
    subject="литература",
    question="О чём это?",
)
INTRO = "Отвечайте прямо здесь. Ещё можно написать: подсказка, ответ, дальше, хватит."
SUBJECTS = "1. Английский язык\n2. Астрономия\n3. Математика\n4. Русский язык\n5. Химия"
SUM_ASKED = "Сложение · 1 балл\n\nСколько будет 2 + 3?\n\nОтветьте числом."


async def test_a_right_answer_gets_its_points_and_the_reason(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM)
    assert await ivan.says("!тренажёр астрономия 7") == [f"Астрономия, 7 класс. {INTRO}", SUM_ASKED]
    assert await ivan.says("5") == ["Верно! 1 балл из 1.\n\nК двум прибавили три.\n\nДальше или хватит?"]
    assert await ivan.says("дальше") == [
        "Здесь пройдено всё: Астрономия, 7 класс. Повторить пора будет 26 ноября. "
        "Хотите повторить прямо сейчас — напишите «дальше», а для других заданий — «!тренажёр» и предмет."
    ]
    assert await ivan.says("дальше") == [f"Повторяем: {SUM_ASKED}"]


async def test_after_a_wrong_answer_there_is_another_try_without_points(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM)
    await ivan.says("тренажер астрономия")
    again = "Попробуйте ещё раз или напишите «подсказка» или «ответ»."
    assert await ivan.says("-5") == [f"Пока неверно. Проверьте знак. {again}"]
    assert await ivan.says("5") == ["Теперь верно!\n\nК двум прибавили три.\n\nДальше или хватит?"]
    assert (await ivan.says("хватит"))[0].startswith(
        "Хорошо, на этом пока всё.\nСделано: 1 задание, 0 баллов из 1.\nЗавтра стоит повторить 1 задание."
    )


async def test_after_a_second_one_it_is_explained(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM)
    await ivan.says("тренажёр астрономия")
    await ivan.says("4")
    assert await ivan.says("6") == [
        "На этот раз не получилось.\nВерный ответ: 5\n\nК двум прибавили три.\n\nДальше или хватит?"
    ]
    assert await ivan.says("5") == ["Это задание уже позади. Дальше или хватит?"]
    assert await ivan.says("спасибо") == ["Дальше или хватит?"]


async def test_part_of_the_points_says_what_is_missing(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, ANIMALS)
    (_, asked) = await ivan.says("тренажёр биология огэ")
    assert asked.startswith("ОГЭ · задание 4 · 2 балла\n\nКто плавает?\n\n1) кит\n2) слон\n3) тюлень\n\n")
    assert await ivan.says("1") == [
        "1 балл из 2. Это ещё не всё. Не хватает 1 верного ответа. "
        "Попробуйте ещё раз или напишите «подсказка» или «ответ»."
    ]
    assert (await ivan.says("12"))[0].startswith("На этот раз не получилось.\nВерный ответ: 1, 3")


async def test_the_author_s_own_word_on_a_wrong_choice_is_said(talk: Talk, ivan: TalkPerson) -> None:
    options = (Option("кит"), Option("слон", "У слона масса $m^2$."))
    await bring(talk, replace(ANIMALS, asks=OneChoice(options, 0), scale=(1,)))
    await ivan.says("тренажёр биология огэ")
    assert "У слона масса m²." in (await ivan.says("2"))[0]


async def test_hints_come_one_after_another(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM)
    await ivan.says("тренажёр астрономия")
    assert await ivan.says("подсказка") == ["Подсказка: Загните пальцы.\n(Есть ещё 1.)"]
    assert await ivan.says("подсказка") == ["Подсказка: Их на одной руке столько же."]
    none = "Больше подсказок нет. Попробуйте ответить или напишите «ответ»."
    assert await ivan.says("подсказка") == [none]
    assert await ivan.says("подсказка") == [none]
    assert (await ivan.says("5"))[0].startswith("Верно!")


async def test_where_there_is_no_hint_it_says_so(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SALT)
    await ivan.says("тренажёр химия")
    assert await ivan.says("подсказка") == [
        "К этому заданию подсказки нет. Попробуйте ответить или напишите «ответ»."
    ]


@pytest.mark.parametrize("words", ["ответ", "сдаюсь", "не знаю", "хз"])
async def test_whoever_gives_up_reads_the_answer(talk: Talk, ivan: TalkPerson, words: str) -> None:
    await bring(talk, SALT)
    await ivan.says("тренажёр химия")
    assert await ivan.says(words) == ["Верный ответ: соль\n\nДальше или хватит?"]
    assert "0 баллов из 1" in (await ivan.says("хватит"))[0]


async def test_whoever_gives_up_after_a_wrong_answer_is_marked_once(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, ANIMALS)
    await ivan.says("тренажёр биология огэ")
    await ivan.says("1")
    await ivan.says("ответ")
    assert "Сделано: 1 задание, 1 балл из 2." in (await ivan.says("хватит"))[0]


async def test_how_long_it_took_is_kept(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM, SALT)
    for words, later in (("тренажёр астрономия", 40), ("5", 100), ("тренажёр химия", 7_100), ("соль", 0)):
        await ivan.says(words)
        talk.clock.advance(seconds=later)
    rows = await talk.program.database.fetch("SELECT took FROM exam_prep_answers ORDER BY at")
    assert [row["took"] for row in rows] == [40_000, 7_100_000]


async def test_a_task_that_is_passed_over_counts_for_nothing(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM, replace(SUM, id=ItemId("other"), question="Сколько будет 1 + 4?"))
    (_, first) = await ivan.says("тренажёр астрономия 7")
    (second,) = await ivan.says("дальше")
    assert first != second
    (third,) = await ivan.says("дальше")
    assert third == first
    assert await ivan.says("хватит") == ["Хорошо, на этом пока всё.\nЧтобы продолжить, напишите «!тренажёр»."]


async def test_what_is_no_answer_is_asked_back_and_not_marked(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM, SALT)
    await ivan.says("тренажёр астрономия 7")
    assert await ivan.says("а что задали на завтра?") == [
        "Ответ здесь — число. Запишите его, пожалуйста, цифрами."
    ]
    assert (await ivan.says("5"))[0].startswith("Верно! 1 балл из 1.")
    await ivan.says("тренажёр химия")
    waits = ["Жду ответа на задание. Ещё можно написать: подсказка, ответ, дальше, хватит."]
    assert await ivan.says("привет") == waits
    assert await ivan.says("сахар?") == waits
    assert (await ivan.says("соль"))[0].startswith("Верно!")


async def test_any_word_may_be_the_answer(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, replace(SALT, asks=Word(("дальше",))), SUM)
    await ivan.says("тренажёр химия")
    assert (await ivan.says("дальше"))[0].startswith("Верно!")


async def test_the_name_of_a_command_may_be_the_answer(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, replace(SALT, asks=Word(("train",))), ESSAY)
    await ivan.says("тренажёр химия")
    assert (await ivan.says("прогресс"))[0].startswith("Пока показать нечего.")
    assert (await ivan.says("train"))[0].startswith("Верно!")
    assert (await ivan.says("train"))[0] == "Продолжаем: Химия."
    await ivan.says("тренажёр литература")
    essay = "Прогресс, о котором пишет автор, дался герою нелегко."
    assert (await ivan.says(essay))[0].startswith("Спасибо. Теперь сравните")
    await ivan.says("хватит")
    assert not (await ivan.says(essay))[0].startswith("Спасибо.")


async def test_an_open_answer_is_marked_by_its_author(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, ESSAY)
    await ivan.says("тренажёр литература")
    assert await ivan.says("Это про жизнь.") == [
        "Спасибо. Теперь сравните свой ответ с критериями, как это делает эксперт.\n\n"
        "Образец ответа:\nОбразец.\n\n"
        "К1\n0 — нет\n1 — есть\n\n"
        "К2\n0 — нет\n1 — отчасти\n2 — есть\n\n"
        "Сколько баллов вы себе поставите по каждому критерию, по порядку? Например: 1 2."
    ]
    assert await ivan.says("не знаю") == ["Напишите баллы по 2 критериям."]
    assert await ivan.says("2 1") == ["К1: не больше 1."]
    assert await ivan.says("1 1") == ["Записано: 2 балла из 3.\n\nДальше или хватит?"]
    assert "2 балла из 3" in (await ivan.says("хватит"))[0]


async def test_whoever_does_not_write_an_open_answer_reads_the_model(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, ESSAY)
    await ivan.says("тренажёр литература")
    assert await ivan.says("ответ") == ["Образец ответа:\nОбразец.\n\nДальше или хватит?"]


async def test_formulas_are_in_words_and_in_a_picture(talk: Talk, ivan: TalkPerson) -> None:
    question = r"Решите $x^2=\frac{1}{4}$"
    await bring(talk, replace(SUM, question=question, hints=("$x>0$",), explanation=r"$\sqrt{x}$"))
    said = await ivan.says("тренажёр астрономия")
    assert "Решите x² = ¼" in said[1]
    assert said[2] == "То же самое с формулами"
    assert talk.said[-1].content["msgtype"] == "m.image"
    assert await ivan.says("подсказка") == ["Подсказка: x > 0", "То же самое с формулами"]
    assert await ivan.says("5") == [
        "Верно! 1 балл из 1.\n\n√x",
        "То же самое с формулами",
        "Дальше или хватит?",
    ]


# ---------------------------------------------------------------- which tasks


async def test_what_is_missing_is_asked_with_what_there_is(talk: Talk, ivan: TalkPerson) -> None:
    six = replace(SUM, id=ItemId("six"), grades=(6,))
    await bring(talk, SUM, six, SALT)
    assert await ivan.says("!тренажёр") == [f"По какому предмету?\n{SUBJECTS}"]
    assert await ivan.says("2") == ["Для какого класса или экзамена? Есть: 6, 7."]
    assert await ivan.says("9") == [
        "Таких заданий пока нет: Астрономия, 9 класс. Для какого класса или экзамена? Есть: 6, 7."
    ]
    assert await ivan.says("7") == [f"Астрономия, 7 класс. {INTRO}", SUM_ASKED]
    assert await ivan.says("тренажёр физика") == [
        f"Не знаю, что такое «физика». По какому предмету?\n{SUBJECTS}"
    ]
    assert await ivan.says("нет") == ["Хорошо, на этом пока всё.\nЧтобы продолжить, напишите «!тренажёр»."]


async def test_the_student_s_own_grade_is_known(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM, replace(SUM, id=ItemId("six"), grades=(6,)))
    known = talk.directory.people[ivan.user]
    seventh = ClassView(ClassId("c"), "7А", ("student",))
    talk.directory.people[ivan.user] = replace(known, classes=(seventh,))
    assert await ivan.says("!тренажёр астрономия") == [f"Астрономия, 7 класс. {INTRO}", SUM_ASKED]
    talk.directory.people[ivan.user] = replace(known, classes=(replace(seventh, relations=("guardian",)),))
    assert await ivan.says("!тренажёр астрономия") == ["Для какого класса или экзамена? Есть: 6, 7."]


async def test_without_the_directory_the_grade_is_asked(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM, replace(SUM, id=ItemId("six"), grades=(6,)))
    talk.directory.away = True
    assert await ivan.says("!тренажёр астрономия") == ["Для какого класса или экзамена? Есть: 6, 7."]


async def test_in_a_class_s_room_it_begins_in_the_direct_chat(talk: Talk, room: TalkRoom) -> None:
    await bring(talk, SUM)
    ivan = room.enter("Белов Иван Олегович, ученик")
    said = await ivan.says("!тренажёр астрономия")
    assert said == ["Продолжим в личном чате.", f"Астрономия. {INTRO}", SUM_ASKED]
    assert [event.room == room.id for event in talk.said] == [True, False, False]
    directly = await ivan.writes_directly()
    assert await ivan.says("5") == []
    assert (await directly.says("5"))[0].startswith("Верно!")


# ---------------------------------------------------------------- going on


async def test_after_a_long_pause_it_asks_whether_to_go_on(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM)
    await ivan.says("тренажёр астрономия")
    talk.clock.advance(hours=1)
    assert (await ivan.says("4"))[0].startswith("Пока неверно.")
    talk.clock.advance(hours=3)
    ask = ["Мы остановились на полпути. Продолжим тренировку? Напишите «да» или «хватит»."]
    assert await ivan.says("5") == ask
    unknown = ["Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."]
    assert await ivan.says("какие уроки завтра") == unknown
    assert await ivan.says("да") == [SUM_ASKED]
    assert (await ivan.says("5"))[0].startswith("Теперь верно!")
    talk.clock.advance(days=9)
    assert (await ivan.says("хватит"))[0].startswith("Хорошо, на этом пока всё.")
    assert await ivan.says("дальше") == unknown


async def test_an_essay_may_take_longer(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, ESSAY)
    await ivan.says("тренажёр литература")
    talk.clock.advance(hours=20)
    assert (await ivan.says("Это про жизнь."))[0].startswith("Спасибо.")
    talk.clock.advance(hours=30)
    assert (await ivan.says("1 1"))[0].startswith("Мы остановились")
    (criteria,) = await ivan.says("да")
    assert criteria.startswith("Спасибо. Теперь сравните")
    assert (await ivan.says("1 1"))[0].startswith("Записано")


async def test_help_works_in_the_middle_of_a_task(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SALT)
    await ivan.says("тренажёр химия")
    assert "!тренажёр" in (await ivan.says("!помощь"))[0]
    assert "!тренажёр" in (await ivan.says("помощь"))[0]
    assert (await ivan.says("соль"))[0].startswith("Верно!")


async def test_it_goes_on_where_it_stopped(talk: Talk, ivan: TalkPerson) -> None:
    others = [replace(SUM, id=ItemId(f"s{n}"), question=f"Сколько будет {n} + 5?") for n in range(4)]
    await bring(talk, *others, SALT)
    (_, asked) = await ivan.says("тренажёр астрономия")
    await ivan.says("подсказка")
    await ivan.says("хватит")
    talk.clock.advance(days=3)
    assert await ivan.says("!тренажёр") == ["Продолжаем: Астрономия.", asked]
    assert (await ivan.says("подсказка"))[0].startswith("Подсказка: Их на одной")
    await ivan.says("ответ")
    await ivan.says("хватит")
    (_, following) = await ivan.says("!тренажёр")
    assert following != asked
    await ivan.says("тренажёр химия")
    assert await ivan.says("тренажёр") == [
        "Продолжаем: Химия.",
        "1 балл\n\nЧто это?\n\nОтветьте словом или словами.",
    ]


async def test_nothing_is_said_to_those_who_do_not_train(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM)
    assert await ivan.says("5") == ["Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."]


async def test_a_task_that_was_taken_back_is_left(talk: Talk, ivan: TalkPerson) -> None:
    number = await bring(talk, SUM)
    await bring(talk, replace(SUM, id=ItemId("other"), question="Сколько будет 1 + 4?"), file="б")
    (_, asked) = await ivan.says("тренажёр астрономия")
    number = 1 if "2 + 3" in asked else 2
    await transaction(talk.program.database, lambda db: TaskStore(db).take_back(number))
    gone, other = await ivan.says("5")
    assert gone == "Учитель убрал это задание."
    assert other != asked
    await transaction(talk.program.database, lambda db: TaskStore(db).take_back(3 - number))
    (gone, none) = await ivan.says("5")
    assert none == "Таких заданий больше нет. Выберите другие: «!тренажёр математика 7»."


async def test_what_only_a_teacher_has_is_not_trained(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SUM, owner="@anna:school.test")
    await bring(talk, SALT)
    assert (await ivan.says("тренажёр астрономия"))[0].startswith("Не знаю, что такое «астрономия».")


async def test_words_are_not_kept(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SALT, ESSAY)
    for words in ("тренажёр химия", "сахарозаменитель", "тренажёр литература", "сахарозаменитель"):
        await ivan.says(words)
    for table in ("sessions", "answers", "reviews"):
        rows = await talk.program.database.fetch(f"SELECT * FROM exam_prep_{table}")
        assert not any("сахарозаменитель" in str(tuple(row)) for row in rows)


def test_tasks_here_are_sound() -> None:
    tasks: list[Item] = [SUM, ANIMALS, SALT, ESSAY]
    assert not [faults(task) for task in tasks if faults(task)]
