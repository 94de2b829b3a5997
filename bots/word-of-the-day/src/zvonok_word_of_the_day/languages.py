"""Which languages people name, and what they are called. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zvonok_core.people import plain
from zvonok_core.text import Text, text

NAMES: Mapping[str, Text] = {
    "en": text("English"),
    "ru": text("Russian"),
    "de": text("German"),
    "fr": text("French"),
    "es": text("Spanish"),
    "it": text("Italian"),
    "zh": text("Chinese"),
    "tt": text("Tatar"),
    "ba": text("Bashkir"),
    "cv": text("Chuvash"),
    "und": text("another language"),
}
"""What schools here teach, by their codes; the last is for whatever else there is."""
_SAID = {
    "en": r"англ\w*|english",
    "ru": r"русск\w*|russian",
    "de": r"немецк\w*|german|deutsch",
    "fr": r"француз\w*|french",
    "es": r"испанск\w*|spanish",
    "it": r"итальянск\w*|italian",
    "zh": r"китайск\w*|chinese",
    "tt": r"татарск\w*|tatar",
    "ba": r"башкирск\w*|bashkir",
    "cv": r"чувашск\w*|chuvash",
    "und": r"друг(?:ой|ого|ом)|ин(?:ой|ого)|(?:an)?other",
}
LANGUAGE = re.compile(
    r"\b(?:"
    + "|".join(rf"(?P<{code}>{words})" for code, words in _SAID.items())
    + r")\b(?:\s+(?:язык\w*|language))?"
)
"""A language in words that are `plain`; the group that is there is its code."""


def language_of(words: str) -> str | None:
    """The one language that is named in words, such as a room's name."""
    found = {match.lastgroup for match in LANGUAGE.finditer(plain(words))}
    return found.pop() if len(found) == 1 else None
