"""How words are put where they are read. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from zvonok_core.text import Text


@dataclass(frozen=True, slots=True)
class Voice:
    """The language there, and what time it is; `now` is in UTC."""

    say: Callable[[Text | str], str]
    language: str
    zone: ZoneInfo
    now: datetime

    def lines(self, *lines: Text | str) -> str:
        """What there is, one below the other."""
        return "\n".join(said for line in lines if (said := self.say(line)))
