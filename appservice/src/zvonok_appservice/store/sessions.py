"""Who is behind a browser: sessions of the pages, kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets

from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Database
from zvonok_core.ids import PersonId


class Sessions:
    """The table `sessions`."""

    def __init__(self, database: Database, clock: Clock, days: int) -> None:
        self._database = database
        self._clock = clock
        self.days = days

    async def open(self, person: PersonId) -> str:
        """A new session's token, 256 bits, good for `days`."""
        token = secrets.token_urlsafe(32)
        now = milliseconds(self._clock.now())
        await self._database.execute("DELETE FROM sessions WHERE expires_at <= $1", now)
        await self._database.execute(
            "INSERT INTO sessions (hash, person, expires_at) VALUES ($1, $2, $3)",
            _hash(token),
            person,
            now + self.days * 86_400_000,
        )
        return token

    async def person(self, token: str) -> PersonId | None:
        """Whose session it is, None where there is none, or no longer: a session ends with
        the account, and while an operator has locked it."""
        found = await self._database.fetchval(
            "SELECT sessions.person FROM sessions JOIN people ON people.person = sessions.person"
            " WHERE sessions.hash = $1 AND sessions.expires_at > $2 AND people.linked_at IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM operator_locks WHERE operator_locks.person = people.person)",
            _hash(token),
            milliseconds(self._clock.now()),
        )
        return PersonId(found) if found else None

    async def close(self, token: str) -> None:
        """End a session."""
        await self._database.execute("DELETE FROM sessions WHERE hash = $1", _hash(token))

    async def close_all(self, person: PersonId) -> None:
        """End every session of a person."""
        await self._database.execute("DELETE FROM sessions WHERE person = $1", person)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
