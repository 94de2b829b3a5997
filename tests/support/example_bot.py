"""A small bot on which the kit is tried: praise, a count of hands, reminders."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Annotated

from zvonok_botkit import Answer, Bot, Context, Person, React, Rest, Role, Say, Send, text
from zvonok_botkit.answers import Edit, Withdraw
from zvonok_core.db import Connection
from zvonok_core.errors import TemporaryError, UserError


class Mark(Enum):
    """What somebody is praised for."""

    HELP = "помощь"
    IDEA = "хорошая идея"


class Praises:
    """Who was praised, and who has raised a hand."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, user: str, mark: str, reason: str) -> int:
        await self._db.execute(
            "INSERT INTO praise (user_id, mark, reason) VALUES ($1, $2, $3)", user, mark, reason
        )
        return int(await self._db.fetchval("SELECT COUNT(*) FROM praise WHERE user_id = $1", user))

    async def raise_hand(self, poll: str, user: str, up: bool) -> int:
        await self._db.execute("DELETE FROM praise_hands WHERE poll = $1 AND user_id = $2", poll, user)
        if up:
            await self._db.execute("INSERT INTO praise_hands (poll, user_id) VALUES ($1, $2)", poll, user)
        return int(await self._db.fetchval("SELECT COUNT(*) FROM praise_hands WHERE poll = $1", poll))


bot = Bot("praise", store=Praises)


@bot.migration("Praise, and hands")
async def first(db: Connection) -> None:
    await db.execute("CREATE TABLE praise (user_id TEXT, mark TEXT, reason TEXT)")
    await db.execute("CREATE TABLE praise_hands (poll TEXT, user_id TEXT)")


@bot.command("praise", "похвалить", role=Role.TEACHER)
async def praise(
    ctx: Context[Praises],
    student: Annotated[Person, text("Whom?")],
    mark: Mark,
    reason: Rest = Rest(),
) -> Answer:
    """Praise a student: `!praise Petrov help with the garden`"""
    count = await ctx.store.add(student.user, mark.value, str(reason))
    return Say(
        text("{name}: {mark}, {count}", name=student.short, mark=mark.value, count=count), (student.user,)
    )


@bot.command("hands", "руки")
async def hands(ctx: Context[Praises], question: Rest) -> Answer:
    """Count hands: `!hands Who comes along?`"""
    key = f"hands:{ctx.event.id}"
    return [Say(str(question), key=key), React("✋", about=key), React("👀")]


@bot.on("m.reaction")
async def hand(ctx: Context[Praises]) -> Answer:
    count = await ctx.store.raise_hand(ctx.about, ctx.asker.user, ctx.emoji == "✋")
    return Edit(ctx.about, text("Hands: {count}", count=count))


@bot.on("m.room.redaction")
async def hand_down(ctx: Context[Praises]) -> Answer:
    count = await ctx.store.raise_hand(ctx.about, ctx.asker.user, False)
    return Edit(ctx.about, text("Hands: {count}", count=count))


@bot.on("m.room.message")
async def answered(ctx: Context[Praises]) -> Answer:
    return Say(f"{ctx.asker.short}: {ctx.words}")


@bot.command("remind", "напомнить")
async def remind(ctx: Context[Praises], minutes: int, what: Rest) -> Answer:
    """Remind this room of something: `!remind 10 Switch off the oven`"""
    await ctx.schedule("reminder", ctx.now + timedelta(minutes=minutes), key=str(what), what=str(what))
    return text("I will.")


@bot.job(late="once")
async def reminder(ctx: Context[Praises], what: str) -> Answer:
    return Say(what)


@bot.command("break", "сломать")
async def broken(ctx: Context[Praises], how: str = "bug") -> Answer:
    """Break something: `!break bug`"""
    await ctx.store.add(ctx.asker.user, "broken", how)
    if how == "later":
        raise TemporaryError("away")
    if how == "user":
        raise UserError(text("No."))
    raise RuntimeError(ctx.asker.name)


@bot.command("vanish", "исчезнуть")
async def vanish(ctx: Context[Praises], key: str) -> Answer:
    """Take back the hands: `!vanish hands:…`"""
    return Withdraw(key)


@bot.command("whisper", "шепнуть")
async def whisper(ctx: Context[Praises], who: Person) -> Answer:
    """Write to somebody alone: `!whisper Petrov`"""
    return Say("Только для вас", to=who.user)


@bot.command("which", "какой")
async def which(ctx: Context[Praises]) -> Answer:
    """Tell what this replies to: `!which`"""
    return Say(ctx.about or "ни о чём")


@bot.command("native", "опросить")
async def native(ctx: Context[Praises]) -> Answer:
    """Send a poll as it stands: `!native`"""
    return Send("org.matrix.msc3381.poll.start", {"question": "?"}, key="poll:1")


@bot.on("org.matrix.msc3381.poll.response")
async def voted(ctx: Context[Praises]) -> Answer:
    return React("✅")
