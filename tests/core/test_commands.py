"""From a signature to a command, and from a message to its arguments."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_core.commands import Ask, Command, Draft, Rest, asked, command, fill, nearest, recognise
from zvonok_core.ids import UserId
from zvonok_core.people import Person
from zvonok_core.text import text


class Badge(Enum):
    HELP = "помощь"
    BIG_HELP = "помощь классу"


PETROV = Person(UserId("@petrov:s"), "Петров Иван, ученик")
PETROVA = Person(UserId("@petrova:s"), "Петрова Мария, ученица")
CLASS = [PETROV, PETROVA]


def made(function: Any, *names: str) -> Command:
    return command(names or ("do", "делай"), function)


async def give(ctx: object, who: Annotated[Person, text("Whom?")], badge: Badge, why: Rest = Rest()) -> None:
    """Give a badge:
    `!give`

    This is not part of the help.
    """


async def count(ctx: object, what: str, number: int, sure: bool = True, twice: int | None = None) -> None:
    """Count."""


GIVE, COUNT = made(give, "give", "дай"), made(count)


def values(of: Command, words: str) -> list[Any]:
    return list(fill(of, Draft(words), CLASS).values())


def question(of: Command, words: str) -> Ask:
    with pytest.raises(Ask) as raised:
        fill(of, Draft(words), CLASS)
    return raised.value


# ---------------------------------------------------------------- declared


def test_the_help_is_the_first_paragraph_of_the_docstring() -> None:
    assert GIVE.help == "Give a badge: `!give`"
    assert GIVE.needs_people and not COUNT.needs_people


def test_what_no_message_could_fill_is_refused_when_it_is_declared() -> None:
    async def unknown(ctx: object, what: list[int]) -> None:
        """Do."""

    async def untyped(ctx, what) -> None:  # type: ignore[no-untyped-def]
        """Do."""

    async def either(ctx: object, what: int | str) -> None:
        """Do."""

    async def after_the_rest(ctx: object, what: Rest, more: str) -> None:
        """Do."""

    async def silent(ctx: object) -> None: ...

    for function in (unknown, untyped, either, after_the_rest, silent):
        with pytest.raises(TypeError):
            made(function)
    with pytest.raises(TypeError):
        command((), give)


# ---------------------------------------------------------------- filled


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("Петров помощь", [PETROV, Badge.HELP, ""]),
        ("Петров Иван, помощь: за сад\nи огород", [PETROV, Badge.HELP, "за сад\nи огород"]),
        ("@petrova:s ПОМОЩЬ КЛАССУ за сад", [PETROVA, Badge.BIG_HELP, "за сад"]),
        ("  Маше   помощь", [PETROVA, Badge.HELP, ""]),
    ],
)
def test_a_whole_command(words: str, filled: list[Any]) -> None:
    assert values(GIVE, words) == filled


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("окна 3", ["окна", 3, True, None]),
        ("«окна и двери» 3 нет", ["окна и двери", 3, False, None]),
        ('"окна и двери", -3 да 5', ["окна и двери", -3, True, 5]),
        ("«окна 3", ["«окна", 3, True, None]),
        ("окна 3 7", ["окна", 3, True, 7]),
        ("окна 3 да 7 пожалуйста", ["окна", 3, True, 7]),
    ],
)
def test_words_numbers_and_answers(words: str, filled: list[Any]) -> None:
    assert values(COUNT, words) == filled


@pytest.mark.parametrize(
    ("of", "words", "parameter", "asks", "options"),
    [
        (GIVE, "", "who", "Whom?", []),
        (
            GIVE,
            "Сидоров помощь",
            "who",
            "I can't find “Сидоров” here. Whom do you mean?",
            ["@petrov:s", "@petrova:s"],
        ),
        (GIVE, "Петроф", "who", "I can't find “Петроф” here. Whom do you mean?", ["@petrov:s", "@petrova:s"]),
        (
            GIVE,
            "Петрову",
            "who",
            "“Петрову” fits several people. Whom do you mean?",
            ["@petrov:s", "@petrova:s"],
        ),
        (GIVE, "Петров", "badge", "Which one?", ["помощь", "помощь классу"]),
        (GIVE, "Петров за сад", "badge", "I don't know “за”. Which one?", ["помощь", "помощь классу"]),
        (COUNT, "окна", "number", "Which number?", []),
        (COUNT, "окна три", "number", "“три” is not a number. Which number?", []),
        (COUNT, "окна 3 может", "sure", "Yes or no?", []),
    ],
)
def test_what_is_missing_or_unclear_is_asked_for(
    of: Command, words: str, parameter: str, asks: str, options: list[str]
) -> None:
    ask = question(of, words)
    assert ask.parameter == parameter
    assert str(ask.question) == asks
    assert [option.value for option in ask.options] == options


def conversation(of: Command, words: str, *answers: str) -> list[Any]:
    """What comes of a message and of the answers to what is asked."""
    draft = Draft(words)
    for answer in answers:
        with pytest.raises(Ask) as raised:
            fill(of, draft, CLASS)
        draft = asked(of, draft, raised.value, CLASS).answered(answer)
    return list(fill(of, draft, CLASS).values())


@pytest.mark.parametrize(
    ("words", "answers", "filled"),
    [
        ("", ("Петров", "1"), [PETROV, Badge.HELP, ""]),
        ("Петрову помощь за сад", ("2",), [PETROVA, Badge.HELP, "за сад"]),
        ("Петрову помощь за сад", ("Маша",), [PETROVA, Badge.HELP, "за сад"]),
        ("Петров", ("помощь классу",), [PETROV, Badge.BIG_HELP, ""]),
        ("Сидоров помощь за сад", ("Сидорова", "Петров"), [PETROV, Badge.HELP, "за сад"]),
        (
            "Петров за сад",
            (
                "3",
                "2.",
            ),
            [PETROV, Badge.BIG_HELP, "сад"],
        ),
        ("Петрову", ("9", "1)", "2"), [PETROV, Badge.BIG_HELP, ""]),
    ],
)
def test_answers_complete_a_command(words: str, answers: tuple[str, ...], filled: list[Any]) -> None:
    assert conversation(GIVE, words, *answers) == filled


def test_a_handler_may_ask_again_for_what_it_was_given() -> None:
    draft = Draft("окна 3 да")
    again = asked(COUNT, draft, Ask(text("Which of them?"), parameter="what"), CLASS)
    assert list(fill(COUNT, again.answered("двери и окна"), CLASS).values()) == [
        "двери и окна",
        3,
        True,
        None,
    ]
    again = asked(COUNT, draft, Ask(text("How many?"), parameter="number"), CLASS)
    assert list(fill(COUNT, again.answered("4"), CLASS).values()) == ["окна", 4, True, None]


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=6))
def test_whatever_people_write_becomes_arguments_or_a_question(words: str, answers: list[str]) -> None:
    for of in (GIVE, COUNT):
        draft = Draft(words)
        for answer in answers:
            names = [parameter.name for parameter in of.parameters]
            try:
                filled = list(fill(of, draft, CLASS))
            except Ask as ask:
                filled = names if ask.parameter in names else []
                draft = asked(of, draft, ask, CLASS).answered(answer)
            assert filled == names


# ---------------------------------------------------------------- recognised


def test_a_command_is_recognised_by_any_of_its_names() -> None:
    word_of_day = made(count, "word of the day", "слово дня")
    word = made(count, "word", "слово")
    commands = [word, word_of_day, GIVE]
    assert recognise(commands, "ДАЙ: Петров") == (GIVE, "Петров")
    assert recognise(commands, "слово дня весна") == (word_of_day, "весна")
    assert recognise(commands, "слово день") == (word, "день")
    assert recognise(commands, "give\nПетров") == (GIVE, "Петров")
    assert recognise(commands, "дай") == (GIVE, "")
    assert recognise(commands, "дайте") is None
    assert recognise(commands, "") is None


@pytest.mark.parametrize("slip", ["дпй", "lfq", "ДАЙЙ", "gve"])
def test_a_slip_is_taken_for_the_nearest(slip: str) -> None:
    assert nearest([GIVE], f"{slip} Петров") == (GIVE, "Петров")


@pytest.mark.parametrize("words", ["", "важно", "привет всем", "123"])
def test_what_is_near_to_nothing_is_left_alone(words: str) -> None:
    assert nearest([GIVE], words) is None
