"""The people of the school, and who may contact whom, written by hand.

Everything that is known of somebody is said in the school's words; `facts` says the same in
the policy module's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from zvonok_core.access import PersonFacts, Who
from zvonok_core.ids import ClassId, SchoolId, UserId

A, B = "7А", "7Б"


class Standing(Enum):
    """What the journal makes of an account."""

    ACTIVE = "active"
    UNLINKED = "unlinked"
    LOCKED = "locked"
    UNKNOWN = "unknown"


@dataclass
class Person:
    """Somebody with an account. `token` is of a device that they have signed in."""

    name: str
    duties: frozenset[str]
    class_: str | None = None
    teaches: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    """Names of people."""
    standing: Standing = Standing.ACTIVE
    user: UserId = UserId("")
    token: str = ""
    title: str = ""
    """The name that the journal has given them."""

    @property
    def staff(self) -> bool:
        return bool(self.duties & {"teacher", "deputy", "psychologist", "librarian"})

    @property
    def active(self) -> bool:
        return self.standing is Standing.ACTIVE

    @property
    def reads(self) -> bool:
        """Whether they may at least look at what they are in."""
        return self.standing in (Standing.ACTIVE, Standing.UNLINKED)


@dataclass
class People:
    """Everybody, by name."""

    by_name: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.by_name[name]

    def __iter__(self) -> Iterator[Person]:
        return iter(self.by_name.values())

    def of(self, user: str) -> Person | None:
        """Whose user id this is."""
        return next((person for person in self.by_name.values() if person.user == user), None)

    def classes_of_children(self, person: Person) -> set[str]:
        found = {self.by_name[child].class_ for child in person.children}
        return {class_ for class_ in found if class_ is not None}

    def may_meet(self, one: Person | None, other: Person | None) -> bool:
        """Whether the school lets the two write to each other. The shipped table is the same
        both ways."""
        if one is None or other is None or not (one.active and other.active):
            return False
        if "bot" in one.duties or "bot" in other.duties or (one.staff and other.staff):
            return True
        return self._may_begin(one, other) or self._may_begin(other, one)

    def _may_begin(self, one: Person, other: Person) -> bool:
        """By what the first one is."""
        anybodys = bool(one.duties & {"deputy", "psychologist"})
        if "student" in other.duties:
            if anybodys or other.class_ in one.teaches | one.heads or other.name in one.children:
                return True
            if "student" in one.duties and one.class_ == other.class_:
                return True
        if "guardian" in other.duties:
            theirs = self.classes_of_children(other)
            if anybodys or theirs & (one.teaches | one.heads):
                return True
            if "guardian" in one.duties and theirs & self.classes_of_children(one):
                return True
        return False

    def facts(self, person: Person, school: SchoolId) -> PersonFacts:
        """What the module is told of somebody."""
        known = {"student": Who.STUDENT, "guardian": Who.GUARDIAN, "bot": Who.BOT, "teacher": Who.TEACHER}
        known |= {"deputy": Who.ADMINISTRATION, "psychologist": Who.OPEN_TO_CHILDREN}
        roles = {known[duty] for duty in person.duties if duty in known}
        if person.staff:
            roles.add(Who.STAFF)
        if person.heads:
            roles.add(Who.CLASS_HEAD)
        childrens = self.classes_of_children(person)
        return PersonFacts(
            person.user,
            school,
            linked=person.standing is not Standing.UNLINKED,
            locked=person.standing is Standing.LOCKED,
            roles=frozenset(roles),
            class_=None if person.class_ is None else ClassId(person.class_),
            student_of=frozenset() if person.class_ is None else frozenset({person.class_}),
            teaches=person.teaches,
            heads=frozenset(map(ClassId, person.heads)),
            children=frozenset(self.by_name[child].user for child in person.children),
            child_classes=frozenset(map(ClassId, childrens)),
            child_groups=frozenset(childrens),
        )


def _person(name: str, *duties: str, **known: object) -> Person:
    return Person(name, frozenset(duties), **known)  # type: ignore[arg-type]


CAST = (
    _person("belova", "teacher", teaches=frozenset({A})),
    _person("frolov", "teacher", "guardian", teaches=frozenset({B}), children=frozenset({"sidorov"})),
    _person("orlova", "teacher", teaches=frozenset({A}), heads=frozenset({A})),
    _person("deputy", "deputy"),
    _person("psychologist", "psychologist"),
    _person("librarian", "librarian"),
    _person("petrov", "student", class_=A),
    _person("ezhova", "student", class_=A),
    _person("zhuk", "student", class_=A),
    _person("sidorov", "student", class_=B),
    _person("anna", "student", class_=B),
    _person("petrova", "guardian", children=frozenset({"petrov"})),
    _person("ezhov", "guardian", children=frozenset({"ezhova", "anna"})),
    _person("alone", "guardian"),
    _person("bot", "bot"),
    _person("locked", "teacher", teaches=frozenset({A}), standing=Standing.LOCKED),
    _person("stranger", "teacher", standing=Standing.UNKNOWN),
)
NAMES = tuple(person.name for person in CAST)


def everybody() -> People:
    """All of them, as the school year begins."""
    return People({person.name: replace(person) for person in CAST})
