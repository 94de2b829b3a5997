"""Official names of people, and the user names that are theirs for good."""

from __future__ import annotations

import re

import pytest
from builders import ENGLISH, SchoolBuilder
from hypothesis import given, settings
from hypothesis import strategies as st
from support.rooms import account_of

from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.names import full_name, office, official_name, sort_key
from zvonok_appservice.roster.snapshot import Origin, Person
from zvonok_appservice.usernames import transliterate, user_name
from zvonok_core.ids import ClassId, PersonId, SchoolId, SubgroupId, SubjectId
from zvonok_core.roles import Position, Role


def person(family: str, given_: str = "", patronymic: str = "") -> Person:
    return Person(PersonId("p"), family, given_, patronymic, True, Origin("users.csv", 2))


# ---------------------------------------------------------------- what people see


@pytest.mark.parametrize(
    ("roles", "positions", "word"),
    [
        ([Role.TEACHER], [], "teacher"),
        ([Role.TEACHER], [Position.HEAD], "head"),
        ([Role.TEACHER], [Position.DEPUTY_STUDIES], "deputy head for studies"),
        ([Role.TEACHER], [Position.PSYCHOLOGIST], "teacher"),
        ([Role.PRINCIPAL], [Position.LIBRARIAN], "head"),
        ([Role.PRINCIPAL], [Position.DEPUTY], "deputy head"),
        ([Role.GUARDIAN], [Position.NURSE], "nurse"),
        ([Role.GUARDIAN, Role.TEACHER], [], "teacher"),
        ([Role.GUARDIAN], [], "parent"),
        ([Role.STUDENT, Role.GUARDIAN], [], "parent"),
        ([Role.AIDE], [Position.OTHER], "staff"),
        ([Role.COUNSELOR], [], "counselor"),
        ([], [Position.HEAD, Position.DEPUTY], "head"),
    ],
)
def test_the_weightiest_of_what_somebody_is_stands_behind_the_name(
    roles: list[Role], positions: list[Position], word: str
) -> None:
    made = SchoolBuilder().person("a", "Иванова Мария Петровна")
    for role in roles:
        made.role("a", role)
    for position in positions:
        made.position("a", position)
    assert str(office(made.today(), PersonId("a"))) == word
    name = official_name(made.today(), PersonId("a"), ENGLISH, "en")
    assert name == f"Иванова Мария Петровна, {word}"


def test_whoever_is_nothing_today_has_a_name_and_no_word() -> None:
    made = SchoolBuilder().person("a", "Иванова Мария")
    assert office(made.today(), PersonId("a")) is None
    assert account_of(made, "a").display_name == "Иванова Мария"


@pytest.mark.parametrize(
    ("patronymic", "girl"), [("Петровна", True), ("Ильинична", True), ("Али кызы", True), ("Ильич", False)]
)
def test_russian_tells_a_girl_student_by_the_patronymic(patronymic: str, girl: bool) -> None:
    made = SchoolBuilder().student("a", f"Иванова Мария {patronymic}")
    assert str(office(made.today(), PersonId("a"))) == ("student (girl)" if girl else "student")


def test_names_begin_with_the_family_and_leave_out_what_is_not_known() -> None:
    assert full_name(person("Иванова", "Мария", "Петровна")) == "Иванова Мария Петровна"
    assert full_name(person("Иванова", "Мария")) == "Иванова Мария"


def test_a_register_sorts_yo_with_ye_and_takes_no_notice_of_case() -> None:
    listed = sorted([person("Жук"), person("ёлкина"), person("Ежов"), person("Ельцова")], key=sort_key)
    assert [each.family for each in listed] == ["Ежов", "ёлкина", "Ельцова", "Жук"]


# ---------------------------------------------------------------- user names


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Щербаков", "shcherbakov"),
        ("Ёлкина", "elkina"),
        ("Е\u0308лкина", "elkina"),
        ("Объедков", "obieedkov"),
        ("Юрьев", "iurev"),
        ("Цой", "tsoi"),
        ("Хрущёв", "khrushchev"),
        ("Мамин-Сибиряк", "mamin-sibiriak"),
        ("О'Коннор", "o-konnor"),
        ("Smith", "smith"),
        ("李", ""),
    ],
)
def test_names_are_spelt_as_in_a_passport(name: str, latin: str) -> None:
    assert transliterate(name) == latin


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (person("Иванова", "Мария", "Петровна"), "ivanova.mp"),
        (person("Иванова", "Мария"), "ivanova.m"),
        (person("Иванова"), "ivanova.x"),
        (person("Директор"), "direktor.x"),
        (person("李", "明"), "user.x"),
        (person("7up", "А"), "up.a"),
        (person("А" * 99, "Б", "В"), "a" * 40 + ".bv"),
        (person("А" * 39 + "-Б", "Б"), "a" * 39 + ".b"),
    ],
)
def test_a_user_name_is_the_family_name_and_initials(who: Person, name: str) -> None:
    assert user_name(who, set()) == name


def test_namesakes_are_numbered_from_the_second_on() -> None:
    ivanova = person("Иванова", "Мария", "Петровна")
    assert user_name(ivanova, {"ivanova.mp"}) == "ivanova.mp2"
    assert user_name(ivanova, {"ivanova.mp", "ivanova.mp2"}) == "ivanova.mp3"
    assert user_name(ivanova, {"t-ivanova.mp"}, "t-") == "t-ivanova.mp2"


names = st.text(max_size=50) | st.sampled_from(("Иванов", "ИВАНОВ", "admin", "-", "9", "ь", "@direktor:x"))
persons = st.builds(person, names, names, names)


@settings(deadline=None)
@given(st.lists(persons, max_size=20))
def test_user_names_are_unique_good_localparts_and_never_an_office(everybody: list[Person]) -> None:
    taken: set[str] = set()
    for each in everybody:
        name = user_name(each, taken)
        assert name not in taken
        assert re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9]+", name)
        assert len(name) < 60
        assert name == user_name(each, taken), "the same question has the same answer"
        taken.add(name)


# ---------------------------------------------------------------- keys and aliases

ids = st.none() | st.text(min_size=1, max_size=300)
keys = st.builds(
    RoomKey, st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), st.text(min_size=1), ids, ids, ids, ids
)


@settings(deadline=None)
@given(keys, st.booleans())
def test_a_key_survives_its_way_through_the_rooms_state(key: RoomKey, archived: bool) -> None:
    assert RoomKey.from_content(key.content(archived)) == key


@settings(deadline=None)
@given(keys, keys)
def test_aliases_are_plain_short_and_different_for_different_rooms(one: RoomKey, other: RoomKey) -> None:
    alias = one.alias_localpart("zvonok_")
    assert re.fullmatch(r"zvonok_[a-z0-9._-]+", alias)
    assert len(alias) < 110
    assert (alias == other.alias_localpart("zvonok_")) == (one == other)


def test_readable_parts_that_look_alike_do_not_mix_up_rooms() -> None:
    in_class = RoomKey("subject", SchoolId("s"), ClassId("a"), SubjectId("m"))
    in_group = RoomKey("subject", SchoolId("s"), None, SubjectId("m"), SubgroupId("a"))
    assert in_class.alias_localpart("") != in_group.alias_localpart("")
    other = RoomKey("subject", SchoolId("t"), ClassId("a"), SubjectId("m"))
    assert in_class.alias_localpart("") != other.alias_localpart("")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": "class"},
        {"school": "s"},
        {"kind": 1, "school": "s"},
        {"kind": "c", "school": "s", "class": []},
    ],
)
def test_a_state_that_no_appservice_wrote_is_no_key(content: dict[str, object]) -> None:
    assert RoomKey.from_content(content) is None
