"""The one door to a database: SQLite or PostgreSQL, with the same SQL ($1 places).

Adds to mautrix's `async_db` what it leaves open: a transaction that survives the
cancellation of its task (on SQLite a cancelled one leaves the connection inside a
transaction for ever), one migration at a time on PostgreSQL, and a stop that always
happens. There is one database for each program: `async_db` keeps the current connection
in one context variable for all databases.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from mautrix.util.async_db import Connection, Database, Scheme, UnsupportedDatabaseVersion
from mautrix.util.async_db import UpgradeTable as UpgradeTable

from zvonok_core.errors import PermanentError

T = TypeVar("T")

_MIGRATION_LOCK = 7_226_965
"""Any number that no other program on the same PostgreSQL server uses for this."""


@asynccontextmanager
async def open_database(url: str, upgrades: UpgradeTable) -> AsyncIterator[Database]:
    """Connect, migrate, and close in the end whatever happens.

    `url` is `sqlite:///path` or `postgres://…`. Raises PermanentError where the
    database was written by a newer version of the program.
    """
    sizes = {"min_size": 1, "max_size": 5} if url.startswith("postgres") else {}
    database = Database.create(url, db_args=sizes)
    await database.start()
    try:
        await _migrate(database, upgrades)
        yield database
    finally:
        await database.stop()


async def _migrate(database: Database, upgrades: UpgradeTable) -> None:
    try:
        if database.scheme == Scheme.SQLITE:
            await upgrades.upgrade(database)
            return
        connection: Connection
        async with database.acquire() as connection:
            await connection.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
            try:
                await upgrades.upgrade(database)
            finally:
                await connection.execute("SELECT pg_advisory_unlock($1)", _MIGRATION_LOCK)
    except UnsupportedDatabaseVersion as error:
        raise PermanentError(
            "the database was written by a newer version of this program: "
            "start that version, or restore a backup made before the upgrade"
        ) from error


async def transaction(database: Database, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run `work` in one transaction, all of it or nothing.

    The caller may be cancelled at any time: the transaction still ends properly.
    Queries on `database` inside `work` belong to the same transaction.
    """

    async def run() -> T:
        connection: Connection
        async with database.acquire() as connection, connection.transaction():
            return await work(connection)

    return await asyncio.shield(asyncio.create_task(run()))
