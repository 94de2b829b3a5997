"""When the school is closed, and when nobody is written to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.text import text


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is written to without having asked, by the school's clock. Nothing is
    quiet where both are the same."""

    begin: time = time(21, 0)
    end: time = time(7, 0)

    def over(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The end of the quiet hours that `moment` is in, in UTC; None where it is in none."""
        local = moment.astimezone(zone)
        now = local.time()
        if self.begin <= self.end:
            quiet = self.begin <= now < self.end
        else:
            quiet = now >= self.begin or now < self.end
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if now >= self.end else 0)
        return datetime.combine(day, self.end, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without lessons, the last one included."""

    begin: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.begin:
            raise ConfigError([ConfigFault("end", text("is before the beginning"))])


@dataclass(frozen=True, slots=True)
class Holidays:
    """All of them. On which days of the week there are lessons is another matter."""

    all: Sequence[Holiday] = ()

    def free(self, day: date) -> bool:
        """Whether it is a holiday."""
        return any(holiday.begin <= day <= holiday.end for holiday in self.all)
