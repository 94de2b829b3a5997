"""From one task to the next: beginning, going on, coming to an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from babel.dates import format_date

from zvonok_botkit import Say, Text, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_core.ids import UserId
from zvonok_exam_prep.collection.missing import name_of
from zvonok_exam_prep.collection.wishes import fitting
from zvonok_exam_prep.declared import Exams, voice
from zvonok_exam_prep.items import Open
from zvonok_exam_prep.presenting import of_points, task
from zvonok_exam_prep.training import wording
from zvonok_exam_prep.training.choosing import MOST_LATEST, choose, due_until
from zvonok_exam_prep.training.store import Session, Stage

PART = "training"


async def keep(ctx: Exams, session: Session) -> None:
    """Note where the student is, and hear what they say next."""
    await ctx.store.training.keep(replace(session, heard_at=milliseconds(ctx.now)))
    await ctx.store.take_floor(session.user, PART)


async def next_task(ctx: Exams, session: Session, *, ahead: bool = False) -> list[Outgoing]:
    """The next task, or a word on why there is none."""
    now = milliseconds(ctx.now)
    training, tasks = ctx.store.training, ctx.store.tasks
    secret = await ctx.store.variants.held_back(session.user)
    some = fitting(session.wish, await tasks.labels(subject=session.wish.subject))
    labels = [label for label in some if label.id not in secret]
    dues = await training.dues(session.user)
    latest = await training.latest(session.user, session.wish.subject, MOST_LATEST)
    while True:
        choice = choose(labels, dues, latest, now, recent=session.recent, seed=session.user, ahead=ahead)
        if choice is None:
            await keep(ctx, replace(session, stage=Stage.TOLD, item=None, paused=False))
            later = [dues[label.id] for label in labels if label.id in dues]
            return [Say(_nothing_left(ctx, session, later))]
        item = await tasks.item(choice.label.id)
        if item is not None:
            await keep(ctx, session.shows(item.id, now))
            return task(item, voice(ctx), again=choice.again)
        labels.remove(choice.label)


async def show_again(ctx: Exams, session: Session) -> list[Outgoing]:
    """What the student was at, once more."""
    item = await ctx.store.tasks.item(session.item) if session.item else None
    if item is None or session.stage not in (Stage.ASKED, Stage.MARKING):
        return await next_task(ctx, session)
    await keep(ctx, replace(session, paused=False, shown_at=milliseconds(ctx.now)))
    if session.stage is Stage.MARKING and isinstance(item.asks, Open):
        return wording.criteria(item, item.asks, voice(ctx))
    return task(item, voice(ctx))


async def stop(ctx: Exams, session: Session) -> list[Outgoing]:
    """Enough: what was done this time, and what is due tomorrow."""
    # An open task is there again when they come back.
    left = session.item if session.stage in (Stage.ASKED, Stage.MARKING) else None
    await keep(ctx, replace(session, stage=Stage.OVER, item=left, paused=False))
    done = await ctx.store.training.answers(session.user, session.begun_at)
    lines = [ctx.say(text("All right, enough for now."))]
    if done:
        points = of_points(sum(one.points for one in done), sum(one.of for one in done))
        lines.append(ctx.say(ntext("You have done {n} task: {points}.", "You have done {n} tasks: {points}.", len(done), points=points)))  # fmt: skip
    if due := await due_tomorrow(ctx, session.user):
        lines.append(ctx.say(ntext("{n} task is to be repeated tomorrow.", "{n} tasks are to be repeated tomorrow.", due)))  # fmt: skip
    lines.append(ctx.say(text("To go on, write “!train”.")))
    return [Say("\n".join(lines))]


async def due_tomorrow(ctx: Exams, user: UserId) -> int:
    """How many tasks are due by the end of tomorrow, of all that somebody has answered."""
    dues = await ctx.store.training.dues(user)
    labels = await ctx.store.tasks.labels()
    return due_until(labels, dues, milliseconds(end_of(ctx, ctx.now, 1)))


def end_of(ctx: Exams, moment: datetime, days: int) -> datetime:
    """The end of the day that is so many days after a moment, by the school's clock."""
    day = moment.astimezone(ctx.zone).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), ctx.zone)


def _nothing_left(ctx: Exams, session: Session, dues: Sequence[int]) -> Text:
    if not dues:
        return text("There are no such tasks any more. Choose others: “!train”.")
    day = datetime.fromtimestamp(min(dues) / 1000, ctx.zone).date()
    if day <= ctx.now.astimezone(ctx.zone).date():
        when = text("later today")
    elif day == end_of(ctx, ctx.now, 0).date():
        when = text("tomorrow")
    else:
        when = text("on {day}", day=format_date(day, "d MMMM", locale=ctx.language))
    return text(
        "That is all of it: {wish}. Something is to be repeated {when}. To repeat it right now, write “next”; to choose other tasks, “!train”.",
        wish=name_of(session.wish),
        when=when,
    )
