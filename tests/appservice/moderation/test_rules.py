"""Who may mute whom, and who may make which room read-only: the rules as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_appservice.moderation import (
    LONGEST_MUTE,
    LONGEST_PAUSE,
    Place,
    Standing,
    against_minutes,
    against_muting,
    against_pausing,
    end_of,
)

ROOM = Place()
ADMIN, MODERATOR, MEMBER = Standing(100), Standing(50), Standing(0)
STRANGER, BOT = Standing(None), Standing(50, bot=True)
LOCKED = Standing(100, active=False)


@pytest.mark.parametrize(
    ("place", "by", "whom", "oneself", "answer"),
    [
        (ROOM, ADMIN, MEMBER, False, None),
        (ROOM, MODERATOR, MEMBER, False, None),
        (ROOM, MODERATOR, Standing(0, active=False), False, None),
        (Place(read_only=True), ADMIN, MEMBER, False, None),
        (ROOM, MEMBER, MEMBER, False, "Only those who lead"),
        (ROOM, Standing(-1), MEMBER, False, "Only those who lead"),
        (ROOM, STRANGER, MEMBER, False, "Only those who lead"),
        (ROOM, BOT, MEMBER, False, "Only those who lead"),
        (ROOM, LOCKED, MEMBER, False, "no access"),
        (ROOM, ADMIN, ADMIN, True, "Nobody mutes themselves"),
        (ROOM, MEMBER, MEMBER, True, "Only those who lead"),
        (ROOM, ADMIN, BOT, False, "A bot"),
        (ROOM, ADMIN, STRANGER, False, "does not belong"),
        (ROOM, ADMIN, MODERATOR, False, "leads the room as well"),
        (ROOM, MODERATOR, MODERATOR, False, "leads the room as well"),
        (ROOM, ADMIN, ADMIN, False, "leads the room as well"),
        (ROOM, MODERATOR, ADMIN, False, "leads the room as well"),
        (Place(archived=True), ADMIN, MEMBER, False, "archived"),
        (Place(is_space=True), ADMIN, MEMBER, False, "space"),
    ],
)
def test_muting(place: Place, by: Standing, whom: Standing, oneself: bool, answer: str | None) -> None:
    refusal = against_muting(place, by, whom, oneself=oneself)
    assert (refusal is None) if answer is None else (refusal is not None and answer in str(refusal))


@pytest.mark.parametrize(
    ("place", "by", "answer"),
    [
        (ROOM, ADMIN, None),
        (ROOM, MODERATOR, None),
        (ROOM, MEMBER, "Only those who lead"),
        (ROOM, STRANGER, "Only those who lead"),
        (ROOM, BOT, "Only those who lead"),
        (ROOM, LOCKED, "no access"),
        (Place(read_only=True), ADMIN, "nothing to stop"),
        (Place(archived=True), ADMIN, "archived"),
        (Place(is_space=True), ADMIN, "space"),
    ],
)
def test_pausing(place: Place, by: Standing, answer: str | None) -> None:
    refusal = against_pausing(place, by)
    assert (refusal is None) if answer is None else (refusal is not None and answer in str(refusal))


@pytest.mark.parametrize(
    ("minutes", "mute", "pause"),
    [
        (-1, False, False),
        (0, False, False),
        (1, True, True),
        (1440, True, True),
        (1441, True, False),
        (43_200, True, False),
        (43_201, False, False),
        (10**20, False, False),
    ],
)
def test_for_how_long(minutes: int, mute: bool, pause: bool) -> None:
    assert (against_minutes(minutes, LONGEST_MUTE) is None) is mute
    assert (against_minutes(minutes, LONGEST_PAUSE) is None) is pause


@given(st.integers(0, 4 * 10**12), st.integers(1, 43_200))
def test_the_end_is_a_whole_minute_and_never_too_early(milliseconds: int, minutes: int) -> None:
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    end = end_of(now, minutes)
    assert (end.second, end.microsecond) == (0, 0)
    assert timedelta(0) <= end - now - timedelta(minutes=minutes) < timedelta(minutes=1)
