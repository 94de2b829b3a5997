"""Bytes into rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_appservice.roster.cleaning import LONGEST_FIELD, UnfitError, field_fault
from zvonok_appservice.roster.csvfile import csv_rows, decoded, delimiter_of


def test_utf_8_with_a_mark_and_without() -> None:
    assert decoded("Ёж".encode()) == decoded("Ёж".encode("utf-8-sig")) == "Ёж"


def test_windows_1251_only_where_it_is_expected() -> None:
    content = "а\nЁж".encode("windows-1251")
    assert decoded(content, windows_1251=True) == "а\nЁж"
    with pytest.raises(UnfitError, match="line 1"):
        decoded(content)
    with pytest.raises(UnfitError, match="neither"):
        decoded(b"\x98", windows_1251=True)


def test_utf_16_is_named() -> None:
    with pytest.raises(UnfitError, match="UTF-16"):
        decoded("a".encode("utf-16"), windows_1251=True)


@pytest.mark.parametrize(
    ("header", "found"), [("a;b;c", ";"), ("a,b", ","), ("a\tb", "\t"), ("a", ","), ('"a;b;c",d', ",")]
)
def test_the_delimiter_is_told_by_the_header(header: str, found: str) -> None:
    assert delimiter_of(header + "\n1,2,3,4,5") == found


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    rows = list(csv_rows('a,b\r\n\r\n"x\ny",1\r\n,\r\nz,2'))
    assert [(row.number, row.fields) for row in rows] == [
        (1, ["a", "b"]),
        (3, ["x\ny", "1"]),
        (5, ["z", "2"]),
    ]
    assert [row.suspect for row in rows] == [False, True, False]


@pytest.mark.parametrize("wrong", ['a\n"b\nc\n', 'a\n"b"c\n'])
def test_quotes_that_do_not_match_stop_the_reading(wrong: str) -> None:
    with pytest.raises(UnfitError, match="row 2"):
        list(csv_rows(wrong))


@pytest.mark.parametrize("value", ["x" * 10_000_000, "x\x00", "x\ry", "x\r\ny", "y\n" * LONGEST_FIELD])
def test_a_row_with_a_dangerous_field_is_suspect(value: str) -> None:
    quoted = '"' + value + '"'
    rows = list(csv_rows(f"a,b\nfine,1\n{quoted},2\nfine,3\n"))
    assert [row.fields[1] for row in rows] == ["b", "1", "2", "3"]
    assert rows[2].suspect
    assert field_fault(rows[2].fields[0]) is not None


def test_rows_behind_a_long_one_are_not_suspect() -> None:
    rows = list(csv_rows("a\n" + "x" * 20_000 + "\nfine\n"))
    assert [row.suspect for row in rows] == [False, True, False]


@given(st.binary())
def test_no_bytes_raise_anything_else(content: bytes) -> None:
    try:
        rows = list(csv_rows(decoded(content, windows_1251=True), ";"))
    except UnfitError:
        return
    for row in rows:
        if any(field_fault(field) for field in row.fields):
            assert row.suspect
