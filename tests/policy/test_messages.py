"""What is written and sent: edits, deletions, files, and what nobody may read."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from contextlib import closing
from dataclasses import replace
from urllib.parse import quote

import aiohttp
import pytest
from support.circuit import Circuit, CircuitServer, Somebody
from support.matrix import Answer

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import Media, Who
from zvonok_core.ids import RoomId

pytestmark = pytest.mark.live

DAY_AND_A_MINUTE = (24 * 60 + 1) * 60_000


@pytest.fixture
async def talk(closed: Circuit) -> tuple[Somebody, RoomId]:
    """A teacher in a managed room."""
    teacher = await closed.teacher()
    return teacher, await closed.managed(teacher)


async def edit(somebody: Somebody, room: str, event: str, text: str = "Исправлено") -> Answer:
    content = {
        "msgtype": "m.text",
        "body": f"* {text}",
        "m.new_content": {"msgtype": "m.text", "body": text},
        "m.relates_to": {"rel_type": "m.replace", "event_id": event},
    }
    path = f"/v3/rooms/{quote(room)}/send/m.room.message"
    return await somebody.client.call("POST", path, content)


def grow_old(server: CircuitServer, event: str, milliseconds: int) -> None:
    """Make the homeserver think that it got an event earlier."""
    with closing(sqlite3.connect(server.synapse.folder / "homeserver.db", timeout=20)) as database, database:
        changed = database.execute(
            "UPDATE events SET received_ts = received_ts - ? WHERE event_id = ?", (milliseconds, event)
        )
        assert changed.rowcount == 1


# ---------------------------------------------------------------- edits and deletions


async def test_an_own_message_can_be_changed(talk: tuple[Somebody, RoomId]) -> None:
    teacher, room = talk
    sent = (await teacher.say(room)).body["event_id"]
    assert (await edit(teacher, room, sent)).ok
    assert (await edit(teacher, room, sent, "И ещё раз")).ok


async def test_after_a_day_a_message_can_be_deleted_and_not_changed(
    talk: tuple[Somebody, RoomId], server: CircuitServer
) -> None:
    teacher, room = talk
    sent = (await teacher.say(room)).body["event_id"]
    grow_old(server, sent, DAY_AND_A_MINUTE)
    answer = await edit(teacher, room, sent)
    assert answer.status == 403
    assert answer.body["error"] == "Сообщение можно изменить в течение 24 часов, потом — только удалить."
    assert (await teacher.redact(room, sent)).ok


async def test_a_bots_results_change_for_as_long_as_they_like(closed: Circuit, server: CircuitServer) -> None:
    bot = await closed.person("bot", Who.BOT)
    room = await closed.managed(bot)
    sent = (await bot.say(room)).body["event_id"]
    grow_old(server, sent, 10 * DAY_AND_A_MINUTE)
    assert (await edit(bot, room, sent)).ok


async def test_nothing_else_is_changed_than_an_own_message_of_this_room(
    closed: Circuit, server: CircuitServer, talk: tuple[Somebody, RoomId]
) -> None:
    teacher, room = talk
    colleague = await closed.teacher("frolov")
    elsewhere = (await teacher.group_with(colleague)).body["room_id"]
    await colleague.join(elsewhere)
    foreign = (await colleague.say(elsewhere)).body["event_id"]
    assert (await edit(teacher, elsewhere, foreign)).status == 403
    assert not (await edit(teacher, room, (await teacher.say(elsewhere)).body["event_id"])).ok
    assert not (await edit(teacher, room, "$nothing")).ok
    old = (await teacher.say(room)).body["event_id"]
    fresh = (await edit(teacher, room, old)).body["event_id"]
    grow_old(server, old, DAY_AND_A_MINUTE)
    assert (await edit(teacher, room, fresh)).status == 403, "an edit of an edit is no way around"


async def test_a_relation_that_is_none_is_no_fault(talk: tuple[Somebody, RoomId]) -> None:
    teacher, room = talk
    path = f"/v3/rooms/{quote(room)}/send/m.room.message"
    odd = {"msgtype": "m.text", "body": "x", "m.relates_to": [{"rel_type": "m.replace"}]}
    sent = await teacher.client.call("POST", path, odd)
    assert sent.ok
    assert (await edit(teacher, room, sent.body["event_id"])).ok


async def test_settings_of_a_chat_are_no_messages_to_delete(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = (await teacher.chat_with(pupil)).body["room_id"]
    for event in await teacher.client.state(room):
        answer = await teacher.redact(room, event["event_id"])
        assert answer.status == 403, event["type"]
    assert (await teacher.redact(room, (await teacher.say(room)).body["event_id"])).ok


async def test_nobody_hides_what_they_write_in_a_room_of_the_school(talk: tuple[Somebody, RoomId]) -> None:
    teacher, room = talk
    path = f"/v3/rooms/{quote(room)}/send/m.room.encrypted"
    answer = await teacher.client.call("POST", path, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "…"})
    assert answer.status == 403
    assert "шифр" in answer.body["error"]


async def test_whoever_is_locked_or_not_of_the_school_writes_nothing(
    closed: Circuit, talk: tuple[Somebody, RoomId]
) -> None:
    teacher, room = talk
    assert (await teacher.say(room)).ok
    await closed.change(teacher, locked=True)
    assert (await teacher.say(room)).status == 403
    await closed.change(teacher, locked=False)
    assert (await teacher.say(room)).ok
    await closed.door.tell(gone=teacher.user)
    assert (await teacher.say(room)).status == 403


# ---------------------------------------------------------------- files


async def upload(somebody: Somebody, content: bytes, name: str = "урок.pdf") -> int:
    url = f"{somebody.client.address}/_matrix/media/v3/upload?filename={quote(name)}"
    headers = {"Authorization": f"Bearer {somebody.client.token}", "Content-Type": "application/pdf"}
    async with aiohttp.ClientSession() as session, session.post(url, data=content, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize(
    "program",
    [
        b"MZ\x90\x00" + bytes(300),
        b"\x7fELF" + bytes(300),
        b"#!/bin/sh\nrm -rf /\n",
        b"PK\x03\x04" + bytes(70_000) + b"AndroidManifest.xml" + bytes(9),
    ],
    ids=["windows", "linux", "script", "android, by its end"],
)
async def test_programs_are_not_kept_whatever_they_are_called(closed: Circuit, program: bytes) -> None:
    teacher = await closed.teacher()
    assert await upload(teacher, program) == 400
    assert await upload(teacher, b"%PDF-1.7 " + program) == 200


async def test_how_large_a_file_may_be_is_the_roles(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    media = Media(staff=3000, student=2000)
    await closed.door.tell(table=replace(shipped_policy(), media=media))
    asked = await pupil.client.call("GET", "/v1/media/config")
    assert asked.body["m.upload.size"] == 2000
    assert await upload(pupil, b"x" * 2000) == 200
    assert await upload(pupil, b"x" * 2001) == 413
    assert await upload(teacher, b"x" * 2001) == 200
    assert await upload(teacher, b"x" * 3001) == 413


async def test_a_picture_is_kept_with_its_thumbnails(closed: Circuit) -> None:
    teacher = await closed.teacher()
    assert await upload(teacher, _picture(), "доска.png") == 200


def _picture() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    size = 900
    rows = b"".join(b"\x00" + b"\xff" * size for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
