"""What a school's appservice remembers: over a restart, beside another program, after a power cut,
by a clock that is put back."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from support.registrars import BEGIN, Office, listed, new_key, school

from zvonok_appservice.federation import proposing
from zvonok_appservice.federation.trust import Problem

ONE, TWO, THREE = ("school-1.example", "school-2.example", "school-3.example")


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
