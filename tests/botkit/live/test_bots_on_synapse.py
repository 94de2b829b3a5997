"""Bots on a real Synapse, with people at real clients."""

from __future__ import annotations

import pytest
from support.bots import chatter, running
from support.example_bot import bot
from support.schools import HostedSchool
from support.waiting import eventually

pytestmark = pytest.mark.live


async def test_a_command_is_answered_in_the_room(school: HostedSchool, database_url: str) -> None:
    me = await school.person("helper", "Помощник")
    async with (
        running(school.synapse.address, me, database_url, [bot]),
        chatter(school, "anna", me) as anna,
        chatter(school, "boris", me) as boris,
    ):
        await anna.invites(boris.client)
        asked = await anna.says("!напомнить 10 Выключить печь")
        (answer,) = await eventually(lambda: anna.heard(me, "I will"))
        assert answer["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == asked
        assert answer["content"]["msgtype"] == "m.text"
