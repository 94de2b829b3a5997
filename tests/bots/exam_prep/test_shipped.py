"""The tasks that are part of the bot: right, whole, written as a teacher would."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest
from support.recomputed import WAYS

from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.checking import Mark, check
from zvonok_exam_prep.formulas import pieces
from zvonok_exam_prep.items import (
    Digits,
    Exam,
    Item,
    Matching,
    Number,
    OneChoice,
    Open,
    Ordering,
    SeveralChoices,
    Word,
    arrangeable,
)
from zvonok_exam_prep.shown import question, right_answer
from zvonok_exam_prep.sound import faults
from zvonok_exam_prep.units import converted

ITEMS = list(shipped())
KINDS = (OneChoice, SeveralChoices, Number, Word, Digits, Matching, Ordering, Open)
CYRILLIC, LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)
NO_YO = re.compile(
    r"\b(?:еще|ее|зелен\w+|черн(?:ый|ая|ое|ые|ого|ой)|желт\w+|тепл(?:ый|ая|ое|ые)|лед|пес|клев|звезды|учеба|ребенок|"
    r"дешев\w+|серьез\w*|надежн\w*|счет\w*|расчет\w*|причем|моем|твоем|своем|идет|дает|берет|поет|живет|несет|"
    r"ведет|елк\w+|шел|пришел|вышел|нашел|прошел|пошел|вдвоем|объем\w*|подъем\w*|прием\w*|четк\w+|нечетн\w+|"
    r"четн\w+|огонек|укреплен\w*|применен\w*|учтен\w*|верен|подчеркн\w+|темн\w+|мед|самолет|налет\w*|костер)\b",
    re.IGNORECASE,
)
"""Words that are spelt with ё whatever they mean."""


def ids(item: Item) -> str:
    return item.id


def plain_words(item: Item) -> list[str]:
    """All that people read, without formulas."""
    words = [part for words in item.words for part in pieces(words) if isinstance(part, str)]
    return [*words, item.topic, item.subject]


def test_there_are_enough_of_every_kind_subject_and_grade() -> None:
    assert len(ITEMS) >= 75
    assert {type(item.asks) for item in ITEMS} == set(KINDS)
    assert min(Counter(type(item.asks) for item in ITEMS).values()) >= 2
    for subject in ("русский язык", "математика", "английский язык"):
        for grade in range(5, 10):
            assert len(shipped().find(subject=subject, grade=grade)) >= 3, (subject, grade)
    assert {item.exam for item in ITEMS} >= {Exam.VPR, Exam.OGE}


def test_nothing_is_there_twice() -> None:
    assert len({item.id for item in ITEMS}) == len(ITEMS)
    asked = Counter(" ".join(re.findall(r"\w+", f"{item.question} {item.asks}".lower())) for item in ITEMS)
    assert max(asked.values()) == 1


@pytest.mark.parametrize("item", ITEMS, ids=ids)
def test_a_task_is_sound_and_helps_whoever_learns(item: Item) -> None:
    assert faults(item) == ()
    assert item.explanation and item.hints and item.topic and item.source
    assert set(item.grades) <= set(range(5, 10))
    assert item.subject.split()[0] in ("русский", "математика", "английский")
    if item.exam:
        assert any(tag.startswith(item.exam) for tag in item.tags)
        assert item.exam is not Exam.OGE or max(item.grades) == 9
    answer = right_answer(item)
    assert answer
    if not isinstance(item.asks, Open):
        assert answer not in item.hints


@pytest.mark.parametrize("item", ITEMS, ids=ids)
def test_the_right_answer_is_right_and_every_other_choice_is_not(item: Item) -> None:
    if isinstance(item.asks, Open):
        assert item.asks.sample and all(all(one.levels) for one in item.asks.criteria)
        return
    found = check(item, right_answer(item))
    assert isinstance(found, Mark) and found.right, found
    if isinstance(item.asks, OneChoice):
        right = [n for n in range(1, 1 + arrangeable(item.asks)) if _right(item, str(n))]
        assert len(right) == 1
        assert not item.asks.options[item.asks.right].comment, "a comment is for a wrong choice"
    if isinstance(item.asks, SeveralChoices):
        numbers = range(1, 1 + len(item.asks.options))
        chosen = [some for size in numbers for some in combinations(map(str, numbers), size)]
        assert sum(_right(item, ", ".join(some)) for some in chosen) == 1
        assert 2 <= len(item.asks.right) < len(item.asks.options)
    if isinstance(item.asks, Digits):
        assert set(item.asks.right) < set(
            "".join(re.findall(r"(?m)^\d(?=\))|(?<=\()\d(?=\))", item.question))
        )
    if isinstance(item.asks, Ordering):
        assert item.asks.right != tuple(range(len(item.asks.parts))), "shown in the right order"
    if isinstance(item.asks, Number) and item.asks.unit:
        assert converted(Fraction(1), item.asks.unit, item.asks.unit) == 1


def _right(item: Item, words: str) -> bool:
    found = check(item, words)
    return isinstance(found, Mark) and found.right


def test_numbers_are_what_they_are_computed_to_be() -> None:
    asked = {item.id: item.asks.right for item in ITEMS if isinstance(item.asks, Number)}
    assert asked.keys() == WAYS.keys(), "every task with a number is computed once more"
    assert asked == {name: way() for name, way in WAYS.items()}


def test_what_else_can_be_computed_is_right() -> None:
    bank = shipped()
    decimals = bank["math-5-decimals"].asks  # type: ignore[index]
    assert isinstance(decimals, Ordering)
    numbers = [float(decimals.parts[place].strip("$").replace(",", ".")) for place in decimals.right]
    assert numbers == sorted(numbers)
    lengths = bank["math-5-lengths"].asks  # type: ignore[index]
    assert isinstance(lengths, Matching)
    metres = [2 * 1000 + 40, 2 * 1000 + 4, 24 * 1000]
    assert [int(re.sub(r"\D", "", lengths.options[place])) for place in lengths.right] == metres
    line = bank["math-6-number-line"].asks  # type: ignore[index]
    assert isinstance(line, Matching)
    for value, place in zip((7 / 3, -9 / 4, 0.8), line.right, strict=True):
        low, high = map(int, re.findall(r"-?\d", line.options[place]))
        assert low < value < high
    root = bank["math-8-root"].asks  # type: ignore[index]
    assert isinstance(root, OneChoice)
    holding = [n for n, option in enumerate(root.options) if (lambda a, b: a * a < 57 < b * b)(*map(int, re.findall(r"\d+", option.words)))]  # fmt: skip
    assert holding == [root.right]
    square = bank["math-7-square"].asks  # type: ignore[index]
    assert isinstance(square, OneChoice)
    for place, option in enumerate(square.options):
        expression = re.sub(r"(?<=\d)a", "*a", option.words.strip("$")).replace("^", "**")
        same = all(eval(expression, {"a": a}) == (2 * a - 3) ** 2 for a in range(-5, 6))
        assert same == (place == square.right)
    inequality = bank["math-9-inequality"].asks  # type: ignore[index]
    assert isinstance(inequality, OneChoice)
    for place, option in enumerate(inequality.options):
        expression = option.words.strip("$").replace("\\ge", ">=").replace("\\le", "<=")
        same = all(eval(expression, {"x": x}) == (2 * x - 7 >= 5 * x + 2) for x in range(-20, 20))
        assert same == (place == inequality.right)
    equation = bank["math-9-biquadratic"].asks  # type: ignore[index]
    assert isinstance(equation, Open)
    roots = [x for x in range(-9, 10) if x**4 - 13 * x**2 + 36 == 0]
    assert [int(one) for one in re.findall(r"-?\d", equation.sample.rpartition("Ответ")[2])] == roots


@pytest.mark.parametrize("item", ITEMS, ids=ids)
def test_it_is_written_as_books_are(item: Item) -> None:
    for words in plain_words(item):
        for word in re.findall(r"[\w'’-]+", words):
            assert not (CYRILLIC.search(word) and LATIN.search(word)), f"two alphabets in {word}"
        assert '"' not in words and "..." not in words, words
        assert not re.search(r" [-–] ", words), f"a dash is —: {words}"
        assert not re.search(r" {2}|\s[,.;:!?](?!\.)|,,", words), words
        listed = re.sub(r"(?m)^\d\)", "", words)
        assert words.count("«") == words.count("»") and listed.count("(") == listed.count(")"), words
        assert words.count("“") == words.count("”"), words
        assert not NO_YO.search(words), f"ё: {NO_YO.search(words)}"
    assert question(item).rstrip()[-1] in ".?!…)»" or arrangeable(item.asks), question(item)
    for words in (item.explanation, *item.hints):
        assert words.rstrip()[-1] in ".?!…", words
        assert not words[0].islower(), words


@pytest.mark.parametrize("item", [one for one in ITEMS if one.subject == "английский язык"], ids=ids)
def test_english_is_shown_with_the_letters_of_the_exam(item: Item) -> None:
    if isinstance(item.asks, Matching):
        assert item.asks.letters.isascii()


def test_letters_and_mails_have_the_length_that_they_ask_for() -> None:
    letter = shipped()["english-9-letter"].asks  # type: ignore[index]
    assert isinstance(letter, Open)
    assert 100 <= len(letter.sample.split()) <= 120
