"""What this bot is for, in a sentence or two."""

from __future__ import annotations

from typing import Annotated

from zvonok_botkit import Answer, Bot, Context, Rest, text
from zvonok_core.db import Connection


class Notes:
    """The bot's tables, within one transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, room: str, words: str) -> int:
        """Note something; returns how many notes the room has now."""
        await self._db.execute("INSERT INTO word_of_the_day_notes (room, words) VALUES ($1, $2)", room, words)
        return int(await self._db.fetchval("SELECT COUNT(*) FROM word_of_the_day_notes WHERE room = $1", room))


bot = Bot("word-of-the-day", package="zvonok_word_of_the_day", store=Notes)


@bot.migration("Notes")
async def first(db: Connection) -> None:
    await db.execute("CREATE TABLE word_of_the_day_notes (room TEXT NOT NULL, words TEXT NOT NULL)")


@bot.command("note", "запись")
async def note(ctx: Context[Notes], words: Annotated[Rest, text("What shall I note?")]) -> Answer:
    """Note something: `!note The key is with Anna`"""
    count = await ctx.store.add(ctx.room, words)
    return text("Noted, as number {count}.", count=count)
