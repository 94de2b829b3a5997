"""The one door to a database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
from mautrix.util.async_db import Connection, Database
from support.waiting import eventually

from zvonok_core.db import UpgradeTable, open_database, transaction
from zvonok_core.errors import ConfigError, PermanentError, TemporaryError


def tables(*steps: Callable[[Connection], Awaitable[None]]) -> UpgradeTable:
    """Migrations as a program registers them."""
    upgrades = UpgradeTable(version_table_name="test_version", database_name="test")
    for step in (first, *steps):
        upgrades.register(step)
    return upgrades


async def first(db: Connection) -> None:
    await db.execute("CREATE TABLE marks (mark INTEGER PRIMARY KEY, said TEXT)")


async def second(db: Connection) -> None:
    await db.execute("ALTER TABLE marks ADD COLUMN more TEXT")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url, tables()) as opened:
        yield opened


async def marks(database: Database) -> list[int]:
    return [row["mark"] for row in await database.fetch("SELECT mark FROM marks ORDER BY mark")]


async def insert(database: Database, mark: int) -> None:
    await database.execute("INSERT INTO marks (mark) VALUES ($1)", mark)


# ---------------------------------------------------------------- transactions


async def test_a_transaction_gives_what_its_work_gives(database: Database) -> None:
    async def work(connection: Connection) -> str:
        await connection.execute("INSERT INTO marks (mark) VALUES (1)")
        return "done"

    assert await transaction(database, work) == "done"
    assert await marks(database) == [1]


async def test_an_error_undoes_all_of_it_and_is_raised(database: Database) -> None:
    async def work(connection: Connection) -> None:
        await connection.execute("INSERT INTO marks (mark) VALUES (1)")
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await transaction(database, work)
    assert await marks(database) == []
    await insert(database, 2)
    assert await marks(database) == [2]


async def test_queries_on_the_database_belong_to_the_transaction(database: Database) -> None:
    async def work(_: Connection) -> None:
        await insert(database, 1)
        assert await marks(database) == [1]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await transaction(database, work)
    assert await marks(database) == []


async def test_a_transaction_within_one_is_part_of_it(database: Database) -> None:
    async def inner(_: Connection) -> None:
        await insert(database, 2)

    async def outer(_: Connection) -> None:
        await insert(database, 1)
        await transaction(database, inner)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await transaction(database, outer)
    assert await marks(database) == []

    async def good(_: Connection) -> None:
        await transaction(database, inner)

    await transaction(database, good)
    assert await marks(database) == [2]


async def test_who_is_cancelled_leaves_a_whole_transaction_and_a_usable_connection(
    database: Database,
) -> None:
    halfway, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: Connection) -> None:
        await connection.execute("INSERT INTO marks (mark) VALUES (1)")
        halfway.set()
        await go_on.wait()
        await connection.execute("INSERT INTO marks (mark) VALUES (2)")

    caller = asyncio.create_task(transaction(database, work))
    await halfway.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()

    async def both() -> bool:
        return await marks(database) == [1, 2]

    await eventually(both)
    await insert(database, 3)

    async def again(connection: Connection) -> None:
        await connection.execute("INSERT INTO marks (mark) VALUES (4)")

    await transaction(database, again)
    assert await marks(database) == [1, 2, 3, 4]


async def test_who_is_cancelled_and_fails_then_leaves_nothing(database: Database) -> None:
    halfway, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: Connection) -> None:
        await connection.execute("INSERT INTO marks (mark) VALUES (1)")
        halfway.set()
        await go_on.wait()
        raise RuntimeError("too late for anybody to hear")

    caller = asyncio.create_task(transaction(database, work))
    await halfway.wait()
    caller.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await insert(database, 2)
    assert await marks(database) == [2]


async def test_closing_waits_for_a_transaction_whose_caller_is_gone(database_url: str) -> None:
    halfway, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: Connection) -> None:
        await connection.execute("INSERT INTO marks (mark) VALUES (1)")
        halfway.set()
        await go_on.wait()
        await connection.execute("INSERT INTO marks (mark) VALUES (2)")

    async with open_database(database_url, tables()) as database:
        caller = asyncio.create_task(transaction(database, work))
        await halfway.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    async with open_database(database_url, tables()) as database:
        assert await marks(database) == [1, 2]


async def test_a_commit_that_fails_leaves_a_usable_connection(database: Database) -> None:
    await database.execute(
        "CREATE TABLE notes (mark INTEGER REFERENCES marks (mark) DEFERRABLE INITIALLY DEFERRED)"
    )

    async def work(connection: Connection) -> None:
        await connection.execute("INSERT INTO notes (mark) VALUES (99)")

    with pytest.raises((sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        await transaction(database, work)
    assert await database.fetchval("SELECT COUNT(*) FROM notes") == 0

    async def good(connection: Connection) -> None:
        await connection.execute("INSERT INTO marks (mark) VALUES (1)")

    await transaction(database, good)
    assert await marks(database) == [1]


async def test_two_programs_that_read_and_then_write_take_turns(database_url: str) -> None:
    """Each counts, and writes one more. On SQLite both would fail, were the lock for writing
    taken only when it is needed."""
    async with AsyncExitStack() as stack:
        programs = [await stack.enter_async_context(open_database(database_url, tables())) for _ in range(2)]

        async def work(connection: Connection) -> None:
            if connection.scheme.value == "postgres":
                await connection.execute("LOCK TABLE marks IN EXCLUSIVE MODE")
            count = await connection.fetchval("SELECT COUNT(*) FROM marks")
            await asyncio.sleep(0)
            await connection.execute("INSERT INTO marks (mark) VALUES ($1)", count + 1)

        await asyncio.gather(*(transaction(program, work) for program in programs * 5))
        assert await marks(programs[0]) == list(range(1, 11))


# ---------------------------------------------------------------- migrations


async def test_a_new_version_migrates_and_keeps_what_is_there(database_url: str) -> None:
    async with open_database(database_url, tables()) as database:
        await insert(database, 1)
    async with open_database(database_url, tables(second)) as database:
        row = await database.fetchrow("SELECT mark, more FROM marks")
        assert (row["mark"], row["more"]) == (1, None)


async def test_an_older_program_refuses_to_start_and_changes_nothing(database_url: str) -> None:
    async with open_database(database_url, tables(second)) as database:
        await insert(database, 1)
    with pytest.raises(PermanentError, match="newer version"):
        async with open_database(database_url, tables()):
            pytest.fail("it must not start")
    async with open_database(database_url, tables(second)) as database:
        assert await marks(database) == [1]


async def test_a_migration_that_fails_leaves_the_old_schema(database_url: str) -> None:
    async def broken(db: Connection) -> None:
        await db.execute("ALTER TABLE marks ADD COLUMN half TEXT")
        raise RuntimeError("power cut")

    async with open_database(database_url, tables()) as database:
        await insert(database, 1)
    with pytest.raises(RuntimeError, match="power cut"):
        async with open_database(database_url, tables(second, broken)):
            pytest.fail("it must not start")
    async with open_database(database_url, tables(second)) as database:
        assert await marks(database) == [1]
        await database.execute("UPDATE marks SET more = 'x'")
        with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedColumnError)):
            await database.execute("SELECT half FROM marks")


async def test_programs_that_start_at_once_migrate_once(database_url: str) -> None:
    ran: list[str] = []

    async def slow(db: Connection) -> None:
        ran.append("slow")
        await asyncio.sleep(0)
        await db.execute("CREATE TABLE slow (a TEXT)")

    async def start() -> None:
        async with open_database(database_url, tables(slow)) as database:
            assert await database.table_exists("slow")

    await asyncio.gather(*(start() for _ in range(4)))
    assert ran == ["slow"]


async def test_nobody_is_refused_who_opens_a_new_file_at_the_same_time(tmp_path: Path) -> None:
    async def start(path: Path) -> None:
        async with open_database(f"sqlite:///{path}", tables()) as database:
            assert await database.fetchval("PRAGMA journal_mode") == "wal"

    for attempt in range(20):
        await asyncio.gather(*(start(tmp_path / f"{attempt}.db") for _ in range(8)))


async def test_who_is_cancelled_while_it_migrates_closes_the_database(database_url: str) -> None:
    migrating, go_on = asyncio.Event(), asyncio.Event()

    async def waits(db: Connection) -> None:
        migrating.set()
        await go_on.wait()

    async def start() -> None:
        async with open_database(database_url, tables(waits)):
            pytest.fail("it was cancelled before")

    starting = asyncio.create_task(start())
    await migrating.wait()
    starting.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await starting
    async with open_database(database_url, tables(second)) as database:
        await insert(database, 1)


# ---------------------------------------------------------------- what goes wrong


def threads() -> set[threading.Thread]:
    """The threads of SQLite connections that run now, those of other tests' fixtures among them."""
    return {thread for thread in threading.enumerate() if "_connection_worker" in thread.name}


@pytest.mark.parametrize("url", ["mysql://host/zvonok", "zvonok.db", ""])
async def test_another_kind_of_database_is_a_fault_of_the_configuration(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        async with open_database(url, tables()):
            pytest.fail("it must not start")
    assert [fault.path for fault in caught.value.faults] == ["database"]
    assert "sqlite:///" in str(caught.value)


async def test_an_error_of_the_user_of_the_database_comes_through(database_url: str) -> None:
    async def fails_inside() -> None:
        async with open_database(database_url, tables()) as database:
            await insert(database, 1)
            raise KeyError

    with pytest.raises(KeyError):
        await fails_inside()
    async with open_database(database_url, tables()) as database:
        assert await marks(database) == [1]


async def test_a_wrong_query_is_a_bug_and_not_put_off(database: Database) -> None:
    with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
        await database.execute("SELECT 1 FROM nowhere")
    with pytest.raises((sqlite3.IntegrityError, asyncpg.UniqueViolationError)):
        await database.execute("INSERT INTO marks (mark) VALUES (1), (1)")


async def test_a_folder_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    before = threads()
    with pytest.raises(TemporaryError, match="away"):
        async with open_database(f"sqlite:///{tmp_path}/nowhere/zvonok.db", tables()):
            pytest.fail("it must not start")
    assert threads() <= before, "a thread that is left would keep the program from ending"


async def test_a_server_that_is_not_there_may_come_back(unused_port: int) -> None:
    with pytest.raises(TemporaryError, match="away"):
        async with open_database(f"postgres://u:p@127.0.0.1:{unused_port}/x", tables()):
            pytest.fail("it must not start")


async def test_a_locked_file_may_be_free_later(tmp_path: Path) -> None:
    path = tmp_path / "zvonok.db"
    async with open_database(f"sqlite:///{path}", tables()) as database:
        await database.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(TemporaryError, match="locked"):
                await insert(database, 1)
            other.execute("ROLLBACK")
        finally:
            other.close()
        await insert(database, 1)
        assert await marks(database) == [1]


async def test_a_file_that_is_no_database_is_never_waited_for(tmp_path: Path) -> None:
    before = threads()
    path = tmp_path / "zvonok.db"
    path.write_bytes(b"this is a text, and no database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        async with open_database(f"sqlite:///{path}", tables()):
            pytest.fail("it must not start")
    assert threads() <= before


async def test_a_connection_that_the_server_ends_is_replaced(database: Database) -> None:
    if database.scheme.value != "postgres":
        pytest.skip("SQLite has no server")

    async def suicide(connection: Connection) -> None:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(TemporaryError):
        await transaction(database, suicide)
    await insert(database, 1)
    assert await marks(database) == [1]
