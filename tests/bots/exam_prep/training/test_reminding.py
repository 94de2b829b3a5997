"""A daily reminder for whoever has asked for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from support.bringing import bring
from support.tasks import item

from zvonok_botkit.testing import Talk, TalkPerson, TalkRoom
from zvonok_exam_prep.items import ItemId, Word
from zvonok_exam_prep.training.times import next_moment, read_time

ZONE = ZoneInfo("Europe/Moscow")
SALT = item(Word(("соль",)), id=ItemId("salt"), subject="химия")
DUE = "Пора повторить 1 задание: «!тренажёр»."


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("18:00", time(18)),
        ("18", time(18)),
        ("18.30", time(18, 30)),
        ("1830", time(18, 30)),
        ("7:05", time(7, 5)),
        ("в 18:00", time(18)),
        ("в 6 вечера", time(18)),
        ("6 часов утра", time(6)),
        ("в 12 ночи", time(0)),
        ("3 часа дня", time(15)),
        ("каждый день в 19:00", time(19)),
        ("19:00 каждый день", time(19)),
        ("Вечером", time(18)),
        ("6 pm", time(18)),
        ("25:00", None),
        ("18:75", None),
        ("завтра", None),
        ("никогда", None),
        ("", None),
        ("18:00 и 19:00", None),
    ],
)
def test_times_are_read_as_people_write_them(words: str, at: time | None) -> None:
    assert read_time(words) == at


@pytest.mark.parametrize(
    ("now", "at", "moment"),
    [
        (datetime(2026, 11, 24, 9, tzinfo=UTC), time(18), datetime(2026, 11, 24, 15, tzinfo=UTC)),
        (datetime(2026, 11, 24, 15, tzinfo=UTC), time(18), datetime(2026, 11, 25, 15, tzinfo=UTC)),
        (datetime(2026, 11, 24, 22, tzinfo=UTC), time(0, 30), datetime(2026, 11, 25, 21, 30, tzinfo=UTC)),
        (datetime(2026, 12, 31, 20, tzinfo=UTC), time(18), datetime(2027, 1, 1, 15, tzinfo=UTC)),
    ],
)
def test_the_next_moment_comes_after_now(now: datetime, at: time, moment: datetime) -> None:
    assert next_moment(at, now, ZONE) == moment


def test_the_clock_shows_the_same_when_summer_begins() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2027, 3, 27, 17, tzinfo=UTC)  # 18:00 there, and 19:00 the next day
    assert next_moment(time(18), before, berlin) == datetime(2027, 3, 28, 16, tzinfo=UTC)


async def trained(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SALT)
    await ivan.says("тренажёр химия")
    await ivan.says("сахар")
    await ivan.says("ответ")
    await ivan.says("хватит")


async def passes(talk: Talk, **time: float) -> list[str]:
    talk.clock.advance(**time)
    return [event.content["body"] for event in await talk.settle()]


async def test_once_a_day_if_anything_is_due(talk: Talk, ivan: TalkPerson) -> None:
    await bring(talk, SALT)
    await ivan.says("тренажёр химия")
    await ivan.says("соль")
    assert await ivan.says("!напоминай 18:00") == [
        "Хорошо: каждый день в 18:00, если есть что повторить. Надоест — «!не напоминай»."
    ]
    assert await passes(talk, hours=7) == []  # 19:00; it is due in two days
    assert await passes(talk, days=1) == []
    assert await passes(talk, hours=22.5) == []  # 17:30
    assert await passes(talk, hours=1) == [DUE]
    assert await passes(talk, hours=1) == []
    assert await passes(talk, hours=23) == [DUE]
    await ivan.says("тренажёр")
    await ivan.says("соль")
    assert await passes(talk, hours=24) == []


async def test_off_again(talk: Talk, ivan: TalkPerson) -> None:
    await trained(talk, ivan)
    for words in ("!не напоминай", "!напоминай нет", "напоминай не надо"):
        await ivan.says("!напоминай 18:00")
        assert await ivan.says(words) == ["Хорошо, больше не напоминаю."]
        assert await passes(talk, days=2) == []


async def test_it_is_asked_when(talk: Talk, ivan: TalkPerson) -> None:
    await trained(talk, ivan)
    assert await ivan.says("!напоминай") == ["Во сколько напоминать? Например, 18:00. Если не надо — «нет»."]
    assert await ivan.says("когда-нибудь") == [
        "Во сколько напоминать? Например, 18:00. Если не надо — «нет»."
    ]
    assert (await ivan.says("в 7 вечера"))[0].startswith("Хорошо: каждый день в 19:00")
    assert await ivan.says("!напоминай") == [
        "Сейчас я напоминаю каждый день в 19:00. Во сколько напоминать теперь? Если больше не надо — «нет»."
    ]
    assert (await ivan.says("18"))[0].startswith("Хорошо: каждый день в 18:00")
    assert await passes(talk, days=1, hours=6.5) == [DUE]
    assert await passes(talk, hours=1) == []


async def test_in_quiet_hours_it_waits(talk: Talk, ivan: TalkPerson) -> None:
    await trained(talk, ivan)
    assert (await ivan.says("!напоминай 23:00"))[1] == (
        "Если у школы в это время тихие часы, я напишу, когда они кончатся."
    )
    talk.clock.advance(days=1)
    assert await passes(talk, hours=12) == []
    assert await passes(talk, hours=8) == [DUE]
    assert await passes(talk, hours=15.5) == []
    assert await passes(talk, hours=9) == [DUE]


async def test_a_missed_one_comes_once(talk: Talk, ivan: TalkPerson) -> None:
    await trained(talk, ivan)
    await ivan.says("!напоминай 18:00")
    assert await passes(talk, days=5) == [DUE]
    assert await passes(talk, days=1) == [DUE]


async def test_asked_for_in_a_room_it_comes_directly(talk: Talk, room: TalkRoom, ivan: TalkPerson) -> None:
    await trained(talk, ivan)
    in_class = room.enter(ivan.person.name)
    assert in_class.user == ivan.user
    await in_class.says("!напоминай 18:00")
    assert await passes(talk, days=1, hours=7) == [DUE]
    assert talk.said[-1].room != room.id


async def test_those_who_have_left_are_left_alone(talk: Talk, ivan: TalkPerson) -> None:
    await trained(talk, ivan)
    await ivan.says("!напоминай 18:00")
    known = talk.directory.people[ivan.user]
    talk.directory.people[ivan.user] = replace(known, locked=True)
    assert await passes(talk, days=1, hours=7) == []
    talk.directory.people[ivan.user] = known
    assert await passes(talk, days=1) == [DUE]
    del talk.directory.people[ivan.user]
    assert await passes(talk, days=1) == []
    assert await talk.program.database.fetchval("SELECT COUNT(*) FROM kit_jobs") == 0
