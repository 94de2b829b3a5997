"""Quizzes, anonymous polls and tests, talked with."""

from __future__ import annotations

import io
import json
from typing import Any

from bots.polls.conftest import Class
from openpyxl import load_workbook

from zvonok_botkit.testing import TalkPerson
from zvonok_core.roles import Role
from zvonok_polls import native

QUIZ = "!викторина Столица Австралии? Сидней; *Канберра; Мельбурн\nОбъяснение: Сидней больше."
ANONYMOUS = "!анонимный опрос Много ли задают? Да; Нет"
TEST = """!тест Реки

1. Какая длиннее?
- Волга
+ Лена
Объяснение: Лена длиннее на 870 км.

2. Что впадает в Волгу? (2 балла)
+ Ока
+ Кама
- Дон"""


async def begun(class_: Class, *people: TalkPerson) -> list[TalkPerson]:
    """People who have asked for the questions, in their direct chats."""
    text = class_.text
    for person in people:
        await person.reacts(text, "👍")
    return [await person.writes_directly() for person in people]


# ---------------------------------------------------------------- quizzes


async def test_a_quiz_tells_each_voter_alone_and_the_first_answer_counts(class_: Class) -> None:
    said = await class_.teacher.says(QUIZ)
    assert "*" not in said[0] and "Считается первый ответ. Верный ли он, каждому скажу лично." in said[0]
    start = class_.last(native.START).content
    assert "Канберра" in json.dumps(start, ensure_ascii=False) and "right" not in json.dumps(start)
    assert start[native.START]["kind"] == native.UNDISCLOSED
    ivan, anna, zoya = class_.students
    wrong = "«Столица Австралии?» Не совсем. Верный ответ: «Канберра».\nСидней больше."
    assert await ivan.votes(class_.poll, "a1") == [wrong]
    assert class_.talk.said[-1].room != class_.room.id
    assert await ivan.votes(class_.poll, "a2") == [], "now that is no art"
    assert await anna.votes(class_.poll, "nonsense") == []
    right = "«Столица Австралии?» Верно! Это 1 балл.\nСидней больше."
    assert await anna.replies(class_.text, "2") == [right]
    assert await zoya.says("!итоги") == ["Ответили 2 человека.", "Итоги покажу, когда всё закончится."]
    assert await zoya.says("!результаты") == ["Это здесь могут делать только учителя."]
    await class_.teacher.says("!завершить")
    await class_.wait(seconds=1)
    assert await zoya.votes(class_.poll, "a2") == [], "it is over"
    over = next(e for e in class_.sent("m.room.message") if "закончена" in e.content["body"])
    assert "2. Канберра ✓ — 1 голос (50 %)" in over.content["body"]
    assert over.content["body"].endswith("Сидней больше.")
    table = next(e for e in class_.talk.said if "1 из 1 балла" in str(e.content.get("body")))
    assert table.room != class_.room.id


async def test_a_quiz_needs_a_right_answer(class_: Class) -> None:
    assert await class_.students[0].says(QUIZ) == ["Это здесь могут делать только учителя."]
    (said,) = await class_.teacher.says("!викторина Столица? Сидней; Канберра")
    assert said.startswith("Какой ответ верный?")
    (said,) = await class_.teacher.says("Столица? Сидней; *Канберра")
    assert said.startswith("📊 Столица?\n1. Сидней\n2. Канберра\n")


async def test_shuffled_answers_keep_their_right_ones(class_: Class) -> None:
    answers = "; ".join(f"{'*' if number == 7 else ''}вариант {number}" for number in range(10))
    await class_.teacher.says(f"!викторина Какой? {answers}; перемешать")
    shown = [one[native.TEXT] for one in class_.last(native.START).content[native.START]["answers"]]
    assert sorted(shown) == [f"вариант {number}" for number in range(10)] != shown
    place = shown.index("вариант 7") + 1
    assert "Верно!" in (await class_.students[0].says(f"!голос {place}"))[0]


# ---------------------------------------------------------------- anonymous polls


async def kept(class_: Class) -> str:
    """Everything that the bot's own tables hold."""
    database = class_.talk.program.database
    tables = ("polls_votes", "polls_turnout", "polls_counts", "polls_answers", "polls_asked")
    found: dict[str, Any] = {}
    for table in tables:
        rows = [dict(row) for row in await database.fetch(f"SELECT * FROM {table}")]
        for row in rows:
            row.pop("poll", None)
        found[table] = rows
    return json.dumps(found)


async def test_nothing_tells_who_has_answered_what(class_: Class) -> None:
    await class_.teacher.says(ANONYMOUS)
    assert class_.sent(native.START) == []
    zoya, ivan, anna = await begun(class_, *reversed(class_.students))
    assert await zoya.says("2") == ["Спасибо, ваш ответ учтён."]
    assert await ivan.says("да") == ["Спасибо, ваш ответ учтён."]
    assert await anna.says("1.") == ["Спасибо, ваш ответ учтён."]
    users = sorted(person.user for person in class_.students)
    assert json.loads(await kept(class_)) == {
        "polls_votes": [],
        "polls_turnout": [{"voters": json.dumps(users)}],
        "polls_counts": [{"counts": '{"a1": 2, "a2": 1}'}],
        "polls_answers": [],
        "polls_asked": [],
    }
    (said, _) = await class_.students[0].says("!итоги")
    assert said == "Ответили 3 человека."
    said = (await class_.teacher.says("!завершить"))[-1]
    assert "1. Да — 2 голоса (67 %)\n2. Нет — 1 голос (33 %)" in said


async def test_the_order_of_answers_leaves_no_trace(class_: Class) -> None:
    traces = set()
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        await class_.teacher.says(ANONYMOUS)
        people = await begun(class_, *class_.students)
        for place in order:
            await people[place].says("2" if place == 1 else "1")
        traces.add(await kept(class_))
        poll = await class_.talk.program.database.fetchval("SELECT poll FROM polls_counts")
        for table in ("polls_counts", "polls_turnout", "polls_polls"):
            column = "id" if table == "polls_polls" else "poll"
            await class_.talk.program.database.execute(f"DELETE FROM {table} WHERE {column} = $1", poll)
    assert len(traces) == 1


async def test_few_answers_are_not_shown(class_: Class) -> None:
    await class_.teacher.says(ANONYMOUS)
    for person in await begun(class_, *class_.students[:2]):
        await person.says("1")
    (said,) = await class_.teacher.says("!завершить")
    assert said == (
        "Опрос закончен.\n📊 Много ли задают?\nОтветили 2 человека.\n"
        "Ответов слишком мало: итоги могли бы кого-нибудь выдать."
    )


async def test_an_anonymous_poll_is_answered_once_and_only_directly(class_: Class) -> None:
    await class_.teacher.says(ANONYMOUS)
    ivan = class_.students[0]
    text = class_.text
    said = await ivan.says("!голос 1")
    assert "На это отвечают в личном чате: вопрос уже там." in said
    assert json.loads(await kept(class_))["polls_counts"] == []
    (alone,) = await begun(class_, ivan)
    assert await alone.says("не знаю") == ["Ответьте, пожалуйста, номером варианта или напишите «потом»."]
    assert await alone.says("3") == ["У вариантов номера от 1 до 2. Какой вы выбираете?"]
    assert await alone.says("потом") == [
        "Хорошо. Чтобы продолжить, снова поставьте реакцию под сообщением в общем чате."
    ]
    assert await alone.says("1") != ["Спасибо, ваш ответ учтён."]
    await ivan.reacts(text, "❤️")
    assert await alone.says("1") == ["Спасибо, ваш ответ учтён."]
    assert await ivan.replies(text, "+") == ["Ваш ответ уже есть, спасибо."]
    await class_.students[1].reacts(text, "👍")
    await class_.teacher.says("!завершить")
    await class_.wait(seconds=1)
    late = await class_.students[1].writes_directly()
    assert await late.says("1") == ["Всё уже закончилось, ответы больше не считаются."]
    assert await class_.students[2].reacts(text, "👍") == ["Всё уже закончилось, ответы больше не считаются."]


async def test_only_teachers_ask_anonymously_and_are_told_what_the_server_keeps(class_: Class) -> None:
    assert await class_.students[0].says(ANONYMOUS) == ["Это здесь могут делать только учителя."]
    (shown,) = await class_.teacher.says("!помощь анонимный опрос")
    assert "переписка остаётся на сервере" in shown
    (said,) = await class_.teacher.says(ANONYMOUS)
    assert "личный чат лежит на сервере школы" in said


# ---------------------------------------------------------------- tests


async def test_a_test_from_its_beginning_to_the_table(class_: Class) -> None:
    (said,) = await class_.teacher.says(TEST)
    assert (
        said
        == "📝 Реки\nВ тесте 2 вопроса.\nПоставьте под этим сообщением любую реакцию, и я пришлю вопросы в личный чат."
    )
    ivan, anna, zoya = await begun(class_, *class_.students)
    first = next(e for e in reversed(class_.talk.said) if e.room == ivan.room.id)
    assert first.content["body"] == (
        "📝 Реки\nВопрос 1 из 2\nКакая длиннее?\n1. Волга\n2. Лена\nОтветьте номером."
    )
    assert await ivan.says("2") == [
        "Вопрос 2 из 2\nЧто впадает в Волгу?\n1. Ока\n2. Кама\n3. Дон\nМожно выбрать не больше 2 вариантов: «1 3»."
    ]
    assert await ivan.says("1 2 3") == ["Выберите, пожалуйста, не больше 2 вариантов."]
    assert await ivan.says("1 и 2") == ["Это был последний вопрос, спасибо!\nВаш результат: 3 из 3 баллов."]
    await anna.says("Волга")
    await anna.says("1 2")
    await zoya.says("2")
    assert await class_.students[0].says("!итоги") == ["Результаты теста видит только учитель."]

    said = await class_.teacher.says("!кто не ответил")
    assert any("Ёлкина Зоя Петровна" in one and "Иван" not in one for one in said)
    await class_.teacher.says("!завершить")
    for person in (ivan, anna):
        assert person.room.id != class_.room.id
    told = [str(event.content["body"]) for event in class_.sent("m.room.message")]
    assert told[-1] == "Тест «Реки» закончен.\nОтветили 2 человека."
    assert not any("баллов" in words for words in told), "the room learns nobody's points"
    mistakes = next(e for e in class_.talk.said if e.room == anna.room.id and "закончен" in e.content["body"])
    assert mistakes.content["body"] == (
        "Тест «Реки» закончен.\nВаш результат: 2 из 3 баллов.\n"
        "1. Какая длиннее? Верный ответ: «Лена».\nЛена длиннее на 870 км."
    )
    table = next(e for e in class_.talk.said if "Доля верных ответов" in str(e.content.get("body")))
    assert table.content["body"] == (
        "📝 Реки\nОтветили 3 человека.\nПетров Иван Сергеевич: 3 из 3 баллов\nБелова Анна Олеговна: 2 из 3 баллов\n"
        "Ёлкина Зоя Петровна: 1 из 3 баллов (остался 1 вопрос)\nДоля верных ответов:\n"
        "1. Какая длиннее? — 67 %\n2. Что впадает в Волгу? — 100 %"
    )
    files = {e.content["filename"]: e for e in class_.talk.said if e.content.get("msgtype") == "m.file"}
    assert set(files) == {"Реки.xlsx", "Реки.csv"}
    assert all(event.room == table.room for event in files.values())
    book = load_workbook(io.BytesIO(class_.talk.chat.files[files["Реки.xlsx"].content["url"]]))
    assert book.sheetnames == ["Ученики", "Вопросы"]
    assert [cell.value for cell in book["Ученики"][2]] == ["Петров Иван Сергеевич", 1, 2, 3, 3, 100]
    sheet = class_.talk.chat.files[files["Реки.csv"].content["url"]].decode("utf-8-sig")
    assert sheet.splitlines()[0] == "Ученик;1;2;Баллы;Из;%"


async def test_whoever_comes_back_goes_on_where_they_stopped(class_: Class) -> None:
    await class_.teacher.says(TEST)
    (ivan,) = await begun(class_, class_.students[0])
    await ivan.says("2")
    said = await class_.students[0].says("!ответить")
    assert any("Вопрос 2 из 2" in words for words in said)
    await ivan.says("1 2")
    assert "Ваш ответ уже есть, спасибо." in await class_.students[0].says("!ответить")


async def test_answers_are_shuffled_for_each_student(class_: Class) -> None:
    answers = "\n".join(f"{'+' if number == 3 else '-'} вариант {number}" for number in range(12))
    await class_.teacher.says(f"!тест Порядок\nперемешать\n\nКакой?\n{answers}")
    people = await begun(class_, *class_.students)
    seen = []
    for person in people:
        asked = next(e for e in reversed(class_.talk.said) if e.room == person.room.id)
        seen.append(
            [line.partition(". ")[2] for line in str(asked.content["body"]).splitlines() if ". " in line]
        )
    assert len({tuple(order) for order in seen}) > 1
    for person, order in zip(people, seen, strict=True):
        (said,) = await person.says(str(order.index("вариант 3") + 1))
        assert "1 из 1 балла" in said


async def test_a_test_that_lacks_something_is_sent_back(class_: Class) -> None:
    assert (await class_.teacher.says("!тест"))[0].startswith("Напишите тест:")
    assert (await class_.teacher.says("Реки\n\nКакая?\n- Волга\n- Лена"))[0].startswith(
        "В вопросе 1 должно быть"
    )
    await class_.teacher.says("отмена")
    assert await class_.students[0].says(TEST) == ["Это здесь могут делать только учителя."]


async def test_another_teacher_of_the_room_gets_the_table_and_one_of_elsewhere_does_not(
    class_: Class,
) -> None:
    await class_.teacher.says(TEST)
    (ivan,) = await begun(class_, class_.students[0])
    await ivan.says("2")
    other = class_.room.enter("Орлов Пётр Ильич, учитель", Role.TEACHER)
    assert "Ответ — в нашем личном чате." in await other.says("!результаты")
    stranger = class_.talk.room().enter("Чужова Инна Львовна, учитель", Role.TEACHER)
    assert await stranger.replies(class_.text, "!результаты") == [
        "Не вижу здесь опроса. Ответьте этой командой на сообщение с ним."
    ]
