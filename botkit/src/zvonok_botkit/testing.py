"""For bots' tests: people in rooms, and what the bot answers, without a homeserver.

    async with conversation(bot, database_url=database_url) as talk:
        room = talk.room("7А. Класс")
        anna = room.enter("Смирнова Анна Павловна", Role.TEACHER)
        assert await anna.says("!наградить Петров") == ["За что?"]

The bot runs as it does in earnest, on a real database; only the homeserver and the
directory are stood in for. Nothing runs in the background: `says` returns when all is
answered, and time moves by `talk.clock` and `talk.tick()`.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from zvonok_botkit import invitations
from zvonok_botkit.bot import Bot
from zvonok_botkit.calendar import Holiday, Holidays, QuietHours
from zvonok_botkit.chat import Event, RoomRights
from zvonok_botkit.fakes import ME as ME
from zvonok_botkit.fakes import NOON as NOON
from zvonok_botkit.fakes import FakeChat as FakeChat
from zvonok_botkit.fakes import FakeDirectory as FakeDirectory
from zvonok_botkit.ground import Manners
from zvonok_botkit.incoming import MESSAGE, REACTION, REDACTION
from zvonok_botkit.program import Program, open_bots_database
from zvonok_core.clock import ManualClock
from zvonok_core.directory import MemberView, Named, PersonView, RoomView
from zvonok_core.ids import ClassId, EventId, PersonId, RoomId, SubgroupId, UserId
from zvonok_core.people import Person
from zvonok_core.roles import STAFF_ROLES, Level, Role

_RELATIONS = {
    Role.PRINCIPAL: "administration",
    Role.TEACHER: "teacher",
    Role.GUARDIAN: "guardian",
    Role.STUDENT: "student",
}


@dataclass
class Talk:
    """A conversation with bots: rooms, the people in them, and all that was said."""

    program: Program
    chat: FakeChat
    directory: FakeDirectory
    clock: ManualClock
    _rooms: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _read: int = 0

    @property
    def said(self) -> list[Event]:
        """All that the bots have sent."""
        return [event for event in self.chat.timeline if event.sender == ME]

    def room(
        self,
        name: str = "7А. Класс",
        kind: str = "class",
        *,
        managed: bool = True,
        class_: str | None = None,
        subgroup: str | None = None,
    ) -> TalkRoom:
        """A room that the bot is in. The directory knows it where it is `managed`."""
        id = RoomId(f"!room{next(self._rooms)}")  # noqa: A001 - Matrix's word
        self.chat.members[id] = {ME: self.chat.name, UserId("@sender:school.test"): "Звонок"}
        if managed:
            self.directory.views[id] = RoomView(
                room=id,
                kind=kind,
                name=name,
                school="school-1",
                class_=ClassId(class_) if class_ else None,
                subject=None,
                subgroup=SubgroupId(subgroup) if subgroup else None,
                association=None,
                archived=False,
                members=(),
            )
        return TalkRoom(self, id)

    async def settle(self) -> list[Event]:
        """Let the bots hear, handle and send all there is. Returns what they have sent."""
        await self.hear()
        await self.tick()
        new = [event for event in self.chat.timeline[self._read :] if event.sender == ME]
        self._read = len(self.chat.timeline)
        return new

    async def hear(self) -> None:
        """Write down what is new, and do nothing about it yet."""
        program = self.program
        token = await program.inbox.token()
        await program.receive(await self.chat.news(token, program.inbox.types, 0), token)

    async def tick(self) -> None:
        """Do what is due by the clock, and all that comes of it."""
        program = self.program
        await invitations.follow(program.database, self.chat, self.clock)
        while True:
            await program.timetable.move_due(ME)
            for name in program.all.lanes:
                await program.handle_all(name)
            await program.outbox.deliver_once(self.chat)
            due = await program.timetable.next()
            if due is None or due > self.clock.now():
                return


@dataclass
class TalkRoom:
    """One room of a conversation."""

    talk: Talk
    id: RoomId

    def enter(
        self,
        name: str,
        role: Role = Role.STUDENT,
        *,
        level: int | None = None,
        children: Sequence[Person] = (),
    ) -> TalkPerson:
        """Somebody comes in: «Смирнова Анна Павловна», as who they are in the school. For a
        guardian `children` are those of the room's class whom they stand for."""
        talk = self.talk
        localpart = f"u{len(talk.directory.people) + 1}"
        known = next((user for user, view in talk.directory.people.items() if view.name == name), None)
        user = known or UserId(f"@{localpart}:school.test")
        words = [*name.partition(",")[0].split(" "), "", ""]
        talk.directory.people[user] = PersonView(
            PersonId(localpart),
            user,
            name,
            words[0],
            words[1],
            words[2],
            (role,),
            (),
            True,
            False,
            (),
            (),
            (),
        )
        talk.chat.members[self.id][user] = name
        if level is None:
            level = int(Level.MODERATOR if role in STAFF_ROLES else Level.MEMBER)
        named = tuple(Named(PersonId(child.user), child.user, child.name, True) for child in children)
        relations = (_RELATIONS.get(role, "staff"),)
        member = MemberView(user, PersonId(localpart), name, relations, level, True, named)
        if managed := talk.directory.views.get(self.id):
            talk.directory.views[self.id] = replace(managed, members=(*managed.members, member))
        rights = talk.chat.levels.get(self.id, RoomRights())
        talk.chat.levels[self.id] = replace(rights, levels={**rights.levels, user: level})
        talk.program.rooms.forget(self.id)
        return TalkPerson(self, Person(user, name))


@dataclass
class TalkPerson:
    """Somebody in a room. Each verb returns the words that the bots have answered."""

    room: TalkRoom
    person: Person

    @property
    def user(self) -> UserId:
        return self.person.user

    async def says(self, words: str, **content: Any) -> list[str]:
        """Write a message; `content` is whatever else stands in it."""
        return await self.sends(MESSAGE, {"msgtype": "m.text", "body": words, **content})

    async def replies(self, to: str, words: str) -> list[str]:
        """Answer a message, as clients do."""
        return await self.says(words, **{"m.relates_to": {"m.in_reply_to": {"event_id": to}}})

    async def sends_file(
        self,
        name: str,
        data: bytes,
        mimetype: str = "application/octet-stream",
        kind: str = "file",
        *,
        voice: bool = False,
        **content: Any,
    ) -> list[str]:
        """Send a file, a photo, a voice or a video message, as clients do; `content` is
        whatever else stands in it, such as a caption as `body`."""
        address = await self.room.talk.chat.upload(data, name, mimetype)
        info = {"mimetype": mimetype, "size": len(data)}
        described = {"msgtype": f"m.{kind}", "body": name, "filename": name, "url": address, "info": info}
        marked: dict[str, Any] = {"org.matrix.msc3245.voice": {}} if voice else {}
        return await self.sends(MESSAGE, {**described, **marked, **content})

    async def reacts(self, to: str, emoji: str) -> list[str]:
        """Put an emoji beside a message."""
        relates = {"rel_type": "m.annotation", "event_id": to, "key": emoji}
        return await self.sends(REACTION, {"m.relates_to": relates})

    async def votes(self, poll: EventId, *answers: str) -> list[str]:
        """Vote in a native poll."""
        name = "org.matrix.msc3381.poll.response"
        relates = {"rel_type": "m.reference", "event_id": poll}
        return await self.sends(name, {"m.relates_to": relates, name: {"answers": list(answers)}})

    async def takes_back(self, event: str) -> list[str]:
        """Delete something of their own."""
        return await self.sends(REDACTION, {}, redacts=event)

    async def sends(self, type: str, content: Mapping[str, Any], **more: Any) -> list[str]:
        """Send any event."""
        self.room.talk.chat.add(self.room.id, self.user, type, content, **more)
        return words_of(await self.room.talk.settle())

    async def writes_directly(self) -> TalkPerson:
        """The same person in a direct chat with the bot."""
        talk = self.room.talk
        room = await talk.chat.direct_room(self.user)
        talk.chat.members[room][self.user] = self.person.name
        return TalkPerson(TalkRoom(talk, room), self.person)

    def in_thread(self, root: str) -> Mapping[str, Any]:
        """What stands in a message in the thread below `root`, for `says` and `sends_file`."""
        replied = {"m.in_reply_to": {"event_id": root}, "is_falling_back": True}
        return {"m.relates_to": {"rel_type": "m.thread", "event_id": root, **replied}}

    @property
    def last(self) -> EventId:
        """What they have sent last."""
        return next(e.id for e in reversed(self.room.talk.chat.timeline) if e.sender == self.user)


def words_of(events: list[Event]) -> list[str]:
    """What is said in messages, in their order."""
    return [str(event.content["body"]) for event in events if event.type == MESSAGE]


@asynccontextmanager
async def conversation(
    *bots: Bot[Any, Any],
    database_url: str,
    language: str = "ru",
    directory: bool = True,
    settings: Mapping[str, Any] | None = None,
    clock: ManualClock | None = None,
    zone: str = "Europe/Moscow",
    holidays: Sequence[Holiday] = (),
    chat: FakeChat | None = None,
) -> AsyncIterator[Talk]:
    """Bots that are talked with. `settings` are by bot; without, each has its defaults."""
    clock = clock or ManualClock(NOON)
    chat = chat or FakeChat(clock)
    school = FakeDirectory()
    given = settings or {}
    async with open_bots_database(database_url, bots) as database:
        program = Program(
            chat=chat,
            database=database,
            bots=bots,
            directory=school if directory else None,
            manners=Manners(language, ZoneInfo(zone), Holidays(tuple(holidays))),
            settings={bot.name: given.get(bot.name, bot.settings and bot.settings()) for bot in bots},
            quiet=QuietHours(),
            clock=clock,
        )
        await program.open()
        talk = Talk(program, chat, school, clock)
        await talk.hear()
        yield talk
