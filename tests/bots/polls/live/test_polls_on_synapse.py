"""Polls on a real Synapse, with people at several real clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nio
import pytest
from mautrix.client import ClientAPI
from mautrix.types import EventType
from support.bots import Chatter, bot_process, chatter, running
from support.matrix import Client
from support.schools import PASSWORD, HostedSchool
from support.voting import POLLS, crowd
from support.waiting import eventually

from zvonok_core.db import open_database
from zvonok_core.ids import UserId
from zvonok_polls import native
from zvonok_polls.bot import bot
from zvonok_polls.store import PollStore

pytestmark = pytest.mark.live


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


@pytest.fixture
async def anna(school: HostedSchool, me: UserId) -> AsyncIterator[Chatter]:
    """A teacher who has made a room in which the bot may do what it may in a class's."""
    room = {"preset": "public_chat", "power_level_content_override": {"users": {me: 50}}}
    async with chatter(school, "anna", me, **room) as opened:
        yield opened


async def events(room: Chatter, type: str) -> list[dict[str, Any]]:
    return [event for event in await room.timeline() if event["type"] == type]


async def one(room: Chatter, type: str) -> dict[str, Any]:
    (event,) = await eventually(lambda: events(room, type))
    return event


async def send(client: Client, room: str, type: str, content: dict[str, Any]) -> str:
    answer = await client.call("POST", f"/v3/rooms/{quote(room)}/send/{type}", content)
    assert answer.ok, answer
    return str(answer.body["event_id"])


def response(poll: str, *answers: str) -> dict[str, Any]:
    relates = {"rel_type": "m.reference", "event_id": poll}
    return {"m.relates_to": relates, native.RESPONSE: {"answers": list(answers)}}


async def test_people_at_four_kinds_of_clients_vote_in_one_poll(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    boris, vera, gleb = [await school.person(name, name) for name in ("boris", "vera", "gleb")]
    async with running(school.synapse.address, me, database_url, [bot]), school.client_of(gleb) as plain:
        await eventually(lambda: bot_is_in(anna, me))
        await anna.says("!опрос «Куда едем?» Музей; Театр; Парк")
        start = await one(anna, native.START)
        content = start["content"][native.START]
        assert [answer["org.matrix.msc1767.text"] for answer in content["answers"]] == [
            "Музей",
            "Театр",
            "Парк",
        ]
        assert (content["max_selections"], content["kind"]) == (1, native.DISCLOSED)
        (beside,) = await eventually(lambda: anna.heard(me, "1. Музей"))

        await send(anna.client, anna.room, native.RESPONSE, response(start["event_id"], "a1"))

        with_nio = nio.AsyncClient(school.synapse.address, boris)
        await with_nio.login(PASSWORD)
        await with_nio.join(anna.room)
        sent = await with_nio.room_send(anna.room, native.RESPONSE, response(start["event_id"], "a2"))
        assert isinstance(sent, nio.RoomSendResponse)
        await with_nio.close()

        with_mautrix = ClientAPI(vera, base_url=school.synapse.address)
        await with_mautrix.login(vera, password=PASSWORD)
        await with_mautrix.join_room(anna.room)
        type_of_vote = EventType.find(native.RESPONSE, EventType.Class.MESSAGE)
        await with_mautrix.send_message_event(anna.room, type_of_vote, response(start["event_id"], "a1"))  # type: ignore[arg-type]
        await with_mautrix.api.session.close()

        await plain.call("POST", f"/v3/join/{quote(anna.room)}")
        gleb_is_here = Chatter(plain, anna.room)
        relates = {"m.relates_to": {"m.in_reply_to": {"event_id": beside["event_id"]}}}
        await gleb_is_here.says("2", **relates)
        await eventually(lambda: reactions(anna, me, "✅"))

        (picture,) = await eventually(lambda: pictures(anna, me), deadline=30)
        assert picture["content"]["info"]["w"] == 1080
        await anna.says("!завершить")
        end = await one(anna, native.END)
        assert end["content"]["m.relates_to"] == {"rel_type": "m.reference", "event_id": start["event_id"]}
        said = end["content"]["org.matrix.msc1767.text"]
        assert "1. Музей — 2 голоса (50 %)\n2. Театр — 2 голоса (50 %)" in said
        await eventually(lambda: anna.heard(me, "Поровну, по 2 голоса: «Музей» и «Театр»"))


async def test_a_poll_that_a_client_made_and_ended_without_words_is_counted(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    async with running(school.synapse.address, me, database_url, [bot]):
        await eventually(lambda: bot_is_in(anna, me))
        answers = [{"id": "x", native.TEXT: "Да"}, {"id": "y", native.TEXT: "Нет"}]
        block = {"kind": native.DISCLOSED, "max_selections": 1, "question": {native.TEXT: "Идём?"}}
        start = await send(
            anna.client,
            anna.room,
            native.START,
            {native.TEXT: "?", native.START: {**block, "answers": answers}},
        )
        await send(anna.client, anna.room, native.RESPONSE, response(start, "y"))
        vote = await send(anna.client, anna.room, native.RESPONSE, response(start, "x"))
        await anna.client.call("PUT", f"/v3/rooms/{quote(anna.room)}/redact/{vote}/t1")
        relates = {"m.relates_to": {"rel_type": "m.reference", "event_id": start}}
        await send(anna.client, anna.room, native.END, {**relates, native.END: {}})  # as FluffyChat does
        await eventually(lambda: anna.heard(me, "2. Нет — 1 голос (100 %)"))
        ends = await eventually(lambda: two(anna, native.END))
        assert "Больше всего голосов у варианта «Нет»" in ends[1]["content"][native.TEXT]


async def test_an_anonymous_answer_stays_in_the_direct_chat(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    async with (
        running(school.synapse.address, me, database_url, [bot]) as program,
        school.client_of(await school.person("boris")) as boris,
    ):
        await boris.call("POST", f"/v3/join/{quote(anna.room)}")
        await eventually(lambda: bot_is_in(anna, me))
        since = (await anna.client.call("GET", "/v3/sync?timeout=0")).body["next_batch"]
        await anna.says("!анонимный опрос Много ли задают? Да; Нет")
        (asked,) = await eventually(lambda: anna.heard(me, "Опрос анонимный"))
        relates = {"rel_type": "m.annotation", "event_id": asked["event_id"], "key": "👍"}
        await send(anna.client, anna.room, "m.reaction", {"m.relates_to": relates})
        room = await invitation(anna.client, since)
        await anna.client.call("POST", f"/v3/join/{quote(room)}")
        direct = Chatter(anna.client, room)  # type: ignore[arg-type]
        await eventually(lambda: direct.heard(me, "Изменить ответ потом нельзя"))
        await direct.says("1")
        await eventually(lambda: direct.heard(me, "ваш ответ учтён"))
        kept = [dict(row) for row in await program.database.fetch("SELECT * FROM polls_counts")]
        assert kept == [{"poll": kept[0]["poll"], "counts": '{"a1": 1}'}]
        assert not await program.database.fetch("SELECT * FROM polls_votes")


async def test_many_votes_at_once_and_a_kill_in_the_middle(
    school: HostedSchool, me: UserId, anna: Chatter, tmp_path: Path, database_url: str
) -> None:
    """The same with 500 people and 2,000 votes: benchmarks/bench_votes.py."""
    process = bot_process(tmp_path, school.synapse.address, me, database_url, *POLLS)
    again = bot_process(tmp_path, school.synapse.address, me, database_url, *POLLS)
    async with crowd(school, anna.room, 30) as people, process as first:
        await eventually(lambda: bot_is_in(anna, me))
        await anna.says("!опрос «Куда едем?» Музей; Театр; Парк; Цирк (итоги в конце)")
        start = await one(anna, native.START)
        await eventually(lambda: anna.heard(me, "1. Музей"))

        async def kill_in_the_middle(count: int) -> None:
            if count == 70:
                first.kill()

        expected = await people.vote_often(
            start["event_id"], ["a1", "a2", "a3", "a4"], 5, kill_in_the_middle, pause=0.02
        )
        assert await first.wait() == -9
        async with again, open_database(database_url) as database:
            await anna.says("!завершить")
            await eventually(lambda: anna.heard(me, "Опрос закончен"), deadline=60)
            stored = await database.fetch("SELECT poll, event FROM polls_votes")
            assert len(stored) == 150
            poll = await PollStore(database).poll(stored[0]["poll"])  # type: ignore[arg-type]
            assert poll is not None
    (said,) = await anna.heard(me, "Опрос закончен")
    for number, choice in enumerate(poll.item.choices, 1):
        assert f"{number}. {choice.words} — {expected[choice.id]} голос" in said["content"]["body"]
    assert "Проголосовали 30 человек." in said["content"]["body"]


async def bot_is_in(room: Chatter, me: UserId) -> bool:
    answer = await room.client.call("GET", f"/v3/rooms/{quote(room.room)}/joined_members")
    return me in answer.body["joined"]


async def two(room: Chatter, type: str) -> list[dict[str, Any]]:
    found = await events(room, type)
    return found if len(found) == 2 else []


async def reactions(room: Chatter, sender: UserId, key: str) -> list[dict[str, Any]]:
    return [
        event
        for event in await events(room, "m.reaction")
        if event["sender"] == sender and event["content"].get("m.relates_to", {}).get("key") == key
    ]


async def pictures(room: Chatter, sender: UserId) -> list[dict[str, Any]]:
    return [event for event in await room.heard(sender) if event["content"]["msgtype"] == "m.image"]


async def invitation(client: Client, since: str) -> str:
    async with asyncio.timeout(10):
        while True:
            answer = (await client.call("GET", f"/v3/sync?timeout=1000&since={since}")).body
            for room in answer.get("rooms", {}).get("invite", {}):
                return str(room)
            since = answer["next_batch"]
