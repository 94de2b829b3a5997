"""The bot as a declaration, the settings, and what all of its handlers share."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from zvonok_botkit import Bot, Context, Member, Role, text
from zvonok_core.clock import milliseconds
from zvonok_core.errors import UserError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.voice import Voice
from zvonok_polls.counting import Tally, chosen, tally
from zvonok_polls.poll import Kind, Poll, Wanted
from zvonok_polls.store import PollStore, first_tables


@dataclass(frozen=True, slots=True)
class PollSettings:
    """The section `polls` of the config."""

    keep_days: int = 365
    """So long after its end, or its beginning where it has none, a poll is kept with its votes."""
    seconds_between_edits: int = 10
    """A picture is changed at most so often while people vote."""


Polls: TypeAlias = Context[PollStore, PollSettings]

bot = Bot("polls", package="zvonok_polls", store=PollStore, settings=PollSettings)
bot.migration("Polls, votes, answers")(first_tables)

NO_POLL = text("I see no poll here. Reply to one with this command.")
ONLY_THEIRS = text("Only whoever has asked, or a teacher, may do this.")


def voice(ctx: Polls) -> Voice:
    """How words are put in this room."""
    return Voice(ctx.say, ctx.language, ctx.zone, ctx.now)


def key_of(poll: Poll, what: str) -> str:
    """The key of what is sent for a poll: its `poll` event, its `text`, its `chart`."""
    return f"{what}:{poll.id}"


def id_of(key: str) -> str:
    """The poll of what was sent under a key."""
    return key.partition(":")[2]


async def meant(ctx: Polls, *kinds: Kind, running: bool = False) -> Poll:
    """The poll that a command is about: the one that it replies to, else the newest of the
    room. Raises UserError where there is none."""
    kinds = kinds or tuple(Kind)
    named = id_of(ctx.about) or ctx.reply_to
    poll = await ctx.store.poll(named) if named else None
    if poll is None and not ctx.about:
        poll = await ctx.store.latest(ctx.room, kinds, running=running)
    if poll is None or poll.kind not in kinds or poll.room != ctx.room:
        raise UserError(NO_POLL)
    return poll


async def in_charge(ctx: Polls, poll: Poll) -> bool:
    """Whether the asker has asked the question, or leads the room."""
    return ctx.asker.user == poll.author or await ctx.may(Role.TEACHER, room=poll.room)


def is_over(ctx: Polls, poll: Poll) -> bool:
    """Whether what has just come was sent after the end."""
    until = poll.ended or poll.closes
    return until is not None and ctx.event.at > milliseconds(until)


async def make(
    ctx: Polls, kind: Kind, wanted: Wanted, room: RoomId | None = None, by: UserId | None = None
) -> Poll:
    """Write a poll down, and have it closed at its deadline. Raises UserError for one that has
    passed."""
    if wanted.closes and wanted.closes <= ctx.now:
        raise UserError(text("That deadline has passed already. Please write it all again with another one."))
    poll = Poll(
        id=secrets.token_hex(8),
        room=room or ctx.room,
        author=by or ctx.asker.user,
        kind=kind,
        title=wanted.title,
        items=wanted.items,
        disclosed=wanted.disclosed,
        shuffled=wanted.shuffled,
        closes=wanted.closes,
    )
    if poll.shuffled and not kind.direct:
        shuffled = random.Random(poll.id).sample(poll.item.choices, len(poll.item.choices))
        poll = replace(poll, items=(replace(poll.item, choices=tuple(shuffled)),))
    await keep(ctx, poll)
    if poll.closes:
        await ctx.schedule("close_in_time", poll.closes, key=poll.id, poll=poll.id)
    return poll


async def keep(ctx: Polls, poll: Poll) -> None:
    """Write a poll down, to be forgotten where nobody ever ends it."""
    await ctx.store.add(poll)
    await forget_later(ctx, poll)


async def forget_later(ctx: Polls, poll: Poll) -> None:
    """Keep it for as long as the settings say, from now on."""
    due = ctx.now + timedelta(days=ctx.settings.keep_days)
    await ctx.schedule("forget", due, key=poll.id, poll=poll.id)


async def count(ctx: Polls, poll: Poll) -> Tally:
    """The votes as they stand."""
    if poll.kind is Kind.ANONYMOUS:
        counts = await ctx.store.counts(poll.id)
        votes = {choice.id: counts.get(choice.id, 0) for choice in poll.item.choices}
        return Tally(votes, len(await ctx.store.has_answered(poll.id)))
    return tally(poll.item, await choices_of(ctx, poll))


async def choices_of(ctx: Polls, poll: Poll) -> dict[UserId, tuple[str, ...]]:
    """What each person has chosen in a poll that is answered in the room."""
    until = milliseconds(poll.ended) if poll.ended else None
    return chosen(await ctx.store.ballots(poll.id), poll.item, until, first=poll.kind is Kind.QUIZ)


async def have_answered(ctx: Polls, poll: Poll) -> set[UserId]:
    """Who has voted; of a test who has answered all of it."""
    if poll.kind is Kind.ANONYMOUS:
        return set(await ctx.store.has_answered(poll.id))
    if poll.kind is Kind.TEST:
        answers = await ctx.store.answers(poll.id)
        people = {user for user, _ in answers}
        return {user for user in people if all((user, place) in answers for place in range(len(poll.items)))}
    return {user for user, taken in (await choices_of(ctx, poll)).items() if taken}


async def electorate(ctx: Polls, poll: Poll) -> list[Member]:
    """Who is expected to vote: the students of a room with students, else the parents of one
    with parents, else all but whoever has asked."""
    members = [member for member in await ctx.members(poll.room) if member.joined]
    for relation in ("student", "guardian"):
        if some := [member for member in members if relation in member.relations]:
            return some
    return [member for member in members if member.person.user != poll.author]


async def show_soon(ctx: Polls, poll: Poll) -> None:
    """Have the picture drawn anew, at most once in a while however many vote."""
    if not poll.disclosed and not poll.ended:
        return
    shown = await ctx.store.shown(poll.id)
    if shown.waiting:
        return
    await ctx.store.show_later(poll.id)
    pause = ctx.settings.seconds_between_edits
    since = ctx.now.timestamp() - shown.at / 1000
    await ctx.schedule(
        "show", ctx.now + timedelta(seconds=max(1.0, pause - since)), key=poll.id, poll=poll.id
    )
