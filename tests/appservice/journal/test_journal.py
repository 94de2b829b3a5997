"""The roster in force: read when the journal has changed, kept while it is away or wrong."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import SCHOOL, SchoolBuilder, small_school
from support.kept import SpokenJournal

from zvonok_appservice.roster.journal import Journal, Roster
from zvonok_appservice.roster.source import Finding, Severity
from zvonok_appservice.store.rosters import Rosters
from zvonok_core.clock import ManualClock
from zvonok_core.db import Database
from zvonok_core.errors import TemporaryError
from zvonok_core.text import text

DAY = date(2026, 10, 1)
FATAL = Finding(Severity.FATAL, text("broken"), "users.csv")


class Desk:
    """A journal, its source, and a clock at nine in the morning in Moscow."""

    def __init__(self, database: Database, additions: Path | None = None) -> None:
        self.clock = ManualClock(datetime(2026, 10, 1, 6, tzinfo=UTC))
        self.source = SpokenJournal(SCHOOL, small_school().snapshot())
        self._database = database
        self._additions = additions
        self.restart()

    def restart(self) -> None:
        rosters = Rosters(self._database, self.clock)
        zone = ZoneInfo("Europe/Moscow")
        self.journal = Journal(self.source, rosters, self.clock, zone, 30, self._additions)

    def says(self, school: SchoolBuilder) -> None:
        self.source.say(school.snapshot())

    async def roster(self) -> Roster:
        roster = await self.journal.roster()
        assert roster is not None
        return roster


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_an_unchanged_journal_is_not_read_again_not_even_after_a_restart(desk: Desk) -> None:
    first = await desk.roster()
    assert await desk.roster() is first
    desk.restart()
    again = await desk.roster()
    assert again == first
    assert desk.source.read_times == 1


async def test_a_changed_journal_is_read(desk: Desk) -> None:
    before = await desk.roster()
    desk.says(small_school().klass("8В"))
    assert "8В" in (await desk.roster()).snapshot.classes
    assert "8В" not in before.snapshot.classes


async def test_the_day_is_the_schools_and_a_date_that_passes_has_it_read_again(desk: Desk) -> None:
    desk.says(small_school().move("petrov", "7Б", DAY + timedelta(days=2)))
    first = await desk.roster()
    assert first.day == DAY
    desk.clock.advance(hours=15)  # midnight in Moscow
    second = await desk.roster()
    assert second.day == DAY + timedelta(days=1)
    assert second.snapshot is first.snapshot
    assert desk.source.read_times == 1
    desk.clock.advance(days=1)
    await desk.roster()
    assert desk.source.read_times == 2
    await desk.roster()
    assert desk.source.read_times == 2


async def test_the_day_passes_even_while_nobody_can_ask_the_journal(desk: Desk) -> None:
    first = await desk.roster()
    assert desk.journal.on_the_day(first) is first
    desk.clock.advance(days=1)
    second = desk.journal.on_the_day(first)
    assert second is not None
    assert (second.day, second.snapshot) == (DAY + timedelta(days=1), first.snapshot)
    assert desk.journal.on_the_day(first) is second, "the same object, as long as nothing changes"
    assert desk.journal.on_the_day(None) is None


async def test_while_the_journal_is_away_the_last_good_roster_stays_and_the_log_says_so_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first = await desk.roster()
    caplog.clear()
    desk.source.away = True
    for _ in range(24):
        desk.clock.advance(hours=1)
        assert (await desk.roster()).snapshot is first.snapshot
    assert not desk.journal.available
    assert [r.getMessage().partition(",")[0] for r in caplog.records] == ["the journal is out of reach"]
    desk.restart()
    assert (await desk.roster()).snapshot == first.snapshot, "not even a restart forgets it"
    with pytest.raises(TemporaryError):
        await desk.journal.examine()

    caplog.clear()
    desk.source.away = False
    await desk.roster()
    assert desk.journal.available
    assert [record.getMessage() for record in caplog.records] == ["the journal is back"]


async def test_nothing_of_a_journal_with_a_fatal_finding_is_applied(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    first = await desk.roster()
    desk.source.say(SchoolBuilder().snapshot(), FATAL)
    for _ in range(3):
        assert (await desk.roster()).snapshot is first.snapshot
    assert desk.source.read_times == 2, "the same files are not read again on that day"
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 1
    assert desk.journal.findings == (FATAL,)
    desk.restart()
    assert (await desk.roster()).snapshot == first.snapshot


async def test_there_is_no_roster_before_the_first_good_reading(desk: Desk) -> None:
    desk.source.say(None, FATAL)
    assert await desk.journal.roster() is None
    desk.source.away = True
    desk.restart()
    assert await desk.journal.roster() is None


async def test_a_journal_that_is_being_written_is_not_taken(desk: Desk) -> None:
    first = await desk.roster()
    desk.source.say(SchoolBuilder().snapshot())  # half of it
    desk.source.while_read = lambda: desk.source.say(small_school().klass("8В").snapshot())
    assert (await desk.roster()).snapshot is first.snapshot
    desk.source.while_read = lambda: None
    taken = (await desk.roster()).snapshot
    assert "8В" in taken.classes
    assert taken.vanished == {}


async def test_the_vanished_are_kept_for_the_grace_counted_from_the_first_day(desk: Desk) -> None:
    await desk.roster()
    gone = small_school().leave("petrov")
    desk.says(gone)
    assert (await desk.roster()).snapshot.vanished == {"petrov": DAY}
    desk.clock.advance(days=10)
    desk.says(gone.klass("8В"))
    assert (await desk.roster()).snapshot.vanished == {"petrov": DAY}
    desk.clock.advance(days=19)
    assert "petrov" in (await desk.roster()).snapshot.people
    desk.clock.advance(days=1)
    assert "petrov" not in (await desk.roster()).snapshot.people


async def test_the_roster_before_is_the_one_by_which_all_stood(desk: Desk) -> None:
    """However often the journal changes meanwhile: what people are about to lose is told
    by what they had."""
    first = await desk.roster()
    assert first.before is None
    await desk.journal.settled(first)
    assert (await desk.roster()).before is first.snapshot

    desk.says(small_school().leave("belova"))
    held = await desk.roster()
    desk.says(small_school().leave("belova").klass("8В"))
    third = await desk.roster()
    await desk.journal.settled(held)  # too late: it is no longer in force
    assert await desk.roster() is third
    assert third.before is first.snapshot
    desk.restart()
    assert (await desk.roster()).before == first.snapshot

    await desk.journal.settled(await desk.roster())
    desk.restart()
    again = await desk.roster()
    assert again.before is again.snapshot


async def test_examining_changes_nothing(desk: Desk) -> None:
    first = await desk.roster()
    desk.says(small_school().klass("8В"))
    examined = await desk.journal.examine()
    assert examined.snapshot is not None
    assert "8В" in examined.snapshot.classes
    desk.source.away = True
    assert (await desk.roster()).snapshot is first.snapshot


async def test_additions_are_laid_over_the_journal_and_count_as_its_change(
    database: Database, tmp_path: Path
) -> None:
    additions = tmp_path / "additions.yaml"
    additions.write_text("{}", encoding="utf-8")
    desk = Desk(database, additions)
    await desk.roster()
    additions.write_text(
        "positions:\n"
        "  - {person: belova, position: deputy_studies, until: 2026-12-31, reason: deputy on leave}\n",
        encoding="utf-8",
    )
    roster = await desk.roster()
    assert desk.journal.findings == ()
    assert "belova" in {row.person for row in roster.snapshot.positions}
    additions.unlink()
    assert await desk.roster() is roster
    assert not desk.journal.available
