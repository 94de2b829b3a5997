"""What passes with time is told apart from what does not, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from mautrix.util.async_db import Database

from zvonok_appservice.store.migrations import upgrades
from zvonok_core.db import open_database
from zvonok_core.errors import TemporaryError


@pytest.mark.parametrize("url", ["postgres://postgres@/nobody?host={}", "sqlite:///{}/missing/zvonok.db"])
async def test_a_database_that_is_not_there_may_come(url: str, tmp_path: Path) -> None:
    with pytest.raises(TemporaryError, match="the database is away"):
        async with open_database(url.format(tmp_path), upgrades):
            raise AssertionError


async def test_a_wrong_query_is_a_bug(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as raised:
        await database.fetch("SELECT 1 FROM nowhere")
    assert not isinstance(raised.value, TemporaryError)


async def test_a_constraint_is_left_to_whoever_knows_the_rule(database: Database) -> None:
    insert = "INSERT INTO people (person, localpart) VALUES ($1, $2)"
    await database.execute(insert, "p1", "petrov")
    with pytest.raises(Exception, match=r"(?i)unique") as raised:
        await database.execute(insert, "p2", "petrov")
    assert not isinstance(raised.value, TemporaryError)
