"""What a school's appservice takes from a registry, and what it refuses, from real files."""

from __future__ import annotations

import json
import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import Signature
from support.registrars import BEGIN, Office, listed, new_key, school
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from zvonok_appservice.federation import proposing, publishing
from zvonok_appservice.federation.folder import TARGET, read_published
from zvonok_appservice.federation.registry import NOBODY, encode
from zvonok_appservice.federation.trust import Problem
from zvonok_core.clock import ManualClock

ONE, TWO, THREE = ("school-1.example", "school-2.example", "school-3.example")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office.found(tmp_path_factory.mktemp("template") / "registrars")
    office.release(school(1), school(2))
    return office


@pytest.fixture
def office(template: Office, tmp_path: Path) -> Office:
    return template.copy(tmp_path / "registrars")


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


def test_while_the_source_is_away_the_last_good_one_stays_in_force_also_after_a_restart(
    office: Office, tmp_path: Path
) -> None:
    mirror = office.mirror(tmp_path / "mirror")
    trust = office.follower(tmp_path / "data", mirror)
    for _ in range(2):
        trust.check()
        office.clock.advance(days=1)
    shutil.rmtree(mirror)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.AWAY, [ONE, TWO])
    restarted = office.follower(tmp_path / "data", mirror)
    assert listed(restarted) == [ONE, TWO]
    restarted.check()
    assert (restarted.problem, listed(restarted)) == (Problem.AWAY, [ONE, TWO])
    assert restarted.trusted == trust.trusted
    assert restarted.trusted is not None
    assert (restarted.trusted.since, restarted.trusted.confirmed) == (BEGIN, BEGIN + timedelta(days=1))


@pytest.mark.parametrize("away", [True, False])
def test_a_check_cut_short_after_any_file_loses_nothing(office: Office, tmp_path: Path, away: bool) -> None:
    office.follower(tmp_path / "before").check()
    after = Path(shutil.copytree(tmp_path / "before", tmp_path / "after", symlinks=True))
    office.clock.advance(days=1)
    office.publisher, publisher = new_key("another publisher")
    office.change_root(lambda root: proposing.replace_publisher(root, publisher))
    office.release(school(3))
    office.follower(after).check()
    kept = sorted(
        (path for path in (after / "federation").rglob("*.json")), key=lambda path: path.lstat().st_mtime_ns
    )
    changed = [path for path in kept if path.lstat().st_mtime_ns > newest_time(tmp_path / "before")]
    assert changed[-1].name == "good.json" and len(changed) >= 5
    for files in range(len(changed) + 1):
        data = Path(shutil.copytree(tmp_path / "before", tmp_path / f"cut after {files}", symlinks=True))
        for path in changed[:files]:
            place = data / path.relative_to(after)
            place.unlink(missing_ok=True)
            shutil.copy2(path, place, follow_symlinks=False)
        restarted = office.follower(data, tmp_path / "nowhere" if away else None)
        assert listed(restarted) == [ONE, TWO] + [THREE] * (files == len(changed))
        restarted.check()
        assert restarted.problem is (Problem.AWAY if away else None)
        assert listed(restarted) == [ONE, TWO] + [THREE] * (files == len(changed) or not away)


def newest_time(folder: Path) -> int:
    return max(path.lstat().st_mtime_ns for path in folder.rglob("*"))


@pytest.mark.parametrize("content", [b"", b"{}", bytes(9)])
def test_whatever_a_power_cut_left_in_the_folder_the_next_check_mends_it(
    office: Office, tmp_path: Path, content: bytes
) -> None:
    office.change_root(lambda root: None)
    office.release(school(3))
    office.follower(tmp_path / "data").check()
    names = [
        path.relative_to(tmp_path / "data") for path in (tmp_path / "data" / "federation").rglob("*.json")
    ]
    assert len(names) == 8
    for number, name in enumerate(names):
        data = Path(shutil.copytree(tmp_path / "data", tmp_path / str(number), symlinks=True))
        (data / name).write_bytes(content)
        trust = office.follower(data)
        assert listed(trust) == ([] if name.name == "good.json" else [ONE, TWO, THREE])
        trust.check()
        assert (trust.problem, listed(trust)) == (None, [ONE, TWO, THREE])
        assert listed(office.follower(data)) == [ONE, TWO, THREE]


def test_what_a_command_took_beside_the_running_service_is_known_to_the_service(
    office: Office, tmp_path: Path
) -> None:
    mirror = office.mirror(tmp_path / "mirror")
    service, command = (office.follower(tmp_path / "data", mirror) for _ in range(2))
    service.check()
    office.release(school(3))
    office.mirror(mirror)
    command.check()
    shutil.rmtree(mirror)
    service.check()
    assert (service.problem, listed(service)) == (Problem.AWAY, [ONE, TWO, THREE])


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


def test_a_stolen_key_of_one_registrar_and_the_publishers_key_are_not_enough(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    content = encode(NOBODY.with_school(school(666)))
    target = TargetFile.from_data(TARGET, content, ["sha256"])
    forged = Metadata(Targets(version=3, expires=BEGIN + timedelta(days=9), targets={TARGET: target}))
    forged.sign(office.signers["registrar 0"])
    (office.folder.published / "targets" / target.get_prefixed_paths()[0]).write_bytes(content)
    forge(office, forged, 9, 9)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [ONE, TWO])
    forged.sign(office.signers["registrar 1"], append=True)
    forge(office, forged, 10, 10)
    trust.check()
    assert (trust.problem, listed(trust)) == (None, ["school-666.example"])


def test_a_thief_of_the_publishers_key_keeps_news_back_until_the_registrars_term_is_over(
    office: Office, tmp_path: Path
) -> None:
    published, _ = office.folder.read()
    assert published is not None
    mirror = office.mirror(tmp_path / "mirror")
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.change(lambda registry: registry.without(ONE))  # the thief's mirror keeps it back
    office.sign("registrar 0", "registrar 1")
    office.publish()
    shutil.rmtree(office.folder.published)
    mirror.rename(office.folder.published)
    forge(office, published.targets, 100, 100, BEGIN.replace(year=2090))
    newcomer = office.follower(tmp_path / "newcomer")
    for days, schools in ((239, [ONE, TWO]), (1, [])):
        office.clock.advance(days=days)
        for follower in (trust, newcomer):
            follower.check()
            assert listed(follower) == schools


@pytest.mark.parametrize("kind", ["snapshot", "timestamp"])
@pytest.mark.parametrize("signers", [[], ["registrar 0"], ["registrar 0", "registrar 1", "registrar 2"]])
def test_what_is_the_publishers_to_sign_nobody_else_signs(
    office: Office, tmp_path: Path, kind: str, signers: list[str]
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    office.change(lambda registry: registry.without(ONE))
    office.sign("registrar 0", "registrar 1")
    office.publish()
    published, _ = office.folder.read()
    assert published is not None
    part = getattr(published, kind)
    part.signatures.clear()
    for name in signers:
        part.sign(office.signers[name], append=True)
    metadata = office.folder.published / "metadata"
    name = "timestamp.json" if kind == "timestamp" else f"{part.signed.version}.snapshot.json"
    (metadata / name).write_bytes(part.to_bytes())
    if kind == "snapshot":  # the publisher confirms it, unsigned as it is
        published.timestamp.signed.snapshot_meta = MetaFile(part.signed.version)
        published.timestamp.sign(office.publisher)
        (metadata / "timestamp.json").write_bytes(published.timestamp.to_bytes())
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [ONE, TWO])


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


def test_a_registrar_who_signs_twice_under_two_names_counts_once(office: Office, tmp_path: Path) -> None:
    published, _ = office.folder.read()
    assert published is not None
    one = office.signers["registrar 0"]
    root = Metadata[Root].from_bytes(published.root.to_bytes())
    root.signed.version += 1
    root.signatures.clear()
    signature = root.sign(one)
    other = office.signers["registrar 1"].public_key.keyid
    root.signatures[other] = Signature(other, signature.signature)
    (office.folder.published / "metadata" / "2.root.json").write_bytes(root.to_bytes())
    trust = office.follower(tmp_path / "data")
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [])


def test_a_root_signed_by_one_registrar_alone_is_refused_and_the_last_good_one_stays(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    published, _ = office.folder.read()
    assert published is not None
    root = Metadata[Root].from_bytes(published.root.to_bytes())
    root.signed.version, root.signed.roles["targets"].threshold = 2, 1
    root.signed.roles["root"].threshold = 1
    root.signatures.clear()
    root.sign(office.signers["registrar 0"])
    (office.folder.published / "metadata" / "2.root.json").write_bytes(root.to_bytes())
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [ONE, TWO])


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


def test_a_registry_of_others_is_refused_by_whoever_trusts_this_root(office: Office, tmp_path: Path) -> None:
    others = Office.found(tmp_path / "others")
    others.release(school(666))
    trust = office.follower(tmp_path / "data", others.folder.published)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.UNSIGNED, [])


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"signed": {"_type": "root"}, "signatures": []}'])
def test_without_a_first_root_nothing_is_trusted(
    office: Office, tmp_path: Path, content: bytes | None
) -> None:
    trust = office.follower(tmp_path / "data")
    root = tmp_path / "data" / "root.json"
    root.unlink()
    if content is not None:
        root.write_bytes(content)
    trust.check()
    assert (trust.problem, listed(trust)) == (Problem.ROOT, [])


def test_another_first_root_begins_anew_and_back(office: Office, tmp_path: Path) -> None:
    for _ in range(2):  # a longer history of roots must not get into the other's way
        office.change_root(lambda root: None)
        office.sign("registrar 0", "registrar 1")
        office.publish()
    trust = office.follower(tmp_path / "data")
    trust.check()
    others = Office.found(tmp_path / "others")
    others.release(school(7))
    root = tmp_path / "data" / "root.json"
    root.write_bytes(others.folder.first_root.read_bytes())
    moved = others.follower(tmp_path / "data")
    assert listed(moved) == []
    moved.check()
    assert (moved.problem, listed(moved)) == (None, ["school-7.example"])
    assert listed(others.follower(tmp_path / "data")) == ["school-7.example"]


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


def test_a_publishers_key_that_was_stolen_is_replaced_even_after_it_ran_far_ahead(
    office: Office, tmp_path: Path
) -> None:
    trust = office.follower(tmp_path / "data")
    trust.check()
    published, _ = office.folder.read()
    assert published is not None
    mirror = office.mirror(tmp_path / "mirror")
    forge(office, published.targets, 10**6, 10**6)
    trust.check()
    assert listed(trust) == [ONE, TWO]
    shutil.rmtree(office.folder.published)
    mirror.rename(office.folder.published)
    trust.check()
    assert trust.problem is Problem.OLDER
    office.publisher, publisher = new_key("another publisher")
    office.change_root(lambda root: proposing.replace_publisher(root, publisher))
    office.change(lambda registry: registry.without(ONE))
    office.sign("registrar 0", "registrar 2")
    office.publish()
    trust.check()
    assert (trust.problem, listed(trust)) == (None, [TWO])


def test_a_clock_that_is_put_back_brings_nothing_back(office: Office, tmp_path: Path) -> None:
    mirror = office.mirror(tmp_path / "mirror")
    trust = office.follower(tmp_path / "data", mirror)
    office.clock.advance(days=13)
    trust.check()
    before = trust.trusted
    office.clock.moment = BEGIN - timedelta(days=365)
    for follower in (trust, office.follower(tmp_path / "data", mirror)):
        follower.check()
        assert follower.trusted == before
        assert listed(follower) == [ONE, TWO]
    others = office.mirror(tmp_path / "late")
    office.clock.moment = BEGIN + timedelta(days=13)
    office.refresh()
    trust = office.follower(tmp_path / "data")
    office.clock.advance(days=10)
    trust.check()
    assert listed(trust) == [ONE, TWO]
    office.clock.moment = BEGIN  # by this clock the older confirmation would still be good
    misled = office.follower(tmp_path / "data", others)
    misled.check()
    assert misled.problem is not None
    assert misled.trusted is not None and misled.trusted.confirmed == BEGIN + timedelta(days=23)


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


def forge(
    office: Office,
    targets: Metadata[Targets],
    snapshot: int,
    timestamp: int,
    until: datetime = BEGIN + timedelta(days=10),
) -> None:
    """What somebody with the publisher's key can put on show."""
    metadata = office.folder.published / "metadata"
    (metadata / f"{targets.signed.version}.targets.json").write_bytes(targets.to_bytes())
    meta = {"targets.json": MetaFile(targets.signed.version)}
    second = Metadata(Snapshot(version=snapshot, expires=until, meta=meta))
    second.sign(office.publisher)
    (metadata / f"{snapshot}.snapshot.json").write_bytes(second.to_bytes())
    third = Metadata(Timestamp(version=timestamp, expires=until, snapshot_meta=MetaFile(snapshot)))
    third.sign(office.publisher)
    (metadata / "timestamp.json").write_bytes(third.to_bytes())


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
