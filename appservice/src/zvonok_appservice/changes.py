"""What changed between pictures, for those who keep a copy of the directory."""

from __future__ import annotations

import re
import secrets
from collections import deque
from dataclasses import dataclass

from zvonok_appservice.picture import Picture
from zvonok_appservice.views import Directory
from zvonok_core.directory import Changes
from zvonok_core.ids import PersonId, RoomId, UserId
from zvonok_core.text import Catalogs

REMEMBERED = 200
"""So many changes are kept; who was away for longer reads everything anew."""


def differences(old: Directory, new: Directory) -> tuple[frozenset[UserId], frozenset[RoomId]]:
    """The people and rooms whose views differ. Cheap while the roster is the same one:
    only what can have changed is compared."""
    people = frozenset(user for user in _people(old, new) if old.person(user) != new.person(user))
    rooms = frozenset(room for room in _rooms(old, new) if old.room(room) != new.room(room))
    return people, rooms


def _people(old: Directory, new: Directory) -> set[UserId]:
    then, now = old.picture, new.picture
    if then.today is not now.today:
        return {*old.people(), *new.people()}
    touched: set[PersonId] = {
        person
        for person in then.given.accounts.keys() | now.given.accounts.keys()
        if then.given.accounts.get(person) != now.given.accounts.get(person)
    }
    for user in then.desired.accounts.keys() | now.desired.accounts.keys():
        if then.desired.accounts.get(user) != now.desired.accounts.get(user):
            touched.add(now.person_of.get(user) or then.person_of[user])
    # The relatives' views tell whether somebody has activated.
    for person in tuple(touched):
        touched |= {row.child for row in now.today.children_of.get(person, ())}
        touched |= {row.guardian for row in now.today.guardians_of.get(person, ())}
    accounts = {**then.given.accounts, **now.given.accounts}
    return {accounts[person].user for person in touched if person in accounts}


def _rooms(old: Directory, new: Directory) -> set[RoomId]:
    if old.picture.today is not new.picture.today:
        return {*old.key_of, *new.key_of}

    def stand(picture: Picture, room: RoomId, directory: Directory) -> object:
        key = directory.key_of.get(room)
        return (picture.actual.rooms[key], picture.desired.rooms.get(key)) if key else None

    return {
        room
        for room in old.key_of.keys() | new.key_of.keys()
        if stand(old.picture, room, old) != stand(new.picture, room, new)
    }


@dataclass(frozen=True, slots=True)
class Changed:
    """Who and what has changed."""

    people: frozenset[UserId]
    rooms: frozenset[RoomId]


class Revisions:
    """What has changed, by revision. A revision carries the boot of its process: one that
    another process handed out is not known here."""

    def __init__(self) -> None:
        self._boot = secrets.token_hex(6)
        self._number = 0
        self._entries: deque[tuple[int, Changed]] = deque(maxlen=REMEMBERED)

    @property
    def present(self) -> str:
        """The newest revision."""
        return f"{self._boot}-{self._number}"

    def note(self, people: frozenset[UserId], rooms: frozenset[RoomId], *, anyway: bool = False) -> None:
        """Begin a new revision, where anything has changed, or `anyway`."""
        if people or rooms or anyway:
            self._number += 1
            self._entries.append((self._number, Changed(people, rooms)))

    def since(self, revision: str) -> Changed | None:
        """All that has changed after `revision`; None where it is not known (any more)."""
        boot, _, number = revision.partition("-")
        known = int(number) if re.fullmatch(r"[0-9]{1,18}", number) else -1
        oldest = self._entries[0][0] - 1 if self._entries else self._number
        if boot != self._boot or not oldest <= known <= self._number:
            return None
        later = [changed for number, changed in self._entries if number > known]
        return Changed(
            frozenset(user for changed in later for user in changed.people),
            frozenset(room for changed in later for room in changed.rooms),
        )


class ChangeLog:
    """The newest directory, and what has changed since it was first looked at. Whose
    revision is not known here is told to read everything anew."""

    def __init__(self, catalogs: Catalogs) -> None:
        self._catalogs = catalogs
        self._revisions = Revisions()
        self._directory: Directory | None = None

    def directory(self, picture: Picture) -> Directory:
        """The directory of `picture`, the newest one; notes what is new in it."""
        old = self._directory
        if old is not None and old.picture is picture:
            return old
        new = Directory(picture, self._catalogs)
        if old is not None:
            self._revisions.note(*differences(old, new))
        self._directory = new
        return new

    def since(self, revision: str) -> Changes:
        """What has changed after `revision`: nothing, where it is the present one."""
        changed = self._revisions.since(revision)
        if changed is None:
            return Changes(self._revisions.present, True, (), ())
        people, rooms = tuple(sorted(changed.people)), tuple(sorted(changed.rooms))
        return Changes(self._revisions.present, False, people, rooms)
