"""The school's own choices: who may contact whom, and the limits of everything else.

The table is the appservice's section `policy`, and travels to the policy module with the
facts. An empty one lets nobody contact anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from zvonok_core.access.content import ContentKind
from zvonok_core.roles import Position


class Who(StrEnum):
    """What somebody is, as far as rules tell people apart. Most people are several: a
    class head is staff and a teacher, too."""

    STAFF = "staff"
    TEACHER = "teacher"
    CLASS_HEAD = "class_head"
    ADMINISTRATION = "administration"
    OPEN_TO_CHILDREN = "open_to_children"
    STUDENT = "student"
    GUARDIAN = "guardian"
    BOT = "bot"


class Relation(StrEnum):
    """What the other one is to somebody."""

    ANYBODY = "anybody"
    SAME_SCHOOL = "same_school"
    OWN_STUDENT = "own_student"
    OWN_TEACHER = "own_teacher"
    OWN_STUDENTS_GUARDIAN = "own_students_guardian"
    CHILDS_TEACHER = "childs_teacher"
    OWN_CLASS = "own_class"
    OWN_CLASS_HEAD = "own_class_head"
    OWN_CLASS_GUARDIAN = "own_class_guardian"
    CHILDS_CLASS_HEAD = "childs_class_head"
    CLASSMATE = "classmate"
    FELLOW_GUARDIAN = "fellow_guardian"
    OWN_CHILD = "own_child"
    OWN_GUARDIAN = "own_guardian"


_PAIRS = (
    (Relation.OWN_STUDENT, Relation.OWN_TEACHER),
    (Relation.OWN_STUDENTS_GUARDIAN, Relation.CHILDS_TEACHER),
    (Relation.OWN_CLASS, Relation.OWN_CLASS_HEAD),
    (Relation.OWN_CLASS_GUARDIAN, Relation.CHILDS_CLASS_HEAD),
    (Relation.OWN_CHILD, Relation.OWN_GUARDIAN),
)
INVERSE: Mapping[Relation, Relation] = (
    {relation: relation for relation in Relation}
    | dict(_PAIRS)
    | {back: relation for relation, back in _PAIRS}
)
"""The relation as the other one sees it."""

GIB = 1024**3
MIB = 1024**2
Contact = Mapping[Who, Mapping[Who, frozenset[Relation]]]


@dataclass(frozen=True, slots=True)
class StudentGroups:
    """Chats that students make among themselves."""

    allowed: bool = False
    size: int = 10
    """Members at most, whoever made it among them."""


@dataclass(frozen=True, slots=True)
class Media:
    """What may be sent as a file. Sizes are in bytes; whoever has several roles has the
    largest of their limits."""

    staff: int = 4 * GIB
    guardian: int = 1 * GIB
    student: int = 200 * MIB
    bot: int = 4 * GIB
    refused: frozenset[ContentKind] = frozenset(ContentKind) - {ContentKind.OTHER}
    """Recognised by what is inside a file, whatever it is called."""


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that a school may choose."""

    contact: Contact = field(default_factory=dict)
    """By who wants to contact and by whom: the relations that allow it."""
    open_to_children: frozenset[Position] = frozenset(
        {Position.PSYCHOLOGIST, Position.SOCIAL_PEDAGOGUE, Position.NURSE}
    )
    """Positions that every student and guardian may turn to, and that may turn to them."""
    create_rooms: frozenset[Who] = frozenset({Who.STAFF})
    """Who may make group chats of their own, and invite into those that they are in."""
    student_groups: StudentGroups = StudentGroups()
    encryption: Literal["nobody", "staff", "everybody"] = "nobody"
    """Who may have encrypted chats: a school can't look into a complaint about them."""
    pictures: frozenset[Who] = frozenset({Who.STAFF, Who.GUARDIAN, Who.STUDENT, Who.BOT})
    """Who may show a picture of their own beside their name. The name is the journal's."""
    edit_hours: int = 24
    """How long an own message may be changed. It may be taken back at any age."""
    media: Media = Media()
