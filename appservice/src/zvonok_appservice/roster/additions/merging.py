"""Lays the additions over a snapshot. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from zvonok_appservice.roster.additions.reading import Additions, Entry
from zvonok_appservice.roster.cleaning import slug, subject_id
from zvonok_appservice.roster.findings import Findings
from zvonok_appservice.roster.snapshot import (
    Association,
    AssociationMember,
    ClassEnrolment,
    Dates,
    Guardianship,
    Homeroom,
    Load,
    Person,
    PositionRow,
    RoleRow,
    Snapshot,
    SubgroupEnrolment,
    Subject,
)
from zvonok_appservice.roster.source import Finding
from zvonok_core.ids import AssociationId, ClassId, PersonId, SubgroupId, SubjectId
from zvonok_core.roles import Position, Role
from zvonok_core.text import text

Row = TypeVar(
    "Row",
    RoleRow,
    PositionRow,
    ClassEnrolment,
    SubgroupEnrolment,
    Guardianship,
    Load,
    Homeroom,
    AssociationMember,
)


def merge_additions(
    snapshot: Snapshot, additions: Additions, day: date
) -> tuple[Snapshot, tuple[Finding, ...]]:
    """The snapshot with the additions laid over it, as of `day`, and what of them fits
    nothing in it: such an entry is left out.

    Of what an addition contradicts (a student's class, the kind of a guardian, a name) the
    addition holds in its dates, and the journal before and after them.
    """
    merger = _Merger(snapshot, day)
    for entry in sorted(additions.entries, key=lambda entry: entry.section != "people"):
        merger.apply(entry)
    return merger.snapshot(), merger.findings.all()


def _cut(rows: Iterable[Row], matches: Callable[[Row], bool], hole: Dates) -> list[Row]:
    """The rows, with the days of `hole` taken out of those that match."""
    left: list[Row] = []
    for row in rows:
        if matches(row):
            left += [replace(row, dates=part) for part in _outside(row.dates, hole)]
        else:
            left.append(row)
    return left


def _outside(whole: Dates, hole: Dates) -> list[Dates]:
    parts: list[Dates] = []
    if hole.begin is not None and (whole.begin is None or whole.begin < hole.begin):
        parts.append(Dates(whole.begin, min(whole.end or hole.begin, hole.begin)))
    if hole.end is not None and (whole.end is None or hole.end < whole.end):
        parts.append(Dates(max(whole.begin or hole.end, hole.end), whole.end))
    return parts


class _LeftOutError(Exception):
    """An entry refers to something that the journal does not have."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class _Merger:
    def __init__(self, snapshot: Snapshot, day: date) -> None:
        self._journal = snapshot
        self._day = day
        self._people = dict(snapshot.people)
        self._subjects = dict(snapshot.subjects)
        self._associations = dict(snapshot.associations)
        self._roles = list(snapshot.roles)
        self._positions = list(snapshot.positions)
        self._class_enrolments = list(snapshot.class_enrolments)
        self._subgroup_enrolments = list(snapshot.subgroup_enrolments)
        self._guardianships = list(snapshot.guardianships)
        self._loads = list(snapshot.loads)
        self._homerooms = list(snapshot.homerooms)
        self._members = list(snapshot.association_members)
        titles: dict[str, list[ClassId]] = {}
        for class_ in snapshot.classes.values():
            titles.setdefault(slug(class_.title), []).append(class_.id)
        self._class_titles = {title: ids[0] for title, ids in titles.items() if len(ids) == 1}
        self.findings = Findings()
        self._handlers: dict[str, Callable[[Entry], None]] = {
            "people": self._person,
            "roles": self._role,
            "positions": self._position,
            "guardians": self._guardian,
            "enrolments": self._enrolment,
            "homerooms": self._homeroom,
            "loads": self._load,
            "associations": self._association,
        }

    def snapshot(self) -> Snapshot:
        """What has come of it."""
        return replace(
            self._journal,
            people=self._people,
            subjects=self._subjects,
            associations=self._associations,
            roles=tuple(self._roles),
            positions=tuple(self._positions),
            class_enrolments=tuple(self._class_enrolments),
            subgroup_enrolments=tuple(self._subgroup_enrolments),
            guardianships=tuple(self._guardianships),
            loads=tuple(self._loads),
            homerooms=tuple(self._homerooms),
            association_members=tuple(self._members),
        )

    def apply(self, entry: Entry) -> None:
        """Lay one entry over what there is."""
        if entry.dates.end is not None and entry.dates.end <= self._day:
            self.findings.note(text("this addition is over and can be deleted"), entry.origin)
        try:
            self._handlers[entry.section](entry)
        except _LeftOutError as error:
            sentence = text(
                "refers to something that the journal does not have, so this addition is left out"
            )
            self.findings.bad_row(sentence, entry.origin, error.key, entry.values[error.key])

    # ------------------------------------------------------------ references

    def _known_person(self, entry: Entry, key: str) -> PersonId:
        person = PersonId(entry.values[key])
        if person not in self._people:
            raise _LeftOutError(key)
        return person

    def _known_class(self, entry: Entry) -> ClassId | None:
        """By id, or by a title that only one class has."""
        named = entry.values.get("class")
        if named is None:
            return None
        if named in self._journal.classes:
            return ClassId(named)
        if slug(named) not in self._class_titles:
            raise _LeftOutError("class")
        return self._class_titles[slug(named)]

    def _known_subgroup(self, entry: Entry) -> SubgroupId | None:
        named = entry.values.get("subgroup")
        if named is not None and named not in self._journal.subgroups:
            raise _LeftOutError("subgroup")
        return None if named is None else SubgroupId(named)

    def _changed(
        self,
        entry: Entry,
        rows: list[Row],
        new: Row,
        same: Callable[[Row], bool],
        gives_way: Callable[[Row], bool] | None = None,
    ) -> list[Row]:
        """`rows` after an entry: with `new`, to which whatever `gives_way` (by default what
        is the `same`) yields in the entry's dates; or without what is the same."""
        if not entry.remove:
            changed = _cut(rows, gives_way or same, entry.dates)
            changed.append(new)
            return changed
        left = _cut(rows, same, entry.dates)
        if left == rows:
            self.findings.note(text("there is nothing that this could take away"), entry.origin)
        return left

    # ------------------------------------------------------------ sections

    def _person(self, entry: Entry) -> None:
        person = PersonId(entry.values["person"])
        known = self._people.get(person)
        if entry.remove:
            self._known_person(entry, "person")
            self._roles = _cut(self._roles, lambda row: row.person == person, entry.dates)
            self._positions = _cut(self._positions, lambda row: row.person == person, entry.dates)
        elif known is None:
            if not (entry.values.get("family") and entry.values.get("given")):
                raise _LeftOutError("person")
            self._people[person] = self._named(Person(person, "", "", "", True, entry.origin), entry)
        elif entry.dates.hold(self._day):
            self._people[person] = self._named(known, entry)

    @staticmethod
    def _named(person: Person, entry: Entry) -> Person:
        return replace(
            person,
            family=entry.values.get("family", person.family),
            given=entry.values.get("given", person.given),
            patronymic=entry.values.get("patronymic", person.patronymic),
            origin=entry.origin,
        )

    def _role(self, entry: Entry) -> None:
        person, role = self._known_person(entry, "person"), Role(entry.values["role"])
        self._roles = self._changed(
            entry,
            self._roles,
            RoleRow(person, role, entry.dates, entry.origin),
            lambda row: (row.person, row.role) == (person, role),
        )

    def _position(self, entry: Entry) -> None:
        person, position = self._known_person(entry, "person"), Position(entry.values["position"])
        self._positions = self._changed(
            entry,
            self._positions,
            PositionRow(person, position, entry.dates, entry.origin),
            lambda row: (row.person, row.position) == (person, position),
        )

    def _guardian(self, entry: Entry) -> None:
        guardian, child = self._known_person(entry, "guardian"), self._known_person(entry, "child")
        restricted = entry.values.get("restricted") == "true"
        self._guardianships = self._changed(
            entry,
            self._guardianships,
            Guardianship(guardian, child, restricted, entry.dates, entry.origin),
            lambda row: (row.guardian, row.child) == (guardian, child),
        )

    def _enrolment(self, entry: Entry) -> None:
        student = self._known_person(entry, "student")
        class_, subgroup = self._known_class(entry), self._known_subgroup(entry)
        if class_ is not None:
            self._class_enrolments = self._changed(
                entry,
                self._class_enrolments,
                ClassEnrolment(student, class_, entry.dates, entry.origin),
                lambda row: (row.student, row.class_) == (student, class_),
                lambda row: row.student == student,
            )
        if subgroup is not None:
            self._subgroup_enrolments = self._changed(
                entry,
                self._subgroup_enrolments,
                SubgroupEnrolment(student, subgroup, entry.dates, entry.origin),
                lambda row: (row.student, row.subgroup) == (student, subgroup),
            )

    def _homeroom(self, entry: Entry) -> None:
        teacher, class_ = self._known_person(entry, "teacher"), self._known_class(entry)
        assert class_ is not None  # the section requires it
        self._homerooms = self._changed(
            entry,
            self._homerooms,
            Homeroom(teacher, class_, entry.dates, entry.origin),
            lambda row: (row.teacher, row.class_) == (teacher, class_),
        )

    def _load(self, entry: Entry) -> None:
        teacher, named = self._known_person(entry, "teacher"), entry.values["subject"]
        class_, subgroup = self._known_class(entry), self._known_subgroup(entry)
        subject = SubjectId(named) if named in self._subjects else self._subject_titled(named)
        self._subjects.setdefault(subject, Subject(subject, named))
        self._loads = self._changed(
            entry,
            self._loads,
            Load(teacher, subject, class_, subgroup, entry.dates, entry.origin),
            lambda row: (
                (row.teacher, row.subject, row.class_, row.subgroup) == (teacher, subject, class_, subgroup)
            ),
        )

    def _subject_titled(self, title: str) -> SubjectId:
        for subject in self._subjects.values():
            if slug(subject.title) == slug(title):
                return subject.id
        return subject_id(title)

    def _association(self, entry: Entry) -> None:
        person, title = self._known_person(entry, "person"), entry.values["association"]
        association = AssociationId(slug(title))
        self._associations.setdefault(association, Association(association, title, entry.origin))
        chair = entry.values.get("chair") == "true"
        self._members = self._changed(
            entry,
            self._members,
            AssociationMember(person, association, chair, entry.dates, entry.origin),
            lambda row: (row.person, row.association) == (person, association),
        )
