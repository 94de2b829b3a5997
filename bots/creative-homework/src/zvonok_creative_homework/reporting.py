"""What a teacher learns of a round, alone, and what each student is reminded of, alone."""

from __future__ import annotations

from zvonok_botkit import Answer, Picture, Role, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.ids import UserId
from zvonok_creative_homework.board import draw
from zvonok_creative_homework.declared import (
    Homework,
    bot,
    company,
    running_here,
    table_of,
    teacher_of,
    topics_of,
    voice,
)
from zvonok_creative_homework.round import Places, Round
from zvonok_creative_homework.standing import Row
from zvonok_creative_homework.wording import brief, free_list, moment, name_of, progress, report

IN_DIRECT_CHAT = text("I've sent it to our direct chat.")


@bot.command("who has answered", "кто рассказал", "кто ответил", role=Role.TEACHER, direct=False)
async def who_has_answered(ctx: Homework) -> Answer:
    """Show you in our direct chat who has told their story, who has asked, and who has not: `!who has answered`"""
    of = await running_here(ctx)
    return [*(await reported(ctx, of, ctx.asker.user)), IN_DIRECT_CHAT]


async def reported(ctx: Homework, of: Round, to: UserId) -> list[Outgoing]:
    """The table in words and as a picture, for one person's direct chat."""
    table = await table_of(ctx, of)
    names = {row.person.user: brief(row.person) for row in table}
    words = report(of, table, names, voice(ctx))
    done = progress(sum(row.answer is not None for row in table), len(table))
    alt = text("{name}. {done}", name=name_of(of), done=done)
    return [Say(words, to=to), *([Picture(draw(of, table, voice(ctx)), alt, to=to)] if table else [])]


@bot.job()
async def time_is_up(ctx: Homework, round: str) -> Answer:
    """The teacher sees how it went, and may wait for the last ones or finish."""
    of = await ctx.store.round(round)
    teacher = await teacher_of(ctx, of) if of and not of.ended else None
    if of is None or teacher is None:
        return None
    finish = text(
        "The deadline has passed. I still take stories until you finish: write “!finish” in the class's chat, and I'll thank everybody."
    )
    return [*(await reported(ctx, of, teacher.user)), Say(finish, to=teacher.user)]


@bot.job()
async def remind(ctx: Homework, round: str) -> Answer:
    """To each who has not told their story: which topic they have, or which are free. Nothing
    where quiet hours have lasted past the deadline."""
    of = await ctx.store.round(round)
    if of is None or of.ended or of.closes is None or of.closes <= ctx.now:
        return None
    room = (await company(ctx, of.room)).managed
    chat = ctx.say(text(" (chat “{room}”)", room=room.name)) if room else ""
    topics, table = await topics_of(ctx, of), await table_of(ctx, of)
    return [_reminder(ctx, of, row, topics, chat) for row in table if not row.answer]


def _reminder(ctx: Homework, of: Round, row: Row, topics: Places, chat: str) -> Say:
    assert of.closes
    known = {"name": name_of(of), "chat": chat, "when": moment(of.closes, voice(ctx))}
    if row.topic:
        words = text(
            "{name}{chat}: I'm waiting for your story about “{topic}” until {when}. Send your recording into the discussion there, or here to me.",
            topic=row.topic,
            **known,
        )
    elif topics.free:
        words = text(
            "{name}{chat}: I'm waiting for stories until {when}, and you have no topic yet. These are free:\n{free}\nTo take one, write to me, such as: topic {first}",
            free=free_list(topics),
            first=topics.free[0],
            **known,
        )
    else:
        words = text(
            "{name}{chat}: I'm waiting for stories until {when}, and there is no free topic left for you. Tell your teacher, and you'll find one together.",
            **known,
        )
    return Say(words, to=row.person.user)


@bot.job()
async def forget(ctx: Homework, round: str) -> Answer:
    await ctx.store.forget(round)
    return None
