"""`!проверить`: a teacher marks open answers by criteria, one after another, in the direct chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from zvonok_botkit import Answer, Option, React, Rest, Role, Say, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.ids import UserId
from zvonok_core.people import plain
from zvonok_exam_prep import typed
from zvonok_exam_prep.checking import Unclear, read_points
from zvonok_exam_prep.declared import Exams, bot, claims, hears, voice
from zvonok_exam_prep.items import Criterion, Item, Open
from zvonok_exam_prep.presenting import of_points, to
from zvonok_exam_prep.spelling import spelt
from zvonok_exam_prep.training import controls
from zvonok_exam_prep.training.answering import FEWEST_WORDS
from zvonok_exam_prep.training.controls import Control
from zvonok_exam_prep.variants import explaining, wording
from zvonok_exam_prep.variants.company import in_charge, meant
from zvonok_exam_prep.variants.moves import read_names
from zvonok_exam_prep.variants.results import unmarked
from zvonok_exam_prep.variants.variant import Marking, State, Variant
from zvonok_exam_prep.variants.watching import show_soon, standing

PART = "marking"
CRITERION, COMMENT = "criterion", "comment"
"""What the keys of its messages begin with: the rest is variant|student|place|number."""
KEYCAPS = tuple(f"{figure}\ufe0f\u20e3" for figure in range(10))
MOST_TAPS = 5
"""Levels that have an emoji each to be tapped; more are typed."""
NO_COMMENT = "➡️"
LONGEST_COMMENT = 2_000
PATIENCE = timedelta(minutes=2)
"""A mark may be changed so long before the student is told."""
BACK = frozenset({"назад", "обратно", "back"})
YES, NO = frozenset({"да", "yes"}), frozenset({"", "-", "нет", "не надо", "no"})
"""Answers to the question whether there is a comment; «хорошо» is one."""
SKIP = frozenset({"пропустить", "пропусти", "пропуск", "skip"})
ALL_DONE = text("All is marked, thank you! I'll tell each student alone.")
ALL_DONE_EARLY = text(
    "All that is handed in is marked, thank you! The students get their points after the deadline."
)
HOW_TO_MARK = text("Tap the points, or write them.")
HOW_TO_MARK_ALL = text(
    "Tap the points, or write them: for this criterion, or for all of them in turn. You can also write: skip, back, enough."
)
NOTHING = text("There is nothing to mark just now.")
HOW = text("Shall I show whose answer it is?")


@bot.command("mark", "проверить", role=Role.TEACHER)
async def mark(ctx: Exams, how: Annotated[Rest, HOW] = Rest(), which: str = "") -> Answer:
    """Mark the open answers of a variant, with names or without, in our direct chat: `!mark`"""
    variant = await meant(ctx, which, fits=_has_unmarked, none=NOTHING)
    names = read_names(how)
    if names is None:
        options = [Option(text("Without names"), "без имён"), Option(text("With names"), "с именами")]
        raise ctx.ask("how", HOW, options, known={"which": variant.id})
    shown = await _next(ctx, variant, Marking(variant.id, names, ctx.asker.user, 0))
    if ctx.direct:
        return shown
    ctx.post(to(ctx.asker.user, shown))
    return wording.ALONE


async def _has_unmarked(ctx: Exams, variant: Variant) -> bool:
    return bool(unmarked(await standing(ctx, variant)))


@hears(PART)
async def heard(ctx: Exams) -> Answer:
    """See `Bot.on_other_words`."""
    known = await _known(ctx, ctx.asker.user)
    if known is None:
        return None
    variant, marking, item = known
    said = plain(ctx.words).strip(" .!")
    if said in BACK:
        return await _back(ctx, variant, marking)
    if said in SKIP:
        passed = replace(marking, skipped=(*marking.skipped, (marking.user, marking.place)))
        return await _next(ctx, variant, passed)
    if controls.read_control(ctx.words) is Control.STOP:
        await ctx.store.take_floor(ctx.asker.user, "")
        return text("All right. To go on, write “!mark”.")
    asks = _asks(item)
    if len(marking.marks) == len(asks.criteria):
        if said in YES:
            return text("What shall I tell the student?")
        none = said in NO or controls.read_control(ctx.words) is Control.NEXT
        comment = "" if none else ctx.words.strip()[:LONGEST_COMMENT]
        return await _done(ctx, variant, marking, item, comment)
    given = _points(asks.criteria[len(marking.marks) :], asks, ctx.words)
    if isinstance(given, Unclear):
        return given.ask
    return await _marked(ctx, variant, replace(marking, marks=(*marking.marks, *given)), item)


@claims(PART)
async def meant_here(ctx: Exams) -> bool:
    """A comment may begin as a command does."""
    known = await _known(ctx, ctx.asker.user)
    if known is None or len(ctx.words.split()) < FEWEST_WORDS:
        return False
    _, marking, item = known
    return len(marking.marks) == len(_asks(item).criteria)


@bot.on("m.reaction")
async def tapped(ctx: Exams) -> Answer:
    """Points by a tap: for the answer that the teacher is at."""
    what, _, rest = ctx.about.partition(":")
    known = await _known(ctx, ctx.asker.user) if what in (CRITERION, COMMENT) else None
    if known is None:
        return None
    variant, marking, item = known
    of, user, place, number = rest.split("|")
    if (of, user, place) != (variant.id, marking.user, str(marking.place)):
        return None
    await ctx.store.take_floor(ctx.asker.user, PART)
    asks = _asks(item)
    if what == COMMENT:
        whole = len(marking.marks) == len(asks.criteria)
        return await _done(ctx, variant, marking, item, "") if whole and ctx.emoji == NO_COMMENT else None
    points = KEYCAPS.index(ctx.emoji) if ctx.emoji in KEYCAPS else -1
    at = int(number)
    if not 0 <= points <= asks.criteria[at].points or at > len(marking.marks):
        return None
    if at < len(marking.marks):  # they have changed their mind
        marks = (*marking.marks[:at], points, *marking.marks[at + 1 :])
        await ctx.store.sheets.mark_on(ctx.asker.user, replace(marking, marks=marks))
        return None
    return await _marked(ctx, variant, replace(marking, marks=(*marking.marks, points)), item)


async def _known(ctx: Exams, teacher: UserId) -> tuple[Variant, Marking, Item] | None:
    """What a teacher is at, as long as it is their business."""
    marking = await ctx.store.sheets.marking(teacher)
    variant = await ctx.store.variants.variant(marking.variant) if marking else None
    if marking is None or variant is None or not await in_charge(ctx, variant):
        return None
    attempt = await ctx.store.sheets.attempt(variant.id, marking.user)
    if attempt is None:
        return None
    position = attempt.sheet[marking.place].position
    return variant, marking, await ctx.store.variants.item(variant.id, position)


async def _next(ctx: Exams, variant: Variant, marking: Marking) -> list[Outgoing]:
    """The next answer that nobody has marked."""
    left = unmarked(await standing(ctx, variant))
    fresh = [one for one in left if one not in marking.skipped]
    if not left:
        await ctx.store.take_floor(ctx.asker.user, "")
        return [Say(ALL_DONE if variant.state is State.OVER else ALL_DONE_EARLY)]
    if not fresh:
        marking, fresh = replace(marking, skipped=()), left
    user, place = fresh[0]
    return await _show(ctx, variant, replace(marking, user=user, place=place, marks=()), len(left))


async def _show(ctx: Exams, variant: Variant, marking: Marking, left: int) -> list[Outgoing]:
    teacher, sheets = ctx.asker.user, ctx.store.sheets
    attempt = await sheets.attempt(variant.id, marking.user)
    given = (await sheets.answers(variant.id, marking.user)).get(marking.place)
    assert attempt is not None
    assert given is not None
    item = await ctx.store.variants.item(variant.id, attempt.sheet[marking.place].position)
    await sheets.mark_on(teacher, marking)
    await ctx.store.take_floor(teacher, PART)
    head = [ctx.say(ntext("{n} answer to be marked.", "{n} answers to be marked.", left))] if left else []
    if marking.names:
        people = [member.person for member in await ctx.members(variant.room)]
        head += [person.short for person in people if person.user == marking.user]
    head.append(wording.shortened(spelt(item.question), explaining.LONGEST_QUESTION))
    answer = Say("\n".join([*head, "", given.words]))
    return [answer, *_criterion(ctx, marking, _asks(item))]


def _criterion(ctx: Exams, marking: Marking, asks: Open) -> list[Outgoing]:
    """What to give points for, with an emoji for each number of them."""
    number = len(marking.marks)
    one = asks.criteria[number]
    lines = [spelt(one.name), *(f"{points} — {spelt(level)}" for points, level in enumerate(one.levels))]
    if number == 0:
        lines += ["", ctx.say(HOW_TO_MARK if len(asks.criteria) == 1 else HOW_TO_MARK_ALL)]
    key = f"{CRITERION}:{_key(marking)}|{number}"
    taps = [React(KEYCAPS[points], about=key) for points in range(one.points + 1)]
    return [Say("\n".join(lines), key=key), *(taps if len(taps) <= MOST_TAPS else [])]


async def _marked(ctx: Exams, variant: Variant, marking: Marking, item: Item) -> list[Outgoing]:
    """The next criterion, or the comment."""
    asks = _asks(item)
    await ctx.store.sheets.mark_on(ctx.asker.user, marking)
    await ctx.store.take_floor(ctx.asker.user, PART)
    if len(marking.marks) < len(asks.criteria):
        return _criterion(ctx, marking, asks)
    total = of_points(sum(marking.marks), item.points)
    ask = text("{points}. A comment for the student? Write it, or “next”.", points=total)
    key = f"{COMMENT}:{_key(marking)}|"
    return [Say(ask, key=key), React(NO_COMMENT, about=key)]


async def _done(ctx: Exams, variant: Variant, marking: Marking, item: Item, comment: str) -> list[Outgoing]:
    sheets = ctx.store.sheets
    given = (await sheets.answers(variant.id, marking.user)).get(marking.place)
    assert given is not None
    points, user = sum(marking.marks), marking.user
    await sheets.answer(variant.id, user, replace(given, points=points, marks=marking.marks, comment=comment))
    await show_soon(ctx, variant)
    if variant.state is State.OVER:
        due, data = ctx.now + PATIENCE, {"variant": variant.id, "user": user}
        await ctx.schedule("tell_marks", due, key=f"{variant.id}|{user}", **data)
    return await _next(ctx, variant, replace(marking, before=(*marking.before, (user, marking.place))))


async def _back(ctx: Exams, variant: Variant, marking: Marking) -> list[Outgoing]:
    """To the first criterion, or to the answer before this one."""
    if marking.marks:
        return await _show(ctx, variant, replace(marking, marks=()), 0)
    if not marking.before:
        return [Say(wording.FIRST)]
    user, place = marking.before[-1]
    earlier = replace(marking, user=user, place=place, marks=(), before=marking.before[:-1])
    return await _show(ctx, variant, earlier, 0)


@bot.job()
async def tell_marks(ctx: Exams, variant: str, user: str) -> Answer:
    """Tell the student, once all that they have written is marked."""
    found = await ctx.store.variants.variant(variant)
    attempt = await ctx.store.sheets.attempt(variant, UserId(user)) if found else None
    if found is None or attempt is None:
        return None
    answers = await ctx.store.sheets.answers(variant, attempt.user)
    if any(given.points is None for given in answers.values()):
        return None
    items = await ctx.store.variants.items(variant)
    on_sheet = [items[placed.position] for placed in attempt.sheet]
    return [Say(words, to=attempt.user) for words in explaining.marked(found, on_sheet, answers, voice(ctx))]


def _points(criteria: tuple[Criterion, ...], asks: Open, words: str) -> tuple[int, ...] | Unclear:
    """The points for the next criterion, or for all that are left."""
    one = read_points(replace(asks, criteria=criteria[:1]), words)
    every = read_points(replace(asks, criteria=criteria), words)
    if len(typed.places(words, 10) or ()) == 1:
        return one
    return every


def _asks(item: Item) -> Open:
    assert isinstance(item.asks, Open)
    return item.asks


def _key(marking: Marking) -> str:
    return f"{marking.variant}|{marking.user}|{marking.place}"
