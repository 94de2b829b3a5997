"""What may become of rooms: making one, inviting, joining, changing its state.

In managed rooms the power levels hold by themselves, because nobody but the appservice
reaches 101; here stands what they don't cover, and everything about people's own chats,
in which whoever made one stands above all levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from zvonok_core.access.contact import may_act, may_contact
from zvonok_core.access.facts import Chat, ChatKind, NewRoom, PersonFacts, RoomFacts
from zvonok_core.access.peers import server_of
from zvonok_core.access.table import Table, Who
from zvonok_core.access.verdict import FINE, Verdict, deny, no_opinion
from zvonok_core.text import ntext, text


class Reserved(StrEnum):
    """What nobody but the appservice does."""

    ALIAS = "alias"
    PUBLISH = "publish"
    UPGRADE = "upgrade"
    INVITE_BY_ADDRESS = "invite_by_address"


_LEVELS = no_opinion(text("The room's own power levels decide."))
_UNKNOWN_ROOM = deny(text("This room is not known here."))
_JOURNAL = deny(text("Who is in this room is decided by the school's journal."))
NOT_INVITED = deny(text("You can come into a chat only when somebody in it invites you."))
_FOR_TWO = deny(text("A direct chat is for two; nobody else can come into it."))
_TWO_SCHOOLS = deny(text("With somebody of another school there can only be a direct chat."))
_NOT_IN_IT = deny(text("Only somebody who is in the chat can be removed from it."))
_NO_WORDS = deny(text("Nothing is written in this way; please write a message."))
_NO_GROUPS = deny(text("By the school's rules you can't make group chats of your own."))
_NO_INVITING = deny(text("In this chat only the school's staff invite."))
_CLOSED = deny(text("Chats here are for those who are invited; they can't be opened to others."))
_NO_SPACES = deny(text("Spaces are made by the school only."))
_STRANGERS_TO_EACH_OTHER = deny(
    text("In a students' chat everybody must be somebody whom the others may contact, too.")
)
_NO_ENCRYPTION = deny(
    text("The school's chats are not encrypted end to end, so that it can look into a complaint.")
)
_STATE = deny(text("This setting can't be changed in the school's chats."))
_RESERVED = {
    Reserved.ALIAS: deny(text("Addresses of rooms are given by the school only.")),
    Reserved.PUBLISH: deny(text("Rooms are not published here.")),
    Reserved.UPGRADE: deny(text("Rooms are upgraded by the school only.")),
    Reserved.INVITE_BY_ADDRESS: deny(
        text("Nobody is invited by e-mail or phone: accounts are given out by the school.")
    ),
}


def may_use(actor: PersonFacts | None, reserved: Reserved) -> Verdict:
    """Whether somebody may do what is the appservice's alone."""
    able = may_act(actor)
    if able.denied or (actor is not None and actor.sender):
        return able
    return _RESERVED[reserved]


def chat_kind(actor: PersonFacts, asked: NewRoom, table: Table) -> ChatKind:
    """What the room that `actor` asks for will be."""
    if asked.direct and len(asked.invited) == 1:
        return ChatKind.DIRECT
    if Who.STUDENT in actor.roles and actor.roles.isdisjoint(table.create_rooms):
        return ChatKind.STUDENT_GROUP
    return ChatKind.GROUP


def may_create_room(actor: PersonFacts | None, asked: NewRoom, table: Table) -> Verdict:
    """Whether the room may be made, with everybody whom the request invites. Encryption is
    no reason to refuse here: clients ask for it by themselves, and it is left out."""
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    if asked.space:
        return _NO_SPACES
    if asked.open or asked.named or asked.by_address:
        return _CLOSED
    kind = chat_kind(actor, asked, table)
    for event_type, content in asked.settings:
        if event_type == "m.room.member":
            return _STATE  # somebody would be invited without being asked about
        if event_type != "m.room.encryption":
            setting = may_send_state(actor, Chat(kind, ()), event_type, content, table)
            if setting.denied:
                return setting
    if kind is ChatKind.GROUP and actor.roles.isdisjoint(table.create_rooms):
        return _NO_GROUPS
    if kind is ChatKind.STUDENT_GROUP and not table.student_groups.allowed:
        return _NO_GROUPS
    members: list[PersonFacts | None] = [actor]
    for target in asked.invited:
        between = frozenset({person.user for person in (actor, target) if person})
        chat = Chat(kind, tuple(members), between)
        verdict = may_invite(actor, target, chat, table)
        if verdict.denied:
            return verdict
        members.append(target)
    return FINE


def may_invite(
    actor: PersonFacts | None, target: PersonFacts | None, room: RoomFacts | Chat | None, table: Table
) -> Verdict:
    """Whether `actor` may ask `target` into `room`. None is a room that nothing is known of."""
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    if room is None:
        return _UNKNOWN_ROOM
    if isinstance(room, RoomFacts):
        return _JOURNAL
    contact = may_contact(actor, target, table)
    if target is None or contact.denied:
        return contact
    if room.kind is ChatKind.DIRECT and room.between != {actor.user, target.user}:
        return _FOR_TWO
    if room.kind is not ChatKind.DIRECT and server_of(actor.user) != server_of(target.user):
        return _TWO_SCHOOLS
    if room.kind is ChatKind.GROUP and actor.roles.isdisjoint(table.create_rooms):
        return _NO_INVITING
    if room.kind is ChatKind.STUDENT_GROUP:
        refusal = _among_students(target, room, table)
        if refusal is not None:
            return refusal
    if room.encrypted and may_encrypt((*room.members, target), table).denied:
        return _NO_ENCRYPTION
    return FINE


def _among_students(target: PersonFacts, chat: Chat, table: Table) -> Verdict | None:
    if not table.student_groups.allowed:
        return _NO_GROUPS
    others = [member for member in chat.members if member is None or member.user != target.user]
    if len(others) >= table.student_groups.size:
        return deny(
            ntext(
                "A students' chat may have {n} member at most.",
                "A students' chat may have {n} members at most.",
                table.student_groups.size,
            )
        )
    for member in others:
        if may_contact(member, target, table).denied or may_contact(target, member, table).denied:
            return _STRANGERS_TO_EACH_OTHER
    return None


def may_join(
    actor: PersonFacts | None, room: RoomFacts | Chat | None, inviter: PersonFacts | None, table: Table
) -> Verdict:
    """Whether `actor` may come in now, by the invitation of `inviter` (None: by none).

    Whom the appservice puts somewhere is let in even where the facts don't know of it yet:
    it puts people into rooms in the very moment in which they activate.
    """
    if inviter is not None and inviter.sender:
        return may_act(inviter)
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    if room is None:
        return _UNKNOWN_ROOM
    if isinstance(room, RoomFacts):
        return _JOURNAL
    if inviter is None:
        return NOT_INVITED
    return may_invite(inviter, actor, room, table)


def may_remove(
    actor: PersonFacts | None,
    target: PersonFacts | None,
    room: RoomFacts | Chat | None,
    table: Table,
    *,
    here: str | None,
    ban: bool,
) -> Verdict:
    """Whether `actor` may throw `target` out, ban them, or lift a ban. `here` is what Matrix
    calls the target in the room now, such as `join`; None for whoever never was anything.

    Who has been thrown out is shown the room as it was then, and why. So nobody is thrown out
    who isn't in, and a ban is lifted by those who might invite the target as well.
    """
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    if here in ("join", "invite"):
        return _LEVELS
    if here == "ban" and not ban:
        return may_invite(actor, target, room, table)
    return _NOT_IN_IT


def may_say_by_membership(
    actor: PersonFacts | None, room: RoomFacts | Chat | None, table: Table, *, here: str | None, becomes: str
) -> Verdict:
    """Whether `actor` may add words to what they become, or make another one, in a room: clients
    show the reason of a departure like a message. `here` and `becomes` are what Matrix calls it."""
    if becomes in ("leave", "ban"):
        return may_write(actor, room, table)
    return _NO_WORDS if here == becomes and not (actor is not None and actor.sender) else _LEVELS


def may_write(
    actor: PersonFacts | None, room: RoomFacts | Chat | None, table: Table, *, encrypted: bool = False
) -> Verdict:
    """Whether `actor` may write into a room that they are in. A direct chat falls silent when
    neither of the two may contact the other any more: a guardian may have lost the right to
    the child since it was begun. Elsewhere whoever has been let in may write, as levels say;
    but nothing `encrypted` where the school can't read it and doesn't want it so."""
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    if encrypted:
        if not isinstance(room, Chat):
            return _NO_ENCRYPTION
        refusal = may_encrypt((*room.members, actor), table)
        if refusal.denied:
            return refusal
    if isinstance(room, Chat) and room.kind is ChatKind.DIRECT:
        for other in room.members:
            if other is None or other.user != actor.user:
                verdict = may_contact(actor, other, table)
                if verdict.denied and may_contact(other, actor, table).denied:
                    return verdict
    return _LEVELS


def may_encrypt(people: Iterable[PersonFacts | None], table: Table) -> Verdict:
    """Whether a chat of exactly these people may be encrypted."""
    if table.encryption == "everybody":
        return FINE
    if table.encryption == "staff" and all(p is not None and Who.STAFF in p.roles for p in people):
        return FINE
    return _NO_ENCRYPTION


_OWN_CHAT_STATE = frozenset(
    {
        "m.room.name",
        "m.room.topic",
        "m.room.avatar",
        "m.room.pinned_events",
        "m.room.power_levels",
    }
)
_HARMLESS = {
    "m.room.join_rules": ("join_rule", frozenset({"invite"})),
    "m.room.guest_access": ("guest_access", frozenset({"forbidden"})),
    "m.room.history_visibility": (
        "history_visibility",
        frozenset({"joined", "invited", "shared"}),
    ),
}
_MANAGED_STATE = frozenset({"m.room.pinned_events", "im.vector.modular.widgets", "m.widget", "m.room.topic"})


def may_send_state(
    actor: PersonFacts | None,
    room: RoomFacts | Chat | None,
    event_type: str,
    content: Mapping[str, Any],
    table: Table,
) -> Verdict:
    """Whether `actor` may write a state event. What no rule names is refused: a type that
    nobody thought of may open a room as well as any other."""
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    if room is None:
        return _UNKNOWN_ROOM
    if event_type == "m.room.member":
        return _LEVELS  # asked again as an invitation or a join
    if isinstance(room, RoomFacts):
        return _LEVELS if event_type in _MANAGED_STATE else _STATE
    if event_type == "m.room.encryption":
        return may_encrypt((*room.members, actor), table)
    if event_type in _OWN_CHAT_STATE:
        return _LEVELS
    if event_type in _HARMLESS:
        key, values = _HARMLESS[event_type]
        value = content.get(key)
        return _LEVELS if isinstance(value, str) and value in values else _CLOSED
    return _STATE
