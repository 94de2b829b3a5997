"""Results: shown while people vote, and once it is over."""

from __future__ import annotations

from datetime import UTC, datetime

from zvonok_botkit import Answer, Edit, Picture, Say, Send, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_core.errors import UserError
from zvonok_polls import native
from zvonok_polls.chart import draw
from zvonok_polls.counting import Tally
from zvonok_polls.declared import (
    ONLY_THEIRS,
    Polls,
    bot,
    count,
    forget_later,
    have_answered,
    in_charge,
    key_of,
    meant,
    voice,
)
from zvonok_polls.poll import Kind, Poll
from zvonok_polls.reporting import corrections, report
from zvonok_polls.wording import FEWEST_SECRET, answered, ending, results


@bot.command("results", "итоги")
async def show_results(ctx: Polls) -> Answer:
    """Show how people have voted: `!results`"""
    poll = await meant(ctx)
    if poll.kind is Kind.TEST:
        if not await in_charge(ctx, poll):
            raise UserError(text("Only the teacher sees the results of a test."))
        return [
            *(await report(ctx, poll, ctx.asker.user)),
            text("I've sent you the table in our direct chat."),
        ]
    if not poll.ended and (not poll.disclosed or poll.kind is Kind.ANONYMOUS):
        return [
            Say(answered(len(await have_answered(ctx, poll)))),
            text("I'll show the results when it is over."),
        ]
    tally = await count(ctx, poll)
    words = results(poll, tally, voice(ctx))
    return Picture(draw(poll, tally, voice(ctx)), words) if _may_be_drawn(poll, tally) else Say(words)


@bot.command("close poll", "завершить опрос", "завершить", "close")
async def close(ctx: Polls) -> Answer:
    """End a poll, a quiz or a test now, and show the results: `!close poll`"""
    poll = await meant(ctx, running=True)
    if not await in_charge(ctx, poll):
        raise UserError(ONLY_THEIRS)
    if poll.ended:
        raise UserError(text("This poll is over already."))
    return await end(ctx, poll, ctx.event.at)


@bot.job(quiet="wait")
async def close_in_time(ctx: Polls, poll: str) -> Answer:
    found = await ctx.store.poll(poll)
    if found is None or found.ended or found.closes is None:
        return None
    return await end(ctx, found, milliseconds(found.closes))


@bot.job(quiet="ignore")
async def show(ctx: Polls, poll: str) -> Answer:
    """Draw the results anew: edits notify nobody."""
    found = await ctx.store.poll(poll)
    return await picture(ctx, found) if found else None


@bot.job()
async def forget(ctx: Polls, poll: str) -> Answer:
    await ctx.store.forget(poll)
    return None


async def picture(ctx: Polls, poll: Poll) -> list[Outgoing]:
    """The picture of the results, as a new message or in place of the old one."""
    tally, shown = await count(ctx, poll), await ctx.store.shown(poll.id)
    await ctx.store.show_now(poll.id, ctx.now)
    words, png = results(poll, tally, voice(ctx)), draw(poll, tally, voice(ctx))
    if shown.there:
        return [Edit(key_of(poll, "chart"), words, png=png)]
    return [Picture(png, words, to=poll.room, key=key_of(poll, "chart"))]


async def end(ctx: Polls, poll: Poll, at: int, *, with_event: bool = True) -> list[Outgoing]:
    """Close a poll as of a moment in milliseconds, and tell whoever is to know the results."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    if not await ctx.store.end(poll.id, moment):
        return []
    await ctx.cancel("close_in_time", poll.id)
    await ctx.cancel("show", poll.id)
    await forget_later(ctx, poll)
    poll = await ctx.store.poll(poll.id) or poll
    if poll.kind is Kind.TEST:
        people = len(await have_answered(ctx, poll))
        said = voice(ctx).lines(text("The test “{title}” is over.", title=poll.title), answered(people))
        told = Say(said, to=poll.room)
        return [told, *(await corrections(ctx, poll)), *(await report(ctx, poll, poll.author))]
    tally = await count(ctx, poll)
    words = ending(poll, tally, voice(ctx))
    out: list[Outgoing] = []
    if with_event and not poll.kind.direct:
        out.append(_end_event(poll, words))
    if _may_be_drawn(poll, tally):
        out += await picture(ctx, poll)
    out.append(Say(words, to=poll.room))
    if poll.kind is Kind.QUIZ:
        out += await report(ctx, poll, poll.author)
    return out


def _end_event(poll: Poll, words: str) -> Send:
    content = native.end(words)
    if poll.native:
        content["m.relates_to"] = {"rel_type": "m.reference", "event_id": poll.id}
        return Send(native.END, content, to=poll.room)
    return Send(native.END, content, to=poll.room, about=key_of(poll, "poll"))


def _may_be_drawn(poll: Poll, tally: Tally) -> bool:
    return tally.voters > 0 and (poll.kind is not Kind.ANONYMOUS or tally.voters >= FEWEST_SECRET)
