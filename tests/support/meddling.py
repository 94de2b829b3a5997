"""The real homeserver, with a hand on its verbs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from zvonok_appservice.mautrix_homeserver import MautrixHomeserver


class Meddling:
    """Calls `before` with each verb and its arguments before the real homeserver does it."""

    def __init__(self, homeserver: MautrixHomeserver) -> None:
        self._homeserver = homeserver
        self.before: Callable[..., Awaitable[None]] = _nothing

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self._homeserver, verb)
        if verb in ("sender", "user_id"):
            return real

        async def ask(*arguments: Any) -> Any:
            await self.before(verb, *arguments)
            return await real(*arguments)

        return ask


async def _nothing(verb: str, *arguments: object) -> None:
    pass
