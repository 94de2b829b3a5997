"""A teacher with the school's tasks: what there is, bringing some, taking them back, getting them."""

from __future__ import annotations

import base64
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from support.bringing import bring
from support.tasks import KINDS, item

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_core.errors import TemporaryError
from zvonok_core.roles import Role
from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import Item, ItemId, Number, Picture, Word

SALT = item(
    Word(("соль",)),
    id=ItemId("salt"),
    subject="химия",
    grades=(8,),
    topic="Соли",
    question="Что это?",
    explanation="Это соль.",
)
ICE = replace(SALT, id=ItemId("ice"), topic="Вода", question="Что плавает?", asks=Word(("лёд",)))
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8Dwn4EIwDiqEAB9GwP/nZvD1QAAAABJRU5ErkJggg=="
)
SEND_IT = [
    "Пришлите файл сюда. Я читаю таблицы .xlsx и .csv, вопросы Moodle (.xml и .gift) и наш формат .yaml. "
    "Сначала покажу, что получится, и спрошу.",
    "Пример: по заданию каждого вида. Его можно переделать под себя.",
]
WHO = "Для кого они?\n1. Для всех: и в тренажёре, и в вариантах\n2. Только для меня, для моих вариантов\n3. Не загружать"
SHOWN = "Соли · 1 балл\n\nЧто это?\n\nОтветьте словом или словами."
LOADED = "Посмотреть, что есть: «!задания». Передумали — «!убрать задания»."
FOR_NOBODY = ["Спасибо, но я не знаю, для чего этот файл: сейчас его никто не ждёт."]


@pytest.fixture
async def teacher(anna: TalkPerson) -> TalkPerson:
    """Her, in the direct chat."""
    return await anna.writes_directly()


def file(*tasks: Item, format: Format = Format.YAML) -> bytes:
    return write(tasks, format).content


async def sends(person: TalkPerson, data: bytes, name: str = "химия.yaml", caption: str = "") -> list[str]:
    return await person.sends_file(name, data, **({"body": caption} if caption else {}))


async def loads(person: TalkPerson, *tasks: Item, answer: str = "1", name: str = "химия.yaml") -> list[str]:
    await sends(person, file(*tasks), name, "задания")
    return await person.says(answer)


# ---------------------------------------------------------------- bringing


async def test_a_file_is_shown_first_and_kept_when_the_teacher_says_so(
    teacher: TalkPerson, ivan: TalkPerson
) -> None:
    assert await teacher.says("!загрузить задания") == SEND_IT
    assert await sends(teacher, file(SALT, ICE)) == [
        "В файле «химия.yaml» 2 задания:\n• Химия, 8 класс: 2\n\nВот как будет выглядеть первое:",
        SHOWN,
        WHO,
    ]
    assert (await ivan.says("!тренажёр химия"))[0].startswith("Не знаю, что такое «химия».")
    assert await teacher.says("1") == [f"Загружено 2 задания. {LOADED}"]
    assert (await ivan.says("!тренажёр соли"))[1] == SHOWN


async def test_a_caption_says_what_it_is(teacher: TalkPerson) -> None:
    for caption in ("задания", "!загрузить задания", "Загрузи задания, пожалуйста", "вопросы", "load tasks"):
        assert (await sends(teacher, file(SALT), caption=caption))[-1] == WHO
        assert await teacher.says("3") == ["Хорошо, ничего не загружаю."]
    assert await sends(teacher, file(SALT), caption="домашнее задание") == FOR_NOBODY
    assert await sends(teacher, file(SALT)) == FOR_NOBODY


async def test_a_file_is_waited_for_an_hour_and_only_one(talk: Talk, teacher: TalkPerson) -> None:
    await teacher.says("!загрузить задания")
    talk.clock.advance(minutes=59)
    assert (await sends(teacher, file(SALT)))[-1] == WHO
    assert await sends(teacher, file(SALT)) == FOR_NOBODY
    await teacher.says("!загрузить задания")
    talk.clock.advance(minutes=61)
    assert await sends(teacher, file(SALT)) == FOR_NOBODY


@pytest.mark.parametrize("answer", ["3", "нет", "Никому.", "отмена"])
async def test_what_is_declined_is_not_kept(talk: Talk, teacher: TalkPerson, answer: str) -> None:
    assert await loads(teacher, SALT, answer=answer) == ["Хорошо, ничего не загружаю."]
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_items") == 0
    assert (await teacher.says("1"))[0].startswith("Такого я пока не умею.")


async def test_what_is_for_the_teacher_is_for_nobody_else(
    room: TalkRoom, teacher: TalkPerson, ivan: TalkPerson
) -> None:
    assert (await loads(teacher, SALT, answer="только мне"))[0].startswith("Загружено 1 задание.")
    assert "Химия" in (await teacher.says("!задания"))[0]
    assert "химия.yaml, 24 ноября: 1 задание, только для себя" in (await teacher.says("!задания"))[0]
    oleg = await room.enter("Белов Олег Игоревич, учитель", Role.TEACHER).writes_directly()
    assert "Химия" not in (await oleg.says("!задания"))[0]
    assert (await ivan.says("!тренажёр химия"))[0].startswith("Не знаю, что такое «химия».")


async def test_other_words_are_asked_about(talk: Talk, teacher: TalkPerson) -> None:
    await sends(teacher, file(SALT), caption="задания")
    assert await teacher.says("хорошо бы") == ["Ответьте, пожалуйста, 1, 2 или 3."]
    talk.clock.advance(minutes=61)
    assert (await teacher.says("1"))[0].startswith("Такого я пока не умею.")


async def test_all_that_is_wrong_is_told_with_file_and_line(talk: Talk, teacher: TalkPerson) -> None:
    broken = """- id: salt
  subject: химия
  grades: 80
  question: Что это?
  word: {right: соль}
- subject: химия
  grades: 8
  question: Что это?
  word: {rihgt: соль}
""".encode()
    (said,) = await sends(teacher, broken, caption="задания")
    assert said.startswith(
        "Ничего не загружено: в файле 2 ошибки.\n• химия.yaml, строка 3, grades: Класс — это число"
    )
    assert "• химия.yaml, строка 9, word: Такого ключа нет: «rihgt». Может быть, «right»?" in said
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_items") == 0
    assert (await teacher.says("1"))[0].startswith("Такого я пока не умею.")


async def test_many_problems_are_also_a_file(talk: Talk, teacher: TalkPerson) -> None:
    broken = "".join(
        f"- {{subject: х, grades: 99, question: «{n}», word: {{right: да}}}}\n" for n in range(30)
    ).encode()
    said, caption = await sends(teacher, broken, caption="задания")
    assert said.startswith("Ничего не загружено: в файле 30 ошибок.")
    assert said.count("• ") == 15
    assert "… и ещё 15" in said
    assert caption == "Все ошибки по строкам"
    content = talk.said[-1].content
    assert content["filename"] == "химия.yaml.txt"
    whole = talk.chat.files[content["url"]].decode("utf-8-sig")
    assert len(whole.splitlines()) == 30
    assert "химия.yaml, строка 30" in whole


async def test_subject_and_grade_may_stand_in_the_caption(teacher: TalkPerson, ivan: TalkPerson) -> None:
    gift = "::Соли:: Что это? {=соль}".encode()
    (said,) = await sends(teacher, gift, "химия.gift", "задания")
    assert said.startswith("Ничего не загружено")
    assert said.endswith("в подписи к файлу: «задания химия 8».")
    said = await sends(teacher, gift, "химия.gift", "задания химия 8 класс")
    assert said[0].startswith("В файле «химия.gift» 1 задание:\n• Химия, 8 класс: 1\n")
    await teacher.says("1")
    assert "Химия, 8 класс" in (await ivan.says("!тренажёр химия 8"))[0]
    await teacher.says("!загрузить задания физика 7")
    assert "• Физика, 7 класс: 1" in (await sends(teacher, gift, "ф.gift"))[0]


@pytest.mark.parametrize("format", list(Format))
async def test_every_format_is_read(teacher: TalkPerson, format: Format) -> None:
    said = await sends(teacher, file(SALT, ICE, format=format), f"химия.{format.value}", "задания химия 8")
    assert said[0].startswith(f"В файле «химия.{format.value}» 2 задания:\n• Химия, 8 класс: 2\n")
    assert await teacher.says("1") == [f"Загружено 2 задания. {LOADED}"]


async def test_a_file_that_is_no_list_of_tasks_is_told(talk: Talk, teacher: TalkPerson) -> None:
    unreadable = ["Такие файлы я не читаю. Подойдут .xlsx, .csv, .xml, .gift, .txt и .yaml."]
    assert await sends(teacher, b"%PDF", "урок.pdf", "задания") == unreadable
    assert (await sends(teacher, b"\xff\xd8 no table", "урок.xlsx", "задания"))[0].startswith(
        "Ничего не загружено"
    )
    assert (await sends(teacher, b"", "урок.csv", "задания"))[0].startswith("Ничего не загружено")


async def test_a_file_that_is_too_large_or_gone_is_told(talk: Talk, teacher: TalkPerson) -> None:
    large = b"#" * 10_000_001
    assert await sends(teacher, large, caption="задания") == ["В файле больше 10 МБ."]
    gone = {"msgtype": "m.file", "body": "задания", "filename": "х.yaml", "url": "mxc://school.test/gone"}
    assert await teacher.sends("m.room.message", gone) == [
        "Этого файла уже нет. Пришлите его, пожалуйста, ещё раз."
    ]
    await sends(teacher, file(SALT), caption="задания")
    talk.chat.files.clear()
    assert await teacher.says("1") == ["Этого файла уже нет. Пришлите его, пожалуйста, ещё раз."]
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_items") == 0


async def test_what_changed_takes_the_place_of_the_older_one(teacher: TalkPerson, ivan: TalkPerson) -> None:
    await loads(teacher, SALT, ICE)
    newer = replace(SALT, question="А это что?")
    said = await sends(teacher, file(newer, ICE), caption="задания")
    assert said[0].startswith(
        "В файле «химия.yaml» 2 задания:\n• Химия, 8 класс: 2\n"
        "Из них 1 заменит ваше прежнее.\nИз них 1 уже есть, его пропущу.\n"
    )
    assert (await teacher.says("1"))[0].startswith("Загружено 1 задание.")
    assert "А это что?" in (await ivan.says("!тренажёр соли"))[1]
    await sends(teacher, file(newer, ICE), caption="задания")
    assert await teacher.says("1") == ["Все эти задания уже есть."]


async def test_another_ones_task_is_not_replaced(room: TalkRoom, teacher: TalkPerson) -> None:
    await loads(teacher, SALT)
    oleg = await room.enter("Белов Олег Игоревич, учитель", Role.TEACHER).writes_directly()
    taken = replace(next(iter(shipped())), question="Другое?")
    (said,) = await sends(oleg, file(replace(SALT, question="Другое?"), taken), caption="задания")
    assert said == (
        "Ничего не загружено: в файле 2 ошибки.\n"
        "• химия.yaml: Под кодом «salt» уже есть другое задание, и загрузили его не вы. "
        "Дайте своему другой код или уберите код совсем.\n"
        f"• химия.yaml: Под кодом «{taken.id}» уже есть другое задание, и загрузили его не вы. "
        "Дайте своему другой код или уберите код совсем."
    )


async def test_pictures_are_kept_in_the_homeserver_s_store(
    talk: Talk, teacher: TalkPerson, ivan: TalkPerson
) -> None:
    with_picture = replace(SALT, pictures=(Picture("соль.png", alt="Кристаллы", data=PNG),))
    await loads(teacher, with_picture)
    said = await ivan.says("!тренажёр соли")
    assert said[1:] == [SHOWN, "Кристаллы"]
    shown = talk.said[-1].content
    assert shown["msgtype"] == "m.image"
    assert talk.chat.files[shown["url"]] == PNG
    await teacher.says("!выгрузить задания мои yaml")
    exported = talk.chat.files[talk.said[-1].content["url"]]
    assert read("з.yaml", exported).items == (with_picture,)


async def test_where_the_homeserver_is_away_it_is_tried_again_and_done_once(
    talk: Talk, teacher: TalkPerson
) -> None:
    """It is read anew, and nothing of the first time is there."""
    with_picture = replace(ICE, pictures=(Picture("лёд.png", data=PNG),))
    await sends(teacher, file(SALT, with_picture), caption="задания")
    talk.chat.failing += [TemporaryError("away")] * 2  # for the reaction, and for the file
    assert await teacher.says("1") == []
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_items") == 0
    talk.clock.advance(seconds=2)
    (said,) = [event.content["body"] for event in await talk.settle()]
    assert said.startswith("Загружено 2 задания.")
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_imports") == 1


async def test_an_example_of_each_kind_is_sent_along(talk: Talk, teacher: TalkPerson) -> None:
    await teacher.says("!загрузить задания")
    content = sent(talk)
    found = read(content["filename"], talk.chat.files[content["url"]])
    assert len({type(one.asks) for one in found.items}) == len(KINDS)


async def test_a_second_file_waits_for_the_first(talk: Talk, teacher: TalkPerson) -> None:
    talk.chat.failing += [TemporaryError("away")] * 2  # for the reaction, and for the file
    await sends(teacher, file(SALT), caption="задания")
    assert await sends(teacher, file(ICE), caption="задания") == ["Ваш прошлый файл ещё читается. Минутку."]


# ---------------------------------------------------------------- who may


async def test_only_teachers_bring_and_see_tasks(talk: Talk, room: TalkRoom, ivan: TalkPerson) -> None:
    mother = await room.enter("Петрова Ольга Ивановна", Role.GUARDIAN).writes_directly()
    for person in (ivan, mother):
        for command in ("!задания", "!загрузить задания", "!убрать задания", "!выгрузить задания"):
            assert await person.says(command) == ["Это здесь могут делать только учителя."]
        assert await sends(person, file(SALT), caption="задания") == FOR_NOBODY
        assert (await person.says("1"))[0].startswith("Такого я пока не умею.")
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_items") == 0


async def test_whoever_is_no_teacher_any_more_brings_nothing(talk: Talk, teacher: TalkPerson) -> None:
    await sends(teacher, file(SALT), caption="задания")
    known = talk.directory.people[teacher.user]
    talk.directory.people[teacher.user] = replace(known, roles=(Role.GUARDIAN,))
    assert await teacher.says("1") == ["Хорошо, ничего не загружаю."]


async def test_in_a_room_it_goes_on_directly(talk: Talk, anna: TalkPerson) -> None:
    assert await anna.says("!загрузить задания") == ["Продолжим в личном чате.", *SEND_IT]
    assert talk.said[-1].room != anna.room.id
    said = await anna.says("!задания")
    assert said[0] == "Ответ – в нашем личном чате."
    assert said[1].startswith("Всего ")
    assert talk.said[-1].room != anna.room.id
    for command in ("!убрать задания", "!выгрузить задания"):
        assert await anna.says(command) == ["Лучше сделаем это в личном чате: напишите мне то же самое там."]


# ---------------------------------------------------------------- what there is


async def test_what_there_is(teacher: TalkPerson) -> None:
    await loads(teacher, SALT, replace(ICE, grades=(8, 9)))
    lines = (await teacher.says("!задания"))[0].split("\n")
    assert lines[0] == f"Всего {len(shipped()) + 2} задания:".replace("задания", _tasks(len(shipped()) + 2))
    assert "• Химия (2). 8 класс: 2; 9 класс: 1" in lines
    assert any(line.startswith("• Математика (") and "ОГЭ: " in line for line in lines)
    assert lines[-4:] == [
        "Вы загрузили:",
        "• химия.yaml, 24 ноября: 2 задания",
        "",
        "По темам: «!задания математика 7». Добавить свои: «!загрузить задания». Получить файлом: «!выгрузить задания».",
    ]


def _tasks(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "задание"
    return "задания" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "заданий"


async def test_by_topics(teacher: TalkPerson) -> None:
    await loads(teacher, SALT, ICE, replace(ICE, id=ItemId("water")), replace(SALT, id=ItemId("x"), topic=""))
    assert await teacher.says("!задания химия") == ["Химия: 4 задания\n• без темы: 1\n• Вода: 2\n• Соли: 1"]
    assert await teacher.says("!задания по воде") == ["Химия, «Вода»: 2 задания\n• Вода: 2"]
    said = await teacher.says("!задания математика огэ")
    assert ", ОГЭ, задание " in said[0]
    assert (await teacher.says("!задания физика"))[0].startswith("Не знаю, что такое «физика».")


# ---------------------------------------------------------------- taking back


async def test_a_file_is_taken_back(teacher: TalkPerson, ivan: TalkPerson) -> None:
    assert await teacher.says("!убрать задания") == ["Вы ещё ничего не загружали, убирать нечего."]
    await loads(teacher, SALT)
    await loads(teacher, ICE, name="вода.yaml")
    assert await teacher.says("!убрать задания") == [
        "Что убрать?\n1. вода.yaml, 24 ноября: 1 задание\n2. химия.yaml, 24 ноября: 1 задание"
    ]
    assert await teacher.says("2") == [
        "Убрано: химия.yaml, 24 ноября: 1 задание. Ответы учеников останутся в их прогрессе."
    ]
    assert (await ivan.says("!тренажёр соли"))[0].startswith("Не знаю")
    assert (await ivan.says("!тренажёр вода"))[0].startswith("Химия, «Вода».")
    assert (await teacher.says("!убрать задания вода.yaml"))[0].startswith("Убрано: вода.yaml")


async def test_only_the_own_files_are_offered_but_to_the_head(
    talk: Talk, room: TalkRoom, teacher: TalkPerson
) -> None:
    number = await bring(talk, SALT)
    assert await teacher.says(f"!убрать задания #{number}") == ["Вы ещё ничего не загружали, убирать нечего."]
    head = await room.enter("Орлова Вера Олеговна, директор", Role.PRINCIPAL).writes_directly()
    assert await head.says("!убрать задания") == ["Что убрать?\n1. задания.yaml, 24 ноября: 1 задание"]
    assert (await head.says("1"))[0].startswith("Убрано")


# ---------------------------------------------------------------- getting them


def sent(talk: Talk) -> dict[str, Any]:
    """The last file."""
    return dict(
        next(event.content for event in reversed(talk.said) if event.content.get("msgtype") == "m.file")
    )


async def test_tasks_come_as_a_file(talk: Talk, teacher: TalkPerson) -> None:
    await loads(teacher, SALT, ICE)
    assert await teacher.says("!выгрузить задания мои") == [
        "В каком виде?\n1. таблица Excel (.xlsx)\n2. таблица (.csv)\n3. всё, что о них известно (.yaml)\n"
        "4. для Moodle (.xml)\n5. для Moodle простым текстом (.gift)"
    ]
    assert await teacher.says("1") == ["2 задания"]
    content = sent(talk)
    assert (content["filename"], content["info"]["mimetype"][-5:]) == ("задания.xlsx", "sheet")
    assert read("з.xlsx", talk.chat.files[content["url"]]).items == (SALT, ICE)


@pytest.mark.parametrize("format", list(Format))
async def test_in_every_format(talk: Talk, teacher: TalkPerson, format: Format) -> None:
    await loads(teacher, SALT, ICE)
    await teacher.says(f"!выгрузить задания {format.value} химия 8")
    content = sent(talk)
    assert content["filename"] == f"задания.{format.value}"
    found = read(content["filename"], talk.chat.files[content["url"]], {"subject": "химия", "grades": "8"})
    assert [one.question for one in found.items] == [SALT.question, ICE.question]


async def test_mine_are_only_mine(talk: Talk, teacher: TalkPerson) -> None:
    await bring(talk, ICE)
    await loads(teacher, SALT, answer="2")
    await teacher.says("!выгрузить задания мои yaml")
    assert read("з.yaml", talk.chat.files[sent(talk)["url"]]).items == (SALT,)


async def test_all_of_them_and_some(talk: Talk, teacher: TalkPerson) -> None:
    await teacher.says("!выгрузить задания yaml")
    assert read("з.yaml", talk.chat.files[sent(talk)["url"]]).items == tuple(shipped())
    await teacher.says("!выгрузить задания в excel по математике для 7 класса")
    found = read("з.xlsx", talk.chat.files[sent(talk)["url"]]).items
    assert found
    assert {one.subject for one in found} == {"математика"}
    assert all(7 in one.grades for one in found)
    assert await teacher.says("!выгрузить задания мои yaml") == [
        "Своих заданий у вас пока нет. Загрузить их можно так: «!загрузить задания»."
    ]
    assert (await teacher.says("!выгрузить задания физика"))[0].startswith("Не знаю, что такое «физика».")


async def test_what_a_format_can_t_hold_is_told(talk: Talk, teacher: TalkPerson) -> None:
    await loads(teacher, replace(SALT, pictures=(Picture("а.png", data=PNG),)))
    said = await teacher.says("!выгрузить задания мои csv")
    assert said == [
        "1 задание",
        "В такой файл поместилось не всё:\n• salt: Картинки не вошли.\nВ файле .yaml есть всё.",
    ]


async def test_a_teacher_who_trains_is_asked_by_whoever_asked_last(talk: Talk, teacher: TalkPerson) -> None:
    """An answer to the one is never taken for an answer to the other."""
    one = replace(SALT, id=ItemId("one"), topic="Числа", asks=Number(Fraction(1)))
    await bring(talk, one)
    await teacher.says("!тренажёр химия числа")
    await sends(teacher, file(ICE), caption="задания")
    assert (await teacher.says("1"))[0].startswith("Загружено 1 задание.")
    assert (await teacher.says("1"))[0].startswith("Такого я пока не умею.")
    await teacher.says("!тренажёр")
    assert (await teacher.says("1"))[0].startswith("Верно!")
