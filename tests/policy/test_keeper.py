"""How long other schools are known: as long as the registry holds, news or no news."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.facts_door import TOKEN, FactsDoor
from support.rule_people import SCHOOL, SENDER, abroad, person
from support.waiting import eventually
from synapse.module_api.errors import ConfigError

from zvonok_core.access import Facts, Peer, PersonFacts, Table, Talk, Who, write_facts
from zvonok_core.ids import UserId
from zvonok_policy.keeper import Keeper
from zvonok_policy.server import Server
from zvonok_policy.settings import Settings

THERE, THIRD = "other.example", "third.example"
OUR, THEIR = person("belova", Who.STAFF), abroad("orlova", Who.STAFF, talks=frozenset({Talk.HEADS}))
PEERS = {server: Peer(frozenset({Talk.HEADS}), {}) for server in (THERE, THIRD)}
UNTIL = 1_000_000
"""When the registry ends, in seconds since 1970."""


def facts(*people: PersonFacts, sender: UserId = SENDER.user) -> Facts:
    known = {each.user: each for each in (SENDER, OUR, *people)}
    return Facts("1", sender, Table(), known, {}, peers=PEERS, peers_until=UNTIL * 1000)


class Kept:
    """A keeper with a clock that stands until it is moved, and a door that may be closed."""

    def __init__(self, folder: Path) -> None:
        self.now = float(UNTIL - 100)
        self.file = folder / "facts.json"
        self.door = FactsDoor(SENDER.user, SCHOOL)
        self.heeded: list[tuple[set[str], set[str], bool]] = []
        """Each time: who may come in, who is a peer by the facts, and whether theirs are known."""
        self._started: list[Keeper] = []

    def keeper(self) -> Keeper:
        settings = Settings(self.door.address, TOKEN, self.file)
        keeper = Keeper(settings, SENDER.user, lambda: self.now)
        self.keeper_now = keeper
        return keeper

    def heed(self, servers: Collection[str]) -> None:
        known = self.keeper_now.facts
        self.heeded.append((set(servers), set(known.peers), THEIR.user in known.people))

    def start(self) -> Keeper:
        keeper = self.keeper()
        keeper.heed_peers(self.heed)
        self._started.append(keeper)
        keeper.start()
        return keeper

    def stop(self) -> None:
        for keeper in self._started:
            keeper.stop()
        self.door.down()
        for thread in threading.enumerate():
            if thread.name == "zvonok-policy":
                thread.join(5)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path)
    yield found
    found.stop()


def on_disk(kept: Kept, known: Facts) -> None:
    kept.file.write_text(json.dumps(write_facts(known)))


def test_what_the_disk_has_is_in_force_at_once_while_the_registry_holds(kept: Kept) -> None:
    on_disk(kept, facts(THEIR))
    keeper = kept.keeper()
    assert keeper.facts == facts(THEIR)
    keeper.heed_peers(kept.heed)
    assert kept.heeded[-1] == ({THERE, THIRD}, {THERE, THIRD}, True)


@pytest.mark.parametrize("late", [0, 1, 10**9])
def test_what_the_disk_has_counts_for_the_own_school_alone_once_the_registry_has_ended(
    kept: Kept, late: int
) -> None:
    on_disk(kept, facts(THEIR))
    kept.now = float(UNTIL + late)
    keeper = kept.keeper()
    assert keeper.facts == facts(THEIR).alone()
    keeper.heed_peers(kept.heed)
    assert kept.heeded == [(set(), set(), False)] * len(kept.heeded)
    assert kept.heeded


@pytest.mark.parametrize("content", ["{}", "[]", '{"peers": 5}', "no json", ""])
def test_a_broken_file_lets_nobody_in(kept: Kept, content: str) -> None:
    kept.file.write_text(content)
    keeper = kept.keeper()
    assert (keeper.facts.peers, keeper.facts.people.keys()) == ({}, {SENDER.user})


def test_facts_of_another_sender_let_nobody_in(kept: Kept) -> None:
    on_disk(kept, facts(THEIR, sender=UserId("@another:school.example")))
    assert kept.keeper().facts.peers == {}


async def test_while_the_appservice_is_away_the_registry_ends_all_the_same(kept: Kept) -> None:
    on_disk(kept, facts(THEIR))
    keeper = kept.start()
    assert keeper.facts.peers == PEERS
    kept.heeded.clear()
    kept.now = float(UNTIL)
    await eventually(lambda: not keeper.facts.peers, deadline=30)
    assert keeper.facts == facts(THEIR).alone()
    assert kept.heeded[0][0] == set(), "shut out first"
    await eventually(lambda: kept.heeded[-1] == (set(), set(), False), deadline=30)

    # A clock that is put right again, or a registry that is renewed: all is as it was.
    kept.now = float(UNTIL - 1)
    await eventually(lambda: keeper.facts.peers == PEERS, deadline=30)
    assert THEIR.user in keeper.facts.people


async def test_what_was_told_comes_back_when_the_registry_is_renewed(kept: Kept) -> None:
    kept.door.change(OUR, THEIR, peers=PEERS, peers_until=UNTIL * 1000)
    kept.door.up()
    keeper = kept.start()
    await eventually(lambda: keeper.facts.peers == PEERS, deadline=30)
    kept.door.down()
    kept.now = float(UNTIL + 50)
    await eventually(lambda: not keeper.facts.peers, deadline=30)
    assert THEIR.user not in keeper.facts.people
    kept.heeded.clear()
    kept.door.change(peers_until=(UNTIL + 100) * 1000)
    kept.door.up()
    await eventually(lambda: keeper.facts.peers == PEERS, deadline=30)
    assert keeper.facts.people[THEIR.user] == THEIR
    renewed = (UNTIL + 100) * 1000  # known a moment before it is on disk
    await eventually(lambda: json.loads(kept.file.read_text())["peers_until"] == renewed, deadline=30)


async def test_a_school_that_goes_is_shut_out_before_its_people_are_forgotten(kept: Kept) -> None:
    kept.door.change(OUR, THEIR, peers={THERE: PEERS[THERE]}, peers_until=UNTIL * 1000)
    kept.door.up()
    keeper = kept.start()
    await eventually(lambda: THERE in keeper.facts.peers, deadline=30)
    assert next(each for each in kept.heeded if each[0]) == ({THERE}, {THERE}, True), "let in last"
    await kept.door.known()
    kept.heeded.clear()
    kept.door.forget([THEIR.user])
    kept.door.change(peers={THIRD: PEERS[THIRD]})
    await eventually(lambda: keeper.facts.peers.keys() == {THIRD}, deadline=30)
    shut = next(each for each in kept.heeded if THERE not in each[0])
    assert shut[0] == set()
    assert THERE in shut[1]
    assert kept.heeded[-1][:2] == ({THIRD}, {THIRD})
    for servers, peers, _ in kept.heeded:
        assert servers <= peers, "nobody comes in whom the facts don't know"


# ---------------------------------------------------------------- Synapse's own list


def server_with(allowed: dict[str, bool] | None) -> Server:
    federation = SimpleNamespace(federation_domain_whitelist=allowed)
    hs = SimpleNamespace(config=SimpleNamespace(federation=federation))
    api: Any = SimpleNamespace(_hs=hs, _store=None)
    return Server(api)


@given(st.lists(st.frozensets(st.sampled_from(["a", "b", "c", "d:8448"]))))
def test_exactly_those_are_in_the_list_who_are_peers_now(turns: list[frozenset[str]]) -> None:
    allowed: dict[str, bool] = {"left over": True}
    server = server_with(allowed)
    for peers in turns:
        server.talk_with(peers)
        assert allowed == dict.fromkeys(peers, True)


def test_a_list_that_was_left_out_is_no_list_to_write_into() -> None:
    with pytest.raises(ConfigError, match="must be"):
        server_with(None).talk_with([])


def test_facts_that_know_nobody_elsewhere_never_end(kept: Kept) -> None:
    on_disk(kept, replace(facts(), peers={}, peers_until=0))
    assert kept.keeper().facts.people.keys() == {SENDER.user, OUR.user}
