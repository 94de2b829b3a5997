"""Reminders and deadlines, by the school's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from bots.creative_homework.conftest import Class, class_in

from zvonok_botkit.testing import FakeChat, conversation
from zvonok_core.clock import ManualClock
from zvonok_creative_homework.bot import bot
from zvonok_creative_homework.declared import HomeworkSettings

NO_TOPIC = (
    "Чудеса (чат «7А. Класс»): жду рассказы до завтра, 18:00, а темы у вас пока нет. Свободны:\n"
    "1. Радуга\n3. Эхо\nЧтобы выбрать, напишите мне, например: тема 1"
)
NOT_TOLD = (
    "Чудеса (чат «7А. Класс»): жду ваш рассказ на тему «Молния» до завтра, 18:00. "
    "Запись пришлите в обсуждение там или сюда, мне."
)


async def test_each_is_reminded_alone_a_day_before(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    assert await class_.wait(days=2, hours=5, minutes=59) == []
    await class_.wait(minutes=1)
    assert class_.words(class_.ivan) == [NOT_TOLD]
    assert class_.words(class_.anna) == class_.words(class_.zoya) == [NO_TOPIC]
    assert class_.sent(class_.teacher) == [] and len(class_.sent()) == 1
    alone = await class_.anna.writes_directly()
    await alone.says("тема 1")
    assert class_.topics()[0] == "1. Радуга — Белова Анна"


async def test_whoever_has_told_is_not_reminded(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.records(class_.ivan)
    await class_.wait(days=3)
    assert class_.sent(class_.ivan) == [] and class_.sent(class_.zoya) != []


async def test_for_whom_no_topic_is_left(nobody_yet: Class) -> None:
    await nobody_yet.teacher.says("!творческое Радуга; Молния (до завтра 18:00, по одному)")
    await nobody_yet.anna.reacts(nobody_yet.list, "1️⃣")
    await nobody_yet.ivan.reacts(nobody_yet.list, "2️⃣")
    await nobody_yet.wait(hours=22)
    assert nobody_yet.words(nobody_yet.zoya) == [
        "Творческое задание (чат «7А. Класс»): жду рассказы до 18:00 сегодня, а свободных тем для вас не "
        "осталось. Скажите об этом учителю — вместе что-нибудь придумаете."
    ]


async def test_at_the_deadline_the_teacher_sees_how_it_went_and_late_stories_are_marked(
    class_: Class,
) -> None:
    await class_.ivan.reacts(class_.list, "2️⃣")
    await class_.wait(days=3, hours=6)
    words = class_.words(class_.teacher)
    assert words[0].startswith("🎙 Чудеса\nРассказов: 0 из 3.")
    assert words[-1] == (
        "Срок прошёл. Рассказы я ещё принимаю; когда решите, что пора, напишите в чате класса «!закончить» — "
        "и я всех поблагодарю."
    )
    assert len(class_.sent()) == 1  # the class is told nothing
    await class_.wait(minutes=1)
    await class_.records(class_.ivan)
    assert class_.marked(class_.ivan)
    await class_.teacher.says("!кто рассказал")
    assert "• Петров Иван: «Молния», 42 секунды, после срока" in class_.words(class_.teacher)[-2]


async def test_what_is_finished_reminds_of_nothing(class_: Class) -> None:
    await class_.teacher.says("!закончить")
    assert await class_.wait(days=30) == []


async def test_a_mended_deadline_moves_everything(class_: Class) -> None:
    mended = "!творческое задание Чудеса до 30.11 18:00, по одному\nРадуга\nМолния\nЭхо"
    await class_.edits(class_.teacher, class_.teacher.last, mended)
    assert await class_.wait(days=3) == []
    await class_.wait(days=2, hours=6)
    assert class_.words(class_.ivan) and not class_.sent(class_.teacher)
    await class_.wait(days=1)
    assert class_.words(class_.teacher)


async def test_a_deadline_that_is_taken_away_moves_nobody(class_: Class) -> None:
    mended = "!творческое задание Чудеса без срока, по одному\nРадуга\nМолния\nЭхо"
    await class_.edits(class_.teacher, class_.teacher.last, mended)
    assert await class_.wait(days=5) == []


async def test_quiet_hours_are_kept_and_what_would_come_too_late_is_left_out(nobody_yet: Class) -> None:
    """In Moscow; half of the time is over at 22:15, and the next morning is before the deadline."""
    await nobody_yet.teacher.says("!творческое Радуга; Молния (до завтра 8:30)")
    assert await nobody_yet.wait(hours=18, minutes=59) == []
    assert len(await nobody_yet.wait(minutes=1)) == 3
    await nobody_yet.wait(hours=2)
    await nobody_yet.teacher.says("!закончить")
    await nobody_yet.teacher.says("!творческое Радуга; Молния (до завтра 6:30)")
    said = await nobody_yet.wait(days=1)
    assert {event.room for event in said} == {f"!direct-{nobody_yet.teacher.user}"}


@pytest.mark.parametrize(
    ("zone", "before"),
    [
        ("Europe/Kaliningrad", datetime(2027, 1, 10, 16, 0, tzinfo=UTC)),
        ("Asia/Kamchatka", datetime(2027, 1, 10, 6, 0, tzinfo=UTC)),
    ],
)
async def test_over_the_change_of_the_year_in_both_ends_of_the_country(
    tmp_path: Path, zone: str, before: datetime
) -> None:
    """Set in December, told until «11 января 18:00» by the school's clock."""
    clock = ManualClock(datetime(2026, 12, 29, 3, 0, tzinfo=UTC))
    async with conversation(
        bot, database_url=f"sqlite:///{tmp_path / 'b.db'}", zone=zone, clock=clock
    ) as talk:
        class_ = class_in(talk)
        (shown,) = await class_.teacher.says("!творческое Радуга; Молния (до 11 января 18:00)")
        assert shown.endswith("Жду ваши рассказы до 11 января 2027 (понедельник), 18:00.")
        await class_.wait(seconds=(before - clock.now()).total_seconds() - 1)
        assert class_.words(class_.ivan) == []
        await class_.wait(seconds=1)
        (said,) = class_.words(class_.ivan)
        assert "жду рассказы до завтра, 18:00" in said
        assert class_.words(class_.teacher) == []
        await class_.wait(days=1)
        assert class_.words(class_.teacher)[0].startswith("🎙 Творческое задание")


async def test_a_day_without_a_time_ends_in_the_evening_of_that_place(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 12, 31, 13, 0, tzinfo=UTC))  # it is 2027 in Kamchatka already
    url = f"sqlite:///{tmp_path / 'b.db'}"
    async with conversation(bot, database_url=url, zone="Asia/Kamchatka", clock=clock) as talk:
        class_ = class_in(talk)
        (shown,) = await class_.teacher.says("!творческое Радуга; Молния (до завтра)")
        assert shown.endswith("до 2 января (суббота), 20:00.")
        closes = await talk.program.database.fetchval("SELECT closes FROM creative_homework_rounds")
        assert datetime.fromtimestamp(closes / 1000, UTC) == datetime(2027, 1, 2, 8, 0, tzinfo=UTC)


async def test_a_program_that_was_down_catches_up(database_url: str) -> None:
    clock = ManualClock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    chat = FakeChat(clock)
    async with conversation(bot, database_url=database_url, chat=chat, clock=clock) as talk:
        class_ = class_in(talk)
        await class_.teacher.says("!творческое Радуга; Молния (до пятницы 18:00)")
        directory = talk.directory
    clock.advance(days=2, hours=20)
    async with conversation(bot, database_url=database_url, chat=chat, clock=clock) as talk:
        talk.directory.views, talk.directory.people = directory.views, directory.people
        said = [str(event.content["body"]) for event in await talk.settle()]
        assert len([words for words in said if "жду рассказы до 18:00 сегодня" in words]) == 3


async def test_a_room_that_is_gone_hurts_nobody(class_: Class, caplog: pytest.LogCaptureFixture) -> None:
    other = class_in(class_.talk)
    await other.teacher.says("!творческое Сыр; Хлеб (до пятницы 12:00, по двое)")
    await other.ivan.reacts(other.list, "1️⃣")
    await class_.ivan.reacts(class_.list, "2️⃣")
    for known in (class_.talk.directory.views, class_.talk.chat.members):
        del known[other.room.id]  # type: ignore[attr-defined]
    class_.talk.program.rooms.forget(other.room.id)
    await class_.records_alone(class_.ivan)
    assert "«Молния»" in class_.words(class_.ivan)[-1]
    alone = await class_.zoya.writes_directly()
    await alone.says("тема 1")
    assert class_.topics()[0] == "1. Радуга — Ёлкина Зоя"
    await class_.wait(days=5)
    assert "bug" not in caplog.text


async def test_all_is_forgotten_one_day(tmp_path: Path) -> None:
    settings = {"creative-homework": HomeworkSettings(keep_days=10)}
    async with conversation(bot, database_url=f"sqlite:///{tmp_path / 'b.db'}", settings=settings) as talk:
        class_ = class_in(talk)
        await class_.teacher.says("!творческое Радуга; Молния (до пятницы 18:00)")
        await class_.ivan.reacts(class_.list, "1️⃣")
        await class_.records(class_.ivan)
        await class_.anna.replies(class_.ivan.last, "Супер")
        await class_.wait(days=9)
        await class_.teacher.says("!закончить")
        await class_.wait(days=9)
        tables = ("rounds", "picks", "answers", "remarks")
        database = talk.program.database
        assert all(
            [await database.fetchval(f"SELECT COUNT(*) FROM creative_homework_{one}") for one in tables]
        )
        await class_.wait(days=1)
        assert not any(
            [await database.fetchval(f"SELECT COUNT(*) FROM creative_homework_{one}") for one in tables]
        )
