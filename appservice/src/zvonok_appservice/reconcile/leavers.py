"""Who has left a room that the journal puts them into, and is put back. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from zvonok_appservice.reconcile.desired import Account
from zvonok_appservice.reconcile.model import ActualState, AddMember, Plan
from zvonok_core.ids import RoomId, UserId

LONG_AGO = 7 * 86_400_000
"""Milliseconds. Whoever left earlier and is put back only now was not due in between."""


def leavers(
    steps: Plan, actual: ActualState, accounts: Iterable[Account], now: int
) -> list[tuple[RoomId, UserId]]:
    """Whom the steps put back after they had left by themselves; `now` in milliseconds
    since 1970, UTC.

    Closing an account makes it leave all its rooms, so what lies before the account was
    linked was nobody's wish.
    """
    linked_at = {account.user: account.linked_at for account in accounts}
    return [
        (room.room, step.user)
        for step in steps.grants
        if isinstance(step, AddMember)
        and (room := actual.rooms.get(step.key)) is not None
        and room.left.get(step.user, 0) > max(linked_at.get(step.user, now), now - LONG_AGO)
    ]
