"""Rooms that the bot is asked into: it comes, at once or as soon as the homeserver lets it.

Whoever is of the same homeserver may ask; in a school's closed circuit the policy module has
decided already.
"""

from __future__ import annotations

import logging

from zvonok_botkit.chat import Chat, Invitation
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.db import Connection, Database
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import RoomId, UserId

log = logging.getLogger(__name__)

PAUSES = (5, 30, 120, 600)
"""Seconds before the bot tries again to come in; then it gives up."""


async def note(db: Connection, invitation: Invitation, me: UserId) -> None:
    """Write an invitation down, where it is one to follow."""
    if invitation.sender.partition(":")[2] != me.partition(":")[2]:
        log.info("the invitation to %s comes from another homeserver", invitation.room)
        return
    await db.execute(
        "INSERT INTO kit_invitations (room, due, tries) VALUES ($1, 0, 0) ON CONFLICT (room) DO NOTHING",
        invitation.room,
    )


async def follow(database: Database, chat: Chat, clock: Clock) -> float | None:
    """Come into the rooms whose time it is. Returns the seconds until the next try; None
    where there is none to make."""
    now = milliseconds(clock.now())
    for row in await database.fetch("SELECT room, tries FROM kit_invitations WHERE due <= $1", now):
        try:
            await chat.join(RoomId(row["room"]))
        except TemporaryError as error:
            if row["tries"] < len(PAUSES):
                due = now + int((error.retry_after or PAUSES[row["tries"]]) * 1000)
                await database.execute(
                    "UPDATE kit_invitations SET due = $2, tries = tries + 1 WHERE room = $1", row["room"], due
                )
                continue
            log.warning("there is no coming into %s: %s", row["room"], error)
        except PermanentError as error:
            log.info("the invitation to %s leads nowhere: %s", row["room"], error.code)
        await database.execute("DELETE FROM kit_invitations WHERE room = $1", row["room"])
    due = await database.fetchval("SELECT MIN(due) FROM kit_invitations")
    return None if due is None else max(0.0, (due - milliseconds(clock.now())) / 1000)
