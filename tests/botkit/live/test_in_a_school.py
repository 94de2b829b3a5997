"""The bots in a whole school: appservice, policy module, directory, and people of the journal."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from support.bots import Chatter
from support.bots_in_school import bots_in_school
from support.example_bot import bot
from support.waiting import eventually

from zvonok_core.ids import RoomId, UserId

pytestmark = pytest.mark.live


async def test_a_class_head_praises_a_student_who_may_not_praise_back(tmp_path: Path) -> None:
    async with bots_in_school(tmp_path, [bot]) as school:
        student, me = school.students[0], school.me
        family = school.snapshot.people[student].family
        async with school.at(school.head) as teacher, school.at(student) as child:
            await eventually(lambda: praised(teacher, me, family), deadline=60)
            await child.says(f"!похвалить {family} помощь")
            await eventually(lambda: child.heard(me, "только учителя"))
            await teacher.says(f"!шепнуть {family}")
            whispered = await eventually(lambda: invitation(child, child.room))
            await in_private(child, me, whispered)


async def praised(teacher: Chatter, me: UserId, family: str) -> bool:
    """Whether the bot, which may come into the room a moment later, has done as it was told."""
    if not await teacher.heard(teacher.client.user):
        await teacher.says(f"!похвалить {family} помощь классу")
    return bool(await teacher.heard(me, "помощь, "))


async def invitation(child: Chatter, room: RoomId) -> RoomId | None:
    """The chat that the bot has made with a child, found by the child's coming into it."""
    since = f"&since={child.since}" if child.since else ""
    asked = await child.client.call("GET", f"/v3/sync?timeout=0{since}")
    child.since = asked.body["next_batch"]
    return next((RoomId(one) for one in asked.body.get("rooms", {}).get("invite", {}) if one != room), None)


async def in_private(child: Chatter, me: UserId, whispered: RoomId) -> None:
    """The policy module lets the bot write to anybody and anybody to the bot; there, the `!` is
    not needed, and later messages go into the chat that the child has begun."""
    assert (await child.client.call("POST", f"/v3/join/{quote(whispered)}")).ok
    assert await Chatter(child.client, whispered).heard(me, "Только для вас")
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [me]}
    made = await child.client.call("POST", "/v3/createRoom", request)
    assert made.ok, made
    direct = Chatter(child.client, RoomId(made.body["room_id"]))
    await direct.says("помощь")
    (answer,) = await eventually(lambda: direct.heard(me))
    assert "!руки" in answer["content"]["body"] and "!похвалить" not in answer["content"]["body"]
