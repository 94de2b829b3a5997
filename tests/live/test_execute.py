"""Plans carried out on a real Synapse, and looked at afterwards."""

from __future__ import annotations

import asyncio

import pytest
from support.schools import HostedSchool

from zvonok_appservice.reconcile.execute import Outcome, Step, execute
from zvonok_appservice.reconcile.model import (
    ActualState,
    AddMember,
    DesiredAccount,
    DesiredRoom,
    DesiredState,
    LockAccount,
    Membership,
    Plan,
    RoomKey,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_core.ids import ClassId, PersonId, UserId

pytestmark = pytest.mark.live


def desired_school(school: HostedSchool, people: list[UserId]) -> DesiredState:
    """A school space, a class space, and two rooms of the class."""
    whole = RoomKey("school", school.id)
    klass = RoomKey("class_space", school.id, ClassId("7a"))
    teacher, everybody = people[0], frozenset(people)

    def room(key: RoomKey, *parents: RoomKey, members: frozenset[UserId]) -> DesiredRoom:
        levels = {teacher: 100}
        return school.desired(
            key=key,
            name=f"Комната {key.kind}",
            is_space=key in (whole, klass),
            parents=parents,
            members=members,
            levels=levels,
        )

    rooms = (
        # Listed from the leaves up: the order is for `execute` to find.
        room(RoomKey("class", school.id, ClassId("7a")), klass, members=everybody),
        room(RoomKey("class_common", school.id, ClassId("7a")), klass, members=frozenset({teacher})),
        room(klass, whole, members=everybody),
        room(whole, members=frozenset({teacher})),
    )
    accounts = {
        user: DesiredAccount(user, PersonId(user), "Петров Иван", False, False, frozenset())
        for user in people
    }
    return DesiredState({room.key: room for room in rooms}, accounts)


async def carried_out(
    school: HostedSchool, steps: Plan, actual: ActualState, seen: list[Step] | None = None
) -> Outcome:
    return await execute(
        steps,
        school.homeserver,
        rooms={key: room.room for key, room in actual.rooms.items()},
        alias_prefix=school.config.appservice.alias_prefix,
        concurrency=4,
        on_step=seen.append if seen is not None else None,
    )


async def people(school: HostedSchool, count: int) -> list[UserId]:
    return [await school.person(f"person{number}", "Петров Иван") for number in range(count)]


async def test_what_was_carried_out_leaves_nothing_to_do(school: HostedSchool) -> None:
    desired = desired_school(school, await people(school, 4))
    actual = await school.observed()
    done: list[Step] = []
    steps = plan(desired, actual)
    outcome = await carried_out(school, steps, actual, done)

    assert outcome.complete
    assert outcome.done == len(steps.grants) == len(done)
    written = school.homeserver.requests_written
    again = await school.observed()
    assert plan(desired, again).empty
    assert {key: room.room for key, room in again.rooms.items()} == outcome.rooms
    klass = again.rooms[RoomKey("class_space", school.id, ClassId("7a"))]
    assert klass.parents == {again.rooms[RoomKey("school", school.id)].room}
    assert len(klass.children) == 2
    assert school.homeserver.requests_written == written


async def test_a_fill_that_was_cut_short_is_taken_up_without_doubles(school: HostedSchool) -> None:
    desired = desired_school(school, await people(school, 4))
    total = len(plan(desired, await school.observed()).grants)
    for stop_after in (1, 3, 6):
        actual = await school.observed()
        reached = asyncio.Event()
        steps_left = stop_after

        def count(_: Step, reached: asyncio.Event = reached) -> None:
            nonlocal steps_left
            steps_left -= 1
            if steps_left <= 0:
                reached.set()

        steps = plan(desired, actual)
        rooms = {key: room.room for key, room in actual.rooms.items()}
        prefix = school.config.appservice.alias_prefix
        running = asyncio.create_task(
            execute(steps, school.homeserver, rooms=rooms, alias_prefix=prefix, concurrency=3, on_step=count)
        )
        await reached.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    actual = await school.observed()
    assert (await carried_out(school, plan(desired, actual), actual)).complete
    assert plan(desired, await school.observed()).empty
    assert len(await school.homeserver.joined_rooms()) == len(desired.rooms)
    assert total > 10


async def test_drift_of_each_kind_is_put_right(school: HostedSchool) -> None:
    teacher, pupil, stranger = await people(school, 3)
    desired = desired_school(school, [teacher, pupil])
    actual = await school.observed()
    assert (await carried_out(school, plan(desired, actual), actual)).complete
    room = (await school.observed()).rooms[RoomKey("class", school.id, ClassId("7a"))].room
    async with school.as_sender() as sender, school.client_of(pupil) as phone:
        assert (await phone.call("POST", f"/v3/rooms/{room}/leave")).ok
        assert (await sender.call("POST", f"/v3/rooms/{room}/invite", {"user_id": stranger})).ok
        assert (await sender.put_state(room, "m.room.name", {"name": "Не так"})).ok
        assert (await sender.put_state(room, "m.room.join_rules", {"join_rule": "public"})).ok
        assert (await sender.put_state(room, "m.room.power_levels", {"users": {pupil: 100}})).ok
    await school.homeserver.lock(pupil)
    await school.homeserver.set_display_name(teacher, "Кто-то")

    actual = await school.observed()
    assert (await carried_out(school, plan(desired, actual), actual)).complete

    again = await school.observed()
    assert plan(desired, again).empty
    seen = again.rooms[RoomKey("class", school.id, ClassId("7a"))]
    assert seen.members == {teacher: Membership.JOIN, pupil: Membership.JOIN}
    assert (seen.name, seen.join_rule) == ("Комната class", "invite")


async def test_a_step_that_can_never_work_stops_no_other(school: HostedSchool) -> None:
    room_of = school.desired()
    room = await school.make(room_of)
    nobody, pupil = school.user("nobody"), await school.person("pupil")
    steps = Plan((LockAccount(nobody),), (AddMember(room_of.key, nobody), AddMember(room_of.key, pupil)))

    outcome = await execute(
        steps, school.homeserver, rooms={room_of.key: room}, alias_prefix="", concurrency=1
    )

    assert outcome.done == 1
    (failure,) = outcome.failures
    assert (failure.step, failure.code, failure.temporary) == (LockAccount(nobody), "M_NOT_FOUND", False)
    assert outcome.delayed == (AddMember(room_of.key, nobody),)
    assert (await school.seen(room)).members == {pupil: Membership.JOIN}


async def test_of_two_rooms_with_one_key_the_aliased_one_counts(
    school: HostedSchool, caplog: pytest.LogCaptureFixture
) -> None:
    desired = school.desired()
    old = await school.make(desired)
    async with school.as_sender() as sender:
        alias = f"#{desired.key.alias_localpart(school.config.appservice.alias_prefix)}"
        path = f"/v3/directory/room/%23{alias[1:]}:{school.synapse.server_name}"
        assert (await sender.call("DELETE", path)).ok
    pupil = await school.person("pupil")
    await school.homeserver.add_member(old, pupil)
    fuller = await school.observed()
    new = await school.make(desired)

    observed = await school.observed()

    assert fuller.rooms[desired.key].room == old
    assert observed.rooms[desired.key].room == new
    assert old in caplog.text
