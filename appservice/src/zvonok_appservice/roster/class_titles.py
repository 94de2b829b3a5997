"""What people write for a class, and which cohort it means.

«9А», «9-А», «9 а» and "9A" typed in Latin are one class. Tables carry no id that outlives
the school year, so the cohort is told by the year in which it was in grade 1 and by its
letter: 7А of this year and 8А of the next have the same ClassId.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from zvonok_core.ids import ClassId

LAST_GRADE = 11
FIRST_MONTH = 8
"""A school year begins on 1 August: exports of August already show the new classes."""

# Only letters that look the same: a small Latin b is neither б nor в, and a child in the
# wrong class's room is worse than a row that is asked about.
_LOOK_ALIKES = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")

_ASCII = "a b v g d e zh z i j k l m n o p r s t u f kh ts ch sh shch hh yy h eh yu ya"
_LETTERS = dict(zip("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ", _ASCII.split(), strict=True))

_SHAPE = re.compile(
    r"(?P<grade>\d{1,2})"
    r"(?:[\s\-–—_./]*(?P<letter>[А-ЯA-Z]{1,3}\d?)|[\s\-–—_./]+(?P<number>\d))?",
)


@dataclass(frozen=True, slots=True)
class ClassTitle:
    """A class as it is called this year. `letter` is a capital, or the number in «9-1»; it
    is empty for pupils who are not yet put into a class («7» in August)."""

    grade: int
    letter: str

    def __str__(self) -> str:
        """The one way in which it is shown."""
        between = "-" if self.letter[:1].isdigit() else ""
        return f"{self.grade}{between}{self.letter}"


def class_title(written: str) -> ClassTitle | None:
    """Read a title in any of the ways people write it; None where it is no class of
    grades 1 to 11."""
    plain = unicodedata.normalize("NFKC", written).translate(_LOOK_ALIKES)
    plain = re.sub(r"[\"'`«»“”„]|\b(?:класс|кл\b\.?)", " ", plain, flags=re.IGNORECASE)
    if any("a" <= letter <= "z" for letter in plain):
        return None
    match = _SHAPE.fullmatch(plain.strip().upper().replace("Ё", "Е"))
    if match is None or not 1 <= int(match["grade"]) <= LAST_GRADE:
        return None
    return ClassTitle(int(match["grade"]), match["letter"] or match["number"] or "")


def school_year(day: date) -> int:
    """The calendar year in which the school year of `day` began."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def cohort(title: ClassTitle, day: date) -> ClassId:
    """The class that has this title in the school year of `day`, over all its years."""
    entered = school_year(day) - title.grade + 1
    # Several letters are kept apart, so that «ТС» is not taken for «Ц».
    letter = ".".join(
        _LETTERS.get(each, each if each.isdigit() else f"_{each.lower()}") for each in title.letter
    )
    return ClassId(f"{entered}-{letter}")
