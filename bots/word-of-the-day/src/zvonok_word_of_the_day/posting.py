"""Each day's word.

One job keeps the days coming and does nothing else, so that nothing which goes wrong with a
single word ends the practice. A day that has passed is left out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from zvonok_botkit import Answer, Picture, Say, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_core.ids import UserId
from zvonok_word_of_the_day.asking import Source
from zvonok_word_of_the_day.bringing import hand_on, pass_over
from zvonok_word_of_the_day.card import Card, picture
from zvonok_word_of_the_day.days import has_word, moment, over, week_of
from zvonok_word_of_the_day.declared import (
    LIST,
    WORD,
    Here,
    bot,
    company_or_later,
    leader,
    lines,
    plan,
    today,
    words_left,
)
from zvonok_word_of_the_day.practice import Practice
from zvonok_word_of_the_day.store import Shown
from zvonok_word_of_the_day.wording import LIST_WANTED, TITLE, in_words, short_date, thanks


@bot.job()
async def day_comes(ctx: Here, day: str) -> Answer:
    """The word of today, where there is one: after a time away `day` may have passed."""
    practice, now = await ctx.store.practice(ctx.room), today(ctx)
    if practice is None:
        return None
    if practice.resumes and practice.resumes <= now:
        practice = replace(practice, paused=False, resumes=None)
        await ctx.store.keep(practice)
    due = has_word(now, practice.days, ctx.holidays.free)
    if due and moment(now, practice.at, ctx.zone) <= ctx.now:
        await ctx.schedule("post_word", ctx.now, ctx.room, day=now.isoformat())
    await plan(ctx, practice, date.fromisoformat(day))
    return None


@bot.job()
async def post_word(ctx: Here, day: str) -> Answer:
    practice, planned = await ctx.store.practice(ctx.room), date.fromisoformat(day)
    if practice is None or practice.paused or planned != today(ctx):
        return None
    if planned == await ctx.store.last_day(ctx.room):
        return None
    company = await company_or_later(ctx, "post_word", ctx.room, day=day)
    if company is None:
        return None
    if company.managed and company.managed.archived:
        await ctx.store.stop(ctx.room)
        return None
    if practice.source is Source.ROTA:
        return await _from_the_rota(ctx, practice, planned)
    return await _from_a_list(ctx, practice, planned)


async def _from_a_list(ctx: Here, practice: Practice, day: date) -> list[Outgoing]:
    left = await words_left(ctx, practice)
    teacher = await leader(ctx, practice)
    if not left:
        await ctx.store.keep(replace(practice, paused=True))
        if practice.wanted and teacher:
            waiting = text("There is no word today: I am still waiting for your list.")
            return [Say(lines(ctx, waiting, LIST_WANTED), to=teacher, key=f"{LIST}{ctx.room}")]
        return []
    out = await _shown(ctx, practice, Shown(ctx.room, day, left[0]))
    after = len(left) - 1
    if teacher and after in (0, len(practice.days)):
        out += await _ends(ctx, practice, after, to=teacher)
    return out


async def _ends(ctx: Here, practice: Practice, left: int, *, to: UserId) -> list[Outgoing]:
    """That a list comes to its end, a week before and with its last word."""
    company = await ctx.rooms.view(ctx.room)
    where = text(" (chat “{room}”)", room=company.managed.name) if company.managed else ""
    if left:
        soon = ntext(
            "The word of the day{where}: {n} word is left, for a week.",
            "The word of the day{where}: {n} words are left, for a week.",
            left,
            where=where,
        )
        return [Say(soon, to=to)]
    last = text("The word of the day{where}: today's word was the last one of the list.", where=where)
    if practice.source is Source.OWN:
        await ctx.store.keep(replace(practice, wanted=True))
        return [Say(lines(ctx, last, LIST_WANTED), to=to, key=f"{LIST}{ctx.room}")]
    how = text("To go on, choose another level or source in that chat: !word-of-the-day advanced")
    return [Say(lines(ctx, last, how), to=to)]


async def _from_the_rota(ctx: Here, practice: Practice, day: date) -> list[Outgoing]:
    turn = await ctx.store.turns.current(ctx.room)
    if turn and turn.day > day:
        return []
    out: list[Outgoing] = []
    if turn and turn.word and turn.word.meaning:
        await ctx.store.turns.close(turn)
        out += await _shown(ctx, practice, Shown(ctx.room, day, turn.word, turn.student))
    elif turn:
        out += await pass_over(ctx, turn)
    following = await plan(ctx, practice, day)
    if following is None:
        return out
    try:
        return [*out, *(await hand_on(ctx, practice, following))]
    except UserError as error:
        await ctx.store.keep(replace(practice, paused=True))
        teacher = await leader(ctx, practice)
        return [*out, *([Say(error.text, to=teacher)] if teacher else [])]


async def _shown(ctx: Here, practice: Practice, shown: Shown) -> list[Outgoing]:
    """The card, and that its week will end."""
    await ctx.store.show(shown)
    ends = over(shown.day, practice.days, practice.at, ctx.zone, ctx.holidays.free)
    week = week_of(shown.day)
    await ctx.schedule("end_week", ends, f"{ctx.room}|{week}", week=week)
    members = await ctx.members()
    giver = next((one.person.short for one in members if one.person.user == shown.giver), "")
    words = lines(ctx, *in_words(shown.word, giver))
    card = Card(
        word=shown.word,
        language=practice.language,
        spoken=ctx.language,
        title=ctx.say(TITLE),
        day=short_date(shown.day, ctx.language),
        thanks=ctx.say(thanks(giver)) if giver else "",
    )
    png = picture(card)
    key = f"{WORD}{shown.id}"
    if png is None:
        return [Say(words, key=key)]
    return [Picture(png, words, name="word.png", key=key)]
