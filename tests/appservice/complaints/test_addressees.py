"""Who gets a complaint: a table of the school's cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import DAY, SCHOOL, SchoolBuilder

from zvonok_appservice.complaints.addressees import addressees, classes_concerned
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.ids import ClassId, PersonId, SubgroupId
from zvonok_core.roles import Position


def school() -> SchoolBuilder:
    """Two classes, a guardian with a child in each, a teacher who is a parent."""
    school = SchoolBuilder().klass("7А").klass("7Б").klass("8В")
    school.teacher("head").position("head", Position.HEAD)
    school.teacher("studies").position("studies", Position.DEPUTY_STUDIES)
    school.teacher("deputy").position("deputy", Position.DEPUTY_UPBRINGING)
    school.teacher("belova").homeroom("belova", "7А").load("belova", "Алгебра", "7Б")
    school.teacher("frolov").homeroom("frolov", "7Б")
    school.teacher("gone").homeroom("gone", "7А", Dates(end=DAY))
    school.student("anna", klass="7А").student("boris", klass="7А").student("vera", klass="7Б")
    school.student("no_class").student("lev", klass="8В")
    school.guardian("both", of="anna").guardian("both", of="vera").guardian("mother", of="boris")
    school.guardian("parted", of="anna", restricted=True)
    school.teacher("parent").guardian("parent", of="vera")
    return school


CLASS = RoomKey("class", SCHOOL, ClassId("7А"))
OTHER = RoomKey("class", SCHOOL, ClassId("7Б"))
ORPHAN = RoomKey("class", SCHOOL, ClassId("8В"))
STAFF_ROOM = RoomKey("staff_room", SCHOOL)
SUBGROUP = RoomKey("subject", SCHOOL, subgroup=SubgroupId("de"))
EVERYBODY = tuple(school().people)


@pytest.mark.parametrize(
    ("room", "reporter", "author", "told"),
    [
        # the managed room's class, whoever reports whom in it
        (CLASS, "anna", "boris", "belova deputy"),
        (CLASS, "vera", "anna", "belova deputy"),
        (CLASS, "studies", "boris", "belova deputy"),
        (OTHER, "anna", "boris", "frolov deputy"),
        (CLASS, "anna", None, "belova deputy"),
        (CLASS, None, "boris", "belova deputy"),
        # a class without a head
        (ORPHAN, "lev", "anna", "deputy"),
        # the reporter's own class
        (None, "anna", "vera", "belova deputy"),
        (None, "vera", "anna", "frolov deputy"),
        (SUBGROUP, "vera", "anna", "frolov deputy"),
        (None, "mother", "vera", "belova deputy"),
        # a guardian's children's classes, and of several the one that the other is of, too
        (None, "both", "studies", "belova frolov deputy"),
        (None, "both", "boris", "belova deputy"),
        (None, "both", "mother", "belova deputy"),
        (None, "parted", "studies", "deputy"),
        # else the author's class
        (None, "studies", "vera", "frolov deputy"),
        (None, "no_class", "mother", "belova deputy"),
        (STAFF_ROOM, "parent", "studies", "deputy"),
        (None, "studies", "head", "deputy"),
        # about a class head of that class: the deputy alone
        (CLASS, "anna", "belova", "deputy"),
        (None, "mother", "belova", "deputy"),
        (OTHER, "vera", "belova", "frolov deputy"),
        # about the deputy: the head of the school instead
        (CLASS, "anna", "deputy", "belova head"),
        (None, "studies", "deputy", "head"),
        # nobody is told what they have reported
        (CLASS, "belova", "boris", "deputy"),
        (CLASS, "deputy", "boris", "belova"),
        (CLASS, "deputy", "belova", "head"),
        (STAFF_ROOM, "deputy", "head", ""),
    ],
)
def test_who_gets_a_complaint(room: RoomKey | None, reporter: str, author: str, told: str) -> None:
    found = addressees(school().today(), room, reporter, author, EVERYBODY)
    assert found == tuple(told.split())


@pytest.mark.parametrize(
    ("unreachable", "author", "told"),
    [
        ("belova", "boris", "deputy"),
        ("deputy", "boris", "belova"),
        ("belova deputy", "boris", "head"),
        ("belova deputy head", "boris", ""),
        ("deputy", "belova", "head"),
        ("head belova", "deputy", ""),
    ],
)
def test_who_gets_it_where_not_everybody_can_be_reached(unreachable: str, author: str, told: str) -> None:
    reachable = set(EVERYBODY) - set(unreachable.split())
    found = addressees(school().today(), CLASS, PersonId("anna"), PersonId(author), reachable)
    assert found == tuple(told.split())


def test_nobody_ever_gets_a_complaint_about_themselves_or_their_own() -> None:
    today = school().today()
    for room in (None, CLASS, OTHER, ORPHAN, STAFF_ROOM, SUBGROUP):
        for reporter in EVERYBODY:
            for author in EVERYBODY:
                for reachable in (EVERYBODY, EVERYBODY[:5], EVERYBODY[3:]):
                    told = addressees(today, room, reporter, author, reachable)
                    assert reporter not in told and author not in told
                    assert set(told) <= set(reachable)
                    assert len(set(told)) == len(told)
                    classes = classes_concerned(today, room, reporter, author)
                    heads = {row.teacher for c in classes for row in today.homerooms_of_class.get(c, ())}
                    assert author not in heads or not heads & (set(told) - {"deputy", "head"})


def test_both_heads_of_a_class_get_it_and_neither_where_it_is_about_one() -> None:
    two = school().homeroom("studies", "7А")
    two.teacher("later").homeroom("later", "7А", Dates(begin=DAY + timedelta(days=1)))

    def told(author: str) -> tuple[PersonId, ...]:
        return addressees(two.today(), CLASS, PersonId("anna"), PersonId(author), two.people)

    assert told("boris") == ("belova", "studies", "deputy")
    assert told("studies") == ("deputy",)


def test_two_deputies_both_get_it_and_whom_it_is_about_is_replaced() -> None:
    two = school().position("studies", Position.DEPUTY_UPBRINGING)
    told = addressees(two.today(), CLASS, PersonId("anna"), PersonId("studies"), two.people)
    assert told == ("belova", "deputy", "head")
