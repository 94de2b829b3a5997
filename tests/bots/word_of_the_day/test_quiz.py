"""The words of a week as questions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_word_of_the_day.quiz import LONGEST_ANSWER, items
from zvonok_word_of_the_day.words import LEVELS, Word, shipped

ALL = [word for level in LEVELS for word in shipped("en", level)] + list(shipped("ru", 0))


def noun(word: str, translation: str) -> Word:
    return Word(word, translation=translation, part="noun")


CAT, DOG, HEN, PIG = noun("cat", "кошка"), noun("dog", "собака"), noun("hen", "курица"), noun("pig", "свинья")


@settings(deadline=None, max_examples=40)  # the machine may be busy
@given(
    st.lists(st.sampled_from(ALL), min_size=2, max_size=7, unique_by=lambda word: word.key),
    st.integers(),
)
def test_of_the_shipped_lists_every_word_is_asked_with_plausible_answers(week: list[Word], seed: int) -> None:
    found = items(week, ALL, str(seed))
    assert [item.word for item in found] == week
    for item in found:
        assert len(item.answers) == len(set(item.answers)) == 4
        assert item.answers[item.right] == item.word.answer
        others = [word for word in ALL if word.answer in item.answers]
        assert sum(word.part == item.word.part for word in others) >= 3
        assert found == items(week, ALL, str(seed)), "the same seed asks the same"


def test_wrong_answers_come_from_the_week_first() -> None:
    (first, *_) = items([CAT, DOG, HEN, PIG], shipped("en", 1), "x")
    assert set(first.answers) == {"кошка", "собака", "курица", "свинья"}


def test_the_right_place_is_no_habit() -> None:
    places = {items([CAT, DOG, HEN, PIG], [], str(seed))[0].right for seed in range(40)}
    assert places == {0, 1, 2, 3}


def test_too_few_words_make_no_quiz() -> None:
    assert items([], ALL, "x") == ()
    assert items([CAT], ALL, "x") == ()
    assert items([CAT, DOG], [], "x") == ()
    assert len(items([CAT, DOG], [HEN], "x")[0].answers) == 3


def test_what_may_also_be_right_is_no_wrong_answer() -> None:
    big, large = noun("big", "большой"), noun("large", "очень большая")
    found = items([big, DOG], [large, HEN, PIG], "x")
    assert found and all("очень большая" not in item.answers for item in found if item.word == big)
    twice = items([CAT, DOG], [noun("puss", "кошка"), noun("kitty", "кошечка"), HEN, PIG], "x")
    assert all(sum("кош" in answer for answer in item.answers) <= 1 for item in twice)


def test_an_answer_in_another_alphabet_would_stand_out() -> None:
    found = items([CAT, DOG], [Word("sofa", "a long seat"), HEN, PIG], "x")
    assert all("a long seat" not in item.answers for item in found)


def test_a_meaning_that_holds_its_word_gives_nothing_away() -> None:
    cat = Word("кот", "кот и есть кот")
    others = [Word("пёс", "друг человека"), Word("бык", "муж коровы"), Word("гусь", "важная птица")]
    assert cat not in [item.word for item in items([cat, *others], [], "x")]
    assert all("кот и есть кот" not in item.answers for item in items([others[0], others[1], Word("котик", "кто мяучит")], [cat, *others], "x") if item.word.word == "кот")  # fmt: skip


def test_a_long_meaning_is_cut() -> None:
    long = Word("долгий", "слово " * 60)
    others = [Word("раз", "первое"), Word("два", "второе"), Word("три", "третье")]
    (first, *_) = items([long, *others], [], "x")
    assert len(first.answers[first.right]) <= LONGEST_ANSWER and first.answers[first.right].endswith("…")
