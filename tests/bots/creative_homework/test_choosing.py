"""Which topic a student means."""

from __future__ import annotations

import pytest

from zvonok_creative_homework.choosing import number_by_part, number_of_emoji, number_of_words

TOPICS = ("Радуга", "Как летают стрижи?", "Почему 2 и 2 – четыре", "Эхо в горах", "Горы")


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("2", 2),
        (" 2. ", 2),
        ("2)", 2),
        ("№2", 2),
        ("2️⃣", 2),
        ("🔟", 10),
        ("22", 22),
        ("0", 0),
        ("Беру 2", 2),
        ("я хочу тему 2, пожалуйста!", 2),
        ("можно мне 2", 2),
        ("2-ю", 2),
        ("вторую", 2),
        ("Третью тему", 3),
        ("I take topic 3", 3),
        ("радуга", 1),
        ("Тема «Радуга»!", 1),
        ("как летают стрижи", 2),
        ("почему 2 и 2 – четыре", 3),
        ("2?", None),
        ("2 3", None),
        ("2 или 3", None),
        ("3 радуга", None),
        ("горах", None),
        ("А почему 2?", None),
        ("я в 2 часа приду", None),
        ("123", None),
        ("٣", None),
        ("ого", None),
        ("беру", None),
        ("", None),
    ],
)
def test_words(words: str, number: int | None) -> None:
    assert number_of_words(words, TOPICS) == number


@pytest.mark.parametrize(
    ("words", "number"),
    [("стрижи", 2), ("эхо", 4), ("го", None), ("гор", None), ("горы", 5), ("море", None), ("", None)],
)
def test_a_part_of_one_topic_will_do_in_a_command(words: str, number: int | None) -> None:
    assert number_by_part(words, TOPICS) == number


@pytest.mark.parametrize(("emoji", "number"), [("1️⃣", 1), ("9⃣", 9), ("🔟", 10), ("0️⃣", 0), ("👍", 0), ("", 0)])
def test_emoji(emoji: str, number: int) -> None:
    assert number_of_emoji(emoji) == number
