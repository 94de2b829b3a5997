"""Commands by which a teacher asks something of the people of a room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from zvonok_botkit import Answer, Option, React, Rest, Role, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.deadlines import EVENING
from zvonok_core.errors import UserError
from zvonok_core.ids import ClassId
from zvonok_file_collector.choosing import whom_of
from zvonok_file_collector.collection import Collection, Purpose, Whom
from zvonok_file_collector.declared import CALL, Collector, bot, duties_of, key_of, voice
from zvonok_file_collector.formats import read_kinds
from zvonok_file_collector.states import Work
from zvonok_file_collector.terms import Wanted, is_endless, read_notice, read_wanted, until
from zvonok_file_collector.timing import plan
from zvonok_file_collector.wording import announcement

LONGEST_TASK = 3000
SHORTEST_NOTICE = timedelta(hours=4)
"""A notice without a deadline is to be read by the next evening that is so far away."""
WHAT = text("What shall I collect, and until when? For example: Essay until Friday 18:00")
TITLE = text("What shall it be called? For example: Essay")
UNTIL = text("Until when? Write, for example: Friday 18:00")
KINDS = text(
    "I don't know files of the kind “{kind}”. Which ones will do? For example: pdf, word, photo. If any will, write “any”."
)
NOTICE = text("What shall they read and confirm? For example: Lessons begin at 9:30 tomorrow")
PASSED = text("That moment has passed already. Until when? Write, for example: Friday 18:00")


@bot.command("collect", "сбор", role=Role.TEACHER, direct=False)
async def collect(
    ctx: Collector,
    what: Annotated[Rest, WHAT],
    title: Rest = Rest(),
    deadline: Rest = Rest(),
    whom: Rest = Rest(),
    kinds: Rest = Rest(),
) -> Answer:
    """Collect files from everybody here, or from some: `!collect Essay until Friday 18:00, types: pdf, photo, up to 20 MB`"""
    wanted = read_wanted(str(what), ctx.now, ctx.zone)
    wanted.title = str(title).strip(' «»"“”') or wanted.title
    if not wanted.title:
        raise ctx.ask("title", TITLE)
    _understand_kinds(ctx, wanted, str(kinds))
    closes = _deadline(ctx, wanted, str(deadline))
    chosen = await whom_of(ctx, str(whom) or wanted.whom)
    held = replace(
        await _collection(ctx, Purpose.HAND_IN, wanted, chosen, closes),
        kinds=wanted.kinds,
        most_bytes=wanted.most_bytes,
        private=wanted.private,
        late=wanted.late,
    )
    return await begin(ctx, held)


@bot.command("confirm", "ознакомить", role=Role.TEACHER, direct=False)
async def confirm(ctx: Collector, words: Annotated[Rest, NOTICE], whom: Rest = Rest()) -> Answer:
    """Ask everybody here to confirm that they have read something: `!confirm Lessons begin at 9:30 tomorrow`"""
    wanted = read_notice(str(words), ctx.now, ctx.zone)
    if not wanted.task:
        raise ctx.ask("words", NOTICE)
    if wanted.deadline and wanted.deadline <= ctx.now:
        raise UserError(text("That deadline has passed already. Please write it all again with another one."))
    chosen = await whom_of(ctx, str(whom) or wanted.whom)
    closes = None if wanted.endless else wanted.deadline or _evening(ctx)
    return await begin(ctx, await _collection(ctx, Purpose.CONFIRM, wanted, chosen, closes))


async def _collection(
    ctx: Collector, purpose: Purpose, wanted: Wanted, whom: Whom, closes: datetime | None
) -> Collection:
    return Collection(
        number=await ctx.store.next_number(),
        room=ctx.room,
        class_=await _class_of_room(ctx),
        author=ctx.asker.user,
        purpose=purpose,
        title=wanted.title,
        task=wanted.task[:LONGEST_TASK],
        whom=whom,
        deadline=closes,
        begun=ctx.now,
    )


async def begin(ctx: Collector, held: Collection) -> list[Outgoing]:
    """Write it down, plan what happens by the clock, and tell the room."""
    duties = await duties_of(ctx, held)
    if not duties:
        raise UserError(text("There is nobody here of whom this could be asked."))
    await ctx.store.put(held)
    for duty in duties:
        if duty.reached:
            await ctx.store.save(held.number, duty.subject.user, Work())
    await plan(ctx, held)
    names = [duty.subject.short for duty in duties] if held.whom.people else []
    key = key_of(held, CALL)
    out: list[Outgoing] = [Say(announcement(held, names, voice(ctx)), to=held.room, key=key)]
    return [*out, React("✅", about=key, to=held.room)] if held.confirms else out


def _understand_kinds(ctx: Collector, wanted: Wanted, again: str) -> None:
    if again:
        wanted.kinds, wanted.strange = read_kinds(again)
    if wanted.strange:
        raise ctx.ask("kinds", replace(KINDS, values={"kind": wanted.strange}))


def _deadline(ctx: Collector, wanted: Wanted, again: str) -> datetime | None:
    if again and is_endless(again):
        return None
    moment = until(again, ctx.now, ctx.zone) if again else wanted.deadline
    if moment is None and wanted.endless and not again:
        return None
    if moment is None or moment <= ctx.now:
        raise ctx.ask("deadline", PASSED if moment else UNTIL, _offers(ctx))
    return moment


def _offers(ctx: Collector) -> list[Option]:
    """Deadlines to choose among by number."""
    today = ctx.now.astimezone(ctx.zone).date()
    evening = f"{EVENING:%H:%M}"
    return [
        Option(text("tomorrow, {time}", time=evening), f"до {today + timedelta(days=1):%d.%m.%Y} {evening}"),
        Option(text("in a week, {time}", time=evening), f"до {today + timedelta(days=7):%d.%m.%Y} {evening}"),
        Option(text("no deadline"), "без срока"),
    ]


def _evening(ctx: Collector) -> datetime:
    """The next evening that leaves time to read."""
    local = ctx.now.astimezone(ctx.zone)
    evening = datetime.combine(local.date(), EVENING, ctx.zone)
    if evening - local < SHORTEST_NOTICE:
        evening = datetime.combine(local.date() + timedelta(days=1), EVENING, ctx.zone)
    return evening.astimezone(ctx.now.tzinfo)


async def _class_of_room(ctx: Collector) -> ClassId | None:
    managed = (await ctx.rooms.view(ctx.room)).managed
    return managed.class_ if managed else None
