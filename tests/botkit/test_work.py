"""Long work: beside the bot's other doings, from the beginning again when it was cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.waiting import eventually

from zvonok_botkit import Answer, Bot, Context, Edit, Say, Work, text
from zvonok_botkit.testing import FakeChat, Talk, TalkPerson, conversation
from zvonok_core.db import Connection
from zvonok_core.errors import TemporaryError
from zvonok_core.roles import Role


class Pages:
    """What was packed."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    async def add(self, page: int) -> int:
        await self._db.execute("INSERT INTO packer (page) VALUES ($1)", page)
        return int(await self._db.fetchval("SELECT COUNT(*) FROM packer"))


bot = Bot("packer", store=Pages)
folders: list[Path] = []
failing: list[Exception] = []
held: list[asyncio.Event] = []


@bot.migration("Pages")
async def first(db: Connection) -> None:
    await db.execute("CREATE TABLE packer (page INTEGER)")


@bot.command("pack", "упаковать")
async def pack(ctx: Context[Pages], pages: int) -> Answer:
    """Pack pages: `!pack 3`"""
    begun = await ctx.start("packing", key="all", pages=pages)
    return Say(text("Begun") if begun else text("Wait"), key="progress")


@bot.work()
async def packing(work: Work[Pages, None], pages: int) -> Answer:
    folders.append(work.folder)
    assert list(work.folder.iterdir()) == []
    for page in range(pages):
        (work.folder / str(page)).write_text("page", encoding="utf-8")

        async def step(ctx: Context[Pages], page: int = page) -> int:
            return await ctx.store.add(page)

        count = await work.within(step)
        await work.post(Edit("progress", text("{count} packed", count=count)))
    if failing:
        raise failing.pop(0)
    for event in held:
        await event.wait()
    path = work.folder / "0"
    address = await work.media.upload_file(path, "pages.zip", "application/zip")
    members = await work.members()
    return text("{address} for {count}", address=address.partition("/")[0], count=len(members))


@pytest.fixture(autouse=True)
def begin() -> None:
    folders.clear()
    failing.clear()
    held.clear()


@pytest.fixture
async def talk(database_url: str) -> AsyncIterator[Talk]:
    async with conversation(bot, database_url=database_url) as opened:
        yield opened


@pytest.fixture
def anna(talk: Talk) -> TalkPerson:
    return talk.room().enter("Смирнова Анна Павловна", Role.TEACHER)


async def test_it_tells_how_far_it_is_and_answers_where_it_was_begun(talk: Talk, anna: TalkPerson) -> None:
    assert await anna.says("!упаковать 2") == ["Begun", "* 1 packed", "* 2 packed", "mxc: for 1"]
    assert talk.said[-1].room == anna.room.id
    assert not folders[0].exists()
    assert list(talk.chat.files.values()) == [b"page"]


async def test_what_fails_for_somebody_else_s_fault_begins_again(talk: Talk, anna: TalkPerson) -> None:
    failing.append(TemporaryError("away"))
    assert await anna.says("!упаковать 1") == ["Begun", "* 1 packed"]
    talk.clock.advance(seconds=2)
    await talk.settle()
    assert [event.content["body"] for event in talk.said[-2:]] == ["* 2 packed", "mxc: for 1"]
    assert len(folders) == 2 and not any(folder.exists() for folder in folders)


async def test_a_bug_is_one_sentence(talk: Talk, anna: TalkPerson) -> None:
    failing.append(KeyError("Анна"))
    assert (await anna.says("!упаковать 1"))[-1].startswith("Простите, у меня что-то сломалось.")
    assert await anna.says("!упаковать 1") == ["Begun", "* 2 packed", "mxc: for 1"]


async def test_other_commands_go_on_and_a_second_one_waits(talk: Talk, anna: TalkPerson) -> None:
    held.append(asyncio.Event())
    running = asyncio.create_task(talk.program.run())
    try:
        chat = talk.chat
        chat.add(anna.room.id, anna.user, "m.room.message", {"msgtype": "m.text", "body": "!упаковать 1"})
        await eventually(lambda: said(chat, "* 1 packed"))
        chat.add(anna.room.id, anna.user, "m.room.message", {"msgtype": "m.text", "body": "!упаковать 1"})
        await eventually(lambda: said(chat, "Wait"))
        assert not said(chat, "mxc: for 1")
        running.cancel()  # and is cut off there
        await asyncio.gather(running, return_exceptions=True)
        held.clear()
        await talk.program.open()
        await talk.settle()
        assert said(chat, "* 2 packed") and len(said(chat, "mxc: for 1")) == 1
        assert len(folders) == 2 and folders[0] == folders[1] and not folders[0].exists()
    finally:
        running.cancel()


def said(chat: FakeChat, words: str) -> list[str]:
    return [event.id for event in chat.timeline if event.content.get("body") == words]
