"""Deadlines, reminders, newcomers and forgetting, by a clock that is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bots.file_collector.conftest import PDF, Class, class_in

from zvonok_botkit.testing import conversation
from zvonok_core.clock import ManualClock
from zvonok_file_collector.bot import bot
from zvonok_file_collector.declared import CollectorSettings

STEP = timedelta(minutes=10)


@asynccontextmanager
async def at(
    zone: str, database_url: str, *moment: int, settings: CollectorSettings | None = None
) -> AsyncIterator[Class]:
    """A class where it is this time now, by its own clock."""
    clock = ManualClock(datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC))  # type: ignore[misc, arg-type]
    given = {"file-collector": settings} if settings else None
    async with conversation(bot, database_url=database_url, zone=zone, clock=clock, settings=given) as talk:
        yield class_in(talk)


async def told(class_: Class, until: datetime) -> list[tuple[str, str]]:
    """What is said until a moment, with the local time of it."""
    found = []
    zone = until.tzinfo
    while class_.talk.clock.now() < until:
        for line in await class_.wait(seconds=STEP.total_seconds()):
            local = class_.talk.clock.now().astimezone(zone)
            found.append(
                (f"{local:%d.%m.%Y %H:%M}", line.split("\n")[0].replace(class_.students[0].user, "Петров"))
            )
    return found


@pytest.mark.parametrize("zone", ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"])
async def test_over_the_new_year_everything_comes_in_its_time_where_the_school_is(
    zone: str, database_url: str
) -> None:
    async with at(zone, database_url, 2026, 12, 30, 12, 0) as class_:
        (said,) = await class_.teacher.says("!сбор «Эссе» до 01.01 18:00 от: Петров")
        assert "Срок: 1 января 2027 (пятница), 18:00." in said
        found = await told(class_, datetime(2027, 1, 2, 12, 0, tzinfo=ZoneInfo(zone)))
        teacher = f"{class_.teacher.user}: № 1. «Эссе»"
        assert found == [
            ("31.12.2026 18:00", "Петров: Напоминаю: нужно сдать «Эссе»."),
            ("01.01.2027 16:00", "Петров: Напоминаю: нужно сдать «Эссе»."),
            ("01.01.2027 18:10", teacher),
        ]
        (said,) = await class_.hands_in(class_.students[0])
        assert said.startswith("«Эссе»: сдано позже срока, 2 января, 12:00.")


@pytest.mark.parametrize("zone", ["Europe/Kaliningrad", "Asia/Kamchatka"])
async def test_the_minute_of_the_deadline_is_the_school_s_own(zone: str, database_url: str) -> None:
    async with at(zone, database_url, 2026, 12, 31, 23, 0) as class_:
        await class_.teacher.says("!сбор «Эссе» до 31.12 23:59")
        await class_.wait(minutes=59, seconds=59)
        (said,) = await class_.hands_in(class_.students[0])
        assert said.startswith("«Эссе»: сдано 31 декабря, 23:59.")
        await class_.wait(seconds=1)
        (said,) = await class_.hands_in(class_.students[1])
        assert said.startswith("«Эссе»: сдано позже срока, 1 января, 00:00.")


async def test_reminders_keep_out_of_quiet_hours(database_url: str) -> None:
    async with at("Asia/Kamchatka", database_url, 2026, 11, 24, 12, 0) as class_:
        await class_.teacher.says("!сбор «Эссе» до 26.11 8:00 от: Петров")
        found = await told(class_, datetime(2026, 11, 26, 7, 50, tzinfo=ZoneInfo("Asia/Kamchatka")))
        assert found == [
            ("25.11.2026 08:00", "Петров: Напоминаю: нужно сдать «Эссе»."),
            ("26.11.2026 07:00", "Петров: Напоминаю: нужно сдать «Эссе»."),
        ], "two hours before would be at six"


async def test_a_reminder_that_would_come_after_the_deadline_is_left_out(database_url: str) -> None:
    async with at("Europe/Moscow", database_url, 2026, 11, 24, 12, 0) as class_:
        await class_.teacher.says("!сбор «Эссе» до 26.11 7:00 от: Петров")
        found = await told(class_, datetime(2026, 11, 26, 12, 0, tzinfo=ZoneInfo("Europe/Moscow")))
        assert [moment for moment, line in found if "Напоминаю" in line] == ["25.11.2026 07:00"]


async def test_a_day_before_is_left_out_where_less_time_is_left(database_url: str) -> None:
    async with at("Europe/Moscow", database_url, 2026, 11, 24, 12, 0) as class_:
        await class_.teacher.says("!сбор «Эссе» до 20:00 от: Петров")
        found = await told(class_, datetime(2026, 11, 24, 19, 50, tzinfo=ZoneInfo("Europe/Moscow")))
        assert [moment for moment, _ in found] == ["24.11.2026 18:00"]


async def test_after_a_long_outage_one_reminder_comes_and_not_two(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00 от: Петров")
    said = await class_.wait(days=3, hours=4, minutes=30)  # both have been due since
    assert len([line for line in said if "Напоминаю" in line]) == 1


async def test_who_has_handed_in_is_not_reminded_and_who_must_again_is(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00")
    for student in class_.students:
        await class_.hands_in(student)
    await class_.teacher.says("!вернуть Петрова Нет вывода")
    said = await class_.wait(days=2, hours=6)
    assert [line for line in said if "Напоминаю" in line] == [
        f"{class_.students[0].user}: Напоминаю: «Эссе» ждёт доработки.\nНет вывода\nНовую версию пришлите прямо сюда."
    ]


async def test_new_deadlines_have_new_reminders(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до среды 18:00 от: Петров")
    await class_.teacher.says("!продлить до субботы 18:00")
    found = await told(class_, datetime(2026, 11, 28, 18, 0, tzinfo=ZoneInfo("Europe/Moscow")))
    assert [moment for moment, line in found if "Напоминаю" in line] == [
        "27.11.2026 18:00",
        "28.11.2026 16:00",
    ]


async def test_a_reminder_waits_for_a_directory_that_is_away(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00 от: Петров")
    class_.talk.directory.away = True
    assert await class_.wait(days=2, hours=6) == []
    assert await class_.wait(minutes=11) == []
    class_.talk.directory.away = False
    assert [line.split("\n")[0] for line in await class_.wait(minutes=11)] == [
        f"{class_.students[0].user}: Напоминаю: нужно сдать «Эссе»."
    ]


# ---------------------------------------------------------------- who comes and goes


async def test_who_comes_later_is_asked_too_once(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00\nДве страницы.")
    await class_.comes("Новиков Пётр Ильич, ученик")
    said = await class_.wait(minutes=6)
    assert [line.partition(": ")[2] for line in said] == [
        "Вы пришли недавно, поэтому рассказываю: собираем «Эссе».\n7А. Литература\nДве страницы.\n"
        "Срок: 27 ноября (пятница), 18:00.\nПришлите файл или фото прямо сюда."
    ]
    assert "Сдали: 0 из 4." in await class_.table()
    await class_.comes("Новиков Пётр Ильич, ученик")  # another name or picture looks the same
    assert await class_.wait(minutes=6) == []


async def test_who_comes_unseen_is_found_within_a_day(class_: Class) -> None:
    await class_.teacher.says("!ознакомить Завтра без формы\nбез срока")
    class_.room.enter("Новиков Пётр Ильич, ученик")
    said = await class_.wait(days=1)
    assert [line.partition(": ")[2].split("\n")[0] for line in said] == [
        "Прочитайте, пожалуйста, и подтвердите."
    ]


async def test_who_has_not_signed_in_yet_is_told_when_they_come(class_: Class) -> None:
    zoya = class_.students[2]
    class_.is_not_here(zoya)
    await class_.teacher.says("!сбор «Эссе» до 05.12")
    assert await class_.wait(days=1) == []
    class_.is_here(zoya)
    assert [line.split("\n")[0] for line in await class_.wait(days=1)] == [
        f"{zoya.user}: Вы пришли недавно, поэтому рассказываю: собираем «Эссе»."
    ]


async def test_who_leaves_is_asked_no_more_and_nothing_of_theirs_is_lost(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00")
    ivan = class_.students[0]
    await class_.hands_in(ivan)
    class_.leaves(ivan)
    assert "Сдали: 0 из 2." in (table := await class_.table()) and "Петров Иван" not in table
    assert (await class_.hands_in(ivan, "ещё.pdf"))[0].startswith("Спасибо, но я не знаю")
    class_.room.enter("Петров Иван Сергеевич, ученик")
    assert "Петров Иван Сергеевич: сдано" in await class_.table()


# ---------------------------------------------------------------- the end


async def test_at_the_deadline_the_teacher_gets_the_table(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00")
    await class_.hands_in(class_.students[0])
    await class_.wait(days=3, hours=6)
    said = await class_.wait(minutes=1)
    assert len(said) == 1 and said[0].startswith(f"{class_.teacher.user}: № 1. «Эссе»")
    assert "Сдали: 1 из 3." in said[0]


async def test_two_weeks_after_the_deadline_it_is_over(class_: Class) -> None:
    await class_.teacher.says("!сбор «Эссе» до пятницы 18:00")
    await class_.wait(days=4)
    await class_.wait(days=12)
    assert (await class_.hands_in(class_.students[0]))[0].startswith("«Эссе»: сдано позже срока")
    assert "* 📥 Сбор № 1. Эссе\nСбор закончен." in await class_.wait(days=2)
    assert (await class_.hands_in(class_.students[1]))[0].startswith("«Эссе»: сбор закончен")
    await class_.wait(days=15)
    assert (await class_.hands_in(class_.students[1]))[0].startswith("Спасибо, но я не знаю")


# ---------------------------------------------------------------- forgetting


async def test_it_is_forgotten_after_a_warning(database_url: str) -> None:
    settings = CollectorSettings(keep_days=30)
    async with at("Europe/Moscow", database_url, 2026, 11, 24, 12, 0, settings=settings) as class_:
        await class_.teacher.says("!сбор «Эссе» до 27.11 18:00")
        await class_.hands_in(class_.students[0])
        await class_.students[1].sends_file("эссе.pdf", PDF, **class_.students[1].in_thread(class_.call))
        await class_.teacher.says("!сдали")
        await class_.teacher.says("!закрыть сбор")
        await class_.wait(days=20)
        said = await class_.wait(days=7)
        assert said == [
            f"{class_.teacher.user}: 27 декабря я удалю свои записи о сборе «Эссе»: кто что сдал и где лежат файлы.\n"
            "Если они ещё нужны, напишите «!выгрузить 1».\n"
            "Сами файлы лежат на сервере школы, и сколько их там хранить, решает школа."
        ]
        call = class_.call
        await class_.wait(days=8)
        database = class_.talk.program.database
        for table in ("works", "parts", "tables"):
            assert await database.fetchval(f"SELECT COUNT(*) FROM file_collector_{table}") == 0
        row = await database.fetchrow("SELECT * FROM file_collector_collections")
        assert (row["title"], row["author"], row["status"]) == ("", "", "forgotten")
        assert await (await class_.alone(class_.teacher)).says("сдали 1") == ["Сбора № 1 нет."]
        assert await class_.students[0].replies(call, "+") == []
        (said,) = await class_.teacher.says("!сбор «Новое» до 15.01")
        assert "Сбор № 2" in said, "no number comes twice"
        assert await database.fetchval("SELECT COUNT(*) FROM kit_jobs WHERE key = '1'") == 0


async def test_of_nothing_there_is_no_warning(database_url: str) -> None:
    settings = CollectorSettings(keep_days=30)
    async with at("Europe/Moscow", database_url, 2026, 11, 24, 12, 0, settings=settings) as class_:
        await class_.teacher.says("!сбор «Эссе» без срока")
        await class_.teacher.says("!закрыть сбор")
        assert await class_.wait(days=24) == []
        assert await class_.wait(days=10) == []


async def test_a_file_that_nobody_has_placed_is_forgotten_too(database_url: str) -> None:
    settings = CollectorSettings(keep_days=30)
    async with at("Europe/Moscow", database_url, 2026, 11, 24, 12, 0, settings=settings) as class_:
        await class_.teacher.says("!сбор «Эссе» до 25.11 18:00")
        await class_.teacher.says("!сбор «Проект» до 26.11 18:00")
        await class_.hands_in(class_.students[0])
        await class_.wait(days=20)
        database = class_.talk.program.database
        assert await database.fetchval("SELECT COUNT(*) FROM file_collector_waiting") == 1
        for _ in range(5):
            await class_.wait(days=20)
        assert await database.fetchval("SELECT COUNT(*) FROM file_collector_waiting") == 0
