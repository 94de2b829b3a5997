"""Random people try random requests, and nobody ever reads, writes or finds where the journal
doesn't put them.

`scripts/test` runs a few hundred acts, always the same; `scripts/soak` as many as one likes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)
from support.anything.creations import FURNISHED, REQUESTS, SETTINGS
from support.anything.people import NAMES, A, B, Standing
from support.anything.requests import (
    ADDRESSES,
    FINDING,
    LOOKING,
    MEMBERSHIP,
    READING,
    WRITING,
    Ask,
)
from support.anything.tally import Tally
from support.anything.trespasses import ACCOUNT, CLOSING, DEVICES, MEDIA, TRESPASSING
from support.anything.world import Scene
from support.anything.year import Years
from support.circuit import circuit, circuit_server

pytestmark = pytest.mark.live

ACTS = int(os.environ.get("ZVONOK_SOAK_ACTS", "1000"))
SEED = int(os.environ.get("ZVONOK_SOAK_SEED", "1"))
"""What `scripts/soak` is told."""
SOAKING = "ZVONOK_SOAK_ACTS" in os.environ
AT_ONCE = 100
"""Acts for which Hypothesis chooses the kinds, before it chooses others."""

people = st.sampled_from(NAMES)
students = st.sampled_from(["petrov", "ezhova", "zhuk", "sidorov", "anna"])
classes = st.sampled_from([A, B])
CHANGES = st.one_of(
    st.tuples(st.just("becomes"), people, st.just(Standing.ACTIVE)),
    st.tuples(st.just("becomes"), people, st.sampled_from(Standing)),
    st.tuples(st.just("moves"), students, classes),
    st.tuples(st.just("child"), st.sampled_from(["petrova", "ezhov", "alone", "frolov"]), students),
    st.tuples(st.just("load"), st.sampled_from(["belova", "frolov", "orlova"]), classes),
    st.tuples(st.just("table"), st.booleans(), st.sampled_from(["nobody", "staff"])),
)
"""What the journal or the school changes: a method of the year's, with what it takes."""
SETTING = [Ask(f"PUT /v3/rooms/<room>/state/{kind}/{key}", content) for kind, key, content in SETTINGS]
SETTING += ADDRESSES
JOIN = Ask("POST /v3/rooms/<room>/join", {})
PERSONAL = [*ACCOUNT, *DEVICES, *MEDIA]
few = st.integers(0, 30)
"""Which of some rooms, invitations or events."""
inside = st.sampled_from([True, True, True, False])
"""Whether whoever acts is in the room where they do."""


class Anything(RuleBasedStateMachine):
    """Some acts in a school that goes on afterwards. Each rule is a kind of act."""

    years: Years
    """Set before the first one begins."""

    def __init__(self) -> None:
        super().__init__()
        if self.years.tally.found is not None:
            raise self.years.tally.found  # Hypothesis wants to see it again
        self.year = self.years.year()
        self.world = self.year.world

    # ------------------------------------------------------------ rooms

    @rule(who=people, other=people, third=people, where=few, asked=REQUESTS)
    def make_a_room(self, who: str, other: str, third: str, where: int, asked: dict[str, object]) -> None:
        self.act("make a room", Ask("POST /v3/createRoom", asked), who, other, where, third=third)

    @rule(who=people, other=people, third=people, where=few, asked=FURNISHED)
    def furnish_a_room(self, who: str, other: str, third: str, where: int, asked: dict[str, object]) -> None:
        self.act("make a room", Ask("POST /v3/createRoom", asked), who, other, where, third=third)

    @rule(who=people, other=people, at_once=st.booleans())
    def meet(self, who: str, other: str, at_once: bool) -> None:
        asked = {"preset": "trusted_private_chat", "is_direct": True, "invite": ["<other>"]}
        self.act("meet", Ask("POST /v3/createRoom", asked), who, other)
        if at_once:
            self.enter()

    @rule(who=people, other=people, third=people, at_once=st.booleans())
    def gather(self, who: str, other: str, third: str, at_once: bool) -> None:
        asked = {"preset": "private_chat", "invite": ["<other>", "<third>"], "name": "<secret>"}
        self.act("gather", Ask("POST /v3/createRoom", asked), who, other, third=third)
        if at_once:
            self.enter()

    @rule(which=few)
    def accept(self, which: int) -> None:
        invited = self.world.invitations()
        for guest, _, room in invited[which % (len(invited) or 1) :][:1]:
            self.world.act("accept", Scene(guest, guest, guest, room, room), JOIN)

    def enter(self) -> None:
        """Whoever is asked into the newest room comes."""
        newest = self.world.rooms()[0].id
        for guest, _, room in self.world.invitations():
            if room == newest:
                self.world.act("accept", Scene(guest, guest, guest, room, room), JOIN)

    @rule(who=people, other=people, where=few, inside=inside, ask=st.sampled_from(MEMBERSHIP))
    def come_and_go(self, who: str, other: str, where: int, inside: bool, ask: Ask) -> None:
        self.act("come and go", ask, who, other, where, inside)

    @rule(who=people, other=people, where=few, inside=inside, which=few, ask=st.sampled_from(SETTING))
    def set_something(self, who: str, other: str, where: int, inside: bool, which: int, ask: Ask) -> None:
        self.act("set", ask, who, other, where, inside, which)

    # ------------------------------------------------------------ words

    @rule(who=people, where=few)
    def say(self, who: str, where: int) -> None:
        self.act("say", WRITING[0], who, who, where, inside=True)

    @rule(who=people, other=people, where=few, inside=inside, which=few, ask=st.sampled_from(WRITING))
    def write(self, who: str, other: str, where: int, inside: bool, which: int, ask: Ask) -> None:
        self.act("write", ask, who, other, where, inside, which)

    @rule(who=people, other=people, where=few, inside=st.booleans(), which=few, ask=st.sampled_from(READING))
    def read(self, who: str, other: str, where: int, inside: bool, which: int, ask: Ask) -> None:
        self.act("read", ask, who, other, where, inside, which)

    @rule(who=people, other=people, where=few, ask=st.sampled_from(LOOKING))
    def look(self, who: str, other: str, where: int, ask: Ask) -> None:
        self.act("look", ask, who, other, where)

    @rule(who=people, other=people, ask=st.sampled_from(FINDING))
    def find(self, who: str, other: str, ask: Ask) -> None:
        self.act("find", ask, who, other)

    # ------------------------------------------------------------ everything else

    @rule(who=people, other=people, where=few, ask=st.sampled_from(PERSONAL))
    def personal(self, who: str, other: str, where: int, ask: Ask) -> None:
        self.act("personal", ask, who, other, where)

    @rule(who=students)
    def quit_for_good(self, who: str) -> None:
        self.act("quit", CLOSING, who, who)

    @rule(who=people, other=people, where=few, ask=st.sampled_from(TRESPASSING))
    def trespass(self, who: str, other: str, where: int, ask: Ask) -> None:
        self.act("trespass", ask, who, other, where)

    @rule(change=CHANGES, where=few)
    def journal(self, change: tuple[str, ...], where: int) -> None:
        """Something changes, and whoever it is about goes on at once as if nothing had."""
        verb, *what = change
        getattr(self.year, verb)(*what)
        if verb == "table":
            return
        who = self.world.people[what[0]]
        for writer, room in self.world.direct_chats(who)[where % 4 :][:2]:
            self.world.act("say", Scene(writer, writer, writer, room, room), WRITING[0])
        for guest, host, room in self.world.invitations()[where % 4 :]:
            if who in (guest, host):
                self.world.act("accept", Scene(guest, guest, guest, room, room), JOIN)

    @rule(where=few)
    def follow(self, where: int) -> None:
        self.year.follow(self.year.managed[where % len(self.year.managed)])

    # ------------------------------------------------------------

    def act(
        self,
        kind: str,
        ask: Ask,
        who: str,
        other: str,
        where: int = 0,
        inside: bool = False,
        which: int = 0,
        third: str = "",
    ) -> None:
        world = self.world
        person = world.people[who]
        room = world.place(where, person if inside else None)
        scene = Scene(
            person, world.people[other], world.people[third or other], room, world.place(where + which), which
        )
        world.act(kind, scene, ask)


@pytest.fixture
def years(tmp_path: Path) -> Iterator[Years]:
    """A Synapse of the test's own, which lets everybody be as quick as they like."""
    many = {"per_second": 10_000, "burst_count": 10_000}
    limits = ("rc_admin_redaction", "rc_reports", "rc_registration", "rc_media_create", "rc_user_directory")
    limits += ("rc_third_party_invite", "rc_delayed_event_mgmt", "rc_room_creation", "rc_joins_per_room")
    tally = Tally(aloud=1000 if SOAKING else 0)
    with asyncio.Runner() as runner, ExitStack() as stack:
        # A sync without a beginning would be answered with what it was two minutes ago.
        fresh = {"caches": {"sync_response_duration": "0s"}}
        entered = circuit_server(tmp_path, **dict.fromkeys(limits, many), **fresh)
        server = runner.run(entered.__aenter__())
        stack.callback(lambda: runner.run(entered.__aexit__(None, None, None)))
        viewed = circuit(server, "x_")
        circle = runner.run(viewed.__aenter__())
        stack.callback(lambda: runner.run(viewed.__aexit__(None, None, None)))
        years = Years(runner, server, circle, tally)
        stack.callback(years.close)
        yield years


def test_whatever_people_try_nobody_gets_where_the_journal_does_not_put_them(years: Years) -> None:
    Anything.years = years
    tally, chosen = years.tally, SEED
    try:
        while tally.acts < ACTS:
            runs = min(50, 2 + (ACTS - tally.acts) // AT_ONCE)
            # What is possible depends on what Synapse has done by then: where it was quicker
            # or slower than in the run before, Hypothesis can't go on from that one.
            with suppress(FlakyStrategyDefinition):
                run_state_machine_as_test(seed(chosen)(Anything), settings=_settings(runs))
            if tally.found is not None:
                raise tally.found
            chosen += 1
    finally:
        tally.say(tally.report())


def _settings(runs: int) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=AT_ONCE,
        deadline=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,  # a finding says by itself what has led to it
        suppress_health_check=list(HealthCheck),
    )
