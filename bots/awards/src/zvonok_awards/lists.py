"""Who has got what: for students themselves, for their parents, for the class's teachers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date

from zvonok_awards.catalogue import Badge
from zvonok_awards.giving import Here, is_student
from zvonok_awards.store import Award
from zvonok_awards.terms import beginning
from zvonok_botkit import Person, Role, Text, ntext, text
from zvonok_core.ids import RoomId, UserId

MOST_SHOWN = 20
"""Awards of one student in a list, the newest."""
PLACES = 5
"""Of the leaderboard."""


async def own(ctx: Here, badges: Mapping[str, Badge]) -> list[Text]:
    """What the asker has got this school year."""
    awards = await ctx.store.of_student(ctx.asker.user, beginning(ctx.now, ctx.zone))
    if not awards:
        return [text("You have no awards yet this school year. There is time!")]
    title = ntext(
        "You have {n} award this school year:", "You have {n} awards this school year:", len(awards)
    )
    return [title, *_lines(ctx, awards, badges)]


async def of_children(ctx: Here, badges: Mapping[str, Badge]) -> list[Text]:
    """What the asker's children have got."""
    person = await ctx.directory.person(ctx.asker.user) if ctx.directory else None
    lines: list[Text] = []
    for child in person.children if person else ():
        awards = await ctx.store.of_student(child.user, beginning(ctx.now, ctx.zone))
        name = Person(child.user, child.name).short
        if awards:
            title = ntext(
                "{name}: {n} award this school year",
                "{name}: {n} awards this school year",
                len(awards),
                name=name,
            )
            lines += [title, *_lines(ctx, awards, badges)]
        else:
            lines.append(text("{name}: no awards yet this school year", name=name))
    return lines


def _lines(ctx: Here, awards: list[Award], badges: Mapping[str, Badge]) -> list[Text]:
    lines = []
    for award in awards[:MOST_SHOWN]:
        day = format_date(datetime.fromtimestamp(award.at / 1000, ctx.zone), "d MMMM", locale=ctx.language)
        badge = name_of(award, badges)
        if award.reason:
            lines.append(text("• {day}: “{badge}”, {reason}", day=day, badge=badge, reason=award.reason))
        else:
            lines.append(text("• {day}: “{badge}”", day=day, badge=badge))
    if more := len(awards) - len(lines):
        lines.append(ntext("… and {n} more", "… and {n} more", more))
    return lines


def name_of(award: Award, badges: Mapping[str, Badge]) -> Text | str:
    """A badge's name; its key where the school has it no more."""
    badge = badges.get(award.badge)
    return badge.name if badge else award.badge


async def students(ctx: Here, room: RoomId) -> list[Person]:
    """In the order of a register."""
    return [
        member.person for member in await ctx.members(room) if await is_student(ctx, member.person.user, room)
    ]


async def of_class(ctx: Here, room: RoomId) -> list[Text]:
    """For teachers: how many everybody has got in a room this school year, and who has none."""
    company = await ctx.rooms.view(room)
    counts = await _counts(ctx, room)
    listed = await students(ctx, room)
    lines = [
        text("• {name}: {n}", name=person.short, n=counts[person.user])
        for person in listed
        if counts.get(person.user)
    ]
    without = ", ".join(person.short for person in listed if not counts.get(person.user))
    if company.managed:
        title = text("“{room}”, awards of this school year:", room=company.managed.name)
    else:
        title = text("Awards of this school year:")
    return [title, *lines, *([text("None yet: {names}", names=without)] if without else [])]


async def of_my_classes(ctx: Here) -> list[Text]:
    """For a teacher alone with the bot: every chat in which they have given awards."""
    lines: list[Text] = []
    for room in await ctx.store.rooms_of(ctx.asker.user, beginning(ctx.now, ctx.zone)):
        if await ctx.may(Role.TEACHER, room=room):
            lines += await of_class(ctx, room)
    return lines


async def leaderboard(ctx: Here) -> list[Text]:
    """Who has the most in this room; those who are equal share a place."""
    counts = await _counts(ctx, ctx.room)
    ranked = [person for person in await students(ctx, ctx.room) if counts.get(person.user)]
    ranked.sort(key=lambda person: -counts[person.user])
    if not ranked:
        return [text("Nobody here has an award yet this school year.")]
    lines = []
    for person in ranked:
        place = 1 + sum(counts[other.user] > counts[person.user] for other in ranked)
        if place <= PLACES:
            lines.append(text("{place}. {name}: {n}", place=place, name=person.short, n=counts[person.user]))
    return [text("Most awards this school year:"), *lines]


async def _counts(ctx: Here, room: RoomId) -> dict[UserId, int]:
    counts = await ctx.store.counts(room, beginning(ctx.now, ctx.zone))
    return {count.student: count.number for count in counts}
