"""A teacher sets topics."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from bots.creative_homework.conftest import TOPICS, Class, class_in

from zvonok_botkit.testing import Talk, conversation
from zvonok_core.clock import ManualClock
from zvonok_core.roles import Role
from zvonok_creative_homework.bot import bot

UNTIL = "До какого времени ждать рассказы? Например: до пятницы 18:00. Или ответьте: без срока."
WHAT = "Какие будут темы? Напишите каждую с новой строки или через точку с запятой."


async def test_the_list_says_what_to_do(nobody_yet: Class) -> None:
    assert await nobody_yet.teacher.says(TOPICS) == [
        "🎙 Чудеса\n"
        "Выберите тему и расскажите о ней классу в голосовом или видеосообщении — не дольше 60 секунд.\n\n"
        "1. Радуга — свободна\n"
        "2. Молния — свободна\n"
        "3. Эхо — свободна\n\n"
        "Чтобы выбрать тему, ответьте на это сообщение её номером или поставьте реакцию 1️⃣, 2️⃣ …\n"
        "Запись пришлите в обсуждение под этим сообщением. Стесняетесь — пришлите её мне в личный чат: "
        "тогда её услышит только учитель.\n"
        "Слушайте друг друга, спрашивайте и хвалите: отвечайте на записи и ставьте реакции.\n"
        "Жду ваши рассказы до 27 ноября (пятница), 18:00."
    ]


async def test_what_is_left_out_is_asked_or_sensible(nobody_yet: Class) -> None:
    teacher = nobody_yet.teacher
    assert await teacher.says("!творческое") == [WHAT]
    assert await teacher.says("Радуга") == [
        "Нужно хотя бы две темы. Напишите все заново: каждую с новой строки или через точку с запятой."
    ]
    assert await teacher.says("Радуга; Молния (до 31 секунды)") == [UNTIL]
    assert await teacher.says("когда-нибудь") == [UNTIL]
    (shown,) = await teacher.says("в пятницу")
    assert shown.startswith("🎙 Творческое задание\n")
    assert "не дольше 31 секунды." in shown
    assert nobody_yet.topics() == ["1. Радуга — свободно 2 места", "2. Молния — свободно 2 места"]
    assert shown.endswith("до 27 ноября (пятница), 20:00.")


async def test_topics_that_are_asked_for_have_no_title(nobody_yet: Class) -> None:
    assert await nobody_yet.teacher.says("!творческое") == [WHAT]
    (shown,) = await nobody_yet.teacher.says("Радуга\nМолния\nЭхо\nбез срока")
    assert shown.startswith("🎙 Творческое задание\n")
    assert [line[3:9] for line in nobody_yet.topics()] == ["Радуга", "Молния", "Эхо — "]


@pytest.mark.parametrize(
    ("answer", "ending"),
    [
        ("завтра", "Жду ваши рассказы до 25 ноября (среда), 20:00."),
        ("до 23:30", "Жду ваши рассказы до 24 ноября (вторник), 23:30."),
        ("01.12 18:00", "Жду ваши рассказы до 1 декабря (вторник), 18:00."),
        ("до 10 января", "Жду ваши рассказы до 10 января 2027 (воскресенье), 20:00."),
        ("без срока", "отвечайте на записи и ставьте реакции."),
        ("Нет", "отвечайте на записи и ставьте реакции."),
    ],
)
async def test_the_deadline_as_people_answer(nobody_yet: Class, answer: str, ending: str) -> None:
    assert await nobody_yet.teacher.says("!творческое задание Чудеса\nРадуга\nМолния") == [UNTIL]
    (shown,) = await nobody_yet.teacher.says(answer)
    assert shown.startswith("🎙 Чудеса\n") and shown.endswith(ending)


async def test_a_deadline_that_has_passed_is_asked_again(nobody_yet: Class) -> None:
    assert await nobody_yet.teacher.says("!творческое Радуга; Молния (до 24.11.2026 10:00)") == [
        "Это время уже прошло. До какого времени ждать рассказы?"
    ]
    (shown,) = await nobody_yet.teacher.says("до завтра")
    assert shown.endswith("Жду ваши рассказы до 25 ноября (среда), 20:00.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("; ".join(map(str, range(51))) + " (без срока)", "Тем может быть не больше 50."),
        (
            f"{'р' * 121}; Молния (без срока)",
            "Это слишком длинно, с телефона не прочитать. Название — не больше 80 знаков, тема — не больше 120.",
        ),
        (
            f"«{'ч' * 81}»\nРадуга\nМолния",
            "Это слишком длинно, с телефона не прочитать. Название — не больше 80 знаков, тема — не больше 120.",
        ),
        ("Радуга; Молния (до 11 минут)", "Длину рассказа можно ограничить временем от 5 до 600 секунд."),
        ("Радуга; Молния (до 4 секунд)", "Длину рассказа можно ограничить временем от 5 до 600 секунд."),
    ],
)
async def test_what_can_t_be_is_said(nobody_yet: Class, words: str, said: str) -> None:
    assert await nobody_yet.teacher.says(f"!творческое {words}") == [said]


async def test_one_round_at_a_time(class_: Class) -> None:
    assert await class_.teacher.says(TOPICS) == [
        "Здесь ещё идёт прошлое задание. Сначала закончите его: «!закончить»."
    ]
    elsewhere = class_in(class_.talk)
    assert (await elsewhere.teacher.says(TOPICS))[0].startswith("🎙 Чудеса")


async def test_only_teachers_set_topics_and_only_where_students_are(talk: Talk, nobody_yet: Class) -> None:
    for command in (TOPICS, "!закончить", "!кто рассказал"):
        assert await nobody_yet.ivan.says(command) == ["Это здесь могут делать только учителя."]
        assert await nobody_yet.teacher.says("!закончить") == ["Сейчас творческого задания здесь нет."]
    staff = talk.room("Учительская", "staff_room")
    oleg = staff.enter("Орлов Олег Петрович, учитель", Role.TEACHER)
    assert await oleg.says(TOPICS) == ["В этом чате нет учеников, которые могли бы выбрать тему."]
    alone = await oleg.writes_directly()
    assert await alone.says(TOPICS) == ["Это делают в общем чате, а не в личном."]


async def test_fewer_places_than_students_are_told_to_the_teacher_alone(nobody_yet: Class) -> None:
    await nobody_yet.teacher.says("!творческое Радуга; Молния (до пятницы, по одному)")
    assert nobody_yet.words(nobody_yet.teacher) == [
        "Учеников здесь 3, а мест на все темы — 2. Чтобы хватило всем, исправьте своё сообщение: добавьте темы "
        "или разрешите брать одну тему нескольким, например «по двое на тему»."
    ]


async def test_the_teacher_mends_the_message(class_: Class) -> None:
    teacher, command = class_.teacher, class_.teacher.last
    await class_.ivan.reacts(class_.list, "3️⃣")
    mended = "!творческое задание Чудо-чудеса до субботы 12:00, по двое\nРадуга зимой\nМолния\nЭхо\nИней"
    (shown,) = await class_.edits(teacher, command, mended)
    assert shown.startswith("* 🎙 Чудо-чудеса\n") and shown.endswith("до 28 ноября (суббота), 12:00.")
    assert class_.topics() == [
        "1. Радуга зимой — свободно 2 места",
        "2. Молния — свободно 2 места",
        "3. Эхо — Петров Иван; ещё 1 место",
        "4. Иней — свободно 2 места",
    ]
    for refused in (
        "!творческое Радуга; Молния",
        "!кто рассказал",
        "привет",
        f"!творческое {'р' * 121}; б; в",
    ):
        assert await class_.edits(teacher, command, refused) == []
    assert await class_.edits(class_.ivan, command, "!творческое А; Б; В; Г") == []


async def test_a_message_that_is_deleted_before_anybody_has_chosen_is_no_homework(class_: Class) -> None:
    command, shown = class_.teacher.last, class_.list
    await class_.ivan.reacts(shown, "3️⃣")
    chosen = class_.ivan.last
    await class_.teacher.takes_back(command)
    assert not [event for event in class_.talk.said if event.redacts]
    await class_.ivan.takes_back(chosen)
    await class_.teacher.takes_back(command)
    assert class_.talk.said[-1].redacts == shown
    assert await class_.teacher.says("!закончить") == ["Сейчас творческого задания здесь нет."]
    assert await class_.wait(days=200) == []


async def test_without_a_directory_whoever_does_not_lead_the_room_is_a_student(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bots.db'}"
    async with conversation(bot, database_url=url, directory=False) as talk:
        class_ = class_in(talk)
        await class_.teacher.says(TOPICS)
        await class_.teacher.reacts(class_.list, "1️⃣")
        assert class_.topics()[0] == "1. Радуга — свободна"
        await class_.ivan.reacts(class_.list, "1️⃣")
        assert class_.topics()[0] == "1. Радуга — Петров Иван"


async def test_in_english(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    url = f"sqlite:///{tmp_path / 'bots.db'}"
    async with conversation(bot, database_url=url, language="en", clock=clock) as talk:
        class_ = class_in(talk)
        (shown,) = await class_.teacher.says(
            "!creative homework Rainbow; Echo (until tomorrow 18:00, two per topic)"
        )
        assert shown.startswith("🎙 Creative homework\nChoose a topic and tell the class about it")
        assert shown.endswith("I'm waiting for your stories until 25 November (Wednesday), 18:00.")
        await class_.records(class_.ivan, 61)
        assert class_.words()[-1].startswith("That is 61 seconds, and we have agreed on 60.")
