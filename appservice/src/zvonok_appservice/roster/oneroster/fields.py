"""Fields of a record into values, with the column and the sentence where one is no good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Generic, TypeVar

from zvonok_appservice.roster.cleaning import UnfitError, dates, iso_day, title
from zvonok_appservice.roster.snapshot import Dates
from zvonok_core.text import text

K = TypeVar("K")
V = TypeVar("V")


class FieldError(UnfitError):
    """One field of a record is no good."""

    def __init__(self, reason: UnfitError, column: str, value: str) -> None:
        super().__init__(reason.text)
        self.column = column
        self.value = value


def take(convert: Callable[[str], V], column: str, value: str) -> V:
    """`value` converted. Raises FieldError where `convert` raises UnfitError."""
    try:
        return convert(value)
    except UnfitError as error:
        raise FieldError(error, column, value) from error


def required_title(value: str) -> str:
    """A title that is not empty."""
    if tidied := title(value):
        return tidied
    raise UnfitError(text("is empty"))


def items(value: str) -> list[str]:
    """A list as OneRoster writes it: with commas."""
    return [item for part in value.split(",") if (item := part.strip())] if value else []


def truth(value: str) -> bool:
    """`true` or `false`. Raises UnfitError."""
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise UnfitError(text("must be true or false"))


def period(begin: str, end: str, columns: tuple[str, str] = ("beginDate", "endDate")) -> Dates:
    """Two date fields. Raises FieldError."""
    first, last = take(iso_day, columns[0], begin), take(iso_day, columns[1], end)
    try:
        return dates(first, last)
    except UnfitError as error:
        raise FieldError(error, columns[1], end) from error


def within(own: Dates, frame: Dates) -> Dates | None:
    """The days that lie in both, None if there are none."""
    begin = max((day for day in (own.begin, frame.begin) if day is not None), default=None)
    end = min((day for day in (own.end, frame.end) if day is not None), default=None)
    try:
        return dates(begin, end)
    except UnfitError:
        return None


class Current(Generic[K, V]):
    """Of several values for one key, each of a time of its own, the one of today: that
    which began last, or will begin first where none has begun. The earlier given wins."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._best: dict[K, tuple[tuple[bool, int], V]] = {}

    def offer(self, key: K, begin: date | None, value: V) -> None:
        """A value of `key` from `begin` on."""
        day = begin or date.min
        started = day <= self._today
        rank = (started, day.toordinal() if started else -day.toordinal())
        if key not in self._best or rank > self._best[key][0]:
            self._best[key] = rank, value

    def values(self) -> dict[K, V]:
        """The value for each key, in the order in which the keys came first."""
        return {key: value for key, (_, value) in self._best.items()}
