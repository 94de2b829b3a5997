"""What else a teacher does with a collection: looking, reminding, extending, ending."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from zvonok_botkit import Answer, Edit, Rest, Role, Say, Text, ntext, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_file_collector.collection import Collection, Purpose, Status
from zvonok_file_collector.declared import (
    CALL,
    Collector,
    bot,
    key_of,
    meant,
    register_of,
    show_soon,
    voice,
)
from zvonok_file_collector.overview import counted, overview, state_of
from zvonok_file_collector.register import count, rows
from zvonok_file_collector.targets import running, targets
from zvonok_file_collector.terms import until
from zvonok_file_collector.timing import end, plan
from zvonok_file_collector.voice import quoted
from zvonok_file_collector.wording import announcement, of_whom

IN_DIRECT_CHAT = text("The table is in our direct chat.")
NEW_DEADLINE = text("Until when? Write, for example: Friday 18:00")
OVER = text("This one is over already.")


@bot.command("collections", "сборы", "что сдать", "сдать")
async def collections(ctx: Collector) -> Answer:
    """Show what is being collected; in our direct chat, what you have to hand in and how it stands: `!collections`"""
    if not ctx.direct:
        return Say(voice(ctx).lines(*await _of_room(ctx)))
    begun = [held for held in await ctx.store.of_author(ctx.asker.user) if held.status is Status.OPEN]
    lines: list[Text | str] = []
    if begun:
        lines += [text("You are collecting:"), *[await _line(ctx, held) for held in begun]]
    lines += await _own(ctx)
    return Say(voice(ctx).lines(*lines)) if lines else text("Nothing is being collected just now.")


async def _own(ctx: Collector) -> list[Text | str]:
    """What the asker has to hand in, and has handed in."""
    to_do: list[Text | str] = []
    done: list[Text | str] = []
    for one in running(await targets(ctx, ctx.asker.user), ctx.event.at):
        row = rows(one.held, [one.duty], {one.duty.subject.user: await ctx.store.work(*one.id)})[0]
        when = [voice(ctx).deadline(one.held.deadline)] if one.held.deadline and row.to_do else []
        facts = voice(ctx).listed([state_of(one.held, row), *when])
        line = text("• {what}: {facts}", what=of_whom(one.held, one.duty), facts=facts)
        (to_do if row.to_do else done).append(line)
    how = text("To hand in, just send me the file here.")
    return [
        *([text("Still to be handed in:"), *to_do, how] if to_do else []),
        *([text("Done:"), *done] if done else []),
    ]


async def _of_room(ctx: Collector) -> list[Text | str]:
    found = [held for held in await ctx.store.of_room(ctx.room) if held.status is Status.OPEN]
    if not found:
        return [text("Nothing is being collected just now.")]
    return [text("Being collected here:"), *[await _line(ctx, held) for held in found]]


async def _line(ctx: Collector, held: Collection) -> Text:
    how = counted(held, count(await register_of(ctx, held)))
    when = voice(ctx).deadline(held.deadline) if held.deadline else text("no deadline")
    return text(
        "• № {number}. {title}: {when}. {how}",
        number=held.number,
        title=quoted(held.title),
        when=when,
        how=how,
    )


@bot.command("submitted", "сдали", "кто сдал", role=Role.TEACHER)
async def submitted(ctx: Collector, which: Rest = Rest()) -> Answer:
    """Show you in our direct chat who has handed in, and who has not: `!submitted`"""
    return await _table(ctx, await meant(ctx, str(which), Purpose.HAND_IN))


@bot.command("read", "прочитали", "кто прочитал", role=Role.TEACHER)
async def have_read(ctx: Collector, which: Rest = Rest()) -> Answer:
    """Show you in our direct chat who has confirmed to have read, and who has not: `!read`"""
    return await _table(ctx, await meant(ctx, str(which), Purpose.CONFIRM))


async def _table(ctx: Collector, held: Collection) -> list[Outgoing]:
    table = await overview(ctx, held, ctx.asker.user)
    return table if ctx.direct else [*table, Say(IN_DIRECT_CHAT)]


@bot.command("remind", "напомнить", role=Role.TEACHER)
async def remind(ctx: Collector, which: Rest = Rest()) -> Answer:
    """Remind those who have not handed in or read, each alone: `!remind`"""
    held = await meant(ctx, str(which))
    if held.status is not Status.OPEN:
        raise UserError(OVER)
    waiting = [row for row in await register_of(ctx, held) if row.to_do]
    if not waiting:
        return text("Everybody has done it already.")
    if not any(row.duty.reached for row in waiting):
        return text("Those who are missing have not come into the chat yet, so I can't write to them.")
    await ctx.schedule("remind_now", ctx.now, key=str(held.number), number=held.number)
    return text(
        "{how} I'm writing to each alone, in quiet hours as soon as they end.",
        how=ntext("{n} person is missing.", "{n} people are missing.", len(waiting)),
    )


@bot.command("extend", "продлить", role=Role.TEACHER)
async def extend(ctx: Collector, moment: Annotated[Rest, NEW_DEADLINE], which: Rest = Rest()) -> Answer:
    """Give everybody more time: `!extend until Monday 20:00`"""
    closes = until(str(moment), ctx.now, ctx.zone)
    if closes is None or closes <= ctx.now:
        raise ctx.ask("moment", NEW_DEADLINE)
    held = await meant(ctx, str(which), moment=str(moment))
    if held.status in (Status.CANCELLED, Status.FORGOTTEN):
        raise UserError(OVER)
    longer = replace(held, deadline=closes, status=Status.OPEN, ended=None)
    await ctx.store.put(longer)
    await plan(ctx, longer)
    await show_soon(ctx, longer)
    told = text(
        "{title}: new deadline, {moment}.", title=quoted(held.title), moment=voice(ctx).deadline(closes)
    )
    out: list[Outgoing] = [await _announced(ctx, longer), Say(told, to=held.room)]
    return out if ctx.room == held.room else [*out, Say(told)]


@bot.command("close collection", "закрыть сбор", role=Role.TEACHER)
async def close(ctx: Collector, which: Rest = Rest()) -> Answer:
    """End a collection: nothing more is taken, and you get the table: `!close collection`"""
    held = await meant(ctx, str(which))
    if held.status is not Status.OPEN:
        raise UserError(OVER)
    ended = await end(ctx, held, Status.CLOSED, ctx.now)
    closed = await ctx.store.collection(held.number) or held
    table = await overview(ctx, closed, ctx.asker.user)
    told = text("{title}: closed, nothing more is taken.", title=quoted(held.title))
    return [*ended, Say(told), *table]


@bot.command("cancel collection", "отменить сбор", role=Role.TEACHER)
async def cancel(ctx: Collector, which: Rest = Rest(), sure: bool | None = None) -> Answer:
    """Call a collection off; nothing has to be handed in any more: `!cancel collection`"""
    held = await meant(ctx, str(which))
    if held.status is Status.CANCELLED:
        raise UserError(OVER)
    counts = count(await register_of(ctx, held))
    if sure is False:
        return text("All right, it goes on.")
    if counts.done and not sure:
        question = text(
            "{how} Shall I really cancel {title}?", how=counted(held, counts), title=quoted(held.title)
        )
        raise ctx.ask("sure", question, known={"which": str(held.number)})
    told = text("{title}: cancelled.", title=quoted(held.title))
    if held.confirms:
        told = text("{title}: no longer in force.", title=quoted(held.title))
    return [*(await end(ctx, held, Status.CANCELLED, ctx.now)), Say(told)]


async def _announced(ctx: Collector, held: Collection) -> Edit:
    register = await register_of(ctx, held) if held.whom.people else ()
    return Edit(key_of(held, CALL), announcement(held, [row.name for row in register], voice(ctx)))
