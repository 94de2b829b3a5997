"""One school of a federation: its homeserver, its appservice, and the people of its roster.

Person ids are the same at every school, and names are not.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
from builders import SchoolBuilder
from signedjson.key import encode_verify_key_base64, get_verify_key, read_signing_keys
from signedjson.sign import sign_json
from signedjson.types import SigningKey
from yarl import URL

from support.kept import MOST_LOOKS
from support.matrix import Answer, Client, client
from support.schools import PASSWORD
from support.waiting import eventually
from zvonok_appservice.app import App, open_app
from zvonok_appservice.config import Config
from zvonok_appservice.reconcile.loop import Look
from zvonok_appservice.reconcile.model import CONTROL, ActualRoom, RoomKey
from zvonok_appservice.serve import serving
from zvonok_core.ids import PersonId, UserId
from zvonok_core.roles import Position
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.synapse import SynapseProcess

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
_FAMILIES = (
    *("Абрамова", "Вишнякова", "Гущина", "Дроздова", "Ершова", "Зимина", "Ильина", "Крылова", "Лаптева"),
    *("Маслова", "Носкова", "Орешкина", "Панина", "Рябова", "Сомова", "Титова", "Ушакова", "Фокина"),
    *("Хохлова", "Цаплина", "Чижова", "Шубина", "Щукина", "Юдина", "Якушева", "Бобрышева", "Жилина"),
    *("Егорова", "Лосева", "Мухина", "Пахомова", "Родина", "Силина", "Тарасова", "Уварова", "Хомякова"),
)
_GIVEN = ("Анна", "Вера", "Дарья", "Елена", "Зоя", "Инна", "Кира", "Лидия", "Нина")


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

    def write_journal(self, school: SchoolBuilder) -> None:
        """What the journal says from now on."""
        snapshot = school.snapshot()
        own = replace(snapshot, school=replace(snapshot.school, id=self.config.school.id))
        write_oneroster(own, self.config.journal.path, datetime.now(UTC).date())

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
