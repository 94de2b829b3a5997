"""What people can do in the story, each verb with its line in the transcript.

Every verb is a real request; a verb that goes another way than the story has it writes a
line that says so, and the story goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from zvonok_appservice.reconcile.names import full_name
from zvonok_core.errors import PermanentError
from zvonok_core.ids import ClassId, RoomId, SubjectId
from zvonok_core.text import Text, text
from zvonok_demo.cast import Part
from zvonok_demo.folder import DataFolder
from zvonok_demo.journal_edit import Move
from zvonok_demo.morning.transcript import Kind, Line
from zvonok_demo.phones import Phone
from zvonok_demo.running import Demo

FOLLOWS_WITHIN = 30.0
"""Seconds in which rooms must follow; it takes two or three."""


@dataclass
class Stage:
    """`pause` is how many seconds lie between two lines."""

    demo: Demo
    write: Callable[[Line], None]
    pause: float
    clock: str = "08:05"
    _last: dict[Part, tuple[RoomId, str]] = field(default_factory=dict)

    # ------------------------------------------------------------ who and where

    def name(self, part: Part) -> str:
        """Family, given name and patronymic."""
        return full_name(self.demo.picture.today.snapshot.people[self.demo.person(part)])

    def given(self, part: Part) -> str:
        """The given name, as a friend says it."""
        return self.demo.picture.today.snapshot.people[self.demo.person(part)].given

    def polite(self, part: Part) -> str:
        """Given name and patronymic, as one speaks to a grown-up."""
        person = self.demo.picture.today.snapshot.people[self.demo.person(part)]
        return f"{person.given} {person.patronymic}"

    def class_of(self, part: Part) -> ClassId:
        """The class that a student is in today."""
        return self.demo.picture.today.class_of[self.demo.person(part)].class_

    def room(self, kind: str, class_: ClassId | None = None, subject: str | None = None) -> RoomId:
        """A room of the school. Raises LookupError where there is none."""
        for key, room in self.demo.picture.actual.rooms.items():
            if (key.kind, key.class_, key.subject) == (kind, class_, SubjectId(subject) if subject else None):
                return room.room
        raise LookupError(kind)

    def title(self, room: RoomId) -> str:
        """What a room is called."""
        return next(r.name for r in self.demo.picture.actual.rooms.values() if r.room == room)

    async def phone(self, part: Part) -> Phone:
        """Somebody's phone."""
        return await self.demo.phones.of(self.demo.person(part))

    # ------------------------------------------------------------ what people do

    async def says(self, part: Part, room: RoomId, body: str, *, to: Part | None = None) -> None:
        """Writes a message, or answers the last one of somebody."""
        phone = await self.phone(part)
        try:
            if to is not None:
                event = await phone.reply(room, self._last[to][1], body)
            else:
                event = await phone.say(room, body)
        except PermanentError as error:
            await self._failed(part, room, error)
            return
        self._last[part] = (room, event)
        await self._line(Kind.MESSAGE, part, room, body)

    async def reacts(self, part: Part, to: Part, key: str) -> None:
        """Reacts to the last message of somebody."""
        room, event = self._last[to]
        try:
            await (await self.phone(part)).react(room, event, key)
        except PermanentError as error:
            await self._failed(part, room, error)
            return
        await self._line(Kind.REACTION, part, room, key)

    async def may_not_say(self, part: Part, room: RoomId, body: str, why: Text) -> None:
        """Tries to write where only others may."""
        phone = await self.phone(part)
        await self._refused(
            part,
            room,
            lambda: phone.say(room, body),
            text("tries to write “{body}”. {why}", body=body, why=why),
        )

    async def may_not_kick(self, part: Part, whom: Part, room: RoomId) -> None:
        """Tries to throw somebody out."""
        phone, user = await self.phone(part), (await self.phone(whom)).user
        told = text(
            "tries to throw out {whom}. The homeserver refuses: only the journal puts people in and out.",
            whom=self.name(whom),
        )
        await self._refused(part, room, lambda: phone.kick(room, user), told)

    async def leaves(self, part: Part, room: RoomId) -> None:
        """Goes out of a room, and is back because the journal says so."""
        phone = await self.phone(part)
        began = time.monotonic()
        await phone.leave(room)
        self._write(Kind.CHANGE, part, room, text("leaves the room."))
        await self._follows(
            [(phone, {room}, set())],
            lambda: text(
                "is back after {seconds} s: the journal says who belongs here.", seconds=_since(began)
            ),
            part,
            room,
        )

    # ------------------------------------------------------------ the journal

    async def moves(self, step: Move, write: Callable[[DataFolder], int], part: Part, parent: Part) -> None:
        """`write` moves a student in the journal; the student and a parent must follow."""
        titles = {
            class_: self.demo.picture.today.snapshot.classes[class_].title for class_ in (step.old, step.new)
        }
        old, new = self.room("class", step.old), self.room("class", step.new)
        old_parents, new_parents = (self.room("class_guardians", class_) for class_ in (step.old, step.new))
        began = time.monotonic()
        rows = write(self.demo.folder)
        self._write(
            Kind.CHANGE,
            None,
            None,
            text(
                "{who} is in {new} now, no longer in {old}: {n} rows of enrollments.csv.",
                n=rows,
                who=self.name(part),
                old=titles[step.old],
                new=titles[step.new],
            ),
        )
        await self._follows(
            [
                (await self.phone(part), {new}, {old}),
                (await self.phone(parent), {new_parents}, {old_parents}),
            ],
            lambda: text(
                "{seconds} s later the student is in “{new}” and out of “{old}”, the parent in “{parents}”.",
                seconds=_since(began),
                old=self.title(old),
                new=self.title(new),
                parents=self.title(new_parents),
            ),
        )

    # ------------------------------------------------------------ writing it down

    async def _follows(
        self,
        expected: list[tuple[Phone, set[RoomId], set[RoomId]]],
        told: Callable[[], Text],
        part: Part | None = None,
        room: RoomId | None = None,
    ) -> None:
        """Wait until each phone is in the first rooms and not in the second ones."""
        deadline = time.monotonic() + FOLLOWS_WITHIN
        while time.monotonic() < deadline:
            joined = [await phone.rooms() for phone, _, _ in expected]
            if all(
                wanted <= rooms and not unwanted & rooms
                for rooms, (_, wanted, unwanted) in zip(joined, expected, strict=True)
            ):
                await self._line(Kind.CHANGE, part, room, told())
                return
            await asyncio.sleep(0.1)
        await self._line(
            Kind.FAILED, part, room, text("The rooms have not followed in {n} s.", n=int(FOLLOWS_WITHIN))
        )

    async def _refused(
        self, part: Part, room: RoomId, attempt: Callable[[], Awaitable[object]], told: Text
    ) -> None:
        try:
            await attempt()
        except PermanentError as error:
            if error.code == "M_FORBIDDEN":
                await self._line(Kind.REFUSED, part, room, told)
            else:
                await self._failed(part, room, error)
        else:
            await self._line(Kind.FAILED, part, room, text("{told} And yet it was allowed.", told=told))

    async def _failed(self, part: Part, room: RoomId, error: PermanentError) -> None:
        await self._line(
            Kind.FAILED, part, room, text("It did not work: {reason}", reason=error.code or str(error))
        )

    async def _line(self, kind: Kind, part: Part | None, room: RoomId | None, words: Text | str) -> None:
        self._write(kind, part, room, words)
        await asyncio.sleep(self.pause)

    def _write(self, kind: Kind, part: Part | None, room: RoomId | None, words: Text | str) -> None:
        who = self.name(part) if part else ""
        self.write(Line(kind, self.clock, who, self.title(room) if room else "", words))


def _since(began: float) -> Text:
    """Seconds with one digit behind the point, which is a comma in Russian."""
    whole, tenth = f"{time.monotonic() - began:.1f}".split(".")
    return text("{whole}.{tenth}", whole=whole, tenth=tenth)
