"""Requests that people try, as templates: `world` puts ids in the place of `<…>`.

`<who>` and `<other>` are people, `<room>` and `<elsewhere>` rooms, `<event>`, `<mine>` and
`<setting>` events of the room, `<foreign>` one of the other room, `<secret>` a new word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: method and path below `/_matrix/client`, or from the root where it begins
    with `/_`. `open` ones need no account. `past_rooms` are those of which Synapse tells others
    whatever a room says, and asks nobody."""

    line: str
    body: Any = None
    open: bool = False
    past_rooms: bool = False

    def __repr__(self) -> str:
        return f"{self.line} {self.body}" if self.body else self.line


def _all(*lines: str, open: bool = False) -> list[Ask]:
    return [Ask(line, {} if line.startswith("P") else None, open) for line in lines]


ROOM = "/v3/rooms/<room>"
THREEPID = {"id_server": "x.test", "id_access_token": "x", "medium": "email", "address": "a@x.test"}
SIGNED = {"mxid": "<who>", "sender": "<other>", "token": "x", "signatures": {"x.test": {"ed25519:0": "x"}}}
PASSWORD = {
    "type": "m.login.password",
    "identifier": {"type": "m.id.user", "user": "<who>"},
    "password": "<password>",
}


def _text(**more: Any) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": "<secret>", **more}


def _relation(kind: str, event: str, **more: Any) -> dict[str, Any]:
    return {"m.relates_to": {"rel_type": kind, "event_id": event, **more}}


MEMBERSHIP = [
    *[Ask(f"POST {ROOM}/invite", {"user_id": "<other>", "reason": "<secret>"})] * 5,
    Ask(f"POST {ROOM}/invite", {"user_id": "<who>"}),
    Ask(f"POST {ROOM}/invite", {"user_id": "<nobody>"}),
    Ask(f"POST {ROOM}/invite", {"user_id": "@a:x.test"}),
    Ask(f"POST {ROOM}/invite", {"user_id": 5}),
    Ask(f"POST {ROOM}/invite", THREEPID),
    Ask(f"POST {ROOM}/join", {"reason": "<secret>"}),
    Ask(f"POST {ROOM}/join", {"third_party_signed": SIGNED}),
    Ask("POST /v3/join/<room>?server_name=x.test&via=x.test", {}),
    Ask("POST /v3/join/<alias>", {}),
    Ask("POST /v3/join/<made>", {}),
    Ask("POST /v3/knock/<room>", {"reason": "<secret>"}),
    Ask(f"POST {ROOM}/leave", {"reason": "<secret>"}),
    Ask(f"POST {ROOM}/forget", {}),
    Ask(f"POST {ROOM}/kick", {"user_id": "<other>", "reason": "<secret>"}),
    Ask(f"POST {ROOM}/ban", {"user_id": "<other>", "reason": "<secret>"}),
    Ask(f"POST {ROOM}/unban", {"user_id": "<other>", "reason": "<secret>"}),
    *(
        Ask(f"PUT {ROOM}/state/m.room.member/<{whose}>", {"membership": membership, "reason": "<secret>"})
        for whose in ("who", "other")
        for membership in ("join", "invite", "leave", "ban", "knock")
    ),
    Ask(f"PUT {ROOM}/state/m.room.member/<who>", {"membership": "join", "displayname": "Директор <secret>"}),
    Ask(
        f"PUT {ROOM}/state/m.room.member/<who>",
        {"membership": "join", "join_authorised_via_users_server": "<other>"},
    ),
    Ask(
        f"PUT {ROOM}/state/m.room.member/<other>",
        {"membership": "invite", "third_party_invite": {"display_name": "x", "signed": SIGNED}},
    ),
]
"""Coming, going, inviting, throwing out."""

CHANGED = {"m.new_content": _text(), **_text()}
WRITING = [
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", _text()),
    Ask(f"POST {ROOM}/send/m.room.message", _text()),
    Ask(
        f"PUT {ROOM}/send/m.room.message/<txn>",
        _text(**{"m.mentions": {"room": True, "user_ids": ["<other>"]}}),
    ),
    Ask(
        f"PUT {ROOM}/send/m.room.message/<txn>",
        _text(**{"m.relates_to": {"m.in_reply_to": {"event_id": "<event>"}}}),
    ),
    Ask(
        f"PUT {ROOM}/send/m.room.message/<txn>",
        _text(**{"m.relates_to": {"m.in_reply_to": {"event_id": "<foreign>"}}}),
    ),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", _text(**_relation("m.thread", "<event>"))),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", _text(**_relation("m.thread", "<foreign>"))),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", {**CHANGED, **_relation("m.replace", "<mine>")}),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", {**CHANGED, **_relation("m.replace", "<event>")}),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", {**CHANGED, **_relation("m.replace", "<foreign>")}),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", {**CHANGED, **_relation("m.replace", "<setting>")}),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", {**CHANGED, "m.relates_to": [{"rel_type": "m.replace"}]}),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>", {"body": ["<secret>"], "msgtype": 5}),
    Ask(f"PUT {ROOM}/send/m.reaction/<txn>", _relation("m.annotation", "<event>", key="👍<secret>")),
    Ask(f"PUT {ROOM}/send/m.reaction/<txn>", _relation("m.annotation", "<foreign>", key="<secret>")),
    Ask(
        f"PUT {ROOM}/send/m.room.encrypted/<txn>",
        {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "<secret>"},
    ),
    Ask(
        f"PUT {ROOM}/send/m.room.encrypted/<txn>",
        {"ciphertext": "<secret>", **_relation("m.replace", "<event>")},
    ),
    Ask(f"PUT {ROOM}/send/m.sticker/<txn>", {"body": "<secret>", "url": "mxc://x.test/x"}),
    Ask(f"PUT {ROOM}/send/org.matrix.msc3381.poll.start/<txn>", {"org.matrix.msc1767.text": "<secret>"}),
    Ask(
        f"PUT {ROOM}/send/org.matrix.msc3381.poll.response/<txn>",
        {"x": "<secret>", **_relation("m.reference", "<event>")},
    ),
    Ask(f"PUT {ROOM}/send/m.call.invite/<txn>", {"offer": "<secret>"}),
    Ask(f"PUT {ROOM}/send/org.example.anything/<txn>", {"text": "<secret>"}),
    Ask(f"PUT {ROOM}/send/dev.zvonok.chat/<txn>", {"kind": "group"}),
    Ask(f"PUT {ROOM}/send/m.room.member/<txn>", {"membership": "join"}),
    Ask(f"PUT {ROOM}/send/m.room.power_levels/<txn>", {"users": {"<who>": 100}}),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>?org.matrix.msc4140.delay=1000", _text()),
    Ask(f"PUT {ROOM}/send/m.room.message/<txn>?ts=1&org.matrix.msc4354.sticky_duration_ms=1000", _text()),
    Ask(f"PUT {ROOM}/send/m.room.redaction/<txn>", {"redacts": "<event>"}),
    Ask(f"PUT {ROOM}/send/m.room.redaction/<txn>", {"redacts": "<setting>"}),
    Ask(f"PUT {ROOM}/send/m.room.redaction/<txn>", {"redacts": "<foreign>"}),
    Ask(f"PUT {ROOM}/send/m.room.redaction/<txn>", {}),
    Ask(f"PUT {ROOM}/redact/<event>/<txn>", {"reason": "<secret>"}),
    Ask(f"PUT {ROOM}/redact/<setting>/<txn>", {}),
    Ask(f"PUT {ROOM}/redact/<foreign>/<txn>", {}),
    Ask(f"PUT {ROOM}/redact/<event>/<txn>", {"org.matrix.msc3912.with_relations": ["*"]}),
    Ask(f"PUT {ROOM}/typing/<who>", {"typing": True, "timeout": 5000}),
    Ask(f"PUT {ROOM}/typing/<other>", {"typing": True, "timeout": 5000}),
    Ask(f"POST {ROOM}/receipt/m.read/<event>", {}),
    Ask(f"POST {ROOM}/receipt/m.read/<foreign>", {"thread_id": "<secret>"}),
    Ask(f"POST {ROOM}/read_markers", {"m.fully_read": "<foreign>", "m.read": "<event>"}),
    Ask(f"POST {ROOM}/report/<event>", {"reason": "x", "score": -100}),
    Ask(f"POST {ROOM}/report", {"reason": "x"}),
]
"""Whatever is written into a room."""

ADDRESSES = [
    Ask("PUT /v3/directory/room/<alias>", {"room_id": "<room>"}),
    Ask("PUT /v3/directory/room/<made>", {"room_id": "<room>"}),
    Ask("DELETE /v3/directory/room/<alias>"),
    Ask("DELETE /v3/directory/room/<made>"),
    Ask("PUT /v3/directory/list/room/<room>", {"visibility": "public"}),
    Ask("PUT /v3/directory/list/room/<room>", {"visibility": "private"}),
    Ask("PUT /v3/directory/list/room/<room>", {}),
    Ask("PUT /v3/directory/list/appservice/irc/<room>", {"visibility": "public"}),
    Ask(f"POST {ROOM}/upgrade", {"new_version": "12"}),
    Ask(f"POST {ROOM}/upgrade", {"new_version": "9", "additional_creators": ["<other>"]}),
]
"""What leads to a room, and what takes its place."""

READING = [
    *_all(
        f"GET {ROOM}/messages?dir=b&limit=60",
        f"GET {ROOM}/messages?dir=f&limit=60",
        f"GET {ROOM}/context/<event>?limit=20",
        f"GET {ROOM}/context/<foreign>?limit=20",
        f"GET {ROOM}/event/<event>",
        f"GET {ROOM}/event/<foreign>",
        f"GET {ROOM}/event/<event>?include_unredacted_content=true&fi.mau.msc2815.include_unredacted_content=true",
        f"GET {ROOM}/state",
        f"GET {ROOM}/state?at=s0_0",
        f"GET {ROOM}/state/m.room.topic",
        f"GET {ROOM}/state/m.room.name/?format=event",
        f"GET {ROOM}/state/m.room.member/<other>",
        f"GET {ROOM}/members",
        f"GET {ROOM}/members?not_membership=join",
        f"GET {ROOM}/joined_members",
        f"GET {ROOM}/aliases",
        f"GET {ROOM}/initialSync",
        "GET /v1/rooms/<room>/relations/<event>",
        "GET /v1/rooms/<room>/relations/<foreign>?recurse=true",
        "GET /v1/rooms/<room>/relations/<foreign>/m.thread/m.room.message",
        "GET /v1/rooms/<room>/threads?include=all",
        "GET /v1/rooms/<room>/hierarchy?suggested_only=false&max_depth=5",
        "GET /v1/rooms/<room>/timestamp_to_event?ts=0&dir=f",
        "GET /v1/room_summary/<room>",
        "GET /unstable/im.nheko.summary/summary/<room>",
        "GET /unstable/im.nheko.summary/rooms/<room>/summary",
        "GET /v3/events?room_id=<room>&timeout=0",
        "GET /v3/events/<event>",
        "GET /v3/events/<foreign>",
        "GET /v3/directory/room/<alias>",
        "GET /v3/directory/list/room/<room>",
        "GET /v3/user/<who>/rooms/<room>/tags",
        "GET /v3/user/<other>/rooms/<room>/tags",
        "GET /v3/user/<other>/rooms/<room>/account_data/m.fully_read",
        "GET /unstable/io.element.msc4502/rooms/<room>/is_joined",
        "GET /unstable/org.matrix.msc2432/rooms/<room>/aliases",
    ),
]
"""Whatever shows what is in a room."""

_CATEGORIES = {
    "search_categories": {
        "room_events": {
            "search_term": "sesame",
            "event_context": {"before_limit": 3, "after_limit": 3},
            "include_state": True,
        }
    }
}
_NAMED = {
    "search_categories": {
        "room_events": {
            "search_term": "sesame",
            "keys": ["content.body", "content.name", "content.topic"],
            "filter": {"rooms": ["<room>", "<elsewhere>"]},
        }
    }
}
_LISTED = {"ranges": [[0, 60]], "timeline_limit": 30, "required_state": [["*", "*"]]}
_SLIDING = {
    "lists": {"all": _LISTED},
    "room_subscriptions": {"<room>": {"timeline_limit": 30, "required_state": [["*", "*"]]}},
}
_EXTENSIONS = {
    "to_device": {"enabled": True},
    "account_data": {"enabled": True},
    "receipts": {"enabled": True},
    "typing": {"enabled": True},
}
LOOKING = [
    *_all(
        "GET /v3/sync?timeout=0",
        "GET /v3/sync?timeout=0&full_state=true",
        'GET /v3/sync?timeout=0&filter={"room":{"include_leave":true,"timeline":{"limit":50}}}',
        'GET /v3/sync?timeout=0&filter={"room":{"rooms":["<room>"],"include_leave":true,"state":{"lazy_load_members":true}}}',
        "GET /v3/sync?timeout=0&since=<since>",
        "GET /v3/sync?timeout=0&since=<since>",
        'GET /v3/sync?timeout=0&since=<since>&filter={"room":{"include_leave":true}}',
        "GET /v3/initialSync?archived=true&limit=50",
        "GET /v3/events?timeout=0",
        "GET /v3/joined_rooms",
        "GET /v3/notifications?limit=50",
        "GET /v3/publicRooms",
        "GET /v3/publicRooms?server=x.test",
        "GET /v3/pushrules/",
        "GET /v3/user/<other>/account_data/m.direct",
        "GET /v3/keys/changes?from=s0&to=s9",
        "GET /v3/room_keys/keys?version=1",
        "GET /v1/mutual_rooms?user_id=<other>",
        "GET /unstable/uk.half-shot.msc2666/user/mutual_rooms?user_id=<other>",
        "GET /unstable/io.element.msc4308/thread_subscriptions",
    ),
    Ask("POST /v3/publicRooms", {"filter": {"generic_search_term": "sesame"}, "include_all_networks": True}),
    Ask("POST /v3/search", _CATEGORIES),
    Ask("POST /v3/search", _NAMED),
    Ask("POST /unstable/org.matrix.simplified_msc3575/sync?timeout=0", _SLIDING),
    Ask(
        "POST /unstable/org.matrix.simplified_msc3575/sync?timeout=0", {**_SLIDING, "extensions": _EXTENSIONS}
    ),
]
"""Whatever shows more than one room."""

FINDING = [
    Ask("POST /v3/user_directory/search", {"search_term": "<title>", "limit": 50}),
    Ask("POST /v3/user_directory/search", {"search_term": "Человек", "limit": 200}),
    Ask("POST /v3/user_directory/search", {"search_term": "<other>", "limit": 50}),
    *_all(
        "GET /v3/profile/<other>",
        "GET /v3/profile/<other>/displayname",
        "GET /v3/profile/<other>/avatar_url",
        "GET /v3/profile/<other>/org.example.note",
        "GET /unstable/uk.tcpip.msc4133/profile/<other>",
        "GET /v3/presence/<other>/status",
        "GET /v3/thirdparty/user/irc",
        "GET /v3/user/<other>/filter/0",
        "GET /v3/voip/turnServer",
    ),
    Ask("POST /unstable/org.matrix.msc3720/account_status", {"user_ids": ["<other>"]}),
    Ask("GET /v3/profile/<other>", open=True),
    Ask("GET /v3/register/available?username=<local>", open=True),
    Ask("POST /v3/users/<other>/report", {"reason": "x"}),
]
"""Whatever tells of somebody."""
