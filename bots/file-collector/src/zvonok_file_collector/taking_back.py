"""What people take back of what they have sent, and what they want to count again."""

from __future__ import annotations

from collections.abc import Callable

from zvonok_botkit import Answer, Edit, Option, React, Rest, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_core.ids import EventId, UserId
from zvonok_file_collector.collection import Collection
from zvonok_file_collector.declared import RECEIPT, WHICH, Collector, bot, key_of, number_of, voice
from zvonok_file_collector.placing import keep
from zvonok_file_collector.register import rules_of
from zvonok_file_collector.states import Refused, Work, keep_both, take_back, withdraw
from zvonok_file_collector.targets import Target, named_in, running, targets, targets_in
from zvonok_file_collector.wording import of_whom, receipt, refusal

NOTHING = text("Nothing of yours is handed in just now.")


@bot.command("take back", "забрать")
async def take_all_back(ctx: Collector, which: Rest = Rest()) -> Answer:
    """Take back what you have handed in, before the deadline: `!take back`"""
    return await _change(
        ctx, str(which), lambda work, target: take_back(work, ctx.event.at, rules_of(target.held))
    )


@bot.command("together", "вместе")
async def count_both(ctx: Collector, which: Rest = Rest()) -> Answer:
    """Let the files that you have sent before count again, together with the new ones: `!together`"""
    return await _change(ctx, str(which), lambda work, _: keep_both(work))


async def _change(ctx: Collector, which: str, change: Callable[[Work, Target], Work]) -> Answer:
    target = await _meant(ctx, which)
    work = await ctx.store.work(*target.id)
    try:
        after = change(work, target)
    except Refused as refused:
        raise UserError(refusal(refused.why, target.held, work, voice(ctx))) from refused
    await keep(ctx, target, after)
    words = receipt(target.held, target.duty, after, voice(ctx))
    key = key_of(target.held, RECEIPT, target.duty.subject.user, ctx.asker.user)
    said: list[Outgoing] = [Say(words, to=ctx.asker.user, key=key)]
    return said if ctx.direct else [React("✅"), *said]


async def _meant(ctx: Collector, which: str) -> Target:
    """Whose work: in a thread or in an answer the one of that collection, else the only one
    that the asker has sent anything to, by number or name where there are several."""
    number = number_of(ctx.about)
    held = await ctx.store.collection(number) if number is not None else None
    found = await targets_in(ctx, held, ctx.asker.user) if held else await targets(ctx, ctx.asker.user)
    sent = set(await ctx.store.latest_of(ctx.asker.user))
    mine = [one for one in running(found, ctx.event.at) if one.id in sent]
    if which:
        mine = [one for one in mine if which == _id(one)] or named_in(mine, which)
    if not mine:
        raise UserError(NOTHING)
    if len(mine) > 1:
        options = [Option(of_whom(one.held, one.duty), _id(one)) for one in mine[:9]]
        raise ctx.ask("which", WHICH, options)
    return mine[0]


def _id(target: Target) -> str:
    number, subject = target.id
    return f"{number} {subject}"


@bot.on("m.room.redaction", anywhere=True)
async def deleted(ctx: Collector) -> Answer:
    """Whoever deletes their message takes back what it has brought."""
    event = ctx.event.redacts
    if event is None:
        return None
    await ctx.store.wait_no_more(event)
    out: list[Outgoing] = []
    for number, subject in await ctx.store.of_event(event):
        if held := await ctx.store.collection(number):
            out += await _withdrawn(ctx, held, subject, event)
    return out


async def _withdrawn(ctx: Collector, held: Collection, subject: UserId, event: EventId) -> list[Outgoing]:
    work = await ctx.store.work(held.number, subject)
    sender = next(part.sender for part in work.parts if part.event == event)
    mine = await targets_in(ctx, held, sender)
    target = next((one for one in mine if one.duty.subject.user == subject), None)
    if target is None:  # they are in that room no more
        return []
    try:
        after = withdraw(work, event, ctx.event.at, rules_of(held))
    except Refused as refused:
        told = not held.confirms and ctx.asker.user == sender
        return [Say(refusal(refused.why, held, work, voice(ctx)), to=sender)] if told else []
    await keep(ctx, target, after)
    if held.confirms:
        return []
    words = receipt(held, target.duty, after, voice(ctx))
    return [Edit(key_of(held, RECEIPT, subject, sender), words)]
