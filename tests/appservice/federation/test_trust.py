"""What a school's appservice takes from a registry, and what it refuses, from real files."""

from __future__ import annotations

import json
import logging
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from support.registrars import BEGIN, Office, forge, listed, new_key, school
from tuf.api.metadata import Metadata, Root, TargetFile, Targets

from zvonok_appservice.federation import proposing, publishing
from zvonok_appservice.federation.folder import TARGET, read_published
from zvonok_appservice.federation.trust import Problem
from zvonok_core.clock import ManualClock

ONE, TWO, THREE = ("school-1.example", "school-2.example", "school-3.example")


def test_a_school_takes_what_is_published_and_knows_until_when_it_holds(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    assert (trust.trusted, listed(trust)) == (None, [])
    trust.check()
    assert listed(trust) == [ONE, TWO]
    assert trust.trusted is not None
    assert (trust.trusted.version, trust.trusted.since, trust.trusted.confirmed) == (2, BEGIN, BEGIN)
    assert trust.trusted.expires == BEGIN + publishing.PUBLISHERS_TERM
    office.clock.advance(days=1)
    trust.check()
    assert trust.trusted.since == BEGIN
    assert trust.trusted.confirmed == BEGIN + timedelta(days=1)


def test_a_new_version_is_taken_and_a_school_that_left_is_gone(office: Office, tmp_path: Path) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.clock.advance(days=1)
    office.change(lambda registry: registry.without(ONE).with_school(school(3)))
    office.sign("registrar 1", "registrar 2")
    office.publish()
    trust.check()
    assert listed(trust) == [TWO, THREE]
    assert trust.trusted is not None and trust.trusted.since == BEGIN + timedelta(days=1)


def test_an_expired_registry_lists_nobody_until_it_is_renewed(office: Office, tmp_path: Path) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.clock.advance(days=14)
    assert listed(trust) == []
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.EXPIRED, [])
    restarted = office.follower(tmp_path / "data")
    assert restarted.trusted is not None and restarted.trusted.version == 2
    assert listed(restarted) == []
    office.refresh()
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [ONE, TWO])


@pytest.mark.parametrize("days", [239, 240])
def test_a_list_that_no_registrar_renews_ends_whatever_the_publisher_confirms(
    office: Office, tmp_path: Path, days: int
) -> None:
    office.clock.advance(days=days)
    office.refresh()
    trust = office.follower(tmp_path / "data")
    trust.check()
    assert listed(trust) == ([ONE, TWO] if days == 239 else [])


def test_a_frozen_mirror_is_noticed_after_two_weeks(office: Office, tmp_path: Path) -> None:
    mirror = office.mirror(tmp_path / "mirror")
    trust = office.follower(tmp_path / "data", mirror)
    trust.check()
    office.clock.advance(days=13)
    office.release(school(3))  # the mirror keeps it back
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [ONE, TWO])
    office.clock.advance(days=1)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.EXPIRED, [])


def test_a_rolled_back_registry_is_refused_and_the_last_good_one_stays(
    office: Office, tmp_path: Path
) -> None:
    older = office.mirror(tmp_path / "older")
    office.change(lambda registry: registry.without(ONE))
    office.sign("registrar 0", "registrar 1")
    office.publish()
    mirror = office.mirror(tmp_path / "mirror")
    trust = office.follower(tmp_path / "data", mirror)
    trust.check()
    shutil.rmtree(mirror)
    older.rename(mirror)
    for follower in (trust, office.follower(tmp_path / "data", mirror)):
        follower.check()
        assert (follower.problem, listed(follower)) == (Problem.OLDER, [TWO])


def test_an_older_list_under_a_new_confirmation_of_a_stolen_publishers_key_is_refused(
    office: Office, tmp_path: Path
) -> None:
    older, _ = office.folder.read()
    assert older is not None
    office.release(school(3))
    newer, _ = office.folder.read()
    trust = office.follower(tmp_path / "data")
    trust.check()
    assert newer is not None
    for version in (newer.snapshot.signed.version + 1, newer.snapshot.signed.version):
        forge(office, older.targets, version, newer.timestamp.signed.version + version)
        trust.check()
        assert (trust.problem, listed(trust)) == (Problem.OLDER, [ONE, TWO, THREE])


def test_roots_that_expired_long_ago_lead_to_the_one_that_holds(office: Office, tmp_path: Path) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    for _ in range(2):
        office.clock.advance(days=500)
        trust.check()
        assert (trust.problem, listed(trust)) == (Problem.EXPIRED, [])
        office.change_root(lambda root: None)
        office.release()
    newcomer = office.follower(tmp_path / "newcomer")
    for follower in (trust, newcomer):
        follower.check()
        assert (follower.problem, listed(follower)) == (None, [ONE, TWO])


@pytest.mark.parametrize("kind", ["timestamp", "snapshot", "targets", "registry"])
def test_a_tampered_file_is_refused_and_the_last_good_one_stays(
    office: Office, tmp_path: Path, kind: str
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.release(school(3))
    (path,) = (
        [*office.folder.published.glob("*/timestamp.json")] if kind == "timestamp" else newest(office, kind)
    )
    path.write_bytes(path.read_bytes().replace(b"2026", b"2036") + b" ")
    if kind == "registry":
        path.write_bytes(path.read_bytes().replace(b"heads", b"direct"))
    trust.check()
    assert trust.problem in {Problem.TAMPERED, Problem.UNSIGNED}
    assert listed(trust) == [ONE, TWO]
    assert listed(office.follower(tmp_path / "data")) == [ONE, TWO]


@pytest.mark.parametrize("kind", ["timestamp", "snapshot", "targets", "registry"])
def test_a_missing_file_is_no_new_version_and_the_last_good_one_stays(
    office: Office, tmp_path: Path, kind: str
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.release(school(3))
    mirror = office.mirror(tmp_path / "mirror")
    (path,) = (
        [*office.folder.published.glob("*/timestamp.json")] if kind == "timestamp" else newest(office, kind)
    )
    path.unlink()
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.AWAY, [ONE, TWO])
    restarted = office.follower(tmp_path / "data")
    assert listed(restarted) == [ONE, TWO]
    shutil.copytree(mirror, office.folder.published, dirs_exist_ok=True)
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [ONE, TWO, THREE])


def test_root_rotations_of_three_versions_are_caught_up_with(office: Office, tmp_path: Path) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    for number in range(3):  # in the end nobody of the beginning is left, nor the publisher
        signer, key = new_key(f"successor {number}")
        office.signers[f"successor {number}"] = signer

        def change(root: Root, key: object = key, number: int = number) -> None:
            proposing.add_registrar(root, key, None)  # type: ignore[arg-type]
            proposing.remove_registrar(root, f"registrar {number}", None)

        office.change_root(change)
        office.sign("registrar 2", "registrar 1" if number == 0 else f"successor {number - 1}")
        office.sign(f"successor {number}")
        if number == 2:
            office.sign("successor 1")
        office.publish()
    office.publisher, publisher = new_key("another publisher")
    office.change_root(lambda root: proposing.replace_publisher(root, publisher))
    office.change(lambda registry: registry.with_school(school(3)))
    office.sign("successor 0", "successor 2")
    office.publish()
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [ONE, TWO, THREE])
    assert listed(office.follower(tmp_path / "data")) == [ONE, TWO, THREE]
    new_school = office.follower(tmp_path / "new")
    new_school.check()
    assert listed(new_school) == [ONE, TWO, THREE]


def test_by_a_clock_that_is_a_year_ahead_nobody_is_listed_and_by_the_right_one_all_are_again(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.clock.moment = BEGIN + timedelta(days=365)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.EXPIRED, [])
    office.clock.moment = BEGIN + timedelta(days=1)
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [ONE, TWO])


def test_the_time_is_the_clocks_and_not_the_machines(office: Office, tmp_path: Path) -> None:
    clock = ManualClock(BEGIN.replace(year=2090))
    office.clock.moment = clock.moment
    trust = office.follower(tmp_path / "data")
    trust.check()
    assert trust.problem is Problem.EXPIRED
    office.clock.moment = BEGIN
    trust.check()
    assert trust.problem is None


def test_what_a_newer_version_of_the_program_wrote_is_refused_or_read_without_the_unknown(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    published, _ = office.folder.read()
    assert published is not None
    raw = json.loads(published.content)
    raw["schools"][0]["talks"] = ["heads", "séance"]
    raw["schools"][0]["colour"] = "green"
    release_raw(office, raw, 3)
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [ONE, TWO])
    assert trust.in_force().schools[0].talks == {"heads"}
    release_raw(office, raw | {"format": 2, "schools": []}, 4)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNREADABLE, [ONE, TWO])


def test_one_line_of_the_log_says_that_it_is_refused_and_one_that_it_is_mended(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "zvonok_appservice.federation.trust")
    mirror = office.mirror(tmp_path / "mirror")
    trust = office.follower(tmp_path / "data", mirror)
    trust.check()
    hidden = mirror.rename(tmp_path / "hidden")
    for _ in range(3):
        trust.check()
    office.clock.advance(days=14)
    for _ in range(3):
        trust.check()
    hidden.rename(mirror)
    office.refresh()
    office.mirror(mirror)
    for _ in range(3):
        trust.check()
    assert [record.getMessage().partition(";")[2].strip() or "mended" for record in caplog.records] == [
        "version 2 stays in force until 2026-09-15T09:00:00+00:00",
        "version 2 has expired on 2026-09-15T09:00:00+00:00: nobody is in the federation",
        "mended",
    ]


def release_raw(office: Office, raw: object, version: int) -> None:
    """A registry that this version of the program would not write, signed by two."""
    content = json.dumps(raw).encode()
    target = TargetFile.from_data(TARGET, content, ["sha256"])
    targets = Metadata(Targets(version=version, expires=BEGIN + timedelta(days=9), targets={TARGET: target}))
    for name in ("registrar 0", "registrar 1"):
        targets.sign(office.signers[name], append=True)
    (office.folder.published / "targets" / target.get_prefixed_paths()[0]).write_bytes(content)
    forge(office, targets, 100 + version, 100 + version)


def newest(office: Office, kind: str) -> list[Path]:
    published = read_published(office.folder.published)
    assert published is not None
    if kind == "registry":
        (target,) = published.targets.signed.targets.values()
        return [office.folder.published / "targets" / target.get_prefixed_paths()[0]]
    version = getattr(published, kind).signed.version
    return [office.folder.published / "metadata" / f"{version}.{kind}.json"]
