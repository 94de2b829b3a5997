"""The appservice's HTTP server, to which Synapse sends its transactions.

Events are hints (see `hints`): a transaction is answered at once, and nothing is lost
where one is. mautrix's handlers are used without its AppService around them, which would
bring a state store and a client of its own.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from mautrix.appservice.as_handler import AppServiceServerMixin

from zvonok_appservice.config import Config
from zvonok_appservice.hints import chat_of, invitation_of, room_of
from zvonok_core.ids import RoomId, UserId

LARGEST_TRANSACTION = 16 * 1024 * 1024
"""Bytes. A transaction holds up to 100 events of 64 KiB; aiohttp's own limit of 1 MiB
would refuse it, and Synapse would repeat the same one for ever."""


class Listener(AppServiceServerMixin):
    """Calls `on_hint` with each room that ought to be looked at, `on_message` with each in
    which somebody has said something, and `on_invitation` with the server of each
    school whose appservice invites this one's.

    `app` takes further routes (pages, directory) until `serve` is entered.
    """

    def __init__(
        self,
        config: Config,
        on_hint: Callable[[RoomId], None],
        on_message: Callable[[RoomId], None] = lambda _: None,
        on_invitation: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(log=logging.getLogger(__name__), hs_token=config.appservice.hs_token)
        self.app = web.Application(client_max_size=LARGEST_TRANSACTION)
        self.register_routes(self.app)
        self._host = config.appservice.listen_host
        self._port = config.appservice.listen_port
        self._sender = UserId(f"@{config.appservice.sender_localpart}:{config.homeserver.server_name}")
        self._on_hint = on_hint
        self._on_message = on_message
        self._on_invitation = on_invitation

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Listen until the block is left."""
        runner = web.AppRunner(self.app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
            yield
        finally:
            await runner.cleanup()

    async def handle_transaction(
        self,
        txn_id: str,
        *,
        events: list[Any],
        extra_data: Any,
        ephemeral: Any = None,
        to_device: Any = None,
        otk_counts: Any = None,
        device_lists: Any = None,
    ) -> Any:
        # Synapse repeats only the latest one; mautrix would remember all of them for ever.
        self.transactions.clear()
        for event in events:
            asked = invitation_of(event, self._sender)
            if asked is not None:
                self._on_invitation(asked)
            room = room_of(event, self._sender)
            if room is not None:
                self._on_hint(room)
            chat = chat_of(event, self._sender)
            if chat is not None:
                self._on_message(chat)
        return {}
