"""The end of a week: thanks in the room, a table for the teacher, awards, a test."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from bots.word_of_the_day.conftest import ROTA, SET_UP, Class, class_in
from openpyxl import load_workbook

from zvonok_awards.bot import bot as awards
from zvonok_botkit.testing import Talk, TalkPerson, conversation
from zvonok_core.roles import Role
from zvonok_polls.bot import bot as polls
from zvonok_word_of_the_day.bot import bot
from zvonok_word_of_the_day.declared import WordSettings
from zvonok_word_of_the_day.words import shipped

MEANING = "любопытство, I am full of it"
FRIDAY_EVENING = "2026-11-27T18:00"
QUESTION = (
    "Вручить награду? «Хочу всё знать»: {} – за слово дня: {} из 3 за неделю (чат «7А. Класс»)\n"
    "Поставьте 👍 или 👎 либо ответьте на это сообщение «да» или «нет»."
)


async def days(class_: Class, *answers: dict[TalkPerson, str] | list[TalkPerson]) -> list[str]:
    """Words from Wednesday on, each answered by some; returns the words."""
    came = []
    for day, people in zip(("25", "26", "27"), answers, strict=False):
        (said, *_) = await class_.until(f"2026-11-{day}T08:30")
        came.append(said.split("\n")[0].removeprefix("Слово дня: "))
        for person in people:
            await class_.answers(person, MEANING)
    return came


@pytest.fixture
async def running(class_: Class) -> Class:
    await class_.anna.says(SET_UP)
    return class_


async def test_a_week_ends_with_thanks_a_test_a_table_and_a_proposal(running: Class) -> None:
    belova, petrov = running.belova, running.petrov
    words = await days(running, [belova, petrov], [petrov], [petrov])
    await running.anna.reacts(petrov.last, "❤️")
    assert await running.until("2026-11-27T17:59") == []
    said = await running.until(FRIDAY_EVENING)
    assert said == [
        f"Слова недели: {words[0]}, {words[1]} и {words[2]}.\n"
        "Спасибо всем, кто искал значения и придумывал примеры!\nАктивнее всех: Петров Иван Сергеевич!",
        "📝 Слова недели\nВ тесте 3 вопроса.\nПоставьте под этим сообщением любую реакцию, и я пришлю вопросы в "
        "личный чат.\nГолосуем до 30 ноября (понедельник), 18:00.",
        QUESTION.format("Петров Иван Сергеевич", 3),
        "Слово дня, 25 ноября – 27 ноября: 3 слова, ответили 2 ученика.\nБелова Анна Олеговна: 1 из 3\n"
        "Петров Иван Сергеевич: 3 из 3, похвал: 1\nНе ответили: Ёлкина Зоя Петровна",
        "Слово дня 25.11-27.11.xlsx",
    ]
    in_the_room = "\n".join(str(event.content["body"]) for event in running.sent()[-2:])
    assert "Ёлкина" not in in_the_room and "Белова" not in in_the_room, "nobody is shamed"
    assert await running.until("2026-11-28T18:00") == [], "once"


async def test_the_table_has_a_row_for_every_student(running: Class) -> None:
    words = await days(running, [running.petrov], [], [])
    await running.petrov.sends_file(
        "v.ogg", b"x", "audio/ogg", "audio", voice=True, **running.petrov.in_thread(running.card)
    )
    await running.until(FRIDAY_EVENING)
    file = next(e for e in running.talk.said if e.content.get("msgtype") == "m.file")
    assert file.room == f"!direct-{running.anna.user}"
    sheet = load_workbook(io.BytesIO(running.talk.chat.files[file.content["url"]])).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Ученик", f"{words[0]}, 25.11", f"{words[1]}, 26.11", f"{words[2]}, 27.11", "Слова", "Похвалы"],
        ["Белова Анна Олеговна", None, None, None, 0, 0],
        ["Ёлкина Зоя Петровна", None, None, None, 0, 0],
        ["Петров Иван Сергеевич", "текст", None, "голос", 2, 0],
    ]


async def test_what_was_taken_back_is_in_no_table(running: Class) -> None:
    await days(running, [running.petrov], [running.petrov], [running.petrov])
    await running.petrov.takes_back(running.petrov.last)
    said = await running.until(FRIDAY_EVENING)
    assert "Петров Иван Сергеевич: 2 из 3" in said[-2]


async def test_the_award_is_given_once_the_teacher_agrees(running: Class) -> None:
    petrov = running.petrov
    await days(running, [petrov], [petrov], [petrov])
    await running.until(FRIDAY_EVENING)
    teacher = await running.anna.writes_directly()
    asked = next(
        e for e in running.talk.said if e.content.get("body") == QUESTION.format("Петров Иван Сергеевич", 3)
    )
    assert asked.room == teacher.room.id
    said = await teacher.reacts(asked.id, "👍")
    assert any(
        words.startswith("Награда «Хочу всё знать»: Петров Иван Сергеевич – за слово дня: 3 из 3")
        for words in said
    )


async def test_an_award_that_can_t_be_is_explained_to_the_teacher(running: Class) -> None:
    await running.anna.says("!наградить Петрова Хочу всё знать за вопрос")
    await days(running, [running.petrov], [running.petrov], [])
    said = await running.until(FRIDAY_EVENING)
    assert said[-2].endswith(
        "Награду предложить не получилось: На этой неделе такая награда уже вручена: Петров Иван Сергеевич, "
        "«Хочу всё знать». Можно выбрать другую."
    )


async def test_of_equals_those_are_praised_who_were_not_before(running: Class) -> None:
    people = [running.belova, running.elkina, running.petrov, running.room.enter("Яшин Ян, ученик")]
    await days(running, people, people, people)
    said = await running.until(FRIDAY_EVENING)
    assert said[0].endswith(
        "Активнее всех: Белова Анна Олеговна, Ёлкина Зоя Петровна и Петров Иван Сергеевич!"
    )
    for day in ("11-30", "12-01", "12-02", "12-03", "12-04"):
        await running.until(f"2026-{day}T08:30")
        for person in people:
            await running.answers(person, MEANING)
    said = await running.until("2026-12-04T18:00")
    assert said[0].endswith("Активнее всех: Яшин Ян, Белова Анна Олеговна и Ёлкина Зоя Петровна!")


async def test_the_words_come_again_as_a_test_in_the_direct_chats(running: Class) -> None:
    words = await days(running, [], [], [])
    await running.until(FRIDAY_EVENING)
    test = running.sent()[-1].id
    said = await running.petrov.reacts(test, "👍")
    alone = await running.petrov.writes_directly()
    known = {word.word: word for word in shipped("en", 2)}
    for number, word in enumerate(words, 1):
        lines = said[-1].split("\n")
        assert f"Вопрос {number} из 3" in lines and f"Что значит «{word}»?" in lines
        answers = [line.partition(". ")[2] for line in lines if line[:2] in ("1.", "2.", "3.", "4.")]
        assert len(answers) == 4
        said = await alone.says(str(answers.index(known[word].translation) + 1))
    assert said == ["Это был последний вопрос, спасибо!\nВаш результат: 3 из 3 баллов."]
    said = await running.until("2026-11-30T18:00")
    assert any("Петров Иван Сергеевич: 3 из 3 баллов" in words for words in said), (
        "the teacher gets the results"
    )


async def test_without_answers_nobody_is_thanked(running: Class) -> None:
    words = await days(running, [], [], [])
    said = await running.until(FRIDAY_EVENING)
    assert said[0] == f"Слова недели: {words[0]}, {words[1]} и {words[2]}."
    assert said[-1] == (
        "Слово дня, 25 ноября – 27 ноября: 3 слова, ответов нет.\n"
        "Не ответили: Белова Анна Олеговна, Ёлкина Зоя Петровна, Петров Иван Сергеевич"
    )


async def test_of_a_single_word_there_is_no_quiz_and_its_meaning_is_told(class_: Class) -> None:
    await class_.anna.says("!слово-дня ср в 8:30, английский, средний уровень")
    (word,) = await days(class_, [class_.petrov])
    said = await class_.until("2026-11-25T18:00")
    translation = next(one for one in shipped("en", 2) if one.word == word).translation
    assert said[0] == (
        f"Слова недели:\n{word} – {translation}\nСпасибо всем, кто искал значения и придумывал примеры!\n"
        "Активнее всех: Петров Иван Сергеевич!"
    )
    assert said[2] == (
        "Слово дня, 25 ноября: 1 слово, ответил 1 ученик.\nПетров Иван Сергеевич: 1 из 1\n"
        "Не ответили: Белова Анна Олеговна, Ёлкина Зоя Петровна\n"
        "Викторины на этой неделе нет: для неё нужны хотя бы два слова и значения других слов, которые сойдут за "
        "неверные ответы."
    )


async def test_words_of_the_rota_come_again_too(class_: Class) -> None:
    await class_.anna.says(ROTA)
    for person, words, day in (
        (class_.belova, "joy – радость – What joy!", 25),
        (class_.elkina, "sorrow – печаль – My sorrow.", 26),
        (class_.petrov, "hope – надежда – I hope so.", 27),
    ):
        await (await person.writes_directly()).says(words)
        await class_.until(f"2026-11-{day}T08:30")
    await class_.until(FRIDAY_EVENING)
    thanks, test = [str(event.content["body"]) for event in class_.sent()[-2:]]
    assert thanks.startswith("Слова недели: joy, sorrow и hope.")
    assert test.startswith("📝 Слова недели\nВ тесте 3 вопроса.")


async def test_without_the_other_bots_the_week_ends_all_the_same(database_url: str) -> None:
    async with conversation(bot, database_url=database_url) as talk:
        class_ = class_in(talk)
        await class_.anna.says(SET_UP)
        words = await days(class_, [class_.petrov], [class_.petrov], [])
        said = await class_.until(FRIDAY_EVENING)
        assert said[0].startswith("Слова недели:\n") and all(word in said[0] for word in words)
        missing = "Бот, который это умеет, здесь не запущен."
        assert said[1].endswith(
            f"Викторины на этой неделе нет: {missing}\nНаграду предложить не получилось: {missing}"
        )


async def test_a_week_that_ends_while_the_bot_is_away_is_summed_up_later_but_not_for_ever(
    running: Class,
) -> None:
    await days(running, [running.petrov], [running.petrov], [])
    assert (await running.until("2026-12-01T08:00"))[0].startswith("Слова недели: ")
    await running.until("2026-12-01T08:30")
    assert not any(words.startswith("Слова недели") for words in await running.until("2026-12-20T12:00"))


async def test_in_quiet_hours_the_end_waits_for_the_morning(class_: Class) -> None:
    await class_.anna.says("!слово-дня пт в 20:30, английский, средний уровень")
    assert len(await class_.until("2026-11-27T20:30")) == 1
    assert await class_.until("2026-11-28T06:59") == []
    assert (await class_.until("2026-11-28T07:00"))[0].startswith("Слова недели:")


async def test_a_pause_does_not_take_the_week_away_but_a_stop_does(running: Class) -> None:
    await days(running, [running.petrov])
    await running.anna.says("!слово-дня пауза")
    assert (await running.until(FRIDAY_EVENING))[0].startswith("Слова недели:")
    await running.anna.says("!слово-дня продолжить")
    await running.until("2026-11-30T08:30")
    await running.anna.says("!слово-дня стоп")
    assert await running.until("2026-12-04T18:00") == []


async def test_a_word_on_a_later_day_does_not_end_the_week_twice(running: Class) -> None:
    await days(running, [], [], [])
    await running.until(FRIDAY_EVENING)
    await running.anna.says("!слово-дня каждый день")
    assert len(await running.until("2026-11-28T08:30")) == 1
    assert await running.until("2026-11-29T20:00") != []
    ends = [e for e in running.sent() if str(e.content["body"]).startswith("Слова недели")]
    assert len(ends) == 1


async def test_who_has_left_the_room_is_in_no_table(running: Class) -> None:
    await days(running, [running.petrov], [running.petrov], [])
    views = running.talk.directory.views
    view = views[running.room.id]
    members = tuple(member for member in view.members if member.user != running.petrov.user)
    views[running.room.id] = replace(view, members=members)
    running.talk.program.rooms.forget(running.room.id)
    said = await running.until(FRIDAY_EVENING)
    assert [w for w in said if "Петров Иван" in w] == []


async def test_while_the_directory_is_away_the_end_waits(running: Class) -> None:
    await days(running, [running.petrov], [], [])
    running.talk.directory.away = True
    assert await running.until(FRIDAY_EVENING) == []
    running.talk.directory.away = False
    assert (await running.until("2026-11-27T18:11"))[0].startswith("Слова недели: ")


@pytest.fixture
async def forgetful(database_url: str) -> AsyncIterator[Talk]:
    settings = {"word-of-the-day": WordSettings(keep_days=7)}
    async with conversation(bot, awards, polls, database_url=database_url, settings=settings) as opened:
        yield opened


async def test_what_is_old_is_forgotten(forgetful: Talk) -> None:
    class_ = class_in(forgetful)
    await class_.anna.says(SET_UP)
    await days(class_, [class_.petrov], [class_.petrov], [])
    await class_.anna.reacts(class_.petrov.last, "❤️")
    await class_.until(FRIDAY_EVENING)
    await class_.until("2026-12-10T08:30")
    await class_.answers(class_.petrov, MEANING)
    await class_.until("2026-12-11T18:00")
    tables = ("days", "answers", "praises", "weeks")
    counts = {
        table: await forgetful.program.database.fetchval(f"SELECT COUNT(*) FROM word_of_the_day_{table}")
        for table in tables
    }
    assert counts == {"days": 2, "answers": 1, "praises": 0, "weeks": 1}


async def test_a_teacher_of_another_kind_praises_too(running: Class) -> None:
    oleg = running.room.enter("Орлов Олег Игоревич, учитель", Role.TEACHER)
    parent = running.room.enter("Петров Сергей Ильич, родитель", Role.GUARDIAN)
    await days(running, [running.petrov], [running.petrov], [])
    await running.answers(running.elkina, MEANING)
    for person in (parent, running.belova):
        await person.reacts(running.elkina.last, "👏")
    await oleg.reacts(running.petrov.last, "👏")
    await parent.reacts(running.petrov.last, "👏")
    await running.belova.reacts(running.petrov.last, "👏")
    said = await running.until(FRIDAY_EVENING)
    assert "Ёлкина Зоя Петровна: 1 из 3\nПетров Иван Сергеевич: 2 из 3, похвал: 1" in said[-2]
