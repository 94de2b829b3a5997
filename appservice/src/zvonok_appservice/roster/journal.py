"""Keeping the roster in force: reads the journal when it has changed, and keeps the last
good snapshot while it is away or wrong."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from zvonok_appservice.roster import codec
from zvonok_appservice.roster.additions import merge_additions, read_additions
from zvonok_appservice.roster.merge import in_force
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_appservice.roster.source import Finding, Reading, RosterSource, Severity
from zvonok_appservice.store.rosters import IN_FORCE, JOURNAL, SETTLED, Rosters
from zvonok_core.clock import Clock, school_day
from zvonok_core.errors import TemporaryError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Roster:
    """The snapshot in force, and the day it is read on. `before` is the one by which all
    stood when nothing was left to be done last: what is about to change is told by both."""

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


@dataclass(frozen=True, slots=True)
class _InForce:
    """A snapshot that was taken: of which files, and on which day."""

    snapshot: Snapshot
    fingerprint: str
    read_on: date


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
        self.zone = zone
        self.grace_days = grace_days
        self._additions = additions
        self._away = False
        self._refused: tuple[str, date] | None = None
        self._in_force: _InForce | None = None
        self._settled: Snapshot | None = None
        self._roster: Roster | None = None
        self.findings: tuple[Finding, ...] = ()

    @property
    def available(self) -> bool:
        """Whether the journal was in reach when it was looked for last."""
        return not self._away

    @property
    def refused(self) -> bool:
        """Whether what it said last could not be taken."""
        return self._refused is not None

    async def roster(self) -> Roster | None:
        """The roster in force today, read anew where the journal has changed or a date in
        it has passed; None as long as there has never been a good one. The same object as
        long as nothing has changed.

        Raises TemporaryError while the database is away; a journal that is away leaves the
        last good roster in force.
        """
        day = self._today()
        state = await self._recall()
        try:
            examined = await asyncio.to_thread(self._news, state, day)
        except TemporaryError as error:
            if not self._away:
                log.warning("the journal is out of reach, the last good roster stays in force: %s", error)
            self._away = True
        else:
            if self._away:
                log.warning("the journal is back")
            self._away = False
            if examined is not None:
                await self._take(examined, day)
        return self._current(day)

    def on_the_day(self, roster: Roster | None) -> Roster | None:
        """`roster` as it stands today: its dates pass even while the journal hangs."""
        day = self._today()
        if roster is None or roster.day == day:
            return roster
        if self._roster is not None and self._roster.snapshot is roster.snapshot and self._roster.day == day:
            return self._roster
        self._roster = replace(roster, day=day)
        return self._roster

    async def last_good(self) -> Roster | None:
        """The roster in force, without a look at the journal: for what can't wait."""
        await self._recall()
        return self._current(self._today())

    async def examine(self) -> Examined:
        """Read journal and additions and change nothing. Raises TemporaryError while the
        journal is out of reach."""
        state = await self._recall()
        return await asyncio.to_thread(self._read, state, self._today())

    async def settled(self, roster: Roster) -> None:
        """All stands as `roster` says: the next one is compared with it."""
        kept = self._in_force
        if kept is None or kept.snapshot is not roster.snapshot or self._settled is roster.snapshot:
            return
        await self._rosters.settle(kept.fingerprint)
        self._settled = roster.snapshot

    def _today(self) -> date:
        return school_day(self._clock, self.zone)

    async def _recall(self) -> bytes | None:
        """What the source wants back; after a start also what was in force."""
        if self._in_force is None:
            kept, settled = await self._rosters.get(IN_FORCE), await self._rosters.get(SETTLED)
            if kept is not None:
                snapshot = await asyncio.to_thread(codec.load, kept.body)
                read_on = datetime.fromtimestamp(kept.read_at / 1000, UTC).astimezone(self.zone).date()
                self._in_force = _InForce(snapshot, kept.fingerprint, read_on)
                if settled is not None:
                    unchanged = settled.body == kept.body
                    self._settled = (
                        snapshot if unchanged else await asyncio.to_thread(codec.load, settled.body)
                    )
        journal = await self._rosters.get(JOURNAL)
        return journal.body or None if journal is not None else None

    def _news(self, state: bytes | None, day: date) -> Examined | None:
        return self._read(state, day) if self._is_news(self._fingerprint(), day) else None

    def _read(self, state: bytes | None, day: date) -> Examined:
        fingerprint = self._fingerprint()
        reading = self._source.read(state)
        findings = list(reading.findings)
        snapshot = reading.snapshot
        if self._additions is not None:
            additions, faults = read_additions(self._additions)
            findings += faults
            if snapshot is not None and additions is not None:
                snapshot, misfits = merge_additions(snapshot, additions, day)
                findings += misfits
        if self._fingerprint() != fingerprint:
            raise TemporaryError("it is being written at this moment")
        if any(finding.severity is Severity.FATAL for finding in findings):
            snapshot = None
        if snapshot is not None:
            previous = self._in_force.snapshot if self._in_force else None
            snapshot = in_force(previous, snapshot, reading.set_aside, day, self.grace_days)
        return Examined(snapshot, tuple(findings), reading, fingerprint)

    def _fingerprint(self) -> str:
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
        kept = self._in_force
        if kept is None or kept.fingerprint != fingerprint:
            return True
        self._refused = None
        return any(kept.read_on < boundary <= day for boundary in boundaries(kept.snapshot, self.grace_days))

    async def _take(self, examined: Examined, day: date) -> None:
        self.findings = examined.findings
        counts = Counter(finding.severity for finding in examined.findings)
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
        self._in_force = _InForce(examined.snapshot, examined.fingerprint, day)
        self._refused = None
        log.info(
            "the journal was taken: %d people, %d bad rows set aside, %d notes",
            len(examined.snapshot.people),
            counts[Severity.BAD_ROW],
            counts[Severity.NOTE],
        )

    def _current(self, day: date) -> Roster | None:
        if self._in_force is None:
            return None
        current = Roster(self._in_force.snapshot, self._settled, day)
        last = self._roster
        if (
            last is None
            or last.snapshot is not current.snapshot
            or last.before is not current.before
            or last.day != day
        ):
            self._roster = current
        return self._roster


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
