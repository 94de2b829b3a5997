"""What happens in a room while a round is running there: words, reactions, edits, deletions.

Answers, threads and recordings of such a room are looked at, since somebody may tell, or ask, in
the chat itself; of what is said only whether it asks or praises is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zvonok_botkit import Answer, React, Say, Withdraw, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.chat import Event
from zvonok_botkit.files import read_file
from zvonok_botkit.incoming import MESSAGE
from zvonok_core.errors import UserError
from zvonok_core.ids import UserId
from zvonok_creative_homework import remarks
from zvonok_creative_homework.answering import alone_key, heard_in_room, is_recording, listen_to
from zvonok_creative_homework.choosing import number_of_emoji, number_of_words
from zvonok_creative_homework.declared import (
    LIST,
    Homework,
    belongs_to,
    bot,
    is_student,
    reply,
    round_of,
)
from zvonok_creative_homework.picking import let_go, take
from zvonok_creative_homework.remarks import Remark
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.standing import Said
from zvonok_creative_homework.starting import set_anew
from zvonok_creative_homework.store import Pick, Recording

ANOTHER = text("To take another topic, write to me: topic, and its number.")


def worth_hearing(event: Event) -> bool:
    """Whether a message belongs to another one, or brings a recording. Whatever else people say
    in a chat is left alone."""
    return "m.relates_to" in event.content or is_recording(read_file(event))


@bot.on("m.room.message", anywhere=True, when=worth_hearing)
async def message(ctx: Homework) -> Answer:
    if ctx.edits:
        return await _edited(ctx)
    of = None if ctx.direct else await round_of(ctx)
    if of is None:
        return None
    if ctx.file:
        return await heard_in_room(ctx, of)
    if of.ended or not ctx.words:
        return None
    below = belongs_to(ctx) == of.id
    answered = await _answered(ctx)
    if below and not answered and await is_student(ctx, ctx.asker.user, of.room):
        number = number_of_words(ctx.words, of.topics)
        if number is not None:
            return await _taken(ctx, of, number)
    if answered or below:
        await _remember(ctx, of, answered.user if answered else "", remarks.of_words(ctx.words))
    return None


@bot.on("m.reaction", anywhere=True)
async def reaction(ctx: Homework) -> Answer:
    if ctx.target is None:
        return None
    if ctx.about.startswith(LIST):
        of, number = await round_of(ctx), number_of_emoji(ctx.emoji)
        if of is None or not number or not await is_student(ctx, ctx.asker.user, of.room):
            return None
        try:
            return await take(ctx, of, number)
        except UserError as error:  # nothing can be written beside a reaction
            lines = [error.text, *([] if of.ended else [ANOTHER])]
            return Say("\n".join(map(ctx.say, lines)), to=ctx.asker.user)
    answered = await ctx.store.recording(ctx.target)
    of = await ctx.store.round(answered.round) if answered else None
    if answered and of and not of.ended and not answered.alone:
        await _remember(ctx, of, answered.user, remarks.of_emoji(ctx.emoji))
    return None


@bot.on("m.room.redaction", anywhere=True)
async def taken_back(ctx: Homework) -> Answer:
    event = ctx.event.redacts
    if event is None:
        return None
    if pick := await ctx.store.picked_by(event):
        return await let_go(ctx, pick)
    if recording := await ctx.store.recording(event):
        await ctx.store.drop(event)
        passed_on = recording.alone and await ctx.sent(alone_key(event))
        return Withdraw(alone_key(event)) if passed_on else None
    await ctx.store.unsay(event)
    of = await ctx.store.set_by(event)
    if of and not await ctx.store.picks(of.id) and not await ctx.store.answers(of.id):
        await ctx.store.forget(of.id)
        return Withdraw(f"{LIST}{of.id}")
    return None


async def _taken(ctx: Homework, of: Round, number: int) -> list[Outgoing]:
    try:
        return [React("✅"), *await take(ctx, of, number)]
    except UserError as error:
        return [reply(ctx, of, error.text)]


async def _answered(ctx: Homework) -> Recording | None:
    """The recording that a message is about: the one that it answers, or whose thread it is in."""
    for event in (ctx.reply_to, ctx.thread):
        if event and (found := await ctx.store.recording(event)):
            return found
    return None


async def _remember(ctx: Homework, of: Round, whom: UserId | str, remark: Remark) -> None:
    """Nobody asks or praises themselves. What is neither may become so by an edit."""
    if whom != ctx.asker.user:
        await ctx.store.remark(ctx.event.id, of.id, Said(ctx.asker.user, whom, remark))


async def _edited(ctx: Homework) -> Answer:
    """Somebody says something else than before. It counts as of now."""
    new = ctx.event.content.get("m.new_content")
    event = ctx.target
    if event is None or not isinstance(new, Mapping):
        return None
    said = new.get("body")
    words = said if isinstance(said, str) else ""
    if (of := await ctx.store.set_by(event)) and of.teacher == ctx.asker.user:
        return await set_anew(ctx, of, words)
    if (pick := await ctx.store.picked_by(event)) and pick.user == ctx.asker.user:
        return await _picked_anew(ctx, pick, words)
    if (recording := await ctx.store.recording(event)) and recording.user == ctx.asker.user:
        return await _recorded_anew(ctx, recording, new)
    if (known := await ctx.store.remarked_by(event)) and known[1].author == ctx.asker.user:
        return await _said_anew(ctx, *known, words)
    return None


async def _said_anew(ctx: Homework, round: str, old: Said, words: str) -> Answer:
    of = await ctx.store.round(round)
    if of is None or of.ended or ctx.target is None:
        return None
    number = number_of_words(words, of.topics)
    if number is not None and not old.whom and await is_student(ctx, ctx.asker.user, of.room):
        await ctx.store.unsay(ctx.target)
        return await _taken(_original(ctx), of, number)
    await ctx.store.remark(ctx.target, of.id, replace(old, remark=remarks.of_words(words)))
    return None


async def _picked_anew(ctx: Homework, pick: Pick, words: str) -> Answer:
    of = await ctx.store.round(pick.round)
    if of is None:
        return None
    number = number_of_words(words, of.topics)
    if number is None:
        return await let_go(ctx, pick)
    return [one for one in await _taken(_original(ctx), of, number) if not isinstance(one, React)]


def _original(ctx: Homework) -> Homework:
    """The context of what was edited; what is known by its id stays so."""
    return replace(ctx, event=replace(ctx.event, id=ctx.target or ctx.event.id))


async def _recorded_anew(ctx: Homework, old: Recording, new: Mapping[str, Any]) -> Answer:
    """An edit may bring another recording; one of the words beside it changes nothing."""
    edited = replace(ctx, event=replace(ctx.event, id=old.event, type=MESSAGE, content=new))
    file = edited.file
    if file and is_recording(file) and file.address != old.address:
        await listen_to(edited, replace(old, address=file.address, at=ctx.event.at), file)
    return None
