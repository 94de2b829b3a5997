"""The appservice's HTTP server, to which Synapse sends its transactions.

Events are hints (see `hints`): a transaction is answered at once, and nothing is lost
where one is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from mautrix.appservice import AppService, ASStateStore
from mautrix.client.state_store import MemoryStateStore

from zvonok_appservice.config import Config
from zvonok_appservice.hints import room_of
from zvonok_core.ids import RoomId, UserId

LARGEST_TRANSACTION = 16 * 1024 * 1024
"""Bytes. A transaction holds up to 100 events of 64 KiB; aiohttp's own limit of 1 MiB
would refuse it, and Synapse would repeat the same one for ever."""


class _NoState(MemoryStateStore, ASStateStore):
    """What mautrix wants to have; it stays empty."""

    def __init__(self) -> None:
        ASStateStore.__init__(self)
        MemoryStateStore.__init__(self)


class Listener(AppService):
    """Calls `on_hint` with each room that ought to be looked at.

    `app` takes further routes (pages, directory) until `serve` is entered.
    """

    def __init__(self, config: Config, on_hint: Callable[[RoomId], None]) -> None:
        super().__init__(
            server=config.homeserver.address,
            domain=config.homeserver.server_name,
            as_token=config.appservice.as_token,
            hs_token=config.appservice.hs_token,
            bot_localpart=config.appservice.sender_localpart,
            id=config.appservice.id,
            state_store=_NoState(),
            log=__name__,
            aiohttp_params={"client_max_size": LARGEST_TRANSACTION},
        )
        self._host = config.appservice.listen_host
        self._port = config.appservice.listen_port
        self._on_hint = on_hint

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[web.Application]:
        """Listen until the block is left."""
        try:
            await self.start(self._host, self._port)
            self.ready = True
            yield self.app
        finally:
            self.ready = False
            await self.stop()

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
            room = room_of(event, UserId(self.bot_mxid))
            if room is not None:
                self._on_hint(room)
        return {}
