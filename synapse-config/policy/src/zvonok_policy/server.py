"""What the module asks Synapse itself: about rooms, events and profiles.

With `border` and `pinning` all that goes past Synapse's module API, where that has no door: what
a pinned version of Synapse and the tests on a real one hold.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from synapse.module_api import EventBase, ModuleApi, UserID
from synapse.module_api.errors import ConfigError
from synapse.types import create_requester

from zvonok_core.access import server_of
from zvonok_core.ids import RoomId, UserId
from zvonok_policy.pinning import Keys, pin

MOST_ROOMS = 10_000
"""In which somebody was noticed."""


@dataclass(frozen=True, slots=True)
class Original:
    """The message that an edit is of: who wrote it, and how long ago by this server's clock."""

    sender: UserId
    age: timedelta


@dataclass(frozen=True, slots=True)
class Membership:
    """What somebody is in a room (`join`, `invite` …), and who has made them so. `shown` is what
    an invitation shows of a room that this server is not in yet: state events as JSON."""

    membership: str
    sender: UserId
    shown: Sequence[Mapping[str, Any]] = ()


def shown(invitation: EventBase) -> Sequence[Mapping[str, Any]]:
    """What an invitation that came from another server shows of its room."""
    events = invitation.unsigned.get("invite_room_state", ())
    return [event for event in events if isinstance(event, Mapping)] if isinstance(events, list) else ()


def edited(content: Mapping[str, Any]) -> str | None:
    """The event that this content replaces, if any. Clients may have written anything there."""
    relation = content.get("m.relates_to")
    if not isinstance(relation, Mapping) or relation.get("rel_type") != "m.replace":
        return None
    return str(relation.get("event_id"))


class Server:
    """Synapse, as far as rules need it."""

    def __init__(self, api: ModuleApi) -> None:
        self._api = api
        self.homeserver = api._hs
        self._store = api._store
        self._noticed: dict[RoomId, dict[UserId, tuple[int, bool]]] = {}

    async def is_admin(self, user: UserId) -> bool:
        """Whether somebody is an administrator of this homeserver."""
        return await self._api.is_user_admin(user)

    # ------------------------------------------------------------ rooms

    async def content(self, room: RoomId, type: str) -> Mapping[str, Any] | None:
        """The content of a state event with an empty key; None where there is none."""
        event = (await self._api.get_room_state(room, [(type, "")])).get((type, ""))
        return None if event is None else event.content

    async def maker(self, room: RoomId) -> UserId | None:
        """Who has made a room; None where it is not known here yet."""
        event = (await self._api.get_room_state(room, [("m.room.create", "")])).get(("m.room.create", ""))
        return None if event is None else UserId(event.sender)

    async def membership(self, room: RoomId, user: UserId) -> Membership | None:
        """What somebody is in a room; None for whoever never was anything there."""
        key = ("m.room.member", user)
        event = (await self._api.get_room_state(room, [key])).get(key)
        if event is None:  # a room of another server, to which somebody here is invited
            _, event_id = await self._store.get_local_current_membership_for_user_in_room(user, room)
            event = await self._store.get_event(event_id, allow_none=True) if event_id else None
        return None if event is None else Membership(event.membership, UserId(event.sender), shown(event))

    async def people(self, room: RoomId) -> list[UserId]:
        """Those who are in or invited, in no order."""
        events = await self._api.get_room_state(room, [("m.room.member", None)])
        return [UserId(user) for (_, user), event in events.items() if event.membership in ("join", "invite")]

    def notice(self, room: RoomId, user: UserId, depth: int, joined: bool) -> None:
        """Remember that somebody has come into a room, or gone, by an event that Synapse itself
        will not keep. `depth` is the event's: older ones say nothing any more."""
        if len(self._noticed) >= MOST_ROOMS and room not in self._noticed:
            self._noticed.pop(next(iter(self._noticed)))
        known = self._noticed.setdefault(room, {})
        if user not in known or known[user][0] <= depth:
            known[user] = depth, joined

    async def servers(self, room: RoomId) -> AbstractSet[str]:
        """The servers of those who are in a room, as far as is known. Quick: Synapse remembers
        them."""
        noticed = self._noticed.get(room, {}).items()
        strangers = {server_of(user) for user, (_, joined) in noticed if joined}
        return strangers | await self._store.get_current_hosts_in_room(room)  # type: ignore[call-arg,arg-type,misc]  # cached

    def ask_about_memberships(self, check: Callable[[EventBase], Awaitable[None]]) -> None:
        """Have `check` asked, who raises, before anybody comes in, leaves, or is thrown out.

        Synapse's own callback for it is `check_event_allowed`, before which it loads the whole
        state of the room for each message, too. So this stands in front of that.
        """
        rules = self.homeserver.get_module_api_callbacks().third_party_event_rules
        theirs = rules.check_event_allowed

        async def check_event_allowed(event: EventBase, context: Any) -> Any:
            if event.type == "m.room.member" and event.membership in ("join", "leave", "ban"):
                await check(event)
            return await theirs(event, context)

        rules.check_event_allowed = check_event_allowed  # type: ignore[method-assign]

    def hide_how_many_were_found(self) -> None:
        """Never tell a searcher of the directory that there are more: Synapse counts those, too,
        who are left out afterwards, so that names could be spelled out letter by letter."""
        directory = self.homeserver.get_user_directory_handler()
        theirs = directory.search_users

        async def search_users(user_id: str, search_term: str, limit: int) -> Any:
            return {**await theirs(user_id, search_term, limit), "limited": False}

        directory.search_users = search_users  # type: ignore[method-assign]

    # ------------------------------------------------------------ other servers

    def talk_with(self, servers: Collection[str]) -> None:
        """Let exactly these servers in and out, from now on: Synapse's parts share its
        configured list, and look into it at each request."""
        allowed = self.homeserver.config.federation.federation_domain_whitelist
        if allowed is None:
            raise ConfigError("zvonok_policy: federation_domain_whitelist must be [], not left out")
        for server in allowed.keys() - set(servers):
            del allowed[server]
        allowed.update(dict.fromkeys(servers, True))

    def believe(self, keys: Callable[[], Keys]) -> None:
        """Believe other servers these signing keys, and no others."""
        pin(self.homeserver, keys)

    # ------------------------------------------------------------ events

    async def original(self, room: RoomId, event_id: str) -> Original | None:
        """The message that is edited; None where the room has none, or that is an edit, too."""
        event = await self.event(room, event_id)
        if event is None or edited(event.content) is not None:
            return None
        known = await self._store.get_metadata_for_event(room, event_id)  # type: ignore[call-arg]  # cached: its descriptor hides the method
        if known is None:
            return None
        age = timedelta(milliseconds=self._api.get_current_time_msec() - known.received_ts)
        return Original(UserId(known.sender), age)

    async def event(self, room: RoomId, event_id: str) -> EventBase | None:
        """An event of the room; None where it has none of this id."""
        event = await self._store.get_event(event_id, allow_none=True)
        return event if event is not None and event.room_id == room else None

    # ------------------------------------------------------------ profiles

    async def take_back(self, user: UserId, *, picture: bool) -> None:
        """Take back what somebody has put into their profile: all fields but the name, and
        the picture, too, where `picture`."""
        person = UserID.from_string(user)
        handler = self.homeserver.get_profile_handler()
        requester = create_requester(person)
        for field in await self._store.get_profile_fields(person):
            await handler.delete_profile_field(person, requester, field, by_admin=True)
        if picture:
            await handler.set_avatar_url(
                target_user=person, requester=requester, new_avatar_url="", by_admin=True
            )
