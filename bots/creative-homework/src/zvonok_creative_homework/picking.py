"""Students take topics: by a number in reply to the list, by a reaction, or by a command."""

from __future__ import annotations

from typing import Annotated

from zvonok_botkit import Answer, React, Rest, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_creative_homework.choosing import number_by_part, number_of_words
from zvonok_creative_homework.declared import (
    NONE_HERE,
    Homework,
    bot,
    is_student,
    refreshed,
    running_here,
    topics_of,
)
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.store import Pick
from zvonok_creative_homework.wording import free_list, taken

WHICH = text("Which topic do you take? Its number is enough.")


@bot.command("topic", "тема")
async def topic(ctx: Homework, number: Annotated[Rest, WHICH]) -> Answer:
    """Take a topic of the creative homework, here or in our direct chat: `!topic 2`"""
    of = await one_of_mine(ctx) if ctx.direct else await running_here(ctx)
    if not await is_student(ctx, ctx.asker.user, of.room):
        raise UserError(text("The topics are for the students of this chat."))
    chosen = number_of_words(str(number), of.topics)
    if chosen is None:
        chosen = number_by_part(str(number), of.topics)
    if chosen is None:
        raise ctx.ask(
            "number", text("Which topic do you take?\n{free}", free=free_list(await topics_of(ctx, of)))
        )
    changes = await take(ctx, of, chosen)
    if not ctx.direct:
        return [React("✅"), *changes]
    words = text(
        "The topic is yours: “{topic}”. Send your recording into the class's chat, or here to me alone.",
        topic=of.topic(chosen),
    )
    return [Say(words), *changes]


async def take(ctx: Homework, of: Round, number: int) -> list[Outgoing]:
    """Give a topic to whoever has asked; returns the list as it is then. Raises UserError
    where they can't have it."""
    user = ctx.asker.user
    wanted = of.topic(number)
    if of.ended:
        raise UserError(text("This homework is over already."))
    if wanted is None:
        raise UserError(
            text("The topics have the numbers 1 to {last}. Which one do you take?", last=len(of.topics))
        )
    picks, answers = await ctx.store.picks(of.id), await ctx.store.answers(of.id)
    had = picks.pop(user, None)
    if had == number:
        return []
    if had and user in answers:
        raise UserError(
            text(
                "You have told your story about “{topic}” already. To take another topic, delete the story first.",
                topic=of.topic(had),
            )
        )
    topics = await topics_of(ctx, of, but_for=user)
    if not topics.left(number):
        raise UserError(taken(wanted, topics))
    await ctx.store.pick(Pick(of.id, user, number, ctx.event.id))
    return [*await refreshed(ctx, of)]


async def let_go(ctx: Homework, pick: Pick) -> list[Outgoing]:
    """The message or the reaction that took a topic is gone. Who has told of it keeps it."""
    of = await ctx.store.round(pick.round)
    if of is None or of.ended or pick.user in await ctx.store.answers(of.id):
        return []
    await ctx.store.let_go(pick)
    return [*await refreshed(ctx, of)]


async def one_of_mine(ctx: Homework) -> Round:
    """In a direct chat, the round that the asker most likely means: one in which they have not
    answered yet, the one that closes first. Raises UserError where there is none."""
    mine = [of for of in await ctx.store.all_running() if await is_student(ctx, ctx.asker.user, of.room)]
    for of in mine:
        if ctx.asker.user not in await ctx.store.answers(of.id):
            return of
    if not mine:
        raise UserError(NONE_HERE)
    return mine[0]
