"""A teacher sends a list of their own."""

from __future__ import annotations

import io

import pytest
from bots.word_of_the_day.conftest import SET_UP, Class, class_in
from openpyxl import Workbook

from zvonok_botkit.testing import Talk, TalkPerson
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import EventId
from zvonok_core.roles import Role
from zvonok_word_of_the_day.tables import LARGEST

OWN = "!слово-дня по будням в 8:30, английский, свой список"
GOOD = "Слово;Перевод\napple;яблоко\npear;груша\n".encode("cp1251")
BAD = "Слово;Перевод\napple;яблоко\npear;\nApple;яблочко\n".encode()
READING = "Спасибо, читаю список."
TAKEN = [READING, "Список принят: 2 слова.\nСледующее слово – завтра, 25 ноября."]
FOR_NOBODY = ["Спасибо, но я не знаю, для чего этот файл: сейчас его никто не ждёт."]


async def wanted(class_: Class) -> EventId:
    """The message in which the list is asked for."""
    await class_.anna.says(OWN)
    return class_.sent()[-1].id


async def words(talk: Talk) -> list[str]:
    rows = await talk.program.database.fetch("SELECT word FROM word_of_the_day_lists ORDER BY place")
    return [str(row["word"]).partition('"word": "')[2].partition('"')[0] for row in rows]


async def sends(
    person: TalkPerson, content: bytes, to: EventId | None = None, name: str = "слова.csv"
) -> list[str]:
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": to}}} if to else {}
    return await person.sends_file(name, content, "text/csv", **reply)


async def test_a_list_comes_in_reply_in_a_thread_or_alone(class_: Class) -> None:
    asked = await wanted(class_)
    assert await sends(class_.anna, GOOD, asked) == TAKEN
    await class_.anna.says(OWN)
    assert (
        await class_.anna.sends_file("слова.csv", GOOD, **class_.anna.in_thread(class_.sent()[-1].id))
        == TAKEN
    )
    await class_.anna.says(OWN)
    alone = await class_.anna.writes_directly()
    assert await sends(alone, GOOD) == TAKEN
    assert await words(class_.talk) == ["apple", "pear"]
    assert "Впереди 2 слова." in (await class_.anna.says("!слово-дня"))[0]


async def test_an_excel_workbook_is_taken(class_: Class) -> None:
    book = Workbook()
    assert book.active
    for row in (("Слово", "Значение", "Пример"), ("serendipity", "luck", "Pure serendipity.")):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    asked = await wanted(class_)
    said = await sends(class_.anna, out.getvalue(), asked, name="слова.xlsx")
    assert said[1].startswith("Список принят: 1 слово.")


async def test_of_a_list_with_faults_nothing_is_taken(class_: Class) -> None:
    asked = await wanted(class_)
    await sends(class_.anna, GOOD, asked)
    await class_.anna.says(OWN)
    said = await sends(class_.anna, BAD, class_.sent()[-1].id, name="новый.csv")
    assert said == [
        READING,
        "Из списка пока ничего не взято. Поправьте, пожалуйста, и пришлите его ещё раз:\n"
        "новый.csv, строка 3: у слова «pear» нет ни значения, ни перевода.\n"
        "новый.csv, строка 4: «Apple» уже есть в строке 2.",
    ]
    assert await words(class_.talk) == ["apple", "pear"], "the old list is still there"
    assert await sends(class_.anna, GOOD, class_.sent()[-1].id) == TAKEN, "the complaint may be answered"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "x.csv", "x.csv: таблица пустая."),
        (b"\xd0\xcf\x11\xe0", "x.xls", "x.xls: это старый формат Excel. Сохраните, пожалуйста, таблицу как XLSX или CSV."),
        (b"\x89PNG\0", "x.csv", "x.csv: это не таблица CSV или XLSX."),
        (b"PK\x03\x04", "x.xlsx", "x.xlsx: файл повреждён. Сохраните, пожалуйста, таблицу ещё раз как XLSX или CSV."),
        (b"a;b\n1;2", "x.csv", "x.csv: в первой строке должны стоять названия столбцов: слово, значение, пример, перевод. Достаточно слова и значения или перевода."),
        ("слово;перевод".encode(), "x.csv", "x.csv: под названиями столбцов нет ни одного слова."),
        (("слово;перевод\n" + "".join(f"a{n};б\n" for n in range(2001))).encode(), "x.csv", "x.csv: слов может быть не больше 2000."),
        ("слово;перевод\n;б".encode(), "x.csv", "x.csv, строка 2: здесь нет слова."),
        (f"слово;перевод\n{'a' * 61};б".encode(), "x.csv", "x.csv, строка 2: слово длиннее 60 букв."),
        (f"слово;перевод\na;{'б' * 301}".encode(), "x.csv", "x.csv, строка 2: о слове «a» написано больше 300 букв."),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said(class_: Class, content: bytes, name: str, said: str) -> None:
    asked = await wanted(class_)
    heard = await sends(class_.anna, content, asked, name=name)
    assert heard[1].partition("\n")[2] == said


async def test_a_file_that_is_too_large_or_gone_is_not_read(class_: Class) -> None:
    asked = await wanted(class_)
    large = b"x" * (LARGEST + 1)
    assert await sends(class_.anna, large, asked) == [READING, "Файл слишком большой для списка слов."]
    content = {"msgtype": "m.file", "body": "x.csv", "url": "mxc://school.test/gone"}
    relates = {"m.in_reply_to": {"event_id": asked}}
    said = await class_.anna.sends("m.room.message", {**content, "m.relates_to": relates})
    assert said == [READING, "Не получилось открыть этот файл. Пришлите его, пожалуйста, ещё раз."]


async def test_a_store_that_is_away_is_asked_again(class_: Class) -> None:
    asked = await wanted(class_)
    class_.talk.chat.failing = [TemporaryError("away"), TemporaryError("away")]
    await sends(class_.anna, GOOD, asked)
    for _ in range(2):
        class_.talk.clock.advance(seconds=60)
        await class_.talk.settle()
    assert class_.talk.chat.failing == []
    assert await words(class_.talk) == ["apple", "pear"]


async def test_only_a_teacher_s_list_is_taken(class_: Class) -> None:
    asked = await wanted(class_)
    assert await sends(class_.petrov, GOOD, asked) == []
    alone = await class_.petrov.writes_directly()
    assert await sends(alone, GOOD) == FOR_NOBODY
    oleg = class_.room.enter("Орлов Олег Игоревич, учитель", Role.TEACHER)
    assert await sends(oleg, GOOD, asked) == TAKEN, "another teacher of the room may"


async def test_what_nobody_asked_for_is_left_to_others(class_: Class) -> None:
    alone = await class_.anna.writes_directly()
    assert await sends(alone, GOOD) == FOR_NOBODY
    await class_.anna.says(SET_UP)
    assert await sends(alone, GOOD) == FOR_NOBODY
    await class_.anna.says(OWN)
    assert await alone.sends_file("фото.jpg", b"x", "image/jpeg", "image") == FOR_NOBODY
    assert await sends(class_.anna, GOOD) == [], "a file in the room that answers nothing"
    assert await sends(alone, GOOD) == TAKEN
    assert await sends(alone, GOOD) == FOR_NOBODY, "it has come"


async def test_words_instead_of_a_file_are_no_list(class_: Class) -> None:
    asked = await wanted(class_)
    assert await class_.anna.replies(asked, "пришлю вечером") == []


async def test_of_two_rooms_the_one_that_was_asked_for_last_is_meant(talk: Talk) -> None:
    first, second = class_in(talk, "7А"), class_in(talk, "7Б")
    await first.anna.says(OWN)
    await second.anna.says(OWN)
    alone = await first.anna.writes_directly()
    await sends(alone, GOOD)
    assert "Жду ваш список." in (await first.anna.says("!слово-дня"))[0]
    assert "Впереди 2 слова." in (await second.anna.says("!слово-дня"))[0]
    await sends(alone, GOOD)
    assert "Впереди 2 слова." in (await first.anna.says("!слово-дня"))[0]


async def test_a_list_that_comes_after_the_end_is_for_nothing(class_: Class) -> None:
    asked = await wanted(class_)
    await class_.anna.says("!слово-дня стоп")
    assert await sends(class_.anna, GOOD, asked) == [READING, "В том чате слова дня больше нет."]
    assert await words(class_.talk) == []


async def test_a_list_during_a_pause_with_an_end_leaves_the_pause(class_: Class) -> None:
    asked = await wanted(class_)
    await class_.anna.says("!слово-дня пауза до 12 января")
    said = await sends(class_.anna, GOOD, asked)
    assert said[1] == "Список принят: 2 слова.\nСледующее слово – 12 января (вторник)."
    assert "Сейчас пауза." in (await class_.anna.says("!слово-дня"))[0]
