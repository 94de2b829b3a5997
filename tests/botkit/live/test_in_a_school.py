"""The bots in a whole school: appservice, policy module, directory, and people of the journal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from support.bots import Chatter
from support.circuit import HASTE
from support.example_bot import bot
from support.schools import PASSWORD, HostedSchool, registered, school_config
from support.waiting import eventually

from zvonok_appservice.app import App, open_app
from zvonok_appservice.config import BotConfig, DirectoryConfig
from zvonok_appservice.serve import serving
from zvonok_botkit.cli import run
from zvonok_botkit.config import Config, HomeserverConfig
from zvonok_botkit.config import DirectoryConfig as BotsDirectoryConfig
from zvonok_core.ids import PersonId, RoomId, UserId
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.generate import generate
from zvonok_demo.synapse import SynapseProcess, policy_module

pytestmark = pytest.mark.live
POLICY, BOTS = "token-of-the-policy-module", "token-of-the-bots-in-here"
TODAY = datetime.now(UTC).date()


async def account(app: App, person: PersonId) -> UserId:
    """Activate somebody, as the page does."""
    known = (await app.people.all())[person]
    user = app.homeserver.user_id(known.localpart)
    await app.homeserver.create_account(user, "", PASSWORD)
    await app.people.link(person)
    app.reconciler.wake()
    return user


def room_of(app: App, kind: str, class_: str) -> RoomId | None:
    """A class's room, once it is made."""
    picture = app.board.picture
    assert picture
    return next(
        (room.room for key, room in picture.actual.rooms.items() if (key.kind, key.class_) == (kind, class_)),
        None,
    )


async def test_a_class_head_praises_a_student_who_may_not_praise_back(tmp_path: Path) -> None:
    snapshot = generate(5, TODAY, classes={7: 1}, size=5).snapshot
    (class_,) = snapshot.classes
    student = next(row.student for row in snapshot.class_enrolments if row.class_ == class_)
    head = next(row.teacher for row in snapshot.homerooms if row.class_ == class_)
    synapse = SynapseProcess(tmp_path / "synapse", overlay=HASTE)
    config = school_config(synapse, tmp_path, "s")
    config = replace(
        config,
        school=replace(config.school, id=snapshot.school.id),
        directory=DirectoryConfig({"policy": POLICY, "bots": BOTS}),
        bots=(BotConfig("s_bot", "Звонок", PASSWORD * 2),),
    )
    write_oneroster(snapshot, config.journal.path, TODAY)
    synapse.registrations = [registered(config, tmp_path)]
    synapse.policy = policy_module(config.appservice.address, POLICY, tmp_path / "facts.json", "s_zvonok")
    async with synapse:
        secret = synapse.registration_shared_secret
        config = replace(config, homeserver=replace(config.homeserver, registration_shared_secret=secret))
        async with open_app(config) as app, serving(app):
            school = HostedSchool(config, app.homeserver, synapse)
            me = app.homeserver.user_id("s_bot")
            await eventually(lambda: app.board.picture, deadline=60)
            users = [await account(app, person) for person in (head, student)]
            room = await eventually(lambda: room_of(app, "class", class_), deadline=60)
            bots = Config(
                HomeserverConfig(synapse.address, me, PASSWORD * 2),
                f"sqlite:///{tmp_path / 'bots.db'}",
                BotsDirectoryConfig(config.appservice.address, BOTS),
            )
            running = asyncio.create_task(run(bots, [bot]))
            try:
                async with school.client_of(users[0]) as first, school.client_of(users[1]) as second:
                    await eventually(lambda: all_in(room, first.rooms, second.rooms), deadline=60)
                    teacher, child = Chatter(first, room), Chatter(second, room)
                    family = snapshot.people[student].family
                    await eventually(lambda: praised(teacher, me, family), deadline=60)
                    await child.says(f"!похвалить {family} помощь")
                    await eventually(lambda: child.heard(me, "только учителя"))
                    await teacher.says(f"!шепнуть {family}")
                    whispered = await eventually(lambda: invitation(child, room))
                    await in_private(child, me, whispered)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def all_in(room: RoomId, *rooms_of: object) -> bool:
    return all([room in await rooms() for rooms in rooms_of])  # type: ignore[operator]


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
    await eventually(lambda: Chatter(child.client, whispered).heard(me, "Только для вас"))
    request = {"preset": "trusted_private_chat", "is_direct": True, "invite": [me]}
    made = await child.client.call("POST", "/v3/createRoom", request)
    assert made.ok, made
    direct = Chatter(child.client, RoomId(made.body["room_id"]))
    await direct.says("помощь")
    (answer,) = await eventually(lambda: direct.heard(me))
    assert "!руки" in answer["content"]["body"] and "!похвалить" not in answer["content"]["body"]
