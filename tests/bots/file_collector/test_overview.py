"""The picture of a table: what it holds, for any names and words."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_botkit.program import catalogs_of
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_core.people import Person
from zvonok_file_collector.bot import bot
from zvonok_file_collector.collection import Collection, Group, Purpose, Whom
from zvonok_file_collector.duties import Duty
from zvonok_file_collector.formats import Format
from zvonok_file_collector.overview import LONGEST_WORDS, in_words, picture
from zvonok_file_collector.register import Row, count, rows
from zvonok_file_collector.states import FileRef, Part, State, Work
from zvonok_file_collector.voice import Voice

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CATALOGS = catalogs_of([bot])
VOICE = Voice(lambda words: CATALOGS.say(words, "ru"), "ru", ZoneInfo("Europe/Moscow"), NOW)


def held(title: str = "Эссе") -> Collection:
    return Collection(
        1, RoomId("!r"), None, UserId("@t:s"), Purpose.HAND_IN, title, Whom(Group.STUDENTS), NOW, deadline=NOW
    )


def register(names: list[str], states: list[State], files: int = 1) -> tuple[Row, ...]:
    duties, works = [], {}
    for number, (name, state) in enumerate(zip(names, states, strict=True)):
        user = UserId(f"@u{number}:s")
        duties.append(Duty(Person(user, name), (user,), (user,)))
        sent = [
            Part(
                EventId(f"$e{n}"),
                user,
                int(NOW.timestamp() * 1000),
                FileRef("mxc://s/1", name, 9, Format.PDF),
                1,
            )
            for n in range(files)
        ]
        there = state not in (State.MISSING, State.EXCUSED)
        works[user] = Work(state, int(there), parts=tuple(sent) if there else ())
    return rows(held(), duties, works)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


STORED = [state for state in State if state is not State.LATE]


def test_it_is_as_wide_as_a_phone_and_grows_with_the_class() -> None:
    one = size(picture(held(), register(["Ким Анна"], [State.MISSING]), "7А", VOICE))
    many = size(
        picture(held(), register([f"Ким Анна {n}" for n in range(35)], STORED * 5 + STORED[:5]), "7А", VOICE)
    )
    assert one[0] == many[0] == 1080
    assert one[1] < 600 < many[1] < 4500


def test_a_room_without_a_name_and_a_class_without_people_do_no_harm() -> None:
    assert size(picture(held(), (), "", VOICE))[0] == 1080


@pytest.mark.parametrize("words", ["#set text(size: 99pt)", "$x$ *b* _i_ <a> @b", "\\", '"', "[#lorem(9)]"])
def test_names_are_data_and_no_markup(words: str) -> None:
    assert size(picture(held(words), register([words], [State.HANDED_IN]), words, VOICE))[0] == 1080


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.sampled_from(STORED)), max_size=4), st.text(max_size=60))
def test_any_names_make_a_picture(people: list[tuple[str, State]], title: str) -> None:
    found = register([name for name, _ in people], [state for _, state in people])
    assert size(picture(held(title), found, title, VOICE))[0] == 1080


def test_what_it_says_stands_in_words_too_and_never_too_many() -> None:
    found = register(
        ["Петров Иван", "Белова Анна", "Ким Анна"], [State.HANDED_IN, State.EXCUSED, State.MISSING]
    )
    said = in_words(held(), found, "7А. Литература", VOICE)
    assert "Сдали: 1 из 2." in said and "3. Ким Анна: не сдано" in said
    endless = register(["Ы" * 60] * 400, [State.HANDED_IN] * 400, files=3)
    assert LONGEST_WORDS * 0.9 < len(in_words(held(), endless, "7А", VOICE)) <= LONGEST_WORDS + 2


def test_who_is_excused_is_not_counted() -> None:
    found = register(["а", "б", "в", "г"], [State.HANDED_IN, State.EXCUSED, State.RETURNED, State.ACCEPTED])
    assert (count(found).done, count(found).asked) == (2, 3)
