"""Which badge is meant by which words, and what is left as the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_awards.catalogue import own_words, shipped
from zvonok_awards.naming import Naming, read_badge, readable
from zvonok_core.ids import UserId
from zvonok_core.people import Person

NAMES = {key: badge.names(own_words()) for key, badge in shipped().items()}


@pytest.mark.parametrize(
    ("words", "key", "reason"),
    [
        ("Хочу всё знать", "curious", ""),
        ("хочу-все-знать за вопросы", "curious", "за вопросы"),
        ("«Хочу всё знать»: вопросы о звёздах", "curious", "вопросы о звёздах"),
        ("«Хочу всё знать» «Звёзды» – лучший доклад", "curious", "«Звёзды» – лучший доклад"),
        ("ХОЧУ ВСЁ ЗНАТЬ, за то, что спросила", "curious", "за то, что спросила"),
        ("хочу всё за вопросы", "curious", "за вопросы"),
        ("знать", "curious", ""),
        ("книгочей за «Остров сокровищ».", "bookworm", "за «Остров сокровищ»."),
        ("книгоч", "bookworm", ""),
        ("green-sprout за сад", "green-sprout", "за сад"),
        ("Sharp Count for the proof", "sharp-count", "for the proof"),
        ("Точный расчет\n за\n задачу", "sharp-count", "за задачу"),
        ("Шаг вперёд помогла другу", "step-forward", "помогла другу"),
        ("друг", "true-friend", ""),
        ("Художник за шаг вперёд", "artist", "за шаг вперёд"),
    ],
)
def test_one_badge(words: str, key: str, reason: str) -> None:
    assert read_badge(words, NAMES) == Naming((key,), (), reason)


@pytest.mark.parametrize(
    ("words", "near", "reason"),
    [
        ("Хочу все знат ь за вопросы", "curious", "за вопросы"),
        ("Верный дуг", "true-friend", ""),
        ("Верный дуг новичку", "true-friend", "новичку"),
        ("Художница за плакат", "artist", "за плакат"),
        ("Золотые рукы за табурет", "golden-hands", "за табурет"),
        ("Brite Mind for it", "bright-mind", "for it"),
    ],
)
def test_a_slip_is_near_and_never_certain(words: str, near: str, reason: str) -> None:
    naming = read_badge(words, NAMES)
    assert naming.found == ()
    assert naming.near[0] == near
    assert naming.reason == reason


@pytest.mark.parametrize("words", ["", "за", "за вопросы", "«»", "-", "7", "Ядерный чемодан", "о", "мы хочу"])
def test_nothing_is_meant_by_nothing(words: str) -> None:
    naming = read_badge(words, NAMES)
    assert (naming.found, naming.near) == ((), ())


def test_a_part_of_several_names_means_all_of_them() -> None:
    assert read_badge("mind for it", NAMES) == Naming(("curious", "bright-mind"), (), "for it")


def test_a_whole_name_goes_before_a_part_of_another() -> None:
    names = {"friend": ("Друг",), "book": ("Друг книги",)}
    assert read_badge("друг", names) == Naming(("friend",), (), "")
    assert read_badge("друг книги за чтение", names) == Naming(("book",), (), "за чтение")
    assert read_badge("друг к новенькому", names) == Naming(("friend",), (), "к новенькому")


NAMED = st.sampled_from([(key, name) for key, all_of in NAMES.items() for name in all_of])
REASON = st.text("абвгд ежз-«».!", max_size=30).map(lambda words: "за ё" + words.rstrip())


@given(NAMED, REASON, st.booleans(), st.booleans(), st.sampled_from(["", "«»", '""', "“”"]))
def test_every_name_is_found_however_it_is_written(
    named: tuple[str, str], reason: str, loud: bool, joined: bool, quotes: str
) -> None:
    key, name = named
    said = name.upper().replace("Ё", "Е") if loud else name
    said = said.replace(" ", "-") if joined else said
    said = f"{quotes[:1]}{said}{quotes[1:]}"
    assert read_badge(f"{said} {reason}", NAMES) == Naming((key,), (), " ".join(reason.split()))


@given(st.text(max_size=80))
def test_no_words_break_it(words: str) -> None:
    naming = read_badge(words, NAMES)
    assert set(naming.found) | set(naming.near) <= set(NAMES)
    assert not (naming.found and naming.near)


def test_nobody_stands_in_a_reason_by_id() -> None:
    people = [Person(UserId("@ivan:school.test"), "Петров Иван, ученик")]
    reason = "за помощь @ivan:school.test, @gone:school.test: и  a@b.ru"
    assert readable(reason, people) == "за помощь Петров Иван, …: и a@b.ru"
