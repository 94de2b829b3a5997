"""Who in the school gets a complaint. Pure: a rule over the day's roster.

The class is the managed room's, else the reporter's own, else the author's. Its heads and
the deputies for upbringing get the complaint; the deputies alone where it is about one of
the heads, and the head of the school in the place of a deputy whom it is about. Nobody
gets a complaint about themselves, or one that they have made.
"""

from __future__ import annotations

from collections.abc import Container

from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.today import Today
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.roles import Position


def classes_concerned(
    today: Today, room: RoomKey | None, reporter: PersonId | None, author: PersonId | None
) -> tuple[ClassId, ...]:
    """The classes whose heads it concerns, in the journal's order: mostly one. `room` is
    None where the school does not manage it, a person where they are none of the school."""
    if room is not None and room.class_ is not None:
        return (room.class_,)
    own, authors = _own_classes(today, reporter), _own_classes(today, author)
    # A guardian with children in two classes complains about somebody of one of them.
    chosen = own & authors or own or authors
    return tuple(today.in_order(chosen))


def addressees(
    today: Today,
    room: RoomKey | None,
    reporter: PersonId | None,
    author: PersonId | None,
    reachable: Container[PersonId],
) -> tuple[PersonId, ...]:
    """Whom to tell, of those who are `reachable`: heads of the class first. Where none of
    them is, the head of the school; empty where that is not possible either."""
    classes = classes_concerned(today, room, reporter, author)
    heads = [row.teacher for class_ in classes for row in today.homerooms_of_class.get(class_, ())]
    if author in heads:
        heads = []
    deputies = _holders(today, Position.DEPUTY_UPBRINGING)
    chief = _holders(today, Position.HEAD)
    due = heads + deputies + (chief if author in deputies else [])
    for circle in (due, chief):
        told = tuple(dict.fromkeys(p for p in circle if p not in (reporter, author) and p in reachable))
        if told:
            return told
    return ()


def _holders(today: Today, position: Position) -> list[PersonId]:
    return [row.person for row in today.holders.get(position, ())]


def _own_classes(today: Today, person: PersonId | None) -> set[ClassId]:
    """A student's class, and those of a guardian's children. Staff act as staff: a teacher
    whose child is in some class does not bring its head into the staff room's matters."""
    if person is None:
        return set()
    if person in today.class_of:
        return {today.class_of[person].class_}
    if today.is_staff(person):
        return set()
    children = [row.child for row in today.children_of.get(person, ())]
    return {today.class_of[child].class_ for child in children if child in today.class_of}
