"""Letters, first passwords, and the daily list."""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders import picture_of, small_school, user
from pypdf import PdfReader
from support.linking import LinkedSchool, catalogs, config, linked_school, with_settings

from zvonok_appservice.config import FederationConfig
from zvonok_appservice.consent import SENTENCES, WORDING
from zvonok_appservice.digest import Digest
from zvonok_appservice.introductions import introduction, with_name
from zvonok_appservice.issuing import activate, issue_letters
from zvonok_appservice.letters import Group, group, letters, password_list, select
from zvonok_appservice.reconcile.model import ActualAccount
from zvonok_appservice.verify import grouped, new_code
from zvonok_core.db import Database
from zvonok_core.errors import UserError
from zvonok_core.ids import ClassId, PersonId
from zvonok_core.roles import Position

SEVEN_A = ClassId("7А")


def text_of(pdf: bytes) -> list[str]:
    """Every page's text, with single spaces."""
    return [" ".join((page.extract_text() or "").split()) for page in PdfReader(io.BytesIO(pdf)).pages]


# ------------------------------------------------------------ introductions


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ("petrov", "Петров Иван Сергеевич, ученик 7А"),
        ("ezhova", "Ёжова Мария Львовна, ученица 7А"),
        ("petrova", "Петрова Нина Павловна, родитель: Петров Иван (7А)"),
        ("belova", "Белова Ольга Юрьевна, учитель; классный руководитель: 7А; родитель: Белов Артём (7Б)"),
        ("orlov", "Орлов Пётр Ильич, директор"),
    ],
)
def test_people_are_introduced_by_name_and_role(person: str, said: str) -> None:
    today = small_school().today()
    assert catalogs().say(with_name(today, PersonId(person)), "ru") == said


def test_in_english_there_are_no_empty_words() -> None:
    today = small_school().today()
    assert str(introduction(today, PersonId("ezhova"))) == "a student of 7А"


# ------------------------------------------------------------ whom


def test_letters_of_a_class_are_for_its_students_and_their_parents() -> None:
    picture = picture_of(small_school().guardian("petrova", of="sidorov").snapshot(), linked=[])
    people = select(picture, class_=SEVEN_A)
    assert set(people) == {"petrov", "ezhova", "zhuk", "petrova", "ezhov"}
    assert set(select(picture, class_=SEVEN_A, kind="guardians")) == {"petrova", "ezhov"}
    assert set(select(picture, kind="staff")) == {"orlov", "zueva", "belova", "frolov"}
    # The restricted guardian gets no letter; the teacher who is a parent gets one card.
    assert "chuzhoi" not in select(picture)
    assert select(picture).count(PersonId("belova")) == 1
    assert group(picture.today, people, SEVEN_A) == [
        Group(SEVEN_A, ("ezhova", "zhuk", "petrov"), ("ezhov", "petrova"))
    ]
    with pytest.raises(UserError):
        select(picture, class_=ClassId("12Я"))


def test_whoever_is_locked_or_gone_or_linked_gets_no_letter() -> None:
    school = small_school().disable("petrov").vanish("zhuk").student("popov", "Попов Пётр", "7А")
    picture = picture_of(school.snapshot(), linked=["popov"], locked=["ezhova"])
    assert select(picture, class_=SEVEN_A, kind="students") == []
    picture = picture_of(school.snapshot(), linked=[], locked=["ezhova"])
    assert select(picture, class_=SEVEN_A, kind="students") == ["popov"]


def test_letters_of_the_school_come_by_class_and_each_person_once() -> None:
    school = small_school().guardian("petrova", of="sidorov").student("summer", "Летний Яков")
    picture = picture_of(school.snapshot(), linked=[])
    groups = group(picture.today, select(picture))
    assert [g.class_ for g in groups] == ["7А", "7Б", None]
    assert groups[0].sheets == ("ezhov", "petrova")
    assert set(groups[2].cards) == {"orlov", "zueva", "belova", "frolov", "summer"}


# ------------------------------------------------------------ print


async def test_a_class_gets_cards_sheets_and_an_issue_list(school: LinkedSchool) -> None:
    picture = school.linking.picture()
    pdf = await issue_letters(school.linking, select(picture, class_=SEVEN_A), "operator", SEVEN_A)
    cards, first, second, issue = text_of(pdf)
    for name in ("Петров Иван Сергеевич", "Ёжова Мария Львовна", "Жук Лев Ильич"):
        assert name in cards
    assert "ученик 7А" in cards
    assert "127.0.0.1:8009/activate" in cards
    assert "до 29 ноября 2026" in cards
    assert "Лично в руки: Ёжов Лев Ильич родитель: Ёжова Мария (7А)" in first
    assert "Петрова Нина Павловна" in second
    assert "Лист выдачи писем родителям, 7А" in issue
    assert "2 Петрова Нина Павловна Петров Иван (7А)" in issue
    assert "Подпись" in issue


async def test_the_codes_on_the_letters_work(school: LinkedSchool) -> None:
    with_settings(school, consent_below_grade=0)
    pdf = await issue_letters(school.linking, [PersonId("petrov")], "operator")
    (page,) = text_of(pdf)
    printed = next(word for word in page.split() if word.count("-") == 2)
    found = await school.linking.codes.find(printed.replace("-", ""))
    assert found is not None
    assert found.person == "petrov"
    assert await school.linking.link(found.hash, "четыре слова подряд") == "petrov"
    assert ("operator", "card issued", "petrov") in await school.audit()


async def test_a_card_works_through_the_whole_of_its_last_day(school: LinkedSchool) -> None:
    # Printed: until 29 November. Sixty days from this morning is the 30th.
    await issue_letters(school.linking, [PersonId("petrov")], "operator")
    school.clock.moment = school.clock.moment.replace(month=11, day=29, hour=20, minute=59)
    assert await school.linking.codes.holders() == {"petrov"}


async def test_no_letters_are_no_pdf(school: LinkedSchool) -> None:
    with pytest.raises(UserError):
        await issue_letters(school.linking, [], "operator")


HOSTILE = [
    ('#import "/etc/passwd": *', '#import "/etc/passwd": *'),
    ("*жирный* _курсив_ = Заголовок", "*жирный* _курсив_ = Заголовок"),
    ("$ sum $ <label> @ref \\u{41} `raw` // comment", "$ sum $ <label> @ref \\u{41} `raw` //"),
    ('"},{"name":"x', '"},{"name":"x'),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("\u202eсправа\u202c \u200b\u0000\u0007", ""),
    ("Ж" * 5000, "Ж" * 20),
    (" ".join(["Оченьдлинноеимя"] * 40), "Оченьдлинноеимя Оченьдлинноеимя"),
]


@pytest.mark.parametrize(("name", "shown"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_only_a_name(name: str, shown: str) -> None:
    school = small_school()
    school.person("h").student("h", klass="7А").guardian("hg", of="h")
    for person in ("h", "hg"):
        record = school.people[PersonId(person)]
        school.people[PersonId(person)] = type(record)(record.id, name, "", "", True, record.origin)
    picture = picture_of(school.snapshot(), linked=[])
    people = [PersonId("h"), PersonId("hg")]
    codes = {person: new_code() for person in people}
    pdf = letters(
        picture, group(picture.today, people), codes, date(2026, 11, 29), config(), catalogs(), "ru"
    )
    pages = text_of(pdf)
    assert len(pages) == 3
    assert grouped(codes[PersonId("h")]) in pages[0]
    assert grouped(codes[PersonId("hg")]) in pages[1]
    assert shown in pages[0]
    assert shown in pages[1]


@pytest.mark.parametrize("federated", [False, True])
def test_where_schools_talk_with_one_another_guardians_are_told_of_their_second_account(
    federated: bool,
) -> None:
    people = [PersonId("petrova")]
    picture = picture_of(small_school().snapshot(), linked=[])
    others = FederationConfig("https://registry.example", Path("root.json")) if federated else None
    given = replace(config(), federation=others)
    groups, codes = group(picture.today, people), {people[0]: new_code()}
    (page, *_) = text_of(letters(picture, groups, codes, date(2026, 11, 29), given, catalogs(), "ru"))
    assert ("Если дети учатся в разных школах" in page) == federated


def test_seven_hundred_letters_take_seconds() -> None:
    school = small_school()
    for number in range(350):
        school.student(f"s{number}", f"Семёнов{number} Пётр Ильич", "7А")
        school.guardian(f"g{number}", f"Семёнова{number} Ольга Ильинична", of=f"s{number}")
    picture = picture_of(school.snapshot(), linked=[])
    people = select(picture, class_=SEVEN_A)
    codes = {person: new_code() for person in people}
    began = time.monotonic()
    pdf = letters(
        picture,
        group(picture.today, people, SEVEN_A),
        codes,
        date(2026, 11, 29),
        config(),
        catalogs(),
        "ru",
    )
    assert len(people) > 700
    assert time.monotonic() - began < 20
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 390


# ------------------------------------------------------------ without letters


async def test_accounts_without_letters(school: LinkedSchool) -> None:
    with_settings(school, consent_below_grade=0)
    old = await school.card("petrov")
    done = await activate(school.linking, [PersonId("petrov"), PersonId("belova")], "operator")
    assert [row.user for row in done.passwords] == ["petrov", "belova"]
    assert not done.refused
    for row in done.passwords:
        assert school.password(row.person) == row.password
        assert len(row.password) == 14
        assert row.password.isdigit()
        assert await school.is_linked(row.person)
    assert await school.linking.codes.find(old) is None
    page = text_of(password_list(school.linking.picture(), done.passwords, config(), catalogs(), "ru"))[0]
    assert "Петров Иван Сергеевич petrov" in page
    assert done.passwords[0].password in page.replace("\u2009", "").replace(" ", "")


async def test_children_without_consent_are_refused_unless_it_is_on_paper(school: LinkedSchool) -> None:
    people = [PersonId("petrov"), PersonId("belova")]
    done = await activate(school.linking, people, "operator")
    assert [row.person for row in done.passwords] == ["belova"]
    assert [person for person, _ in done.refused] == ["petrov"]
    done = await activate(school.linking, people, "operator", consent_on_paper=True)
    assert [row.person for row in done.passwords] == ["petrov", "belova"]


# ------------------------------------------------------------ consent's words


def test_other_words_of_the_consent_are_another_wording() -> None:
    said = [catalogs().say(sentence, language) for language in ("ru", "en") for sentence in SENTENCES]
    digest = hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]
    assert (WORDING, digest) == ("2026-1", "fab49c12c50e")


# ------------------------------------------------------------ the daily list


async def test_class_heads_are_told_every_morning_who_is_missing(database: Database) -> None:
    school = await linked_school(database, small_school(), linked=["belova", "petrov", "ezhov", "orlov"])
    digest = Digest(school.linking)
    assert await digest.run() == 1
    (message,) = school.homeserver.messages.values()
    assert message.room == f"!direct-{user('belova')}"
    assert message.body == (
        "7А: уже вошли — 1 из 3 учеников, 1 из 2 родителей.\n"
        "Из учеников ещё не вошли: Ёжова Мария Львовна, Жук Лев Ильич.\n"
        "Из родителей ещё не вошли: Петрова Нина Павловна.\n\n"
        "Список и новые карточки: http://127.0.0.1:8009/class"
    )
    # Neither this process nor one that is started anew says it twice.
    assert await digest.run() == 0
    assert await Digest(school.linking).run() == 0
    school.clock.advance(days=1)
    await school.hang()
    assert await digest.run() == 1


async def test_the_list_keeps_to_its_hours(database: Database) -> None:
    school = await linked_school(database, small_school(), linked=["belova"])
    school.clock.advance(hours=-1)
    assert await Digest(school.linking).run() == 0
    school.clock.advance(hours=5)
    assert await Digest(school.linking).run() == 0
    school.clock.advance(hours=-2)
    assert await Digest(school.linking).run() == 1
    with_settings(school, digest_hour=-1)
    school.clock.advance(days=1)
    assert await Digest(school.linking).run() == 0


async def test_nobody_is_told_when_nobody_is_missing(database: Database) -> None:
    everybody = ["belova", "petrov", "ezhova", "zhuk", "petrova", "ezhov"]
    school = await linked_school(database, small_school(), linked=[])
    await activate(school.linking, map(PersonId, everybody), "t", consent_on_paper=True)
    await school.hang()
    assert await Digest(school.linking).run() == 0


async def test_a_head_who_could_not_be_told_is_told_later(database: Database) -> None:
    school = await linked_school(database, small_school(), linked=["belova", "frolov"])
    digest = Digest(school.linking)
    school.homeserver.away = True
    assert await digest.run() == 0
    school.homeserver.away = False
    assert await digest.run() == 2


async def test_a_locked_head_hears_nothing_and_others_are_told(database: Database) -> None:
    school = await linked_school(database, small_school(), linked=["belova", "frolov"])
    await school.hang(locked=["belova"])
    assert await Digest(school.linking).run() == 1
    (message,) = school.homeserver.messages.values()
    assert message.room == f"!direct-{user('frolov')}"


async def test_the_administration_is_not_told_about_every_class(database: Database) -> None:
    builder = small_school().position("belova", Position.HEAD)
    school = await linked_school(database, builder, linked=["belova"])
    await Digest(school.linking).run()
    (message,) = school.homeserver.messages.values()
    assert "7Б" not in message.body


async def test_one_account_that_fails_loses_no_others_password(school: LinkedSchool) -> None:
    with_settings(school, consent_below_grade=0)
    petrov, zhuk = user("petrov"), user("zhuk")
    school.homeserver.known[petrov] = ActualAccount(petrov, "Петров", False, False, admin=True)
    made = await activate(school.linking, [PersonId("petrov"), PersonId("zhuk")], "operator")
    assert [row.user for row in made.passwords] == ["zhuk"]
    assert school.homeserver.passwords[zhuk] == made.passwords[0].password
    assert [person for person, _ in made.refused] == ["petrov"]
    assert petrov not in school.homeserver.passwords, "an administrator's account is given to nobody"
    school.homeserver.away = True
    nobody = await activate(school.linking, [PersonId("zhuk")], "operator")
    assert (nobody.passwords, [person for person, _ in nobody.refused]) == ((), ["zhuk"])
