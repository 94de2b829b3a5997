"""Whom somebody means: a family name, initials, a pet name, in whichever case they wrote it.

Names are compared without case and with ё as е. What fits exactly goes before what fits
only once endings are taken off («Петрову»), and whoever is left over is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zvonok_core.ids import UserId
from zvonok_core.pet_names import PET_NAMES

LONGEST_NAME = 4
"""Words of one person's name."""
_USER = re.compile(r"@[^\s:@]+:[^\s,;]*[^\s,;:.!?)]")
_ENDINGS = re.findall(
    r"\w+",
    "ами ями ому ему ого его ыми ими ой ей ою ею ую юю ая яя ий ый ым им ом ем ах ях у ю а я ы и е о ь й",
)
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `name` is what people see: «Петрова Мария Ивановна, учитель»."""

    user: UserId
    name: str

    @property
    def short(self) -> str:
        """The name without what they are: «Петрова Мария Ивановна»."""
        return self.name.partition(",")[0].strip()


def plain(word: str) -> str:
    """A word as it is compared: «Пётр» and «петр» are one."""
    return word.casefold().replace("ё", "е")


def read_person(text: str, people: Sequence[Person]) -> tuple[tuple[Person, ...], str, str]:
    """Whom `text` begins with: those who fit, the words that name them, and what follows.

    The longest beginning that fits anybody counts. Where nobody fits, the first word is
    taken for the name.
    """
    if user := _USER.match(text):
        fits = tuple(person for person in people if person.user == user[0])
        return fits, user[0], text[user.end() :].lstrip(" ,:;")
    words = list(re.finditer(r"\S+", text))[:LONGEST_NAME]
    for count in range(len(words), 0, -1):
        named = text[: words[count - 1].end()].rstrip(",;:")
        if fits := find(people, named):
            return fits, named, text[words[count - 1].end() :].lstrip(" ,:;")
    first = words[0].end() if words else 0
    return (), text[:first].rstrip(",;:"), text[first:].lstrip()


def find(people: Iterable[Person], named: str) -> tuple[Person, ...]:
    """Who may be meant by `named`: «Петров», «Петров И. С.», «Маша Петрова», «Петрову»."""
    asked = re.findall(r"[^\s.,]+\.?", named)
    if not any(len(word.rstrip(".")) > 1 for word in asked):
        return ()
    listed = list(people)
    for endings in (False, True):
        fits = tuple(person for person in listed if _fits(asked, _words(person), endings))
        if fits:
            return fits
    return ()


def _words(person: Person) -> list[str]:
    return re.findall(r"[^\s,()]+", person.short)


def _fits(asked: list[str], words: list[str], endings: bool) -> bool:
    """Whether each word that was asked for is another word of the name."""
    left = list(words)
    for word in asked:
        found = next((one for one in left if _same(word, one, endings)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _same(asked: str, word: str, endings: bool) -> bool:
    short = asked.rstrip(".")
    if len(short) == 1:  # an initial; a small letter alone is a word such as «и»
        return (asked.endswith(".") or short.isupper()) and plain(word).startswith(plain(short))
    if "-" in word:  # «Салтыков-Щедрин» is both, and either
        asked_parts, parts = short.split("-"), word.split("-")
        if len(asked_parts) == len(parts):
            return all(_same(one, part, endings) for one, part in zip(asked_parts, parts, strict=True))
        return len(asked_parts) == 1 and any(_same(short, part, endings) for part in parts)
    a, b = plain(short), plain(word)
    forms = {b, *PET_NAMES.get(b, ())}
    if a in forms:
        return True
    return endings and any(_stems(a) & _stems(form) for form in forms)


def _stems(word: str) -> set[str]:
    cut = {word.removesuffix(ending) for ending in _ENDINGS}
    return {stem for stem in {word, *cut} if len(stem) >= _SHORTEST_STEM}
