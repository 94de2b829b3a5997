"""Who does a variant, who may change it, and which one is meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from zvonok_botkit import Member, Option, Role, Text, text
from zvonok_core.errors import UserError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Level
from zvonok_exam_prep.declared import Exams
from zvonok_exam_prep.variants.variant import State, Variant

NO_VARIANT = text("I see no variant here. Write this in the chat of the class, in reply to the variant.")
Fits: TypeAlias = Callable[[Exams, Variant], Awaitable[bool]]
ROOM, LIVE = "variant", "live"
"""What the keys of its messages begin with: in the room, and to the teacher."""


async def students(ctx: Exams, room: RoomId) -> list[Member]:
    """The students of a room, sorted as in a register; without a directory all who don't lead
    it."""
    members = await ctx.members(room)
    if ctx.directory is None:
        return [member for member in members if member.level < Level.MODERATOR]
    return [member for member in members if "student" in member.relations]


async def is_student(ctx: Exams, room: RoomId, user: UserId) -> bool:
    """Whether somebody is one of them."""
    return any(member.person.user == user for member in await students(ctx, room))


async def in_charge(ctx: Exams, variant: Variant) -> bool:
    """Whether the asker teaches in the variant's room now: whoever has given it may have left."""
    return await ctx.may(Role.TEACHER, room=variant.room)


def key_of(variant: Variant, what: str) -> str:
    """The key of what is sent for a variant."""
    return f"{what}:{variant.id}"


async def meant(
    ctx: Exams, which: str, *, running: bool = False, fits: Fits | None = None, none: Text = NO_VARIANT
) -> Variant:
    """The variant that a command is about: the one that it replies to, else the newest of the
    room; in a direct chat one of the asker's own, and they are asked for the parameter `which`
    where there are several. Raises UserError where there is `none`, or where it is none of their
    business."""
    what, _, named = ctx.about.partition(":")
    store = ctx.store.variants
    if what in (ROOM, LIVE) and (replied := await store.variant(named)):
        found = [replied]
    elif ctx.direct:
        found = await store.of_author(ctx.asker.user)
    else:
        found = await store.of_room(ctx.room)
    if running:
        found = [one for one in found if one.state is State.OPEN]
    if which:
        found = [one for one in found if one.id == which]
    if found and not await in_charge(ctx, found[0]):
        raise UserError(text("Only the teacher may do this."))
    if fits:
        found = [one for one in found if await fits(ctx, one)]
    if not found:
        raise UserError(none)
    if ctx.direct and len(found) > 1:
        options = [Option(f"{one.title}. {await place_of(ctx, one)}", one.id) for one in found[:9]]
        raise ctx.ask("which", text("Which variant do you mean?"), options)
    return found[0]


async def place_of(ctx: Exams, variant: Variant) -> str:
    """What the chat of a variant is called; "" where the directory doesn't know it."""
    view = (await ctx.rooms.view(variant.room)).managed
    return view.name if view else ""
