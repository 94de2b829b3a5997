"""The bot's tables, each part's in a store of its own, within one transaction."""

from __future__ import annotations

from zvonok_core.db import Connection
from zvonok_core.ids import UserId
from zvonok_exam_prep.collection.loading_store import LoadingStore
from zvonok_exam_prep.collection.store import TaskStore
from zvonok_exam_prep.training.store import TrainingStore
from zvonok_exam_prep.variants.sheets import SheetStore
from zvonok_exam_prep.variants.store import VariantStore
from zvonok_exam_prep.worked.store import WorkedStore


class ExamStore:
    """All of them, and which part of the bot somebody is talking with."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.tasks = TaskStore(db)
        self.loading = LoadingStore(db)
        self.training = TrainingStore(db)
        self.variants = VariantStore(db)
        self.sheets = SheetStore(db)
        self.worked = WorkedStore(db)

    async def floor(self, user: UserId) -> str:
        """The part that has asked somebody something last, in the direct chat; "" for none."""
        part = await self._db.fetchval("SELECT part FROM exam_prep_floor WHERE user_id = $1", user)
        return str(part or "")

    async def take_floor(self, user: UserId, part: str) -> None:
        """Have what they say next given to this part."""
        await self._db.execute(
            """INSERT INTO exam_prep_floor (user_id, part) VALUES ($1, $2)
            ON CONFLICT (user_id) DO UPDATE SET part = excluded.part""",
            user,
            part,
        )


async def first_tables(db: Connection) -> None:
    """A migration; never edited after a release."""
    await db.execute("CREATE TABLE exam_prep_floor (user_id TEXT PRIMARY KEY, part TEXT NOT NULL)")
