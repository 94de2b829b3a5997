"""Work that must go on whatever it meets: each trouble is said once, and when it is over."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable
from typing import TypeVar

from zvonok_core.errors import ZvonokError

T = TypeVar("T")

log = logging.getLogger(__name__)


def pause(failures: int, first: float, longest: float) -> float:
    """How many seconds to wait after so many failures in a row: `first` after none, twice
    as long after each, at most `longest`."""
    return min(longest, first * 2.0 ** min(failures, 30))


class Troubles:
    """What has gone wrong with one kind of work since it last went well."""

    def __init__(self, work: str) -> None:
        """`work` is what the log calls it, such as "reading the journal"."""
        self._work = work
        self._said: object = None
        self.in_a_row = 0
        """Failures since it last went well."""

    async def endure(self, work: Awaitable[T]) -> T | None:
        """What `work` returns, None where it fails. Only cancellation gets through."""
        try:
            result = await work
        except Exception as error:
            self.in_a_row += 1
            self._say(error)
            return None
        if self.in_a_row:
            log.warning("%s works again", self._work)
        self.in_a_row, self._said = 0, None
        return result

    def _say(self, error: Exception) -> None:
        if isinstance(error, ZvonokError):
            if self._said is not ZvonokError:
                log.warning("%s is put off: %s", self._work, error)
            self._said = ZvonokError
            return
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = (type(error), last.filename, last.lineno)
        if self._said != place:
            log.error("bug %s in %s", secrets.token_hex(4), self._work, exc_info=error)
        self._said = place
