"""The bot's tables of variants: what was given to whom.

The tasks of a variant are kept as they were when it was given: what is asked and what is right
stays the same for everybody, whatever becomes of the collection. Moments are milliseconds since
1970 in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import RoomId, UserId
from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import Item, ItemId
from zvonok_exam_prep.variants.variant import Mode, State, Variant

_AS_FILE = "task.yaml"
_TABLES = (
    "exam_prep_variant_items",
    "exam_prep_variant_people",
    "exam_prep_variant_answers",
    "exam_prep_attempts",
    "exam_prep_marking",
)


class VariantStore:
    """Within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    # ------------------------------------------------------------ variants

    async def add(self, variant: Variant, items: Sequence[Item], at: datetime) -> None:
        """Note a variant and the tasks that it is made of, by their positions."""
        await self._db.execute(
            """INSERT INTO exam_prep_variants (id, room, author, made, title, mode, slots, points, closes, minutes, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
            variant.id,
            variant.room,
            variant.author,
            milliseconds(at),
            variant.title,
            variant.mode.value,
            json.dumps(variant.slots),
            variant.points,
            milliseconds(variant.closes),
            variant.minutes,
            variant.state.value,
        )
        for position, item in enumerate(items):
            await self._db.execute(
                "INSERT INTO exam_prep_variant_items (variant, position, id, body) VALUES ($1, $2, $3, $4)",
                variant.id,
                position,
                item.id,
                write([item], Format.YAML).content.decode(),
            )

    async def variant(self, id: str) -> Variant | None:
        """A variant; None where it is forgotten."""
        row = await self._db.fetchrow("SELECT * FROM exam_prep_variants WHERE id = $1", id)
        return _variant(row) if row else None

    async def of_room(self, room: RoomId) -> list[Variant]:
        """All of a room, the newest first."""
        rows = await self._db.fetch(
            "SELECT * FROM exam_prep_variants WHERE room = $1 ORDER BY made DESC, id", room
        )
        return [_variant(row) for row in rows]

    async def of_author(self, author: UserId) -> list[Variant]:
        """All that somebody has given, the newest first."""
        rows = await self._db.fetch(
            "SELECT * FROM exam_prep_variants WHERE author = $1 ORDER BY made DESC, id", author
        )
        return [_variant(row) for row in rows]

    async def open(self) -> list[Variant]:
        """All whose answers are not out yet, the oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM exam_prep_variants WHERE state = $1 ORDER BY made, id", State.OPEN.value
        )
        return [_variant(row) for row in rows]

    async def become(self, id: str, state: State) -> None:
        """Note whether it can be done."""
        await self._db.execute("UPDATE exam_prep_variants SET state = $2 WHERE id = $1", id, state.value)

    async def closes_at(self, id: str, closes: datetime) -> None:
        """Note another deadline."""
        await self._db.execute(
            "UPDATE exam_prep_variants SET closes = $2 WHERE id = $1", id, milliseconds(closes)
        )

    async def shown_at(self, id: str) -> int:
        """When the teacher's message was last changed, or is going to be."""
        return int(await self._db.fetchval("SELECT shown FROM exam_prep_variants WHERE id = $1", id) or 0)

    async def shows_at(self, id: str, at: int) -> None:
        """Note when the teacher's message is changed."""
        await self._db.execute("UPDATE exam_prep_variants SET shown = $2 WHERE id = $1", id, at)

    async def forget(self, id: str) -> None:
        """Forget a variant, with all that was answered."""
        for table in _TABLES:
            await self._db.execute(f"DELETE FROM {table} WHERE variant = $1", id)  # noqa: S608
        await self._db.execute("DELETE FROM exam_prep_variants WHERE id = $1", id)

    # ------------------------------------------------------------ tasks

    async def item(self, id: str, position: int) -> Item:
        """A task of a variant."""
        return (await self.items(id, [position]))[position]

    async def items(self, id: str, positions: Iterable[int] | None = None) -> dict[int, Item]:
        """Those at these positions, or all."""
        rows = await self._db.fetch(
            "SELECT position, body FROM exam_prep_variant_items WHERE variant = $1 ORDER BY position", id
        )
        wanted = None if positions is None else frozenset(positions)
        return {
            row["position"]: read(_AS_FILE, row["body"].encode()).items[0]
            for row in rows
            if wanted is None or row["position"] in wanted
        }

    async def held_back(self, user: UserId) -> frozenset[ItemId]:
        """Tasks of the open variants that somebody was offered: nobody is told yet what is right
        there."""
        rows = await self._db.fetch(
            """SELECT item.id FROM exam_prep_variant_items AS item
            JOIN exam_prep_variants AS variant ON variant.id = item.variant
            JOIN exam_prep_variant_people AS person ON person.variant = variant.id
            WHERE person.user_id = $1 AND variant.state = $2""",
            user,
            State.OPEN.value,
        )
        return frozenset(ItemId(row["id"]) for row in rows)

    async def held_back_in(self, room: RoomId) -> frozenset[ItemId]:
        """Tasks of the open variants of a room."""
        rows = await self._db.fetch(
            """SELECT item.id FROM exam_prep_variant_items AS item
            JOIN exam_prep_variants AS variant ON variant.id = item.variant
            WHERE variant.room = $1 AND variant.state = $2""",
            room,
            State.OPEN.value,
        )
        return frozenset(ItemId(row["id"]) for row in rows)

    async def warm_ups(self, room: RoomId) -> dict[ItemId, int]:
        """When each task was asked in a room last, as a quiz."""
        rows = await self._db.fetch("SELECT item, at FROM exam_prep_warm_ups WHERE room = $1", room)
        return {ItemId(row["item"]): row["at"] for row in rows}

    async def warmed_up(self, room: RoomId, item: ItemId, at: datetime) -> None:
        """Note that a task was asked in a room."""
        await self._db.execute(
            """INSERT INTO exam_prep_warm_ups (room, item, at) VALUES ($1, $2, $3)
            ON CONFLICT (room, item) DO UPDATE SET at = excluded.at""",
            room,
            item,
            milliseconds(at),
        )

    # ------------------------------------------------------------ people

    async def offered(self, id: str) -> frozenset[UserId]:
        """Who knows of a variant."""
        rows = await self._db.fetch("SELECT user_id FROM exam_prep_variant_people WHERE variant = $1", id)
        return frozenset(UserId(row["user_id"]) for row in rows)

    async def offered_to(self, user: UserId) -> frozenset[str]:
        """Of which variants somebody knows, open or not."""
        rows = await self._db.fetch("SELECT variant FROM exam_prep_variant_people WHERE user_id = $1", user)
        return frozenset(row["variant"] for row in rows)

    async def offer(self, id: str, user: UserId) -> None:
        """Note that somebody knows of it."""
        await self._db.execute(
            "INSERT INTO exam_prep_variant_people (variant, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            id,
            user,
        )


def moment(at: int) -> datetime:
    """As it is stored → in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC)


def _variant(row: Any) -> Variant:
    return Variant(
        id=row["id"],
        room=RoomId(row["room"]),
        author=UserId(row["author"]),
        title=row["title"],
        mode=Mode(row["mode"]),
        slots=tuple(tuple(slot) for slot in json.loads(row["slots"])),
        points=row["points"],
        closes=moment(row["closes"]),
        minutes=row["minutes"],
        state=State(row["state"]),
    )


async def first_tables(db: Connection) -> None:
    """A migration; never edited after a release."""
    await db.execute(
        """CREATE TABLE exam_prep_variants (
            id TEXT PRIMARY KEY,
            room TEXT NOT NULL,
            author TEXT NOT NULL,
            made BIGINT NOT NULL,
            title TEXT NOT NULL,
            mode TEXT NOT NULL,
            slots TEXT NOT NULL,
            points INTEGER NOT NULL,
            closes BIGINT NOT NULL,
            minutes INTEGER,
            state TEXT NOT NULL,
            shown BIGINT NOT NULL DEFAULT 0
        )"""
    )
    await db.execute("CREATE INDEX exam_prep_variants_room ON exam_prep_variants (room, made)")
    await db.execute("CREATE INDEX exam_prep_variants_author ON exam_prep_variants (author, made)")
    # `body` is the task in our own YAML, as it was when the variant was given.
    await db.execute(
        """CREATE TABLE exam_prep_variant_items (
            variant TEXT NOT NULL,
            position INTEGER NOT NULL,
            id TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (variant, position)
        )"""
    )
    await db.execute(
        "CREATE TABLE exam_prep_variant_people (variant TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (variant, user_id))"
    )
    await db.execute("CREATE INDEX exam_prep_variant_people_user ON exam_prep_variant_people (user_id)")
    await db.execute(
        """CREATE TABLE exam_prep_warm_ups (
            room TEXT NOT NULL, item TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (room, item)
        )"""
    )
