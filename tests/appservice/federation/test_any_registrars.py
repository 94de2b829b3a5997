"""Whatever registrars do in whatever order: what is published is what k of them signed, and no
school ever goes back."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.registrars import Office, new_key, school
from tuf.api.metadata import Root

from zvonok_appservice.federation import proposing
from zvonok_appservice.federation.registry import NOBODY, Registry
from zvonok_appservice.federation.trust import Trust
from zvonok_core.access import Talk
from zvonok_core.errors import UserError

SCHOOLS = st.integers(1, 4)
REGISTRARS = st.integers(0, 5)


class Registrars(RuleBasedStateMachine):
    """The model: who is a registrar, how many have to sign, who has signed what is proposed."""

    @initialize(threshold=st.integers(1, 3))
    def found(self, threshold: int) -> None:
        self.scratch = Path(tempfile.mkdtemp())
        self.office = Office.found(self.scratch / "registrars", registrars=3, threshold=threshold)
        self.offices = {f"registrar {number}" for number in range(3)}
        self.proposed_offices = set(self.offices)
        self.threshold = self.proposed_threshold = threshold
        self.schools: Registry = NOBODY
        self.proposed: Registry | None = None
        self.root_proposed = False
        self.signed_schools: set[str] = set()
        self.signed_root: set[str] = set()
        for number in range(3, 6):
            self.office.signers[f"registrar {number}"], _ = new_key(f"registrar {number}")
        self.follower: Trust = self.office.follower(self.scratch / "data")
        self.sleeper: Trust = self.office.follower(self.scratch / "sleeper")
        self.seen = 0

    def teardown(self) -> None:
        if hasattr(self, "scratch"):
            shutil.rmtree(self.scratch)

    @rule(number=SCHOOLS, talks=st.frozensets(st.sampled_from(Talk)), key=st.integers(1, 3))
    def list_a_school(self, number: int, talks: frozenset[Talk], key: int) -> None:
        self._change(lambda registry: registry.with_school(school(number, talks, key)))

    @rule(number=SCHOOLS)
    def drop_a_school(self, number: int) -> None:
        self._change(lambda registry: registry.without(f"school-{number}.example"))

    def _change(self, change) -> None:  # type: ignore[no-untyped-def]
        self.office.change(change)
        self.proposed = change(self.schools if self.proposed is None else self.proposed)
        self.signed_schools = set()

    @rule(number=REGISTRARS, threshold=st.none() | st.integers(1, 4))
    def appoint(self, number: int, threshold: int | None) -> None:
        name = f"registrar {number}"
        key = self.office.signers[name].public_key
        wanted = threshold or self.proposed_threshold
        if name in self.proposed_offices or wanted > len(self.proposed_offices) + 1:
            with pytest.raises(UserError):
                self.office.change_root(lambda root: proposing.add_registrar(root, key, threshold))
            return
        self.office.change_root(lambda root: proposing.add_registrar(root, key, threshold))
        self._new_root(self.proposed_offices | {name}, wanted)

    @rule(number=REGISTRARS, threshold=st.none() | st.integers(1, 4))
    def dismiss(self, number: int, threshold: int | None) -> None:
        name = f"registrar {number}"
        wanted = threshold or self.proposed_threshold

        def change(root: Root) -> None:
            proposing.remove_registrar(root, name, threshold)

        if name not in self.proposed_offices or wanted > len(self.proposed_offices) - 1:
            with pytest.raises(UserError):
                self.office.change_root(change)
            return
        self.office.change_root(change)
        self._new_root(self.proposed_offices - {name}, wanted)

    def _new_root(self, offices: set[str], threshold: int) -> None:
        if self.proposed is None:
            self.proposed = self.schools
        self.proposed_offices, self.proposed_threshold = offices, threshold
        self.root_proposed, self.signed_root = True, set()

    @precondition(lambda self: self.proposed is not None)
    @rule(number=REGISTRARS)
    def sign(self, number: int) -> None:
        name = f"registrar {number}"
        may_sign_root = self.root_proposed and name in self.offices | self.proposed_offices
        if not may_sign_root and name not in self.proposed_offices:
            with pytest.raises(UserError):
                self.office.sign(name)
            return
        self.office.sign(name)
        self.signed_root |= {name} if may_sign_root else set()
        self.signed_schools |= {name} & self.proposed_offices

    @precondition(lambda self: self.proposed is not None)
    @rule(number=REGISTRARS)
    def sign_on_another_machine(self, number: int) -> None:
        published, mine = self.office.folder.read()
        assert mine is not None
        try:
            theirs = proposing.sign(
                published, mine, self.office.signers[f"registrar {number}"], self.office.clock.now()
            )
        except UserError:
            return
        self.office.folder.propose(proposing.merge(published, mine, theirs, self.office.clock.now()))
        self.sign(number)

    @precondition(lambda self: self.proposed is not None)
    @rule()
    def publish(self) -> None:
        enough = len(self.signed_schools & self.proposed_offices) >= self.proposed_threshold and (
            not self.root_proposed
            or (
                len(self.signed_root & self.offices) >= self.threshold
                and len(self.signed_root & self.proposed_offices) >= self.proposed_threshold
            )
        )
        if not enough:
            with pytest.raises(UserError):
                self.office.publish()
            return
        self.office.publish()
        assert self.proposed is not None
        self.schools, self.proposed = self.proposed, None
        self.offices, self.threshold = set(self.proposed_offices), self.proposed_threshold
        self.root_proposed, self.signed_root, self.signed_schools = False, set(), set()

    @rule(days=st.integers(0, 20))
    def time_passes_and_the_publisher_is_at_work(self, days: int) -> None:
        self.office.clock.advance(days=days)
        self.office.refresh()

    @rule()
    def a_mirror_keeps_a_copy(self) -> None:
        self.office.mirror(self.scratch / "old")

    @rule()
    def the_school_is_shown_the_old_copy(self) -> None:
        if (self.scratch / "old").exists():
            before = self.follower.trusted
            misled = self.office.follower(self.scratch / "data", self.scratch / "old")
            misled.check()
            assert before is None or misled.trusted is not None
            assert before is None or misled.trusted is None or misled.trusted.version >= before.version

    @rule()
    def the_sleeper_wakes(self) -> None:
        self.sleeper.check()
        assert self.sleeper.in_force() == self.schools

    @invariant()
    def what_is_published_is_what_enough_have_signed(self) -> None:
        if not hasattr(self, "follower"):
            return
        published, _ = self.office.folder.read()
        assert published is not None
        assert published.registry == self.schools
        self.follower.check()
        assert self.follower.problem is None
        assert self.follower.in_force() == self.schools
        assert self.follower.trusted is not None
        assert self.follower.trusted.version >= self.seen
        self.seen = self.follower.trusted.version


TestRegistrars = Registrars.TestCase
TestRegistrars.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
