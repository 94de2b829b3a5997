"""What people are told of mutes, pauses and coming back, word for word, once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import (
    MORNING,
    SCHOOL,
    SERVER,
    SchoolBuilder,
    as_desired,
    picture_of,
    room_id,
    small_school,
    user,
)
from fakes import FakeHomeserver
from support.linking import catalogs

from zvonok_appservice.notices import Notices
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_appservice.store.returns import Returns
from zvonok_core.clock import ManualClock
from zvonok_core.db import Database
from zvonok_core.errors import PermanentError
from zvonok_core.ids import ClassId, RoomId, UserId
from zvonok_core.text import Catalogs

CLASS = RoomKey("class", SCHOOL, ClassId("7А"))
COMMON = RoomKey("class_common", SCHOOL, ClassId("7А"))
ROOM = room_id(CLASS)
PETROV, BELOVA = user("petrov"), user("belova")


@dataclass
class Sender:
    """The notices, and whatever they stand on."""

    notices: Notices
    board: Board
    restrictions: Restrictions
    returns: Returns
    homeserver: FakeHomeserver
    clock: ManualClock
    database: Database

    def again(self, words: Catalogs | None = None) -> Sender:
        """After a restart; in Russian where there are words."""
        notices = Notices(
            self.board,
            self.restrictions,
            self.returns,
            self.homeserver,
            words or Catalogs({}),
            self.clock,
            ZoneInfo("Europe/Moscow"),
        )
        return Sender(
            notices, self.board, self.restrictions, self.returns, self.homeserver, self.clock, self.database
        )

    @property
    def said(self) -> list[tuple[str, str]]:
        """What was said where."""
        return [(message.room, message.body) for message in self.homeserver.messages.values()]

    async def hang(self, school: SchoolBuilder | None = None, **given: object) -> Picture:
        picture = picture_of((school or small_school()).snapshot(), **given)  # type: ignore[arg-type]
        await self.board.hang(picture)
        return picture


@pytest.fixture
async def sender(database: Database) -> Sender:
    """Nine in the morning in Moscow, and all is as it ought to be."""
    clock = ManualClock(MORNING)
    board, homeserver = Board(), FakeHomeserver(SERVER)
    restrictions, returns = Restrictions(database, clock), Returns(database, clock)
    notices = Notices(
        board, restrictions, returns, homeserver, Catalogs({}), clock, ZoneInfo("Europe/Moscow")
    )
    made = Sender(notices, board, restrictions, returns, homeserver, clock, database)
    await made.hang()
    return made


async def mute(sender: Sender, minutes: int = 90, reason: str = "Спам в чате.") -> None:
    until = sender.clock.now() + timedelta(minutes=minutes)
    await sender.restrictions.mute(ROOM, PETROV, until, BELOVA, reason)


async def test_the_muted_person_reads_who_where_until_when_and_why(sender: Sender) -> None:
    await mute(sender)
    assert await sender.notices.run() == 1
    assert sender.said == [
        (
            f"!direct-{PETROV}",
            "You can't write in “7А. Класс” until 10:30; reading goes on as usual.\n"
            "Decided by: Белова Ольга Юрьевна, teacher.\n"
            "Why: Спам в чате.\n"
            "Afterwards everything works again by itself.",
        )
    ]


async def test_in_russian_and_with_the_day_where_it_is_another_one(sender: Sender) -> None:
    await mute(sender, minutes=60 * 15)
    picture = await sender.hang()
    object.__setattr__(picture.given, "language", "ru")
    assert await sender.again(catalogs()).notices.run() == 1
    assert sender.said[0][1] == (
        "До 00:00 2 октября 2026 года вы не можете писать в комнате «7А. Класс», а читать можно как обычно.\n"
        "Кто решил: Белова Ольга Юрьевна, учитель.\n"
        "Почему: Спам в чате.\n"
        "Потом всё включится само."
    )


async def test_everything_is_said_once_across_restarts_too(sender: Sender) -> None:
    await mute(sender)
    await sender.restrictions.pause(ROOM, sender.clock.now() + timedelta(hours=1), BELOVA)
    await sender.hang(pauses=[CLASS])
    await sender.returns.note([(ROOM, PETROV)])
    assert await sender.notices.run() == 3
    assert await sender.notices.run() == 0
    assert await sender.again().notices.run() == 0
    await sender.database.execute("UPDATE mutes SET told_at = NULL")
    await sender.database.execute("UPDATE pauses SET told_at = NULL")
    await sender.database.execute("UPDATE returns SET told_at = NULL")
    await sender.again().notices.run()
    assert len(sender.said) == 3, "it went out, and was not written down: the transaction is the same"


async def test_another_mute_is_said_anew(sender: Sender) -> None:
    await mute(sender)
    await sender.notices.run()
    sender.clock.advance(minutes=1)
    await mute(sender, minutes=30, reason="Шум")
    assert await sender.notices.run() == 1
    assert "Why: Шум\n" in sender.said[1][1]


async def test_a_paused_room_reads_until_when_and_who_writes_meanwhile(sender: Sender) -> None:
    await sender.restrictions.pause(ROOM, sender.clock.now() + timedelta(hours=1), BELOVA)
    assert await sender.notices.run() == 0, "not before the picture has it"
    await sender.hang(pauses=[CLASS])
    assert await sender.notices.run() == 1
    assert sender.said == [
        (
            ROOM,
            "This room is for reading only until 10:00. Meanwhile write here: Белова Ольга Юрьевна, teacher.",
        )
    ]


async def test_where_many_lead_some_are_named_and_the_others_counted(sender: Sender) -> None:
    school = small_school()
    for number in range(5):
        school.teacher(f"a{number}", f"Абаев{number} Иван Ильич").homeroom(f"a{number}", "7А")
    school.teacher("away").homeroom("away", "7А")
    await sender.restrictions.pause(room_id(COMMON), sender.clock.now() + timedelta(hours=1), BELOVA)
    linked = [person for person in school.people if person != "away"]
    await sender.hang(school, pauses=[COMMON], linked=linked, locked=["orlov"])
    await sender.notices.run()
    names = sender.said[0][1].partition("write here: ")[2]
    assert names == "; ".join(f"Абаев{n} Иван Ильич, teacher" for n in range(5)) + " and 2 more."


async def test_who_left_is_told_that_the_room_is_theirs(sender: Sender) -> None:
    await sender.returns.note([(ROOM, PETROV)])
    assert await sender.notices.run() == 1
    assert sender.said == [
        (
            f"!direct-{PETROV}",
            "You have left the room “7А. Класс”. Who is in it follows from the school's journal, so you"
            " are back in it. If its messages disturb you, turn off the notifications in the chat's"
            " settings.",
        )
    ]


async def test_who_left_several_rooms_gets_one_message(sender: Sender) -> None:
    await sender.returns.note([(ROOM, PETROV), (room_id(COMMON), PETROV), (ROOM, user("ezhova"))])
    assert await sender.notices.run() == 2
    mine = [body for room, body in sender.said if room == f"!direct-{PETROV}"]
    assert [body.partition(". Who")[0] for body in mine] == [
        "You have left these rooms: 7А. Класс; 7А. Общая"
    ]


async def test_who_is_not_back_yet_or_no_longer_due_is_told_nothing(sender: Sender) -> None:
    school = small_school()
    desired = picture_of(school.snapshot()).desired
    await sender.returns.note([(ROOM, PETROV)])
    await sender.hang(school.later().move("petrov", "7Б", picture_of(school.snapshot()).today.day))
    assert await sender.notices.run() == 0
    await sender.hang(actual=as_desired(desired, without=[PETROV]))
    assert await sender.notices.run() == 0
    await sender.hang()
    assert await sender.notices.run() == 1


async def test_who_has_no_account_or_a_locked_one_hears_it_when_they_have_one(sender: Sender) -> None:
    await mute(sender)
    everybody = set(small_school().people)
    await sender.hang(linked=everybody - {"petrov"})
    assert await sender.notices.run() == 0
    await sender.hang(locked=["petrov"])
    assert await sender.notices.run() == 0
    await sender.hang()
    assert await sender.notices.run() == 1


async def test_while_the_homeserver_is_away_nothing_is_lost_and_what_is_over_is_not_said(
    sender: Sender,
) -> None:
    sender.homeserver.away = True
    await mute(sender, minutes=5)
    await sender.returns.note([(ROOM, PETROV)])
    assert await sender.notices.run() == 0
    sender.homeserver.away = False
    sender.clock.advance(minutes=5)
    assert await sender.notices.run() == 1
    assert "You have left" in sender.said[0][1]


class HalfReachable(FakeHomeserver):
    """Petrov's account is gone, and the journal does not know it yet."""

    async def direct_room(self, user: UserId) -> RoomId:
        if user == PETROV:
            raise PermanentError("no such account", "M_NOT_FOUND")
        return await super().direct_room(user)


async def test_one_who_can_not_be_told_keeps_nobody_from_being_told(sender: Sender) -> None:
    sender.homeserver = HalfReachable(SERVER)
    await mute(sender)
    await sender.returns.note([(ROOM, user("ezhova"))])
    assert await sender.again().notices.run() == 1
    assert [room for room, _ in sender.said] == [f"!direct-{user('ezhova')}"]


async def test_whoever_decided_may_have_left_and_rooms_may_be_gone(sender: Sender) -> None:
    await mute(sender)
    await sender.restrictions.mute(
        RoomId("!gone"), PETROV, sender.clock.now() + timedelta(hours=1), BELOVA, "x"
    )
    await sender.restrictions.pause(RoomId("!gone"), sender.clock.now() + timedelta(hours=1), BELOVA)
    await sender.returns.note([(RoomId("!gone"), PETROV)])
    await sender.hang(small_school().leave("belova"))
    assert await sender.notices.run() == 1
    assert f"Decided by: {BELOVA}." in sender.said[0][1]


async def test_before_the_first_look_nothing_is_said(sender: Sender) -> None:
    await mute(sender)
    sender.board.picture = None
    assert await sender.notices.run() == 0
