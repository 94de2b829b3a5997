"""What single cells of tables mean."""

from __future__ import annotations

from datetime import date

import pytest

from zvonok_appservice.roster.class_titles import ClassTitle
from zvonok_appservice.roster.cleaning import UnfitError
from zvonok_appservice.roster.tables.words import (
    classes_written,
    day,
    duties,
    person_code,
    person_of_phone,
    yes,
)
from zvonok_core.roles import Position, Role


@pytest.mark.parametrize(
    ("written", "positions", "roles"),
    [
        ("директор", [Position.HEAD], [Role.PRINCIPAL]),
        ("Директор школы", [Position.HEAD], [Role.PRINCIPAL]),
        ("и.о. директора", [Position.HEAD], [Role.PRINCIPAL]),
        ("заместитель директора по УВР", [Position.DEPUTY_STUDIES], [Role.AIDE]),
        ("Зам. директора по УР", [Position.DEPUTY_STUDIES], [Role.AIDE]),
        ("заместитель директора по учебно-воспитательной работе", [Position.DEPUTY_STUDIES], [Role.AIDE]),
        ("заместитель директора по воспитательной работе", [Position.DEPUTY_UPBRINGING], [Role.AIDE]),
        ("зам.директора по ВР", [Position.DEPUTY_UPBRINGING], [Role.AIDE]),
        ("заместитель директора по безопасности", [Position.DEPUTY], [Role.AIDE]),
        ("учитель", [], [Role.TEACHER]),
        ("Учитель математики", [], [Role.TEACHER]),
        ("педагог-психолог", [Position.PSYCHOLOGIST], [Role.COUNSELOR]),
        ("социальный педагог", [Position.SOCIAL_PEDAGOGUE], [Role.COUNSELOR]),
        ("медсестра", [Position.NURSE], [Role.AIDE]),
        ("библиотекарь", [Position.LIBRARIAN], [Role.AIDE]),
        ("педагог-библиотекарь", [Position.LIBRARIAN], [Role.AIDE]),
        ("секретарь", [Position.SECRETARY], [Role.AIDE]),
        ("завхоз", [Position.OTHER], [Role.AIDE]),
        ("", [], [Role.AIDE]),
        (
            "заместитель директора по УВР, учитель химии",
            [Position.DEPUTY_STUDIES],
            [Role.TEACHER],
        ),
        ("директор; учитель истории", [Position.HEAD], [Role.PRINCIPAL, Role.TEACHER]),
    ],
)
def test_positions(written: str, positions: list[Position], roles: list[Role]) -> None:
    found = duties(written)
    assert list(found.positions) == positions
    assert list(found.roles) == roles


@pytest.mark.parametrize(
    "written",
    ["директор музея", "помощник директора", "секретарь директора", "бывший директор", "учредитель"],
)
def test_nobody_becomes_head_or_teacher_by_a_similar_word(written: str) -> None:
    found = duties(written)
    assert Position.HEAD not in found.positions
    assert Role.PRINCIPAL not in found.roles
    assert Role.TEACHER not in found.roles


def test_a_position_that_no_rule_knows_is_named() -> None:
    assert duties("Завхоз, учитель").unknown == ("Завхоз",)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("01.09.2026", date(2026, 9, 1)),
        ("1.9.2026", date(2026, 9, 1)),
        ("2026-09-01", date(2026, 9, 1)),
        ("", None),
    ],
)
def test_days(written: str, found: date | None) -> None:
    assert day(written) == found


@pytest.mark.parametrize("written", ["31.02.2026", "2026-13-01", "завтра", "09/01/2026", "=ДАТА(2026)"])
def test_what_is_no_day(written: str) -> None:
    with pytest.raises(UnfitError):
        day(written)


@pytest.mark.parametrize(
    ("written", "found"), [("да", True), ("Да ", True), ("1", True), ("", False), ("нет", False)]
)
def test_yes_and_no(written: str, found: bool) -> None:
    assert yes(written) is found


def test_neither_yes_nor_no() -> None:
    with pytest.raises(UnfitError):
        yes("возможно")


def test_codes_in_look_alike_letters_are_one() -> None:
    assert person_code("АВС-12") == person_code("ABC-12") == "ABC-12"


@pytest.mark.parametrize("written", ["", "код 1", "=1+1", "<b>", "Ж1", "a" * 300])
def test_what_is_no_code(written: str) -> None:
    with pytest.raises(UnfitError):
        person_code(written)


def test_a_telephone_in_any_spelling_is_one_person() -> None:
    spellings = ["+7 (911) 123-45-67", "8 911 1234567", "911 123 45 67"]
    assert len({person_of_phone("Фёдорова Анна Ильинична", each) for each in spellings}) == 1
    assert person_of_phone("Федорова анна Ильинична", spellings[0]) == person_of_phone(
        "Фёдорова Анна Ильинична", spellings[0]
    )
    assert person_of_phone("Другая Анна", spellings[0]) != person_of_phone("Фёдорова Анна", spellings[0])
    with pytest.raises(UnfitError):
        person_of_phone("Фёдорова Анна", "нет")


def test_several_classes_in_one_cell() -> None:
    assert classes_written("7А, 7-б") == (ClassTitle(7, "А"), ClassTitle(7, "Б"))
    assert classes_written("7А+7A") == (ClassTitle(7, "А"),)
    assert classes_written("") == ()
    with pytest.raises(UnfitError):
        classes_written("7А, 7")
