"""A teacher sets topics."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from zvonok_botkit import Answer, Rest, Role, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.incoming import PREFIX
from zvonok_core.commands import recognise
from zvonok_core.errors import TemporaryError, UserError
from zvonok_core.people import plain
from zvonok_creative_homework.declared import LIST, Homework, bot, list_of, refreshed, students
from zvonok_creative_homework.round import (
    LONGEST,
    LONGEST_TITLE,
    LONGEST_TOPIC,
    MOST_TOPICS,
    SHORTEST,
    Round,
    enough,
)
from zvonok_creative_homework.setting import Wanted, read_wanted, with_title
from zvonok_creative_homework.terms import Terms, read_terms

COMMAND = "creative homework"
SECONDS = 60
"""The longest answer, where the teacher says nothing of it."""
LOOK_EVERY = timedelta(hours=1)
REMIND_BEFORE = timedelta(days=1)
WHAT = text("Which topics shall there be? Put each on a line of its own, or separate them with “;”.")
MORE = text(
    "There must be two topics at least. Put each on a line of its own, or separate them with “;”, and write them all again."
)
_NEVER = frozenset({"нет", "без", "никогда", "неважно", "не важно", "no", "never", "none"})
WHEN = text("Until when? For example: until Friday 18:00. Or answer: no deadline.")


@bot.command(COMMAND, "творческое задание", "творческое", role=Role.TEACHER, direct=False)
async def creative_homework(
    ctx: Homework, topics: Annotated[Rest, WHAT], deadline: Annotated[Rest, WHEN] = Rest()
) -> Answer:
    """Set topics; each student takes one and tells of it in a minute of voice or video: `!creative homework Rainbow; Lightning; Echo (until Friday 18:00, two per topic)`"""
    other = await ctx.store.running(ctx.room)
    if other is not None:
        raise UserError(text("One creative homework is running here already. Finish it first: “!finish”."))
    words = _titled(ctx, ctx.words, str(topics))
    wanted = read_wanted(words, ctx.now, ctx.zone)
    if len(wanted.topics) < 2:
        raise ctx.ask("topics", MORE if wanted.topics else WHAT)
    _check(wanted)
    if deadline:
        wanted = replace(wanted, terms=wanted.terms | _until(ctx, str(deadline)))
    if wanted.terms.closes is None and not wanted.terms.open:
        raise ctx.ask("deadline", WHEN, known={"topics": words})
    if wanted.terms.closes and wanted.terms.closes <= ctx.now:
        raise ctx.ask(
            "deadline", text("That moment has passed already. Until when then?"), known={"topics": words}
        )
    new = await _round(ctx, wanted, secrets.token_hex(8))
    await ctx.store.add(new, ctx.event.id)
    await keep_time(ctx, new)
    await ctx.schedule("look_again", ctx.now + LOOK_EVERY, key=new.id, round=new.id)
    words = await list_of(ctx, new)
    await ctx.store.show(new.id, words)
    return [Say(words, key=f"{LIST}{new.id}"), *await _note(ctx, new)]


@bot.job(quiet="ignore")
async def look_again(ctx: Homework, round: str) -> Answer:
    """Somebody may have left the class, or come into it, and nobody is told of that. Edits
    notify nobody."""
    of = await ctx.store.round(round)
    if of is None or of.ended:
        return None
    await ctx.schedule("look_again", ctx.now + LOOK_EVERY, key=of.id, round=of.id)
    try:
        return await refreshed(ctx, of)
    except TemporaryError:  # the directory is away; the next time will do
        return None


async def set_anew(ctx: Homework, of: Round, written: str) -> Answer:
    """The teacher has mended the message that set the topics. None where that would take away
    a topic that somebody has, or makes no sense."""
    found = recognise([rule.command for rule in bot.commands], written.removeprefix(PREFIX).strip())
    if found is None or COMMAND not in found[0].names:
        return None
    wanted = read_wanted(_titled(ctx, written, found[1]), ctx.now, ctx.zone)
    taken = max((await ctx.store.picks(of.id)).values(), default=0)
    if len(wanted.topics) < max(2, taken):
        return None
    try:
        _check(wanted)
    except UserError:
        return None
    terms = wanted.terms
    new = replace(
        of,
        title=wanted.title,
        topics=wanted.topics,
        times=terms.times or of.times,
        seconds=terms.seconds or of.seconds,
        closes=terms.closes or (None if terms.open else of.closes),
    )
    await ctx.store.change(new)
    await keep_time(ctx, new)
    return await refreshed(ctx, new)


async def keep_time(ctx: Homework, of: Round) -> None:
    """Have people reminded, the teacher told of the end, and all of it forgotten one day."""
    for job in ("remind", "time_is_up"):
        await ctx.cancel(job, of.id)
    if of.closes:
        if due := reminder(ctx.now, of.closes):
            await ctx.schedule("remind", due, key=of.id, round=of.id)
        await ctx.schedule("time_is_up", of.closes, key=of.id, round=of.id)
    await forget_later(ctx, of)


async def forget_later(ctx: Homework, of: Round) -> None:
    """Remember it for as long as the settings say, from now on."""
    due = ctx.now + timedelta(days=ctx.settings.keep_days)
    await ctx.schedule("forget", due, key=of.id, round=of.id)


def reminder(now: datetime, closes: datetime) -> datetime | None:
    """When to remind people: a day before; halfway where there are less than two days; never
    where there are but two hours."""
    left = closes - now
    if left > 2 * REMIND_BEFORE:
        return closes - REMIND_BEFORE
    return now + left / 2 if left > timedelta(hours=2) else None


def _titled(ctx: Homework, written: str, topics: str) -> str:
    """The topics of a message. What stands beside the command, with topics below it, is marked
    as their title."""
    first, command = topics.partition("\n")[0], written.partition("\n")[0]
    inline = bool(first) and command != first and command.endswith(first)
    return with_title(topics, ctx.now, ctx.zone) if inline else topics


def _until(ctx: Homework, answer: str) -> Terms:
    """What somebody answers when they are asked until when: «в пятницу» will do."""
    if plain(answer).strip(" .!") in _NEVER:
        return Terms(open=True)
    day = re.sub(r"^(?:во?|on)\s", "", answer.strip(), flags=re.IGNORECASE)
    for words in (answer, f"до {day}", f"until {day}"):
        if (said := read_terms(words, ctx.now, ctx.zone)) is not None:
            return said
    return Terms()


def _check(wanted: Wanted) -> None:
    """Raises UserError for what can't be, and says what could."""
    if len(wanted.topics) > MOST_TOPICS:
        raise UserError(text("There may be {most} topics at most.", most=MOST_TOPICS))
    if len(wanted.title) > LONGEST_TITLE or any(len(topic) > LONGEST_TOPIC for topic in wanted.topics):
        raise UserError(
            text(
                "That is too long to be read on a phone: a title has {title} letters at most, a topic {topic}.",
                title=LONGEST_TITLE,
                topic=LONGEST_TOPIC,
            )
        )
    if wanted.terms.seconds is not None and not SHORTEST <= wanted.terms.seconds <= LONGEST:
        raise UserError(
            text(
                "A story may be limited to anything from {least} to {most} seconds.",
                least=SHORTEST,
                most=LONGEST,
            )
        )


async def _round(ctx: Homework, wanted: Wanted, id: str) -> Round:
    people = await students(ctx, ctx.room)
    if not people:
        raise UserError(text("There are no students in this chat who could choose a topic."))
    terms = wanted.terms
    return Round(
        id=id,
        room=ctx.room,
        teacher=ctx.asker.user,
        title=wanted.title,
        topics=wanted.topics,
        times=terms.times or enough(len(wanted.topics), len(people)),
        seconds=terms.seconds or SECONDS,
        closes=terms.closes,
    )


async def _note(ctx: Homework, new: Round) -> list[Outgoing]:
    """To the teacher alone: that there are fewer places than students."""
    people, places = len(await students(ctx, new.room)), len(new.topics) * new.times
    if places >= people:
        return []
    words = text(
        "There are {people} students and only {places} places for topics. To give everybody one, mend your message: "
        "add topics, or let more take each, such as “two per topic”.",
        people=people,
        places=places,
    )
    return [Say(words, to=ctx.asker.user)]
