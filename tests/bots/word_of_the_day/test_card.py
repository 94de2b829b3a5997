"""The card is drawn for whatever a word may be, or is left out where it can't be read."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from zvonok_word_of_the_day.card import Card, picture, shown
from zvonok_word_of_the_day.words import LEVELS, Word, shipped

LONG = Word("W" * 60, "очень длинное определение " * 11, "пример " * 42, "", "a" * 60, "имя", "слово " * 50)


def drawn(word: Word, language: str = "en", thanks: str = "") -> Image.Image | None:
    png = picture(Card(word, language, "ru", "Слово дня", "24 ноября", thanks))
    return Image.open(io.BytesIO(png)) if png else None


@pytest.mark.parametrize("level", [*LEVELS, 0])
def test_every_shipped_word_can_be_drawn(level: int) -> None:
    language = "en" if level else "ru"
    for word in shipped(language, level)[::6]:
        image = drawn(word, language)
        assert image and image.width == 1020 and 400 < image.height < 1300, word.word


@pytest.mark.parametrize(
    ("word", "language"),
    [
        (LONG, "en"),
        (Word("apple"), "en"),
        (Word("за́мок", "крепость"), "ru"),
        (Word("Rechtsschutzversicherungsgesellschaft", "eine Firma"), "de"),
        (Word("сөйләшү", "Бер-берең белән сүз алышу."), "tt"),
        (Word("ҙур", "бик ҙур"), "ba"),
        (Word("χάος"), "und"),
        (Word("#[]$*_`\\\"'<@>", "= #panic() \\ //"), "en"),
    ],
)
def test_long_strange_and_hostile_words_can_be_drawn(word: Word, language: str) -> None:
    image = drawn(word, language, thanks="Спасибо за слово, Константинопольская Александра Вячеславовна!")
    assert image and image.width == 1020 and image.height < 3500


@pytest.mark.parametrize("word", ["苹果", "كتاب", "ספר", "წიგნი", "apple 苹果"])
def test_a_script_without_a_font_has_no_picture(word: str) -> None:
    assert picture(Card(Word(word), "und", "ru", "Слово дня", "24 ноября")) is None
    assert picture(Card(Word("apple", meaning=word), "und", "ru", "Слово дня", "24 ноября")) is None


def test_what_is_written_reaches_the_picture() -> None:
    """Without what is drawn for a field the picture is another one."""
    whole = Word("cat", "an animal", "My cat.", "кошка", "kæt", "noun", "Latin")
    pictures = {picture(Card(whole, "en", "ru", "Слово дня", "24 ноября"))}
    for field in ("word", "meaning", "example", "transcription", "part", "origin"):
        values = {name: getattr(whole, name) for name in Word.__slots__} | {field: "x"}
        pictures.add(picture(Card(Word(**values), "en", "ru", "Слово дня", "24 ноября")))
    assert len(pictures) == 7
    hidden = Word("cat", "an animal", "My cat.", "другое", "kæt", "noun", "Latin")
    assert picture(Card(hidden, "en", "ru", "Слово дня", "24 ноября")) in pictures, "what is to be found out"


def test_accents_stay_and_emoji_go() -> None:
    assert shown("за́мок 🏰") == "за́мок"
    assert shown("bɔ̃ʒuʁ") == "bɔ̃ʒuʁ"
    assert shown("a" + "\u0301" * 50) == "á\u0301" + "\u0301"
    assert shown("a\u202eb\u200d\ufe0f") == "ab"
