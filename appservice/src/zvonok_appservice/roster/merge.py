"""The roster in force: what the journal says now, and what is kept of what it said.

Kept are the rows of people whom the journal no longer lists and whose grace has not
passed, and of people of whom a row is bad. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from zvonok_appservice.roster.snapshot import Guardianship, Snapshot
from zvonok_core.ids import PersonId

Row = TypeVar("Row")
K = TypeVar("K")
V = TypeVar("V")


def in_force(
    previous: Snapshot | None,
    fresh: Snapshot,
    set_aside: frozenset[PersonId],
    day: date,
    grace_days: int,
) -> Snapshot:
    """Merge what was in force until now with a fresh reading.

    People who are missing are kept, with all their rows, as vanished since the day they
    were missed first, until `grace_days` later. People in `set_aside` keep their previous
    rows instead of their fresh ones, and are not missed; but a guardian's restriction and a
    disabled record hold at once. Rows of everybody else are as they are in `fresh`.
    """
    if previous is None:
        return fresh
    stale = {person for person in set_aside if person in previous.people}
    vanished = {}
    for person in previous.people.keys() - fresh.people.keys():
        since = previous.vanished.get(person, None if person in stale else day)
        if since is not None and (person in stale or since + timedelta(days=grace_days) > day):
            vanished[person] = since
    keep = stale | vanished.keys()
    if not keep:
        return fresh
    people = dict(fresh.people)
    for person in sorted(keep):
        record = previous.people[person]
        enabled = record.enabled and (person not in people or people[person].enabled)
        people[person] = replace(record, enabled=enabled)

    def rows(name: str, ends: Callable[[Row], tuple[PersonId, ...]]) -> tuple[Row, ...]:
        now: tuple[Row, ...] = getattr(fresh, name)
        then: tuple[Row, ...] = getattr(previous, name)
        return (
            *(row for row in now if stale.isdisjoint(ends(row))),
            *(
                row
                for row in then
                if not keep.isdisjoint(ends(row)) and all(end in people for end in ends(row))
            ),
        )

    by_person = lambda row: (row.person,)  # noqa: E731
    by_student = lambda row: (row.student,)  # noqa: E731
    by_teacher = lambda row: (row.teacher,)  # noqa: E731
    merged = replace(
        fresh,
        people=people,
        roles=rows("roles", by_person),
        positions=rows("positions", by_person),
        class_enrolments=rows("class_enrolments", by_student),
        subgroup_enrolments=rows("subgroup_enrolments", by_student),
        guardianships=_restricted(
            rows("guardianships", lambda row: (row.guardian, row.child)), fresh.guardianships
        ),
        loads=rows("loads", by_teacher),
        homerooms=rows("homerooms", by_teacher),
        association_members=rows("association_members", by_person),
        vanished=vanished,
    )
    return _with_referents(merged, previous)


def _restricted(kept: Iterable[Guardianship], fresh: Iterable[Guardianship]) -> tuple[Guardianship, ...]:
    """`kept` with all restrictions of `fresh`: each outweighs the rows beside it (see
    `Today.guardians_of`) and stands for an older one of the same two people."""
    newly = [row for row in fresh if row.restricted]
    pairs = {(row.guardian, row.child) for row in newly}
    return (
        *(row for row in kept if not (row.restricted and (row.guardian, row.child) in pairs)),
        *newly,
    )


def _with_referents(merged: Snapshot, previous: Snapshot) -> Snapshot:
    """The classes, subjects, subgroups and associations that kept rows point at, where the
    journal has dropped them."""

    def table(now: Mapping[K, V], then: Mapping[K, V], used: Iterable[K | None]) -> Mapping[K, V]:
        missing = {key: then[key] for key in used if key is not None and key not in now and key in then}
        return {**now, **missing} if missing else now

    subgroups = table(
        merged.subgroups,
        previous.subgroups,
        (*(row.subgroup for row in merged.subgroup_enrolments), *(row.subgroup for row in merged.loads)),
    )
    classes = table(
        merged.classes,
        previous.classes,
        (
            *(row.class_ for row in merged.class_enrolments),
            *(row.class_ for row in merged.loads),
            *(row.class_ for row in merged.homerooms),
            *(class_ for subgroup in subgroups.values() for class_ in subgroup.classes),
        ),
    )
    return replace(
        merged,
        subgroups=subgroups,
        classes=classes,
        subjects=table(merged.subjects, previous.subjects, (row.subject for row in merged.loads)),
        associations=table(
            merged.associations,
            previous.associations,
            (row.association for row in merged.association_members),
        ),
    )
