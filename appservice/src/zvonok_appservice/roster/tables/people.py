"""Students, guardians and staff: the rows of their tables into a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zvonok_appservice.roster.checks import Draft
from zvonok_appservice.roster.class_titles import ClassTitle
from zvonok_appservice.roster.cleaning import identifier, person_name, slug, title
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.snapshot import (
    ALWAYS,
    Association,
    AssociationMember,
    ClassEnrolment,
    Dates,
    Guardianship,
    Homeroom,
    Person,
    PositionRow,
    RoleRow,
)
from zvonok_appservice.roster.tables.classes import Classes
from zvonok_appservice.roster.tables.records import CellError, Record
from zvonok_appservice.roster.tables.words import (
    association_id,
    class_written,
    classes_written,
    duties,
    person_code,
    person_of_phone,
    yes,
)
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.roles import Role
from zvonok_core.text import text


class People:
    """Puts people into the draft, each once, however many rows they have."""

    def __init__(self, draft: Draft, findings: Findings, classes: Classes) -> None:
        self._draft = draft
        self._findings = findings
        self._classes = classes
        self._studies: dict[PersonId, tuple[RoleRow, Dates]] = {}
        self._guardianships: dict[tuple[PersonId, PersonId], int] = {}
        self._seen: set[tuple[object, ...]] = set()

    # ------------------------------------------------------------ students and guardians

    def add_student_row(self, record: Record) -> None:
        """A student, and one guardian where the row has one. Each is taken even where the
        other is bad, for people who are set aside must not seem to have left."""
        child = self._student(record)
        guardian = self._guardian(record)
        if child is None or guardian is None:
            return
        try:
            restricted = record.value("restricted", yes)
        except CellError as error:
            self._bad(error, record, guardian)
            return
        self._tie(guardian, child, restricted, record)

    def finish_students(self) -> None:
        """A student has the role from the first row's beginning to the last one's end."""
        for row, dates in self._studies.values():
            self._draft.roles.append(replace(row, dates=dates))

    def _student(self, record: Record) -> PersonId | None:
        """Who the row is about, even where the row is bad; None where it can't be told."""
        try:
            student = record.value("id", person_code, needed=True)
        except CellError as error:
            self._bad(error, record, None)
            return None
        try:
            name = _name(record)
            class_ = record.value("class", class_written)
            cohort = ClassId(record.value("cohort", identifier)) if record.raw("cohort") else None
            dates = record.dates()
        except CellError as error:
            self._bad(error, record, student)
            return student
        if self._is_same(student, name, record, "family"):
            self._enrol(student, class_, cohort, dates, record)
        return student

    def _enrol(
        self,
        student: PersonId,
        title_: ClassTitle | None,
        cohort: ClassId | None,
        dates: Dates,
        record: Record,
    ) -> None:
        if student in self._studies:
            row, before = self._studies[student]
            self._studies[student] = (row, _spanning(before, dates))
        else:
            self._studies[student] = (RoleRow(student, Role.STUDENT, ALWAYS, record.origin), dates)
        if title_ is None:
            return
        class_ = self._classes.of(title_, record, cohort)
        if class_ is None:
            self._findings.bad_row(
                text("this class has another cohort in a row above"),
                record.origin,
                record.header("cohort"),
                cohort,
                student,
            )
        elif self._is_new(student, class_, dates):
            self._draft.class_enrolments.append(ClassEnrolment(student, class_, dates, record.origin))

    def _guardian(self, record: Record) -> PersonId | None:
        named = any(
            record.raw(f"guardian_{part}") for part in ("id", "family", "given", "patronymic", "phone")
        )
        if not named:
            return None
        guardian: PersonId | None = None
        try:
            by_code = "guardian_id" in record.mapped
            if by_code:
                guardian = record.value("guardian_id", person_code, needed=True)
            name = _name(record, "guardian_")
            if guardian is None:
                full_name = " ".join(name)
                guardian = record.value("guardian_phone", lambda phone: person_of_phone(full_name, phone))
        except CellError as error:
            self._bad(error, record, guardian)
            return guardian
        column = "guardian_id" if by_code else "guardian_phone"
        if self._is_same(guardian, name, record, column):
            self._add_role(guardian, Role.GUARDIAN, ALWAYS, record)
        return guardian

    def _tie(self, guardian: PersonId, child: PersonId, restricted: bool, record: Record) -> None:
        known = self._guardianships.get((guardian, child))
        if known is None:
            self._guardianships[guardian, child] = len(self._draft.guardianships)
            self._draft.guardianships.append(Guardianship(guardian, child, restricted, ALWAYS, record.origin))
            return
        before = self._draft.guardianships[known]
        if before.restricted != restricted:
            self._findings.note(
                text("restricted in one row and not in another: taken as restricted"),
                record.origin,
                record.header("restricted"),
                person=guardian,
            )
            self._draft.guardianships[known] = replace(before, restricted=True)

    # ------------------------------------------------------------ staff

    def add_staff_row(self, record: Record) -> None:
        """One of the staff; a person may have several rows."""
        try:
            person = record.value("id", person_code, needed=True)
        except CellError as error:
            self._bad(error, record, None)
            return
        try:
            name = _name(record)
            found = record.value("positions", duties)
            homerooms = record.value("homeroom", classes_written)
            association = record.value("association", title)
            chair = record.value("chair", yes)
            dates = record.dates()
        except CellError as error:
            self._bad(error, record, person)
            return
        if not self._is_same(person, name, record, "family"):
            return
        for role in found.roles:
            self._add_role(person, role, dates, record)
        for position in found.positions:
            if self._is_new(person, position, dates):
                self._draft.positions.append(PositionRow(person, position, dates, record.origin))
        self._note_positions(record, found.unknown)
        for each in homerooms:
            class_ = self._classes.of(each, record)
            assert class_ is not None, "only an explicit cohort can contradict"
            if self._is_new(person, class_, dates):
                self._draft.homerooms.append(Homeroom(person, class_, dates, record.origin))
        if association:
            id_ = association_id(association)
            self._draft.associations.setdefault(id_, Association(id_, association, record.origin))
            if self._is_new(person, id_, chair, dates):
                self._draft.association_members.append(
                    AssociationMember(person, id_, chair, dates, record.origin)
                )

    def _note_positions(self, record: Record, unknown: tuple[str, ...]) -> None:
        for word in unknown:
            if self._is_new(slug(word)):
                self._findings.note(
                    text("no rule knows this position: whoever has it is staff, and no more"),
                    record.origin,
                    record.header("positions"),
                    word,
                )
        if not record.raw("positions"):
            self._findings.note(
                text("no position is given: taken as staff, and no more"),
                record.origin,
                record.header("positions"),
            )

    # ------------------------------------------------------------ both

    def _is_same(self, person: PersonId, name: tuple[str, str, str], record: Record, column: str) -> bool:
        """Makes the person, or sees that it is the one of an earlier row with this code."""
        known = self._draft.people.get(person)
        if known is None:
            self._draft.people[person] = Person(person, *name, enabled=True, origin=record.origin)
            return True
        if slug(" ".join(name)) == slug(f"{known.family} {known.given} {known.patronymic}"):
            return True
        self._findings.bad_row(
            text(
                "the same code has another name in {file}, row {row}",
                file=known.origin.file,
                row=known.origin.row,
            ),
            record.origin,
            record.header(column),
            person,
            person,
        )
        return False

    def _add_role(self, person: PersonId, role: Role, dates: Dates, record: Record) -> None:
        if self._is_new(person, role, dates):
            self._draft.roles.append(RoleRow(person, role, dates, record.origin))

    def _is_new(self, *key: object) -> bool:
        """Whether no row above has said this already: people have several rows each."""
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _bad(self, error: CellError, record: Record, person: PersonId | None) -> None:
        self._findings.bad_row(error.sentence, record.origin, error.column, error.value, person)


def names_of(people: Mapping[PersonId, Person]) -> dict[str, list[PersonId]]:
    """People by full name as `slug` has it."""
    found: dict[str, list[PersonId]] = {}
    for person in people.values():
        full = slug(f"{person.family} {person.given} {person.patronymic}")
        found.setdefault(full, []).append(person.id)
    return found


def _name(record: Record, prefix: str = "") -> tuple[str, str, str]:
    return (
        record.value(f"{prefix}family", person_name, needed=True),
        record.value(f"{prefix}given", person_name, needed=True),
        record.value(f"{prefix}patronymic", person_name),
    )


def _spanning(one: Dates, other: Dates) -> Dates:
    begin = None if one.begin is None or other.begin is None else min(one.begin, other.begin)
    end = None if one.end is None or other.end is None else max(one.end, other.end)
    return Dates(begin, end)
