"""From an empty homeserver to a school: everybody is where the journal puts them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from support.kept import kept_school
from support.schools import HostedSchool

from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.model import Membership
from zvonok_core.clock import ManualClock
from zvonok_demo.school.generate import small_school

pytestmark = pytest.mark.live
AT_ONCE = {"subject": {"create": "at_once"}}


async def test_everybody_is_exactly_where_the_journal_puts_them(school: HostedSchool) -> None:
    generated = small_school(1, date(2026, 10, 1))
    staff, families = generated.staff, generated.families
    clock = ManualClock(datetime(2026, 10, 1, 9, tzinfo=UTC))
    async with kept_school(school, generated.snapshot, rooms=AT_ONCE, clock=clock, bots=True) as kept:
        await kept.reconciler.refresh()
        await kept.activate(staff.head, families.teacher_parent, families.parent_of_two)
        await kept.keep()
        # Who comes later is put in by hand of the activation page, without a look.
        later = await kept.activate(
            families.children_of_two[0],
            families.student_without_class,
            families.restricted_guardian,
            families.moved_student,
        )
        users = {
            kept.homeserver.user_id(row.localpart): id_ for id_, row in (await kept.people.all()).items()
        }
        rooms = [await kept.reconciler.settle(users[user]) for user in later]
        assert rooms == [len(await kept.rooms_of(user)) for user in later]
        assert [bool(count) for count in rooms] == [True, False, False, True]
        await kept.keep()

        actual = await kept.actual()
        picture = kept.board.picture
        assert picture is not None
        assert actual.rooms.keys() == picture.desired.rooms.keys()
        assert len(actual.rooms) > 40
        bots = set(kept.reconciler.rules.bots)
        for key, wanted in picture.desired.rooms.items():
            room = actual.rooms[key]
            assert room.name == wanted.name
            assert room.power_levels == power_levels(wanted.write_level, wanted.levels)
            assert room.parents == {actual.rooms[parent].room for parent in wanted.parents}
            assert dict(room.members) == dict.fromkeys(wanted.members, Membership.JOIN)
            assert bots.isdisjoint(room.members) is room.is_space
        assert {"Школа № 7", "Учительская", "Объявления"} <= await kept.rooms_of(await kept.user(staff.head))
        both = await kept.rooms_of(await kept.user(families.parent_of_two))
        assert len([name for name in both if name.endswith("Родители")]) == 2
        assert await kept.rooms_of(await kept.user(families.student_without_class)) == set()
        assert await kept.rooms_of(await kept.user(families.restricted_guardian)) == set()
        moved = await kept.rooms_of(await kept.user(families.moved_student))
        assert len([name for name in moved if name.endswith("Класс")]) == 1

        # Another look writes nothing, and neither does another start.
        written = school.homeserver.requests_written
        assert await kept.keep() == []
    async with kept_school(school, generated.snapshot, rooms=AT_ONCE, clock=clock, bots=True) as again:
        assert await again.keep() == []
        assert school.homeserver.requests_written == written
