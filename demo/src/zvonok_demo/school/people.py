"""Names for people who don't exist: as common as in a real school, and right in gender.

Family names come from mimesis. Given names are a list of our own, because every one
needs its patronymics, and a class full of Варсонофий would look like a joke.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from mimesis import Gender, Locale
from mimesis import Person as MimesisPerson

T = TypeVar("T")

FAMILY_NAMES = 600
"""How many family names a school draws from: enough for few namesakes, quick to make."""


class Name(NamedTuple):
    """A full name, family name first."""

    family: str
    given: str
    patronymic: str


@dataclass(frozen=True, slots=True)
class Father:
    """A man's given name, and the patronymics of his son and of his daughter."""

    given: str
    son: str
    daughter: str


def _words(words: str) -> list[str]:
    return words.split()


def _father(given: str, son: str) -> Father:
    return Father(given, son, "Ильинична" if given == "Илья" else son.removesuffix("ич") + "на")


FATHERS = tuple(
    _father(*pair.split("/"))
    for pair in _words(
        "Александр/Александрович Алексей/Алексеевич Андрей/Андреевич Антон/Антонович "
        "Борис/Борисович Вадим/Вадимович Валерий/Валерьевич Виктор/Викторович "
        "Владимир/Владимирович Вячеслав/Вячеславович Геннадий/Геннадьевич Георгий/Георгиевич "
        "Григорий/Григорьевич Денис/Денисович Дмитрий/Дмитриевич Евгений/Евгеньевич "
        "Иван/Иванович Игорь/Игоревич Илья/Ильич Кирилл/Кириллович Константин/Константинович "
        "Максим/Максимович Михаил/Михайлович Николай/Николаевич Олег/Олегович Павел/Павлович "
        "Пётр/Петрович Роман/Романович Сергей/Сергеевич Станислав/Станиславович "
        "Тимур/Тимурович Фёдор/Фёдорович Юрий/Юрьевич Ярослав/Ярославович"
    )
)
MOTHERS = _words(
    "Алёна Алла Анастасия Анна Валентина Вера Виктория Галина Дарья Евгения Екатерина Елена "
    "Ирина Ксения Лариса Лидия Любовь Людмила Марина Мария Надежда Наталья Оксана Ольга "
    "Светлана София Тамара Татьяна Юлия Яна"
)
BOYS = _words(
    "Александр Алексей Андрей Арсений Артём Богдан Вадим Владимир Глеб Даниил Денис Дмитрий "
    "Егор Иван Илья Кирилл Константин Лев Максим Марк Матвей Михаил Никита Николай Павел Пётр "
    "Роман Семён Сергей Степан Тимофей Тимур Фёдор Юрий Ярослав"
)
GIRLS = _words(
    "Агата Алина Алиса Алёна Анастасия Анна Варвара Василиса Вера Вероника Виктория Дарья Диана "
    "Ева Екатерина Елизавета Есения Зоя Кира Ксения Маргарита Мария Милана Мирослава Надежда "
    "Полина Софья Таисия Ульяна Юлия Яна"
)


def feminine(family: str) -> str:
    """The family name of his wife or daughter: Иванов, Иванова; Лужский, Лужская."""
    if family.endswith("ский"):
        return family.removesuffix("ий") + "ая"
    return family + "а"


def masculine(family: str) -> str:
    """The form that `feminine` was made of."""
    if family.endswith("ская"):
        return family.removesuffix("ая") + "ий"
    return family.removesuffix("а")


class Names:
    """An endless, repeatable source of names. The same seed gives the same people."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        source = MimesisPerson(Locale.RU, seed=seed)
        found: dict[str, None] = {}
        while len(found) < FAMILY_NAMES:
            family = source.last_name(gender=Gender.MALE)
            if family.endswith(("ов", "ев", "ёв", "ин", "ын", "ский")):
                found[family] = None
        self._families = list(found)
        self.random.shuffle(self._families)
        self._next = 0

    def family(self) -> str:
        """A family name in its masculine form; all come once before any comes again."""
        self._next += 1
        return self._families[self._next % len(self._families)]

    def man(self, family: str | None = None) -> Name:
        """A grown man; `family` is in the masculine form."""
        return Name(family or self.family(), self._any(FATHERS).given, self._any(FATHERS).son)

    def woman(self, family: str | None = None) -> Name:
        """A grown woman; `family` is in the masculine form."""
        return Name(feminine(family or self.family()), self._any(MOTHERS), self._any(FATHERS).daughter)

    def child(self, family: str, father: Father) -> Name:
        """A son or a daughter of `father`; `family` is in the masculine form."""
        if self.random.random() < 0.5:
            return Name(family, self._any(BOYS), father.son)
        return Name(feminine(family), self._any(GIRLS), father.daughter)

    def father(self) -> Father:
        """A given name for a father."""
        return self._any(FATHERS)

    def _any(self, choices: Sequence[T]) -> T:
        return choices[int(self.random.random() * len(choices))]
