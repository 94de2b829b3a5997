"""How a person is introduced on a card and on the pages: name, and who they are here."""

from __future__ import annotations

from collections.abc import Iterable

from zvonok_appservice.reconcile.names import full_name, office, sort_key
from zvonok_appservice.reconcile.today import Today
from zvonok_core.ids import PersonId
from zvonok_core.roles import Role
from zvonok_core.text import Text, text


def introduction(today: Today, person: PersonId) -> Text:
    """Who somebody is: «ученик 7А»; «учитель; классный руководитель: 7А; родитель: Петров
    Иван (7А), Петрова Анна (5Б)»."""
    first, *rest = list(_parts(today, person)) or [text("not in the journal today")]
    for part in rest:
        first = text("{one}; {other}", one=first, other=part)
    return first


def with_name(today: Today, person: PersonId) -> Text:
    """The full name and who it is: «Петров Иван Сергеевич, ученик 7А»."""
    name = full_name(today.snapshot.people[person])
    return text("{name}, {introduction}", name=name, introduction=introduction(today, person))


def children(today: Today, guardian: PersonId) -> str:
    """The children whom a guardian counts for: «Петров Иван (7А), Петрова Анна (5Б)»."""
    ids = in_order(today, {row.child for row in today.children_of.get(guardian, ())})
    return ", ".join(short_name(today, child) for child in ids)


def short_name(today: Today, student: PersonId) -> str:
    """Family and given name, with the class where there is one: «Петров Иван (7А)»."""
    record = today.snapshot.people[student]
    name = f"{record.family} {record.given}".strip()
    title = class_title(today, student)
    return f"{name} ({title})" if title else name


def class_title(today: Today, student: PersonId) -> str:
    """The title of a student's class; empty where there is none."""
    row = today.class_of.get(student)
    return today.snapshot.classes[row.class_].title if row else ""


def in_order(today: Today, people: Iterable[PersonId]) -> list[PersonId]:
    """As a register lists them."""
    return sorted(people, key=lambda person: (sort_key(today.snapshot.people[person]), person))


def _parts(today: Today, person: PersonId) -> Iterable[Text]:
    heads = [
        today.snapshot.classes[class_].title
        for class_, rows in today.homerooms_of_class.items()
        if any(row.teacher == person for row in rows)
    ]
    word = office(today, person)
    if word and today.is_staff(person):
        yield word
    if heads:
        yield text("class head: {classes}", classes=", ".join(heads))
    if today.has_role(person, Role.STUDENT):
        title = class_title(today, person)
        yield _student(today, person, title) if title else word or text("student")
    listed = children(today, person)
    if listed:
        yield text("parent: {children}", children=listed)


def _student(today: Today, person: PersonId, title: str) -> Text:
    # Two sentences that are one in English: Russian tells «ученик» from «ученица».
    if office(today, person) == text("student (girl)"):
        return text("a student of {class_}", class_=title)
    return text("student of {class_}", class_=title)
