"""What a server may send that keeps to no rule but Matrix's own: events and words of its choice."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from signedjson.key import read_signing_keys
from synapse.api.room_versions import RoomVersions
from synapse.crypto.event_signing import add_hashes_and_signatures
from synapse.events import make_event_from_dict

from support.federated_school import FederatedSchool
from support.matrix import Answer, Client
from zvonok_core.ids import RoomId

_AUTHORISING = {"m.room.power_levels", "m.room.join_rules"}


async def forged(
    school: FederatedSchool, writer: Client, room: RoomId, after: str | None = None, **event: Any
) -> tuple[dict[str, Any], str]:
    """An event of `writer`'s in a room, signed by their school's server, and its id: what their
    homeserver would have refused to make. It follows the event `after`, else the newest."""
    state = await writer.state(room)
    targets = {("m.room.member", user) for user in (writer.user, event.get("state_key"))}
    auth = [
        old["event_id"]
        for old in state
        if old["type"] in _AUTHORISING or (old["type"], old["state_key"]) in targets
    ]
    if after is None:
        newest = await writer.call("GET", f"/v3/rooms/{quote(room)}/messages?dir=b&limit=1")
        after = newest.body["chunk"][0]["event_id"]
    made = {
        "room_id": room,
        "sender": writer.user,
        "auth_events": auth,
        "prev_events": [after],
        "depth": 100,
        "origin_server_ts": max(old["origin_server_ts"] for old in state) + 1,
        **event,
    }
    with (school.synapse.folder / "signing.key").open() as file:
        (key,) = read_signing_keys(file)
    add_hashes_and_signatures(RoomVersions.V12, made, school.server_name, key)
    return made, make_event_from_dict(dict(made), RoomVersions.V12).event_id


async def send(school: FederatedSchool, other: FederatedSchool, *pdus: Any, edus: Any = ()) -> Answer:
    """Hand events and what is no event to another school's server, in one transaction."""
    content = {"origin": school.server_name, "origin_server_ts": 1, "pdus": [*pdus], "edus": [*edus]}
    return await school.ask(other, "PUT", f"/v1/send/{secrets.token_hex(8)}", content)
