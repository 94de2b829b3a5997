"""What the class answers to a word, and what teachers praise. A sign beside an answer is the
bot's thanks: thirty messages would be in the way."""

from __future__ import annotations

from datetime import date

from zvonok_botkit import Answer, React
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import RoomId
from zvonok_word_of_the_day.bringing import declined, in_reply
from zvonok_word_of_the_day.counting import MARKS, is_praise, kind_of
from zvonok_word_of_the_day.declared import BROUGHT, LIST, TURN, WORD, Here, bot, is_student
from zvonok_word_of_the_day.store import Shown
from zvonok_word_of_the_day.uploading import list_comes


@bot.on("m.room.message")
async def answered(ctx: Here) -> Answer:
    """A message about something that the bot has sent."""
    if ctx.about.startswith(TURN):
        return await in_reply(ctx)
    if ctx.about.startswith(LIST):
        return await list_comes(ctx, RoomId(ctx.about.removeprefix(LIST)))
    return await _word_answered(ctx) if ctx.about.startswith(WORD) else None


async def _word_answered(ctx: Here) -> Answer:
    room, _, day = ctx.about.removeprefix(WORD).rpartition("|")
    # What answers somebody else is a talk, and no answer to the word.
    if room != ctx.room or (ctx.thread and ctx.target != ctx.thread):
        return None
    shown = await _shown(ctx, date.fromisoformat(day))
    kind = kind_of(ctx.words, ctx.file, shown.word.word) if shown else None
    if shown is None or kind is None:
        return None
    try:
        student = await is_student(ctx, ctx.asker.user)
    except TemporaryError:  # it is counted only if it was a student's; nobody is thanked now
        await ctx.store.answers.add(ctx.event.id, ctx.room, shown.day, ctx.asker.user, kind)
        return None
    if not student:
        return None
    first = await ctx.store.answers.add(ctx.event.id, ctx.room, shown.day, ctx.asker.user, kind)
    return React(MARKS[kind]) if first else None


async def _shown(ctx: Here, day: date) -> Shown | None:
    return next((shown for shown in await ctx.store.shown(ctx.room) if shown.day == day), None)


@bot.on("m.reaction", anywhere=True)
async def reacted(ctx: Here) -> Answer:
    """A sign beside an answer is noted whoever puts it; a teacher's counts in the end."""
    if ctx.about.startswith(BROUGHT):
        return await declined(ctx)
    if ctx.target and is_praise(ctx.emoji):
        await ctx.store.answers.praise(ctx.event.id, ctx.target, ctx.asker.user)
    return None


@bot.on("m.room.redaction", anywhere=True)
async def taken_back(ctx: Here) -> Answer:
    """What is taken back does not count."""
    if ctx.target:
        await ctx.store.answers.take_back(ctx.target)
    return None
