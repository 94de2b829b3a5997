"""What a student writes who wants to go somewhere else."""

from __future__ import annotations

import pytest

from zvonok_exam_prep.variants.moves import Move, is_any, read_begin, read_move, read_names


@pytest.mark.parametrize(
    ("words", "move"),
    [
        ("пропустить", Move.SKIP),
        ("Не знаю.", Move.SKIP),
        ("дальше", Move.SKIP),
        ("назад", Move.BACK),
        ("Список!", Move.LIST),
        ("сдать", Move.HAND_IN),
        ("Готово", Move.HAND_IN),
        ("потом", Move.LATER),
        ("подсказка", Move.HELP),
        ("ответ", Move.HELP),
        ("задание 3", 3),
        ("к заданию 12", 12),
        ("№7", 7),
        ("3 задание", 3),
        ("3-е задание", 3),
        ("вопрос 2", 2),
        ("task 4", 4),
        ("hand in", Move.HAND_IN),
        ("3", None),
        ("задание", None),
        ("задание 3 я не понял", None),
        ("135", None),
        ("сдача", None),
        ("", None),
        ("сдать " * 30, None),
    ],
)
def test_a_move_is_no_answer(words: str, move: Move | int | None) -> None:
    assert read_move(words) == move


def test_what_begins() -> None:
    assert [read_begin(words) for words in ("начать", "Начнём!", "+", "начать вариант", "нет")] == [
        True
    ] * 3 + [False] * 2
    assert [is_any(words) for words in ("", "вариант", "Работу.", "тренировку")] == [True] * 3 + [False]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("без имён", False),
        ("анонимно", False),
        ("с именами", True),
        ("имена", True),
        ("", None),
        ("да", None),
    ],
)
def test_names_or_none(words: str, names: bool | None) -> None:
    assert read_names(words) is names
