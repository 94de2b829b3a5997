"""Files, as people send them: to the bot alone, or into the thread of a collection.

One that may be for several collections, or for several children, waits until its sender has
chosen.
"""

from __future__ import annotations

import re
from dataclasses import replace

from zvonok_botkit import Answer, React, Say, Text, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.files import File
from zvonok_core.people import plain
from zvonok_file_collector.confirming import confirm_in_words, sign_in_words
from zvonok_file_collector.declared import Collector, bot, number_of
from zvonok_file_collector.placing import look, part_of, place
from zvonok_file_collector.states import TOGETHER, State
from zvonok_file_collector.store import Waiting
from zvonok_file_collector.targets import Target, just_before, named_in, running, targets, targets_in
from zvonok_file_collector.wording import of_whom

LONG_WORDS = 200
"""Letters from which on words in a direct chat look like somebody's work."""
_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
PRIVATELY = text(
    "This collection is private, so that others don't see your file. Please delete this message, and send the file to me alone, in our direct chat."
)
WHAT_FOR = text("What is this for? Answer with a number.")
NO_LINK = text(
    "I can't take a link: what is behind it may change or vanish. Please download the document (in Google Docs: File – Download – PDF) and send it here as a file."
)
NO_WORDS = text(
    "If this is your work, please send it as a file or a photo: words in the chat are not handed in."
)


# ---------------------------------------------------------------- to the bot alone


@bot.on_file()
async def file_alone(ctx: Collector) -> Answer:
    file, found = ctx.file, await targets(ctx, ctx.asker.user)
    if file is None or not found:
        return None
    number = number_of(ctx.about)
    listed = [one for one in found if one.held.number == number] or named_in(found, file.caption)
    _, said = await _hand_in(ctx, file, listed or running(found, ctx.event.at) or found[:1])
    return said


async def _hand_in(ctx: Collector, file: File, found: list[Target]) -> tuple[bool, list[Outgoing]]:
    """Where it belongs, or ask where that is: whether it was taken, and what is said."""
    seen = await look(ctx, file)
    if isinstance(seen, Text):
        return False, [Say(seen)]
    fitting = await _narrowed(ctx, found, file)
    if len(fitting) == 1:
        taken, said = await place(ctx, fitting[0], [part_of(ctx, seen)])
        return taken > 0, said
    before = await ctx.store.waiting(ctx.asker.user)
    await ctx.store.wait(Waiting(part_of(ctx, seen), tuple(one.id for one in fitting)))
    asked = before and before[-1].options == tuple(one.id for one in fitting)
    if asked and ctx.event.at - before[-1].part.at <= TOGETHER:
        return False, []
    return False, [Say(_question(ctx, fitting), to=ctx.asker.user)]


async def _narrowed(ctx: Collector, found: list[Target], file: File) -> list[Target]:
    """Of what a file may be for: the child whom it names, where the one before it has gone,
    and what is not accepted yet."""
    if len(found) == 1:
        return found
    children = [one for one in found if _names(file.caption, one)]
    if len(children) == 1:
        return children
    if last := await just_before(ctx, ctx.asker.user, found):
        return [last]
    works = [await ctx.store.work(*one.id) for one in found]
    return [one for one, work in zip(found, works, strict=True) if work.state is not State.ACCEPTED] or found


def _names(caption: str, target: Target) -> bool:
    words = re.findall(r"\w+", plain(caption))
    given = [plain(word) for word in target.duty.subject.short.split()[1:2]]
    return target.duty.able != (target.duty.subject.user,) and any(word in words for word in given)


def _question(ctx: Collector, fitting: list[Target]) -> str:
    labels = (ctx.say(of_whom(one.held, one.duty)) for one in fitting)
    return "\n".join([ctx.say(WHAT_FOR), *(f"{number}. {label}" for number, label in enumerate(labels, 1))])


@bot.on_other_words()
async def words_alone(ctx: Collector) -> Answer:
    """What a file is for, a sign that something was read, or what ought to be a file."""
    if waiting := await ctx.store.waiting(ctx.asker.user):
        chosen = await _chosen(ctx, waiting[-1])
        if chosen:
            for one in waiting:
                await ctx.store.wait_no_more(one.part.event)
            return (await place(ctx, chosen, [one.part for one in waiting]))[1]
    if said := await confirm_in_words(ctx):
        return said
    link, long = _LINK.search(ctx.words), len(ctx.words) >= LONG_WORDS
    if (link or long) and running(await targets(ctx, ctx.asker.user), ctx.event.at):
        return NO_LINK if link else NO_WORDS
    return None


async def _chosen(ctx: Collector, waiting: Waiting) -> Target | None:
    """What an answer chooses of the question's list: by number, or by title."""
    found = {one.id: one for one in await targets(ctx, ctx.asker.user)}
    number = re.fullmatch(r"(\d{1,2})[.)]?", ctx.words.strip())
    if number:
        listed = dict(enumerate(waiting.options, 1))
        return found.get(listed.get(int(number[1]), (0, ctx.me)))
    named = named_in([found[one] for one in waiting.options if one in found], ctx.words)
    return named[0] if len(named) == 1 else None


# ---------------------------------------------------------------- in the room


@bot.on("m.room.message")
async def below_a_message(ctx: Collector) -> Answer:
    """In the thread of a collection, or in answer to anything about it."""
    number = number_of(ctx.about)
    held = await ctx.store.collection(number) if number is not None else None
    mine = await targets_in(ctx, held, ctx.asker.user) if held and not ctx.edits else []
    if held is None or not mine:
        return None
    if held.confirms:
        return await sign_in_words(ctx, mine)
    file = ctx.file
    if file is None:
        return _to_asker(ctx, Say(NO_LINK)) if _LINK.fullmatch(ctx.words) else None
    if held.private and not ctx.direct:
        return _to_asker(ctx, Say(PRIVATELY))
    taken, said = await _hand_in(ctx, file, mine)
    return [React("✅"), *said] if taken else [_to_asker(ctx, one) for one in said]


def _to_asker(ctx: Collector, said: Outgoing) -> Outgoing:
    """In the room, with a mention of whom it concerns."""
    return replace(said, mention=(ctx.asker.user,)) if isinstance(said, Say) and said.to is None else said
