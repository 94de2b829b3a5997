"""Bots in a whole school on a Synapse of its own: appservice, policy module, directory, and
people of a generated journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.bots import Chatter
from support.circuit import HASTE
from support.schools import PASSWORD, HostedSchool, registered, school_config
from support.waiting import eventually
from zvonok_appservice.app import App, open_app
from zvonok_appservice.config import BotConfig, DirectoryConfig
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_appservice.serve import serving
from zvonok_botkit.cli import run
from zvonok_botkit.config import Config, HomeserverConfig
from zvonok_botkit.config import DirectoryConfig as BotsDirectoryConfig
from zvonok_botkit.nio_chat import connected
from zvonok_botkit.registry import AnyBot
from zvonok_core.errors import PermanentError
from zvonok_core.ids import ClassId, PersonId, RoomId, UserId
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.generate import generate
from zvonok_demo.synapse import SynapseProcess, policy_module

POLICY, BOTS = "token-of-the-policy-module", "token-of-the-bots-in-here"
TODAY = datetime.now(UTC).date()


@dataclass
class BotsInSchool:
    """One class of five, and the bots' account. Nobody has an account until `account`."""

    app: App
    school: HostedSchool
    snapshot: Snapshot
    me: UserId

    @property
    def class_(self) -> ClassId:
        (class_,) = self.snapshot.classes
        return class_

    @property
    def students(self) -> list[PersonId]:
        return [row.student for row in self.snapshot.class_enrolments if row.class_ == self.class_]

    @property
    def head(self) -> PersonId:
        """The class's own teacher."""
        return next(row.teacher for row in self.snapshot.homerooms if row.class_ == self.class_)

    def guardians(self, child: PersonId) -> list[PersonId]:
        return [row.guardian for row in self.snapshot.guardianships if row.child == child]

    async def account(self, person: PersonId) -> UserId:
        """Activate somebody, as the page does."""
        known = (await self.app.people.all())[person]
        user = self.app.homeserver.user_id(known.localpart)
        await self.app.homeserver.create_account(user, "", PASSWORD)
        await self.app.people.link(person)
        self.app.reconciler.wake()
        return user

    async def room(self, kind: str = "class") -> RoomId:
        """One of the class's rooms, once it is made."""
        return await eventually(lambda: self._room(kind), deadline=60)

    def _room(self, kind: str) -> RoomId | None:
        picture = self.app.board.picture
        assert picture
        wanted = (kind, self.class_)
        rooms = picture.actual.rooms.items()
        return next((room.room for key, room in rooms if (key.kind, key.class_) == wanted), None)

    @asynccontextmanager
    async def at(self, person: PersonId, kind: str = "class") -> AsyncIterator[Chatter]:
        """Somebody at a client, in one of the class's rooms."""
        user = await self.account(person)
        room = await self.room(kind)
        async with self.school.client_of(user) as client:

            async def is_in() -> bool:
                return room in await client.rooms()

            await eventually(is_in, deadline=60)
            yield Chatter(client, room)


@asynccontextmanager
async def bots_in_school(
    folder: Path, bots: Sequence[AnyBot], settings: Mapping[str, Any] | None = None
) -> AsyncIterator[BotsInSchool]:
    """Everything runs until the block is left."""
    snapshot = generate(5, TODAY, classes={7: 1}, size=5).snapshot
    synapse = SynapseProcess(folder / "synapse", overlay=HASTE)
    config = school_config(synapse, folder, "s")
    config = replace(
        config,
        school=replace(config.school, id=snapshot.school.id),
        directory=DirectoryConfig({"policy": POLICY, "bots": BOTS}),
        bots=(BotConfig("s_bot", "Звонок", PASSWORD * 2),),
    )
    write_oneroster(snapshot, config.journal.path, TODAY)
    synapse.registrations = [registered(config, folder)]
    synapse.policy = policy_module(config.appservice.address, POLICY, folder / "facts.json", "s_zvonok")
    async with synapse:
        secret = synapse.registration_shared_secret
        config = replace(config, homeserver=replace(config.homeserver, registration_shared_secret=secret))
        async with open_app(config) as app, serving(app):
            me = app.homeserver.user_id("s_bot")
            await eventually(lambda: app.board.picture, deadline=60)
            await eventually(lambda: _signs_in(synapse.address, me), deadline=60)
            given = Config(
                HomeserverConfig(synapse.address, me, PASSWORD * 2),
                f"sqlite:///{folder / 'bots.db'}",
                BotsDirectoryConfig(config.appservice.address, BOTS),
                bots=settings or {},
            )
            running = asyncio.create_task(run(given, list(bots)))
            try:
                yield BotsInSchool(app, HostedSchool(config, app.homeserver, synapse), snapshot, me)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def _signs_in(address: str, user: UserId) -> bool:
    """Whether the appservice has made the bots' account by now."""
    async with connected(address) as chat:
        try:
            await chat.sign_in(user, PASSWORD * 2, "")
        except PermanentError:
            return False
    return True
