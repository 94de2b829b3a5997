"""A school in which everybody is linked, with a desk, on both kinds of database."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from builders import SCHOOL, SchoolBuilder, room_id, user
from fakes import Message
from support.complaining import complaining
from support.linking import LinkedSchool, linked_school

from zvonok_appservice.complaints.desk import Desk
from zvonok_appservice.complaints.model import Matter, Report, Reported, Said
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.store.complaints import Complaints
from zvonok_appservice.store.letters import Letters
from zvonok_core.clock import milliseconds
from zvonok_core.db import Database
from zvonok_core.ids import ClassId, EventId, RoomId

CLASS_ROOM = room_id(RoomKey("class", SCHOOL, ClassId("7А")))
PRIVATE = RoomId("!private")


@dataclass
class Story:
    """The school, its desk, and what people do."""

    school: LinkedSchool
    database: Database
    desk: Desk = field(init=False)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The program is started anew."""
        linking = self.school.linking
        self.desk = Desk(
            board=self.school.board,
            homeserver=linking.homeserver,
            database=self.database,
            ledger=linking.ledger,
            catalogs=linking.catalogs,
            clock=self.school.clock,
            language="ru",
            zone=linking.config.school.time_zone,
        )
        self.complaints = Complaints(self.database, self.school.clock)
        self.letters = Letters(self.database, self.school.clock)

    def report(
        self,
        reporter: str,
        event: str,
        author: str = "petrov",
        *,
        room: RoomId = CLASS_ROOM,
        reason: str = "",
    ) -> Report:
        """Somebody reports a message."""
        place = (room, EventId(f"${event}"))
        return self._file(Matter.MESSAGE, reporter, author, place, reason)

    def report_person(self, reporter: str, author: str, reason: str = "") -> Report:
        """Somebody reports a person."""
        return self._file(Matter.PERSON, reporter, author, (None, None), reason)

    def _file(
        self, matter: Matter, reporter: str, author: str, place: tuple[Any, Any], reason: str
    ) -> Report:
        at = milliseconds(self.school.clock.now())
        report = Report(matter, next(self._ids), at, user(reporter), user(author), *place)
        self.school.homeserver.filed.append(report)
        self.school.homeserver.kept[report.id] = Reported(reason, "m.room.message", at, {"body": "Дура"})
        return report

    def told(self, person: str) -> list[str]:
        """What «Звонок» has said to somebody."""
        return [message.body for message in self.messages(person)]

    def messages(self, person: str) -> list[Message]:
        """The same, with what they are replies to."""
        sent = self.school.homeserver.messages.values()
        return [message for message in sent if message.room == f"!direct-{user(person)}"]

    async def letter(self, person: str, number: int = 1) -> EventId:
        """The event that a complaint was told to somebody as."""
        (event,) = [
            sent.event
            for sent in await self.letters.sent(number)
            if sent.letter.recipient == user(person) and sent.letter.purpose == "complaint"
        ]
        return event

    def reply(
        self, person: str, replies_to: Iterable[EventId], event: str = "$reply", *, hint: bool = True
    ) -> Said:
        """Somebody says something in their direct chat."""
        at = milliseconds(self.school.clock.now())
        said = Said(EventId(event), user(person), at, frozenset(replies_to))
        room = RoomId(f"!direct-{user(person)}")
        self.school.homeserver.replies.setdefault(room, []).append(said)
        if hint:
            self.desk.hint(room)
        return said


@pytest.fixture
def builder() -> SchoolBuilder:
    return complaining()


@pytest.fixture
async def story(database: Database, builder: SchoolBuilder) -> Story:
    """Everybody is linked."""
    return Story(await linked_school(database, builder, linked=list(builder.people)), database)
