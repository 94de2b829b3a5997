"""Awards with pictures: teachers give them, the room sees a card, everybody sees their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from zvonok_awards import lists, store
from zvonok_awards.catalogue import AwardsSettings, Badge, catalogue
from zvonok_awards.giving import LONGEST_REASON, Here, give
from zvonok_awards.naming import read_badge
from zvonok_awards.proposals import Giving, decided
from zvonok_awards.store import AwardStore
from zvonok_awards.taking_back import take_back
from zvonok_botkit import Answer, Author, Bot, Option, Person, Rest, Role, Say, Text, text
from zvonok_botkit.services import Awards
from zvonok_core.errors import UserError
from zvonok_core.ids import UserId
from zvonok_core.people import plain

LEADERBOARD = frozenset({"рейтинг", "лучшие", "top", "leaderboard"})

bot = Bot("awards", package="zvonok_awards", store=AwardStore, settings=AwardsSettings)
bot.migration("Awards, proposals, audit")(store.first)
bot.serves(Awards)(Giving)


@bot.command("award", "наградить", role=Role.TEACHER, direct=False)
async def award(
    ctx: Here,
    student: Annotated[Person, Author(), text("Whom do you want to award?")],
    badge: str = "",
    reason: Rest = Rest(),
) -> Answer:
    """Give a student an award: `!award Petrov Curious Mind for the questions`, or in reply to
    their message: `!award Curious Mind for the questions`"""
    badges = catalogue(ctx.settings)
    known = {"student": str(student.user)}
    if badge in badges:
        key, why = badge, str(reason)
    else:
        names = {key: one.names(ctx.catalogs) for key, one in badges.items()}
        naming = read_badge(f"{badge} {reason}".strip(), names)
        why = naming.reason
        if len(naming.found) != 1:
            question, offered = _which(bool(badge), naming.found, naming.near)
            options = _options(badges, offered or badges)
            raise ctx.ask("badge", question, options, {**known, **({"reason": why} if why else {})})
        (key,) = naming.found
    known["badge"] = key
    if not why:
        raise ctx.ask("reason", text("What for?"), known=known)
    if len(why) > LONGEST_REASON:
        question = text(
            "That is more than fits on a card: {most} letters do. What for, in short?", most=LONGEST_REASON
        )
        raise ctx.ask("reason", question, known=known)
    return await give(ctx, badges[key], student.user, why, by=ctx.asker.user, room=ctx.room)


def _which(named: bool, found: tuple[str, ...], near: tuple[str, ...]) -> tuple[Text, tuple[str, ...]]:
    """The question for a badge, and the keys on offer; none for all."""
    if not named:
        return text("Which award?"), ()
    if found:
        return text("There are several awards like this. Which one?"), found
    if near:
        return text("There is no award of this name. Perhaps one of these?"), near
    return text("There is no award of this name. Which one shall it be?"), ()


def _options(badges: Mapping[str, Badge], keys: Iterable[str]) -> list[Option]:
    return [Option(badges[key].name, key) for key in keys]


@bot.command("revoke", "отозвать", role=Role.TEACHER, direct=False)
async def revoke(
    ctx: Here, student: Annotated[Person | None, Author()] = None, badge: Rest = Rest()
) -> Answer:
    """Take an award back within a day, in reply to its card or by name: `!revoke Petrov Curious Mind`"""
    return await take_back(ctx, student, str(badge))


@bot.command("awards", "награды")
async def awards(ctx: Here, which: Rest = Rest()) -> Answer:
    """Show your own awards; to parents those of their children, to teachers those of the class: `!awards`"""
    if plain(which).strip(" .!?") in LEADERBOARD:
        return await _leaderboard(ctx)
    badges = catalogue(ctx.settings)
    if ctx.direct:
        return _joined(ctx, await _in_private(ctx, badges))
    if await ctx.may(Role.TEACHER):
        lines = await lists.of_class(ctx, ctx.room)
    elif await ctx.may(Role.STUDENT):
        return _joined(ctx, await lists.own(ctx, badges))
    else:
        lines = await lists.of_children(ctx, badges)
    if not lines:
        raise UserError(text("Awards are for students; there are none that I could show you."))
    return [text("The answer is in our direct chat."), _joined(ctx, lines, to=ctx.asker.user)]


async def _in_private(ctx: Here, badges: Mapping[str, Badge]) -> list[Text]:
    """All that concerns the asker: a teacher may have children at the school."""
    if await ctx.may(Role.STUDENT) and not await ctx.may(Role.TEACHER):
        return await lists.own(ctx, badges)
    lines = [*await lists.of_children(ctx, badges), *await lists.of_my_classes(ctx)]
    if not lines and await ctx.may(Role.TEACHER):
        return [text("Write “!awards” in a class's chat, and I'll tell you here who has got how many.")]
    return lines or [text("Awards are for students; there are none that I could show you.")]


async def _leaderboard(ctx: Here) -> Answer:
    if not ctx.settings.leaderboard:
        raise UserError(text("The school has no leaderboard of awards."))
    if ctx.direct:
        raise UserError(text("The leaderboard is shown in a class's chat."))
    return _joined(ctx, await lists.leaderboard(ctx))


def _joined(ctx: Here, lines: list[Text], to: UserId | None = None) -> Say:
    return Say("\n".join(ctx.say(line) for line in lines), to=to)


@bot.on("m.reaction")
async def reacted(ctx: Here) -> Answer:
    return await decided(ctx, ctx.emoji)


@bot.on("m.room.message")
async def answered(ctx: Here) -> Answer:
    return await decided(ctx, ctx.words)
