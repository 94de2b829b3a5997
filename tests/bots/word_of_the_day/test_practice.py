"""What becomes of a practice by a wish."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from zvonok_core.ids import RoomId, UserId
from zvonok_word_of_the_day.asking import Source, read_wish
from zvonok_word_of_the_day.days import WEEKDAYS
from zvonok_word_of_the_day.practice import Practice, wished

ROOM, ANNA, OLEG = RoomId("!r"), UserId("@anna:s"), UserId("@oleg:s")
ENGLISH = Practice(ROOM, ANNA, WEEKDAYS, time(8, 30), "en", Source.SHIPPED, 2)
GERMAN = replace(ENGLISH, language="de", source=Source.ROTA, level=0)
OWN = replace(ENGLISH, source=Source.OWN, level=0)


def become(words: str, before: Practice | None = None, guess: str | None = None) -> Practice | str:
    return wished(ROOM, ANNA, read_wish(words), before, guess)


@pytest.mark.parametrize(
    ("words", "guess", "practice"),
    [
        ("английский, средний", None, ENGLISH),
        ("средний", None, ENGLISH),
        ("средний", "en", ENGLISH),
        ("по будням в 8:30, уровень 2", "en", ENGLISH),
        ("русский", None, replace(ENGLISH, language="ru", level=0)),
        ("в 9:00", "ru", replace(ENGLISH, at=time(9), language="ru", level=0)),
        ("немецкий, слова приносят ученики", None, GERMAN),
        ("слова приносят ученики", "de", GERMAN),
        ("английский, свой список", None, replace(OWN, wanted=True)),
        ("свой список, немецкий", "en", replace(OWN, language="de", wanted=True)),
    ],
)
def test_what_is_left_out_is_sensible(words: str, guess: str | None, practice: Practice) -> None:
    assert become(words, guess=guess) == practice


@pytest.mark.parametrize(
    ("words", "before", "guess", "asked"),
    [
        ("по будням", None, None, "language"),
        ("слова приносят ученики", None, None, "language"),
        ("английский", None, None, "level"),
        ("по будням", None, "en", "level"),
        ("немецкий", None, None, "source"),
        ("немецкий, средний", None, None, "source"),
        ("готовый список", None, "de", "source"),
        ("немецкий", ENGLISH, None, "source"),
        ("готовый список", GERMAN, None, "source"),
        ("готовый список", OWN, None, "level"),
        ("английский", replace(ENGLISH, language="ru", level=0), None, "level"),
    ],
)
def test_what_can_t_be_known_is_asked(
    words: str, before: Practice | None, guess: str | None, asked: str
) -> None:
    assert become(words, before, guess) == asked


@pytest.mark.parametrize(
    ("words", "before", "practice"),
    [
        ("в 9:00", ENGLISH, replace(ENGLISH, at=time(9))),
        ("пн", ENGLISH, replace(ENGLISH, days=frozenset({0}))),
        ("продвинутый", ENGLISH, replace(ENGLISH, level=3)),
        ("русский", ENGLISH, replace(ENGLISH, language="ru", level=0)),
        ("слова приносят ученики", ENGLISH, replace(ENGLISH, source=Source.ROTA, level=0)),
        ("английский", GERMAN, replace(GERMAN, language="en")),
        ("средний", OWN, ENGLISH),
        ("в 9:00", OWN, replace(OWN, at=time(9))),
        ("в 9:00", replace(OWN, wanted=True), replace(OWN, at=time(9), wanted=True)),
        ("свой список", OWN, replace(OWN, wanted=True)),
        ("свой список", ENGLISH, replace(OWN, wanted=True)),
        ("в 8:30", replace(ENGLISH, paused=True, resumes=date(2027, 1, 12)), ENGLISH),
        ("в 8:30", replace(ENGLISH, teacher=OLEG), ENGLISH),
    ],
)
def test_a_change_leaves_the_rest_as_it_was(words: str, before: Practice, practice: Practice) -> None:
    assert become(words, before, guess="fr") == practice
