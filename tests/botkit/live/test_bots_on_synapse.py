"""Bots on a real Synapse, with people at real clients."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from support.bots import Chatter, bot_process, chatter, running
from support.example_bot import bot
from support.matrix import Client
from support.processes import Gate
from support.schools import PASSWORD, HostedSchool
from support.waiting import eventually

from zvonok_appservice.mautrix_homeserver.wire import ADMIN
from zvonok_botkit import Answer, Attachment, Bot, Context, Picture, Rest, Say, text
from zvonok_botkit.nio_chat import connected
from zvonok_botkit.people import Rooms
from zvonok_core.clock import SystemClock
from zvonok_core.errors import PermanentError
from zvonok_core.ids import RoomId, UserId
from zvonok_core.roles import Role

pytestmark = pytest.mark.live


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


@pytest.fixture
async def anna(school: HostedSchool, me: UserId) -> AsyncIterator[Chatter]:
    async with chatter(school, "anna", me, "Смирнова Анна Павловна") as opened:
        yield opened


@pytest.fixture
async def boris(school: HostedSchool, me: UserId) -> AsyncIterator[Chatter]:
    async with chatter(school, "boris", me, "Белов Борис") as opened:
        yield opened


async def joined(anna: Chatter, me: UserId) -> bool:
    answer = await anna.client.call("GET", f"/v3/rooms/{quote(anna.room)}/joined_members")
    return me in answer.body["joined"]


async def test_a_command_is_answered_in_the_room(
    school: HostedSchool, me: UserId, anna: Chatter, boris: Chatter, database_url: str
) -> None:
    async with running(school.synapse.address, me, database_url, [bot]):
        await eventually(lambda: joined(anna, me))
        await anna.invites(boris.client)
        asked = await anna.says("!похвалить Белова помощь с ёлкой")
        (answer,) = await eventually(lambda: anna.heard(me))
        assert answer["content"] == {
            "msgtype": "m.text",
            "body": "Белов Борис: помощь, 1",
            "m.mentions": {"user_ids": sorted([anna.client.user, boris.client.user])},
            "m.relates_to": {"m.in_reply_to": {"event_id": asked}},
        }
        boris.room = anna.room
        await boris.says("!похвалить Смирнову помощь")
        await eventually(lambda: anna.heard(me, "только учителя"))


async def test_reactions_and_their_withdrawal_are_counted(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    async with running(school.synapse.address, me, database_url, [bot]):
        await anna.says("руки Кто идёт?")
        (question,) = await eventually(lambda: anna.heard(me, "Кто идёт?"))
        relates = {"rel_type": "m.annotation", "event_id": question["event_id"], "key": "✋"}
        path = f"/v3/rooms/{quote(anna.room)}"
        reacted = await anna.client.call("POST", f"{path}/send/m.reaction", {"m.relates_to": relates})
        await eventually(lambda: anna.heard(me, "* Hands: 1"))
        await anna.client.call("PUT", f"{path}/redact/{reacted.body['event_id']}/t1")
        await eventually(lambda: anna.heard(me, "* Hands: 0"))


async def test_what_was_said_while_it_was_down_is_answered_however_much_it_was(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    async with running(school.synapse.address, me, database_url, [bot]):
        await anna.says("руки Сначала?")
        await eventually(lambda: anna.heard(me, "Сначала?"))
    # More than the news carry, in three pages of history.
    await unlimited(school, anna.client.user)
    await anna.says("руки Первый?")
    await asyncio.gather(*(anna.says(f"болтовня {number}", msgtype="m.notice") for number in range(240)))
    await anna.says("руки Последний?")
    async with running(school.synapse.address, me, database_url, [bot]):
        await eventually(lambda: anna.heard(me, "Последний?"))
        said = [event["content"]["body"] for event in await anna.heard(me)]
        assert said == ["Сначала?", "Первый?", "Последний?"]


async def unlimited(school: HostedSchool, user: UserId) -> None:
    limits = {"messages_per_second": 0, "burst_count": 0}
    await school.homeserver.wire.post(ADMIN.v1.users[user].override_ratelimit, limits)


async def test_a_rate_limit_delays_answers_and_loses_none(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    """The account may send thirty at once, and one a second from then on."""
    await unlimited(school, anna.client.user)
    async with running(school.synapse.address, me, database_url, [bot]):
        await eventually(lambda: joined(anna, me))
        for number in range(12):  # each is answered by a message and two reactions
            await anna.says(f"руки {number}?")
        await eventually(lambda: anna.heard(me, "11?"), deadline=30)
        said = [event["content"]["body"] for event in await anna.heard(me)]
        assert said == [f"{number}?" for number in range(12)]


async def test_a_bot_that_raises_or_is_stuck_leaves_the_other_alone(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    ill: Bot[None, None] = Bot("ill")
    go_on = asyncio.Event()

    @ill.command("wait", "ждать")
    async def wait(ctx: Context) -> Answer:
        """Wait for ever: `!wait`"""
        if ctx.connection.scheme.value == "postgres":  # on SQLite transactions take turns
            await go_on.wait()
        raise RuntimeError

    @ill.on("m.room.message", anywhere=True)
    async def hear(ctx: Context) -> Answer:
        if "тише" in ctx.event.content["body"]:
            raise RuntimeError
        return None

    async with running(school.synapse.address, me, database_url, [ill, bot]):
        await anna.says("!ждать")
        await anna.says("тише")
        await anna.says("!руки Кто?")
        await eventually(lambda: anna.heard(me, "Кто?"))
        go_on.set()
        await eventually(lambda: anna.heard(me, "что-то сломалось"))


async def test_an_encrypted_chat_is_told_once(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    path = f"/v3/rooms/{quote(anna.room)}/send/m.room.encrypted"
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s"}
    async with running(school.synapse.address, me, database_url, [bot]):
        await eventually(lambda: joined(anna, me))
        await anna.client.call("POST", path, secret)
        await anna.client.call("POST", path, secret)
        await anna.says("!руки Кто?")
        await eventually(lambda: anna.heard(me, "Кто?"))
        await eventually(lambda: anna.heard(me, "зашифрован"))
        assert len(await anna.heard(me, "зашифрован")) == 1


async def test_creators_stand_above_all_levels(
    school: HostedSchool, me: UserId, anna: Chatter, boris: Chatter
) -> None:
    made = await anna.client.call(
        "POST",
        "/v3/createRoom",
        {
            "room_version": "12",
            "invite": [me],
            "creation_content": {"additional_creators": [boris.client.user]},
            "power_level_content_override": {"users": {me: 50}},
        },
    )
    room = RoomId(made.body["room_id"])
    async with connected(school.synapse.address) as chat:
        await chat.sign_in(me, PASSWORD, "")
        await chat.join(room)
        rights = await chat.rights(room)
        assert rights.creators == {anna.client.user, boris.client.user}
        assert rights.levels == {me: 50}
        assert await Rooms(chat, None, SystemClock()).may(anna.client.user, room, Role.PRINCIPAL)
        old = await anna.client.call("POST", "/v3/createRoom", {"room_version": "11", "invite": [me]})
        await chat.join(RoomId(old.body["room_id"]))
        rights = await chat.rights(RoomId(old.body["room_id"]))
        assert rights.creators == frozenset() and rights.levels[anna.client.user] == 100


async def test_pictures_files_and_direct_chats(
    school: HostedSchool, me: UserId, anna: Chatter, boris: Chatter, database_url: str
) -> None:
    await anna.invites(boris.client)
    png = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000030000000208060000009d7448")
    shows: Bot[None, None] = Bot("shows")

    @shows.command("show", "показать")
    async def show(ctx: Context, name: Rest) -> Answer:
        """Show a picture: `!show a cat`"""
        file = Attachment(b"a;b", "Оценки.csv", "text/csv", to=ctx.asker.user)
        return [Picture(png, text("A picture")), file, Say("лично", to=ctx.asker.user)]

    async with running(school.synapse.address, me, database_url, [shows]):
        since = (await anna.client.call("GET", "/v3/sync?timeout=0")).body["next_batch"]
        await anna.says("!показать кота")
        (picture,) = await eventually(lambda: anna.heard(me, "A picture"))
        content = picture["content"]
        assert content["info"] == {"mimetype": "image/png", "size": len(png), "w": 3, "h": 2}
        invited = await invitation(anna.client, since)
        await anna.client.call("POST", f"/v3/join/{quote(invited)}")
        direct = Chatter(anna.client, invited)
        await eventually(lambda: direct.heard(me, "лично"))
        (file,) = await direct.heard(me, "Оценки.csv")
        async with connected(school.synapse.address) as chat:
            await chat.sign_in(me, PASSWORD, "")
            assert await chat.download(file["content"]["url"]) == b"a;b"


async def invitation(client: Client, since: str) -> RoomId:
    """The room that somebody is invited to after a token."""
    async with asyncio.timeout(10):
        while True:
            answer = (await client.call("GET", f"/v3/sync?timeout=1000&since={since}")).body
            for room in answer.get("rooms", {}).get("invite", {}):
                return RoomId(room)
            since = answer["next_batch"]


# ---------------------------------------------------------------- killed in the middle


async def test_killed_in_the_middle_of_a_handler_it_answers_once(
    school: HostedSchool, me: UserId, anna: Chatter, tmp_path: Path, database_url: str
) -> None:
    async with bot_process(tmp_path, school.synapse.address, me, database_url) as process:
        await eventually(lambda: joined(anna, me))
        await anna.says("!die")
        assert await process.wait() == -9
        assert await anna.heard(me) == []
    async with bot_process(tmp_path, school.synapse.address, me, database_url):
        await anna.says("!руки Всё?")
        await eventually(lambda: anna.heard(me, "Всё?"))
        said = [event["content"]["body"] for event in await anna.heard(me)]
        assert said == ["Alive: 1", "Всё?"], "what the dead one wrote is undone"


@pytest.mark.parametrize("passed", [False, True], ids=["before it is sent", "before that is known"])
async def test_killed_while_it_answers_it_answers_once(
    school: HostedSchool, me: UserId, anna: Chatter, tmp_path: Path, passed: bool, database_url: str
) -> None:
    async with Gate(school.synapse.address).open() as gate:
        async with bot_process(tmp_path, gate.address, me, database_url) as process:
            await eventually(lambda: joined(anna, me))

            answering = False

            def before() -> bool:
                nonlocal answering
                answering = True
                if not passed:
                    process.kill()
                return passed

            def after() -> None:
                if answering:  # coming into the room may be under way still
                    process.kill()

            gate.before, gate.after = before, after
            await anna.says("!напомнить 5 Печь")
            assert await process.wait() == -9
        gate.before, gate.after = lambda: True, lambda: None
        assert len(await anna.heard(me)) == passed
        async with bot_process(tmp_path, gate.address, me, database_url):
            await anna.says("!руки Всё?")
            await eventually(lambda: anna.heard(me, "Всё?"))
            assert [event["content"]["body"] for event in await anna.heard(me)] == ["I will.", "Всё?"]


async def test_the_installed_program_answers_and_ends_when_it_is_told(
    school: HostedSchool, me: UserId, anna: Chatter, tmp_path: Path, database_url: str
) -> None:
    """With all bots that are installed, even where there are none."""
    installed = Path(sys.executable).with_name("zvonok-bot")
    address = school.synapse.address
    for times in (1, 2):  # the second start has a token already
        async with bot_process(tmp_path, address, me, database_url, installed, "-c") as process:
            await anna.says("помощь")
            await eventually(partial(answers, anna, me, times))
            process.terminate()
            assert await process.wait() == 0
    devices = (await school.homeserver.wire.get(ADMIN.v2.users[me].devices))["devices"]
    assert [device["device_id"] for device in devices] == ["ZVONOK"]


async def answers(anna: Chatter, me: UserId, times: int) -> bool:
    return len(await anna.heard(me)) == times


async def test_large_files_come_and_go_in_pieces(school: HostedSchool, me: UserId, tmp_path: Path) -> None:
    async with connected(school.synapse.address) as chat:
        await chat.sign_in(me, PASSWORD, "")
        path = tmp_path / "large.bin"
        path.write_bytes(bytes(range(256)) * 4_000)
        address = await chat.upload_file(path, "Большой файл.bin", "application/pdf")
        stored = await chat.look(address)
        assert (stored.size, stored.mimetype) == (1_024_000, "application/pdf")
        assert stored.begins == bytes(range(256)) * 16
        pieces = [piece async for piece in chat.stream(address)]
        assert b"".join(pieces) == path.read_bytes() and max(map(len, pieces)) <= 65_536
        assert await chat.upload_limit() > 1_024_000
        with pytest.raises(PermanentError) as caught:
            await chat.look(f"{address}x")
        assert caught.value.code == "M_NOT_FOUND"
        with pytest.raises(PermanentError):
            await anext(chat.stream("mxc://127.0.0.1/../../v3/account"))
