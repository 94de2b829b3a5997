"""Jobs whose time has come are moved into the inbox, where they are handled exactly once."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from zvonok_botkit.bot import JobRule
from zvonok_botkit.calendar import QuietHours
from zvonok_botkit.chat import Event
from zvonok_botkit.inbox import Entry, Inbox
from zvonok_botkit.lanes import lane
from zvonok_botkit.registry import Bots
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import EventId, RoomId, UserId

log = logging.getLogger(__name__)

JOB = "dev.zvonok.job"
LATE = 600_000
"""Milliseconds after which a job is late: the bot was down, or the machine slept."""


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
            names = [await self._move(db, dict(row), now, me) for row in rows if row["bot"] in self._bots]
            return {name for name in names if name}

        return await transaction(self._database, work)

    async def _move(self, db: Connection, row: Mapping[str, Any], now: datetime, me: UserId) -> str | None:
        """Move one; returns the name in the inbox under which it waits, if it does."""
        bot, name, key = row["bot"], row["name"], row["key"]
        rule = self._bots[bot].jobs.get(name)
        if rule and (later := self._put_off(rule, now)) is not None:
            await db.execute(
                "UPDATE kit_jobs SET due = $4 WHERE bot = $1 AND name = $2 AND key = $3",
                bot,
                name,
                key,
                milliseconds(later),
            )
            return None
        await db.execute("DELETE FROM kit_jobs WHERE bot = $1 AND name = $2 AND key = $3", bot, name, key)
        if rule is None:
            log.warning("%s has no job %s any more", bot, name)
            return None
        if rule.late == "skip" and milliseconds(now) - row["due"] > LATE:
            log.info("%s's job %s was due too long ago", bot, name)
            return None
        event = Event(
            room=RoomId(row["room"]),
            id=EventId(f"job:{name}:{secrets.token_hex(8)}"),
            type=JOB,
            sender=me,
            at=row["due"],
            content={"name": name, "data": json.loads(row["data"])},
        )
        if rule.long:
            entry = Entry(lane(bot), "work", f"{name}|{key}", event)
        else:
            entry = Entry(bot, "job", "", event)
        return entry.bot if await self._inbox.put(db, entry) else None

    def _put_off(self, rule: JobRule, now: datetime) -> datetime | None:
        return self._quiet.over(now, self._zone) if rule.quiet == "wait" else None

    async def next(self) -> datetime | None:
        """When the next job is due; None where there is none. A job of a bot that is not here
        is kept for a process that runs it."""
        rows = await self._database.fetch("SELECT bot, MIN(due) AS due FROM kit_jobs GROUP BY bot")
        due = min((row["due"] for row in rows if row["bot"] in self._bots), default=None)
        return datetime.fromtimestamp(due / 1000, UTC) if due is not None else None
