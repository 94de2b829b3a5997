"""Classmates ask and praise; the teacher alone sees who has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from bots.creative_homework.conftest import Class

from zvonok_botkit.testing import TalkPerson


@pytest.fixture
async def told(class_: Class) -> Class:
    """Anna and Ivan have told their stories; Zoya has not."""
    for person, number in ((class_.anna, "1️⃣"), (class_.ivan, "2️⃣")):
        await person.reacts(class_.list, number)
        await class_.records(person)
    return class_


async def line(class_: Class, name: str) -> str:
    """What the teacher reads of somebody."""
    await class_.teacher.says("!кто рассказал")
    said = class_.words(class_.teacher)[-2]
    return next(line for line in said.splitlines() if line.startswith(f"• {name}")).partition(": ")[2]


def about(class_: Class, person: TalkPerson) -> Mapping[str, Any]:
    """What stands in a reply, within the discussion, to somebody's story."""
    relates = {"rel_type": "m.thread", "event_id": class_.list, "is_falling_back": False}
    return {"m.relates_to": {**relates, "m.in_reply_to": {"event_id": person.last}}}


async def test_questions_and_praise_in_the_discussion(told: Class) -> None:
    ivan, anna = about(told, told.ivan), about(told, told.anna)
    await told.zoya.says("А почему она ветвится?", **ivan)
    await told.zoya.says("Класс! А ты сама видела?", **anna)
    await told.zoya.says("Я тоже видела", **ivan)
    await told.teacher.says("Молодец, Ваня", **ivan)
    await told.ivan.says("А кто хочет спросить?", **told.ivan.in_thread(told.list))
    assert await line(told, "Ёлкина") == "вопросов: 2 (Белова Анна, Петров Иван)"
    assert await line(told, "Белова") == "«Радуга», 42 секунды, похвалил 1 человек"
    assert await line(told, "Петров") == "«Молния», 42 секунды, вопросов: 1, похвалил 1 человек"


async def test_a_reply_and_a_thread_below_a_story_in_the_chat(class_: Class) -> None:
    await class_.ivan.reacts(class_.list, "1️⃣")
    await class_.ivan.sends_file("r.ogg", b"OggS", "audio/ogg", "audio", voice=True)  # is looked at
    story = class_.ivan.last
    await class_.zoya.replies(story, "Ого! А как?")
    await class_.anna.says("Где это было?", **class_.anna.in_thread(story))
    assert await line(class_, "Ёлкина") == "вопросов: 1 (Петров Иван)"
    assert await line(class_, "Белова") == "вопросов: 1 (Петров Иван)"


async def test_reactions_praise_once_each(told: Class) -> None:
    story = told.ivan.last
    for emoji in ("👍🏽", "🔥", "👎"):
        await told.zoya.reacts(story, emoji)
    await told.teacher.reacts(story, "❤️")
    assert (await line(told, "Петров")).endswith("похвалили 2 человека")
    await told.teacher.takes_back(told.teacher.last)
    await told.teacher.reacts(told.list, "👍")
    assert (await line(told, "Петров")).endswith("похвалили 2 человека")  # she has reacted, then asked
    hearts = [e for e in told.talk.chat.timeline if e.sender == told.teacher.user and e.type == "m.reaction"]
    await told.teacher.takes_back(hearts[0].id)
    assert (await line(told, "Петров")).endswith("похвалил 1 человек")


async def test_nobody_asks_or_praises_themselves(told: Class) -> None:
    await told.ivan.says("Ну как, здорово? А что ещё рассказать?", **about(told, told.ivan))
    await told.ivan.reacts(told.ivan.last, "👍")
    assert await line(told, "Петров") == "«Молния», 42 секунды"


async def test_what_is_taken_back_or_changed_counts_otherwise(told: Class) -> None:
    ivan = about(told, told.ivan)
    await told.zoya.says("Здорово", **ivan)
    said = told.zoya.last
    await told.edits(told.zoya, said, "Здорово. А почему?")
    assert await line(told, "Ёлкина") == "вопросов: 1 (Петров Иван)"
    await told.edits(told.anna, said, "не моё")
    assert await line(told, "Ёлкина") == "вопросов: 1 (Петров Иван)"
    await told.edits(told.zoya, said, "Понятно")
    assert (await line(told, "Петров")) == "«Молния», 42 секунды"
    await told.zoya.says("А почему?", **ivan)
    await told.zoya.takes_back(told.zoya.last)
    await told.teacher.says("!кто рассказал")
    assert "• Ёлкина Зоя\n" in told.words(told.teacher)[-2] + "\n"


async def test_what_others_say_elsewhere_is_not_looked_at(told: Class) -> None:
    story = told.ivan.last
    await told.zoya.says("А почему все молчат?")
    await told.teacher.says("Завтра контрольная")
    await told.zoya.replies(told.teacher.last, "Почему?")
    other = told.talk.room("7Б").enter("Белов Олег, ученик")
    await other.replies(story, "А почему?")
    assert await told.talk.program.database.fetchval("SELECT COUNT(*) FROM creative_homework_remarks") == 0


async def test_after_the_end_nothing_is_counted(told: Class) -> None:
    ivan = about(told, told.ivan)
    await told.zoya.says("Здорово", **ivan)
    said, story = told.zoya.last, told.ivan.last
    await told.teacher.says("!закончить")
    await told.zoya.says("А почему?", **ivan)
    await told.zoya.reacts(story, "👍")
    await told.edits(told.zoya, said, "А почему?")
    rows = await told.talk.program.database.fetch("SELECT asks, praises FROM creative_homework_remarks")
    assert [(bool(row["asks"]), bool(row["praises"])) for row in rows] == [(False, True)]


async def test_nothing_of_what_was_said_is_kept(told: Class) -> None:
    await told.zoya.says("А почему она ветвится?", **about(told, told.ivan))
    database = told.talk.program.database
    for table in ("rounds", "picks", "answers", "remarks"):
        kept = [dict(row) for row in await database.fetch(f"SELECT * FROM creative_homework_{table}")]
        assert kept and "ветвится" not in str(kept)
