"""The bot as a declaration, and which of its parts hears plain words.

Several parts ask people things in their direct chats. Whichever has asked last is told what
they say; no other part takes it for an answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from zvonok_botkit import Answer, Bot, Context
from zvonok_exam_prep import store
from zvonok_exam_prep.collection import loading_store
from zvonok_exam_prep.collection import store as collection_store
from zvonok_exam_prep.presenting import Voice
from zvonok_exam_prep.store import ExamStore
from zvonok_exam_prep.training import store as training_store
from zvonok_exam_prep.variants import sheets as sheet_store
from zvonok_exam_prep.variants import store as variant_store
from zvonok_exam_prep.variants.moves import read_begin
from zvonok_exam_prep.worked import store as worked_store


@dataclass(frozen=True, slots=True)
class ExamSettings:
    """The section `exam-prep` of the config."""

    keep_days: int = 400
    """So long it is kept how many points an answer got: a school year and more."""


Exams: TypeAlias = Context[ExamStore, ExamSettings]
Hearer: TypeAlias = Callable[[Exams], Awaitable[Answer]]
Claim: TypeAlias = Callable[[Exams], Awaitable[bool]]

bot = Bot("exam-prep", package="zvonok_exam_prep", store=ExamStore, settings=ExamSettings)
bot.migration("Who is talked with")(store.first_tables)
bot.migration("Tasks that teachers have brought")(collection_store.first_tables)
bot.migration("Files of tasks that wait for a word")(loading_store.first_tables)
bot.migration("Sessions, answers, reviews, reminders")(training_store.first_tables)
bot.migration("Variants")(variant_store.first_tables)
bot.migration("Students' sheets and answers")(sheet_store.first_tables)
bot.migration("Worked tasks")(worked_store.first_tables)


def voice(ctx: Exams) -> Voice:
    """How words are put here."""
    return Voice(ctx.say, ctx.language)


_hearers: dict[str, Hearer] = {}
_claims: dict[str, Claim] = {}
_receivers: list[Hearer] = []


def hears(part: str) -> Callable[[Hearer], Hearer]:
    """Have a function told what is said in a direct chat while this part has the floor, see
    `ExamStore.take_floor`. It returns None for what is none of its business."""

    def declare(hearer: Hearer) -> Hearer:
        _hearers[part] = hearer
        return hearer

    return declare


def claims(part: str) -> Callable[[Claim], Claim]:
    """Have a function say whether words that are also a command, written without its sign, are
    meant for this part, while it has the floor. See `Bot.claims`."""

    def declare(claim: Claim) -> Claim:
        _claims[part] = claim
        return claim

    return declare


@bot.claims()
async def claimed(ctx: Exams) -> bool:
    if read_begin(ctx.words):  # a variant goes before; where there is none, the command passes it on
        return False
    claim = _claims.get(await ctx.store.floor(ctx.asker.user))
    return claim is not None and await claim(ctx)


@bot.on_other_words()
async def said(ctx: Exams) -> Answer:
    hearer = _hearers.get(await ctx.store.floor(ctx.asker.user))
    return await hearer(ctx) if hearer else None


@bot.on("m.room.message")
async def replied(ctx: Exams) -> Answer:
    """A reply in a direct chat is words like any others."""
    return await said(ctx) if ctx.direct else None


def receives(receiver: Hearer) -> Hearer:
    """Have a function told of files in direct chats. It returns None for what is none of its
    business; the next part is asked then."""
    _receivers.append(receiver)
    return receiver


@bot.on_file()
async def file_came(ctx: Exams) -> Answer:
    for receiver in _receivers:
        if (answer := await receiver(ctx)) is not None:
            return answer
    return None
