"""The named selectors of room templates: who is due, and by which rows of the journal.

Each yields seats. The same seats make the desired members, the relations that the
directory tells, and the chain that `why` prints, so that the three can't disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

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
from zvonok_core.ids import AssociationId, ClassId, PersonId
from zvonok_core.roles import ADMINISTRATION, STAFF_ROLES, Position, Role

Row = (
    RoleRow
    | PositionRow
    | ClassEnrolment
    | SubgroupEnrolment
    | Guardianship
    | Load
    | Homeroom
    | AssociationMember
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a room is one for each of; all None for the school itself. For a topic between
    schools, `delegates` selects whom this school names."""

    class_: ClassId | None = None
    load: LoadKey | None = None
    association: AssociationId | None = None
    topic: str | None = None
    delegates: tuple[Seat, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A person is due, as what, and because of which rows, the person's own first."""

    person: PersonId
    relation: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector as a template names it: `guardians(class)`, `position(head)`."""

    name: str
    argument: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.argument})" if self.argument else self.name

    def seats(self, today: Today, scope: Scope) -> Iterator[Seat]:
        """Everybody whom it selects in `scope`, due or not, some perhaps twice."""
        if self.name == "position":
            return _position(today, Position(self.argument))
        return _SELECT[self.name, self.argument](today, scope)


def _staff_rows(today: Today, person: PersonId) -> tuple[Row, ...]:
    roles = [row for row in today.roles.get(person, ()) if row.role in STAFF_ROLES]
    return tuple((roles or today.positions[person])[:1])


def staff_seats(today: Today, people: Iterable[PersonId]) -> Iterator[Seat]:
    """The seats of those of `people` who are staff."""
    for person in people:
        if today.is_staff(person):
            yield Seat(person, "staff", _staff_rows(today, person))


def _staff(today: Today, _: Scope) -> Iterator[Seat]:
    return staff_seats(today, today.staff)


def _teachers(today: Today, _: Scope) -> Iterator[Seat]:
    for person in today.staff:
        for row in today.roles.get(person, ()):
            if row.role is Role.TEACHER:
                yield Seat(person, "teacher", (row,))


def _administration(today: Today, _: Scope) -> Iterator[Seat]:
    for position in sorted(ADMINISTRATION):
        for row in today.holders.get(position, ()):
            yield Seat(row.person, "administration", (row,))


def _position(today: Today, position: Position) -> Iterator[Seat]:
    relation = "administration" if position in ADMINISTRATION else "staff"
    for row in today.holders.get(position, ()):
        yield Seat(row.person, relation, (row,))


def _homerooms(today: Today, _: Scope) -> Iterator[Seat]:
    for rows in today.homerooms_of_class.values():
        for row in rows:
            yield Seat(row.teacher, "homeroom", (row,))


def _class_of(scope: Scope) -> ClassId:
    assert scope.class_ is not None, "templates.parse lets class selectors into class rooms only"
    return scope.class_


def _load_of(scope: Scope) -> LoadKey:
    assert scope.load is not None, "templates.parse lets load selectors into load rooms only"
    return scope.load


def _association_of(scope: Scope) -> AssociationId:
    assert scope.association is not None, "templates.parse lets these into association rooms only"
    return scope.association


def _students_of_class(today: Today, scope: Scope) -> Iterator[Seat]:
    for row in today.students_of_class.get(_class_of(scope), ()):
        yield Seat(row.student, "student", (row,))


def _guardians_of_class(today: Today, scope: Scope) -> Iterator[Seat]:
    for enrolment in today.students_of_class.get(_class_of(scope), ()):
        for row in today.guardians_of.get(enrolment.student, ()):
            yield Seat(row.guardian, "guardian", (row, enrolment))


def _homeroom_of_class(today: Today, scope: Scope) -> Iterator[Seat]:
    for row in today.homerooms_of_class.get(_class_of(scope), ()):
        yield Seat(row.teacher, "homeroom", (row,))


def _teachers_of_class(today: Today, scope: Scope) -> Iterator[Seat]:
    for row in today.loads_of_class.get(_class_of(scope), ()):
        yield Seat(row.teacher, "teacher", (row,))


def _students_of_load(today: Today, scope: Scope) -> Iterator[Seat]:
    key = _load_of(scope)
    if key.class_:
        yield from _students_of_class(today, Scope(class_=key.class_))
        return
    for row in today.students_of_subgroup.get(key.subgroup, ()):
        yield Seat(row.student, "student", (row,))


def _teachers_of_load(today: Today, scope: Scope) -> Iterator[Seat]:
    for row in today.loads.get(_load_of(scope), ()):
        yield Seat(row.teacher, "teacher", (row,))


def _members_of_association(today: Today, scope: Scope) -> Iterator[Seat]:
    for row in today.associations.get(_association_of(scope), ()):
        yield Seat(row.person, "chair" if row.chair else "member", (row,))


def _chair_of_association(today: Today, scope: Scope) -> Iterator[Seat]:
    return (seat for seat in _members_of_association(today, scope) if seat.relation == "chair")


_SELECT: Mapping[tuple[str, str], Callable[[Today, Scope], Iterator[Seat]]] = {
    ("staff", ""): _staff,
    ("teachers", ""): _teachers,
    ("administration", ""): _administration,
    ("homerooms", ""): _homerooms,
    ("students", "class"): _students_of_class,
    ("guardians", "class"): _guardians_of_class,
    ("homeroom", "class"): _homeroom_of_class,
    ("teachers", "class"): _teachers_of_class,
    ("students", "load"): _students_of_load,
    ("teachers", "load"): _teachers_of_load,
    ("members", "association"): _members_of_association,
    ("chair", "association"): _chair_of_association,
    ("delegates", "topic"): lambda _, scope: iter(scope.delegates),
}

SELECTORS = (
    *(str(Selector(*key)) for key in _SELECT),
    *(f"position({position})" for position in Position),
)
"""Every selector that a template may name."""
