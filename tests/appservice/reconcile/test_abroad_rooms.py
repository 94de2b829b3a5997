"""Rooms between schools: for whom they are, who is asked in, and what may be written there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zvonok_appservice.reconcile.abroad import (
    ALONE,
    Abroad,
    Delegation,
    Hosted,
    Topic,
    control_room,
)
from zvonok_appservice.reconcile.contents import hosts, power_levels, server_acl, user_level
from zvonok_appservice.reconcile.model import CONTROL, DELEGATES_STATE_TYPE, RoomKey
from zvonok_appservice.reconcile.selectors import Selector
from zvonok_core.access import Peer, Talk, appservice_of
from zvonok_core.ids import AssociationId, ClassId, SchoolId, SubgroupId, SubjectId, UserId

HEADS, DIRECT = Topic(Talk.HEADS), Topic(Talk.DIRECT)
MATHS = Topic(Talk.ASSOCIATION, "mathematics")
OWN, FIRST, SECOND = "school.example", "first.example", "second.example:8448"
EVERYTHING = Peer(frozenset(Talk), {})
ORLOVA = f"@orlova:{FIRST}"

# ---------------------------------------------------------------- who is invited, listens, is told


def between(**changes: Any) -> Abroad:
    """We host heads for all and maths for the second; the first may have no associations."""
    described = Abroad(
        OWN,
        delegations={
            HEADS: Delegation((Selector("position", "head"),)),
            MATHS: Delegation((Selector("members", "math"),), frozenset({SECOND})),
        },
        hosted={HEADS: Hosted("Совет"), MATHS: Hosted("Математики", frozenset({SECOND, FIRST}))},
        peers={FIRST: Peer(frozenset({Talk.HEADS, Talk.DIRECT}), {}), SECOND: EVERYTHING},
        delegates={
            UserId(ORLOVA): frozenset({HEADS, MATHS, DIRECT}),
            UserId(f"@lis:{SECOND}"): frozenset({MATHS, DIRECT}),
            UserId("@gone:gone.example"): frozenset({HEADS}),
        },
    )
    return replace(described, **changes)


def test_those_schools_are_invited_that_may_come_and_are_chosen() -> None:
    assert between().invited(HEADS) == {FIRST, SECOND}
    assert between().invited(MATHS) == {SECOND}
    chosen = {HEADS: Hosted("", frozenset({FIRST, "gone.example"}))}
    assert between(hosted=chosen).invited(HEADS) == {FIRST}
    assert between(peers={}).invited(HEADS) == set()


def test_guests_are_whom_invited_schools_name_for_the_topic() -> None:
    assert between().guests(HEADS) == {ORLOVA}
    assert between().guests(MATHS) == {f"@lis:{SECOND}"}
    assert between(peers={}).guests(HEADS) == set()


def test_those_have_to_tell_us_something_who_are_invited_or_talk_directly() -> None:
    direct = {DIRECT: Delegation((Selector("staff"),))}
    assert between().listeners == {FIRST, SECOND}
    assert between(hosted={}).listeners == set()
    assert between(hosted={}, delegations=direct).listeners == {FIRST, SECOND}
    heads_only = {FIRST: Peer(frozenset({Talk.HEADS}), {})}
    assert between(hosted={}, delegations=direct, peers=heads_only).listeners == set()
    assert between(hosted={MATHS: Hosted("")}).listeners == {SECOND}
    assert ALONE.listeners == set()


def test_a_school_is_told_what_both_may_have_and_what_is_for_it() -> None:
    assert set(between().told(FIRST)) == {HEADS}
    assert set(between().told(SECOND)) == {HEADS, MATHS}
    assert set(between().told("gone.example")) == set()
    assert set(between(peers={}).told(FIRST)) == set()
    only = {HEADS: Delegation((), frozenset({SECOND}))}
    assert set(between(delegations=only).told(FIRST)) == set()


def test_somebody_is_named_for_direct_chats_only_where_their_school_learns_whom_we_name() -> None:
    lis, orlova = UserId(f"@lis:{SECOND}"), UserId(ORLOVA)
    assert between().talks(lis) == {Talk.ASSOCIATION}
    to_all = {DIRECT: Delegation((Selector("staff"),))}
    assert between(delegations=to_all).talks(lis) == {Talk.ASSOCIATION, Talk.DIRECT}
    to_one = {DIRECT: Delegation((Selector("staff"),), frozenset({FIRST}))}
    assert between(delegations=to_one).talks(lis) == {Talk.ASSOCIATION}
    assert between(delegations=to_one).talks(orlova) == {Talk.HEADS, Talk.ASSOCIATION, Talk.DIRECT}


# ---------------------------------------------------------------- the control room


def test_the_control_room_is_for_appservices_alone() -> None:
    room = control_room(SchoolId("school"), between())
    assert room is not None
    assert room.key == RoomKey(CONTROL, SchoolId("school"))
    assert (room.members, room.levels, room.parents) == (frozenset(), {}, ())
    assert room.guests == {appservice_of(FIRST), appservice_of(SECOND)}
    assert room.servers == {OWN, FIRST, SECOND}
    assert control_room(SchoolId("school"), between(hosted={})) is None
    assert control_room(SchoolId("school"), ALONE) is None


def test_in_the_control_room_peers_write_whom_they_name_and_nothing_else() -> None:
    room = control_room(SchoolId("school"), between())
    assert room is not None
    levels = power_levels(room.write_level, room.levels, CONTROL)
    peer = user_level(levels, appservice_of(FIRST))
    assert [name for name, level in levels["events"].items() if level <= peer] == [DELEGATES_STATE_TYPE]
    for right in ("events_default", "state_default", "invite", "kick", "ban", "redact"):
        assert levels[right] > peer, right
    assert levels["notifications"]["room"] > peer
    assert DELEGATES_STATE_TYPE not in power_levels(0, {}, "class")["events"]


# ---------------------------------------------------------------- access lists and aliases


@pytest.mark.parametrize(
    ("servers", "allowed"),
    [
        (["a.example"], ["a.example"]),
        (["a.example:8448"], ["a.example", "a.example:8448"]),
        (["[::1]:8448"], ["[::1]", "[::1]:8448"]),
        (["[::1]"], ["[::1]"]),
        (["192.0.2.1:80", "b.example"], ["192.0.2.1", "192.0.2.1:80", "b.example"]),
        ([], []),
    ],
)
def test_an_access_list_names_servers_with_and_without_their_ports(
    servers: list[str], allowed: list[str]
) -> None:
    assert server_acl(servers) == {"allow": allowed, "deny": [], "allow_ip_literals": True}
    assert server_acl(hosts(servers)) == server_acl(servers)


@pytest.mark.parametrize(
    ("key", "alias"),
    [
        (RoomKey("school", SchoolId("s1")), "z_school_4310eda55f"),
        (RoomKey("class", SchoolId("s1"), ClassId("c-7")), "z_class_c-7_9ed37f45d9"),
        (
            RoomKey("subject", SchoolId("s1"), ClassId("c-7"), SubjectId("math"), SubgroupId("g1")),
            "z_subject_c-7_math_g1_a110dcee6b",
        ),
        (
            RoomKey("association", SchoolId("s1"), association=AssociationId("m")),
            "z_association_m_d9ac6136b9",
        ),
        (RoomKey("schools_event", SchoolId("s1"), topic="event:fair"), "z_schoolsevent_eventfair_b0c9b66d89"),
        (RoomKey(CONTROL, SchoolId("s1")), "zvonok_federation"),
        (RoomKey(CONTROL, SchoolId("s2")), "zvonok_federation"),
    ],
)
def test_aliases_stay_for_good(key: RoomKey, alias: str) -> None:
    """A room that exists is found by its alias: one that changed would be made a second time."""
    assert key.alias_localpart("z_") == alias
