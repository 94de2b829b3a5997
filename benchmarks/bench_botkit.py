"""Bots of the kit against a bare nio loop that answers the same, in one run.

    .venv/bin/python benchmarks/bench_botkit.py [--pairs N] [--burst N]

Two bots on one Synapse, each a process of its own with 20 rooms of its own. In turn, each gets
single commands, for the time from command to answer, and a burst that lies ready when it
wakes up, for the rate. Printed are the medians, their ratios, and the memory of both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import psutil
from bench_fill import configuration, started

from zvonok_appservice.bootstrap import UNLIMITED, bootstrap
from zvonok_appservice.mautrix_homeserver import MautrixHomeserver, connect
from zvonok_appservice.mautrix_homeserver.wire import ADMIN
from zvonok_core.ids import SchoolId, UserId

ROOMS = 20
SINGLE = 40
MANY = {"per_second": 100_000, "burst_count": 100_000}
PASSWORD = "Зонт-на-гвозде-7"
SECONDS = 60
"""Whatever takes longer is broken."""
HERE = Path(__file__).resolve().parent


@dataclass
class Side:
    """One of the two bots, as the person sees it who writes to it."""

    name: str
    bot: UserId
    session: aiohttp.ClientSession
    address: str
    token: str
    rooms: list[str]
    process: asyncio.subprocess.Process | None = None
    since: str = ""

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.address}/_matrix/client/v3{path}"
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def say(self, number: int) -> None:
        room = self.rooms[number % ROOMS]
        content = {"msgtype": "m.text", "body": f"!эхо раз {number}"}
        await self.ask(
            "PUT", f"/rooms/{quote(room)}/send/m.room.message/{self.name}{time.time_ns()}", content
        )

    async def hear(self, count: int) -> float:
        """Wait for so many answers; the moment at which the last was seen."""
        timeline = {"limit": 1000, "types": ["m.room.message"], "senders": [self.bot]}
        wanted = quote(json.dumps({"room": {"timeline": timeline}}))
        while True:
            answer = await self.ask("GET", f"/sync?timeout=30000&since={self.since}&filter={wanted}")
            self.since = answer["next_batch"]
            for room in answer.get("rooms", {}).get("join", {}).values():
                count -= len(room["timeline"]["events"])
            if count <= 0:
                return time.perf_counter()

    async def latency(self) -> float:
        began = time.perf_counter()
        async with asyncio.timeout(SECONDS):
            heard = asyncio.create_task(self.hear(1))
            await self.say(int(began * 1000))
            return await heard - began

    async def rate(self, burst: int) -> float:
        """Answers a second of a burst that lies ready."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP)
        for number in range(burst):
            await self.say(number)
        began = time.perf_counter()
        os.kill(self.process.pid, signal.SIGCONT)
        async with asyncio.timeout(SECONDS):
            return burst / (await self.hear(burst) - began)

    @property
    def memory(self) -> float:
        """MiB of the bot's process."""
        assert self.process
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20


@asynccontextmanager
async def side(
    name: str, address: str, homeserver: MautrixHomeserver, session: aiohttp.ClientSession, folder: Path
) -> AsyncIterator[Side]:
    """A running bot with its rooms, in which two others are, so that they are groups."""
    users = [homeserver.user_id(f"{name}_{who}") for who in ("bot", "person", "other")]
    for user in users:
        await homeserver.create_account(user, "Эхо", PASSWORD)
        await homeserver.wire.post(ADMIN.v1.users[user].override_ratelimit, UNLIMITED)
    tokens = [
        (await homeserver.wire.post(ADMIN.v1.users[user].login, {}))["access_token"] for user in users[1:]
    ]
    one = Side(name, users[0], session, address, tokens[0], [])
    for _ in range(ROOMS):
        room = (await one.ask("POST", "/createRoom", {"invite": [users[0], users[2]]}))["room_id"]
        one.rooms.append(room)
        one.token = tokens[1]
        await one.ask("POST", f"/join/{quote(room)}", {})
        one.token = tokens[0]
    with (folder / f"{name}.log").open("wb") as log:
        one.process = await asyncio.create_subprocess_exec(
            sys.executable, HERE / f"echo_{name}.py", address, users[0], folder, stdout=log, stderr=log
        )
    try:
        async with asyncio.timeout(SECONDS):
            for room in one.rooms:
                while (
                    users[0] not in (await one.ask("GET", f"/rooms/{quote(room)}/joined_members"))["joined"]
                ):
                    await asyncio.sleep(0.05)
        one.since = (await one.ask("GET", "/sync?timeout=0"))["next_batch"]
        yield one
    finally:
        one.process.kill()
        await one.process.wait()


async def compare(pairs: int, burst: int) -> None:
    with tempfile.TemporaryDirectory(prefix="zvonok-bench-") as name:
        folder = Path(name) / "school"
        synapse, config = await started(folder, configuration(folder, SchoolId("school-1")))
        await synapse.stop()
        synapse.overlay = {"rc_room_creation": MANY, "rc_invites": {"per_room": MANY, "per_user": MANY}}
        await synapse.start()
        try:
            async with connect(config) as homeserver, aiohttp.ClientSession() as session:
                await bootstrap(homeserver, config)
                async with (
                    side("kit", synapse.address, homeserver, session, folder) as kit,
                    side("nio", synapse.address, homeserver, session, folder) as nio,
                ):
                    await measure(kit, nio, pairs, burst)
        finally:
            await synapse.stop()


async def measure(kit: Side, nio: Side, pairs: int, burst: int) -> None:
    latencies: dict[str, list[float]] = {"kit": [], "nio": []}
    rates: dict[str, list[float]] = {"kit": [], "nio": []}
    for one in (kit, nio):
        await one.rate(ROOMS)  # each room once, so that nothing is new
    for _ in range(SINGLE):
        for one in (kit, nio):
            latencies[one.name].append(await one.latency())
    for number in range(pairs):
        for one in (kit, nio) if number % 2 else (nio, kit):
            rates[one.name].append(await one.rate(burst))
    for name in ("kit", "nio"):
        print(
            f"{name}: {statistics.median(latencies[name]) * 1000:.0f} ms from command to answer,"
            f" {statistics.median(rates[name]):.0f} answers/s of a burst of {burst}"
        )
    latency = statistics.median(latencies["kit"]) / statistics.median(latencies["nio"])
    rate = statistics.median(k / n for k, n in zip(rates["kit"], rates["nio"], strict=True))
    print(f"kit / nio: {latency:.2f} of the latency, {rate:.2f} of the rate")
    print(f"memory: kit {kit.memory:.0f} MiB, nio {nio.memory:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--burst", type=int, default=200)
    arguments = parser.parse_args()
    asyncio.run(compare(arguments.pairs, arguments.burst))


if __name__ == "__main__":
    main()
