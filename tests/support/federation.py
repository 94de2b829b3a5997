"""Several schools with a Synapse and an appservice each, that federate over TLS on loopback.

    async with federation(folder) as schools:
        north = schools["north"]
        teacher = await north.client("teacher")
        schools.delist("south")

Each school has an address of its own (127.0.0.2, 127.0.0.3 …): rooms tell servers apart by
host, without the port. Person ids are the same at every school, and names are not.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import trustme
from builders import SchoolBuilder
from signedjson.key import encode_verify_key_base64, get_verify_key, read_signing_keys
from signedjson.sign import sign_json
from signedjson.types import SigningKey
from yarl import URL

from support.circuit import HASTE
from support.kept import MOST_LOOKS
from support.matrix import Answer, Client, client
from support.registrars import Office
from support.schools import PASSWORD, registered, school_config
from support.waiting import eventually
from zvonok_appservice.app import App, open_app
from zvonok_appservice.config import Config, DelegationConfig, DirectoryConfig, FederationConfig, HostedConfig
from zvonok_appservice.federation.publishing import PUBLISHERS_TERM
from zvonok_appservice.federation.registry import School, Talk
from zvonok_appservice.reconcile.loop import Look
from zvonok_appservice.reconcile.model import CONTROL, ActualRoom, RoomKey
from zvonok_appservice.serve import serving
from zvonok_core.ids import PersonId, UserId
from zvonok_core.roles import Position
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.synapse import SynapseProcess, free_port, policy_module

TITLES = {
    "north": "Северная школа",
    "south": "Южная школа",
    "west": "Западная школа",
    "east": "Восточная школа",
}
NAMES = tuple(TITLES)
PEOPLE = (
    *("head", "deputy", "teacher", "colleague", "class_head"),
    *("student", "classmate", "guardian", "other_guardian"),
)
"""Their person ids. The teacher is in the methodical association, and the colleague isn't."""
DELEGATES = {
    "heads": DelegationConfig(("position(head)",)),
    "association:mathematics": DelegationConfig(("members(учителей математики)",)),
    "event:fair": DelegationConfig(("position(deputy_studies)", "person(student)")),
    "direct": DelegationConfig(("staff",)),
}
"""Whom each school names. One names a student by mistake."""
ROOMS = {
    "heads": HostedConfig(),
    "association:mathematics": HostedConfig("МО учителей математики города"),
    "event:fair": HostedConfig("Ярмарка наук"),
}
"""What north hosts."""
TOKEN = "token-of-the-policy-module"
_FAMILIES = (
    *("Абрамова", "Вишнякова", "Гущина", "Дроздова", "Ершова", "Зимина", "Ильина", "Крылова", "Лаптева"),
    *("Маслова", "Носкова", "Орешкина", "Панина", "Рябова", "Сомова", "Титова", "Ушакова", "Фокина"),
    *("Хохлова", "Цаплина", "Чижова", "Шубина", "Щукина", "Юдина", "Якушева", "Бобрышева", "Жилина"),
    *("Егорова", "Лосева", "Мухина", "Пахомова", "Родина", "Силина", "Тарасова", "Уварова", "Хомякова"),
)
_GIVEN = ("Анна", "Вера", "Дарья", "Елена", "Зоя", "Инна", "Кира", "Лидия", "Нина")
_MANY = {"per_second": 1000, "burst_count": 1000}
_TOGETHER: Mapping[str, Any] = {
    **HASTE,
    "rc_joins": {"local": _MANY, "remote": _MANY},
    "rc_user_directory": _MANY,
    "rc_federation": {"sleep_limit": 1000, "reject_limit": 1000, "concurrent": 50},
    "ip_range_blacklist": [],
    "federation_verify_certificates": True,
    # Whoever comes back is noticed within seconds, and whoever is away is given up as soon.
    # Numbers are milliseconds.
    "federation": {
        "client_timeout": "5s",
        "max_short_retries": 1,
        "max_short_retry_delay": 100,
        "max_long_retries": 1,
        "max_long_retry_delay": 500,
        "destination_min_retry_interval": 200,
        "destination_retry_multiplier": 1,
        "destination_max_retry_interval": 500,
    },
}


def roster(number: int) -> SchoolBuilder:
    """The people of one school; at each `number` under other names."""
    school = SchoolBuilder(TITLES[NAMES[number]])
    families = iter(_FAMILIES[number * len(PEOPLE) :])
    names = dict(zip(PEOPLE, (f"{next(families)} {given} Олеговна" for given in _GIVEN), strict=True))
    school.klass("7А", "c7a")
    for teacher in PEOPLE[:5]:
        school.teacher(teacher, names[teacher])
    school.position("head", Position.HEAD).position("deputy", Position.DEPUTY_STUDIES)
    school.homeroom("class_head", "c7a").load("teacher", "Algebra", "c7a").load("colleague", "History", "c7a")
    for student, guardian in (("student", "guardian"), ("classmate", "other_guardian")):
        school.student(student, names[student], "c7a").guardian(guardian, names[guardian], of=student)
    return school.association("math", "учителей математики", chair="teacher")


@dataclass
class FederatedSchool:
    """One of them: its homeserver, its appservice, its people."""

    name: str
    title: str
    synapse: SynapseProcess
    config: Config
    users: dict[str, UserId] = field(default_factory=dict)
    """Everybody's account by person id; PASSWORD opens it."""
    _app: App | None = None
    _clients: dict[str, Client] = field(default_factory=dict)
    _serving: AsyncExitStack = field(default_factory=AsyncExitStack)
    _signed_in: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def server_name(self) -> str:
        return self.synapse.server_name

    @property
    def app(self) -> App:
        """Its appservice, which serves."""
        assert self._app is not None, "it is stopped"
        return self._app

    @property
    def keys(self) -> dict[str, str]:
        """What its homeserver signs with, as the registry lists it."""
        keys = [get_verify_key(key) for key in self._signing_keys()]
        return {f"{key.alg}:{key.version}": encode_verify_key_base64(key) for key in keys}

    def _signing_keys(self) -> list[SigningKey]:
        with (self.synapse.folder / "signing.key").open() as file:
            return read_signing_keys(file)

    async def client(self, person: str) -> Client:
        """Somebody's client; signed in with the first call."""
        if person not in self._clients:
            somebody = await self._signed_in.enter_async_context(client(self.synapse.address))
            answer = await somebody.sign_in(self.users[person], PASSWORD)
            assert answer.ok, answer
            self._clients[person] = somebody
        return self._clients[person]

    async def sender(self) -> Client:
        """The client of the appservice's own account."""
        config, sender = self.config.appservice, self.app.homeserver.sender
        if sender not in self._clients:
            opened = client(self.synapse.address, config.as_token, sender)
            self._clients[sender] = await self._signed_in.enter_async_context(opened)
        return self._clients[sender]

    async def ask(
        self, other: FederatedSchool, method: str, path: str, content: dict[str, Any] | None = None
    ) -> Answer:
        """What another school's homeserver answers to `/_matrix/federation` + path, signed with
        this one's key as this one would."""
        uri = f"/_matrix/federation{path}"
        request: dict[str, Any] = {"method": method, "uri": uri, "origin": self.server_name}
        request["destination"] = other.server_name
        if content is not None:
            request["content"] = content
        (key,) = self._signing_keys()
        signed = sign_json(request, self.server_name, key)["signatures"][self.server_name]
        ((key_id, signature),) = signed.items()
        parts = {
            "origin": self.server_name,
            "destination": other.server_name,
            "key": key_id,
            "sig": signature,
        }
        header = "X-Matrix " + ",".join(f'{name}="{value}"' for name, value in parts.items())
        trusting = ssl.create_default_context(cafile=self.synapse.overlay["federation_custom_ca_list"][0])
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                method,
                URL(f"https://{other.server_name}{uri}", encoded=True),
                json=content,
                headers={"Authorization": header},
                ssl=trusting,
            ) as response,
        ):
            return Answer(response.status, await response.json())

    async def look(self) -> Look:
        """Have the appservice look at everything now."""
        look = await self.app.reconciler.look(complete=True)
        assert look is not None
        return look

    def topic_room(self, topic: str) -> ActualRoom:
        """The room of a topic that it hosts, as it was seen last."""
        (room,) = [room for key, room in self._rooms.items() if key.topic == topic]
        return room

    def control(self) -> ActualRoom:
        """Its control room, as it was seen last."""
        return self._rooms[RoomKey(CONTROL, self.config.school.id)]

    @property
    def _rooms(self) -> Mapping[RoomKey, ActualRoom]:
        picture = self.app.board.picture
        assert picture is not None
        return picture.actual.rooms

    async def settle(self) -> None:
        """Look until nothing is left to be done."""
        for _ in range(MOST_LOOKS):
            if (await self.look()).steps.empty:
                return
        raise AssertionError(f"no end after {MOST_LOOKS} looks")

    async def start_appservice(self) -> None:
        """Start it, and wait until it knows the school."""
        app = await self._serving.enter_async_context(open_app(self.config))
        await self._serving.enter_async_context(serving(app))
        await eventually(lambda: app.board.picture, deadline=60)
        self._app = app

    async def stop_appservice(self) -> None:
        """Stop it; what it knows stays in its folder."""
        self._app = None
        await self._serving.aclose()

    async def activate(self) -> None:
        """Give everybody an account, and put them into their rooms."""
        known = await self.app.people.all()
        for person in PEOPLE:
            await self.app.linking.link_without_card(PersonId(person), PASSWORD, "test")
            self.users[person] = self.app.homeserver.user_id(known[PersonId(person)].localpart)
        await self.settle()

    async def close(self) -> None:
        """Sign everybody out of the test and stop both programs."""
        await self._signed_in.aclose()
        await self.stop_appservice()
        await self.synapse.stop()


@dataclass
class Federation:
    """All schools, and the registrars' office."""

    schools: Mapping[str, FederatedSchool]
    office: Office

    def __getitem__(self, name: str) -> FederatedSchool:
        return self.schools[name]

    def list_school(self, *names: str, **changes: Any) -> None:
        """Publish a version with these schools, or with `changes` of what is listed of them."""
        self.office.release(*[self._entry(name, **changes) for name in names])

    def delist(self, name: str) -> None:
        """Publish a version without a school."""
        self.office.change(lambda registry: registry.without(self[name].server_name))
        self.office.sign("registrar 1", "registrar 2")
        self.office.publish()

    def renew(self, holds: timedelta = PUBLISHERS_TERM) -> None:
        """Confirm the newest version, for so long."""
        self.office.clock.moment = datetime.now(UTC) - PUBLISHERS_TERM + holds
        self.office.refresh()
        self.office.clock.moment = datetime.now(UTC)

    def _entry(self, name: str, **changes: Any) -> School:
        school = self[name]
        entry = School(school.server_name, school.title, f"{name}@example", school.keys, frozenset(Talk))
        return replace(entry, **changes)


@asynccontextmanager
async def federation(
    folder: Path,
    names: tuple[str, ...] = NAMES[:3],
    listed: tuple[str, ...] = NAMES[:2],
    *,
    unruled: tuple[str, ...] = (),
    whitelist: tuple[str, ...] = (),
    **overlay: Any,
) -> AsyncIterator[Federation]:
    """These schools, everybody in them with an account, `listed` of them in the registry.

    The Synapses of `unruled` schools have no policy module: whatever that would keep their
    people from, they can do. They talk with the schools of `whitelist`.
    """
    office = Office.found(folder / "registrars", begin=datetime.now(UTC))
    authority = trustme.CA()
    schools = {name: _prepared(folder, name, office, authority, policy=name not in unruled) for name in names}
    allowed = [schools[name].server_name for name in whitelist]
    running = Federation(schools, office)
    async with AsyncExitStack() as stack:
        for school in schools.values():
            school.synapse.overlay = {
                **school.synapse.overlay,
                "federation_domain_whitelist": allowed if school.name in unruled else [],
                **overlay,
            }
            await asyncio.to_thread(school.synapse.prepare)
            stack.push_async_callback(school.close)
        running.list_school(*listed)
        async with asyncio.TaskGroup() as starting:
            for school in schools.values():
                starting.create_task(_open(school))
        yield running


async def _open(school: FederatedSchool) -> None:
    await school.synapse.start()
    homeserver = replace(
        school.config.homeserver, registration_shared_secret=school.synapse.registration_shared_secret
    )
    school.config = replace(school.config, homeserver=homeserver)
    await school.start_appservice()
    await school.activate()


def _prepared(
    folder: Path, name: str, office: Office, authority: trustme.CA, *, policy: bool
) -> FederatedSchool:
    number = NAMES.index(name)
    host, port, home = f"127.0.0.{number + 2}", free_port(), folder / name
    synapse = SynapseProcess(home / "synapse", f"{host}:{port}")
    config = school_config(synapse, home, name)
    config = replace(
        config,
        appservice=replace(
            config.appservice,
            id="zvonok",
            sender_localpart="zvonok",
            alias_prefix="zvonok_",
            user_prefix="",
        ),
        school=replace(config.school, short_name=TITLES[name]),
        journal=replace(config.journal, check_every=1),
        directory=DirectoryConfig({"policy": TOKEN}),
        bots=(),
        federation=FederationConfig(
            str(office.folder.published),
            office.folder.first_root,
            check_every=1,
            delegates=DELEGATES,
            rooms=ROOMS if name == "north" else {},
        ),
    )
    snapshot = roster(number).snapshot()
    own = replace(snapshot, school=replace(snapshot.school, id=config.school.id))
    home.mkdir(parents=True)
    write_oneroster(own, config.journal.path, datetime.now(UTC).date())
    synapse.registrations = [registered(config, home)]
    if policy:
        synapse.policy = policy_module(config.appservice.address, TOKEN, home / "facts.json")
    synapse.overlay = {**_TOGETHER, **_listening(synapse, host, port, authority, home)}
    return FederatedSchool(name, TITLES[name], synapse, config)


def _listening(
    synapse: SynapseProcess, host: str, port: int, authority: trustme.CA, folder: Path
) -> dict[str, Any]:
    """The listener for other servers, its certificate, and the one for people's clients."""
    certificate = authority.issue_cert(host)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "tls.key"))
    chain = b"".join(pem.bytes() for pem in certificate.cert_chain_pems)
    (folder / "tls.pem").write_bytes(chain)

    def listener(address: str, port: int, resource: str, **more: Any) -> dict[str, Any]:
        resources = [{"names": [resource], "compress": False}]
        return {"type": "http", "bind_addresses": [address], "port": port, "resources": resources, **more}

    return {
        "listeners": [
            listener("127.0.0.1", synapse.port, "client"),
            listener(host, port, "federation", tls=True),
        ],
        "tls_certificate_path": str(folder / "tls.pem"),
        "tls_private_key_path": str(folder / "tls.key"),
        "federation_custom_ca_list": [str(folder / "ca.pem")],
    }
