"""However people write a class, it is the same class; what is none is not guessed at."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_appservice.roster.class_titles import ClassTitle, class_title, cohort, school_year

AUTUMN = date(2026, 10, 14)
LETTERS = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"
LATIN = dict(zip("АВЕКМНОРСТУХ", "ABEKMHOPCTYX", strict=True))


@pytest.mark.parametrize(
    "written",
    ["9А", "9-А", "9 а", "9A", "9a", " 9  «А» ", "9.А", "9–А", "9 \"а\"", "9А класс", "9 кл. А", "9\u00a0А", "９А", "09А"],
)  # fmt: skip
def test_one_class_in_many_spellings(written: str) -> None:
    assert class_title(written) == ClassTitle(9, "А")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("7", "7"),
        ("11Б", "11Б"),
        ("10 ХБ", "10ХБ"),
        ("5к1", "5К1"),
        ("9-1", "9-1"),
        ("9/2", "9-2"),
        ("9B", "9В"),
        ("8ё", "8Е"),
        ("6D", "6D"),
    ],
)
def test_other_titles(written: str, title: str) -> None:
    assert str(class_title(written)) == title


@pytest.mark.parametrize(
    "written",
    ["", "А", "0А", "12А", "91", "9b", "9h", "9АБВГ", "9А,9Б", "=9А", "<9А>", "девятый", "9А 2", "-9А"],
)
def test_what_is_no_class_is_not_guessed_at(written: str) -> None:
    assert class_title(written) is None


@given(
    grade=st.integers(1, 11),
    letter=st.sampled_from(LETTERS),
    between=st.sampled_from(["", " ", "-", " - ", "–", ".", "/", " «"]),
    lower=st.booleans(),
    latin=st.booleans(),
    behind=st.sampled_from(["", " ", "»", " класс", "\t"]),
)
def test_any_spelling_of_a_class_is_that_class(
    grade: int, letter: str, between: str, lower: bool, latin: bool, behind: str
) -> None:
    shape = LATIN.get(letter, letter) if latin else letter
    if lower and (shape in LETTERS or shape in "AEKOPCYX"):
        shape = shape.lower()
    if shape == "k":
        shape = "K"  # a small Latin k is not drawn as к is
    assert class_title(f"{grade}{between}{shape}{behind}") == ClassTitle(grade, letter)


@given(st.text(max_size=12))
def test_no_text_breaks_it_and_a_title_reads_as_itself(written: str) -> None:
    title = class_title(written)
    if title is not None:
        assert class_title(str(title)) == title


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 7, 31), 2025),
        (date(2026, 8, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
    ],
)
def test_a_school_year_begins_on_the_first_of_august(day: date, year: int) -> None:
    assert school_year(day) == year


@given(grade=st.integers(1, 10), letter=st.sampled_from(LETTERS), year=st.integers(2020, 2040))
def test_a_cohort_keeps_its_id_when_it_moves_up(grade: int, letter: str, year: int) -> None:
    this_year = cohort(ClassTitle(grade, letter), date(year, 9, 1))
    assert cohort(ClassTitle(grade + 1, letter), date(year + 1, 9, 1)) == this_year
    assert cohort(ClassTitle(grade + 1, letter), date(year, 9, 1)) != this_year
    assert this_year.isascii()


def test_no_two_letters_make_one_cohort() -> None:
    letters = [*LETTERS, "ТС", "КХ", "ШЧ", "1", "2", "К1", "D", "F", "Й", "Ъ", "Ы", "Ь", "S", "Z"]
    found = {cohort(ClassTitle(7, letter), AUTUMN) for letter in letters}
    assert len(found) == len(letters)
