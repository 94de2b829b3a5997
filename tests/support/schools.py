"""Schools on one Synapse: each test gets an appservice, and so a school, of its own."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from support.matrix import Client, client
from support.ports import free_port
from zvonok_appservice.config import (
    AppserviceConfig,
    BotConfig,
    Config,
    HomeserverConfig,
    JournalConfig,
    SchoolConfig,
)
from zvonok_appservice.mautrix_homeserver import MautrixHomeserver, connect
from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.model import (
    ActualRoom,
    ActualState,
    CreateRoom,
    DesiredRoom,
    RoomKey,
)
from zvonok_appservice.reconcile.observe import observe
from zvonok_appservice.registration import write_registration
from zvonok_core.ids import ClassId, RoomId, SchoolId, UserId
from zvonok_demo.synapse import SynapseProcess

PASSWORD = "Зонт-на-гвозде-7"
"""Everybody's first password."""


def school_config(synapse: SynapseProcess, folder: Path, name: str) -> Config:
    """A school whose names all begin with `name`."""
    port = free_port()
    return Config(
        homeserver=HomeserverConfig(synapse.address, synapse.server_name, synapse.address),
        appservice=AppserviceConfig(
            as_token=secrets.token_urlsafe(24),
            hs_token=secrets.token_urlsafe(24),
            address=f"http://127.0.0.1:{port}",
            id=name,
            sender_localpart=f"{name}_zvonok",
            listen_port=port,
            alias_prefix=f"{name}_room_",
            user_prefix=f"{name}_",
        ),
        school=SchoolConfig(id=SchoolId(name), short_name="Школа № 7"),
        journal=JournalConfig(format="oneroster", path=folder / "journal"),
        database=f"sqlite:///{folder / 'zvonok.db'}",
        data=folder / "data",
        bots=(BotConfig(f"{name}_bot", "Помощник"),),
    )


@dataclass
class HostedSchools:
    """A running Synapse, and the schools that it knows and nobody has used yet."""

    synapse: SynapseProcess
    unused: list[Config]
    _folder: Path
    _count: int
    _running: AsyncExitStack
    guests: int = 0
    """Schools that are in use."""

    async def take(self, folder: Path) -> Config:
        """One of them, with its own data under `folder`. Where none is left, the next Synapse
        is started: all in one would cost it half a millisecond a school and event."""
        if not self.unused:
            if not self.guests:
                await self.synapse.stop()
            self.synapse, self.unused = _prepared(self._folder / secrets.token_hex(4), self._count)
            await self._running.enter_async_context(self.synapse)
        config = self.unused.pop()
        secret = self.synapse.registration_shared_secret
        return replace(
            config,
            homeserver=replace(config.homeserver, registration_shared_secret=secret),
            journal=replace(config.journal, path=folder / "journal"),
            database=f"sqlite:///{folder / 'zvonok.db'}",
            data=folder / "data",
        )


@asynccontextmanager
async def hosted_schools(folder: Path, count: int) -> AsyncIterator[HostedSchools]:
    """A Synapse that knows `count` schools, under the configuration that is shipped."""
    synapse, configs = _prepared(folder, count)
    async with AsyncExitStack() as running:
        await running.enter_async_context(synapse)
        yield HostedSchools(synapse, configs, folder, count, running)


def _prepared(folder: Path, count: int) -> tuple[SynapseProcess, list[Config]]:
    # Cheap hashes, because tests make more passwords than a school does in a day.
    synapse = SynapseProcess(folder / "synapse", port=free_port(), overlay={"bcrypt_rounds": 4})
    configs = [school_config(synapse, folder, f"s{number:02}") for number in range(count)]
    synapse.registrations = [registered(config, folder) for config in configs]
    return synapse, configs


def registered(config: Config, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{config.appservice.id}.yaml"
    write_registration(config, path)
    return path


@dataclass
class HostedSchool:
    """One school: its configuration, and the homeserver as its appservice sees it."""

    config: Config
    homeserver: MautrixHomeserver
    synapse: SynapseProcess
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def id(self) -> SchoolId:
        return self.config.school.id

    def user(self, localpart: str) -> UserId:
        """A person's user id."""
        return self.homeserver.user_id(f"{self.config.appservice.user_prefix}{localpart}")

    async def person(self, localpart: str, name: str = "Иванова Мария Петровна") -> UserId:
        """Make a person's account; the password is PASSWORD."""
        user = self.user(localpart)
        await self.homeserver.create_account(user, name, PASSWORD)
        return user

    @asynccontextmanager
    async def client_of(self, user: UserId) -> AsyncIterator[Client]:
        """The person's client, signed in."""
        async with self.stranger() as person:
            answer = await person.sign_in(user, PASSWORD)
            assert answer.ok, answer
            yield person

    @asynccontextmanager
    async def as_sender(self) -> AsyncIterator[Client]:
        """The sender's own client."""
        token = self.config.appservice.as_token
        async with client(self.synapse.address, token, self.homeserver.sender) as sender:
            yield sender

    @asynccontextmanager
    async def stranger(self) -> AsyncIterator[Client]:
        """A client of nobody yet."""
        async with client(self.synapse.address) as somebody:
            yield somebody

    def desired(self, kind: str = "class", **changes: object) -> DesiredRoom:
        """A room that ought to be."""
        room = DesiredRoom(
            key=RoomKey(kind, self.id, ClassId(f"cohort-{next(self._numbers)}")),
            name="7А. Класс",
            topic="Чат учеников 7А и классного руководителя",
            is_space=False,
            write_level=0,
            archived=False,
            parents=(),
            members=frozenset(),
            levels={},
        )
        return replace(room, **changes)  # type: ignore[arg-type]

    def creation(self, desired: DesiredRoom) -> CreateRoom:
        """The step that makes it."""
        return CreateRoom(desired, power_levels(desired.write_level, desired.levels))

    async def make(self, desired: DesiredRoom, parents: list[RoomId] | None = None) -> RoomId:
        """Make it."""
        alias = desired.key.alias_localpart(self.config.appservice.alias_prefix)
        return await self.homeserver.create_room(self.creation(desired), alias, parents or [])

    async def seen(self, room: RoomId) -> ActualRoom:
        """A managed room as it stands."""
        found = await self.homeserver.room(room)
        assert found is not None
        return found

    async def observed(self) -> ActualState:
        """Everything as it stands."""
        return await observe(self.homeserver, self.id, 4)


@asynccontextmanager
async def hosted_school(schools: HostedSchools, folder: Path) -> AsyncIterator[HostedSchool]:
    """One of the schools, not yet bootstrapped."""
    config = await schools.take(folder)
    schools.guests += 1
    try:
        async with connect(config, patience=15) as homeserver:
            yield HostedSchool(config, homeserver, schools.synapse)
    finally:
        schools.guests -= 1
