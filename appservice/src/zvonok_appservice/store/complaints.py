"""Complaints as they were filed: what people reported, and which of it has been told.

Ids only: the words stay on the homeserver. What follows from a complaint, letters and
answers, is in `store.letters`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zvonok_appservice.complaints.model import Matter, Report
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import ClassId, EventId, RoomId, UserId

_WITH_REPORTS = (
    "SELECT number, complaints.matter AS matter, room, event, author, classes, addressed_at, told_with,"
    " report, received_at, reporter, told_in"
    " FROM complaints JOIN complaint_reports ON complaint = number WHERE repeated = 0"
)


@dataclass(frozen=True, slots=True)
class FiledReport:
    """A report, and which part of the complaint's letters tells of it (see `store.letters`),
    None while none does."""

    report: Report
    told_in: int | None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A message or a person that was reported. `reports` are all but mere repetitions,
    oldest first. `addressed_at` is when it was decided who gets it, and `told_with` the
    complaint in whose letter it stands, None where it has its own."""

    number: int
    classes: tuple[ClassId, ...]
    addressed_at: int | None
    told_with: int | None
    reports: tuple[FiledReport, ...]

    @property
    def about(self) -> Report:
        """The first report."""
        return self.reports[0].report

    @property
    def letter(self) -> int:
        """The number of the complaint in whose letter it stands."""
        return self.told_with or self.number

    @property
    def untold(self) -> tuple[Report, ...]:
        """The reports of which no letter tells yet."""
        return tuple(filed.report for filed in self.reports if filed.told_in is None)


class Complaints:
    """The tables `complaints` and `complaint_reports`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def unknown(self, page: Sequence[Report]) -> list[Report]:
        """Those of a page that were never filed."""
        oldest = min((report.received_at for report in page), default=0)
        rows = await self._database.fetch(
            "SELECT matter, report, received_at FROM complaint_reports WHERE received_at >= $1", oldest
        )
        filed = {(row["matter"], row["report"], row["received_at"]) for row in rows}
        return [r for r in page if (r.matter, r.id, r.received_at) not in filed]

    async def file(self, reports: Iterable[tuple[Report, bool]]) -> None:
        """File all of them or none, oldest first. One that does not concern the school makes
        no complaint. A message that was reported before stays one complaint."""

        async def work(db: Connection) -> None:
            for report, ours in reports:
                number = await _opened(db, report) if ours else None
                repeated = number is not None and await db.fetchval(
                    "SELECT 1 FROM complaint_reports WHERE complaint = $1 AND reporter = $2",
                    number,
                    report.reporter,
                )
                await db.execute(
                    "INSERT INTO complaint_reports (matter, report, received_at, reporter, complaint, repeated)"
                    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                    report.matter,
                    report.id,
                    report.received_at,
                    report.reporter,
                    number,
                    int(bool(repeated)),
                )

        await transaction(self._database, work)

    async def all(self) -> list[Complaint]:
        """Every complaint, by number."""
        return await self._found("1 = 1")

    async def open(self) -> list[Complaint]:
        """Those with a report of which no letter tells yet."""
        return await self._found(
            "EXISTS (SELECT 1 FROM complaint_reports AS untold"
            " WHERE untold.complaint = number AND untold.told_in IS NULL AND untold.repeated = 0)"
        )

    async def addressed_after(self, moment: int) -> list[Complaint]:
        """Those with a letter of their own that was begun after `moment`."""
        return await self._found("addressed_at > $1 AND told_with IS NULL", moment)

    async def in_letter(self, number: int) -> list[Complaint]:
        """A complaint, and those that are told with it."""
        return await self._found("number = $1 OR told_with = $1", number)

    async def address(self, numbers: Sequence[int], classes: Mapping[int, Sequence[ClassId]]) -> None:
        """It is decided who gets these, all in the first one's letter."""
        now = milliseconds(self._clock.now())
        await self._database.executemany(
            "UPDATE complaints SET addressed_at = $2, told_with = $3, classes = $4 WHERE number = $1",
            [
                (number, now, numbers[0] if number != numbers[0] else None, json.dumps(classes[number]))
                for number in numbers
            ],
        )

    async def readdress(self, letter: int) -> None:
        """Nobody to whom this letter was to go can be told any more: begin anew."""

        async def work(db: Connection) -> None:
            numbers = [complaint.number for complaint in await self.in_letter(letter)]
            await db.executemany(
                "UPDATE complaint_reports SET told_in = NULL WHERE complaint = $1",
                [(number,) for number in numbers],
            )
            await db.executemany(
                "UPDATE complaints SET addressed_at = NULL, told_with = NULL WHERE number = $1",
                [(number,) for number in numbers],
            )

        await transaction(self._database, work)

    async def tell(self, reports: Iterable[Report], part: int) -> None:
        """This part of the letters tells of these reports."""
        await self._database.executemany(
            "UPDATE complaint_reports SET told_in = $4 WHERE matter = $1 AND report = $2 AND received_at = $3",
            [(r.matter, r.id, r.received_at, part) for r in reports],
        )

    async def unanswered(self, addressed_before: int) -> list[int]:
        """The letters begun before this moment to which nobody has replied, and of which
        nobody was reminded."""
        rows = await self._database.fetch(
            "SELECT number FROM complaints WHERE addressed_at <= $1 AND told_with IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM complaint_answers WHERE complaint = number) AND NOT EXISTS"
            " (SELECT 1 FROM complaint_letters WHERE complaint = number AND purpose = 'reminder')"
            " ORDER BY number",
            addressed_before,
        )
        return [row["number"] for row in rows]

    async def _found(self, condition: str, *values: object) -> list[Complaint]:
        query = f"{_WITH_REPORTS} AND ({condition}) ORDER BY number, received_at, report"
        rows = await self._database.fetch(query, *values)
        reports: dict[int, list[FiledReport]] = {}
        for row in rows:
            reports.setdefault(row["number"], []).append(FiledReport(_report(row), row["told_in"]))
        found = {row["number"]: row for row in rows}
        return [
            Complaint(
                number=number,
                classes=tuple(map(ClassId, json.loads(row["classes"] or "[]"))),
                addressed_at=row["addressed_at"],
                told_with=row["told_with"],
                reports=tuple(reports[number]),
            )
            for number, row in found.items()
        ]


async def _opened(db: Connection, report: Report) -> int:
    """The number of the complaint that a report belongs to, opened where there is none.
    Two reports of one person are two complaints: each may be about something else."""
    if report.event is not None:
        number = await db.fetchval("SELECT number FROM complaints WHERE event = $1", report.event)
        if number is not None:
            return int(number)
    number = int(await db.fetchval("SELECT COALESCE(MAX(number), 0) + 1 FROM complaints"))
    await db.execute(
        "INSERT INTO complaints (number, matter, room, event, author) VALUES ($1, $2, $3, $4, $5)",
        number,
        report.matter,
        report.room,
        report.event,
        report.author,
    )
    return number


def _report(row: Mapping[str, Any]) -> Report:
    return Report(
        matter=Matter(row["matter"]),
        id=row["report"],
        received_at=row["received_at"],
        reporter=UserId(row["reporter"]),
        author=row["author"] and UserId(row["author"]),
        room=row["room"] and RoomId(row["room"]),
        event=row["event"] and EventId(row["event"]),
    )
