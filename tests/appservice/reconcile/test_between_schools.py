"""Rooms for several schools: who is in them, who goes, and what the plan says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from builders import SCHOOL, SERVER, SchoolBuilder, as_desired, picture_of, room_id, small_school, user
from support.simulation import done

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.abroad import Abroad, Delegation, Hosted, Topic, selector_of
from zvonok_appservice.reconcile.contents import hosts, user_level
from zvonok_appservice.reconcile.explain import plan_sentences, why, with_origin
from zvonok_appservice.reconcile.model import (
    CONTROL,
    TALK_STATE_TYPE,
    ActualState,
    CreateRoom,
    Membership,
    Plan,
    RemoveMember,
    RoomKey,
    SetState,
)
from zvonok_appservice.reconcile.plan import plan
from zvonok_core.access import Peer, Talk, appservice_of
from zvonok_core.ids import PersonId, UserId
from zvonok_core.roles import Level
from zvonok_core.text import Catalogs

HEADS, MATHS = Topic(Talk.HEADS), Topic(Talk.ASSOCIATION, "mathematics")
COUNCIL = RoomKey("heads_council", SCHOOL, topic="heads")
MATHS_ROOM = RoomKey("schools_association", SCHOOL, topic="association:mathematics")
OFFICES = RoomKey(CONTROL, SCHOOL)
FIRST, SECOND = "first.example", "second.example:8448"
ORLOVA, LIS = UserId(f"@orlova:{FIRST}"), UserId(f"@lis:{SECOND}")
PEERS = {FIRST: Peer(frozenset({Talk.HEADS}), {}), SECOND: Peer(frozenset(Talk), {})}


def by(*selectors: str) -> Delegation:
    return Delegation(tuple(filter(None, map(selector_of, selectors))))


def abroad(**changes: Any) -> Abroad:
    """Two schools name somebody each for the rooms that ours hosts."""
    described = Abroad(
        SERVER,
        delegations={HEADS: by("position(head)"), MATHS: by("members(math)")},
        hosted={HEADS: Hosted(""), MATHS: Hosted("Математики района")},
        peers=PEERS,
        delegates={ORLOVA: frozenset({HEADS, MATHS}), LIS: frozenset({HEADS, MATHS})},
    )
    return replace(described, **changes)


def picture(
    school: SchoolBuilder | None = None, actual: ActualState | None = None, **changes: Any
) -> Picture:
    snapshot = (school or small_school()).snapshot()
    return picture_of(snapshot, actual=actual, abroad=abroad(**changes))


BEFORE = picture()


def people(users: Iterable[UserId]) -> set[str]:
    return {each.partition(":")[0][1:] for each in users}


def steps(after: Picture) -> Plan:
    return plan(after.desired, after.actual)


def test_a_room_for_heads_has_ours_and_those_of_others() -> None:
    room = BEFORE.desired.rooms[COUNCIL]
    assert (room.name, room.members, room.guests) == ("Совет директоров", {user("orlov")}, {ORLOVA, LIS})
    assert room.levels == {user("orlov"): 100}
    assert room.servers == {SERVER, FIRST, SECOND}
    assert room.write_level == 0


def test_a_room_is_only_for_those_schools_that_may_have_it() -> None:
    room = BEFORE.desired.rooms[MATHS_ROOM]
    assert (room.name, people(room.members)) == ("Математики района", {"belova", "zueva"})
    assert (room.guests, room.servers) == ({LIS}, {SERVER, SECOND})


def test_where_all_is_well_there_is_nothing_to_do() -> None:
    assert steps(BEFORE).empty


def test_no_other_room_lets_a_server_in() -> None:
    for key, room in BEFORE.desired.rooms.items():
        if key not in (COUNCIL, MATHS_ROOM, OFFICES):
            assert (room.servers, room.guests) == (None, frozenset()), key


def test_a_room_without_anybody_is_not_made() -> None:
    nobody = picture(delegations={}, delegates={})
    assert not {COUNCIL, MATHS_ROOM} & nobody.desired.rooms.keys()
    only_theirs = picture(delegations={})
    assert only_theirs.desired.rooms[COUNCIL].guests == {ORLOVA, LIS}
    assert only_theirs.desired.rooms[COUNCIL].members == frozenset()


def test_a_room_whose_peers_have_all_gone_keeps_ours_and_lets_nobody_in() -> None:
    alone = picture(actual=BEFORE.actual, peers={})
    room = alone.desired.rooms[COUNCIL]
    assert (room.members, room.guests, room.servers) == ({user("orlov")}, frozenset(), {SERVER})
    after = done(alone.actual, steps(alone).revocations)
    assert after.rooms[COUNCIL].members.keys() == {user("orlov")}
    assert after.rooms[COUNCIL].servers == {SERVER}
    assert after.rooms[OFFICES].members == {}
    after = done(after, steps(alone).grants)
    assert after.rooms[OFFICES].archived and not after.rooms[COUNCIL].archived
    assert after.rooms[OFFICES].servers == {SERVER}
    assert picture(actual=after, peers={}).verdict.holds == ()
    assert plan(alone.desired, after).empty


def test_a_room_that_has_lost_everybody_waits_for_them() -> None:
    empty = picture(actual=BEFORE.actual, peers={}, delegations={})
    assert not empty.desired.rooms[COUNCIL].archived
    assert done(empty.actual, steps(empty).revocations).rooms[COUNCIL].members == {}


def test_a_topic_that_is_hosted_no_longer_is_archived_with_our_server_in_its_list() -> None:
    later = picture(actual=BEFORE.actual, hosted={MATHS: Hosted("Математики района")})
    after = done(done(later.actual, steps(later).revocations), steps(later).grants)
    council = after.rooms[COUNCIL]
    assert (council.archived, council.members, council.servers) == (True, {}, {SERVER})
    assert after.rooms[OFFICES].talks == {"association:mathematics": room_id(MATHS_ROOM)}
    assert plan(later.desired, after).empty


def test_without_a_federation_all_its_rooms_are_archived() -> None:
    alone = picture_of(small_school().snapshot(), actual=BEFORE.actual, abroad=Abroad(SERVER))
    after = done(done(alone.actual, steps(alone).revocations), steps(alone).grants)
    for key in (COUNCIL, MATHS_ROOM, OFFICES):
        assert after.rooms[key].archived
        assert (after.rooms[key].members, after.rooms[key].servers) == ({}, {SERVER})
    assert after.rooms[OFFICES].talks == {}
    assert plan(alone.desired, after).empty


def test_a_guest_who_is_named_no_longer_is_put_out() -> None:
    later = picture(actual=BEFORE.actual, delegates={LIS: frozenset({HEADS, MATHS})})
    assert steps(later) == Plan((RemoveMember(room_id(COUNCIL), COUNCIL, ORLOVA),), ())
    named_for_less = picture(actual=BEFORE.actual, delegates={**abroad().delegates, LIS: frozenset({HEADS})})
    assert steps(named_for_less) == Plan((RemoveMember(room_id(MATHS_ROOM), MATHS_ROOM, LIS),), ())


@pytest.mark.parametrize("how", Membership)
def test_somebody_of_a_peer_whom_nobody_has_named_is_put_out(how: Membership) -> None:
    council = BEFORE.actual.rooms[COUNCIL]
    members = {**council.members, UserId(f"@pupil:{FIRST}"): how, UserId("@x:unlisted.example"): how}
    drifted = replace(
        BEFORE.actual, rooms={**BEFORE.actual.rooms, COUNCIL: replace(council, members=members)}
    )
    found = steps(picture(actual=drifted))
    assert {step.user for step in found.revocations if isinstance(step, RemoveMember)} == {
        f"@pupil:{FIRST}",
        "@x:unlisted.example",
    }
    assert found.grants == ()


def test_a_guest_is_invited_by_nobody_here_and_stays_when_in() -> None:
    council = BEFORE.actual.rooms[COUNCIL]
    gone = {u: how for u, how in council.members.items() if u != ORLOVA}
    for members in (gone, {**council.members, ORLOVA: Membership.INVITE}):
        drifted = replace(
            BEFORE.actual, rooms={**BEFORE.actual.rooms, COUNCIL: replace(council, members=members)}
        )
        assert steps(picture(actual=drifted)).empty


def test_a_guest_who_has_got_a_level_loses_it() -> None:
    council = BEFORE.actual.rooms[COUNCIL]
    levels = {**council.power_levels, "users": {**council.power_levels["users"], ORLOVA: 100}}
    drifted = replace(
        BEFORE.actual, rooms={**BEFORE.actual.rooms, COUNCIL: replace(council, power_levels=levels)}
    )
    after = done(drifted, steps(picture(actual=drifted)).revocations)
    assert user_level(after.rooms[COUNCIL].power_levels, ORLOVA) == 0


# ---------------------------------------------------------------- access lists


def with_list(servers: frozenset[str] | None) -> ActualState:
    council = replace(BEFORE.actual.rooms[COUNCIL], servers=servers)
    return replace(BEFORE.actual, rooms={**BEFORE.actual.rooms, COUNCIL: council})


@pytest.mark.parametrize(
    ("before", "taken_first"),
    [
        (None, True),
        (frozenset[str](), False),
        (frozenset({SERVER}), False),
        (hosts({SERVER, FIRST, SECOND, "unlisted.example"}), True),
        (hosts({SERVER, "unlisted.example"}), True),
    ],
)
def test_whoever_must_go_is_shut_out_before_anything_is_given(
    before: frozenset[str] | None, taken_first: bool
) -> None:
    found = steps(picture(actual=with_list(before)))
    lists = [step for step in (*found.revocations, *found.grants) if isinstance(step, SetState)]
    assert [step.type for step in lists] == ["m.room.server_acl"]
    assert lists[0].content["allow"] == sorted(hosts({SERVER, FIRST, SECOND}))
    assert (lists[0] in found.revocations) is taken_first


# ---------------------------------------------------------------- the control room


def talks(found: Plan) -> Mapping[str, Mapping[str, Any]]:
    return {
        step.state_key: step.content
        for step in found.grants
        if isinstance(step, SetState) and step.type == TALK_STATE_TYPE
    }


def test_a_new_room_is_told_of_once_it_is_made() -> None:
    rooms = {key: room for key, room in BEFORE.actual.rooms.items() if key != COUNCIL}
    offices = rooms[OFFICES]
    rooms[OFFICES] = replace(offices, talks={t: r for t, r in offices.talks.items() if t != "heads"})
    first = picture(actual=replace(BEFORE.actual, rooms=rooms))
    assert [step.desired.key for step in steps(first).grants if isinstance(step, CreateRoom)] == [COUNCIL]
    assert talks(steps(first)) == {}
    made = done(first.actual, steps(first).grants)
    assert talks(steps(picture(actual=made))) == {"heads": {"room": room_id(COUNCIL)}}


def test_what_is_told_wrongly_is_put_right() -> None:
    offices = replace(
        BEFORE.actual.rooms[OFFICES], talks={"heads": "!another", "event:gone": "!gone", "nonsense": "!x"}
    )
    drifted = replace(BEFORE.actual, rooms={**BEFORE.actual.rooms, OFFICES: offices})
    assert talks(steps(picture(actual=drifted))) == {
        "heads": {"room": room_id(COUNCIL)},
        "association:mathematics": {"room": room_id(MATHS_ROOM)},
        "event:gone": {},
        "nonsense": {},
    }


def test_only_appservices_of_peers_are_in_the_control_room() -> None:
    room = BEFORE.desired.rooms[OFFICES]
    assert (room.members, room.guests) == (frozenset(), {appservice_of(FIRST), appservice_of(SECOND)})
    offices = BEFORE.actual.rooms[OFFICES]
    members = {**offices.members, user("orlov"): Membership.JOIN, ORLOVA: Membership.JOIN}
    drifted = replace(
        BEFORE.actual, rooms={**BEFORE.actual.rooms, OFFICES: replace(offices, members=members)}
    )
    found = steps(picture(actual=drifted))
    assert {step.user for step in found.revocations if isinstance(step, RemoveMember)} == {
        user("orlov"),
        ORLOVA,
    }
    levels = BEFORE.actual.rooms[OFFICES].power_levels
    assert levels["users"] == {} and levels["events_default"] == Level.SEALED


# ---------------------------------------------------------------- sentences

CATALOGS = Catalogs.load(["zvonok_appservice", "zvonok_core"])


def said(found: Picture, language: str = "en") -> list[str]:
    return [CATALOGS.say(sentence, language) for sentence in plan_sentences(found, steps(found))]


def test_a_plan_says_what_becomes_of_rooms_between_schools() -> None:
    alone = picture(actual=BEFORE.actual, peers={})
    told = said(alone)
    assert f"take {ORLOVA} out of “Совет директоров”: no school names them for this room" in told
    assert "let only servers of the schools concerned into “Совет директоров”" in told
    assert "tell other schools that there is no room for heads" in told
    new = said(picture_of(small_school().snapshot(), actual=ActualState({}, {}), abroad=abroad()))
    assert "make the room in which schools say whom they name to each other" in new
    made = done(BEFORE.actual, [])
    offices = replace(made.rooms[OFFICES], talks={})
    untold = picture(actual=replace(made, rooms={**made.rooms, OFFICES: offices}))
    assert said(untold) == [
        "tell other schools which room is for association:mathematics",
        "tell other schools which room is for heads",
    ]


def asked(person: str, key: RoomKey = COUNCIL, **changes: Any) -> tuple[bool, list[str]]:
    found = picture(actual=BEFORE.actual, **changes)
    answer = why(found.today, found.templates, key, PersonId(person), found.given)
    return answer.due, [str(with_origin(link)) for link in answer.links]


def test_why_somebody_is_in_a_room_between_schools_is_a_sentence() -> None:
    assert asked("orlov") == (True, ["Орлов Пётр Ильич: head (staff.csv, row 2)"])
    due, links = asked("belova", MATHS_ROOM)
    assert due
    assert links[-1] == (
        "Белова Ольга Юрьевна chairs the association of учителей математики (associations.csv, row 3)"
    )


def test_why_somebody_is_not_is_a_sentence_too() -> None:
    due, links = asked("belova")
    assert not due
    assert links[-1] == "By the journal Белова Ольга Юрьевна does not belong in this room"
    assert asked("orlov", hosted={}) == (
        False,
        ["The configuration no longer has this room of several schools"],
    )
    assert asked("nobody") == (False, ["This person is not in the journal"])


def test_every_person_has_a_reason_in_every_room_between_schools() -> None:
    for person in BEFORE.today.snapshot.people:
        for key in (COUNCIL, MATHS_ROOM):
            due, links = asked(person, key)
            assert links
            assert due is (user(person) in BEFORE.desired.rooms[key].members)


def test_a_guest_counts_in_no_guard() -> None:
    many = {UserId(f"@p{n}:{FIRST}"): frozenset({HEADS}) for n in range(50)}
    crowded = picture(delegates=many)
    later = picture(actual=crowded.actual, delegates={})
    assert len(steps(later).revocations) == 50
    assert later.verdict.holds == ()
    assert as_desired(later.desired).rooms[COUNCIL].members.keys() == {user("orlov")}
