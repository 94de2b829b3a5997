"""Votes in a room, however they come: native, by number, by reaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from zvonok_botkit import Answer, React, Rest, Role, Say, text
from zvonok_core.errors import UserError
from zvonok_polls import native
from zvonok_polls.counting import Ballot, Way, chosen
from zvonok_polls.declared import Polls, bot, id_of, in_charge, is_over, keep, meant, show_soon
from zvonok_polls.directly import begin, reply
from zvonok_polls.ending import end
from zvonok_polls.numbers import check_numbers, number_of_emoji, read_numbers
from zvonok_polls.poll import Kind, Poll
from zvonok_polls.wording import verdict

OVER = text("This poll is over already.")
IN_PRIVATE = text("This is answered in our direct chat: I've just asked you there.")
WHICH_NUMBER = text("Which answer do you choose? Its number is enough.")


@bot.on(native.START, native.STABLE_START, anywhere=True)
async def somebody_asks(ctx: Polls) -> Answer:
    """A poll that was made in a client: its votes are kept, so that it can be counted."""
    relates = ctx.event.content.get("m.relates_to")
    read = native.read_start(ctx.event.content)
    if read and not (isinstance(relates, dict) and relates.get("rel_type") == "m.replace"):
        item, disclosed = read
        made = Poll(
            ctx.event.id, ctx.room, ctx.asker.user, Kind.OPEN, item.question, (item,), disclosed, native=True
        )
        await keep(ctx, made)
    return None


@bot.on(native.RESPONSE, native.STABLE_RESPONSE, anywhere=True)
async def native_vote(ctx: Polls) -> Answer:
    poll = await _about(ctx)
    if poll is None or poll.kind.direct:
        return None
    return await _cast(ctx, poll, native.read_response(ctx.event.content), Way.NATIVE)


@bot.on("m.reaction")
async def reaction(ctx: Polls) -> Answer:
    poll = await ctx.store.poll(id_of(ctx.about))
    if poll is None:
        return None
    if poll.kind.direct:
        return await begin(ctx, poll)
    choice = poll.item.choice(number_of_emoji(ctx.emoji))
    return await _cast(ctx, poll, (choice.id,), Way.REACTION) if choice else None


@bot.on("m.room.message")
async def reply_with_numbers(ctx: Polls) -> Answer:
    """«2» in reply to a poll. Whatever else people say of it is no vote."""
    poll = await ctx.store.poll(id_of(ctx.about))
    if poll is None or poll.room != ctx.room:
        return None
    if poll.kind.direct:
        return [*(await begin(ctx, poll)), React("✅")] if ctx.words else None
    numbers = read_numbers(ctx.words)
    return await _vote_by_words(ctx, poll, numbers) if numbers else None


@bot.command("vote", "голос")
async def vote(ctx: Polls, numbers: Annotated[Rest, WHICH_NUMBER]) -> Answer:
    """Vote by number, in reply to a poll or in the newest one: `!vote 2`"""
    if ctx.direct and (said := await reply(ctx, str(numbers))):
        return said
    poll = await meant(ctx, running=True)
    if poll.kind.direct:
        return [*(await begin(ctx, poll)), Say(IN_PRIVATE)]
    read = read_numbers(str(numbers))
    if not read:
        raise ctx.ask("numbers", WHICH_NUMBER)
    return await _vote_by_words(ctx, poll, read)


@bot.on("m.room.redaction", anywhere=True)
async def taken_back(ctx: Polls) -> Answer:
    """Without that vote, the one before counts again. A poll that is taken back is over."""
    redacted = ctx.event.redacts
    if redacted is None:
        return None
    poll_id = await ctx.store.take_back(redacted)
    if poll_id and (poll := await ctx.store.poll(poll_id)):
        await show_soon(ctx, poll)
    if await ctx.store.poll(redacted):
        await ctx.store.end(redacted, ctx.now)
    return None


@bot.on(native.END, native.STABLE_END, anywhere=True)
async def ended_in_a_client(ctx: Polls) -> Answer:
    """Clients heed an end of the poll's own sender and of whoever may delete messages. Where
    that is not so, or where it lacks its text, a whole one is sent."""
    poll = await _about(ctx)
    if poll is None or poll.ended or poll.kind.direct or not await in_charge(ctx, poll):
        return None
    whole = native.end_is_complete(ctx.event.content)
    own = poll.native and ctx.asker.user == poll.author
    heeded = own or await ctx.may(Role.TEACHER)
    return await end(ctx, poll, ctx.event.at, with_event=not (whole and heeded))


async def _about(ctx: Polls) -> Poll | None:
    relates = ctx.event.content.get("m.relates_to")
    target = relates.get("event_id") if isinstance(relates, dict) else None
    named = id_of(ctx.about) or (target if isinstance(target, str) else "")
    poll = await ctx.store.poll(named) if named else None
    return poll if poll and poll.room == ctx.room else None


async def _vote_by_words(ctx: Polls, poll: Poll, numbers: tuple[int, ...]) -> Answer:
    check_numbers(poll.item, numbers)
    if is_over(ctx, poll):
        raise UserError(OVER)
    taken = tuple(choice.id for number in numbers if (choice := poll.item.choice(number)))
    said = await _cast(ctx, poll, taken, Way.WORDS)
    return [React("✅"), *(said if isinstance(said, list) else [])]


async def _cast(ctx: Polls, poll: Poll, answers: tuple[str, ...] | None, way: Way) -> list[Say] | None:
    if is_over(ctx, poll):
        return None
    ballot = Ballot(ctx.event.id, ctx.asker.user, ctx.event.at, 0, answers, way)
    known = await ctx.store.ballots(poll.id, ctx.asker.user) if poll.kind is Kind.QUIZ else []
    await ctx.store.vote(poll.id, ballot)
    await show_soon(ctx, poll)
    if poll.kind is not Kind.QUIZ:
        return None
    before = chosen(known, poll.item, first=True).get(ctx.asker.user, ())
    now = chosen([*known, replace(ballot, position=len(known) + 1)], poll.item, first=True)[ctx.asker.user]
    if before or not now:
        return None
    return [Say(verdict(poll.item, now), to=ctx.asker.user)]
