"""Deadlines as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_botkit.deadlines import read_deadline

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday; noon in Moscow."""


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("до пятницы 18:00", "27.11.2026 18:00"),
        ("до пятницы, в 18.00", "27.11.2026 18:00"),
        ("до пт 18-00", "27.11.2026 18:00"),
        ("до пятницы", "27.11.2026 20:00"),
        ("до завтра", "25.11.2026 20:00"),
        ("до завтрашнего дня", "25.11.2026 20:00"),
        ("до сегодня", "24.11.2026 20:00"),
        ("до вечера", "24.11.2026 20:00"),
        ("до 18:00", "24.11.2026 18:00"),
        ("до 18 часов", "24.11.2026 18:00"),
        ("до 9 часов вечера", "24.11.2026 21:00"),
        ("до 11:00", "25.11.2026 11:00"),
        ("до 01.12", "01.12.2026 20:00"),
        ("до 1.12 12:00", "01.12.2026 12:00"),
        ("до 15.01", "15.01.2027 20:00"),
        ("до 01.12.2026 9:00", "01.12.2026 09:00"),
        ("до 5 декабря в 9 утра", "05.12.2026 09:00"),
        ("к понедельнику", "30.11.2026 20:00"),
        ("на 2 часа", "24.11.2026 14:00"),
        ("на час", "24.11.2026 13:00"),
        ("на полчаса", "24.11.2026 12:30"),
        ("на сутки", "25.11.2026 12:00"),
        ("через 30 минут", "24.11.2026 12:30"),
        ("until Friday 18:00", "27.11.2026 18:00"),
        ("until tomorrow", "25.11.2026 20:00"),
        ("for 2 hours", "24.11.2026 14:00"),
        ("до музея", None),
        ("до Иванова", None),
        ("до 1", None),
        ("до 12 км", None),
        ("до 31.02", None),
        ("к бабушке", None),
        ("на лыжах", None),
        ("на 3 этаже", None),
        ("за мир", None),
        ("пятница", None),
    ],
)
def test_deadlines(words: str, moment: str | None) -> None:
    found = read_deadline(words, NOW, MOSCOW)
    assert (found and found.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M")) == moment


def test_a_deadline_is_the_school_s_own_time() -> None:
    kamchatka = read_deadline("до пятницы 18:00", NOW, ZoneInfo("Asia/Kamchatka"))
    assert kamchatka == datetime(2026, 11, 27, 6, tzinfo=UTC)
    late = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  # half past nine in the evening
    assert read_deadline("до сегодня", late, MOSCOW) == datetime(2026, 11, 24, 20, 59, tzinfo=UTC)


@given(st.text(alphabet="до пятницы завтра 0123456789.:-чмин", max_size=25))
def test_whatever_is_said_is_a_later_moment_or_none(words: str) -> None:
    found = read_deadline(f"до {words}", NOW, MOSCOW)
    assert found is None or found.tzinfo is UTC
