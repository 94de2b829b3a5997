"""A snapshot survives the database, and an older program's does too."""

from __future__ import annotations

import json
import zlib
from datetime import date

import pytest
from builders import small_school as story

from zvonok_appservice.roster import codec
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_demo.school.generate import small_school


@pytest.mark.parametrize(
    "snapshot",
    [
        story().vanish("petrov").disable("zhuk").move("petrov", "7Б", date(2026, 10, 2)).snapshot(),
        small_school(3, date(2026, 10, 1)).snapshot,
        Snapshot(story().snapshot().school),
    ],
    ids=["story", "generated", "empty"],
)
def test_what_is_read_is_what_was_written(snapshot: Snapshot) -> None:
    again = codec.load(codec.dump(snapshot))
    assert again == snapshot
    assert [*again.people] == [*snapshot.people], "in the journal's order"


def test_a_column_that_an_older_program_did_not_know_takes_its_default() -> None:
    tables = json.loads(zlib.decompress(codec.dump(story().snapshot())))
    del tables["homerooms"]
    again = codec.load(zlib.compress(json.dumps(tables).encode()))
    assert again.homerooms == ()
    assert again.loads == story().snapshot().loads


def test_a_damaged_one_is_told() -> None:
    with pytest.raises(ValueError, match="damaged"):
        codec.load(b"\x00")
