"""Sending messages with the policy module against without it, in one run.

    .venv/bin/python benchmarks/bench_sending.py [--members N …] [--pairs N]

Two equal Synapses, of which one has the module, get the same rooms: a managed room of each
size, and a direct chat. Batches of messages go to one and the other in turn, and each pair of
batches gives a ratio of rates: of the time that went by, and of the processor time that the
homeserver spent, which a noisy machine disturbs less. Printed are the medians.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import psutil
from bench_fill import configuration, started

from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.config import Config
from zvonok_appservice.mautrix_homeserver import connect
from zvonok_appservice.policy import shipped_policy
from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.model import CreateRoom, DesiredRoom, RoomKey
from zvonok_core.access import Facts, PersonFacts, RoomFacts, Who, write_facts
from zvonok_core.ids import ClassId, RoomId, SchoolId, UserId
from zvonok_demo.synapse import SynapseProcess, policy_module

SCHOOL = SchoolId("school-1")
SENDERS = 30
BATCH = 120
CONCURRENCY = 4


@dataclass
class Side:
    """One of the two homeservers."""

    name: str
    synapse: SynapseProcess
    config: Config
    rooms: dict[str, RoomId]
    tokens: list[str]

    def processor_seconds(self) -> float:
        times = psutil.Process(self.synapse.pid).cpu_times()
        return times.user + times.system


async def prepared(folder: Path, sizes: Sequence[int], *, module: bool) -> Side:
    """A homeserver with everybody in the rooms, started anew so that it knows all of it."""
    name = "with" if module else "without"
    synapse, config = await started(folder / name, configuration(folder / name, SCHOOL))
    many = {"per_second": 100_000, "burst_count": 100_000}
    facts_file = folder / name / "facts.json"
    async with connect(config) as homeserver:
        await bootstrap(homeserver, config)
        users = [homeserver.user_id(f"person{number}") for number in range(max(sizes))]
        await in_turn(users, lambda user: homeserver.create_account(user, f"Человек {user}", ""))
        rooms = {}
        for size in sizes:
            key = RoomKey("class_common", SCHOOL, ClassId(str(size)))
            desired = DesiredRoom(key, "Общая", "", False, 0, False, (), frozenset(), {})
            step = CreateRoom(desired, power_levels(0, {}))
            room = await homeserver.create_room(step, key.alias_localpart("zvonok_"), [])
            for user in users[:size]:
                await homeserver.add_member(room, user)
            rooms[f"room of {size}"] = room
        facts_file.write_text(json.dumps(write_facts(facts(homeserver.sender, users, rooms))))
        await synapse.stop()
        synapse.overlay = {**synapse.overlay, "rc_message": many}
        if module:
            synapse.policy = policy_module("http://127.0.0.1:9", "token", facts_file)
        await synapse.start()
        tokens = []
        for user in users[:SENDERS]:
            answer = await homeserver.wire.post(f"/_synapse/admin/v1/users/{user}/login", {})
            tokens.append(answer["access_token"])
    side = Side(name, synapse, config, rooms, tokens)
    async with aiohttp.ClientSession() as session:
        request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [users[1]]}
        made = await ask(session, side, 0, "POST", "/v3/createRoom", request)
        await ask(session, side, 1, "POST", f"/v3/rooms/{quote(made['room_id'])}/join", {})
        rooms["direct chat"] = RoomId(made["room_id"])
    return side


def facts(sender: UserId, users: Sequence[UserId], rooms: dict[str, RoomId]) -> Facts:
    """What the module knows: everybody is staff, and all rooms but the direct chat managed."""
    people = {user: PersonFacts(user, SCHOOL, linked=True, roles=frozenset({Who.STAFF})) for user in users}
    people[sender] = PersonFacts(sender, SCHOOL, linked=True, sender=True, roles=frozenset({Who.BOT}))
    managed = {room: RoomFacts(room, SCHOOL, "class_common") for room in rooms.values()}
    return Facts("1", sender, shipped_policy(), people, managed)


async def in_turn(items: Sequence[Any], work: Any) -> None:
    """Do `work` for each, some at once."""
    waiting = iter(items)

    async def one() -> None:
        for item in waiting:
            await work(item)

    await asyncio.gather(*(one() for _ in range(CONCURRENCY)))


async def ask(
    session: aiohttp.ClientSession, side: Side, who: int, method: str, path: str, body: dict[str, Any]
) -> Any:
    url = f"{side.synapse.address}/_matrix/client{path}"
    headers = {"Authorization": f"Bearer {side.tokens[who]}"}
    async with session.request(method, url, json=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def batch(session: aiohttp.ClientSession, side: Side, room: str, numbers: Any) -> tuple[float, float]:
    """Send a batch; the seconds that it took, and those of the homeserver's processor."""
    senders = 2 if room == "direct chat" else SENDERS
    path = f"/v3/rooms/{quote(side.rooms[room])}/send/m.room.message"

    async def send(number: int) -> None:
        body = {"msgtype": "m.text", "body": f"Задание № {number}: параграф 14"}
        await ask(session, side, number % senders, "PUT", f"{path}/{number}", body)

    begun, busy = time.monotonic(), side.processor_seconds()
    await in_turn([next(numbers) for _ in range(BATCH)], send)
    return time.monotonic() - begun, side.processor_seconds() - busy


async def measure(sizes: Sequence[int], pairs: int) -> None:
    """Print a line for each room."""
    with tempfile.TemporaryDirectory() as folder:
        sides = [await prepared(Path(folder), sizes, module=module) for module in (True, False)]
        try:
            async with aiohttp.ClientSession() as session:
                for room in sides[0].rooms:
                    await compare(session, sides, room, pairs)
        finally:
            for side in sides:
                await side.synapse.stop()


async def compare(session: aiohttp.ClientSession, sides: Sequence[Side], room: str, pairs: int) -> None:
    """Print the ratio of the rates for one room."""
    numbers = itertools.count()
    for side in sides:
        await batch(session, side, room, numbers)  # warms what is remembered
    wall, processor, rate = [], [], []
    for pair in range(pairs):
        order = sides if pair % 2 else tuple(reversed(sides))
        took = {side.name: await batch(session, side, room, numbers) for side in order}
        wall.append(took["without"][0] / took["with"][0])
        processor.append(took["without"][1] / took["with"][1])
        rate.append(BATCH / took["with"][0])
    print(
        f"{room:<14} {statistics.median(rate):6.0f} messages/s with the module;"
        f" of the rate without: {statistics.median(wall):.3f} ({min(wall):.2f} to {max(wall):.2f}),"
        f" by processor time {statistics.median(processor):.3f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--members", type=int, nargs="+", default=[30, 1000])
    parser.add_argument("--pairs", type=int, default=21)
    given = parser.parse_args()
    asyncio.run(measure(given.members, given.pairs))
