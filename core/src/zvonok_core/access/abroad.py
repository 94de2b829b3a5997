"""What crosses the border between schools: only staff, only what a listed peer's own
appservice has named them for, and students and guardians never, in either direction."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from zvonok_core.access.contact import may_act
from zvonok_core.access.facts import Chat, Facts, PersonFacts, RoomFacts
from zvonok_core.access.peers import ROOM_TALKS, appservice_of, server_of
from zvonok_core.access.rooms import may_invite, may_write
from zvonok_core.access.table import Who
from zvonok_core.access.verdict import FINE, Verdict, deny, no_opinion
from zvonok_core.ids import UserId
from zvonok_core.text import text

_LEVELS = no_opinion(text("The room's own power levels decide."))
_NOT_LISTED = deny(text("This school is not in the federation of schools."))
_NOT_NAMED = deny(text("Between schools only those talk whom their school has named for it."))
_SOMEBODY_UNLISTED = deny(
    text("Nothing can be written here: in this room is a school that is not in the federation.")
)


def may_be_asked_in(inviter: UserId, target: UserId, chat: Chat | None, facts: Facts) -> Verdict:
    """Whether somebody of another school may invite `target`, who is of this one, and whether
    `target` may follow that invitation. `chat` is the direct chat that is asked into; None where
    it is another room.

    Into rooms only the other school's appservice invites: our own appservice, to tell it whom
    we name, and those whom we have named for rooms.
    """
    peer = facts.peers.get(server_of(inviter))
    if peer is None:
        return _NOT_LISTED
    invited = facts.people.get(target)
    if inviter != appservice_of(server_of(inviter)):
        return may_invite(facts.people.get(inviter), invited, chat, facts.table)
    able = may_act(invited)
    if invited is None or invited.sender or able.denied:
        return able
    named = Who.STAFF in invited.roles and not invited.talks.isdisjoint(peer.talks & ROOM_TALKS)
    return FINE if named else _NOT_NAMED


def may_reach_here(
    sender: UserId, room: RoomFacts | Chat | None, maker: UserId | None, facts: Facts
) -> Verdict:
    """Whether something that `sender`, of another school, has written is taken. Who is in a room
    that another school's appservice has made is that school's word; in our own are those whom we
    know. `maker` has made the room, None while we come into it."""
    server = server_of(sender)
    if server not in facts.peers:
        return _NOT_LISTED
    if sender == appservice_of(server):
        return FINE
    if room is None:
        return FINE if maker is None or maker == appservice_of(server_of(maker)) else _NOT_NAMED
    if isinstance(room, Chat):
        return may_write(facts.people.get(sender), room, facts.table)
    return FINE if sender in facts.people else _NOT_NAMED


def may_be_named_abroad(target: PersonFacts | None) -> Verdict:
    """Whether other schools' servers may know of somebody: of staff who are named for anything,
    and of the appservice."""
    able = may_act(target)
    if target is None or target.sender or able.denied:
        return able
    return FINE if Who.STAFF in target.roles and target.talks else _NOT_NAMED


def may_write_among(actor: PersonFacts | None, servers: AbstractSet[str], facts: Facts) -> Verdict:
    """Whether somebody of this school may write where people of these `servers` are: among those
    of other schools only who is named, whatever room it is."""
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    others = servers - {server_of(facts.sender)}
    if others - facts.peers.keys():
        return _SOMEBODY_UNLISTED
    named = may_be_named_abroad(actor)
    return named if others and named.denied else _LEVELS
