"""The rows that put a person into a room, and the nearest ones that fail to.

Both come from the templates' own selectors. Why somebody is *not* due is found by asking
the same selectors of the journal as if all its dates were open and nobody's rights were
restricted: whichever row of such a chain does not count today is the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from zvonok_appservice.reconcile.abroad import Topic
from zvonok_appservice.reconcile.desired import Circumstances, seats, topic_scope
from zvonok_appservice.reconcile.explain.facts import (
    Link,
    day_text,
    holds,
    link,
    load_words,
    moment_text,
    name_of,
)
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.selectors import Row, Scope, Seat
from zvonok_appservice.reconcile.templates import Template
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import ALWAYS, Guardianship, PositionRow, RoleRow
from zvonok_core.ids import ClassId, PersonId, SubgroupId, UserId
from zvonok_core.roles import STAFF_ROLES, Role
from zvonok_core.text import text

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Why:
    """Whether a person is due in a room, at which level, and the chain that says so. For
    one who is not due, the chain ends in the nearest reason why not."""

    due: bool
    level: int
    links: tuple[Link, ...]


def why(
    today: Today, templates: Iterable[Template], key: RoomKey, person: PersonId, given: Circumstances
) -> Why:
    """Why `person` is, or is not, due in the room `key`."""
    return Grounds(today, templates, given).why(key, person)


class Grounds:
    """The seats of every room on a day, each found once, when it is asked for."""

    def __init__(self, today: Today, templates: Iterable[Template], given: Circumstances) -> None:
        self.today = today
        self.given = given
        self._templates = {template.kind: template for template in templates}
        self._seats: dict[RoomKey, Mapping[PersonId, list[tuple[Seat, int]]]] = {}
        self._original: dict[Row, Row] = {}

    # ------------------------------------------------------------ who is due

    def seats(self, key: RoomKey) -> Mapping[PersonId, list[tuple[Seat, int]]]:
        """Everybody who is due in a room, linked or not, with their seats and levels."""
        if key not in self._seats:
            found: dict[PersonId, list[tuple[Seat, int]]] = defaultdict(list)
            template = self._templates.get(key.kind)
            if template is not None and self.stands(key) and self.is_open(key):
                for seat, level in seats(self.today, template, self._scope(key, self.today)):
                    if (seat, level) not in found[seat.person]:
                        found[seat.person].append((seat, level))
            self._seats[key] = dict(found)
        return self._seats[key]

    def stands(self, key: RoomKey) -> bool:
        """Whether the journal still has what the room is for."""
        if key.subject is not None:
            return scope_of(key).load in self.today.loads
        return self._is_listed(key)

    def is_open(self, key: RoomKey) -> bool:
        """Whether the room is there, or need not wait for a lesson."""
        template = self._templates.get(key.kind)
        waits = template is not None and template.at_first_lesson
        return not waits or key in self.given.existing or scope_of(key).load in self.given.lessons

    def why(self, key: RoomKey, person: PersonId) -> Why:
        """Why `person` is, or is not, due in the room `key`."""
        due = self.seats(key).get(person)
        if not due:
            return Why(False, 0, tuple(self._why_not(key, person)))
        rows = dict.fromkeys(row for seat, _ in due for row in self._chain(self.today, seat))
        links: list[Link] = []
        journal = max(level for _, level in due)
        remarks = (*self._remarks(person), *self._muted(key, person, journal))
        for one in (*(link(self.today, row) for row in rows), *remarks):
            if one not in links:  # a principal is the head by the same row
                links.append(one)
        return Why(True, self.level(key, person, journal), tuple(links))

    def level(self, key: RoomKey, person: PersonId, journal: int) -> int:
        """The level of somebody to whom the journal gives the level `journal` in a room."""
        account = self.given.accounts.get(person)
        return self.given.level(key, account.user, journal) if account else journal

    def _muted(self, key: RoomKey, person: PersonId, journal: int) -> Iterator[Link]:
        account = self.given.accounts.get(person)
        mute = self.given.mute(key, account.user, journal) if account else None
        if mute is not None:
            yield Link(
                text(
                    "{name}: may not write in this room until {until}; decided by {by}",
                    name=name_of(self.today, person),
                    until=moment_text(mute.until.astimezone(self.given.zone)),
                    by=self._name_by_user(mute.by),
                )
            )

    def _name_by_user(self, user: UserId) -> str:
        owners = (person for person, account in self.given.accounts.items() if account.user == user)
        person = next(owners, None)
        return name_of(self.today, person) if person is not None else user

    def _remarks(self, person: PersonId) -> Iterator[Link]:
        name = name_of(self.today, person)
        since = self.today.snapshot.vanished.get(person)
        if since is not None:
            last = since + timedelta(days=self.given.grace_days - 1)
            yield Link(
                text(
                    "{name}: missing from the journal since {day}; locked, and kept until {last}",
                    name=name,
                    day=day_text(since),
                    last=day_text(last),
                )
            )
        account = self.given.accounts.get(person)
        if account is None or not account.linked:
            yield Link(text("{name}: has not activated the account yet, and comes in then", name=name))
        elif account.operator_locked:
            yield Link(text("{name}: locked by an operator", name=name))

    # ------------------------------------------------------------ who is not, and why not

    def nearest(self, key: RoomKey, person: PersonId) -> tuple[Row, ...]:
        """The chain that comes nearest to putting `person` into the room although it does
        not: rows of the journal, among them one at least that does not count today. Empty
        where there is none."""
        template = self._templates.get(key.kind)
        if template is None or not self._is_listed(key):
            return ()
        chains = [
            rows
            for selector in (*template.members, *template.moderators, *template.admins)
            for seat in selector.seats(self._as_if_open, self._scope(key, self._as_if_open))
            if seat.person == person and self._blockers(rows := self._chain(self._as_if_open, seat))
        ]
        return min(chains, key=self._blockers, default=())

    def _scope(self, key: RoomKey, today: Today) -> Scope:
        across = Topic.parse(key.topic)
        return topic_scope(today, across, self.given.abroad) if across else scope_of(key)

    def _blockers(self, rows: Iterable[Row]) -> int:
        return sum(not holds(self.today, row) for row in rows)

    def _why_not(self, key: RoomKey, person: PersonId) -> Iterator[Link]:
        today = self.today
        record = today.snapshot.people.get(person)
        if record is None:
            yield Link(text("This person is not in the journal"))
            return
        template = self._templates.get(key.kind)
        if template is None:
            yield Link(text("The configuration has no rooms of the kind “{kind}”", kind=key.kind))
            return
        if key.topic is not None and not self._is_listed(key):
            yield Link(text("The configuration no longer has this room of several schools"))
            return
        if not self._is_listed(key):
            yield Link(text("The journal no longer has what this room is for"))
            return
        name = name_of(today, person)
        load = scope_of(key).load
        if load is not None and not self.stands(key):
            yield from (link(today, row) for row in today.snapshot.loads if LoadKey.of(row) == load)
            yield Link(text("Nobody teaches {load} today", load=load_words(today, load)))
            return
        if not record.enabled:
            yield Link(
                text("{name}: switched off in the journal, and so in no room", name=name), record.origin
            )
            return
        waiting = [] if self.is_open(key) else [s for s, _ in seats(today, template, self._scope(key, today))]
        if mine := [seat for seat in waiting if seat.person == person]:
            rows = dict.fromkeys(row for seat in mine for row in self._chain(today, seat))
            yield from (link(today, row) for row in rows)
            yield Link(text("The room opens with the first video lesson"))
            return
        if chain := self.nearest(key, person):
            yield from (link(today, row) for row in chain)
            return
        yield from self._standing(person)
        yield Link(text("By the journal {name} does not belong in this room", name=name))

    def _standing(self, person: PersonId) -> Iterator[Link]:
        """What somebody is today, in short."""
        today = self.today
        for row in today.roles.get(person, ()):
            yield link(today, row)
        for position in today.positions.get(person, ()):
            yield link(today, position)
        if today.has_role(person, Role.STUDENT):
            yield self._class_of(person)
        for guardianship in today.children_of.get(person, ()):
            yield link(today, guardianship)
            yield self._class_of(guardianship.child)

    def _class_of(self, student: PersonId) -> Link:
        enrolment = self.today.class_of.get(student)
        if enrolment is None:
            return Link(text("{name}: no class today", name=name_of(self.today, student)))
        return link(self.today, enrolment)

    def _is_listed(self, key: RoomKey) -> bool:
        snapshot, hosted = self.today.snapshot, self.given.abroad.hosted
        if key.topic is not None and Topic.parse(key.topic) not in hosted:
            return False
        return all(
            id_ is None or id_ in table
            for id_, table in (
                (key.class_, snapshot.classes),
                (key.subject, snapshot.subjects),
                (key.subgroup, snapshot.subgroups),
                (key.association, snapshot.associations),
            )
        )

    # ------------------------------------------------------------ chains

    def _chain(self, today: Today, seat: Seat) -> tuple[Row, ...]:
        """The seat's rows as the journal has them, with the roles that they stand on."""
        rows: list[Row] = []
        if not isinstance(seat.rows[0], (RoleRow, PositionRow)):
            rows += self._role_under(today, seat.person, seat.relation)
        rows += seat.rows
        for row in seat.rows:
            if isinstance(row, Guardianship):
                child_role = self._role_under(today, row.child, "student")
                rows += [role for role in child_role if not holds(self.today, self._as_written(role))]
        return tuple(self._as_written(row) for row in rows)

    def _role_under(self, today: Today, person: PersonId, relation: str) -> list[Row]:
        wanted = {"student": {Role.STUDENT}, "guardian": {Role.GUARDIAN}}.get(relation, STAFF_ROLES)
        found: list[Row] = [row for row in today.roles.get(person, ()) if row.role in wanted]
        if wanted is STAFF_ROLES:
            found += today.positions.get(person, ())
        found.sort(key=lambda row: not holds(self.today, self._as_written(row)))
        return found[:1]

    def _as_written(self, row: Row) -> Row:
        return self._original.get(row, row)

    @cached_property
    def _as_if_open(self) -> Today:
        """The journal as if all its dates were open and nobody's rights were restricted."""
        snapshot = self.today.snapshot

        def opened(rows: tuple[R, ...]) -> tuple[R, ...]:
            return tuple(self._opened(row) for row in rows)

        relaxed = replace(
            snapshot,
            roles=opened(snapshot.roles),
            positions=opened(snapshot.positions),
            class_enrolments=opened(snapshot.class_enrolments),
            subgroup_enrolments=opened(snapshot.subgroup_enrolments),
            guardianships=opened(snapshot.guardianships),
            loads=opened(snapshot.loads),
            homerooms=opened(snapshot.homerooms),
            association_members=opened(snapshot.association_members),
        )
        return Today(relaxed, self.today.day)

    def _opened(self, row: R) -> R:
        relaxed = replace(row, dates=ALWAYS)
        if isinstance(relaxed, Guardianship):
            relaxed = replace(relaxed, restricted=False)
        if relaxed != row:
            self._original[relaxed] = row
        return relaxed


def scope_of(key: RoomKey) -> Scope:
    """What the room `key` is one for each of."""
    if key.subject is not None:
        load = LoadKey(key.subject, key.class_ or ClassId(""), key.subgroup or SubgroupId(""))
        return Scope(load=load)
    return Scope(class_=key.class_, association=key.association)
