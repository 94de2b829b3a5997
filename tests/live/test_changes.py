"""What the journal changes, and what becomes of people and rooms: moves, leaving, coming
back, a new school year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from builders import small_school
from support.kept import KeptSchool, joined, kept_school
from support.schools import PASSWORD, HostedSchool

from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.clock import ManualClock
from zvonok_core.ids import UserId
from zvonok_demo.school.curriculum import FEW_SUBJECTS
from zvonok_demo.school.generate import generate
from zvonok_demo.school.year import next_year

pytestmark = pytest.mark.live


def at(day: date) -> ManualClock:
    return ManualClock(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))


async def moments(kept: KeptSchool, name: str, users: Iterable[UserId], membership: str) -> list[int]:
    """When each of `users` got this membership in the room with this name."""
    room = (await kept.room(name)).room
    async with kept.hosted.as_sender() as sender:
        state = {(event["type"], event["state_key"]): event for event in await sender.state(room)}
    events = [state["m.room.member", user] for user in users]
    assert [event["content"]["membership"] for event in events] == [membership] * len(events)
    return [event["origin_server_ts"] for event in events]


async def test_a_student_changes_class_and_the_guardian_goes_along(school: HostedSchool) -> None:
    journal = small_school()
    clock = at(date(2026, 10, 1))
    async with kept_school(school, journal.snapshot(), clock=clock) as kept:
        await kept.reconciler.refresh()
        petrov, petrova, belova = await kept.activate("petrov", "petrova", "belova")
        await kept.keep()
        assert {"7А. Класс", "7А. Общая"} <= await kept.rooms_of(petrov)

        kept.source.say(journal.move("petrov", "7Б", date(2026, 10, 2)).snapshot())
        assert await kept.keep() == [], "not before the day"
        clock.advance(days=1)
        (look,) = await kept.keep()

        assert look.outcome.failures == ()
        assert await kept.members("7А. Класс") == {belova}
        assert await kept.members("7А. Родители") == {belova}
        assert await kept.members("7Б. Класс") == {petrov}
        assert await kept.members("7Б. Родители") == {petrova, belova}, "she has a child there"
        for room in ("7", "7А", "7А. Общая", "7А. Объявления"):
            assert room not in await kept.rooms_of(petrov) | await kept.rooms_of(petrova)
        left = await moments(kept, "7А. Класс", [petrov], "leave")
        left += await moments(kept, "7А. Родители", [petrova], "leave")
        came = await moments(kept, "7Б. Класс", [petrov], "join")
        came += await moments(kept, "7Б. Родители", [petrova], "join")
        assert max(left) <= min(came), "first everything is taken, then given"


async def test_a_teacher_who_is_dismissed_leaves_at_once(school: HostedSchool) -> None:
    journal = small_school()
    async with kept_school(school, journal.snapshot(), clock=at(date(2026, 10, 1))) as kept:
        await kept.reconciler.refresh()
        frolov, orlov, sidorov = await kept.activate("frolov", "orlov", "sidorov")
        await kept.keep()
        room = await kept.room("7Б. Класс")
        async with school.client_of(frolov) as phone:
            journal.roles = [
                replace(row, dates=Dates(end=date(2026, 10, 1))) if row.person == "frolov" else row
                for row in journal.roles
            ]
            kept.source.say(journal.snapshot())
            await kept.keep()

            assert (await phone.say(room.room, "Прощайте")).status == 401, "his devices are signed out"
            assert not (await phone.sign_in(frolov, PASSWORD)).ok
        assert await kept.rooms_of(frolov) == set()
        account = await school.homeserver.account(frolov)
        assert account is not None
        assert account.locked
        assert not account.deactivated
        after = await kept.room("7Б. Класс")
        assert after.power_levels["users"].get(frolov) is None
        assert after.power_levels["events_default"] == 50, "students alone read only"
        assert joined(after) == {sidorov}
        assert orlov in await kept.members("Учительская")


async def test_who_vanishes_is_locked_leaves_after_the_grace_and_comes_back_as_before(
    school: HostedSchool,
) -> None:
    journal = small_school()
    clock = at(date(2026, 10, 1))
    async with kept_school(school, journal.snapshot(), clock=clock) as kept:
        await kept.reconciler.refresh()
        (frolov,) = await kept.activate("frolov")
        await kept.keep()
        rooms = await kept.rooms_of(frolov)
        levels = (await kept.room("7Б. Класс")).power_levels
        assert levels["users"][frolov] == 100

        kept.source.say(journal.later().leave("frolov").snapshot())
        await kept.keep()
        account = await school.homeserver.account(frolov)
        assert account is not None
        assert account.locked
        assert await kept.rooms_of(frolov) == rooms
        assert frolov not in (await kept.room("7Б. Класс")).power_levels["users"]

        clock.advance(days=5)
        kept.source.say(journal.snapshot())
        await kept.keep()
        account = await school.homeserver.account(frolov)
        assert account is not None
        assert not account.locked
        assert (await kept.room("7Б. Класс")).power_levels == levels

        kept.source.say(journal.later().leave("frolov").snapshot())
        await kept.keep()
        clock.advance(days=29)
        assert await kept.keep() == []
        clock.advance(days=1)
        await kept.keep()
        account = await school.homeserver.account(frolov)
        assert account is not None
        assert account.deactivated
        assert await kept.rooms_of(frolov) == set()
        assert (await kept.people.all())["frolov"].linked_at is None
        written = school.homeserver.requests_written
        assert await kept.keep() == []
        assert school.homeserver.requests_written == written

        kept.source.say(journal.snapshot())
        await kept.keep()
        assert await kept.rooms_of(frolov) == set(), "only a new letter brings him in"
        assert await kept.activate("frolov") == [frolov]
        await kept.keep()
        assert await kept.rooms_of(frolov) == rooms
        assert (await kept.room("7Б. Класс")).power_levels == levels
        async with school.client_of(frolov) as phone:
            assert (await phone.say((await kept.room("7Б. Класс")).room, "Снова с вами")).ok


async def test_a_new_school_year_keeps_rooms_and_archives_those_of_leavers(school: HostedSchool) -> None:
    spring = date(2026, 5, 20)
    generated = generate(1, spring, classes={7: 1, 11: 1}, size=8, subjects=FEW_SUBJECTS)
    seventh, eleventh = generated.class_called("7А"), generated.class_called("11А")
    students = {
        row.class_: row.student for row in generated.snapshot.class_enrolments if row.dates.end is None
    }
    stays, leaves = students[seventh], students[eleventh]
    clock = at(spring)
    async with kept_school(school, generated.snapshot, clock=clock) as kept:
        await kept.reconciler.refresh()
        pupil, leaver, head = await kept.activate(stays, leaves, generated.head_of(seventh))
        await kept.keep()
        before = await kept.room("7А. Класс")
        farewell = await kept.room("11А. Класс")
        async with school.client_of(pupil) as phone, school.client_of(leaver) as other:
            said = (await phone.say(before.room, "Ура, каникулы")).body["event_id"]
            clock.advance(days=365)

            kept.source.say(next_year(generated).snapshot)
            await kept.keep()

            after = await kept.room("8А. Класс")
            assert after.room == before.room
            assert pupil in joined(after)
            path = f"/v3/rooms/{quote(after.room)}/event/{quote(said)}"
            assert (await phone.call("GET", path)).body["content"]["body"] == "Ура, каникулы"
            assert after.topic is not None
            assert "8А" in after.topic
            assert (await kept.room("7А. Класс")).room != before.room, "the beginners'"
            assert (await other.say(farewell.room, "Пишите")).status == 401, "locked at once"

            clock.advance(days=31)
            await kept.keep()
            archived = await school.seen(farewell.room)
            assert archived.archived
            assert archived.members == {}
            assert archived.power_levels["events_default"] == 101
            assert archived.name == "11А. Класс"
            assert (await phone.say(after.room, "Первое сентября")).ok
        account = await school.homeserver.account(leaver)
        assert account is not None
        assert account.deactivated
        assert head in joined(await kept.room("8А. Класс"))
