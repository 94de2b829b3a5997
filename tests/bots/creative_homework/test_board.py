"""The teacher's table as a picture, for any names and topics."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_core.clock import milliseconds
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.people import Person
from zvonok_creative_homework.board import draw
from zvonok_creative_homework.remarks import Remark
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.standing import Answer, Said, rows
from zvonok_creative_homework.wording import Voice

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
VOICE = Voice(str, "ru", ZoneInfo("Europe/Moscow"), NOON)


def drawn(
    names: list[str], *, title: str = "Чудеса", topic: str = "Радуга", late: bool = False
) -> tuple[int, int]:
    """Width and height of the picture."""
    people = [Person(UserId(f"@{number}"), name) for number, name in enumerate(names)]
    of = Round("r", RoomId("!r"), UserId("@t"), title, (topic, "Эхо"), 9, 60, NOON)
    answers = {
        one.user: Answer(EventId("$"), 42, milliseconds(NOON) + late, alone=False) for one in people[::2]
    }
    said = [Said(one.user, people[0].user, Remark(asks=True, praises=True)) for one in people[1:]]
    png = draw(of, rows(of, people, {one.user: 1 for one in people}, answers, said), VOICE)
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_it_is_as_wide_as_a_phone_and_as_high_as_the_class_is_large() -> None:
    two, thirty = (drawn(["Петров Иван Сергеевич, ученик"] * count) for count in (2, 30))
    assert two[0] == thirty[0] == 1080
    assert two[1] < 900 < thirty[1] < 5_000


def test_who_was_late_is_explained() -> None:
    assert drawn(["Петров Иван"], late=True)[1] > drawn(["Петров Иван"])[1]


def test_long_names_take_lines_and_long_topics_are_cut() -> None:
    short = drawn(["Петров Иван"])
    assert drawn(["Петров Иван"], topic="Как спят стрижи " * 7) == short
    assert drawn(["Абрамова-Константинопольская Екатерина"])[1] > short[1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=4), st.text(max_size=40), st.text(max_size=40))
def test_any_words_make_a_picture(names: list[str], title: str, topic: str) -> None:
    hostile = ["#set text(99pt)", "$x$ *b* <a> @b", "\u202eмарк", *names]
    assert drawn(hostile, title=title, topic=topic)[0] == 1080
