"""From the roster of a day to the rooms and accounts as they ought to be. Pure.

`desired_state` is the whole policy of membership: whoever wants to know why a room is
as it is reads this file, the selectors and the templates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from zvonok_appservice.reconcile.abroad import ALONE, Abroad, Delegation, Topic, control_room, named
from zvonok_appservice.reconcile.model import DesiredAccount, DesiredRoom, DesiredState, RoomKey
from zvonok_appservice.reconcile.names import classes_and_label, official_name
from zvonok_appservice.reconcile.restrictions import Mute, Pause
from zvonok_appservice.reconcile.selectors import Scope, Seat
from zvonok_appservice.reconcile.templates import Template
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_core.ids import PersonId, UserId
from zvonok_core.roles import STAFF_ROLES, Level, Role
from zvonok_core.text import Catalogs

_STUDENTS = frozenset({"student"})
FORMER = "former"
"""The guard's word for those whom neither roster gives a role: they were about to lose
their account when the one before was replaced."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the appservice knows of somebody's account: the name that is theirs for good,
    whether they have linked it, whether an operator has locked it, and since when it is
    linked, in milliseconds since 1970, UTC."""

    user: UserId
    linked: bool
    operator_locked: bool = False
    linked_at: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What desired rooms depend on besides the roster. `before` is the roster that was in
    force until now: the guard counts people under the roles that they are about to lose."""

    accounts: Mapping[PersonId, Account]
    existing: frozenset[RoomKey] = frozenset()
    lessons: frozenset[LoadKey] = frozenset()
    bots: frozenset[UserId] = frozenset()
    before: Today | None = None
    short_name: str = ""
    language: str = "ru"
    grace_days: int = 30
    """How long the vanished are kept; here only for explanations."""
    zone: tzinfo = UTC
    """The school's; here only for explanations."""
    mutes: Mapping[tuple[RoomKey, UserId], Mute] = field(default_factory=dict)
    pauses: Mapping[RoomKey, Pause] = field(default_factory=dict)
    abroad: Abroad = ALONE

    def mute(self, key: RoomKey, user: UserId, journal: int) -> Mute | None:
        """What keeps somebody from writing in a room in which the journal gives them the
        level `journal`: whoever leads a room is muted by nobody."""
        return self.mutes.get((key, user)) if journal < Level.MODERATOR else None

    def level(self, key: RoomKey, user: UserId, journal: int) -> int:
        """The level that somebody has in a room: the journal's, but for a mute."""
        return int(Level.MUTED) if self.mute(key, user, journal) else journal


def desired_state(
    today: Today, templates: Iterable[Template], given: Circumstances, catalogs: Catalogs
) -> DesiredState:
    """All managed rooms that ought to be, and the accounts of all linked people.

    `templates` come with each space before what hangs in it.
    """
    rooms: dict[RoomKey, DesiredRoom] = {}
    by_kind = {template.kind: template for template in templates}
    for template in by_kind.values():
        for scope in scopes(today, template, given.abroad):
            room = _room(today, template, scope, by_kind, given, rooms)
            if room is not None:
                rooms[room.key] = room
    control = control_room(today.snapshot.school.id, given.abroad)
    if control is not None:
        rooms[control.key] = control
    return DesiredState(rooms, accounts(today, given, catalogs), given.bots, given.abroad.server)


def room_key(today: Today, template: Template, scope: Scope) -> RoomKey:
    """The key of the room that `template` gives `scope`."""
    school = today.snapshot.school.id
    if scope.load is not None:
        load = scope.load
        return RoomKey(
            template.kind,
            school,
            class_=load.class_ or None,
            subject=load.subject,
            subgroup=load.subgroup or None,
        )
    return RoomKey(
        template.kind, school, class_=scope.class_, association=scope.association, topic=scope.topic
    )


def scopes(today: Today, template: Template, abroad: Abroad) -> Iterator[Scope]:
    """Whatever `template` has a room for each of today."""
    if template.for_each == "school":
        yield Scope()
    elif template.for_each == "class":
        yield from (Scope(class_=class_) for class_ in today.snapshot.classes)
    elif template.for_each == "association":
        yield from (Scope(association=association) for association in today.snapshot.associations)
    elif template.for_each == "topic":
        for topic in abroad.hosted:
            if topic.talk is template.talk:
                yield topic_scope(today, topic, abroad)
    else:
        yield from (Scope(load=load) for load in today.loads)


def topic_scope(today: Today, topic: Topic, abroad: Abroad) -> Scope:
    """A topic between schools, with those whom this school names for it."""
    delegation = abroad.delegations.get(topic, Delegation(()))
    return Scope(topic=str(topic), delegates=tuple(named(today, delegation)))


def seats(today: Today, template: Template, scope: Scope) -> Iterator[tuple[Seat, int]]:
    """Everybody who is due in a room, with the level that each seat gives."""
    for selectors, level in (
        (template.members, Level.MEMBER),
        (template.moderators, Level.MODERATOR),
        (template.admins, Level.ADMIN),
    ):
        for selector in selectors:
            for seat in selector.seats(today, scope):
                if today.is_due(seat.person):
                    yield seat, 0 if today.is_absent(seat.person) else int(level)


def _room(
    today: Today,
    template: Template,
    scope: Scope,
    by_kind: Mapping[str, Template],
    given: Circumstances,
    made: Mapping[RoomKey, DesiredRoom],
) -> DesiredRoom | None:
    key = room_key(today, template, scope)
    levels: dict[PersonId, int] = {}
    students = staff = False
    for seat, level in seats(today, template, scope):
        levels[seat.person] = max(level, levels.get(seat.person, level))
        if seat.relation in _STUDENTS:
            students = True
        elif not staff and not today.is_absent(seat.person):
            staff = today.is_staff(seat.person)
    exists = key in given.existing
    kept = exists and (scope.class_ is not None or scope.topic is not None)
    across = Topic.parse(scope.topic)
    guests = given.abroad.guests(across) if across else frozenset()
    if not levels and not guests and not kept:
        return None
    if template.at_first_lesson and not exists and scope.load not in given.lessons:
        return None
    name, topic = _wording(today, template, scope, given)
    read_only = template.writers_only or (students and not staff)
    users = {person: given.accounts[person] for person in levels if person in given.accounts}
    bots = given.bots if template.bots else frozenset()
    paused = key in given.pauses and not template.is_space and not read_only
    shown = {
        users[p].user: level
        for p in users
        if (level := given.level(key, users[p].user, levels[p])) != Level.MEMBER
    }
    return DesiredRoom(
        key=key,
        name=name,
        topic=topic,
        is_space=template.is_space,
        write_level=int(Level.MODERATOR if read_only or paused else Level.MEMBER),
        archived=False,
        parents=tuple(key for key in _parents(today, template, scope, by_kind) if key in made),
        members=frozenset(account.user for account in users.values() if account.linked) | bots,
        levels={**shown, **dict.fromkeys(bots, int(Level.BOT))},
        paused=paused,
        servers=given.abroad.invited(across) | {given.abroad.server} if across else None,
        guests=guests,
    )


def _parents(
    today: Today, template: Template, scope: Scope, by_kind: Mapping[str, Template]
) -> Iterator[RoomKey]:
    if template.space is None:
        return
    space = by_kind[template.space]
    if space.for_each == "school":
        yield room_key(today, space, Scope())
    elif scope.load is not None:
        for class_ in today.classes_taught(scope.load):
            yield room_key(today, space, Scope(class_=class_))
    else:
        yield room_key(today, space, Scope(class_=scope.class_))


def _wording(today: Today, template: Template, scope: Scope, given: Circumstances) -> tuple[str, str]:
    snapshot = today.snapshot
    places = {"school": given.short_name or snapshot.school.title}
    pattern = template.name
    if scope.class_ is not None:
        places["class"] = snapshot.classes[scope.class_].title
    if scope.association is not None:
        places["association"] = snapshot.associations[scope.association].title
    across = Topic.parse(scope.topic)
    if across is not None:
        places["topic"] = given.abroad.hosted[across].name or across.name
    if scope.load is not None:
        places["class"], places["label"] = classes_and_label(today, scope.load)
        places["subject"] = snapshot.subjects[scope.load.subject].title
        if places["label"]:
            pattern = template.name_with_label
    return pattern.format(**places), template.topic.format(**places)


def accounts(today: Today, given: Circumstances, catalogs: Catalogs) -> dict[UserId, DesiredAccount]:
    """The account of each linked person, as it ought to be.

    Whoever nothing in the journal makes one of the school today is locked, and who has
    left the roster altogether (after the grace) is deactivated. Whom an operator locked is
    out of the guard's reach.
    """
    found: dict[UserId, DesiredAccount] = {}
    for person, account in given.accounts.items():
        if not account.linked:
            continue
        record = today.snapshot.people.get(person)
        if record is None:
            found[account.user] = DesiredAccount(
                account.user, person, "", True, True, _counted_as(today, person, given)
            )
            continue
        found[account.user] = DesiredAccount(
            user=account.user,
            person=person,
            display_name=official_name(today, person, catalogs, given.language),
            locked=account.operator_locked
            or not record.enabled
            or today.is_absent(person)
            or not today.counts(person),
            deactivated=False,
            roles=frozenset() if account.operator_locked else _counted_as(today, person, given),
        )
    return found


def _counted_as(today: Today, person: PersonId, given: Circumstances) -> frozenset[str]:
    roles = guard_roles(today, person)
    if given.before is not None:
        roles |= guard_roles(given.before, person)
    return roles or frozenset({FORMER})


def guard_roles(today: Today, person: PersonId) -> frozenset[str]:
    """Under which heads the guard counts somebody: staff, teachers, guardians, students."""
    held = {row.role for row in today.roles.get(person, ())}
    roles = {role.value for role in (Role.TEACHER, Role.GUARDIAN, Role.STUDENT) if role in held}
    if held & STAFF_ROLES or person in today.positions:
        roles.add("staff")
    return frozenset(roles)
