"""One-time codes as they are kept: whose, until when, and whether somebody is at it.

A code is used up in three steps: claimed, then the homeserver is asked, then finished.
Of two browsers with one code one gets the claim. A claim is a lease: if the process dies
in between, it runs out, and the card works again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zvonok_appservice.verify import fingerprint
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import PersonId

LEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Card:
    """A kept code. `hash` names it without telling it."""

    hash: str
    person: PersonId
    expired: bool
    used: bool


class Codes:
    """The table `codes`."""

    def __init__(self, database: Database, clock: Clock, key: bytes) -> None:
        self._database = database
        self._clock = clock
        self._key = key

    async def issue(self, codes: Mapping[PersonId, str], days: int) -> None:
        """Keep a new code for each person, good for `days`. Their older ones are void."""
        now = milliseconds(self._clock.now())
        rows = [
            (fingerprint(self._key, code), person, now, now + days * 86_400_000)
            for person, code in codes.items()
        ]

        async def work(connection: Connection) -> None:
            await connection.executemany("DELETE FROM codes WHERE person = $1", [(p,) for p in codes])
            await connection.executemany(
                "INSERT INTO codes (hash, person, issued_at, expires_at) VALUES ($1, $2, $3, $4)", rows
            )

        await transaction(self._database, work)

    async def find(self, code: str) -> Card | None:
        """The card of a code as it was typed (see `verify.normalise`)."""
        return await self.card(fingerprint(self._key, code))

    async def card(self, hash: str) -> Card | None:
        """The card of a kept code, None where it was never issued or is void."""
        row = await self._database.fetchrow(
            "SELECT person, expires_at, used_at FROM codes WHERE hash = $1", hash
        )
        if row is None:
            return None
        expired = row["expires_at"] <= milliseconds(self._clock.now())
        return Card(hash, PersonId(row["person"]), expired, row["used_at"] is not None)

    async def claim(self, hash: str) -> str | None:
        """Take the code for LEASE_SECONDS. None where somebody else has it, or it is used,
        expired or void."""
        claim = secrets.token_hex(16)
        now = milliseconds(self._clock.now())
        await self._database.execute(
            "UPDATE codes SET claim = $2, claimed_at = $3 WHERE hash = $1 AND used_at IS NULL"
            " AND expires_at > $3 AND (claimed_at IS NULL OR claimed_at <= $4)",
            hash,
            claim,
            now,
            now - LEASE_SECONDS * 1000,
        )
        holder = await self._database.fetchval("SELECT claim FROM codes WHERE hash = $1", hash)
        return claim if holder == claim else None

    async def release(self, hash: str, claim: str) -> None:
        """Give a claim back, so that the code can be tried again at once."""
        await self._database.execute(
            "UPDATE codes SET claim = NULL, claimed_at = NULL WHERE hash = $1 AND claim = $2", hash, claim
        )

    async def finish(self, hash: str, claim: str) -> bool:
        """Use the code up. False where the claim is no longer ours, or the code is void."""
        await self._database.execute(
            "UPDATE codes SET used_at = $3 WHERE hash = $1 AND claim = $2 AND used_at IS NULL",
            hash,
            claim,
            milliseconds(self._clock.now()),
        )
        row = await self._database.fetchrow("SELECT claim, used_at FROM codes WHERE hash = $1", hash)
        return row is not None and row["claim"] == claim and row["used_at"] is not None

    async def void(self, people: Iterable[PersonId]) -> None:
        """Make every code of these people worthless."""
        rows = [(person,) for person in people]
        await self._database.executemany("DELETE FROM codes WHERE person = $1", rows)

    async def holders(self) -> frozenset[PersonId]:
        """Whoever has a code that still works."""
        rows = await self._database.fetch(
            "SELECT person FROM codes WHERE used_at IS NULL AND expires_at > $1",
            milliseconds(self._clock.now()),
        )
        return frozenset(PersonId(row["person"]) for row in rows)
