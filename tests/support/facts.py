"""What a snapshot says, apart from where it was read and in which order: for comparing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from zvonok_appservice.roster.snapshot import Dates, Snapshot


def within(snapshot: Snapshot, begin: date, end: date) -> Snapshot:
    """`snapshot` as a journal tells it whose enrolments are of one school year."""

    def cut(dates: Dates) -> Dates:
        return Dates(max(dates.begin or begin, begin), min(dates.end or end, end))

    return replace(
        snapshot,
        class_enrolments=tuple(replace(row, dates=cut(row.dates)) for row in snapshot.class_enrolments),
        subgroup_enrolments=tuple(replace(row, dates=cut(row.dates)) for row in snapshot.subgroup_enrolments),
        loads=tuple(replace(row, dates=cut(row.dates)) for row in snapshot.loads),
        homerooms=tuple(replace(row, dates=cut(row.dates)) for row in snapshot.homerooms),
    )


def facts(snapshot: Snapshot) -> dict[str, object]:
    """Each table as a set. Subjects and associations go by title, as ids of tables are made
    of those; classes keep the journal's order."""
    subjects = {subject.id: subject.title for subject in snapshot.subjects.values()}
    associations = {each.id: each.title for each in snapshot.associations.values()}
    return {
        "people": {
            (person.id, person.family, person.given, person.patronymic, person.enabled)
            for person in snapshot.people.values()
        },
        "classes": [
            (class_.id, class_.title, class_.grade)
            for class_ in sorted(snapshot.classes.values(), key=lambda each: each.order)
        ],
        "subjects": set(subjects.values()),
        "associations": set(associations.values()),
        "subgroups": {(each.id, each.label, each.classes) for each in snapshot.subgroups.values()},
        "roles": {(row.person, row.role, row.dates) for row in snapshot.roles},
        "positions": {(row.person, row.position, row.dates) for row in snapshot.positions},
        "class_enrolments": {(row.student, row.class_, row.dates) for row in snapshot.class_enrolments},
        "subgroup_enrolments": {
            (row.student, row.subgroup, row.dates) for row in snapshot.subgroup_enrolments
        },
        "guardianships": {
            (row.guardian, row.child, row.restricted, row.dates) for row in snapshot.guardianships
        },
        "loads": {
            (row.teacher, subjects[row.subject], row.class_, row.subgroup, row.dates)
            for row in snapshot.loads
        },
        "homerooms": {(row.teacher, row.class_, row.dates) for row in snapshot.homerooms},
        "association_members": {
            (row.person, associations[row.association], row.chair, row.dates)
            for row in snapshot.association_members
        },
    }
