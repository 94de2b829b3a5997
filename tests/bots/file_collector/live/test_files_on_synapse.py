"""Real files in real formats, handed in on a real Synapse, and what the teacher gets of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import docx
import pytest
from openpyxl import load_workbook
from PIL import Image, ImageOps
from support import real_files
from support.bots import Chatter, running, student, teacher_with_class
from support.recordings import WAVEFORM, film, sound
from support.schools import HostedSchool
from support.sending_files import alone_with, downloaded, sends_file
from support.waiting import eventually

from zvonok_core.ids import UserId
from zvonok_file_collector.bot import bot

pytestmark = pytest.mark.live
VOICE = {
    "org.matrix.msc1767.audio": {"duration": 1000, "waveform": WAVEFORM},
    "org.matrix.msc3245.voice": {},
}
"""What Element adds to a voice message."""


@pytest.fixture
async def me(school: HostedSchool) -> UserId:
    return await school.person("helper", "Помощник")


@pytest.fixture
async def anna(school: HostedSchool, me: UserId) -> AsyncIterator[Chatter]:
    """A teacher in a room with the bot."""
    async with teacher_with_class(school, me) as opened:
        yield opened


async def is_in(room: Chatter, user: UserId) -> bool:
    joined = await room.client.call("GET", f"/v3/rooms/{quote(room.room)}/joined_members")
    return user in joined.body.get("joined", {})


def thread(root: str) -> dict[str, Any]:
    replied = {"m.in_reply_to": {"event_id": root}, "is_falling_back": True}
    return {"m.relates_to": {"rel_type": "m.thread", "event_id": root, **replied}}


async def test_real_files_go_from_phones_to_the_teacher_s_archive(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    essay, photo = real_files.word_document(), real_files.photo()
    paper, voice, video = real_files.pdf(), sound(1), film(1)
    async with (
        running(school.synapse.address, me, database_url, [bot]),
        student(school, anna, "ivan", "Петров Иван Сергеевич") as ivan,
        student(school, anna, "zoya", "Ёлкина Зоя Петровна") as zoya,
    ):
        await eventually(lambda: is_in(anna, me))
        await anna.says("!сбор «Мой город» без срока виды: docx, pdf, фото, голосовое, видео")
        (call,) = await eventually(lambda: anna.heard(me, "Сбор № 1"))
        alone = await alone_with(ivan.client, me)
        await eventually(lambda: is_in(alone, me))
        await sends_file(alone, "эссе.docx", essay, "application/octet-stream")
        await eventually(lambda: alone.heard(me, "• эссе.docx"))
        await sends_file(alone, "image.jpg", photo, "image/jpeg", "image", body="Наш двор")
        await sends_file(alone, "Голосовое сообщение.ogg", voice, "audio/ogg", "audio", **VOICE)
        (last,) = await eventually(lambda: alone.heard(me, "• Голосовое сообщение.ogg"))
        assert "• эссе.docx" in last["content"]["body"] and "m.new_content" in last["content"]
        table = real_files.spreadsheet()
        await sends_file(alone, "опыт.docx", table, "application/octet-stream")
        await eventually(lambda: alone.heard(me, "а это таблица (xlsx)"))

        receipts = await alone_with(zoya.client, me)
        await eventually(lambda: is_in(receipts, me))
        await receipts.says("сборы")
        await eventually(lambda: receipts.heard(me, "«Мой город»: не сдано"))
        await sends_file(zoya, "реферат.pdf", paper, "application/pdf", **thread(call["event_id"]))
        video_sent = await sends_file(
            zoya, "видео.mp4", video, "video/mp4", "video", **thread(call["event_id"])
        )
        signs = await eventually(lambda: reactions(anna, me, 2))
        assert {sign["content"]["m.relates_to"]["key"] for sign in signs} == {"✅"}

        path = f"/v3/rooms/{quote(zoya.room)}/redact/{quote(video_sent)}/t1"
        assert (await zoya.client.call("PUT", path)).ok

        teacher = await alone_with(anna.client, me)
        await eventually(lambda: is_in(teacher, me))
        await eventually(lambda: newest_is_without(receipts, me, "видео.mp4"))
        await teacher.says("!сдали 1")
        (seen,) = await eventually(lambda: teacher.heard(me, "Ёлкина Зоя Петровна: сдано"))
        assert "видео.mp4" not in seen["content"]["body"]
        picture = Image.open(io.BytesIO(await downloaded(anna.client, seen["content"]["url"])))
        assert picture.width == 1080
        await teacher.says("!выгрузить 1")
        (sent,) = await eventually(lambda: files(teacher, me), deadline=30)
        archive = zipfile.ZipFile(io.BytesIO(await downloaded(anna.client, sent["content"]["url"])))

    (folder,) = {name.split("/")[0] for name in archive.namelist()}
    assert archive.testzip() is None
    assert archive.read(f"{folder}/Петров Иван/эссе.docx") == essay
    assert archive.read(f"{folder}/Петров Иван/Голосовое сообщение.ogg") == voice
    assert archive.read(f"{folder}/Ёлкина Зоя/реферат.pdf") == paper
    assert f"{folder}/Ёлкина Зоя/видео.mp4" not in archive.namelist()
    document = docx.Document(io.BytesIO(archive.read(f"{folder}/Петров Иван/эссе.docx")))
    assert document.paragraphs[0].text == "Мой родной город"
    turned = Image.open(io.BytesIO(archive.read(f"{folder}/Петров Иван/image.jpg")))
    assert ImageOps.exif_transpose(turned).size == (80, 120), "it is turned as the phone has said"
    book = load_workbook(io.BytesIO(archive.read(f"{folder}/Содержание.xlsx")))
    assert [row[1].value for row in book["Люди"].iter_rows(min_row=2)] == [
        "Ёлкина Зоя Петровна",
        "Петров Иван Сергеевич",
    ]


async def reactions(room: Chatter, sender: str, count: int) -> list[dict[str, Any]]:
    found = [e for e in await room.timeline() if e["type"] == "m.reaction" and e["sender"] == sender]
    return found if len(found) == count else []


async def newest_is_without(room: Chatter, me: str, words: str) -> bool:
    """Whether something was said before, and is no longer in what was said last."""
    said = [str(event["content"]["body"]) for event in await room.heard(me)]
    return any(words in one for one in said) and words not in said[-1]


async def files(room: Chatter, sender: str) -> list[dict[str, Any]]:
    return [event for event in await room.heard(sender) if event["content"]["msgtype"] == "m.file"]


async def test_people_confirm_with_whatever_their_client_has(
    school: HostedSchool, me: UserId, anna: Chatter, database_url: str
) -> None:
    async with (
        running(school.synapse.address, me, database_url, [bot]),
        student(school, anna, "ivan", "Петров Иван Сергеевич") as ivan,
        student(school, anna, "zoya", "Ёлкина Зоя Петровна") as zoya,
    ):
        await eventually(lambda: is_in(anna, me))
        await anna.says("!ознакомить Завтра уроки с 9:30")
        (notice,) = await eventually(lambda: anna.heard(me, "📌 Завтра уроки с 9:30"))
        relates = {"rel_type": "m.annotation", "event_id": notice["event_id"], "key": "✅"}
        path = f"/v3/rooms/{quote(ivan.room)}/send/m.reaction"
        assert (await ivan.client.call("POST", path, {"m.relates_to": relates})).ok
        await zoya.says("+", **{"m.relates_to": {"m.in_reply_to": {"event_id": notice["event_id"]}}})
        teacher = await alone_with(anna.client, me)
        await eventually(lambda: is_in(teacher, me))
        await eventually(lambda: reactions(anna, me, 2))  # its own beside the notice, and the answer
        await teacher.says("!кто прочитал 1")
        await eventually(lambda: teacher.heard(me, "Прочитали: 2 из 2."))
