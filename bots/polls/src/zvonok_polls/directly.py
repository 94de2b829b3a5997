"""Anonymous polls and tests: asked and answered in a direct chat, one question at a time."""

from __future__ import annotations

import random
from dataclasses import replace

from zvonok_botkit import Answer, Say, Text, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_core.ids import UserId
from zvonok_core.voice import Voice
from zvonok_polls.declared import Polls, bot, is_over, meant, voice
from zvonok_polls.numbers import read_choices
from zvonok_polls.poll import Item, Kind, Poll
from zvonok_polls.wording import SECRET, numbered, score, several

OVER = text("This is over already; answers don't count any more.")
ANSWERED = text("You have answered already, thank you.")
THANKS = text("Thank you, your answer is counted.")
LATER = ("потом", "позже", "later")
NOT_NOW = text("All right. To go on, react to the message in the group again.")
AGAIN = text("Please answer with the number of an answer, or write “later”.")


@bot.command("answer", "ответить")
async def answer(ctx: Polls) -> Answer:
    """Have the questions of a test or of an anonymous poll sent to your direct chat: `!answer`"""
    poll = await meant(ctx, Kind.ANONYMOUS, Kind.TEST, running=True)
    return [*(await begin(ctx, poll)), text("I've just asked you in our direct chat.")]


@bot.on_other_words()
async def said(ctx: Polls) -> Answer:
    return await reply(ctx, ctx.words)


async def begin(ctx: Polls, poll: Poll) -> list[Outgoing]:
    """Ask whoever wants to answer, from the first question that is open."""
    user = ctx.asker.user
    place = await _next(ctx, poll, user)
    if is_over(ctx, poll):
        return [Say(OVER, to=user)]
    if place is None:
        return [Say(ANSWERED, to=user)]
    await ctx.store.ask(user, poll.id, place)
    return [Say(question(poll, place, user, voice(ctx), first=True), to=user)]


async def reply(ctx: Polls, words: str) -> Answer:
    """An answer in the direct chat; None where nothing was asked."""
    user = ctx.asker.user
    asked = await ctx.store.asked(user)
    if asked is None:
        return None
    poll, place = asked
    if words.casefold().strip(" .!") in LATER:
        await ctx.store.asked_no_more(user)
        return NOT_NOW
    if is_over(ctx, poll):
        await ctx.store.asked_no_more(user)
        return OVER
    item = shown_to(poll, place, user)
    taken = read_choices(item, words)
    if not taken:
        raise UserError(AGAIN)
    chosen = tuple(choice.id for choice in taken)
    if poll.kind is Kind.ANONYMOUS:
        await ctx.store.asked_no_more(user)
        return THANKS if await ctx.store.answer_anonymously(poll.id, user, chosen) else ANSWERED
    await ctx.store.answer(poll.id, user, place, chosen)
    following = await _next(ctx, poll, user)
    if following is None:
        await ctx.store.asked_no_more(user)
        return await _finished(ctx, poll, user)
    await ctx.store.ask(user, poll.id, following)
    return Say(question(poll, following, user, voice(ctx)))


def question(poll: Poll, place: int, user: UserId, spoken: Voice, *, first: bool = False) -> str:
    """A question as it is asked in a direct chat."""
    item = shown_to(poll, place, user)
    if poll.kind is Kind.ANONYMOUS:
        how = text("Answer with a number. It can't be changed later.")
        return spoken.lines(item.question, numbered(item.choices), several(item), how, SECRET)
    counted = text("Question {number} of {count}", number=place + 1, count=len(poll.items))
    head: tuple[Text | str, ...] = (f"📝 {poll.title}", "") if first else ()
    last = text("Answer with a number.") if first else ""
    return spoken.lines(*head, counted, item.question, numbered(item.choices), several(item), last)


def shown_to(poll: Poll, place: int, user: UserId) -> Item:
    """A question with its answers in the order in which this person sees them."""
    item = poll.items[place]
    if not poll.shuffled:
        return item
    order = random.Random(f"{poll.id}|{place}|{user}").sample(item.choices, len(item.choices))
    return replace(item, choices=tuple(order))


async def _next(ctx: Polls, poll: Poll, user: UserId) -> int | None:
    if poll.kind is Kind.ANONYMOUS:
        return None if user in await ctx.store.has_answered(poll.id) else 0
    answers = await ctx.store.answers(poll.id)
    return next((place for place in range(len(poll.items)) if (user, place) not in answers), None)


async def _finished(ctx: Polls, poll: Poll, user: UserId) -> Answer:
    answers = await ctx.store.answers(poll.id)
    return Say(voice(ctx).lines(text("That was the last question, thank you!"), score(poll, answers, user)))
