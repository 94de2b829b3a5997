"""A command that says which tasks are wanted: whatever it leaves open is asked back."""

from __future__ import annotations

import re
from dataclasses import replace

from zvonok_botkit import Ask, Text
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.declared import Exams
from zvonok_exam_prep.variants.lacking import Lack, Terms, answered, decode, encode, settle
from zvonok_exam_prep.variants.wanted import Wanted, read_wanted


async def settled(
    ctx: Exams, what: str, state: str, answer: str, *, whole: bool = True
) -> tuple[Wanted, list[Label]]:
    """What is wanted, and all tasks that the asker may take. Raises Ask about the command's
    parameter `answer`, with its `what` and `state` known, until it is enough."""
    labels = await ctx.store.tasks.labels(ctx.asker.user)
    terms = Terms(ctx.now, ctx.zone, await _grade(ctx), whole)
    if state:
        known, field = decode(state)
        wanted = answered(known, field, answer, labels, terms)
    else:
        known, wanted = Wanted(), read_wanted(what, labels, ctx.now, ctx.zone)
    found = settle(wanted, labels, terms)
    if isinstance(found, Lack):
        question = Text("{question}", {"question": found.ask(ctx.say)})
        # Words that are never an answer are not kept as if they were.
        kept = replace(wanted, wish=known.wish, unknown=()) if state and wanted.unknown else wanted
        ask: Ask = ctx.ask("answer", question, known={"what": what, "state": encode(kept, found.field)})
        ask.strange = bool(state) and (wanted == known or bool(wanted.unknown))
        raise ask
    return found, labels


async def _grade(ctx: Exams) -> int | None:
    """The grade of the room's class: its name begins with it."""
    view = (await ctx.rooms.view(ctx.room)).managed
    number = re.match(r"(\d{1,2})", view.name) if view else None
    return int(number[1]) if number else None
