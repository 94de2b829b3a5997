"""A class of three with its teacher on a real Synapse: a variant from its beginning to the
explanations, with a new start of the bot in the middle; a worked task and a warm-up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from support.bots import Chatter, chatter, running
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_botkit.ground import Manners
from zvonok_botkit.program import Program
from zvonok_core.clock import milliseconds
from zvonok_core.ids import RoomId, UserId
from zvonok_exam_prep.bot import bot
from zvonok_hashtags.bot import bot as hashtags
from zvonok_polls.bot import bot as polls

pytestmark = pytest.mark.live
BOTS = [bot, polls, hashtags]
OFFSET = 12 - datetime.now(UTC).hour
NOON = Manners("ru", ZoneInfo(f"Etc/GMT{-OFFSET:+d}"))
"""Where it is noon just now, so that the school has no quiet hours."""


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


@asynccontextmanager
async def directly(school: HostedSchool, me: UserId, localpart: str, name: str) -> AsyncIterator[Chatter]:
    """Somebody in the direct chat with the bot, which knows it."""
    async with chatter(school, localpart, me, name) as alone:
        await eventually(lambda: is_in(alone, me))
        await alone.says("помощь")
        await eventually(lambda: alone.heard(me, "Вот что я умею"))
        yield alone


async def is_in(chat: Chatter, me: UserId) -> bool:
    answer = await chat.client.call("GET", f"/v3/rooms/{quote(chat.room)}/joined_members")
    return me in answer.body["joined"]


async def send(chat: Chatter, type: str, content: dict[str, Any]) -> None:
    answer = await chat.client.call("POST", f"/v3/rooms/{quote(chat.room)}/send/{type}", content)
    assert answer.ok, answer


async def tap(chat: Chatter, event: str, emoji: str) -> None:
    await send(
        chat,
        "m.reaction",
        {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": emoji}},
    )


async def last(chat: Chatter, me: UserId) -> dict[str, Any]:
    """What the bot has said last that is no edit."""
    said = [event for event in await chat.heard(me) if "m.new_content" not in event["content"]]
    return said[-1]["content"] | {"id": said[-1]["event_id"]} if said else {"body": ""}


async def answer_all(chat: Chatter, me: UserId) -> None:
    """Answer whatever is asked, until all is."""
    for _ in range(3):
        asked = str((await last(chat, me))["body"])
        if "Ответьте своими словами" in asked:
            await chat.says("Dear Ben, thank you for your message.")
        elif "для каждой буквы" in asked:
            await chat.says("A1B3C4D5")
        else:
            await chat.says("3")
        await eventually(lambda asked=asked: is_new(chat, me, asked))


async def is_new(chat: Chatter, me: UserId, before: str) -> bool:
    return (await last(chat, me))["body"] not in (before, "")


async def invited(chat: Chatter) -> RoomId | None:
    since = f"&since={chat.since}" if chat.since else ""
    answer = await chat.client.call("GET", f"/v3/sync?timeout=0{since}")
    chat.since = answer.body["next_batch"]
    return next((RoomId(room) for room in answer.body.get("rooms", {}).get("invite", {})), None)


async def live(chat: Chatter, me: UserId, words: str) -> bool:
    """Whether the teacher's message says so by now."""
    edits = [event["content"].get("m.new_content", {}) for event in await chat.heard(me)]
    return any(words in edit.get("body", "") for edit in edits)


async def deadline_passes(program: Program) -> None:
    """Move a variant's deadline to a minute ago."""
    now = datetime.now(UTC)
    await program.database.execute(
        "UPDATE exam_prep_variants SET closes = $1", milliseconds(now - timedelta(minutes=1))
    )
    await program.database.execute(
        "UPDATE kit_jobs SET due = $1 WHERE name = 'close_variant'", milliseconds(now)
    )


async def test_a_class_does_a_variant(school: HostedSchool, me: UserId, database_url: str) -> None:
    address = school.synapse.address
    levels = {"users": {school.user("anna"): 100, me: 50}}
    async with AsyncExitStack() as stack:
        running_bots = await stack.enter_async_context(AsyncExitStack())
        await running_bots.enter_async_context(running(address, me, database_url, BOTS, NOON))
        room = await stack.enter_async_context(
            chatter(school, "anna", me, power_level_content_override=levels, room_version="11")
        )
        teacher = await direct_chat(room, me)
        students = [
            await stack.enter_async_context(directly(school, me, localpart, name))
            for localpart, name in (("ivan", "Петров Иван Сергеевич"), ("oleg", "Белов Олег Игоревич"))
        ]
        vera_user = await school.person("vera", "Ёлкина Вера Олеговна")
        vera_client = await stack.enter_async_context(school.client_of(vera_user))
        for client in (*(student.client for student in students), vera_client):
            await room.invites(client)
        await eventually(lambda: is_in(room, me))

        await room.says("!вариант ОГЭ английский задания 12, 13, 35 3 задания до завтра вперемешку")
        (announced,) = await eventually(lambda: room.heard(me, "📝 Вариант. Английский язык, ОГЭ"))
        await eventually(lambda: teacher.heard(me, "не начали: 3"))

        # One who has no direct chat yet taps, and is invited into one.
        vera_in_room = Chatter(vera_client, room.room)
        await tap(vera_in_room, announced["event_id"], "👍")
        invitation = await eventually(lambda: invited(vera_in_room))
        assert invitation is not None
        assert (await vera_client.call("POST", f"/v3/join/{quote(invitation)}")).ok
        vera = Chatter(vera_client, invitation)
        await eventually(lambda: vera.heard(me, "Будете готовы — напишите «начать»."))

        everybody = [*students, vera]
        await asyncio.gather(*(one.says("начать") for one in everybody))
        for one in everybody:
            await eventually(lambda one=one: one.heard(me, "Задание 1 из 3"))
        orders = {str((await last(one, me))["body"]).partition("Задание 1 из 3")[2] for one in everybody}
        assert len(orders) > 1, "nobody sits beside somebody with the same sheet"

        ivan, oleg = students
        await answer_all(ivan, me)
        await ivan.says("сдать")
        await eventually(lambda: ivan.heard(me, "Работа сдана, спасибо!"))
        await oleg.says("пропустить")
        await eventually(lambda: oleg.heard(me, "Задание 2 из 3"))

        await running_bots.aclose()  # and a new start, with an answer that came meanwhile
        await vera.says("пропустить")
        program = await running_bots.enter_async_context(running(address, me, database_url, BOTS, NOON))
        await eventually(lambda: vera.heard(me, "Задание 2 из 3"))
        await oleg.says("сдать")
        await eventually(lambda: oleg.heard(me, "Всё равно сдать?"))
        await oleg.says("да")
        await eventually(lambda: oleg.heard(me, "Работа сдана, спасибо!"))
        await eventually(lambda: live(teacher, me, "сдали: 2 · ✏️ решают: 1"), deadline=60)

        await marked_by_taps(teacher, me)
        await deadline_passes(program)
        for one in everybody:
            (told,) = await eventually(lambda one=one: one.heard(me, "баллов из 15."), deadline=30)
            assert told["content"]["body"].startswith("Английский язык, ОГЭ")
        assert await ivan.heard(me, "Комментарий: Хорошо!")
        kinds = [event["content"]["msgtype"] for event in await eventually(lambda: report(teacher, me))]
        assert kinds == ["m.image", "m.text", "m.file"]
        assert not [one for one in everybody if await one.heard(me, "В среднем")], (
            "nobody sees the others' points"
        )

        await a_worked_task(room, teacher, vera_in_room, vera, me)
        await room.says("!разминка английский 9 класс")
        await eventually(lambda: of_type(room, "org.matrix.msc3381.poll.start"))


async def direct_chat(room: Chatter, me: UserId) -> Chatter:
    """The teacher's own direct chat, which the bot knows."""
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [me]}
    made = await room.client.call("POST", "/v3/createRoom", request)
    assert made.ok, made
    alone = Chatter(room.client, RoomId(made.body["room_id"]))
    await eventually(lambda: is_in(alone, me))
    await alone.says("помощь")
    await eventually(lambda: alone.heard(me, "Вот что я умею"))
    return alone


async def marked_by_taps(teacher: Chatter, me: UserId) -> None:
    """The one open answer that is handed in gets its points by taps, and a comment."""
    await teacher.says("проверить без имён")
    for name in ("К1", "К2", "К3", "К4"):
        (criterion,) = await eventually(lambda name=name: teacher.heard(me, f"{name} "))
        await eventually(lambda key=criterion["event_id"]: offered(teacher, me, key))
        await tap(teacher, criterion["event_id"], "2️⃣")
    await eventually(lambda: teacher.heard(me, "8 баллов из 10. Добавить комментарий"))
    await teacher.says("Хорошо!")
    await eventually(lambda: teacher.heard(me, "Всё, что сдано, проверено, спасибо!"))


async def offered(teacher: Chatter, me: UserId, event: str) -> bool:
    """Whether the points stand beside a criterion, to be tapped."""
    found = [one for one in await of_type(teacher, "m.reaction") if one["sender"] == me]
    keys = [one["content"]["m.relates_to"]["key"] for one in found if one["content"]["m.relates_to"]["event_id"] == event]  # fmt: skip
    return "2️⃣" in keys


async def report(teacher: Chatter, me: UserId) -> list[dict[str, Any]]:
    """What the teacher gets in the end."""
    said = [event for event in await teacher.heard(me) if "m.new_content" not in event["content"]]
    found = said[-3:]
    return found if found[-1]["content"]["msgtype"] == "m.file" else []


async def of_type(chat: Chatter, type: str) -> list[dict[str, Any]]:
    return [event for event in await chat.timeline() if event["type"] == type]


async def a_worked_task(
    room: Chatter, teacher: Chatter, student: Chatter, alone: Chatter, me: UserId
) -> None:
    await room.says("!разбор Put the verb into the right form: She (GO) home. #ОГЭАЯ")
    await eventually(lambda: teacher.heard(me, "Теперь напишите сюда решение"))
    await teacher.says("She goes home.")
    (posted,) = await eventually(lambda: room.heard(me, "📘 Put the verb"))
    assert "goes" not in posted["content"]["body"]
    assert '<span data-mx-spoiler="Решение">She goes home.</span>' in posted["content"]["formatted_body"]
    await student.says("решение", **{"m.relates_to": {"m.in_reply_to": {"event_id": posted["event_id"]}}})
    await eventually(lambda: alone.heard(me, "She goes home."))
    await room.says("!найти #огэая")
    (found,) = await eventually(lambda: room.heard(me, "matrix.to"))
    assert quote(posted["event_id"]) in found["content"]["body"]
    assert found["content"]["body"].count("•") == 1
