"""What the appservice knows at a moment, whole and frozen, for whoever tells it to others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from zvonok_appservice.reconcile.desired import Circumstances
from zvonok_appservice.reconcile.guard import Verdict
from zvonok_appservice.reconcile.model import ActualState, DesiredState
from zvonok_appservice.reconcile.templates import Template
from zvonok_appservice.reconcile.today import Today
from zvonok_core.ids import PersonId, UserId


@dataclass(frozen=True)
class Picture:
    """The roster of the day, what it asks for, and what was seen of the homeserver last."""

    today: Today
    templates: tuple[Template, ...]
    given: Circumstances
    desired: DesiredState
    actual: ActualState
    verdict: Verdict
    person_of: dict[UserId, PersonId] = field(init=False)

    def __post_init__(self) -> None:
        owners = {account.user: person for person, account in self.given.accounts.items()}
        object.__setattr__(self, "person_of", owners)


class Board:
    """Where the newest picture hangs, and where those who wait for it stand."""

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self._changed = asyncio.Condition()
        self.revision = 0

    async def hang(self, picture: Picture) -> None:
        """Replace the picture and wake everybody who waits."""
        async with self._changed:
            self.picture = picture
            self.revision += 1
            self._changed.notify_all()

    async def newer_than(self, revision: int, timeout: float) -> bool:
        """Wait until there is a picture after `revision`, at most `timeout` seconds.
        Returns whether there is one."""
        try:
            async with self._changed, asyncio.timeout(timeout):
                await self._changed.wait_for(lambda: self.revision > revision)
        except TimeoutError:
            return False
        return True
