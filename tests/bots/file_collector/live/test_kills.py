"""The bot as a process of its own, killed with SIGKILL again and again: nothing is lost, and nothing
is told twice."""

from __future__ import annotations

import asyncio
import io
import sys
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support import real_files
from support.bots import Chatter, bot_process, chatter
from support.schools import HostedSchool
from support.sending_files import alone_with, downloaded, sends_file
from support.waiting import eventually

from zvonok_core.ids import UserId

pytestmark = pytest.mark.live

COLLECTOR = (sys.executable, "-c", "from zvonok_botkit.cli import main; main()", "file-collector", "-c")
NAMES = ("Белова Анна Олеговна", "Ёлкина Зоя Петровна", "Петров Иван Сергеевич")


@dataclass
class Mortal:
    """The bot's process, which can be killed and started again."""

    folder: Path
    address: str
    me: UserId
    url: str
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        program = bot_process(self.folder, self.address, self.me, self.url, *COLLECTOR)
        self.process = await self._running.enter_async_context(program)

    async def killed(self) -> None:
        """End it with SIGKILL, and start it again."""
        await self._running.aclose()
        await self.start()

    async def stop(self) -> None:
        await self._running.aclose()


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


@pytest.fixture
async def bot(
    school: HostedSchool, me: UserId, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Mortal]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # where its long work goes on
    mortal = Mortal(tmp_path, school.synapse.address, me, database_url)
    await mortal.start()
    yield mortal
    await mortal.stop()


@asynccontextmanager
async def class_of_three(school: HostedSchool, me: UserId) -> AsyncIterator[tuple[Chatter, list[Chatter]]]:
    """A teacher in a room with an open collection, and three students alone with the bot."""
    levels = {"users": {school.user("anna"): 100, me: 50}}
    room = {"power_level_content_override": levels, "room_version": "11"}
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(chatter(school, "anna", me, **room))
        await eventually(lambda: is_in(anna, me), deadline=60)
        students = []
        for number, name in enumerate(NAMES):
            user = await school.person(f"s{number}", name)
            client = await stack.enter_async_context(school.client_of(user))
            await anna.invites(client)
            alone = await alone_with(client, me)
            await eventually(lambda alone=alone: is_in(alone, me))  # type: ignore[misc]
            students.append(alone)
        await anna.says("!сбор «Мой город» без срока")
        await eventually(lambda: anna.heard(me, "Сбор № 1"))
        yield anna, students


async def is_in(room: Chatter, user: UserId) -> bool:
    joined = await room.client.call("GET", f"/v3/rooms/{quote(room.room)}/joined_members")
    return user in joined.body.get("joined", {})


def shown(event: dict[str, Any]) -> str:
    """What an event says in the end."""
    return str(event["content"].get("m.new_content", event["content"])["body"])


def new_messages(events: list[dict[str, Any]]) -> list[str]:
    return [shown(event) for event in events if "m.new_content" not in event["content"]]


async def test_files_that_come_while_it_dies_are_all_handed_in_and_receipted_once(
    school: HostedSchool, me: UserId, bot: Mortal
) -> None:
    photo = real_files.photo()
    async with class_of_three(school, me) as (anna, students):
        for turn, delay in enumerate((0.0, 0.02, 0.1, 0.3, 0.8)):
            await asyncio.gather(
                *(sends_file(one, f"стр{turn}.jpg", photo, "image/jpeg", "image") for one in students)
            )
            await dies_after(bot, delay)
        for alone in students:
            said = await eventually(lambda alone=alone: all_five(alone, me), deadline=60)  # type: ignore[misc]
            receipts = [words for words in new_messages(said) if "сдано" in words]
            assert len(receipts) == 1, receipts
            assert sum("m.new_content" in event["content"] for event in said) == 4
        assert len(new_messages(await anna.heard(me))) == 1
        teacher = await alone_with(anna.client, me)
        await eventually(lambda: is_in(teacher, me))
        await teacher.says("!сдали 1")
        (table,) = await eventually(lambda: teacher.heard(me, "Сдали: 3 из 3."))
        listed = "стр0.jpg, стр1.jpg, стр2.jpg, стр3.jpg, стр4.jpg"
        assert shown(table).count(listed) == 3


async def dies_after(bot: Mortal, seconds: float) -> None:
    """Let it run for so long after something has come, and kill it: the moments differ in what
    it has done by then, from nothing to all."""
    assert bot.process is not None
    try:
        async with asyncio.timeout(seconds):
            await bot.process.wait()
    except TimeoutError:
        await bot.killed()


async def all_five(alone: Chatter, me: UserId) -> list[dict[str, Any]]:
    said = await alone.heard(me)
    newest = shown(said[-1]) if said else ""
    return said if newest.count("стр") == 5 else []


async def test_an_archive_whose_making_is_cut_off_comes_once(
    school: HostedSchool, me: UserId, bot: Mortal, tmp_path: Path
) -> None:
    data = real_files.pdf() + bytes(4_000_000)
    async with class_of_three(school, me) as (anna, students):
        for alone in students:
            for number in range(4):
                await sends_file(alone, f"{number}.pdf", data, "application/pdf")
            await eventually(lambda alone=alone: alone.heard(me, "• 3.pdf"))  # type: ignore[misc]
        teacher = await alone_with(anna.client, me)
        await eventually(lambda: is_in(teacher, me))
        await teacher.says("!выгрузить 1")
        for size in (1, 10_000_000, 40_000_000):
            await eventually(lambda size=size: packed(tmp_path) >= size, deadline=60)  # type: ignore[misc]
            await bot.killed()
        sent = await eventually(lambda: archives(teacher, me), deadline=60)
        assert len(sent) == 1
        archive = zipfile.ZipFile(io.BytesIO(await downloaded(anna.client, sent[0]["content"]["url"])))
        said = Counter(new_messages(await teacher.heard(me)))
        edits = [shown(event) for event in await teacher.heard(me) if "m.new_content" in event["content"]]
    assert archive.testzip() is None
    assert sum(name.endswith(".pdf") for name in archive.namelist()) == 12
    assert set(said.values()) == {1}, said
    assert edits.count("«Мой город»: в архиве 12 файлов.") == 1
    assert not left(tmp_path), "nothing is left on the disk"


def left(folder: Path) -> list[Path]:
    return list(folder.glob("zvonok-work-*"))


def packed(folder: Path) -> int:
    """Bytes of the archive that is being made."""
    sizes = [0]
    for path in folder.glob("zvonok-work-*/*.zip"):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:  # it is uploaded by now
            continue
    return max(sizes)


async def archives(room: Chatter, sender: str) -> list[dict[str, Any]]:
    return [event for event in await room.heard(sender) if event["content"]["msgtype"] == "m.file"]
