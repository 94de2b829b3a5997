"""An account becomes a person's: once, by one card, and never past the journal."""

from __future__ import annotations

import asyncio

import pytest
from builders import user
from support.linking import LinkedSchool, with_settings
from support.waiting import eventually

from zvonok_appservice.store.codes import LEASE_SECONDS
from zvonok_core.errors import PermanentError, TemporaryError, UserError
from zvonok_core.ids import PersonId

PASSWORD = "четыре слова подряд"
PETROV = PersonId("petrov")


@pytest.fixture(autouse=True)
def no_consent_asked(school: LinkedSchool) -> None:
    """Consent has tests of its own below."""
    with_settings(school, consent_below_grade=0)


async def test_a_card_makes_an_account_with_the_official_name(school: LinkedSchool) -> None:
    code = await school.card("petrov")
    assert await school.linking.link(await school.hash(code), PASSWORD) == PETROV
    account = school.homeserver.known[user("petrov")]
    assert account.display_name == "Петров Иван Сергеевич, student"
    assert school.password("petrov") == PASSWORD
    assert await school.is_linked("petrov")
    assert ("petrov", "linked", "petrov") in await school.audit()


async def test_a_card_works_once(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    await school.linking.link(hashed, PASSWORD)
    with pytest.raises(UserError, match="used already"):
        await school.linking.link(hashed, "другой пароль совсем")
    assert school.password("petrov") == PASSWORD


async def test_an_expired_card_works_no_more(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    school.clock.advance(days=60)
    with pytest.raises(UserError, match="expired"):
        await school.linking.link(hashed, PASSWORD)
    assert not school.homeserver.known


async def test_a_new_card_resets_a_forgotten_password_and_signs_the_pages_out(school: LinkedSchool) -> None:
    await school.link("petrov")
    session = await school.linking.sessions.open(PETROV)
    await school.link("petrov", "новый пароль теперь")
    assert school.password("petrov") == "новый пароль теперь"
    assert await school.linking.sessions.person(session) is None
    assert len(school.homeserver.known) == 1


async def test_of_two_browsers_with_one_card_one_sets_the_password(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    school.homeserver.open.clear()
    tries = [asyncio.create_task(school.linking.link(hashed, f"пароль номер {n}")) for n in (1, 2)]
    await eventually(lambda: any(task.done() for task in tries) and school.homeserver.waiting == 1)
    school.homeserver.open.set()
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["UserError", "str"]
    winner = next(n for n, outcome in enumerate(outcomes, 1) if outcome == PETROV)
    assert school.password("petrov") == f"пароль номер {winner}"
    assert school.homeserver.password_writes[user("petrov")] == 1


async def test_while_the_homeserver_is_away_nothing_is_lost(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    school.homeserver.away = True
    with pytest.raises(TemporaryError):
        await school.linking.link(hashed, PASSWORD)
    assert not await school.is_linked("petrov")
    school.homeserver.away = False
    await school.linking.link(hashed, PASSWORD)
    assert await school.is_linked("petrov")


async def test_a_crash_between_password_and_link_heals_after_the_lease(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    # What a killed process leaves behind: a claim, and an account that nobody linked.
    assert await school.linking.codes.claim(hashed)
    await school.homeserver.create_account(user("petrov"), "Петров Иван Сергеевич, ученик", "потерянный")
    with pytest.raises(UserError, match="at this moment"):
        await school.linking.link(hashed, PASSWORD)
    school.clock.advance(seconds=LEASE_SECONDS)
    await school.linking.link(hashed, PASSWORD)
    assert school.password("petrov") == PASSWORD
    assert await school.is_linked("petrov")


async def test_a_cancelled_request_gives_the_card_back(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    school.homeserver.open.clear()
    task = asyncio.create_task(school.linking.link(hashed, PASSWORD))
    await eventually(lambda: school.homeserver.waiting == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    school.homeserver.open.set()
    await school.linking.link(hashed, PASSWORD)


async def test_a_card_that_is_revoked_in_the_middle_leaves_no_known_password(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    school.homeserver.open.clear()
    task = asyncio.create_task(school.linking.link(hashed, PASSWORD))
    await eventually(lambda: school.homeserver.waiting == 1)
    await school.linking.revoke(PETROV, "belova")
    school.homeserver.open.set()
    with pytest.raises(UserError, match="replaced"):
        await task
    assert not await school.is_linked("petrov")
    assert school.password("petrov") not in (None, PASSWORD)


async def test_a_password_that_the_homeserver_refuses_is_the_persons_to_mend(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    school.homeserver.refusal = PermanentError("too short", "M_PASSWORD_TOO_SHORT")
    with pytest.raises(UserError, match="too weak"):
        await school.linking.link(hashed, PASSWORD)
    school.homeserver.refusal = None
    await school.linking.link(hashed, PASSWORD)


async def test_an_account_that_was_closed_is_made_anew(school: LinkedSchool) -> None:
    await school.link("petrov")
    await school.homeserver.deactivate(user("petrov"))
    await school.link("petrov", "снова здесь и рад")
    assert not school.homeserver.known[user("petrov")].deactivated
    assert school.password("petrov") == "снова здесь и рад"


@pytest.mark.parametrize("how", ["disabled", "vanished", "gone", "locked", "no role"])
async def test_whoever_the_journal_or_the_operator_keeps_out_stays_out(
    school: LinkedSchool, how: str
) -> None:
    hashed = await school.hash(await school.card("petrov"))
    if how == "disabled":
        school.builder.disable("petrov")
    elif how == "vanished":
        school.builder.vanish("petrov")
    elif how == "gone":
        school.builder.leave("petrov")
    elif how == "no role":
        school.builder.roles = [row for row in school.builder.roles if row.person != "petrov"]
    await school.hang(locked=["petrov"] if how == "locked" else [])
    with pytest.raises(UserError):
        await school.linking.link(hashed, PASSWORD)
    assert not school.homeserver.known


async def test_nobody_is_linked_before_a_roster_was_read(school: LinkedSchool) -> None:
    hashed = await school.hash(await school.card("petrov"))
    school.board.picture = None
    with pytest.raises(TemporaryError):
        await school.linking.link(hashed, PASSWORD)


# ------------------------------------------------------------ revoking


async def test_revoking_takes_account_and_cards_out_of_the_hands_that_have_them(school: LinkedSchool) -> None:
    await school.link("petrov")
    session = await school.linking.sessions.open(PETROV)
    card = await school.card("petrov")
    await school.linking.revoke(PETROV, "belova")
    assert not await school.is_linked("petrov")
    assert school.password("petrov") not in (None, PASSWORD)
    assert await school.linking.codes.find(card) is None
    assert await school.linking.sessions.person(session) is None
    assert ("belova", "revoked", "petrov") in await school.audit()
    assert school.woken == 1
    await school.link("petrov", "по новому письму")
    assert await school.is_linked("petrov")


async def test_revoking_makes_no_account_where_there_is_none(school: LinkedSchool) -> None:
    await school.linking.revoke(PETROV, "belova")
    assert not school.homeserver.known


async def test_a_revocation_that_was_cut_short_is_finished_by_the_next_one(school: LinkedSchool) -> None:
    await school.link("petrov")
    school.homeserver.away = True
    with pytest.raises(TemporaryError):
        await school.linking.revoke(PETROV, "belova")
    school.homeserver.away = False
    assert school.password("petrov") == PASSWORD
    assert await school.is_linked("petrov"), "whoever looks at the list sees that it is not done"
    await school.linking.revoke(PETROV, "belova")
    assert school.password("petrov") != PASSWORD


# ------------------------------------------------------------ consent


async def test_a_young_student_waits_for_the_consent_of_any_guardian(school: LinkedSchool) -> None:
    with_settings(school, consent_below_grade=9)
    hashed = await school.hash(await school.card("petrov"))
    with pytest.raises(UserError, match="consent"):
        await school.linking.link(hashed, PASSWORD)
    await school.linking.consents.give(PersonId("petrova"), [PETROV], "2026-1 ru")
    await school.linking.link(hashed, PASSWORD)
    assert await school.is_linked("petrov")


@pytest.mark.parametrize(("below", "asked"), [(9, True), (8, True), (7, False), (0, False)])
async def test_consent_is_asked_below_a_grade(school: LinkedSchool, below: int, asked: bool) -> None:
    with_settings(school, consent_below_grade=below)
    assert await school.linking.lacks_consent(PETROV) is asked
    assert not await school.linking.lacks_consent(PersonId("petrova"))
    assert not await school.linking.lacks_consent(PersonId("belova"))


async def test_a_student_of_no_known_grade_counts_as_young(school: LinkedSchool) -> None:
    with_settings(school, consent_below_grade=9)
    school.builder.klass("Лицей").student("novy", "Новый Пётр", "Лицей").student("summer", "Летний Яков")
    await school.hang()
    assert await school.linking.lacks_consent(PersonId("novy"))
    assert await school.linking.lacks_consent(PersonId("summer"))


async def test_a_consent_keeps_its_first_date_and_words(school: LinkedSchool) -> None:
    consents = school.linking.consents
    await consents.give(PersonId("petrova"), [PETROV], "2026-1 ru")
    school.clock.advance(days=1)
    await consents.give(PersonId("petrova"), [PETROV, PersonId("ezhova")], "2026-2 ru")
    rows = await school.linking.database.fetch("SELECT child, wording FROM consents ORDER BY child")
    assert [tuple(row) for row in rows] == [("ezhova", "2026-2 ru"), ("petrov", "2026-1 ru")]
    assert await consents.by(PersonId("petrova")) == {"petrov", "ezhova"}
    assert await consents.by(PersonId("ezhov")) == frozenset()


# ------------------------------------------------------------ sessions


async def test_a_session_ends_after_its_days_and_is_kept_as_a_hash(school: LinkedSchool) -> None:
    sessions = school.linking.sessions
    await school.linking.people.link(PETROV)
    token = await sessions.open(PETROV)
    assert len(token) >= 43
    rows = await school.linking.database.fetch("SELECT * FROM sessions")
    assert token not in repr(tuple(rows[0]))
    school.clock.advance(days=30, seconds=-1)
    assert await sessions.person(token) == "petrov"
    school.clock.advance(seconds=1)
    assert await sessions.person(token) is None
    await sessions.open(PETROV)
    assert len(await school.linking.database.fetch("SELECT * FROM sessions")) == 1


async def test_closing_a_session_leaves_the_others(school: LinkedSchool) -> None:
    sessions = school.linking.sessions
    await school.linking.people.link(PETROV)
    one, two = await sessions.open(PETROV), await sessions.open(PETROV)
    await sessions.close(one)
    assert [await sessions.person(token) for token in (one, two)] == [None, "petrov"]


async def test_a_session_ends_with_the_account_and_sleeps_while_it_is_locked(school: LinkedSchool) -> None:
    sessions, people = school.linking.sessions, school.linking.people
    await people.link(PETROV)
    token = await sessions.open(PETROV)
    await people.lock(PETROV, "a lost phone")
    assert await sessions.person(token) is None
    await people.unlock(PETROV)
    assert await sessions.person(token) == "petrov"
    await people.unlink(PETROV)
    assert await sessions.person(token) is None
