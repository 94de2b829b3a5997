"""Synapse, the database or the journal is away, or the program itself errs: the loop waits,
says so once, and ends where it would have ended."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from builders import small_school
from support.kept import KeptSchool, joined, kept_school
from support.meddling import Meddling
from support.postgres import running_postgres
from support.schools import HostedSchool, HostedSchools, hosted_school
from support.waiting import eventually

from zvonok_appservice.bootstrap import bootstrap
from zvonok_core.errors import PermanentError
from zvonok_demo.synapse import SynapseProcess

pytestmark = pytest.mark.live


async def is_kept(kept: KeptSchool) -> bool:
    """Whether the loop has come to its end."""
    picture = kept.board.picture
    return (
        picture is not None
        and len(picture.actual.rooms) == len(picture.desired.rooms)
        and all(
            picture.actual.rooms[key].members.keys() == room.members
            for key, room in picture.desired.rooms.items()
        )
    )


def bugs(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log calls a bug."""
    return [
        r.getMessage() for r in caplog.records if r.name.startswith("zvonok") and r.levelno >= logging.ERROR
    ]


@pytest.mark.timeout(300)
async def test_a_synapse_that_is_restarted_and_killed_in_the_middle_of_a_fill(
    own_schools: HostedSchools, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    synapse: SynapseProcess = own_schools.synapse
    async with hosted_school(own_schools, tmp_path) as hosted:
        await bootstrap(hosted.homeserver, hosted.config)
        async with kept_school(hosted, small_school().snapshot(), bots=True) as kept:
            await kept.reconciler.refresh()
            belova, petrov = await kept.activate("belova", "petrov")
            began = hosted.homeserver.requests_written
            async with kept.kept():
                for end, writes in ((synapse.stop, 6), (synapse.kill, 20)):
                    await eventually(
                        lambda n=began + writes: hosted.homeserver.requests_written >= n, deadline=60
                    )
                    assert not await is_kept(kept)
                    await end()
                    await synapse.start()
                await eventually(lambda: is_kept(kept), deadline=90)
            assert await kept.keep() == []
            rooms = [
                room
                for name in await hosted.homeserver.joined_rooms()
                if (room := await hosted.homeserver.room(name))
            ]
            assert set(Counter(room.key for room in rooms).values()) == {1}
            assert {"7А. Класс", "7А. Родители"} <= await kept.rooms_of(belova)
            assert {"7А. Класс", "7А"} <= await kept.rooms_of(petrov)
    assert bugs(caplog) == []


async def test_a_database_that_another_program_has_locked(
    school: HostedSchool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "locked.db"
    journal = small_school()
    async with kept_school(
        school, journal.snapshot(), database=f"sqlite:///{path}", journal_seconds=0.5
    ) as kept:
        await kept.keep()
        other = sqlite3.connect(path, isolation_level=None)
        try:
            async with kept.kept():
                other.execute("BEGIN EXCLUSIVE")
                kept.source.say(journal.klass("8В").student("new", "Новиков Пётр", "8В").snapshot())
                await eventually(lambda: kept.source.read_times >= 3, deadline=30)  # and nothing was taken
                assert "new" not in await kept.people.all()
                other.execute("ROLLBACK")
                await eventually(lambda: is_there(kept, "8В. Класс"), deadline=30)
        finally:
            other.close()
    assert bugs(caplog) == []
    said = [r.getMessage() for r in caplog.records if r.name.endswith("troubles")]
    assert said[0].startswith("reading the journal is put off: the database is away")
    assert said[1:] == ["reading the journal works again"]


async def is_there(kept: KeptSchool, name: str) -> bool:
    return any(room.name == name for room in (await kept.actual()).rooms.values())


async def test_a_postgres_that_is_stopped_for_a_while(
    school: HostedSchool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = small_school()
    with running_postgres() as server:
        async with kept_school(
            school, journal.snapshot(), database=await server.new_database(), journal_seconds=0.5
        ) as kept:
            await kept.keep()
            async with kept.kept():
                looked = kept.board.revision
                await eventually(lambda: kept.board.revision > looked, deadline=30)
                await asyncio.to_thread(server.stop)
                kept.source.say(journal.klass("8В").student("new", "Новиков Пётр", "8В").snapshot())
                room = await kept.room("7А. Класс")
                await school.homeserver.set_state(room.room, "m.room.name", "", {"name": "Банда"})
                kept.reconciler.hint(room.room)
                await asyncio.to_thread(server.start)
                await eventually(lambda: is_there(kept, "8В. Класс"), deadline=30)
                await eventually(lambda: is_there(kept, "7А. Класс"), deadline=30)
    assert bugs(caplog) == []


async def test_a_bug_is_said_once_with_a_number_and_the_loop_goes_on(
    school: HostedSchool, caplog: pytest.LogCaptureFixture
) -> None:
    meddling = Meddling(school.homeserver)
    tries = 0

    async def broken(verb: str, *arguments: Any) -> None:
        nonlocal tries
        if verb == "create_room" and tries < 3:
            tries += 1
            raise ZeroDivisionError

    meddling.before = broken
    async with kept_school(school, small_school().snapshot(), homeserver=meddling) as kept:  # type: ignore[arg-type]
        async with kept.kept():
            await eventually(lambda: is_kept(kept), deadline=60)
        assert tries == 3
        (said,) = bugs(caplog)
        assert said.startswith("bug ")


async def test_what_is_refused_for_good_is_tried_ever_less_often(school: HostedSchool) -> None:
    meddling = Meddling(school.homeserver)
    async with kept_school(school, small_school().snapshot(), homeserver=meddling) as kept:  # type: ignore[arg-type]
        await kept.reconciler.refresh()
        await kept.activate("belova")
        await kept.keep()
        at: list[float] = []
        clock = asyncio.get_running_loop().time

        async def refused(verb: str, *arguments: Any) -> None:
            if verb == "add_member":
                at.append(clock())
                raise PermanentError("no", "M_FORBIDDEN")

        meddling.before = refused
        room = await kept.room("7А. Класс")
        await school.homeserver.remove_member(room.room, await kept.user("belova"))
        async with kept.kept():
            await eventually(lambda: len(at) >= 3, deadline=30)
            pauses = [later - sooner for sooner, later in pairwise(at)]
            assert pauses[-1] > 1.8
            # Everything else is still put right at once.
            other = await kept.room("7Б. Класс")
            await school.homeserver.set_state(other.room, "m.room.name", "", {"name": "Банда"})
            kept.reconciler.hint(other.room)
            await eventually(lambda: is_there(kept, "7Б. Класс"), deadline=15)
            meddling.before = _nothing
            kept.reconciler.wake()
            await eventually(lambda: is_kept(kept), deadline=15)
        assert await kept.user("belova") in joined(await kept.room("7А. Класс"))


async def _nothing(verb: str, *arguments: Any) -> None:
    pass


async def test_a_journal_that_hangs_keeps_nobody_from_looking(school: HostedSchool) -> None:
    hangs = threading.Event()
    async with kept_school(school, small_school().snapshot(), journal_seconds=0.2) as kept:
        await kept.keep()
        kept.source.say(small_school().klass("8В").snapshot())
        kept.source.while_read = lambda: hangs.wait(60)
        try:
            async with kept.kept():
                await eventually(lambda: kept.source.read_times >= 2)
                room = await kept.room("7А. Класс")
                await school.homeserver.set_state(room.room, "m.room.name", "", {"name": "Банда"})
                kept.reconciler.hint(room.room)
                await eventually(lambda: is_there(kept, "7А. Класс"), deadline=15)
                assert not hangs.is_set()
        finally:
            hangs.set()
