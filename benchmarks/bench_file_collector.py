"""Seven hundred submissions of 5 MB, handed in and exported as an archive.

    .venv/bin/python benchmarks/bench_file_collector.py [--people N] [--megabytes N]

So many people in one room of a real Synapse hand in a file each, in the collection's thread;
then the teacher asks for the archive. Printed are how long each took and how much more memory
the bot's process has at its peak than when it was idle before. It ends with an error where a
file is missing or damaged, or where the peak is more than 150 MB above.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
import tempfile
import time
import zipfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.bots import Chatter, bot_process, chatter
from support.schools import hosted_school, hosted_schools
from support.sending_files import alone_with
from support.voting import PARALLEL, Crowd, crowd
from support.waiting import eventually

from zvonok_appservice.bootstrap import UNLIMITED, bootstrap
from zvonok_appservice.mautrix_homeserver.wire import ADMIN
from zvonok_core.db import Database, open_database

COLLECTOR = (sys.executable, "-c", "from zvonok_botkit.cli import main; main()", "file-collector", "-c")
ALLOWED = 150 * 10**6


async def main(people: int, megabytes: int) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        os.environ["TMPDIR"] = name
        async with AsyncExitStack() as stack:
            await measured(stack, Path(name), people, megabytes)


async def measured(stack: AsyncExitStack, folder: Path, people: int, megabytes: int) -> None:
    schools = await stack.enter_async_context(hosted_schools(folder, 1))
    school = await stack.enter_async_context(hosted_school(schools, folder))
    await bootstrap(school.homeserver, school.config)
    me = await school.person("helper", "Помощник")
    limit = ADMIN.v1.users[me].override_ratelimit  # as the appservice sees to for the bots' account
    await school.homeserver.wire.post(limit, UNLIMITED)
    room = {
        "preset": "public_chat",
        "power_level_content_override": {"users": {me: 50, school.user("anna"): 100}},
    }
    anna = await stack.enter_async_context(chatter(school, "anna", me, room_version="11", **room))
    students = await stack.enter_async_context(crowd(school, anna.room, people))
    url = f"sqlite:///{folder / 'bots.db'}"
    bot = psutil.Process(
        (
            await stack.enter_async_context(bot_process(folder, school.synapse.address, me, url, *COLLECTOR))
        ).pid
    )
    await eventually(lambda: begun(anna, me), deadline=120)
    (call,) = await anna.heard(me, "Сбор № 1")

    began = time.monotonic()
    await hand_in(students, call["event_id"], os.urandom(megabytes * 10**6))
    sent = time.monotonic()
    async with open_database(url) as database:
        await eventually(lambda: all_there(database, people), deadline=1800)
        had = time.monotonic()
        await eventually(lambda: all_told(database), deadline=1800)
    print(
        f"{people} files of {megabytes} MB sent within {sent - began:.0f} s; "
        f"the bot had all of them {had - sent:.0f} s later, and all had their receipts after "
        f"{time.monotonic() - had:.0f} s more"
    )
    teacher = await alone_with(anna.client, me)
    idle = await settled(bot)
    peak = Peak(bot)
    watching = asyncio.create_task(peak.watch())
    began = time.monotonic()
    await teacher.says("!выгрузить 1")
    files = await eventually(lambda: archives(teacher, me), deadline=1800)
    took = time.monotonic() - began
    watching.cancel()
    total = 0
    for number, file in enumerate(files):
        path = folder / f"{number}.zip"
        await fetched(anna, file["content"]["url"], path)
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                sys.exit("the archive is damaged")
            total += sum(info.file_size == megabytes * 10**6 for info in archive.infolist())
    size = sum(file["content"]["info"]["size"] for file in files)
    above = peak.seen - idle
    print(
        f"{total} files in {len(files)} archive(s) of {size / 10**9:.2f} GB within {took:.0f} s; "
        f"memory {idle / 10**6:.0f} MB idle, {peak.seen / 10**6:.0f} MB at the peak: {above / 10**6:.0f} MB more"
    )
    if total != people or above > ALLOWED:
        sys.exit("files are missing, or it takes too much memory")


class Peak:
    """The most memory that a process has at a time, in bytes."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self.seen = 0

    async def watch(self) -> None:
        while True:
            self.seen = max(self.seen, self.process.memory_info().rss)
            await asyncio.sleep(0.02)


async def settled(process: psutil.Process) -> int:
    """The memory of a process once it does nothing more."""
    before = process.cpu_times()
    while True:
        await asyncio.sleep(3)
        after = process.cpu_times()
        if after.user - before.user < 0.1:
            return int(process.memory_info().rss)
        before = after


async def begun(anna: Chatter, me: str) -> bool:
    if not await anna.heard(anna.client.user):
        await anna.says("!сбор «Проект» без срока")
    return bool(await anna.heard(me, "Сбор № 1"))


async def hand_in(students: Crowd, call: str, data: bytes) -> None:
    """A file from each, into the thread."""
    free = asyncio.Semaphore(PARALLEL)

    async def one(user: Any) -> None:
        async with free:
            headers = {"Authorization": f"Bearer {students.tokens[user]}", "Content-Type": "application/pdf"}
            upload = f"{students.address}/_matrix/media/v3/upload?filename=project.pdf"
            async with students.session.post(upload, data=io.BytesIO(data), headers=headers) as response:
                address = (await response.json())["content_uri"]
            content = {
                "msgtype": "m.file",
                "body": "проект.pdf",
                "filename": "проект.pdf",
                "url": address,
                "info": {"mimetype": "application/pdf", "size": len(data)},
                "m.relates_to": {"rel_type": "m.thread", "event_id": call},
            }
            path = f"rooms/{students.room}/send/m.room.message/{address.rpartition('/')[2]}"
            await students.ask("PUT", path, user, content)

    await asyncio.gather(*(one(user) for user in students.tokens))


async def all_there(database: Database, people: int) -> bool:
    return bool(await database.fetchval("SELECT COUNT(*) FROM file_collector_parts") == people)


async def all_told(database: Database) -> bool:
    return bool(await database.fetchval("SELECT COUNT(*) FROM kit_outbox WHERE sent_at IS NULL") == 0)


async def archives(teacher: Chatter, me: str) -> list[dict[str, Any]]:
    said = await teacher.heard(me)
    return [event for event in said if event["content"]["msgtype"] == "m.file"]


async def fetched(anna: Chatter, address: str, path: Path) -> None:
    url = f"{anna.client.address}/_matrix/client/v1/media/download/{address.removeprefix('mxc://')}"
    headers = {"Authorization": f"Bearer {anna.client.token}"}
    async with anna.client.session.get(url, headers=headers) as response:
        with path.open("wb") as out:
            async for piece in response.content.iter_chunked(1 << 20):
                out.write(piece)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=700)
    parser.add_argument("--megabytes", type=int, default=5)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.people, arguments.megabytes))
