"""The generated school: repeatable, of the promised size, with every special case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.facts import facts

from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.roles import STAFF_ROLES, Position, Role
from zvonok_demo.school import GeneratedSchool, generate, next_year, scaled, small_school
from zvonok_demo.school.people import FATHERS, feminine, masculine

DAY = date(2026, 10, 14)


@pytest.fixture(scope="module", params=["small", "full"])
def school(request: pytest.FixtureRequest) -> GeneratedSchool:
    """A school of each size in turn."""
    return small_school(7, DAY) if request.param == "small" else generate(7, DAY)


@pytest.fixture(scope="module")
def today(school: GeneratedSchool) -> Today:
    """The school on its day."""
    return Today(school.snapshot, school.today)


def count(school: GeneratedSchool, role: Role) -> int:
    return sum(row.role is role for row in school.snapshot.roles)


def staff_of(school: GeneratedSchool) -> set[str]:
    return {row.person for row in school.snapshot.roles if row.role in STAFF_ROLES}


def test_the_same_seed_makes_the_same_school_and_another_seed_another() -> None:
    assert generate(3, DAY) == generate(3, DAY)
    assert generate(3, DAY).snapshot.people != generate(4, DAY).snapshot.people


def test_the_full_school_has_eleven_grades_and_the_promised_size() -> None:
    school = generate(1, DAY)
    assert {class_.grade for class_ in school.snapshot.classes.values()} == set(range(1, 12))
    assert len(school.snapshot.classes) == 28
    assert 680 <= count(school, Role.STUDENT) <= 720
    assert 1050 <= count(school, Role.GUARDIAN) <= 1150
    assert len(staff_of(school)) == 60


def test_the_small_school_has_three_classes_and_about_a_hundred_people() -> None:
    school = small_school(1, DAY)
    assert [class_.title for class_ in school.snapshot.classes.values()] == ["5А", "7А", "7Б"]
    assert 33 <= count(school, Role.STUDENT) <= 42
    assert 40 <= count(school, Role.GUARDIAN) <= 70
    assert 10 <= len(staff_of(school)) <= 16


@pytest.mark.parametrize("people", [2_000, 5_000])
def test_a_scaled_school_is_of_about_the_size_asked_for(people: int) -> None:
    school = scaled(people, DAY)
    assert abs(len(school.snapshot.people) - people) < people * 0.05
    assert len({class_.title for class_ in school.snapshot.classes.values()}) == len(school.snapshot.classes)


def test_every_class_has_one_head_and_students(school: GeneratedSchool, today: Today) -> None:
    for class_ in school.snapshot.classes:
        assert [row.teacher for row in today.homerooms_of_class[class_]] == [school.head_of(class_)]
        assert len(today.students_of_class[class_]) >= 10
        assert today.loads_of_class[class_]


def test_every_duty_has_somebody(school: GeneratedSchool, today: Today) -> None:
    assert set(today.holders) == set(Position) - {Position.DEPUTY}
    assert today.has_role(school.staff.head, Role.PRINCIPAL)
    assert today.holders[Position.DEPUTY_STUDIES][0].person == school.staff.deputy_studies


def test_every_association_has_one_chair(today: Today) -> None:
    assert len(today.associations) >= 6
    for members in today.associations.values():
        assert sum(row.chair for row in members) == 1


def test_the_parent_of_two_has_them_in_different_classes(school: GeneratedSchool, today: Today) -> None:
    special = school.families
    children = {row.child for row in today.children_of[special.parent_of_two]}
    assert children == set(special.children_of_two)
    assert len({today.class_of[child].class_ for child in children}) == 2


def test_siblings_share_their_guardians(today: Today) -> None:
    families: dict[frozenset[str], set[str]] = {}
    for child, rows in today.guardians_of.items():
        families.setdefault(frozenset(row.guardian for row in rows), set()).add(child)
    assert sum(len(children) > 1 for children in families.values()) >= 1
    assert max(len(rows) for rows in today.guardians_of.values()) == 2
    assert min(len(rows) for rows in today.guardians_of.values()) == 1


def test_the_teacher_who_is_a_parent_is_both(school: GeneratedSchool, today: Today) -> None:
    teacher = school.families.teacher_parent
    assert today.has_role(teacher, Role.TEACHER)
    assert today.has_role(teacher, Role.GUARDIAN)
    assert [row.child for row in today.children_of[teacher]] == [school.families.child_of_teacher]
    assert teacher in {row.teacher for row in school.snapshot.loads}


def test_the_restricted_guardian_counts_for_nothing_and_the_other_one_does(
    school: GeneratedSchool, today: Today
) -> None:
    special = school.families
    assert special.restricted_guardian not in today.children_of
    guardians = [row.guardian for row in today.guardians_of[special.child_of_restricted]]
    assert guardians == [special.full_guardian]


def test_the_student_without_a_class_is_in_none(school: GeneratedSchool, today: Today) -> None:
    assert today.has_role(school.families.student_without_class, Role.STUDENT)
    assert school.families.student_without_class not in today.class_of


def test_the_moved_student_is_in_the_new_class_only(school: GeneratedSchool, today: Today) -> None:
    student = school.families.moved_student
    before = Today(school.snapshot, DAY - timedelta(days=60)).class_of[student].class_
    assert before != today.class_of[student].class_
    assert (
        school.snapshot.classes[before].grade == school.snapshot.classes[today.class_of[student].class_].grade
    )


def test_the_substitute_teaches_beside_the_one_on_leave_until_the_end_of_it(
    school: GeneratedSchool, today: Today
) -> None:
    leave = school.substitution
    (key,) = {
        LoadKey.of(row)
        for row in school.snapshot.loads
        if row.class_ == leave.class_ and row.subject == leave.subject
    }
    assert {row.teacher for row in today.loads[key]} == {leave.on_leave, leave.substitute}
    later = Today(school.snapshot, DAY + timedelta(days=30))
    assert {row.teacher for row in later.loads[key]} == {leave.on_leave}


def test_english_parts_each_class_in_two_and_german_spans_two_classes(
    school: GeneratedSchool, today: Today
) -> None:
    seventh = school.class_called("7А")
    english = [
        each
        for each in school.snapshot.subgroups.values()
        if each.classes == (seventh,) and each.label.startswith("группа")
    ]
    assert sorted(each.label for each in english) == ["группа 1", "группа 2"]
    members = [row.student for each in english for row in today.students_of_subgroup[each.id]]
    assert sorted(members) == sorted(row.student for row in today.students_of_class[seventh])
    teachers = [row.teacher for each in english for row in school.snapshot.loads if row.subgroup == each.id]
    assert len(set(teachers)) == 2
    (german,) = [
        each for each in school.snapshot.subgroups.values() if each.classes[0] == seventh and each.label == ""
    ]
    assert german.classes == (seventh, school.class_called("7Б"))
    assert {today.class_of[row.student].class_ for row in today.students_of_subgroup[german.id]} == set(
        german.classes
    )


def test_a_family_shares_its_name_and_a_patronymic_is_the_fathers(school: GeneratedSchool) -> None:
    people = school.snapshot.people
    patronymics = {father.given: {father.son, father.daughter} for father in FATHERS}
    for row in school.snapshot.guardianships:
        guardian, child = people[row.guardian], people[row.child]
        families = {
            masculine(each.family) if each.patronymic.endswith("на") else each.family
            for each in (guardian, child)
        }
        assert len(families) == 1
        if guardian.patronymic.endswith("ич"):
            assert child.patronymic in patronymics[guardian.given]


@pytest.mark.parametrize("family", ["Иванов", "Лужский", "Синицын", "Фёдоров"])
def test_family_names_go_to_the_feminine_and_back(family: str) -> None:
    assert feminine(family) != family
    assert masculine(feminine(family)) == family


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), day=st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_any_seed_and_day_make_a_school_whose_rows_all_refer_to_something(seed: int, day: date) -> None:
    school = small_school(seed, day)
    snapshot = school.snapshot
    assert all(
        str(key).isascii()
        for table in (snapshot.people, snapshot.classes, snapshot.subgroups)
        for key in table
    )
    assert {row.person for row in snapshot.roles} == set(snapshot.people)
    assert {row.student for row in snapshot.class_enrolments} <= set(snapshot.people)
    assert {row.subgroup for row in snapshot.loads if row.subgroup} == set(snapshot.subgroups)
    assert school.substitution.on_leave != school.substitution.substitute
    assert Today(snapshot, day).class_of.keys() >= {*school.families.children_of_two}


# ---------------------------------------------------------------- the next year


def test_a_year_later_the_cohorts_are_called_a_grade_higher(school: GeneratedSchool) -> None:
    later = next_year(school)
    assert later.today == date(2027, 10, 14)
    for class_ in school.snapshot.classes.values():
        if class_.grade == 11:
            assert class_.id not in later.snapshot.classes
        else:
            assert later.snapshot.classes[class_.id].grade == (class_.grade or 0) + 1
    lowest = min(class_.grade or 0 for class_ in school.snapshot.classes.values())
    beginners = [c for c in later.snapshot.classes.values() if c.id not in school.snapshot.classes]
    assert {class_.grade for class_ in beginners} == {lowest}
    sizes = {len(rows) for rows in Today(school.snapshot, DAY).students_of_class.values()}
    for class_ in beginners:
        students = Today(later.snapshot, later.today).students_of_class[class_.id]
        assert min(sizes) <= len(students) <= max(sizes)


def test_a_year_later_students_stay_with_their_cohort_and_leavers_are_gone() -> None:
    school = generate(7, DAY)
    later = next_year(school)
    before, after = Today(school.snapshot, DAY), Today(later.snapshot, later.today)
    leavers = {
        student for student, row in before.class_of.items() if school.snapshot.classes[row.class_].grade == 11
    }
    assert leavers
    assert leavers.isdisjoint(later.snapshot.people)
    for student, row in before.class_of.items():
        if student not in leavers:
            assert after.class_of[student].class_ == row.class_
    only_of_leavers = {
        guardian
        for guardian, rows in before.children_of.items()
        if {row.child for row in rows} <= leavers and not before.is_staff(guardian)
    }
    assert only_of_leavers
    assert only_of_leavers.isdisjoint(later.snapshot.people)


def test_a_year_later_teachers_and_heads_go_on_with_their_classes() -> None:
    school = generate(7, DAY)
    later = next_year(school)
    for class_ in school.snapshot.classes.values():
        if class_.grade in (1, 2, 3, 5, 6, 7, 8, 9, 10):
            assert later.head_of(class_.id) == school.head_of(class_.id)
    sixth = school.class_called("6А")
    maths = {row.teacher for row in school.snapshot.loads if row.class_ == sixth and row.subject == "maths"}
    algebra = {
        row.teacher for row in later.snapshot.loads if row.class_ == sixth and row.subject == "algebra"
    }
    assert algebra == maths


def test_a_year_later_every_row_refers_to_something_and_two_years_are_possible(
    school: GeneratedSchool,
) -> None:
    for later in (next_year(school), next_year(next_year(school))):
        people = set(later.snapshot.people)
        assert {row.person for row in later.snapshot.roles} == people
        assert {row.person for row in later.snapshot.positions} <= people
        assert {row.teacher for row in later.snapshot.loads} <= people
        assert {x for row in later.snapshot.guardianships for x in (row.guardian, row.child)} <= people
        assert {row.dates for row in later.snapshot.class_enrolments} == {Dates()}
        assert facts(later.snapshot)["people"]
        at = Today(later.snapshot, later.today)
        assert all(at.homerooms_of_class[class_] for class_ in later.snapshot.classes)
