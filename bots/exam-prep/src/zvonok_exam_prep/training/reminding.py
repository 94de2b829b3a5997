"""`!напоминай 18:00`: once a day, and only where something is to be repeated."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from zvonok_botkit import Answer, Rest, Say, ntext, text
from zvonok_core.clock import milliseconds
from zvonok_core.ids import UserId
from zvonok_core.people import plain
from zvonok_exam_prep.declared import Exams, bot
from zvonok_exam_prep.training.choosing import due_until
from zvonok_exam_prep.training.times import OFF, next_moment, read_time

EARLY, LATE = time(8), time(20)
"""Before and after these the school may have its quiet hours."""
WHEN = text("When shall I remind you? Such as 18:00, or “no”.")


@bot.command("remind me", "напоминай")
async def remind_me(ctx: Exams, when: Annotated[Rest, WHEN] = Rest()) -> Answer:
    """Remind you each day at this time to repeat what is due, or no more: `!remind me 18:00`, `!remind me no`"""
    said = plain(when).strip(" .!")
    known = await ctx.store.training.reminded_at(ctx.asker.user)
    if said in OFF:
        return await _off(ctx)
    at = read_time(said)
    if at is None:
        question = text("I remind you each day at {time}. At which time shall it be, or “no”?", time=known) if known else WHEN  # fmt: skip
        raise ctx.ask("when", question)
    await ctx.store.training.remind_at(ctx.asker.user, f"{at:%H:%M}")
    await _schedule(ctx, ctx.asker.user, at)
    told = text("All right: each day at {time}, if there is anything to repeat. To end it: “!remind me no”.", time=f"{at:%H:%M}")  # fmt: skip
    if EARLY <= at <= LATE:
        return told
    return [told, text("If the school has its quiet hours then, I write when they are over.")]


@bot.command("stop reminding", "не напоминай")
async def stop_reminding(ctx: Exams) -> Answer:
    """Remind you no more to repeat what is due: `!stop reminding`"""
    return await _off(ctx)


@bot.job()
async def remind(ctx: Exams, user: str) -> Answer:
    person = UserId(user)
    at = read_time(await ctx.store.training.reminded_at(person))
    known = await ctx.directory.person(person) if ctx.directory else None
    if at is None or (ctx.directory and known is None):  # nobody of this name belongs to the school
        return None
    await _schedule(ctx, person, at)
    dues = await ctx.store.training.dues(person)
    due = due_until(await ctx.store.tasks.labels(), dues, milliseconds(ctx.now) + 1)
    if not due or (known and known.locked):
        return None
    return Say(
        ntext(
            "{n} task is to be repeated today: “!train”.",
            "{n} tasks are to be repeated today: “!train”.",
            due,
        ),
        to=person,
    )


async def _schedule(ctx: Exams, user: UserId, at: time) -> None:
    await ctx.schedule("remind", next_moment(at, ctx.now, ctx.zone), key=user, user=user)


async def _off(ctx: Exams) -> Answer:
    await ctx.store.training.remind_at(ctx.asker.user, "")
    await ctx.cancel("remind", key=ctx.asker.user)
    return text("All right, I remind you no more.")
