"""What was given to whom. Moments are milliseconds since 1970 in UTC.

That nobody gets the same badge twice in a period is a unique index: of two teachers, or two
programs, at the same moment one is told that the other was faster. What is taken back does
not count, and its reason is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import RoomId, UserId

What = Literal["given", "taken back", "proposed", "agreed", "declined"]


@dataclass(frozen=True, slots=True)
class Award:
    """A badge that a student has."""

    id: str
    student: UserId
    badge: str
    room: RoomId
    by: UserId
    at: int
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A badge that another bot would give, if a teacher agrees."""

    id: str
    student: UserId
    badge: str
    room: RoomId
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Count:
    """How many awards a student has in a room."""

    student: UserId
    number: int


_AWARD = "id, student, badge, room, given_by AS by, given_at AS at, reason"


class AwardStore:
    """The bot's tables, within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    # ------------------------------------------------------------ awards

    async def give(self, award: Award, period: str) -> bool:
        """Note it; False where the student has this badge in this period already."""
        row = await self._db.fetchrow(
            """INSERT INTO awards (id, student, badge, period, room, given_by, given_at, reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id""",
            award.id,
            award.student,
            award.badge,
            period,
            award.room,
            award.by,
            award.at,
            award.reason,
        )
        if row is not None:
            await self._audit("given", award.id, award.by, award.room, award.at)
        return row is not None

    async def in_period(self, student: UserId, badge: str, period: str) -> Award | None:
        """The award that stands in the way of another one."""
        return _award(
            await self._db.fetchrow(
                f"""SELECT {_AWARD} FROM awards
                WHERE student = $1 AND badge = $2 AND period = $3 AND taken_back_at IS NULL""",  # noqa: S608
                student,
                badge,
                period,
            )
        )

    async def since(self, room: RoomId, moment: datetime) -> list[Award]:
        """What was given in a room, the newest first."""
        rows = await self._db.fetch(
            f"""SELECT {_AWARD} FROM awards WHERE room = $1 AND given_at >= $2 AND taken_back_at IS NULL
            ORDER BY given_at DESC, id""",  # noqa: S608
            room,
            milliseconds(moment),
        )
        return [award for row in rows if (award := _award(row))]

    async def take_back(self, award: Award, by: UserId, now: datetime) -> bool:
        """Let it not count; False where somebody was faster."""
        row = await self._db.fetchrow(
            """UPDATE awards SET taken_back_at = $2, taken_back_by = $3, reason = ''
            WHERE id = $1 AND taken_back_at IS NULL RETURNING id""",
            award.id,
            milliseconds(now),
            by,
        )
        if row is not None:
            await self._audit("taken back", award.id, by, award.room, milliseconds(now))
        return row is not None

    async def by_id(self, id: str) -> Award | None:
        """One award, as long as it counts."""
        return _award(
            await self._db.fetchrow(
                f"SELECT {_AWARD} FROM awards WHERE id = $1 AND taken_back_at IS NULL",  # noqa: S608
                id,
            )
        )

    async def of_student(self, student: UserId, since: datetime) -> list[Award]:
        """All that somebody has got, in whichever room, the newest first."""
        rows = await self._db.fetch(
            f"""SELECT {_AWARD} FROM awards WHERE student = $1 AND given_at >= $2 AND taken_back_at IS NULL
            ORDER BY given_at DESC, id""",  # noqa: S608
            student,
            milliseconds(since),
        )
        return [award for row in rows if (award := _award(row))]

    async def counts(self, room: RoomId, since: datetime) -> list[Count]:
        """How many each student has got in a room, most first."""
        rows = await self._db.fetch(
            """SELECT student, COUNT(*) AS number FROM awards
            WHERE room = $1 AND given_at >= $2 AND taken_back_at IS NULL
            GROUP BY student ORDER BY number DESC, student""",
            room,
            milliseconds(since),
        )
        return [Count(UserId(row["student"]), int(row["number"])) for row in rows]

    async def rooms_of(self, teacher: UserId, since: datetime) -> list[RoomId]:
        """Where somebody has given awards."""
        rows = await self._db.fetch(
            """SELECT room, MAX(given_at) AS latest FROM awards
            WHERE given_by = $1 AND given_at >= $2 AND taken_back_at IS NULL
            GROUP BY room ORDER BY latest DESC""",
            teacher,
            milliseconds(since),
        )
        return [RoomId(row["room"]) for row in rows]

    async def forget_reasons(self, before: datetime) -> None:
        """What was said in an earlier school year is shown nowhere any more."""
        await self._db.execute(
            "UPDATE awards SET reason = '' WHERE given_at < $1 AND reason <> ''", milliseconds(before)
        )

    # ------------------------------------------------------------ proposals

    async def propose(self, proposal: Proposal, by: UserId, at: int) -> bool:
        """Note it; False where the same waits for an answer already."""
        row = await self._db.fetchrow(
            """INSERT INTO awards_proposals (id, student, badge, room, reason)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id""",
            proposal.id,
            proposal.student,
            proposal.badge,
            proposal.room,
            proposal.reason,
        )
        if row is not None:
            await self._audit("proposed", proposal.id, by, proposal.room, at)
        return row is not None

    async def proposal(self, id: str) -> Proposal | None:
        """One that waits for an answer."""
        row = await self._db.fetchrow(
            "SELECT id, student, badge, room, reason FROM awards_proposals WHERE id = $1", id
        )
        return Proposal(**dict(row)) if row else None

    async def decide(self, proposal: Proposal, agreed: bool, by: UserId, at: int) -> bool:
        """Close it; False where somebody was faster."""
        row = await self._db.fetchrow("DELETE FROM awards_proposals WHERE id = $1 RETURNING id", proposal.id)
        if row is not None:
            await self._audit("agreed" if agreed else "declined", proposal.id, by, proposal.room, at)
        return row is not None

    # ------------------------------------------------------------ the audit

    async def _audit(self, what: What, award: str, by: UserId, room: RoomId, at: int) -> None:
        await self._db.execute(
            "INSERT INTO awards_audit (at, what, award, by_user, room) VALUES ($1, $2, $3, $4, $5)",
            at,
            what,
            award,
            by,
            room,
        )


def _award(row: Any) -> Award | None:
    return Award(**{part.name: row[part.name] for part in fields(Award)}) if row is not None else None


async def first(db: Connection) -> None:
    """The first migration; never edited after a release."""
    await db.execute(
        """CREATE TABLE awards (
            id TEXT PRIMARY KEY,
            student TEXT NOT NULL,
            badge TEXT NOT NULL,
            period TEXT NOT NULL,
            room TEXT NOT NULL,
            given_by TEXT NOT NULL,
            given_at BIGINT NOT NULL,
            reason TEXT NOT NULL,
            taken_back_at BIGINT,
            taken_back_by TEXT
        )"""
    )
    await db.execute(
        "CREATE UNIQUE INDEX awards_once ON awards (student, badge, period) WHERE taken_back_at IS NULL"
    )
    await db.execute("CREATE INDEX awards_room ON awards (room, given_at)")
    await db.execute("CREATE INDEX awards_teacher ON awards (given_by, given_at)")
    await db.execute(
        """CREATE TABLE awards_proposals (
            id TEXT PRIMARY KEY,
            student TEXT NOT NULL,
            badge TEXT NOT NULL,
            room TEXT NOT NULL,
            reason TEXT NOT NULL,
            UNIQUE (student, badge, room)
        )"""
    )
    # Ids only; nothing here is ever changed.
    await db.execute(
        """CREATE TABLE awards_audit (
            at BIGINT NOT NULL,
            what TEXT NOT NULL,
            award TEXT NOT NULL,
            by_user TEXT NOT NULL,
            room TEXT NOT NULL
        )"""
    )
