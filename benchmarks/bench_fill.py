"""A school's fill on a real Synapse, against a bare loop of the same requests.

    .venv/bin/python benchmarks/bench_fill.py [--classes N] [--size N]

Makes a school, gives everybody an account, and lets the appservice fill all rooms. Then
the very same requests, in the same order, go to a second, equally fresh Synapse from a
loop that does nothing else. Prints both rates and their ratio, the events that Synapse
stored against those that the rooms' state needs, and, on the school that is filled by
then, the time from activation to being in all rooms.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp

from zvonok_appservice.app import App, open_app
from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.config import (
    ActivationConfig,
    AppserviceConfig,
    Config,
    HomeserverConfig,
    JournalConfig,
    ReconcileConfig,
    SchoolConfig,
)
from zvonok_appservice.mautrix_homeserver import connect
from zvonok_appservice.mautrix_homeserver.wire import Wire
from zvonok_appservice.reconcile.desired import accounts
from zvonok_appservice.reconcile.model import DesiredState
from zvonok_appservice.registration import write_registration
from zvonok_appservice.verify import new_code
from zvonok_core.ids import PersonId, UserId
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.generate import GeneratedSchool, generate
from zvonok_demo.synapse import SynapseProcess, free_port

CONCURRENCY = 4
NEWCOMERS = 30
"""People who activate one by one on the filled school, for the third figure."""


@dataclass
class Recorded:
    """A write request, and the room that it made."""

    method: str
    path: str
    content: Mapping[str, Any]
    room: str = ""


@dataclass
class Recorder:
    """Stands before a wire and writes down what goes over it."""

    wire: Wire
    requests: list[Recorded] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wire, name)

    async def put(self, path: Any, content: Mapping[str, Any]) -> Any:
        self.requests.append(Recorded("PUT", str(path), content))
        return await self.wire.put(path, content)

    async def post(self, path: Any, content: Mapping[str, Any], query: Any = None) -> Any:
        request = Recorded("POST", str(path), content)
        self.requests.append(request)
        answer = await self.wire.post(path, content, query)
        request.room = answer.get("room_id", "") if str(path).endswith("createRoom") else ""
        return answer


def configuration(folder: Path, school: str) -> Config:
    """A school whose appservice and Synapse live in `folder`."""
    return Config(
        homeserver=HomeserverConfig("", "school.test", ""),
        appservice=AppserviceConfig(secrets.token_hex(16), secrets.token_hex(16), "http://127.0.0.1:9"),
        school=SchoolConfig(id=school),  # type: ignore[arg-type]
        journal=JournalConfig("oneroster", folder / "journal"),
        database=f"sqlite:///{folder}/zvonok.db",
        data=folder / "data",
        rooms={"subject": {"create": "at_once"}},
        activation=ActivationConfig(consent_below_grade=0),
        reconcile=ReconcileConfig(concurrency=CONCURRENCY),
    )


async def started(folder: Path, config: Config) -> tuple[SynapseProcess, Config]:
    """A fresh Synapse that knows the appservice of `config`."""
    folder.mkdir(parents=True)
    write_registration(config, folder / "registration.yaml")
    synapse = SynapseProcess(
        folder / "synapse",
        port=free_port(),
        registrations=[folder / "registration.yaml"],
    )
    await synapse.start()
    homeserver = HomeserverConfig(
        synapse.address, synapse.server_name, synapse.address, synapse.registration_shared_secret
    )
    return synapse, replace(config, homeserver=homeserver)


async def give_accounts(app: App, people: Iterable[PersonId]) -> None:
    """An account for each, not yet in any room."""
    names = await official_names(app)
    waiting = iter(people)

    async def work() -> None:
        for person in waiting:
            await app.homeserver.create_account(*names[person], secrets.token_urlsafe(12))
            await app.people.link(person)

    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))


async def official_names(app: App) -> dict[PersonId, tuple[UserId, str]]:
    """The user id and the display name that everybody's account is to have."""
    picture = await app.reconciler.roster_picture()
    linked = {person: replace(a, linked=True) for person, a in picture.given.accounts.items()}
    wanted = accounts(picture.today, replace(picture.given, accounts=linked), app.catalogs)
    return {account.person: (account.user, account.display_name) for account in wanted.values()}


async def fill(app: App) -> tuple[float, list[Recorded]]:
    """Fill all rooms. Returns the seconds of the first look, and its requests."""
    recorder = Recorder(app.homeserver.wire)
    app.homeserver.wire = recorder  # type: ignore[assignment]
    begun = time.perf_counter()
    look = await app.reconciler.look(complete=True)
    seconds = time.perf_counter() - begun
    app.homeserver.wire = recorder.wire
    assert look is not None and look.outcome.complete, look and look.outcome.failures[:3]
    again = app.homeserver.requests_written
    await app.reconciler.look(complete=True)
    assert app.homeserver.requests_written == again, "the second look wrote something"
    return seconds, recorder.requests


async def bare_loop(config: Config, requests: list[Recorded]) -> float:
    """Send the same requests with nothing in between. Returns the seconds."""
    rooms: dict[str, str] = {}
    headers = {"Authorization": f"Bearer {config.appservice.as_token}"}

    def here(text: str) -> str:
        for old, new in rooms.items():
            if old in text:
                text = text.replace(old, new)
        return text

    async with aiohttp.ClientSession(headers=headers) as session:

        async def send(request: Recorded) -> None:
            path = "/".join(
                here(unquote(part)) if part.startswith(("!", "%21")) else part
                for part in request.path.split("/")
            )
            content = request.content
            if request.path.endswith("createRoom"):
                content = {
                    **content,
                    "initial_state": [
                        {**e, "state_key": here(e["state_key"])} for e in content["initial_state"]
                    ],
                }
            url = f"{config.homeserver.address}/{path.lstrip('/')}"
            async with session.request(request.method, url, json=content) as answer:
                body = await answer.json()
                assert answer.status in (200, 201), (path, body)
                if request.room:
                    rooms[request.room] = body["room_id"]

        begun = time.perf_counter()
        for stage in stages(requests):
            waiting = iter(stage)

            async def work(waiting: Any = waiting) -> None:
                for place in waiting:
                    for request in place:
                        await send(request)

            await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
        return time.perf_counter() - begun


def stages(requests: list[Recorded]) -> Iterable[list[list[Recorded]]]:
    """What may go on side by side: rooms of one depth; then everything else, by room."""
    created = [r for r in requests if r.room]
    depth: dict[str, int] = {}
    for request in created:
        parents = [e["state_key"] for e in request.content["initial_state"] if e["type"] == "m.space.parent"]
        depth[request.room] = 1 + max((depth[parent] for parent in parents), default=0)
    for level in sorted(set(depth.values())):
        yield [[r] for r in created if depth[r.room] == level]
    places: dict[str, list[Recorded]] = {}
    for request in requests:
        if not request.room:
            place = next(
                (part for part in request.path.split("/") if part.startswith(("!", "%21"))), request.path
            )
            places.setdefault(place, []).append(request)
    yield sorted(places.values(), key=len, reverse=True)


def events(synapse: SynapseProcess) -> Counter[str]:
    """What Synapse stored, by type."""
    with sqlite3.connect(f"file:{synapse.folder}/homeserver.db?mode=ro", uri=True) as database:
        return Counter(dict(database.execute("SELECT type, COUNT(*) FROM events GROUP BY type")))


ROOM_STATE = (
    "m.room.create",
    "m.room.member",  # the creator's
    "m.room.power_levels",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.name",
    "m.room.topic",
    "m.room.canonical_alias",
    "dev.zvonok.room",
)
"""What every managed room has, once each."""


def needed(desired: DesiredState) -> Counter[str]:
    """The events without which the rooms would not be what they ought to be: the state of
    each, a link in both directions to each of its spaces, and, for each member, the
    invitation and the join that an invite-only room takes."""
    found: Counter[str] = Counter()
    for room in desired.rooms.values():
        found.update(ROOM_STATE)
        found["m.space.parent"] += len(room.parents)
        found["m.space.child"] += len(room.parents)
        found["m.room.member"] += 2 * len(room.members)
    return found


async def activations(app: App, people: list[PersonId]) -> list[float]:
    """Seconds from the last form of the activation page (a code, and a password) to being
    in all rooms, one person after the other."""
    times = []
    for person in people:
        code = new_code()
        await app.linking.codes.issue({person: code}, 1)
        card = await app.linking.codes.find(code)
        assert card is not None
        begun = time.perf_counter()
        await app.linking.link(card.hash, secrets.token_urlsafe(12))
        rooms = await app.reconciler.settle(person)
        if rooms:  # a student without a class is in none
            times.append(time.perf_counter() - begun)
        await app.reconciler.look(complete=False)
    return times


async def main(classes: int, size: int) -> bool:
    """Print the figures. Returns whether all of them are as they ought to be."""
    today = date.today()  # noqa: DTZ011 - the appservice goes by the machine's own day
    school: GeneratedSchool = generate(1, today, classes={7: classes}, size=size)
    snapshot = school.snapshot
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        config = configuration(folder, snapshot.school.id)
        write_oneroster(snapshot, folder / "journal", today)
        synapse, config = await started(folder / "first", config)
        try:
            async with open_app(config) as app:
                await bootstrap(app.homeserver, config)
                await app.reconciler.refresh()
                everybody = list(snapshot.people)
                step = max(1, len(everybody) // NEWCOMERS)
                late = everybody[::step][:NEWCOMERS]
                late_set = set(late)
                await give_accounts(app, [p for p in everybody if p not in late_set])
                seconds, requests = await fill(app)
                assert app.board.picture is not None
                stored, wanted = events(synapse), needed(app.board.picture.desired)
                times = await activations(app, [p for p in late if snapshot.people[p].enabled])
        finally:
            await synapse.stop()
        synapse, config = await started(folder / "second", config)
        try:
            async with connect(config) as homeserver:
                await bootstrap(homeserver, config)
                users = {r.content["user_id"] for r in requests if "user_id" in r.content}
                waiting = iter(sorted(users))

                async def work() -> None:
                    for user in waiting:
                        await homeserver.create_account(user, "", secrets.token_urlsafe(12))

                await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
            bare = await bare_loop(config, requests)
        finally:
            await synapse.stop()
    rooms = sum(bool(r.room) for r in requests)
    joins = sum("/join/" in r.path for r in requests)
    print(
        f"school: {len(snapshot.people)} people, {rooms} rooms, {joins} memberships, {len(requests)} requests"
    )
    print(f"appservice: {seconds:8.1f} s  {len(requests) / seconds:6.1f} requests/s")
    print(f"bare loop:  {bare:8.1f} s  {len(requests) / bare:6.1f} requests/s")
    print(f"rate of the appservice to the bare loop: {bare / seconds:.2f}")
    print(
        f"events: {sum(stored.values())} stored, {sum(wanted.values())} needed: {sum(stored.values()) / sum(wanted.values()):.3f}"
    )
    for name in sorted(stored.keys() | wanted.keys()):
        if stored[name] != wanted[name]:
            print(f"  {name}: {stored[name]} stored, {wanted[name]} needed")
    print(
        f"activation to all rooms: median {statistics.median(times):.2f} s, longest {max(times):.2f} s of {len(times)}"
    )
    return bare / seconds >= 0.9 and stored == wanted and statistics.median(times) <= 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--classes", type=int, default=3)
    parser.add_argument("--size", type=int, default=25)
    options = parser.parse_args()
    sys.exit(0 if asyncio.run(main(options.classes, options.size)) else 1)
