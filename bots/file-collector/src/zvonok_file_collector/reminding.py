"""What each is told alone: reminders, what was asked before they came, what the teacher has
decided. None of it in quiet hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from zvonok_botkit import Answer, Event, Say
from zvonok_botkit.answers import Outgoing
from zvonok_core.ids import UserId
from zvonok_file_collector.collection import Collection, Status
from zvonok_file_collector.declared import (
    REMINDER,
    Collector,
    bot,
    duties_of,
    key_of,
    patient,
    register_of,
    room_name,
    show_soon,
    voice,
)
from zvonok_file_collector.duties import Duty
from zvonok_file_collector.states import Work
from zvonok_file_collector.timing import HOURS_BEFORE, LOOK_EVERY
from zvonok_file_collector.wording import judged, newcomer, reminder

SOON = timedelta(minutes=5)
"""After somebody has come into a room: by then the directory knows, too."""


@bot.job(quiet="wait")
@patient
async def remind_a_day_before(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is None or held.deadline is None or held.deadline - ctx.now <= HOURS_BEFORE:
        return None  # it was put off for so long that the other one comes now
    return await _remind_all(ctx, held)


@bot.job(quiet="wait")
@patient
async def remind_hours_before(ctx: Collector, number: int) -> Answer:
    held = await ctx.store.collection(number)
    if held is None or held.deadline is None or held.deadline <= ctx.now:
        return None
    return await _remind_all(ctx, held)


@bot.job(quiet="wait")
@patient
async def remind_now(ctx: Collector, number: int) -> Answer:
    """A teacher has asked for it."""
    held = await ctx.store.collection(number)
    return await _remind_all(ctx, held) if held else None


async def _remind_all(ctx: Collector, held: Collection) -> list[Outgoing]:
    if held.status is not Status.OPEN:
        return []
    room = await room_name(ctx, held.room)
    out: list[Outgoing] = []
    for row in await register_of(ctx, held):
        if row.to_do:
            for user in row.duty.reached:
                waits = bool(await ctx.store.waiting(user))
                words = reminder(held, row.duty, row.work, room, waits, voice(ctx))
                out += _to_each(held, row.duty, [user], words)
    return out


def _to_each(held: Collection, duty: Duty, users: Iterable[UserId], words: str) -> list[Outgoing]:
    key = key_of(held, REMINDER, duty.subject.user)
    return [Say(words, to=user, key=key) for user in users]


# ---------------------------------------------------------------- who comes later


def _joins(event: Event) -> bool:
    return event.content.get("membership") == "join"


@bot.on("m.room.member", anywhere=True, when=_joins)
async def somebody_came(ctx: Collector) -> Answer:
    for held in await ctx.store.of_room(ctx.room):
        if held.status is Status.OPEN:
            key = str(held.number)
            await ctx.schedule("look_for_newcomers", ctx.now + SOON, key=key, number=held.number)
    return None


@bot.job(quiet="wait")
@patient
async def look_for_newcomers(ctx: Collector, number: int) -> Answer:
    """Ask those, too, who were not there when it began."""
    held = await ctx.store.collection(number)
    if held is None or held.status is not Status.OPEN:
        return None
    known, room = await ctx.store.known(number), await room_name(ctx, held.room)
    out: list[Outgoing] = []
    for duty in await duties_of(ctx, held):
        if duty.subject.user not in known and duty.reached:
            await ctx.store.save(number, duty.subject.user, Work())
            out += _to_each(held, duty, duty.reached, newcomer(held, duty, room, voice(ctx)))
    await ctx.schedule("look_for_newcomers", ctx.now + LOOK_EVERY, key=str(number), number=number)
    if out:
        await show_soon(ctx, held)
    return out


# ---------------------------------------------------------------- what the teacher has decided


async def tell_later(ctx: Collector, held: Collection, duty: Duty) -> None:
    """Have somebody told what the teacher has decided, once, however often that changes."""
    key = f"{held.number}:{duty.subject.user}"
    await ctx.schedule("tell", ctx.now, key=key, number=held.number, subject=duty.subject.user)


@bot.job(quiet="wait")
@patient
async def tell(ctx: Collector, number: int, subject: str) -> Answer:
    held = await ctx.store.collection(number)
    if held is None:
        return None
    rows = [row for row in await register_of(ctx, held) if row.duty.subject.user == subject]
    return [
        one
        for row in rows
        if (words := judged(held, row.duty, row.work, voice(ctx)))
        for one in _to_each(held, row.duty, row.duty.reached, words)
    ]
