"""What a message to the trainer means."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.tasks import KINDS, item

from zvonok_exam_prep.items import Item, Number, Open, Word
from zvonok_exam_prep.training.controls import Control, declines, goes_on, is_right, is_talk, read_control

NUMBER, WORD = item(Number(Fraction(5))), item(Word(("соль", "соли")))
OPEN = item(next(asks for asks in KINDS if isinstance(asks, Open)))


@pytest.mark.parametrize(
    ("words", "control"),
    [
        ("подсказка", Control.HINT),
        ("Подсказка!", Control.HINT),
        ("дай  подсказку", Control.HINT),
        ("ответ", Control.ANSWER),
        ("Сдаюсь…", Control.ANSWER),
        ("не знаю", Control.ANSWER),
        ("дальше", Control.NEXT),
        ("ДАЛЬШЕ", Control.NEXT),
        ("Ещё", Control.NEXT),
        ("еще", Control.NEXT),
        ("хватит", Control.STOP),
        ("всё", Control.STOP),
        ("все", Control.STOP),
        ("enough", Control.STOP),
        ("next", Control.NEXT),
        ("ответ: 5", None),
        ("дальше действия равны 5", None),
        ("5", None),
        ("", None),
        ("дальше" * 1_000, None),
    ],
)
def test_wishes_are_recognised_and_nothing_else(words: str, control: Control | None) -> None:
    assert read_control(words) is control


@pytest.mark.parametrize("words", ["да", "Да!", "+", "дальше", "продолжаем", "ок", "yes"])
def test_whoever_agrees_goes_on(words: str) -> None:
    assert goes_on(words)
    assert not declines(words)


@pytest.mark.parametrize("words", ["нет", "не", "хватит", "-", "No.", "потом"])
def test_whoever_declines_does_not(words: str) -> None:
    assert declines(words)
    assert not goes_on(words)


@pytest.mark.parametrize("words", ["5", "привет", "а когда контрольная", ""])
def test_other_words_are_neither(words: str) -> None:
    assert not goes_on(words)
    assert not declines(words)


@pytest.mark.parametrize(
    ("task", "words", "talk"),
    [
        (WORD, "привет", True),
        (WORD, "Спасибо!", True),
        (WORD, "а когда у нас", False),  # so few words might be an answer
        (WORD, "а когда у нас контрольная", True),
        (WORD, "соль?", False),  # right, though asked
        (WORD, "сахар?", True),
        (WORD, "сахар", False),
        (WORD, "соли", False),
        (item(Word(("привет",))), "Привет", False),
        (NUMBER, "привет", False),  # is no number, so it is asked about anyway
        (OPEN, "ок", True),
        (OPEN, "Я думаю, что автор прав. А вы?", False),
    ],
)
def test_talk_is_told_from_answers(task: Item, words: str, talk: bool) -> None:
    assert is_talk(task, words) is talk


def test_any_words_may_be_the_right_answer() -> None:
    task = item(Word(("дальше",)))
    assert is_right(task, "Дальше")
    assert not is_right(task, "ближе")
    assert not is_right(OPEN, "Образец.")
