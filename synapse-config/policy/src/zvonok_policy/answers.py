"""From a verdict to what Synapse understands, and what becomes of a bug: always a no.

Synapse's spam checker takes NOT_SPAM or a code; the code may carry fields for the client's
answer, and `error` among them is the sentence that people see.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

from synapse.module_api import NOT_SPAM, JsonDict
from synapse.module_api.errors import Codes, SynapseError
from twisted.internet.defer import CancelledError

from zvonok_core.access import Verdict, deny
from zvonok_core.directory import Incident
from zvonok_core.text import Catalogs, Text, text
from zvonok_policy.keeper import Keeper

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Answer = Literal["NOT_SPAM"] | tuple[Codes, JsonDict]


class Answers:
    """Says verdicts in the school's language, and stands around every callback."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._catalogs = Catalogs.load(("zvonok_core", "zvonok_policy"))

    def answer(self, verdict: Verdict) -> Answer:
        """NOT_SPAM, or a refusal with its sentence."""
        return self.refused(verdict.reason) if verdict.denied else NOT_SPAM

    def error(self, verdict: Verdict) -> SynapseError:
        """A refusal as an exception, where Synapse takes no sentence with a code."""
        return SynapseError(403, self._say(verdict.reason), Codes.FORBIDDEN)

    def guarded(
        self, callback: Callable[P, Awaitable[T]], refuse: Callable[[Text], T]
    ) -> Callable[P, Awaitable[T]]:
        """`callback`, of which an unexpected exception becomes `refuse`, a log line and an
        audit record. Synapse would answer some of them with 500 and others with a yes."""

        @wraps(callback)  # Synapse counts the parameters of some
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return await callback(*args, **kwargs)
            except (SynapseError, CancelledError):
                raise
            except Exception as error:
                return refuse(self._bug(callback.__name__, error))

        return wrapper

    def refused(self, reason: Text) -> Answer:
        """A code and a sentence."""
        return Codes.FORBIDDEN, {"error": self._say(reason)}

    def raised(self, reason: Text) -> Any:
        """For `guarded`: an exception that Synapse shows as it is."""
        raise self.error(deny(reason))

    def _say(self, reason: Text) -> str:
        return self._catalogs.say(reason, self._keeper.facts.language)

    def _bug(self, callback: str, error: Exception) -> Text:
        number = secrets.token_hex(4)
        # Without the exception's own words: they may be somebody's message.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("bug %s in %s: %s\n%s", number, callback, type(error).__name__, where)
        self._keeper.report(Incident(callback, number))
        return text(
            "Something is wrong on the school's server. Please tell the administrator: {number}.",
            number=number,
        )
