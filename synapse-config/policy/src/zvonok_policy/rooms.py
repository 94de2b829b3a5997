"""Callbacks about rooms: making them, coming into them, changing what is set for them."""

from __future__ import annotations

from typing import Any

from synapse.module_api import NOT_SPAM, EventBase, JsonDict, Requester, RoomAlias
from synapse.module_api.errors import Codes, SynapseError

from zvonok_core.access import (
    Chat,
    Reserved,
    may_be_asked_in,
    may_create_room,
    may_invite,
    may_join,
    may_remove,
    may_say_by_membership,
    may_send_state,
    may_use,
    server_of,
)
from zvonok_core.ids import RoomId, UserId
from zvonok_policy.answers import Answer, Answers
from zvonok_policy.chats import Chats, asked_into
from zvonok_policy.creation import MalformedError, adjust, asked_for, is_upgrade
from zvonok_policy.keeper import Keeper
from zvonok_policy.server import Server, shown

_WORDLESS = {"membership", "displayname", "avatar_url", "is_direct"}
"""What a membership says in any case."""


class RoomRules:
    """Each method is a callback of Synapse's, under Synapse's name for it."""

    def __init__(self, keeper: Keeper, server: Server, chats: Chats, answers: Answers) -> None:
        self._keeper = keeper
        self._server = server
        self._chats = chats
        self._answers = answers

    # ------------------------------------------------------------ making

    async def on_create_room(
        self, requester: Requester, request_content: JsonDict, is_requester_admin: bool
    ) -> None:
        """Leave out what the school doesn't have, and mark the chat. Decides nothing."""
        facts = self._keeper.facts
        actor = facts.people.get(UserId(requester.user.to_string()))
        if is_requester_admin or actor is None or actor.sender:
            return
        try:
            adjust(request_content, actor, facts)
        except MalformedError as error:
            raise SynapseError(400, str(error), Codes.BAD_JSON) from error

    async def user_may_create_room(self, user_id: str, room_config: JsonDict) -> Answer:
        """Whether the room may be made, with all whom the request invites. Also asked when a
        room is upgraded, which people never do."""
        facts = self._keeper.facts
        actor = facts.people.get(UserId(user_id))
        if is_upgrade(room_config):
            return self._answers.answer(may_use(actor, Reserved.UPGRADE))
        return self._answers.answer(may_create_room(actor, asked_for(room_config, facts), facts.table))

    async def user_may_create_room_alias(self, user_id: str, room_alias: RoomAlias) -> Answer:
        """Whether a room may get an address."""
        return self._reserved(user_id, Reserved.ALIAS)

    async def user_may_publish_room(self, user_id: str, room_id: str) -> Answer:
        """Whether a room may be put into the list of rooms, or taken out of it."""
        return self._reserved(user_id, Reserved.PUBLISH)

    async def check_visibility_can_be_modified(self, room_id: str, state: Any, new_visibility: str) -> bool:
        """Whether a room may be as visible as that; whoever asks."""
        return new_visibility == "private"

    # ------------------------------------------------------------ coming in

    async def user_may_invite(self, inviter: str, invitee: str, room_id: str) -> Answer:
        """Whether somebody may be asked in."""
        facts = self._keeper.facts
        if server_of(UserId(inviter)) != server_of(facts.sender):
            return NOT_SPAM  # Synapse asks here, too, after it has asked about the whole invitation
        room = await self._chats.room_with_people(facts, RoomId(room_id))
        actor, target = facts.people.get(UserId(inviter)), facts.people.get(UserId(invitee))
        return self._answers.answer(may_invite(actor, target, room, facts.table))

    async def federated_user_may_invite(self, event: EventBase) -> Answer:
        """Whether somebody of another school may ask somebody of this one in."""
        facts, inviter = self._keeper.facts, UserId(event.sender)
        chat = asked_into(facts, inviter, shown(event))
        return self._answers.answer(may_be_asked_in(inviter, UserId(str(event.state_key)), chat, facts))

    async def user_may_send_3pid_invite(
        self, inviter: str, medium: str, address: str, room_id: str
    ) -> Answer:
        """Whether somebody may be invited by e-mail or phone."""
        return self._reserved(inviter, Reserved.INVITE_BY_ADDRESS)

    async def check_threepid_can_be_invited(self, medium: str, address: str, state: Any) -> bool:
        """The same, before anything is sent; nobody may, whoever asks."""
        return False

    async def user_may_join_room(self, user: str, room: str, is_invited: bool) -> Answer:
        """Whether somebody may come in. Whoever is in already only gets another name."""
        facts = self._keeper.facts
        here = await self._server.membership(RoomId(room), UserId(user))
        if here is not None and here.membership == "join":
            return NOT_SPAM
        inviter = here.sender if here is not None and here.membership == "invite" else None
        found = await self._chats.room_with_people(facts, RoomId(room))
        if here is not None and inviter is not None and server_of(inviter) != server_of(facts.sender):
            chat = found if isinstance(found, Chat) else asked_into(facts, inviter, here.shown)
            return self._answers.answer(may_be_asked_in(inviter, UserId(user), chat, facts))
        actor = facts.people.get(UserId(user))
        by = facts.people.get(inviter) if inviter is not None else None
        return self._answers.answer(may_join(actor, found, by, facts.table))

    async def membership_may_change(self, event: EventBase) -> None:
        """Raise unless somebody may be thrown out, banned, or freed of a ban, and unless what a
        membership says besides may be said. No callback of Synapse's, which asks about none of
        it: see `Server.ask_about_memberships`."""
        facts = self._keeper.facts
        room, target = RoomId(event.room_id), UserId(event.state_key)
        actor = facts.people.get(UserId(event.sender))
        by_another = event.sender != target and event.membership in ("leave", "ban")
        words = bool(set(event.content) - _WORDLESS)
        if not by_another and not (words and event.sender == target):
            return
        present = await self._server.membership(room, target)
        here = present.membership if present is not None else None
        if by_another:
            whole = await self._chats.room_with_people(facts, room)
            ban = event.membership == "ban"
            verdict = may_remove(actor, facts.people.get(target), whole, facts.table, here=here, ban=ban)
            if verdict.denied:
                raise self._answers.error(verdict)
        if words:
            chat = await self._chats.room(facts, room)
            verdict = may_say_by_membership(actor, chat, facts.table, here=here, becomes=event.membership)
            if verdict.denied:
                raise self._answers.error(verdict)

    # ------------------------------------------------------------ settings

    async def user_may_send_state_event(
        self, user_id: str, room_id: str, event_type: str, state_key: str, content: JsonDict
    ) -> Any:
        """Whether something may be set for a room. Synapse takes a code without a sentence
        here, so a refusal is raised, which it shows whole."""
        facts = self._keeper.facts
        room = await self._chats.room_with_people(facts, RoomId(room_id))
        actor = facts.people.get(UserId(user_id))
        verdict = may_send_state(actor, room, event_type, content, facts.table)
        if verdict.denied:
            raise self._answers.error(verdict)
        return self._answers.answer(verdict)

    def _reserved(self, user: str, reserved: Reserved) -> Answer:
        return self._answers.answer(may_use(self._keeper.facts.people.get(UserId(user)), reserved))
