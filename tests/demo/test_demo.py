"""`scripts/demo` as whoever starts it sees it: what it prints, leaves, resumes and refuses."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from .conftest import DemoProcess, start_demo

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]  # it waits 240 s for a demo

CHECKS = 12


def rooms_on(data: Path) -> int:
    """How many managed rooms the homeserver has; people's chats are not among them."""
    with sqlite3.connect(f"file:{data / 'synapse' / 'homeserver.db'}?mode=ro", uri=True) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM current_state_events WHERE type = 'dev.zvonok.room'"
        ).fetchone()
    database.close()
    return int(count)


def test_exit_checks_that_all_of_it_works(checked_demo: DemoProcess) -> None:
    printed = checked_demo.printed
    assert checked_demo.process.returncode == 0, printed
    assert "Всё работает." in printed
    assert "не работает:" not in printed
    tried = printed[printed.index("Все могут войти") :]
    assert len(re.findall(r" — \d+\.\d s$", tried, re.MULTILINE)) == CHECKS + 1, (
        "and the stop of the homeserver"
    )
    assert checked_demo.left_behind() == []


def test_it_tells_where_to_go_and_who_may_log_in(checked_demo: DemoProcess) -> None:
    printed = checked_demo.printed
    ports = checked_demo.ports
    assert f"http://localhost:{ports['homeserver']}" in printed
    assert f"http://localhost:{ports['page']}/" in printed
    logins = re.findall(r"^  ([a-z]+\.[a-z]+\d*) +(\d{14})  (.+)$", printed, re.MULTILINE)
    whos = " | ".join(who for _, _, who in logins)
    assert len(logins) == 6
    for word in ("директор", "заместитель директора", "классный руководитель: 7А", "ученик"):
        assert word in whos
    assert re.search(r"учитель; родитель: \w+ \w+ \(5А\)", whos), "a teacher who is a parent"
    assert re.search(r"родитель: .*\(5А\), .*\(7Б\)", whos), "a parent of two"


def test_it_prints_the_tree_with_sizes(checked_demo: DemoProcess) -> None:
    printed = checked_demo.printed
    assert re.search(r"^Школа № 1  \d+/\d+$", printed, re.MULTILINE)
    assert re.search(r"^  ├ Учительская  \d+/\d+$", printed, re.MULTILINE)
    assert re.search(r"^  │ ├ 7А\. Родители  \d+/\d+$", printed, re.MULTILINE)
    assert re.search(r"7А\+7Б\. Немецкий язык  \d+/\d+$", printed, re.MULTILINE)


def test_secrets_are_for_their_owner_alone(checked_demo: DemoProcess) -> None:
    names = ("config.yaml", "registration.yaml", "secrets.json", "passwords.json", "demo.json")
    names += ("policy_facts.json",)
    assert {name: (checked_demo.data / name).stat().st_mode & 0o777 for name in names} == dict.fromkeys(
        names, 0o600
    )


def test_exit_tells_what_does_not_work(checked_demo: DemoProcess, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(checked_demo.data, data)
    passwords = json.loads((data / "passwords.json").read_text(encoding="utf-8"))
    passwords[list(passwords)[-1]]["password"] = "forgotten"
    (data / "passwords.json").write_text(json.dumps(passwords), encoding="utf-8")
    demo = start_demo(data, "--exit", "--language", "en")
    assert demo.process.wait(90) == 1, demo.printed
    assert re.search(r"^Everybody can log in .*\n  does not work: ", demo.printed, re.MULTILINE)
    assert demo.printed.count("does not work:") == 2, "nor is it in its rooms; all else works"
    assert "Not everything works; see above." in demo.printed
    assert "Traceback" not in demo.printed
    assert demo.left_behind() == []


def test_the_next_run_goes_on(checked_demo: DemoProcess, running_demo: DemoProcess) -> None:
    passwords = json.loads((running_demo.data / "passwords.json").read_text(encoding="utf-8"))
    first = dict(re.findall(r"^  ([a-z]+\.[a-z]+\d*) +(\d{14})  ", checked_demo.printed, re.MULTILINE))
    again = dict(re.findall(r"^  ([a-z]+\.[a-z]+\d*) +(\d{14})  ", running_demo.printed, re.MULTILINE))
    assert again == first
    assert set(first.values()) <= {entry["password"] for entry in passwords.values()}
    assert (
        rooms_on(running_demo.data)
        == len(set(re.findall(r"[├└] (.+?)  \d+/\d+$", running_demo.printed, re.MULTILINE))) + 1
    ), "the school's own space, and no room twice"


def test_two_demos_do_not_share_a_folder(running_demo: DemoProcess) -> None:
    second = start_demo(running_demo.data)
    assert second.process.wait(20) == 2
    assert "уже работает другая демонстрация" in second.printed


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        demo = start_demo(tmp_path / "data", "--port", port, "--language", "en")
        assert demo.process.wait(30) == 2
    assert f"Port {port} is taken by another program" in demo.printed
    assert "Traceback" not in demo.printed


def test_a_folder_without_a_web_client_is_told(tmp_path: Path) -> None:
    demo = start_demo(tmp_path / "data", "--web", str(tmp_path))
    assert demo.process.wait(30) == 2
    assert "нет index.html" in demo.printed
    assert not (tmp_path / "data").exists(), "nothing was begun"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["Starting the homeserver …", "Making accounts …"])
def test_it_can_be_stopped_while_it_starts(tmp_path: Path, number: signal.Signals, when: str) -> None:
    demo = start_demo(tmp_path / "data", "--language", "en")
    demo.until(when, 60)
    assert demo.stop(number) == 0, demo.printed
    assert "Traceback" not in demo.printed
    assert demo.left_behind() == []
