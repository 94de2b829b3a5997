"""The bot as a declaration, the settings, and what all of its handlers share."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, TypeAlias, TypeVar, cast

from zvonok_botkit import Answer, Bot, Context, Option, Role, text
from zvonok_botkit.people import Company
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.people import plain
from zvonok_file_collector.collection import Collection, Purpose, Status
from zvonok_file_collector.duties import Duty, duties
from zvonok_file_collector.register import Row, rows
from zvonok_file_collector.schema import first_tables
from zvonok_file_collector.store import CollectorStore
from zvonok_file_collector.voice import Voice

SECONDS_BETWEEN_EDITS = 30.0
"""A table is drawn anew at most so often while people hand in."""
LATE_DAYS = 14
"""So long after the deadline late ones are taken, unless the teacher closes it before."""


@dataclass(frozen=True, slots=True)
class CollectorSettings:
    """The section `file-collector` of the config."""

    keep_days: int = 180
    """So long after the deadline, or after the end where that is later, it is kept who has
    handed in what; the teacher is told a week before. The files themselves are the homeserver's."""


Collector: TypeAlias = Context[CollectorStore, CollectorSettings]

bot = Bot("file-collector", package="zvonok_file_collector", store=CollectorStore, settings=CollectorSettings)
bot.migration("Collections, works, files")(first_tables)

NOTHING_HERE = text("I'm collecting nothing here. Begin with “!collect Essay until Friday 18:00”.")
WHICH = text("Which one do you mean?")
ONLY_THEIRS = text("Only whoever has begun it, or a teacher of its room, may do this.")
CALL, REMINDER, RECEIPT, TABLE, EXPORT = "call", "reminder", "receipt", "table", "export"


AGAIN = timedelta(minutes=10)
J = TypeVar("J", bound=Callable[..., Awaitable[Answer]])


def patient(job: J) -> J:
    """A job that is done later where something that it needs is away for longer than the kit
    waits for it: a reminder must not be lost with a directory that is being restarted."""

    @wraps(job)
    async def patiently(ctx: Collector, **data: Any) -> Answer:
        try:
            return await job(ctx, **data)
        except TemporaryError:
            key = ":".join(str(value) for value in data.values())
            await ctx.schedule(job.__name__, ctx.now + AGAIN, key=key, **data)
            return None

    return cast(J, patiently)


def voice(ctx: Collector) -> Voice:
    """How words are put in this room."""
    return Voice(ctx.say, ctx.language, ctx.zone, ctx.now)


def key_of(held: Collection, what: str, *more: str) -> str:
    """The key of what is sent for a collection."""
    return ":".join((what, str(held.number), *more))


def number_of(key: str) -> int | None:
    """The collection that something which was sent under a key is about."""
    what, _, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if what in (CALL, REMINDER, RECEIPT, TABLE, EXPORT) and number.isdigit() else None


async def company(ctx: Collector, room: RoomId) -> Company:
    """Who is in a room; nobody where the room is gone, or the bot is in it no more."""
    try:
        return await ctx.rooms.view(room)
    except PermanentError:
        return Company((), None)


async def duties_of(ctx: Collector, held: Collection) -> tuple[Duty, ...]:
    """Of whom it is asked, as of now."""
    subgroup = None
    if held.whom.subgroup:
        subgroup = {person.user for person in (await company(ctx, held.whom.subgroup)).people}
    return duties((await company(ctx, held.room)).members, held.whom, held.author, subgroup)


async def register_of(ctx: Collector, held: Collection) -> tuple[Row, ...]:
    """Who has handed in and who has not, as of now."""
    return rows(held, await duties_of(ctx, held), await ctx.store.works(held.number))


async def in_charge(ctx: Collector, held: Collection, user: UserId | None = None) -> bool:
    """Whether the asker, or another, has begun it and is still in its room, or teaches there."""
    user = user or ctx.asker.user
    if (await company(ctx, held.room)).member(user) is None:
        return False
    return user == held.author or await ctx.may(Role.TEACHER, user, held.room)


def read_number(words: str) -> int | None:
    """«12», «№ 12»; None where it is no number of a collection."""
    found = re.fullmatch(r"(?:сбор\s*)?[№#]?\s*(\d{1,6})", words.strip(" .!?"), re.IGNORECASE)
    return int(found[1]) if found else None


async def meant(ctx: Collector, which: str, purpose: Purpose | None = None, **known: str) -> Collection:
    """The collection that a teacher's command is about: the one that it replies to or names,
    else the only one that is open here, else the newest; best one of the purpose. Raises Ask
    where several may be meant, and UserError where there is none or where the asker is not in
    charge of it."""
    found = await _replied(ctx)
    if found is None and (number := read_number(which)) is not None:
        found = await ctx.store.collection(number)
        if found is None:
            raise UserError(text("There is no collection number {number}.", number=number))
    if found is None:
        candidates = await _candidates(ctx)
        candidates = [held for held in candidates if held.purpose is purpose] or candidates
        if which.strip():
            candidates = called(candidates, which)
            if not candidates:
                raise UserError(text("I find nothing that is called “{name}”.", name=which.strip()))
        found = await _one_of(ctx, candidates, known)
    if not await in_charge(ctx, found):
        raise UserError(ONLY_THEIRS)
    return found


def called(candidates: Sequence[Collection], name: str) -> list[Collection]:
    """Those whose title is this, else those in whose title it stands."""
    said = plain(name).strip(' «»"“”.!?')
    exact = [held for held in candidates if plain(held.title).strip(' «»"“”.!?') == said]
    return exact or [held for held in candidates if said and said in plain(held.title)]


async def _replied(ctx: Collector) -> Collection | None:
    number = number_of(ctx.about)
    if number is None and ctx.reply_to:
        works = await ctx.store.of_event(ctx.reply_to)
        number = works[0][0] if works else None
    return await ctx.store.collection(number) if number is not None else None


async def _candidates(ctx: Collector) -> list[Collection]:
    if not ctx.direct:
        return await ctx.store.of_room(ctx.room)
    seen = await ctx.store.last_seen(ctx.asker.user)
    last = await ctx.store.collection(seen[0]) if seen else None
    mine = await ctx.store.of_author(ctx.asker.user)
    return [last, *(held for held in mine if held != last)] if last else mine


async def _one_of(ctx: Collector, candidates: Sequence[Collection], known: dict[str, str]) -> Collection:
    listed = [held for held in candidates if held.status is Status.OPEN]
    listed = listed or [held for held in candidates if held.status is not Status.CANCELLED][:1]
    if not listed:
        raise UserError(NOTHING_HERE)
    if len(listed) > 1:
        options = [Option(_option(held), str(held.number)) for held in listed[:9]]
        raise ctx.ask("which", WHICH, options, known or None)
    return listed[0]


def _option(held: Collection) -> str:
    return f"«{held.title}», № {held.number}"


async def show_soon(ctx: Collector, held: Collection) -> None:
    """Have the tables that teachers see drawn anew, at most once in a while."""
    for viewer, table in (await ctx.store.tables(held.number)).items():
        if not table.waiting:
            await ctx.store.mark_waiting(held.number, viewer)
            since = ctx.now.timestamp() - table.at / 1000
            pause = timedelta(seconds=max(1.0, SECONDS_BETWEEN_EDITS - since))
            await ctx.schedule(
                "show", ctx.now + pause, key=f"{held.number}:{viewer}", number=held.number, viewer=viewer
            )


async def room_name(ctx: Collector, room: RoomId) -> str:
    """What a room is called, "" where nobody knows."""
    managed = (await company(ctx, room)).managed
    return managed.name if managed else ""
