"""`!начать`: a student begins a variant, or goes on with it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from zvonok_botkit import Answer, Option, Rest, Say, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_core.ids import UserId
from zvonok_exam_prep.declared import Exams, bot, said, voice
from zvonok_exam_prep.items import Item, arrangeable, rearranged
from zvonok_exam_prep.variants import selecting, wording
from zvonok_exam_prep.variants.company import ROOM, is_student
from zvonok_exam_prep.variants.moves import is_any, read_begin
from zvonok_exam_prep.variants.variant import Attempt, Mode, Placed, Stage, State, Variant
from zvonok_exam_prep.variants.watching import show_soon

PART = "variants"
WARNING = timedelta(minutes=5)
"""Before the end of a timed one, the student is told."""
NONE = text("There is no variant for you to do just now.")


@bot.command("begin", "начать")
async def begin(ctx: Exams, which: Rest = Rest()) -> Answer:
    """Begin the variant that your class was given, or go on with it: `!begin`"""
    found = await open_for(ctx, ctx.asker.user)
    if not ctx.direct:
        if not found:
            return NONE
        ctx.post([await offer(ctx, one, ctx.asker.user) for one in found])
        return wording.ALONE
    if not found:
        others = await ctx.store.floor(ctx.asker.user) != PART  # «начать» means something to the trainer, too
        heard = await said(ctx) if others else None
        return NONE if heard is None else heard
    chosen = found if is_any(which) else [one for one in found if one.id == which]
    if len(chosen) != 1:
        options = [Option(one.title, one.id) for one in found]
        raise ctx.ask("which", text("Which variant shall we do?"), options)
    return await go_on(ctx, chosen[0])


@bot.on("m.reaction")
async def reacted(ctx: Exams) -> Answer:
    return await _answered_in_room(ctx)


@bot.on("m.room.message")
async def replied(ctx: Exams) -> Answer:
    return await _answered_in_room(ctx) if read_begin(ctx.words) else None


async def _answered_in_room(ctx: Exams) -> Answer:
    what, _, named = ctx.about.partition(":")
    variant = await ctx.store.variants.variant(named) if what == ROOM else None
    if variant is None or not await _is_open(ctx, variant, ctx.asker.user):
        return None
    return await offer(ctx, variant, ctx.asker.user)


async def open_for(ctx: Exams, user: UserId) -> list[Variant]:
    """The variants that somebody can begin or go on with now: those that they know of; of a
    stranger all are looked at, for they may just have come into the class."""
    every = await ctx.store.variants.open()
    offered = await ctx.store.variants.offered_to(user)
    some = [one for one in every if one.id in offered] or every
    return [one for one in some if await _is_open(ctx, one, user)]


async def _is_open(ctx: Exams, variant: Variant, user: UserId) -> bool:
    attempt = await ctx.store.sheets.attempt(variant.id, user)
    if variant.state is not State.OPEN or (attempt is not None and attempt.handed_in is not None):
        return False
    ends = variant.ends(attempt.begun if attempt else ctx.now)
    return milliseconds(ends) > ctx.event.at and await is_student(ctx, variant.room, user)


async def offer(ctx: Exams, variant: Variant, user: UserId) -> Say:
    """Tell somebody of a variant, in the direct chat."""
    await ctx.store.variants.offer(variant.id, user)
    return Say(wording.offer(variant, ctx.zone, voice(ctx)), to=user)


async def go_on(ctx: Exams, variant: Variant) -> list[Outgoing]:
    """The task that the asker is at, in the direct chat: the first one, where they begin."""
    attempt = await ctx.store.sheets.attempt(variant.id, ctx.asker.user)
    if attempt is None:
        attempt = await _begin(ctx, variant)
    ends = variant.ends(attempt.begun)
    title = text(
        "{title}: {tasks}. To be handed in by {when}.",
        title=variant.title,
        tasks=ntext("{n} task", "{n} tasks", len(attempt.sheet)),
        when=wording.until(ends, ctx.now, ctx.zone, ctx.language),
    )
    intro = " ".join(ctx.say(one) for one in (title, text("Answer right here."), wording.MOVES))
    return wording.after(intro, await show(ctx, variant, attempt, attempt.place), voice(ctx))


async def _begin(ctx: Exams, variant: Variant) -> Attempt:
    store, user = ctx.store.variants, ctx.asker.user
    others = [
        tuple(one.position for one in known.sheet)
        for known in (await ctx.store.sheets.attempts(variant.id)).values()
    ]
    chosen = selecting.sheet(variant.slots, variant.mode, variant.id, user, others)
    items = await store.items(variant.id, [position for _, position in chosen])
    sheet = tuple(
        Placed(slot, position, _order(variant, user, position, items[position])) for slot, position in chosen
    )
    attempt = Attempt(variant.id, user, sheet, begun=ctx.now, heard=ctx.now)
    await store.offer(variant.id, user)
    await ctx.store.sheets.keep(attempt)
    await keep_time(ctx, variant, attempt)
    await show_soon(ctx, variant)
    return attempt


def _order(variant: Variant, user: UserId, position: int, item: Item) -> tuple[int, ...]:
    count = arrangeable(item.asks) if variant.mode is not Mode.SAME else 0
    return tuple(random.Random(f"{variant.id}|{user}|{position}").sample(range(count), count))


async def keep_time(ctx: Exams, variant: Variant, attempt: Attempt) -> None:
    """Have the end of a timed variant told, and what there is handed in then."""
    if variant.minutes is None:
        return
    ends, data = variant.ends(attempt.begun), {"variant": variant.id, "user": attempt.user}
    key = f"{variant.id}|{attempt.user}"
    await ctx.schedule("time_is_up", ends, key=key, **data)
    if ends - WARNING > ctx.now:
        await ctx.schedule("five_minutes_left", ends - WARNING, key=key, **data)


async def item_at(ctx: Exams, attempt: Attempt, place: int) -> Item:
    """A task as it stands on somebody's sheet."""
    placed = attempt.sheet[place]
    item = await ctx.store.variants.item(attempt.variant, placed.position)
    return rearranged(item, placed.order) if placed.order else item


async def show(ctx: Exams, variant: Variant, attempt: Attempt, place: int) -> list[Outgoing]:
    """A task, of which the asker is heard next."""
    await keep(ctx, replace(attempt, place=place, stage=Stage.ASKED))
    answers = await ctx.store.sheets.answers(variant.id, attempt.user)
    item = await item_at(ctx, attempt, place)
    return wording.numbered(item, place, len(attempt.sheet), answers.get(place), voice(ctx))


async def keep(ctx: Exams, attempt: Attempt) -> None:
    """Note where the student is, and hear what they say next."""
    await ctx.store.sheets.keep(replace(attempt, heard=ctx.now))
    await ctx.store.take_floor(attempt.user, PART)
