"""Files, as people send them: to the bot alone, or into the thread of a collection."""

from __future__ import annotations

import re

from zvonok_botkit import Answer, React, Say, Text, text
from zvonok_botkit.answers import Outgoing
from zvonok_botkit.files import File
from zvonok_core.ids import UserId
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
    """One that may be for several collections waits until its sender has chosen."""
    file = ctx.file
    found = await targets(ctx, ctx.asker.user)
    if file is None or not found:
        return None
    seen = await look(ctx, file)
    if isinstance(seen, Text):
        return seen
    fitting = await _narrowed(ctx, found, file)
    if len(fitting) == 1:
        return (await place(ctx, fitting[0], [part_of(ctx, seen)]))[1]
    waiting = await ctx.store.waiting(ctx.asker.user)
    await ctx.store.wait(Waiting(part_of(ctx, seen), tuple(one.id for one in fitting)))
    if waiting and ctx.event.at - waiting[-1].part.at <= TOGETHER:
        return []  # it was asked already
    return Say(_question(ctx, fitting))


async def _narrowed(ctx: Collector, found: list[Target], file: File) -> list[Target]:
    """What a file is for: what it answers or names, else what is open, and of that where the
    one before it has gone."""
    number = number_of(ctx.about)
    listed = [one for one in found if one.held.number == number] or named_in(found, file.caption)
    listed = listed or running(found, ctx.event.at) or found[:1]
    if len(listed) == 1:
        return listed
    if last := await just_before(ctx, ctx.asker.user, listed):
        return [last]
    works = [await ctx.store.work(*one.id) for one in listed]
    return [
        one for one, work in zip(listed, works, strict=True) if work.state is not State.ACCEPTED
    ] or listed


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
    """The collection that an answer chooses by its number in the question, or by its title."""
    found = {one.id: one for one in await targets(ctx, ctx.asker.user)}
    number = re.fullmatch(r"(\d{1,2})[.)]?", ctx.words.strip())
    if number:
        place_in_list = int(number[1]) - 1
        listed = waiting.options
        return found.get(listed[place_in_list]) if 0 <= place_in_list < len(listed) else None
    named = named_in([one for id, one in found.items() if id in waiting.options], ctx.words)  # noqa: A001
    return named[0] if len(named) == 1 else None


# ---------------------------------------------------------------- in the room


@bot.on("m.room.message")
async def below_a_message(ctx: Collector) -> Answer:
    """In the thread of a collection, or in answer to anything about it."""
    number = number_of(ctx.about)
    held = await ctx.store.collection(number) if number is not None else None
    if held is None or ctx.edits:
        return None
    mine = await targets_in(ctx, held, ctx.asker.user)
    if not mine:
        return None
    if held.confirms:
        return await sign_in_words(ctx, mine)
    file = ctx.file
    if file is None:
        only_link = _LINK.sub("", ctx.words).strip() == "" and ctx.words
        return _reply(ctx, NO_LINK) if only_link else None
    if held.private and not ctx.direct:
        return _reply(ctx, PRIVATELY)
    seen = await look(ctx, file)
    if isinstance(seen, Text):
        return _reply(ctx, seen)
    chosen = await _of_children(ctx, mine, file)
    if chosen is None:
        await ctx.store.wait(Waiting(part_of(ctx, seen), tuple(one.id for one in mine)))
        return Say(_question(ctx, mine), to=ctx.asker.user)
    taken, said = await place(ctx, chosen, [part_of(ctx, seen)])
    return [React("✅"), *said] if taken else [_mentioned(one, ctx.asker.user) for one in said]


async def _of_children(ctx: Collector, mine: list[Target], file: File) -> Target | None:
    """For which child a parent has sent something; None where it has to be asked."""
    if len(mine) == 1:
        return mine[0]
    given = [one for one in mine if any(word in file.caption for word in one.duty.subject.short.split()[:2])]
    return given[0] if len(given) == 1 else await just_before(ctx, ctx.asker.user, mine)


def _reply(ctx: Collector, words: Text) -> Say:
    return Say(words, mention=(ctx.asker.user,))


def _mentioned(said: Outgoing, user: UserId) -> Outgoing:
    return Say(said.words, mention=(user,)) if isinstance(said, Say) and said.to is None else said
