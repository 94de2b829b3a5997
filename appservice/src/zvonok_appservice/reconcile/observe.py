"""Looking at the homeserver: what is there, without changing anything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.reconcile.model import ActualRoom, ActualState, RoomKey
from zvonok_core.ids import RoomId, SchoolId, UserId

log = logging.getLogger(__name__)


async def observe(homeserver: Homeserver, school: SchoolId, concurrency: int) -> ActualState:
    """All accounts, and all managed rooms of the school.

    Where two rooms have one key, the one that the alias leads to is taken; the other is
    left as it is and logged. Raises what the homeserver raises: a picture with holes
    would be taken for drift.
    """
    accounts = await homeserver.accounts()
    by_key: dict[RoomKey, list[ActualRoom]] = {}
    for room in await observe_rooms(homeserver, school, await homeserver.joined_rooms(), concurrency):
        by_key.setdefault(room.key, []).append(room)
    rooms = {
        key: found[0] if len(found) == 1 else await _rightful(homeserver, found)
        for key, found in by_key.items()
    }
    return ActualState(rooms, accounts)


async def observe_again(
    homeserver: Homeserver,
    school: SchoolId,
    actual: ActualState,
    rooms: Iterable[RoomId],
    users: Iterable[UserId],
    concurrency: int,
) -> ActualState:
    """`actual` with some rooms and accounts looked at anew. Of two rooms with one key the
    one that `actual` has stays. Raises what the homeserver raises."""
    asked = frozenset(rooms)
    seen = await observe_rooms(homeserver, school, asked, concurrency)
    kept = {key: room for key, room in actual.rooms.items() if room.room not in asked}
    accounts = dict(actual.accounts)
    for user in users:
        account = await homeserver.account(user)
        if account is not None:
            accounts[user] = account
    return ActualState({**{room.key: room for room in seen}, **kept}, accounts)


async def observe_rooms(
    homeserver: Homeserver, school: SchoolId, rooms: Iterable[RoomId], concurrency: int
) -> list[ActualRoom]:
    """Those of `rooms` that are managed rooms of the school, in the order given."""
    asked = list(rooms)
    waiting = iter(asked)
    seen: dict[RoomId, ActualRoom | None] = {}

    async def look() -> None:
        for room in waiting:
            seen[room] = await homeserver.room(room)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(asked))):
                group.create_task(look())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    found = (seen[room] for room in asked)
    return [room for room in found if room is not None and room.key.school == school]


async def _rightful(homeserver: Homeserver, found: list[ActualRoom]) -> ActualRoom:
    """The room that the alias leads to; where it leads to none, the one with most people."""
    alias = await homeserver.room_of(found[0].key)
    chosen = max(found, key=lambda room: (room.room == alias, len(room.members), room.room))
    others = ", ".join(sorted(room.room for room in found if room is not chosen))
    log.warning("two rooms of one kind and place: %s is kept, unused: %s", chosen.room, others)
    return chosen
