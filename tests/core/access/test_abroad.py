"""What crosses the border between schools: a table written by hand, and what holds of anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from support.rule_people import BOT, SENDER, abroad, direct, group, person, students

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import (
    APPSERVICE,
    ROOM_TALKS,
    Chat,
    ChatKind,
    Decision,
    Facts,
    NewRoom,
    Peer,
    PersonFacts,
    Relation,
    RoomFacts,
    StudentGroups,
    Table,
    Talk,
    Verdict,
    Who,
    appservice_of,
    may_be_asked_in,
    may_contact,
    may_create_room,
    may_find,
    may_invite,
    may_join,
    may_reach_here,
    may_write,
    may_write_among,
    server_of,
)
from zvonok_core.ids import RoomId, UserId

from .test_properties import TABLES, people

HAND = YAML(typ="safe").load(
    (Path(__file__).parent / "who may contact whom of another school.yaml").read_text(encoding="utf-8")
)
ROLES: dict[str, set[Who]] = {
    "сотрудник": {Who.STAFF},
    "учитель": {Who.STAFF, Who.TEACHER},
    "классный руководитель": {Who.STAFF, Who.CLASS_HEAD},
    "администрация": {Who.STAFF, Who.ADMINISTRATION},
    "специалист": {Who.STAFF, Who.OPEN_TO_CHILDREN},
    "учитель и родитель": {Who.STAFF, Who.TEACHER, Who.GUARDIAN},
    "ученик": {Who.STUDENT},
    "родитель": {Who.GUARDIAN},
    "бот": {Who.BOT},
    "никто": set(),
}
HERE, THERE, THIRD_SERVER = "school.example", "other.example", "third.example"
DIRECT, HEADS = frozenset({Talk.DIRECT}), frozenset({Talk.HEADS})
EVERYTHING = frozenset(Talk)
TABLE = shipped_policy()
OPEN_TABLE = Table(
    contact={who: {other: frozenset(Relation) for other in Who} for who in Who},
    create_rooms=frozenset(Who),
    student_groups=StudentGroups(allowed=True, size=30),
    encryption="everybody",
)
"""A table in which everything is allowed to everybody."""
OUR = person("belova", Who.STAFF, Who.TEACHER, talks=EVERYTHING)
THEIR = abroad("orlova", Who.STAFF, talks=EVERYTHING)
THEIR_OTHER = abroad("lisina", Who.STAFF, talks=EVERYTHING)
OFFICE = appservice_of(THERE)


def facts(*known: PersonFacts, talks: frozenset[Talk] = EVERYTHING, **more: Any) -> Facts:
    """Our school, and one other on `other.example`."""
    everybody = {each.user: each for each in (*known, SENDER)}
    return Facts("1", SENDER.user, TABLE, everybody, {}, peers={THERE: Peer(talks, {})}, **more)


# ---------------------------------------------------------------- who may contact whom


def test_the_table_names_every_role() -> None:
    assert list(HAND["таблица"]) == HAND["столбцы"] == list(ROLES)
    assert all(len(row) == len(ROLES) for row in HAND["таблица"].values())
    assert set().union(*ROLES.values()) == set(Who)


@pytest.mark.parametrize("table", [TABLE, OPEN_TABLE, Table()], ids=["shipped", "open", "empty"])
@pytest.mark.parametrize(("mine", "theirs"), list(product(ROLES, ROLES)))
def test_each_pair_of_roles_of_two_schools(mine: str, theirs: str, table: Table) -> None:
    allowed = {"да": True, "нет": False}[HAND["таблица"][mine][HAND["столбцы"].index(theirs)]]
    for named, also in product((EVERYTHING, DIRECT, ROOM_TALKS, HEADS, frozenset[Talk]()), repeat=2):
        a, b = person("a", *ROLES[mine], talks=named), abroad("b", *ROLES[theirs], talks=also)
        may = allowed and Talk.DIRECT in named and Talk.DIRECT in also
        for one, other in ((a, b), (b, a)):
            told = f"{one.user} {sorted(one.talks)} → {other.user} {sorted(other.talks)}"
            assert may_contact(one, other, table).denied is not may, told
            assert may_find(one, other, table).denied is not may, told


@given(people(), people(), TABLES, st.frozensets(st.sampled_from(Talk)), st.frozensets(st.sampled_from(Talk)))
def test_no_table_lets_anybody_but_staff_that_both_schools_have_named_across(
    a: PersonFacts, b: PersonFacts, table: Table, named: frozenset[Talk], also: frozenset[Talk]
) -> None:
    a, b = replace(a, talks=named), replace(b, user=UserId("@b:other.example"), talks=also)
    able = all(each.linked and not each.locked for each in (a, b))
    staff = Who.STAFF in a.roles and Who.STAFF in b.roles
    may = able and staff and Talk.DIRECT in named and Talk.DIRECT in also
    for table_of_any_kind in (table, OPEN_TABLE):
        assert may_contact(a, b, table_of_any_kind).denied is not may
        assert may_contact(b, a, table_of_any_kind).denied is not may


def test_a_relation_by_the_journals_ids_means_nothing_across_the_border() -> None:
    child = person("child", Who.STUDENT, class_="7А", student_of=frozenset({"7А"}))
    teacher = abroad(
        "t", Who.STAFF, Who.TEACHER, talks=DIRECT, teaches=child.student_of, heads=frozenset({"7А"})
    )
    mother = abroad("m", Who.GUARDIAN, talks=DIRECT, children=frozenset({child.user}))
    for other in (teacher, mother):
        assert may_contact(other, child, OPEN_TABLE).denied
        assert may_contact(child, other, OPEN_TABLE).denied


@pytest.mark.parametrize("change", [{"locked": True}, {"linked": False}])
def test_whoever_is_locked_or_not_linked_is_nobody_across_the_border_either(change: dict[str, Any]) -> None:
    assert not may_contact(OUR, THEIR, TABLE).denied
    assert may_contact(replace(OUR, **change), THEIR, TABLE).denied
    assert may_contact(OUR, replace(THEIR, **change), TABLE).denied
    assert may_contact(THEIR, replace(OUR, **change), TABLE).denied


def test_a_refusal_across_the_border_does_not_tell_whether_the_other_one_exists() -> None:
    refused = (None, abroad("x", Who.STUDENT), replace(THEIR, talks=HEADS), replace(THEIR, locked=True))
    assert len({str(may_contact(OUR, other, TABLE).reason) for other in refused}) == 1


# ---------------------------------------------------------------- direct chats, and nothing else


def test_with_somebody_of_another_school_there_is_a_direct_chat_and_no_group() -> None:
    assert not may_create_room(OUR, NewRoom((THEIR,), direct=True), TABLE).denied
    for table in (TABLE, OPEN_TABLE):
        for asked in (
            NewRoom((THEIR,)),
            NewRoom((THEIR, THEIR_OTHER), direct=True),
            NewRoom((OUR, THEIR), direct=True),
        ):
            assert may_create_room(OUR, asked, table).denied, asked
        for chat in (group(OUR), group(OUR, THEIR_OTHER)):
            assert may_invite(OUR, THEIR, chat, table).denied
        assert may_invite(OUR, THEIR, None, table).denied
        assert may_invite(OUR, THEIR, RoomFacts(RoomId("!r"), OUR.school, "class"), table).denied
    for roles in ({Who.STUDENT}, {Who.STUDENT, Who.STAFF}):
        pupil = person("petrov", *roles, talks=EVERYTHING)
        assert may_invite(pupil, THEIR, students(pupil), OPEN_TABLE).denied


def test_nobody_comes_third_into_a_direct_chat_between_two_schools() -> None:
    third = person("zueva", Who.STAFF, talks=EVERYTHING)
    chat = direct(OUR, THEIR)
    assert not may_invite(OUR, THEIR, chat, TABLE).denied
    assert not may_invite(THEIR, OUR, chat, TABLE).denied
    for target in (third, THEIR_OTHER):
        assert may_invite(OUR, target, chat, TABLE).denied
        assert may_invite(THEIR, target, chat, TABLE).denied
        assert may_join(target, chat, OUR, TABLE).denied


def test_a_direct_chat_that_says_it_is_between_three_is_none() -> None:
    between = frozenset({OUR.user, THEIR.user, THEIR_OTHER.user})
    crowd = Chat(ChatKind.DIRECT, (THEIR,), between)
    assert may_invite(THEIR, OUR, crowd, TABLE).denied
    assert may_be_asked_in(THEIR.user, OUR.user, crowd, facts(OUR, THEIR, THEIR_OTHER)).denied
    of_others = Chat(ChatKind.DIRECT, (THEIR,), frozenset({OUR.user, THEIR_OTHER.user}))
    assert may_be_asked_in(THEIR.user, OUR.user, of_others, facts(OUR, THEIR, THEIR_OTHER)).denied


def test_a_direct_chat_falls_silent_when_either_is_named_no_longer() -> None:
    assert not may_write(OUR, direct(OUR, THEIR), TABLE).denied
    for ours, theirs in ((replace(OUR, talks=HEADS), THEIR), (OUR, replace(THEIR, talks=HEADS)), (OUR, None)):
        assert may_write(ours, direct(ours, theirs), TABLE).denied
        if theirs is not None:
            assert may_write(theirs, direct(ours, theirs), TABLE).denied


# ---------------------------------------------------------------- being asked in


def asked_by(inviter: UserId, target: PersonFacts | None, chat: Chat | None, known: Facts) -> Verdict:
    return may_be_asked_in(inviter, target.user if target else UserId("@who:school.example"), chat, known)


def test_a_colleague_of_another_school_begins_a_direct_chat() -> None:
    chat = Chat(ChatKind.DIRECT, (THEIR,), frozenset({OUR.user, THEIR.user}))
    assert asked_by(THEIR.user, OUR, chat, facts(OUR, THEIR)).decision is Decision.ALLOW
    refused: dict[str, tuple[PersonFacts, Chat | None, Facts]] = {
        "into a room that is no chat": (OUR, None, facts(OUR, THEIR)),
        "into a group": (OUR, replace(chat, kind=ChatKind.GROUP), facts(OUR, THEIR)),
        "into a chat of students": (OUR, replace(chat, kind=ChatKind.STUDENT_GROUP), facts(OUR, THEIR)),
        "unnamed": (OUR, chat, facts(OUR)),
        "named for heads": (OUR, chat, facts(OUR, replace(THEIR, talks=HEADS))),
        "one who is not named here": (OUR, chat, facts(replace(OUR, talks=HEADS), THEIR)),
        "a locked one": (OUR, chat, facts(replace(OUR, locked=True), THEIR)),
        "from a school that is no peer": (OUR, chat, replace(facts(OUR, THEIR), peers={})),
        "when the registry has ended": (OUR, chat, facts(OUR, THEIR).alone()),
    }
    for words, (target, into, known) in refused.items():
        assert asked_by(THEIR.user, target, into, known).denied, words


@pytest.mark.parametrize(
    "roles", [{Who.STUDENT}, {Who.GUARDIAN}, {Who.STUDENT, Who.GUARDIAN}, {Who.BOT}, set()]
)
def test_a_student_or_a_guardian_is_asked_in_by_nobody_of_another_school(roles: set[Who]) -> None:
    child = person("petrov", *roles, talks=EVERYTHING)
    chat = Chat(ChatKind.DIRECT, (THEIR,), frozenset({child.user, THEIR.user}))
    known = replace(facts(child, THEIR), table=OPEN_TABLE)
    for inviter, into in product((THEIR.user, OFFICE, UserId(f"@nobody:{THERE}")), (chat, None)):
        assert asked_by(inviter, child, into, known).denied


@pytest.mark.parametrize(
    ("permitted", "named", "may"),
    [
        (HEADS, HEADS, True),
        (EVERYTHING, HEADS, True),
        (HEADS, EVERYTHING, True),
        (frozenset({Talk.EVENT}), HEADS, False),
        (DIRECT, DIRECT, False),
        (EVERYTHING, DIRECT, False),
        (HEADS | DIRECT, DIRECT, False),
        (EVERYTHING, frozenset(), False),
    ],
)
def test_another_appservice_asks_those_in_who_are_named_for_rooms_that_both_may_have(
    permitted: frozenset[Talk], named: frozenset[Talk], may: bool
) -> None:
    known = facts(replace(OUR, talks=named), THEIR, talks=permitted)
    assert asked_by(OFFICE, OUR, None, known).denied is not may


def test_another_appservice_asks_ours_in_and_nobody_unknown_locked_or_of_a_third_school() -> None:
    known = facts(replace(OUR, locked=True), THEIR)
    assert not asked_by(OFFICE, SENDER, None, known).denied
    assert asked_by(OFFICE, OUR, None, known).denied
    assert asked_by(OFFICE, None, None, known).denied
    assert may_be_asked_in(appservice_of(THIRD_SERVER), SENDER.user, None, known).denied
    impostor = UserId(f"@{APPSERVICE}2:{THERE}")
    assert may_be_asked_in(impostor, SENDER.user, None, known).denied
    assert may_be_asked_in(OFFICE, SENDER.user, None, known.alone()).denied


# ---------------------------------------------------------------- what reaches here, what is written there

MANAGED = RoomFacts(RoomId("!heads"), SENDER.school, "heads_council")


@pytest.mark.parametrize(
    ("sender", "room", "may"),
    [
        (THEIR.user, MANAGED, True),
        (THEIR.user, direct(OUR, THEIR), True),
        (THEIR.user, direct(OUR, THEIR_OTHER), True),
        (THEIR.user, None, True),
        (OFFICE, MANAGED, True),
        (OFFICE, None, True),
        (OFFICE, direct(OUR, THEIR), True),
        (UserId(f"@pupil:{THERE}"), None, True),
        (UserId(f"@pupil:{THERE}"), MANAGED, False),
        (UserId(f"@pupil:{THERE}"), direct(OUR, THEIR), False),
        (UserId(f"@{APPSERVICE}:{THIRD_SERVER}"), None, False),
        (UserId(f"@{APPSERVICE}:{THIRD_SERVER}"), MANAGED, False),
        (UserId(f"@pupil:{THIRD_SERVER}"), None, False),
        (UserId("nonsense"), None, False),
    ],
)
def test_what_others_write_is_taken_from_those_who_are_known(
    sender: UserId, room: RoomFacts | Chat | None, may: bool
) -> None:
    known = facts(OUR, THEIR, THEIR_OTHER)
    assert may_reach_here(sender, room, OFFICE, known).denied is not may
    assert may_reach_here(sender, room, None, known).denied is not may
    assert may_reach_here(sender, room, OFFICE, known.alone()).denied


def test_a_room_that_somebody_has_made_without_saying_what_it_is_stays_silent() -> None:
    for sender in (THEIR.user, UserId(f"@pupil:{THERE}")):
        assert may_reach_here(sender, None, THEIR.user, facts(OUR, THEIR)).denied
    assert not may_reach_here(THEIR.user, direct(OUR, THEIR), THEIR.user, facts(OUR, THEIR)).denied


def test_a_direct_chat_takes_nothing_from_somebody_who_is_named_no_longer() -> None:
    chat = direct(OUR, THEIR)
    assert not may_reach_here(THEIR.user, chat, OUR.user, facts(OUR, THEIR)).denied
    silent = replace(THEIR, talks=HEADS)
    assert may_reach_here(THEIR.user, direct(OUR, silent), OUR.user, facts(OUR, silent)).denied


@pytest.mark.parametrize(
    ("servers", "may"),
    [
        (set(), True),
        ({HERE}, True),
        ({HERE, THERE}, True),
        ({THERE}, True),
        ({HERE, THIRD_SERVER}, False),
        ({HERE, THERE, THIRD_SERVER}, False),
        ({""}, False),
    ],
)
def test_nothing_is_written_where_a_school_is_that_is_no_peer(servers: set[str], may: bool) -> None:
    known = facts(OUR, THEIR)
    assert may_write_among(OUR, servers, known).denied is not may
    assert not may_write_among(SENDER, servers, known).denied
    for unable in (None, replace(OUR, locked=True), replace(OUR, linked=False)):
        assert may_write_among(unable, servers, known).denied


@pytest.mark.parametrize("changes", [{"talks": frozenset()}, {"roles": frozenset({Who.GUARDIAN})}])
def test_among_people_of_other_schools_only_named_staff_write(changes: dict[str, Any]) -> None:
    former = replace(OUR, **changes)
    assert may_write_among(former, {HERE, THERE}, facts(former, THEIR)).denied
    assert not may_write_among(former, {HERE}, facts(former, THEIR)).denied


def test_once_the_registry_has_ended_nothing_is_written_among_several() -> None:
    alone = facts(OUR, THEIR).alone()
    assert may_write_among(OUR, {HERE, THERE}, alone).denied
    assert not may_write_among(OUR, {HERE}, alone).denied


# ---------------------------------------------------------------- alone, and names of servers


def test_alone_a_school_knows_its_own_people_and_all_else_as_before() -> None:
    known = facts(OUR, THEIR, BOT, peers_until=99, language="en")
    alone = known.alone()
    assert alone == replace(
        known, people={each.user: each for each in (OUR, BOT, SENDER)}, peers={}, peers_until=0
    )
    assert THEIR.user in known.people and known.peers
    assert alone.alone() == alone


@pytest.mark.parametrize(
    ("user", "server"),
    [
        ("@x:school.example", "school.example"),
        ("@x:school.example:8448", "school.example:8448"),
        ("@x:[::1]:8448", "[::1]:8448"),
        ("@x:[::1]", "[::1]"),
        ("@x:192.0.2.1:80", "192.0.2.1:80"),
        ("@x", ""),
        ("", ""),
    ],
)
def test_the_server_is_all_that_stands_behind_the_first_colon(user: str, server: str) -> None:
    assert server_of(UserId(user)) == server
    if server:
        assert server_of(appservice_of(server)) == server


def test_a_port_makes_another_school() -> None:
    neighbour = replace(THEIR, user=UserId(f"@belova:{HERE}:8448"))
    silent = replace(neighbour, talks=HEADS)
    assert may_contact(OUR, silent, OPEN_TABLE).denied
    assert facts(OUR, silent).alone().people.keys() == {OUR.user, SENDER.user}


Rule = Callable[[Facts], Verdict]
RULES: dict[str, Rule] = {
    "asked in": lambda known: may_be_asked_in(OFFICE, OUR.user, None, known),
    "reached": lambda known: may_reach_here(THEIR.user, MANAGED, SENDER.user, known),
    "written": lambda known: may_write_among(OUR, {HERE, THERE}, known),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_refusal_says_what_is_wrong(rule: str) -> None:
    assert not RULES[rule](facts(OUR, THEIR)).denied
    refused = RULES[rule](replace(facts(OUR, THEIR), peers={}))
    assert refused.denied and "not in the federation" in str(refused.reason)
