"""The lists that every school has: whole, free of doubles, each word at its level."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields
from statistics import mean

import pytest

from zvonok_core.people import plain
from zvonok_word_of_the_day.words import LEVELS, Word, from_json, levels, shipped, to_json

ENGLISH = [(level, word) for level in LEVELS for word in shipped("en", level)]
RUSSIAN = list(shipped("ru", 0))
IDS = [word.word for _, word in ENGLISH]
PARTS = {"noun", "verb", "adjective", "adverb"}
IPA = re.compile(r"[a-zɑɒæəʌɪɜʊɔθðʃʒŋɡː ˈˌ]+")
LONGEST_MEANING = {1: 12, 2: 13, 3: 14}
"""Words of a definition that learners of a level read at a glance."""


def forms(word: str) -> re.Pattern[str]:
    """A word as it may stand in a sentence."""
    first, *rest = re.split(r"\s", word)
    stem = re.sub(r"e$|y$", "", first) if re.fullmatch(r"[a-z]+", first) else first[: max(4, len(first) - 3)]
    return re.compile(rf"\b{stem}\w*" + "".join(rf"\s{part}" for part in rest), re.IGNORECASE)


def test_there_are_words_enough_for_a_school_year() -> None:
    assert all(len(shipped("en", level)) >= 60 for level in LEVELS)
    assert len(RUSSIAN) >= 30
    assert levels("en") == LEVELS and levels("ru") == (0,) and levels("de") == ()
    assert shipped("en", 0) == shipped("de", 1) == ()


@pytest.mark.parametrize(("level", "word"), ENGLISH, ids=IDS)
def test_an_english_word_is_whole(level: int, word: Word) -> None:
    assert word.word and word.meaning and word.example and word.translation and word.part in PARTS
    assert IPA.fullmatch(word.transcription), word.transcription
    assert word.meaning.endswith(".") and word.meaning[0].isupper()
    assert word.example[-1] in ".!?" and word.example[0].isupper()
    assert word.meaning.startswith("To ") == (word.part == "verb")


@pytest.mark.parametrize(("level", "word"), ENGLISH, ids=IDS)
def test_its_example_shows_it_and_its_meaning_does_not_give_it_away(level: int, word: Word) -> None:
    assert forms(word.word).search(word.example), word.example
    assert not forms(word.word).search(word.meaning), word.meaning


@pytest.mark.parametrize(("level", "word"), ENGLISH, ids=IDS)
def test_only_its_translation_is_cyrillic(level: int, word: Word) -> None:
    for field in fields(word):
        value = getattr(word, field.name)
        letters = {letter for letter in value if letter.isalpha()}
        cyrillic = {letter for letter in letters if "а" <= plain(letter) <= "я"}
        assert cyrillic == (letters if field.name == "translation" else set()), value


@pytest.mark.parametrize(("level", "word"), ENGLISH, ids=IDS)
def test_it_is_explained_as_briefly_as_its_level_reads(level: int, word: Word) -> None:
    assert len(word.meaning.split()) <= LONGEST_MEANING[level]


def test_levels_grow_harder() -> None:
    for length in (
        lambda word: len(word.word),
        lambda word: mean(map(len, re.findall(r"\w+", word.meaning))),
        lambda word: mean(map(len, re.findall(r"\w+", word.example))),
    ):
        first, second, third = (mean(map(length, shipped("en", level))) for level in LEVELS)
        assert first < second < third


def test_no_word_and_no_translation_comes_twice() -> None:
    assert [word for word, count in Counter(word.key for _, word in ENGLISH).items() if count > 1] == []
    assert [word for word, count in Counter(word.key for word in RUSSIAN).items() if count > 1] == []
    for level in LEVELS:
        translations = Counter(word.translation for word in shipped("en", level))
        assert translations.most_common(1)[0][1] == 1


@pytest.mark.parametrize("word", RUSSIAN, ids=[word.word for word in RUSSIAN])
def test_a_russian_word_is_whole_and_in_russian(word: Word) -> None:
    assert word.word and word.meaning and word.example and word.origin and not word.translation
    assert word.part in {"существительное", "прилагательное", "глагол"}
    assert forms(word.word).search(word.example), word.example
    assert not forms(word.word).search(word.meaning), word.meaning
    for words in (word.word, word.meaning, word.example):
        assert not re.search("[a-z]", words.casefold())


def test_a_word_is_stored_and_found_again() -> None:
    for word in (*RUSSIAN[:3], Word("x")):
        assert from_json(to_json(word)) == word
