"""Units as students write them, and how they turn into each other. Pure."""

from __future__ import annotations

import re
from fractions import Fraction

_SIZES: dict[str, dict[str, str]] = {
    "length": {"мм": "1/1000", "см": "1/100", "дм": "1/10", "м": "1", "км": "1000"},
    "area": {
        "мм2": "1/1000000", "см2": "1/10000", "дм2": "1/100", "м2": "1", "а": "100", "га": "10000",
        "км2": "1000000",
    },
    "volume": {"мм3": "1/1000000", "см3": "1/1000", "мл": "1/1000", "дм3": "1", "л": "1", "м3": "1000"},
    "mass": {"мг": "1/1000", "г": "1", "кг": "1000", "ц": "100000", "т": "1000000"},
    "time": {"с": "1", "мин": "60", "ч": "3600", "сут": "86400"},
    "speed": {"м/с": "1", "км/ч": "5/18", "м/мин": "1/60", "км/мин": "50/3"},
    "money": {"руб": "1", "коп": "1/100"},
    "angle": {"°": "1"},
    "share": {"%": "1"},
}  # fmt: skip
_ALIASES = {
    "mm": "мм", "cm": "см", "dm": "дм", "m": "м", "km": "км", "kg": "кг", "g": "г", "t": "т", "l": "л",
    "ml": "мл", "s": "с", "min": "мин", "h": "ч", "m/s": "м/с", "km/h": "км/ч", "mm2": "мм2", "cm2": "см2",
    "dm2": "дм2", "m2": "м2", "km2": "км2", "cm3": "см3", "dm3": "дм3", "m3": "м3", "сек": "с", "р": "руб",
    "₽": "руб", "rub": "руб", "тонн": "т", "тонна": "т", "тонны": "т", "ар": "а", "сотка": "а", "соток": "а",
}  # fmt: skip
_STEMS = (
    ("миллиметр", "мм"), ("сантиметр", "см"), ("дециметр", "дм"), ("километр", "км"), ("метр", "м"),
    ("миллиграмм", "мг"), ("килограмм", "кг"), ("грамм", "г"), ("центнер", "ц"), ("миллилитр", "мл"),
    ("литр", "л"), ("гектар", "га"), ("секунд", "с"), ("минут", "мин"), ("час", "ч"), ("сут", "сут"),
    ("рубл", "руб"), ("копе", "коп"), ("градус", "°"), ("процент", "%"),
)  # fmt: skip
_FACTORS = {unit: (kind, Fraction(size)) for kind, sizes in _SIZES.items() for unit, size in sizes.items()}
_LATIN = str.maketrans("acekmopxy", "асекморху")
_SQUARE = re.compile(r"\b(?:квадратн\w*|кв)\b[.\s]*(\w+)|(\w+)\s*кв\b")
_CUBE = re.compile(r"\b(?:кубическ\w*|куб)\b[.\s]*(\w+)|(\w+)\s*куб\b")


def canonical(unit: str) -> str:
    """One spelling for each unit: «сантиметров», «cm» and «см.» are «см»."""
    words = " ".join(unit.casefold().replace("²", "2").replace("³", "3").replace("^", "").split()).strip(" .")
    for pattern, power in ((_SQUARE, "2"), (_CUBE, "3")):
        if found := pattern.search(words):
            return canonical(found[1] or found[2]) + power
    parts = [_one(part.strip(" .")) for part in re.split(r"\s*/\s*|\s+в\s+", words)]
    return "/".join(parts)


def converted(value: Fraction, given: str, wanted: str) -> Fraction | None:
    """A value in another unit; None where neither is made of the other."""
    given, wanted = canonical(given), canonical(wanted)
    if given == wanted:
        return value
    if given not in _FACTORS or wanted not in _FACTORS:
        return None
    (kind, size), (other, unit) = _FACTORS[given], _FACTORS[wanted]
    return value * size / unit if kind == other else None


def _one(word: str) -> str:
    if word in _ALIASES:
        return _ALIASES[word]
    word = word.translate(_LATIN)
    if word in _FACTORS:
        return word
    return next((unit for stem, unit in _STEMS if word.startswith(stem)), _ALIASES.get(word, word))
