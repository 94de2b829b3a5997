"""Of whom something is asked, and whose sending counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_botkit import Member, Person
from zvonok_core.ids import RoomId, UserId
from zvonok_file_collector.collection import Group, Whom
from zvonok_file_collector.duties import (
    Duty,
    duties,
    read_group,
    read_subgroup,
    sensible,
    split_names,
)


def person(name: str) -> Person:
    return Person(UserId(f"@{name}:s"), f"{name} Имя Отчество, кто-то")


def member(
    name: str, *relations: str, joined: bool = True, children: tuple[str, ...] = (), level: int = 0
) -> Member:
    return Member(
        person(name), frozenset(relations), level, joined, tuple(person(child) for child in children)
    )


CLASS = (
    member("Белова", "student"),
    member("Ёлкина", "student", joined=False),
    member("Жуков", "student"),
    member("Смирнова", "homeroom", "teacher", level=100),
)
FAMILIES = (
    member("Белов", "guardian", children=("Белова",)),
    member("Белова-мама", "guardian", children=("Белова",), joined=False),
    member("Жукова", "guardian", children=("Жуков", "Жукова-дочь")),
    member("Смирнова", "homeroom", "guardian", children=("Смирнов",), level=100),
    member("Никто", "guardian"),
)
TEACHER = UserId("@Смирнова:s")


def asked(found: tuple[Duty, ...]) -> list[str]:
    return [duty.subject.user[1:-2] for duty in found]


def test_a_class_is_asked_by_family_name_and_its_teacher_is_not() -> None:
    found = duties(reversed(CLASS), Whom(Group.STUDENTS), TEACHER)
    assert asked(found) == ["Белова", "Ёлкина", "Жуков"]
    assert [bool(duty.reached) for duty in found] == [True, False, True]
    assert found[0].able == (UserId("@Белова:s"),)


def test_of_a_child_s_guardians_one_is_enough() -> None:
    found = duties(FAMILIES, Whom(Group.GUARDIANS), UserId("@кто-то:s"))
    assert asked(found) == ["Белова", "Жуков", "Жукова-дочь", "Никто", "Смирнов"]
    assert found[0].able == (UserId("@Белов:s"), UserId("@Белова-мама:s"))
    assert found[0].reached == (UserId("@Белов:s"),)
    assert found[3].able == (UserId("@Никто:s"),), "of whom no child is known"
    assert found[4].able == (TEACHER,), "a teacher who is a parent is asked as a parent"


def test_some_are_asked_by_name_or_by_subgroup() -> None:
    some = Whom(Group.STUDENTS, people=(UserId("@Жуков:s"), UserId("@gone:s")))
    assert asked(duties(CLASS, some, TEACHER)) == ["Жуков"]
    group = Whom(Group.STUDENTS, subgroup=RoomId("!group"))
    members = {UserId("@Белова:s"), UserId("@Жуков:s"), UserId("@чужой:s")}
    assert asked(duties(CLASS, group, TEACHER, members)) == ["Белова", "Жуков"]
    assert duties(CLASS, group, TEACHER, set()) == ()


def test_a_room_is_for_its_students_else_for_its_parents_else_for_all() -> None:
    assert sensible((*CLASS, *FAMILIES)) is Group.STUDENTS
    assert sensible(FAMILIES) is Group.GUARDIANS
    staff = (member("Завуч", "administration"), member("Смирнова", "teacher"))
    assert sensible(staff) is Group.EVERYBODY
    assert asked(duties(staff, Whom(Group.EVERYBODY), TEACHER)) == ["Завуч"]


def test_without_a_directory_those_who_lead_the_room_are_not_asked() -> None:
    members = (member("a"), member("b", level=50), member("c", level=0))
    assert asked(duties(members, Whom(Group.STUDENTS), UserId("@b:s"))) == ["a", "c"]
    assert asked(duties(members, Whom(Group.GUARDIANS), UserId("@b:s"))) == []


@pytest.mark.parametrize(
    ("words", "group"),
    [
        ("ученики", Group.STUDENTS),
        ("учеников", Group.STUDENTS),
        ("ребята", Group.STUDENTS),
        ("всех учеников", Group.STUDENTS),
        ("всего класса", Group.STUDENTS),
        ("Родители", Group.GUARDIANS),
        ("мамы и папы", Group.GUARDIANS),
        ("все родители", Group.GUARDIANS),
        ("parents", Group.GUARDIANS),
        ("все", Group.EVERYBODY),
        ("всех", Group.EVERYBODY),
        ("everybody", Group.EVERYBODY),
        ("Петров", None),
        ("Детков", None),
        ("группа 2", None),
    ],
)
def test_groups_are_called_as_people_call_them(words: str, group: Group | None) -> None:
    assert read_group(words) is group


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("группа 2", "2"),
        ("группы 2", "2"),
        ("подгруппы №1", "№1"),
        ("2 группа", "2"),
        ("1-я подгруппа", "1"),
        ("group 2", "2"),
        ("группа Ивановой", "ивановой"),
        ("Петров", None),
    ],
)
def test_subgroups_are_called_as_people_call_them(words: str, label: str | None) -> None:
    assert read_subgroup(words) == label


def test_several_names_are_parted_as_people_part_them() -> None:
    assert split_names("Петров, Сидорова Маша и Белов; Ким") == ["Петров", "Сидорова Маша", "Белов", "Ким"]


MEMBERS = st.lists(
    st.builds(
        member,
        st.sampled_from("абвгд"),
        st.sampled_from(["student", "guardian", "teacher", "homeroom"]),
        joined=st.booleans(),
        children=st.lists(st.sampled_from("абежз"), max_size=3, unique=True).map(tuple),
    ),
    max_size=6,
    unique_by=lambda one: one.person.user,
)


@given(MEMBERS, st.sampled_from(list(Group)), st.sampled_from("абв"))
def test_nobody_is_asked_twice_and_whoever_is_reached_is_able(
    members: list[Member], group: Group, author: str
) -> None:
    found = duties(members, Whom(group), person(author).user)
    assert len({duty.subject.user for duty in found}) == len(found)
    for duty in found:
        assert duty.able and set(duty.reached) <= set(duty.able)
        assert set(duty.able) <= {one.person.user for one in members}
