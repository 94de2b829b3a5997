"""Awards on a real Synapse: a card that a student sees, and two teachers at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from support.bots import Chatter, chatter, running
from support.schools import PASSWORD, HostedSchool
from support.waiting import eventually

from zvonok_awards.bot import bot
from zvonok_awards.catalogue import AwardsSettings
from zvonok_botkit.nio_chat import connected
from zvonok_core.ids import UserId

pytestmark = pytest.mark.live
SETTINGS = {"awards": AwardsSettings()}


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


@pytest.fixture
async def anna(school: HostedSchool, me: UserId) -> AsyncIterator[Chatter]:
    """A teacher, and beside her another one."""
    levels = {"users": {school.user("anna"): 100, school.user("oleg"): 50, me: 50}}
    async with chatter(school, "anna", me, power_level_content_override=levels, room_version="11") as opened:
        yield opened


async def joined(school: HostedSchool, room: Chatter, localpart: str, name: str) -> UserId:
    user = await school.person(localpart, name)
    async with school.client_of(user) as client:
        await room.invites(client)
    return user


async def test_the_room_sees_the_card_and_it_goes_when_it_is_taken_back(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    ivan = await joined(school, anna, "ivan", "Петров Иван Сергеевич")
    async with (
        running(school.synapse.address, me, database_url, [bot], settings=SETTINGS),
        school.client_of(ivan) as client,
    ):
        student = Chatter(client, anna.room)
        question = await student.says("А почему небо ночью чёрное?")
        asked = await anna.says(
            "!наградить хочу-всё-знать за вопросы",
            **{"m.relates_to": {"m.in_reply_to": {"event_id": question}}},
        )
        (card,) = await eventually(lambda: student.heard(me, "Награда"))
        content = card["content"]
        assert content["msgtype"] == "m.image"
        assert content["body"].startswith("Награда «Хочу всё знать»: Петров Иван Сергеевич – за вопросы")
        assert content["m.mentions"] == {"user_ids": [ivan]}
        assert content["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}
        async with connected(school.synapse.address) as chat:
            await chat.sign_in(ivan, PASSWORD, "")
            picture = await chat.download(content["url"])
        assert picture.startswith(b"\x89PNG")
        assert len(picture) == content["info"]["size"]

        await student.says("!награды")
        await eventually(lambda: student.heard(me, "у вас 1 награда"))
        reply = {"m.relates_to": {"m.in_reply_to": {"event_id": card["event_id"]}}}
        await anna.says("!отозвать", **reply)
        await eventually(lambda: student.heard(me, "Награда отозвана"))
        path = f"/v3/rooms/{quote(anna.room)}/event/{quote(card['event_id'])}"
        assert (await client.call("GET", path)).body["content"] == {}


async def test_of_two_teachers_at_once_one_awards(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    await joined(school, anna, "ivan", "Петров Иван Сергеевич")
    colleague = await joined(school, anna, "oleg", "Белов Олег Игоревич")
    async with (
        running(school.synapse.address, me, database_url, [bot], settings=SETTINGS) as program,
        school.client_of(colleague) as client,
    ):
        oleg = Chatter(client, anna.room)
        words = "!наградить Петрова хочу всё знать за вопрос"
        await asyncio.gather(*(chat.says(f"{words} {n}") for n in (1, 2) for chat in (anna, oleg)))
        await eventually(lambda: enough(anna, me, 4))
        said = [event["content"]["body"] for event in await anna.heard(me)]
        assert sum(words.startswith("Награда «") for words in said) == 1
        assert sum(words.startswith("На этой неделе такая награда уже вручена") for words in said) == 3
        assert await program.database.fetchval("SELECT COUNT(*) FROM awards") == 1


async def enough(chat: Chatter, sender: UserId, count: int) -> bool:
    return len(await chat.heard(sender)) >= count
