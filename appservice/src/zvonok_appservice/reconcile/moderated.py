"""What holds beside the journal, as the loop needs it: mutes and pauses with their ends, and
a note of whoever has left a room and is put back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from zvonok_appservice.reconcile.desired import Circumstances
from zvonok_appservice.reconcile.leavers import leavers
from zvonok_appservice.reconcile.model import ActualRoom, ActualState, Plan, RoomKey
from zvonok_appservice.reconcile.restrictions import Mute, Pause
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_appservice.store.returns import Returns
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.ids import UserId

Mutes = Mapping[tuple[RoomKey, UserId], Mute]
Pauses = Mapping[RoomKey, Pause]


class Moderated:
    """The two stores, and when the next mute or pause is over."""

    def __init__(self, restrictions: Restrictions, returns: Returns, clock: Clock) -> None:
        self._restrictions = restrictions
        self._returns = returns
        self._clock = clock
        self._next_end: datetime | None = None

    async def in_force(self, rooms: Mapping[RoomKey, ActualRoom]) -> tuple[Mutes, Pauses]:
        """The mutes and pauses of these rooms that are not over."""
        mutes, pauses = await self._restrictions.mutes(), await self._restrictions.pauses()
        ends = [*(mute.until for mute in mutes), *(each.until for each in pauses)]
        self._next_end = min(ends, default=None)
        keys = {room.room: key for key, room in rooms.items()}
        return (
            {(keys[mute.room], mute.user): mute for mute in mutes if mute.room in keys},
            {keys[each.room]: each for each in pauses if each.room in keys},
        )

    def something_has_ended(self) -> bool:
        """Whether a mute or a pause is over that was in force before. Said once: asking
        again what is in force finds out what ends next."""
        ended = self._next_end is not None and self._next_end <= self._clock.now()
        if ended:
            self._next_end = None
        return ended

    async def note_leavers(self, steps: Plan, actual: ActualState, given: Circumstances) -> None:
        """Note whom the steps put back after they had left. To be called before: afterwards
        nothing in the room tells that they did."""
        found = leavers(steps, actual, given.accounts.values(), milliseconds(self._clock.now()))
        if found:
            await self._returns.note(found)
