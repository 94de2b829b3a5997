"""Taking an award back: by its card, or by whose it is and which. The card goes, the badge
does not count, and the audit keeps who did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from zvonok_awards.catalogue import catalogue
from zvonok_awards.giving import CARD, Here
from zvonok_awards.lists import name_of
from zvonok_awards.naming import read_badge
from zvonok_awards.store import Award
from zvonok_botkit import Answer, Option, Person, Role, Text, Withdraw, ntext, text
from zvonok_core.errors import UserError
from zvonok_core.ids import UserId
from zvonok_core.people import read_person


async def take_back(ctx: Here, student: Person | None, words: str) -> Answer:
    """What `!revoke` does."""
    if ctx.about.startswith(CARD):
        return await _by_card(ctx, ctx.about.removeprefix(CARD))
    possible = [award for award in await _recent(ctx) if await _may(ctx, award)]
    if chosen := [award for award in possible if award.id == words]:
        return await _taken_back(ctx, chosen[0])
    people, badges = await _people(ctx), catalogue(ctx.settings)
    names = {key: badge.names(ctx.catalogs) for key, badge in badges.items()}
    meant, named = narrowed(possible, student.user if student else None, words, people, names)
    if not meant:
        raise UserError(_nothing(ctx))
    if named and len(meant) == 1:
        return await _taken_back(ctx, meant[0])
    options = [Option(_line(ctx, award, people), award.id) for award in meant]
    raise ctx.ask("badge", text("Which award shall I take back?"), options, {})


def narrowed(
    awards: Sequence[Award],
    student: UserId | None,
    words: str,
    people: Mapping[UserId, Person],
    names: Mapping[str, Sequence[str]],
) -> tuple[list[Award], bool]:
    """Those awards that may be meant by a student and the words of a badge, and whether
    somebody was named. A family name that several have may have one award only. Pure."""
    whose = {student} if student else set[UserId]()
    if student is None and words:
        fits, _, after = read_person(words, [people[award.student] for award in awards])
        if fits:
            whose, words = {person.user for person in fits}, after
    found = [award for award in awards if not whose or award.student in whose]
    if words:
        naming = read_badge(words, names)
        found = [award for award in found if award.badge in {*naming.found, *naming.near}]
    return found, bool(whose)


async def _recent(ctx: Here) -> list[Award]:
    return await ctx.store.since(ctx.room, ctx.now - timedelta(hours=ctx.settings.take_back_hours))


async def _may(ctx: Here, award: Award) -> bool:
    """Whether the asker may take it back: who gave it, and the school's administration."""
    return award.by == ctx.asker.user or await ctx.may(Role.PRINCIPAL)


def _nothing(ctx: Here) -> Text:
    return ntext(
        "There is no such award that you could take back: who gave it may, within {n} hour.",
        "There is no such award that you could take back: who gave it may, within {n} hours.",
        ctx.settings.take_back_hours,
    )


async def _by_card(ctx: Here, id: str) -> Answer:
    award = await ctx.store.by_id(id)
    if award is None:
        raise UserError(text("This award has been taken back already."))
    if not await _may(ctx, award):
        raise UserError(text("An award is taken back by whoever gave it, or by the school's administration."))
    if award not in await _recent(ctx):
        raise UserError(_nothing(ctx))
    return await _taken_back(ctx, award)


async def _taken_back(ctx: Here, award: Award) -> Answer:
    if not await ctx.store.take_back(award, ctx.asker.user, ctx.now):
        raise UserError(text("This award has been taken back already."))
    line = _line(ctx, award, await _people(ctx))
    return [Withdraw(f"{CARD}{award.id}"), text("The award is taken back. {award}", award=line)]


def _line(ctx: Here, award: Award, people: Mapping[UserId, Person]) -> Text:
    badge = name_of(award, catalogue(ctx.settings))
    return text("{student}: “{badge}”", student=people[award.student].short, badge=badge)


async def _people(ctx: Here) -> dict[UserId, Person]:
    """Everybody by their ids; whoever has left the room since by the id alone."""
    people = {member.person.user: member.person for member in await ctx.members()}
    gone = {award.student for award in await _recent(ctx)} - people.keys()
    return people | {user: Person(user, user) for user in gone}
