"""Requests about accounts, files and the server, as templates like those in `requests`."""

from __future__ import annotations

from support.anything.requests import PASSWORD, THREEPID, Ask

_KEY = {"usage": ["master"], "user_id": "<who>", "keys": {"ed25519:x": "x"}, "x": "<secret>"}
_DEVICE_KEYS = {
    "user_id": "<who>",
    "device_id": "<device>",
    "algorithms": ["<secret>"],
    "keys": {},
    "signatures": {},
}

ACCOUNT = [
    Ask("PUT /v3/profile/<who>/displayname", {"displayname": "Директор <secret>"}),
    Ask("PUT /v3/profile/<other>/displayname", {"displayname": "<secret>"}),
    Ask("DELETE /v3/profile/<who>/displayname"),
    Ask("PUT /v3/profile/<who>/avatar_url", {"avatar_url": "mxc://school.test/y"}),
    Ask("PUT /v3/profile/<who>/avatar_url?propagate=false", {"avatar_url": "mxc://school.test/x"}),
    Ask("PUT /v3/profile/<other>/avatar_url", {"avatar_url": "mxc://school.test/x"}),
    Ask("PUT /v3/profile/<who>/org.example.note", {"org.example.note": "<secret>"}),
    Ask("PUT /unstable/uk.tcpip.msc4133/profile/<who>/m.tz", {"m.tz": "<secret>"}),
    Ask("POST /v3/account/3pid/add", {"client_secret": "x", "sid": "1", "auth": PASSWORD}),
    Ask("POST /v3/account/3pid/bind", {"client_secret": "x", "sid": "1", **THREEPID}),
    Ask(
        "POST /v3/account/3pid/email/requestToken",
        {"client_secret": "x", "email": "a@x.test", "send_attempt": 1},
        open=True,
    ),
    Ask(
        "POST /v3/account/password/email/requestToken",
        {"client_secret": "x", "email": "a@x.test", "send_attempt": 1},
        open=True,
    ),
    Ask("GET /v3/account/3pid"),
    Ask("GET /v3/account/whoami"),
    Ask("GET /v3/capabilities"),
    Ask("PUT /v3/user/<who>/account_data/m.direct", {"<other>": ["<room>"], "x": "<secret>"}),
    Ask("PUT /v3/user/<other>/account_data/m.direct", {"x": "<secret>"}),
    Ask("PUT /v3/user/<who>/rooms/<room>/account_data/org.example.note", {"x": "<secret>"}),
    Ask("PUT /v3/user/<who>/rooms/<room>/tags/u.x", {"order": 0.5, "x": "<secret>"}),
    Ask("PUT /v3/user/<other>/rooms/<room>/tags/u.x", {"x": "<secret>"}),
    Ask("POST /v3/user/<who>/openid/request_token", {}),
    Ask("POST /v3/user/<other>/openid/request_token", {}),
    Ask("PUT /v3/presence/<who>/status", {"presence": "online", "status_msg": "<secret>"}),
    Ask(
        "POST /v3/pushers/set",
        {
            "app_id": "x",
            "kind": "http",
            "pushkey": "x",
            "lang": "ru",
            "app_display_name": "x",
            "device_display_name": "x",
            "data": {"url": "http://127.0.0.1:1/_matrix/push/v1/notify"},
        },
    ),
    Ask("POST /v1/login/get_token", {"auth": PASSWORD}),
    Ask(
        "PUT /unstable/org.matrix.msc3814.v1/dehydrated_device",
        {"device_id": "x", "device_data": {"algorithm": "x", "x": "<secret>"}},
    ),
]
"""What people do with their own accounts, and try with others'."""

CLOSING = Ask("POST /v3/account/deactivate", {"auth": PASSWORD, "erase": True})
"""What a student may not do."""

_RC = "/unstable/org.matrix.msc4140/delayed_events"
TRESPASSING = [
    Ask("POST /v3/register?kind=guest", {}, open=True),
    Ask("POST /v3/register", {"username": "<fresh>", "password": "<password>"}, open=True),
    Ask(
        "POST /v3/register",
        {"username": "<fresh>", "password": "<password>", "auth": {"type": "m.login.dummy"}},
        open=True,
    ),
    Ask("POST /v3/register", {"type": "m.login.application_service", "username": "<fresh>"}, open=True),
    Ask(
        "POST /v3/login",
        {"type": "m.login.application_service", "identifier": {"type": "m.id.user", "user": "<other>"}},
        open=True,
    ),
    Ask("POST /v3/login", {"type": "m.login.token", "token": "x"}, open=True),
    Ask("GET /_synapse/admin/v1/register"),
    Ask(
        "POST /_synapse/admin/v1/register",
        {"nonce": "x", "username": "<fresh>", "password": "x", "admin": True, "mac": "x"},
        open=True,
    ),
    Ask("GET /_synapse/admin/v2/users?from=0"),
    Ask("GET /_synapse/admin/v2/users/<other>"),
    Ask("PUT /_synapse/admin/v2/users/<who>", {"admin": True}),
    Ask("PUT /_synapse/admin/v1/users/<who>/admin", {"admin": True}),
    Ask("POST /_synapse/admin/v1/users/<other>/login", {}),
    Ask("GET /_synapse/admin/v1/rooms"),
    Ask("GET /_synapse/admin/v1/rooms/<room>/members"),
    Ask("GET /_synapse/admin/v1/rooms/<room>/messages?dir=b"),
    Ask("GET /_synapse/admin/v1/rooms/<room>/state"),
    Ask("POST /_synapse/admin/v1/join/<room>", {"user_id": "<who>"}),
    Ask("POST /_synapse/admin/v1/rooms/<room>/make_room_admin", {"user_id": "<who>"}),
    Ask("DELETE /_synapse/admin/v2/rooms/<room>", {"purge": True}),
    Ask(
        "POST /_synapse/admin/v1/send_server_notice",
        {"user_id": "<other>", "content": {"msgtype": "m.text", "body": "<secret>"}},
    ),
    Ask("POST /_synapse/admin/v1/deactivate/<other>", {"erase": True}),
    Ask("POST /_synapse/admin/v1/reset_password/<other>", {"new_password": "<password>"}),
    Ask("GET /_synapse/admin/v1/event_reports"),
    Ask("GET /_matrix/federation/v1/version", open=True),
    Ask("GET /_matrix/federation/v1/event/<event>", open=True),
    Ask("GET /_matrix/federation/v1/publicRooms", open=True),
    Ask("GET /_matrix/federation/v1/query/profile?user_id=<other>", open=True),
    Ask("GET /_matrix/key/v2/server", open=True),
    Ask("POST /v1/appservice/c/ping", {}),
    Ask("GET /v3/sync?timeout=0&user_id=<other>"),
    Ask(
        "PUT /v3/rooms/<room>/send/m.room.message/<txn>?user_id=<other>&ts=1",
        {"msgtype": "m.text", "body": "<secret>"},
    ),
    Ask(f"GET {_RC}"),
    Ask(f"POST {_RC}/x/send", {}, open=True),
    Ask("POST /unstable/org.matrix.msc4108/rendezvous", {}, open=True),
    Ask("POST /unstable/io.element.msc4388/rendezvous", {"data": "<secret>"}),
    Ask("GET /v3/admin/whois/<other>"),
    Ask("GET /v1/admin/lock/<other>"),
    Ask("PUT /v1/admin/lock/<other>", {"locked": True}),
    Ask("GET /v3/rooms/<room>/messages?dir=b", open=True),
    Ask("GET /v3/publicRooms", open=True),
    Ask("GET /v1/room_summary/<room>", open=True),
    Ask("GET /v3/directory/room/<alias>", open=True),
]
"""What nobody but the school has any business with."""

DEVICES = [
    *(
        Ask(
            f"PUT /v3/sendToDevice/{kind}/<txn>",
            {"messages": {"<other>": {"*": {"x": "<secret>"}}}},
            past_rooms=True,
        )
        for kind in ("m.room.encrypted", "m.key.verification.request", "org.example.anything")
    ),
    Ask("PUT /v3/devices/<device>", {"display_name": "<secret>"}, past_rooms=True),
    Ask("POST /v3/keys/upload", {"device_keys": _DEVICE_KEYS}, past_rooms=True),
    Ask("POST /v3/keys/device_signing/upload", {"master_key": _KEY, "auth": PASSWORD}, past_rooms=True),
    Ask("POST /v3/keys/query", {"device_keys": {"<other>": []}}),
    Ask("POST /v3/keys/claim", {"one_time_keys": {"<other>": {"<otherdevice>": "signed_curve25519"}}}),
    Ask("GET /v3/devices"),
    Ask("GET /v3/devices/<otherdevice>"),
]
"""What goes between devices, past every room."""

MEDIA = [
    Ask("POST /_matrix/media/v3/upload?filename=a.txt", b"<secret>"),
    Ask("POST /_matrix/media/v3/upload?filename=a.txt", b"MZ<secret>"),
    Ask("POST /_matrix/media/v1/create", b""),
    Ask("GET /v1/media/download/school.test/<media>"),
    Ask("GET /v1/media/thumbnail/school.test/<media>?width=9&height=9"),
    Ask("GET /_matrix/media/v3/download/school.test/<media>", open=True),
    Ask("GET /v1/media/download/x.test/abc"),
    Ask("GET /v1/media/config"),
    Ask("GET /v1/media/preview_url?url=http://127.0.0.1:1/"),
]
"""Files. Whoever knows a file's address may see it, as everywhere in Matrix."""
