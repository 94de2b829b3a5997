"""From the picture to the facts that the policy module decides by, and what is new in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from zvonok_appservice.changes import Revisions
from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.abroad import named
from zvonok_appservice.reconcile.desired import Account
from zvonok_appservice.reconcile.today import Today
from zvonok_core.access import (
    Facts,
    PersonFacts,
    RoomFacts,
    Table,
    Talk,
    Who,
    server_of,
    write_changes,
    write_facts,
)
from zvonok_core.ids import ClassId, PersonId, SchoolId, SubgroupId, UserId
from zvonok_core.roles import ADMINISTRATION, Role


def facts_of(
    picture: Picture, sender: UserId, table: Table, revision: str = "", language: str = "ru"
) -> Facts:
    """The facts of a picture: everybody of the roster who has a user name, linked or not,
    the bots, the sender, and the managed rooms that there are."""
    school, abroad = picture.today.snapshot.school.id, picture.given.abroad
    people = {person.user: person for person in _people(picture, picture.today, table)}
    held, before = picture.verdict.held.users, picture.given.before
    if held and before is not None:
        # What the guard keeps from being taken away goes on to count.
        people |= {person.user: person for person in _people(picture, before, table) if person.user in held}
    people |= {
        user: PersonFacts(user, school, linked=True, sender=user == sender, roles=frozenset({Who.BOT}))
        for user in (*picture.given.bots, sender)
    }
    people |= {
        user: PersonFacts(
            user,
            SchoolId(server_of(user)),
            linked=True,
            roles=frozenset({Who.STAFF}),
            talks=abroad.talks(user),
        )
        for user in abroad.delegates
        if abroad.in_force
    }
    rooms = {
        room.room: RoomFacts(room.room, key.school, key.kind, key.class_, room.archived)
        for key, room in picture.actual.rooms.items()
    }
    peers = abroad.peers if abroad.in_force else {}
    return Facts(revision, sender, table, people, rooms, language, peers, abroad.until if peers else 0)


def _people(picture: Picture, today: Today, table: Table) -> Iterator[PersonFacts]:
    school = today.snapshot.school.id
    accounts = picture.given.accounts
    groups = _groups(today)
    talks: dict[PersonId, set[Talk]] = defaultdict(set)
    for topic, delegation in picture.given.abroad.delegations.items():
        for seat in named(today, delegation):
            talks[seat.person].add(topic.talk)
    teaches = _teaches(today)
    heads: dict[PersonId, set[ClassId]] = defaultdict(set)
    for class_, rows in today.homerooms_of_class.items():
        for row in rows:
            heads[row.teacher].add(class_)
    for person in today.snapshot.people:
        account = accounts.get(person)
        if account is None:
            continue
        enrolment = today.class_of.get(person)
        children = {row.child for row in today.children_of.get(person, ())}
        yield PersonFacts(
            user=account.user,
            school=school,
            linked=account.linked,
            locked=_is_locked(picture, account),
            roles=_roles(today, person, table, teaches=person in teaches, heads=person in heads),
            class_=enrolment.class_ if enrolment else None,
            student_of=frozenset(groups.get(person, ())),
            teaches=frozenset(teaches.get(person, ())),
            heads=frozenset(heads.get(person, ())),
            children=frozenset(accounts[child].user for child in children if child in accounts),
            child_classes=frozenset(
                today.class_of[child].class_ for child in children & today.class_of.keys()
            ),
            child_groups=frozenset(group for child in children for group in groups.get(child, ())),
            talks=frozenset(talks.get(person, ())),
        )


def _is_locked(picture: Picture, account: Account) -> bool:
    """Whether somebody may do nothing. Whose lock the guard holds until it is confirmed is
    not: else an empty list of teachers would silence all of them."""
    wanted = picture.desired.accounts.get(account.user)
    if wanted is None:
        return account.operator_locked
    present = picture.actual.accounts.get(account.user)
    held = account.user in picture.verdict.held.users and present is not None and not present.locked
    return wanted.locked and not held


def _roles(today: Today, person: PersonId, table: Table, *, teaches: bool, heads: bool) -> frozenset[Who]:
    positions = {row.position for row in today.positions.get(person, ())}
    staff = today.is_staff(person)
    held = {
        Who.STAFF: staff,
        Who.TEACHER: staff and (teaches or today.has_role(person, Role.TEACHER)),
        Who.CLASS_HEAD: heads,
        Who.ADMINISTRATION: bool(positions & ADMINISTRATION),
        Who.OPEN_TO_CHILDREN: bool(positions & table.open_to_children),
        Who.STUDENT: today.has_role(person, Role.STUDENT),
        Who.GUARDIAN: person in today.children_of,
    }
    return frozenset(who for who, holds in held.items() if holds)


def _of_class(class_: ClassId) -> str:
    return f"class {class_}"


def _of_subgroup(subgroup: SubgroupId) -> str:
    return f"subgroup {subgroup}"


def _groups(today: Today) -> dict[PersonId, set[str]]:
    found: dict[PersonId, set[str]] = defaultdict(set)
    for person, enrolment in today.class_of.items():
        found[person].add(_of_class(enrolment.class_))
    for subgroup, rows in today.students_of_subgroup.items():
        for row in rows:
            found[row.student].add(_of_subgroup(subgroup))
    return found


def _teaches(today: Today) -> dict[PersonId, set[str]]:
    found: dict[PersonId, set[str]] = defaultdict(set)
    for key, loads in today.loads.items():
        group = _of_class(key.class_) if key.class_ else _of_subgroup(key.subgroup)
        for load in loads:
            found[load.teacher].add(group)
    return found


class FactsLog:
    """The newest facts, and what has changed since they were first asked for."""

    def __init__(self, sender: UserId, table: Table, language: str = "ru") -> None:
        self._sender = sender
        self._table = table
        self._language = language
        self._revisions = Revisions()
        self._picture: Picture | None = None
        self._facts: Facts | None = None

    def news(self, picture: Picture, since: str) -> dict[str, Any] | None:
        """What whoever knows revision `since` has to be told, as JSON types: None where
        nothing is new in `picture`, the newest one; all facts where `since` is not known."""
        facts = self._newest(picture)
        known = self._revisions.since(since)
        if known is None:
            return write_facts(facts)
        if since == facts.revision:
            return None
        return write_changes(facts, since, sorted(known.people), sorted(known.rooms))

    def _newest(self, picture: Picture) -> Facts:
        before = self._facts
        if before is not None and self._picture is picture:
            return before
        facts = facts_of(picture, self._sender, self._table, self._revisions.present, self._language)
        if before is not None:
            people = {
                user
                for user in before.people.keys() | facts.people.keys()
                if before.people.get(user) != facts.people.get(user)
            }
            rooms = {
                room
                for room in before.rooms.keys() | facts.rooms.keys()
                if before.rooms.get(room) != facts.rooms.get(room)
            }
            same = (before.peers, before.peers_until) == (facts.peers, facts.peers_until)
            self._revisions.note(frozenset(people), frozenset(rooms), anyway=not same)
            facts = replace(facts, revision=self._revisions.present)
        self._picture, self._facts = picture, facts
        return facts
