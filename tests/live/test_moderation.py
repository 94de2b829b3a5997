"""Mutes, pauses and people who leave, on a real Synapse: what it refuses, and what is said."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from builders import small_school
from support.kept import KeptSchool, kept_school
from support.matrix import Client
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_core.clock import ManualClock, SystemClock
from zvonok_core.ids import RoomId

pytestmark = pytest.mark.live
CLASS = "7А. Класс"


async def test_a_mute_is_refused_by_synapse_itself_and_ends_by_itself(school: HostedSchool) -> None:
    clock = ManualClock(SystemClock().now())
    async with kept_school(school, small_school().snapshot(), clock=clock) as kept:
        await kept.reconciler.refresh()
        belova, petrov, ezhova = await kept.activate("belova", "petrov", "ezhova")
        await kept.keep()
        room = (await kept.room(CLASS)).room
        async with kept.kept(), school.client_of(petrov) as muted, school.client_of(ezhova) as other:
            await eventually(lambda: can_say(muted, room))
            picture = kept.board.picture
            assert picture is not None
            await kept.moderation.mute(picture, room, petrov, belova, 30, "Спам", "polls")

            refused = await eventually(lambda: said(muted, room, 403))
            assert refused.errcode == "M_FORBIDDEN"
            event = (await other.say(room, "А я могу")).body["event_id"]
            assert (await react(muted, room, event)).status == 403
            assert (await other.say(room, "И дальше могу")).ok
            clock.advance(minutes=31)
            await eventually(lambda: can_say(muted, room))


async def rooms_called(kept: KeptSchool, name: str) -> list[RoomId]:
    return [room.room for room in (await kept.actual()).rooms.values() if room.name == name]


async def can_say(phone: Client, room: RoomId) -> bool:
    return (await phone.say(room, "Слышно?")).ok


async def said(phone: Client, room: RoomId, status: int):
    answer = await phone.say(room, "Слышно?")
    return answer if answer.status == status else None


async def react(phone: Client, room: RoomId, event: str):
    content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "👍"}}
    return await phone.call("POST", f"/v3/rooms/{quote(room)}/send/m.reaction", content)
