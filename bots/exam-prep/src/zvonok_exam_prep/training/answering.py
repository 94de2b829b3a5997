"""What a student says to the trainer, and what comes of it."""

from __future__ import annotations

from dataclasses import replace

from zvonok_botkit import Answer, Say, Text, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_exam_prep import repetition, typed
from zvonok_exam_prep.checking import Mark, Unclear, Written, check, mark_open, read_points
from zvonok_exam_prep.declared import Exams, claims, hears, voice
from zvonok_exam_prep.items import Item, Open
from zvonok_exam_prep.presenting import of_points
from zvonok_exam_prep.training import controls, wording
from zvonok_exam_prep.training.controls import Control
from zvonok_exam_prep.training.going import PART, keep, next_task, show_again, stop
from zvonok_exam_prep.training.starting import go_on_choosing
from zvonok_exam_prep.training.store import Answered, Session, Stage

PAUSE, LONG_PAUSE = 2 * 3_600_000, 24 * 3_600_000
"""Milliseconds after which plain words are no answer any more; for one that takes long to write."""
FEWEST_WORDS = 5
"""Of an open answer that begins as a command does."""
GO_ON = text("We stopped in the middle of a task. Shall we go on? “Yes”, or “enough”.")
WAITS = text("I am waiting for the answer to the task. You can also write: hint, answer, next, enough.")
DONE = text("This task is done already. Next, or enough?")
GONE = text("The teacher has taken this task back.")


@hears(PART)
async def heard(ctx: Exams) -> Answer:
    """See `Bot.on_other_words`."""
    session = await ctx.store.training.session(ctx.asker.user)
    if session is None or session.stage is Stage.OVER:
        return None
    words = ctx.words
    item = await ctx.store.tasks.item(session.item) if session.item else None
    late = milliseconds(ctx.now) - session.heard_at > _patience(item)
    if session.paused or late:
        return await _after_a_pause(ctx, session, words)
    if session.stage is Stage.CHOOSING:
        return await go_on_choosing(ctx, session, words)
    if session.item and item is None:
        return [Say(GONE), *(await next_task(ctx, session))]
    if item is None or session.stage is Stage.TOLD:
        return await _between(ctx, session, words)
    if session.stage is Stage.MARKING and isinstance(item.asks, Open):
        return await _marking(ctx, session, item, item.asks, words)
    return await _asked(ctx, session, item, words)


@claims(PART)
async def meant_here(ctx: Exams) -> bool:
    """Words that are also a command are meant as the answer where they are right, or are many,
    as an open answer has them; and «answer» is a word to the trainer."""
    session = await ctx.store.training.session(ctx.asker.user)
    if session is None or session.stage is Stage.OVER:
        return False
    if controls.read_control(ctx.words):
        return True
    item = await ctx.store.tasks.item(session.item) if session.item else None
    if item is None or session.stage is not Stage.ASKED:
        return False
    if isinstance(item.asks, Open):
        return len(ctx.words.split()) >= FEWEST_WORDS
    return controls.is_right(item, ctx.words)


def _patience(item: Item | None) -> int:
    return LONG_PAUSE if item and isinstance(item.asks, Open) else PAUSE


async def _after_a_pause(ctx: Exams, session: Session, words: str) -> Answer:
    if controls.declines(words):
        return await stop(ctx, session)
    if not controls.goes_on(words):
        if session.paused:  # asked once, and that was no answer: it is not about training
            return None
        await keep(ctx, replace(session, paused=True))
        return GO_ON
    if session.stage is Stage.CHOOSING:
        return await go_on_choosing(ctx, replace(session, paused=False), "")
    return await show_again(ctx, replace(session, paused=False))


async def _between(ctx: Exams, session: Session, words: str) -> Answer:
    """A task is done with, or there was none left."""
    if controls.declines(words):
        return await stop(ctx, session)
    if controls.goes_on(words):
        return await next_task(ctx, session, ahead=session.item is None)
    if session.item is None:
        return None
    await keep(ctx, session)
    return wording.NEXT if controls.is_chat(words) else DONE


async def _asked(ctx: Exams, session: Session, item: Item, words: str) -> Answer:
    control = controls.read_control(words) or (Control.ANSWER if typed.gives_up(words) else None)
    match None if controls.is_right(item, words) else control:
        case Control.STOP:
            return await stop(ctx, session)
        case Control.NEXT:
            return await next_task(ctx, session)
        case Control.HINT:
            await keep(ctx, replace(session, hints=min(session.hints + 1, len(item.hints))))
            return wording.hint(item, session.hints, voice(ctx))
        case Control.ANSWER:
            return await _give_up(ctx, session, item)
    if controls.is_talk(item, words):
        await keep(ctx, session)
        return WAITS
    match check(item, words):
        case Unclear(ask):
            await keep(ctx, session)
            return ask
        case Written() if isinstance(item.asks, Open):
            await keep(ctx, replace(session, stage=Stage.MARKING))
            return wording.criteria(item, item.asks, voice(ctx))
        case Mark() as mark:
            return await _judged(ctx, session, item, mark)
    return None


async def _judged(ctx: Exams, session: Session, item: Item, mark: Mark) -> Answer:
    first = session.tries == 0
    if first:
        await _record(ctx, session, item, mark)
    if not mark.right and first:
        await keep(ctx, replace(session, tries=1))
        return wording.not_yet(mark, voice(ctx))
    await keep(ctx, replace(session, stage=Stage.TOLD))
    if mark.right:
        return wording.right(item, mark, voice(ctx), first=first)
    return wording.told(item, voice(ctx), text("Not this time."))


async def _give_up(ctx: Exams, session: Session, item: Item) -> list[Outgoing]:
    if session.tries == 0:
        await _record(ctx, session, item, Mark(0, item.points, 1, ""))
    await keep(ctx, replace(session, stage=Stage.TOLD))
    return wording.told(item, voice(ctx))


async def _marking(ctx: Exams, session: Session, item: Item, asks: Open, words: str) -> Answer:
    match controls.read_control(words):
        case Control.STOP:
            return await stop(ctx, session)
        case Control.NEXT:
            return await next_task(ctx, session)
    given = read_points(asks, words)
    if isinstance(given, Unclear):
        await keep(ctx, session)
        return given.ask
    mark = mark_open(item, given)
    await _record(ctx, session, item, mark)
    await keep(ctx, replace(session, stage=Stage.TOLD))
    points: Text = text("Noted: {points}.", points=of_points(mark.points, mark.of))
    return wording.noted(item, points, voice(ctx))


async def _record(ctx: Exams, session: Session, item: Item, mark: Mark) -> None:
    """Only the first answer counts, as in an exam."""
    training, user, now = ctx.store.training, session.user, milliseconds(ctx.now)
    took = ctx.event.at - session.shown_at
    answer = Answered(
        item=item.id,
        subject=item.subject,
        topic=item.topic,
        difficulty=item.difficulty,
        points=mark.points,
        of=mark.of,
        at=now,
        took=took if 0 <= took <= PAUSE else None,
    )
    await training.answered(user, answer, ctx.settings.keep_days)
    known = await training.review(user, item.id) or repetition.new(ctx.now)
    rating = repetition.rating(mark, session.hints)
    await training.reviewed(user, item.id, repetition.answered(known, rating, ctx.now))
