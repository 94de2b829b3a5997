"""Which passwords the pages take."""

from __future__ import annotations

import pytest

from zvonok_appservice.web.passwords import password_problem


@pytest.mark.parametrize(
    "password",
    [
        *(
            "password",
            "Password1",
            "qwerty123",
            "qwertyuiop",
            "1q2w3e4r5t",
            "йцукенгш",
            "пароль12",
            "gfhjkm123",
        ),
        *(
            "12345678",
            "87654321",
            "aaaaaaaa",
            "11112222",
            "ivanova.mp",
            "ivanova.mp1",
            "Ivanova2026",
            "abcdefgh",
        ),
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    problem = password_problem(password, "ivanova.mp")
    assert problem is not None
    assert "easy to guess" in str(problem)


@pytest.mark.parametrize(
    "password", ["зонт на гвозде", "четыре слова подряд", "k7 Vortex-lampa", "пароль от сарая"]
)
def test_a_few_words_will_do(password: str) -> None:
    assert password_problem(password, "ivanova.mp") is None


def test_length_is_counted_both_ways() -> None:
    assert "at least 8" in str(password_problem("зонт", "ivanova.mp"))
    assert "too long" in str(password_problem("зонтик " * 10, "ivanova.mp"))
