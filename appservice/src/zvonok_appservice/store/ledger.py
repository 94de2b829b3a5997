"""What was decided by people and happened outside the journal: confirmations, lessons, audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zvonok_appservice.reconcile.today import LoadKey
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import ClassId, SubgroupId, SubjectId


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to whom, by ids; `at` is in nanoseconds since 1970, UTC, and grows from
    entry to entry."""

    at: int
    actor: str
    action: str
    subject: str
    detail: str


class Ledger:
    """The tables `approvals`, `lessons` and `audit`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def approve(self, removals: Iterable[str], hours: int) -> None:
        """Confirm removals for so many hours; forget those whose confirmation is over."""
        now = milliseconds(self._clock.now())
        expires = now + hours * 3_600_000
        rows = [(removal, expires) for removal in removals]

        async def work(connection: Connection) -> None:
            await connection.execute("DELETE FROM approvals WHERE expires_at <= $1", now)
            await connection.executemany(
                "INSERT INTO approvals (removal, expires_at) VALUES ($1, $2)"
                " ON CONFLICT (removal) DO UPDATE SET expires_at = excluded.expires_at",
                rows,
            )

        await transaction(self._database, work)

    async def approved(self) -> frozenset[str]:
        """The removals whose confirmation still stands."""
        now = milliseconds(self._clock.now())
        rows = await self._database.fetch("SELECT removal FROM approvals WHERE expires_at > $1", now)
        return frozenset(row["removal"] for row in rows)

    async def lesson_held(self, load: LoadKey) -> bool:
        """A video lesson was held. Returns whether it was the first of this load."""
        added = await self._database.fetchval(
            "INSERT INTO lessons (subject, class, subgroup, held_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (subject, class, subgroup) DO NOTHING RETURNING 1",
            load.subject,
            load.class_,
            load.subgroup,
            milliseconds(self._clock.now()),
        )
        return added is not None

    async def lessons(self) -> frozenset[LoadKey]:
        """Every load that has had a video lesson."""
        rows = await self._database.fetch("SELECT subject, class, subgroup FROM lessons")
        return frozenset(
            LoadKey(SubjectId(row["subject"]), ClassId(row["class"]), SubgroupId(row["subgroup"]))
            for row in rows
        )

    async def record(self, actor: str, action: str, subject: str, detail: str = "") -> None:
        """Write into the audit: ids and reasons, no names."""
        await self._database.execute(
            "INSERT INTO audit (at, actor, action, subject, detail)"
            " SELECT CASE WHEN COALESCE(MAX(at), 0) < $1 THEN $1 ELSE MAX(at) + 1 END, $2, $3, $4, $5 FROM audit",
            milliseconds(self._clock.now()) * 1_000_000,
            actor,
            action,
            subject,
            detail,
        )

    async def latest(self) -> int:
        """When something was recorded last: whoever waits for other programs asks this."""
        return int(await self._database.fetchval("SELECT COALESCE(MAX(at), 0) FROM audit"))

    async def entries(self, since: int = 0) -> list[AuditEntry]:
        """The audit after `since`, oldest first."""
        rows = await self._database.fetch(
            "SELECT at, actor, action, subject, detail FROM audit WHERE at > $1 ORDER BY at", since
        )
        return [AuditEntry(r["at"], r["actor"], r["action"], r["subject"], r["detail"]) for r in rows]
