"""The guard against mass removal: what it holds, what it lets through, what confirms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import (
    BOT,
    DAY,
    ENGLISH,
    LIMITS,
    SCHOOL,
    SchoolBuilder,
    as_desired,
    circumstances,
    picture_of,
    shipped,
    user,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.any_school import NOBODYS, Case, cases, schools
from support.any_school import given as any_given
from support.simulation import abilities, done, moments, told

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.contents import listed_users, user_level
from zvonok_appservice.reconcile.desired import desired_state
from zvonok_appservice.reconcile.guard import Hold, Limits, guard
from zvonok_appservice.reconcile.model import (
    ActualAccount,
    ActualState,
    DesiredState,
    Held,
    LockAccount,
    Membership,
    Plan,
    RemoveMember,
    RoomKey,
    SetDisplayName,
    UnlinkChild,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.roster.merge import in_force
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_core.ids import ClassId, UserId
from zvonok_core.roles import Position, Role

thorough = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
YESTERDAY = DAY - timedelta(days=1)
NONE: frozenset[str] = frozenset()


def big_school(teachers: int = 10, students: int = 12) -> SchoolBuilder:
    """Enough people for shares to mean something; each has an account."""
    made = SchoolBuilder().klass("7А").klass("7Б")
    for number in range(teachers):
        made.teacher(f"t{number}")
    made.person("head").position("head", Position.HEAD)
    made.homeroom("t0", "7А").load("t2", "Физика", "7Б")
    for number in range(students):
        made.student(f"s{number}", klass="7А").guardian(f"g{number}", of=f"s{number}")
    made.student("other", klass="7Б")
    return made.association("math", "математики", chair="t1", members=["t2", "t3"])


def change(before: SchoolBuilder, after: SchoolBuilder | Snapshot, limits: Limits = LIMITS) -> Picture:
    """A school whose rooms are as they were before, and whose journal says `after` now."""
    old = before.snapshot()
    known = replace(circumstances(old), lessons=frozenset(Today(old, YESTERDAY).loads))
    was = desired_state(Today(old, YESTERDAY), shipped(), known, ENGLISH)
    snapshot = after.snapshot() if isinstance(after, SchoolBuilder) else after
    actual = done(as_desired(was), plan(was, as_desired(was)).grants)
    return picture_of(snapshot, actual=actual, before=old, limits=limits)


def held_plan(picture: Picture) -> Plan:
    """What is done while nobody has confirmed anything."""
    return plan(picture.desired, picture.actual, picture.verdict.held)


def people_leaving(steps: Plan) -> set[str]:
    """Who loses a room or the account."""
    losing = {step.user for step in steps.revocations if isinstance(step, RemoveMember | LockAccount)}
    return {person[1:].split(":")[0] for person in losing}


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("losing", "of", "too_much"),
    [
        (0, 0, False),
        (1, 1, False),
        (2, 2, True),
        (3, 10, False),
        (4, 20, False),
        (4, 19, True),
        (30, 1000, False),
        (31, 1000, True),
    ],
)
def test_a_count_a_share_above_the_floor_and_all_of_several_are_too_much(
    losing: int, of: int, too_much: bool
) -> None:
    assert Limits(count=30, share=0.2, floor=3).exceeded(losing, of) is too_much


# ---------------------------------------------------------------- journals that say too little


def without_rows(school: SchoolBuilder) -> SchoolBuilder:
    """The staff are listed, but nothing of what they are or do."""
    made = school.later()
    made.roles = [row for row in made.roles if not row.person.startswith("t")]
    made.positions, made.loads, made.homerooms, made.association_members = [], [], [], []
    return made


def test_an_empty_list_of_teachers_removes_nobody() -> None:
    picture = change(big_school(), without_rows(big_school()))
    assert {hold.role for hold in picture.verdict.holds if hold.role} == {"staff", "teacher"}
    assert held_plan(picture).revocations == ()


def test_teachers_missing_from_the_journal_altogether_are_not_locked_all_at_once() -> None:
    before, after = big_school(), big_school()
    for number in range(10):
        after.leave(f"t{number}")
    merged = in_force(before.snapshot(), after.snapshot(), frozenset(), DAY, 30)
    picture = change(before, merged)
    assert held_plan(picture).revocations == ()


def test_rooms_of_students_stay_open_while_their_teachers_are_held() -> None:
    picture = change(big_school(), without_rows(big_school()))
    key = RoomKey("class", SCHOOL, ClassId("7А"))
    assert picture.desired.rooms[key].write_level == 50
    after = done(picture.actual, (*held_plan(picture).revocations, *held_plan(picture).grants))
    assert after.rooms[key].power_levels["events_default"] == 0
    assert not after.rooms[RoomKey("staff_room", SCHOOL)].archived


def test_a_room_to_be_archived_keeps_its_place_while_its_people_are_held() -> None:
    picture = change(big_school(), without_rows(big_school()))
    assert not any(isinstance(step, UnlinkChild) for step in held_plan(picture).revocations)
    assert any(isinstance(step, UnlinkChild) for step in plan(picture.desired, picture.actual).revocations)


def test_a_hold_outlives_a_second_reading_that_says_as_little() -> None:
    empty = without_rows(big_school())
    again = replace(change(big_school(), empty).given, before=Today(empty.snapshot(), DAY))
    actual = change(big_school(), empty).actual
    again = replace(again, existing=frozenset(actual.rooms))
    desired = desired_state(Today(empty.snapshot(), DAY), shipped(), again, ENGLISH)
    verdict = guard(plan(desired, actual), desired, actual, LIMITS, NONE)
    assert [hold.role for hold in verdict.holds if hold.role] == ["former"]
    assert plan(desired, actual, verdict.held).revocations == ()


def test_teachers_gone_from_the_roster_for_good_are_counted_as_what_they_were() -> None:
    after = big_school()
    for number in range(10):
        after.leave(f"t{number}")
    picture = change(big_school(), after)
    assert {hold.role for hold in picture.verdict.holds if hold.role} >= {"staff", "teacher"}
    assert held_plan(picture).revocations == ()


# ---------------------------------------------------------------- what goes through


def test_one_teacher_who_leaves_goes_at_once() -> None:
    picture = change(big_school(), big_school().leave("t5"))
    assert picture.verdict.holds == ()
    assert picture.verdict.digest == ""
    assert people_leaving(held_plan(picture)) == {"t5"}


def test_only_the_role_that_tripped_is_held_and_others_go_on() -> None:
    after = without_rows(big_school()).leave("g3").move("s1", "7Б", DAY)
    picture = change(big_school(), after)
    assert people_leaving(held_plan(picture)) >= {"s1", "g1"}
    assert not any(person.startswith("t") for person in people_leaving(held_plan(picture)))


def test_only_the_room_that_tripped_is_held_and_its_people_may_lose_others() -> None:
    after = big_school(students=30)
    for number in range(4):
        after.move(f"s{number}", "7Б", DAY)
    before = big_school(students=30)
    for number in range(4, 27):
        before.move(f"s{number}", "7Б", YESTERDAY)
        after.move(f"s{number}", "7Б", YESTERDAY)
    picture = change(before, after)
    held = picture.verdict.held
    assert held.users == frozenset()
    assert RoomKey("class", SCHOOL, ClassId("7А")) in held.rooms
    assert RoomKey("class", SCHOOL, ClassId("7Б")) not in held.rooms
    hold = next(h for h in picture.verdict.holds if h.room == RoomKey("class", SCHOOL, ClassId("7А")))
    assert hold == Hold(None, hold.room, losing=4, of=8)


def test_strangers_and_bots_are_removed_from_a_held_room_all_the_same() -> None:
    picture = change(big_school(), without_rows(big_school()))
    key = RoomKey("staff_room", SCHOOL)
    # A local account of nobody's: somebody whose letter was revoked, say.
    stranger = UserId("@stranger:school.example")
    accounts = {**picture.actual.accounts, stranger: ActualAccount(stranger, "", False, False, False)}
    room = picture.actual.rooms[key]
    levels = {**room.power_levels, "users": {**room.power_levels["users"], stranger: 100}}
    crowded = replace(room, power_levels=levels, members={**room.members, stranger: Membership.JOIN})
    actual = replace(picture.actual, rooms={**picture.actual.rooms, key: crowded}, accounts=accounts)
    for held in (picture.verdict.held, Held(rooms=frozenset({key}))):
        steps = plan(picture.desired, actual, held)
        after = done(actual, (*steps.revocations, *steps.grants))
        assert stranger not in after.rooms[key].members
        assert user("t1") in after.rooms[key].members


def test_those_who_are_locked_already_are_not_counted_again() -> None:
    before, after = big_school(), big_school()
    for number in range(10):
        before.vanish(f"t{number}")
        after.leave(f"t{number}")
    assert change(before, after).verdict.holds == ()


def test_an_invitation_that_is_taken_back_is_no_loss_of_a_room() -> None:
    made = big_school()
    picture = change(made, made)
    key = RoomKey("association", SCHOOL, association=next(iter(made.associations)))
    room = picture.actual.rooms[key]
    invited = {user(f"s{number}"): Membership.INVITE for number in range(12)}
    actual = replace(
        picture.actual,
        rooms={**picture.actual.rooms, key: replace(room, members={**room.members, **invited})},
    )
    steps = plan(picture.desired, actual)
    assert len(steps.revocations) == 12
    assert guard(steps, picture.desired, actual, LIMITS, NONE).holds == ()


def test_an_operators_lock_is_never_held() -> None:
    made = big_school()
    given_lock = replace(change(made, without_rows(made)).given)
    accounts = {p: replace(a, operator_locked=p == "t1") for p, a in given_lock.accounts.items()}
    actual = change(made, made).actual
    after = without_rows(made).snapshot()
    desired = desired_state(Today(after, DAY), shipped(), replace(given_lock, accounts=accounts), ENGLISH)
    verdict = guard(plan(desired, actual), desired, actual, LIMITS, NONE)
    steps = plan(desired, actual, verdict.held)
    assert LockAccount(user("t1")) in steps.revocations
    assert LockAccount(user("t2")) not in steps.revocations


def test_names_go_on_being_written_while_something_is_held() -> None:
    after = without_rows(big_school()).later()
    after.people["s1"] = replace(after.people["s1"], family="Новая")  # type: ignore[index]
    names = [
        step for step in held_plan(change(big_school(), after)).grants if isinstance(step, SetDisplayName)
    ]
    assert user("s1") in {step.user for step in names}


def test_a_level_that_is_lost_counts_as_much_as_a_room() -> None:
    before, after = big_school(), big_school()
    for number in range(5):
        before.homeroom(f"t{number}", "7Б")
        after.load(f"t{number}", "Физика", "7Б")
        before.load(f"t{number}", "Физика", "7Б")
    picture = change(before, after)
    lowered = {removal.split(" ")[1] for removal in picture.verdict.removals if removal.startswith("level")}
    assert lowered == {user(f"t{number}") for number in range(5)}


def test_what_was_confirmed_needs_no_second_time_wherever_the_run_was_cut_short() -> None:
    picture = change(big_school(), without_rows(big_school()))
    desired, actual = picture.desired, picture.actual
    for state in moments(actual, plan(desired, actual).revocations):
        verdict = guard(plan(desired, state), desired, state, LIMITS, picture.verdict.removals)
        assert verdict.holds == ()


def test_what_was_confirmed_and_done_does_not_make_the_rest_too_much() -> None:
    before, after = big_school(20), big_school(20)
    gone = {f"t{number}" for number in range(5, 17)}
    after.roles = [row for row in after.roles if row.person not in gone]
    picture = change(before, after)
    desired, actual = picture.desired, picture.actual
    rest = {user(f"t{number}") for number in range(5, 9)}
    approved = frozenset(r for r in picture.verdict.removals if r.split(" ")[1] not in rest)
    for state in moments(
        actual,
        [step for step in plan(desired, actual).revocations if getattr(step, "user", None) not in rest],
    ):
        assert guard(plan(desired, state), desired, state, LIMITS, approved).holds == ()


# ---------------------------------------------------------------- what holds of every plan


@st.composite
def changes(draw: st.DrawFn) -> tuple[DesiredState, ActualState]:
    """Rooms as one school asks for, and what another one of the same people asks for."""
    old, new = draw(schools()).snapshot(), draw(schools()).snapshot()
    before = Today(old, YESTERDAY)
    was = desired_state(before, shipped(), draw(any_given(old)), ENGLISH)
    actual = done(as_desired(was), plan(was, as_desired(was)).grants)
    known = replace(draw(any_given(new, before)), existing=frozenset(actual.rooms))
    return desired_state(Today(new, DAY), shipped(), known, ENGLISH), actual


tight = st.builds(Limits, st.integers(0, 4), st.sampled_from((0.0, 0.2, 0.5, 1.0)), st.integers(0, 3))


def losses(before: ActualState, after: ActualState) -> dict[UserId, set[RoomKey]]:
    """By user: the rooms that were lost; an account or a level counts without a room."""
    found: dict[UserId, set[RoomKey]] = defaultdict(set)
    for name, account in before.accounts.items():
        gone = after.accounts[name]
        if gone.locked > account.locked or gone.deactivated > account.deactivated:
            found[name] |= set()
    for key, room in before.rooms.items():
        for name, how in room.members.items():
            if how is Membership.JOIN and name not in after.rooms[key].members:
                found[name].add(key)
        for name in listed_users(room.power_levels):
            if user_level(after.rooms[key].power_levels, name) < user_level(room.power_levels, name):
                found[name] |= set()
    return found


def in_use(user_id: UserId, desired: DesiredState, actual: ActualState) -> bool:
    account = actual.accounts.get(user_id)
    known = account is not None and not account.locked and not account.deactivated
    return known and user_id in desired.accounts


@thorough
@given(changes(), tight)
def test_exactly_the_roles_and_rooms_that_lose_too_many_are_held(
    pair: tuple[DesiredState, ActualState], limits: Limits
) -> None:
    desired, actual = pair
    steps = plan(desired, actual)
    lost = {
        name: rooms
        for name, rooms in losses(actual, done(actual, steps.revocations)).items()
        if in_use(name, desired, actual)
    }
    everybody = [name for name in desired.accounts if in_use(name, desired, actual)]
    expected: set[object] = set()
    for role in {role for name in everybody for role in desired.accounts[name].roles}:
        of = sum(role in desired.accounts[name].roles for name in everybody)
        losing = sum(role in desired.accounts[name].roles for name in lost)
        if limits.exceeded(losing, of):
            expected.add(role)
    for key, room in actual.rooms.items():
        of = sum(room.members.get(name) is Membership.JOIN for name in everybody)
        if limits.exceeded(sum(key in rooms for rooms in lost.values()), of):
            expected.add(key)
    verdict = guard(steps, desired, actual, limits, NONE)
    assert {hold.role or hold.room for hold in verdict.holds} == expected
    assert bool(verdict.digest) == bool(verdict.removals)
    if not expected:
        assert verdict.held == Held()


@thorough
@given(changes(), tight)
def test_whoever_and_whatever_is_held_loses_nothing(
    pair: tuple[DesiredState, ActualState], limits: Limits
) -> None:
    desired, actual = pair
    held = guard(plan(desired, actual), desired, actual, limits, NONE).held
    steps = plan(desired, actual, held)
    for after in moments(actual, (*steps.revocations, *steps.grants)):
        for name in held.users:
            assert after.accounts[name].locked == actual.accounts[name].locked
            assert not after.accounts[name].deactivated
        for key, room in actual.rooms.items():
            spared = desired.accounts.keys() if key in held.rooms else held.users
            for name in room.members.keys() & spared:
                if desired.accounts[name].deactivated and name not in held.users:
                    continue
                assert after.rooms[key].members[name] is room.members[name]
                old, new = room.power_levels, after.rooms[key].power_levels
                assert user_level(new, name) >= user_level(old, name)
                assert ("m.room.message" in abilities(new, name)) >= (
                    "m.room.message" in abilities(old, name)
                )
            if key in held.rooms and room.members.keys() & spared:
                assert not after.rooms[key].archived


@thorough
@given(cases(), st.data())
def test_what_is_held_loses_nothing_however_rooms_have_drifted(case: Case, data: st.DataObject) -> None:
    desired, actual = case.desired, case.actual
    held = Held(
        frozenset(data.draw(st.lists(st.sampled_from(sorted(desired.accounts)), max_size=3)))
        if desired.accounts
        else frozenset(),
        frozenset(data.draw(st.lists(st.sampled_from(list(actual.rooms)), max_size=2)))
        if actual.rooms
        else frozenset(),
    )
    steps = plan(desired, actual, held)
    after = done(actual, (*steps.revocations, *steps.grants))
    assert plan(desired, told(desired, after, held), held).empty
    for key, room in actual.rooms.items():
        spared = desired.accounts.keys() if key in held.rooms else held.users
        for name in room.members.keys() & spared:
            closed = desired.accounts[name].deactivated and name not in held.users
            assert closed or name in after.rooms[key].members
        for name in listed_users(room.power_levels).keys() & spared:
            levels = after.rooms[key].power_levels
            assert user_level(levels, name) >= user_level(room.power_levels, name)
        undue = after.rooms[key].members.keys() - spared - {BOT, NOBODYS}
        due = desired.rooms.get(key)
        assert undue <= (due.members | due.guests if due else set())


@thorough
@given(changes(), tight, st.data())
def test_confirming_lets_exactly_these_through_and_an_interrupted_run_needs_no_second(
    pair: tuple[DesiredState, ActualState], limits: Limits, data: st.DataObject
) -> None:
    desired, actual = pair
    verdict = guard(plan(desired, actual), desired, actual, limits, NONE)
    kept = guard(plan(desired, actual, verdict.held), desired, actual, LIMITLESS, NONE)
    assert not verdict.removals & every_removal(desired, actual, verdict.held)
    assert kept.holds == () or all(hold.losing == hold.of for hold in kept.holds)
    confirmed = guard(plan(desired, actual), desired, actual, limits, verdict.removals)
    assert confirmed.holds == ()
    steps = plan(desired, actual, confirmed.held)
    every = (*steps.revocations, *steps.grants)
    cut = data.draw(st.integers(0, len(every)))
    halfway = done(actual, every[:cut])
    assert guard(plan(desired, halfway), desired, halfway, limits, verdict.removals).holds == ()


LIMITLESS = Limits(count=10_000, share=1.0, floor=10_000)


def every_removal(desired: DesiredState, actual: ActualState, held: Held) -> frozenset[str]:
    """The names of all removals that are done while `held` is held."""
    nothing_allowed = Limits(count=-1, share=0.0, floor=0)
    return guard(plan(desired, actual, held), desired, actual, nothing_allowed, NONE).removals


@thorough
@given(changes(), tight)
def test_a_confirmation_lets_nothing_else_through(
    pair: tuple[DesiredState, ActualState], limits: Limits
) -> None:
    desired, actual = pair
    verdict = guard(plan(desired, actual), desired, actual, limits, NONE)
    half = frozenset(sorted(verdict.removals)[::2])
    nothing_allowed = Limits(count=-1, share=0.0, floor=0)
    rest = guard(plan(desired, actual), desired, actual, nothing_allowed, half)
    assert not rest.removals & half
    assert verdict.removals - half <= rest.removals
    assert not every_removal(desired, actual, rest.held) - half


def test_the_digest_names_the_removals_and_changes_with_them() -> None:
    first = change(big_school(), without_rows(big_school())).verdict
    same = change(big_school(), without_rows(big_school())).verdict
    other = change(big_school(), without_rows(big_school()).role("t5", Role.AIDE)).verdict
    assert first.digest == same.digest
    assert len(first.digest) == 8
    assert first.digest != other.digest


@thorough
@given(schools(), schools())
def test_losing_all_staff_rows_removes_none_of_several_staff(old: SchoolBuilder, new: SchoolBuilder) -> None:
    for person in ("a", "b", "c", "d"):
        old.teacher(person)
        new.person(person)
    snapshot = old.snapshot()
    before = Today(snapshot, YESTERDAY)
    was = desired_state(before, shipped(), circumstances(snapshot), ENGLISH)
    actual = as_desired(was)
    known = replace(circumstances(new.snapshot(), before=before), existing=frozenset(actual.rooms))
    desired = desired_state(new.today(), shipped(), known, ENGLISH)
    held = guard(plan(desired, actual), desired, actual, Limits(3, 0.2, 3), NONE).held
    leaving = people_leaving(plan(desired, actual, held))
    assert not leaving & {"a", "b", "c", "d"}
