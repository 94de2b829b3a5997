"""What the teacher sees while a variant is done: one message, kept up to date by edits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from zvonok_botkit import Answer, Edit, Role, Say
from zvonok_core.clock import milliseconds
from zvonok_exam_prep.declared import Exams, bot, voice
from zvonok_exam_prep.variants import reporting, results
from zvonok_exam_prep.variants.company import LIVE, key_of, place_of, students
from zvonok_exam_prep.variants.results import Standing
from zvonok_exam_prep.variants.variant import Variant

PAUSE = timedelta(seconds=30)
"""Between two edits, while a whole class answers."""


async def show_soon(ctx: Exams, variant: Variant) -> None:
    """Have the teacher's message changed, at most once in a while."""
    shown = await ctx.store.variants.shown_at(variant.id)
    if shown > milliseconds(ctx.now):  # it will be
        return
    due = max(datetime.fromtimestamp(shown / 1000, UTC) + PAUSE, ctx.now + timedelta(seconds=1))
    await ctx.store.variants.shows_at(variant.id, milliseconds(due))
    await ctx.schedule("show_variant", due, key=variant.id, variant=variant.id)


@bot.job(quiet="ignore")
async def show_variant(ctx: Exams, variant: str) -> Answer:
    found = await ctx.store.variants.variant(variant)
    if found is None:
        return None
    if not await ctx.may(Role.TEACHER, found.author, found.room):  # they have left the class
        return None
    return Edit(key_of(found, LIVE), await live(ctx, found))


async def first_shown(ctx: Exams, variant: Variant) -> Say:
    """The message itself."""
    return Say(await live(ctx, variant), to=variant.author, key=key_of(variant, LIVE))


async def live(ctx: Exams, variant: Variant) -> str:
    """Who has begun, who has handed in, and the points so far."""
    found = await standing(ctx, variant)
    return reporting.live(variant, await place_of(ctx, variant), found.table, ctx.zone, voice(ctx))


async def standing(ctx: Exams, variant: Variant) -> Standing:
    """How those stand who are in the class now."""
    sheets = ctx.store.sheets
    attempts, answers = await sheets.attempts(variant.id), await sheets.all_answers(variant.id)
    people = [member.person for member in await students(ctx, variant.room)]
    items = await ctx.store.variants.items(variant.id)
    return results.standing(variant, people, attempts, answers, items, ctx.now)
