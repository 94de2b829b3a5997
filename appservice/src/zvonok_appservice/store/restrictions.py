"""Who may not write for a time, and in which rooms hardly anybody does, until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from zvonok_appservice.reconcile.restrictions import Mute, Pause
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import RoomId, UserId


class Restrictions:
    """The tables `mutes` and `pauses`. The clock decides what is in force; rows that are
    over go with the next one that is written."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def mute(self, room: RoomId, user: UserId, until: datetime, by: UserId, reason: str) -> None:
        """Let somebody not write in a room. A second mute of the same person there takes
        the place of the first."""
        now = self._now()

        async def work(connection: Connection) -> None:
            await connection.execute("DELETE FROM mutes WHERE until <= $1", now)
            await connection.execute(
                "INSERT INTO mutes (room, user_id, until, by_user, reason, since)"
                " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (room, user_id) DO UPDATE SET"
                " until = excluded.until, by_user = excluded.by_user, reason = excluded.reason,"
                " since = excluded.since, told_at = NULL",
                *(room, user, milliseconds(until), by, reason, now),
            )

        await transaction(self._database, work)

    async def unmute(self, room: RoomId, user: UserId) -> bool:
        """End a mute early. Returns whether there was one."""
        found = await self._database.fetchval(
            "DELETE FROM mutes WHERE room = $1 AND user_id = $2 AND until > $3 RETURNING 1",
            *(room, user, self._now()),
        )
        return found is not None

    async def pause(self, room: RoomId, until: datetime, by: UserId) -> None:
        """Let a room be read only; a second pause takes the place of the first."""
        now = self._now()

        async def work(connection: Connection) -> None:
            await connection.execute("DELETE FROM pauses WHERE until <= $1", now)
            await connection.execute(
                "INSERT INTO pauses (room, until, by_user, since) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (room) DO UPDATE SET until = excluded.until, by_user = excluded.by_user,"
                " since = excluded.since, told_at = NULL",
                *(room, milliseconds(until), by, now),
            )

        await transaction(self._database, work)

    async def resume(self, room: RoomId) -> bool:
        """End a pause early. Returns whether there was one."""
        found = await self._database.fetchval(
            "DELETE FROM pauses WHERE room = $1 AND until > $2 RETURNING 1", room, self._now()
        )
        return found is not None

    async def mutes(self) -> list[Mute]:
        """The mutes that are in force, the earliest first."""
        rows = await self._database.fetch(
            "SELECT room, user_id, until, by_user, reason, since, told_at FROM mutes"
            " WHERE until > $1 ORDER BY since, room, user_id",
            self._now(),
        )
        return [
            Mute(
                RoomId(row["room"]),
                UserId(row["user_id"]),
                _moment(row["until"]),
                UserId(row["by_user"]),
                row["reason"],
                _moment(row["since"]),
                row["told_at"] is not None,
            )
            for row in rows
        ]

    async def pauses(self) -> list[Pause]:
        """The pauses that are in force, the earliest first."""
        rows = await self._database.fetch(
            "SELECT room, until, by_user, since, told_at FROM pauses WHERE until > $1 ORDER BY since, room",
            self._now(),
        )
        return [
            Pause(
                RoomId(row["room"]),
                _moment(row["until"]),
                UserId(row["by_user"]),
                _moment(row["since"]),
                row["told_at"] is not None,
            )
            for row in rows
        ]

    async def told(self, what: Mute | Pause) -> None:
        """Whoever had to be told has been, unless something else has taken its place."""
        now, since = self._now(), milliseconds(what.since)
        if isinstance(what, Mute):
            await self._database.execute(
                "UPDATE mutes SET told_at = $1 WHERE room = $2 AND user_id = $3 AND since = $4",
                *(now, what.room, what.user, since),
            )
        else:
            await self._database.execute(
                "UPDATE pauses SET told_at = $1 WHERE room = $2 AND since = $3", now, what.room, since
            )

    def _now(self) -> int:
        return milliseconds(self._clock.now())


def _moment(stored: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=stored)
