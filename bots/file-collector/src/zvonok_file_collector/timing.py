"""What happens by the clock: reminders, the deadline, the end, and what is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from zvonok_botkit import Answer, Edit, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.ids import UserId
from zvonok_file_collector.collection import Collection, Status
from zvonok_file_collector.declared import (
    CALL,
    LATE_DAYS,
    REMINDER,
    Collector,
    bot,
    duties_of,
    key_of,
    register_of,
    room_name,
    show_soon,
    voice,
)
from zvonok_file_collector.overview import overview
from zvonok_file_collector.states import Work
from zvonok_file_collector.voice import quoted
from zvonok_file_collector.wording import announcement, newcomer, reminder

DAY_BEFORE, HOURS_BEFORE = timedelta(days=1), timedelta(hours=2)
END_OF_THE_MINUTE = timedelta(minutes=1)
WARNED_BEFORE = timedelta(days=7)
LOOK_EVERY = timedelta(days=1)
SOON = timedelta(minutes=5)
"""After somebody has come into a room: by then the directory knows, too."""


async def plan(ctx: Collector, held: Collection) -> None:
    """Have everything done in its time; what was planned before for it is forgotten."""
    for job in ("remind_a_day_before", "remind_hours_before", "deadline_passed", "end_at_last"):
        await ctx.cancel(job, str(held.number))
    if held.status is Status.OPEN:
        await ctx.schedule(
            "look_for_newcomers", ctx.now + LOOK_EVERY, key=str(held.number), number=held.number
        )
    if held.status is Status.OPEN and held.deadline:
        await _at(ctx, held, "remind_a_day_before", held.deadline - DAY_BEFORE)
        await _at(ctx, held, "remind_hours_before", held.deadline - HOURS_BEFORE)
        await _at(ctx, held, "deadline_passed", held.deadline + END_OF_THE_MINUTE)
        if held.late:
            await _at(ctx, held, "end_at_last", held.deadline + timedelta(days=LATE_DAYS))
    over = max(moment for moment in (held.begun, held.deadline, held.ended) if moment)
    kept = over + timedelta(days=ctx.settings.keep_days)
    await _at(ctx, held, "warn_of_forgetting", kept - WARNED_BEFORE)
    await _at(ctx, held, "forget", kept)


async def _at(ctx: Collector, held: Collection, job: str, due: datetime) -> None:
    if due > ctx.now:
        await ctx.schedule(job, due, key=str(held.number), number=held.number)


# ---------------------------------------------------------------- reminders


@bot.job(quiet="wait")
async def remind_a_day_before(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is None or held.deadline is None or held.deadline - ctx.now <= HOURS_BEFORE:
        return None  # it was put off for so long that the other one comes now
    return await remind_all(ctx, held)


@bot.job(quiet="wait")
async def remind_hours_before(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is None or held.deadline is None or held.deadline <= ctx.now:
        return None
    return await remind_all(ctx, held)


@bot.job(quiet="wait")
async def remind_now(ctx: Collector, number: int) -> Answer:
    """When a teacher has asked for it; in quiet hours it waits."""
    held = await ctx.store.collection(number)
    return await remind_all(ctx, held) if held else None


async def remind_all(ctx: Collector, held: Collection) -> list[Outgoing]:
    """To each who has something to do, alone."""
    if held.status is not Status.OPEN:
        return []
    room = await room_name(ctx, held.room)
    out: list[Outgoing] = []
    for row in await register_of(ctx, held):
        if row.to_do:
            words = reminder(held, row.duty, row.work, room, voice(ctx))
            out += _to_each(held, row.duty.subject.user, row.duty.reached, words)
    return out


def _to_each(held: Collection, subject: UserId, users: Iterable[UserId], words: str) -> list[Outgoing]:
    return [Say(words, to=user, key=key_of(held, REMINDER, subject)) for user in users]


# ---------------------------------------------------------------- who comes later


@bot.on("m.room.member", anywhere=True)
async def somebody_came(ctx: Collector) -> Answer:
    if ctx.event.content.get("membership") == "join":
        for held in await ctx.store.of_room(ctx.room):
            if held.status is Status.OPEN:
                await ctx.schedule(
                    "look_for_newcomers", ctx.now + SOON, key=str(held.number), number=held.number
                )
    return None


@bot.job(quiet="wait")
async def look_for_newcomers(ctx: Collector, number: int) -> Answer:
    """Ask those, too, who were not there when it began."""
    held = await ctx.store.collection(number)
    if held is None or held.status is not Status.OPEN:
        return None
    await ctx.schedule("look_for_newcomers", ctx.now + LOOK_EVERY, key=str(number), number=number)
    known, room = await ctx.store.known(number), await room_name(ctx, held.room)
    out: list[Outgoing] = []
    for duty in await duties_of(ctx, held):
        if duty.subject.user not in known and duty.reached:
            await ctx.store.save(number, duty.subject.user, Work())
            out += _to_each(held, duty.subject.user, duty.reached, newcomer(held, duty, room, voice(ctx)))
    if out:
        await show_soon(ctx, held)
    return out


# ---------------------------------------------------------------- the end


@bot.job(quiet="wait")
async def deadline_passed(ctx: Collector, number: int) -> Answer:
    """The teacher gets the table; where nothing is taken late, it is over."""
    held = await ctx.store.collection(number)
    if held is None or held.status is not Status.OPEN or held.deadline is None or held.deadline > ctx.now:
        return None
    table = await overview(ctx, held, held.author)
    if held.late:
        return table
    return [*(await end(ctx, held, Status.CLOSED, held.deadline)), *table]


@bot.job(quiet="ignore")
async def end_at_last(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is None or held.status is not Status.OPEN or held.deadline is None:
        return None
    return await end(ctx, held, Status.CLOSED, ctx.now)


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
    there = sum(bool(row.current) for row in (await ctx.store.works(number)).values())
    if not there:
        return None
    day = voice(ctx).at(int((ctx.now + WARNED_BEFORE).timestamp() * 1000)).partition(",")[0]
    return Say(
        voice(ctx).lines(
            text(
                "On {day} my notes about {title} go: who has handed in what, and where the files are.",
                day=day,
                title=quoted(held.title),
            ),
            text("If you still need it, write “!export {number}”.", number=number)
            if not held.confirms
            else "",
            text(
                "The files themselves are on the school's server, and the school decides how long they stay there."
            ),
        ),
        to=held.author,
    )


@bot.job(quiet="ignore")
async def forget(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is not None:
        await ctx.store.forget(number)
        await ctx.store.forget_waiting(ctx.now - timedelta(days=ctx.settings.keep_days))
    return None
