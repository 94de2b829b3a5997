"""The rules of membership, one by one, each on a school small enough to see through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BOT, DAY, ENGLISH, SCHOOL, SchoolBuilder, circumstances, shipped, user
from support.rooms import account_of, desire, rooms_of

from zvonok_appservice.config import shipped_rooms
from zvonok_appservice.reconcile.desired import FORMER, desired_state
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.templates import templates
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.ids import ClassId, SubgroupId, SubjectId
from zvonok_core.roles import Level, Position, Role

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
OVER, NOT_YET = Dates(end=DAY), Dates(begin=TOMORROW)


def family() -> SchoolBuilder:
    """7А with its head, a student and a mother."""
    made = SchoolBuilder().klass("7А").klass("7Б").teacher("belova").homeroom("belova", "7А")
    return made.student("petrov", klass="7А").guardian("petrova", of="petrov")


# ---------------------------------------------------------------- one person


def test_a_teacher_who_is_a_parent_is_in_the_staff_room_and_in_the_childs_class() -> None:
    rooms = rooms_of(family().teacher("frolov").guardian("frolov", of="petrov"))
    assert rooms["Учительская"].levels["frolov"] == 100
    assert "frolov" in rooms["7А. Родители"].members
    assert "frolov" not in rooms["7А. Родители"].levels
    assert "frolov" not in rooms["7А. Класс"].members


def test_where_two_roles_reach_one_room_the_higher_level_counts() -> None:
    rooms = rooms_of(family().guardian("belova", of="petrov"))
    assert rooms["7А. Родители"].levels["belova"] == 100
    assert rooms["7А. Общая"].levels["belova"] == 100


def test_the_head_who_is_a_deputy_for_studies_too_leads_the_timetable() -> None:
    made = SchoolBuilder().person("a").position("a", Position.HEAD).position("a", Position.DEPUTY_STUDIES)
    assert rooms_of(made)["Расписание"].levels == {"a": 100}


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("dates", "holds"),
    [
        (Dates(), True),
        (Dates(begin=DAY), True),
        (Dates(begin=TOMORROW), False),
        (Dates(end=TOMORROW), True),
        (Dates(end=DAY), False),
        (Dates(YESTERDAY, DAY), False),
        (Dates(DAY, TOMORROW), True),
    ],
)
def test_the_day_of_beginning_counts_and_the_day_of_ending_does_not(dates: Dates, holds: bool) -> None:
    assert dates.hold(DAY) is holds
    of_role = rooms_of(SchoolBuilder().teacher("a", dates=dates))
    of_position = rooms_of(SchoolBuilder().person("a").position("a", Position.NURSE, dates))
    assert ("Учительская" in of_role) is ("Учительская" in of_position) is holds
    made = family().teacher("zueva").homeroom("zueva", "7А", dates).student("ivanov", klass="7А", dates=dates)
    made.guardian("ivanova", of="petrov", dates=dates).load("zueva", "Алгебра", "7А", dates=dates)
    made.subgroup("g", classes=["7А"], students=()).in_subgroup("petrov", "g", dates)
    made.teacher("frolov").load("frolov", "Физика", subgroup="g")
    rooms = rooms_of(made)
    assert ("zueva" in rooms["7А. Класс"].admins) is holds
    assert ("ivanov" in rooms["7А. Класс"].members) is holds
    assert ("ivanova" in rooms["7А. Родители"].members) is holds
    assert ("7А. Алгебра" in rooms) is holds
    assert ("petrov" in rooms["7А. Физика"].members) is holds
    assert ("frolov" in rooms["7А. Общая"].members) is holds


def test_a_member_of_an_association_is_one_between_the_dates_only() -> None:
    made = SchoolBuilder().teacher("a").teacher("b").association("math", "математики", members=["a", "b"])
    row = made.association_members[1]
    made.association_members[1] = type(row)(row.person, row.association, False, OVER, row.origin)
    assert rooms_of(made)["МО математики"].members == {"a"}


def test_a_substitute_has_the_room_for_a_time_and_the_person_on_leave_keeps_it() -> None:
    made = family().teacher("zueva").load("belova", "Алгебра", "7А")
    made.load("zueva", "Алгебра", "7А", dates=Dates(DAY, TOMORROW))
    assert rooms_of(made)["7А. Алгебра"].admins == {"belova", "zueva"}
    assert rooms_of(made, TOMORROW)["7А. Алгебра"].admins == {"belova"}
    assert rooms_of(made, YESTERDAY)["7А. Алгебра"].admins == {"belova"}


# ---------------------------------------------------------------- guardians


def test_a_guardian_with_restricted_rights_counts_for_no_room_through_that_child() -> None:
    made = family().guardian("otets", of="petrov", restricted=True)
    assert not any("otets" in room.members for room in rooms_of(made).values())
    assert account_of(made, "otets").locked


def test_a_restriction_outweighs_another_row_of_the_same_two_people_while_it_holds() -> None:
    made = family().guardian("petrova", of="petrov", restricted=True, dates=Dates(begin=DAY))
    assert "petrova" not in rooms_of(made)["7А. Общая"].members
    assert "petrova" in rooms_of(made, YESTERDAY)["7А. Общая"].members


def test_a_guardian_restricted_to_one_child_still_counts_through_another() -> None:
    made = family().student("petrova2", klass="7Б").guardian("otets", of="petrov", restricted=True)
    made.guardian("otets", of="petrova2")
    rooms = rooms_of(made)
    assert "otets" in rooms["7Б. Родители"].members
    assert "otets" not in rooms["7А. Родители"].members


def test_a_guardian_stays_in_the_class_while_one_child_of_two_is_there() -> None:
    made = family().student("vera", klass="7А").guardian("petrova", of="vera").move("petrov", "7Б", DAY)
    rooms = rooms_of(made)
    assert "petrova" in rooms["7А. Родители"].members
    assert "petrova" in rooms["7Б. Родители"].members
    made.move("vera", "7Б", DAY)
    assert "petrova" not in rooms_of(made)["7А. Родители"].members


def test_a_guardian_row_gives_nothing_without_the_role_of_guardian_or_of_student() -> None:
    no_guardian = SchoolBuilder().klass("7А").student("petrov", klass="7А").person("petrova")
    no_guardian.role("petrova", Role.GUARDIAN, OVER).guardian("petrova", of="petrov")
    assert "7А. Родители" not in rooms_of(no_guardian)
    no_student = SchoolBuilder().klass("7А").person("petrov").role("petrov", Role.STUDENT, OVER)
    no_student.enrol("petrov", "7А").guardian("petrova", of="petrov")
    assert rooms_of(no_student) == {}
    assert account_of(no_student, "petrova").locked


# ---------------------------------------------------------------- rows without a role


def test_two_class_heads_at_a_time_are_both_heads() -> None:
    rooms = rooms_of(family().teacher("zueva").homeroom("zueva", "7А"))
    assert rooms["7А. Класс"].admins == {"belova", "zueva"}


def test_rows_give_nothing_once_the_role_under_them_is_over() -> None:
    made = family().person("byvshiy").role("byvshiy", Role.TEACHER, OVER)
    made.homeroom("byvshiy", "7А").load("byvshiy", "Алгебра", "7А")
    made.association("math", "математики", chair="byvshiy")
    rooms = rooms_of(made)
    assert not any("byvshiy" in room.members for room in rooms.values())
    assert rooms["7А. Алгебра"].room.write_level == Level.MODERATOR, "the students wait for a teacher"
    assert "МО математики" not in rooms
    assert account_of(made, "byvshiy").locked


def test_a_load_gives_its_room_to_any_staff_who_have_it() -> None:
    made = family().person("psy").position("psy", Position.PSYCHOLOGIST).load("psy", "Разговоры", "7А")
    rooms = rooms_of(made)
    assert rooms["7А. Разговоры"].admins == {"psy"}
    assert "psy" in rooms["7А. Общая"].members
    assert rooms["7А. Общая"].levels.get("psy", 0) == 0


def test_a_teacher_of_a_subgroup_is_a_teacher_of_the_classes_of_its_students_only() -> None:
    made = family().klass("7В").student("ivanov", klass="7Б").teacher("frolov")
    made.subgroup("de", classes=["7А", "7Б", "7В"], students=["petrov", "ivanov"])
    rooms = rooms_of(made.load("frolov", "Немецкий язык", subgroup="de"))
    assert "frolov" in rooms["(7А)"].members
    assert "frolov" in rooms["7Б. Общая"].members
    assert "(7В)" not in rooms


def test_a_disabled_person_is_locked_and_due_nowhere_but_counts_for_guardians() -> None:
    made = family().disable("petrov")
    rooms = rooms_of(made)
    assert not any("petrov" in room.members for room in rooms.values())
    assert account_of(made, "petrov").locked
    assert "petrova" in rooms["7А. Родители"].members
    assert not account_of(made, "petrova").locked


def test_a_student_without_a_class_is_in_no_room_and_is_not_locked() -> None:
    made = SchoolBuilder().klass("7А").student("novyi").teacher("frolov").guardian("mama", of="novyi")
    made.subgroup("g", classes=["7А"], students=["novyi"]).load("frolov", "Физика", subgroup="g")
    rooms = rooms_of(made)
    assert not any({"novyi", "mama"} & room.members for room in rooms.values())
    assert "(7А)" not in rooms
    assert not account_of(made, "novyi").locked
    assert not account_of(made, "mama").locked


# ---------------------------------------------------------------- made and kept


def test_a_room_is_made_when_somebody_is_due_in_it() -> None:
    made = SchoolBuilder().klass("7А").klass("7Б").student("petrov", klass="7А")
    assert {"7А. Класс", "(7А)"} <= rooms_of(made).keys()
    assert "7А. Родители" not in rooms_of(made)
    assert not any(name.startswith("7Б") for name in rooms_of(made))
    assert "Учительская" not in rooms_of(made)


def test_somebody_due_who_has_no_account_yet_is_enough_to_make_a_room() -> None:
    rooms = rooms_of(SchoolBuilder().klass("7А").student("petrov", klass="7А"), linked=[])
    assert rooms["7А. Класс"].members == frozenset()


def test_a_class_s_rooms_are_kept_while_the_journal_lists_the_class() -> None:
    key = RoomKey("class", SCHOOL, ClassId("7А"))
    assert rooms_of(SchoolBuilder().klass("7А"), existing=[key])["7А. Класс"].members == frozenset()
    assert rooms_of(SchoolBuilder().klass("7Б"), existing=[key]) == {}


def test_no_other_room_is_kept_when_nobody_is_due() -> None:
    keys = [
        RoomKey("staff_room", SCHOOL),
        RoomKey("subject", SCHOOL, ClassId("7А"), SubjectId("Алгебра")),
    ]
    assert rooms_of(SchoolBuilder().klass("7А"), existing=keys) == {}


def test_a_room_of_students_without_staff_is_read_only_until_there_is() -> None:
    made = SchoolBuilder().klass("7А").student("petrov", klass="7А").guardian("petrova", of="petrov")
    for name in ("7А. Класс", "7А. Общая"):
        assert rooms_of(made)[name].read_only
    assert not rooms_of(made)["7А. Родители"].read_only
    made.teacher("belova").homeroom("belova", "7А")
    for name in ("7А. Класс", "7А. Общая"):
        assert not rooms_of(made)[name].read_only


def test_staff_who_are_vanished_or_disabled_do_not_open_a_room_of_students() -> None:
    assert rooms_of(family().vanish("belova"))["7А. Класс"].read_only
    assert rooms_of(family().disable("belova"))["7А. Класс"].read_only
    assert not rooms_of(family().teacher("b").homeroom("b", "7А").vanish("b"))["7А. Класс"].read_only


def test_a_subject_room_is_made_at_the_first_lesson() -> None:
    made = family().load("belova", "Алгебра", "7А").load("belova", "Физика", "7А")
    lesson = LoadKey(SubjectId("Алгебра"), ClassId("7А"), SubgroupId(""))
    rooms = rooms_of(made, lessons={lesson})
    assert "7А. Алгебра" in rooms
    assert "7А. Физика" not in rooms


def test_a_subject_room_that_exists_needs_no_further_lesson() -> None:
    made = family().load("belova", "Алгебра", "7А")
    key = RoomKey("subject", SCHOOL, ClassId("7А"), SubjectId("Алгебра"))
    assert "7А. Алгебра" in rooms_of(made, lessons=(), existing=[key])


def test_a_template_may_make_subject_rooms_at_once() -> None:
    chosen = templates(shipped_rooms(), {"subject": {"create": "at_once"}})
    made = family().load("belova", "Алгебра", "7А")
    assert "7А. Алгебра" in rooms_of(made, lessons=(), templates=chosen)


def test_a_room_hangs_in_no_space_that_is_not_made() -> None:
    chosen = templates(shipped_rooms(), {"class_space": {"members": ["guardians(class)"]}})
    made = SchoolBuilder().klass("7А").student("petrov", klass="7А").teacher("b").homeroom("b", "7А")
    assert rooms_of(made, templates=chosen)["7А. Класс"].spaces == ()


# ---------------------------------------------------------------- names


def test_a_class_is_shown_as_the_journal_names_it_and_keeps_its_key() -> None:
    made = SchoolBuilder().klass("7А", id="c1").student("petrov", klass="c1")
    before = {room.room.key for room in rooms_of(made).values()}
    after = rooms_of(made.klass("8А", id="c1"))
    assert "8А. Класс" in after
    assert {room.room.key for room in after.values()} == before


def test_a_room_of_a_subgroup_carries_the_classes_in_the_journals_order_and_the_label() -> None:
    made = SchoolBuilder().klass("9Б").klass("10А").teacher("t").student("p", klass="9Б")
    made.subgroup("g", "группа 2", classes=["10А", "9Б"], students=["p"]).load("t", "Химия", subgroup="g")
    assert "9Б+10А. Химия, группа 2" in rooms_of(made)


def test_a_subgroup_that_names_no_classes_is_called_after_those_of_its_students() -> None:
    made = (
        SchoolBuilder().klass("7А").klass("7Б").teacher("t").student("q", klass="7Б").student("p", klass="7А")
    )
    made.subgroup("g", classes=(), students=["q", "p"]).load("t", "Химия", subgroup="g")
    room = rooms_of(made)["7А+7Б. Химия"]
    assert room.spaces == ("(7А)", "(7Б)")


def test_the_schools_short_name_comes_from_the_config_else_from_the_journal() -> None:
    made = SchoolBuilder("Школа № 5").teacher("t")
    assert "(Школа № 5)" in rooms_of(made)
    known = replace(circumstances(made.snapshot()), short_name="Пятая")
    spaces = [
        room
        for room in desired_state(made.today(), shipped(), known, ENGLISH).rooms.values()
        if room.is_space
    ]
    assert [space.name for space in spaces] == ["Пятая"]


def test_the_state_of_a_room_carries_stable_ids() -> None:
    key = RoomKey("subject", SCHOOL, ClassId("c1"), SubjectId("algebra"))
    made = SchoolBuilder().klass("7А", id="c1").teacher("t").load("t", "algebra", "c1")
    assert key in desire(made).rooms
    assert key.content() == {"kind": "subject", "school": "school", "class": "c1", "subject": "algebra"}
    assert key.content(archived=True)["archived"] is True


# ---------------------------------------------------------------- people's accounts


def test_the_level_of_a_person_who_is_not_linked_stands_already() -> None:
    linked, unlinked = rooms_of(family())["7А. Класс"], rooms_of(family(), linked=[])["7А. Класс"]
    assert unlinked.room.levels == linked.room.levels == {user("belova"): 100, BOT: 50}
    assert unlinked.members == frozenset()
    assert desire(family(), linked=[]).accounts == {}


def test_somebody_without_a_user_name_yet_has_no_level_and_no_account_yet() -> None:
    known = circumstances(family().snapshot())
    named = {person: account for person, account in known.accounts.items() if person != "belova"}
    desired = desired_state(family().today(), shipped(), replace(known, accounts=named), ENGLISH)
    room = desired.rooms[RoomKey("class", SCHOOL, ClassId("7А"))]
    assert room.levels == {BOT: 50}
    assert user("belova") not in desired.accounts


def test_whoever_vanished_is_locked_with_level_0_and_keeps_the_rooms() -> None:
    made = family().vanish("belova")
    rooms = rooms_of(made)
    assert "belova" in rooms["7А. Класс"].members
    assert not any("belova" in room.levels for room in rooms.values())
    assert account_of(made, "belova").locked
    assert not account_of(made, "belova").deactivated


def test_while_a_child_is_in_its_grace_its_guardians_stay_as_they_are() -> None:
    made = family().vanish("petrov")
    assert "petrova" in rooms_of(made)["7А. Родители"].members
    assert not account_of(made, "petrova").locked


def test_who_moves_to_another_class_leaves_the_old_rooms_at_once_guardians_too() -> None:
    made = family().move("petrov", "7Б", DAY)
    rooms = rooms_of(made)
    assert rooms["7А. Класс"].members == {"belova"}
    assert rooms["7Б. Класс"].members == {"petrov"}
    assert rooms["7Б. Родители"].members == {"petrova"}
    assert rooms["7А. Родители"].members == {"belova"}


def test_whoever_nothing_makes_one_of_the_school_is_locked() -> None:
    assert account_of(SchoolBuilder().person("a"), "a").locked
    assert account_of(SchoolBuilder().person("a").role("a", Role.GUARDIAN), "a").locked
    assert not account_of(SchoolBuilder().person("a").role("a", Role.STUDENT), "a").locked
    assert not account_of(SchoolBuilder().person("a").position("a", Position.OTHER), "a").locked


def test_whom_an_operator_locked_stays_locked_and_in_the_rooms() -> None:
    assert account_of(family(), "belova", locked=["belova"]).locked
    assert account_of(family(), "belova", locked=["belova"]).roles == frozenset()
    assert "belova" in rooms_of(family(), locked=["belova"])["7А. Класс"].members


def test_whoever_left_the_roster_for_good_has_a_closed_account_and_no_room() -> None:
    before = Today(family().snapshot(), YESTERDAY)
    made = family().leave("belova")
    account = account_of(made, "belova", before=before)
    assert account.deactivated
    assert account.locked
    assert account.roles == {"staff", "teacher"}
    assert not any("belova" in room.members for room in rooms_of(made, before=before).values())


def test_the_guard_counts_people_under_the_roles_of_both_rosters() -> None:
    before = Today(family().snapshot(), YESTERDAY)
    assert account_of(family().role("petrova", Role.AIDE), "petrova", before=before).roles == {
        "guardian",
        "staff",
    }
    assert account_of(family(), "petrov").roles == {"student"}
    assert account_of(SchoolBuilder().person("a"), "a").roles == {FORMER}
