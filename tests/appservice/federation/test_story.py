"""One story, told with the real command: three offices found a federation, ten schools come,
an office loses its key, a school leaves; then the appservice of one school says whom it trusts."""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.example import EXAMPLE
from support.mirrors import mirror_of
from support.registrars import key_of

from zvonok_appservice.federation import files
from zvonok_appservice.federation.cli import main, signing
from zvonok_appservice.federation.cli.desk import Desk
from zvonok_appservice.federation.folder import Folder
from zvonok_core.clock import ManualClock
from zvonok_core.text import Catalogs

SCRIPTS = Path(sys.executable).parent
OFFICES = ("north", "south", "east")


def run(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Type a command of `zvonok-federation`; its exit code is the one that is expected. It runs
    in this process: half a hundred more would each take half a second to begin."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as exit_:
        main([*map(str, arguments)])
    done = subprocess.CompletedProcess(arguments, int(exit_.value.code or 0), out.getvalue(), err.getvalue())
    assert done.returncode == code, done.stdout + done.stderr
    return done


def start(
    script: str, *arguments: object, code: int = 0, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Type a command for a process of its own."""
    done = subprocess.run(
        [SCRIPTS / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **variables},
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


class Offices:
    """Three registrars and the publisher, each with a machine (a folder) of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.publisher = folder / "publisher"
        self.stick = folder / "stick"
        self.publisher.mkdir()
        self.stick.mkdir()

    def make_key(self, office: str) -> Path:
        """A registrar's key, of which only the public file leaves the machine. West's has a
        passphrase, which costs time on purpose whenever it is used."""
        machine = self.folder / office
        machine.mkdir()
        if office == "west":
            (machine / "passphrase").write_text("words of the west\n")
        run("key", f"Отдел {office}", "-o", machine / office, *self.passphrase(office, "--no-passphrase"))
        return Path(shutil.copy(machine / f"{office}.pub", self.stick))

    def passphrase(self, office: str, *otherwise: str) -> list[object]:
        file = self.folder / office / "passphrase"
        return ["--passphrase-file", file] if file.exists() else [*otherwise]

    def sign(self, office: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """The proposal and what is published travel to the registrar, and the proposal back."""
        for part in ("published", "proposal"):
            shutil.rmtree(self.stick / part, ignore_errors=True)
            if (self.publisher / part).exists():
                shutil.copytree(self.publisher / part, self.stick / part)
        key = ["--key", self.folder / office / f"{office}.key", *self.passphrase(office)]
        done = run("-f", self.stick, "sign", *key, "--yes", code=code)
        if code == 0:
            self.do("merge", self.stick / "proposal")
        return done

    def answer(self, number: int, key: str, id_: str = "ed25519:a") -> Path:
        """What the school's homeserver says of its keys."""
        answer = {"server_name": f"school-{number}.example", "verify_keys": {id_: {"key": key}}}
        path = self.stick / "server.json"
        path.write_text(json.dumps(answer))
        return path

    def do(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        """A command in the publisher's folder."""
        return run("-f", self.publisher, *arguments, code=code)

    def publish(self, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.do("publish", "--key", self.publisher / "publisher.key", code=code)

    def status(self) -> Any:
        return json.loads(self.do("status", "--json").stdout)


def add(offices: Offices, number: int, code: int = 0) -> subprocess.CompletedProcess[str]:
    return offices.do(
        "add",
        f"school-{number}.example",
        "--title",
        f"Школа № {number}",
        "--contact",
        f"Отдел связи, школа № {number}",
        "--talks",
        "heads",
        "direct",
        "--keys",
        offices.answer(number, key_of(number)),
        code=code,
    )


@pytest.fixture
def offices(tmp_path: Path) -> Offices:
    return Offices(tmp_path)


def test_three_offices_ten_schools_and_a_lost_key(offices: Offices, tmp_path: Path) -> None:
    # The keys: the registrars' with a passphrase, the publisher's for a timer.
    public = [offices.make_key(office) for office in OFFICES]
    run("key", "Издатель", "-o", offices.publisher / "publisher", "--no-passphrase")
    private = offices.folder / "north" / "north.key"
    assert private.stat().st_mode & 0o777 == 0o600
    assert (
        "уже есть"
        in run("key", "Отдел", "-o", offices.publisher / "publisher", "--no-passphrase", code=6).stderr
    )

    # The founding, and the first school.
    founding = ["--registrars", *public, "--publisher", offices.publisher / "publisher.pub"]
    offices.do("init", *founding, "--threshold", 4, code=6)
    offices.do("init", *founding, "--threshold", 2)
    add(offices, 1)
    assert "подписей 0 из 2" in offices.publish(code=4).stderr
    offices.sign("north")
    assert "Ещё не подписали: Отдел south, Отдел east" in offices.publish(code=4).stderr
    assert offices.status()["proposal"]["signatures"][-1]["signed"] == ["Отдел north"]
    assert "Новая школа: Школа № 1 (school-1.example)" in offices.sign("east").stdout
    assert "1.root.json" in offices.publish().stdout
    assert start("zvonok-federation", "-f", offices.publisher, "verify").stdout == "Ошибок нет.\n"
    root = Path(shutil.copy(offices.publisher / "published" / "metadata" / "1.root.json", tmp_path))

    # Nine more; a slip is refused with a sentence and changes nothing.
    for number in range(2, 11):
        add(offices, number)
    assert "уже в реестре" in add(offices, 2, code=6).stderr
    offices.do("talks", "school-11.example", "heads", code=6)
    offices.do("rotate-key", "school-3.example", "--keys", offices.answer(3, key_of(2)), code=6)
    offices.sign("south")
    offices.sign("north")
    offices.publish()
    assert [one["server_name"] for one in offices.status()["published"]["schools"]] == sorted(
        f"school-{number}.example" for number in range(1, 11)
    )

    # South loses its key: a successor takes the office, signed by the two that are left.
    successor = offices.make_key("west")
    offices.do("add-registrar", successor)
    offices.do("remove-registrar", "Отдел south")
    server = offices.answer(4, key_of("new"), "ed25519:new")
    offices.do("rotate-key", "school-5.example", "--keys", server, code=6)
    offices.do("rotate-key", "school-4.example", "--keys", server)
    offices.do("remove", "school-10.example")
    offices.sign("north")
    offices.sign("west")
    assert "прежних регистраторов" in offices.publish(code=4).stderr
    offices.sign("east")
    offices.publish()
    offices.do("remove", "school-9.example")
    assert "не ключ регистратора" in offices.sign("south", code=6).stderr
    offices.do("refresh", "--key", offices.publisher / "publisher.key")
    status = offices.status()
    assert status["published"]["registrars"] == ["Отдел north", "Отдел east", "Отдел west"]
    assert [status["published"]["expires"][part]["days"] for part in ("root", "targets", "timestamp")] == [
        239,
        239,
        13,
    ]
    assert offices.do("--language", "en", "verify", "--root", root).stdout == "Nothing is wrong.\n"

    # A school that has had the first root all along asks over https.
    with mirror_of(offices.publisher / "published", tmp_path) as mirror:
        config = configuration(tmp_path, mirror.address, root)
        told = start("zvonok-appservice", "-c", config, "federation", SSL_CERT_FILE=str(mirror.authority))
        assert "Действует версия 3" in told.stdout
    away = start("zvonok-appservice", "-c", config, "federation", "--json", code=5)
    told_json = json.loads(away.stdout)
    assert (told_json["problem"], told_json["trusted"]["version"]) == ("away", 3)
    assert told_json["peers"] == sorted(f"school-{number}.example" for number in range(2, 10))

    # Somebody meddles with what is on show.
    (target,) = [
        path
        for path in (offices.publisher / "published" / "targets").iterdir()
        if b"ed25519:new" in path.read_bytes()
    ]
    target.write_bytes(target.read_bytes().replace(b"heads", b"event"))
    wrong = json.loads(offices.do("verify", "--json", code=3).stdout)["wrong"]
    assert wrong == [
        "registry.json — не тот файл, который подписали регистраторы.",
        "Школа это не примет: файл не тот, который подписали.",
    ]


def test_a_registrar_is_shown_neither_a_forged_past_nor_another_federation(offices: Offices) -> None:
    public = [offices.make_key("north")]
    run("key", "Издатель", "-o", offices.publisher / "publisher", "--no-passphrase")
    run("key", "Чужой", "-o", offices.stick / "stranger", "--no-passphrase")
    publisher = ["--publisher", offices.publisher / "publisher.pub", "--threshold", 1]
    offices.do("init", "--registrars", *public, *publisher)
    offices.sign("north")
    add(offices, 1)
    offices.sign("north")  # the same founding, with one school more
    offices.publish()
    own, forged = offices.publisher, offices.folder / "forged"
    forged.mkdir()
    shutil.copy(own / "publisher.key", forged)

    offices.publisher = forged  # a federation that looks the same, with one registrar more
    offices.do("init", "--registrars", *public, offices.stick / "stranger.pub", *publisher)
    assert "для другой федерации" in offices.sign("north", code=6).stderr
    offices.do("sign", "--key", offices.stick / "stranger.key", "--yes")
    offices.publish()
    add(offices, 1)
    assert "подписывать нельзя" in offices.sign("north", code=6).stderr

    offices.publisher = own
    add(offices, 2)
    assert "Подписей достаточно" not in offices.do("merge", own / "proposal").stdout
    offices.sign("north")
    assert "Подписей достаточно" in offices.do("merge", own / "proposal").stdout


def test_a_timers_refresh_waits_for_whoever_is_at_work(offices: Offices) -> None:
    offices.make_key("north")
    found(offices)
    timestamp = offices.publisher / "published" / "metadata" / "timestamp.json"
    before = timestamp.read_bytes()
    refresh = ["-f", offices.publisher, "refresh", "--key", offices.publisher / "publisher.key"]
    timer = threading.Thread(target=run, args=refresh)
    with files.alone(offices.publisher):
        timer.start()
        timer.join(0.5)
        assert timer.is_alive() and timestamp.read_bytes() == before
    timer.join(30)
    assert timestamp.read_bytes() != before


def test_a_timers_mail_says_in_time_that_registrars_have_to_sign(
    offices: Offices, capsys: pytest.CaptureFixture[str]
) -> None:
    offices.make_key("north")
    found(offices)
    clock = ManualClock(datetime.now(UTC))
    desk = Desk(Folder(offices.publisher), clock, Catalogs.load(("zvonok_core", "zvonok_appservice")), "ru")
    options = argparse.Namespace(key=offices.publisher / "publisher.key", passphrase_file=None)
    told = []
    for days in (194, 2, 44):
        clock.advance(days=days)
        signing.refresh(desk, options)
        told.append([line.partition(";")[2] for line in capsys.readouterr().err.splitlines()])
    assert told == [[], [" пора выполнить renew, собрать подписи и опубликовать"] * 3, told[1]]


def found(offices: Offices) -> None:
    """A federation of one registrar, north."""
    run("key", "Издатель", "-o", offices.publisher / "publisher", "--no-passphrase")
    public = ["--registrars", offices.stick / "north.pub", "--publisher", offices.publisher / "publisher.pub"]
    offices.do("init", *public, "--threshold", 1)
    offices.sign("north")
    offices.publish()


def configuration(folder: Path, source: str, root: Path) -> Path:
    """A school's config.yaml."""
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    raw["appservice"] |= {"as_token": "f3w9-a-long-random-word", "hs_token": "k2v8-another-random-word"}
    raw["homeserver"]["server_name"] = "school-1.example"
    raw |= {"data": str(folder / "data"), "federation": {"registry": source, "root": str(root)}}
    path = folder / "config.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(raw, file)
    return path
