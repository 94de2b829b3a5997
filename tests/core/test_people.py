"""Whom somebody means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_core.ids import UserId
from zvonok_core.people import Person, find, read_person
from zvonok_core.pet_names import PET_NAMES

NAMES = [
    "Петров Иван Сергеевич, ученик",
    "Петров Илья Олегович, ученик",
    "Петрова Мария Ивановна, ученица",
    "Ёлкина Алёна Артёмовна, ученица",
    "Толстая Анна Львовна, учитель",
    "Салтыков-Щедрин Пётр, ученик",
    "Ли Ян, ученик",
    "Maria de la Cruz",
]
CLASS = [Person(UserId(f"@u{number}:school.test"), name) for number, name in enumerate(NAMES)]


def found(named: str) -> list[int]:
    return [CLASS.index(person) for person in find(CLASS, named)]


@pytest.mark.parametrize(
    ("named", "who"),
    [
        ("Петров", [0, 1]),
        ("петров", [0, 1]),
        ("Петров И.", [0, 1]),
        ("Петров И", [0, 1]),
        ("Петров И. О.", [1]),
        ("Петров И.О.", [1]),
        ("И. С. Петров", [0]),
        ("Петров Иван", [0]),
        ("Ваня Петров", [0]),
        ("Петров Илюша", [1]),
        ("Маша Петрова", [2]),
        ("Маша", [2]),
        ("Петрова", [2]),
        ("Елкина", [3]),
        ("Ёлкина Алена", [3]),
        ("ЁЛКИНА", [3]),
        # endings
        ("Ёлкину", [3]),
        ("Ёлкиной Алёне", [3]),
        ("Маше Петровой", [2]),
        ("Петрову", [0, 1, 2]),
        ("Петрову Ивану", [0]),
        ("Толстой", [4]),
        ("Толстую Анну", [4]),
        ("Анне Львовне", [4]),
        ("Салтыкова-Щедрина", [5]),
        ("Щедрин", [5]),
        ("Щедрину П.", [5]),
        ("Пете", [5]),
        ("Петра", [5]),
        ("Ли", [6]),
        ("Ли Я.", [6]),
        ("Maria Cruz", [7]),
        # nobody
        ("Сидоров", []),
        ("Иван Мария", []),
        ("Петров Пётр", []),
        ("И.", []),
        ("И", []),
        ("и", []),
        ("ученик", []),
        ("", []),
        ("...", []),
        ("Петров Петров", []),
    ],
)
def test_a_name_is_found(named: str, who: list[int]) -> None:
    assert found(named) == who


@pytest.mark.parametrize(
    ("text", "who", "named", "rest"),
    [
        ("Петров Иван за помощь в саду", [0], "Петров Иван", "за помощь в саду"),
        ("Петров И. С., за сад", [0], "Петров И. С.", "за сад"),
        ("Маша: за сад", [2], "Маша", "за сад"),
        ("Петров и Сидоров", [0, 1], "Петров", "и Сидоров"),
        ("@u2:school.test за сад", [2], "@u2:school.test", "за сад"),
        ("@u2:school.test: за сад", [2], "@u2:school.test", "за сад"),
        ("@u2:school.test", [2], "@u2:school.test", ""),
        ("@u99:school.test за сад", [], "@u99:school.test", "за сад"),
        ("Сидоров за сад", [], "Сидоров", "за сад"),
        ("Маша\nза сад", [2], "Маша", "\nза сад"),
        ("", [], "", ""),
    ],
)
def test_a_text_begins_with_a_name(text: str, who: list[int], named: str, rest: str) -> None:
    fits, words, after = read_person(text, CLASS)
    assert [CLASS.index(person) for person in fits] == who
    assert (words, after) == (named, rest)


@given(st.sampled_from(CLASS), st.randoms(use_true_random=False))
def test_everybody_is_found_by_any_part_of_their_name_in_any_order(person: Person, chance: object) -> None:
    words = person.short.split()
    shuffled = sorted(words, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert find(CLASS, " ".join(shuffled)) == (person,)
    assert person in find(CLASS, words[0].upper())


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    fits, words, after = read_person(text, CLASS)
    assert set(fits) <= set(CLASS)
    assert len(words) + len(after) <= len(text)


def test_pet_names_are_written_as_they_are_compared() -> None:
    for full, short in PET_NAMES.items():
        assert all(name == name.lower() and "ё" not in name for name in (full, *short))
        assert short
