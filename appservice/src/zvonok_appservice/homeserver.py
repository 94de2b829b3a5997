"""The border to the homeserver: a dozen verbs in our own types.

Failures: TemporaryError where trying again may help (it was tried again already, with
growing pauses), PermanentError with Matrix's `errcode` where it will not. A verb whose
work is already done succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from zvonok_appservice.complaints.model import Chat, Matter, Report, Reported, Said
from zvonok_appservice.federation.model import RoomElsewhere
from zvonok_appservice.reconcile.model import ActualAccount, ActualRoom, CreateRoom, RoomKey
from zvonok_core.ids import EventId, RoomId, UserId


class Homeserver(Protocol):
    """What the appservice asks of a homeserver, as its own sender."""

    @property
    def sender(self) -> UserId:
        """The appservice's own account."""

    def user_id(self, localpart: str) -> UserId:
        """The full id of a local user."""

    # people's accounts

    async def accounts(self) -> dict[UserId, ActualAccount]:
        """Every local account but guests and the sender."""

    async def account(self, user: UserId) -> ActualAccount | None:
        """One account, None where there is none."""

    async def create_account(self, user: UserId, display_name: str, password: str) -> None:
        """Make an account, or make it anew after it was deactivated. One that is there gets
        the name and the password, and stays locked where it is locked."""

    async def set_password(self, user: UserId, password: str) -> None:
        """Replace the password and sign out all devices."""

    async def set_display_name(self, user: UserId, name: str) -> None:
        """Write the name shown in every room."""

    async def lock(self, user: UserId) -> None:
        """Lock the account and sign out all its devices."""

    async def unlock(self, user: UserId) -> None:
        """Undo `lock`."""

    async def deactivate(self, user: UserId) -> None:
        """Close the account, leaving its messages as they are."""

    async def verify_password(self, user: UserId, password: str) -> bool:
        """Whether the password is right. The token that Synapse gives is dropped at once."""

    # rooms

    async def joined_rooms(self) -> list[RoomId]:
        """The rooms that the sender is in."""

    async def room(self, room: RoomId) -> ActualRoom | None:
        """A room as it stands, None where it is not one that the sender made and manages,
        of whichever school."""

    async def room_of(self, key: RoomKey) -> RoomId | None:
        """The room that the key's alias leads to, None where it leads nowhere."""

    async def create_room(self, step: CreateRoom, alias_localpart: str, parents: list[RoomId]) -> RoomId:
        """Make a room, or find the one that was made under this alias before."""

    async def set_state(self, room: RoomId, type: str, state_key: str, content: Mapping[str, Any]) -> None:
        """Write a state event as the sender."""

    async def link_child(self, space: RoomId, child: RoomId) -> None:
        """Hang a room into a space."""

    async def link_parent(self, space: RoomId, child: RoomId) -> None:
        """Tell a room which space it hangs in."""

    async def add_member(self, room: RoomId, user: UserId) -> None:
        """Put a local user into a room, without asking them."""

    async def remove_member(self, room: RoomId, user: UserId) -> None:
        """Take a user out of a room, or take back an invitation."""

    async def redact(self, room: RoomId, event: str) -> None:
        """Take back what an event says."""

    # talk

    async def direct_room(self, user: UserId) -> RoomId:
        """A room of the sender and this one person; made where there is none."""

    async def send_text(
        self, room: RoomId, body: str, transaction: str, reply_to: EventId | None = None
    ) -> EventId:
        """Say something, as a reply where `reply_to` is given. The same `transaction` says it
        once only."""

    async def said_after(self, room: RoomId, event: EventId) -> list[Said]:
        """The messages in a room of the sender's after this one, oldest first; all, where
        the homeserver no longer has it."""

    # other servers

    async def rooms_elsewhere(self) -> list[RoomElsewhere]:
        """The rooms of other servers in which somebody of this one is."""

    async def local_members(self, room: RoomId) -> set[UserId]:
        """Who of this server is in a room, the sender included."""

    async def control_of(self, server: str) -> RoomId | None:
        """The control room of another server's school, None where it has none."""

    async def state_elsewhere(self, room: RoomId, type: str, key: str) -> Mapping[str, Any] | None:
        """A state event of a room that the sender is in, None where there is none."""

    async def invite(self, room: RoomId, user: UserId) -> None:
        """Ask somebody of another server into a room of the sender's. Waits for that server."""

    async def join_elsewhere(self, room: RoomId, user: UserId) -> None:
        """Have somebody of this server follow an invitation into a room of another server."""

    async def leave_elsewhere(self, room: RoomId, user: UserId) -> None:
        """Have somebody of this server leave a room of another server."""

    # complaints

    async def reports(self, matter: Matter, start: int) -> list[Report]:
        """A page of what people have reported, newest first, from the `start`-th on; empty
        where there are no more."""

    async def reported(self, report: Report) -> Reported:
        """What the reporter gave as the reason, and the message as far as it is kept."""

    async def chat(self, room: RoomId) -> Chat:
        """What a room is to those who are in it, whoever made it."""
