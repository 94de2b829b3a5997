"""`!разбор`: a teacher writes a task in the room, and its solution to the bot alone."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from zvonok_botkit import Answer, Picture, Rest, Role, Say, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_exam_prep.declared import Exams, bot, claims, hears, voice
from zvonok_exam_prep.drawing import draw, needs_picture
from zvonok_exam_prep.items import Item, ItemId
from zvonok_exam_prep.presenting import DRAWN, drawn, to
from zvonok_exam_prep.shown import question, right_answer
from zvonok_exam_prep.spelling import spelt
from zvonok_exam_prep.training import controls
from zvonok_exam_prep.training.answering import FEWEST_WORDS
from zvonok_exam_prep.worked.store import WorkedTask
from zvonok_exam_prep.worked.wording import SOLUTION, split, wants_solution, with_spoiler, without_spoiler

PART = "worked"
POSTED, WAITS = "worked", "waits"
"""What the keys of its messages begin with: a posted task; the word that its solution is waited
for."""
LONGEST = 8_000
"""Letters of a task or of a solution: all of it is one message, twice."""
PATIENCE = timedelta(hours=12)
"""After which plain words are no solution any more."""
TASK = text("Which task? Write only the task here; I'll ask you alone for the solution.")
IN_THE_ROOM = text("I've hidden your solution, but everybody could read it in the chat. Next time write only the task there: I'll ask you here for the solution.")  # fmt: skip


@bot.command("worked task", "разбор", role=Role.TEACHER, direct=False)
async def worked_task(ctx: Exams, task: Annotated[Rest, TASK]) -> Answer:
    """Post a task whose solution is hidden until somebody wants it: write only the task here, and the solution to me alone: `!worked task Solve 2x = 8 #OGE`"""
    await ctx.store.worked.forget_before(ctx.now - timedelta(days=ctx.settings.keep_days))
    item = await ctx.store.tasks.item(ItemId(task.strip()), ctx.asker.user)
    if item is not None:
        return await _from_collection(ctx, item)
    words, solution = split(task)
    if not words:
        raise ctx.ask("task", TASK)
    _check(words)
    worked = WorkedTask(secrets.token_hex(8), ctx.room, ctx.asker.user, words, ctx.now)
    if solution:
        return [*(await _post(ctx, worked, solution)), Say(IN_THE_ROOM, to=ctx.asker.user)]
    await ctx.store.worked.keep(worked)
    await ctx.store.take_floor(ctx.asker.user, PART)
    ask = text("Now write the solution of the task here: {task}", task=_beginning(words))
    waits = text("I've asked you alone for the solution: here everybody would see it.")
    return [Say(ask, to=ctx.asker.user), Say(waits, key=f"{WAITS}:{worked.id}")]


@hears(PART)
async def heard(ctx: Exams) -> Answer:
    """The solution, in the direct chat."""
    worked = await ctx.store.worked.unsolved(ctx.asker.user)
    if worked is None or ctx.now - worked.made > PATIENCE:
        return None
    if controls.declines(ctx.words):
        await ctx.store.worked.forget(worked.id)
        await ctx.store.take_floor(ctx.asker.user, "")
        return text("All right, I don't post this task.")
    if controls.is_chat(ctx.words):
        return text("I am waiting for the solution. If nothing is to be posted, write “no”.")
    posted = await _post(ctx, worked, ctx.words.strip())
    await ctx.store.take_floor(ctx.asker.user, "")
    return [*posted, text("The task is posted, its solution hidden.")]


@claims(PART)
async def meant_here(ctx: Exams) -> bool:
    """A solution may begin as a command does."""
    return (
        len(ctx.words.split()) >= FEWEST_WORDS and await ctx.store.worked.unsolved(ctx.asker.user) is not None
    )


@bot.on("m.room.message")
async def replied(ctx: Exams) -> Answer:
    what, _, named = ctx.about.partition(":")
    worked = await ctx.store.worked.worked(named) if what in (POSTED, WAITS) else None
    if worked is None or worked.room != ctx.room:
        return None
    if what == POSTED and wants_solution(ctx.words):
        return _solution(ctx, worked)
    if what == WAITS and not worked.solution and ctx.asker.user == worked.author and ctx.words:
        return [*(await _post(ctx, worked, ctx.words.strip())), Say(IN_THE_ROOM, to=worked.author)]
    return None


async def _from_collection(ctx: Exams, item: Item) -> Answer:
    if item.id in await ctx.store.variants.held_back_in(ctx.room):
        raise UserError(text("This task is part of a variant that is not over yet."))
    tags = " ".join(f"#{tag}" for tag in item.tags)
    task = f"{question(item)}\n{tags}".strip()
    right = right_answer(item)
    solution = "\n".join(part for part in (right, item.explanation) if part)
    worked = WorkedTask(secrets.token_hex(8), ctx.room, ctx.asker.user, task, ctx.now, formulas=True)
    posted = await _post(ctx, worked, solution)
    if needs_picture(item):
        posted.append(Picture(draw(item, ctx.language), DRAWN, name="task.png", to=ctx.room))
    return posted


async def _post(ctx: Exams, worked: WorkedTask, solution: str) -> list[Outgoing]:
    _check(solution)
    await ctx.store.worked.keep(replace(worked, solution=solution))
    shown = spelt(solution) if worked.formulas else solution
    html = with_spoiler(worked.task, shown, ctx.say)
    key = f"{POSTED}:{worked.id}"
    return [Say(without_spoiler(worked.task, ctx.say), to=worked.room, key=key, html=html)]


def _solution(ctx: Exams, worked: WorkedTask) -> list[Outgoing]:
    """The solution for whoever has asked for it, alone."""
    shown = spelt(worked.solution) if worked.formulas else worked.solution
    words = f"📘 {_beginning(worked.task)}\n\n{ctx.say(SOLUTION)}:\n{shown}"
    pictures = drawn(worked.solution, voice(ctx)) if worked.formulas else []
    return to(ctx.asker.user, [Say(words), *pictures])


def _beginning(task: str) -> str:
    line = " ".join(task.split())
    return line if len(line) <= 200 else line[:199].rstrip() + "…"


def _check(words: str) -> None:
    if len(words) > LONGEST:
        raise UserError(
            text("That is too long: a task or a solution has {most} letters at most.", most=LONGEST)
        )
