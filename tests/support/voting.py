"""Many people who vote in a room on a real Synapse, as fast as it takes their votes."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from support.schools import HostedSchool
from zvonok_appservice.mautrix_homeserver.wire import ADMIN
from zvonok_core.ids import RoomId, UserId
from zvonok_polls import native

POLLS = (sys.executable, "-c", "from zvonok_botkit.cli import main; main()", "polls", "-c")
"""The bot as a program of its own, before its config."""
PARALLEL = 16
"""Requests at a time."""


@dataclass
class Crowd:
    """People with accounts, signed in, in one room."""

    session: aiohttp.ClientSession
    address: str
    room: RoomId
    tokens: dict[UserId, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def ask(self, method: str, path: str, user: UserId, body: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.tokens[user]}"}
        url = f"{self.address}/_matrix/client/v3/{path}"
        async with self.session.request(method, url, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == 200, answer
            return answer

    async def enter(self, school: HostedSchool, count: int) -> None:
        """Make so many people and let them come in."""
        free = asyncio.Semaphore(PARALLEL)

        async def one(number: int) -> None:
            async with free:
                user = await school.person(f"voter{number}")
                signed_in = await school.homeserver.wire.post(ADMIN.v1.users[user].login, {})
                self.tokens[user] = signed_in["access_token"]
                await self.ask("POST", f"join/{quote(self.room)}", user, {})

        await asyncio.gather(*(one(number) for number in range(count)))

    async def vote(self, user: UserId, poll: str, *answers: str) -> str:
        """A native vote; returns the event's id."""
        content = {
            "m.relates_to": {"rel_type": "m.reference", "event_id": poll},
            native.RESPONSE: {"answers": list(answers)},
        }
        path = f"rooms/{quote(self.room)}/send/{native.RESPONSE}/t{next(self._numbers)}"
        return str((await self.ask("PUT", path, user, content))["event_id"])

    async def vote_often(
        self,
        poll: str,
        choices: Sequence[str],
        rounds: int,
        meanwhile: Callable[[int], Awaitable[None]],
        *,
        pause: float = 0.0,
    ) -> Counter[str]:
        """Everybody votes `rounds` times, each time otherwise. `meanwhile` is told how many
        votes there are. Returns how often each choice is the last one of somebody."""
        free, done = asyncio.Semaphore(PARALLEL), itertools.count(1)
        last: dict[UserId, str] = {}

        async def one(place: int, user: UserId) -> None:
            for turn in range(rounds):
                async with free:
                    choice = choices[(place * 7 + turn * (1 + place % 3)) % len(choices)]
                    await self.vote(user, poll, choice)
                    last[user] = choice
                    await meanwhile(next(done))
                    await asyncio.sleep(pause)

        await asyncio.gather(*(one(place, user) for place, user in enumerate(self.tokens)))
        return Counter(last.values())


@asynccontextmanager
async def crowd(school: HostedSchool, room: RoomId, count: int) -> AsyncIterator[Crowd]:
    """So many people in a room that anybody may join."""
    async with aiohttp.ClientSession() as session:
        people = Crowd(session, school.synapse.address, room)
        await people.enter(school, count)
        yield people
