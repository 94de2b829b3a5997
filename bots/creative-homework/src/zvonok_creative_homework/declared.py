"""The bot as a declaration, the settings, and what all of its handlers share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from zvonok_botkit import Bot, Context, Edit, Person, Role, Send, Text, text
from zvonok_botkit.people import Company
from zvonok_core.errors import PermanentError, UserError
from zvonok_core.ids import EventId, RoomId, UserId
from zvonok_creative_homework.round import Places, Round, places
from zvonok_creative_homework.standing import Row, rows
from zvonok_creative_homework.store import HomeworkStore
from zvonok_creative_homework.tables import first_tables
from zvonok_creative_homework.wording import Voice, announcement, brief


@dataclass(frozen=True, slots=True)
class HomeworkSettings:
    """The section `creative-homework` of the config."""

    most_megabytes: int = 100
    """A larger recording is not taken: a minute of a phone's film has some ten to a hundred."""
    keep_days: int = 90
    """So long after its end, or its beginning where it has none, a round is remembered."""


Homework: TypeAlias = Context[HomeworkStore, HomeworkSettings]

bot = Bot(
    "creative-homework", package="zvonok_creative_homework", store=HomeworkStore, settings=HomeworkSettings
)
bot.migration("Rounds, picks, answers, remarks")(first_tables)

NONE_HERE = text("There is no creative homework in this chat just now.")
LIST = "list:"
"""Begins the key of the list of topics; the round's id follows."""
SAID = "said:"
"""Begins the key of what is answered beside somebody's message; the round's id and that
message's follow."""


def voice(ctx: Homework) -> Voice:
    """How words are put in this room."""
    return Voice(ctx.say, ctx.language, ctx.zone, ctx.now)


async def running_here(ctx: Homework) -> Round:
    """The round of this room. Raises UserError where there is none."""
    found = await ctx.store.running(ctx.room)
    if found is None:
        raise UserError(NONE_HERE)
    return found


async def company(ctx: Homework, room: RoomId) -> Company:
    """Who is in a room; nobody where the room is gone, or the bot is in it no more."""
    try:
        return await ctx.rooms.view(room)
    except PermanentError:
        return Company((), None)


async def students(ctx: Homework, room: RoomId) -> list[Person]:
    """Those whom the homework is for: they have signed in, and are still here. Without a
    directory whoever does not lead the room is taken for one."""
    return [
        member.person
        for member in (await company(ctx, room)).members
        if member.joined and await is_student(ctx, member.person.user, room)
    ]


async def is_student(ctx: Homework, user: UserId, room: RoomId) -> bool:
    """Whether somebody is a student of a room."""
    if (await company(ctx, room)).member(user) is None:
        return False
    if ctx.directory is None:
        return not await ctx.may(Role.TEACHER, user, room)
    return await ctx.may(Role.STUDENT, user, room)


async def teacher_of(ctx: Homework, of: Round) -> Person | None:
    """Who is told of a round: whoever has set it, as long as they teach there, else whoever does."""
    people = (await company(ctx, of.room)).people
    for person in sorted(people, key=lambda person: person.user != of.teacher):
        if await ctx.may(Role.TEACHER, person.user, of.room):
            return person
    return None


async def topics_of(ctx: Homework, of: Round, but_for: UserId | None = None) -> Places:
    """How the topics stand, or would if one person had none."""
    here = {person.user for person in await students(ctx, of.room)} - {but_for}
    return places(of, await ctx.store.picks(of.id), here)


async def table_of(ctx: Homework, of: Round) -> tuple[Row, ...]:
    """Where each student stands."""
    people, store = await students(ctx, of.room), ctx.store
    return rows(of, people, await store.picks(of.id), await store.answers(of.id), await store.remarks(of.id))


async def list_of(ctx: Homework, of: Round) -> str:
    """The list of topics as it is now."""
    names = {person.user: brief(person) for person in await students(ctx, of.room)}
    return announcement(of, await topics_of(ctx, of), names, voice(ctx))


async def refreshed(ctx: Homework, of: Round) -> list[Edit]:
    """The list of topics, brought up to date where it is not."""
    words = await list_of(ctx, of)
    return [Edit(f"{LIST}{of.id}", words)] if await ctx.store.show(of.id, words) else []


async def round_of(ctx: Homework) -> Round | None:
    """The round that an event in a room is about: the one to whose list, or to whose answers, it
    belongs, else the one that is running there."""
    if named := belongs_to(ctx):
        return await ctx.store.round(named)
    return await ctx.store.running(ctx.room)


def belongs_to(ctx: Homework) -> str:
    """The round whose list, or one of whose answers, an event is about or stands below; "" for
    none."""
    what, _, of = ctx.about.partition(":")
    return of.partition(":")[0] if f"{what}:" in (LIST, SAID) else ""


def beside(
    of: Round, words: str, event: EventId, user: UserId, *, room: RoomId, thread: EventId | None
) -> Send:
    """An answer to what somebody has written, there where it was: of what is heard in passing,
    or looked at for a while, the kit makes no reply."""
    relates: Mapping[str, Any] = {"m.in_reply_to": {"event_id": event}}
    if thread:
        relates = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": False, **relates}
    content = {
        "msgtype": "m.text",
        "body": words,
        "m.mentions": {"user_ids": [user]},
        "m.relates_to": relates,
    }
    return Send("m.room.message", content, to=room, key=f"{SAID}{of.id}:{event}")


def reply(ctx: Homework, of: Round, words: Text) -> Send:
    """The same for the event at hand."""
    return beside(of, ctx.say(words), ctx.event.id, ctx.asker.user, room=ctx.room, thread=ctx.thread)
