"""What a teacher decides about somebody's work: good as it is, to be done again, not needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from zvonok_botkit import Answer, Option, React, Rest, Role, Say, Text, text
from zvonok_botkit.answers import Outgoing
from zvonok_core.errors import UserError
from zvonok_core.people import plain, read_person
from zvonok_file_collector.collection import Collection
from zvonok_file_collector.declared import Collector, bot, in_charge, meant, register_of, show_soon, voice
from zvonok_file_collector.register import GOOD, Row
from zvonok_file_collector.reminding import tell_later
from zvonok_file_collector.states import Refused, State, Why, Work, accept, excuse, give_back

MOST_OFFERED = 9
WHOSE = text("Whose work? Write family names, or numbers from the table.")
WHAT_TO_MEND = text("What is to be done better? I'll pass your words on.")
EVERYBODY = ("все", "всех", "всем", "all", "everybody", "everyone")
TO_JUDGE = GOOD - {State.ACCEPTED}
WHY_NOT = {
    Why.NOTHING_THERE: text("nothing is handed in"),
    Why.THERE_ALREADY: text("handed in already"),
    Why.ACCEPTED: text("accepted already"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a teacher's words name, and what else they say."""

    rows: tuple[Row, ...]
    rest: str


@bot.command("accept", "принять", role=Role.TEACHER)
async def accept_works(ctx: Collector, who: Rest = Rest(), which: Rest = Rest()) -> Answer:
    """Accept somebody's work, or everybody's; also in reply to it: `!accept Petrov, Sidorova`"""
    held, named = await _named(ctx, str(who), str(which), many=True)
    everybody = plain(str(who)).strip(" .!") in EVERYBODY
    rows = [row for row in named.rows if not everybody or row.state in TO_JUDGE]
    return await _judge(ctx, held, rows, accept)


@bot.command("return", "вернуть", role=Role.TEACHER)
async def return_work(
    ctx: Collector, who: Rest = Rest(), comment: Annotated[Rest, WHAT_TO_MEND] = Rest(), which: Rest = Rest()
) -> Answer:
    """Return somebody's work with a comment, to be done better; whoever was excused is asked again: `!return Petrov The conclusion is missing`"""
    held, named = await _named(ctx, str(who), str(which), many=False)
    said = str(comment) or named.rest
    known = {"who": " ".join(row.duty.subject.user for row in named.rows), "which": str(held.number)}
    if not said and named.rows[0].state is not State.EXCUSED:
        raise ctx.ask("comment", WHAT_TO_MEND, known=known)
    return await _judge(ctx, held, named.rows, lambda work: give_back(work, said))


@bot.command("excuse", "освободить", role=Role.TEACHER)
async def excuse_people(ctx: Collector, who: Rest = Rest(), which: Rest = Rest()) -> Answer:
    """Excuse somebody: nothing has to be handed in: `!excuse Petrov`"""
    held, named = await _named(ctx, str(who), str(which), many=True)
    return await _judge(ctx, held, named.rows, excuse)


async def _judge(
    ctx: Collector, held: Collection, rows: Sequence[Row], change: Callable[[Work], Work]
) -> list[Outgoing]:
    if not rows:
        raise UserError(text("There is nothing to be accepted just now."))
    done: list[Row] = []
    not_done: list[Text] = []
    for row in rows:
        try:
            after = change(row.work)
        except Refused as refused:
            not_done.append(text("{name}: {why}", name=row.name, why=WHY_NOT[refused.why]))
            continue
        await ctx.store.save(held.number, row.duty.subject.user, after)
        await tell_later(ctx, held, row.duty)
        done.append(row)
    await show_soon(ctx, held)
    names = ", ".join(row.name for row in done)
    answer = voice(ctx).lines(
        text("Done: {names}.", names=names) if done else "",
        *([text("Not done:"), *not_done] if not_done else []),
    )
    if ctx.direct:
        return [Say(answer)]
    # The room learns nothing of anybody's work.
    told = [Say(answer, to=ctx.asker.user)] if not_done else []
    return [*([React("✅")] if done else []), *told]


async def _named(ctx: Collector, who: str, which: str, *, many: bool) -> tuple[Collection, Named]:
    """The collection and the people that a command means: the author of the file that it
    replies to, numbers of the table that the teacher has seen last, names."""
    if (row := await _replied(ctx)) is not None:
        return row[0], Named((row[1],), who.strip())
    held = await meant(ctx, which, who=who)
    if held.confirms:
        raise UserError(text("Here people confirm that they have read; there is no work to be judged."))
    register = await register_of(ctx, held)
    if many and plain(who).strip(" .!") in EVERYBODY:
        return held, Named(register, "")
    rows, rest = await _by_number(ctx, held, register, who)
    while rest and (many or not rows):
        fits, name, after = read_person(rest, [row.duty.subject for row in register])
        if len(fits) > 1:
            before = ", ".join(row.duty.subject.user for row in rows)
            options = [
                Option(one.name, ", ".join(filter(None, [before, f"{one.user} {after}"])))
                for one in fits[:MOST_OFFERED]
            ]
            known = {"which": str(held.number)}
            raise ctx.ask(
                "who", text("“{name}” fits several people. Whom do you mean?", name=name), options, known
            )
        if not fits:
            question = text("I can't find “{name}” among those who are asked. Whose work?", name=name or rest)
            raise ctx.ask("who", question, known={"which": str(held.number)})
        rows += [row for row in register if row.duty.subject == fits[0] and row not in rows]
        rest = re.sub(r"^(?:и|and)\s+", "", after) if many else after
    if not rows:
        raise ctx.ask("who", WHOSE, known={"which": str(held.number)})
    return held, Named(tuple(rows), rest)


async def _replied(ctx: Collector) -> tuple[Collection, Row] | None:
    """The work to which the message belongs that is replied to."""
    for number, subject in await ctx.store.of_event(ctx.reply_to) if ctx.reply_to else []:
        held = await ctx.store.collection(number)
        if held is None or held.confirms or not await in_charge(ctx, held):
            continue
        row = next((row for row in await register_of(ctx, held) if row.duty.subject.user == subject), None)
        if row is not None:
            return held, row
    return None


async def _by_number(
    ctx: Collector, held: Collection, register: Sequence[Row], who: str
) -> tuple[list[Row], str]:
    """The rows whose numbers stand at the beginning: as in the table that the asker has seen."""
    numbers = re.match(r"\s*((?:\d{1,3}[\s,;]*(?:и\s+|and\s+)?)+)(?=\D|$)", who)
    table = (await ctx.store.tables(held.number)).get(ctx.asker.user)
    if numbers is None or table is None:
        return [], who.strip()
    chosen = {
        table.subjects[int(number) - 1]
        for number in re.findall(r"\d+", numbers[1])
        if 1 <= int(number) <= len(table.subjects)
    }
    return [row for row in register if row.duty.subject.user in chosen], who[numbers.end() :].strip(" ,;:.")
