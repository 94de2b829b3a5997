"""Keeping the roster in force: reads the journal when it has changed, and keeps the last
good snapshot while it is away or wrong."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from zvonok_appservice.roster import codec
from zvonok_appservice.roster.additions import merge_additions, read_additions
from zvonok_appservice.roster.merge import in_force
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_appservice.roster.source import Finding, Reading, RosterSource, Severity
from zvonok_appservice.store.rosters import BEFORE, IN_FORCE, JOURNAL, Rosters
from zvonok_core.clock import Clock, school_day
from zvonok_core.errors import TemporaryError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Roster:
    """The snapshot in force, the one that was before it, and the day it is read on."""

    snapshot: Snapshot
    before: Snapshot | None
    day: date


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of reading the journal and the additions, whatever becomes of it: the
    snapshot that would be in force (None where a finding is fatal), and all findings."""

    snapshot: Snapshot | None
    findings: tuple[Finding, ...]
    reading: Reading
    fingerprint: str


class Journal:
    """The journal's source, the additions over it, and what was read last."""

    def __init__(
        self,
        source: RosterSource,
        rosters: Rosters,
        clock: Clock,
        zone: ZoneInfo,
        grace_days: int,
        additions: Path | None = None,
    ) -> None:
        self._source = source
        self._rosters = rosters
        self._clock = clock
        self._zone = zone
        self._grace_days = grace_days
        self._additions = additions
        self._away = False
        self._refused: tuple[str, date] | None = None
        self._kept: tuple[str, Snapshot, date] | None = None
        self._before: Snapshot | None = None
        self._roster: Roster | None = None
        self.findings: tuple[Finding, ...] = ()

    @property
    def available(self) -> bool:
        """Whether the journal was in reach when it was looked for last."""
        return not self._away

    async def roster(self) -> Roster | None:
        """The roster in force today, read anew where the journal has changed or a date in
        it has passed; None as long as there has never been a good one. The same object as
        long as nothing has changed."""
        day = school_day(self._clock, self._zone)
        await self._recall()
        fingerprint = await self._fingerprint()
        if fingerprint is not None and self._is_news(fingerprint, day):
            await self._take(await self.examine(), day)
        if self._kept is None:
            return None
        if self._roster is None or self._roster.snapshot is not self._kept[1] or self._roster.day != day:
            self._roster = Roster(self._kept[1], self._before, day)
        return self._roster

    async def examine(self) -> Examined:
        """Read journal and additions and change nothing. Raises TemporaryError while the
        journal is out of reach."""
        day = school_day(self._clock, self._zone)
        await self._recall()
        kept = await self._rosters.get(JOURNAL)
        fingerprint = await asyncio.to_thread(self._combined_fingerprint)
        reading = await asyncio.to_thread(self._source.read, kept.body or None if kept else None)
        findings = list(reading.findings)
        snapshot = reading.snapshot
        if self._additions is not None:
            additions, faults = await asyncio.to_thread(read_additions, self._additions)
            findings += faults
            if snapshot is not None and additions is not None:
                snapshot, misfits = merge_additions(snapshot, additions, day)
                findings += misfits
        if any(finding.severity is Severity.FATAL for finding in findings):
            snapshot = None
        if snapshot is not None:
            previous = self._kept[1] if self._kept else None
            snapshot = in_force(previous, snapshot, reading.set_aside, day, self._grace_days)
        return Examined(snapshot, tuple(findings), reading, fingerprint)

    async def _recall(self) -> None:
        if self._kept is not None:
            return
        kept, before = await self._rosters.get(IN_FORCE), await self._rosters.get(BEFORE)
        if kept is not None:
            read_on = datetime.fromtimestamp(kept.read_at / 1000, UTC).astimezone(self._zone).date()
            self._kept = (kept.fingerprint, await asyncio.to_thread(codec.load, kept.body), read_on)
        if before is not None:
            self._before = await asyncio.to_thread(codec.load, before.body)

    async def _fingerprint(self) -> str | None:
        try:
            fingerprint = await asyncio.to_thread(self._combined_fingerprint)
        except TemporaryError as error:
            if not self._away:
                log.warning("the journal is out of reach, the last good roster stays in force: %s", error)
            self._away = True
            return None
        if self._away:
            log.info("the journal is back")
        self._away = False
        return fingerprint

    def _combined_fingerprint(self) -> str:
        digest = hashlib.sha256(self._source.fingerprint().encode())
        if self._additions is not None:
            try:
                digest.update(self._additions.read_bytes())
            except OSError as error:
                raise TemporaryError(f"the additions can't be read: {error.strerror}") from error
        return digest.hexdigest()

    def _is_news(self, fingerprint: str, day: date) -> bool:
        if self._refused == (fingerprint, day):
            return False
        if self._kept is None or self._kept[0] != fingerprint:
            return True
        _, snapshot, read_on = self._kept
        return any(read_on < boundary <= day for boundary in boundaries(snapshot, self._grace_days))

    async def _take(self, examined: Examined, day: date) -> None:
        self.findings = examined.findings
        counts = {severity: 0 for severity in Severity}
        for finding in examined.findings:
            counts[finding.severity] += 1
        if examined.snapshot is None:
            self._refused = (examined.fingerprint, day)
            log.error(
                "the journal was not taken: %d fatal findings, %d bad rows; the last good roster stays in force",
                counts[Severity.FATAL],
                counts[Severity.BAD_ROW],
            )
            return
        body = await asyncio.to_thread(codec.dump, examined.snapshot)
        await self._rosters.take(examined.fingerprint, examined.reading.state, body)
        if self._kept is not None:
            self._before = self._kept[1]
        self._kept = (examined.fingerprint, examined.snapshot, day)
        log.info(
            "the journal was taken: %d people, %d bad rows set aside, %d notes",
            len(examined.snapshot.people),
            counts[Severity.BAD_ROW],
            counts[Severity.NOTE],
        )


def boundaries(snapshot: Snapshot, grace_days: int) -> set[date]:
    """The days on which something in the snapshot begins, ends, or leaves the grace."""
    days: set[date] = {since + timedelta(days=grace_days) for since in snapshot.vanished.values()}
    tables = (
        snapshot.roles,
        snapshot.positions,
        snapshot.class_enrolments,
        snapshot.subgroup_enrolments,
        snapshot.guardianships,
        snapshot.loads,
        snapshot.homerooms,
        snapshot.association_members,
    )
    for table in tables:
        for row in table:
            if row.dates.begin is not None:
                days.add(row.dates.begin)
            if row.dates.end is not None:
                days.add(row.dates.end)
    return days
