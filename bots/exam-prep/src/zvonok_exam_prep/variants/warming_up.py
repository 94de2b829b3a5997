"""`!разминка`: one task with a choice of answers, as a quiz for everybody in the room."""

from __future__ import annotations

from zlib import crc32

from zvonok_botkit import Answer, Picture, Rest, Role, services, text
from zvonok_core.errors import UserError
from zvonok_exam_prep.collection.missing import name_of
from zvonok_exam_prep.declared import Exams, bot
from zvonok_exam_prep.drawing import draw, needs_picture
from zvonok_exam_prep.items import Item, OneChoice
from zvonok_exam_prep.presenting import DRAWN
from zvonok_exam_prep.spelling import spelt
from zvonok_exam_prep.variants.asking import settled
from zvonok_exam_prep.variants.wanted import fitting_all

LONGEST_QUESTION, LONGEST_OPTION = 500, 200
"""Letters that a poll shows on a phone."""


@bot.command("warm-up", "разминка", role=Role.TEACHER, direct=False)
async def warm_up(ctx: Exams, what: Rest = Rest(), state: str = "", answer: Rest = Rest()) -> Answer:
    """Ask everybody here one task of the collection as a quiz: `!warm-up English 9`"""
    wanted, labels = await settled(ctx, what, state, answer, whole=False)
    secret = await ctx.store.variants.held_back_in(ctx.room)
    asked = await ctx.store.variants.warm_ups(ctx.room)
    fresh_first = sorted(
        (label for label in fitting_all(wanted, labels) if label.id not in secret),
        key=lambda label: (asked.get(label.id, 0), crc32(f"{ctx.room}|{label.id}".encode())),
    )
    for label in fresh_first:
        item = await ctx.store.tasks.item(label.id, ctx.asker.user)
        if item and isinstance(item.asks, OneChoice) and _suits(item, item.asks):
            await ctx.store.variants.warmed_up(ctx.room, item.id, ctx.now)
            return await _ask(ctx, item, item.asks)
    raise UserError(
        text("There is no task with a choice of answers here: {wish}.", wish=name_of(wanted.wish))
    )


async def _ask(ctx: Exams, item: Item, asks: OneChoice) -> Answer:
    polls = ctx.service(services.Polls)  # type: ignore[type-abstract]
    await polls.start(
        spelt(item.question),
        [spelt(option.words) for option in asks.options],
        by=ctx.asker.user,
        room=ctx.room,
        right=[asks.right],
        explanation=spelt(item.explanation),
    )
    if needs_picture(item):
        return Picture(draw(item, ctx.language), DRAWN, name="task.png", to=ctx.room)
    return None


def _suits(item: Item, asks: OneChoice) -> bool:
    """Whether all of it can be read in a poll."""
    options = all(len(spelt(option.words)) <= LONGEST_OPTION for option in asks.options)
    return options and len(spelt(item.question)) <= LONGEST_QUESTION and not item.pictures
