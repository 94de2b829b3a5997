"""A collection among the people of a journal: a child's two parents, and a student's reminder."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from support import real_files
from support.bots import Chatter
from support.bots_in_school import bots_in_school
from support.sending_files import alone_with, sends_file
from support.waiting import eventually

from zvonok_core.ids import RoomId, UserId
from zvonok_file_collector.bot import bot

pytestmark = pytest.mark.live


async def test_one_parent_hands_in_for_a_child_and_the_others_are_reminded(tmp_path: Path) -> None:
    async with bots_in_school(tmp_path, [bot]) as school:
        restricted = {row.guardian for row in school.snapshot.guardianships if row.restricted}
        families = {one: school.guardians(one) for one in school.students}
        child = next(one for one, two in families.items() if len(two) == 2 and not restricted & set(two))
        (first, second), me = families[child], school.me
        family = school.snapshot.people[child].family
        async with (
            school.at(school.head, "class_guardians") as teacher,
            school.at(first, "class_guardians") as mother,
            school.at(second, "class_guardians") as father,
        ):
            await eventually(lambda: begun(teacher, me), deadline=60)
            (call,) = await teacher.heard(me, "Сбор № 1")
            assert "достаточно одного из родителей" in call["content"]["body"]
            alone = await alone_with(teacher.client, me)
            await eventually(lambda: is_in(alone, me))
            await alone.says("!сдали 1")
            await eventually(lambda: alone.heard(me, f"{family} "), deadline=30)
            await teacher.says("!напомнить")
            chat = await eventually(lambda: invited(father), deadline=30)
            assert (await father.client.call("POST", f"/v3/join/{quote(chat)}")).ok
            (reminded,) = await eventually(lambda: Chatter(father.client, chat).heard(me, "Напоминаю"))
            assert f"«Согласие» ({family} " in reminded["content"]["body"]

            own = await alone_with(mother.client, me)
            await eventually(lambda: is_in(own, me))
            await sends_file(own, "согласие.jpg", real_files.photo(), "image/jpeg", "image")
            await eventually(lambda: own.heard(me, f"«Согласие» ({family} "))
            before = len(await Chatter(father.client, chat).heard(me))
            await teacher.says("!напомнить")
            await eventually(lambda: teacher.heard(me, "ещё не вошли в чат"), deadline=30)
            await alone.says("!сдали 1")
            await eventually(lambda: alone.heard(me, "(согласие.jpg)"), deadline=30)
            assert len(await Chatter(father.client, chat).heard(me)) == before, "one of them is enough"


async def begun(teacher: Chatter, me: UserId) -> bool:
    """Whether the bot, which may come into the room a moment later, has done as it was told."""
    if not await teacher.heard(teacher.client.user):
        await teacher.says("!сбор «Согласие» без срока")
    return bool(await teacher.heard(me, "Сбор № 1"))


async def invited(person: Chatter) -> RoomId | None:
    since = f"&since={person.since}" if person.since else ""
    asked = await person.client.call("GET", f"/v3/sync?timeout=0{since}")
    person.since = asked.body["next_batch"]
    return next((RoomId(one) for one in asked.body.get("rooms", {}).get("invite", {})), None)


async def is_in(room: Chatter, user: UserId) -> bool:
    joined = await room.client.call("GET", f"/v3/rooms/{quote(room.room)}/joined_members")
    return user in joined.body.get("joined", {})
