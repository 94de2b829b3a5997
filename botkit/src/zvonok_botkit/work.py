"""Long work, such as making an archive: outside of any transaction, with the disk at hand.

It runs again from its beginning where the program was ended meanwhile, so what it does
outside must bear that; what it says in the end is said once.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from zvonok_botkit.answers import Answer, each
from zvonok_botkit.chat import Media
from zvonok_botkit.context import Context, S, Settings
from zvonok_botkit.ground import Ground, Scene
from zvonok_botkit.people import Directory, Member
from zvonok_core.db import Connection, transaction
from zvonok_core.ids import RoomId
from zvonok_core.text import Text

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Work(Generic[S, Settings]):
    """What long work knows and may do."""

    room: RoomId
    """Where it was begun, and where its answer goes."""
    folder: Path
    """A folder of its own, gone afterwards."""
    settings: Settings
    zone: ZoneInfo
    language: str
    directory: Directory | None
    media: Media
    _ground: Ground
    _scene: Scene

    @property
    def now(self) -> datetime:
        """In UTC."""
        return self._ground.clock.now()

    def say(self, words: Text | str) -> str:
        """Words in the room's language."""
        return self._ground.catalogs.say(words, self.language)

    async def members(self, room: RoomId | None = None) -> tuple[Member, ...]:
        """See `Context.members`."""
        return (await self._ground.rooms.view(room or self.room)).members

    async def within(self, step: Callable[[Context[S, Settings]], Awaitable[V]]) -> V:
        """Do a step in a transaction of its own; what it posts goes out at once, and again
        where the work has to begin anew."""

        async def run(db: Connection) -> V:
            context = self._ground.context(db, self._scene)
            found = await step(context)
            origin = self._ground.origin(self._scene, cause=f"work|{secrets.token_hex(16)}")
            await self._ground.outbox.put(db, context.outbox, origin)
            return found

        try:
            return await transaction(self._ground.database, run)
        finally:
            self._ground.outbox.wake()

    async def post(self, answer: Answer) -> None:
        """Say something at once, such as how far it is."""

        async def step(ctx: Context[S, Settings]) -> None:
            ctx.post(each(answer))

        await self.within(step)


@asynccontextmanager
async def working(ground: Ground, scene: Scene) -> AsyncIterator[Work[Any, Any]]:
    """The work that an entry asks for, with an empty folder."""
    name = sha256(f"{ground.chat.user}|{scene.entry.event.id}".encode()).hexdigest()[:24]
    folder = Path(tempfile.gettempdir(), f"zvonok-work-{name}")
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)  # left by a program that was ended
    await asyncio.to_thread(folder.mkdir, mode=0o700)
    try:
        yield Work(
            room=scene.entry.event.room,
            folder=folder,
            settings=ground.settings.get(scene.bot.name),
            zone=ground.manners.zone,
            language=ground.manners.language,
            directory=ground.directory,
            media=ground.chat,
            _ground=ground,
            _scene=scene,
        )
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
