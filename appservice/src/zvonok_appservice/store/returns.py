"""Who has been put back into a room after leaving it, and whether they were told why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import RoomId, UserId

DAY = 86_400_000
"""Milliseconds for which nobody is told the same twice, however often they leave."""


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody who is still to be told; `noted_at` in milliseconds since 1970, UTC."""

    room: RoomId
    user: UserId
    noted_at: int


class Returns:
    """The table `returns`: for each person and room the latest return of the last day."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def note(self, leavers: Iterable[tuple[RoomId, UserId]]) -> None:
        """These are put back now. Who was noted for the same room within a day is not
        noted again."""
        now = milliseconds(self._clock.now())
        rows = [(room, user, now) for room, user in leavers]

        async def work(connection: Connection) -> None:
            await connection.execute("DELETE FROM returns WHERE noted_at <= $1", now - DAY)
            await connection.executemany(
                "INSERT INTO returns (room, user_id, noted_at) VALUES ($1, $2, $3)"
                " ON CONFLICT (room, user_id) DO NOTHING",
                rows,
            )

        await transaction(self._database, work)

    async def untold(self) -> list[Return]:
        """Who is still to be told. What is older than a day is left unsaid."""
        rows = await self._database.fetch(
            "SELECT room, user_id, noted_at FROM returns WHERE told_at IS NULL AND noted_at > $1"
            " ORDER BY user_id, noted_at, room",
            milliseconds(self._clock.now()) - DAY,
        )
        return [Return(RoomId(r["room"]), UserId(r["user_id"]), r["noted_at"]) for r in rows]

    async def told(self, returns: Iterable[Return]) -> None:
        """They have been told."""
        now = milliseconds(self._clock.now())
        await self._database.executemany(
            "UPDATE returns SET told_at = $1 WHERE room = $2 AND user_id = $3 AND noted_at = $4",
            [(now, r.room, r.user, r.noted_at) for r in returns],
        )
