"""Other schools: which of them may be talked with, and about what.

Each school has a server of its own. A *peer* is a school that the signed registry lists and
that is permitted something which this one is permitted, too. What a peer's appservice says of
its own people makes them known here; of nobody else of another school is anything known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zvonok_core.ids import UserId


class Talk(StrEnum):
    """A kind of talk between schools. Two schools have it where both are permitted it."""

    HEADS = "heads"
    ASSOCIATION = "association"
    EVENT = "event"
    DIRECT = "direct"


ROOM_TALKS = frozenset(Talk) - {Talk.DIRECT}
"""Kinds of talk that are held in rooms which a school makes for several."""
APPSERVICE = "zvonok"
"""The user name of every appservice in a federation, by which peers know it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another school, as far as this one has to do with it."""

    talks: frozenset[Talk]
    """What both are permitted; never empty."""
    keys: Mapping[str, str]
    """The signing keys of its homeserver, `ed25519:id` → base64: no others are believed."""


def server_of(user: UserId) -> str:
    """The server's name in a user id: what is behind the first colon."""
    return user.partition(":")[2]


def appservice_of(server: str) -> UserId:
    """The account by which a school's appservice speaks to others."""
    return UserId(f"@{APPSERVICE}:{server}")
