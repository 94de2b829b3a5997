"""What moderators may have asked for: that somebody, or nearly everybody, does not write in
a room for a time. Pure.

Only the clock ends them: one that is over is not among what the reconciling is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zvonok_core.ids import RoomId, UserId


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody may not write in a room, by whose word and why. Moments are aware, in UTC;
    `told` is whether the person has been told."""

    room: RoomId
    user: UserId
    until: datetime
    by: UserId
    reason: str
    since: datetime
    told: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """A room in which only level 50 and above write. `told` is whether the room has been."""

    room: RoomId
    until: datetime
    by: UserId
    since: datetime
    told: bool = False
