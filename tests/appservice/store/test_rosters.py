"""The kept rosters, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zvonok_appservice.store.rosters import IN_FORCE, JOURNAL, SETTLED, Kept, Rosters
from zvonok_core.clock import ManualClock, milliseconds
from zvonok_core.db import Database

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.fixture
def rosters(database: Database) -> Rosters:
    return Rosters(database, ManualClock(NOW))


async def test_a_reading_replaces_the_one_before_with_all_that_belongs_to_it(rosters: Rosters) -> None:
    assert await rosters.get(IN_FORCE) is None
    await rosters.take("one", b"state", b"roster \x00\xff")
    await rosters.take("two", None, b"roster 2")
    assert await rosters.get(IN_FORCE) == Kept("two", milliseconds(NOW), b"roster 2")
    assert await rosters.get(JOURNAL) == Kept("two", milliseconds(NOW), b"")
    assert await rosters.get(SETTLED) is None


async def test_what_is_settled_stays_until_the_next_is(rosters: Rosters) -> None:
    await rosters.take("one", None, b"roster 1")
    await rosters.settle("one")
    await rosters.take("two", None, b"roster 2")
    await rosters.settle("one")  # another program has read a newer one meanwhile
    settled = await rosters.get(SETTLED)
    assert settled is not None
    assert settled.body == b"roster 1"
    await rosters.settle("two")
    settled = await rosters.get(SETTLED)
    assert settled is not None
    assert settled.body == b"roster 2"
