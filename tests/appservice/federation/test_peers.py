"""Who is a peer at this moment: by the registry that is trusted, and by what both may have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from support.registrars import Office, school

from zvonok_appservice.federation.peers import Peers, peers
from zvonok_appservice.federation.registry import NOBODY, Registry
from zvonok_appservice.reconcile.abroad import Abroad, Hosted, Topic
from zvonok_core.access import Talk
from zvonok_core.clock import milliseconds

ONE, TWO, THREE = (replace(school(n), talks=frozenset()) for n in (1, 2, 3))
HEADS, EVENT, DIRECT = Talk.HEADS, Talk.EVENT, Talk.DIRECT


def registry(**talks: set[Talk]) -> Registry:
    given = {"one": ONE, "two": TWO, "three": THREE}
    return Registry(
        schools=tuple(replace(given[name], talks=frozenset(held)) for name, held in talks.items())
    )


def test_a_peer_is_a_listed_school_that_may_have_something_in_common() -> None:
    found = peers(registry(one={HEADS, DIRECT}, two={DIRECT, EVENT}, three={EVENT}), ONE.server_name)
    assert {server: peer.talks for server, peer in found.items()} == {TWO.server_name: {DIRECT}}
    assert found[TWO.server_name].keys == TWO.keys


def test_a_school_is_no_peer_of_itself_and_has_none_unless_it_is_listed() -> None:
    everybody = registry(one={HEADS}, two={HEADS}, three=set())
    assert peers(everybody, ONE.server_name).keys() == {TWO.server_name}
    assert peers(everybody, THREE.server_name) == {}
    assert peers(everybody, "unlisted.example") == {}
    assert peers(everybody, "") == {}
    assert peers(NOBODY, ONE.server_name) == {}


def test_what_both_may_have_is_the_same_from_either_side() -> None:
    listed = registry(one={HEADS, DIRECT}, two={DIRECT, EVENT, HEADS}, three={DIRECT})
    for one in listed.schools:
        for server, peer in peers(listed, one.server_name).items():
            assert peers(listed, server)[one.server_name].talks == peer.talks


def test_peers_are_who_is_listed_now_and_until_the_registry_ends(tmp_path: Path) -> None:
    office = Office.found(tmp_path / "registrars")
    office.release(*(replace(school(n), talks=frozenset({HEADS})) for n in (1, 2)))
    trust = office.follower(tmp_path / "data")
    configured = Abroad(ONE.server_name, hosted={Topic(HEADS): Hosted("")})
    now = Peers(trust, configured)
    assert now.now() == configured, "nothing is trusted yet"
    trust.check()
    assert trust.trusted is not None
    found = now.now()
    assert found.peers.keys() == {TWO.server_name}
    assert found.until == milliseconds(trust.trusted.expires)
    assert found.hosted == configured.hosted
    assert Peers(trust, Abroad("unlisted.example")).now() == Abroad("unlisted.example")

    office.change(lambda listed: listed.without(TWO.server_name))
    office.sign("registrar 0", "registrar 1")
    office.publish()
    trust.check()
    assert now.now() == configured, "the only other one has gone"


def test_once_the_registry_has_ended_it_is_in_force_no_more_and_still_says_who_was_a_peer(
    tmp_path: Path,
) -> None:
    office = Office.found(tmp_path / "registrars")
    office.release(*(replace(school(n), talks=frozenset({HEADS})) for n in (1, 2)))
    trust = office.follower(tmp_path / "data")
    trust.check()
    now = Peers(trust, Abroad(ONE.server_name))
    assert trust.trusted is not None
    left = trust.trusted.expires - office.clock.now()
    office.clock.advance(seconds=(left - timedelta(seconds=1)).total_seconds())
    before = now.now()
    assert before.peers
    assert before.in_force
    office.clock.advance(seconds=2)
    assert now.now() == replace(before, in_force=False)
