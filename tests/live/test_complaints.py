"""Somebody presses "Report": the right people have it within seconds, once, and can answer."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import quote

import pytest
from support.complaining import complaining_school
from support.schools import HostedSchool
from support.waiting import eventually

from zvonok_appservice.mautrix_homeserver import Listener

pytestmark = pytest.mark.live


async def test_a_classmates_message_reaches_class_head_and_deputy_within_seconds(
    school: HostedSchool,
) -> None:
    async with complaining_school(school, "belova", "zueva", "orlov", "petrov", "ezhova") as there:
        desk = there.desk()
        listener = Listener(school.config, lambda _: None, desk.hint)
        async with listener.serve():
            await school.homeserver.ping(school.config.appservice.id)
            running = asyncio.create_task(desk.run(every=0.2))
            try:
                room = await there.room("7А. Класс")
                message = await there.say("petrov", room, "Ты, Ёжова, дура")
                began = time.monotonic()
                await there.report("ezhova", room, message, "обзывается")
                (letter,) = await eventually(lambda: there.told("belova"))
                assert time.monotonic() - began < 5
                await eventually(lambda: there.told("zueva"))
                (thanks,) = await eventually(lambda: there.told("ezhova"))

                assert "Ёжова Мария Львовна, ученица 7А" in letter
                assert "Петров Иван Сергеевич, ученик 7А" in letter
                assert "чат «7А. Класс»" in letter
                assert "Причина: «обзывается»" in letter
                assert "> Ты, Ёжова, дура" in letter
                assert f"https://matrix.to/#/{room}/{quote(message, safe='')}" in letter
                assert "Зуева Анна Олеговна" in letter
                assert "откроется у тех" not in letter
                assert "откроется у тех" in (await there.told("zueva"))[0]
                assert "классный руководитель и заместитель директора" in thanks
                assert await there.told("petrov") == await there.told("orlov") == []
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
        print(letter, thanks, sep="\n----\n")
