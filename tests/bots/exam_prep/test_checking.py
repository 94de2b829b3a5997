"""What an answer is worth, however it is typed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.tasks import KINDS, OPTIONS, item

from zvonok_exam_prep.checking import Mark, Unclear, Written, check, mark_open, read_points
from zvonok_exam_prep.items import (
    Asks,
    Digits,
    Matching,
    Number,
    OneChoice,
    Open,
    Ordering,
    SeveralChoices,
    Word,
    arrangeable,
    rearranged,
)
from zvonok_exam_prep.shown import right_answer

ONE, SEVERAL, _, WORD, DIGITS, MATCHING, ORDERING, OPEN = KINDS
between = st.sampled_from(["", " ", ",", ", ", ";", " и ", "-", ") "])


def marked(asks: Asks, words: str, points: int = 1) -> Mark:
    found = check(item(asks, points), words)
    assert isinstance(found, Mark), (words, found)
    return found


# ---------------------------------------------------------------- all kinds


@pytest.mark.parametrize("asks", [asks for asks in KINDS if not isinstance(asks, Open)])
def test_what_is_shown_as_right_gets_all_points_in_any_arrangement(asks: Asks) -> None:
    whole = item(asks, 2)

    @given(st.permutations(range(arrangeable(asks))))
    def hold(order: list[int]) -> None:
        mixed = rearranged(whole, tuple(order))
        found = check(mixed, right_answer(mixed))
        assert isinstance(found, Mark)
        assert found.right and found.errors == 0 and found.remarks == ()

    hold()


def meaning(asks: Asks) -> object:
    """What is right, in words and not by places."""
    match asks:
        case OneChoice(options, right):
            return options[right]
        case SeveralChoices(options, rights):
            return {options[place] for place in rights}
        case Matching(left, words, rights):
            return dict(zip(left, (words[place] for place in rights), strict=True))
        case Ordering(parts, rights):
            return [parts[place] for place in rights]
    return asks


@given(st.sampled_from(KINDS), st.data())
def test_another_arrangement_means_the_same(asks: Asks, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(arrangeable(asks))))
    mixed = rearranged(item(asks), tuple(order)).asks
    assert meaning(mixed) == meaning(asks)
    if isinstance(asks, OneChoice | SeveralChoices) and isinstance(mixed, OneChoice | SeveralChoices):
        assert mixed.options == tuple(asks.options[place] for place in order)


@given(st.sampled_from(KINDS), st.text(max_size=30) | st.from_regex(r"[АБВABC0-9 ,.-]{0,12}", fullmatch=True))
def test_nothing_that_is_typed_breaks_it(asks: Asks, words: str) -> None:
    found = check(item(asks, 2), words)
    assert found == check(item(asks, 2), words)
    if isinstance(found, Mark):
        assert 0 <= found.points <= found.of == 2
        assert (found.points == 2) == (found.errors == 0)
        assert found.given


@given(st.sampled_from(KINDS), st.integers(3_000, 100_000))
def test_a_flood_is_no_answer(asks: Asks, length: int) -> None:
    found = check(item(asks), "1" * length)
    assert isinstance(found, Written if isinstance(asks, Open) else Unclear)


@pytest.mark.parametrize("asks", KINDS)
@pytest.mark.parametrize("nothing", ["", " ", "\n\t"])
def test_nothing_is_no_answer(asks: Asks, nothing: str) -> None:
    assert isinstance(check(item(asks), nothing), Unclear)


@pytest.mark.parametrize(
    ("asks", "words"),
    [(ONE, "не понял"), (ONE, "7"), (ONE, "0"), (ONE, "1 3"), (SEVERAL, "все"), (SEVERAL, "1 9"), (WORD, "15"),
     (DIGITS, "слон"), (DIGITS, "сто тридцать пять"), (MATCHING, "12"), (MATCHING, "1234"), (MATCHING, "А1Б2"),
     (MATCHING, "А1Б2Г3"), (MATCHING, "А1А2Б3В1"), (MATCHING, "А1Б2В9"), (MATCHING, "не знаю"), (ORDERING, "123"),
     (ORDERING, "1123"), (ORDERING, "1235"), (ORDERING, "потом")],
)  # fmt: skip
def test_what_answers_something_else_gets_a_question_and_no_mark(asks: Asks, words: str) -> None:
    assert isinstance(check(item(asks), words), Unclear)


# ---------------------------------------------------------------- choices


@pytest.mark.parametrize(
    "words", ["1", "1)", "№1", "вариант 1", "Ответ: 1", "1️⃣", "кит", "КИТ", " Кит. ", "kит"]
)
def test_one_choice_by_its_number_or_its_words(words: str) -> None:
    assert marked(ONE, words) == Mark(1, 1, 0, "1")


def test_a_wrong_choice_gets_the_authors_comment() -> None:
    assert marked(ONE, "2") == Mark(0, 1, 1, "2", ("Слон живёт на суше.",))
    assert marked(ONE, "4").remarks == ()


def test_a_number_that_is_an_option_counts_as_a_number_of_an_option() -> None:
    numbers = OneChoice(tuple(type(OPTIONS[0])(words) for words in ("4", "3", "12", "7")), 0)
    assert marked(numbers, "1").right, "the first option"
    assert marked(numbers, "4").given == "4", "the fourth option, though the first one reads 4"
    assert marked(numbers, "12").given == "3", "there is no option 12"


@given(st.sets(st.integers(0, 3), min_size=1), st.sets(st.integers(0, 3), min_size=1), between, st.randoms())
def test_several_choices_lose_a_point_for_each_error(
    right: set[int], chosen: set[int], gap: str, chance: Any
) -> None:
    numbers = [str(place + 1) for place in chosen]
    chance.shuffle(numbers)
    found = marked(SeveralChoices(OPTIONS, tuple(sorted(right))), gap.join(numbers), 2)
    errors = max(len(chosen - right), len(right - chosen))
    assert (found.errors, found.points) == (errors, max(0, 2 - errors))
    assert found.given == ", ".join(sorted(numbers))


def test_of_ten_options_the_tenth_can_be_chosen() -> None:
    many = SeveralChoices(tuple(type(OPTIONS[0])(f"слово {letter}") for letter in "абвгдежзик"), (0, 9))
    assert marked(many, "1 10").right
    assert marked(many, "1, 10").right
    assert marked(many, "13").given == "1, 3"


# ---------------------------------------------------------------- words


@given(
    st.sampled_from(["", " ", "«", "\n", "Ответ: "]), st.sampled_from(["", " ", ".", "»", "!"]), st.booleans()
)
def test_what_stands_around_a_word_and_its_case_do_not_matter(before: str, after: str, loud: bool) -> None:
    word = "Щавель"
    assert marked(Word((word,)), before + (word.upper() if loud else word.lower()) + after) == Mark(
        1, 1, 0, word
    )


@pytest.mark.parametrize(
    ("right", "words"),
    [("ёлка", "елка"), ("елка", "ЁЛКА"), ("соль", "cоль"), ("Москва", "Mocква"), ("СОН", "COH"), ("привет", "ghbdtn"),
     ("съел", "c]tk"), ("have been", "Have  been"), ("have been", "HAVEBEEN"), ("don't", "don’t"), ("cat", "сat"),
     ("hello", "руддщ"), ("кто-то", "кто–то"), ("кто-то", "Кто‑то"), ("ответ", "ответ"), ("ответственный", "ответственный")],
)  # fmt: skip
def test_letters_that_look_the_same_are_the_same(right: str, words: str) -> None:
    assert marked(Word((right,)), words).right


@pytest.mark.parametrize(
    ("right", "words"),
    [("в течение", "втечение"), ("по-новому", "по новому"), ("соль", "соло"), ("соль", "сол"), ("кит", "кот"),
     ("cat", "cut"), ("have been", "have be")],
)  # fmt: skip
def test_spelling_matters(right: str, words: str) -> None:
    assert not marked(Word((right,)), words).right


def test_every_accepted_spelling_counts_and_is_kept_as_it_was_meant() -> None:
    assert marked(WORD, "Соли").given == "соли"
    assert marked(WORD, "СОЛЬ").given == "соль"


def test_a_slip_in_a_long_word_is_told() -> None:
    assert [str(one) for one in marked(Word(("территория",)), "територия").remarks] == [
        "That is nearly it: look at the spelling once more."
    ]
    assert marked(Word(("территория",)), "страна").remarks == ()
    assert marked(Word(("кит",)), "кот").remarks == (), "of three letters one is a lot"


@given(
    st.text(st.sampled_from("абвгдеклмнор"), min_size=1, max_size=6),
    st.text(st.sampled_from("абвгдеклмнор"), min_size=1),
)
def test_other_words_are_wrong(right: str, words: str) -> None:
    assume(right != words)
    assert not marked(Word((right,)), words).right


# ---------------------------------------------------------------- sequences


@given(st.text("123456789", min_size=1, max_size=8), between)
def test_digits_may_be_parted_by_anything(right: str, gap: str) -> None:
    assert marked(Digits(right), gap.join(right)) == Mark(1, 1, 0, right)


@given(st.sets(st.sampled_from("123456789"), min_size=1), st.randoms())
def test_where_the_order_is_free_any_is_right(right: set[str], chance: Any) -> None:
    mixed = sorted(right)
    chance.shuffle(mixed)
    assert marked(Digits("".join(mixed), any_order=True), "".join(sorted(right, reverse=True))).right


@pytest.mark.parametrize(
    ("right", "any_order", "words", "errors"),
    [("135", False, "135", 0), ("135", False, "136", 1), ("135", False, "153", 2), ("135", False, "531", 2),
     ("135", False, "13", 1), ("135", False, "1357", 1), ("135", False, "35", 1), ("135", False, "7", 3),
     ("135", True, "531", 0), ("135", True, "13", 1), ("135", True, "1354", 1), ("135", True, "134", 1),
     ("135", True, "124", 2), ("135", True, "12345", 2), ("135", True, "1135", 0)],
)  # fmt: skip
def test_errors_of_a_sequence(right: str, any_order: bool, words: str, errors: int) -> None:
    found = marked(Digits(right, any_order), words, 2)
    assert (found.errors, found.points) == (errors, max(0, 2 - errors))


@given(st.text("1234", min_size=4, max_size=4), st.integers(0, 3), st.sampled_from("56789"))
def test_one_error_leaves_one_point_of_two_and_none_of_one(right: str, place: int, other: str) -> None:
    words = right[:place] + other + right[place + 1 :]
    assert marked(Digits(right), words, 2).points == 1
    assert marked(Digits(right), words).points == 0


def test_a_scale_may_say_otherwise() -> None:
    for scale, points in {(2, 1): 1, (2,): 0, (3, 3, 1): 3, (5, 4, 3): 4}.items():
        found = check(item(Digits("135"), scale=scale), "136")
        assert isinstance(found, Mark)
        assert (found.points, found.of) == (points, scale[0])


# ---------------------------------------------------------------- matching


@pytest.mark.parametrize(
    "words", ["123", "1 2 3", "1,2,3", "А1Б2В3", "а1 б2 в3", "А-1, Б-2, В-3", "А) 1; Б) 2; В) 3", "В3А1Б2", "1А 2Б 3В",
              "A1Б2B3", "a1b2c3", "А:1\nБ:2\nВ:3", "А1 Б2 и В3", "А — 1, Б — 2, В — 3"]
)  # fmt: skip
def test_pairs_may_be_typed_in_many_ways(words: str) -> None:
    assert marked(MATCHING, words) == Mark(1, 1, 0, "А1 Б2 В3")


@given(
    st.lists(st.integers(1, 4), min_size=3, max_size=3),
    st.sampled_from(["АБВ", "абв", "ABC", "AБB"]),
    between,
)
def test_each_wrong_pair_is_an_error_and_named(numbers: list[int], letters: str, gap: str) -> None:
    words = gap.join(f"{letter}{number}" for letter, number in zip(letters, numbers, strict=True))
    found = marked(MATCHING, words, 3)
    wrong = [
        letter for letter, number, right in zip("АБВ", numbers, (1, 2, 3), strict=True) if number != right
    ]
    assert (found.errors, found.points) == (len(wrong), 3 - len(wrong))
    assert [str(one) for one in found.remarks] == ([f"Not right yet: {', '.join(wrong)}."] if wrong else [])


def test_a_letter_may_be_left_out_by_a_nought() -> None:
    assert marked(MATCHING, "А1 Б0 В3", 3) == Mark(
        2, 3, 1, "А1 Б0 В3", marked(MATCHING, "А1 Б0 В3", 3).remarks
    )


def test_what_is_foreign_has_latin_letters() -> None:
    foreign = Matching(("cat", "dog"), ("miaow", "woof"), (0, 1))
    assert foreign.letters == "AB"
    for words in ("A1B2", "А1Б2", "А1В2", "12"):
        assert marked(foreign, words) == Mark(1, 1, 0, "A1 B2"), words


# ---------------------------------------------------------------- ordering


@pytest.mark.parametrize(
    ("words", "errors"),
    [
        ("3142", 0),
        ("3 1 4 2", 0),
        ("3,1,4,2", 0),
        ("1342", 1),
        ("3124", 1),
        ("2314", 1),
        ("1324", 2),
        ("2413", 3),
    ],
)
def test_errors_of_an_order_are_the_parts_that_have_to_be_moved(words: str, errors: int) -> None:
    found = marked(ORDERING, words, 2)
    assert (found.errors, found.points) == (errors, max(0, 2 - errors))


@given(st.permutations(range(5)), st.integers(0, 3))
def test_two_neighbours_that_changed_places_are_one_error(order: list[int], place: int) -> None:
    parts = tuple(f"часть {number}" for number in range(5))
    words = [str(part + 1) for part in order]
    words[place : place + 2] = words[place], words[place + 1]
    swapped = [*words[:place], words[place + 1], words[place], *words[place + 2 :]]
    assert marked(Ordering(parts, tuple(order)), "".join(words)).errors == 0
    assert marked(Ordering(parts, tuple(order)), "".join(swapped)).errors == 1


# ---------------------------------------------------------------- open answers


def test_an_open_answer_is_marked_by_a_person() -> None:
    assert isinstance(OPEN, Open)
    assert check(item(OPEN), " Слон живёт на суше. ") == Written("Слон живёт на суше.")
    assert read_points(OPEN, "1 2") == read_points(OPEN, "12") == (1, 2)
    assert mark_open(item(OPEN), (1, 1)) == Mark(2, 3, 1, "1 1")
    for words in ("", "1", "1 2 0", "2 1", "пять"):
        assert isinstance(read_points(OPEN, words), Unclear), words


def test_a_number_is_not_marked_by_its_digits() -> None:
    assert not marked(Number(Fraction(15)), "51").right
