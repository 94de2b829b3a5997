"""A number means the same however a phone writes it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tasks import item

from zvonok_exam_prep.checking import Mark, Unclear, check
from zvonok_exam_prep.items import Number
from zvonok_exam_prep.shown import number_words
from zvonok_exam_prep.units import canonical, converted

MINUSES = "-−–—‒‐‑﹣－"
decimals = st.decimals(-10_000, 10_000, places=3)
gaps = st.sampled_from(["", " ", "  ", "\u00a0", "\u202f", "\n"])


def marked(asks: Number, words: str) -> Mark:
    found = check(item(asks), words)
    assert isinstance(found, Mark), (words, found)
    return found


@given(decimals, st.sampled_from(MINUSES), st.sampled_from(",."), gaps, gaps, st.sampled_from(["", ".", "!"]))
def test_signs_points_and_gaps_do_not_matter(value, minus, point, before, inside, after) -> None:  # type: ignore[no-untyped-def]
    words = f"{abs(value):f}".replace(".", point)
    sign = f"{minus}{inside}" if value < 0 else ""
    assert marked(Number(Fraction(value)), f"{before}{sign}{words}{after}").right


@given(st.integers(-999, 999), st.integers(1, 99), gaps, st.sampled_from(MINUSES))
def test_a_fraction_is_its_value(over: int, under: int, gap: str, minus: str) -> None:
    right = Number(Fraction(over, under))
    sign = minus if over < 0 else ""
    assert marked(right, f"{sign}{abs(over)}{gap}/{gap}{under}").right
    whole, part = divmod(abs(over), under)
    assert marked(right, f"{sign}{whole} {part}/{under}").right
    assert not marked(Number(Fraction(over, under) + 1), f"{sign}{abs(over)}/{under}").right


@given(st.fractions(-1000, 1000, max_denominator=1000), st.sampled_from(["", "см", "%", "м/с"]))
def test_what_is_shown_is_what_is_read(value: Fraction, unit: str) -> None:
    assert marked(Number(value, unit=unit), number_words(value, unit)).right


@given(st.integers(1000, 10**9), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_thousands_may_be_grouped(value: int, gap: str) -> None:
    assert marked(Number(Fraction(value)), f"{value:,}".replace(",", gap)).right


@given(
    st.fractions(-50, 50, max_denominator=100), st.fractions(0, 5, max_denominator=50), st.fractions(-9, 9)
)
def test_the_tolerance_reaches_as_far_as_it_says(value: Fraction, off: Fraction, by: Fraction) -> None:
    given_ = value + by
    words = f"{'-' if given_ < 0 else ''}{abs(given_.numerator)}/{given_.denominator}"
    assert marked(Number(value, off), words).right == (abs(by) <= off)


@pytest.mark.parametrize(
    "words", ["0,5", "0.5", ".5", "1/2", "½", "0,50", "+0,5", "x = 0,5", "х=1/2", "Ответ: 0,5", "ответ 0,5 см", "5 мм",
              "0,5см", "0,5 cm", "0.5 сантиметра", "0,005 метра"]
)  # fmt: skip
def test_half_a_centimetre(words: str) -> None:
    assert marked(Number(Fraction(1, 2), unit="см"), words) == Mark(1, 1, 0, "0,5 см")


@pytest.mark.parametrize(
    "words", ["", "  ", "пять", "?", "кит 5", "5 или 6", "5 6", "1 3 5", "10:2", "5/0", "12:30", "5 см 3 мм", "1/2/3"]
)  # fmt: skip
def test_what_is_no_number_is_asked_about(words: str) -> None:
    assert isinstance(check(item(Number(Fraction(5))), words), Unclear)


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it_and_the_same_is_marked_the_same(words: str) -> None:
    asked = item(Number(Fraction(5), unit="см"))
    assert check(asked, words) == check(asked, words)


@pytest.mark.parametrize(("wanted", "words"), [("кг", "5 км"), ("см", "5 яблок"), ("м", "5 кг")])
def test_another_kind_of_unit_is_asked_about(wanted: str, words: str) -> None:
    assert isinstance(check(item(Number(Fraction(5), unit=wanted)), words), Unclear)


def test_words_after_a_number_without_a_unit_are_let_be() -> None:
    assert marked(Number(Fraction(5)), "5 яблок").right
    assert marked(Number(Fraction(50)), "50 %").right


def test_a_wrong_sign_is_told_and_nothing_else() -> None:
    asks = Number(Fraction(-5))
    assert [str(one) for one in marked(asks, "5").remarks] == ["Look at the sign once more."]
    assert marked(asks, "4").remarks == ()
    assert marked(asks, "-5").remarks == ()


@pytest.mark.parametrize(
    ("written", "unit"),
    [("см", "см"), ("CM", "см"), ("сантиметров", "см"), ("кв. см", "см2"), ("квадратных сантиметров", "см2"),
     ("см²", "см2"), ("см кв.", "см2"), ("куб. м", "м3"), ("м^3", "м3"), ("км/час", "км/ч"), ("km/h", "км/ч"),
     ("километров в час", "км/ч"), ("руб.", "руб"), ("рублей", "руб"), ("₽", "руб"), ("°", "°"), ("градусов", "°"),
     ("тонн", "т"), ("час", "ч"), ("кг", "кг"), ("kг", "кг"), ("яблок", "яблок")],
)  # fmt: skip
def test_a_unit_has_one_spelling(written: str, unit: str) -> None:
    assert canonical(written) == unit


@given(
    st.fractions(-9, 9),
    st.sampled_from(["мм", "см", "дм", "м", "км"]),
    st.sampled_from(["мм", "см", "м", "км"]),
)
def test_there_and_back_is_where_one_was(value: Fraction, one: str, other: str) -> None:
    there = converted(value, one, other)
    assert there is not None
    assert converted(there, other, one) == value


@pytest.mark.parametrize(
    ("value", "given", "wanted", "is_"),
    [(72, "км/ч", "м/с", 20), (3, "л", "дм3", 3), (2, "м2", "см2", 20_000), (1, "сут", "мин", 1440),
     (5, "ц", "кг", 500), (250, "коп", "руб", Fraction(5, 2)), (3, "га", "м2", 30_000)],
)  # fmt: skip
def test_units_are_worth(value: int, given: str, wanted: str, is_: Fraction | int) -> None:
    assert converted(Fraction(value), given, wanted) == is_
