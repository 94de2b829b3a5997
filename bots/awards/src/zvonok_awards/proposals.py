"""Awards that another bot would give: a teacher of the room says yes or no, in private, so
that nobody is seen to be refused."""

from __future__ import annotations

import hashlib

from zvonok_awards.catalogue import Badge, catalogue
from zvonok_awards.giving import Here, already, give, student_of
from zvonok_awards.naming import read_badge
from zvonok_awards.store import Proposal
from zvonok_awards.terms import period
from zvonok_botkit import Answer, Edit, Member, React, Role, Say, text
from zvonok_core.clock import milliseconds
from zvonok_core.errors import UserError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.people import plain
from zvonok_core.roles import Level

PROPOSAL = "proposal:"
"""Begins the key of a question; the proposal's id and a number follow."""
YES_SIGN, NO_SIGN = "👍", "👎"
_COLOURS = "".join(map(chr, [0xFE0F, *range(0x1F3FB, 0x1F400)]))
"""Skin tones, and the mark of a coloured emoji."""
_YES = frozenset({YES_SIGN, "✅", "❤", "да", "ага", "yes", "+"})
_NO = frozenset({NO_SIGN, "❌", "нет", "no", "-"})


class Giving:
    """See `zvonok_botkit.services.Awards`."""

    def __init__(self, ctx: Here) -> None:
        self._ctx = ctx

    async def give(self, to: UserId, badge: str, reason: str, *, by: UserId, room: RoomId) -> None:
        """Give somebody a badge, or, where `by` is the bot, ask a teacher whether to."""
        ctx, badges = self._ctx, catalogue(self._ctx.settings)
        found = read_badge(badge, {key: one.names(ctx.catalogs) for key, one in badges.items()})
        if len(found.found) != 1 or found.reason:
            raise UserError(text("There is no award “{badge}”.", badge=badge))
        one = badges[found.found[0]]
        if by == ctx.me:
            await _propose(ctx, one, to, reason, room)
        else:
            ctx.post(await give(ctx, one, to, reason, by=by, room=room))


async def _propose(ctx: Here, badge: Badge, student: UserId, reason: str, room: RoomId) -> None:
    whom = await student_of(ctx, student, room)
    term = period(ctx.now.astimezone(ctx.zone).date(), ctx.settings.once_in)
    if await ctx.store.in_period(student, badge.key, term):
        raise already(ctx, badge, whom)
    company = await ctx.rooms.view(room)
    teachers = _who_decides(company.members)
    if not teachers:
        raise UserError(text("There is no teacher in the chat who could agree to an award."))
    name = f"{room}|{student}|{badge.key}|{ctx.event.id}"
    proposal = Proposal(hashlib.sha256(name.encode()).hexdigest()[:20], student, badge.key, room, reason)
    if not await ctx.store.propose(proposal, ctx.me, milliseconds(ctx.now)):
        return
    where = company.managed.name if company.managed else ""
    words = text(
        "May I give this award? “{badge}”: {student}, {reason}{where}\nPut {yes} or {no}, or answer this message with “yes” or “no”.",
        badge=badge.name,
        student=whom.short,
        reason=reason,
        where=text(" (chat “{room}”)", room=where) if where else "",
        yes=YES_SIGN,
        no=NO_SIGN,
    )
    for number, teacher in enumerate(teachers):
        key = f"{PROPOSAL}{proposal.id}:{number}"
        ctx.post([Say(words, to=teacher, key=key), React(YES_SIGN, about=key, to=teacher)])
        ctx.post(React(NO_SIGN, about=key, to=teacher))


def _who_decides(members: tuple[Member, ...]) -> list[UserId]:
    """The class head; without one those who teach, without these those who lead the room."""
    for fits in (
        lambda member: "homeroom" in member.relations,
        lambda member: member.relations & {"teacher", "chair"},
        lambda member: member.level >= Level.MODERATOR,
    ):
        if found := [member.person.user for member in members if fits(member)]:
            return found
    return []


async def decided(ctx: Here, said: str) -> Answer:
    """A teacher has put an emoji beside a question, or answered it."""
    word = plain(said).translate(dict.fromkeys(map(ord, _COLOURS))).strip(" .!")
    if not ctx.about.startswith(PROPOSAL) or word not in _YES | _NO:
        return None
    proposal = await ctx.store.proposal(ctx.about.removeprefix(PROPOSAL).partition(":")[0])
    if proposal is None:
        return text("This has been decided already.")
    if not await ctx.may(Role.TEACHER, room=proposal.room):
        return text("Awards are given by teachers of the chat.")
    badge = catalogue(ctx.settings).get(proposal.badge)
    agreed = word in _YES and badge is not None
    if not await ctx.store.decide(proposal, agreed, ctx.asker.user, milliseconds(ctx.now)):
        return text("This has been decided already.")
    if not agreed or badge is None:
        return Edit(ctx.about, text("All right, I don't give this award."))
    try:
        card = await give(
            ctx, badge, proposal.student, proposal.reason, by=ctx.asker.user, room=proposal.room
        )
    except UserError as error:  # what is decided stays so
        return error.text
    return [card, Edit(ctx.about, text("Given: “{badge}”.", badge=badge.name))]
