"""Jobs whose time has come are moved into the inbox, where they are handled exactly once."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from zvonok_botkit.bot import JobRule
from zvonok_botkit.chat import Event
from zvonok_botkit.inbox import Entry, Inbox
from zvonok_botkit.registry import Bots
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import EventId, RoomId, UserId

log = logging.getLogger(__name__)

JOB = "dev.zvonok.job"
LATE = 600_000
"""Milliseconds after which a job is late: the bot was down, or the machine slept."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is written to without having asked, by the school's clock. Nothing is
    quiet where both are the same."""

    begin: time = time(21, 0)
    end: time = time(7, 0)

    def over(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The end of the quiet hours that `moment` is in, in UTC; None where it is in none."""
        local = moment.astimezone(zone)
        now = local.time()
        if self.begin <= self.end:
            quiet = self.begin <= now < self.end
        else:
            quiet = now >= self.begin or now < self.end
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if now >= self.end else 0)
        return datetime.combine(day, self.end, zone).astimezone(UTC)


class Timetable:
    """The jobs of all bots."""

    def __init__(
        self, database: Database, bots: Bots, inbox: Inbox, clock: Clock, zone: ZoneInfo, quiet: QuietHours
    ) -> None:
        self._database = database
        self._bots = bots
        self._inbox = inbox
        self._clock = clock
        self._zone = zone
        self._quiet = quiet

    async def move_due(self, me: UserId) -> set[str]:
        """Put what is due into the inbox; returns the bots that have something to do."""

        async def work(db: Connection) -> set[str]:
            now = self._clock.now()
            rows = await db.fetch("SELECT * FROM kit_jobs WHERE due <= $1 ORDER BY due", milliseconds(now))
            return {row["bot"] for row in rows if await self._move(db, dict(row), now, me)}

        return await transaction(self._database, work)

    async def _move(self, db: Connection, row: Mapping[str, Any], now: datetime, me: UserId) -> bool:
        rule = self._bots[row["bot"]].jobs.get(row["name"]) if row["bot"] in self._bots else None
        if rule is None:  # kept for a process that runs the bot
            return False
        if (later := self._put_off(rule, now)) is not None:
            await db.execute(
                "UPDATE kit_jobs SET due = $4 WHERE bot = $1 AND name = $2 AND key = $3",
                row["bot"],
                row["name"],
                row["key"],
                milliseconds(later),
            )
            return False
        await db.execute(
            "DELETE FROM kit_jobs WHERE bot = $1 AND name = $2 AND key = $3",
            row["bot"],
            row["name"],
            row["key"],
        )
        if rule.late == "skip" and milliseconds(now) - row["due"] > LATE:
            log.info("%s's job %s was due too long ago", row["bot"], row["name"])
            return False
        event = Event(
            room=RoomId(row["room"]),
            id=EventId(f"job:{row['name']}:{secrets.token_hex(8)}"),
            type=JOB,
            sender=me,
            at=row["due"],
            content={"name": row["name"], "data": json.loads(row["data"])},
        )
        return await self._inbox.put(db, Entry(row["bot"], "job", "", event))

    def _put_off(self, rule: JobRule, now: datetime) -> datetime | None:
        return self._quiet.over(now, self._zone) if rule.quiet == "wait" else None

    async def next(self) -> datetime | None:
        """When the next job is due; None where there is none."""
        due = await self._database.fetchval("SELECT MIN(due) FROM kit_jobs")
        return datetime.fromtimestamp(due / 1000, UTC) if due is not None else None
