"""The end of a round: thanks for the class, the table for the teacher, and awards, if they wish."""

from __future__ import annotations

from zvonok_botkit import Answer, Edit, React, Role, Say, Text, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.services import Awards
from zvonok_core.errors import UserError
from zvonok_core.people import plain
from zvonok_creative_homework.declared import Homework, bot, refreshed, running_here, table_of, voice
from zvonok_creative_homework.reporting import reported
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.standing import Row, most_curious, most_praised
from zvonok_creative_homework.starting import forget_later
from zvonok_creative_homework.wording import brief, thanks

AWARDS = "awards:"
"""Begins the key of the question whether to propose awards; the round's id follows."""
YES_SIGN = "👍"
_YES = frozenset({YES_SIGN, "✅", "да", "ага", "конечно", "давайте", "yes", "+"})
_COLOURS = dict.fromkeys([0xFE0F, *range(0x1F3FB, 0x1F400)])
BEST_TOLD, CURIOUS = "wordsmith", "curious"
"""Awards that every school has."""


@bot.command("finish", "закончить", "закончить задание", role=Role.TEACHER, direct=False)
async def finish(ctx: Homework) -> Answer:
    """Finish the creative homework and thank everybody who took part: `!finish`"""
    of = await running_here(ctx)
    await ctx.store.end(of.id, ctx.now)
    await forget_later(ctx, of)
    of = await ctx.store.round(of.id) or of
    table = await table_of(ctx, of)
    said: list[Outgoing] = [Say(thanks(of, table, voice(ctx)), to=of.room), *await refreshed(ctx, of)]
    return [*said, *await reported(ctx, of, ctx.asker.user), *_offered(ctx, of, table)]


def _offered(ctx: Homework, of: Round, table: tuple[Row, ...]) -> list[Outgoing]:
    """The question whether to propose awards, where there is somebody to propose and a bot
    that keeps awards."""
    lines = [text("• {name}: {why}", name=brief(row.person), why=why) for row, _, why in _proposals(table)]
    if not lines or ctx.neighbours.service(Awards, ctx) is None:  # type: ignore[type-abstract]
        return []
    words = voice(ctx).lines(
        text("Shall I propose awards?"),
        *lines,
        text("Put {yes} to this message, and I'll ask the class head about each, alone.", yes=YES_SIGN),
    )
    key = f"{AWARDS}{of.id}"
    to = ctx.asker.user
    return [Say(words, to=to, key=key), React(YES_SIGN, about=key, to=to)]


def _proposals(table: tuple[Row, ...]) -> list[tuple[Row, str, Text]]:
    """Whom, which award, and what for."""
    told = [
        (row, BEST_TOLD, text("for the story about “{topic}”", topic=row.topic))
        for row in most_praised(table)
        if row.topic
    ]
    return [*told, *((row, CURIOUS, text("for the questions to the class")) for row in most_curious(table))]


@bot.on("m.reaction")
async def agreed_by_reaction(ctx: Homework) -> Answer:
    return await _agreed(ctx, ctx.emoji)


@bot.on("m.room.message")
async def agreed_in_words(ctx: Homework) -> Answer:
    return await _agreed(ctx, ctx.words)


async def _agreed(ctx: Homework, said: str) -> Answer:
    """The teacher wishes it: each award is proposed, and somebody decides about it."""
    word = plain(said).translate(_COLOURS).strip(" .!")
    if not ctx.about.startswith(AWARDS) or word not in _YES:
        return None
    of = await ctx.store.round(ctx.about.removeprefix(AWARDS))
    if of is None or not await ctx.may(Role.TEACHER, room=of.room):
        return None
    lines: list[Text | str] = []
    for row, badge, why in _proposals(await table_of(ctx, of)):
        try:
            awards = ctx.service(Awards)  # type: ignore[type-abstract]
            await awards.give(row.person.user, badge, ctx.say(why), by=ctx.me, room=of.room)
        except UserError as error:
            lines.append(error.text)
    lines.insert(0, text("All right, I've asked about the awards."))
    return Edit(ctx.about, voice(ctx).lines(*lines))
