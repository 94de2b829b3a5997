"""What happens to a collection by the clock: its deadline, its end, and that it is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from zvonok_botkit import Answer, Edit, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_file_collector.collection import Collection, Status
from zvonok_file_collector.declared import (
    CALL,
    LATE_DAYS,
    Collector,
    bot,
    key_of,
    patient,
    show_soon,
    voice,
)
from zvonok_file_collector.overview import overview
from zvonok_file_collector.states import MINUTE, TOGETHER
from zvonok_file_collector.voice import quoted
from zvonok_file_collector.wording import announcement

DAY_BEFORE, HOURS_BEFORE = timedelta(days=1), timedelta(hours=2)
WARNED_BEFORE = timedelta(days=7)
LOOK_EVERY = timedelta(days=1)
"""So often it is looked who has come since."""
_PLANNED = ("remind_a_day_before", "remind_hours_before", "deadline_passed", "end_at_last")


async def plan(ctx: Collector, held: Collection) -> None:
    """Have everything done in its time; what was planned before for it is forgotten."""
    for job in _PLANNED:
        await ctx.cancel(job, str(held.number))
    if held.status is Status.OPEN:
        await _at(ctx, held, "look_for_newcomers", ctx.now + LOOK_EVERY)
    if held.status is Status.OPEN and held.deadline:
        await _at(ctx, held, "remind_a_day_before", held.deadline - DAY_BEFORE)
        await _at(ctx, held, "remind_hours_before", held.deadline - HOURS_BEFORE)
        await _at(ctx, held, "deadline_passed", _all_in(held, held.deadline))
        if held.late:
            await _at(ctx, held, "end_at_last", held.deadline + timedelta(days=LATE_DAYS))
    await _at(ctx, held, "warn_of_forgetting", _kept_until(ctx, held) - WARNED_BEFORE)
    await _at(ctx, held, "forget", _kept_until(ctx, held))


async def _at(ctx: Collector, held: Collection, job: str, due: datetime) -> None:
    if due > ctx.now:
        await ctx.schedule(job, due, key=str(held.number), number=held.number)


def _kept_until(ctx: Collector, held: Collection) -> datetime:
    over = max(moment for moment in (held.begun, held.deadline, held.ended) if moment)
    return over + timedelta(days=ctx.settings.keep_days)


def _all_in(held: Collection, deadline: datetime) -> datetime:
    """When all has come that counts as sent by the deadline: of what belongs together the
    last may come later."""
    return deadline + timedelta(milliseconds=MINUTE if held.late else MINUTE + TOGETHER)


# ---------------------------------------------------------------- the end


@bot.job(quiet="wait")
@patient
async def deadline_passed(ctx: Collector, number: int) -> Answer:
    """The teacher gets the table; where nothing is taken late, it is over."""
    held = await ctx.store.collection(number)
    if held is None or held.status is not Status.OPEN or held.deadline is None or held.deadline > ctx.now:
        return None
    if held.late:
        return await overview(ctx, held, held.author)
    ended = await end(ctx, held, Status.CLOSED, _all_in(held, held.deadline))
    closed = await ctx.store.collection(number) or held
    return [*ended, *(await overview(ctx, closed, held.author))]


@bot.job(quiet="ignore")
async def end_at_last(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is None or held.status is not Status.OPEN or held.deadline is None:
        return None
    return await end(ctx, held, Status.CLOSED, held.deadline + timedelta(days=LATE_DAYS))


async def end(ctx: Collector, held: Collection, status: Status, at: datetime) -> list[Outgoing]:
    """Close or cancel it as of a moment; the message in the room says so from now on."""
    ended = replace(held, status=status, ended=at)
    await ctx.store.put(ended)
    await plan(ctx, ended)
    await show_soon(ctx, ended)
    return [Edit(key_of(held, CALL), announcement(ended, (), voice(ctx)))]


# ---------------------------------------------------------------- forgetting


@bot.job(quiet="wait")
async def warn_of_forgetting(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is None or held.status is Status.CANCELLED:
        return None
    if not any(work.current for work in (await ctx.store.works(number)).values()):
        return None
    day = voice(ctx).day(milliseconds(_kept_until(ctx, held)))
    gone = text(
        "On {day} my notes about {title} go: who has handed in what, and where the files are.",
        day=day,
        title=quoted(held.title),
    )
    if held.confirms:
        gone = text("On {day} my notes about {title} go: who has read it.", day=day, title=quoted(held.title))
    keep = text("If you still need them, write “!export {number}”.", number=number)
    return Say(voice(ctx).lines(gone, keep, "" if held.confirms else FILES_STAY), to=held.author)


FILES_STAY = text(
    "The files themselves are on the school's server, and the school decides how long they stay there."
)


@bot.job(quiet="ignore")
async def forget(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is not None:
        await ctx.store.forget(number)
        await ctx.store.forget_waiting(ctx.now - timedelta(days=ctx.settings.keep_days))
        for job in (*_PLANNED, "look_for_newcomers", "warn_of_forgetting"):
            await ctx.cancel(job, str(number))
    return None
