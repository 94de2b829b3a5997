"""What is written down of a school morning, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from zvonok_core.text import Text


class Kind(StrEnum):
    """What a line tells, which decides how it is shown."""

    MESSAGE = "message"
    REACTION = "reaction"
    REFUSED = "refused"
    """Somebody tried what isn't allowed; the homeserver said no."""
    CHANGE = "change"
    """The journal, or the appservice because of it."""
    FAILED = "failed"
    """What should have happened did not."""


@dataclass(frozen=True, slots=True)
class Line:
    """`time` is the story's (08:05), not the machine's. Messages are what was sent, in
    the school's language; everything else is told in the reader's."""

    kind: Kind
    time: str
    who: str
    room: str
    text: Text | str
