"""Whom the roster ever showed: the user name that is theirs for good, and whether linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zvonok_appservice.roster.snapshot import Person
from zvonok_appservice.usernames import user_name
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import PersonId


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A row: the reserved user name, and since when the account is linked (milliseconds
    since 1970, UTC), None while it is not."""

    person: PersonId
    localpart: str
    linked_at: int | None


class People:
    """The table `people`, and the operator's locks beside it."""

    def __init__(self, database: Database, clock: Clock, user_prefix: str = "") -> None:
        self._database = database
        self._clock = clock
        self._prefix = user_prefix

    async def all(self) -> dict[PersonId, KnownPerson]:
        """Everybody, in no order."""
        rows = await self._database.fetch("SELECT person, localpart, linked_at FROM people")
        return {
            PersonId(row["person"]): KnownPerson(PersonId(row["person"]), row["localpart"], row["linked_at"])
            for row in rows
        }

    async def reserve(self, people: Iterable[Person]) -> None:
        """Give a user name to each of `people` who has none."""

        wanted = list(people)

        async def work(connection: Connection) -> None:
            known, taken = await _reserved(connection)
            while missing := [person for person in wanted if person.id not in known]:
                rows = []
                for person in missing:
                    name = user_name(person, taken, self._prefix)
                    taken.add(name)
                    rows.append((person.id, name))
                # Another program may be at it, too: whoever comes second finds the name gone.
                await connection.executemany(
                    "INSERT INTO people (person, localpart) VALUES ($1, $2) ON CONFLICT DO NOTHING", rows
                )
                known, taken = await _reserved(connection)

        await transaction(self._database, work)

    async def link(self, person: PersonId) -> None:
        """The person has an account now."""
        await self._database.execute(
            "UPDATE people SET linked_at = $2 WHERE person = $1", person, milliseconds(self._clock.now())
        )

    async def unlink(self, person: PersonId) -> None:
        """The account is closed: only a new letter links the person again."""
        await self._database.execute("UPDATE people SET linked_at = NULL WHERE person = $1", person)

    async def locks(self) -> Mapping[PersonId, str]:
        """Whom an operator has locked, and why."""
        rows = await self._database.fetch("SELECT person, reason FROM operator_locks")
        return {PersonId(row["person"]): row["reason"] for row in rows}

    async def lock(self, person: PersonId, reason: str) -> None:
        """Remember an operator's lock; a second one replaces the reason."""
        await self._database.execute(
            "INSERT INTO operator_locks (person, reason, locked_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (person) DO UPDATE SET reason = excluded.reason",
            person,
            reason,
            milliseconds(self._clock.now()),
        )

    async def unlock(self, person: PersonId) -> bool:
        """Forget it. Returns whether there was one."""
        found = await self._database.fetchval(
            "DELETE FROM operator_locks WHERE person = $1 RETURNING 1", person
        )
        return found is not None


async def _reserved(connection: Connection) -> tuple[dict[PersonId, str], set[str]]:
    """The user name of everybody who has one, and the names that are taken."""
    rows = await connection.fetch("SELECT person, localpart FROM people")
    return {row["person"]: row["localpart"] for row in rows}, {row["localpart"] for row in rows}
