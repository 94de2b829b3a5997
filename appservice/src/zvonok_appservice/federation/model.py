"""What the appservice sees of rooms that other servers have made."""

from __future__ import annotations

from dataclasses import dataclass

from zvonok_core.ids import RoomId, UserId


@dataclass(frozen=True, slots=True)
class RoomElsewhere:
    """A room of another server in which somebody of this one is."""

    room: RoomId
    creator: UserId
