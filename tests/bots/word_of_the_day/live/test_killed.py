"""Killed at any point, a word comes once, an answer counts once, and a week ends once."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from bots.word_of_the_day.live.test_words_on_synapse import anna as anna
from bots.word_of_the_day.live.test_words_on_synapse import below, comes_in, signs
from bots.word_of_the_day.live.test_words_on_synapse import me as me
from support.bots import Chatter, bot_process, student
from support.processes import Gate
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_core.db import Database, UpgradeTable, open_database
from zvonok_core.ids import UserId

pytestmark = pytest.mark.live
PROGRAM = (sys.executable, "-m", "bots.word_of_the_day.live.process")
SET_UP = "!слово-дня каждый день в 0:00, английский, средний уровень"
MOST_WRITES = 8
"""More than there are in any of the steps."""


@asynccontextmanager
async def at_hand(url: str) -> AsyncIterator[Database]:
    """The bots' database, while no bot runs."""
    async with open_database(url, UpgradeTable(version_table_name="none", database_name="none")) as database:
        yield database


async def due_now(url: str, *jobs: str) -> None:
    """Let what waits for its time be due."""
    async with at_hand(url) as database:
        for job in jobs:
            await database.execute("UPDATE kit_jobs SET due = 0 WHERE name = $1", job)


async def count(url: str, table: str) -> int:
    async with at_hand(url) as database:
        return int(await database.fetchval(f"SELECT COUNT(*) FROM word_of_the_day_{table}"))


@dataclass
class Killing:
    """Kills the bot at its first write to the homeserver, the next one at its second, and so
    on; `passed` tells whether that write still arrives."""

    gate: Gate
    passed: bool
    start: Callable[[], AbstractAsyncContextManager[asyncio.subprocess.Process]]
    kills: int = 0

    async def until(self, done: Callable[[], Awaitable[bool]]) -> None:
        """Start bots until it is so."""
        for limit in range(1, MOST_WRITES):
            async with self.start() as process:
                self._kill_at(limit, process)

                async def over(process: asyncio.subprocess.Process = process) -> bool:
                    return process.returncode is not None or await done()

                await eventually(over, deadline=30)
            if await done():
                break
        self.gate.before, self.gate.after = lambda: True, lambda: None
        assert await done(), "more writes than there should be"

    def _kill_at(self, limit: int, process: asyncio.subprocess.Process) -> None:
        writes = itertools.count(1)

        def write() -> bool:
            if next(writes) == limit:
                process.kill()
                self.kills += 1
                return False
            return True

        self.gate.before = (lambda: True) if self.passed else write
        self.gate.after = (lambda: write() and None) if self.passed else (lambda: None)


@pytest.mark.parametrize("passed", [False, True], ids=["before it is sent", "before that is known"])
async def test_killed_at_any_point_nothing_is_lost_and_nothing_comes_twice(
    school: HostedSchool, me: UserId, anna: Chatter, tmp_path: Path, passed: bool
) -> None:
    database_url = f"sqlite:///{tmp_path / 'bots.db'}"  # the kit tries both kinds
    async with (
        Gate(school.synapse.address).open() as gate,
        student(school, anna, "ivan", "Петров Иван") as ivan,
    ):
        async with bot_process(tmp_path, gate.address, me, database_url, *PROGRAM):
            await anna.says(SET_UP)
            await eventually(lambda: anna.heard(me, "Слово дня: каждый день"), deadline=30)
        killing = Killing(
            gate, passed, partial(bot_process, tmp_path, gate.address, me, database_url, *PROGRAM)
        )

        await due_now(database_url, "day_comes")

        async def shown() -> bool:
            return len(await ivan.heard(me, "Слово дня: ")) >= 2

        await killing.until(shown)
        cards = await ivan.heard(me, "Как это по-русски?")
        assert len(cards) == 1 and await count(database_url, "days") == 1

        answer = await ivan.says("удобный, I think", **below(cards[0]["event_id"]))

        async def thanked() -> bool:
            return bool(await signs(ivan, me))

        await killing.until(thanked)
        assert await signs(ivan, me) == [("📝", answer)]
        assert await count(database_url, "answers") == 1

        await due_now(database_url, "end_week")
        direct: list[Chatter] = []

        async def alone(words: str) -> int:
            """How often something was said to the teacher in a direct chat."""
            if room := await comes_in(anna):
                direct.append(room)
            return sum([len(await room.heard(me, words)) for room in direct])

        async def summed_up() -> bool:
            return bool(await alone(".xlsx"))

        await killing.until(summed_up)
        assert len(await anna.heard(me, "Слова недели:")) == 1
        for words in ("Слово дня, ", "Вручить награду?", ".xlsx"):
            assert await alone(words) == 1
        assert killing.kills > 6
