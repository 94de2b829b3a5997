"""User names: made from the family name, so that nobody can choose to be `@direktor`.

Transliteration follows the passport rules (ICAO Doc 9303, as in the Russian order no. 889
of 2016), which people know from their own documents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from zvonok_appservice.roster.snapshot import Person

_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia".split(),  # noqa: SIM905
        strict=True,
    )
) | {"ь": ""}


def transliterate(name: str) -> str:
    """`name` in lower-case Latin letters, digits and hyphens; whatever else is dropped."""
    composed = unicodedata.normalize("NFC", name).lower()
    latin = "".join(_LATIN.get(letter, letter) for letter in composed)
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-")


def user_name(person: Person, taken: Container[str], prefix: str = "") -> str:
    """A free user name: `ivanova.mp`, then `ivanova.mp2`. Always has a dot, so that it
    can't be mistaken for an office (`direktor`) or a service (`zvonok`), and begins with a
    letter where `prefix` is empty."""
    family = transliterate(person.family)[:40].lstrip("0123456789-").rstrip("-") or "user"
    initials = "".join(transliterate(name)[:1] for name in (person.given, person.patronymic)) or "x"
    base = f"{prefix}{family}.{initials}"
    number = 1
    while (name := base if number == 1 else f"{base}{number}") in taken:
        number += 1
    return name
