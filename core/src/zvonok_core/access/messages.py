"""Limits on messages, files and accounts."""

from __future__ import annotations

from datetime import timedelta

from zvonok_core.access.contact import may_act
from zvonok_core.access.content import ContentKind
from zvonok_core.access.facts import PersonFacts
from zvonok_core.access.table import MIB, Table, Who
from zvonok_core.access.verdict import FINE, Verdict, deny
from zvonok_core.text import ntext, text

_UNKNOWN_MESSAGE = deny(text("The message that you want to change is not there any more."))
_NO_MESSAGE = deny(text("Only messages can be deleted, not what is set for the chat."))
_NO_PROGRAMS = deny(text("Programs and scripts can't be sent here."))
_NO_PICTURE = deny(text("By the school's rules you have no picture of your own here."))
_NO_LEAVING = deny(text("A student's account is closed by the school only."))


def may_edit(actor: PersonFacts | None, age: timedelta | None, table: Table) -> Verdict:
    """Whether an own message of this age may be changed. `age` is from the first version,
    by the homeserver's clock; None where the message is not known. Bots are free: results
    that are shown live are edits."""
    able = may_act(actor)
    if actor is None or actor.sender or able.denied or Who.BOT in actor.roles:
        return able
    if age is None:
        return _UNKNOWN_MESSAGE
    if age > timedelta(hours=table.edit_hours):
        return deny(
            ntext(
                "A message can be changed for {n} hour; later it can only be deleted.",
                "A message can be changed for {n} hours; later it can only be deleted.",
                table.edit_hours,
            )
        )
    return FINE


def may_redact(actor: PersonFacts | None, *, state: bool) -> Verdict:
    """Whether somebody may take back a message: at any age; whose, is for power levels. A
    `state` event is none: without its content a room would be nobody's, or open."""
    able = may_act(actor)
    if not state or able.denied or (actor is not None and actor.sender):
        return able
    return _NO_MESSAGE


def largest_upload(actor: PersonFacts | None, table: Table) -> int:
    """Bytes that one file of somebody's may have; 0 for whoever may send none."""
    if actor is None or may_act(actor).denied:
        return 0
    media = table.media
    limits = {Who.STAFF: media.staff, Who.GUARDIAN: media.guardian, Who.STUDENT: media.student}
    limits[Who.BOT] = media.bot
    if actor.sender:
        return max(limits.values())
    return max((limit for who, limit in limits.items() if who in actor.roles), default=0)


def may_upload(actor: PersonFacts | None, size: int, table: Table) -> Verdict:
    """Whether a file of `size` bytes may be sent."""
    able = may_act(actor)
    if able.denied:
        return able
    largest = largest_upload(actor, table)
    if size > largest:
        return deny(text("The file is too large: up to {size} MB can be sent.", size=largest // MIB))
    return FINE


def may_keep(kind: ContentKind, table: Table) -> Verdict:
    """Whether a file of this kind may be kept, whoever sends it."""
    return _NO_PROGRAMS if kind in table.media.refused else FINE


def may_show_picture(actor: PersonFacts | None, table: Table) -> Verdict:
    """Whether somebody may have a picture of their own beside their name."""
    able = may_act(actor)
    if actor is None or actor.sender or able.denied:
        return able
    return _NO_PICTURE if actor.roles.isdisjoint(table.pictures) else FINE


def may_deactivate(actor: PersonFacts | None) -> Verdict:
    """Whether somebody may close their own account."""
    able = may_act(actor)
    if able.denied or actor is None or Who.STUDENT not in actor.roles:
        return able
    return _NO_LEAVING
