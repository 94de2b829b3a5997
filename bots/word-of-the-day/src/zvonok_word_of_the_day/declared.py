"""The bot as a declaration, the settings, and what all of its handlers share."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from zvonok_botkit import Bot, Context, Member, Role, Text
from zvonok_botkit.people import Company
from zvonok_core.errors import TemporaryError
from zvonok_core.ids import UserId
from zvonok_word_of_the_day.asking import Source
from zvonok_word_of_the_day.days import coming, moment
from zvonok_word_of_the_day.practice import Practice
from zvonok_word_of_the_day.store import WordStore, first_tables
from zvonok_word_of_the_day.words import Word, shipped


@dataclass(frozen=True, slots=True)
class WordSettings:
    """The section `word-of-the-day` of the config."""

    keep_days: int = 365
    """So long it is kept which words were shown, so that none comes again, and who has answered."""


Here: TypeAlias = Context[WordStore, WordSettings]

bot = Bot("word-of-the-day", package="zvonok_word_of_the_day", store=WordStore, settings=WordSettings)
bot.migration("Practices, lists, words that were shown, answers, turns")(first_tables)

LOOK_AGAIN = timedelta(minutes=10)
"""After so long a job asks the directory again that did not answer."""
WORD, TURN, BROUGHT, LIST = "word:", "turn:", "brought:", "list:"
"""Begin the keys of a card, of what is said of a turn, of a word that the teacher may decline,
and of a request for a list."""


def today(ctx: Here) -> date:
    """By the school's clock."""
    return ctx.now.astimezone(ctx.zone).date()


def lines(ctx: Here, *said: Text | str) -> str:
    """What there is, one below the other."""
    return "\n".join(words for line in said if (words := ctx.say(line)))


async def company_or_later(ctx: Here, job: str, key: str, **data: str) -> Company | None:
    """Who is in the room. None where the directory does not answer: the job then comes again,
    for it would be lost after some tries."""
    try:
        return await ctx.rooms.view(ctx.room)
    except TemporaryError:
        await ctx.schedule(job, ctx.now + LOOK_AGAIN, key, **data)
        return None


async def is_student(ctx: Here, user: UserId) -> bool:
    """Whether somebody is a student of the room. Without a directory whoever does not lead the
    room is taken for one."""
    if user == ctx.me or (ctx.directory is None and await ctx.may(Role.TEACHER, user)):
        return False
    return await ctx.may(Role.STUDENT, user)


async def students(ctx: Here) -> list[Member]:
    """Those who have come into the room, in the order of the register."""
    return [
        member
        for member in await ctx.members()
        if member.joined and await is_student(ctx, member.person.user)
    ]


async def leader(ctx: Here, practice: Practice) -> UserId | None:
    """Who is told what is not for the room: the teacher who has set it up, as long as they
    teach here, else another one."""
    if await ctx.may(Role.TEACHER, practice.teacher):
        return practice.teacher
    teaching = [member for member in await ctx.members() if member.relations & {"homeroom", "teacher"}]
    return teaching[0].person.user if teaching else None


async def plan(ctx: Here, practice: Practice, after: date | None = None) -> date | None:
    """Have the next word come, later than `after`; returns its day, None where there is none
    to come. A day that was planned otherwise before does no harm: it is looked at when it comes."""
    if practice.paused and practice.resumes is None:
        return None
    turn = await ctx.store.turns.current(practice.room)
    # The word of a turn comes no earlier than was said.
    not_before = [day - timedelta(days=1) for day in (practice.resumes, turn and turn.day) if day]
    bounds = [day for day in (after, await ctx.store.last_day(practice.room)) if day] + not_before
    free = ctx.holidays.free
    day = coming(ctx.now, practice.days, practice.at, ctx.zone, free, max(bounds, default=None))
    if day:
        due = moment(day, practice.at, ctx.zone)
        # Under the day's own name, lest a day that is due this very moment be lost.
        await ctx.schedule("day_comes", due, f"{practice.room}|{day}", day=day.isoformat())
    return day


async def words_left(ctx: Here, practice: Practice) -> list[Word]:
    """The words of a list that the room has not seen: a teacher's in their order, shipped ones
    in an order of the room's own, since they are sorted by alphabet."""
    if practice.source is Source.OWN:
        all_of = await ctx.store.own_words(practice.room)
    else:
        all_of = list(shipped(practice.language, practice.level))
        random.Random(f"{practice.room}|{practice.language}").shuffle(all_of)
    seen = {shown.word.key for shown in await ctx.store.shown(practice.room)}
    return [word for word in all_of if word.key not in seen]
