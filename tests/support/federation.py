"""Several schools with a Synapse and an appservice each, that federate over TLS on loopback.

    async with federation(folder) as schools:
        north = schools["north"]
        teacher = await north.client("teacher")
        schools.delist("south")

Each school has an address of its own (127.0.0.2, 127.0.0.3 …): rooms tell servers apart by
host, without the port.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

from support.circuit import HASTE
from support.federated_school import NAMES, TITLES, FederatedSchool, roster
from support.ports import free_port
from support.registrars import Office
from support.schools import registered, school_config
from zvonok_appservice.config import DelegationConfig, DirectoryConfig, FederationConfig, HostedConfig
from zvonok_appservice.federation.publishing import PUBLISHERS_TERM
from zvonok_appservice.federation.registry import School, Talk
from zvonok_demo.synapse import SynapseProcess, policy_module

DELEGATES = {
    "heads": DelegationConfig(("position(head)",)),
    "association:mathematics": DelegationConfig(("members(учителей математики)",)),
    "event:fair": DelegationConfig(("position(deputy_studies)", "person(student)")),
    "direct": DelegationConfig(("staff",)),
}
"""Whom each school names. One that it names is a student, by mistake."""
ROOMS = {
    "heads": HostedConfig(),
    "association:mathematics": HostedConfig("МО учителей математики города"),
    "event:fair": HostedConfig("Ярмарка наук"),
}
"""What north hosts."""
TOKEN = "token-of-the-policy-module"
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
    synapse = SynapseProcess(home / "synapse", f"{host}:{port}", free_port())
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
    home.mkdir(parents=True)
    synapse.registrations = [registered(config, home)]
    if policy:
        synapse.policy = policy_module(config.appservice.address, TOKEN, home / "facts.json")
    synapse.overlay = {**_TOGETHER, **_listening(synapse, host, port, authority, home)}
    school = FederatedSchool(name, TITLES[name], synapse, config)
    school.write_journal(roster(number))
    return school


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
