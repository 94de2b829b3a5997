"""The pictures of results: what they hold, for any words."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_botkit.pictures import drawable
from zvonok_core.ids import RoomId, UserId
from zvonok_core.voice import Voice
from zvonok_polls.chart import draw
from zvonok_polls.counting import Tally
from zvonok_polls.poll import Item, Kind, Poll, choices

VOICE = Voice(str, "ru", ZoneInfo("Europe/Moscow"), datetime(2026, 11, 24, tzinfo=UTC))


def drawn(title: str, words: list[str], votes: list[int], voters: int) -> tuple[int, int]:
    """Width and height of the picture."""
    item = Item(title, choices(words))
    poll = Poll("p", RoomId("!r"), UserId("@a:s"), Kind.OPEN, title, (item,))
    counted = {choice.id: count for choice, count in zip(item.choices, votes, strict=True)}
    png = draw(poll, Tally(counted, voters), VOICE)
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_it_is_as_wide_as_a_phone_and_as_high_as_it_needs() -> None:
    two, twenty = (drawn("Куда?", ["Музей"] * count, [1] * count, count) for count in (2, 20))
    assert two[0] == twenty[0] == 1080
    assert two[1] < 600 < twenty[1] < 4000
    assert drawn("Куда?", ["Музей", "Театр"], [0, 0], 0) == two


def test_long_words_are_broken_and_long_answers_cut() -> None:
    short, long = (
        drawn("Куда?", [words, "Нет"], [1, 0], 1) for words in ("Да", "Достопримечательности " * 30)
    )
    assert short[1] < long[1] < 1200


@pytest.mark.parametrize("words", ["#set text(size: 99pt)", "$x$ *b* _i_ <a> @b", "\\", '"', "[#lorem(9)]"])
def test_words_are_data_and_no_markup(words: str) -> None:
    assert drawn(words, [words, "Нет"], [1, 0], 1)[0] == 1080


def test_what_no_font_has_is_left_out() -> None:
    assert drawable("Чаепитие 🍰, 5 °C ✓ №2 👨‍👩‍👧", 90) == "Чаепитие , 5 °C №2"
    assert drawable("Е\u0308лка", 90) == "Ёлка"


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=4))
def test_any_words_make_a_picture(title: str, words: list[str]) -> None:
    assert drawn(title, words, [1] * len(words), len(words))[0] == 1080
