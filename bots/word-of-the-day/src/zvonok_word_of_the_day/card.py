"""The card that a class sees: a picture, and all of it in words for those who can't see it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

from zvonok_botkit.pictures import draw
from zvonok_word_of_the_day.words import Word

PIXELS_PER_INCH = 216
"""1,020 pixels wide: sharp on a phone."""
LONGEST_WORD, LONGEST_PART = 40, 12
"""Letters: no language's own words are longer, and whatever is breaks after so many."""
_SCRIPTS = ("LATIN ", "CYRILLIC ", "GREEK ", "MODIFIER ", "COMBINING ")
_UNDRAWN = ("So", "Cs", "Co", "Cn", "Cf", "Cc")


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card. `language` is the word's, `spoken` that of the room, in which
    `title`, `day` and `thanks` are."""

    word: Word
    language: str
    spoken: str
    title: str
    day: str
    thanks: str = ""


def picture(card: Card) -> bytes | None:
    """A PNG; None where the fonts lack the word's script, such as Chinese."""
    word = card.word
    beside = ", ".join(
        part for part in (f"[{word.transcription}]" if word.transcription else "", word.part) if part
    )
    words = {
        "word": word.word,
        "beside": beside,
        "meaning": word.meaning,
        "example": word.example,
        "origin": word.origin,
        "title": card.title,
        "day": card.day,
        "thanks": card.thanks,
    }
    data = {name: shown(value) for name, value in words.items()}
    if not all(map(_has_fonts, data.values())):
        return None
    return draw(_template(), {**data, "language": card.language, "spoken": card.spoken}, ppi=PIXELS_PER_INCH)


def shown(words: str) -> str:
    """Words without emoji. Accents stay, since stress and nasal vowels are told by them, but
    no more than two on a letter."""
    kept, accents = "", 0
    for letter in unicodedata.normalize("NFC", words):
        category = unicodedata.category(letter)
        accents = accents + 1 if category == "Mn" else 0
        if category not in _UNDRAWN and accents <= 2 and not "\ufe00" <= letter <= "\ufe0f":
            kept += letter
    return re.sub(rf"\w{{{LONGEST_WORD + 1},}}", _broken, " ".join(kept.split()))


def _broken(word: re.Match[str]) -> str:
    return re.sub(rf"(\w{{{LONGEST_PART}}})", "\\1\u200b", word[0])


def _has_fonts(words: str) -> bool:
    return all(
        unicodedata.name(letter, "").startswith(_SCRIPTS)
        for letter in words
        if letter.isalpha() or unicodedata.category(letter) == "Mn"
    )


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("card.typ").read_bytes()
