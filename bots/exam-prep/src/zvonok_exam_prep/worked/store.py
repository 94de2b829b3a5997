"""The bot's table of worked tasks. Moments are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import RoomId, UserId


@dataclass(frozen=True, slots=True)
class WorkedTask:
    """A task and its solution; "" until the teacher has written it. `formulas`: the solution is
    of the collection, and may hold formulas between dollars. `made` is in UTC."""

    id: str
    room: RoomId
    author: UserId
    task: str
    made: datetime
    solution: str = ""
    formulas: bool = False


class WorkedStore:
    """Within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def keep(self, worked: WorkedTask) -> None:
        """Note a task, or its solution."""
        await self._db.execute(
            """INSERT INTO exam_prep_worked (id, room, author, task, made, solution, formulas)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (id) DO UPDATE SET solution = excluded.solution""",
            worked.id,
            worked.room,
            worked.author,
            worked.task,
            milliseconds(worked.made),
            worked.solution,
            worked.formulas,
        )

    async def worked(self, id: str) -> WorkedTask | None:
        """A task; None where it is forgotten."""
        return await self._one("SELECT * FROM exam_prep_worked WHERE id = $1", id)

    async def unsolved(self, author: UserId) -> WorkedTask | None:
        """The task of which somebody was asked the solution last."""
        return await self._one(
            "SELECT * FROM exam_prep_worked WHERE author = $1 AND solution = '' ORDER BY made DESC LIMIT 1",
            author,
        )

    async def forget(self, id: str) -> None:
        """Forget a task."""
        await self._db.execute("DELETE FROM exam_prep_worked WHERE id = $1", id)

    async def forget_before(self, at: datetime) -> None:
        """Forget what is older."""
        await self._db.execute("DELETE FROM exam_prep_worked WHERE made < $1", milliseconds(at))

    async def _one(self, query: str, value: str) -> WorkedTask | None:
        row = await self._db.fetchrow(query, value)
        return (
            WorkedTask(
                id=row["id"],
                room=RoomId(row["room"]),
                author=UserId(row["author"]),
                task=row["task"],
                made=datetime.fromtimestamp(row["made"] / 1000, UTC),
                solution=row["solution"],
                formulas=bool(row["formulas"]),
            )
            if row
            else None
        )


async def first_tables(db: Connection) -> None:
    """A migration; never edited after a release."""
    await db.execute(
        """CREATE TABLE exam_prep_worked (
            id TEXT PRIMARY KEY,
            room TEXT NOT NULL,
            author TEXT NOT NULL,
            task TEXT NOT NULL,
            made BIGINT NOT NULL,
            solution TEXT NOT NULL,
            formulas BOOLEAN NOT NULL
        )"""
    )
    await db.execute("CREATE INDEX exam_prep_worked_author ON exam_prep_worked (author, made)")
