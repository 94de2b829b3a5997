"""Who is known, linked and locked, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from zvonok_appservice.roster.snapshot import Origin, Person
from zvonok_appservice.store.migrations import upgrades
from zvonok_appservice.store.people import People
from zvonok_core.clock import ManualClock, milliseconds
from zvonok_core.db import Database, open_database
from zvonok_core.ids import PersonId

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)


def person(id: str, family: str = "Петров") -> Person:
    return Person(PersonId(id), family, "Иван", "Сергеевич", True, Origin("users.csv", 2))


@pytest.fixture
def people(database: Database) -> People:
    return People(database, ManualClock(NOW))


async def test_a_user_name_is_given_once_and_for_good(people: People) -> None:
    await people.reserve([person("p1"), person("p2")])
    first = await people.all()
    assert len({row.localpart for row in first.values()}) == 2

    # Married, and with a namesake: the name stays.
    await people.reserve([person("p1", "Сидоров"), person("p3"), person("p2")])
    second = await people.all()
    assert {known: second[known] for known in first} == first
    assert len({row.localpart for row in second.values()}) == 3


async def test_programs_that_give_user_names_at_once_agree(database_url: str) -> None:
    async def reserve() -> None:
        async with open_database(database_url, upgrades) as own:
            await People(own, ManualClock(NOW)).reserve(person(f"p{n}") for n in range(200))

    async with open_database(database_url, upgrades) as database:
        # SQLite has one writer at a time: whoever comes second is told to come later.
        together = 1 if database_url.startswith("sqlite") else 3
        for _ in range(2):
            await asyncio.gather(*(asyncio.create_task(reserve()) for _ in range(together)))
        known = await People(database, ManualClock(NOW)).all()
    assert len(known) == 200
    assert len({row.localpart for row in known.values()}) == 200


async def test_linking_is_remembered_with_its_moment_until_it_is_undone(people: People) -> None:
    await people.reserve([person("p1")])
    assert (await people.all())[PersonId("p1")].linked_at is None
    await people.link(PersonId("p1"))
    assert (await people.all())[PersonId("p1")].linked_at == milliseconds(NOW)
    await people.unlink(PersonId("p1"))
    assert (await people.all())[PersonId("p1")].linked_at is None


async def test_an_operators_lock_stands_with_its_newest_reason_until_it_is_lifted(people: People) -> None:
    assert await people.locks() == {}
    await people.lock(PersonId("p1"), "telephone lost")
    await people.lock(PersonId("p1"), "telephone stolen")
    assert await people.locks() == {"p1": "telephone stolen"}
    assert await people.unlock(PersonId("p1"))
    assert not await people.unlock(PersonId("p1"))
    assert await people.locks() == {}
