"""What single cells of a table mean: codes, days, yes and no, positions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from zvonok_appservice.roster.class_titles import ClassTitle, class_title
from zvonok_appservice.roster.cleaning import UnfitError, identifier, iso_day, slug, title
from zvonok_core.ids import AssociationId, PersonId, SubgroupId
from zvonok_core.roles import Position, Role
from zvonok_core.text import text

_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХаеорсух", "ABEKMHOPCTYXaeopcyx")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YES = frozenset({"да", "yes", "true", "1", "+", "y", "д", "x", "х", "v"})
_NO = frozenset({"", "нет", "no", "false", "0", "-", "n", "н"})


def person_code(raw: str) -> PersonId:
    """A person's code, Cyrillic look-alikes taken for Latin. Raises UnfitError."""
    return PersonId(identifier(unicodedata.normalize("NFKC", raw).translate(_LOOK_ALIKES)))


def person_of_phone(full_name: str, phone: str) -> PersonId:
    """An id for somebody who has no code, the same as long as name and telephone are.

    +7, 8 and no prefix are one number. Raises UnfitError where it is no telephone.
    """
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 6:
        raise UnfitError(text("is not a telephone number"))
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    digest = hashlib.sha256(f"{slug(full_name)}\0{digits}".encode()).hexdigest()
    return PersonId(f"phone-{digest[:16]}")


def subgroup_code(raw: str) -> SubgroupId:
    """A subgroup's code; case and spaces don't matter. Raises UnfitError."""
    return SubgroupId(slug(title(raw)))


def association_id(name: str) -> AssociationId:
    """An association is known by its title."""
    return AssociationId(slug(name))


@lru_cache(maxsize=4096)
def day(raw: str) -> date | None:
    """01.09.2026 or 2026-09-01; None where nothing is written. Raises UnfitError."""
    match = _DAY.fullmatch(raw)
    if match is None:
        return iso_day(raw)
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        raise UnfitError(text("there is no such day")) from None


def yes(raw: str) -> bool:
    """«да» or nothing. Raises UnfitError where it is neither yes nor no."""
    word = slug(raw)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnfitError(text("is neither yes nor no"))


@lru_cache(maxsize=4096)
def class_written(raw: str) -> ClassTitle | None:
    """The class; None where there is none, or only a grade. Raises UnfitError."""
    if not raw:
        return None
    found = class_title(raw)
    if found is None:
        raise UnfitError(text("is not a class of grades 1 to 11, such as 7А"))
    return found if found.letter else None


def classes_written(raw: str) -> tuple[ClassTitle, ...]:
    """The classes of «7А, 7Б» or «7А+7Б». Raises UnfitError where one of them is none."""
    found: dict[ClassTitle, None] = {}
    for part in re.split(r"[,;+\n]", raw):
        if part.strip():
            class_ = class_written(part.strip())
            if class_ is None:
                raise UnfitError(text("is not a class of grades 1 to 11, such as 7А"))
            found[class_] = None
    return tuple(found)


# ---------------------------------------------------------------- positions

_HEAD = re.compile(
    r"(?:и\. ?о\. ?|врио )?директор[а]?"
    r"(?: (?:школы|гимназии|лицея|интерната|оо|оу|образовательной организации))?"
)
_DEPUTY = re.compile(r"зам(?:\.|еститель)? ?директора\b(.*)")
_STUDIES = re.compile(r"\bур\b|\bувр\b|учебн")
_UPBRINGING = re.compile(r"\bвр\b|воспитат")
_OTHERS = (
    (re.compile("психолог"), Position.PSYCHOLOGIST),
    (re.compile(r"соц(?:иальный |\. ?)?педагог"), Position.SOCIAL_PEDAGOGUE),
    (re.compile("медсестра|медицинская сестра|медбрат|фельдшер|врач"), Position.NURSE),
    (re.compile("библиотекарь"), Position.LIBRARIAN),
    (re.compile("секретарь|делопроизводитель"), Position.SECRETARY),
)
_ROLES = {
    Position.HEAD: Role.PRINCIPAL,
    Position.PSYCHOLOGIST: Role.COUNSELOR,
    Position.SOCIAL_PEDAGOGUE: Role.COUNSELOR,
}


@dataclass(frozen=True, slots=True)
class Duties:
    """What a cell of positions comes to. `unknown` are the words that no rule knows."""

    roles: tuple[Role, ...]
    positions: tuple[Position, ...]
    unknown: tuple[str, ...]


@lru_cache(maxsize=4096)
def duties(raw: str) -> Duties:
    """Read «заместитель директора по УВР, учитель математики».

    A teacher is whose position begins with «учитель» or «преподаватель». Whatever is not
    known gives the position `other`: never more than the cell says. Raises UnfitError.
    """
    roles: dict[Role, None] = {}
    positions: dict[Position, None] = {}
    unknown: list[str] = []
    for part in re.split(r"[,;/\n]", raw):
        word = title(part)
        plain = slug(word)
        if not plain:
            continue
        if plain.startswith(("учитель", "преподаватель")):
            roles[Role.TEACHER] = None
            continue
        position = _position(plain)
        positions[position] = None
        if position is Position.OTHER:
            unknown.append(word)
        if position in _ROLES:
            roles[_ROLES[position]] = None
    if not roles:
        roles[Role.AIDE] = None
    return Duties(tuple(roles), tuple(positions), tuple(unknown))


def _position(plain: str) -> Position:
    if _HEAD.fullmatch(plain):
        return Position.HEAD
    if deputy := _DEPUTY.fullmatch(plain):
        # «Учебно-воспитательная» is about studies, so this is asked first.
        if _STUDIES.search(deputy[1]):
            return Position.DEPUTY_STUDIES
        return Position.DEPUTY_UPBRINGING if _UPBRINGING.search(deputy[1]) else Position.DEPUTY
    for pattern, position in _OTHERS:
        if pattern.search(plain):
            return position
    return Position.OTHER
