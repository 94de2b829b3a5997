"""Who is in a room and what they may do there: from the school's directory, or, where there
is none, from the room's own power levels.

With a directory everything that is not known is refused; a directory that does not answer
raises TemporaryError, and is never taken for one that says no.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from zvonok_botkit.chat import Chat, RoomRights
from zvonok_core.clock import Clock
from zvonok_core.directory import PersonView, RoomList, RoomView
from zvonok_core.ids import RoomId, UserId
from zvonok_core.people import Person
from zvonok_core.roles import ADMINISTRATION, STAFF_ROLES, Level, Role

REMEMBERED_SECONDS = 60.0
"""A right that was taken away is gone after so long at the latest."""
REMEMBERED_ROOMS = 200

STANDING = {
    Role.PRINCIPAL: frozenset({"administration"}),
    Role.COUNSELOR: frozenset({"administration"}),
    Role.AIDE: frozenset({"administration", "homeroom", "teacher"}),
    Role.TEACHER: frozenset({"administration", "homeroom", "teacher", "chair"}),
    Role.GUARDIAN: frozenset({"guardian"}),
    Role.STUDENT: frozenset({"student"}),
}
"""Which relations to a room make somebody this in it."""
OF_THE_HOUSE = frozenset({"staff", "member"})
"""Relations that leave open what somebody is: their roles in the school decide."""


class Directory(Protocol):
    """What the appservice knows. Raises TemporaryError where it does not answer."""

    async def person(self, user: UserId) -> PersonView | None:
        """Somebody by Matrix id; None where the journal has nobody of this name."""

    async def room(self, room: RoomId) -> RoomView | None:
        """A managed room; None where it is none."""

    async def rooms(self) -> RoomList:
        """All managed rooms of the school."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs into a room. `relations` are the directory's; a creator's level is
    above all. Who is not `joined` hasn't signed in yet, or so lately that the directory does
    not know."""

    person: Person
    relations: frozenset[str] = frozenset()
    level: int = 0
    joined: bool = True
    children: tuple[Person, ...] = ()
    """For a guardian in a room of a class: whom of that class they stand for."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who belongs into a room. `managed` is the directory's view, where it knows the room."""

    members: tuple[Member, ...]
    managed: RoomView | None

    @property
    def people(self) -> tuple[Person, ...]:
        return tuple(member.person for member in self.members)

    def member(self, user: UserId) -> Member | None:
        return next((member for member in self.members if member.person.user == user), None)


class Rooms:
    """Companies, and who may what in them, remembered for a minute."""

    def __init__(self, chat: Chat, directory: Directory | None, clock: Clock) -> None:
        self._chat = chat
        self._directory = directory
        self._clock = clock
        self._seen: OrderedDict[RoomId, tuple[float, Company]] = OrderedDict()

    def forget(self, room: RoomId) -> None:
        """Look again the next time: somebody came or went."""
        self._seen.pop(room, None)

    async def view(self, room: RoomId) -> Company:
        """Who is in a room."""
        now = self._clock.monotonic()
        at, company = self._seen.get(room, (-REMEMBERED_SECONDS, None))
        if company is None or now - at >= REMEMBERED_SECONDS:
            company = await self._look(room)
            self._seen[room] = now, company
            self._seen.move_to_end(room)
            if len(self._seen) > REMEMBERED_ROOMS:
                self._seen.popitem(last=False)
        return company

    async def _look(self, room: RoomId) -> Company:
        if self._directory and (managed := await self._directory.room(room)):
            members = tuple(
                Member(
                    Person(one.user, one.name),
                    frozenset(one.relations),
                    one.level,
                    one.joined,
                    tuple(Person(child.user, child.name) for child in one.children),
                )
                for one in managed.members
                if one.person is not None
            )
            return Company(members, managed)
        # With a directory what the room says of rights counts for nothing.
        rights = RoomRights() if self._directory else await self._chat.rights(room)
        names = await self._chat.names(room)
        levels = {user: rights.levels.get(user, rights.default) for user in names}
        levels |= {user: int(Level.TOMBSTONE) for user in rights.creators}
        listed = sorted((name, user) for user, name in names.items() if user != self._chat.user)
        return Company(tuple(Member(Person(user, name), level=levels[user]) for name, user in listed), None)

    async def may(self, user: UserId, room: RoomId, role: Role) -> bool:
        """Whether somebody is this in a room."""
        company = await self.view(room)
        member = company.member(user)
        if member is None:
            return False
        if self._directory is None:
            return _by_level(member.level, role)
        if company.managed is None or member.relations & OF_THE_HOUSE:
            person = await self._directory.person(user)
            return person is not None and not person.locked and _by_roles(person, role)
        if role in STAFF_ROLES - {Role.PRINCIPAL} and member.level >= Level.MODERATOR:
            return True
        return bool(member.relations & STANDING[role])


def _by_level(level: int, role: Role) -> bool:
    needed = {Role.PRINCIPAL: Level.ADMIN, Role.GUARDIAN: Level.MEMBER, Role.STUDENT: Level.MEMBER}
    return level >= needed.get(role, Level.MODERATOR)


def _by_roles(person: PersonView, role: Role) -> bool:
    in_charge = Role.PRINCIPAL in person.roles or not ADMINISTRATION.isdisjoint(person.positions)
    return role in person.roles or (role in STAFF_ROLES and in_charge)
