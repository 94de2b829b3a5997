"""What a teacher does with a variant that was given: put it off, cancel it, look at its results."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from zvonok_botkit import Answer, Edit, Option, Rest, Role, Say, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_exam_prep.declared import Exams, bot, voice
from zvonok_exam_prep.training import controls
from zvonok_exam_prep.variants import wording
from zvonok_exam_prep.variants.beginning import PART, keep_time
from zvonok_exam_prep.variants.closing import report
from zvonok_exam_prep.variants.company import LIVE, ROOM, key_of, meant
from zvonok_exam_prep.variants.timing import keep_deadline
from zvonok_exam_prep.variants.wanted import read_until
from zvonok_exam_prep.variants.watching import show_soon, standing

WHEN = text("Until when shall it be handed in? Such as: until Friday 18:00")


@bot.command("extend variant", "продлить вариант", role=Role.TEACHER)
async def extend(ctx: Exams, until: Annotated[Rest, WHEN], which: str = "") -> Answer:
    """Give more time for a variant: `!extend variant until Saturday`"""
    variant = await meant(ctx, which, running=True)
    closes = read_until(until, ctx.now, ctx.zone)
    if closes is None:
        raise ctx.ask("until", WHEN)
    if closes <= max(variant.closes, ctx.now):
        raise ctx.ask(
            "until",
            text(
                "It is {when} already. Until when shall it be?",
                when=wording.moment(variant.closes, ctx.zone, ctx.language),
            ),
        )
    await ctx.store.variants.closes_at(variant.id, closes)
    longer = replace(variant, closes=closes)
    for attempt in (await ctx.store.sheets.attempts(variant.id)).values():
        if attempt.handed_in and attempt.handed_in < variant.ends(attempt.begun):
            continue  # by themselves
        if longer.ends(attempt.begun) > variant.ends(attempt.begun):
            await ctx.store.sheets.keep(replace(attempt, handed_in=None))
            await keep_time(ctx, longer, attempt)
    await keep_deadline(ctx, longer)
    await show_soon(ctx, longer)
    when = wording.moment(closes, ctx.zone, ctx.language)
    told = Say(text("There is more time for “{title}”: until {when}.", title=variant.title, when=when), to=variant.room)  # fmt: skip
    words = wording.announcement(longer, ctx.zone, voice(ctx))
    done: list[Outgoing] = [Edit(key_of(variant, ROOM), words), told]
    return done if ctx.room == variant.room else [*done, Say(text("Done."))]


@bot.command("cancel variant", "отменить вариант", role=Role.TEACHER)
async def cancel(ctx: Exams, which: str = "", sure: str = "") -> Answer:
    """Take a variant back, with all that was answered: `!cancel variant`"""
    variant = await meant(ctx, which, running=True)
    attempts = await ctx.store.sheets.attempts(variant.id)
    if attempts and not controls.goes_on(sure):
        if sure:
            return text("All right, everything stays as it is.")
        begun = ntext(
            "{n} student has begun; their answers will be lost. Cancel “{title}”?",
            "{n} students have begun; their answers will be lost. Cancel “{title}”?",
            len(attempts),
            title=variant.title,
        )
        options = [Option(text("Yes, cancel it"), "yes"), Option(text("No"), "no")]
        raise ctx.ask("sure", begun, options, known={"which": variant.id})
    gone = text("The variant “{title}” is cancelled.", title=variant.title)
    said: list[Outgoing] = [Edit(key_of(variant, key), ctx.say(gone)) for key in (ROOM, LIVE)]
    for user, attempt in attempts.items():
        if attempt.handed_in is None:
            if await ctx.store.floor(user) == PART:
                await ctx.store.take_floor(user, "")
            said.append(Say(gone, to=user))
    await ctx.store.variants.forget(variant.id)
    return [*said, Say(gone)]


@bot.command("variant results", "итоги варианта", role=Role.TEACHER)
async def results(ctx: Exams, which: str = "") -> Answer:
    """Send you alone the results of a variant: a picture, how good the tasks were, a table: `!variant results`"""
    variant = await meant(ctx, which)
    sent = report(voice(ctx), variant, await standing(ctx, variant), ctx.asker.user)
    return sent if ctx.direct else [*sent, text("I've sent it to you alone.")]
