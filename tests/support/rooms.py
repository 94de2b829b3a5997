"""Desired rooms told by their names and by people's ids, for tests that read as rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from builders import BOT, DAY, ENGLISH, SchoolBuilder, circumstances, shipped

from zvonok_appservice.reconcile.desired import desired_state
from zvonok_appservice.reconcile.model import DesiredAccount, DesiredRoom, DesiredState, RoomKey
from zvonok_appservice.reconcile.templates import Template
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_core.ids import UserId


@dataclass(frozen=True)
class Seen:
    """A desired room. Everybody is linked, so its members are all who are due."""

    room: DesiredRoom
    members: frozenset[str]
    levels: Mapping[str, int]
    spaces: tuple[str, ...]

    @property
    def admins(self) -> set[str]:
        """Who has level 100."""
        return {person for person, level in self.levels.items() if level == 100}

    @property
    def moderators(self) -> set[str]:
        """Who has level 50, but the bot."""
        return {person for person, level in self.levels.items() if level == 50}

    @property
    def read_only(self) -> bool:
        """Whether only level 50 and above writes."""
        return self.room.write_level == 50


def desire(
    school: SchoolBuilder | Snapshot,
    day: date = DAY,
    *,
    templates: Iterable[Template] | None = None,
    lessons: Collection[LoadKey] | None = None,
    **given: Any,
) -> DesiredState:
    """What a school asks for. Every load has had a lesson unless `lessons` says which."""
    snapshot = school.snapshot() if isinstance(school, SchoolBuilder) else school
    held = {LoadKey.of(row) for row in snapshot.loads} if lessons is None else lessons
    known = replace(circumstances(snapshot, **given), lessons=frozenset(held))
    return desired_state(Today(snapshot, day), shipped() if templates is None else templates, known, ENGLISH)


def rooms_of(school: SchoolBuilder | Snapshot, day: date = DAY, **given: Any) -> dict[str, Seen]:
    """A school's rooms by name; spaces as «(7А)»."""
    desired = desire(school, day, **given)
    return {called(room): _seen(room, desired.rooms) for room in desired.rooms.values()}


def account_of(school: SchoolBuilder | Snapshot, person: str, **given: Any) -> DesiredAccount:
    """The account of somebody, as it ought to be."""
    accounts = desire(school, **given).accounts
    return next(account for account in accounts.values() if account.person == person)


def called(room: DesiredRoom) -> str:
    """The room's name, which tells a space from a room."""
    return f"({room.name})" if room.is_space else room.name


def person_of(user: UserId) -> str:
    """Whose account the builder's `user` makes."""
    return user[1:].split(":")[0]


def _seen(room: DesiredRoom, rooms: Mapping[RoomKey, DesiredRoom]) -> Seen:
    return Seen(
        room=room,
        members=frozenset(person_of(user) for user in room.members - {BOT}),
        levels={person_of(user): level for user, level in room.levels.items() if user != BOT},
        spaces=tuple(called(rooms[parent]) for parent in room.parents),
    )
