"""What happens to a variant by the clock. Each job looks first whether there is still something to do."""

from __future__ import annotations

from datetime import timedelta

from zvonok_botkit import Answer, Say, text
from zvonok_botkit.answers import Outgoing, each
from zvonok_core.ids import UserId
from zvonok_exam_prep.declared import Exams, bot
from zvonok_exam_prep.presenting import to
from zvonok_exam_prep.variants import wording
from zvonok_exam_prep.variants.answering import time_is_up as hand_in_in_time
from zvonok_exam_prep.variants.beginning import offer
from zvonok_exam_prep.variants.company import students
from zvonok_exam_prep.variants.variant import State, Variant
from zvonok_exam_prep.variants.watching import show_soon

DAY_BEFORE, LOOK_EVERY = timedelta(days=1), timedelta(hours=1)
GRACE = timedelta(minutes=1)
"""After the deadline the answers stay secret for so long: those that were sent in time may still
be on their way."""


async def keep_deadline(ctx: Exams, variant: Variant) -> None:
    """Have everything done that depends on the deadline: it is new, or another one."""
    await ctx.schedule("close_variant", variant.closes + GRACE, key=variant.id, variant=variant.id)
    if variant.closes - DAY_BEFORE > ctx.now:
        due = variant.closes - DAY_BEFORE
        await ctx.schedule("remind_of_variant", due, key=variant.id, variant=variant.id)
    else:
        await ctx.cancel("remind_of_variant", variant.id)


async def look_later(ctx: Exams, variant: Variant) -> None:
    """Have it seen who comes into the class and who leaves it."""
    await ctx.schedule("look_who_came", ctx.now + LOOK_EVERY, key=variant.id, variant=variant.id)


@bot.job()
async def look_who_came(ctx: Exams, variant: str) -> Answer:
    """Offer it to whoever has come."""
    found = await running(ctx, variant)
    if found is None or found.closes <= ctx.now:
        return None
    known = await ctx.store.variants.offered(variant)
    new = [one for one in await students(ctx, found.room) if one.joined and one.person.user not in known]
    await look_later(ctx, found)
    if new:
        await show_soon(ctx, found)
    return [await offer(ctx, found, one.person.user) for one in new]


@bot.job()
async def remind_of_variant(ctx: Exams, variant: str) -> Answer:
    """Tell each alone who hasn't handed in."""
    found = await running(ctx, variant)
    if found is None or found.closes <= ctx.now:
        return None
    attempts = await ctx.store.sheets.attempts(variant)
    out: list[Outgoing] = []
    for member in await students(ctx, found.room):
        user = member.person.user
        attempt = attempts.get(user)
        if member.joined and not (attempt and (attempt.handed_in or found.ends(attempt.begun) <= ctx.now)):
            await ctx.store.variants.offer(variant, user)
            out.append(Say(_reminder(ctx, found, begun=attempt is not None), to=user))
    return out


def _reminder(ctx: Exams, variant: Variant, *, begun: bool) -> str:
    when = wording.until(variant.closes, ctx.now, ctx.zone, ctx.language)
    if begun:
        return ctx.say(text("The variant “{title}” is not handed in yet: there is time until {when}. To go on, write “begin”.", title=variant.title, when=when))  # fmt: skip
    return ctx.say(text("The variant “{title}” waits for you: there is time until {when}. When you are ready, write “begin”.", title=variant.title, when=when))  # fmt: skip


@bot.job(late="skip", quiet="ignore")
async def five_minutes_left(ctx: Exams, variant: str, user: str) -> Answer:
    found = await running(ctx, variant)
    attempt = await ctx.store.sheets.attempt(variant, UserId(user)) if found else None
    if found is None or attempt is None or attempt.handed_in:
        return None
    answers = await ctx.store.sheets.answers(variant, attempt.user)
    left = wording.open_places(len(attempt.sheet), answers)
    words = ctx.say(text("5 minutes are left."))
    if left:
        words += " " + ctx.say(text("No answer yet: {numbers}.", numbers=wording.numbers(left)))
    return Say(words, to=attempt.user)


@bot.job(quiet="ignore")
async def time_is_up(ctx: Exams, variant: str, user: str) -> Answer:
    """The student is at it, whatever the hour."""
    found = await running(ctx, variant)
    attempt = await ctx.store.sheets.attempt(variant, UserId(user)) if found else None
    if found is None or attempt is None or attempt.handed_in:
        return None
    return to(attempt.user, each(await hand_in_in_time(ctx, found, attempt)))


async def running(ctx: Exams, id: str) -> Variant | None:
    """A variant whose answers are not out yet."""
    found = await ctx.store.variants.variant(id)
    return found if found and found.state is State.OPEN else None
