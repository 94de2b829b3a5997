"""What somebody's file, sign or words may be for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from zvonok_core.clock import milliseconds
from zvonok_core.ids import ClassId, UserId
from zvonok_core.people import plain
from zvonok_file_collector.collection import Collection, Purpose, Status
from zvonok_file_collector.declared import LATE_DAYS, Collector, called, duties_of
from zvonok_file_collector.duties import Duty
from zvonok_file_collector.states import TOGETHER

SHORTEST_NAMED = 4
"""Letters of a title that is recognised inside other words."""


@dataclass(frozen=True, slots=True)
class Target:
    """A collection, and for whom in it something counts."""

    held: Collection
    duty: Duty

    @property
    def id(self) -> tuple[int, UserId]:
        """The collection's number, and who is asked."""
        return self.held.number, self.duty.subject.user


async def targets(ctx: Collector, user: UserId, purpose: Purpose = Purpose.HAND_IN) -> list[Target]:
    """All that is asked of somebody, or was until lately, the newest first."""
    classes = await _classes(ctx, user)
    found: list[Target] = []
    for held in await ctx.store.lately(ctx.now - timedelta(days=LATE_DAYS)):
        elsewhere = classes is not None and held.class_ is not None and held.class_ not in classes
        if held.purpose is purpose and not elsewhere:
            found += await targets_in(ctx, held, user)
    return found


async def targets_in(ctx: Collector, held: Collection, user: UserId) -> list[Target]:
    """For whom in a collection somebody's sending counts: for themselves, or for each of
    their children."""
    return [Target(held, duty) for duty in await duties_of(ctx, held) if user in duty.able]


async def _classes(ctx: Collector, user: UserId) -> set[ClassId] | None:
    """The classes that somebody has to do with, so that not every room has to be looked at;
    None where they are of no class, or nobody knows."""
    person = await ctx.directory.person(user) if ctx.directory else None
    return {class_.id for class_ in person.classes} or None if person else None


def running(found: Sequence[Target], at: int) -> list[Target]:
    """Those that took things at a moment."""
    return [one for one in found if takes(one.held, at)]


def takes(held: Collection, at: int) -> bool:
    """Whether a collection was open at a moment; what was sent before its end still counts."""
    if held.status is Status.CLOSED and held.ended:
        return at < milliseconds(held.ended)
    return held.status is Status.OPEN


def named_in(found: Sequence[Target], words: str) -> list[Target]:
    """Those of the one collection that some words name; none where they name several."""
    fits = [one for one in found if called([one.held], words) or _stands_in(one.held.title, words)]
    return fits if len({one.held.number for one in fits}) == 1 else []


def _stands_in(title: str, words: str) -> bool:
    bare = plain(title).strip(' «»"“”.!?')
    return len(bare) >= SHORTEST_NAMED and bare in plain(words)


async def just_before(ctx: Collector, user: UserId, among: Sequence[Target]) -> Target | None:
    """Where somebody has sent something just before."""
    for number, subject in await ctx.store.latest_of(user):
        work = await ctx.store.work(number, subject)
        latest = max(part.at for part in work.parts if part.sender == user)
        if abs(ctx.event.at - latest) <= TOGETHER:
            return next((one for one in among if one.id == (number, subject)), None)
    return None
