"""What may become of rooms: making, inviting, joining, settings, and what is the school's alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pytest
from support.rule_people import BOT, CLASS, SCHOOL, SENDER, direct, group, person, students

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import (
    Chat,
    ChatKind,
    Decision,
    NewRoom,
    PersonFacts,
    Reserved,
    RoomFacts,
    StudentGroups,
    Table,
    Who,
    chat_kind,
    may_create_room,
    may_encrypt,
    may_invite,
    may_join,
    may_remove,
    may_send_state,
    may_use,
    may_write,
)
from zvonok_core.ids import RoomId

TABLE = shipped_policy()
SMALL_GROUPS = replace(TABLE, student_groups=StudentGroups(allowed=True, size=3))
MANAGED = RoomFacts(RoomId("!class"), SCHOOL, "class", CLASS)
TEACHER = person("belova", Who.STAFF, Who.TEACHER, teaches=frozenset({"7А", "7Б"}))
COLLEAGUE = person("frolov", Who.STAFF, Who.TEACHER)
IVAN = person("petrov", Who.STUDENT, class_="7А", student_of=frozenset({"7А"}))
MARIA = person("ezhova", Who.STUDENT, class_="7А", student_of=frozenset({"7А"}))
LEV = person("zhuk", Who.STUDENT, class_="7А", student_of=frozenset({"7А"}))
ANNA = person("anna", Who.STUDENT, class_="7А", student_of=frozenset({"7А"}))
GLEB = person("sidorov", Who.STUDENT, class_="7Б", student_of=frozenset({"7Б"}))
MOTHER = person("petrova", Who.GUARDIAN, children=frozenset({IVAN.user}), child_classes=frozenset({"7А"}))
LOCKED = replace(TEACHER, locked=True)


def said(verdict: Any) -> str:
    assert verdict.denied
    return str(verdict.reason)


# ---------------------------------------------------------------- throwing out


@pytest.mark.parametrize("here", ["join", "invite"])
def test_whoever_is_in_a_chat_is_thrown_out_as_levels_say(here: str) -> None:
    for ban in (True, False):
        verdict = may_remove(IVAN, GLEB, direct(IVAN, MARIA), TABLE, here=here, ban=ban)
        assert verdict.decision is Decision.NO_OPINION


@pytest.mark.parametrize("here", [None, "leave", "knock"])
@pytest.mark.parametrize("ban", [True, False])
def test_nobody_is_thrown_out_of_a_chat_that_they_are_not_in(here: str | None, ban: bool) -> None:
    for actor, room in ((IVAN, direct(IVAN, MARIA)), (TEACHER, group(TEACHER)), (TEACHER, MANAGED)):
        assert "Only somebody who is in the chat" in said(
            may_remove(actor, MARIA, room, TABLE, here=here, ban=ban)
        )
    assert not may_remove(SENDER, MARIA, MANAGED, TABLE, here=here, ban=ban).denied


def test_a_ban_is_lifted_by_those_who_might_invite() -> None:
    for target, may in (
        (IVAN, True),
        (GLEB, True),
        (replace(IVAN, class_=None, student_of=frozenset()), False),
    ):
        chat = group(TEACHER)
        assert may_remove(TEACHER, target, chat, TABLE, here="ban", ban=False).denied is not may
        assert may_remove(TEACHER, target, chat, TABLE, here="ban", ban=True).denied
    assert may_remove(IVAN, GLEB, direct(IVAN, MARIA), TABLE, here="ban", ban=False).denied
    assert may_remove(LOCKED, IVAN, group(LOCKED), TABLE, here="join", ban=False).denied


# ---------------------------------------------------------------- making rooms


def test_a_direct_chat_is_made_with_whom_one_may_contact_and_with_nobody_else() -> None:
    assert not may_create_room(IVAN, NewRoom((MARIA,), direct=True), TABLE).denied
    for other in (GLEB, None, replace(MARIA, locked=True)):
        assert "can't contact this person" in said(
            may_create_room(IVAN, NewRoom((other,), direct=True), TABLE)
        )


@pytest.mark.parametrize(
    "asked", [NewRoom(), NewRoom((MARIA,)), NewRoom((MARIA, LEV), direct=True), NewRoom(direct=True)]
)
def test_whatever_is_not_between_two_is_a_group_and_only_staff_makes_groups(asked: NewRoom) -> None:
    assert chat_kind(TEACHER, asked, TABLE) is ChatKind.GROUP
    assert not may_create_room(TEACHER, asked, TABLE).denied
    for somebody in (IVAN, MOTHER, BOT):
        assert "can't make group chats" in said(may_create_room(somebody, asked, TABLE))


def test_everybody_whom_a_new_group_invites_must_be_somebody_to_contact() -> None:
    assert not may_create_room(TEACHER, NewRoom((IVAN, GLEB, COLLEAGUE)), TABLE).denied
    assert may_create_room(COLLEAGUE, NewRoom((TEACHER, IVAN)), TABLE).denied
    assert may_create_room(TEACHER, NewRoom((IVAN, None)), TABLE).denied


@pytest.mark.parametrize("flag", ["open", "named", "by_address", "space"])
@pytest.mark.parametrize("somebody", [TEACHER, IVAN, MOTHER, BOT])
def test_nobody_makes_rooms_that_others_can_get_into(somebody: PersonFacts, flag: str) -> None:
    opened: dict[str, Any] = {flag: True}
    assert may_create_room(somebody, NewRoom((BOT,), direct=True, **opened), TABLE).denied
    assert not may_create_room(SENDER, NewRoom(**opened), TABLE).denied


@pytest.mark.parametrize(
    ("type", "content"),
    [
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.guest_access", {"guest_access": "can_join"}),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}),
        ("m.room.member", {"membership": "invite"}),
        ("m.room.third_party_invite", {}),
        ("m.room.canonical_alias", {"alias": "#x:y"}),
        ("m.space.child", {"via": ["y"]}),
        ("im.vector.modular.widgets", {"url": "https://x"}),
        ("dev.zvonok.room", {"kind": "staff_room", "school": "school"}),
    ],
)
def test_a_new_room_brings_no_setting_along_that_could_not_be_made_later(
    type: str, content: Mapping[str, Any]
) -> None:
    asked = NewRoom((MARIA,), direct=True, settings=(("m.room.name", {"name": "Мы"}), (type, content)))
    assert may_create_room(IVAN, asked, TABLE).denied
    assert may_create_room(TEACHER, replace(asked, invited=(IVAN,)), TABLE).denied
    assert not may_create_room(SENDER, asked, TABLE).denied


def test_a_new_room_may_bring_a_name_along_and_what_everybody_has_anyway() -> None:
    settings = (
        ("m.room.name", {"name": "Олимпиада"}),
        ("m.room.join_rules", {"join_rule": "invite"}),
        ("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),  # is left out elsewhere
    )
    assert not may_create_room(TEACHER, NewRoom((IVAN, GLEB), settings=settings), TABLE).denied


@pytest.mark.parametrize("unable", [None, LOCKED, replace(TEACHER, linked=False)])
def test_whoever_may_not_act_makes_nothing_and_invites_and_sets_nothing(unable: PersonFacts | None) -> None:
    assert may_create_room(unable, NewRoom(), TABLE).denied
    assert may_invite(unable, BOT, group(COLLEAGUE), TABLE).denied
    assert may_join(unable, group(COLLEAGUE), COLLEAGUE, TABLE).denied
    assert may_send_state(unable, group(COLLEAGUE), "m.room.name", {}, TABLE).denied
    assert may_send_state(unable, MANAGED, "m.room.member", {}, TABLE).denied
    for reserved in Reserved:
        assert may_use(unable, reserved).denied


# ---------------------------------------------------------------- students' own groups


def test_students_make_groups_only_where_the_school_allows_it() -> None:
    asked = NewRoom((MARIA, LEV))
    assert may_create_room(IVAN, asked, TABLE).denied
    assert chat_kind(IVAN, asked, SMALL_GROUPS) is ChatKind.STUDENT_GROUP
    assert not may_create_room(IVAN, asked, SMALL_GROUPS).denied
    assert may_create_room(MOTHER, NewRoom((IVAN,)), SMALL_GROUPS).denied


def test_a_students_group_has_a_limit_of_size_whoever_invites() -> None:
    assert "3 members" in said(may_create_room(IVAN, NewRoom((MARIA, LEV, ANNA)), SMALL_GROUPS))
    full = students(IVAN, MARIA, LEV)
    assert "3 members" in said(may_invite(MARIA, ANNA, full, SMALL_GROUPS))
    assert not may_invite(MARIA, LEV, full, SMALL_GROUPS).denied  # who is in it already
    assert not may_invite(MARIA, ANNA, students(IVAN, MARIA), SMALL_GROUPS).denied


def test_in_a_students_group_everybody_may_contact_everybody() -> None:
    assert "whom the others may contact" in said(
        may_invite(IVAN, MOTHER, students(IVAN, MARIA), SMALL_GROUPS)
    )
    assert not may_invite(IVAN, TEACHER, students(IVAN, MARIA), SMALL_GROUPS).denied
    assert may_invite(TEACHER, GLEB, students(IVAN, TEACHER), SMALL_GROUPS).denied
    assert may_invite(IVAN, MARIA, students(IVAN, None), SMALL_GROUPS).denied


@pytest.mark.parametrize(("who", "whom"), [(Who.TEACHER, Who.STUDENT), (Who.STUDENT, Who.TEACHER)])
def test_one_way_contact_is_not_enough_among_students(who: Who, whom: Who) -> None:
    one_way = {actor: dict(row) for actor, row in TABLE.contact.items()}
    one_way[who][whom] = frozenset()
    table = replace(SMALL_GROUPS, contact=one_way)
    inviter = person("deputy", Who.STAFF, Who.ADMINISTRATION)
    chat = students(inviter, MARIA)
    assert "whom the others may contact" in said(may_invite(inviter, TEACHER, chat, table))
    assert not may_invite(inviter, TEACHER, chat, SMALL_GROUPS).denied


def test_switching_students_groups_off_stops_invitations_into_those_that_are_there() -> None:
    assert may_invite(IVAN, MARIA, students(IVAN), TABLE).denied


# ---------------------------------------------------------------- inviting


def test_a_direct_chat_never_gets_a_third_person_not_even_when_one_has_left() -> None:
    for chat in (
        direct(TEACHER, IVAN),
        Chat(ChatKind.DIRECT, (TEACHER,), frozenset({TEACHER.user, IVAN.user})),
    ):
        assert "for two" in said(may_invite(TEACHER, MARIA, chat, TABLE))
        assert not may_invite(TEACHER, IVAN, chat, TABLE).denied


def test_in_a_group_only_those_invite_who_may_make_one() -> None:
    chat = group(TEACHER, IVAN, MOTHER, COLLEAGUE)
    assert not may_invite(TEACHER, MARIA, chat, TABLE).denied
    for somebody, other in ((IVAN, MARIA), (MOTHER, IVAN)):
        assert "only the school's staff" in said(may_invite(somebody, other, chat, TABLE))
    assert may_invite(COLLEAGUE, MARIA, chat, TABLE).denied


@pytest.mark.parametrize("somebody", [TEACHER, IVAN, MOTHER, BOT])
def test_nobody_but_the_appservice_puts_people_into_managed_and_unknown_rooms(somebody: PersonFacts) -> None:
    assert "journal" in said(may_invite(somebody, BOT, MANAGED, TABLE))
    assert "not known" in said(may_invite(somebody, BOT, None, TABLE))
    for room in (MANAGED, None):
        assert not may_invite(SENDER, somebody, room, TABLE).denied


# ---------------------------------------------------------------- joining


def test_one_comes_into_a_chat_by_an_invitation_that_holds_today() -> None:
    chat = direct(TEACHER, IVAN)
    assert not may_join(IVAN, chat, TEACHER, TABLE).denied
    assert "invites you" in said(may_join(IVAN, chat, None, TABLE))
    no_longer = replace(IVAN, class_=None, student_of=frozenset())
    assert may_join(no_longer, chat, TEACHER, TABLE).denied
    assert may_join(IVAN, chat, LOCKED, TABLE).denied
    assert may_join(MARIA, chat, TEACHER, TABLE).denied


def test_who_is_in_a_full_group_by_invitation_may_come_in() -> None:
    assert not may_join(LEV, students(IVAN, MARIA, LEV), IVAN, SMALL_GROUPS).denied
    assert may_join(LEV, students(IVAN, MARIA, ANNA, LEV), IVAN, SMALL_GROUPS).denied


def test_into_managed_rooms_one_comes_by_the_appservice_alone() -> None:
    for inviter in (None, TEACHER, BOT):
        assert "journal" in said(may_join(IVAN, MANAGED, inviter, TABLE))
    assert "not known" in said(may_join(IVAN, None, TEACHER, TABLE))


@pytest.mark.parametrize("newcomer", [None, replace(IVAN, linked=False), replace(IVAN, locked=True)])
def test_the_appservice_puts_in_whom_the_facts_do_not_know_of_yet(newcomer: PersonFacts | None) -> None:
    for room in (MANAGED, None, direct(SENDER, IVAN)):
        assert may_join(newcomer, room, SENDER, TABLE).decision is Decision.ALLOW


def test_the_appservice_comes_in_where_it_wants() -> None:
    assert not may_join(SENDER, MANAGED, None, TABLE).denied


# ---------------------------------------------------------------- writing


def test_a_direct_chat_falls_silent_when_the_journal_takes_the_two_apart() -> None:
    chat = direct(MOTHER, IVAN)
    for somebody in (MOTHER, IVAN):
        assert may_write(somebody, chat, TABLE).decision is Decision.NO_OPINION
    restricted = replace(MOTHER, children=frozenset(), child_classes=frozenset())
    apart = direct(restricted, IVAN)
    for somebody in (restricted, IVAN):
        assert "can't contact this person" in said(may_write(somebody, apart, TABLE))
    for other in (None, replace(MOTHER, locked=True)):
        assert may_write(IVAN, replace(chat, members=(IVAN, other)), TABLE).denied


def test_who_may_be_contacted_may_answer() -> None:
    one_way = replace(TABLE, contact={Who.TEACHER: TABLE.contact[Who.TEACHER]})
    for somebody in (TEACHER, IVAN):
        assert not may_write(somebody, direct(TEACHER, IVAN), one_way).denied
    assert may_write(IVAN, direct(MARIA, IVAN), one_way).denied


@pytest.mark.parametrize("room", [MANAGED, None, group(TEACHER, GLEB, None), students(GLEB), direct(IVAN)])
def test_elsewhere_whoever_is_in_a_room_may_write_as_its_levels_say(room: RoomFacts | Chat | None) -> None:
    assert may_write(IVAN, room, TABLE).decision is Decision.NO_OPINION
    assert may_write(SENDER, room, TABLE).decision is Decision.ALLOW
    for unable in (None, LOCKED, replace(IVAN, linked=False)):
        assert may_write(unable, room, TABLE).denied


# ---------------------------------------------------------------- encryption

ENCRYPTION: dict[Literal["nobody", "staff", "everybody"], tuple[bool, bool, bool]] = {
    "nobody": (False, False, False),
    "staff": (True, False, False),
    "everybody": (True, True, True),
}


@pytest.mark.parametrize("setting", ENCRYPTION)
def test_encryption_goes_by_who_is_in_the_chat(setting: Literal["nobody", "staff", "everybody"]) -> None:
    table = replace(TABLE, encryption=setting)
    for people, allowed in zip(
        ((TEACHER, COLLEAGUE), (TEACHER, IVAN), (TEACHER, None)), ENCRYPTION[setting], strict=True
    ):
        assert may_encrypt(people, table).denied is not allowed
        verdict = may_send_state(TEACHER, group(*people), "m.room.encryption", {}, table)
        assert verdict.denied is not allowed
    assert may_send_state(TEACHER, MANAGED, "m.room.encryption", {}, table).denied


def test_nobody_gets_into_an_encrypted_chat_who_may_not_have_one() -> None:
    table = replace(TABLE, encryption="staff")
    chat = group(TEACHER, encrypted=True)
    assert not may_invite(TEACHER, COLLEAGUE, chat, table).denied
    assert "not encrypted" in said(may_invite(TEACHER, IVAN, chat, table))


# ---------------------------------------------------------------- settings of rooms

ENCRYPTED: Mapping[str, Any] = {"algorithm": "m.megolm.v1.aes-sha2"}
SETTINGS: list[tuple[str, Mapping[str, Any], bool, bool]] = [
    # type, content, left to the levels of a managed room, left to those of people's own chat
    ("m.room.member", {"membership": "invite"}, True, True),
    ("m.room.pinned_events", {"pinned": []}, True, True),
    ("m.room.topic", {"topic": "Контрольная в среду"}, True, True),
    ("im.vector.modular.widgets", {"url": "https://ads.example"}, True, False),
    ("m.widget", {"url": "https://ads.example"}, True, False),
    ("m.room.name", {"name": "7А"}, False, True),
    ("m.room.avatar", {"url": "mxc://school.example/a"}, False, True),
    ("m.room.power_levels", {"users_default": 100}, False, True),
    ("m.room.join_rules", {"join_rule": "invite"}, False, True),
    ("m.room.join_rules", {"join_rule": "public"}, False, False),
    ("m.room.join_rules", {"join_rule": "knock"}, False, False),
    ("m.room.join_rules", {"join_rule": "restricted", "allow": []}, False, False),
    ("m.room.join_rules", {"join_rule": ["invite"]}, False, False),
    ("m.room.join_rules", {}, False, False),
    ("m.room.guest_access", {"guest_access": "forbidden"}, False, True),
    ("m.room.guest_access", {"guest_access": "can_join"}, False, False),
    ("m.room.history_visibility", {"history_visibility": "joined"}, False, True),
    ("m.room.history_visibility", {"history_visibility": "invited"}, False, True),
    ("m.room.history_visibility", {"history_visibility": "shared"}, False, True),
    ("m.room.history_visibility", {"history_visibility": "world_readable"}, False, False),
    ("m.room.encryption", ENCRYPTED, False, False),
    ("m.room.canonical_alias", {"alias": "#direktor:school.example"}, False, False),
    ("m.room.tombstone", {"replacement_room": "!b"}, False, False),
    ("m.room.third_party_invite", {}, False, False),
    ("m.room.server_acl", {"allow": ["*"]}, False, False),
    ("m.room.create", {}, False, False),
    ("m.space.child", {"via": ["school.example"]}, False, False),
    ("m.space.parent", {"via": ["school.example"]}, False, False),
    ("m.beacon_info", {"live": True}, False, False),
    ("dev.zvonok.room", {"kind": "class"}, False, False),
    ("com.example.unheard_of", {}, False, False),
]


@pytest.mark.parametrize(("type_", "content", "managed", "own"), SETTINGS)
def test_which_settings_are_left_to_levels_and_which_are_refused(
    type_: str, content: Mapping[str, Any], managed: bool, own: bool
) -> None:
    for somebody in (TEACHER, IVAN, MOTHER, BOT):
        for room, allowed in (
            (MANAGED, managed),
            (group(somebody), own),
            (direct(somebody, BOT), own),
            (None, False),
        ):
            verdict = may_send_state(somebody, room, type_, content, TABLE)
            assert verdict.decision is (Decision.NO_OPINION if allowed else Decision.DENY), room
    for room in (MANAGED, None):
        assert may_send_state(SENDER, room, type_, content, TABLE).decision is Decision.ALLOW


@pytest.mark.parametrize("reserved", Reserved)
def test_what_is_the_schools_alone(reserved: Reserved) -> None:
    assert not may_use(SENDER, reserved).denied
    refusals = {said(may_use(somebody, reserved)) for somebody in (TEACHER, IVAN, MOTHER, BOT)}
    assert len(refusals) == 1


def test_an_empty_table_lets_nobody_do_anything_with_others() -> None:
    table = Table()
    assert may_create_room(TEACHER, NewRoom((IVAN,), direct=True), table).denied
    assert may_invite(TEACHER, IVAN, group(TEACHER), table).denied


def test_nobody_writes_what_the_school_can_not_read_where_it_wants_to_read() -> None:
    staff_only = replace(TABLE, encryption="staff")
    everybody = replace(TABLE, encryption="everybody")
    for table, chat, denied in (
        (TABLE, direct(TEACHER, COLLEAGUE), True),
        (TABLE, group(TEACHER, IVAN), True),
        (staff_only, direct(TEACHER, COLLEAGUE), False),
        (staff_only, direct(TEACHER, IVAN), True),
        (everybody, direct(TEACHER, IVAN), False),
    ):
        assert may_write(TEACHER, chat, table, encrypted=True).denied is denied
        assert not may_write(TEACHER, chat, table).denied
    for room in (MANAGED, None):
        assert may_write(TEACHER, room, everybody, encrypted=True).denied
        assert not may_write(SENDER, room, TABLE, encrypted=True).denied
