"""What takes too much at once is held until somebody confirms exactly that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from builders import SchoolBuilder, small_school
from support.kept import KeptSchool, joined, kept_school
from support.schools import HostedSchool

from zvonok_appservice.reconcile.guard import Limits
from zvonok_core.clock import ManualClock
from zvonok_core.ids import UserId

pytestmark = pytest.mark.live
SHIPPED = Limits(count=30, share=0.2, floor=3)
STAFF = ("orlov", "zueva", "belova", "frolov")


def without_teachers(journal: SchoolBuilder) -> SchoolBuilder:
    """What the journal says with an empty teachers' file: everybody else is there."""
    empty = journal.later()
    for teacher in STAFF:
        parent = any(row.guardian == teacher for row in empty.guardianships)
        kept = [row for row in empty.guardianships if row.guardian == teacher]
        record = empty.people[teacher]  # type: ignore[index]
        empty.leave(teacher)
        if parent:
            empty.people[record.id] = record
            empty.guardianships.extend(kept)
            empty.roles.extend(
                row for row in journal.roles if row.person == teacher and row.role.value == "guardian"
            )
    return empty


async def untouched(kept: KeptSchool, staff: list[UserId]) -> bool:
    accounts = (await kept.actual()).accounts
    room = await kept.room("Учительская")
    return (
        not any(accounts[user].locked for user in staff)
        and set(staff) <= joined(room)
        and all(room.power_levels["users"].get(user) == 100 for user in staff)
    )


async def test_an_empty_teachers_file_removes_nobody_until_it_is_confirmed(school: HostedSchool) -> None:
    journal = small_school()
    clock = ManualClock(datetime(2026, 10, 1, 9, tzinfo=UTC))
    async with kept_school(school, journal.snapshot(), clock=clock, limits=SHIPPED) as kept:
        await kept.reconciler.refresh()
        staff = await kept.activate(*STAFF)
        petrov, _ = await kept.activate("petrov", "ezhova")
        await kept.keep()
        assert await untouched(kept, staff)

        empty = without_teachers(journal).move("petrov", "7Б", date(2026, 10, 1))
        kept.source.say(empty.snapshot())
        await kept.keep()
        assert kept.board.picture is not None
        verdict = kept.board.picture.verdict
        assert verdict.digest
        assert "teacher" in {hold.role for hold in verdict.holds}
        assert await untouched(kept, staff)
        assert "7Б. Класс" in await kept.rooms_of(petrov), "what is not held goes on"
        assert "7А. Класс" not in await kept.rooms_of(petrov)

        # Another export that lacks them still, and a restart: held all the same.
        kept.source.say(replace(empty.snapshot(), people=dict(reversed(empty.people.items()))))
        await kept.keep()
        assert await untouched(kept, staff)
    async with kept_school(school, empty.snapshot(), clock=clock, limits=SHIPPED) as again:
        await again.keep()
        assert again.board.picture is not None
        assert again.board.picture.verdict.digest == verdict.digest
        assert await untouched(again, staff)

        await again.ledger.approve(again.board.picture.verdict.removals, hours=24)
        await again.keep()
        accounts = (await again.actual()).accounts
        locked = {user for user in staff if accounts[user].locked}
        belova = await again.user("belova")
        assert locked == set(staff) - {belova}, "she is a parent"
        assert await again.rooms_of(belova) == {"7Б", "7Б. Родители", "7Б. Общая", "7Б. Объявления"}


async def test_a_full_file_again_leaves_everything_as_it_was(school: HostedSchool) -> None:
    journal = small_school()
    async with kept_school(school, journal.snapshot(), limits=SHIPPED) as kept:
        await kept.reconciler.refresh()
        await kept.activate("orlov", "zueva")
        await kept.keep()
        before = await kept.actual()
        kept.source.say(without_teachers(journal).snapshot())
        await kept.keep()
        kept.source.say(journal.snapshot())
        await kept.keep()
        after = await kept.actual()
        assert after.rooms == before.rooms
        assert after.accounts == before.accounts
