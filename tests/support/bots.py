"""Bots on a real Synapse, and people who talk with them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from support.matrix import Client
from support.schools import PASSWORD, HostedSchool
from support.waiting import eventually
from zvonok_botkit.ground import Manners
from zvonok_botkit.nio_chat import connected
from zvonok_botkit.program import Program, open_bots_database
from zvonok_botkit.registry import AnyBot
from zvonok_core.clock import Clock, SystemClock
from zvonok_core.ids import RoomId, UserId

TESTS = Path(__file__).parents[1]
MANNERS = Manners("ru", ZoneInfo("Europe/Moscow"))


@asynccontextmanager
async def running(
    address: str,
    user: UserId,
    database_url: str,
    bots: Sequence[AnyBot],
    manners: Manners = MANNERS,
    settings: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Program]:
    """Bots that listen and answer until the block is left."""
    async with open_bots_database(database_url, bots) as database, connected(address) as chat:
        token = await database.fetchval("SELECT value FROM kit_values WHERE name = 'access_token'") or ""
        token = await chat.sign_in(user, PASSWORD, token)
        await database.execute(
            """INSERT INTO kit_values (name, value) VALUES ('access_token', $1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value""",
            token,
        )
        chosen = {bot.name: bot.settings and bot.settings() for bot in bots} | dict(settings or {})
        program = Program(chat, database, bots, None, manners, chosen, clock=clock or SystemClock())
        task = asyncio.create_task(program.run())
        try:
            await eventually(program.inbox.token)
            yield program
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def bot_process(
    folder: Path, address: str, user: UserId, database_url: str, *program: str | Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The example bot, or another `program`, as a process; killed in the end."""
    config = folder / "bots.yaml"
    homeserver = {"address": address, "user": str(user), "password": PASSWORD}
    with config.open("w", encoding="utf-8") as file:
        YAML().dump({"homeserver": homeserver, "database": database_url}, file)
    with (folder / "bots.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(program or (sys.executable, "-m", "support.bot_process")), config, cwd=TESTS, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@dataclass
class Chatter:
    """A person with a client, in a room with the bot."""

    client: Client
    room: RoomId
    since: str = ""
    """How far they have read."""

    async def says(self, words: str, **content: Any) -> str:
        """Write; returns the event's id."""
        path = f"/v3/rooms/{quote(self.room)}/send/m.room.message"
        answer = await self.client.call("POST", path, {"msgtype": "m.text", "body": words, **content})
        assert answer.ok, answer
        return str(answer.body["event_id"])

    async def invites(self, other: Client) -> None:
        """Let somebody else in."""
        path = f"/v3/rooms/{quote(self.room)}"
        assert (await self.client.call("POST", f"{path}/invite", {"user_id": other.user})).ok
        assert (await other.call("POST", f"{path}/join")).ok

    async def timeline(self) -> list[dict[str, Any]]:
        """What is in the room, oldest first."""
        answer = await self.client.call("GET", f"/v3/rooms/{quote(self.room)}/messages?dir=b&limit=1000")
        assert answer.ok, answer
        return list(reversed(answer.body["chunk"]))

    async def heard(self, sender: str, words: str = "") -> list[dict[str, Any]]:
        """What somebody has written that holds these words."""
        return [
            event
            for event in await self.timeline()
            if event["sender"] == sender
            and event["type"] == "m.room.message"
            and words in event["content"].get("body", "")
        ]


@asynccontextmanager
async def chatter(
    school: HostedSchool, localpart: str, bot: UserId, name: str = "Смирнова Анна Павловна", **room: Any
) -> AsyncIterator[Chatter]:
    """Somebody who has made a room and invited the bot."""
    user = await school.person(localpart, name)
    async with school.client_of(user) as client:
        made = await client.call(
            "POST", "/v3/createRoom", {"preset": "private_chat", "invite": [bot], **room}
        )
        assert made.ok, made
        yield Chatter(client, RoomId(made.body["room_id"]))


@asynccontextmanager
async def teacher_with_class(school: HostedSchool, bot: UserId) -> AsyncIterator[Chatter]:
    """A teacher in a room with the bot, by the room's own levels."""
    levels = {"users": {school.user("anna"): 100, bot: 50}}
    async with chatter(school, "anna", bot, power_level_content_override=levels, room_version="11") as opened:
        yield opened


@asynccontextmanager
async def student(school: HostedSchool, room: Chatter, localpart: str, name: str) -> AsyncIterator[Chatter]:
    """Somebody in the teacher's room."""
    async with school.client_of(await school.person(localpart, name)) as client:
        await room.invites(client)
        yield Chatter(client, room.room)
