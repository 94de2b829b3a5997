"""What passes between servers besides events, which Synapse asks no module about: questions
about people, addresses and devices, what is sent to devices, and invitations that come inside
of a room. Past Synapse's module API, as `server` is.

Only devices and names of staff who are named for something are known across the border.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from synapse.federation.federation_base import InvalidEventSignatureError
from synapse.module_api import EventBase, UserID
from synapse.module_api.errors import Codes, SynapseError

from zvonok_core.access import Facts, may_be_named_abroad, server_of
from zvonok_core.ids import RoomId, UserId
from zvonok_policy.server import Server

if TYPE_CHECKING:
    from synapse.server import HomeServer

T = TypeVar("T")


class Border:
    """Stands in front of Synapse's own handlers, and leaves out or refuses."""

    def __init__(self, server: Server, facts: Callable[[], Facts], refuse: Callable[[], NoReturn]) -> None:
        """`facts` gives what is known at that moment; `refuse` raises."""
        self._server = server
        self._hs: HomeServer = server.homeserver
        self._facts = facts
        self._refuse = refuse

    def guard(self) -> None:
        """From now on."""
        for name in ("directory", "e2e_keys", "profile"):
            getattr(self._hs, f"get_{name}_handler")()  # it answers questions once it is there
        self._answer_questions()
        self._take_invitations()
        self._pass_to_devices()
        self._ask_for_keys()
        for handler, door in (
            (self._hs.get_room_member_handler(), "remote_knock"),
            (self._hs.get_federation_handler(), "exchange_third_party_invite"),
            (self._hs.get_federation_server(), "on_exchange_third_party_invite_request"),
        ):
            setattr(handler, door, self._shut)

    def _named(self, user: str) -> bool:
        return not may_be_named_abroad(self._facts().people.get(UserId(user))).denied

    def _may_pass(self, one: str, other: str) -> bool:
        """Within a school anything may, as far as this goes."""
        return server_of(UserId(one)) == server_of(UserId(other)) or (self._named(one) and self._named(other))

    async def _shut(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse()

    # ------------------------------------------------------------ what others ask

    def _answer_questions(self) -> None:
        """Names, devices and keys of whoever is named, and addresses of rooms that other servers
        can come into: those of the school's own rooms can be guessed."""
        questions = self._hs.get_federation_registry().query_handlers
        profile, keys, directory = (questions[name] for name in ("profile", "client_keys", "directory"))
        server = self._hs.get_federation_server()
        devices, claim = server.on_query_user_devices, server.on_claim_client_keys

        async def named_profile(query: dict[str, Any]) -> Any:
            self._nobody_unless(self._named(str(query.get("user_id"))))
            return await profile(query)

        async def named_keys(query: dict[str, Any]) -> Any:
            asked = {user: of for user, of in query.get("device_keys", {}).items() if self._named(user)}
            return await keys({**query, "device_keys": asked})

        async def named_devices(origin: str, user_id: str) -> Any:
            self._nobody_unless(self._named(user_id))
            return await devices(origin, user_id)

        async def named_claim(query: list[tuple[str, str, str, int]], **more: Any) -> Any:
            return await claim([each for each in query if self._named(each[0])], **more)

        async def shared_address(query: dict[str, Any]) -> Any:
            answer = await directory(query)
            made = await self._server.content(RoomId(str(answer["room_id"])), "m.room.create")
            self._nobody_unless(made is not None and made.get("m.federate") is not False)
            return answer

        questions |= {"profile": named_profile, "client_keys": named_keys, "directory": shared_address}
        server.on_query_user_devices = named_devices  # type: ignore[method-assign]
        server.on_claim_client_keys = named_claim  # type: ignore[method-assign,assignment]

    def _nobody_unless(self, known: bool) -> None:
        if not known:
            raise SynapseError(404, "Nobody here", Codes.NOT_FOUND)

    # ------------------------------------------------------------ what others send

    def _take_invitations(self) -> None:
        """Once somebody of this school is in a room, its other servers may write an invitation
        of anybody else as an event like any other, which no callback can keep from being
        shown. So one of whoever is not named counts as if its signature were wrong."""
        for part in (self._hs.get_federation_server(), self._hs.get_federation_client()):
            theirs = part._check_sigs_and_hash

            async def checked(
                room_version: Any, pdu: EventBase, *more: Any, theirs: Any = theirs, **named: Any
            ) -> EventBase:
                self._notice(pdu)
                if self._invites_unnamed(pdu):
                    raise InvalidEventSignatureError("nobody who is named for other schools", pdu.event_id)
                event: EventBase = await theirs(room_version, pdu, *more, **named)
                return event

            part._check_sigs_and_hash = checked  # type: ignore[method-assign]

    def _notice(self, event: EventBase) -> None:
        """Of servers that are not listed no signature can be checked, so that Synapse leaves out
        whoever comes into a room from there, and knows of nobody. That they are there is enough."""
        user = event.get_state_key()
        if event.type != "m.room.member" or user is None or self._hs.is_mine_id(user):
            return
        if server_of(UserId(user)) not in self._facts().peers:
            joined = event.content.get("membership") == "join"
            self._server.notice(RoomId(event.room_id), UserId(user), event.depth, joined)

    def _invites_unnamed(self, event: EventBase) -> bool:
        target = event.get_state_key()
        if event.type != "m.room.member" or event.content.get("membership") != "invite" or target is None:
            return False
        mine = self._hs.is_mine_id
        return mine(target) and not mine(event.sender) and not self._named(target)

    def _pass_to_devices(self) -> None:
        """What clients send to devices rather than into a room, in both directions. Some of it is
        shown: whoever asks to verify somebody is on their screen at once."""
        kind = "m.direct_to_device"
        handlers = self._hs.get_federation_registry().edu_handlers
        sending = self._hs.get_device_message_handler()
        theirs, send = handlers.get(kind), sending.send_device_message

        def passing(sender: str, messages: Mapping[str, T]) -> dict[str, T]:
            return {user: each for user, each in messages.items() if self._may_pass(sender, user)}

        if theirs is not None:  # else another worker's

            async def receive(origin: str, content: dict[str, Any], theirs: Any = theirs) -> None:
                await theirs(origin, {**content, "messages": passing(content["sender"], content["messages"])})

            handlers[kind] = receive

        async def send_device_message(requester: Any, message_type: str, messages: Any) -> None:
            await send(requester, message_type, passing(requester.user.to_string(), messages))

        sending.send_device_message = send_device_message  # type: ignore[method-assign]

    # ------------------------------------------------------------ what our own people ask

    def _ask_for_keys(self) -> None:
        """A question to another school's server is a word to it, too."""
        handler = self._hs.get_e2e_keys_handler()
        query, claim = handler.query_devices, handler.claim_one_time_keys

        async def query_devices(body: dict[str, Any], timeout: int, asker: str, device: str | None) -> Any:
            asked = body.get("device_keys", {})
            asked = {user: of for user, of in asked.items() if self._may_pass(asker, user)}
            return await query({**body, "device_keys": asked}, timeout, asker, device)

        async def claim_one_time_keys(asked: dict[str, Any], asker: UserID, *more: Any, **named: Any) -> Any:
            asked = {user: of for user, of in asked.items() if self._may_pass(asker.to_string(), user)}
            return await claim(asked, asker, *more, **named)

        handler.query_devices = query_devices  # type: ignore[method-assign,assignment]
        handler.claim_one_time_keys = claim_one_time_keys  # type: ignore[method-assign,assignment]
