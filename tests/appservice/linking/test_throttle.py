"""Guessing is slowed down; a class behind one address is not."""

from __future__ import annotations

import pytest
from support.linking import MORNING

from zvonok_appservice.throttle import Throttle, client_address
from zvonok_core.clock import ManualClock
from zvonok_core.errors import UserError


def attempts(throttle: Throttle, count: int, key: str = "a", *, succeed: bool = False) -> int:
    """Try so often; returns how many tries were let through."""
    for done in range(count):
        try:
            with throttle.attempt(key) as attempt:
                attempt.succeeded = succeed
        except UserError:
            return done
    return count


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MORNING)


def test_failures_of_one_address_are_limited_and_those_of_another_are_not(clock: ManualClock) -> None:
    throttle = Throttle(5, 100, 600, clock)
    assert attempts(throttle, 10) == 5
    assert attempts(throttle, 3, "b") == 3


def test_failures_of_many_addresses_are_limited_together(clock: ManualClock) -> None:
    throttle = Throttle(5, 12, 600, clock)
    assert [attempts(throttle, 4, key) for key in "abcd"] == [4, 4, 4, 0]


def test_successes_are_not_counted(clock: ManualClock) -> None:
    throttle = Throttle(5, 12, 600, clock)
    assert attempts(throttle, 1000, succeed=True) == 1000
    assert attempts(throttle, 10) == 5


def test_failures_are_forgotten_after_the_window(clock: ManualClock) -> None:
    throttle = Throttle(5, 100, 600, clock)
    assert attempts(throttle, 3) == 3
    clock.advance(seconds=599)
    assert attempts(throttle, 10) == 2
    clock.advance(seconds=1)
    assert attempts(throttle, 10) == 3


def test_whoever_must_wait_is_told_how_long(clock: ManualClock) -> None:
    throttle = Throttle(1, 100, 600, clock)
    assert attempts(throttle, 1) == 1
    clock.advance(seconds=150)
    with pytest.raises(UserError) as error, throttle.attempt("a"):
        pass
    assert error.value.text.number == 8


def test_many_tries_at_once_are_no_way_round(clock: ManualClock) -> None:
    throttle = Throttle(3, 100, 600, clock)
    under_way = [throttle.attempt("a") for _ in range(3)]
    for attempt in under_way:
        attempt.__enter__()
    with pytest.raises(UserError), throttle.attempt("a"):
        pass
    for attempt in under_way:
        attempt.__exit__(None, None, None)


def test_an_error_of_ours_is_not_held_against_anybody(clock: ManualClock) -> None:
    throttle = Throttle(1, 100, 600, clock)
    for _ in range(3):
        with pytest.raises(OSError, match="away"), throttle.attempt("a"):
            raise OSError("away")
    assert attempts(throttle, 1) == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("8.8.8.8", "", "8.8.8.8"),
        ("8.8.8.8", "198.51.100.1", "8.8.8.8"),  # a stranger's header means nothing
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.7", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # only the last hop is our proxy's
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "unknown"),
        (None, "", "unknown"),
        ("2a00:1450:1:2:3:4:5:6", "", "2a00:1450:1:2::/64"),
        ("::ffff:8.8.8.8", "", "8.8.8.8"),
    ],
)
def test_whose_failures_are_counted(peer: str | None, forwarded: str, counted: str) -> None:
    assert client_address(peer, forwarded) == counted
