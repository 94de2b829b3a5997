"""What the people who lead a room may ask for: that somebody does not write there for a
time, or that hardly anybody does.

The rules are pure, over what the journal says of a person in a room; what was written into
the room counts for nothing. The service remembers what was asked for; the loop writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.explain import Grounds
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_appservice.reconcile.restrictions import Mute, Pause
from zvonok_appservice.store.ledger import Ledger
from zvonok_appservice.store.restrictions import Restrictions
from zvonok_core.clock import Clock
from zvonok_core.errors import UserError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Level
from zvonok_core.text import Text, text

LONGEST_MUTE = 43_200
"""Minutes: 30 days. What should last longer is a matter for the journal."""
LONGEST_PAUSE = 1_440
"""Minutes: a day."""
LONGEST_REASON = 500
"""Characters."""
_LENGTHS = {
    LONGEST_MUTE: text("Somebody can be muted for 1 minute at least and for 30 days at most."),
    LONGEST_PAUSE: text("A room can be read-only for 1 minute at least and for a day at most."),
}


class Refused(UserError):  # noqa: N818 - a reply, not an error of the program
    """What was asked for is not done; `status` is HTTP's."""

    def __init__(self, text: Text, status: int = 403) -> None:
        super().__init__(text)
        self.status = status


# ---------------------------------------------------------------- the rules


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in a room, by the journal: `level` is None for who is not due there, and
    `active` whether they have an account that may be used."""

    level: int | None
    active: bool = True
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A room by the journal; `read_only` is one in which few write even without a pause."""

    archived: bool = False
    is_space: bool = False
    read_only: bool = False


def against_moderating(place: Place, by: Standing) -> Text | None:
    """Why somebody may decide nothing about a room; None where they may."""
    if place.archived:
        return text("This room is archived: nobody writes in it any more.")
    if place.is_space:
        return text("Nobody writes in a space. Please ask again in one of its rooms.")
    if by.level is None or by.level < Level.MODERATOR or by.bot:
        return text("Only those who lead this room may do this. Please ask one of them.")
    if not by.active:
        return text("Your account has no access at present. Please ask at the school's office.")
    return None


def against_muting(place: Place, by: Standing, whom: Standing, *, oneself: bool) -> Text | None:
    """Why `by` may not mute `whom`; None where they may."""
    if (reason := against_moderating(place, by)) is not None:
        return reason
    if oneself:
        return text("Nobody mutes themselves. A chat's notifications can be turned off in its settings.")
    if whom.bot:
        return text("A bot can't be muted. Please tell whoever looks after Zvonok in the school.")
    if whom.level is None:
        return text("This person does not belong in this room, so there is nothing to mute.")
    if whom.level >= Level.MODERATOR:
        return text(
            "This person leads the room as well, and the journal lets them write. Please speak to them,"
            " or to the head."
        )
    return None


def against_pausing(place: Place, by: Standing) -> Text | None:
    """Why `by` may not make a room read-only; None where they may."""
    if (reason := against_moderating(place, by)) is not None:
        return reason
    if place.read_only:
        return text("In this room only those who lead it write anyway, so there is nothing to stop.")
    return None


def against_minutes(minutes: int, longest: int) -> Text | None:
    """Why something may not last for so long; None where it may."""
    return None if 1 <= minutes <= longest else _LENGTHS[longest]


def end_of(now: datetime, minutes: int) -> datetime:
    """When what begins now is over: on a whole minute, never too early, so that what people
    are told is exact."""
    end = now + timedelta(minutes=minutes)
    return end + (datetime(1970, 1, 1, tzinfo=UTC) - end) % timedelta(minutes=1)


# ---------------------------------------------------------------- the service


@dataclass(frozen=True, slots=True)
class _Case:
    """A room that is asked about, as the newest picture has it."""

    picture: Picture
    key: RoomKey
    room: RoomId

    def place(self) -> Place:
        desired = self.picture.desired.rooms.get(self.key)
        if desired is None:
            return Place(archived=True)
        read_only = desired.write_level >= Level.MODERATOR and not desired.paused
        return Place(is_space=desired.is_space, read_only=read_only)

    def standing(self, user: UserId) -> Standing:
        picture = self.picture
        if user in picture.given.bots:
            return Standing(int(Level.BOT), bot=True)
        person = picture.person_of.get(user)
        grounds = Grounds(picture.today, picture.templates, picture.given)
        seats = grounds.seats(self.key).get(person, []) if person is not None else []
        account = picture.desired.accounts.get(user)
        active = account is not None and not account.locked and not account.deactivated
        return Standing(max((level for _, level in seats), default=None), active)

    def person(self, user: UserId) -> str:
        """For the audit, which names people by the journal's ids."""
        return self.picture.person_of.get(user) or user


class Moderation:
    """Asks the rules, remembers, writes it down, and wakes the loop. `asked` is the consumer
    of the directory through which somebody asks.

    Every verb raises Refused, and TemporaryError while the database is away.
    """

    def __init__(
        self,
        restrictions: Restrictions,
        ledger: Ledger,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._restrictions = restrictions
        self._ledger = ledger
        self._clock = clock
        self._wake = wake

    async def mute(
        self, picture: Picture, room: RoomId, user: UserId, by: UserId, minutes: int, reason: str, asked: str
    ) -> datetime:
        """Somebody does not write in a room for a time. Returns until when."""
        case = _case(picture, room)
        _unless(against_minutes(minutes, LONGEST_MUTE), 400)
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise Refused(text("Please say why, in a sentence or two: the person will read it."), 400)
        _unless(against_muting(case.place(), case.standing(by), case.standing(user), oneself=user == by))
        until = end_of(self._clock.now(), minutes)
        words = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
        await self._restrictions.mute(room, user, until, by, words)
        await self._note(
            case, by, "mute", case.person(user), f"{_place_and_end(room, until)} {asked}: {words}"
        )
        return until

    async def unmute(self, picture: Picture, room: RoomId, user: UserId, by: UserId, asked: str) -> None:
        """End a mute early."""
        case = _case(picture, room)
        _unless(against_moderating(case.place(), case.standing(by)))
        known = any((mute.room, mute.user) == (room, user) for mute in await self._restrictions.mutes())
        if not known or not await self._restrictions.unmute(room, user):
            raise Refused(text("Nobody has muted this person here."), 404)
        await self._note(case, by, "unmute", case.person(user), f"{room} {asked}")

    async def pause(self, picture: Picture, room: RoomId, by: UserId, minutes: int, asked: str) -> datetime:
        """Only those who lead a room write there for a time. Returns until when."""
        case = _case(picture, room)
        _unless(against_minutes(minutes, LONGEST_PAUSE), 400)
        _unless(against_pausing(case.place(), case.standing(by)))
        until = end_of(self._clock.now(), minutes)
        await self._restrictions.pause(room, until, by)
        await self._note(case, by, "pause", room, f"{_place_and_end(room, until)} {asked}")
        return until

    async def resume(self, picture: Picture, room: RoomId, by: UserId, asked: str) -> None:
        """End a pause early."""
        case = _case(picture, room)
        _unless(against_moderating(case.place(), case.standing(by)))
        if not await self._restrictions.resume(room):
            raise Refused(text("This room is not paused."), 404)
        await self._note(case, by, "resume", room, f"{room} {asked}")

    async def restrictions(self, picture: Picture, room: RoomId) -> tuple[list[Mute], Pause | None]:
        """What is in force in a room, but for what the journal overrules."""
        case = _case(picture, room)
        place = case.place()
        if place.archived or place.is_space:
            return [], None
        mutes = [mute for mute in await self._restrictions.mutes() if mute.room == room]
        levels = {mute.user: case.standing(mute.user).level for mute in mutes}
        mutes = [mute for mute in mutes if (levels[mute.user] or 0) < Level.MODERATOR]
        pauses = [each for each in await self._restrictions.pauses() if each.room == room]
        return mutes, pauses[0] if pauses and not place.read_only else None

    async def _note(self, case: _Case, by: UserId, action: str, subject: str, detail: str) -> None:
        await self._ledger.record(case.person(by), action, subject, detail)
        self._wake()


def _case(picture: Picture, room: RoomId) -> _Case:
    for key, present in picture.actual.rooms.items():
        if present.room == room:
            return _Case(picture, key, room)
    raise Refused(text("This is not one of the school's rooms: here its own administrators decide."), 404)


def _unless(reason: Text | None, status: int = 403) -> None:
    if reason is not None:
        raise Refused(reason, status)


def _place_and_end(room: RoomId, until: datetime) -> str:
    return f"{room} until {until.isoformat()}"
