"""Who may act at all, and who may contact whom: invite, write to directly, find."""

from __future__ import annotations

from zvonok_core.access.facts import PersonFacts
from zvonok_core.access.peers import Talk, server_of
from zvonok_core.access.relations import relations
from zvonok_core.access.table import Table, Who
from zvonok_core.access.verdict import Verdict, allow, deny
from zvonok_core.text import text

_SCHOOL = allow(text("The appservice acts for the school."))
_ACTIVE = allow(text("The account is active."))
_CONTACT = allow(text("The school's rules let these two contact each other."))
_ONESELF = allow(text("Everybody may find themselves."))
_STRANGER = deny(text("This account doesn't belong to the school."))
_LOCKED = deny(text("This account is locked. The school's office knows why."))
_UNLINKED = deny(text("This account is not activated yet. The letter from the school says how."))
_APART = deny(
    text(
        "By the school's rules you can't contact this person here. "
        "If you need to, ask the class head or the school's office."
    )
)


def may_act(actor: PersonFacts | None) -> Verdict:
    """Whether somebody may do anything at all: not who is unknown, locked or not linked."""
    if actor is None:
        return _STRANGER
    if actor.sender:
        return _SCHOOL
    if actor.locked:
        return _LOCKED
    return _ACTIVE if actor.linked else _UNLINKED


def may_sign_in(actor: PersonFacts | None) -> Verdict:
    """Whether somebody may sign in and read: not who is unknown or locked. Who has activated
    a moment ago may, though the facts don't know of it yet: nobody else has a password."""
    able = may_act(actor)
    return _ACTIVE if actor is not None and able is _UNLINKED else able


def may_contact(actor: PersonFacts | None, target: PersonFacts | None, table: Table) -> Verdict:
    """Whether `actor` may invite `target` or begin a direct chat.

    Allowed if any pair of roles allows by any relation; between two schools to staff alone, whom
    both schools have named for direct chats. The refusal is the same whether the other one is
    out of reach, locked, not activated or does not exist.
    """
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    if target is None or may_act(target).denied:
        return _APART
    if server_of(actor.user) != server_of(target.user):
        both = (actor, target)
        named = all(Who.STAFF in person.roles and Talk.DIRECT in person.talks for person in both)
        return _CONTACT if named else _APART
    held = relations(actor, target)
    for own in actor.roles:
        row = table.contact.get(own)
        if row is None:
            continue
        for other in target.roles:
            if not held.isdisjoint(row.get(other, ())):
                return _CONTACT
    return _APART


def may_find(searcher: PersonFacts | None, found: PersonFacts | None, table: Table) -> Verdict:
    """Whether the user directory shows `found` to `searcher`."""
    if searcher is not None and found is not None and searcher.user == found.user:
        able = may_act(searcher)
        return able if able.denied else _ONESELF
    return may_contact(searcher, found, table)
