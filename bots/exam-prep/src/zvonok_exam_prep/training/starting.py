"""`!тренажёр`: which tasks somebody wants, asked until it is known."""

from __future__ import annotations

import re
from dataclasses import replace

from zvonok_botkit import Answer, Rest, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.clock import milliseconds
from zvonok_core.errors import TemporaryError
from zvonok_exam_prep.collection.missing import Question, answered, name_of, settle, wording
from zvonok_exam_prep.collection.wishes import Wish, Wished, read_wish
from zvonok_exam_prep.declared import Exams, bot
from zvonok_exam_prep.presenting import to
from zvonok_exam_prep.training import controls
from zvonok_exam_prep.training.going import keep, next_task, show_again, stop
from zvonok_exam_prep.training.store import Session, Stage


@bot.command("train", "тренажёр")
async def train(ctx: Exams, what: Rest = Rest()) -> Answer:
    """Practise tasks in our direct chat, by subject and grade, exam, topic or number: `!train mathematics 7`"""
    shown = await _begin(ctx, str(what))
    if ctx.direct:
        return shown
    ctx.post(to(ctx.asker.user, shown))
    return text("Let's go on in our direct chat.")


async def go_on_choosing(ctx: Exams, session: Session, words: str) -> Answer:
    """What somebody says who was asked what they want."""
    if controls.declines(words):
        return await stop(ctx, session)
    labels = await ctx.store.tasks.labels()
    question = session.question
    assert question is not None, "whoever chooses was asked something"
    wished = answered(question, words, labels) if words else Wished(question.wish)
    return await _settled(ctx, session, settle(wished, labels, await own_grade(ctx)))


async def own_grade(ctx: Exams) -> int | None:
    """The grade of the asker's class, where the directory knows it."""
    try:
        person = await ctx.directory.person(ctx.asker.user) if ctx.directory else None
    except TemporaryError:
        return None
    titles = [one.title for one in person.classes if "student" in one.relations] if person else []
    numbers = [int(found[0]) for title in titles if (found := re.match(r"\d{1,2}", title))]
    return numbers[0] if numbers else None


async def _begin(ctx: Exams, words: str) -> list[Outgoing]:
    session = await ctx.store.training.session(ctx.asker.user)
    if not words and session is not None and session.wish.subject:
        going = session
        if session.stage is Stage.OVER:
            stage = Stage.ASKED if session.item else Stage.TOLD
            going = replace(session, stage=stage, begun_at=milliseconds(ctx.now))
        return [Say(text("We go on: {wish}.", wish=name_of(going.wish))), *(await show_again(ctx, going))]
    labels = await ctx.store.tasks.labels()
    session = session or Session(ctx.asker.user, Stage.CHOOSING, Wish())
    return await _settled(ctx, session, settle(read_wish(words, labels), labels, await own_grade(ctx)))


async def _settled(ctx: Exams, session: Session, found: Wish | Question) -> list[Outgoing]:
    if isinstance(found, Question):
        await keep(ctx, replace(session, stage=Stage.CHOOSING, question=found, item=None, paused=False))
        return [Say(wording(found, ctx.say))]
    fresh = Session(session.user, Stage.TOLD, found, recent=session.recent, begun_at=milliseconds(ctx.now))
    title = text(
        "{wish}. Answer right here. You can also write: hint, answer, next, enough.", wish=name_of(found)
    )
    return [Say(title), *(await next_task(ctx, fresh))]
