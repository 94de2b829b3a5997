"""From a school to the facts that rules are decided by."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import BOT, SCHOOL, SERVER, SchoolBuilder, picture_of, small_school, user
from ruamel.yaml import YAML

from zvonok_appservice.changes import REMEMBERED
from zvonok_appservice.facts import FactsLog, facts_of
from zvonok_appservice.picture import Picture
from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import Facts, PersonFacts, RoomFacts, Who, may_contact, read_facts
from zvonok_core.ids import UserId
from zvonok_core.roles import Position, Role

SENDER = UserId(f"@zvonok:{SERVER}")
TABLE = shipped_policy()
CASES = YAML(typ="safe").load(
    (Path(__file__).parent / "cases from a school.yaml").read_text(encoding="utf-8")
)
PEOPLE = {
    "Петров": "petrov",
    "Ёжова": "ezhova",
    "Жук": "zhuk",
    "Сидоров": "sidorov",
    "Белов": "belov",
    "Белова": "belova",
    "Зуева": "zueva",
    "Фролов": "frolov",
    "Орлов": "orlov",
    "Петрова": "petrova",
    "Ежов": "ezhov",
    "Сидорова": "sidorova",
    "Чужой": "chuzhoi",
    "Громова": "gromova",
    "Лунина": "lunina",
    "Ким": "kim",
    "Уваров": "uvarov",
    "Тихонова": "tihonova",
}


def school() -> SchoolBuilder:
    builder = small_school()
    builder.person("gromova").position("gromova", Position.PSYCHOLOGIST)
    builder.person("lunina").position("lunina", Position.LIBRARIAN)
    builder.teacher("kim").student("uvarov", klass="7А").disable("uvarov")
    return builder.student("tihonova", klass="7А")


def picture(builder: SchoolBuilder, without: str = "tihonova") -> Picture:
    snapshot = builder.snapshot()
    return picture_of(snapshot, linked=set(snapshot.people) - {without})


def facts(builder: SchoolBuilder) -> Facts:
    return facts_of(picture(builder), SENDER, TABLE)


def of(builder: SchoolBuilder, person: str) -> PersonFacts:
    return facts(builder).people[user(person)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['кто']} → {case['кому']}")
def test_cases(case: dict[str, Any]) -> None:
    known = facts(school()).people

    def named(name: str) -> PersonFacts:
        return known[BOT if name == "бот" else user(PEOPLE[name])]

    verdict = may_contact(named(case["кто"]), named(case["кому"]), TABLE)
    assert verdict.denied is {"да": False, "нет": True}[case["можно"]], case["потому что"]


def test_a_teacher_who_heads_a_class_and_has_a_child_at_school() -> None:
    assert of(school(), "belova") == PersonFacts(
        user=user("belova"),
        school=SCHOOL,
        linked=True,
        roles=frozenset({Who.STAFF, Who.TEACHER, Who.CLASS_HEAD, Who.GUARDIAN}),
        teaches=frozenset({"class 7А", "class 7Б"}),
        heads=frozenset({"7А"}),
        children=frozenset({user("belov")}),
        child_classes=frozenset({"7Б"}),
        child_groups=frozenset({"class 7Б"}),
    )


def test_a_student_is_in_a_class_and_in_its_subgroups() -> None:
    assert of(school(), "petrov") == PersonFacts(
        user=user("petrov"),
        school=SCHOOL,
        linked=True,
        roles=frozenset({Who.STUDENT}),
        class_="7А",
        student_of=frozenset({"class 7А", "subgroup de"}),
    )


ROLES = {
    "orlov": {Who.STAFF, Who.TEACHER, Who.ADMINISTRATION},
    "gromova": {Who.STAFF, Who.OPEN_TO_CHILDREN},
    "lunina": {Who.STAFF},
    "kim": {Who.STAFF, Who.TEACHER},
    "petrova": {Who.GUARDIAN},
    "chuzhoi": set(),
}


@pytest.mark.parametrize("person", ROLES)
def test_roles(person: str) -> None:
    assert of(school(), person).roles == ROLES[person]


def test_an_aide_who_has_a_load_teaches_and_an_aide_who_has_none_does_not() -> None:
    builder = school().person("aide").role("aide", Role.AIDE)
    assert of(builder, "aide").roles == {Who.STAFF}
    assert of(builder.load("aide", "Чтение", "7А"), "aide").roles == {Who.STAFF, Who.TEACHER}


def test_which_positions_are_open_to_children_is_the_schools_choice() -> None:
    table = replace(TABLE, open_to_children=frozenset({Position.LIBRARIAN}))
    known = facts_of(picture(school()), SENDER, table).people
    assert Who.OPEN_TO_CHILDREN in known[user("lunina")].roles
    assert Who.OPEN_TO_CHILDREN not in known[user("gromova")].roles


def test_whoever_is_disabled_vanished_or_locked_by_hand_is_locked() -> None:
    snapshot = school().vanish("zhuk").snapshot()
    linked = set(snapshot.people) - {"tihonova"}
    seen = picture_of(snapshot, linked=linked, locked={"orlov", "tihonova"})
    known = facts_of(seen, SENDER, TABLE).people
    assert {person for person in PEOPLE.values() if known[user(person)].locked} == {
        *("uvarov", "zhuk", "orlov", "tihonova"),
        "chuzhoi",  # nothing makes him one of the school
    }


def test_whom_the_guard_keeps_from_being_locked_goes_on_writing() -> None:
    """An export without teachers locks nobody, and silences nobody, until it is confirmed."""
    yesterday = school().snapshot()
    builder = school()
    for teacher in ("kim", "belova", "frolov", "zueva", "orlov"):
        builder.vanish(teacher)
    seen = picture_of(builder.snapshot(), actual=picture_of(yesterday).actual, before=yesterday)
    assert seen.verdict.held.users >= {user("kim"), user("belova")}
    assert not facts_of(seen, SENDER, TABLE).people[user("kim")].locked
    assert {Who.STAFF, Who.TEACHER} <= facts_of(seen, SENDER, TABLE).people[user("belova")].roles

    # The rows may be gone, and not the people.
    builder = school()
    builder.roles = [row for row in builder.roles if row.role is not Role.TEACHER]
    builder.positions = []
    stripped = picture_of(builder.snapshot(), actual=picture_of(yesterday).actual, before=yesterday)
    assert stripped.verdict.held.users >= {user("kim"), user("belova")}
    known = facts_of(stripped, SENDER, TABLE).people
    assert known[user("belova")] == facts_of(picture_of(yesterday), SENDER, TABLE).people[user("belova")]
    assert not may_contact(known[user("belova")], known[user("petrov")], TABLE).denied

    locked = replace(seen.actual.accounts[user("kim")], locked=True)
    actual = replace(seen.actual, accounts={**seen.actual.accounts, user("kim"): locked})
    assert facts_of(replace(seen, actual=actual), SENDER, TABLE).people[user("kim")].locked


def test_a_child_without_an_account_is_known_by_the_user_name_that_is_kept_for_it() -> None:
    builder = school().guardian("tihonov", of="tihonova")
    assert of(builder, "tihonov").children == {user("tihonova")}
    assert not of(builder, "tihonova").linked


def test_a_child_without_a_class_makes_a_guardian_of_nothing_but_itself() -> None:
    mother = of(school().student("novikov").guardian("novikova", of="novikov"), "novikova")
    assert mother.roles == {Who.GUARDIAN}
    assert mother.children == {user("novikov")}
    assert mother.child_classes == mother.child_groups == frozenset()


def test_a_class_and_a_subgroup_of_one_id_are_two_groups() -> None:
    builder = school().subgroup("7А", classes=["7А", "7Б"], students=["sidorov"])
    builder.load("kim", "Хор", subgroup="7А")
    assert of(builder, "kim").teaches == {"subgroup 7А"}
    known = facts(builder).people
    assert not may_contact(known[user("kim")], known[user("sidorov")], TABLE).denied
    assert may_contact(known[user("kim")], known[user("petrov")], TABLE).denied


def test_bots_the_sender_and_the_rooms_that_there_are() -> None:
    seen = picture(school())
    known = facts_of(seen, SENDER, TABLE, "r")
    bot = PersonFacts(BOT, SCHOOL, linked=True, roles=frozenset({Who.BOT}))
    assert known.people[BOT] == bot
    assert known.people[SENDER] == replace(bot, user=SENDER, sender=True)
    assert (known.revision, known.sender, known.table) == ("r", SENDER, TABLE)
    assert len(known.people) == len(seen.today.snapshot.people) + 2
    assert known.rooms == {
        room.room: RoomFacts(room.room, SCHOOL, key.kind, key.class_, archived=False)
        for key, room in seen.actual.rooms.items()
    }
    assert {room.class_ for room in known.rooms.values() if room.kind == "class"} == {"7А", "7Б"}


def test_whoever_has_no_user_name_yet_is_not_there() -> None:
    seen = picture(school())
    accounts = {person: account for person, account in seen.given.accounts.items() if person != "petrov"}
    known = facts_of(replace(seen, given=replace(seen.given, accounts=accounts)), SENDER, TABLE)
    assert user("petrov") not in known.people
    assert known.people[user("petrova")].children == frozenset()


# ---------------------------------------------------------------- what is new


def told(news: dict[str, Any] | None) -> dict[str, Any]:
    assert news is not None
    carried: dict[str, Any] = json.loads(json.dumps(news))
    return carried


CHANGES: dict[str, tuple[Callable[[SchoolBuilder], object], set[str]]] = {
    "a student moves": (lambda s: s.enrol("zhuk", "7Б"), {"zhuk"}),
    "a subgroup grows": (lambda s: s.in_subgroup("ezhova", "de"), {"ezhova", "ezhov"}),
    "a class gets another head": (lambda s: s.homeroom("kim", "7А"), {"kim"}),
    "somebody is new": (lambda s: s.teacher("novik"), {"novik"}),
    "somebody is gone for good": (lambda s: s.leave("kim"), {"kim"}),
    "somebody is disabled": (lambda s: s.disable("zhuk"), {"zhuk"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_those_are_told_anew_for_whom_something_has_changed(change: str) -> None:
    log = FactsLog(SENDER, TABLE)
    before = read_facts(told(log.news(picture(school()), "")))
    act, touched = CHANGES[change]
    builder = school()
    if change == "a student moves":
        builder.class_enrolments = [row for row in builder.class_enrolments if row.student != "zhuk"]
    act(builder)
    after = picture(builder)
    news = told(log.news(after, before.revision))
    assert set(news["people"]) == {user(person) for person in touched}
    assert read_facts(news, before) == facts_of(after, SENDER, TABLE, news["revision"])


def test_linking_and_rooms_are_told_and_nothing_new_is_nothing() -> None:
    log = FactsLog(SENDER, TABLE)
    first = picture(school())
    known = read_facts(told(log.news(first, "")))
    assert log.news(first, known.revision) is None
    assert log.news(picture(school()), known.revision) is None
    everybody = picture_of(school().snapshot())
    news = told(log.news(everybody, known.revision))
    assert set(news["people"]) == {user("tihonova")}
    known = read_facts(news, known)
    key = next(iter(everybody.actual.rooms))
    rooms = {**everybody.actual.rooms, key: replace(everybody.actual.rooms[key], archived=True)}
    archived = replace(everybody, actual=replace(everybody.actual, rooms=rooms))
    news = told(log.news(archived, known.revision))
    assert (list(news["people"]), list(news["rooms"])) == ([], [rooms[key].room])
    assert read_facts(news, known).rooms[rooms[key].room].archived
    del rooms[key]
    gone = replace(everybody, actual=replace(everybody.actual, rooms=rooms))
    assert list(told(log.news(gone, news["revision"]))["rooms"].values()) == [None]


def test_who_was_away_for_too_long_or_knows_another_boot_is_told_everything() -> None:
    log = FactsLog(SENDER, TABLE)
    known = told(log.news(picture(school()), ""))["revision"]
    both = picture(school()), picture(school(), without="zhuk")
    for number in range(REMEMBERED):
        log.news(both[(number + 1) % 2], known)
    assert told(log.news(both[0], known))["since"] == known
    log.news(both[1], known)
    assert told(log.news(both[1], known))["since"] is None
    assert told(FactsLog(SENDER, TABLE).news(both[1], known))["since"] is None
