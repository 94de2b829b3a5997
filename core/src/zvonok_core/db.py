"""The one door to a database: SQLite or PostgreSQL, with the same SQL ($1 places).

Adds to mautrix's `async_db` what it leaves open: a transaction that survives the
cancellation of its task (on SQLite a cancelled one, or one that can't be committed, leaves
the connection inside a transaction for ever), one migration at a time, a stop that always
happens, and TemporaryError wherever the database is away or locked. There is one database
for each program: `async_db` keeps the current connection in one context variable for all
databases.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
from mautrix.util.async_db import Connection as Connection
from mautrix.util.async_db import Database as Database
from mautrix.util.async_db import Scheme, UnsupportedDatabaseVersion
from mautrix.util.async_db import UpgradeTable as UpgradeTable
from mautrix.util.async_db.aiosqlite import SQLiteDatabase, in_transaction
from mautrix.util.async_db.asyncpg import PostgresDatabase
from yarl import URL

from zvonok_core.errors import ConfigError, ConfigFault, PermanentError, TemporaryError
from zvonok_core.text import text

T = TypeVar("T")

_MIGRATION_LOCK = 7_226_965
"""Any number that no other program on the same PostgreSQL server uses for this."""
_PATIENCE = 5.0
"""Seconds to wait for a file that others open at the same time, as SQLite itself waits for a lock."""
_SQLITE_PASSES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
}
_POSTGRES_PASSES = {"08", "40", "53", "55", "57", "58"}
"""Classes of SQLSTATE: connection, rollback by the server, resources, not in a state for
it, the operator's intervention, and the system's own errors."""


class _Sqlite(SQLiteDatabase):
    async def start(self) -> None:
        await asyncio.to_thread(_prepare_file, self._path)
        try:
            await super().start()
        except BaseException:
            await self.stop()  # each connection has a thread that keeps the program from ending
            raise

    def acquire_direct(self) -> AbstractAsyncContextManager[Connection]:
        return _patiently(super().acquire_direct())


def _prepare_file(path: str) -> None:
    """Raise what is wrong with the file, if anything, and turn its write-ahead log on.

    aiosqlite would do both, but leave a thread behind where it fails. And that log is turned
    on by whoever has the file alone: of several programs that start at once SQLite refuses
    some immediately, without waiting for its own timeout.
    """
    with closing(sqlite3.connect(path)) as connection:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(0.01)


class _Postgres(PostgresDatabase):
    def acquire_direct(  # type: ignore[override]  # its own type says that nothing comes of it
        self,
    ) -> AbstractAsyncContextManager[Connection]:
        return _patiently(super().acquire_direct())


@asynccontextmanager
async def _patiently(acquiring: AbstractAsyncContextManager[Connection]) -> AsyncIterator[Connection]:
    """The connection; whatever passes with time is a TemporaryError."""
    acquired = False
    try:
        async with acquiring as connection:
            acquired = True
            yield connection
    except Exception as error:
        if _passes(error) or (isinstance(error, OSError) and not acquired):
            raise TemporaryError(f"the database is away: {error}") from error
        raise


def _passes(error: Exception) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        # The lowest byte is the error, those above say more of it.
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_PASSES
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] in _POSTGRES_PASSES
    # A connection that was lost earlier; a wrong argument is a ValueError besides.
    return isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError)


@asynccontextmanager
async def open_database(url: str, *upgrades: UpgradeTable) -> AsyncIterator[Database]:
    """Connect, migrate, and close in the end whatever happens. Each of `upgrades` has a
    version of its own.

    `url` is `sqlite:///path` or `postgres://…`; another one is a ConfigError. Raises
    PermanentError where the database was written by a newer version of the program, and
    TemporaryError, here and from every query, while it is away or locked.
    """
    database = _database(url)
    try:
        await database.start()
    except (OSError, sqlite3.Error, asyncpg.PostgresError) as error:
        if isinstance(error, OSError) or _passes(error):
            raise TemporaryError(f"the database is away: {error}") from error
        raise
    try:
        await _migrate(database, upgrades)
        yield database
    finally:
        await database.stop()


def _database(url: str) -> Database:
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return _Sqlite(URL(url), UpgradeTable())
    if scheme not in ("postgres", "postgresql"):
        message = text("must begin with sqlite:/// or postgres://, and not with {scheme}:", scheme=scheme)
        raise ConfigError([ConfigFault("database", message)])
    # By default it ends the whole program at an error of asyncpg's own.
    settings = {"min_size": 1, "max_size": 5, "meow_exit_on_ice": False}
    return _Postgres(URL(url), UpgradeTable(), db_args=settings)


async def _migrate(database: Database, upgrades: Sequence[UpgradeTable]) -> None:
    async def alone(connection: Connection) -> None:
        if database.scheme != Scheme.SQLITE:  # there, the transaction has the file for itself
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _MIGRATION_LOCK)
        for table in upgrades:
            await table.upgrade(database)

    try:
        await transaction(database, alone)
    except UnsupportedDatabaseVersion as error:
        raise PermanentError(
            "the database was written by a newer version of this program: "
            "start that version, or restore a backup made before the upgrade"
        ) from error


async def transaction(database: Database, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run `work` in one transaction, all of it or nothing.

    The caller may be cancelled at any time: the transaction still ends properly.
    Queries on `database` inside `work`, and transactions, belong to the same transaction.
    """

    async def run() -> T:
        connection: Connection
        async with database.acquire() as connection, _begun(database, connection):
            return await work(connection)

    return await asyncio.shield(asyncio.create_task(run()))


@asynccontextmanager
async def _begun(database: Database, connection: Any) -> AsyncIterator[None]:
    if database.scheme != Scheme.SQLITE or in_transaction.get():
        async with connection.transaction():
            yield
        return
    # IMMEDIATE, because a transaction that has read can't begin to write once another
    # program has: SQLite then fails at once instead of waiting.
    await connection.execute("BEGIN IMMEDIATE")
    token = in_transaction.set(True)
    try:
        yield
        await connection.execute("COMMIT")
    finally:
        in_transaction.reset(token)
        if connection.wrapped.in_transaction:  # something failed, perhaps the COMMIT itself
            await connection.execute("ROLLBACK")
