"""The four kinds of expected failure."""

from __future__ import annotations

import pytest

from zvonok_core.errors import (
    ConfigError,
    ConfigFault,
    PermanentError,
    TemporaryError,
    UserError,
    ZvonokError,
)
from zvonok_core.text import text


@pytest.mark.parametrize("kind", [UserError, TemporaryError, PermanentError, ConfigError])
def test_whatever_is_expected_is_one_family(kind: type[Exception]) -> None:
    assert issubclass(kind, ZvonokError)


def test_each_carries_what_its_reader_needs() -> None:
    user = UserError(text("There is no room “{room}”.", room="7Я"))
    assert (str(user), user.text.values) == ("There is no room “7Я”.", {"room": "7Я"})
    assert (TemporaryError("away").retry_after, TemporaryError("away", 2.5).retry_after) == (None, 2.5)
    assert (str(PermanentError("no")), PermanentError("no", "M_FORBIDDEN").code) == ("no", "M_FORBIDDEN")
    assert PermanentError("no").code == ""


def test_a_configuration_tells_all_its_faults() -> None:
    error = ConfigError([ConfigFault("a.b", text("is missing")), ConfigFault("c", text("must be text"))])
    assert str(error) == "a.b: is missing\nc: must be text"
    assert [fault.path for fault in error.faults] == ["a.b", "c"]
