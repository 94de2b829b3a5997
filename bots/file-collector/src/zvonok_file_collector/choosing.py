"""Of whom a teacher's words ask something: a group, a subgroup of the class, or some by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zvonok_botkit import Option, text
from zvonok_core.directory import RoomSummary
from zvonok_core.ids import RoomId
from zvonok_core.people import Person, plain, read_person
from zvonok_file_collector.collection import Whom
from zvonok_file_collector.declared import Collector
from zvonok_file_collector.duties import duties, read_group, read_subgroup, sensible, split_names

MOST_OFFERED = 9


async def whom_of(ctx: Collector, words: str) -> Whom:
    """Who is meant; without words the group that the room is for. Raises Ask where that is
    not clear."""
    members = await ctx.members()
    usual = Whom(sensible(members))
    if not words.strip():
        return usual
    if words.startswith("!"):  # a subgroup's room, chosen from a list
        return Whom(usual.group, subgroup=RoomId(words))
    if (group := read_group(words)) is not None:
        return Whom(group)
    if (label := read_subgroup(words)) is not None:
        return Whom(usual.group, subgroup=await _subgroup(ctx, label))
    people = [duty.subject for duty in duties(members, usual, ctx.asker.user)]
    return Whom(usual.group, people=tuple(person.user for person in _named(ctx, words, people)))


def _named(ctx: Collector, words: str, people: Sequence[Person]) -> list[Person]:
    found: list[Person] = []
    names = split_names(words)
    for place, name in enumerate(names):
        fits, named, _ = read_person(name, people)
        if len(fits) == 1:
            found.append(fits[0])
            continue
        before, behind = [person.user for person in found], names[place + 1 :]
        if fits:
            options = [
                Option(one.name, ", ".join([*before, one.user, *behind])) for one in fits[:MOST_OFFERED]
            ]
            raise ctx.ask(
                "whom", text("“{name}” fits several people. Whom do you mean?", name=named), options
            )
        raise ctx.ask(
            "whom",
            text(
                "I can't find “{name}” here. Of whom shall I ask it? Write family names, or “everybody”.",
                name=named or name,
            ),
        )
    return found


async def _subgroup(ctx: Collector, label: str) -> RoomId:
    """The room of a subgroup of this room's class."""
    offered = await _subgroups(ctx)
    fits = [
        room for room in offered if re.search(rf"(?<!\w){re.escape(plain(label))}(?!\w)", plain(room.name))
    ]
    if len(fits) == 1 and fits[0].room:
        return fits[0].room
    options = [Option(room.name, room.room) for room in (fits or offered)[:MOST_OFFERED] if room.room]
    question = (
        text("Which group do you mean?")
        if fits
        else text("I know no group “{name}” here. Of whom shall I ask it?", name=label)
    )
    raise ctx.ask("whom", question, options)


async def _subgroups(ctx: Collector) -> list[RoomSummary]:
    """The rooms of subgroups that hang where this room hangs: in the space of its class."""
    if ctx.directory is None:
        return []
    rooms = (await ctx.directory.rooms()).rooms
    here = next((room for room in rooms if room.room == ctx.room), None)
    if here is None:
        return []
    return [
        room
        for room in rooms
        if room.subgroup
        and room.room
        and (set(room.parents) & set(here.parents) or (here.class_ and room.class_ == here.class_))
    ]
