"""Which teacher is about to bring a file of tasks, and how far they are. Moments are
milliseconds since 1970 in UTC."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from zvonok_core.db import Connection
from zvonok_core.ids import UserId


@dataclass(frozen=True, slots=True)
class Loading:
    """A file is waited for, or, with its `address` and `name`, was shown and waits for a word.
    `usual` stands in where tasks don't say something themselves, see `formats.read`."""

    at: int
    address: str = ""
    name: str = ""
    usual: Mapping[str, str] | None = None


class LoadingStore:
    """One for each teacher, within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def loading(self, user: UserId) -> Loading | None:
        """How far a teacher is."""
        row = await self._db.fetchrow(
            "SELECT at, address, name, usual FROM exam_prep_loading WHERE user_id = $1", user
        )
        return Loading(row["at"], row["address"], row["name"], json.loads(row["usual"])) if row else None

    async def keep(self, user: UserId, loading: Loading) -> None:
        """Note it."""
        await self._db.execute(
            """INSERT INTO exam_prep_loading (user_id, at, address, name, usual) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (user_id) DO UPDATE SET at = excluded.at, address = excluded.address,
            name = excluded.name, usual = excluded.usual""",
            user,
            loading.at,
            loading.address,
            loading.name,
            json.dumps(dict(loading.usual or {}), ensure_ascii=False),
        )

    async def forget(self, user: UserId) -> None:
        """It is done, or given up."""
        await self._db.execute("DELETE FROM exam_prep_loading WHERE user_id = $1", user)


async def first_tables(db: Connection) -> None:
    """A migration; never edited after a release."""
    await db.execute(
        """CREATE TABLE exam_prep_loading (
            user_id TEXT PRIMARY KEY,
            at BIGINT NOT NULL,
            address TEXT NOT NULL,
            name TEXT NOT NULL,
            usual TEXT NOT NULL
        )"""
    )
