"""Facts as JSON: whole, changed, and whatever comes instead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rule_people import BOT, SCHOOL, SENDER, abroad, person

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import (
    Facts,
    Peer,
    PersonFacts,
    RoomFacts,
    Talk,
    Who,
    read_facts,
    write_changes,
    write_facts,
)
from zvonok_core.errors import PermanentError
from zvonok_core.ids import ClassId, RoomId, UserId

from .test_properties import people

STUDENT = person("petrov", Who.STUDENT, class_="7А", student_of=frozenset({"class 7А", "subgroup de"}))
MOTHER = person(
    "petrova",
    Who.GUARDIAN,
    Who.STAFF,
    locked=True,
    linked=False,
    teaches=frozenset({"class 7Б"}),
    heads=frozenset({"7Б"}),
    children=frozenset({STUDENT.user}),
    child_classes=frozenset({"7А"}),
    child_groups=STUDENT.student_of,
)
ROOM = RoomFacts(RoomId("!a"), SCHOOL, "class", ClassId("7А"))
ARCHIVE = RoomFacts(RoomId("!b"), SCHOOL, "staff_room", archived=True)


THERE = "other.example:8448"
HEAD = abroad("orlova", Who.STAFF, talks=frozenset({Talk.HEADS, Talk.DIRECT}))
PEER = Peer(frozenset({Talk.HEADS, Talk.DIRECT}), {"ed25519:a": "c2VjcmV0"})


def facts(
    revision: str,
    *known: PersonFacts,
    rooms: tuple[RoomFacts, ...] = (ROOM, ARCHIVE),
    peers: Mapping[str, Peer] = MappingProxyType({THERE: PEER}),
    until: int = 1_800_000_000_000,
) -> Facts:
    return Facts(
        revision,
        SENDER.user,
        shipped_policy(),
        {p.user: p for p in known},
        {r.room: r for r in rooms},
        language="en",
        peers=dict(peers),
        peers_until=until,
    )


def carried(data: dict[str, Any]) -> dict[str, Any]:
    over: dict[str, Any] = json.loads(json.dumps(data))
    return over


WHOLE = facts("1", STUDENT, MOTHER, BOT, SENDER, HEAD)


def test_facts_come_over_as_they_are() -> None:
    assert read_facts(carried(write_facts(WHOLE))) == WHOLE
    assert read_facts(carried(write_facts(WHOLE)), facts("0", BOT)) == WHOLE


SERVERS = st.sampled_from(["a.example", "b.example:8448", "[::1]:8448", "192.0.2.1"])
PEERS = st.dictionaries(
    SERVERS,
    st.builds(
        Peer,
        st.frozensets(st.sampled_from(Talk), min_size=1),
        st.dictionaries(st.sampled_from(["ed25519:a", "ed25519:b"]), st.text(max_size=3)),
    ),
)
NAMED = st.builds(
    lambda person, server, talks: replace(
        person, user=UserId(f"{person.user.partition(':')[0]}:{server}"), talks=talks
    ),
    people(),
    SERVERS | st.just("school.example"),
    st.frozensets(st.sampled_from(Talk)),
)


@given(st.lists(NAMED, max_size=3), st.lists(NAMED, max_size=3), PEERS, PEERS, st.integers(0, 2**53))
def test_changes_make_of_the_facts_before_those_after(
    before: list[PersonFacts],
    after: list[PersonFacts],
    peers: dict[str, Peer],
    later: dict[str, Peer],
    until: int,
) -> None:
    old = facts("1", *before, rooms=(ROOM,), peers=peers)
    new = facts("2", *after, rooms=(ARCHIVE,), peers=later, until=until)
    assert read_facts(carried(write_facts(old))) == old
    touched = {*old.people, *new.people}
    written = carried(write_changes(new, "1", touched, (ROOM.room, ARCHIVE.room)))
    assert read_facts(written, old) == new


def test_changes_name_only_what_has_changed() -> None:
    after = replace(WHOLE, revision="2", people={**WHOLE.people, BOT.user: replace(BOT, locked=True)})
    written = write_changes(after, "1", [BOT.user], [])
    assert list(written["people"]) == [BOT.user]
    assert written["rooms"] == {}
    assert read_facts(written, WHOLE) == after
    assert WHOLE.people[BOT.user] == BOT


def test_somebody_who_went_before_they_were_known_is_no_trouble() -> None:
    written = write_changes(WHOLE, "0", [UserId("@gone:school.example")], [RoomId("!gone")])
    assert read_facts(written, facts("0")).people == {}


@pytest.mark.parametrize("before", [None, facts("another")])
def test_changes_of_other_facts_are_refused(before: Facts | None) -> None:
    with pytest.raises(PermanentError, match="other facts"):
        read_facts(write_changes(WHOLE, "0", [], []), before)


def test_an_older_reader_overlooks_what_it_does_not_know() -> None:
    written = carried(write_facts(WHOLE))
    written["later"] = written["table"]["later"] = 1
    written["people"][BOT.user]["later"] = written["rooms"][ROOM.room]["later"] = [1]
    written["peers"][THERE]["later"] = 1
    assert read_facts(written) == WHOLE


BROKEN: list[tuple[tuple[str, ...], Any]] = [
    (("revision",), None),
    (("sender",), 5),
    (("table",), None),
    (("table", "contact"), {"staff": {"staff": ["telepathy"]}}),
    (("table", "encryption"), "sometimes"),
    (("people",), []),
    (("people", BOT.user), "bot"),
    (("people", BOT.user, "school"), None),
    (("people", BOT.user, "roles"), ["wizard"]),
    (("people", BOT.user, "student_of"), "class 7А"),
    (("people", BOT.user, "children"), [1]),
    (("people", BOT.user, "class"), 7),
    (("people", BOT.user, "talks"), "heads"),
    (("people", BOT.user, "talks"), ["gossip"]),
    (("people", BOT.user, "talks"), [7]),
    (("people", BOT.user, "talks"), None),
    (("rooms", ROOM.room), 1),
    (("rooms", ROOM.room, "kind"), 1),
    (("rooms", ROOM.room, "class"), ["7А"]),
    (("peers",), []),
    (("peers",), None),
    (("peers", THERE), ["heads"]),
    (("peers", THERE), {"talks": ["gossip"], "keys": {}}),
    (("peers", THERE), {"talks": "heads", "keys": {}}),
    (("peers", THERE), {"talks": ["heads"]}),
    (("peers", THERE), {"talks": ["heads"], "keys": {"ed25519:1": 5}}),
    (("peers_until",), None),
    (("peers_until",), "1"),
    (("peers_until",), 1.5),
]


OPTIONAL = ("student_of", "children", "class", "talks")


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_what_is_no_facts_is_refused_whole(path: tuple[str, ...], value: Any) -> None:
    written = carried(write_facts(WHOLE))
    place = written
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(PermanentError, match="no facts"):
        read_facts(written)
    del place[path[-1]]
    optional = path[-1] in (*OPTIONAL, BOT.user, ROOM.room, THERE) or path[0] == "table"
    if not optional or path == ("table",):
        with pytest.raises(PermanentError, match="no facts"):
            read_facts(written)


@pytest.mark.parametrize("flag", ["linked", "locked", "sender"])
def test_a_flag_is_set_by_nothing_but_true(flag: str) -> None:
    written = carried(write_facts(WHOLE))
    written["people"][STUDENT.user][flag] = "true"
    assert getattr(read_facts(written).people[STUDENT.user], flag) is False
