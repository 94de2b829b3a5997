"""Each way in which a room can drift, and the one step that puts it right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import BOT, SCHOOL, as_desired, small_school, user
from support.rooms import desire
from support.simulation import done

from zvonok_appservice.reconcile.contents import user_level
from zvonok_appservice.reconcile.model import (
    ActualState,
    AddMember,
    CreateRoom,
    DeactivateAccount,
    Held,
    LinkChild,
    LinkParent,
    LockAccount,
    Membership,
    Plan,
    RemoveMember,
    RoomKey,
    SetDisplayName,
    SetPowerLevels,
    SetState,
    UnlinkChild,
    UnlockAccount,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_core.ids import ClassId, RoomId, UserId

DESIRED = desire(small_school())
GOOD = done(as_desired(DESIRED), plan(DESIRED, as_desired(DESIRED)).grants)
KEY = RoomKey("class", SCHOOL, ClassId("7А"))
SPACE = RoomKey("class_space", SCHOOL, ClassId("7А"))
ROOM = GOOD.rooms[KEY]
STRANGER = UserId("@stranger:elsewhere.example")


def drifted(key: RoomKey = KEY, **changes: Any) -> ActualState:
    """All as it ought to be, but for one room."""
    return replace(GOOD, rooms={**GOOD.rooms, key: replace(GOOD.rooms[key], **changes)})


def levels(**changes: Any) -> dict[str, Any]:
    """The room's map of levels with other users."""
    return {**ROOM.power_levels, "users": {**ROOM.power_levels["users"], **changes}}


def steps(actual: ActualState) -> tuple[list[object], list[object]]:
    """Revocations and grants."""
    found: Plan = plan(DESIRED, actual)
    return list(found.revocations), list(found.grants)


def test_where_all_is_well_there_is_nothing_to_do() -> None:
    assert steps(GOOD) == ([], [])
    assert plan(DESIRED, GOOD).empty


@pytest.mark.parametrize("how", Membership)
def test_a_stranger_is_taken_out_or_turned_away(how: Membership) -> None:
    actual = drifted(members={**ROOM.members, STRANGER: how})
    assert steps(actual) == ([RemoveMember(ROOM.room, KEY, STRANGER)], [])


@pytest.mark.parametrize("how", [None, Membership.INVITE, Membership.KNOCK])
def test_somebody_due_who_went_or_was_kicked_is_put_back(how: Membership | None) -> None:
    members = {name: is_ for name, is_ in ROOM.members.items() if name != user("petrov")}
    actual = drifted(members={**members, **({user("petrov"): how} if how else {})})
    assert steps(actual) == ([], [AddMember(KEY, user("petrov"))])


def test_the_bot_is_put_back_too() -> None:
    actual = drifted(members={name: how for name, how in ROOM.members.items() if name != BOT})
    assert steps(actual) == ([], [AddMember(KEY, BOT)])


def test_a_level_that_was_raised_is_lowered_and_one_that_was_lowered_is_raised() -> None:
    good = ROOM.power_levels
    raised = drifted(power_levels=levels(**{user("petrov"): 100}))
    assert steps(raised) == ([SetPowerLevels(ROOM.room, KEY, good)], [])
    lowered = drifted(power_levels=levels(**{user("belova"): 0}))
    assert steps(lowered) == ([], [SetPowerLevels(ROOM.room, KEY, good)])


def test_a_map_that_takes_and_gives_is_written_twice() -> None:
    mixed = drifted(power_levels=levels(**{user("petrov"): 100, user("belova"): 50}))
    (first,), (second,) = steps(mixed)
    assert isinstance(first, SetPowerLevels)
    assert first.content["users"] == {BOT: 50, user("belova"): 50}
    assert second == SetPowerLevels(ROOM.room, KEY, ROOM.power_levels)


@pytest.mark.parametrize(
    ("change", "revokes"),
    [
        ({"events_default": 50}, False),
        ({"state_default": 50}, True),
        ({"invite": 0}, True),
        ({"users_default": 50}, True),
        ({"users_default": -1}, False),
        ({"events": {}}, True),
        ({"notifications": {"room": 0}}, True),
        ({"historical": 100}, True),
    ],
)
def test_every_other_part_of_the_map_is_put_right(change: dict[str, Any], revokes: bool) -> None:
    actual = drifted(power_levels={**ROOM.power_levels, **change})
    taken, given = steps(actual)
    assert bool(taken) is revokes
    assert (given or taken)[-1] == SetPowerLevels(ROOM.room, KEY, ROOM.power_levels)


def test_a_right_that_only_the_drifted_map_gives_is_closed_before_anything_is_given() -> None:
    events = {**ROOM.power_levels["events"], "m.room.name": 0}
    (first,), (second,) = steps(drifted(power_levels={**ROOM.power_levels, "events": events}))
    assert isinstance(first, SetPowerLevels)
    assert first.content["events"]["m.room.name"] == 101
    assert second == SetPowerLevels(ROOM.room, KEY, ROOM.power_levels)


@pytest.mark.parametrize(
    ("change", "type_", "content", "revokes"),
    [
        ({"name": "x"}, "m.room.name", {"name": "7А. Класс"}, False),
        ({"topic": ""}, "m.room.topic", {"topic": ROOM.topic}, False),
        ({"join_rule": "public"}, "m.room.join_rules", {"join_rule": "invite"}, True),
        ({"guest_access": "can_join"}, "m.room.guest_access", {"guest_access": "forbidden"}, True),
        (
            {"history_visibility": "world_readable"},
            "m.room.history_visibility",
            {"history_visibility": "shared"},
            True,
        ),
        (
            {"history_visibility": "joined"},
            "m.room.history_visibility",
            {"history_visibility": "shared"},
            False,
        ),
        ({"archived": True}, "dev.zvonok.room", KEY.content(), False),
    ],
)
def test_each_state_event_is_written_again(
    change: dict[str, Any], type_: str, content: dict[str, Any], revokes: bool
) -> None:
    step = SetState(KEY, ROOM.room, type_, "", content)
    assert steps(drifted(**change)) == (([step], []) if revokes else ([], [step]))


def test_links_between_spaces_and_rooms_are_put_right() -> None:
    space = GOOD.rooms[SPACE]
    foreign = RoomId("!foreign")
    assert steps(drifted(SPACE, children=space.children - {ROOM.room})) == ([], [LinkChild(SPACE, KEY)])
    assert steps(drifted(SPACE, children=space.children | {foreign})) == ([UnlinkChild(SPACE, foreign)], [])
    assert steps(drifted(parents=frozenset())) == ([], [LinkParent(SPACE, KEY)])
    gone = SetState(KEY, ROOM.room, "m.space.parent", foreign, {})
    assert steps(drifted(parents=ROOM.parents | {foreign})) == ([], [gone])


def test_a_room_that_is_gone_is_made_anew_and_filled() -> None:
    rooms = {key: room for key, room in GOOD.rooms.items() if key != KEY}
    taken, given = steps(replace(GOOD, rooms=rooms))
    assert [type(step) for step in given] == [CreateRoom, LinkChild] + [AddMember] * len(ROOM.members)
    assert taken == [UnlinkChild(SPACE, ROOM.room)]


def test_a_space_that_is_gone_is_made_anew_and_its_rooms_are_told() -> None:
    rooms = {key: room for key, room in GOOD.rooms.items() if key != SPACE}
    _, given = steps(replace(GOOD, rooms=rooms))
    assert LinkChild(SPACE, KEY) in given
    assert LinkParent(SPACE, KEY) in given


def test_a_room_nobody_is_due_in_is_emptied_sealed_and_archived_and_comes_back_as_it_was() -> None:
    fewer = small_school()
    fewer.associations.clear()
    fewer.association_members.clear()
    key = next(key for key in GOOD.rooms if key.kind == "association")
    less = desire(fewer, existing=GOOD.rooms.keys())
    found = plan(less, GOOD)
    after = done(GOOD, (*found.revocations, *found.grants))
    room = after.rooms[key]
    assert (room.members, room.archived, room.power_levels["events_default"]) == ({}, True, 101)
    assert room.name == GOOD.rooms[key].name
    again = plan(DESIRED, after)
    back = done(after, (*again.revocations, *again.grants))
    assert back == GOOD


def account(person: str, **changes: Any) -> ActualState:
    """All as it ought to be, but for one account."""
    name = user(person)
    return replace(GOOD, accounts={**GOOD.accounts, name: replace(GOOD.accounts[name], **changes)})


def test_accounts_are_locked_unlocked_and_named() -> None:
    assert steps(account("petrov", locked=True)) == ([], [UnlockAccount(user("petrov"))])
    assert steps(account("chuzhoi", locked=False)) == ([LockAccount(user("chuzhoi"))], [])
    name = DESIRED.accounts[user("petrov")].display_name
    assert steps(account("petrov", display_name="Директор")) == ([], [SetDisplayName(user("petrov"), name)])
    assert steps(account("chuzhoi", display_name="Директор")) == ([], [])


def test_an_account_that_is_closed_or_not_there_is_left_alone() -> None:
    assert steps(account("petrov", deactivated=True, display_name="")) == ([], [])
    others = {name: each for name, each in GOOD.accounts.items() if name != user("petrov")}
    assert steps(replace(GOOD, accounts=others)) == ([], [])


def test_whoever_left_the_roster_is_taken_out_and_the_account_closed() -> None:
    less = desire(small_school().leave("petrova"), before=small_school().today())
    found = plan(less, GOOD)
    assert DeactivateAccount(user("petrova")) in found.revocations
    assert sum(isinstance(step, RemoveMember) for step in found.revocations) == 4
    assert found.grants == ()


@pytest.mark.parametrize(
    ("content", "level"),
    [
        ({}, 0),
        ({"users": {user("a"): 7}}, 7),
        ({"users": {user("a"): "100"}, "users_default": 5}, 5),
        ({"users": [], "users_default": None}, 0),
    ],
)
def test_a_level_is_read_however_odd_the_map_is(content: dict[str, Any], level: int) -> None:
    assert user_level(content, user("a")) == level


def test_a_default_below_zero_is_no_gift_to_those_who_are_listed_with_more() -> None:
    content = {**levels(**{user("belova"): 0, user("petrov"): 50}), "users_default": -1}
    (first,), (second,) = steps(drifted(power_levels=content))
    assert isinstance(first, SetPowerLevels)
    assert first.content["users_default"] == -1
    assert user_level(first.content, user("petrov")) == 0
    assert user_level(first.content, user("belova")) == 0
    assert user_level(first.content, user("zhuk")) == -1
    assert second == SetPowerLevels(ROOM.room, KEY, ROOM.power_levels)


def test_being_listed_without_a_level_is_nothing_that_could_be_held() -> None:
    key = RoomKey("class", SCHOOL, ClassId("7Б"))
    held = Held(users=frozenset({user("petrova")}))
    room = GOOD.rooms[key]
    listed = {**room.power_levels, "users": {**room.power_levels["users"], user("petrova"): 0}}
    actual = drifted(key, power_levels={**listed, "redact": 0})
    found = plan(DESIRED, actual, held)
    after = done(actual, (*found.revocations, *found.grants))
    assert after == GOOD


def test_a_room_of_students_is_closed_though_somebody_held_is_merely_listed_there() -> None:
    less = desire(small_school().leave("frolov"), existing=GOOD.rooms.keys())
    key = RoomKey("class", SCHOOL, ClassId("7Б"))
    room = GOOD.rooms[key]
    listed = {**room.power_levels, "users": {**room.power_levels["users"], user("petrova"): 0}}
    actual = drifted(key, power_levels=listed)
    found = plan(less, actual, Held(users=frozenset({user("petrova")})))
    after = done(actual, (*found.revocations, *found.grants))
    assert after.rooms[key].power_levels["events_default"] == 50
