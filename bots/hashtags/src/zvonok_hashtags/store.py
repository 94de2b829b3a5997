"""The bot's tables: posts with hashtags, in every chat that it is in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from zvonok_core.clock import milliseconds
from zvonok_core.db import Connection
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_hashtags.words import LONGEST, Query, kept_stems, tags_of

PAGE = 50
_HAS_TAG = """EXISTS (SELECT 1 FROM hashtags_tags AS tag
    WHERE tag.room = post.room AND tag.event = post.event AND tag.tag = {place})"""


@dataclass(frozen=True, slots=True)
class Post:
    """A post with hashtags; `at` is in UTC."""

    room: RoomId
    event: EventId
    sender: UserId
    at: datetime
    words: str


class Posts:
    """Within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(
        self, room: RoomId, event: EventId, sender: UserId, at: int, words: str, edit: str = ""
    ) -> None:
        """Note a post, with the edit that its words come from; `at` is in milliseconds."""
        await self._db.execute(
            """INSERT INTO hashtags_posts (room, event, sender, at, words, stems, edit)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (room, event) DO NOTHING""",
            room,
            event,
            sender,
            at,
            words[:LONGEST],
            kept_stems(words[:LONGEST]),
            edit,
        )
        await self._tag(room, event, words)

    async def change(self, room: RoomId, event: EventId, edit: EventId, sender: UserId, words: str) -> bool:
        """Follow an edit of a post by its own sender; False where there is no such post."""
        found = await self._db.fetchval(
            """UPDATE hashtags_posts SET words = $4, stems = $5, edit = $6
            WHERE room = $1 AND event = $2 AND sender = $3 RETURNING event""",
            room,
            event,
            sender,
            words[:LONGEST],
            kept_stems(words[:LONGEST]),
            edit,
        )
        if found is not None:
            await self._db.execute("DELETE FROM hashtags_tags WHERE room = $1 AND event = $2", room, event)
            await self._tag(room, event, words)
        return found is not None

    async def _tag(self, room: RoomId, event: EventId, words: str) -> None:
        for tag in tags_of(words[:LONGEST]):
            await self._db.execute(
                "INSERT INTO hashtags_tags (tag, room, event) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                tag,
                room,
                event,
            )

    async def remove(self, room: RoomId, event: EventId) -> None:
        """Forget a post that was deleted, or whose last edit was: what it said before that is
        not known any more."""
        posts = await self._db.fetch(
            "SELECT event FROM hashtags_posts WHERE room = $1 AND (event = $2 OR edit = $2)", room, event
        )
        for row in posts:
            for table in ("hashtags_tags", "hashtags_posts"):
                await self._db.execute(
                    f"DELETE FROM {table} WHERE room = $1 AND event = $2",  # noqa: S608
                    room,
                    row["event"],
                )

    async def forget_before(self, now: datetime, days: int) -> None:
        """Forget what is older than so many days."""
        old = milliseconds(now - timedelta(days=days))
        await self._db.execute(
            """DELETE FROM hashtags_tags WHERE EXISTS (SELECT 1 FROM hashtags_posts AS post
            WHERE post.room = hashtags_tags.room AND post.event = hashtags_tags.event AND post.at < $1)""",
            old,
        )
        await self._db.execute("DELETE FROM hashtags_posts WHERE at < $1", old)

    async def find(self, query: Query, room: RoomId | None) -> AsyncIterator[Post]:
        """What fits, the newest first; of one room, or of all."""
        conditions, values = [], list[str]()
        if room:
            values.append(room)
            conditions.append(f"room = ${len(values)}")
        for tag in query.tags:
            values.append(tag)
            conditions.append(_HAS_TAG.format(place=f"${len(values)}"))
        for stem in query.stems:  # letters, digits and hyphens: nothing that LIKE takes for a sign
            values.append(f"% {stem} %")
            conditions.append(f"stems LIKE ${len(values)}")
        where = " AND ".join(conditions) or "1 = 1"
        offset = 0
        while True:
            rows = await self._db.fetch(
                f"""SELECT room, event, sender, at, words FROM hashtags_posts AS post WHERE {where}
                ORDER BY at DESC, event LIMIT {PAGE} OFFSET {offset}""",  # noqa: S608 - built above
                *values,
            )
            for row in rows:
                at = datetime.fromtimestamp(row["at"] / 1000, UTC)
                yield Post(
                    RoomId(row["room"]), EventId(row["event"]), UserId(row["sender"]), at, row["words"]
                )
            if len(rows) < PAGE:
                return
            offset += PAGE
