"""A command that says which tasks are wanted: whatever it leaves open is asked back."""

from __future__ import annotations

import re
from dataclasses import replace

from zvonok_botkit import Ask, Text
from zvonok_core.directory import RoomView
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.collection.wishes import read_wish
from zvonok_exam_prep.declared import Exams
from zvonok_exam_prep.variants.lacking import Lack, Terms, answered, decode, encode, settle
from zvonok_exam_prep.variants.wanted import Wanted, read_wanted


async def settled(
    ctx: Exams, what: str, state: str, answer: str, *, whole: bool = True
) -> tuple[Wanted, list[Label]]:
    """What is wanted, and all tasks that the asker may take. Raises Ask about the command's
    parameter `answer`, with its `what` and `state` known, until it is enough."""
    labels = await ctx.store.tasks.labels(ctx.asker.user)
    room = (await ctx.rooms.view(ctx.room)).managed
    terms = Terms(ctx.now, ctx.zone, _grade(room), whole)
    if state:
        known, field = decode(state)
        wanted = answered(known, field, answer, labels, terms)
    else:
        known, wanted = Wanted(), read_wanted(what, labels, ctx.now, ctx.zone)
    if room and room.kind == "subject" and not wanted.wish.subject and not wanted.unknown:
        wanted = replace(wanted, wish=replace(wanted.wish, subject=_subject(room, labels)))
    found = settle(wanted, labels, terms)
    if isinstance(found, Lack):
        question = Text("{question}", {"question": found.ask(ctx.say)})
        # Words that are never an answer are not kept as if they were.
        kept = replace(wanted, wish=known.wish, unknown=()) if state and wanted.unknown else wanted
        said = {"what": what} if what else {}
        ask: Ask = ctx.ask("answer", question, known={**said, "state": encode(kept, found.field)})
        ask.strange = bool(state) and (wanted == known or bool(wanted.unknown))
        raise ask
    return found, labels


def _grade(room: RoomView | None) -> int | None:
    """The grade of a class: the name of its room begins with it."""
    number = re.match(r"(\d{1,2})", room.name) if room else None
    return int(number[1]) if number else None


def _subject(room: RoomView, labels: list[Label]) -> str:
    """What is taught in a subject's room: «9А. Английский язык, группа 2»."""
    return read_wish(room.name.partition(".")[2].partition(",")[0], labels).wish.subject
