"""Facts as JSON: whole, changed, and whatever comes instead."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.rule_people import BOT, SCHOOL, SENDER, person

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import (
    Facts,
    PersonFacts,
    RoomFacts,
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


def facts(revision: str, *known: PersonFacts, rooms: tuple[RoomFacts, ...] = (ROOM, ARCHIVE)) -> Facts:
    return Facts(
        revision,
        SENDER.user,
        shipped_policy(),
        {p.user: p for p in known},
        {r.room: r for r in rooms},
        language="en",
    )


def carried(data: dict[str, Any]) -> dict[str, Any]:
    over: dict[str, Any] = json.loads(json.dumps(data))
    return over


WHOLE = facts("1", STUDENT, MOTHER, BOT, SENDER)


def test_facts_come_over_as_they_are() -> None:
    assert read_facts(carried(write_facts(WHOLE))) == WHOLE
    assert read_facts(carried(write_facts(WHOLE)), facts("0", BOT)) == WHOLE


@given(st.lists(people(), max_size=3), st.lists(people(), max_size=3))
def test_changes_make_of_the_facts_before_those_after(
    before: list[PersonFacts], after: list[PersonFacts]
) -> None:
    old, new = facts("1", *before, rooms=(ROOM,)), facts("2", *after, rooms=(ARCHIVE,))
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
    (("rooms", ROOM.room), 1),
    (("rooms", ROOM.room, "kind"), 1),
    (("rooms", ROOM.room, "class"), ["7А"]),
]


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
    optional = path[-1] in ("student_of", "children", "class", BOT.user, ROOM.room) or path[0] == "table"
    if not optional or path == ("table",):
        with pytest.raises(PermanentError, match="no facts"):
            read_facts(written)


@pytest.mark.parametrize("flag", ["linked", "locked", "sender"])
def test_a_flag_is_set_by_nothing_but_true(flag: str) -> None:
    written = carried(write_facts(WHOLE))
    written["people"][STUDENT.user][flag] = "true"
    assert getattr(read_facts(written).people[STUDENT.user], flag) is False
