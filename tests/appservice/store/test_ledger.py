"""Confirmations, lessons and the audit, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zvonok_appservice.reconcile.today import LoadKey
from zvonok_appservice.store.ledger import Ledger
from zvonok_core.clock import ManualClock
from zvonok_core.db import Database
from zvonok_core.ids import ClassId, SubgroupId, SubjectId

ALGEBRA = LoadKey(SubjectId("algebra"), ClassId("7a"), SubgroupId(""))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 10, 1, 9, tzinfo=UTC))


@pytest.fixture
def ledger(database: Database, clock: ManualClock) -> Ledger:
    return Ledger(database, clock)


async def test_a_confirmation_stands_for_its_hours(ledger: Ledger, clock: ManualClock) -> None:
    await ledger.approve(["member @a:x !1", "account @a:x"], hours=24)
    clock.advance(hours=23)
    assert await ledger.approved() == {"member @a:x !1", "account @a:x"}
    await ledger.approve(["account @a:x"], hours=24)
    clock.advance(hours=1)
    assert await ledger.approved() == {"account @a:x"}
    clock.advance(hours=23)
    assert await ledger.approved() == frozenset()


async def test_confirmations_that_are_over_are_not_kept(
    ledger: Ledger, clock: ManualClock, database: Database
) -> None:
    await ledger.approve(["account @a:x"], hours=24)
    clock.advance(days=2)
    await ledger.approve(["account @b:x"], hours=24)
    assert await database.fetchval("SELECT COUNT(*) FROM approvals") == 1


async def test_only_the_first_lesson_of_a_load_is_news(ledger: Ledger) -> None:
    other = LoadKey(SubjectId("algebra"), ClassId(""), SubgroupId("7-1"))
    assert await ledger.lesson_held(ALGEBRA)
    assert not await ledger.lesson_held(ALGEBRA)
    assert await ledger.lesson_held(other)
    assert await ledger.lessons() == {ALGEBRA, other}


async def test_the_audit_keeps_the_order_even_where_the_clock_stands_or_goes_back(
    ledger: Ledger, clock: ManualClock
) -> None:
    assert await ledger.latest() == 0
    seen = []
    for action in ("lock", "unlock", "approve"):
        await ledger.record("operator", action, "p1", "reason")
        seen.append(await ledger.latest())
    clock.advance(hours=-1)
    await ledger.record("operator", "linked", "p2")
    seen.append(await ledger.latest())

    assert seen == sorted(set(seen)), "whoever polls sees each"
    entries = await ledger.entries()
    assert [entry.action for entry in entries] == ["lock", "unlock", "approve", "linked"]
    assert [entry.at for entry in entries] == seen
    assert (entries[0].actor, entries[0].subject, entries[0].detail) == ("operator", "p1", "reason")
    assert [entry.action for entry in await ledger.entries(since=seen[1])] == ["approve", "linked"]
