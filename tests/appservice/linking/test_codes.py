"""What stands on a card, and how long it is good for something."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.linking import LinkedSchool

from zvonok_appservice.store.codes import LEASE_SECONDS
from zvonok_appservice.verify import ALPHABET, LENGTH, derived_key, fingerprint, grouped, new_code, normalise
from zvonok_core.ids import PersonId

codes = st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH)
CYRILLIC = str.maketrans("AEKMHPCTYX", "АЕКМНРСТУХ")


def test_a_code_has_at_least_sixty_bits_and_is_never_the_same() -> None:
    assert math.log2(len(ALPHABET) ** LENGTH) >= 60
    many = {new_code() for _ in range(500)}
    assert len(many) == 500
    assert set("".join(many)) == set(ALPHABET)


@given(codes, st.sampled_from(["", " ", "-", "–", "\u00a0", " - "]), st.booleans(), st.booleans())
def test_a_code_is_understood_however_it_is_typed(code: str, gap: str, lower: bool, cyrillic: bool) -> None:
    typed = gap.join(grouped(code).split("-"))
    typed = typed.translate(CYRILLIC) if cyrillic else typed
    assert normalise(typed.lower() if lower else typed) == code
    assert normalise(f"  {typed}\n") == code


def test_a_whole_link_is_understood() -> None:
    assert normalise("https://school.example/activate#AEKMHPCTYX23456") == "AEKMHPCTYX23456"


@pytest.mark.parametrize(
    ("typed", "meant"), [("З", "3"), ("Б", "6"), ("б", "6"), ("В", "8"), ("S", "5"), ("Ё", "E")]
)
def test_a_letter_that_no_code_has_is_taken_for_its_twin(typed: str, meant: str) -> None:
    assert normalise(f"AEKMHPCTYX2345{typed}") == f"AEKMHPCTYX2345{meant}"


@pytest.mark.parametrize(
    "typed", ["", "AEKMHPCTYX2345", "AEKMHPCTYX234567", "AEKMHPCTYX2345O", "AEKMHPCTYX2345Ж", "💥"]
)
def test_what_can_be_no_code_is_told_apart_without_looking(typed: str) -> None:
    assert normalise(typed) is None


def test_codes_are_kept_as_hashes_under_a_key_of_their_own() -> None:
    key = derived_key("token", "codes")
    assert fingerprint(key, "AEKMHPCTYX23456") != fingerprint(
        derived_key("token", "pages"), "AEKMHPCTYX23456"
    )
    assert fingerprint(key, "AEKMHPCTYX23456") != fingerprint(
        derived_key("other", "codes"), "AEKMHPCTYX23456"
    )


async def test_the_database_holds_no_code(school: LinkedSchool) -> None:
    code = await school.card("petrov")
    rows = await school.linking.database.fetch("SELECT * FROM codes")
    assert len(rows) == 1
    assert code not in repr(tuple(rows[0]))


async def test_a_code_is_found_until_it_expires(school: LinkedSchool) -> None:
    code = await school.card("petrov")
    card = await school.linking.codes.find(code)
    assert card is not None
    assert (card.person, card.expired, card.used) == ("petrov", False, False)
    assert await school.linking.codes.find(new_code()) is None
    school.clock.advance(days=60, seconds=-1)
    assert not (await school.linking.codes.find(code)).expired  # type: ignore[union-attr]
    assert await school.linking.codes.holders() == {"petrov"}
    school.clock.advance(seconds=1)
    assert (await school.linking.codes.find(code)).expired  # type: ignore[union-attr]
    assert await school.linking.codes.claim(card.hash) is None
    assert await school.linking.codes.holders() == frozenset()


async def test_a_new_code_makes_the_older_ones_of_that_person_worthless(school: LinkedSchool) -> None:
    old, other = await school.card("petrov"), await school.card("petrova")
    new = await school.card("petrov")
    find = school.linking.codes.find
    assert [await find(old) is None, await find(new) is None, await find(other) is None] == [
        True,
        False,
        False,
    ]


async def test_one_of_two_gets_the_claim_and_a_finished_code_is_gone(school: LinkedSchool) -> None:
    codes = school.linking.codes
    hashed = await school.hash(await school.card("petrov"))
    claim = await codes.claim(hashed)
    assert claim is not None
    assert await codes.claim(hashed) is None
    assert not await codes.finish(hashed, "another")
    assert not (await codes.card(hashed)).used  # type: ignore[union-attr]
    assert await codes.finish(hashed, claim)
    assert await codes.claim(hashed) is None
    assert not await codes.finish(hashed, claim + "x")


async def test_a_released_claim_is_free_at_once_and_a_lost_one_after_its_lease(school: LinkedSchool) -> None:
    codes = school.linking.codes
    hashed = await school.hash(await school.card("petrov"))
    first = await codes.claim(hashed)
    assert first is not None
    await codes.release(hashed, "another")
    assert await codes.claim(hashed) is None
    await codes.release(hashed, first)
    lost = await codes.claim(hashed)
    assert lost is not None
    school.clock.advance(seconds=LEASE_SECONDS - 1)
    assert await codes.claim(hashed) is None
    school.clock.advance(seconds=1)
    second = await codes.claim(hashed)
    assert second is not None
    assert not await codes.finish(hashed, lost)
    assert await codes.finish(hashed, second)


async def test_voided_codes_are_unknown(school: LinkedSchool) -> None:
    code = await school.card("petrov")
    await school.linking.codes.void([PersonId("petrov")])
    assert await school.linking.codes.find(code) is None
