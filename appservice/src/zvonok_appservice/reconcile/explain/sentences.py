"""A plan and the guard's verdict read aloud, as a person would say them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Protocol

from zvonok_appservice.reconcile.contents import listed_users, user_level
from zvonok_appservice.reconcile.desired import FORMER, Circumstances
from zvonok_appservice.reconcile.explain.grounds import Grounds
from zvonok_appservice.reconcile.explain.losses import level_reason, lock_reason, removal_reason
from zvonok_appservice.reconcile.guard import Hold, Verdict
from zvonok_appservice.reconcile.model import (
    CONTROL,
    ROOM_STATE_TYPE,
    TALK_STATE_TYPE,
    ActualState,
    AddMember,
    CreateRoom,
    DeactivateAccount,
    DesiredState,
    LinkChild,
    LinkParent,
    LockAccount,
    Membership,
    Plan,
    Redact,
    RemoveMember,
    Revocation,
    RoomKey,
    SetDisplayName,
    SetPowerLevels,
    SetState,
    UnlockAccount,
)
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.reconcile.templates import Template
from zvonok_appservice.reconcile.today import Today
from zvonok_core.ids import PersonId, RoomId, UserId
from zvonok_core.text import Text, ntext, text

MOST_NAMES = 5
"""So many names stand in a sentence; the rest are counted."""

_ROLE_WORDS = {
    "staff": text("members of staff"),
    "teacher": text("teachers"),
    "guardian": text("parents"),
    "student": text("students"),
    FORMER: text("people who have left the journal"),
}


class Scene(Protocol):
    """What the sentences are about; `Picture` is one."""

    @property
    def today(self) -> Today: ...
    @property
    def templates(self) -> tuple[Template, ...]: ...
    @property
    def given(self) -> Circumstances: ...
    @property
    def desired(self) -> DesiredState: ...
    @property
    def actual(self) -> ActualState: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def person_of(self) -> Mapping[UserId, PersonId]: ...


def plan_sentences(scene: Scene, steps: Plan) -> list[Text]:
    """What the steps do, one sentence each in their order; people who come into the same
    room are told together, and a room that is made is told with its people."""
    speaker = _Speaker(scene)
    return [*map(speaker.revocation, steps.revocations), *speaker.grants(steps)]


def hold_sentences(scene: Scene) -> list[Text]:
    """What the guard holds, how much of how much, and how to apply it all the same. Empty
    where nothing is held."""
    if not scene.verdict.holds:
        return []
    speaker = _Speaker(scene)
    return [
        *map(speaker.hold, scene.verdict.holds),
        ntext(
            "{n} removal is held, and everything else goes on. To do it all the same: zvonok-appservice apply {digest}",
            "{n} removals are held, and everything else goes on. To do them all the same: zvonok-appservice apply {digest}",
            len(scene.verdict.removals),
            digest=scene.verdict.digest,
        ),
    ]


class _Speaker:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.now = Grounds(scene.today, scene.templates, scene.given)

    @cached_property
    def before(self) -> Grounds | None:
        before = self.scene.given.before
        return Grounds(before, self.scene.templates, self.scene.given) if before else None

    # ------------------------------------------------------------ names

    def name(self, user: UserId) -> str:
        person = self.scene.person_of.get(user)
        for day in (self.scene.today, self.scene.given.before):
            if person is not None and day is not None and person in day.snapshot.people:
                return full_name(day.snapshot.people[person])
        return user

    def names(self, users: Iterable[UserId]) -> str | Text:
        names = sorted(map(self.name, users))
        listed = ", ".join(names[:MOST_NAMES])
        more = len(names) - MOST_NAMES
        if more <= 0:
            return listed
        return ntext("{names} and {n} more", "{names} and {n} more", more, names=listed)

    def room(self, key: RoomKey) -> str:
        present = self.scene.actual.rooms.get(key)
        if present is not None and present.name:
            return present.name
        wanted = self.scene.desired.rooms.get(key)
        return wanted.name if wanted else key.kind

    @cached_property
    def _keys(self) -> Mapping[RoomId, RoomKey]:
        return {room.room: key for key, room in self.scene.actual.rooms.items()}

    # ------------------------------------------------------------ revocations

    def revocation(self, step: Revocation) -> Text:
        match step:
            case LockAccount():
                person = self.scene.person_of[step.user]
                reason = lock_reason(self.now, person)
                return text("lock {name}: {reason}", name=self.name(step.user), reason=reason)
            case DeactivateAccount():
                return text(
                    "close the account of {name}: no longer in the journal, and the time of grace is over",
                    name=self.name(step.user),
                )
            case RemoveMember():
                return self._removal(step)
            case SetPowerLevels():
                return self._lowering(step)
            case SetState():
                return self._state(step)
            case Redact():
                return text(
                    "delete what {name} has written by leaving “{room}”",
                    name=self.name(step.user),
                    room=self.room(step.key),
                )
        child = self._keys.get(step.child)
        return text(
            "take “{child}” out of the space “{space}”",
            child=self.room(child) if child else step.child,
            space=self.room(step.space),
        )

    def _removal(self, step: RemoveMember) -> Text:
        values: dict[str, object] = {
            "name": self.name(step.user),
            "room": self.room(step.key),
            "reason": self._reason(step),
        }
        match self.scene.actual.rooms[step.key].members.get(step.user):
            case Membership.INVITE:
                return text("take back the invitation of {name} to “{room}”: {reason}", **values)
            case Membership.KNOCK:
                return text("turn {name} away, who asks to come into “{room}”: {reason}", **values)
        return text("take {name} out of “{room}”: {reason}", **values)

    def _reason(self, step: RemoveMember) -> Text:
        person = self.scene.person_of.get(step.user)
        if person is None and step.key.topic is not None:
            return text("no school names them for this room")
        if person is None:
            return text("not an account of the journal")
        return removal_reason(self.before, self.now, step.key, person)

    def _lowering(self, step: SetPowerLevels) -> Text:
        present = self.scene.actual.rooms[step.key].power_levels
        lowered = sorted(
            user
            for user in listed_users(present)
            if user_level(step.content, user) < user_level(present, user)
        )
        if not lowered:
            return text("put the rights in “{room}” right", room=self.room(step.key))
        if len(lowered) > 1:
            return text(
                "lower the level in “{room}”: {names}", room=self.room(step.key), names=self.names(lowered)
            )
        person = self.scene.person_of.get(lowered[0])
        reason = (
            level_reason(self.before, self.now, step.key, person)
            if person is not None
            else text("not an account of the journal")
        )
        return text(
            "lower the level of {name} in “{room}”: {reason}",
            name=self.name(lowered[0]),
            room=self.room(step.key),
            reason=reason,
        )

    def _state(self, step: SetState) -> Text:
        room = self.room(step.key)
        match step.type:
            case "m.room.join_rules":
                return text("let nobody into “{room}” uninvited", room=room)
            case "m.room.guest_access":
                return text("let no guests into “{room}”", room=room)
            case "m.room.history_visibility":
                return text("show the history of “{room}” to its members only", room=room)
            case "m.room.name":
                return text("rename “{room}” to “{name}”", room=room, name=step.content["name"])
            case "m.room.topic":
                return text("put the topic of “{room}” right", room=room)
            case "m.room.server_acl":
                return text("let only servers of the schools concerned into “{room}”", room=room)
            case "m.space.parent":
                return text("let “{room}” no longer name a space that it is not in", room=room)
            case _ if step.type == TALK_STATE_TYPE:
                return (
                    text("tell other schools which room is for {topic}", topic=step.state_key)
                    if step.content
                    else text("tell other schools that there is no room for {topic}", topic=step.state_key)
                )
        assert step.type == ROOM_STATE_TYPE
        if step.content.get("archived"):
            return text("archive “{room}”: nobody is due in it any more", room=room)
        return text("take “{room}” out of the archive", room=room)

    # ------------------------------------------------------------ grants

    def grants(self, steps: Plan) -> Iterator[Text]:
        joining: dict[RoomKey, list[UserId]] = defaultdict(list)
        for step in steps.grants:
            if isinstance(step, AddMember):
                joining[step.key].append(step.user)
        hung: set[tuple[RoomKey, RoomKey]] = set()
        for step in steps.grants:
            match step:
                case CreateRoom() if step.desired.key.kind == CONTROL:
                    yield text("make the room in which schools say whom they name to each other")
                case CreateRoom():
                    coming = [u for u in joining.pop(step.desired.key, ()) if u in self.scene.person_of]
                    yield ntext(
                        "make “{room}” with {n} person",
                        "make “{room}” with {n} people",
                        len(coming),
                        room=step.desired.name,
                    )
                case SetState():
                    yield self._state(step)
                case SetPowerLevels():
                    yield self._raising(step)
                case LinkChild() | LinkParent():
                    both = (step.space, step.child)
                    known = both in hung or step.child not in self.scene.actual.rooms
                    hung.add(both)
                    if not known:
                        yield text(
                            "hang “{child}” into the space “{space}”",
                            child=self.room(step.child),
                            space=self.room(step.space),
                        )
                case UnlockAccount():
                    yield text("let {name} in again", name=self.name(step.user))
                case SetDisplayName():
                    yield text("show {user} as “{name}”", user=step.user, name=step.name)
                case _:
                    if users := joining.pop(step.key, None):
                        yield text(
                            "put into “{room}”: {names}", room=self.room(step.key), names=self.names(users)
                        )

    def _raising(self, step: SetPowerLevels) -> Text:
        present = self.scene.actual.rooms[step.key].power_levels
        raised = [
            user
            for user in listed_users(step.content)
            if user_level(step.content, user) > user_level(present, user)
        ]
        if not raised:
            return text("put the rights in “{room}” right", room=self.room(step.key))
        return text(
            "raise the level in “{room}”: {names}", room=self.room(step.key), names=self.names(raised)
        )

    # ------------------------------------------------------------ the guard

    def hold(self, hold: Hold) -> Text:
        held = self.scene.verdict.held
        accounts = self.scene.desired.accounts
        if hold.room is not None:
            wanted = self.scene.desired.rooms.get(hold.room)
            staying = wanted.members if wanted else frozenset()
            present = self.scene.actual.rooms[hold.room].members
            losers = [u for u in present if u not in staying and u in accounts]
            return text(
                "Too many at once in “{room}”: {losing} of {of} would leave it ({names})",
                room=self.room(hold.room),
                losing=hold.losing,
                of=hold.of,
                names=self.names(losers),
            )
        assert hold.role is not None, "a hold is of a role or of a room"
        losers = [user for user in held.users if hold.role in accounts[user].roles]
        return text(
            "Too many at once among {role}: {losing} of {of} would lose rooms, rights or the account ({names})",
            role=_ROLE_WORDS[hold.role],
            losing=hold.losing,
            of=hold.of,
            names=self.names(losers),
        )
