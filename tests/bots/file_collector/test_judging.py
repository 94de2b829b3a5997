"""What a teacher decides, where it is said, and what the student learns of it."""

from __future__ import annotations

import pytest
from bots.file_collector.conftest import PDF, Class

from zvonok_botkit.testing import TalkPerson
from zvonok_core.roles import Role

RETURNED = "«Эссе»: работу нужно доработать. Учитель пишет:\nНет вывода\nНовую версию пришлите прямо сюда."


@pytest.fixture
async def olga(class_: Class) -> TalkPerson:
    """The teacher in her direct chat, while an essay is collected and Petrov has handed in."""
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00")
    await class_.hands_in(class_.students[0])
    return await class_.alone(class_.teacher)


async def told(class_: Class, student: int) -> list[str]:
    """What a student was told alone."""
    alone = await class_.alone(class_.students[student])
    return [str(event.content["body"]) for event in class_.to(alone.room)]


async def test_a_work_goes_back_with_a_comment_comes_again_and_is_accepted(
    class_: Class, olga: TalkPerson
) -> None:
    said = await olga.says("!вернуть Петрову Нет вывода")
    assert said == ["Готово: Петров Иван Сергеевич.", RETURNED]
    assert "Петров Иван Сергеевич: на доработке" in await class_.table()
    (said,) = await class_.hands_in(class_.students[0], "эссе2.pdf")
    assert said.startswith("«Эссе»: сдано 24 ноября, 12:00.\n• эссе2.pdf"), (
        "below the comment, no edit above it"
    )
    assert "Петров Иван Сергеевич: сдано снова 24 ноября, 12:00 (эссе2.pdf)" in await class_.table()
    assert await olga.says("принять Петрова") == [
        "Готово: Петров Иван Сергеевич.",
        "«Эссе»: работа принята. Спасибо!",
    ]
    (said,) = await class_.hands_in(class_.students[0], "эссе3.pdf")
    assert said.startswith("«Эссе»: работа уже принята")
    assert "принято 24 ноября, 12:00 (эссе2.pdf)" in await class_.table()


async def test_the_comment_is_asked_for(class_: Class, olga: TalkPerson) -> None:
    assert await olga.says("вернуть Петрову") == ["Что доработать? Передам вашими словами."]
    assert await olga.says("Нет вывода") == ["Готово: Петров Иван Сергеевич.", RETURNED]


async def test_what_was_judged_is_not_the_student_s_to_take_back(class_: Class, olga: TalkPerson) -> None:
    sent = class_.students[0].last
    await olga.says("!вернуть Петрову Нет вывода")
    ivan = await class_.alone(class_.students[0])
    assert await ivan.says("забрать") == [
        "«Эссе»: эту версию учитель уже посмотрел, она остаётся. Можно прислать новую."
    ]
    (said,) = await ivan.takes_back(sent)
    assert said.startswith("«Эссе»: эту версию учитель уже посмотрел")
    await ivan.sends_file("новое.pdf", PDF)
    (said,) = await ivan.says("забрать")
    assert "• эссе.pdf, 2 КБ" in said
    assert "Петров Иван Сергеевич: на доработке 24 ноября, 12:00 (эссе.pdf)" in await class_.table()


async def test_somebody_is_excused_and_asked_again(class_: Class, olga: TalkPerson) -> None:
    assert await olga.says("освободить Белову и Ёлкину") == [
        "Готово: Белова Анна Олеговна, Ёлкина Зоя Петровна.",
        "«Эссе»: сдавать не нужно, учитель вас освободил.",
        "«Эссе»: сдавать не нужно, учитель вас освободил.",
    ]
    assert "Сдали: 1 из 1." in await class_.table()
    assert await olga.says("!напомнить") == ["Все уже справились."]
    assert await olga.says("вернуть Белову") == [
        "Готово: Белова Анна Олеговна.",
        "«Эссе»: это всё-таки нужно сдать.\nСрок: 27 ноября (пятница), 18:00.\nПришлите файл или фото прямо сюда.",
    ]
    assert "Сдали: 1 из 2." in await class_.table()


async def test_what_can_t_be_done_is_said(class_: Class, olga: TalkPerson) -> None:
    assert await olga.says("освободить Петрова") == ["Не получилось:\nПетров Иван Сергеевич: уже сдано"]
    assert await olga.says("вернуть Белову Где работа?") == [
        "Не получилось:\nБелова Анна Олеговна: ещё ничего не сдано"
    ]
    assert await olga.says("принять Кощея") == ["Не нахожу «Кощея» среди тех, кто сдаёт. Чья работа?"]
    said = await olga.says("Петрова")
    assert said[0] == "Готово: Петров Иван Сергеевич."
    assert await olga.says("принять Петрова") == ["Не получилось:\nПетров Иван Сергеевич: уже принято"]
    assert await olga.says("принять") == ["Чья работа? Напишите фамилии или номера из таблицы."]


async def test_a_work_may_be_brought_on_paper(class_: Class, olga: TalkPerson) -> None:
    await olga.says("принять Белову")
    assert "1. Белова Анна Олеговна: принято\n" in await class_.table()


async def test_everybody_s_work_is_accepted_that_is_there(class_: Class, olga: TalkPerson) -> None:
    await class_.hands_in(class_.students[1])
    await olga.says("вернуть Белову Нет вывода")
    assert (await olga.says("принять всех"))[0] == "Готово: Петров Иван Сергеевич."
    assert await olga.says("принять всех") == ["Сейчас принимать нечего."]


async def test_numbers_are_those_of_the_table_that_was_seen(class_: Class, olga: TalkPerson) -> None:
    (said,) = await olga.says("!сдали")
    assert said.endswith("3. Петров Иван Сергеевич: сдано 24 ноября, 12:00 (эссе.pdf)")
    class_.room.enter("Абрамов Пётр Ильич, ученик")
    assert (await olga.says("принять 3"))[0] == "Готово: Петров Иван Сергеевич."
    (said,) = await olga.says("!сдали")
    assert "1. Абрамов Пётр Ильич: не сдано" in said
    assert (await olga.says("освободить 1, 2 и 3"))[0] == (
        "Готово: Абрамов Пётр Ильич, Белова Анна Олеговна, Ёлкина Зоя Петровна."
    )
    assert await olga.says("вернуть 4 Нет вывода") == ["Готово: Петров Иван Сергеевич.", RETURNED]
    assert await olga.says("освободить 99") == ["Чья работа? Напишите фамилии или номера из таблицы."]


async def test_two_of_one_name_are_told_apart(class_: Class, olga: TalkPerson) -> None:
    class_.room.enter("Петров Пётр Олегович, ученик")
    assert await olga.says("освободить Белову, Петрова, Ёлкину") == [
        "«Петрова» подходит нескольким людям. Кого вы имеете в виду?\n"
        "1. Петров Иван Сергеевич, ученик\n2. Петров Пётр Олегович, ученик"
    ]
    assert (await olga.says("2"))[0] == (
        "Готово: Белова Анна Олеговна, Петров Пётр Олегович, Ёлкина Зоя Петровна."
    )


@pytest.mark.usefixtures("olga")
async def test_in_the_room_nobody_learns_of_anybody_s_work(class_: Class) -> None:
    anna = class_.students[1]
    await anna.sends_file("эссе.pdf", PDF, **anna.in_thread(class_.call))
    before = len(class_.sent())
    assert await class_.teacher.replies(anna.last, "!вернуть Нет вывода") == [RETURNED]
    assert len(class_.sent()) == before
    assert class_.talk.said[-2].content["m.relates_to"]["key"] == "✅"
    assert "Белова Анна Олеговна: на доработке" in await class_.table()
    await class_.teacher.says("!освободить Петрова")
    assert len(class_.sent()) == before, "what went wrong is told alone, too"
    assert (await told(class_, 1))[-1] == RETURNED


async def test_in_quiet_hours_nobody_is_told_before_they_end_and_only_of_the_last(
    class_: Class, olga: TalkPerson
) -> None:
    await class_.wait(hours=10)  # 22:00
    assert await olga.says("вернуть Петрову Нет вывода") == ["Готово: Петров Иван Сергеевич."]
    assert await olga.says("принять Петрова") == ["Готово: Петров Иван Сергеевич."]
    said = await class_.wait(hours=10)
    assert [line for line in said if "«Эссе»: работа" in line] == [
        f"{class_.students[0].user}: «Эссе»: работа принята. Спасибо!"
    ]


@pytest.mark.usefixtures("olga")
async def test_only_the_one_who_has_begun_it_or_teaches_there_may(class_: Class) -> None:
    other = class_.talk.room("8Б. Алгебра").enter("Чужая Инна Олеговна, учитель", Role.TEACHER)
    alone = await other.writes_directly()
    only = ["Это может сделать только тот, кто начал сбор, или учитель этого чата."]
    for words in (
        "сдали 1",
        "выгрузить 1",
        "закрыть сбор 1",
        "напомнить 1",
        "отменить сбор 1",
    ):
        assert await alone.says(words) == only, words
    ivan = await class_.alone(class_.students[0])
    assert await ivan.says("сдали 1") == ["Это здесь могут делать только учителя."]
    second = class_.room.enter("Второва Нина Олеговна, учитель", Role.TEACHER)
    assert "Сдали: 1 из 3." in (await (await second.writes_directly()).says("сдали 1"))[0]


async def test_who_teaches_there_no_more_sees_nothing_any_more(class_: Class, olga: TalkPerson) -> None:
    await olga.says("!сдали")
    class_.leaves(class_.teacher)
    before = len(class_.to(olga.room))
    await class_.hands_in(class_.students[1])
    await class_.wait(minutes=5)
    assert len(class_.to(olga.room)) == before, "the table is not kept up to date for them"
    assert await olga.says("сдали 1") == [
        "Это может сделать только тот, кто начал сбор, или учитель этого чата."
    ]
