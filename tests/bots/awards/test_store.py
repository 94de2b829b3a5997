"""The database holds the rule, whoever is fast."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from zvonok_awards.bot import bot
from zvonok_awards.store import Award, AwardStore, Count, Proposal
from zvonok_botkit.program import open_bots_database
from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection, Database, transaction
from zvonok_core.ids import RoomId, UserId

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ROOM, OTHER = RoomId("!7a"), RoomId("!8b")
IVAN, MASHA = UserId("@ivan:school.test"), UserId("@masha:school.test")
ANNA, OLEG = UserId("@anna:school.test"), UserId("@oleg:school.test")
ONE = Award("a1", IVAN, "curious", ROOM, ANNA, milliseconds(NOW), "за вопросы")


async def given(database: Database, award: Award, period: str = "2026-W48") -> bool:
    async def work(db: Connection) -> bool:
        return await AwardStore(db).give(award, period)

    return await transaction(database, work)


async def test_of_many_at_once_in_two_programs_one_gets_through(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as first:
        # The layer keeps one current connection for all databases: a program of its own.
        results = await asyncio.gather(
            *(given(first, replace(ONE, id=f"a{n}", by=OLEG if n % 2 else ANNA)) for n in range(10)),
            in_another_program(database_url),
        )
        assert sum(results) == 1
        assert await first.fetchval("SELECT COUNT(*) FROM awards") == 1
        assert await first.fetchval("SELECT COUNT(*) FROM awards_audit") == 1


async def in_another_program(database_url: str) -> int:
    """How many of ten tries get through there."""
    return await asyncio.to_thread(asyncio.run, _ten(database_url))


async def _ten(database_url: str) -> int:
    async with open_bots_database(database_url, [bot]) as database:
        return sum([await given(database, replace(ONE, id=f"b{n}")) for n in range(10)])


async def test_another_student_badge_or_period_is_another(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database:
        assert await given(database, ONE)
        assert not await given(database, replace(ONE, id="a2", by=OLEG, room=OTHER))
        assert await given(database, replace(ONE, id="a3", student=MASHA))
        assert await given(database, replace(ONE, id="a4", badge="artist"))
        assert await given(database, replace(ONE, id="a5"), "2026-W49")


async def test_what_is_taken_back_is_gone_once_and_makes_room(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database, database.acquire() as db:
        store = AwardStore(db)
        await store.give(ONE, "2026-W48")
        assert await store.by_id("a1") == ONE
        assert await store.in_period(IVAN, "curious", "2026-W48") == ONE
        assert await store.take_back(ONE, OLEG, NOW)
        assert not await store.take_back(ONE, ANNA, NOW)
        assert await store.by_id("a1") is None
        assert await store.in_period(IVAN, "curious", "2026-W48") is None
        assert await store.since(ROOM, NOW) == await store.of_student(IVAN, NOW) == []
        assert await store.counts(ROOM, NOW) == await store.rooms_of(ANNA, NOW) == []
        assert await store.give(replace(ONE, id="a2"), "2026-W48")
        audit = await db.fetch("SELECT what, award, by_user, room FROM awards_audit ORDER BY award, what")
        assert [tuple(row) for row in audit] == [
            ("given", "a1", ANNA, ROOM),
            ("taken back", "a1", OLEG, ROOM),
            ("given", "a2", ANNA, ROOM),
        ]


async def test_lists_and_counts(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database, database.acquire() as db:
        store = AwardStore(db)
        later = replace(ONE, id="a2", badge="artist", at=ONE.at + 1, by=OLEG)
        hers = replace(ONE, id="a3", student=MASHA)
        there = replace(ONE, id="a4", badge="music", room=OTHER, at=ONE.at + 2)
        old = replace(ONE, id="a5", badge="bookworm", at=ONE.at - 1)
        for award in (ONE, later, hers, there, old):
            assert await store.give(award, "2026-W48")
        assert await store.since(ROOM, NOW) == [later, ONE, hers]
        assert await store.of_student(IVAN, NOW) == [there, later, ONE]
        assert await store.counts(ROOM, NOW) == [Count(IVAN, 2), Count(MASHA, 1)]
        assert await store.rooms_of(ANNA, NOW) == [OTHER, ROOM]
        assert await store.rooms_of(OLEG, NOW) == [ROOM]
        await store.forget_reasons(NOW)
        assert await store.by_id("a5") == replace(old, reason="")
        assert await store.by_id("a1") == ONE


async def test_a_proposal_is_decided_once(database_url: str) -> None:
    async with open_bots_database(database_url, [bot]) as database, database.acquire() as db:
        store = AwardStore(db)
        proposal = Proposal("p1", IVAN, "curious", ROOM, "за слово")
        assert await store.propose(proposal, ANNA, 1)
        assert not await store.propose(replace(proposal, id="p2", reason="за дело"), ANNA, 2)
        assert await store.proposal("p1") == proposal
        assert await store.decide(proposal, True, OLEG, 3)
        assert not await store.decide(proposal, False, ANNA, 4)
        assert await store.proposal("p1") is None
        assert await store.propose(replace(proposal, id="p3"), ANNA, 5)
        audit = await db.fetch("SELECT at, what, by_user FROM awards_audit ORDER BY at")
        assert [tuple(row) for row in audit] == [
            (1, "proposed", ANNA),
            (3, "agreed", OLEG),
            (5, "proposed", ANNA),
        ]
