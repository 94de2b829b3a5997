"""What people type after the command."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_word_of_the_day.asking import Order, Source, Wish, read_order, read_wish
from zvonok_word_of_the_day.days import EVERY_DAY, WEEKDAYS
from zvonok_word_of_the_day.languages import language_of

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
HALF_PAST_EIGHT = time(8, 30)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("", Wish()),
        ("по будням в 8:30", Wish(WEEKDAYS, HALF_PAST_EIGHT)),
        ("В будни, 8.30", Wish(WEEKDAYS, HALF_PAST_EIGHT)),
        ("по будним дням в 8-30", Wish(WEEKDAYS, HALF_PAST_EIGHT)),
        ("по рабочим дням в 9", Wish(WEEKDAYS, time(9))),
        ("пн ср пт 9:00", Wish(frozenset({MON, WED, FRI}), time(9))),
        ("пн, ср, пт в 9 часов", Wish(frozenset({MON, WED, FRI}), time(9))),
        ("по понедельникам и средам в 8:30", Wish(frozenset({MON, WED}), HALF_PAST_EIGHT)),
        ("понедельник, среда и пятница", Wish(frozenset({MON, WED, FRI}))),
        ("по вторникам, четвергам, пятницам и субботам", Wish(frozenset({TUE, THU, FRI, SAT}))),
        ("с понедельника по пятницу в 7:45", Wish(WEEKDAYS, time(7, 45))),
        ("пн-сб 8:30", Wish(frozenset(range(6)), HALF_PAST_EIGHT)),
        ("пн – чт", Wish(frozenset(range(4)))),
        ("пт-пн", Wish(frozenset({FRI, SAT, SUN, MON}))),
        ("в среду", Wish(frozenset({WED}))),
        ("по будням и в субботу", Wish(frozenset(range(6)))),
        ("каждый день в 9 утра", Wish(EVERY_DAY, time(9))),
        ("ежедневно в 3 дня", Wish(EVERY_DAY, time(15))),
        ("в 6 вечера", Wish(at=time(18))),
        ("в 19 часов", Wish(at=time(19))),
        ("weekdays at 8:30", Wish(WEEKDAYS, HALF_PAST_EIGHT)),
        ("mon wed fri 9:00", Wish(frozenset({MON, WED, FRI}), time(9))),
        ("Mondays and Thursdays at 9 am", Wish(frozenset({MON, THU}), time(9))),
        ("every day at 3 pm, english, advanced", Wish(EVERY_DAY, time(15), "en", 3)),
        ("английский", Wish(language="en")),
        ("на английском языке", Wish(language="en")),
        ("English, intermediate level", Wish(language="en", level=2)),
        ("русский язык", Wish(language="ru")),
        ("татарский", Wish(language="tt")),
        ("начальный уровень", Wish(level=1)),
        ("лёгкий", Wish(level=1)),
        ("средний", Wish(level=2)),
        ("продвинутый уровень", Wish(level=3)),
        ("уровень 2", Wish(level=2)),
        ("3-й уровень", Wish(level=3)),
        ("A2", Wish(level=1)),
        ("В2", Wish(level=3)),  # the first letter is Cyrillic
        ("слова приносят ученики", Wish(source=Source.ROTA)),
        ("ученики приносят слова по очереди", Wish(source=Source.ROTA)),
        ("приносят дети", Wish(source=Source.ROTA)),
        ("слова от учеников", Wish(source=Source.ROTA)),
        ("students bring words", Wish(source=Source.ROTA)),
        ("rota", Wish(source=Source.ROTA)),
        ("свой список", Wish(source=Source.OWN)),
        ("по моему списку", Wish(source=Source.OWN)),
        ("из своего списка", Wish(source=Source.OWN)),
        ("my own list", Wish(source=Source.OWN)),
        ("готовый список", Wish(source=Source.SHIPPED)),
        (
            "по будням в 8:30, английский, средний уровень",
            Wish(WEEKDAYS, HALF_PAST_EIGHT, "en", 2),
        ),
        (
            "пн ср пт 9:00 немецкий, слова приносят ученики",
            Wish(frozenset({MON, WED, FRI}), time(9), "de", source=Source.ROTA),
        ),
        ("Пожалуйста, по будням, в 8:30: русский!", Wish(WEEKDAYS, HALF_PAST_EIGHT, "ru")),
        ("по будням в 25:70", Wish(WEEKDAYS, unknown="25 70")),
        ("кроликов", Wish(unknown="кроликов")),
        ("в 8:30 на суахили", Wish(at=HALF_PAST_EIGHT, unknown="суахили")),
    ],
)
def test_a_wish_is_read(words: str, wish: Wish) -> None:
    assert read_wish(words) == wish


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("стоп", (Order.STOP, "")),
        ("Остановить!", (Order.STOP, "")),
        ("хватит", (Order.STOP, "")),
        ("stop", (Order.STOP, "")),
        ("пауза", (Order.PAUSE, "")),
        ("на паузу до 12 января", (Order.PAUSE, "до 12 января")),
        ("приостановить", (Order.PAUSE, "")),
        ("продолжить", (Order.RESUME, "")),
        ("дальше", (Order.RESUME, "")),
        ("resume", (Order.RESUME, "")),
        ("стопка", None),
        ("стоп в 8:30", None),
        ("по будням", None),
        ("", None),
    ],
)
def test_an_order_is_read(words: str, order: tuple[Order, str] | None) -> None:
    assert read_order(words) == order


@settings(deadline=None)
@given(
    st.permutations(["по будням", "в 8:30", "английский", "уровень 2", "чебурашка"]),
    st.sampled_from([" ", ", ", "; ", "\n"]),
)
def test_the_order_does_not_matter_and_what_is_not_understood_is_named(
    parts: list[str], between: str
) -> None:
    assert read_wish(between.join(parts)) == Wish(WEEKDAYS, HALF_PAST_EIGHT, "en", 2, unknown="чебурашка")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_wish_and_at_most_one_order(words: str) -> None:
    wish, order = read_wish(words), read_order(words)
    assert wish.days is None or (wish.days <= frozenset(range(7)) and wish.days)
    assert wish.level in (None, 1, 2, 3) and wish.over(wish) == wish
    assert order is None or order[0] is Order.PAUSE or not order[1]


def test_the_later_wish_counts_where_both_say_something() -> None:
    first, second = Wish(WEEKDAYS, time(9), "en"), Wish(at=time(10), level=2)
    assert second.over(first) == Wish(WEEKDAYS, time(10), "en", 2)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("7А. Английский язык", "en"),
        ("7А – Русский язык", "ru"),
        ("Немецкий, 2 группа", "de"),
        ("7А. Класс", None),
        ("Русско-английский клуб", None),
        ("Англоведение", "en"),
    ],
)
def test_a_rooms_name_tells_its_language(name: str, language: str | None) -> None:
    assert language_of(name) == language
