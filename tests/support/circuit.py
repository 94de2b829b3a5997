"""A Synapse with the policy module in it, and people of whom the module knows what a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from support.facts_door import TOKEN, FactsDoor
from support.matrix import Answer, Client
from support.ports import free_port
from support.schools import PASSWORD, HostedSchool, registered, school_config
from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.config import Config
from zvonok_appservice.mautrix_homeserver import connect
from zvonok_appservice.reconcile.model import RoomKey
from zvonok_core.access import PersonFacts, RoomFacts, Who
from zvonok_core.ids import ClassId, RoomId, UserId
from zvonok_demo.synapse import SynapseProcess, policy_module

_MANY = {"per_second": 1000, "burst_count": 1000}
HASTE = {
    "bcrypt_rounds": 4,
    "rc_message": _MANY,
    "rc_room_creation": _MANY,
    "rc_login": {"address": _MANY, "account": _MANY, "failed_attempts": _MANY},
    "rc_invites": {"per_room": _MANY, "per_user": _MANY, "per_issuer": _MANY},
    "rc_joins": {"local": _MANY},
}
"""A test signs in and writes more in a second than people do in a lesson."""


@dataclass
class CircuitServer:
    """What runs for all tests of a session."""

    synapse: SynapseProcess
    config: Config
    door: FactsDoor
    folder: Path


@dataclass
class Somebody:
    """A person with an account, and their client, signed in."""

    facts: PersonFacts
    client: Client

    @property
    def user(self) -> UserId:
        return self.facts.user

    async def chat_with(self, *others: Somebody, **more: Any) -> Answer:
        """Ask for a direct chat as clients do."""
        request = {
            "preset": "trusted_private_chat",
            "is_direct": True,
            "invite": [other.user for other in others],
            **more,
        }
        return await self.client.call("POST", "/v3/createRoom", request)

    async def group_with(self, *others: Somebody, **more: Any) -> Answer:
        """Ask for a group chat."""
        request = {"preset": "private_chat", "invite": [other.user for other in others], **more}
        return await self.client.call("POST", "/v3/createRoom", request)

    async def join(self, room: str) -> Answer:
        return await self.client.call("POST", f"/v3/rooms/{quote(room)}/join")

    async def invite(self, room: str, other: Somebody | UserId) -> Answer:
        user = other.user if isinstance(other, Somebody) else other
        return await self.client.call("POST", f"/v3/rooms/{quote(room)}/invite", {"user_id": user})

    async def say(self, room: str, body: str = "Здравствуйте") -> Answer:
        return await self.client.say(RoomId(room), body)

    async def close_account(self) -> Answer:
        identity = {"type": "m.id.user", "user": self.user}
        auth = {"type": "m.login.password", "identifier": identity, "password": PASSWORD}
        return await self.client.call("POST", "/v3/account/deactivate", {"auth": auth})

    async def put_state(self, room: str, type: str, content: dict[str, Any]) -> Answer:
        return await self.client.put_state(RoomId(room), type, content)

    async def redact(self, room: str, event: str) -> Answer:
        path = f"/v3/rooms/{quote(room)}/redact/{quote(event)}/{quote(event[1:9])}"
        return await self.client.call("PUT", path, {})


@dataclass
class Circuit:
    """One test's view: people and rooms under a prefix of its own."""

    school: HostedSchool
    door: FactsDoor
    prefix: str
    stack: AsyncExitStack

    def facts_of(self, name: str, *roles: Who, **known: Any) -> PersonFacts:
        """What is to be known of somebody. Classes and groups are the test's own."""
        facts = {"linked": True, **{key: self._own(value) for key, value in known.items()}}
        user = self.school.homeserver.user_id(f"{self.prefix}{name}")
        return PersonFacts(user, self.door.school, roles=frozenset(roles), **facts)

    def _own(self, value: Any) -> Any:
        if isinstance(value, Who):
            return value
        if isinstance(value, str) and not value.startswith("@"):
            return f"{self.prefix}{value}"
        if isinstance(value, set | frozenset):
            return frozenset(self._own(item) for item in value)
        return value

    async def person(self, name: str, *roles: Who, **known: Any) -> Somebody:
        """Make somebody's account, tell the module of them, and sign them in."""
        facts = self.facts_of(name, *roles, **known)
        await self.school.homeserver.create_account(facts.user, f"Человек {name}", PASSWORD)
        await self.door.tell(facts)
        client = await self.stack.enter_async_context(self.school.client_of(facts.user))
        return Somebody(facts, client)

    async def teacher(self, name: str = "belova", *, group: str = "7А") -> Somebody:
        """A teacher who teaches one class."""
        return await self.person(name, Who.STAFF, Who.TEACHER, teaches={group})

    async def student(self, name: str, *, group: str = "7А") -> Somebody:
        """A student of one class."""
        return await self.person(name, Who.STUDENT, class_=group, student_of={group})

    async def change(self, somebody: Somebody, **known: Any) -> None:
        """The journal says something else of somebody now."""
        own = {key: self._own(value) for key, value in known.items()}
        somebody.facts = replace(somebody.facts, **own)
        await self.door.tell(somebody.facts)

    async def managed(self, *members: Somebody, **changes: Any) -> RoomId:
        """A managed room with these members, of which the module knows."""
        key = RoomKey("class", self.school.id, ClassId(self.prefix))
        desired = self.school.desired(**{"key": key, **changes})
        room = await self.school.make(desired)
        await self.door.tell(rooms={room: RoomFacts(room, self.door.school, desired.key.kind)})
        for member in members:
            await self.school.homeserver.add_member(room, member.user)
        return room


@asynccontextmanager
async def circuit_server(
    folder: Path, module: str = "zvonok_policy.PolicyModule", **overlay: Any
) -> AsyncIterator[CircuitServer]:
    """Synapse under the shipped configuration, with the module, and the door it asks at."""
    synapse = SynapseProcess(folder / "synapse", port=free_port())
    config = school_config(synapse, folder, "c")
    door = FactsDoor(UserId(f"@c_zvonok:{synapse.server_name}"), config.school.id)
    entry = policy_module(door.address, TOKEN, folder / "facts.json", "c_zvonok")
    synapse.policy = {**entry, "module": module}
    synapse.overlay = {**HASTE, **overlay}
    synapse.registrations = [registered(config, folder)]
    with door.open():
        async with synapse:
            secret = synapse.registration_shared_secret
            config = replace(config, homeserver=replace(config.homeserver, registration_shared_secret=secret))
            yield CircuitServer(synapse, config, door, folder)


@asynccontextmanager
async def circuit(server: CircuitServer, prefix: str, *, known: bool = True) -> AsyncIterator[Circuit]:
    """A test's own view of a server; unless `known`, of one that need not know anything yet."""
    async with connect(server.config, patience=15) as homeserver, AsyncExitStack() as stack:
        await bootstrap(homeserver, server.config)
        if known:
            await server.door.known()
        school = HostedSchool(server.config, homeserver, server.synapse)
        yield Circuit(school, server.door, prefix, stack)
