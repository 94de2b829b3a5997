"""Guardians' consents to the processing of their children's data: who, for whom, to what words."""

from __future__ import annotations

from collections.abc import Iterable

from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Database
from zvonok_core.ids import PersonId


class Consents:
    """The table `consents`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def give(self, guardian: PersonId, children: Iterable[PersonId], wording: str) -> None:
        """Record a consent for each child. One that was given before keeps its date and words."""
        now = milliseconds(self._clock.now())
        await self._database.executemany(
            "INSERT INTO consents (guardian, child, wording, given_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (guardian, child) DO NOTHING",
            [(guardian, child, wording, now) for child in children],
        )

    async def by(self, guardian: PersonId) -> frozenset[PersonId]:
        """The children for whom this guardian has consented."""
        rows = await self._database.fetch("SELECT child FROM consents WHERE guardian = $1", guardian)
        return frozenset(PersonId(row["child"]) for row in rows)

    async def children(self) -> frozenset[PersonId]:
        """Every child for whom somebody has consented."""
        rows = await self._database.fetch("SELECT DISTINCT child FROM consents")
        return frozenset(PersonId(row["child"]) for row in rows)
