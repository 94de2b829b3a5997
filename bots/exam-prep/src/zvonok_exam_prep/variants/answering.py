"""What a student says who does a variant, and what comes of it: nobody is told here whether
an answer is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from zvonok_botkit import Answer, Say, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_exam_prep import typed
from zvonok_exam_prep.checking import Mark, Unclear, Written, check
from zvonok_exam_prep.declared import Exams, claims, hears, voice
from zvonok_exam_prep.items import Item, Open
from zvonok_exam_prep.training import controls
from zvonok_exam_prep.training.answering import FEWEST_WORDS
from zvonok_exam_prep.variants import wording
from zvonok_exam_prep.variants.beginning import PART, item_at, keep, show
from zvonok_exam_prep.variants.moves import Move, read_move
from zvonok_exam_prep.variants.variant import Attempt, Given, Stage, State, Variant
from zvonok_exam_prep.variants.watching import show_soon

PAUSE, LONG_PAUSE = timedelta(hours=2), timedelta(hours=24)
"""After which plain words are no answer any more; to a task that takes long to answer."""
LONGEST = 20_000
"""Letters of an open answer: an essay is shorter."""


@hears(PART)
async def heard(ctx: Exams) -> Answer:
    """See `Bot.on_other_words`."""
    store, user = ctx.store.variants, ctx.asker.user
    attempt = await ctx.store.sheets.latest(user)
    variant = await store.variant(attempt.variant) if attempt else None
    if attempt is None or variant is None or variant.state is not State.OPEN:
        return None
    ends = variant.ends(attempt.begun)
    if ctx.event.at >= milliseconds(ends):
        return None if attempt.handed_in else await time_is_up(ctx, variant, attempt)
    item = await item_at(ctx, attempt, attempt.place)
    if attempt.stage is Stage.PAUSED or (variant.minutes is None and _long_ago(ctx, attempt, item)):
        return await _after_a_pause(ctx, variant, attempt)
    if attempt.stage is Stage.SURE:
        if controls.goes_on(ctx.words):
            return await hand_in(ctx, variant, attempt)
        if controls.declines(ctx.words) and read_move(ctx.words) is None:
            return await show(ctx, variant, attempt, attempt.place)
    return await _said(ctx, variant, attempt, item)


@claims(PART)
async def meant_here(ctx: Exams) -> bool:
    """Words that are also a command are meant here where they are a move, the right answer, or as
    many as an open answer has."""
    attempt = await ctx.store.sheets.latest(ctx.asker.user)
    if attempt is None or attempt.handed_in:
        return False
    if isinstance(read_move(ctx.words), Move):
        return True
    item = await item_at(ctx, attempt, attempt.place)
    if isinstance(item.asks, Open):
        return len(ctx.words.split()) >= FEWEST_WORDS
    return controls.is_right(item, ctx.words)


def _long_ago(ctx: Exams, attempt: Attempt, item: Item) -> bool:
    patience = LONG_PAUSE if isinstance(item.asks, Open) else PAUSE
    return ctx.event.at - milliseconds(attempt.heard) > patience // timedelta(milliseconds=1)


async def _after_a_pause(ctx: Exams, variant: Variant, attempt: Attempt) -> Answer:
    if controls.goes_on(ctx.words) or isinstance(read_move(ctx.words), int):
        place = attempt.place
        if isinstance(wanted := read_move(ctx.words), int) and 1 <= wanted <= len(attempt.sheet):
            place = wanted - 1
        return await show(ctx, variant, attempt, place)
    if controls.declines(ctx.words):
        return await later(ctx, variant, attempt)
    if attempt.stage is Stage.PAUSED:  # asked once, and that was no answer: it is not about the variant
        return None
    await keep(ctx, replace(attempt, stage=Stage.PAUSED))
    return text(
        "We stopped in the middle of a variant: {title}. Shall we go on? “Yes”, or “later”.",
        title=variant.title,
    )


async def _said(ctx: Exams, variant: Variant, attempt: Attempt, item: Item) -> Answer:
    asked = attempt.stage is Stage.ASKED
    move = None if asked and controls.is_right(item, ctx.words) else read_move(ctx.words)
    if move is None and asked and typed.gives_up(ctx.words) and not controls.is_right(item, ctx.words):
        move = Move.SKIP
    match move:
        case int():
            return await _to(ctx, variant, attempt, move - 1)
        case Move.BACK:
            return await _to(ctx, variant, attempt, attempt.place - 1 if asked else attempt.place)
        case Move.SKIP:
            return await _next(ctx, variant, attempt)
        case Move.LIST:
            return await _list(ctx, variant, attempt)
        case Move.HAND_IN:
            return await _ask_to_hand_in(ctx, variant, attempt)
        case Move.LATER:
            return await later(ctx, variant, attempt)
        case Move.HELP:
            await keep(ctx, attempt)
            return wording.NO_HELP
    if not asked:
        await keep(ctx, replace(attempt, stage=Stage.LOOKING))
        return text("To change an answer, write its number: “task 3”. To hand in, write “hand in”.")
    return await _answer(ctx, variant, attempt, item)


async def _answer(ctx: Exams, variant: Variant, attempt: Attempt, item: Item) -> Answer:
    if controls.is_talk(item, ctx.words):
        await keep(ctx, attempt)
        waits = text("I am waiting for the answer to task {n}.", n=attempt.place + 1)
        return Say(f"{ctx.say(waits)} {ctx.say(wording.MOVES)}")
    outcome = check(item, ctx.words)
    words = ctx.words.strip()
    if isinstance(outcome, Written) and len(words) > LONGEST:
        outcome = Unclear(text("That is too long for an answer to this task."))
    match outcome:
        case Unclear(ask):
            await keep(ctx, attempt)
            return ask
        case Mark() as mark:
            given = Given(attempt.place, words, mark.given, mark.points)
        case Written():
            given = Given(attempt.place, words)
    await ctx.store.sheets.answer(variant.id, attempt.user, given)
    await show_soon(ctx, variant)
    noted = text("Noted: {words}.", words=wording.shortened(words).rstrip("."))
    if attempt.handed_in:  # its time was up while it was on its way
        return noted
    return wording.after(ctx.say(noted), await _next(ctx, variant, attempt), voice(ctx))


async def _to(ctx: Exams, variant: Variant, attempt: Attempt, place: int) -> Answer:
    if 0 <= place < len(attempt.sheet):
        return await show(ctx, variant, attempt, place)
    await keep(ctx, attempt)
    if place < 0:
        return wording.FIRST
    return text("The tasks have the numbers 1 to {last}.", last=len(attempt.sheet))


async def _next(ctx: Exams, variant: Variant, attempt: Attempt) -> list[Outgoing]:
    """The next task without an answer, or what there is to do when there is none."""
    answers = await ctx.store.sheets.answers(variant.id, attempt.user)
    left = wording.open_places(len(attempt.sheet), answers)
    following = [place for place in left if place > attempt.place] or [
        place for place in left if place != attempt.place
    ]
    if following:
        return await show(ctx, variant, attempt, following[0])
    if left:  # only this one
        await keep(ctx, replace(attempt, stage=Stage.LOOKING))
        last = text(
            "Only task {n} has no answer. To come back to it, write “task {n}”; to hand in without it, “hand in”.",
            n=attempt.place + 1,
        )
        return [Say(last)]
    await keep(ctx, replace(attempt, stage=Stage.LOOKING))
    listed = wording.listed(len(attempt.sheet), answers)
    return [
        Say(
            text(
                "All tasks have an answer:\n{listed}\nTo change one, write its number: “task 3”. When you are ready, write “hand in”.",
                listed=listed,
            )
        )
    ]


async def _list(ctx: Exams, variant: Variant, attempt: Attempt) -> Answer:
    await keep(ctx, attempt)
    answers = await ctx.store.sheets.answers(variant.id, attempt.user)
    return text(
        "Your answers:\n{listed}\nTo go to a task, write its number: “task 3”.",
        listed=wording.listed(len(attempt.sheet), answers),
    )


async def _ask_to_hand_in(ctx: Exams, variant: Variant, attempt: Attempt) -> Answer:
    answers = await ctx.store.sheets.answers(variant.id, attempt.user)
    left = wording.open_places(len(attempt.sheet), answers)
    if not left:
        return await hand_in(ctx, variant, attempt)
    await keep(ctx, replace(attempt, stage=Stage.SURE))
    return ntext(
        "Task {numbers} has no answer. Hand in nevertheless? “Yes” or “no”.",
        "Tasks {numbers} have no answer. Hand in nevertheless? “Yes” or “no”.",
        len(left),
        numbers=wording.numbers(left),
    )


async def hand_in(ctx: Exams, variant: Variant, attempt: Attempt) -> Answer:
    """The student is done."""
    await ctx.store.sheets.keep(replace(attempt, heard=ctx.now, handed_in=ctx.now))
    await ctx.store.take_floor(attempt.user, "")
    key = f"{variant.id}|{attempt.user}"
    await ctx.cancel("five_minutes_left", key)
    await ctx.cancel("time_is_up", key)
    await show_soon(ctx, variant)
    return text(
        "Handed in, thank you! I'll send you your points and the explanations when everybody is done: {when}.",
        when=wording.until(variant.closes, ctx.now, ctx.zone, ctx.language),
    )


async def later(ctx: Exams, variant: Variant, attempt: Attempt) -> Answer:
    """The student comes back another time."""
    await ctx.store.sheets.keep(replace(attempt, heard=ctx.now, stage=Stage.ASKED))
    await ctx.store.take_floor(attempt.user, "")
    ends = wording.until(variant.ends(attempt.begun), ctx.now, ctx.zone, ctx.language)
    if variant.minutes:
        return text("All right, your answers are kept. But the clock goes on: until {when}. To come back, write “begin”.", when=ends)  # fmt: skip
    return text("All right, your answers are kept. To come back, write “begin”, until {when}.", when=ends)


async def time_is_up(ctx: Exams, variant: Variant, attempt: Attempt) -> Answer:
    """Hand in what there is."""
    await ctx.store.sheets.keep(replace(attempt, handed_in=variant.ends(attempt.begun)))
    await show_soon(ctx, variant)
    answers = await ctx.store.sheets.answers(variant.id, attempt.user)
    done = ntext("{n} answer of {of}", "{n} answers of {of}", len(answers), of=len(attempt.sheet))
    when = wording.until(variant.closes, ctx.now, ctx.zone, ctx.language)
    if variant.closes > ctx.now:
        return text("The time is up. What there is is handed in: {done}. I'll send you your points and the explanations when everybody is done: {when}.", done=done, when=when)  # fmt: skip
    return text("The time is up. What there is is handed in: {done}. I'll send you your points and the explanations soon.", done=done)  # fmt: skip
