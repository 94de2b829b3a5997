"""The end of a variant: what there is is handed in, everybody is told what was right, and the
teacher how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from zvonok_botkit import Answer, Attachment, Edit, Picture, Role, Say, Work, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.ids import UserId
from zvonok_exam_prep.declared import Exams, ExamSettings, bot, voice
from zvonok_exam_prep.items import rearranged
from zvonok_exam_prep.presenting import Voice, to
from zvonok_exam_prep.store import ExamStore
from zvonok_exam_prep.variants import reporting, wording
from zvonok_exam_prep.variants.chart import draw
from zvonok_exam_prep.variants.company import ROOM, key_of
from zvonok_exam_prep.variants.explaining import explained
from zvonok_exam_prep.variants.results import Standing
from zvonok_exam_prep.variants.timing import GRACE, running
from zvonok_exam_prep.variants.variant import Attempt, State, Variant
from zvonok_exam_prep.variants.watching import show_soon, standing

LATE = timedelta(minutes=10)
"""So long after its time the bot was down: it listens first to what it has missed."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OVER = text("It is over: I've sent everybody their points and the explanations.")


@bot.job()
async def close_variant(ctx: Exams, variant: str) -> Answer:
    """The answers are told from here on, so nothing counts that comes later."""
    found = await running(ctx, variant)
    if found is None:
        return None
    due = datetime.fromtimestamp(ctx.event.at / 1000, UTC)
    if found.closes > ctx.now:  # it was put off meanwhile
        return None
    if ctx.now - due > LATE:
        await ctx.schedule("close_variant", ctx.now + GRACE, key=variant, variant=variant)
        return None
    store = ctx.store.variants
    await store.become(variant, State.OVER)
    for attempt in (await ctx.store.sheets.attempts(variant)).values():
        if attempt.handed_in is None:
            await ctx.store.sheets.keep(replace(attempt, handed_in=found.ends(attempt.begun)))
    await ctx.start("publish_variant", key=variant, variant=variant)
    await ctx.schedule(
        "forget_variant", ctx.now + timedelta(days=ctx.settings.keep_days), key=variant, variant=variant
    )
    await show_soon(ctx, found)
    return Edit(key_of(found, ROOM), wording.announcement(found, ctx.zone, voice(ctx), over=OVER))


@bot.job()
async def forget_variant(ctx: Exams, variant: str) -> Answer:
    await ctx.store.variants.forget(variant)
    return None


@dataclass(frozen=True, slots=True)
class _Untold:
    """Whom to tell, and what they have answered. `teacher` is None where whoever has given it
    has left the class."""

    variant: Variant
    standing: Standing
    attempts: tuple[Attempt, ...]
    teacher: UserId | None


@bot.work()
async def publish_variant(work: Work[ExamStore, ExamSettings], variant: str) -> Answer:
    """Tell each student alone, once; then the teacher."""

    async def load(ctx: Exams) -> _Untold | None:
        store = ctx.store.variants
        found = await store.variant(variant)
        if found is None or found.state is not State.OVER:
            return None
        stands = await standing(ctx, found)
        attempts = [stands.attempts.get(row.person.user) for row in stands.table]
        teaches = await ctx.may(Role.TEACHER, found.author, found.room)
        untold = tuple(one for one in attempts if one and not one.told)
        return _Untold(found, stands, untold, found.author if teaches else None)

    untold = await work.within(load)
    if untold is None:
        return None
    spoken = Voice(work.say, work.language)
    for attempt in untold.attempts:
        items = [
            rearranged(item, placed.order) if placed.order else item
            for placed in attempt.sheet
            for item in (untold.standing.items[placed.position],)
        ]
        answers = untold.standing.answers.get(attempt.user, {})
        shown = await asyncio.to_thread(explained, untold.variant, items, answers, spoken)
        await work.within(_telling(attempt, shown))
    if untold.teacher is None:
        return None
    return await asyncio.to_thread(report, spoken, untold.variant, untold.standing, untold.teacher)


def _telling(attempt: Attempt, shown: list[Outgoing]) -> Callable[[Exams], Awaitable[None]]:
    async def tell(ctx: Exams) -> None:
        await ctx.store.sheets.keep(replace(attempt, told=True))
        ctx.post(to(attempt.user, shown))

    return tell


def report(spoken: Voice, variant: Variant, standing: Standing, user: UserId) -> list[Outgoing]:
    """The results for somebody who teaches the class: a picture, how good the tasks were, and a
    workbook."""
    summary = reporting.summary(variant, standing.table, spoken)
    out: list[Outgoing] = [
        Picture(draw(variant, standing.table, spoken), summary, name="variant.png", to=user)
    ]
    if marks := standing.marks:
        out.append(Say(reporting.tasks(marks, standing.items, spoken), to=user))
    book = reporting.workbook(variant, standing.table, marks, standing.items, spoken)
    name = "".join(letter for letter in variant.title if letter.isalnum() or letter in " -_")[:40].strip()
    return [*out, Attachment(book, f"{name}.xlsx", XLSX, to=user)]
