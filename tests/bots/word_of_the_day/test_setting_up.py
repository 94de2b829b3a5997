"""The teacher's command: what is said, what is asked back, what changes."""

from __future__ import annotations

from datetime import date

import pytest
from bots.word_of_the_day.conftest import ROTA, SET_UP, Class, class_in

from zvonok_botkit.calendar import Holiday
from zvonok_botkit.testing import Talk, conversation
from zvonok_core.ids import UserId
from zvonok_core.roles import Role
from zvonok_word_of_the_day.bot import bot

HOW = (
    "По каким дням и во сколько присылать слово и откуда его брать? Например: «по будням в 8:30, "
    "английский, средний уровень». Или: «пн ср пт 9:00, слова приносят ученики». Или: «свой список»."
)
LANGUAGE = (
    "На каком языке будут слова?\n1. английский\n2. русский\n3. немецкий\n4. французский\n5. другой язык"
)
LEVEL = "Какой уровень?\n1. начальный уровень\n2. средний уровень\n3. продвинутый уровень"
SOURCE = "Готового списка на этом языке у меня нет. Откуда брать слова?\n1. ученики приносят по очереди\n2. из вашего списка"
STATE = "📖 Слово дня: по будням в 8:30; английский, средний уровень.\nСледующее слово – завтра, 25 ноября.\nВпереди 62 слова."
LIST = (
    "Пришлите мне список, CSV или XLSX, ответом на это сообщение или в личный чат. В первой строке – названия "
    "столбцов: слово, значение, пример, перевод. Достаточно слова и значения или перевода."
)


async def test_all_at_once_is_confirmed_and_shown_again(class_: Class) -> None:
    assert await class_.anna.says(SET_UP) == [STATE]
    for name in ("!слово-дня", "!слово дня", "!word of the day", "бот, слово дня"):
        assert await class_.anna.says(name) == [STATE]


async def test_what_is_missing_is_asked_one_after_another(class_: Class) -> None:
    assert await class_.anna.says("!слово-дня") == [HOW]
    assert await class_.anna.says("пн ср пт") == [LANGUAGE]
    assert await class_.anna.says("1") == [LEVEL]
    assert await class_.anna.says("3") == [
        "📖 Слово дня: по понедельникам, средам и пятницам в 8:30; английский, продвинутый уровень.\n"
        "Следующее слово – завтра, 25 ноября.\nВпереди 64 слова."
    ]


async def test_a_language_without_a_list_needs_a_source(class_: Class) -> None:
    assert await class_.anna.says("!слово-дня в 9:00, немецкий") == [SOURCE]
    assert await class_.anna.says("2") == [
        "📖 Слово дня: по будням в 9:00; немецкий, список учителя.\nСледующее слово – завтра, 25 ноября.\n"
        f"Жду ваш список.\n{LIST}"
    ]
    assert await class_.anna.says("!слово-дня готовый список") == [SOURCE]
    assert (await class_.anna.says("приносят ученики"))[0].startswith(
        "📖 Слово дня: по будням в 9:00; немецкий, слова приносят ученики.\n"
    )


async def test_a_language_that_is_not_known_may_be_another_one(class_: Class) -> None:
    assert await class_.anna.says("!слово-дня слова приносят ученики") == [LANGUAGE]
    assert await class_.anna.says("бот, суахили") == [f"Не понимаю «суахили». {LANGUAGE}"]
    said = await class_.anna.says("5")
    assert said[0].startswith("📖 Слово дня: по будням в 8:30; другой язык, слова приносят ученики.")


@pytest.mark.parametrize(
    ("room", "said"),
    [
        ("7А. Английский язык", [LEVEL]),
        (
            "7А – Русский язык",
            [
                "📖 Слово дня: по вторникам в 8:30; русский.\nСледующее слово – 1 декабря (вторник).\nВпереди 34 слова."
            ],
        ),
        ("7А. Немецкий язык", [SOURCE]),
        ("7А. Класс", [LANGUAGE]),
    ],
)
async def test_the_room_s_name_tells_the_language(talk: Talk, room: str, said: list[str]) -> None:
    assert await class_in(talk, room).anna.says("!слово-дня вт") == said


async def test_what_is_not_understood_is_named(class_: Class) -> None:
    again = "Напишите, пожалуйста, ещё раз целиком, например: по будням в 8:30, английский, средний уровень."
    assert await class_.anna.says("!слово-дня по будням, кроликов") == [f"Не понимаю «кроликов». {again}"]
    assert await class_.anna.says("Дети, завтра без формы") == [], "that was not for the bot"
    assert await class_.anna.says("!слово-дня 7") == [f"Не понимаю «7». {again}"]
    assert await class_.anna.says("по будням в 8:30, английский, средний уровень") == [STATE]


async def test_in_quiet_hours_no_word_can_come(class_: Class) -> None:
    quiet = "В {} тихие часы: с 21:00 до 7:00 я никому не пишу. Во сколько присылать слово?"
    await class_.anna.says(SET_UP)
    assert await class_.anna.says("!слово-дня в 21:30") == [quiet.format("21:30")]
    assert await class_.anna.says("6:59") == [quiet.format("6:59")]
    assert await class_.anna.says("бот, ночью") == ["Не понимаю «ночью». Во сколько?"]
    assert (await class_.anna.says("9"))[0].startswith("📖 Слово дня: по будням в 9:00; английский")


async def test_a_change_leaves_the_rest(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    assert await class_.anna.says("!слово-дня каждый день в 7:00") == [
        STATE.replace("по будням в 8:30", "каждый день в 7:00")
    ]
    assert (await class_.anna.says("!слово-дня русский"))[0] == (
        "📖 Слово дня: каждый день в 7:00; русский.\nСледующее слово – завтра, 25 ноября.\nВпереди 34 слова."
    )
    assert await class_.anna.says("!слово-дня английский") == [LEVEL]


async def test_it_pauses_goes_on_and_stops(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    head, _, left = STATE.split("\n")
    assert await class_.anna.says("!слово-дня пауза до 12 января") == [
        f"{head}\nСейчас пауза. Следующее слово – 12 января (вторник).\n{left}"
    ]
    assert await class_.anna.says("!слово-дня пауза до лета") == [
        "До какого дня? Например: !слово-дня пауза до 12 января"
    ]
    assert await class_.anna.says("!слово-дня пауза") == [
        f"{head}\nСейчас пауза. Чтобы продолжить, напишите: !слово-дня продолжить\n{left}"
    ]
    assert await class_.until("2026-11-25T12:00") == []
    assert await class_.anna.says("!слово-дня продолжить") == [
        f"{head}\nСледующее слово – завтра, 26 ноября.\n{left}"
    ]
    assert await class_.anna.says("!слово-дня стоп") == ["Слово дня закончено. Спасибо всем за слова!"]
    assert await class_.until("2026-11-27T12:00") == []
    for order in ("стоп", "пауза", "продолжить"):
        assert await class_.anna.says(f"!слово-дня {order}") == [f"В этом чате слова дня пока нет. {HOW}"]


async def test_only_a_teacher_sets_it_up(class_: Class) -> None:
    for words in (SET_UP, "!слово-дня", "!слово-дня стоп", "!пропустить"):
        assert await class_.petrov.says(words) == ["Это здесь могут делать только учителя."]
    alone = await class_.anna.writes_directly()
    assert await alone.says(SET_UP) == ["Это делают в общем чате, а не в личном."]


async def test_each_room_has_its_own(talk: Talk) -> None:
    first, second = class_in(talk, "7А"), class_in(talk, "7Б")
    await first.anna.says(SET_UP)
    assert await second.anna.says("!слово-дня") == [HOW]
    await second.anna.says("!слово-дня русский, в 9:00")
    await second.anna.says("!слово-дня стоп")
    assert await first.anna.says("!слово-дня") == [STATE]


async def test_where_no_day_is_left_it_says_so(class_: Class) -> None:
    await class_.anna.says(SET_UP)
    said = await class_.anna.says("!слово-дня пауза до 12.01.2126")
    assert said[0].split("\n")[1] == "Сейчас пауза. Следующее слово – 14 января (понедельник)."


async def test_where_the_holidays_have_no_end_it_says_so(database_url: str) -> None:
    for_ever = Holiday(date(2026, 11, 24), date(2028, 12, 31))
    async with conversation(bot, database_url=database_url, holidays=[for_ever]) as talk:
        assert (await class_in(talk).anna.says(SET_UP))[0].split("\n")[1] == (
            "На ближайшие месяцы не вижу ни одного подходящего дня. Проверьте, пожалуйста, дни недели и каникулы."
        )


@pytest.mark.parametrize(
    "language", ["испанский", "итальянский", "китайский", "татарский", "башкирский", "чувашский"]
)
async def test_a_language_is_called_as_it_was_said(class_: Class, language: str) -> None:
    (said, *_) = await class_.anna.says(f"!слово-дня сб вс, {language}, слова приносят ученики")
    assert said.startswith(
        f"📖 Слово дня: по субботам и воскресеньям в 8:30; {language}, слова приносят ученики."
    )


async def test_without_a_directory_the_room_s_levels_decide(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, directory=False) as talk:
        room = talk.room(managed=False)
        del talk.chat.members[room.id][UserId("@sender:school.test")]
        petrov = room.enter("Петров Иван")
        anna = room.enter("Смирнова Анна", Role.TEACHER)
        assert (await petrov.says(SET_UP))[0] == "Это здесь могут делать только учителя."
        said = await anna.says(ROTA)
        assert "Его приносит Петров Иван." in said[0] and "Дальше" not in said[0]


async def test_in_english_it_speaks_english(database_url: str) -> None:
    async with conversation(bot, database_url=database_url, language="en") as talk:
        anna = class_in(talk).anna
        assert await anna.says("!word-of-the-day Mondays and Fridays at 9 am, English, advanced") == [
            "📖 Word of the day: on Mondays and Fridays at 9:00; English, advanced.\n"
            "The next word comes 27 November (Friday).\n64 words are still to come."
        ]
        assert (await anna.says("!word-of-the-day pause"))[0].split("\n")[1] == (
            "It is paused. To go on: !word-of-the-day resume"
        )
