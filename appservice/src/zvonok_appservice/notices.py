"""What the sender tells people of what was done to them: who was muted, in which room, until
when and why; that a room is read-only for now; that a room which somebody left is theirs.

What is still to be told stands in the stores, so that a restart or an absent homeserver
loses nothing; a transaction id made of it keeps anything from being said twice.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable
from datetime import datetime, tzinfo
from itertools import groupby

from zvonok_appservice.homeserver import Homeserver
from zvonok_appservice.picture import Board, Picture
from zvonok_appservice.reconcile.explain import MOST_NAMES, moment_text
from zvonok_appservice.reconcile.model import DesiredRoom, Membership, RoomKey
from zvonok_appservice.reconcile.names import official_name, sort_key
from zvonok_appservice.reconcile.restrictions import Mute, Pause
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_appservice.store.returns import Return, Returns
from zvonok_core.clock import Clock, milliseconds
from zvonok_core.errors import PermanentError, TemporaryError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Level
from zvonok_core.text import Catalogs, Text, ntext, text

log = logging.getLogger(__name__)


class Notices:
    """Sends whatever is still to be told. Names, times and words are the school's."""

    def __init__(
        self,
        board: Board,
        restrictions: Restrictions,
        returns: Returns,
        homeserver: Homeserver,
        catalogs: Catalogs,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        self._board = board
        self._restrictions = restrictions
        self._returns = returns
        self._homeserver = homeserver
        self._catalogs = catalogs
        self._clock = clock
        self._zone = zone

    async def run(self) -> int:
        """Send what can be sent now; the rest waits for the next call. Returns how many
        messages went out.

        Raises TemporaryError while the database is away.
        """
        picture = self._board.picture
        if picture is None:
            return 0
        keys = {room.room: key for key, room in picture.actual.rooms.items()}
        sent = 0
        for mute in await self._restrictions.mutes():
            if not mute.told and mute.room in keys and _hears(picture, mute.user):
                sent += await _try(self._tell_muted(picture, keys[mute.room], mute))
        for pause in await self._restrictions.pauses():
            wanted = picture.desired.rooms.get(keys[pause.room]) if pause.room in keys else None
            if not pause.told and wanted is not None and wanted.paused:
                sent += await _try(self._tell_room(picture, wanted, pause))
        for user, rows in groupby(await self._returns.untold(), lambda row: row.user):
            back = [row for row in rows if row.room in keys and _is_in(picture, keys[row.room], user)]
            if back and _hears(picture, user):
                names = [picture.desired.rooms[keys[row.room]].name for row in back]
                sent += await _try(self._tell_returned(picture, back, names))
        return sent

    async def _tell_muted(self, picture: Picture, key: RoomKey, mute: Mute) -> None:
        message = text(
            "You can't write in “{room}” until {until}; reading goes on as usual.\n"
            "Decided by: {by}.\n"
            "Why: {reason}\n"
            "Afterwards everything works again by itself.",
            room=picture.actual.rooms[key].name,
            until=self._until(mute.until),
            by=self._name(picture, mute.by),
            reason=mute.reason,
        )
        room = await self._homeserver.direct_room(mute.user)
        await self._say(picture, room, message, f"mute-{mute.room}-{mute.user}-{milliseconds(mute.since)}")
        await self._restrictions.told(mute)

    async def _tell_room(self, picture: Picture, wanted: DesiredRoom, pause: Pause) -> None:
        leading = [
            user
            for user in wanted.members
            if wanted.levels.get(user, 0) >= Level.MODERATOR and _hears(picture, user)
        ]
        names = [self._name(picture, user) for user in sorted(leading, key=lambda u: _order(picture, u))]
        listed: Text | str = "; ".join(names[:MOST_NAMES])
        if len(names) > MOST_NAMES:
            listed = ntext(
                "{names} and {n} more", "{names} and {n} more", len(names) - MOST_NAMES, names=listed
            )
        message = text(
            "This room is for reading only until {until}. Meanwhile write here: {names}.",
            until=self._until(pause.until),
            names=listed,
        )
        await self._say(picture, pause.room, message, f"pause-{pause.room}-{milliseconds(pause.since)}")
        await self._restrictions.told(pause)

    async def _tell_returned(self, picture: Picture, back: list[Return], names: list[str]) -> None:
        message = (
            text(
                "You have left the room “{room}”. Who is in it follows from the school's journal, so you"
                " are back in it. If its messages disturb you, turn off the notifications in the"
                " chat's settings.",
                room=names[0],
            )
            if len(names) == 1
            else text(
                "You have left these rooms: {rooms}. Who is in them follows from the school's journal, so"
                " you are back in them. If their messages disturb you, turn off the notifications in"
                " each chat's settings.",
                rooms="; ".join(sorted(names)),
            )
        )
        rows = "\n".join(f"{row.room} {row.user} {row.noted_at}" for row in back)
        room = await self._homeserver.direct_room(back[0].user)
        await self._say(picture, room, message, f"back-{hashlib.sha256(rows.encode()).hexdigest()[:32]}")
        await self._returns.told(back)

    async def _say(self, picture: Picture, room: RoomId, message: Text, transaction: str) -> None:
        body = self._catalogs.say(message, picture.given.language)
        await self._homeserver.send_text(room, body, transaction)

    def _until(self, moment: datetime) -> Text | str:
        """The time alone where it is today's."""
        local = moment.astimezone(self._zone)
        today = self._clock.now().astimezone(self._zone).date()
        return f"{local:%H:%M}" if local.date() == today else moment_text(local)

    def _name(self, picture: Picture, user: UserId) -> str:
        person = picture.person_of.get(user)
        if person is None or person not in picture.today.snapshot.people:
            return user
        return official_name(picture.today, person, self._catalogs, picture.given.language)


def _hears(picture: Picture, user: UserId) -> bool:
    account = picture.desired.accounts.get(user)
    return account is not None and not account.locked and not account.deactivated


def _is_in(picture: Picture, key: RoomKey, user: UserId) -> bool:
    wanted = picture.desired.rooms.get(key)
    due = wanted is not None and user in wanted.members
    return due and picture.actual.rooms[key].members.get(user) is Membership.JOIN


def _order(picture: Picture, user: UserId) -> tuple[str, ...]:
    return (*sort_key(picture.today.snapshot.people[picture.person_of[user]]), user)


async def _try(telling: Awaitable[None]) -> bool:
    try:
        await telling
    except (TemporaryError, PermanentError) as error:
        log.warning("Somebody could not be told what was decided: %s", error)
        return False
    return True
