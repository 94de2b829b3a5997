"""The tasks of a school: the shipped ones, and those that teachers have brought as files.

A task that comes again under the same id takes the place of the older one, which comes back
when the newer file is taken back. `owner` is "" for what the whole school has, and the
teacher's user id for what only they have. Moments are milliseconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from zvonok_core.db import Connection
from zvonok_core.ids import UserId
from zvonok_exam_prep.bank import shipped
from zvonok_exam_prep.collection.labels import Label, label_of
from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import Exam, Item, ItemId

_CURRENT = """owner IN ('', $1) AND NOT EXISTS (
    SELECT 1 FROM exam_prep_items newer WHERE newer.owner = exam_prep_items.owner
    AND newer.id = exam_prep_items.id AND newer.import > exam_prep_items.import)"""
_AS_FILE, _AT_ONCE = "task.yaml", 500


@dataclass(frozen=True, slots=True)
class Import:
    """A file of tasks that somebody has brought. `tasks` counts those that it still has."""

    number: int
    file: str
    by: UserId
    owner: str
    at: int
    tasks: int


class TaskStore:
    """Tasks, within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def labels(self, teacher: UserId | str = "", subject: str = "") -> list[Label]:
        """What there is for everybody, or also for this teacher alone; of one subject or of all."""
        rows = await self._db.fetch(
            f"""SELECT owner, id, subject, grades, exam, task, topic, difficulty, points, tags
            FROM exam_prep_items WHERE {_CURRENT} AND ($2 = '' OR subject = $2) ORDER BY import, position""",  # noqa: S608
            teacher,
            subject,
        )
        found = {label.id: label for label in shipped_labels() if not subject or label.subject == subject}
        found |= {label.id: label for row in sorted(rows, key=_own_last) if (label := _label(row))}
        return list(found.values())

    async def item(self, id: ItemId, teacher: UserId | str = "") -> Item | None:
        """A task; None where it is there no more."""
        found = await self.items([id], teacher)
        return found[0] if found else None

    async def items(self, ids: Iterable[ItemId], teacher: UserId | str = "") -> list[Item]:
        """Those of these that are there, in the same order."""
        wanted = list(ids)
        found = {one: shipped()[one] for one in wanted if one in shipped()}
        others = [one for one in wanted if one not in found]
        for start in range(0, len(others), _AT_ONCE):
            some = others[start : start + _AT_ONCE]
            places = ", ".join(f"${number}" for number in range(2, len(some) + 2))
            rows = await self._db.fetch(
                f"SELECT owner, body FROM exam_prep_items WHERE {_CURRENT} AND id IN ({places})",  # noqa: S608
                teacher,
                *some,
            )
            for row in sorted(rows, key=_own_last):
                found |= {item.id: item for item in read(_AS_FILE, row["body"].encode()).items}
        return [found[one] for one in wanted if one in found]

    async def add(self, tasks: Sequence[Item], *, file: str, by: UserId, owner: str, at: int) -> int:
        """Keep all tasks of a file; returns the number under which they can be taken back."""
        number = int(await self._db.fetchval("SELECT COALESCE(MAX(number), 0) + 1 FROM exam_prep_imports"))
        await self._db.execute(
            "INSERT INTO exam_prep_imports (number, file, by_user, owner, at) VALUES ($1, $2, $3, $4, $5)",
            number,
            file,
            by,
            owner,
            at,
        )
        for position, item in enumerate(tasks):
            label = label_of(item)
            await self._db.execute(
                """INSERT INTO exam_prep_items (import, position, owner, id, subject, grades, exam, task, topic,
                difficulty, points, tags, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
                number,
                position,
                owner,
                label.id,
                label.subject,
                " ".join(map(str, label.grades)),
                label.exam.value if label.exam else "",
                label.task,
                label.topic,
                label.difficulty,
                label.points,
                " ".join(label.tags),
                write([item], Format.YAML).content.decode(),
            )
        return number

    async def imports(self, by: UserId | None = None) -> list[Import]:
        """What was brought, by somebody or by all, the newest first."""
        rows = await self._db.fetch(
            """SELECT number, file, by_user, owner, at,
            (SELECT COUNT(*) FROM exam_prep_items WHERE import = number) AS tasks
            FROM exam_prep_imports WHERE $1 = '' OR by_user = $1 ORDER BY number DESC""",
            by or "",
        )
        return [
            Import(row["number"], row["file"], UserId(row["by_user"]), row["owner"], row["at"], row["tasks"])
            for row in rows
        ]

    async def brought(self, owner: str) -> dict[ItemId, UserId]:
        """Who has brought each task that the whole school, or a teacher alone, has now."""
        rows = await self._db.fetch(
            """SELECT id, by_user FROM exam_prep_items JOIN exam_prep_imports ON import = number
            WHERE exam_prep_items.owner = $1 ORDER BY number""",
            owner,
        )
        return {ItemId(row["id"]): UserId(row["by_user"]) for row in rows}

    async def take_back(self, number: int) -> bool:
        """Forget the tasks of a file; False where that was done already."""
        row = await self._db.fetchrow(
            "DELETE FROM exam_prep_imports WHERE number = $1 RETURNING number", number
        )
        await self._db.execute("DELETE FROM exam_prep_items WHERE import = $1", number)
        return row is not None


@cache
def shipped_labels() -> tuple[Label, ...]:
    """Of the tasks that every school has."""
    return tuple(label_of(item) for item in shipped())


def _own_last(row: Any) -> bool:
    return bool(row["owner"])


def _label(row: Any) -> Label:
    return Label(
        id=ItemId(row["id"]),
        subject=row["subject"],
        grades=tuple(int(grade) for grade in row["grades"].split()),
        exam=Exam(row["exam"]) if row["exam"] else None,
        task=row["task"],
        topic=row["topic"],
        difficulty=row["difficulty"],
        points=row["points"],
        tags=tuple(row["tags"].split()),
    )


async def first_tables(db: Connection) -> None:
    """A migration; never edited after a release."""
    await db.execute(
        """CREATE TABLE exam_prep_imports (
            number INTEGER PRIMARY KEY,
            file TEXT NOT NULL,
            by_user TEXT NOT NULL,
            owner TEXT NOT NULL,
            at BIGINT NOT NULL
        )"""
    )
    # `body` is the task in our own YAML; all else is there to choose by.
    await db.execute(
        """CREATE TABLE exam_prep_items (
            import INTEGER NOT NULL,
            position INTEGER NOT NULL,
            owner TEXT NOT NULL,
            id TEXT NOT NULL,
            subject TEXT NOT NULL,
            grades TEXT NOT NULL,
            exam TEXT NOT NULL,
            task TEXT NOT NULL,
            topic TEXT NOT NULL,
            difficulty INTEGER NOT NULL,
            points INTEGER NOT NULL,
            tags TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (import, id)
        )"""
    )
    await db.execute("CREATE INDEX exam_prep_items_id ON exam_prep_items (owner, id, import)")
