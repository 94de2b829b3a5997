"""Inviting people of other schools into the rooms that this one makes for several.

Apart from the loop that keeps the school's own rooms, because an invitation waits for another
school's server, and nothing of the journal's may wait for that. Whoever must go is put out by
the loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from zvonok_appservice.federation.patience import Patience
from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.picture import Board
from zvonok_appservice.reconcile.troubles import Troubles
from zvonok_core.access import server_of
from zvonok_core.clock import Clock
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId, UserId

EVERY = 60.0
"""Seconds after which all is compared again, news or not."""


class Hosting:
    """Compares who is in the rooms with who ought to be, at each new picture."""

    def __init__(
        self, board: Board, homeserver: Homeserver, clock: Clock, looked_at: Callable[[RoomId], None]
    ) -> None:
        self._board = board
        self._homeserver = homeserver
        self._patience = Patience("inviting people of another school", clock)
        self._looked_at = looked_at

    async def run(self) -> None:
        """Until cancelled."""
        inviting = Troubles("inviting people of other schools")
        while True:
            revision = self._board.revision
            await inviting.endure(self.invite())
            await self._board.newer_than(revision, self._patience.until_next(EVERY))

    async def invite(self) -> None:
        """Invite whoever is missing, school by school."""
        picture = self._board.picture
        if picture is None or not picture.given.abroad.in_force:
            return
        missing: dict[str, list[tuple[RoomId, UserId]]] = defaultdict(list)
        for key, room in picture.desired.rooms.items():
            present = picture.actual.rooms.get(key)
            if present is not None:
                for user in sorted(room.guests - present.members.keys()):
                    missing[server_of(user)].append((present.room, user))
        await self._patience.each({server: partial(self._all, due) for server, due in missing.items()})

    async def _all(self, due: list[tuple[RoomId, UserId]]) -> None:
        """One who can't be invited keeps nobody else of that school out."""
        refused: PermanentError | None = None
        for room, user in due:
            try:
                await self._homeserver.invite(room, user)
            except PermanentError as error:
                refused = error
            finally:
                self._looked_at(room)
        if refused is not None:
            raise refused
