"""A task with its solution behind a spoiler."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.bringing import bring
from support.variants import CHOICE, FOUR, SUM, last_words

from zvonok_botkit import Event
from zvonok_botkit.incoming import MESSAGE
from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom, conversation
from zvonok_exam_prep.bot import bot
from zvonok_exam_prep.worked.wording import split, wants_solution, with_spoiler, without_spoiler
from zvonok_hashtags.bot import bot as hashtags

HINT = "Решение скрыто. Ответьте на это сообщение словом «решение», и я пришлю его вам лично."
ASKED = "Решение жду в личном чате: здесь его увидели бы все."
SEEN = (
    "В разборе решение скрыто, но в чате его уже видели все. В следующий раз напишите там только условие, а "
    "решение я спрошу здесь."
)
TASK = "Решите уравнение 2x = 8 #ОГЭ"
UNKNOWN = "Такого я пока не умею. Напишите «!помощь», и я расскажу, что могу."


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, hashtags, database_url=database_url) as opened:
        yield opened


@pytest.fixture
async def alone(anna: TalkPerson) -> TalkPerson:
    return await anna.writes_directly()


def post(talk: Talk) -> Event:
    """The last task that is posted."""
    return next(e for e in reversed(talk.said) if e.type == MESSAGE and e.content["body"].startswith("📘"))


async def test_the_task_is_in_the_room_and_the_solution_comes_alone(
    talk: Talk, anna: TalkPerson, alone: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    assert await anna.says(f"!разбор {TASK}") == [ASKED, f"Теперь напишите сюда решение задачи: {TASK}"]
    said = await alone.says("Делим на 2:\nx < 5 & x = 4")
    assert sorted(said) == sorted([f"📘 {TASK}\n\n{HINT}", "Готово: задача в чате, решение скрыто."])
    posted = post(talk)
    assert posted.room == room.id
    assert posted.content["formatted_body"] == (
        f'📘 {TASK}<br><br><span data-mx-spoiler="Решение">Делим на 2:<br>x &lt; 5 &amp; x = 4</span><br><br>'
        f"<em>{HINT}</em>"
    )
    student = TalkPerson(room, ivan.person)
    assert await student.replies(posted.id, "решение") == [
        f"📘 {TASK}\n\nРешение:\nДелим на 2:\nx < 5 & x = 4"
    ]
    assert talk.said[-1].room == ivan.room.id
    assert await student.replies(posted.id, "не понял") == []
    below = student.in_thread(posted.id)
    assert (await student.says("Решение!", **below))[0].startswith("📘")


async def test_its_hashtags_are_found_once(talk: Talk, anna: TalkPerson, alone: TalkPerson) -> None:
    await anna.says(f"!разбор {TASK}")
    await alone.says("x = 4")
    (found,) = await anna.says("!найти #огэ")
    assert found.count("•") == 1
    assert found.startswith(f"• 24.11.2026: 📘 {TASK} Решение скрыто.")
    assert post(talk).id.replace("$", "%24") in found


async def test_what_is_no_solution_is_not_posted(anna: TalkPerson, alone: TalkPerson) -> None:
    await anna.says(f"!разбор {TASK}")
    assert await alone.says("сейчас") == ["Жду решения. Если разбор не нужен, напишите «нет»."]
    assert await alone.says("нет") == ["Хорошо, разбора не будет."]
    assert await alone.says("x = 4") == [UNKNOWN]


async def test_half_a_day_later_words_are_no_solution(
    talk: Talk, anna: TalkPerson, alone: TalkPerson
) -> None:
    await anna.says(f"!разбор {TASK}")
    talk.clock.advance(hours=13)
    assert await alone.says("Какие уроки завтра?") == [UNKNOWN]


async def test_a_solution_in_the_room_is_taken_and_the_teacher_told_alone(
    talk: Talk, anna: TalkPerson, alone: TalkPerson
) -> None:
    await anna.says("!разбор Сколько будет 2 + 2?\nРешение: 4 #ВПР")
    assert last_words(talk, anna.room.id) == f"📘 Сколько будет 2 + 2? #ВПР\n\n{HINT}"
    assert '<span data-mx-spoiler="Решение">4</span>' in post(talk).content["formatted_body"]
    assert last_words(talk, anna.user) == SEEN
    assert await alone.says("x = 4") == [UNKNOWN], "nothing is waited for"


async def test_a_solution_in_reply_to_the_bot_is_taken_as_well(
    talk: Talk, anna: TalkPerson, alone: TalkPerson
) -> None:
    await anna.says(f"!разбор {TASK}")
    waits = next(e for e in talk.said if e.content.get("body") == ASKED)
    oleg = anna.room.enter("Белов Олег Игоревич, ученик")
    assert await oleg.replies(waits.id, "x = 3") == []
    await anna.replies(waits.id, "x = 4")
    assert last_words(talk, anna.room.id) == f"📘 {TASK}\n\n{HINT}"
    assert last_words(talk, anna.user) == SEEN
    assert await anna.replies(waits.id, "x = 5") == []
    assert await alone.says("x = 4") == [UNKNOWN]


async def test_a_task_of_the_collection_has_its_solution_with_it(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson, room: TalkRoom
) -> None:
    formula = replace(
        SUM, question=r"Сколько $\frac{1}{2}+x$?", explanation=r"Это $\sqrt{9}$.", tags=("ОГЭФ",)
    )
    await bring(talk, formula, CHOICE)
    said = await anna.says("!разбор sum")
    assert said == [f"📘 Сколько ½ + x?\n#ОГЭФ\n\n{HINT}", "То же самое с формулами"]
    student = TalkPerson(room, ivan.person)
    assert await student.replies(post(talk).id, "решение") == [
        "📘 Сколько ½ + x? #ОГЭФ\n\nРешение:\n5\nЭто √9.",
        "То же самое с формулами",
    ]
    assert (await anna.says("!разбор choice"))[0].startswith(
        "📘 Какая единица у силы?\n\n1) метр\n2) секунда\n3) ньютон"
    )


async def test_what_is_asked_in_an_open_variant_is_not_solved(
    talk: Talk, anna: TalkPerson, ivan: TalkPerson
) -> None:
    await bring(talk, *FOUR)
    await anna.says("!вариант физика 4 задания до пятницы")
    assert await anna.says("!разбор choice") == ["Это задание есть в варианте, который ещё не закончен."]


async def test_it_asks_for_the_task_and_bears_no_books(anna: TalkPerson, alone: TalkPerson) -> None:
    assert await anna.says("!разбор") == [
        "Какая задача? Напишите здесь только условие, а решение я спрошу лично."
    ]
    assert (await anna.says(TASK))[0] == ASKED
    long = "Слишком длинно: в условии и в решении может быть не больше 8000 знаков."
    assert await alone.says("а" * 8001) == [long]
    assert "Готово: задача в чате, решение скрыто." in await alone.says("x = 4")
    assert await anna.says("!разбор " + "а" * 8001) == [long]
    assert (await anna.says("!разбор Решение: 4"))[
        0
    ] == "Какая задача? Напишите здесь только условие, а решение я спрошу лично."


async def test_only_teachers_and_not_in_the_direct_chat(anna: TalkPerson, alone: TalkPerson) -> None:
    oleg = anna.room.enter("Белов Олег Игоревич, ученик")
    assert await oleg.says(f"!разбор {TASK}") == ["Это здесь могут делать только учителя."]
    assert await alone.says(f"!разбор {TASK}") == ["Это делают в общем чате, а не в личном."]


async def test_a_post_of_another_room_is_not_answered(
    talk: Talk, anna: TalkPerson, alone: TalkPerson
) -> None:
    await anna.says(f"!разбор {TASK}")
    await alone.says("x = 4")
    stranger = talk.room("8Б").enter("Чужов Пётр Ильич, ученик")
    assert await stranger.replies(post(talk).id, "решение") == []


async def test_it_is_forgotten_after_a_school_year(talk: Talk, anna: TalkPerson, alone: TalkPerson) -> None:
    await anna.says(f"!разбор {TASK}")
    await alone.says("x = 4")
    talk.clock.advance(days=401)
    await anna.says(f"!разбор {TASK}")
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM exam_prep_worked") == 1


# ---------------------------------------------------------------- pure


@pytest.mark.parametrize(
    ("words", "task", "solution"),
    [
        ("Задача", "Задача", ""),
        ("Задача\nРешение: да", "Задача", "да"),
        ("Задача?\n\nРешение\nда\nнет", "Задача?", "да\nнет"),
        ("Сколько? Решение: 4", "Сколько?", "4"),
        ("Запишите решение: подробно", "Запишите решение: подробно", ""),
        ("Дайте полное решение задачи.", "Дайте полное решение задачи.", ""),
        ("Solve it. Solution: 4 #a #b", "Solve it. #a #b", "4"),
        ("Задача #а\nРешение: #1 — это 4", "Задача #а", "#1 — это 4"),
        ("Решение: 4", "", "4"),
    ],
)
def test_what_is_the_task_and_what_the_solution(words: str, task: str, solution: str) -> None:
    assert split(words) == (task, solution)


@pytest.mark.parametrize("words", ["решение", "Решение!", "покажи решение", "«решение»", "solution", "ответ"])
def test_whoever_wants_the_solution(words: str) -> None:
    assert wants_solution(words)
    assert not wants_solution(f"{words} не понял")


@given(st.text("абx<>&\"'#\n ", min_size=1).map(str.strip).filter(bool))
def test_the_plain_words_never_tell_and_nothing_is_markup(solution: str) -> None:
    secret = f"¤{solution}¤"
    assert "¤" not in without_spoiler("Задача", str)
    html = with_spoiler("Задача", secret, str)
    before, _, rest = html.partition('<span data-mx-spoiler="Solution">')
    hidden, _, after = rest.partition("</span>")
    assert "¤" not in before + after
    assert hidden.count("¤") == 2
    assert "<" not in hidden.replace("<br>", "")
