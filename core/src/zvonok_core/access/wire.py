"""Facts as JSON, whole or as what has changed: compact, because a school is thousands.

Keys that are empty are left out. Unknown keys are ignored when read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from zvonok_core.access.facts import Facts, PersonFacts, RoomFacts
from zvonok_core.access.peers import Peer, Talk
from zvonok_core.access.table import Table, Who
from zvonok_core.directory import from_json, to_json
from zvonok_core.errors import ConfigError, PermanentError
from zvonok_core.ids import ClassId, RoomId, SchoolId, UserId

Id = TypeVar("Id", bound=str)
_SETS = ("student_of", "teaches", "heads", "children", "child_classes", "child_groups")
_FLAGS = ("linked", "locked", "sender")


def write_facts(facts: Facts) -> dict[str, Any]:
    """All facts as JSON types."""
    return _written(facts, None, facts.people, facts.rooms)


def write_changes(
    facts: Facts, since: str, people: Iterable[UserId], rooms: Iterable[RoomId]
) -> dict[str, Any]:
    """What has changed after revision `since`, as JSON types: `people` and `rooms` are those
    that have come, gone or become different."""
    return _written(facts, since, people, rooms)


def _written(
    facts: Facts, since: str | None, people: Iterable[UserId], rooms: Iterable[RoomId]
) -> dict[str, Any]:
    return {
        "revision": facts.revision,
        "since": since,
        "sender": facts.sender,
        "language": facts.language,
        "table": to_json(facts.table),
        "people": {user: _person(facts.people.get(user)) for user in people},
        "rooms": {room: _room(facts.rooms.get(room)) for room in rooms},
        "peers": {server: to_json(peer) for server, peer in facts.peers.items()},
        "peers_until": facts.peers_until,
    }


def _person(person: PersonFacts | None) -> dict[str, Any] | None:
    if person is None:
        return None
    written: dict[str, Any] = {"school": person.school, "roles": sorted(person.roles)}
    written |= {flag: True for flag in _FLAGS if getattr(person, flag)}
    if person.class_ is not None:
        written["class"] = person.class_
    written |= {name: sorted(ids) for name in (*_SETS, "talks") if (ids := getattr(person, name))}
    return written


def _room(room: RoomFacts | None) -> dict[str, Any] | None:
    if room is None:
        return None
    written: dict[str, Any] = {"school": room.school, "kind": room.kind}
    if room.class_ is not None:
        written["class"] = room.class_
    if room.archived:
        written["archived"] = True
    return written


def read_facts(data: Mapping[str, Any], before: Facts | None = None) -> Facts:
    """The facts that `write_facts` wrote, or `before` with what `write_changes` wrote.

    Raises PermanentError where `data` is nothing of the kind, or changes of other facts than
    `before`: then all facts are to be asked for anew.
    """
    try:
        since = data["since"]
        if since is None:
            people: dict[UserId, PersonFacts] = {}
            rooms: dict[RoomId, RoomFacts] = {}
        elif before is not None and before.revision == since:
            people, rooms = dict(before.people), dict(before.rooms)
        else:
            raise PermanentError("these are changes of other facts than those that are known")
        for user, person in data["people"].items():
            if person is None:
                people.pop(user, None)
            else:
                people[user] = _read_person(user, person)
        for room, kept in data["rooms"].items():
            if kept is None:
                rooms.pop(room, None)
            else:
                rooms[room] = _read_room(room, kept)
        return Facts(
            _text(data["revision"]),
            UserId(_text(data["sender"])),
            from_json(Table, data["table"]),
            people,
            rooms,
            _text(data["language"]),
            {_text(server): from_json(Peer, peer) for server, peer in data["peers"].items()},
            _number(data["peers_until"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
        raise PermanentError(f"these are no facts: {error}") from error


def _read_person(user: UserId, data: Mapping[str, Any]) -> PersonFacts:
    class_ = data.get("class")
    return PersonFacts(
        user=user,
        school=SchoolId(_text(data["school"])),
        roles=frozenset(Who(role) for role in data["roles"]),
        class_=None if class_ is None else ClassId(_text(class_)),
        linked=data.get("linked") is True,
        locked=data.get("locked") is True,
        sender=data.get("sender") is True,
        student_of=_ids(data, "student_of", str),
        teaches=_ids(data, "teaches", str),
        heads=_ids(data, "heads", ClassId),
        children=_ids(data, "children", UserId),
        child_classes=_ids(data, "child_classes", ClassId),
        child_groups=_ids(data, "child_groups", str),
        talks=frozenset(map(Talk, data.get("talks", ()))),
    )


def _read_room(room: RoomId, data: Mapping[str, Any]) -> RoomFacts:
    class_ = data.get("class")
    return RoomFacts(
        room=room,
        school=SchoolId(_text(data["school"])),
        kind=_text(data["kind"]),
        class_=None if class_ is None else ClassId(_text(class_)),
        archived=data.get("archived") is True,
    )


def _ids(data: Mapping[str, Any], name: str, kind: Callable[[str], Id]) -> frozenset[Id]:
    values = data.get(name, [])
    if not isinstance(values, list):
        raise TypeError(f"{name} is no list")
    return frozenset(kind(_text(value)) for value in values)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError("a moment is no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("an id is not text")
    return value
