"""The appservice's directory over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import quote

import aiohttp

from zvonok_botkit.config import DirectoryConfig
from zvonok_core.directory import PersonView, RoomList, RoomView, from_json
from zvonok_core.errors import ConfigError, TemporaryError
from zvonok_core.ids import RoomId, UserId

V = TypeVar("V")

SECONDS = 5.0
"""Somebody waits for an answer."""


class HttpDirectory:
    """See `people.Directory`."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address.rstrip("/")

    async def person(self, user: UserId) -> PersonView | None:
        """See `people.Directory.person`."""
        return await self._ask(PersonView, f"people/{quote(user, safe='')}")

    async def room(self, room: RoomId) -> RoomView | None:
        """See `people.Directory.room`."""
        return await self._ask(RoomView, f"rooms/{quote(room, safe='')}")

    async def rooms(self) -> RoomList:
        """See `people.Directory.rooms`."""
        return await self._ask(RoomList, "rooms") or RoomList(())

    async def _ask(self, kind: type[V], path: str) -> V | None:
        try:
            async with self._session.get(f"{self._address}/v1/{path}") as answer:
                if answer.status == 404:
                    return None
                if answer.status != 200:
                    raise TemporaryError(f"the directory answers {answer.status}")
                return from_json(kind, await answer.json())
        except (aiohttp.ClientError, TimeoutError, ValueError, ConfigError) as error:
            raise TemporaryError(f"the directory does not answer: {type(error).__name__}") from error


@asynccontextmanager
async def open_directory(config: DirectoryConfig | None) -> AsyncIterator[HttpDirectory | None]:
    """The directory, where one is configured."""
    if config is None:
        yield None
        return
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {config.token}"}, timeout=aiohttp.ClientTimeout(total=SECONDS)
    ) as session:
        yield HttpDirectory(session, config.address)
