"""Signs that something was read: a ✅ beside it, or «+» in answer to it."""

from __future__ import annotations

import re

from zvonok_botkit import Answer, React
from zvonok_botkit.answers import Outgoing
from zvonok_core.people import plain
from zvonok_file_collector.collection import Purpose
from zvonok_file_collector.declared import Collector, bot, number_of
from zvonok_file_collector.placing import part_of, place
from zvonok_file_collector.targets import Target, running, targets, targets_in

SIGNS = ("✅", "☑", "✔", "👍", "👌", "🆗", "➕")
_WORDS = re.compile(
    r"\+|(?:да,?\s+)?(?:я\s+)?(?:прочитал[аи]?|прочла|прочел|прочли|ознакомлен[аы]?|ознакомил(?:ся|ась|ись)|понял[аи]?|понятно|принято|"
    r"видел[аи]?|ок(?:ей)?|да|хорошо|read|i have read it|ok(?:ay)?|yes|got it|done)(?:,?\s+спасибо|,?\s+thanks?)?"
)


def is_sign(words: str) -> bool:
    """Whether words say that somebody has read."""
    return bool(_WORDS.fullmatch(plain(words).strip(" .!")))


@bot.on("m.reaction")
async def signed(ctx: Collector) -> Answer:
    """A sign counts for whoever gives it, and for each of their children."""
    number = number_of(ctx.about)
    held = await ctx.store.collection(number) if number is not None else None
    if held is None or not held.confirms or not ctx.emoji.startswith(SIGNS):
        return None
    await _note(ctx, await targets_in(ctx, held, ctx.asker.user))
    return None


async def sign_in_words(ctx: Collector, mine: list[Target]) -> list[Outgoing] | None:
    """An answer to what is to be read."""
    if not is_sign(ctx.words):
        return None
    return [React("✅")] if await _note(ctx, mine) else []


async def confirm_in_words(ctx: Collector) -> list[Outgoing] | None:
    """«+» in a direct chat, where one thing only is to be read."""
    if not is_sign(ctx.words):
        return None
    found = running(await targets(ctx, ctx.asker.user, Purpose.CONFIRM), ctx.event.at)
    open_ones = [one for one in found if not (await ctx.store.work(*one.id)).current]
    if len({one.held.number for one in open_ones}) != 1:
        return None
    return [React("✅")] if await _note(ctx, open_ones) else None


async def _note(ctx: Collector, mine: list[Target]) -> bool:
    taken = 0
    for one in running(mine, ctx.event.at):
        taken += (await place(ctx, one, [part_of(ctx, None)]))[0]
    return taken > 0
