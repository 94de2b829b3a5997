"""Giving a badge: who may, to whom, how often, and what the room then sees.

A teacher's command, another bot and a teacher who agrees to another bot's proposal all come
through `give`.
"""

from __future__ import annotations

import hashlib
from typing import TypeAlias

from babel.dates import format_date

from zvonok_awards.card import Card, draw
from zvonok_awards.catalogue import AwardsSettings, Badge, Once
from zvonok_awards.naming import readable
from zvonok_awards.store import Award, AwardStore
from zvonok_awards.terms import beginning, period
from zvonok_botkit import Context, Person, Picture, Role, Text, text
from zvonok_core.clock import milliseconds
from zvonok_core.errors import UserError
from zvonok_core.ids import RoomId, UserId

Here: TypeAlias = Context[AwardStore, AwardsSettings]

LONGEST_REASON = 200
"""Letters that fit on a card."""
CARD = "card:"
"""Begins the key of a card; the award's id follows."""

_ALREADY: dict[Once, Text] = {
    "day": text("This badge was given today already: {student}, “{badge}”. Another one is possible."),
    "week": text("This badge was given this week already: {student}, “{badge}”. Another one is possible."),
    "month": text("This badge was given this month already: {student}, “{badge}”. Another one is possible."),
    "year": text("This badge was given this school year already: {student}, “{badge}”. Another one is possible."),
}  # fmt: skip


async def give(ctx: Here, badge: Badge, student: UserId, reason: str, *, by: UserId, room: RoomId) -> Picture:
    """Note the award; returns the card for the room. Raises UserError where it may not be."""
    people = {member.person.user: member.person for member in await ctx.members(room)}
    if not await ctx.may(Role.TEACHER, by, room):
        raise UserError(text("Awards are given by teachers of the chat."))
    if student == by:
        raise UserError(text("Nobody gives an award to themselves."))
    whom = await student_of(ctx, student, room)
    reason = readable(reason, people.values())
    today = ctx.now.astimezone(ctx.zone).date()
    term = period(today, ctx.settings.once_in)
    award = Award(_id(ctx, student, badge), student, badge.key, room, by, milliseconds(ctx.now), reason)
    if not await ctx.store.give(award, term):
        raise already(ctx, badge, whom)
    await ctx.store.forget_reasons(beginning(ctx.now, ctx.zone))
    giver = people.get(by) or ctx.asker
    day = format_date(today, "d MMMM y", locale=ctx.language)
    card = Card(ctx.say(badge.name), ctx.say(badge.description), whom.short, reason, giver.short, day)
    return Picture(
        png=draw(card, badge.picture, ctx.language),
        alt=text(
            "Award “{badge}”: {student}, {reason}\nGiven by {by}, {day}",
            badge=badge.name,
            student=card.student,
            reason=card.reason,
            by=card.by,
            day=day,
        ),
        mention=(student,),
        name=f"{badge.key}.png",
        to=None if room == ctx.room else room,
        key=f"{CARD}{award.id}",
    )


def already(ctx: Here, badge: Badge, whom: Person) -> UserError:
    """That somebody has this badge in this period."""
    words = _ALREADY[ctx.settings.once_in]
    return UserError(Text(words.source, {"student": whom.short, "badge": badge.name}))


async def student_of(ctx: Here, user: UserId, room: RoomId) -> Person:
    """A student of a room. Raises UserError where it is none."""
    member = (await ctx.rooms.view(room)).member(user)
    if member is None:
        raise UserError(text("Awards here are for students of this chat, and this person isn't in it."))
    if not await is_student(ctx, user, room):
        raise UserError(text("Awards here are for students, and {name} isn't one.", name=member.person.short))
    return member.person


async def is_student(ctx: Here, user: UserId, room: RoomId) -> bool:
    """Whether somebody is a student of a room. Without a directory whoever does not lead
    the room is taken for one."""
    if ctx.directory is None and await ctx.may(Role.TEACHER, user, room):
        return False
    return user != ctx.me and await ctx.may(Role.STUDENT, user, room)


def _id(ctx: Here, student: UserId, badge: Badge) -> str:
    """Comes from what is answered, so that a second try is the same award."""
    name = f"{ctx.bot}|{ctx.event.id}|{student}|{badge.key}"
    return hashlib.sha256(name.encode()).hexdigest()[:20]
