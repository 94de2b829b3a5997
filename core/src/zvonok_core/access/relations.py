"""What two people are to each other, by the sets that the facts give them."""

from __future__ import annotations

from zvonok_core.access.facts import PersonFacts
from zvonok_core.access.table import Relation


def relations(actor: PersonFacts, target: PersonFacts) -> frozenset[Relation]:
    """All that `target` is to `actor`. Ids of classes and groups mean something within one
    school only, so that between schools there is nothing but ANYBODY."""
    held = {Relation.ANYBODY}
    if actor.school != target.school:
        return frozenset(held)
    held.add(Relation.SAME_SCHOOL)
    if actor.teaches:
        if not actor.teaches.isdisjoint(target.student_of):
            held.add(Relation.OWN_STUDENT)
        if not actor.teaches.isdisjoint(target.child_groups):
            held.add(Relation.OWN_STUDENTS_GUARDIAN)
    if target.teaches:
        if not target.teaches.isdisjoint(actor.student_of):
            held.add(Relation.OWN_TEACHER)
        if not target.teaches.isdisjoint(actor.child_groups):
            held.add(Relation.CHILDS_TEACHER)
    if actor.heads:
        if target.class_ in actor.heads:
            held.add(Relation.OWN_CLASS)
        if not actor.heads.isdisjoint(target.child_classes):
            held.add(Relation.OWN_CLASS_GUARDIAN)
    if target.heads:
        if actor.class_ in target.heads:
            held.add(Relation.OWN_CLASS_HEAD)
        if not target.heads.isdisjoint(actor.child_classes):
            held.add(Relation.CHILDS_CLASS_HEAD)
    if actor.class_ is not None and actor.class_ == target.class_:
        held.add(Relation.CLASSMATE)
    if not actor.child_classes.isdisjoint(target.child_classes):
        held.add(Relation.FELLOW_GUARDIAN)
    if target.user in actor.children:
        held.add(Relation.OWN_CHILD)
    if actor.user in target.children:
        held.add(Relation.OWN_GUARDIAN)
    return frozenset(held)
