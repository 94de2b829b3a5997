"""The teacher's command: set the practice up, change it, look how it stands, pause, stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated

from zvonok_botkit import Answer, Ask, Option, Rest, Role, Say, Text, ntext, text
from zvonok_botkit.deadlines import read_deadline
from zvonok_core.errors import UserError
from zvonok_word_of_the_day.asking import Order, Source, Wish, read_order, read_wish
from zvonok_word_of_the_day.bringing import hand_on
from zvonok_word_of_the_day.days import moment, week_of
from zvonok_word_of_the_day.declared import LIST, Here, bot, lines, plan, students, today, words_left
from zvonok_word_of_the_day.languages import NAMES, language_of
from zvonok_word_of_the_day.practice import Practice, wished
from zvonok_word_of_the_day.rota import following
from zvonok_word_of_the_day.wording import LEVELS, LIST_WANTED, answered, joined, on, what, when

HOW = text(
    "On which days and when shall a word come, and which words? For example: weekdays at 8:30, English, intermediate. Or: Mon Wed Fri 9:00, students bring words. Or: my own list."
)
AGAIN = text("I don't understand “{words}”. {question}")
SAY_WHAT = text("Write it all again, please, for example: weekdays at 8:30, English, intermediate.")
WHICH: Mapping[str, Text] = {
    "wish": SAY_WHAT,
    "at": text("At what time?"),
    "language": text("Which language are the words in?"),
    "source": text("I have no list of my own in this language. Where shall the words come from?"),
    "level": text("Which level?"),
}
OPTIONS: Mapping[str, tuple[Option, ...]] = {
    "language": tuple(Option(NAMES[code], name) for code, name in (("en", "английский"), ("ru", "русский"), ("de", "немецкий"), ("fr", "французский"), ("und", "другой"))),
    "source": (
        Option(text("students bring them in turn"), "приносят ученики"),
        Option(text("from your own list"), "свой список"),
    ),
    "level": tuple(Option(LEVELS[level], f"уровень {level}") for level in LEVELS),
}  # fmt: skip
QUIET = text(
    "At {time} there are quiet hours: from {begin} to {end} I write to nobody. At what time shall the word come?"
)
NONE_HERE = text("There is no word of the day in this chat yet. {how}", how=HOW)
STOPPED = text("The word of the day is over. Thank you all for the words!")
SHOWN = 3
"""So many of those who come next are named."""
UNTIL_WHEN = text("Until which day? For example: !word-of-the-day pause until January 12")


@bot.command("word-of-the-day", "слово-дня", "word of the day", "слово дня", role=Role.TEACHER, direct=False)
async def word_of_the_day(
    ctx: Here,
    wish: Annotated[Rest, HOW] = Rest(),
    at: str = "",
    language: str = "",
    source: str = "",
    level: str = "",
) -> Answer:
    """Have a word come every day, or see how it stands: `!word-of-the-day weekdays at 8:30, English, intermediate`. Also: `pause until January 12`, `resume`, `stop`, `my own list`, `students bring words`"""
    before = await ctx.store.practice(ctx.room)
    if order := read_order(wish):
        if before is None:
            raise UserError(NONE_HERE)
        return await _ordered(ctx, before, *order)
    if not wish.strip():
        if before is None:
            raise ctx.ask("wish", HOW)
        return Say(await state(ctx, before, await plan(ctx, before)))
    given = {"wish": str(wish), "at": at, "language": language, "source": source, "level": level}
    said = _read(given)
    managed = (await ctx.rooms.view(ctx.room)).managed
    guess = language_of(managed.name) if managed else None
    practice = wished(ctx.room, ctx.asker.user, said, before, guess)
    if isinstance(practice, str):
        raise ctx.ask(practice, WHICH[practice], OPTIONS[practice], known=_known(given, practice))
    due = moment(today(ctx), practice.at, ctx.zone)
    if ctx.quiet.over(due, ctx.zone):
        clock = {
            name: f"{one.hour}:{one.minute:02}"
            for name, one in (("time", practice.at), ("begin", ctx.quiet.begin), ("end", ctx.quiet.end))
        }
        raise ctx.ask("at", text(QUIET.source, **clock), known=_known(given, "at"))
    return await _set_up(ctx, practice)


def _known(given: Mapping[str, str], but: str) -> dict[str, str]:
    return {name: words for name, words in given.items() if words and name != but}


def _read(given: Mapping[str, str]) -> Wish:
    """All that was said; the answers to questions count more than what came first. Raises Ask
    where something is not understood."""
    found = Wish()
    for name, words in given.items():
        wish = read_wish(f"в {words}" if name == "at" and words else words)
        if wish.unknown or (words and wish.empty):
            message = text(AGAIN.source, words=wish.unknown or words, question=WHICH[name])
            options = OPTIONS.get(name, ())
            raise Ask(message, options, name, strange=True, known=_known(given, name))
        found = wish.over(found)
    return found


async def _set_up(ctx: Here, practice: Practice) -> Answer:
    turn = await ctx.store.turns.current(ctx.room)
    if turn and practice.source is not Source.ROTA:
        await ctx.store.turns.close(turn)
    await ctx.store.keep(practice)
    begins = practice.source is Source.ROTA and turn is None
    # Whoever brings the first word has the evening for it.
    day = await plan(ctx, practice, today(ctx) if begins else None)
    if turn and day:
        await ctx.store.turns.move(turn, day)
    handed = await hand_on(ctx, practice, day) if begins and day else []
    said = await state(ctx, practice, day)
    if practice.wanted:
        return Say(lines(ctx, said, LIST_WANTED), key=f"{LIST}{ctx.room}")
    return [Say(said), *handed]


async def _ordered(ctx: Here, practice: Practice, order: Order, rest: str) -> Answer:
    if order is Order.STOP:
        await ctx.store.stop(ctx.room)
        return Say(STOPPED)
    if order is Order.RESUME:
        return await _set_up(ctx, replace(practice, paused=False, resumes=None))
    until = read_deadline(rest, ctx.now, ctx.zone) if rest else None
    if rest and until is None:
        raise UserError(UNTIL_WHEN)
    changed = replace(practice, paused=True, resumes=until.astimezone(ctx.zone).date() if until else None)
    await ctx.store.keep(changed)
    day, turn = await plan(ctx, changed), await ctx.store.turns.current(ctx.room)
    if turn and day:
        await ctx.store.turns.move(turn, day)
    return Say(await state(ctx, changed, day))


async def state(ctx: Here, practice: Practice, day: date | None) -> str:
    """How the practice stands; the next word comes on `day`."""
    head = text(
        "📖 Word of the day: {when}; {what}.", when=when(practice.days, practice.at), what=what(practice)
    )
    source = _rota if practice.source is Source.ROTA else _list
    return lines(ctx, head, _next(ctx, practice, day), *(await source(ctx, practice)), await _this_week(ctx))


def _next(ctx: Here, practice: Practice, day: date | None) -> Text:
    if day is None and practice.paused:
        return text("It is paused. To go on: !word-of-the-day resume")
    if day is None:
        return text("I see no day for it in the months to come: please look at the days and the holidays.")
    shown = on(day, today(ctx), ctx.language)
    if practice.paused:
        return text("It is paused; the next word comes {day}.", day=shown)
    return text("The next word comes {day}.", day=shown)


async def _rota(ctx: Here, practice: Practice) -> list[Text | str]:
    turn = await ctx.store.turns.current(ctx.room)
    if turn is None:
        return []
    names = {member.person.user: member.person.short for member in await students(ctx)}
    last = await ctx.store.turns.last(ctx.room)
    after = following([user for user in names if user != turn.student], last, SHOWN)
    first = text("It is brought by {name}.", name=names.get(turn.student, "…"))
    brought = text("It is brought by {name}, and is here already.", name=names.get(turn.student, "…"))
    return [
        brought if turn.ready else first,
        text("Then come {names}.", names=joined([names[user] for user in after])) if after else "",
    ]


async def _list(ctx: Here, practice: Practice) -> list[Text | str]:
    left = len(await words_left(ctx, practice))
    if left:
        return [ntext("{n} word is still to come.", "{n} words are still to come.", left)]
    return [
        text("I am waiting for your list.")
        if practice.wanted
        else text("All words of the list have been here.")
    ]


async def _this_week(ctx: Here) -> Text | str:
    day = today(ctx)
    shown = await ctx.store.shown(ctx.room, week_of(day))
    if not shown:
        return ""
    replies = await ctx.store.answers.between(ctx.room, shown[0].day, shown[-1].day)
    took_part = {member.person.user for member in await students(ctx)} & {reply.student for reply in replies}
    return text(
        "This week: {words}, {people}.",
        words=ntext("{n} word", "{n} words", len(shown)),
        people=answered(len(took_part)),
    )
