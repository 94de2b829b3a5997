"""Who may do what: pure rules over facts that the appservice computes from the journal.

Each rule answers a `Verdict`. Whatever no rule allows is refused, and so is everything by
or to an account that is unknown, locked or not linked.
"""

from zvonok_core.access.abroad import may_be_asked_in, may_be_named_abroad, may_reach_here, may_write_among
from zvonok_core.access.contact import may_act, may_contact, may_find, may_sign_in
from zvonok_core.access.content import ENDS, ContentKind, content_kind
from zvonok_core.access.facts import Chat, ChatKind, Facts, NewRoom, PersonFacts, RoomFacts
from zvonok_core.access.messages import (
    largest_upload,
    may_deactivate,
    may_edit,
    may_keep,
    may_redact,
    may_show_picture,
    may_upload,
)
from zvonok_core.access.peers import APPSERVICE, ROOM_TALKS, Peer, Talk, appservice_of, server_of
from zvonok_core.access.relations import relations
from zvonok_core.access.rooms import (
    NOT_INVITED,
    Reserved,
    chat_kind,
    may_create_room,
    may_encrypt,
    may_invite,
    may_join,
    may_remove,
    may_say_by_membership,
    may_send_state,
    may_use,
    may_write,
)
from zvonok_core.access.table import INVERSE, Contact, Media, Relation, StudentGroups, Table, Who
from zvonok_core.access.verdict import Decision, Verdict, deny
from zvonok_core.access.wire import read_facts, write_changes, write_facts

__all__ = [
    "APPSERVICE",
    "ENDS",
    "INVERSE",
    "NOT_INVITED",
    "ROOM_TALKS",
    "Chat",
    "ChatKind",
    "Contact",
    "ContentKind",
    "Decision",
    "Facts",
    "Media",
    "NewRoom",
    "Peer",
    "PersonFacts",
    "Relation",
    "Reserved",
    "RoomFacts",
    "StudentGroups",
    "Table",
    "Talk",
    "Verdict",
    "Who",
    "appservice_of",
    "chat_kind",
    "content_kind",
    "deny",
    "largest_upload",
    "may_act",
    "may_be_asked_in",
    "may_be_named_abroad",
    "may_contact",
    "may_create_room",
    "may_deactivate",
    "may_edit",
    "may_encrypt",
    "may_find",
    "may_invite",
    "may_join",
    "may_keep",
    "may_reach_here",
    "may_redact",
    "may_remove",
    "may_say_by_membership",
    "may_send_state",
    "may_show_picture",
    "may_sign_in",
    "may_upload",
    "may_use",
    "may_write",
    "may_write_among",
    "read_facts",
    "relations",
    "server_of",
    "write_changes",
    "write_facts",
]
