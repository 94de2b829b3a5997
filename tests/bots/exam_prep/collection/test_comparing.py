"""What a file of tasks changes."""

from __future__ import annotations

from dataclasses import replace

from support.tasks import item

from zvonok_core.ids import UserId
from zvonok_exam_prep.collection.comparing import compare
from zvonok_exam_prep.items import ItemId, Picture, Word

ANNA, OLEG = UserId("@anna:s"), UserId("@oleg:s")
SALT = item(Word(("соль",)), id=ItemId("salt"))
OTHER = replace(SALT, question="А это что?")


def test_what_is_not_there_is_new() -> None:
    changes = compare([SALT], {}, {}, ANNA)
    assert changes.new == changes.wanted == (SALT,)


def test_what_is_the_same_is_left_whoever_has_brought_it() -> None:
    for brought in ({SALT.id: ANNA}, {SALT.id: OLEG}, {}):
        changes = compare([SALT], {SALT.id: SALT}, brought, ANNA)
        assert (changes.same, changes.wanted) == ((SALT,), ())


def test_only_their_own_take_the_place_of_older_ones() -> None:
    assert compare([SALT], {SALT.id: OTHER}, {SALT.id: ANNA}, ANNA).changed == (SALT,)
    assert compare([SALT], {SALT.id: OTHER}, {SALT.id: OLEG}, ANNA).taken == (SALT,)
    assert compare([SALT], {SALT.id: OTHER}, {}, ANNA).taken == (SALT,)  # it is shipped


def test_where_a_picture_is_does_not_matter() -> None:
    given = replace(SALT, pictures=(Picture("соль.png", data=b"\x89PNG\r\n\x1a\n"),))
    kept = replace(SALT, pictures=(Picture("соль.png", address="mxc://school.test/1"),))
    assert compare([given], {SALT.id: kept}, {SALT.id: ANNA}, ANNA).same == (given,)
    assert compare([given], {SALT.id: SALT}, {SALT.id: ANNA}, ANNA).changed == (given,)
