"""Reports and answers over Synapse's APIs: the part of the adapter that complaints need.

Everything is read as an administrator, because the sender is not in people's own chats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zvonok_appservice.complaints.model import Chat, Matter, Report, Reported, Said
from zvonok_appservice.mautrix_homeserver.wire import ADMIN, CLIENT, Wire
from zvonok_core.ids import EventId, RoomId, UserId

PAGE = 100
"""Reports, or messages, asked for at once."""
MESSAGES = json.dumps({"types": ["m.room.message"]})


class Reports:
    """Implements the verbs of `homeserver.Homeserver` that are about complaints."""

    wire: Wire

    async def reports(self, matter: Matter, start: int) -> list[Report]:
        query = {"dir": "b", "from": str(start), "limit": str(PAGE)}
        if matter is Matter.MESSAGE:
            rows = (await self.wire.get(ADMIN.v1.event_reports, query))["event_reports"]
        else:
            rows = (await self.wire.get(ADMIN.v1.user_reports, query))["user_reports"]
        return [_report(matter, row) for row in rows]

    async def reported(self, report: Report) -> Reported:
        if report.room is None or report.event is None:
            found = await self._kept(ADMIN.v1.user_reports[str(report.id)])
            return Reported(reason=_words(found.get("reason")))
        # Two views of one message: as it was sent, even if it was taken back since, and as
        # people see it now. Synapse has neither once the message was purged.
        found = await self._kept(ADMIN.v1.event_reports[str(report.id)])
        sent = _mapping(found.get("event_json"))
        path = ADMIN.v1.rooms[report.room].context[report.event]
        shown = _mapping((await self._kept(path, {"limit": "0"})).get("event"))
        unsigned = _mapping(shown.get("unsigned"))
        newest = _mapping(_mapping(unsigned.get("m.relations")).get("m.replace"))
        known = sent or shown
        return Reported(
            reason=_words(found.get("reason")),
            type=_words(known.get("type")),
            sent_at=known.get("origin_server_ts"),
            content=_mapping(known.get("content")),
            changed=_mapping(_mapping(newest.get("content")).get("m.new_content")),
            deleted="redacted_because" in unsigned,
        )

    async def chat(self, room: RoomId) -> Chat:
        found = await self._kept(ADMIN.v1.rooms[room])
        return Chat(_words(found.get("name")), int(found.get("joined_members") or 0))

    async def said_after(self, room: RoomId, event: EventId) -> list[Said]:
        query = {"dir": "f", "limit": str(PAGE), "filter": MESSAGES}
        around = await self._kept(CLIENT.v3.rooms[room].context[event], {"limit": "0"})
        following = around.get("end")
        said: list[Said] = []
        while True:
            begin = {"from": following} if following else {}
            page = await self.wire.get(CLIENT.v3.rooms[room].messages, query | begin)
            said += map(_said, page["chunk"])
            following = page.get("end")
            if following is None:
                return said

    async def _kept(self, path: Any, query: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """What a GET answers; nothing where the homeserver no longer has it."""
        return _mapping(await self.wire.find(path, query))


def _report(matter: Matter, row: Mapping[str, Any]) -> Report:
    about = row["sender" if matter is Matter.MESSAGE else "target_user_id"]
    return Report(
        matter=matter,
        id=row["id"],
        received_at=row["received_ts"],
        reporter=UserId(row["user_id"]),
        author=about and UserId(about),
        room=row.get("room_id"),
        event=row.get("event_id"),
    )


def _said(event: Mapping[str, Any]) -> Said:
    relation = _mapping(_mapping(event["content"]).get("m.relates_to"))
    targets = [_mapping(relation.get("m.in_reply_to")).get("event_id")]
    if relation.get("rel_type") == "m.thread":
        targets.append(relation.get("event_id"))
    return Said(
        event=EventId(event["event_id"]),
        sender=UserId(event["sender"]),
        at=event["origin_server_ts"],
        replies_to=frozenset(EventId(target) for target in targets if isinstance(target, str)),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    """People's clients write what they like."""
    return value if isinstance(value, Mapping) else {}


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""
