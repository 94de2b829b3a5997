"""What a school has to do with others: whom it names for what, and whom they name.

A *topic* is what several schools talk about: `heads`, `association:mathematics`, `event:fair`,
and `direct` for direct chats. A school *names* some of its staff for a topic; they are its
*delegates*. One of the schools *hosts* the topic's room. Whom a peer names is its appservice's
word: a state event in the host's control room, believed as far as the registry permits. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zvonok_appservice.reconcile.model import CONTROL, DesiredRoom, RoomKey
from zvonok_appservice.reconcile.selectors import SELECTORS, Scope, Seat, Selector, staff_seats
from zvonok_appservice.reconcile.today import Today
from zvonok_core.access import ROOM_TALKS, Peer, Talk, appservice_of, server_of
from zvonok_core.ids import AssociationId, PersonId, SchoolId, UserId
from zvonok_core.roles import Level

LARGEST_EVENT = 60_000
"""Bytes that the names may take: Matrix's limit is 65,536 for the whole event."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BY_ID = re.compile(r"(members|chair|person)\((.+)\)")
_USER = re.compile(r"@[a-z0-9._=/+-]{1,100}:.+")


@dataclass(frozen=True, slots=True, order=True)
class Topic:
    """Written `talk`, or `talk:name` for associations and events, of which there are several."""

    talk: Talk
    name: str = ""

    def __str__(self) -> str:
        return f"{self.talk}:{self.name}" if self.name else str(self.talk)

    @classmethod
    def parse(cls, written: object) -> Topic | None:
        """The topic that is written so; None where it is none."""
        talk, _, name = str(written).partition(":")
        if talk in (Talk.ASSOCIATION, Talk.EVENT):
            return cls(Talk(talk), name) if _NAME.fullmatch(name) else None
        return cls(Talk(talk)) if talk == written and talk in list(Talk) else None


@dataclass(frozen=True, slots=True)
class Delegation:
    """Whom of its staff the school names for a topic. Empty `schools`: to all who may know."""

    who: tuple[Selector, ...]
    schools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hosted:
    """A topic whose room this school makes. Empty `schools`: for all who may come."""

    name: str
    schools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Abroad:
    """All that a look needs of other schools: what the configuration says, the peers by the
    newest good registry (`until`: when it ends, in milliseconds since 1970, UTC), and whom they
    name. Once it has ended it is not `in_force`: everybody is silent, and stays where they are
    until it is renewed."""

    server: str = ""
    delegations: Mapping[Topic, Delegation] = field(default_factory=dict)
    hosted: Mapping[Topic, Hosted] = field(default_factory=dict)
    peers: Mapping[str, Peer] = field(default_factory=dict)
    until: int = 0
    in_force: bool = True
    delegates: Mapping[UserId, frozenset[Topic]] = field(default_factory=dict)

    def invited(self, topic: Topic) -> frozenset[str]:
        """The servers of the peers for whom the room of a hosted topic is."""
        chosen = self.hosted[topic].schools
        return frozenset(
            server
            for server, peer in self.peers.items()
            if topic.talk in peer.talks and (not chosen or server in chosen)
        )

    def guests(self, topic: Topic) -> frozenset[UserId]:
        """Who of other schools ought to be in the room of a hosted topic."""
        invited = self.invited(topic)
        return frozenset(
            user for user, topics in self.delegates.items() if topic in topics and server_of(user) in invited
        )

    def talks(self, user: UserId) -> frozenset[Talk]:
        """For what somebody of another school is named; for direct chats only where their school
        learns whom this one names for them."""
        direct = Topic(Talk.DIRECT)
        told = direct in self.told(server_of(user))
        return frozenset(topic.talk for topic in self.delegates[user] if topic != direct or told)

    @property
    def listeners(self) -> frozenset[str]:
        """The servers of the peers who have to tell this school something."""
        direct = {server for server, peer in self.peers.items() if Talk.DIRECT in peer.talks}
        if Topic(Talk.DIRECT) not in self.delegations:
            direct = set()
        return frozenset(direct.union(*map(self.invited, self.hosted)))

    def told(self, server: str) -> Iterator[Topic]:
        """The topics for which this school names somebody to a peer."""
        peer = self.peers.get(server)
        for topic, delegation in self.delegations.items():
            permitted = peer is not None and topic.talk in peer.talks
            if permitted and (not delegation.schools or server in delegation.schools):
                yield topic


ALONE = Abroad()
"""A school that has nothing to do with others."""


def selector_of(written: str) -> Selector | None:
    """A selector of the section `federation.delegates`; None where it is none. Besides those of
    templates that need no class: `members(ID)` and `chair(ID)` of an association of the
    journal, and `person(ID)`."""
    if found := _BY_ID.fullmatch(written):
        return Selector(*found.groups())
    head, _, argument = written.rstrip(")").partition("(")
    known = written in SELECTORS and (not argument or head == "position")
    return Selector(head, argument) if known else None


def named(today: Today, delegation: Delegation) -> Iterator[Seat]:
    """Whom the school names: of its staff alone, whatever a selector says, and nobody who is
    disabled or no longer in the journal."""
    for selector in delegation.who:
        for seat in _seats(today, selector):
            if today.is_staff(seat.person) and today.is_due(seat.person) and not today.is_absent(seat.person):
                yield seat


def _seats(today: Today, selector: Selector) -> Iterator[Seat]:
    if selector.name == "person":
        person = PersonId(selector.argument)
        return staff_seats(today, [person] if person in today.snapshot.people else [])
    if selector.name in ("members", "chair"):
        scope = Scope(association=AssociationId(selector.argument))
        return Selector(selector.name, "association").seats(today, scope)
    return selector.seats(today, Scope())


def control_room(school: SchoolId, abroad: Abroad) -> DesiredRoom | None:
    """The room in which peers name people to this school; None where nobody has to."""
    listeners = abroad.listeners
    if not listeners:
        return None
    return DesiredRoom(
        key=RoomKey(CONTROL, school),
        name=CONTROL,
        topic="",
        is_space=False,
        write_level=int(Level.SEALED),
        archived=False,
        parents=(),
        members=frozenset(),
        levels={},
        servers=listeners | {abroad.server},
        guests=frozenset(map(appservice_of, listeners)),
    )


# ---------------------------------------------------------------- what is told over the border


def telling(named: Mapping[UserId, Iterable[Topic]]) -> dict[str, Any]:
    """The content of the state event that names people to a host. Where it would be too large,
    those are left out who are named for direct chats alone, the last of them first."""
    ordered = sorted(
        named.items(), key=lambda item: (not any(t.talk in ROOM_TALKS for t in item[1]), item[0])
    )
    people: dict[str, list[str]] = {}
    size = 0
    for user, topics in ordered:
        written = sorted(map(str, topics))
        size += len(json.dumps([user, written]))
        if size > LARGEST_EVENT:
            break
        people[user] = written
    return {"people": people}


def believed(
    told: Mapping[UserId, Mapping[str, Any]], peers: Mapping[str, Peer]
) -> dict[UserId, frozenset[Topic]]:
    """Whom peers name, of what was `told` by each sender: a peer's own appservice is believed, of
    people of its own server, for kinds of talk that both schools are permitted."""
    found: dict[UserId, frozenset[Topic]] = {}
    for sender, content in told.items():
        server = server_of(sender)
        peer, people = peers.get(server), content.get("people")
        if peer is None or sender != appservice_of(server) or not isinstance(people, Mapping):
            continue
        for user, written in people.items():
            if not _USER.fullmatch(user) or server_of(user) != server or user == sender:
                continue
            topics = map(Topic.parse, written if isinstance(written, list) else ())
            permitted = frozenset(topic for topic in topics if topic is not None and topic.talk in peer.talks)
            if permitted:
                found[UserId(user)] = permitted
    return found
