"""Who may contact whom: every role, relation and action, against a table written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.rule_people import BOT, SENDER, direct, elsewhere, group, pair, person

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import (
    INVERSE,
    Decision,
    NewRoom,
    PersonFacts,
    Relation,
    RoomFacts,
    Table,
    Verdict,
    Who,
    may_act,
    may_contact,
    may_create_room,
    may_find,
    may_invite,
    may_sign_in,
    relations,
)
from zvonok_core.ids import RoomId

HAND = YAML(typ="safe").load(
    (Path(__file__).parent / "who may contact whom.yaml").read_text(encoding="utf-8")
)
TABLE = shipped_policy()
ROLES = {
    "сотрудник": {Who.STAFF},
    "учитель": {Who.STAFF, Who.TEACHER},
    "классный руководитель": {Who.STAFF, Who.CLASS_HEAD},
    "администрация": {Who.STAFF, Who.ADMINISTRATION},
    "специалист": {Who.STAFF, Who.OPEN_TO_CHILDREN},
    "ученик": {Who.STUDENT},
    "родитель": {Who.GUARDIAN},
    "бот": {Who.BOT},
}
RELATIONS = {
    "всегда": Relation.ANYBODY,
    "из одной школы": Relation.SAME_SCHOOL,
    "свой ученик": Relation.OWN_STUDENT,
    "свой учитель": Relation.OWN_TEACHER,
    "родитель своего ученика": Relation.OWN_STUDENTS_GUARDIAN,
    "учитель своего ребёнка": Relation.CHILDS_TEACHER,
    "ученик своего класса": Relation.OWN_CLASS,
    "свой классный руководитель": Relation.OWN_CLASS_HEAD,
    "родитель ученика своего класса": Relation.OWN_CLASS_GUARDIAN,
    "классный руководитель своего ребёнка": Relation.CHILDS_CLASS_HEAD,
    "одноклассник": Relation.CLASSMATE,
    "дети в одном классе": Relation.FELLOW_GUARDIAN,
    "свой ребёнок": Relation.OWN_CHILD,
    "свой родитель": Relation.OWN_GUARDIAN,
}
Try = Callable[[PersonFacts, PersonFacts], Verdict]
THIRD = person("third", Who.STAFF, Who.ADMINISTRATION)
MANAGED = RoomFacts(RoomId("!class"), THIRD.school, "class")
ACTIONS: dict[str, Try] = {
    "найти в справочнике": lambda a, b: may_find(a, b, TABLE),
    "начать личный чат": lambda a, b: may_create_room(a, NewRoom(invited=(b,), direct=True), TABLE),
    "пригласить в свой групповой чат": lambda a, b: may_invite(a, b, group(a), TABLE),
    "позвать третьим в личный чат": lambda a, b: may_invite(a, b, direct(a, THIRD), TABLE),
    "пригласить в комнату школы": lambda a, b: may_invite(a, b, MANAGED, TABLE),
}


def expected(action: str, mine: str, theirs: str, relation: Relation) -> bool:
    entry = HAND["таблица"][mine][theirs]
    listed = set() if entry == "нельзя" else {RELATIONS[words] for words in entry}
    wider = {Relation.ANYBODY} | ({Relation.SAME_SCHOOL} if relation is not Relation.ANYBODY else set())
    allowed = bool(listed & (wider | {relation}))
    rule = HAND["действия"][action]
    if rule == "никогда":
        return False
    if rule == "как в таблице, но только сотрудники":
        return allowed and mine not in ("ученик", "родитель", "бот")
    assert rule == "как в таблице"
    return allowed


def test_the_table_names_every_pair_and_every_relation_is_known() -> None:
    assert set(HAND["таблица"]) == set(ROLES)
    assert all(set(row) == set(ROLES) for row in HAND["таблица"].values())
    assert set(RELATIONS.values()) == set(Relation)
    assert set(HAND["действия"]) == set(ACTIONS)
    assert set().union(*ROLES.values()) == set(Who)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("mine", "theirs"), list(product(ROLES, ROLES)))
def test_each_pair_of_roles_in_each_relation(action: str, mine: str, theirs: str) -> None:
    for relation in Relation:
        a, b = pair(relation, frozenset(ROLES[mine]), frozenset(ROLES[theirs]))
        told = f"{mine} → {theirs}, {relation}"
        assert ACTIONS[action](a, b).denied is not expected(action, mine, theirs, relation), told
        other = elsewhere(b)
        allowed = expected(action, mine, theirs, Relation.ANYBODY)
        assert ACTIONS[action](a, other).denied is not allowed, f"{told}, but in another school"


@pytest.mark.parametrize("relation", Relation)
def test_each_relation_is_seen_and_is_the_inverse_of_what_the_other_one_sees(relation: Relation) -> None:
    a, b = pair(relation)
    held = {Relation.ANYBODY, relation} | (
        {Relation.SAME_SCHOOL} if relation is not Relation.ANYBODY else set()
    )
    assert relations(a, b) == held
    assert relations(b, a) == {INVERSE[other] for other in held}


def test_ids_of_another_kind_or_another_class_make_no_relation() -> None:
    teacher = person("a", teaches=frozenset({"7А"}), heads=frozenset({"7Б"}))
    for other in (
        person("b", student_of=frozenset({"7Б"}), class_="7А"),
        person("b", child_groups=frozenset({"7Б"}), child_classes=frozenset({"7А"})),
        person("b", teaches=frozenset({"7А"}), heads=frozenset({"7Б"})),
        person("b", children=frozenset({"@c:school.example"})),
    ):
        assert relations(teacher, other) == {Relation.ANYBODY, Relation.SAME_SCHOOL}
        assert relations(other, teacher) == {Relation.ANYBODY, Relation.SAME_SCHOOL}
    without_class = person("a"), person("b")
    assert Relation.CLASSMATE not in relations(*without_class)


def one_of_each() -> Iterator[PersonFacts]:
    for number, roles in enumerate(ROLES.values()):
        yield person(f"p{number}", *roles)


UNABLE: dict[str, Callable[[PersonFacts], PersonFacts | None]] = {
    "unknown": lambda somebody: None,
    "locked": lambda somebody: replace(somebody, locked=True),
    "not linked": lambda somebody: replace(somebody, linked=False),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("unable", UNABLE)
def test_whoever_is_unknown_locked_or_not_linked_contacts_nobody_and_is_contacted_by_nobody(
    action: str, unable: str
) -> None:
    attempt: Any = ACTIONS[action]
    refusals = set()
    for somebody in one_of_each():
        changed = UNABLE[unable](somebody)
        assert may_act(changed).denied
        assert attempt(changed, BOT).denied
        refused = attempt(BOT, changed)
        assert refused.denied
        refusals.add(str(refused.reason))
    assert len(refusals) == 1


def test_a_refusal_does_not_tell_whether_the_other_one_exists() -> None:
    asks = person("a", Who.STUDENT)
    stranger = person("b", Who.STUDENT)
    said = {
        str(may_contact(asks, other, TABLE).reason)
        for other in (None, stranger, replace(stranger, locked=True), replace(stranger, linked=False))
    }
    assert len(said) == 1


def test_each_is_told_what_is_wrong_with_their_own_account() -> None:
    somebody = person("a", Who.STAFF)
    said = {str(may_act(change(somebody)).reason) for change in UNABLE.values()}
    assert len(said) == 3


def test_the_sender_reaches_everybody_and_everybody_reaches_it() -> None:
    for somebody in (*one_of_each(), replace(BOT, linked=False)):
        assert may_contact(SENDER, somebody, Table()).decision is Decision.ALLOW
    assert may_contact(SENDER, None, Table()).decision is Decision.ALLOW
    for somebody in one_of_each():
        assert may_contact(somebody, SENDER, TABLE).decision is Decision.ALLOW


def test_everybody_who_may_act_finds_themselves_and_an_empty_table_lets_find_nobody_else() -> None:
    for somebody in one_of_each():
        assert may_find(somebody, somebody, Table()).decision is Decision.ALLOW
        assert may_find(replace(somebody, locked=True), somebody, Table()).denied
        for other in one_of_each():
            assert somebody.user == other.user or may_find(somebody, other, Table()).denied
    assert may_find(None, None, TABLE).denied
    assert may_find(None, BOT, TABLE).denied


def test_of_several_roles_one_that_allows_is_enough() -> None:
    teacher_and_mother = person("a", Who.STAFF, Who.GUARDIAN, children=frozenset({"@b:school.example"}))
    assert not may_contact(teacher_and_mother, person("b", Who.STUDENT), TABLE).denied
    assert may_contact(teacher_and_mother, person("c", Who.STUDENT), TABLE).denied
    assert not may_contact(teacher_and_mother, person("c", Who.STAFF, Who.STUDENT), TABLE).denied


def test_whoever_has_just_activated_signs_in_before_the_facts_know_it() -> None:
    teacher = person("belova", Who.STAFF)
    for somebody in (teacher, replace(teacher, linked=False), BOT, SENDER):
        assert not may_sign_in(somebody).denied
    for nobody in (None, replace(teacher, locked=True), replace(teacher, linked=False, locked=True)):
        assert may_sign_in(nobody).denied
