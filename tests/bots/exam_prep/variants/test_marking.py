"""Open answers are marked by their teacher, criterion by criterion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.bringing import bring
from support.variants import ESSAY, last_words

from zvonok_botkit.incoming import MESSAGE, REACTION
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_core.roles import Role
from zvonok_exam_prep.items import ItemId

pytestmark = pytest.mark.usefixtures("four")
FIRST_CRITERION = (
    "К1\n0 — нет\n1 — есть\n\nНажмите на число баллов или напишите его: за этот критерий или за все по порядку. "
    "Ещё можно написать: пропустить, назад, хватит."
)
SECOND_CRITERION = "К2\n0 — нет\n1 — отчасти\n2 — есть"
DONE = "Всё, что сдано, проверено, спасибо! Баллы ученики получат, когда закончится срок."
OVER = "Всё проверено, спасибо! Каждому ученику скажу лично."
NOTHING = "Проверять пока нечего."


def comment(points: str) -> str:
    return f"{points}. Добавить комментарий для ученика? Напишите его или «дальше»."


@pytest.fixture
async def alone(anna: TalkPerson) -> TalkPerson:
    """The teacher in the direct chat."""
    return await anna.writes_directly()


async def written(anna: TalkPerson, *students: TalkPerson, until: str = "до 13:00") -> None:
    """Give the variant; each student writes a word of their own and hands in."""
    await anna.says(f"!вариант задание 4 1 задание {until}")
    for student in students:
        await student.says("начать")
        await student.says(f"Пишет {student.person.short.split()[0]}.")
        await student.says("сдать")


async def after(talk: Talk, **time: float) -> None:
    talk.clock.advance(**time)
    await talk.settle()


def taps(talk: Talk) -> list[str]:
    """The emoji beside the last message."""
    target = [event for event in talk.said if event.type == MESSAGE][-1].id
    relates = [event.content["m.relates_to"] for event in talk.said if event.type == REACTION]
    return [one["key"] for one in relates if one["event_id"] == target]


async def test_by_numbers_with_names_and_a_comment(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await written(anna, ivan)
    assert await alone.says("проверить") == ["Показывать, чей это ответ?\n1. Без имён\n2. С именами"]
    assert await alone.says("2") == [
        "Осталось проверить 1 ответ.\nПетров Иван Сергеевич\nПочему падает яблоко?\n\nПишет Петров.",
        FIRST_CRITERION,
    ]
    assert taps(talk) == ["0️⃣", "1️⃣"]
    assert await alone.says("1") == [SECOND_CRITERION]
    assert taps(talk) == ["0️⃣", "1️⃣", "2️⃣"]
    assert await alone.says("1") == [comment("2 балла из 3")]
    assert taps(talk) == ["➡️"]
    assert await alone.says("Хорошо, но кратко.") == [DONE]
    assert await alone.says("проверить") == [NOTHING]
    assert await ivan.says("начать") == ["Сейчас для вас нет вариантов."]
    await after(talk, hours=1, minutes=1)
    assert last_words(talk, ivan.user) == (
        "Физика, задание 4: 2 балла из 3.\n\n1. Почему падает яблоко?\n2 балла из 3\nК1: 1 балл из 1\nК2: 1 балл из 2\n"
        "Комментарий: Хорошо, но кратко.\nОбразец ответа: Яблоко падает."
    )


@pytest.mark.parametrize(
    ("words", "kept"), [("Хорошо!", "Хорошо!"), ("дальше", ""), ("нет", ""), ("-", ""), ("Опрос в классе показал: хорошо", "Опрос в классе показал: хорошо")]
)  # fmt: skip
async def test_what_is_a_comment_and_what_is_none(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, words: str, kept: str
) -> None:
    await written(anna, ivan)
    await alone.says("проверить с именами")
    await alone.says("1 1")
    assert await alone.says("да") == ["Что передать ученику?"]
    assert await alone.says(words) == [DONE]
    assert await talk.program.database.fetchval("SELECT comment FROM exam_prep_variant_answers") == kept


async def test_without_names_nobody_is_named(
    anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await written(anna, ivan, vera)
    said = "\n".join(await alone.says("!проверить без имён"))
    assert "Осталось проверить 2 ответа.\nПочему" in said
    assert "Сергеевич" not in said and "Олеговна" not in said


async def test_all_criteria_at_once(
    anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await written(anna, ivan, vera)
    await alone.says("проверить с именами")
    assert await alone.says("1 2") == [comment("3 балла из 3")]
    answer, _ = await alone.says("дальше")
    assert answer.startswith("Осталось проверить 1 ответ.")


async def test_a_number_in_reply_to_a_criterion(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await written(anna, ivan)
    await alone.says("проверить без имён")
    criterion = [event for event in talk.said if event.type == MESSAGE][-1].id
    assert await alone.replies(criterion, "1") == [SECOND_CRITERION]


async def test_by_taps_and_a_mind_may_be_changed(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await written(anna, ivan)
    await alone.says("проверить без имён")
    first = [event for event in talk.said if event.type == MESSAGE][-1].id
    assert await alone.reacts(first, "5️⃣") == []
    assert await alone.reacts(first, "👍") == []
    assert await alone.reacts(first, "0️⃣") == [SECOND_CRITERION]
    second = [event for event in talk.said if event.type == MESSAGE][-1].id
    assert await alone.reacts(first, "1️⃣") == []
    assert await alone.reacts(second, "2️⃣") == [comment("3 балла из 3")]
    ask = [event for event in talk.said if event.type == MESSAGE][-1].id
    assert await alone.reacts(ask, "👍") == []
    assert await alone.reacts(ask, "➡️") == [DONE]
    assert await alone.reacts(second, "0️⃣") == []
    await after(talk, hours=1, minutes=1)
    assert last_words(talk, ivan.user).startswith("Физика, задание 4: 3 балла из 3.")


async def test_a_tap_is_for_the_answer_that_it_stands_beside(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await written(anna, ivan, vera)
    await alone.says("проверить без имён")
    first = [event for event in talk.said if event.type == MESSAGE][-1].id
    await alone.says("1 2")
    await alone.says("дальше")
    assert await alone.reacts(first, "0️⃣") == []
    assert await alone.says("1") == [SECOND_CRITERION]


async def test_somebody_else_s_tap_is_nothing(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await written(anna, ivan)
    await alone.says("проверить без имён")
    first = [event for event in talk.said if event.type == MESSAGE][-1].id
    assert await ivan.reacts(first, "1️⃣") == []


async def test_what_is_no_mark_is_asked_again(anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson) -> None:
    await written(anna, ivan)
    await alone.says("проверить без имён")
    assert await alone.says("отлично") == ["Напишите баллы по 2 критериям."]
    assert await alone.says("2") == ["К1: не больше 1."]
    assert await alone.says("1 1 1") == ["Напишите баллы по 2 критериям."]
    assert await alone.says("1") == [SECOND_CRITERION]
    assert await alone.says("1 1") == ["Напишите баллы по 1 критерию."]


async def test_an_answer_is_skipped_and_comes_back_in_the_end(
    anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await written(anna, ivan, vera)
    first, _ = await alone.says("проверить без имён")
    second, _ = await alone.says("пропустить")
    assert first != second
    await alone.says("1 1")
    again, _ = await alone.says("дальше")
    assert again == first.replace("2 ответа", "1 ответ")
    assert await alone.says("хватит") == ["Хорошо. Чтобы продолжить, напишите «!проверить»."]


async def test_back_to_the_first_criterion_and_to_the_answer_before(
    anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await written(anna, ivan, vera)
    first, _ = await alone.says("проверить без имён")
    assert await alone.says("назад") == ["Раньше этого ничего нет."]
    await alone.says("1")
    assert (await alone.says("назад"))[1] == FIRST_CRITERION
    await alone.says("1 1")
    await alone.says("дальше")
    assert (await alone.says("назад"))[0] == first.partition("\n")[2]
    await alone.says("1 2")
    assert (await alone.says("дальше"))[0].startswith("Осталось проверить 1 ответ.")


async def test_after_the_end_the_student_is_told_alone_once_all_is_marked(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, vera: TalkPerson
) -> None:
    await anna.says("!вариант физика 4 задания до 13:00")
    for student in (ivan, vera):
        for words in ("начать", "5", "сила", "3", f"Пишет {student.person.short.split()[0]}."):
            await student.says(words)
    await after(talk, hours=1, minutes=1)
    assert last_words(talk, ivan.user).startswith("Физика: 3 балла из 6, и ещё 1 ответ проверит учитель.")
    await alone.says("проверить с именами")
    for words in ("1 1", "дальше", "0 0"):
        await alone.says(words)
    assert await alone.says("Подумайте ещё.") == [OVER]
    marked, poor = (ivan, vera) if "0 баллов" not in last_words(talk, ivan.user) else (vera, ivan)
    assert "проверены" not in last_words(talk, marked.user), "it may still be changed"
    await after(talk, minutes=2)
    told = {last_words(talk, student.user) for student in (marked, poor)}
    assert told == {
        "Физика: развёрнутые ответы проверены. У вас 5 баллов из 6.\n\n"
        "4. Почему падает яблоко?\n2 балла из 3\nК1: 1 балл из 1\nК2: 1 балл из 2",
        "Физика: развёрнутые ответы проверены. У вас 3 балла из 6.\n\n"
        "4. Почему падает яблоко?\n0 баллов из 3\nК1: 0 баллов из 1\nК2: 0 баллов из 2\nКомментарий: Подумайте ещё.",
    }
    await after(talk, hours=3)
    assert "не проверено" not in last_words(talk, anna.user)


async def test_all_points_have_their_comment_too(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await written(anna, ivan)
    for words in ("проверить без имён", "1 2", "Прекрасно написано!"):
        await alone.says(words)
    await after(talk, hours=1, minutes=1)
    assert "К2: 2 балла из 2\nКомментарий: Прекрасно написано!" in last_words(talk, ivan.user)


async def test_who_has_written_two_is_told_when_both_are_marked(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, replace(ESSAY, id=ItemId("other"), question="Почему летит птица?"))
    await anna.says("!вариант задание 4 2 задания до 13:00")
    for words in ("начать", "Тяжёлое.", "Лёгкая.", "сдать"):
        await ivan.says(words)
    await after(talk, hours=1, minutes=1)
    assert last_words(talk, ivan.user).startswith(
        "Физика, задание 4: 0 баллов из 6, и ещё 2 ответа проверит учитель."
    )
    for words in ("проверить без имён", "1 1", "дальше", "хватит"):
        await alone.says(words)
    await after(talk, minutes=10)
    assert "проверены" not in last_words(talk, ivan.user)
    for words in ("проверить без имён", "1 2", "дальше"):
        await alone.says(words)
    await after(talk, minutes=2)
    assert "проверены. У вас 5 баллов из 6." in last_words(talk, ivan.user)


async def test_at_night_nobody_is_told(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await written(anna, ivan)
    await after(talk, hours=1, minutes=1)
    talk.clock.advance(hours=9)  # 22:01
    for words in ("проверить без имён", "1 1", "дальше"):
        await alone.says(words)
    await after(talk, minutes=10)
    assert "проверены" not in last_words(talk, ivan.user)
    await after(talk, hours=9)
    assert "проверены. У вас 2 балла из 3." in last_words(talk, ivan.user)


async def test_only_what_is_handed_in_is_marked(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await anna.says("!вариант задание 4 1 задание до 13:00")
    await ivan.says("начать")
    await ivan.says("Пишет Петров.")
    assert await alone.says("проверить") == [NOTHING]
    await after(talk, hours=1)
    assert (await alone.says("проверить без имён"))[0].startswith("Осталось проверить 1 ответ.")


async def test_where_there_are_no_open_answers_nothing_of_it_appears(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson
) -> None:
    await anna.says("!вариант единицы 1 задание до 13:00")
    for words in ("начать", "1", "сдать"):
        await ivan.says(words)
    assert await alone.says("проверить") == [NOTHING]
    await after(talk, hours=1, minutes=1)
    words = "\n".join(str(event.content.get("body")) for event in talk.said)
    assert "провер" not in words.replace(NOTHING, "")


async def test_in_the_room_it_goes_on_alone_and_students_may_not(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await written(anna, ivan)
    assert "Продолжение — в нашем личном чате." in await anna.says("!проверить без имён")
    assert last_words(talk, anna.user) == FIRST_CRITERION
    student = TalkPerson(room, ivan.person)
    assert await student.says("!проверить") == ["Это здесь могут делать только учителя."]


async def test_whoever_teaches_the_class_no_more_marks_no_more(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    await written(anna, ivan)
    boris = room.enter("Громов Борис Львович, учитель", Role.TEACHER)
    await boris.says("!проверить без имён")
    view = talk.directory.views[room.id]
    left = tuple(member for member in view.members if member.user != boris.user)
    talk.directory.views[room.id] = replace(view, members=left)
    talk.program.rooms.forget(room.id)
    directly = await boris.writes_directly()
    unknown = "Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."
    assert await directly.says("1 1") == [unknown]
