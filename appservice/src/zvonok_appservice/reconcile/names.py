"""Official names: what people see beside a message, and what rooms are called."""

from __future__ import annotations

from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import Person
from zvonok_core.ids import PersonId
from zvonok_core.roles import ADMINISTRATION, Position, Role
from zvonok_core.text import Catalogs, Text, text

POSITION_WORDS = {
    Position.HEAD: text("head"),
    Position.DEPUTY_STUDIES: text("deputy head for studies"),
    Position.DEPUTY_UPBRINGING: text("deputy head for upbringing"),
    Position.DEPUTY: text("deputy head"),
    Position.PSYCHOLOGIST: text("psychologist"),
    Position.SOCIAL_PEDAGOGUE: text("social pedagogue"),
    Position.NURSE: text("nurse"),
    Position.LIBRARIAN: text("librarian"),
    Position.SECRETARY: text("secretary"),
    Position.OTHER: text("staff"),
}
_ROLES = {
    Role.PRINCIPAL: text("head"),
    Role.COUNSELOR: text("counselor"),
    Role.TEACHER: text("teacher"),
    Role.AIDE: text("aide"),
    Role.GUARDIAN: text("parent"),
    Role.STUDENT: text("student"),
}
_GIRL = text("student (girl)")


def full_name(person: Person) -> str:
    """Family name first, so that members sort by it: «Иванова Мария Петровна»."""
    return " ".join(part for part in (person.family, person.given, person.patronymic) if part)


def sort_key(person: Person) -> tuple[str, str, str]:
    """The order of a Russian register: ё sorts with е."""
    return tuple(  # type: ignore[return-value]
        part.casefold().replace("ё", "е") for part in (person.family, person.given, person.patronymic)
    )


def office(today: Today, person: PersonId) -> Text | None:
    """What the person is in the school, in a word; None where nothing holds today.

    The weightiest counts: administration, then teaching, then other positions, and being
    a parent or a student last.
    """
    positions = {row.position for row in today.positions.get(person, ())}
    roles = {row.role for row in today.roles.get(person, ())}
    outweighed = not roles.isdisjoint({Role.PRINCIPAL, Role.TEACHER})
    for position in POSITION_WORDS:
        if position in positions and (position in ADMINISTRATION or not outweighed):
            return position_word(position)
    for role in Role:
        if role in roles:
            return role_word(today.snapshot.people[person], role)
    return None


def position_word(position: Position) -> Text:
    """A position in a word or three."""
    return POSITION_WORDS[position]


def role_word(person: Person, role: Role) -> Text:
    """A role of a person in a word; Russian tells a girl student by her patronymic."""
    girl = role is Role.STUDENT and person.patronymic.endswith(("вна", "чна", "кызы"))
    return _GIRL if girl else _ROLES[role]


def official_name(today: Today, person: PersonId, catalogs: Catalogs, language: str) -> str:
    """What people see beside a message: «Иванова Мария Петровна, учитель»."""
    word = office(today, person)
    name = full_name(today.snapshot.people[person])
    return f"{name}, {catalogs.say(word, language)}" if word else name


def classes_and_label(today: Today, key: LoadKey) -> tuple[str, str]:
    """How a load's room names its classes («7А», «7А+7Б») and its subgroup's label."""
    snapshot = today.snapshot
    if key.class_:
        return snapshot.classes[key.class_].title, ""
    subgroup = snapshot.subgroups[key.subgroup]
    listed = today.in_order(subgroup.classes) or today.classes_taught(key)
    return "+".join(snapshot.classes[class_].title for class_ in listed), subgroup.label
