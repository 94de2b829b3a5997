"""The demo's own files: whose folder it is, which ports, what the morning does to the journal,
and a web client that is served."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import aiohttp
import pytest

from zvonok_appservice.roster.oneroster import OneRosterSource
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_core.errors import UserError
from zvonok_demo import journal_edit, ports
from zvonok_demo.cast import MAIN, Part, choose_cast
from zvonok_demo.folder import DataFolder, Facts, data_folder
from zvonok_demo.installation import make_school
from zvonok_demo.journal_edit import Move
from zvonok_demo.page.client_files import web_client
from zvonok_demo.school import small_school
from zvonok_demo.synapse import SynapseProcess, free_port

DAY = date(2026, 11, 23)


# ---------------------------------------------------------------- the folder


def other_files(folder: Path) -> None:
    (folder / "диплом.docx").write_text("?", encoding="utf-8")


def other_version(folder: Path) -> None:
    (folder / "lock").touch()
    (folder / "demo.json").write_text('{"version": 99}', encoding="utf-8")


def broken(folder: Path) -> None:
    (folder / "lock").touch()
    (folder / "demo.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [(other_files, "other files"), (other_version, "another version"), (broken, "can't be read")],
)
def test_a_folder_that_is_not_its_own_is_left_alone(
    tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    spoil(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(UserError, match=told), data_folder(tmp_path):
        pass
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(UserError, match="can't be used"), data_folder(tmp_path / "data"):
        pass


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    path = tmp_path / "data"
    with data_folder(path), pytest.raises(UserError, match="Another demo"), data_folder(path):
        pass
    with data_folder(tmp_path / "data"):
        pass


def test_a_full_disk_is_told_beforehand(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="MB of disk are free"), data_folder(tmp_path / "data", 2**70):
        pass


def test_a_first_run_that_was_cut_short_begins_again(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.journal.mkdir()
    (folder.journal / "half.csv").touch()
    first = make_school(folder, DAY)
    assert not (folder.journal / "half.csv").exists()
    (folder.journal / "users.csv").write_text("edited by its owner", encoding="utf-8")
    assert make_school(folder, date(2027, 1, 1)) == first
    assert (folder.journal / "users.csv").read_text(encoding="utf-8") == "edited by its owner"


def test_ports_are_remembered(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.remember(Facts(DAY, cast={"head": "p1"}))
    folder.remember_ports({"page": 1234})
    assert folder.facts() == Facts(DAY, {"page": 1234}, {"head": "p1"})


# ---------------------------------------------------------------- ports


def test_the_last_ports_are_used_again_where_they_are_free() -> None:
    wanted = {name: free_port() for name in ports.USUAL}
    assert ports.choose(wanted, None) == wanted


def test_a_taken_port_is_replaced_and_one_that_was_asked_for_is_not() -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        chosen = ports.choose({"homeserver": taken, "page": taken}, None)
        assert taken not in chosen.values()
        assert len(set(chosen.values())) == len(ports.USUAL)
        with pytest.raises(UserError, match=f"Port {taken} is taken"):
            ports.choose({}, taken)


def test_a_port_that_was_asked_for_goes_before_the_remembered_one() -> None:
    asked, last = free_port(), free_port()
    assert ports.choose({"homeserver": last, "page": asked}, asked)["homeserver"] == asked
    assert ports.choose({"homeserver": last, "page": asked}, asked)["page"] != asked


# ---------------------------------------------------------------- people and the journal


@pytest.mark.parametrize("seed", range(1, 9))
def test_every_part_has_somebody_of_its_own(seed: int) -> None:
    school = small_school(seed, DAY)
    cast = choose_cast(school)
    assert set(Part) <= set(cast)
    assert len(set(cast.values())) == len(cast)
    assert set(MAIN) < set(Part)


def snapshot(folder: DataFolder) -> Snapshot:
    reading = OneRosterSource(folder.journal, small_school(7, DAY).snapshot.school.id, lambda: DAY).read(None)
    assert reading.snapshot is not None
    return reading.snapshot


def places(found: Snapshot, person: str) -> set[str]:
    """The classes and subgroups that a student is in."""
    classes = {row.class_ for row in found.class_enrolments if row.student == person}
    return classes | {row.subgroup for row in found.subgroup_enrolments if row.student == person}


def test_a_student_moves_with_all_lessons_and_back(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    facts = make_school(folder, DAY)
    before = {path.name: path.read_bytes() for path in folder.journal.iterdir()}
    school = small_school(7, DAY)
    old, new = school.class_called("7А"), school.class_called("7Б")
    student = school.snapshot.people[facts.cast["mover"]].id  # type: ignore[index]
    shared = {place for place in places(snapshot(folder), student) if "german" in place}

    assert journal_edit.move(folder, Move(student, old, new)) > 5
    moved = snapshot(folder)
    assert {place for place in places(moved, student) if old in place} == shared
    assert new in places(moved, student)
    others = {row.student for row in moved.class_enrolments} - {student}
    assert {p: places(moved, p) for p in others} == {p: places(school.snapshot, p) for p in others}

    assert journal_edit.undo(folder) > 5
    assert {path.name: path.read_bytes() for path in folder.journal.iterdir()} == before
    assert not (tmp_path / journal_edit.NOTE).exists(), "else the next start would move somebody"
    assert journal_edit.undo(folder) == 0


def test_a_journal_that_its_owner_broke_is_told(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    facts = make_school(folder, DAY)
    (folder.journal / "enrollments.csv").write_bytes(b"\xff\xfe")
    school = small_school(7, DAY)
    step = Move(school.snapshot.people[facts.cast["mover"]].id, *list(school.snapshot.classes)[1:3])  # type: ignore[index]
    with pytest.raises(UserError, match="can't be changed"):
        journal_edit.move(folder, step)
    assert (folder.journal / "enrollments.csv").read_bytes() == b"\xff\xfe"


# ---------------------------------------------------------------- a web client


@pytest.fixture
def client_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "client"
    (folder / "bundles").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Client</title>", encoding="utf-8")
    (folder / "config.json").write_text('{"default_server_name": "elsewhere"}', encoding="utf-8")
    (folder / "bundles" / "code.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret").write_text("password", encoding="utf-8")
    (folder / "link").symlink_to(tmp_path / "secret")
    return folder


async def test_a_client_gets_a_configuration_made_for_it(client_folder: Path) -> None:
    address = "http://localhost:8008"
    async with (
        web_client(client_folder, free_port(), address, "school.test") as url,
        aiohttp.ClientSession(url) as browser,
    ):
        async with browser.get("config.json") as answer:
            config = await answer.json()
        assert config["default_server_config"]["m.homeserver"] == {
            "base_url": address,
            "server_name": "school.test",
        }
        assert config["setting_defaults"]["language"] == "ru"
        assert config["integrations_ui_url"] == ""
        async with browser.get("") as answer:
            assert "<title>Client</title>" in await answer.text()
        async with browser.get("bundles/code.wasm") as answer:
            assert answer.content_type == "application/wasm"
        async with browser.get("", headers={"Host": "elsewhere.example"}) as answer:
            assert answer.status == 421


@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/%2e%2e/secret",
        "/bundles/..%2f..%2fsecret",
        "/link",
        "//etc/passwd",
        "/%00",
        "/bundles",
        "/..\\secret",
    ],
)
async def test_a_client_gets_no_other_files(client_folder: Path, path: str) -> None:
    port = free_port()
    async with web_client(client_folder, port, "http://localhost:8008", "school.test"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
        status, _, body = (await reader.read()).partition(b"\r\n")
        writer.close()
        await writer.wait_closed()
    assert status.split()[1] in (b"400", b"404"), status
    assert b"password" not in body
    assert b"root:" not in body


async def test_a_folder_without_a_client_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"index\.html"):
        async with web_client(tmp_path, free_port(), "http://localhost:8008", "school.test"):
            pass


# ---------------------------------------------------------------- what a killed demo left behind


@pytest.mark.live
async def test_a_homeserver_that_was_left_running_is_ended_before_another_starts(tmp_path: Path) -> None:
    killed = SynapseProcess(tmp_path)
    await killed.start()
    async with SynapseProcess(tmp_path) as following:
        assert following.pid is not None
        assert killed.pid is None
    assert json.loads((tmp_path / "synapse.pid").read_text(encoding="utf-8").split()[0]) > 0
