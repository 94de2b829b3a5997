"""The two pictures that are compared, desired and actual, and the steps between them.

Pure data. A room is known by its key, which its `dev.zvonok.room` state carries; a
person's account by its user id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from zvonok_core.ids import AssociationId, ClassId, PersonId, RoomId, SchoolId, SubgroupId, SubjectId, UserId

ROOM_STATE_TYPE = "dev.zvonok.room"
ROOM_VERSION = "12"
CONTROL = "control"
"""The kind of the room in which appservices tell each other whom they name. No person is in it."""
CONTROL_ALIAS = "zvonok_federation"
"""Its address on every server, by which peers find it."""
DELEGATES_STATE_TYPE = "dev.zvonok.delegates"
"""Whom a peer names; the state key is its appservice's user id, so that Matrix lets nobody else
write it."""
TALK_STATE_TYPE = "dev.zvonok.talk"
"""Which room the host has made for a topic; the state key is the topic."""


@dataclass(frozen=True, slots=True)
class RoomKey:
    """Which room: the kind, and whatever it is one for each of."""

    kind: str
    school: SchoolId
    class_: ClassId | None = None
    subject: SubjectId | None = None
    subgroup: SubgroupId | None = None
    association: AssociationId | None = None
    topic: str | None = None

    def content(self, archived: bool = False) -> dict[str, Any]:
        """The content of the room's `dev.zvonok.room` state event."""
        scope = {
            "class": self.class_,
            "subject": self.subject,
            "subgroup": self.subgroup,
            "association": self.association,
            "topic": self.topic,
        }
        content: dict[str, Any] = {"kind": self.kind, "school": self.school}
        content |= {name: value for name, value in scope.items() if value is not None}
        return content | {"archived": True} if archived else content

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> RoomKey | None:
        """The key that `content` was written from, or None where it is no such event."""
        names = ("kind", "school", "class", "subject", "subgroup", "association", "topic")
        values = {name: content.get(name) for name in names}
        if not all(value is None or isinstance(value, str) for value in values.values()):
            return None
        if values["kind"] is None or values["school"] is None:
            return None
        return cls(*values.values())  # type: ignore[arg-type]

    def alias_localpart(self, prefix: str) -> str:
        """The alias that makes creating this room repeatable: readable, unique, ASCII."""
        if self.kind == CONTROL:
            return CONTROL_ALIAS
        parts = [self.kind, self.class_, self.subject, self.subgroup, self.association]
        parts += [self.topic] if self.topic else []
        readable = "_".join(re.sub(r"[^a-z0-9.-]", "", part.lower()) for part in parts if part)[:80]
        identity = "\0".join(part or "" for part in (self.school, *parts))
        digest = hashlib.sha256(identity.encode()).hexdigest()[:10]
        return f"{prefix}{readable}_{digest}"


@dataclass(frozen=True, slots=True)
class DesiredRoom:
    """A managed room as it ought to be.

    `levels` lists everybody due with a level other than 0, linked or not; `members` are
    the accounts that ought to be in it now. `write_level` is `events_default`; `paused` is
    whether it is a moderator's word, and not the journal's, that most only read. `servers`
    are those that may be in it, None where it is the school's alone; `guests` those of other
    servers who ought to be invited.
    """

    key: RoomKey
    name: str
    topic: str
    is_space: bool
    write_level: int
    archived: bool
    parents: tuple[RoomKey, ...]
    members: frozenset[UserId]
    levels: Mapping[UserId, int]
    paused: bool = False
    servers: frozenset[str] | None = None
    guests: frozenset[UserId] = frozenset()


@dataclass(frozen=True, slots=True)
class DesiredAccount:
    """An account that people have, as it ought to be. `roles` count in the guard.

    A locked one can't sign in and has no devices; a deactivated one is closed for good,
    until its person comes back.
    """

    user: UserId
    person: PersonId
    display_name: str
    locked: bool
    deactivated: bool
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class DesiredState:
    """All of a school: rooms by key, accounts of linked people by user id, and the bots.
    `server` is its own server's name, where it talks with others."""

    rooms: Mapping[RoomKey, DesiredRoom]
    accounts: Mapping[UserId, DesiredAccount]
    bots: frozenset[UserId] = frozenset()
    server: str = ""


class Membership(StrEnum):
    """Memberships that matter: who is in, who was asked in, and who asks to come in.
    Everybody else is absent."""

    JOIN = "join"
    INVITE = "invite"
    KNOCK = "knock"


@dataclass(frozen=True, slots=True)
class ActualRoom:
    """A room as the homeserver has it. `power_levels` is the event's whole content;
    `members` leaves out the appservice's sender, the room's creator.

    `children` and `parents` are the rooms of its valid m.space.* events. `topic` is None
    where one of the room's administrators has set it: it is theirs from then on. `left` has
    who went by themselves, and when, in milliseconds since 1970, UTC; `parting_words` the
    event by which somebody left and said something, which all clients show. `servers` are the
    hosts that may be in it, None where there is no such list; `told` is what each peer's
    appservice says in a control room, and `talks` the rooms that are told there, by topic.
    """

    room: RoomId
    key: RoomKey
    archived: bool
    name: str
    topic: str | None
    is_space: bool
    join_rule: str
    history_visibility: str
    guest_access: str
    encrypted: bool
    power_levels: Mapping[str, Any]
    members: Mapping[UserId, Membership]
    children: frozenset[RoomId] = frozenset()
    parents: frozenset[RoomId] = frozenset()
    left: Mapping[UserId, int] = field(default_factory=dict)
    parting_words: Mapping[UserId, str] = field(default_factory=dict)
    servers: frozenset[str] | None = None
    told: Mapping[UserId, Mapping[str, Any]] = field(default_factory=dict)
    talks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActualAccount:
    """An account as the homeserver has it."""

    user: UserId
    display_name: str
    locked: bool
    deactivated: bool
    admin: bool


@dataclass(frozen=True, slots=True)
class ActualState:
    """All that was observed. Where two rooms have one key, `rooms` has the older."""

    rooms: Mapping[RoomKey, ActualRoom]
    accounts: Mapping[UserId, ActualAccount]


# ---------------------------------------------------------------- steps of a plan


@dataclass(frozen=True, slots=True)
class LockAccount:
    """Lock, and sign out every device."""

    user: UserId


@dataclass(frozen=True, slots=True)
class DeactivateAccount:
    """Close the account of somebody whose grace is over. Never erases."""

    user: UserId


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Take somebody out of a room, or take back an invitation or a knock."""

    room: RoomId
    key: RoomKey
    user: UserId


@dataclass(frozen=True, slots=True)
class SetPowerLevels:
    """Write a room's whole map. As a revocation it only lowers; as a grant it is the
    map as it ought to be."""

    room: RoomId
    key: RoomKey
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """Make a room with all its state in one request."""

    desired: DesiredRoom
    power_levels: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SetState:
    """Put a state event right. `room` is None while the room is still to be made."""

    key: RoomKey
    room: RoomId | None
    type: str
    state_key: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LinkChild:
    """Hang a room into a space; either may still be to be made."""

    space: RoomKey
    child: RoomKey


@dataclass(frozen=True, slots=True)
class LinkParent:
    """Tell a room, made earlier, which space it hangs in."""

    space: RoomKey
    child: RoomKey


@dataclass(frozen=True, slots=True)
class UnlinkChild:
    """Take a room out of a space."""

    space: RoomKey
    child: RoomId


@dataclass(frozen=True, slots=True)
class UnlockAccount:
    """Let somebody in again who came back."""

    user: UserId


@dataclass(frozen=True, slots=True)
class SetDisplayName:
    """Write the official name."""

    user: UserId
    name: str


@dataclass(frozen=True, slots=True)
class AddMember:
    """Put somebody into a room, without asking."""

    key: RoomKey
    user: UserId


@dataclass(frozen=True, slots=True)
class Redact:
    """Take back what somebody said by leaving, in a room in which they may not write."""

    room: RoomId
    key: RoomKey
    user: UserId
    event: str


Revocation = LockAccount | DeactivateAccount | RemoveMember | SetPowerLevels | SetState | UnlinkChild | Redact
Grant = (
    CreateRoom
    | SetState
    | SetPowerLevels
    | LinkChild
    | LinkParent
    | UnlockAccount
    | SetDisplayName
    | AddMember
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps from actual to desired: every revocation comes before every grant."""

    revocations: tuple[Revocation, ...]
    grants: tuple[Grant, ...]

    @property
    def empty(self) -> bool:
        """Whether all is as it ought to be."""
        return not self.revocations and not self.grants


@dataclass(frozen=True, slots=True)
class Held:
    """Whom and what the guard keeps from being revoked until somebody confirms."""

    users: frozenset[UserId] = frozenset()
    rooms: frozenset[RoomKey] = frozenset()
