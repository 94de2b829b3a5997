"""What a file is for: which of several collections, and which child."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from bots.file_collector.conftest import JPG, MORE, PDF, PHOTO, Class

from zvonok_botkit.testing import Talk, TalkPerson
from zvonok_core.roles import Role

# ---------------------------------------------------------------- what is it for?


@pytest.fixture
async def three(class_: Class) -> TalkPerson:
    """A student of whom three things are asked."""
    for title in ("«Эссе»", "«Лабораторная № 2»", "«Герой нашего времени»"):
        await class_.teacher.says(f"!сбор {title} до пятницы")
    return await class_.alone(class_.students[0])


QUESTION = (
    "Для чего этот файл? Ответьте номером.\n1. «Герой нашего времени»\n2. «Лабораторная № 2»\n3. «Эссе»"
)


async def test_what_a_file_is_for_is_asked_once_for_all_in_a_row(class_: Class, three: TalkPerson) -> None:
    assert await three.sends_file("1.jpg", JPG, **PHOTO) == [QUESTION]
    assert await three.sends_file("2.jpg", JPG, **PHOTO) == []
    assert "сдано" not in (await three.says("99"))[0]
    assert await three.says("2") == [
        f"«Лабораторная № 2»: сдано 24 ноября, 12:00.\n• 1.jpg, 3 КБ\n• 2.jpg, 3 КБ\n{MORE}"
    ]
    (said,) = await three.sends_file("3.jpg", JPG, **PHOTO)
    assert said.startswith("* «Лабораторная № 2»"), "what follows goes where the others went"
    await class_.wait(hours=1)
    assert await three.sends_file("4.jpg", JPG, **PHOTO) == [QUESTION]
    (said,) = await three.says("это эссе")
    assert said.startswith("«Эссе»: сдано 24 ноября, 13:00.\n• 4.jpg")
    assert "сдано" not in (await three.says("1"))[0], "nothing waits any more"


async def test_the_numbers_of_the_question_hold_although_things_change(
    class_: Class, three: TalkPerson
) -> None:
    await three.sends_file("1.jpg", JPG, **PHOTO)
    await class_.teacher.says("!сбор «Новое» до пятницы")
    (said,) = await three.says("3")
    assert said.startswith("«Эссе»: сдано")


@pytest.mark.parametrize("caption", ["эссе", "Моё Эссе, 7А", "лабораторная № 2"])
async def test_a_caption_says_what_a_file_is_for(three: TalkPerson, caption: str) -> None:
    (said,) = await three.sends_file("1.pdf", PDF, body=caption)
    title = "«Эссе»" if "эссе" in caption.casefold() else "«Лабораторная № 2»"
    assert said.startswith(f"{title}: сдано")


async def test_a_file_in_answer_to_a_reminder_is_for_that(class_: Class, three: TalkPerson) -> None:
    await class_.teacher.says("!напомнить 2")
    reminder = class_.to(three.room)[-1]
    assert "Лабораторная" in str(reminder.content["body"])
    relates = {"m.relates_to": {"m.in_reply_to": {"event_id": reminder.id}}}
    (said,) = await three.sends_file("1.pdf", PDF, **relates)
    assert said.startswith("«Лабораторная № 2»: сдано")


async def test_what_is_accepted_is_not_asked_about(class_: Class, three: TalkPerson) -> None:
    alone = await class_.alone(class_.teacher)
    await alone.says("принять Петрова, 3")
    await alone.says("3")
    await class_.teacher.says("!принять Петрова")
    await class_.teacher.says("3")
    await class_.teacher.says("!принять Петрова")
    await class_.teacher.says("2")
    (said,) = await three.sends_file("1.pdf", PDF)
    assert said.startswith("«Герой нашего времени»: сдано")


async def test_a_file_that_waits_is_spoken_of_in_the_reminder_and_can_be_deleted(
    class_: Class, three: TalkPerson
) -> None:
    await three.sends_file("1.pdf", PDF)
    sent = three.last
    await class_.teacher.says("!напомнить 1")
    assert str(class_.to(three.room)[-1].content["body"]).endswith(
        "Один ваш файл уже ждёт: ответьте на мой вопрос выше, для чего он."
    )
    await three.takes_back(sent)
    (said,) = await three.says("1")
    assert "сдано" not in said


# ---------------------------------------------------------------- for a child


@dataclass
class Family:
    """Parents of twins, in a room of parents in which something is collected of all."""

    mother: TalkPerson
    father: TalkPerson
    teacher: TalkPerson


@pytest.fixture
async def family(talk: Talk) -> Family:
    class_room = talk.room("7А. Класс", class_="7a")
    twins = [class_room.enter(f"Петров {name} Сергеевич, ученик").person for name in ("Иван", "Пётр")]
    anna = class_room.enter("Белова Анна Олеговна, ученик").person
    room = talk.room("7А. Родители", "class_guardians", class_="7a")
    mother = room.enter("Петрова Мария Ивановна, родитель", Role.GUARDIAN, children=twins)
    father = room.enter("Петров Сергей Ильич, родитель", Role.GUARDIAN, children=twins)
    room.enter("Белов Олег Ильич, родитель", Role.GUARDIAN, children=[anna])
    teacher = room.enter("Смирнова Ольга Павловна, учитель", Role.TEACHER)
    await teacher.says("!сбор «Согласие» до пятницы")
    return Family(mother, father, teacher)


async def test_a_parent_of_two_is_asked_for_whom(talk: Talk, family: Family) -> None:
    alone = await family.mother.writes_directly()
    assert await alone.sends_file("скан.pdf", PDF) == [
        "Для чего этот файл? Ответьте номером.\n1. «Согласие» (Петров Иван Сергеевич)\n2. «Согласие» (Петров Пётр Сергеевич)"
    ]
    (said,) = await alone.says("2")
    assert said.startswith("«Согласие» (Петров Пётр Сергеевич): сдано")
    talk.clock.advance(hours=1)
    (said,) = await alone.sends_file("скан2.pdf", PDF, body="за Ивана: Иван Петров")
    assert said.startswith("«Согласие» (Петров Иван Сергеевич): сдано")


async def test_one_parent_is_enough_and_both_may_add(talk: Talk, family: Family) -> None:
    mother, father, teacher = family.mother, family.father, family.teacher
    call = next(event.id for event in talk.said if "Согласие" in str(event.content.get("body")))
    (said,) = await mother.sends_file("1.jpg", JPG, **PHOTO, body="Пётр", **mother.in_thread(call))
    assert said.startswith("«Согласие» (Петров Пётр Сергеевич): сдано")
    (said,) = await father.sends_file("2.jpg", JPG, **PHOTO, body="Пётр", **father.in_thread(call))
    assert "• 1.jpg, 3 КБ\n• 2.jpg, 3 КБ" in said
    table = await teacher.says("!сдали")
    assert "Сдали: 1 из 3." in table[-1] and "Петров Пётр Сергеевич: сдано" in table[-1]
    before = len(talk.said)
    await teacher.says("!напомнить")
    reminded = {event.room for event in talk.said[before:] if "Напоминаю" in str(event.content.get("body"))}
    assert len(reminded) == 3, "both parents of the one, and the father of the other"


# ---------------------------------------------------------------- of several works


async def test_of_several_works_the_one_that_is_meant_is_taken_back(class_: Class, three: TalkPerson) -> None:
    await three.sends_file("1.pdf", PDF, body="эссе")
    await class_.wait(hours=1)
    await three.sends_file("2.pdf", PDF, body="лабораторная № 2")
    sent = three.last
    question = "О каком сборе речь?\n1. «Лабораторная № 2»\n2. «Эссе»"
    assert await three.says("забрать") == [question]
    assert (await three.says("2"))[0].startswith("«Эссе»: работа у вас, ничего не сдано.")
    assert (await three.says("вместе")) == ["«Лабораторная № 2»: версия только одна, в ней и так учтено всё."]
    assert await three.says("забрать роман") == ["Сейчас у вас ничего не сдано."]
    assert (await three.says("забрать лабораторная"))[0].startswith("«Лабораторная № 2»: работа у вас")
    assert await three.takes_back(sent) == [], "it is taken back already"
