"""Whose turn it is, and what students write when it is theirs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_core.ids import UserId
from zvonok_word_of_the_day.rota import declines, filled, following, next_in_turn, read_brought
from zvonok_word_of_the_day.words import Word

A, B, C = (UserId(f"@{name}:s") for name in "abc")


@pytest.mark.parametrize(
    ("last", "student"),
    [
        ({}, A),
        ({A: 1}, B),
        ({A: 1, B: 2}, C),
        ({A: 1, B: 2, C: 3}, A),
        ({A: 4, B: 2, C: 3}, B),
        ({A: 1, C: 2}, B),  # somebody new comes first
        ({UserId("@gone:s"): 9}, A),
    ],
)
def test_the_register_goes_round(last: dict[UserId, int], student: UserId) -> None:
    assert next_in_turn([A, B, C], last) == student
    assert following([A, B, C], last, 1) == [student]


def test_without_students_it_is_nobody_s_turn() -> None:
    assert next_in_turn([], {A: 1}) is None


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 50))
def test_nobody_comes_twice_before_everybody_came_once(count: int, turns: int) -> None:
    register = [UserId(f"@{number}:s") for number in range(count)]
    last: dict[UserId, int] = {}
    come: list[UserId] = []
    for number in range(1, turns + 1):
        student = next_in_turn(register, last)
        assert student
        last[student] = number
        come.append(student)
    for start in range(0, turns, count):
        assert len(set(come[start : start + count])) == len(come[start : start + count])


LUCK = Word("serendipity", "счастливая случайность", "It was pure serendipity.")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ("serendipity – счастливая случайность – It was pure serendipity.", LUCK),
        ("serendipity - счастливая случайность - It was pure serendipity.", LUCK),
        ("serendipity — счастливая случайность — It was pure serendipity.", LUCK),
        ("serendipity\nсчастливая случайность\nIt was pure serendipity.", LUCK),
        ("serendipity\n\nсчастливая случайность\n\nIt was pure serendipity.\n", LUCK),
        ("serendipity – счастливая случайность\nIt was pure serendipity.", LUCK),
        ("«Serendipity»: счастливая случайность; It was pure serendipity.", Word("Serendipity", LUCK.meaning, LUCK.example)),
        ("Слово: serendipity\nЗначение: счастливая случайность\nПример: It was pure serendipity.", LUCK),
        ("Слово: serendipity. Значение: счастливая случайность. Пример: It was pure serendipity.", Word(LUCK.word, "счастливая случайность.", LUCK.example)),
        ("serendipity, перевод: счастливая случайность", Word(LUCK.word, LUCK.meaning)),
        ("word - serendipity, meaning - luck", Word(LUCK.word, "luck")),
        ("serendipity", Word(LUCK.word)),
        ("  serendipity. ", Word(LUCK.word)),
        ("well-known – известный", Word("well-known", "известный")),
        ("take off – снимать, взлетать", Word("take off", "снимать, взлетать")),
        ("a\nb\nc\nd\ne", Word("a", "b", "c d e")),
        ("x – " + "я" * 400, Word("x", "я" * 300)),
        ("ой, а можно я завтра принесу?", None),
        ("я не придумал никакого слова сегодня", None),
        ("", None),
        ("???", None),
        ("123", None),
        ("я" * 61, None),
    ],
)  # fmt: skip
def test_a_word_is_read_as_children_write_it(words: str, word: Word | None) -> None:
    assert read_brought(words) == word


@settings(deadline=None)
@given(st.text(max_size=100))
def test_whatever_is_written_nothing_fails(words: str) -> None:
    found = read_brought(words)
    assert found is None or any(letter.isalpha() for letter in found.word)


def test_what_was_missing_is_filled_in() -> None:
    assert filled(filled(Word("x"), " the\nmeaning "), "an example") == Word("x", "the meaning", "an example")
    assert [declines(words) for words in ("нет", "Нет.", "no", "-", "нет, ты", "")] == [True] * 4 + [
        False
    ] * 2
