"""What people type on a phone → numbers, sequences, pairs and words. Pure.

Nothing here knows what is right. Each function returns None where what was typed is no such
thing at all.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

LONGEST = 2_000
"""Letters of a short answer; more is none."""
_MINUS = str.maketrans(dict.fromkeys("−–—‒‐‑﹣－⁻", "-"))
_PREFIX = re.compile(r"^(?:(?:мой )?ответ|answer)\b\s*[:=]?\s*(?=\S)|^[a-zа-я]\s*=\s*(?=\S)", re.IGNORECASE)
_LABEL = re.compile(r"^(?:(?:мой )?ответ|answer)\s*[:=-]\s*(?=\S)", re.IGNORECASE)
_VULGAR = re.compile("[¼½¾⅐-⅞]")
_GROUPED = r"\d{1,3}(?:[ ]\d{3})+(?!\d)"
_NUMBER = re.compile(
    rf"""(?P<sign>[+-]?)\s*
    (?: (?:(?P<whole>\d+)\s+)? (?P<over>\d+)\s*/\s*(?P<under>\d+)
      | (?P<decimal>(?:{_GROUPED}|\d+)(?:[.,]\d+)?|[.,]\d+) )
    (?P<rest>.*)""",
    re.VERBOSE | re.DOTALL,
)
_FILLERS = re.compile(
    r"(?:вариант\w*|ответ\w*|номер\w*|верн\w+|правильн\w+|и|and|answers?|option\w*|#|[\s,;:.)(+&/>→-])+",
    re.IGNORECASE,
)
_KEYCAP = re.compile("\ufe0f?\u20e3")
_QUOTES = " \t\n\"'«»“”„‘’.,;:!?()"
_LOOKS_CYRILLIC = str.maketrans("ABCEHKMOPTXYacekopxy", "АВСЕНКМОРТХУасекорху")
_LOOKS_LATIN = str.maketrans("АВСЕНКМОРТХУасекорху", "ABCEHKMOPTXYacekopxy")
_KEYS_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_KEYS_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_CYRILLIC = str.maketrans(_KEYS_LATIN, _KEYS_CYRILLIC)
_TO_LATIN = str.maketrans(_KEYS_CYRILLIC, _KEYS_LATIN)
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def number(words: str) -> tuple[Fraction, str] | None:
    """A number and what follows it: «x = −2 1/2 см» is (−5/2, «см»)."""
    words = _VULGAR.sub(lambda found: f" {unicodedata.normalize('NFKC', found[0])} ", words[:LONGEST])
    words = unicodedata.normalize("NFKC", words).replace("\u2044", "/").translate(_MINUS)
    words = _PREFIX.sub("", " ".join(words.split())).strip()
    found = _NUMBER.fullmatch(words)
    if found is None:
        return None
    if found["over"] is None:
        value = Fraction(found["decimal"].replace(" ", "").replace(",", "."))
    elif int(found["under"]) == 0:
        return None
    else:
        value = Fraction(int(found["whole"] or 0)) + Fraction(int(found["over"]), int(found["under"]))
    return -value if found["sign"] == "-" else value, found["rest"].strip(" .!?")


def places(words: str, count: int) -> tuple[int, ...] | None:
    """Numbers of options, from 1 on, as they stand: «135», «1,3,5», «1 и 3». Those above
    `count` are let through, to be asked about."""
    words = words[:LONGEST].replace("№", " ")
    words = _KEYCAP.sub(" ", unicodedata.normalize("NFKC", words).translate(_MINUS))
    if _FILLERS.sub("", re.sub(r"\d+", " ", words)) or not re.search(r"\d", words):
        return None
    found: list[int] = []
    for run in re.findall(r"\d+", words):
        whole = count >= 10 and len(run) == 2 and int(run) <= count
        found += [int(run)] if whole else [int(digit) for digit in run]
    return tuple(found)


def digits(words: str) -> str | None:
    """A sequence of digits: «1 3 5», «1,3,5» and «135» are «135»."""
    found = places(words, 9)
    return None if found is None else "".join(str(digit) for digit in found)


def pairs(words: str) -> tuple[tuple[str, int], ...] | None:
    """Letters with their numbers: «А3Б1», «а-3, б-1» and «3А 1Б». None where there are others
    between them."""
    words = unicodedata.normalize("NFKC", words[:LONGEST]).translate(_MINUS).upper()
    between = r"[\s\-=:.)>→]*"
    letter, figure = "([A-ZА-ЯЁ])", r"(\d{1,2})"
    for pattern, first in ((f"{letter}{between}{figure}", 1), (f"{figure}{between}{letter}", 2)):
        found = list(re.finditer(pattern, words))
        if found and not re.sub(r"[\s,;.()\-]+|\bИ\b", "", re.sub(pattern, " ", words)):
            return tuple((one[first], int(one[3 - first])) for one in found)
    return None


def lettered(letters: str, given: tuple[str, ...]) -> tuple[str, ...] | None:
    """Which of `letters` somebody means who has typed others that look the same (A for А, B
    for В) or that stand at the same place of their alphabet (A, B, C for А, Б, В)."""
    latin, cyrillic = "ABCDEFGHIJ", "АБВГДЕЖЗИК"
    same_place = {**dict(zip(latin, letters, strict=False)), **dict(zip(cyrillic, letters, strict=False))}
    look = _LOOKS_CYRILLIC if _CYRILLIC.search(letters) else _LOOKS_LATIN
    ways = (
        given,
        tuple(one.translate(look) for one in given),
        tuple(same_place.get(one, one) for one in given),
    )
    return next((way for way in ways if set(way) <= set(letters)), None)


def spellings(words: str, like: str) -> frozenset[str]:
    """How `words` may be meant, made comparable: without case, with ё as е, one kind of blank,
    hyphen and apostrophe, letters of the script of `like`, and the keyboard put right."""
    words, like = _tidied(words), _tidied(like)
    russian = _CYRILLIC.search(like) is not None
    found = {words.translate(_LOOKS_CYRILLIC if russian else _LOOKS_LATIN).casefold()}
    typed = words.casefold()
    if russian and not _CYRILLIC.search(words):
        found.add(typed.translate(_TO_CYRILLIC).replace("ё", "е"))
    if not russian:
        found.add(typed.translate(_TO_LATIN))
        # Answers in English are written without gaps on the exams' forms.
        found |= {one.replace(" ", "") for one in found}
    return frozenset(found)


def gives_up(words: str) -> bool:
    """Whether somebody says that they don't know."""
    said = _tidied(words).casefold()
    return said in {"не знаю", "незнаю", "хз", "пас", "сдаюсь", "пропустить", "пропуск", "дальше", "skip", "pass",
                    "i don't know", "dont know", "don't know", "next"}  # fmt: skip


def _tidied(words: str) -> str:
    words = unicodedata.normalize("NFC", words[:LONGEST]).translate(_MINUS)
    words = re.sub("[’ʼ`´‘]", "'", words).replace("ё", "е").replace("Ё", "Е")
    words = " ".join(words.split())
    return _LABEL.sub("", words).strip(_QUOTES)
