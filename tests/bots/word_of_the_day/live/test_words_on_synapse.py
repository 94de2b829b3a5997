"""A word of the day on a real Synapse: a card, answers in real formats, the end of the week."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from PIL import Image
from support import recordings
from support.bots import Chatter, running, student, teacher_with_class
from support.real_files import photo
from support.schools import PASSWORD, HostedSchool
from support.waiting import eventually

from zvonok_awards.bot import bot as awards
from zvonok_botkit.chat import Chat
from zvonok_botkit.ground import Manners
from zvonok_botkit.nio_chat import connected
from zvonok_core.clock import ManualClock
from zvonok_core.ids import RoomId, UserId
from zvonok_polls.bot import bot as polls
from zvonok_word_of_the_day.bot import bot

pytestmark = pytest.mark.live
TUESDAY_NOON = datetime(2030, 1, 15, 9, 0, tzinfo=UTC)
"""The homeserver's own clock is behind, so that no event is late."""
MANNERS = Manners("ru", ZoneInfo("Europe/Moscow"), answer_within=1e10)
SET_UP = "!слово-дня каждый день в 8:30, английский, средний уровень"
VOICE: Mapping[str, Any] = {
    "org.matrix.msc3245.voice": {},
    "org.matrix.msc1767.audio": {"duration": 1000, "waveform": [0, 256, 1024, 256]},
}


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


@pytest.fixture
async def anna(school: HostedSchool, me: UserId) -> AsyncIterator[Chatter]:
    """A teacher in the class's room."""
    async with teacher_with_class(school, me) as opened:
        yield opened


@asynccontextmanager
async def somebody_s(school: HostedSchool, user: UserId) -> AsyncIterator[Chat]:
    """The homeserver's store, as somebody sees it."""
    async with connected(school.synapse.address) as chat:
        await chat.sign_in(user, PASSWORD, "")
        yield chat


def below(card: str) -> dict[str, Any]:
    """What stands in a message in the thread below a card."""
    replied = {"m.in_reply_to": {"event_id": card}, "is_falling_back": True}
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": card, **replied}}


async def sends(
    store: Chat, who: Chatter, kind: str, name: str, data: bytes, mimetype: str, **content: Any
) -> str:
    """Upload a file and send it, as a client does."""
    address = await store.upload(data, name, mimetype)
    info = {"mimetype": mimetype, "size": len(data)}
    return await who.says(
        name, **{"msgtype": kind, "filename": name, "url": address, "info": info, **content}
    )


async def signs(room: Chatter, me: UserId) -> list[tuple[str, str]]:
    """The emoji that the bot has put, and beside what."""
    relations = [
        event["content"]["m.relates_to"]
        for event in await room.timeline()
        if event["type"] == "m.reaction" and event["sender"] == me
    ]
    return [(one["key"], one["event_id"]) for one in relations]


async def reacts(who: Chatter, event: str, sign: str) -> str:
    relates = {"rel_type": "m.annotation", "event_id": event, "key": sign}
    path = f"/v3/rooms/{quote(who.room)}/send/m.reaction"
    answer = await who.client.call("POST", path, {"m.relates_to": relates})
    return str(answer.body["event_id"])


async def takes_back(who: Chatter, event: str) -> None:
    path = f"/v3/rooms/{quote(who.room)}/redact/{quote(event)}/{quote(event)}"
    assert (await who.client.call("PUT", path, {})).ok


async def comes_in(who: Chatter) -> Chatter | None:
    """The direct chat into which the bot has just invited somebody, once they are in it."""
    since = f"&since={who.since}" if who.since else ""  # without it Synapse repeats its last answer
    answer = (await who.client.call("GET", f"/v3/sync?timeout=0{since}")).body
    who.since = answer["next_batch"]
    for room in answer.get("rooms", {}).get("invite", {}):
        assert (await who.client.call("POST", f"/v3/join/{quote(room)}")).ok
        return Chatter(who.client, RoomId(room))
    return None


async def test_a_week_of_words_on_a_real_homeserver(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    clock = ManualClock(TUESDAY_NOON)
    async with (
        running(
            school.synapse.address, me, database_url, [bot, awards, polls], manners=MANNERS, clock=clock
        ) as program,
        student(school, anna, "ivan", "Петров Иван Сергеевич") as ivan,
        student(school, anna, "masha", "Белова Мария Олеговна") as masha,
        somebody_s(school, ivan.client.user) as store,
    ):
        await ivan.says(SET_UP)
        await eventually(lambda: anna.heard(me, "только учителя"))
        await anna.says(SET_UP)
        await eventually(lambda: anna.heard(me, "Следующее слово – завтра, 16 января."))

        cards = []
        for _ in range(2):
            clock.advance(hours=24 if cards else 20.5)
            await anna.says("!слово-дня")  # whatever is heard makes the bot look at the clock
            (*_, card) = await eventually(lambda: enough(ivan, me, "Слово дня: ", len(cards) + 1))
            cards.append(card)
        content = cards[0]["content"]
        assert content["msgtype"] == "m.image" and "Как это по-русски?" in content["body"]
        picture = Image.open(io.BytesIO(await store.download(content["url"])))
        assert picture.size == (content["info"]["w"], content["info"]["h"]) and picture.width == 1020

        first, second = (below(card["event_id"]) for card in cards)
        words = await ivan.says("удобный. My desk is convenient.", **first)
        voice = await sends(
            store, ivan, "m.audio", "Голос.ogg", recordings.sound(1.0), "audio/ogg", **VOICE, **first
        )
        film = await sends(store, ivan, "m.video", "Видео.mp4", recordings.film(1.0), "video/mp4", **second)
        turned = await sends(store, ivan, "m.image", "IMG_1.jpg", photo(), "image/jpeg", **second)
        await eventually(
            lambda: signs_are(anna, me, ("📝", words), ("🎤", voice), ("🎬", film), ("🖼️", turned))
        )

        await anna.says("Молодцы!", **first)
        hers = await masha.says("комфортный, наверное", **first)
        await reacts(anna, words, "❤️")
        withdrawn = await reacts(anna, film, "👏")
        new = {"msgtype": "m.text", "body": "удобный"}
        edited = {"rel_type": "m.replace", "event_id": words}
        await ivan.says("* удобный", **{"m.new_content": new, "m.relates_to": edited})
        await takes_back(anna, withdrawn)
        await takes_back(masha, hers)
        await eventually(lambda: counted(program.database, answers=4, praises=1))

        clock.advance(days=4)
        await anna.says("!слово-дня")
        (thanks,) = await eventually(lambda: anna.heard(me, "Слова недели: "))
        assert thanks["content"]["body"].endswith("Активнее всех: Петров Иван Сергеевич!")
        (test,) = await eventually(lambda: ivan.heard(me, "📝 Слова недели"))
        alone = await eventually(lambda: comes_in(anna))
        (table,) = await eventually(lambda: alone.heard(me, "Слово дня, "))
        assert (
            "Петров Иван Сергеевич: 2 из 2, похвал: 1\nНе ответили: Белова Мария Олеговна"
            in table["content"]["body"]
        )
        await eventually(lambda: alone.heard(me, "Вручить награду? «Хочу всё знать»: Петров Иван Сергеевич"))
        (file,) = await eventually(lambda: alone.heard(me, ".xlsx"))
        async with somebody_s(school, anna.client.user) as hers_too:
            book = load_workbook(io.BytesIO(await hers_too.download(file["content"]["url"])))
        rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
        assert rows == [
            ["Белова Мария Олеговна", None, None, 0, 0],
            ["Петров Иван Сергеевич", "текст, голос", "видео, картинка", 2, 1],
        ]
        await reacts(ivan, test["event_id"], "👍")
        direct = await eventually(lambda: comes_in(ivan))
        await eventually(lambda: direct.heard(me, "Вопрос 1 из 2"))


async def enough(who: Chatter, sender: UserId, words: str, count: int) -> list[dict[str, Any]]:
    heard = [event for event in await who.heard(sender, words) if event["content"]["msgtype"] == "m.image"]
    return heard if len(heard) >= count else []


async def signs_are(who: Chatter, me: UserId, *expected: tuple[str, str]) -> bool:
    return await signs(who, me) == list(expected)


async def counted(database: Any, *, answers: int, praises: int) -> bool:
    found = [
        await database.fetchval(f"SELECT COUNT(*) FROM word_of_the_day_{table}")
        for table in ("answers", "praises")
    ]
    return found == [answers, praises]
