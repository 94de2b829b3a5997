"""A round in a whole school: real clients, real recordings, a real directory; and a kill."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support.bots import Chatter, bot_process, chatter
from support.bots_in_school import bots_in_school
from support.recordings import WAVEFORM, film, saying, silence, sound
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_core.db import open_database
from zvonok_core.ids import RoomId, UserId
from zvonok_creative_homework.bot import bot

pytestmark = pytest.mark.live
LOADED = 60
"""Seconds that a machine may need on which much else is going on."""
PROGRAM = (
    sys.executable,
    "-c",
    "from zvonok_botkit.cli import main; main()",
    "creative-homework",
    "-c",
)


async def upload(room: Chatter, data: bytes, mimetype: str) -> str:
    """Store a file, as a client does; returns its address."""
    client = room.client
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": mimetype}
    url = f"{client.address}/_matrix/media/v3/upload"
    async with client.session.post(url, data=data, headers=headers) as response:
        return str((await response.json())["content_uri"])


async def records(room: Chatter, data: bytes, mimetype: str, **content: Any) -> str:
    """Send a recording, which says that it takes a second; returns the event's id."""
    kind = "m.video" if mimetype.startswith("video/") else "m.audio"
    info = {"mimetype": mimetype, "size": len(data), "duration": 1_000}
    voice = {"org.matrix.msc3245.voice": {}} if kind == "m.audio" else {}
    address = await upload(room, data, mimetype)
    sent: dict[str, Any] = {
        "msgtype": kind,
        "body": "recording",
        "url": address,
        "info": info,
        **voice,
        **content,
    }
    return await send(room, "m.room.message", sent)


async def send(room: Chatter, type: str, content: dict[str, Any]) -> str:
    path = f"/v3/rooms/{quote(room.room)}/send/{type}"
    answer = await room.client.call("POST", path, content)
    assert answer.ok, answer
    return str(answer.body["event_id"])


async def react(room: Chatter, event: str, emoji: str) -> str:
    return await send(
        room, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": emoji}}
    )


def below(root: str) -> dict[str, Any]:
    replied = {"m.in_reply_to": {"event_id": root}, "is_falling_back": True}
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": root, **replied}}


async def begun(teacher: Chatter, me: UserId, words: str) -> str:
    """The list of topics; the bot may come into the room a moment later."""

    async def listed() -> str:
        if not await teacher.heard(teacher.client.user):
            await teacher.says(words)
        return next((str(event["event_id"]) for event in await teacher.heard(me, "🎙")), "")

    return await eventually(listed, deadline=LOADED)


async def marks(room: Chatter, me: UserId) -> Counter[str]:
    """How often the bot has put its sign beside each message."""
    return Counter(
        event["content"]["m.relates_to"]["event_id"]
        for event in await room.timeline()
        if event["type"] == "m.reaction" and event["sender"] == me
    )


async def signed(room: Chatter, me: UserId, events: list[str]) -> dict[str, int]:
    """Beside which of these the bot has put its sign, and how often."""
    found = await marks(room, me)
    return {event: found[event] for event in events if event in found}


async def asked(room: Chatter, me: UserId, times: int) -> bool:
    """Whether the bot has asked for a topic exactly so often."""
    return len(await room.heard(me, "На какую он тему?")) == times


async def marked(room: Chatter, me: UserId, event: str) -> bool:
    return (await marks(room, me))[event] == 1


async def as_it_stands(room: Chatter, event: str) -> str:
    """What a message says after its edits."""
    answer = await room.client.call("GET", f"/v3/rooms/{quote(room.room)}/event/{quote(event)}")
    newest = answer.body.get("unsigned", {}).get("m.relations", {}).get("m.replace", answer.body)
    return str(newest["content"].get("m.new_content", newest["content"])["body"])


async def direct(room: Chatter, me: UserId) -> Chatter:
    """A chat with the bot alone."""
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [me]}
    made = await room.client.call("POST", "/v3/createRoom", request)
    assert made.ok, made
    alone = Chatter(room.client, RoomId(made.body["room_id"]))

    async def answers() -> bool:
        if not await alone.heard(room.client.user):
            await alone.says("помощь")
        return bool(await alone.heard(me))

    await eventually(answers, deadline=LOADED)
    return alone


async def test_a_round_from_the_topics_to_the_thanks(tmp_path: Path) -> None:
    async with bots_in_school(tmp_path, [bot]) as school:
        me, people = school.me, school.snapshot.people
        family = [people[student].family for student in school.students]
        async with (
            school.at(school.head) as teacher,
            school.at(school.students[0]) as first,
            school.at(school.students[1]) as second,
            school.at(school.students[2]) as third,
        ):
            root = await begun(teacher, me, "!творческое Чудеса\nРадуга\nМолния\nЭхо\nбез срока, по одному")
            desk = await direct(teacher, me)

            # Two want the same at the same moment.
            await asyncio.gather(react(first, root, "1️⃣"), react(second, root, "1️⃣"))
            await eventually(lambda: taken(teacher, root, "1. Радуга"), deadline=LOADED)
            if await listed(teacher, root, f"1. Радуга — {family[1]}"):
                first, second, family[:2] = second, first, family[1::-1]
            alone = await eventually(lambda: invited(second), deadline=LOADED)
            await eventually(
                lambda: alone.heard(me, "Тема «Радуга» уже занята. Свободны темы: 2, 3."), deadline=LOADED
            )
            await react(second, root, "3️⃣")
            await eventually(lambda: listed(teacher, root, f"3. Эхо — {family[1]}"), deadline=LOADED)
            assert await listed(teacher, root, f"1. Радуга — {family[0]}")

            # Element's voice message, in the discussion.
            block = {"org.matrix.msc1767.audio": {"duration": 1_000, "waveform": WAVEFORM}}
            voice = await records(first, sound(3), "audio/ogg", **block, **below(root))
            await eventually(lambda: marked(first, me, voice), deadline=LOADED)
            # A phone's film in the chat itself, whose header says a second.
            film_ = await records(second, saying(film(70), 1), "video/mp4")
            (said,) = await eventually(lambda: second.heard(me, "Получилось 70 секунд"), deadline=LOADED)
            assert said["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": film_}}
            short = await records(second, film(5, "libvpx", "webm", live="1"), "video/webm")
            await eventually(lambda: marked(second, me, short), deadline=LOADED)
            # Somebody shy.
            alone = await direct(third, me)
            await alone.says("тема 2")
            await eventually(lambda: alone.heard(me, "ваша"), deadline=LOADED)
            await records(alone, saying(sound(4, "aac", "ipod"), 1), "audio/mp4")
            await eventually(lambda: alone.heard(me, "принят (4 секунды)"), deadline=LOADED)
            (story,) = await eventually(lambda: told_alone(desk, me), deadline=LOADED)
            assert story["content"]["info"]["duration"] == 4_000
            assert not await teacher.heard(me, "только вам")

            relates = {"rel_type": "m.thread", "event_id": root, "m.in_reply_to": {"event_id": voice}}
            await second.says("Здорово! А где это было?", **{"m.relates_to": relates})
            await react(teacher, voice, "👍")
            await eventually(lambda: counted(teacher, desk, me, "похвалили 2 человека"), deadline=LOADED)
            report = (await desk.heard(me, "Рассказов: 3 из 3."))[-1]["content"]["body"]
            assert "вопросов: 1" in report and "лично" in report
            await eventually(lambda: pictures(desk, me), deadline=LOADED)

            await teacher.says("!закончить")
            (thanks,) = await eventually(lambda: first.heard(me, "Спасибо!"), deadline=LOADED)
            body = thanks["content"]["body"]
            assert "(он понравился классу)" in body and all(name in body for name in family[:3])


async def listed(room: Chatter, root: str, words: str) -> bool:
    return words in await as_it_stands(room, root)


async def taken(room: Chatter, root: str, topic: str) -> bool:
    return not await listed(room, root, f"{topic} — свободна")


async def invited(somebody: Chatter) -> Chatter | None:
    """The direct chat that the bot asks somebody into."""
    since = f"&since={somebody.since}" if somebody.since else ""
    asked = await somebody.client.call("GET", f"/v3/sync?timeout=0{since}")
    somebody.since = asked.body["next_batch"]
    for room in asked.body.get("rooms", {}).get("invite", {}):
        assert (await somebody.client.call("POST", f"/v3/join/{quote(room)}")).ok
        return Chatter(somebody.client, RoomId(room))
    return None


async def told_alone(desk: Chatter, me: UserId) -> list[dict[str, Any]]:
    return [event for event in await desk.heard(me) if event["content"]["msgtype"] == "m.audio"]


async def pictures(desk: Chatter, me: UserId) -> list[dict[str, Any]]:
    return [event for event in await desk.heard(me) if event["content"]["msgtype"] == "m.image"]


async def counted(teacher: Chatter, desk: Chatter, me: UserId, words: str) -> bool:
    """Whether the teacher, who asks again whenever the answer is there, reads this."""
    if await desk.heard(me, words):
        return True
    asked = await teacher.heard(teacher.client.user, "!кто рассказал")
    if len(asked) == len(await desk.heard(me, "🎙 Чудеса\nРассказов: ")):
        await teacher.says("!кто рассказал")
    return False


async def test_a_kill_while_recordings_are_looked_at_loses_none_and_counts_none_twice(
    school: HostedSchool, tmp_path: Path, database_url: str
) -> None:
    me = await school.person("helper", "Помощник")
    room = {"preset": "public_chat", "power_level_content_override": {"users": {me: 50}}}
    process = bot_process(tmp_path, school.synapse.address, me, database_url, *PROGRAM)
    again = bot_process(tmp_path, school.synapse.address, me, database_url, *PROGRAM)
    async with AsyncExitStack() as clients, chatter(school, "anna", me, **room) as anna, process as first:
        people = []
        for number in range(8):
            user = await school.person(f"u{number}")
            client = await clients.enter_async_context(school.client_of(user))
            assert (await client.call("POST", f"/v3/join/{quote(anna.room)}")).ok
            people.append(Chatter(client, anna.room))
        root = await begun(anna, me, "!творческое Радуга; Молния (без срока)")
        sent = [
            await records(one, silence(20 + place), "audio/wav", **below(root))
            for place, one in enumerate(people)
        ]

        async def some() -> bool:
            return len(await signed(anna, me, sent)) >= 2

        await eventually(some, deadline=LOADED)
        first.kill()
        assert await first.wait() == -9
        assert len(await signed(anna, me, sent)) < len(sent)
        async with again:

            async def all_of_them() -> bool:
                return len(await signed(anna, me, sent)) == len(sent)

            await eventually(all_of_them, deadline=LOADED)
            await eventually(lambda: asked(anna, me, len(sent)), deadline=LOADED)
            assert set((await signed(anna, me, sent)).values()) == {1}
            async with open_database(database_url) as database:
                rows = await database.fetch("SELECT seconds FROM creative_homework_answers ORDER BY seconds")
                assert [row["seconds"] for row in rows] == [20 + place for place in range(8)]
