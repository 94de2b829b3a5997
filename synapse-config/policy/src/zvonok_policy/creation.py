"""What a request to make a room asks for, and what is made of it before it is decided.

Clients ask for some things by themselves: Element X for encryption, Element Web for guests.
What the school doesn't have is left out rather than refused. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zvonok_core.access import ChatKind, Facts, NewRoom, PersonFacts, chat_kind, may_encrypt, server_of
from zvonok_core.ids import UserId
from zvonok_policy.chats import MARK, marker

ROOM_VERSION = "12"
_ENCRYPTION = "m.room.encryption"
_GUESTS = "m.room.guest_access"
_KNOWN_PRESETS = (None, "private_chat", "trusted_private_chat")


class MalformedError(ValueError):
    """The request is none that a client makes."""


def asked_for(config: Mapping[str, Any], facts: Facts) -> NewRoom:
    """The body of a request to make a room, as the rules see it. Raises MalformedError."""
    return NewRoom(
        invited=tuple(map(facts.people.get, _invited(config))),
        direct=config.get("is_direct") is True,
        space=_mapping(config.get("creation_content")).get("type") is not None,
        open=config.get("preset") not in _KNOWN_PRESETS or config.get("visibility", "private") != "private",
        named="room_alias_name" in config,
        by_address=bool(config.get("invite_3pid")),
        settings=tuple((event["type"], event["content"]) for event in _initial_state(config)),
    )


def is_upgrade(config: Mapping[str, Any]) -> bool:
    """Whether the room is to take the place of another one."""
    return "predecessor" in _mapping(config.get("creation_content"))


def adjust(config: dict[str, Any], actor: PersonFacts, facts: Facts) -> None:
    """Change the request in place: no guests, no encryption where the school has none, no room
    version or creators of the client's choice, and the chat's own mark. Raises MalformedError."""
    asked = asked_for(config, facts)
    kind = chat_kind(actor, asked, facts.table)
    between = frozenset({actor.user, *_invited(config)}) if kind is ChatKind.DIRECT else frozenset()
    hidden = may_encrypt((actor, *asked.invited), facts.table).denied
    config["initial_state"] = [
        *(
            event
            for event in _initial_state(config)
            if event["type"] != _GUESTS and not (hidden and event["type"] == _ENCRYPTION)
        ),
        # Synapse's own presets for private rooms let guests in.
        {"type": _GUESTS, "state_key": "", "content": {"guest_access": "forbidden"}},
    ]
    config["room_version"] = ROOM_VERSION
    given = _mapping(config.get("creation_content"))
    refused = {k: given[k] for k in ("type", "predecessor") if given.get(k) is not None}  # with a sentence
    schools = {server_of(user) for user in (actor.user, *_invited(config))}
    across = kind is ChatKind.DIRECT and len(schools) > 1
    made = refused | {MARK: marker(kind, between)}
    config["creation_content"] = made if across else made | {"m.federate": False}
    if kind is not ChatKind.DIRECT and config.get("preset") == "trusted_private_chat":
        config["preset"] = "private_chat"  # the invited would be creators, above all levels


def _invited(config: Mapping[str, Any]) -> list[UserId]:
    invited = config.get("invite", [])
    if not isinstance(invited, list) or not all(isinstance(user, str) for user in invited):
        raise MalformedError("invite is no list of user ids")
    return [UserId(user) for user in invited]


def _initial_state(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    events = config.get("initial_state", [])
    if not isinstance(events, list):
        raise MalformedError("initial_state is no list")
    for event in events:
        if (
            not isinstance(event, Mapping)
            or not isinstance(event.get("type"), str)
            or not isinstance(event.get("state_key", ""), str)
            or not isinstance(event.get("content"), Mapping)
        ):
            raise MalformedError("initial_state has something that is no state event")
        yield event


def _mapping(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise MalformedError("creation_content is no mapping")
    return value
