"""What holds of every plan, whatever the school and however far its rooms have drifted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from builders import BOT, SCHOOL, SERVER, room_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.any_school import NOBODYS, STRANGER, Case, cases
from support.simulation import abilities, done, moments, told

from zvonok_appservice.reconcile.contents import hosts, listed_users, power_levels, user_level
from zvonok_appservice.reconcile.model import (
    CONTROL,
    ActualRoom,
    ActualState,
    DesiredRoom,
    DesiredState,
    Membership,
    RoomKey,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_core.ids import UserId
from zvonok_core.roles import Level

thorough = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def joinable(desired: DesiredState, actual: ActualState) -> set[UserId]:
    """Whom a homeserver lets into rooms, and the journal lets use an account."""
    return {
        user
        for user, account in actual.accounts.items()
        if not account.deactivated and not (user in desired.accounts and desired.accounts[user].locked)
    }


@thorough
@given(cases(moderated=True))
def test_a_plan_carried_out_leaves_rooms_exactly_as_they_ought_to_be(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    after = done(case.actual, (*steps.revocations, *steps.grants))
    may_join = joinable(case.desired, after)
    for key, wanted in case.desired.rooms.items():
        room = after.rooms[key]
        joined = {user for user, how in room.members.items() if how is Membership.JOIN}
        assert room.members.keys() <= wanted.members | wanted.guests
        before = case.actual.rooms[key].members if key in case.actual.rooms else {}
        assert room.members.keys() - wanted.members == wanted.guests & before.keys()
        assert room.servers == (None if wanted.servers is None else hosts(wanted.servers))
        assert joined >= wanted.members & may_join
        assert room.power_levels == power_levels(wanted.write_level, wanted.levels, key.kind)
        assert (room.name, room.topic, room.archived) == (wanted.name, wanted.topic, False)
        assert (room.join_rule, room.history_visibility, room.guest_access) == (
            "invite",
            "shared",
            "forbidden",
        )
        assert room.parents == {after.rooms[parent].room for parent in wanted.parents}
        if room.is_space:
            hung = {after.rooms[k].room for k, r in case.desired.rooms.items() if key in r.parents}
            assert room.children == hung
    for user, account in case.desired.accounts.items():
        present = after.accounts.get(user)
        if present is not None and not present.deactivated:
            assert present.locked == account.locked
            assert not account.deactivated
            assert account.locked or present.display_name == account.display_name


@thorough
@given(cases(moderated=True))
def test_a_room_that_is_not_desired_any_more_is_empty_sealed_and_archived(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    after = done(case.actual, (*steps.revocations, *steps.grants))
    assert after.rooms.keys() == case.desired.rooms.keys() | case.actual.rooms.keys()
    for key in after.rooms.keys() - case.desired.rooms.keys():
        room = after.rooms[key]
        assert room.archived
        assert not room.members
        assert room.power_levels == power_levels(Level.SEALED, {}, key.kind)
        assert room.servers is None or room.servers == {SERVER}
        assert not room.talks
        assert room.children == case.actual.rooms[key].children
        assert room.name == case.actual.rooms[key].name


@thorough
@given(cases(moderated=True))
def test_after_a_plan_there_is_nothing_more_to_do(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    after = done(case.actual, (*steps.revocations, *steps.grants))
    finished = told(case.desired, after)
    assert plan(case.desired, finished).empty
    control = finished.rooms.get(RoomKey(CONTROL, SCHOOL))
    if RoomKey(CONTROL, SCHOOL) in case.desired.rooms:
        assert control is not None
        assert control.talks == {key.topic: room_id(key) for key in case.desired.rooms if key.topic}
    made = {key.topic for key in case.desired.rooms.keys() - case.actual.rooms.keys()} - {None}
    if not made:
        assert finished == after


@thorough
@given(cases(moderated=True), st.data())
def test_a_run_cut_short_anywhere_is_finished_by_the_next(case: Case, data: st.DataObject) -> None:
    steps = plan(case.desired, case.actual)
    every = (*steps.revocations, *steps.grants)
    cut = data.draw(st.integers(0, len(every)))
    halfway = done(case.actual, every[:cut])
    again = plan(case.desired, halfway)
    after = done(halfway, (*again.revocations, *again.grants))
    assert plan(case.desired, told(case.desired, after)).empty


@thorough
@given(cases(moderated=True), st.data())
def test_steps_done_in_any_order_within_their_half_do_no_harm(case: Case, data: st.DataObject) -> None:
    steps = plan(case.desired, case.actual)
    shuffled = data.draw(st.permutations(steps.revocations))
    state = done(case.actual, [step for step in shuffled if type(step).__name__ != "DeactivateAccount"])
    state = done(state, [step for step in shuffled if type(step).__name__ == "DeactivateAccount"])
    after = done(state, steps.grants)
    assert plan(case.desired, told(case.desired, after)).empty


def news(states: Iterable[ActualState]) -> Iterator[ActualState]:
    """Each moment with those of its rooms alone that are not as they were in the moment before."""
    before: Mapping[RoomKey, ActualRoom] = {}
    for state in states:
        changed = {key: room for key, room in state.rooms.items() if room is not before.get(key)}
        before = state.rooms
        yield replace(state, rooms=changed)


def memberships(state: ActualState) -> set[tuple[object, UserId, Membership]]:
    return {(key, user, how) for key, room in state.rooms.items() for user, how in room.members.items()}


def rights(room: ActualRoom | None, wanted: DesiredRoom | None) -> dict[UserId, set[str]]:
    """What everybody may do who is named anywhere, and what somebody who isn't may."""
    content = room.power_levels if room is not None else {}
    named = {STRANGER, NOBODYS, BOT, *listed_users(content), *(wanted.levels if wanted else ())}
    return {user: abilities(content, user) if room is not None else set() for user in named}


def nothing_new(state: ActualState, before: ActualState, desired: DesiredState) -> None:
    """No membership and no right is there that was not there before."""
    assert memberships(state) <= memberships(before)
    for key, room in state.rooms.items():
        old = before.rooms[key]
        assert old.servers is None or room.servers is None or shrunk(old, room, desired.rooms.get(key))
        for user, may in rights(room, desired.rooms.get(key)).items():
            assert may <= abilities(old.power_levels, user), (key, user)
    for user, account in state.accounts.items():
        assert account.locked >= before.accounts[user].locked


def shrunk(old: ActualRoom, room: ActualRoom, wanted: DesiredRoom | None) -> bool:
    """Whether no server has come that may not, and none has come where none had to go."""
    assert old.servers is not None and room.servers is not None
    due = hosts(wanted.servers or ()) if wanted is not None else {SERVER}
    return room.servers == old.servers or (room.servers == due and not old.servers <= due)


def nothing_undue(state: ActualState, desired: DesiredState) -> None:
    """Every membership and every right is one that is desired."""
    for key, room in state.rooms.items():
        wanted = desired.rooms.get(key)
        assert room.members.keys() <= (wanted.members | wanted.guests if wanted else set())
        ideal = power_levels(*(wanted.write_level, wanted.levels) if wanted else (101, {}), key.kind)
        if room.servers is not None:
            assert room.servers <= (hosts(wanted.servers or ()) if wanted else {SERVER})
        for user, may in rights(room, wanted).items():
            assert may <= abilities(ideal, user), (key, user)
        assert room.join_rule == "invite"
        assert room.history_visibility != "world_readable"
        assert room.guest_access == "forbidden"
    for user, account in desired.accounts.items():
        present = state.accounts.get(user)
        assert present is None or present.deactivated or present.locked >= account.locked


@thorough
@given(cases(moderated=True))
def test_while_anything_is_to_be_taken_away_nothing_is_given(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    for state in news(moments(case.actual, steps.revocations)):
        nothing_new(state, case.actual, case.desired)
    nothing_undue(done(case.actual, steps.revocations), case.desired)


@thorough
@given(cases(moderated=True))
def test_while_things_are_given_nobody_has_what_is_not_desired(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    revoked = done(case.actual, steps.revocations)
    for state in news(moments(revoked, steps.grants)):
        nothing_undue(state, case.desired)


@thorough
@given(cases(moderated=True))
def test_levels_never_leave_the_span_of_old_and_desired(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    for state in news(moments(case.actual, (*steps.revocations, *steps.grants))):
        for key, room in state.rooms.items():
            old, wanted = case.actual.rooms.get(key), case.desired.rooms.get(key)
            for user in (*listed_users(room.power_levels), STRANGER):
                due = wanted.levels.get(user, 0) if wanted else 0
                was = user_level(old.power_levels, user) if old else 0
                assert min(was, due) <= user_level(room.power_levels, user) <= max(was, due)


@thorough
@given(cases(moderated=True))
def test_nobody_is_ever_added_who_is_not_due(case: Case) -> None:
    steps = plan(case.desired, case.actual)
    for state in news(moments(case.actual, (*steps.revocations, *steps.grants))):
        for key, room in state.rooms.items():
            old = case.actual.rooms.get(key)
            wanted = case.desired.rooms.get(key)
            new = room.members.keys() - (old.members.keys() if old else set())
            assert new <= (wanted.members if wanted else set())
