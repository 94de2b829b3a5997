"""People and chats as the rules know them, for tests of the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zvonok_core.access import Chat, ChatKind, PersonFacts, Relation, Who
from zvonok_core.ids import ClassId, SchoolId, UserId

SCHOOL = SchoolId("school")
OTHER_SCHOOL = SchoolId("other")


def person(name: str, *roles: Who, **known: Any) -> PersonFacts:
    """Somebody who has an account and may use it, unless `known` says otherwise."""
    facts: dict[str, Any] = {"school": SCHOOL, "linked": True, **known}
    return PersonFacts(user=UserId(f"@{name}:school.example"), roles=frozenset(roles), **facts)


def abroad(name: str, *roles: Who, **known: Any) -> PersonFacts:
    """Somebody of another school, on another server."""
    return replace(person(name, *roles, school=OTHER_SCHOOL, **known), user=UserId(f"@{name}:other.example"))


SENDER = person("zvonok", Who.BOT, sender=True)
BOT = person("zvonok_bot", Who.BOT)
CLASS = ClassId("7А")
CHILD = UserId("@child:school.example")

HELD: dict[Relation, tuple[dict[str, Any], dict[str, Any]]] = {
    Relation.SAME_SCHOOL: ({}, {}),
    Relation.OWN_STUDENT: ({"teaches": frozenset({"g"})}, {"student_of": frozenset({"g", "h"})}),
    Relation.OWN_TEACHER: ({"student_of": frozenset({"g"})}, {"teaches": frozenset({"g", "h"})}),
    Relation.OWN_STUDENTS_GUARDIAN: ({"teaches": frozenset({"g"})}, {"child_groups": frozenset({"g", "h"})}),
    Relation.CHILDS_TEACHER: ({"child_groups": frozenset({"g"})}, {"teaches": frozenset({"g", "h"})}),
    Relation.OWN_CLASS: ({"heads": frozenset({CLASS})}, {"class_": CLASS}),
    Relation.OWN_CLASS_HEAD: ({"class_": CLASS}, {"heads": frozenset({CLASS})}),
    Relation.OWN_CLASS_GUARDIAN: ({"heads": frozenset({CLASS})}, {"child_classes": frozenset({CLASS})}),
    Relation.CHILDS_CLASS_HEAD: ({"child_classes": frozenset({CLASS})}, {"heads": frozenset({CLASS})}),
    Relation.CLASSMATE: ({"class_": CLASS}, {"class_": CLASS}),
    Relation.FELLOW_GUARDIAN: ({"child_classes": frozenset({CLASS})}, {"child_classes": frozenset({CLASS})}),
    Relation.OWN_CHILD: ({"children": frozenset({UserId("@b:school.example")})}, {}),
    Relation.OWN_GUARDIAN: ({}, {"children": frozenset({UserId("@a:school.example")})}),
}
"""By relation: what must be known of two people, `a` and `b`, so that they have it and no
closer one."""


def pair(
    relation: Relation, mine: frozenset[Who] = frozenset(), theirs: frozenset[Who] = frozenset()
) -> tuple[PersonFacts, PersonFacts]:
    """Two people of these roles, of whom the second is `relation` to the first."""
    if relation is Relation.ANYBODY:
        return person("a", *mine), person("b", *theirs, school=OTHER_SCHOOL)
    one, other = HELD[relation]
    return person("a", *mine, **one), person("b", *theirs, **other)


def elsewhere(somebody: PersonFacts) -> PersonFacts:
    """The same person with the same ids, but in another school."""
    return replace(somebody, school=OTHER_SCHOOL)


def direct(*people: PersonFacts | None, **more: Any) -> Chat:
    """A direct chat of the first two."""
    return Chat(ChatKind.DIRECT, people, frozenset(p.user for p in people[:2] if p), **more)


def group(*people: PersonFacts | None, **more: Any) -> Chat:
    """A group chat that staff has made."""
    return Chat(ChatKind.GROUP, people, **more)


def students(*people: PersonFacts | None, **more: Any) -> Chat:
    """A group chat that students have made."""
    return Chat(ChatKind.STUDENT_GROUP, people, **more)
