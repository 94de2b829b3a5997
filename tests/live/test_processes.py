"""The installed program, killed at any point of a fill, and beside a second one."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.processes import Gate, program, told, write_config
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.curriculum import FEW_SUBJECTS
from zvonok_demo.school.generate import GeneratedSchool, generate, small_school

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
KILLS = 20
MOMENTS = ("before it is asked", "while it is worked on", "before it is answered")


TODAY = datetime.now(UTC).date()


def two_classes() -> GeneratedSchool:
    return generate(1, TODAY, classes={7: 2}, size=8, subjects=FEW_SUBJECTS)


def written(school: HostedSchool, generated: GeneratedSchool, folder: Path, address: str = "") -> Path:
    """The school's journal and configuration, as files."""
    config, snapshot = school.config, generated.snapshot
    own = replace(snapshot, school=replace(snapshot.school, id=config.school.id))
    write_oneroster(own, config.journal.path, TODAY)
    homeserver = replace(config.homeserver, address=address or config.homeserver.address)
    rooms = {"subject": {"create": "at_once"}}
    return write_config(replace(config, homeserver=homeserver, rooms=rooms), folder / "config.yaml")


async def test_killed_at_twenty_points_of_a_fill_it_makes_no_room_twice(
    school: HostedSchool, tmp_path: Path
) -> None:
    chance = random.Random(20)
    async with Gate(school.synapse.address).open() as gate:
        config = written(school, two_classes(), tmp_path, gate.address)
        ended: Counter[int] = Counter()
        # A homeserver that is still busy with what the last one left may turn one away.
        for _ in range(KILLS + 10):
            async with program(config, "apply") as process:
                kill_at(gate, process, chance.randrange(2), chance.choice(MOMENTS))
                ended[await process.wait()] += 1
            if ended[-9] == KILLS:
                break
        assert ended[-9] == KILLS, f"each was in the middle of its work: {ended}"

        gate.before, gate.after = lambda: True, lambda: None
        code, said = await told(config, "apply")
        assert code == 0, said
        code, said = await told(config, "plan", "--json")
        assert json.loads(said)["steps"] == []

    actual = await school.observed()
    joined = await school.homeserver.joined_rooms()
    keys = Counter(room.key for room in [await school.seen(room) for room in joined])
    assert set(keys.values()) == {1}
    assert len(joined) == len(actual.rooms)
    assert len(actual.rooms) > 20
    for key, room in actual.rooms.items():
        assert await school.homeserver.room_of(key) == room.room


def kill_at(gate: Gate, process: asyncio.subprocess.Process, count: int, moment: str) -> None:
    """Let `count` requests that write through, and kill the program at the next."""
    seen = 0
    alive = True

    def kill() -> None:
        nonlocal alive
        if alive:
            process.kill()
        alive = False

    def before() -> bool:
        nonlocal seen
        seen += 1
        if seen > count and moment != MOMENTS[2]:
            kill()
        return seen <= count or moment != MOMENTS[0]

    def after() -> None:
        if seen > count:
            kill()

    gate.before, gate.after = before, after


async def test_a_lock_takes_seconds_while_a_fill_runs_and_stands_after_it(
    school: HostedSchool, tmp_path: Path
) -> None:
    generated = small_school(1, TODAY)
    config = written(school, generated, tmp_path)
    head = generated.staff.head
    code, said = await told(config, "activate", "--person", head, "--json")
    assert code == 0, said
    (made,) = json.loads(said)
    user = school.homeserver.user_id(made["user"])

    async def locked() -> bool:
        account = await school.homeserver.account(user)
        return account is not None and account.locked

    (tmp_path / "filling").mkdir()
    async with (
        Gate(school.synapse.address).open() as gate,
        program(written(school, generated, tmp_path / "filling", gate.address), "run"),
    ):
        await eventually(school.homeserver.joined_rooms, deadline=30)
        gate.going.clear()  # it stays in the middle of the fill

        began = time.monotonic()
        code, said = await told(config, "lock", head, "--reason", "telephone lost")
        assert code == 0, said
        assert await locked()
        assert time.monotonic() - began < 5

        code, said = await told(config, "apply")
        assert code == 6, "one program at a time writes rooms"
        assert len(await school.homeserver.joined_rooms()) < 40, "the fill is still under way"
        gate.going.set()

        async def full() -> bool:
            seen = await school.observed()
            return len(seen.rooms) > 50 and all(room.members for room in seen.rooms.values())

        await eventually(full, deadline=90)
        assert await locked()

    # Whoever looks at everything anew lets it stand, too.
    code, said = await told(config, "apply")
    assert code == 0, said
    assert await locked()

    code, said = await told(config, "unlock", head)
    assert code == 0, said
    assert not await locked()
    code, said = await told(config, "plan", "--json")
    assert json.loads(said)["steps"] == []
