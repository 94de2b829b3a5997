"""The table of shipped rooms, row by row."""

from __future__ import annotations

import pytest
from builders import BOT, SchoolBuilder
from support.rooms import Seen, desire, rooms_of

from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.roles import Position, Role

STAFF = {"head", "studies", "upbringing", "deputy", "belova", "frolov", "zueva", "medic"}
ADMINISTRATION = {"head", "studies", "upbringing", "deputy"}
TEACHERS = {"belova", "frolov", "zueva"}


def school() -> SchoolBuilder:
    """One person of every kind; frolov teaches in 7А only through a subgroup."""
    made = SchoolBuilder("Школа № 1").klass("7А").klass("7Б")
    for person, position in (
        ("head", Position.HEAD),
        ("studies", Position.DEPUTY_STUDIES),
        ("upbringing", Position.DEPUTY_UPBRINGING),
        ("deputy", Position.DEPUTY),
        ("medic", Position.NURSE),
    ):
        made.person(person).position(person, position)
    made.teacher("belova").teacher("frolov").teacher("zueva")
    made.homeroom("belova", "7А").homeroom("zueva", "7Б")
    made.student("petrov", klass="7А").student("ivanov", klass="7А").student("sidorov", klass="7Б")
    made.guardian("petrova", of="petrov").guardian("ivanova", of="ivanov").guardian("sidorova", of="sidorov")
    made.load("zueva", "Алгебра", "7А")
    made.subgroup("de", classes=["7А", "7Б"], students=["petrov", "sidorov"])
    made.subgroup("en", "группа 2", classes=["7А"], students=["ivanov"])
    made.load("frolov", "Немецкий язык", subgroup="de").load("frolov", "Английский язык", subgroup="en")
    return made.association("math", "учителей математики", chair="belova", members=["zueva"])


@pytest.fixture(scope="module")
def rooms() -> dict[str, Seen]:
    """All rooms of that school by name."""
    return rooms_of(school())


def test_these_rooms_and_no_others_are_shipped(rooms: dict[str, Seen]) -> None:
    of_a_class = {f"{title}{rest}" for title in ("7А", "7Б") for rest in (". Объявления", ". Класс")}
    of_a_class |= {f"{title}{rest}" for title in ("7А", "7Б") for rest in (". Родители", ". Общая")}
    assert rooms.keys() == {
        "(Школа № 1)",
        "(7А)",
        "(7Б)",
        "Объявления",
        "Расписание",
        "Учительская",
        "Классные руководители",
        "МО учителей математики",
        "7А. Алгебра",
        "7А+7Б. Немецкий язык",
        "7А. Английский язык, группа 2",
        *of_a_class,
    }


ROWS = {
    "(Школа № 1)": (STAFF, set(), set(), False, ()),
    "(7А)": (
        {"petrov", "ivanov", "petrova", "ivanova", "belova", "zueva", "frolov", *ADMINISTRATION},
        set(),
        set(),
        False,
        ("(Школа № 1)",),
    ),
    "Объявления": (STAFF, ADMINISTRATION, set(), True, ("(Школа № 1)",)),
    "Расписание": (STAFF, {"studies"}, {"head"}, True, ("(Школа № 1)",)),
    "Учительская": (STAFF, TEACHERS | ADMINISTRATION, set(), False, ("(Школа № 1)",)),
    "Классные руководители": (
        {"belova", "zueva", "upbringing", "head"},
        {"upbringing"},
        {"head"},
        False,
        ("(Школа № 1)",),
    ),
    "МО учителей математики": ({"belova", "zueva"}, {"belova"}, set(), False, ("(Школа № 1)",)),
    "7А. Объявления": (
        {"petrov", "ivanov", "petrova", "ivanova", "belova", "zueva", "frolov", *ADMINISTRATION},
        ADMINISTRATION | {"belova"},
        set(),
        True,
        ("(7А)",),
    ),
    "7А. Класс": ({"petrov", "ivanov", "belova"}, {"belova"}, set(), False, ("(7А)",)),
    "7А. Родители": ({"petrova", "ivanova", "belova"}, {"belova"}, set(), False, ("(7А)",)),
    "7А. Общая": (
        {"petrov", "ivanov", "petrova", "ivanova", "belova", "zueva", "frolov", *ADMINISTRATION},
        ADMINISTRATION | {"belova"},
        set(),
        False,
        ("(7А)",),
    ),
    "7А. Алгебра": ({"petrov", "ivanov", "zueva"}, {"zueva"}, set(), False, ("(7А)",)),
    "7А+7Б. Немецкий язык": ({"petrov", "sidorov", "frolov"}, {"frolov"}, set(), False, ("(7А)", "(7Б)")),
    "7А. Английский язык, группа 2": ({"ivanov", "frolov"}, {"frolov"}, set(), False, ("(7А)",)),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_table_is_as_it_is_written(rooms: dict[str, Seen], name: str) -> None:
    members, admins, moderators, read_only, spaces = ROWS[name]
    room = rooms[name]
    assert room.members == members
    assert room.admins == admins
    assert room.moderators == moderators
    assert room.read_only == read_only
    assert room.spaces == spaces


def test_the_whole_map_of_levels_is_as_it_is_written() -> None:
    assert power_levels(50, {BOT: 50}) == {
        "users": {BOT: 50},
        "users_default": 0,
        "events_default": 50,
        "state_default": 101,
        "invite": 101,
        "kick": 101,
        "ban": 101,
        "redact": 50,
        "notifications": {"room": 50},
        "events": {
            "m.room.pinned_events": 50,
            "im.vector.modular.widgets": 50,
            "m.widget": 50,
            "m.room.topic": 100,
            "m.room.tombstone": 150,
            "m.reaction": 0,
            "org.matrix.msc3381.poll.response": 0,
            "m.room.redaction": 0,
        },
    }


def test_the_bot_is_in_every_room_with_50_but_in_no_space(rooms: dict[str, Seen]) -> None:
    for seen in rooms.values():
        assert (BOT in seen.room.members) == (not seen.room.is_space)
        assert seen.room.levels.get(BOT, 0) == (0 if seen.room.is_space else 50)


def test_no_room_of_a_school_that_is_alone_is_federated_and_none_has_a_level_above_100(
    rooms: dict[str, Seen],
) -> None:
    assert all(seen.room.servers is None for seen in rooms.values())
    assert all(0 < level <= 100 for seen in rooms.values() for level in seen.room.levels.values())


def test_no_shipped_room_but_a_subject_s_holds_families_of_two_classes(rooms: dict[str, Seen]) -> None:
    of_a, of_b = {"petrov", "ivanov", "petrova", "ivanova"}, {"sidorov", "sidorova"}
    for seen in rooms.values():
        if seen.members & of_a and seen.members & of_b:
            assert seen.room.key.kind == "subject"


def test_every_room_has_a_name_of_its_own_within_its_space(rooms: dict[str, Seen]) -> None:
    assert len(rooms) == len(desire(school()).rooms)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.AIDE, Role.COUNSELOR, Role.PRINCIPAL])
def test_whoever_has_a_staff_role_is_staff(role: Role) -> None:
    rooms = rooms_of(SchoolBuilder().person("a").role("a", role))
    assert rooms["Учительская"].members == {"a"}
    assert rooms["Учительская"].admins == ({"a"} if role is Role.TEACHER else set())


@pytest.mark.parametrize("role", [Role.GUARDIAN, Role.STUDENT])
def test_a_guardian_or_a_student_is_not_staff(role: Role) -> None:
    assert rooms_of(SchoolBuilder().person("a").role("a", role)) == {}


@pytest.mark.parametrize("position", Position)
def test_whoever_holds_any_position_is_staff(position: Position) -> None:
    rooms = rooms_of(SchoolBuilder().person("a").position("a", position))
    assert rooms["Учительская"].members == {"a"}
    administration = position.startswith(("head", "deputy"))
    assert rooms["Учительская"].admins == ({"a"} if administration else set())
    assert rooms["Объявления"].admins == ({"a"} if administration else set())


def test_only_the_chair_leads_an_association_and_only_while_on_the_staff() -> None:
    made = SchoolBuilder().teacher("a").person("b").role("b", Role.STUDENT).person("c")
    made.role("c", Role.TEACHER, Dates(end=None))
    made.association("math", "математики", chair="a", members=["b", "c"])
    assert rooms_of(made)["МО математики"].members == {"a", "c"}
    assert rooms_of(made)["МО математики"].admins == {"a"}
