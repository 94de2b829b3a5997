"""Hostile text on its way in."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_appservice.roster.cleaning import (
    LONGEST_FIELD,
    UnfitError,
    dates,
    field_fault,
    identifier,
    iso_day,
    person_name,
    shown,
    subject_id,
    title,
)

HOSTILE_NAMES = (
    "=cmd|'/c calc'!A0",
    "+7",
    "-Иванов",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "Иванов<b>",
    "Иванов\U0001f600",
    "Иванов2",
    "Иванов; DROP",
    "Иванов/Петров",
    "Иванов&amp;",
    "Иванов_",
    "Ⅷ",
    "²",
    "(Иванов)",
    "а\u0301\u0301\u0301",
    "\u0301а",
    "А" * 101,
    "А" * 10_000_000,
    " " * 10_000_000,
    '"Иванов"',
    "`id`",
    "$(id)",
)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: ascii(name[:20]))
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UnfitError):
        person_name(name)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Иванов", "Иванов"),
        ("", ""),
        ("  Иванов\t Петров\n", "Иванов Петров"),
        ("Салтыков–Щедрин", "Салтыков-Щедрин"),
        ("О’Нил", "О'Нил"),
        ("'т Хофт", None),
        ("Мамедов Али оглы", "Мамедов Али оглы"),
        ("Иванова (Петрова)", "Иванова (Петрова)"),
        ("А. С.", "А. С."),
        ("И\u0306лья", "Йлья"),
        ("Ива\u0301нов", "Ива\u0301нов"),
        ("\u202eвонавИ\u202c", "вонавИ"),
        ("Ива\u200bнов\ufeff", "Иванов"),
        ("Ива\u00adнов", "Иванов"),
        ("Иванов\x00", "Иванов"),
        ("Иванов\u00a0Пётр", "Иванов Пётр"),
        ("Ğülşən", "Ğülşən"),
        ("admin", "admin"),
    ],
)
def test_names_are_tidied(written: str, read: str | None) -> None:
    if read is None:
        with pytest.raises(UnfitError):
            person_name(written)
    else:
        assert person_name(written) == read


@pytest.mark.parametrize(
    "hostile", ["=1+1", "+1", "-1", "@x", "7А<b>", "a>b", "7А\x07", "7\x00А", "А" * 101, "x" * 10_000_000]
)
def test_what_is_no_title_is_refused(hostile: str) -> None:
    with pytest.raises(UnfitError):
        title(hostile)


def test_titles_keep_what_is_harmless() -> None:
    assert title(" «9-А»  & №\u202e 3/4 \n") == "«9-А» & № 3/4"
    assert title("") == ""


@given(st.text())
def test_what_passes_for_a_name_or_title_is_harmless(raw: str) -> None:
    for clean in (person_name, title):
        try:
            value = clean(raw)
        except UnfitError:
            continue
        assert value.isprintable() or not value
        assert not set(value) & set("<>")
        assert value[:1] not in {"=", "+", "-", "@"}
        assert unicodedata.is_normalized("NFC", value)
        assert len(value) <= 100
        assert clean(value) == value


@given(st.text())
def test_shown_is_short_printable_and_no_formula(raw: str) -> None:
    value = shown(raw)
    assert len(value) <= 60
    assert value.isprintable()
    assert not set(value) & set("<>")
    assert value[:1] not in {"=", "+", "-", "@"} or not value


def test_shown_leaves_an_ordinary_value_as_it_is() -> None:
    assert shown("2026-13-45") == "2026-13-45"
    assert shown("<b>\x00\u202e") == "\\x3cb\\x3e\\x00\\u202e"
    assert shown("=1") == "'=1"
    assert shown("я" * 61) == "я" * 59 + "…"


@pytest.mark.parametrize("wrong", ["", "a b", "9А", "a:b", "a\n", "x" * 256, "{1}", "a;b"])
def test_ids_are_of_the_specifications_letters(wrong: str) -> None:
    with pytest.raises(UnfitError):
        identifier(wrong)


def test_an_id_may_have_all_that_the_specification_allows() -> None:
    assert identifier("Az09._/@-") == "Az09._/@-"


@pytest.mark.parametrize(
    "wrong", ["2026-13-01", "20260901", "2026-W01-1", "01.09.2026", "2026-02-30", " 2026-09-01", "x" * 10**7]
)
def test_dates_are_written_one_way(wrong: str) -> None:
    with pytest.raises(UnfitError):
        iso_day(wrong)


def test_dates_may_be_open_and_never_empty() -> None:
    assert iso_day("") is None
    first, last = iso_day("2026-09-01"), iso_day("2026-09-02")
    assert dates(first, last).hold(date(2026, 9, 1))
    assert dates(first, last) is dates(first, last)
    for end in (first, date(2026, 1, 1)):
        with pytest.raises(UnfitError):
            dates(first, end)


def test_a_subject_is_one_however_it_is_spelt() -> None:
    assert subject_id(" Русский  язык") == subject_id("русский язык")
    assert subject_id("Чтёние") == subject_id("чтение")


def test_a_field_is_unfit_if_it_is_long_or_has_controls() -> None:
    assert field_fault("x" * LONGEST_FIELD) is None
    assert field_fault("x\ty\n") is None
    for wrong in ("x" * (LONGEST_FIELD + 1), "x\x00", "x\ry", "\x1b[31m"):
        assert field_fault(wrong) is not None
