"""`why`: the chain of rows that puts a person into a room, or the nearest reason why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import DAY, ENGLISH, SchoolBuilder, circumstances, picture_of, shipped, small_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.any_school import Case, cases

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.explain import Grounds, Why, why, with_origin
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.ids import ClassId, PersonId, SchoolId, SubgroupId, SubjectId
from zvonok_core.roles import Position, Role

AUTUMN = Dates(date(2026, 9, 1), date(2027, 6, 1))
OVER = Dates(None, date(2026, 9, 1))
TO_COME = Dates(date(2026, 11, 1), None)
ALGEBRA = LoadKey(SubjectId("Алгебра"), ClassId("7А"), SubgroupId(""))


def key_of(picture: Picture, name: str) -> RoomKey:
    return next(key for key, room in picture.desired.rooms.items() if room.name == name)


def said(found: Why) -> list[str]:
    return [str(with_origin(link)) for link in found.links]


def asked(school: SchoolBuilder, person: str, room: str, **given: object) -> Why:
    picture = picture_of(school.snapshot(), **given)
    return why(picture.today, picture.templates, key_of(picture, room), PersonId(person), picture.given)


def school_with() -> SchoolBuilder:
    """A class with a head, and one student with a parent."""
    school = SchoolBuilder().klass("7А").klass("7Б")
    school.teacher("belova", "Белова Ольга").homeroom("belova", "7А")
    return school.student("zhuk", "Жук Лев", "7А").guardian("zhuka", "Жук Анна", of="zhuk")


# ---------------------------------------------------------------- due


def test_a_student_by_the_class() -> None:
    school = school_with().student("petrov", "Петров Иван", "7А", AUTUMN)
    found = asked(school, "petrov", "7А. Класс")
    assert (found.due, found.level) == (True, 0)
    assert said(found) == [
        "Петров Иван: student (roles.csv, row 5)",
        "Петров Иван is in the class 7А from 1 September 2026 until 31 May 2027 (enrollments.csv, row 4)",
    ]


def test_what_one_row_says_twice_is_said_once() -> None:
    school = school_with().person("glava", "Глава Анна").role("glava", Role.PRINCIPAL)
    snapshot = school.position("glava", Position.HEAD).snapshot()
    of_the_role = next(row.origin for row in snapshot.roles if row.person == "glava")
    positions = tuple(replace(row, origin=of_the_role) for row in snapshot.positions)
    picture = picture_of(replace(snapshot, positions=positions))
    key = key_of(picture, "Объявления")
    found = why(picture.today, picture.templates, key, PersonId("glava"), picture.given)
    assert said(found) == [f"Глава Анна: head (roles.csv, row {of_the_role.row})"]


def test_a_guardian_by_the_child() -> None:
    found = asked(school_with(), "zhuka", "7А. Родители")
    assert said(found) == [
        "Жук Анна: parent (roles.csv, row 4)",
        "Жук Анна: parent, the child is Жук Лев (guardians.csv, row 2)",
        "Жук Лев is in the class 7А (enrollments.csv, row 3)",
    ]


def test_a_teacher_by_everything_taught_there_and_by_being_the_head() -> None:
    school = small_school().load("belova", "Геометрия", "7А", dates=Dates(date(2026, 9, 1)))
    found = asked(school, "belova", "7А. Общая")
    assert (found.due, found.level) == (True, 100)
    assert said(found) == [
        "Белова Ольга Юрьевна: teacher (roles.csv, row 4)",
        "Белова Ольга Юрьевна teaches “Алгебра” in 7А (loads.csv, row 2)",
        "Белова Ольга Юрьевна teaches “Геометрия” in 7А from 1 September 2026 (loads.csv, row 6)",
        "Белова Ольга Юрьевна is the class head of 7А (enrollments.csv, row 2)",
    ]


def test_a_teacher_of_a_subgroup_of_two_classes() -> None:
    found = asked(small_school(), "frolov", "7А. Общая")
    assert said(found)[1:] == [
        "Фролов Олег Ильич teaches “Немецкий язык” in the subgroup “7А+7Б, группа 1” (loads.csv, row 5)"
    ]


def test_a_student_of_a_subgroup() -> None:
    german = LoadKey(SubjectId("Немецкий язык"), ClassId(""), SubgroupId("de"))
    found = asked(small_school(), "petrov", "7А+7Б. Немецкий язык, группа 1", lessons=[german])
    assert (
        said(found)[-1]
        == "Петров Иван Сергеевич is in the subgroup “7А+7Б, группа 1” (enrollments.csv, row 9)"
    )


def test_a_position_an_association_and_its_chair() -> None:
    head = asked(small_school(), "orlov", "Расписание")
    assert (head.level, said(head)[-1]) == (50, "Орлов Пётр Ильич: head (staff.csv, row 2)")
    member = asked(small_school(), "zueva", "МО учителей математики")
    assert said(member)[-1].startswith(
        "Зуева Анна Олеговна is in the association of учителей математики (associations.csv"
    )
    chair = asked(small_school(), "belova", "МО учителей математики")
    assert chair.level == 100
    assert "chairs the association of учителей математики" in said(chair)[-1]


def test_a_position_alone_is_ground_enough() -> None:
    school = small_school().person("nurse", "Котова Яна").position("nurse", Position.NURSE)
    assert said(asked(school, "nurse", "Объявления")) == ["Котова Яна: nurse (staff.csv, row 4)"]
    headed = school.homeroom("nurse", "7Б")
    assert said(asked(headed, "nurse", "7Б. Класс"))[0] == "Котова Яна: nurse (staff.csv, row 4)"


def test_who_has_vanished_is_due_for_the_grace_and_locked() -> None:
    school = small_school().vanish("petrov", date(2026, 9, 20))
    found = asked(school, "petrov", "7А. Класс")
    assert (found.due, found.level) == (True, 0)
    assert said(found)[-1] == (
        "Петров Иван Сергеевич: missing from the journal since 20 September 2026;"
        " locked, and kept until 19 October 2026"
    )


def test_who_has_no_account_or_a_locked_one_is_told_so() -> None:
    unlinked = asked(small_school(), "petrov", "7А. Класс", linked=[])
    assert unlinked.due
    assert said(unlinked)[-1] == (
        "Петров Иван Сергеевич: has not activated the account yet, and comes in then"
    )
    locked = asked(small_school(), "petrov", "7А. Класс", locked=["petrov"])
    assert said(locked)[-1] == "Петров Иван Сергеевич: locked by an operator"


# ---------------------------------------------------------------- not due


def test_dates_that_have_ended() -> None:
    school = school_with().student("petrov", "Петров Иван", "7А", OVER)
    found = asked(school, "petrov", "7А. Класс")
    assert not found.due
    assert said(found)[-1] == (
        "Петров Иван is in the class 7А, but only until 31 August 2026 (enrollments.csv, row 4)"
    )


def test_dates_that_have_not_begun() -> None:
    school = school_with().student("petrov", "Петров Иван", "7А", TO_COME)
    assert said(asked(school, "petrov", "7А. Класс"))[-1] == (
        "Петров Иван is in the class 7А, but only from 1 November 2026 (enrollments.csv, row 4)"
    )


def test_a_child_whose_dates_have_ended() -> None:
    school = school_with().student("petrov", "Петров Иван", "7А", OVER)
    school.guardian("petrova", "Петрова Нина", of="petrov")
    found = asked(school, "petrova", "7А. Родители")
    assert said(found)[1:] == [
        "Петрова Нина: parent, the child is Петров Иван (guardians.csv, row 3)",
        "Петров Иван is in the class 7А, but only until 31 August 2026 (enrollments.csv, row 4)",
    ]


def test_a_role_that_is_over_under_a_row_that_is_open() -> None:
    school = school_with().person("old", "Старов Глеб").role("old", Role.TEACHER, OVER)
    school.load("old", "Физика", "7А")
    assert said(asked(school, "old", "7А. Общая")) == [
        "Старов Глеб: teacher, but only until 31 August 2026 (roles.csv, row 5)",
        "Старов Глеб teaches “Физика” in 7А (loads.csv, row 2)",
    ]


def test_a_child_whose_role_is_over() -> None:
    school = school_with().person("petrov", "Петров Иван").role("petrov", Role.STUDENT, OVER)
    school.enrol("petrov", "7А").guardian("petrova", "Петрова Нина", of="petrov")
    assert said(asked(school, "petrova", "7А. Родители"))[-1] == (
        "Петров Иван: student, but only until 31 August 2026 (roles.csv, row 5)"
    )


def test_restricted_rights() -> None:
    found = asked(small_school(), "chuzhoi", "7А. Родители")
    assert not found.due
    assert said(found)[1] == (
        "Чужой Фёдор Ильич: parent, the child is Петров Иван Сергеевич,"
        " but with restricted rights (guardians.csv, row 6)"
    )


def test_the_nearest_of_several_reasons_is_told() -> None:
    school = school_with().person("old", "Старов Глеб").role("old", Role.TEACHER)
    school.role("old", Role.GUARDIAN, OVER).guardian("old", of="zhuk", dates=OVER)
    school.load("old", "Физика", "7А", dates=OVER)
    assert said(asked(school, "old", "7А. Общая"))[-1] == (
        "Старов Глеб teaches “Физика” in 7А, but only until 31 August 2026 (loads.csv, row 2)"
    )


def test_who_is_switched_off() -> None:
    found = asked(small_school().disable("petrov"), "petrov", "7А. Класс")
    assert not found.due
    assert said(found) == [
        "Петров Иван Сергеевич: switched off in the journal, and so in no room (users.csv, row 6)"
    ]


def test_a_student_without_a_class() -> None:
    school = school_with().student("petrov", "Петров Иван")
    assert said(asked(school, "petrov", "7А. Класс")) == [
        "Петров Иван: student (roles.csv, row 5)",
        "Петров Иван: no class today",
        "By the journal Петров Иван does not belong in this room",
    ]


def test_who_belongs_elsewhere_is_told_where() -> None:
    found = asked(small_school(), "sidorova", "7А. Родители")
    assert said(found)[-3:] == [
        "Сидорова Вера Ивановна: parent, the child is Сидоров Глеб Ильич (guardians.csv, row 4)",
        "Сидоров Глеб Ильич is in the class 7Б (enrollments.csv, row 7)",
        "By the journal Сидорова Вера Ивановна does not belong in this room",
    ]
    deputy = asked(small_school(), "zueva", "7А. Родители")
    assert "Зуева Анна Олеговна: deputy head for studies (staff.csv, row 3)" in said(deputy)


def test_a_subject_room_before_the_first_lesson_and_after() -> None:
    picture = picture_of(small_school().snapshot())
    key = RoomKey("subject", SchoolId("school"), class_=ClassId("7А"), subject=SubjectId("Алгебра"))
    closed = Grounds(picture.today, shipped(), picture.given).why(key, PersonId("petrov"))
    assert not closed.due
    assert said(closed)[-2:] == [
        "Петров Иван Сергеевич is in the class 7А (enrollments.csv, row 4)",
        "The room opens with the first video lesson",
    ]
    stranger = Grounds(picture.today, shipped(), picture.given).why(key, PersonId("sidorov"))
    assert said(stranger)[-1].startswith("By the journal")
    opened = circumstances(picture.today.snapshot, lessons=[ALGEBRA])
    assert why(picture.today, shipped(), key, PersonId("petrov"), opened).due
    kept = circumstances(picture.today.snapshot, existing=[key])
    assert why(picture.today, shipped(), key, PersonId("petrov"), kept).due


def test_a_subject_that_nobody_teaches_any_more() -> None:
    school = small_school()
    school.loads = [replace(row, dates=OVER) for row in school.loads]
    today = school.today()
    key = RoomKey("subject", SchoolId("school"), class_=ClassId("7А"), subject=SubjectId("Алгебра"))
    found = why(today, shipped(), key, PersonId("petrov"), circumstances(today.snapshot, existing=[key]))
    assert said(found) == [
        "Белова Ольга Юрьевна teaches “Алгебра” in 7А, but only until 31 August 2026 (loads.csv, row 2)",
        "Nobody teaches “Алгебра” in 7А today",
    ]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (RoomKey("chess", SchoolId("school")), "The configuration has no rooms of the kind “chess”"),
        (
            RoomKey("class", SchoolId("school"), class_=ClassId("11Я")),
            "The journal no longer has what this room is for",
        ),
        (
            RoomKey("subject", SchoolId("school"), class_=ClassId("7А"), subject=SubjectId("Магия")),
            "The journal no longer has what this room is for",
        ),
    ],
)
def test_a_room_that_stands_on_nothing(key: RoomKey, sentence: str) -> None:
    today = small_school().today()
    found = why(today, shipped(), key, PersonId("petrov"), circumstances(today.snapshot, existing=[key]))
    assert (found.due, said(found)) == (False, [sentence])
    assert Grounds(today, shipped(), circumstances(today.snapshot)).nearest(key, PersonId("petrov")) == ()


def test_somebody_whom_the_journal_does_not_know() -> None:
    assert said(asked(small_school(), "nobody", "Учительская")) == ["This person is not in the journal"]


# ---------------------------------------------------------------- whatever the school


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), st.data())
def test_why_agrees_with_what_is_desired(case: Case, data: st.DataObject) -> None:
    grounds = Grounds(Today(case.snapshot, DAY), case.templates, case.given)
    for key, room in case.desired.rooms.items():
        found = {person: grounds.why(key, person) for person in case.snapshot.people}
        accounts = case.given.accounts
        due = {accounts[p].user for p, w in found.items() if w.due and p in accounts and accounts[p].linked}
        assert due | (room.members & case.given.bots) == room.members
        levels = {accounts[p].user: w.level for p, w in found.items() if w.level and p in accounts}
        assert levels == {user: level for user, level in room.levels.items() if user not in case.given.bots}
        assert all(w.links for w in found.values())
    unmade = set(case.given.existing) - set(case.desired.rooms)
    for key in unmade:
        assert not any(grounds.why(key, person).due for person in case.snapshot.people)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_every_link_is_a_row_of_the_journal_and_can_be_said(case: Case) -> None:
    snapshot = case.snapshot
    origins = {
        row.origin
        for table in (
            snapshot.people.values(),
            snapshot.roles,
            snapshot.positions,
            snapshot.class_enrolments,
            snapshot.subgroup_enrolments,
            snapshot.guardianships,
            snapshot.loads,
            snapshot.homerooms,
            snapshot.association_members,
        )
        for row in table
    }
    grounds = Grounds(Today(snapshot, DAY), case.templates, case.given)
    for key in {*case.desired.rooms, *case.actual.rooms}:
        for person in snapshot.people:
            for link in grounds.why(key, person).links:
                assert link.origin is None or link.origin in origins
                assert "{" not in ENGLISH.say(with_origin(link), "en")
