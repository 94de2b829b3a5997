"""Whom letters are for: the school, a class, a role, or one person, in the order of handing out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from zvonok_appservice.introductions import in_order
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.today import Today
from zvonok_core.errors import UserError
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.roles import Role
from zvonok_core.text import text

Kind = Literal["students", "guardians", "staff"]


@dataclass(frozen=True, slots=True)
class Group:
    """What one class head hands out; `class_` is None for staff and for students without
    a class. Each person is in one group only, a guardian in that of the first child."""

    class_: ClassId | None
    cards: tuple[PersonId, ...]
    """Students and staff: cards to cut."""
    sheets: tuple[PersonId, ...]
    """Guardians who are not staff: sheets to fold and seal, with an issue list."""


def select(picture: Picture, *, class_: ClassId | None = None, kind: Kind | None = None) -> list[PersonId]:
    """Everybody of a class (its students and their guardians) or, without one, of the
    school, who has no account yet; only of one kind where `kind` is given. Whoever is
    locked, gone or due nowhere is left out, and so is whoever is linked: a letter for them
    is a new password, which is asked for by name. Raises UserError where there is no such
    class."""
    today = picture.today
    if class_ is not None and class_ not in today.snapshot.classes:
        raise UserError(text("There is no such class."))
    found: dict[PersonId, None] = {}
    for person in today.snapshot.people:
        account = picture.given.accounts.get(person)
        if account is None or account.linked or account.operator_locked:
            continue
        if not today.is_due(person) or today.is_absent(person) or not today.counts(person):
            continue
        if _kinds(today, person, class_) & ({kind} if kind else {"students", "guardians", "staff"}):
            found[person] = None
    return list(found)


def group(today: Today, people: Iterable[PersonId], class_: ClassId | None = None) -> list[Group]:
    """`people` by class, in the journal's order; staff and students without a class come
    last. Guardians go with `class_` where they have a child in it, else with the class of
    their first child."""
    cards: dict[ClassId | None, list[PersonId]] = {}
    sheets: dict[ClassId | None, list[PersonId]] = {}
    for person in in_order(today, people):
        if today.is_staff(person):
            cards.setdefault(None, []).append(person)
        elif today.has_role(person, Role.STUDENT):
            own = today.class_of.get(person)
            cards.setdefault(own.class_ if own else None, []).append(person)
        else:
            listed = classes_of_children(today, person)
            place = class_ if class_ in listed else next(iter(listed), None)
            sheets.setdefault(place, []).append(person)
    order = sorted(today.snapshot.classes, key=lambda c: today.snapshot.classes[c].order)
    places: list[ClassId | None] = [*order, None]
    return [
        Group(place, tuple(cards.get(place, ())), tuple(sheets.get(place, ())))
        for place in places
        if place in cards or place in sheets
    ]


def classes_of_children(today: Today, guardian: PersonId) -> list[ClassId]:
    """The classes of the children whom a guardian counts for, in the journal's order."""
    children = (row.child for row in today.children_of.get(guardian, ()))
    found = {today.class_of[child].class_ for child in children if child in today.class_of}
    return sorted(found, key=lambda class_: today.snapshot.classes[class_].order)


def _kinds(today: Today, person: PersonId, class_: ClassId | None) -> set[Kind]:
    kinds: set[Kind] = set()
    own = today.class_of.get(person)
    if today.has_role(person, Role.STUDENT) and (class_ is None or (own and own.class_ == class_)):
        kinds.add("students")
    listed = classes_of_children(today, person)
    if person in today.children_of and (class_ is None or class_ in listed):
        kinds.add("guardians")
    if class_ is None and today.is_staff(person):
        kinds.add("staff")
    return kinds
