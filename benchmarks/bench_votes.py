"""Two thousand votes in a minute on one poll, and the bot killed in the middle.

    .venv/bin/python benchmarks/bench_votes.py [--people N] [--rounds N] [--kills N]

So many people in one room of a real Synapse vote as often in a native poll, each time
otherwise. While they do, the bot is killed with SIGKILL and started again. Printed are how
fast the votes came and how soon after the last one the bot knew them all; it ends with an
error where one is lost or counted twice.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.bots import bot_process, chatter
from support.schools import hosted_school, hosted_schools
from support.voting import POLLS, crowd
from support.waiting import eventually

from zvonok_appservice.bootstrap import bootstrap
from zvonok_core.db import Database, open_database
from zvonok_polls import native
from zvonok_polls.counting import chosen, tally
from zvonok_polls.store import PollStore

CHOICES = ["a1", "a2", "a3", "a4"]


async def main(people: int, rounds: int, kills: int) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        async with AsyncExitStack() as stack:
            await measured(stack, Path(name), people, rounds, kills)


async def measured(stack: AsyncExitStack, folder: Path, people: int, rounds: int, kills: int) -> None:
    schools = await stack.enter_async_context(hosted_schools(folder, 1))
    school = await stack.enter_async_context(hosted_school(schools, folder))
    await bootstrap(school.homeserver, school.config)
    me = await school.person("helper", "Помощник")
    levels = {"preset": "public_chat", "power_level_content_override": {"users": {me: 50}}}
    anna = await stack.enter_async_context(chatter(school, "anna", me, **levels))
    url, address, total = f"sqlite:///{folder / 'bots.db'}", school.synapse.address, people * rounds
    began = time.monotonic()
    voters = await stack.enter_async_context(crowd(school, anna.room, people))
    print(f"{people} people came in within {time.monotonic() - began:.0f} s")

    running = AsyncExitStack()
    stack.push_async_callback(lambda: running.aclose())
    bot = await running.enter_async_context(bot_process(folder, address, me, url, *POLLS))
    await anna.says("!опрос «Куда едем?» Музей; Театр; Парк; Цирк")

    async def started() -> str:
        return next((one["event_id"] for one in await anna.timeline() if one["type"] == native.START), "")

    poll = await eventually(started, deadline=60)
    at = {total * number // (kills + 1) for number in range(1, kills + 1)}
    memory = 0

    async def meanwhile(count: int) -> None:
        nonlocal bot, memory
        if count in at:
            memory = max(memory, psutil.Process(bot.pid).memory_info().rss)
            bot.kill()
            await running.aclose()
            bot = await running.enter_async_context(bot_process(folder, address, me, url, *POLLS))

    began = time.monotonic()
    expected = await voters.vote_often(poll, CHOICES, rounds, meanwhile)
    ended = time.monotonic()
    print(
        f"{total} votes within {ended - began:.1f} s, {total / (ended - began):.0f} a second; {kills} kills"
    )

    async with open_database(url) as database:
        await eventually(lambda: all_stored(database, total), deadline=300)
        print(f"the bot knew all of them {time.monotonic() - ended:.1f} s after the last one")
        store = PollStore(database)  # type: ignore[arg-type]
        row = await database.fetchrow("SELECT id FROM polls_polls")
        assert row is not None
        found = await store.poll(row["id"])
        assert found is not None
        counted = tally(found.item, chosen(await store.ballots(found.id), found.item))
    memory = max(memory, psutil.Process(bot.pid).memory_info().rss)
    print(f"expected {dict(sorted(expected.items()))}, counted {dict(counted.votes)}; {memory // 2**20} MiB")
    if dict(counted.votes) != {choice: expected[choice] for choice in CHOICES} or counted.voters != people:
        sys.exit("votes were lost or counted twice")


async def all_stored(database: Database, total: int) -> bool:
    found = await database.fetchval("SELECT COUNT(*) FROM polls_votes")
    assert found <= total, "a vote was stored twice"
    return bool(found == total)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--kills", type=int, default=2)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.people, arguments.rounds, arguments.kills))
