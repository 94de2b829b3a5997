"""The registry of schools: who is in the federation, and what they may talk about.

Its version, its expiry and the signatures are not in it: they are those of the TUF metadata
that name this file.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zvonok_core.access import Talk
from zvonok_core.directory import to_json
from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.settings import build
from zvonok_core.text import Text, text

FORMAT = 1
"""Raised when an old reader would misunderstand a new file; further keys and kinds of talk
are no reason, since readers leave out what they don't know."""

_SERVER_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")
_KEY_ID = re.compile(r"ed25519:[A-Za-z0-9_]{1,64}")
_KEY_BYTES = 32
_LONGEST = 200


TALK_WORDS: Mapping[Talk, Text] = {
    Talk.HEADS: text("council of heads"),
    Talk.ASSOCIATION: text("methodical associations across schools"),
    Talk.EVENT: text("rooms of two schools for an event"),
    Talk.DIRECT: text("staff to staff"),
}


@dataclass(frozen=True, slots=True)
class School:
    """One school, or a district that has one homeserver."""

    server_name: str
    """The part of its user ids behind the colon, in small letters."""
    title: str
    contact: str
    """Of the office that runs the homeserver, never of a person."""
    keys: Mapping[str, str]
    """The homeserver's signing keys as Matrix publishes them: `ed25519:id` → base64."""
    talks: frozenset[Talk] = frozenset()

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise ConfigError(faults)


@dataclass(frozen=True, slots=True)
class Registry:
    """All schools of the federation, by server name."""

    format: int = FORMAT
    schools: tuple[School, ...] = ()

    def __post_init__(self) -> None:
        faults: list[ConfigFault] = []
        names = [school.server_name for school in self.schools]
        keys = [key for school in self.schools for key in {*school.keys.values()}]
        if len({*names}) < len(names):
            faults.append(ConfigFault("schools", text("one server name is listed twice")))
        if len({*keys}) < len(keys):
            faults.append(
                ConfigFault("schools", text("two schools have the same key: one of them is a slip"))
            )
        if faults:
            raise ConfigError(faults)

    def school(self, server_name: str) -> School | None:
        """The school with this server name."""
        return next((school for school in self.schools if school.server_name == server_name), None)

    def partners(self, server_name: str) -> tuple[School, ...]:
        """The schools that this one may talk with: all others, or none where it is not
        listed itself."""
        if self.school(server_name) is None:
            return ()
        return tuple(school for school in self.schools if school.server_name != server_name)

    def with_school(self, school: School) -> Registry:
        """The registry with this school, in the place of the one with its server name."""
        return _sorted([*self.without(school.server_name).schools, school])

    def without(self, server_name: str) -> Registry:
        """The registry without this school."""
        return _sorted(school for school in self.schools if school.server_name != server_name)


NOBODY = Registry()
"""The registry that lists no school."""


def encode(registry: Registry) -> bytes:
    """The file `registry.json`. Equal registries are equal bytes."""
    return (json.dumps(to_json(registry), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def decode(content: bytes) -> Registry:
    """What `encode` wrote, here or in a newer version of this program: keys and kinds of talk
    that are not known here are left out. Raises ConfigError with every fault."""
    try:
        raw = json.loads(content)
    except ValueError as error:
        raise ConfigError([ConfigFault("registry.json", text("is not JSON"))]) from error
    if isinstance(raw, dict) and raw.get("format") != FORMAT:
        message = text("was written by a newer version of this program: please update it")
        raise ConfigError([ConfigFault("registry.json", message)])
    return build(Registry, _known(raw), ignore_unknown=True, files=False)


def keys_as_published(content: bytes, server_name: str) -> dict[str, str]:
    """The keys in what a homeserver answers at /_matrix/key/v2/server. Raises ConfigError where
    it is no such answer, or another server's."""
    try:
        raw = json.loads(content)
        published = raw["server_name"]
        keys = {str(id_): str(key["key"]) for id_, key in raw["verify_keys"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = text("this is not what a homeserver answers at /_matrix/key/v2/server")
        raise ConfigError([ConfigFault("keys", message)]) from error
    if published != server_name:
        message = text("these are the keys of {other}, not of {school}", other=published, school=server_name)
        raise ConfigError([ConfigFault("keys", message)])
    return keys


def _known(raw: Any) -> Any:
    """The file without the kinds of talk that this version knows nothing of."""
    if not isinstance(raw, dict) or not isinstance(raw.get("schools"), list):
        return raw
    known = {talk.value for talk in Talk}

    def school(entry: Any) -> Any:
        if not isinstance(entry, dict) or not isinstance(entry.get("talks"), list):
            return entry
        return {
            **entry,
            "talks": [talk for talk in entry["talks"] if not isinstance(talk, str) or talk in known],
        }

    return {**raw, "schools": [school(entry) for entry in raw["schools"]]}


def _sorted(schools: Iterable[School]) -> Registry:
    return Registry(schools=tuple(sorted(schools, key=lambda school: school.server_name)))


def _faults(school: School) -> Iterator[ConfigFault]:
    if len(school.server_name) > _LONGEST or not _SERVER_NAME.fullmatch(school.server_name):
        yield ConfigFault(
            "server_name", text("must be a server name in small letters, such as school-7.example")
        )
    for path, value in {"title": school.title, "contact": school.contact}.items():
        if not value.strip() or len(value) > _LONGEST or not value.isprintable():
            yield ConfigFault(path, text("must be one line of 1 to {n} characters", n=_LONGEST))
    if not school.keys:
        yield ConfigFault("keys", text("at least one key of the homeserver is needed"))
    for id_, key in school.keys.items():
        if not _KEY_ID.fullmatch(id_):
            yield ConfigFault("keys", text("{key} is no name of a key; it looks like ed25519:a_Bc", key=id_))
        if not _is_key(key):
            yield ConfigFault(f"keys.{id_}", text("must be a public ed25519 key: 43 characters of base64"))


def _is_key(key: str) -> bool:
    """Whether this is unpadded base64 of a key, written in the one way that there is."""
    try:
        raw = base64.b64decode(key + "=", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(raw) == _KEY_BYTES and base64.b64encode(raw).decode().rstrip("=") == key
