"""Callbacks about what is written and sent: messages, edits, deletions, files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from synapse.module_api import NOT_SPAM, EventBase, JsonDict, ModuleApi

from zvonok_core.access import (
    ENDS,
    Facts,
    PersonFacts,
    Verdict,
    content_kind,
    largest_upload,
    may_act,
    may_edit,
    may_keep,
    may_reach_here,
    may_redact,
    may_upload,
    may_write,
    may_write_among,
    server_of,
)
from zvonok_core.ids import RoomId, UserId
from zvonok_policy.answers import Answer, Answers
from zvonok_policy.chats import Chats
from zvonok_policy.keeper import Keeper
from zvonok_policy.server import Server, edited


class MessageRules:
    """Each method is a callback of Synapse's, under Synapse's name for it."""

    def __init__(
        self, api: ModuleApi, keeper: Keeper, server: Server, chats: Chats, answers: Answers
    ) -> None:
        self._api = api
        self._keeper = keeper
        self._server = server
        self._chats = chats
        self._answers = answers

    async def check_event_for_spam(self, event: EventBase) -> Answer:
        """Whether an event may be sent: whoever writes it may, here, and may change what it
        changes. What one has written may be deleted, without a word, wherever one is. Asked for
        everything but membership, and for all events that come from other servers: refused ones
        of these are shown to nobody."""
        facts = self._keeper.facts
        if server_of(UserId(event.sender)) != server_of(facts.sender):
            # Who has come in or gone is for Matrix's own rules: a membership that one server
            # refuses, and others don't, would split the room.
            room = maker = None
            if event.type != "m.room.member":
                room = await self._chats.room(facts, RoomId(event.room_id))
                maker = await self._server.maker(RoomId(event.room_id))
            return self._answers.answer(may_reach_here(UserId(event.sender), room, maker, facts))
        if event.type == "m.room.member":
            return NOT_SPAM  # what we did ourselves in a room of another server, told by that
        actor = facts.people.get(UserId(event.sender))
        verdict = await self._special(facts, actor, event)
        deletes = event.type == "m.room.redaction" and set(event.content) <= {"redacts"}
        if not verdict.denied and not deletes:
            room = await self._chats.room(facts, RoomId(event.room_id))
            encrypted = event.type == "m.room.encrypted"
            if encrypted:
                room = await self._chats.room_with_people(facts, RoomId(event.room_id))
            servers = await self._server.servers(RoomId(event.room_id))
            verdict = may_write_among(actor, servers, facts)
            if not verdict.denied:
                verdict = may_write(actor, room, facts.table, encrypted=encrypted)
        return self._answers.answer(verdict)

    async def _special(self, facts: Facts, actor: PersonFacts | None, event: EventBase) -> Verdict:
        """What is to be said of a deletion and of an edit; of all else, whether somebody may
        act at all."""
        room = RoomId(event.room_id)
        if event.type == "m.room.redaction":
            deleted = await self._server.event(room, str(event.redacts))
            return may_redact(actor, state=deleted is not None and deleted.is_state())
        changed = edited(event.content)
        if changed is None:
            return may_act(actor)
        original = await self._server.original(room, changed)
        own = original is not None and original.sender == event.sender
        return may_edit(actor, original.age if original is not None and own else None, facts.table)

    # ------------------------------------------------------------ files

    async def get_media_config_for_user(self, user: str) -> JsonDict:
        """How large a file may be, for clients that ask before they send."""
        facts = self._keeper.facts
        return {"m.upload.size": largest_upload(facts.people.get(UserId(user)), facts.table)}

    async def is_user_allowed_to_upload_media_of_size(self, user: str, size: int) -> bool:
        """Whether somebody may send a file of `size` bytes."""
        facts = self._keeper.facts
        return not may_upload(facts.people.get(UserId(user)), size, facts.table).denied

    async def check_media_file_for_spam(self, file_wrapper: Any, file_info: Any) -> Answer:
        """Whether a file may be kept, by what is inside it. `file_wrapper` has its path, and
        `file_info` says whether it is a thumbnail."""
        if file_info.thumbnail:
            return NOT_SPAM  # made by Synapse from a picture that was looked at
        head, tail = await self._api.defer_to_thread(_ends, Path(file_wrapper.path))
        return self._answers.answer(may_keep(content_kind(head, tail), self._keeper.facts.table))


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file; what is between is never read."""
    with path.open("rb") as file:
        head = file.read(ENDS)
        file.seek(max(file.seek(0, os.SEEK_END) - ENDS, len(head)))
        return head, file.read(ENDS)
