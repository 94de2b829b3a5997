"""`!прогресс`: students see how they are doing, and nobody else does."""

from __future__ import annotations

from datetime import datetime, time

from babel.dates import format_date

from zvonok_botkit import Answer, Picture, Rest, Role, Say, Text, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_core.errors import TemporaryError
from zvonok_exam_prep.collection.wishes import read_wish
from zvonok_exam_prep.declared import Exams, bot, voice
from zvonok_exam_prep.presenting import of_points, to
from zvonok_exam_prep.training.chart import draw, name, shown_topics
from zvonok_exam_prep.training.going import due_tomorrow
from zvonok_exam_prep.training.progress import Progress, first_day, progress

FEWEST_DRAWN = 3
"""Tasks; a picture of fewer is empty."""
ONLY_OWN = text(
    "I show everybody their own progress only. Ask the student: they can show theirs if they like."
)
NOTHING_YET = text("There is nothing to show yet. Do a task or two first: “!train”.")


@bot.command("progress", "прогресс")
async def show_progress(ctx: Exams, what: Rest = Rest()) -> Answer:
    """Show your own progress, of all or of one subject; nobody else sees it: `!progress`"""
    shown = await _shown(ctx, str(what))
    if ctx.direct:
        return shown
    ctx.post(to(ctx.asker.user, [shown]))
    return text("The answer is in our direct chat.")


async def _shown(ctx: Exams, words: str) -> Outgoing:
    wished = read_wish(words, await ctx.store.tasks.labels())
    if wished.unknown:
        return Say(ONLY_OWN)
    begin = datetime.combine(first_day(ctx.now, ctx.zone), time(), ctx.zone)
    answers = await ctx.store.training.answers(ctx.asker.user, milliseconds(begin), wished.wish.subject)
    if not answers:
        return Say(NOTHING_YET if await _may_train(ctx) else ONLY_OWN)
    found = progress(answers, ctx.now, ctx.zone)
    due = await due_tomorrow(ctx, ctx.asker.user)
    shown = in_words(ctx, found, due)
    if found.total.tasks < FEWEST_DRAWN:
        return Say(shown)
    return Picture(draw(found, voice(ctx)), shown, name="progress.png")


async def _may_train(ctx: Exams) -> bool:
    """Whether somebody may have come for their own: guardians and teachers come for others'."""
    try:
        return await ctx.may(Role.STUDENT)
    except TemporaryError:
        return True


def in_words(ctx: Exams, found: Progress, due: int) -> str:
    """All that the picture shows, and what is due tomorrow."""
    sums = found.total
    title = ntext(
        "In the last {weeks} weeks: {n} task, {points} ({share} %).",
        "In the last {weeks} weeks: {n} tasks, {points} ({share} %).",
        sums.tasks,
        weeks=len(found.spans),
        points=of_points(sums.points, sums.of),
        share=sums.share,
    )
    if not found.weekly:
        title = ntext(
            "In the last days: {n} task, {points} ({share} %).",
            "In the last days: {n} tasks, {points} ({share} %).",
            sums.tasks,
            points=of_points(sums.points, sums.of),
            share=sums.share,
        )
    spans = [
        f"{format_date(span.begin, 'd.MM', locale=ctx.language)} – {span.sum.share} %"
        for span in found.spans
        if span.sum.tasks
    ]
    when = text("By weeks: {spans}", spans=", ".join(spans)) if found.weekly else text("By days: {spans}", spans=", ".join(spans))  # fmt: skip
    topics = [
        ntext("• {topic}: {share} % ({n} task)", "• {topic}: {share} % ({n} tasks)", topic.sum.tasks, topic=name(topic, found, voice(ctx)), share=topic.sum.share)
        for topic in shown_topics(found)
    ]  # fmt: skip
    tomorrow: Text = (
        ntext("{n} task is to be repeated tomorrow.", "{n} tasks are to be repeated tomorrow.", due)
        if due
        else text("Nothing is to be repeated tomorrow.")
    )
    return "\n".join(ctx.say(line) for line in (title, when, *topics, tomorrow))
