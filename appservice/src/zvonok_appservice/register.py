"""A class's register: who of its students and their parents is activated, and consented."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from zvonok_appservice.introductions import children, in_order
from zvonok_appservice.linking import Linking, needs_consent
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.reconcile.today import Today
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.roles import ADMINISTRATION


@dataclass(frozen=True, slots=True)
class Entry:
    """One person. `consented` is None where no consent is needed. `children` is empty for
    students. `staff` are handled by the administration, never by a class head."""

    person: PersonId
    name: str
    children: str
    linked: bool
    consented: bool | None
    card: bool
    staff: bool


@dataclass(frozen=True, slots=True)
class Register:
    """A class, its students and their guardians, by family name."""

    class_: ClassId
    title: str
    students: tuple[Entry, ...]
    guardians: tuple[Entry, ...]

    def entry(self, person: str) -> Entry | None:
        """The entry of a person, None where the register has none."""
        return next((entry for entry in self.students + self.guardians if entry.person == person), None)


async def registers(linking: Linking, classes: Container[ClassId]) -> list[Register]:
    """The registers of `classes`, in the journal's order."""
    today = linking.picture().today
    known = await linking.people.all()
    linked = frozenset(p for p, row in known.items() if row.linked_at is not None)
    consented = await linking.consents.children()
    cards = await linking.codes.holders()
    below = linking.config.activation.consent_below_grade

    def entry(person: PersonId) -> Entry:
        return Entry(
            person=person,
            name=full_name(today.snapshot.people[person]),
            children=children(today, person),
            linked=person in linked,
            consented=person in consented if needs_consent(today, person, below) else None,
            card=person in cards,
            staff=today.is_staff(person),
        )

    found = []
    for class_ in sorted(today.snapshot.classes.values(), key=lambda c: c.order):
        if class_.id in classes:
            students = [row.student for row in today.students_of_class.get(class_.id, ())]
            guardians = {row.guardian for s in students for row in today.guardians_of.get(s, ())}
            found.append(
                Register(
                    class_.id,
                    class_.title,
                    tuple(map(entry, in_order(today, students))),
                    tuple(map(entry, in_order(today, guardians))),
                )
            )
    return found


def classes_of_head(today: Today, person: PersonId) -> list[ClassId]:
    """The classes whose register a person may see: one's own as class head, all for the
    administration. Empty for everybody else."""
    if any(row.position in ADMINISTRATION for row in today.positions.get(person, ())):
        return list(today.snapshot.classes)
    return [
        class_
        for class_, rows in today.homerooms_of_class.items()
        if any(row.teacher == person for row in rows)
    ]
