"""The rosters that were read: what each source wants back, and the snapshot in force."""

from __future__ import annotations

from dataclasses import dataclass

from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction

JOURNAL = "journal"
"""What the journal's source wants back."""
IN_FORCE = "in force"
"""The roster by which the rooms ought to stand."""
SETTLED = "settled"
"""The roster by which they stood when nothing was left to be done last."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept under a name; `fingerprint` is the source's at the time, `read_at` in
    milliseconds since 1970, UTC."""

    fingerprint: str
    read_at: int
    body: bytes


class Rosters:
    """The table `rosters`: one row for each name."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, name: str) -> Kept | None:
        """What is kept under `name`."""
        row = await self._database.fetchrow(
            "SELECT fingerprint, read_at, body FROM rosters WHERE name = $1", name
        )
        return Kept(row["fingerprint"], row["read_at"], bytes(row["body"])) if row else None

    async def take(self, fingerprint: str, state: bytes | None, in_force: bytes) -> None:
        """A reading was good: keep all that belongs to it, at once."""

        async def work(connection: Connection) -> None:
            for name, body in ((JOURNAL, state or b""), (IN_FORCE, in_force)):
                await connection.execute(
                    "INSERT INTO rosters (name, fingerprint, read_at, body) VALUES ($1, $2, $3, $4)"
                    " ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint,"
                    " read_at = excluded.read_at, body = excluded.body",
                    name,
                    fingerprint,
                    milliseconds(self._clock.now()),
                    body,
                )

        await transaction(self._database, work)

    async def settle(self, fingerprint: str) -> None:
        """Everything stands as the roster in force says, if it still is the one with this
        fingerprint: another program may have read a newer one."""
        await self._database.execute(
            "INSERT INTO rosters (name, fingerprint, read_at, body)"
            " SELECT $1, fingerprint, read_at, body FROM rosters"
            " WHERE name = $2 AND fingerprint = $3"
            " ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint,"
            " read_at = excluded.read_at, body = excluded.body",
            SETTLED,
            IN_FORCE,
            fingerprint,
        )
