"""What may be stored in the school's rooms: each event is judged as it comes, by the room as
it was before it and by what the journal says at that moment.

Whatever no sentence here allows is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from support.anything.ledger import Event, Ledger, Room
from support.anything.people import People, Person
from zvonok_core.ids import UserId

MARK = "dev.zvonok.chat"
ALWAYS_WRITTEN = {"m.reaction", "m.room.redaction", "org.matrix.msc3381.poll.response"}
"""What members may send where only some may write."""
SETTINGS = {
    "m.room.create", "m.room.member", "m.room.power_levels", "m.room.name", "m.room.topic",
    "m.room.avatar", "m.room.pinned_events", "m.room.join_rules", "m.room.guest_access",
    "m.room.history_visibility", "m.room.encryption",
}  # fmt: skip
"""All that may ever be set in a chat."""
MANAGED_SETTINGS = {
    "m.room.pinned_events": 50,
    "im.vector.modular.widgets": 50,
    "m.widget": 50,
    "m.room.topic": 100,
}
"""What others than the school may set in a managed room, and from which level on."""


@dataclass(frozen=True, slots=True)
class Managed:
    """What the school has made: everybody's level where it is not 0, and who writes."""

    levels: Mapping[UserId, int]
    write_level: int


@dataclass
class School:
    """What the judge must know besides the rooms."""

    sender: str
    people: People
    managed: dict[str, Managed] = field(default_factory=dict)
    asked: dict[str, tuple[Person, Mapping[str, Any]]] = field(default_factory=dict)
    """Who has made a chat, with the request."""
    student_groups: int = 0
    """How many may be in a chat that students make; 0 where they make none."""
    encryption: Literal["nobody", "staff"] = "nobody"

    def kind(self, room: str) -> str:
        """`managed`, `direct`, `students`, `group`, or `` where nobody has asked for it."""
        if room in self.managed:
            return "managed"
        if room not in self.asked:
            return ""
        creator, request = self.asked[room]
        if request.get("is_direct") is True and len(_invited(request)) == 1:
            return "direct"
        return "students" if "student" in creator.duties and not creator.staff else "group"

    def pair(self, room: str) -> set[str]:
        """The two of a direct chat."""
        creator, request = self.asked[room]
        return {creator.user, *_invited(request)}


def _invited(request: Mapping[str, Any]) -> list[str]:
    invited = request.get("invite")
    return invited if isinstance(invited, list) else []


@dataclass
class Judge:
    """Looks at each event before it is entered into the ledger."""

    school: School
    ledger: Ledger

    def faults(self, event: Event) -> Iterator[str]:
        """What is wrong with an event that was stored."""
        room = self.ledger.rooms.get(event.room)
        if room is None:
            yield "an event in a room that is no room of this world"
            return
        kind = self.school.kind(event.room)
        if event.sender == self.school.sender:
            if kind != "managed":
                yield "the school's sender in somebody's chat"
            return
        if not kind:
            yield "a room that nobody has asked for"
            return
        actor = self.school.people.of(event.sender)
        if actor is None:
            yield "its sender is nobody of this world"
            return
        if event.type == "m.room.member":
            yield from self._membership(event, actor, room, kind)
            return
        if not actor.active:
            yield f"its sender is {actor.standing.value}"
        if event.type == "m.room.create":
            yield from self._creation(event, actor, kind)
        elif not room.is_in(actor.user):
            yield "its sender is not in the room"
        if event.state_key is not None:
            yield from self._setting(event, actor, room, kind)
        else:
            yield from self._message(event, actor, room, kind)

    # ------------------------------------------------------------ who is in a room

    def _membership(self, event: Event, actor: Person, room: Room, kind: str) -> Iterator[str]:
        target, now = str(event.state_key), event.content.get("membership")
        before = room.membership(target)
        was = None if before is None else before.content.get("membership")
        own = target == actor.user
        if now == "join" and own and was == "join":
            if event.content.get("displayname") not in (None, actor.title):
                yield "a name that the journal doesn't give"
            return  # Synapse itself writes these later, when a picture has changed
        if now == "leave" and own and was in ("join", "invite"):
            return
        if not actor.active and not (kind == "managed" and actor.reads):
            yield f"somebody {actor.standing.value} changes who is in a room"
        if kind == "managed":
            if not (
                now == "join" and own and was == "invite" and before and before.sender == self.school.sender
            ):
                yield f"{now} in a room of the school's, not by the school"
        elif now == "join" and own and not room.members and actor.user == room.creator:
            return
        elif now == "join" and own and was == "invite" and before is not None:
            yield from self._entry(self.school.people.of(before.sender), actor, room, kind)
        elif now == "invite" and not own:
            if not room.is_in(actor.user):
                yield "invited by somebody who is not in the chat"
            yield from self._entry(actor, self.school.people.of(target), room, kind)
        elif now in ("leave", "ban") and not own and room.is_in(actor.user):
            if was is None:
                yield f"{now} of somebody who never was in the chat"
        else:
            yield f"{now} after {was}"

    def _entry(self, host: Person | None, guest: Person | None, room: Room, kind: str) -> Iterator[str]:
        """Whether the host may bring the guest in now."""
        people = self.school.people
        if host is None or guest is None or not people.may_meet(host, guest):
            yield "the school doesn't let the two meet"
            return
        others = [people.of(user) for user in room.those("join", "invite") if user != guest.user]
        if kind == "direct":
            if guest.user not in self.school.pair(room.id):
                yield "a third person in a direct chat"
            if host.user not in self.school.pair(room.id):
                yield "a third person invites into a direct chat"
        elif kind == "group":
            if not host.staff:
                yield "somebody who is not of the staff brings others into a group"
        elif kind == "students":
            if len(others) >= self.school.student_groups:
                yield "more in a students' chat than there may be"
            if not all(people.may_meet(other, guest) for other in others):
                yield "strangers to each other in a students' chat"
        if ("m.room.encryption", "") in room.state and not self._may_encrypt([*others, guest]):
            yield "somebody in an encrypted chat who may not encrypt"

    # ------------------------------------------------------------ what a room is

    def _creation(self, event: Event, actor: Person, kind: str) -> Iterator[str]:
        made = event.content
        if made.get("room_version") != "12":
            yield "a room of another version"
        if made.get("m.federate") is not False:
            yield "a room that is open to other servers"
        if "type" in made or "predecessor" in made:
            yield "a room that is no chat"
        more = set(made.get("additional_creators", ()))
        if more - (self.school.pair(event.room) if kind == "direct" else set()):
            yield "creators who must be none"
        between = {*made.get(MARK, {}).get("between", ())}
        if between != (self.school.pair(event.room) if kind == "direct" else set()):
            yield "a chat that says it is between others"
        if kind == "group" and not actor.staff:
            yield "a group that is not made by staff"
        if kind == "students" and not self.school.student_groups:
            yield "a students' group where the school has none"

    def _setting(self, event: Event, actor: Person, room: Room, kind: str) -> Iterator[str]:
        if kind == "managed":
            wanted = MANAGED_SETTINGS.get(event.type)
            if wanted is None or self._level(actor, room) < wanted:
                yield "set in a room of the school's, not by the school"
            return
        if event.type not in SETTINGS:
            yield "a setting that no chat may have"
        said = event.content
        if event.type == "m.room.join_rules" and said.get("join_rule") != "invite":
            yield "a chat that is open"
        if event.type == "m.room.guest_access" and said.get("guest_access") != "forbidden":
            yield "a chat that is open to guests"
        if event.type == "m.room.history_visibility" and said.get("history_visibility") not in (
            "joined",
            "invited",
            "shared",
        ):
            yield "a chat that everybody can read"
        if event.type == "m.room.encryption" and not self._all_may_encrypt(room):
            yield "an encrypted chat where none may be"

    # ------------------------------------------------------------ what is said

    def _message(self, event: Event, actor: Person, room: Room, kind: str) -> Iterator[str]:
        if kind == "managed":
            managed = self.school.managed[room.id]
            if event.type not in ALWAYS_WRITTEN and self._level(actor, room) < managed.write_level:
                yield "written where only some may write"
        deleted = event.type == "m.room.redaction" and event.content.keys() <= {"redacts"}
        if kind == "direct" and not deleted:
            others = [self.school.people.of(user) for user in self.school.pair(room.id) if user != actor.user]
            if not all(self.school.people.may_meet(actor, other) for other in others):
                yield "written to somebody whom they may not meet any more"
        if event.type == "m.room.encrypted" and (kind == "managed" or not self._all_may_encrypt(room)):
            yield "encrypted where nothing may be"
        if event.type == "m.room.redaction":
            deleted = room.events.get(str(event.content.get("redacts")))
            if deleted is not None and deleted.state_key is not None:
                yield "a setting is deleted"
            elif deleted is not None and kind == "managed" and deleted.sender != actor.user:
                yield from ["another one's message is deleted"] * (self._level(actor, room) < 50)
        relation = event.content.get("m.relates_to")
        changes = isinstance(relation, Mapping) and relation.get("rel_type") == "m.replace"
        # The school's bots are not held to their own; clients show such a change to nobody.
        if changes and "bot" not in actor.duties:
            original = room.events.get(str(relation.get("event_id")))
            if original is None or original.sender != actor.user:
                yield "another one's message is changed"

    def _level(self, actor: Person, room: Room) -> int:
        return self.school.managed[room.id].levels.get(actor.user, 0)

    def _may_encrypt(self, people: list[Person | None]) -> bool:
        return self.school.encryption == "staff" and all(p is not None and p.staff for p in people)

    def _all_may_encrypt(self, room: Room) -> bool:
        return self._may_encrypt([self.school.people.of(user) for user in room.those("join", "invite")])
