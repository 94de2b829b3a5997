"""Why somebody loses a room, a level or the account: half a sentence each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import DAY, SCHOOL, SchoolBuilder, circumstances, picture_of, shipped, small_school

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.explain import Grounds, lock_reason, removal_reason
from zvonok_appservice.reconcile.explain.losses import level_reason
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.today import Today
from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.ids import ClassId, PersonId, SubgroupId, SubjectId
from zvonok_core.roles import Position, Role

OVER = Dates(None, date(2026, 9, 1))


def key_of(picture: Picture, name: str) -> RoomKey:
    return next(key for key, room in picture.desired.rooms.items() if room.name == name)


GERMAN = RoomKey("subject", SCHOOL, subject=SubjectId("Немецкий язык"), subgroup=SubgroupId("de"))
ALGEBRA = RoomKey("subject", SCHOOL, class_=ClassId("7А"), subject=SubjectId("Алгебра"))


def grounds(school: SchoolBuilder, day: date = DAY) -> Grounds:
    snapshot = school.snapshot()
    return Grounds(Today(snapshot, day), shipped(), circumstances(snapshot, existing=[GERMAN, ALGEBRA]))


def reason(before: SchoolBuilder, now: SchoolBuilder, person: str, room: str | RoomKey) -> str:
    key = key_of(picture_of(before.snapshot()), room) if isinstance(room, str) else room
    return str(removal_reason(grounds(before, DAY - timedelta(days=1)), grounds(now), key, PersonId(person)))


def without(school: SchoolBuilder, table: str, **columns: object) -> SchoolBuilder:
    """The journal without the rows that say so."""
    later = school.later()
    rows = getattr(later, table)
    kept = [row for row in rows if not all(getattr(row, name) == v for name, v in columns.items())]
    assert len(kept) < len(rows), "there is such a row"
    setattr(later, table, kept)
    return later


CHANGES: dict[str, tuple[Callable[[SchoolBuilder], SchoolBuilder], str, str | RoomKey, str]] = {
    "the child moves to another class": (
        lambda s: s.later().move("petrov", "7Б", DAY),
        "petrova",
        "7А. Родители",
        "the child is in 7Б now (enrollments.csv, row 11)",
    ),
    "a student moves to another class": (
        lambda s: s.later().move("petrov", "7Б", DAY),
        "petrov",
        "7А. Класс",
        "now in 7Б (enrollments.csv, row 11)",
    ),
    "a student leaves the class for none": (
        lambda s: without(s, "class_enrolments", student="petrov"),
        "petrov",
        "7А. Класс",
        "no class today",
    ),
    "the child is in no class": (
        lambda s: without(s, "class_enrolments", student="petrov"),
        "petrova",
        "7А. Родители",
        "the child has no class today: Петров Иван Сергеевич",
    ),
    "a student is one no longer": (
        lambda s: without(s, "roles", person="petrov"),
        "petrov",
        "7А. Класс",
        "no longer a student here",
    ),
    "the child is a student no longer": (
        lambda s: without(s, "roles", person="petrov"),
        "petrova",
        "7А. Родители",
        "the child is no longer a student here: Петров Иван Сергеевич",
    ),
    "the child leaves the journal": (
        lambda s: s.later().leave("petrov"),
        "petrova",
        "7А. Родители",
        "the child is no longer a student here: Петров Иван Сергеевич",
    ),
    "the guardianship is gone": (
        lambda s: without(s, "guardianships", guardian="petrova"),
        "petrova",
        "7А. Родители",
        "the journal no longer names the child: Петров Иван Сергеевич",
    ),
    "the rights are restricted": (
        lambda s: without(s, "guardianships", guardian="petrova").guardian(
            "petrova", of="petrov", restricted=True
        ),
        "petrova",
        "7А. Родители",
        "rights to the child are restricted: Петров Иван Сергеевич (guardians.csv, row 7)",
    ),
    "a student leaves the subgroup": (
        lambda s: without(s, "subgroup_enrolments", student="petrov"),
        "petrov",
        GERMAN,
        "no longer in the subgroup",
    ),
    "a load goes to somebody else": (
        lambda s: without(s, "loads", teacher="frolov").load("zueva", "Немецкий язык", subgroup="de"),
        "frolov",
        GERMAN,
        "no longer teaches “Немецкий язык” in the subgroup “7А+7Б, группа 1”",
    ),
    "a load is over and nobody has it": (
        lambda s: without(s, "loads", teacher="frolov"),
        "frolov",
        GERMAN,
        "nobody teaches “Немецкий язык” in the subgroup “7А+7Б, группа 1” today",
    ),
    "a class is taught no longer": (
        lambda s: without(s, "loads", teacher="frolov"),
        "frolov",
        "7А. Общая",
        "no longer teaches “Немецкий язык” in the subgroup “7А+7Б, группа 1”",
    ),
    "nobody of the class is in the subgroup": (
        lambda s: without(s, "subgroup_enrolments", student="petrov"),
        "frolov",
        "7А. Общая",
        "no student of the class is in it any more: “Немецкий язык” in the subgroup “7А+7Б, группа 1”",
    ),
    "another class head": (
        lambda s: without(s, "homerooms", teacher="frolov").homeroom("zueva", "7Б"),
        "frolov",
        "7Б. Класс",
        "no longer the class head of 7Б",
    ),
    "a class head is dismissed": (
        lambda s: without(s, "roles", person="frolov"),
        "frolov",
        "7Б. Класс",
        "no longer works at the school",
    ),
    "a teacher is dismissed": (
        lambda s: without(s, "roles", person="frolov"),
        "frolov",
        "Учительская",
        "no longer works at the school",
    ),
    "a deputy is one no longer": (
        lambda s: without(s, "positions", person="zueva"),
        "zueva",
        "7Б. Общая",
        "no longer holds the position: deputy head for studies",
    ),
    "a member leaves the association": (
        lambda s: without(s, "association_members", person="zueva"),
        "zueva",
        "МО учителей математики",
        "no longer in the association of учителей математики",
    ),
    "the association is gone": (
        lambda s: _without_association(s),
        "zueva",
        "МО учителей математики",
        "the journal no longer has what this room is for",
    ),
    "the class is gone": (
        lambda s: _without_class(s),
        "belova",
        ALGEBRA,
        "the journal no longer has what this room is for",
    ),
    "the person has left": (
        lambda s: s.later().leave("petrov"),
        "petrov",
        "7А. Класс",
        "no longer in the journal, and the time of grace is over",
    ),
    "the person is switched off": (
        lambda s: s.later().disable("petrov"),
        "petrov",
        "7А. Класс",
        "switched off in the journal (users.csv, row 6)",
    ),
    "nobody ever put them here": (
        lambda s: s.later(),
        "sidorov",
        "7А. Класс",
        "nothing in the journal is a reason to be here",
    ),
}


def _without_association(school: SchoolBuilder) -> SchoolBuilder:
    later = school.later()
    later.associations.clear()
    later.association_members.clear()
    return later


def _without_class(school: SchoolBuilder) -> SchoolBuilder:
    later = school.later()
    del later.classes[ClassId("7А")]
    later.loads = [row for row in later.loads if row.class_ != "7А"]
    later.class_enrolments = [row for row in later.class_enrolments if row.class_ != "7А"]
    later.homerooms = [row for row in later.homerooms if row.class_ != "7А"]
    later.subgroups.clear()
    later.subgroup_enrolments.clear()
    later.loads = [row for row in later.loads if row.subgroup is None]
    return later


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_why_somebody_is_taken_out(
    change: tuple[Callable[[SchoolBuilder], SchoolBuilder], str, str | RoomKey, str],
) -> None:
    later, person, room, expected = change
    school = small_school()
    assert reason(school, later(school), person, room) == expected


@pytest.mark.parametrize(
    "change", ["the child moves to another class", "a student moves to another class", "another class head"]
)
def test_new_row_numbers_do_not_hide_what_has_changed(change: str) -> None:
    later, person, room, _ = CHANGES[change]
    now = later(small_school())
    shifted = now.later()
    for table in ("class_enrolments", "guardianships", "homerooms"):
        rows = getattr(shifted, table)
        moved = [replace(r, origin=replace(r.origin, row=r.origin.row + 100)) for r in rows]
        setattr(shifted, table, moved)
    told = reason(small_school(), shifted, person, room)
    assert told.partition("(")[0] == reason(small_school(), now, person, room).partition("(")[0]


def test_without_yesterdays_roster_the_dates_of_todays_tell() -> None:
    school = small_school().move("petrov", "7Б", DAY)
    key = key_of(picture_of(school.snapshot()), "7А. Родители")
    told = removal_reason(None, grounds(school), key, PersonId("petrova"))
    assert str(told) == "the child is in 7Б now (enrollments.csv, row 11)"


def test_dates_that_end_are_found_whichever_row_has_them() -> None:
    school = small_school().person("old", "Старов Глеб").role("old", Role.TEACHER, OVER)
    school.load("old", "Физика", "7А").homeroom("old", "7Б")
    now = grounds(school)
    picture = picture_of(school.snapshot())
    for room in ("7А. Общая", "7Б. Класс", "Учительская"):
        told = removal_reason(None, now, key_of(picture, room), PersonId("old"))
        assert str(told) == "no longer works at the school", room


def test_who_has_not_activated_is_taken_out_for_that() -> None:
    snapshot = small_school().snapshot()
    now = Grounds(Today(snapshot, DAY), shipped(), circumstances(snapshot, linked=[]))
    key = key_of(picture_of(snapshot), "7А. Класс")
    assert str(removal_reason(None, now, key, PersonId("petrov"))) == "the account is not activated"


# ---------------------------------------------------------------- levels


def level(before: SchoolBuilder, now: SchoolBuilder, person: str, room: str) -> str:
    key = key_of(picture_of(before.snapshot()), room)
    return str(level_reason(grounds(before), grounds(now), key, PersonId(person)))


def test_a_level_ends_with_what_gave_it() -> None:
    school = small_school()
    later = without(school, "homerooms", teacher="belova")
    assert level(school, later, "belova", "7А. Общая") == "no longer the class head of 7А"
    later = without(school, "positions", person="zueva")
    expected = "no longer holds the position: deputy head for studies"
    assert level(school, later, "zueva", "7А. Общая") == expected
    later = school.later()
    later.association_members = [replace(row, chair=False) for row in later.association_members]
    expected = "no longer chairs the association of учителей математики"
    assert level(school, later, "belova", "МО учителей математики") == expected


def test_a_teacher_who_is_one_no_longer_keeps_the_room_without_the_level() -> None:
    school = small_school().role("frolov", Role.AIDE)
    later = without(school, "roles", person="frolov", role=Role.TEACHER)
    assert level(school, later, "frolov", "Учительская") == "no longer in the journal as a teacher"


def test_who_has_vanished_loses_the_level_for_that() -> None:
    school = small_school()
    later = school.later().vanish("belova", date(2026, 9, 30))
    assert level(school, later, "belova", "7А. Общая") == "missing from the journal since 30 September 2026"


def test_of_several_losses_the_weightiest_is_told() -> None:
    school = small_school()
    later = without(school, "homerooms", teacher="belova")
    later.loads = [row for row in later.loads if row.teacher != "belova"]
    assert reason(school, later, "belova", "7А. Общая") == "no longer the class head of 7А"


@pytest.mark.parametrize(
    ("person", "room"),
    [
        ("petrov", "7А. Класс"),
        ("petrova", "7А. Родители"),
        ("belova", "7Б. Общая"),
        ("belova", "7А. Класс"),
        ("frolov", "7А. Общая"),
        ("orlov", "Классные руководители"),
        ("zueva", "МО учителей математики"),
        ("frolov", "Учительская"),
    ],
)
def test_a_seat_that_is_still_there_is_no_reason(person: str, room: str) -> None:
    school = small_school()
    assert level(school, school, person, room) == "the journal does not give this level"


def test_a_student_still_in_the_subgroup_is_no_reason() -> None:
    now = grounds(small_school())
    told = level_reason(now, now, GERMAN, PersonId("petrov"))
    assert str(told) == "the journal does not give this level"


def test_a_level_that_nobody_gave() -> None:
    school = small_school()
    assert level(school, school, "petrov", "7А. Класс") == "the journal does not give this level"


# ---------------------------------------------------------------- locks


def lock(school: SchoolBuilder, person: str, **given: object) -> str:
    snapshot = school.snapshot()
    now = Grounds(Today(snapshot, DAY), shipped(), circumstances(snapshot, **given))  # type: ignore[arg-type]
    return str(lock_reason(now, PersonId(person)))


def test_why_an_account_is_locked() -> None:
    school = small_school()
    assert lock(school, "petrov", locked=["petrov"]) == "locked by an operator"
    assert lock(school.later().vanish("petrov"), "petrov") == (
        "missing from the journal since 1 October 2026"
    )
    assert lock(school.later().disable("petrov"), "petrov") == (
        "switched off in the journal (users.csv, row 6)"
    )
    assert lock(school.later().leave("petrov"), "petrov").startswith("no longer in the journal")
    restricted = "rights to the child are restricted: Петров Иван Сергеевич (guardians.csv, row 6)"
    assert lock(school, "chuzhoi") == restricted
    childless = without(school, "guardianships", guardian="petrova")
    assert lock(childless, "petrova") == "no child of theirs is a student here now"
    ended = school.later().person("old", "Старов Глеб").role("old", Role.TEACHER, OVER)
    assert lock(ended, "old") == "no role in the school today (roles.csv, row 16)"
    assert lock(school.later().person("nobody"), "nobody") == "no role in the school today"


def test_a_position_that_somebody_else_holds_now() -> None:
    school = small_school()
    later = without(school, "positions", person="orlov").position("zueva", Position.HEAD)
    key = key_of(picture_of(school.snapshot()), "Классные руководители")
    told = removal_reason(grounds(school), grounds(later), key, PersonId("orlov"))
    assert str(told) == "no longer holds the position: head"
