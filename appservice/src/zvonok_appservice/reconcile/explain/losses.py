"""Why somebody loses a room, a level or the account: half a sentence, without a subject, so
that it suits men and women, and names need no declension."""

from __future__ import annotations

from collections.abc import Sequence

from zvonok_appservice.reconcile.explain.facts import (
    Link,
    day_text,
    load_words,
    name_of,
    with_origin,
)
from zvonok_appservice.reconcile.explain.grounds import Grounds, scope_of
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.names import position_word
from zvonok_appservice.reconcile.selectors import Row
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import (
    AssociationMember,
    ClassEnrolment,
    Guardianship,
    Homeroom,
    Load,
    PositionRow,
    RoleRow,
    SubgroupEnrolment,
)
from zvonok_core.ids import PersonId
from zvonok_core.roles import STAFF_ROLES, Role
from zvonok_core.text import Text, text


def removal_reason(before: Grounds | None, now: Grounds, key: RoomKey, person: PersonId) -> Text:
    """Why `person` is taken out of the room. `before` is the roster until now, where known."""
    return _gone(now, person) or _room_gone(now, key) or _lost(before, now, key, person)


def level_reason(before: Grounds | None, now: Grounds, key: RoomKey, person: PersonId) -> Text:
    """Why the level of `person` in the room is lowered."""
    return _gone(now, person) or _absent(now, person) or _lost(before, now, key, person)


def lock_reason(now: Grounds, person: PersonId) -> Text:
    """Why the account of `person` is locked."""
    account = now.given.accounts.get(person)
    if account is not None and account.operator_locked:
        return text("locked by an operator")
    return _gone(now, person) or _absent(now, person) or _roleless(now.today, person)


def _gone(now: Grounds, person: PersonId) -> Text | None:
    record = now.today.snapshot.people.get(person)
    if record is None:
        return text("no longer in the journal, and the time of grace is over")
    if not record.enabled:
        return with_origin(Link(text("switched off in the journal"), record.origin))
    return None


def _room_gone(now: Grounds, key: RoomKey) -> Text | None:
    if now.stands(key):
        return None
    load = scope_of(key).load
    snapshot = now.today.snapshot
    if (
        load is not None
        and load.subject in snapshot.subjects
        and (load.class_ in snapshot.classes or load.subgroup in snapshot.subgroups)
    ):
        return text("nobody teaches {load} today", load=load_words(now.today, load))
    return text("the journal no longer has what this room is for")


def _absent(now: Grounds, person: PersonId) -> Text | None:
    since = now.today.snapshot.vanished.get(person)
    return text("missing from the journal since {day}", day=day_text(since)) if since else None


def _roleless(today: Today, person: PersonId) -> Text:
    if today.has_role(person, Role.GUARDIAN):
        for row in today.snapshot.guardianships:
            if row.guardian == person and row.restricted and row.dates.hold(today.day):
                return _restricted(today, row)
        return text("no child of theirs is a student here now")
    ended = [row.origin for row in today.snapshot.roles if row.person == person]
    return with_origin(Link(text("no role in the school today"), ended[-1] if ended else None))


def _lost(before: Grounds | None, now: Grounds, key: RoomKey, person: PersonId) -> Text:
    if before is not None:
        past = sorted(before.seats(key).get(person, ()), key=lambda held: -held[1])
        for seat, _ in past:
            if (reason := _ended(before.today, now.today, key, seat.rows)) is not None:
                return reason
    chain = now.nearest(key, person)
    for start in range(len(chain)):
        if (reason := _ended(now.today, now.today, key, chain[start:])) is not None:
            return reason
    if person not in now.seats(key):
        return text("nothing in the journal is a reason to be here")
    account = now.given.accounts.get(person)
    if account is None or not account.linked:
        return text("the account is not activated")
    return text("the journal does not give this level")


def _ended(then: Today, now: Today, key: RoomKey, rows: Sequence[Row]) -> Text | None:
    """Why a seat that stood on `rows` (the person's own first) is one no longer; None where
    it still is. Rows are compared by what they say: their numbers differ in every export."""
    row = rows[0]
    match row:
        case Guardianship():
            return _guardian(then, now, row, next((r for r in rows if isinstance(r, ClassEnrolment)), None))
        case ClassEnrolment():
            return _student(now, row)
        case SubgroupEnrolment():
            if row.student in {r.student for r in now.students_of_subgroup.get(row.subgroup, ())}:
                return None
            return text("no longer in the subgroup")
        case RoleRow() if row.role in STAFF_ROLES and len(rows) == 1:
            if now.has_role(row.person, row.role):
                return None
            return _no_staff(now, row.person) or text("no longer in the journal as a teacher")
        case PositionRow() if len(rows) == 1:
            if row.position in {r.position for r in now.positions.get(row.person, ())}:
                return None
            return text("no longer holds the position: {word}", word=position_word(row.position))
        case Load():
            load = LoadKey.of(row)
            words = load_words(then, load)
            if row.teacher not in {r.teacher for r in now.loads.get(load, ())}:
                return _no_staff(now, row.teacher) or text("no longer teaches {load}", load=words)
            if key.subject is None and key.class_ not in now.classes_taught(load):
                return text("no student of the class is in it any more: {load}", load=words)
            return None
        case Homeroom():
            if row.teacher in {r.teacher for r in now.homerooms_of_class.get(row.class_, ())}:
                return None
            title = then.snapshot.classes[row.class_].title
            return _no_staff(now, row.teacher) or text("no longer the class head of {class_}", class_=title)
        case AssociationMember():
            if (row.person, row.chair) in {
                (r.person, r.chair) for r in now.associations.get(row.association, ())
            }:
                return None
            title = then.snapshot.associations[row.association].title
            if row.chair and row.person in {r.person for r in now.associations.get(row.association, ())}:
                return text("no longer chairs the association of {association}", association=title)
            return _no_staff(now, row.person) or text(
                "no longer in the association of {association}", association=title
            )
    return None


def _no_staff(now: Today, person: PersonId) -> Text | None:
    return None if now.is_staff(person) else text("no longer works at the school")


def _student(now: Today, row: ClassEnrolment) -> Text | None:
    if not now.has_role(row.student, Role.STUDENT):
        return text("no longer a student here")
    present = now.class_of.get(row.student)
    if present is None:
        return text("no class today")
    if present.class_ == row.class_:
        return None
    title = now.snapshot.classes[present.class_].title
    return with_origin(Link(text("now in {class_}", class_=title), present.origin))


def _guardian(then: Today, now: Today, row: Guardianship, enrolment: ClassEnrolment | None) -> Text | None:
    child = name_of(then, row.child)
    if row.guardian not in {r.guardian for r in now.guardians_of.get(row.child, ())}:
        for other in now.snapshot.guardianships:
            same = (other.guardian, other.child) == (row.guardian, row.child)
            if same and other.restricted and other.dates.hold(now.day):
                return _restricted(now, other)
        if not now.has_role(row.child, Role.STUDENT):
            return text("the child is no longer a student here: {child}", child=child)
        return text("the journal no longer names the child: {child}", child=child)
    present = now.class_of.get(row.child)
    if present is None:
        return text("the child has no class today: {child}", child=child)
    if enrolment is None or present.class_ == enrolment.class_:
        return None
    title = now.snapshot.classes[present.class_].title
    return with_origin(Link(text("the child is in {class_} now", class_=title), present.origin))


def _restricted(now: Today, row: Guardianship) -> Text:
    child = name_of(now, row.child)
    return with_origin(Link(text("rights to the child are restricted: {child}", child=child), row.origin))
