"""The roster in force: the grace of people who vanish, and rows that are set aside."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from random import Random

from builders import DAY, SchoolBuilder, small_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.any_school import schools
from support.rooms import account_of, desire, rooms_of

from zvonok_appservice.roster.merge import in_force
from zvonok_appservice.roster.snapshot import Dates, Snapshot
from zvonok_core.ids import PersonId

GRACE = 30
NOBODY: frozenset[PersonId] = frozenset()
thorough = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def merged(before: SchoolBuilder, after: SchoolBuilder, *aside: str, days: int = 0) -> Snapshot:
    """What is in force `days` after DAY."""
    day = DAY + timedelta(days=days)
    return in_force(before.snapshot(), after.snapshot(), frozenset(PersonId(a) for a in aside), day, GRACE)


def same_rows(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots say the same, in whatever order."""
    for field in fields(Snapshot):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, tuple):
            mine, theirs = sorted(map(repr, mine)), sorted(map(repr, theirs))
        if mine != theirs:
            return False
    return True


def test_the_first_reading_is_in_force_as_it_is() -> None:
    fresh = small_school().snapshot()
    assert in_force(None, fresh, frozenset({PersonId("petrov")}), DAY, GRACE) == fresh


def test_a_reading_in_which_nobody_is_missing_replaces_the_one_before() -> None:
    after = small_school().position("belova", next(iter(small_school().positions)).position)
    assert merged(small_school(), after) == after.snapshot()


def test_whoever_is_missing_is_kept_with_all_rows_for_exactly_the_grace() -> None:
    before, after = small_school(), small_school().leave("belova")
    first = merged(before, after)
    assert first.vanished == {"belova": DAY}
    assert same_rows(replace(first, vanished={}), before.snapshot())
    now = first
    for days in range(1, GRACE):
        now = in_force(now, after.snapshot(), NOBODY, DAY + timedelta(days=days), GRACE)
        assert same_rows(now, first), days
    over = in_force(now, after.snapshot(), NOBODY, DAY + timedelta(days=GRACE), GRACE)
    assert over == after.snapshot()


def test_without_a_grace_nobody_is_kept() -> None:
    after = small_school().leave("belova")
    assert in_force(small_school().snapshot(), after.snapshot(), NOBODY, DAY, 0) == after.snapshot()


def test_whoever_comes_back_within_the_grace_is_as_before() -> None:
    gone = merged(small_school(), small_school().leave("petrov"))
    back = in_force(gone, small_school().snapshot(), NOBODY, DAY + timedelta(days=3), GRACE)
    assert back == small_school().snapshot()


def test_a_second_absence_has_a_grace_of_its_own() -> None:
    gone = merged(small_school(), small_school().leave("petrov"))
    back = in_force(gone, small_school().snapshot(), NOBODY, DAY + timedelta(days=20), GRACE)
    again = in_force(back, small_school().leave("petrov").snapshot(), NOBODY, DAY + timedelta(days=40), GRACE)
    assert again.vanished == {"petrov": DAY + timedelta(days=40)}


def test_classes_groups_subjects_and_associations_of_kept_people_are_kept_with_them() -> None:
    before = small_school()
    after = small_school().leave("belova").leave("zueva").leave("frolov")
    for table in (after.classes, after.subjects, after.subgroups, after.associations):
        table.clear()
    after.class_enrolments.clear()
    after.subgroup_enrolments.clear()
    now = merged(before, after)
    assert now.classes == before.snapshot().classes
    assert now.subjects == before.snapshot().subjects
    assert now.subgroups == before.snapshot().subgroups
    assert now.associations == before.snapshot().associations


def test_tables_of_the_journal_are_not_kept_for_their_own_sake() -> None:
    after = small_school().leave("petrova")
    after.associations.clear()
    after.association_members.clear()
    assert merged(small_school(), after).associations == {}


def test_a_row_between_two_people_goes_when_the_other_is_gone_for_good() -> None:
    before = small_school().vanish("petrova", DAY - timedelta(days=GRACE))
    now = merged(before, small_school().leave("petrova").leave("petrov"))
    assert "petrova" not in now.people
    assert "petrov" in now.people
    assert not any(row.guardian == "petrova" for row in now.guardianships)


# ---------------------------------------------------------------- set aside


def test_people_with_a_bad_row_keep_their_last_good_rows() -> None:
    after = small_school().move("petrov", "7Б", DAY)
    now = merged(small_school(), after, "petrov")
    assert same_rows(now, small_school().snapshot())
    assert now.vanished == {}


def test_a_bad_row_of_somebody_new_changes_nothing() -> None:
    after = small_school().student("novyi", klass="7А")
    assert merged(small_school(), after, "novyi") == after.snapshot()


def test_people_whose_own_record_is_bad_are_not_missed() -> None:
    now = merged(small_school(), small_school().leave("belova"), "belova")
    assert now.vanished == {}
    assert same_rows(now, small_school().snapshot())


def test_a_bad_record_of_somebody_in_the_grace_neither_ends_the_grace_nor_undoes_it() -> None:
    gone = merged(small_school(), small_school().leave("belova"))
    after = small_school().leave("belova").snapshot()
    late = in_force(gone, after, frozenset({PersonId("belova")}), DAY + timedelta(days=99), GRACE)
    assert late.vanished == {"belova": DAY}


def test_a_restriction_holds_at_once_even_if_the_row_of_child_or_guardian_is_set_aside() -> None:
    after = small_school()
    row = after.guardianships[0]
    assert (row.guardian, row.child) == ("petrova", "petrov")
    after.guardianships[0] = replace(row, restricted=True)
    for aside in ("petrova", "petrov"):
        now = merged(small_school(), after, aside)
        assert not any("petrova" in room.members for room in rooms_of(now).values())
        assert account_of(now, "petrova").locked


def test_a_restriction_stays_while_the_row_that_lifts_it_is_set_aside() -> None:
    before, after = small_school(), small_school()
    row = before.guardianships[0]
    before.guardianships[0] = replace(row, restricted=True)
    assert account_of(merged(before, after, "petrov"), "petrova").locked


def test_whoever_is_disabled_is_locked_at_once_even_if_set_aside() -> None:
    now = merged(small_school(), small_school().disable("belova"), "belova")
    assert account_of(now, "belova").locked
    still = merged(small_school().disable("belova"), small_school(), "belova")
    assert account_of(still, "belova").locked


# ---------------------------------------------------------------- leaving, as people see it


def test_a_dismissed_teacher_leaves_at_once_while_a_missing_one_is_locked_and_stays() -> None:
    dismissed = small_school()
    dismissed.roles = [
        replace(row, dates=Dates(end=DAY)) if row.person == "frolov" else row for row in dismissed.roles
    ]
    now = merged(small_school(), dismissed)
    assert not any("frolov" in room.members for room in rooms_of(now).values())
    missing = merged(small_school(), small_school().leave("frolov"))
    assert "frolov" in rooms_of(missing)["7Б. Класс"].members
    assert account_of(missing, "frolov").locked


def test_a_missing_childs_guardians_stay_and_a_moved_childs_go_at_once() -> None:
    missing = merged(small_school(), small_school().leave("sidorov"))
    assert "sidorova" in rooms_of(missing)["7Б. Родители"].members
    assert not account_of(missing, "sidorova").locked
    moved = merged(small_school(), small_school().move("sidorov", "7А", DAY))
    assert "sidorova" not in rooms_of(moved)["7Б. Родители"].members
    assert "sidorova" in rooms_of(moved)["7А. Родители"].members


# ---------------------------------------------------------------- of any two readings


@thorough
@given(schools(), schools(), st.integers(0, 40))
def test_only_missing_people_are_kept_and_all_their_references_hold(
    old: SchoolBuilder, new: SchoolBuilder, grace: int
) -> None:
    before, fresh = replace(old.snapshot(), vanished={}), replace(new.snapshot(), vanished={})
    now = in_force(before, fresh, NOBODY, DAY, grace)
    missing = before.people.keys() - fresh.people.keys() if grace else set()
    assert now.vanished == dict.fromkeys(missing, DAY)
    assert now.people.keys() == fresh.people.keys() | missing
    for name, ends in ENDS.items():
        for row in getattr(now, name):
            assert all(getattr(row, end) in now.people for end in ends)
        kept = [row for row in getattr(now, name) if row not in getattr(fresh, name)]
        assert all(any(getattr(row, end) in missing for end in ends) for row in kept)
        assert set(getattr(fresh, name)) <= set(getattr(now, name))
    desire(now)


@thorough
@given(schools(), schools(), st.sets(st.sampled_from([f"p{n}" for n in range(9)])))
def test_merging_the_same_reading_again_changes_nothing(
    old: SchoolBuilder, new: SchoolBuilder, aside: set[str]
) -> None:
    before, fresh = old.snapshot(), replace(new.snapshot(), vanished={})
    set_aside = frozenset(PersonId(person) for person in aside)
    once = in_force(before, fresh, set_aside, DAY, GRACE)
    again = in_force(once, fresh, set_aside, DAY, GRACE)
    assert same_rows(again, once)
    assert desire(again) == desire(once)


@thorough
@given(schools(), st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(school: SchoolBuilder, random: Random) -> None:
    def shuffled(snapshot: Snapshot) -> Snapshot:
        changes = {}
        for field in fields(Snapshot):
            value = getattr(snapshot, field.name)
            if isinstance(value, tuple):
                changes[field.name] = tuple(random.sample(value, len(value)))
            elif isinstance(value, dict):
                keys = random.sample(sorted(value), len(value))
                changes[field.name] = {key: value[key] for key in keys}
        return replace(snapshot, **changes)

    assert desire(shuffled(school.snapshot())) == desire(school.snapshot())


ENDS = {
    "roles": ("person",),
    "positions": ("person",),
    "class_enrolments": ("student",),
    "subgroup_enrolments": ("student",),
    "guardianships": ("guardian", "child"),
    "loads": ("teacher",),
    "homerooms": ("teacher",),
    "association_members": ("person",),
}
