"""The commands, as an administrator types them: a real program, a real Synapse."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import stat
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from ruamel.yaml import YAML
from support.processes import write_config
from support.schools import HostedSchool

from zvonok_appservice.app import open_app
from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.config import load
from zvonok_appservice.reconcile.names import full_name
from zvonok_appservice.roster.snapshot import Snapshot
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.generate import generate

pytestmark = pytest.mark.live

TODAY = date.today()  # noqa: DTZ011 - the commands go by the machine's own day


@dataclass
class Said:
    """What a command said."""

    code: int
    out: str
    err: str


@dataclass
class Office:
    """An administrator's desk: the configuration file, and the journal's folder."""

    school: HostedSchool
    config: Path
    snapshot: Snapshot

    async def run(self, *arguments: str) -> Said:
        """Type a command and wait for its end."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-W",
            "error",
            "-c",
            "from zvonok_appservice.cli import main; main()",
            "-c",
            str(self.config),
            *arguments,
            cwd=self.config.parent,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(90):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Said(process.returncode, out.decode(), err.decode())

    def export(self, snapshot: Snapshot) -> None:
        """The journal writes its export anew."""
        write_oneroster(snapshot, self.config.parent / "journal", TODAY)

    def somebody(self, kind: str) -> Any:
        """A person of the school: a student of the first class, that student's guardian, …"""
        first = next(iter(self.snapshot.classes))
        student = next(row.student for row in self.snapshot.class_enrolments if row.class_ == first)
        if kind == "student":
            return self.snapshot.people[student]
        if kind == "guardian":
            row = next(r for r in self.snapshot.guardianships if r.child == student and not r.restricted)
            return self.snapshot.people[row.guardian]
        return self.snapshot.people[self.snapshot.homerooms[0].teacher]


@pytest.fixture
async def office(new_school: HostedSchool, tmp_path: Path) -> Office:
    snapshot = generate(5, TODAY, classes={7: 2}, size=4).snapshot
    school = dataclasses.replace(new_school.config.school, id=snapshot.school.id)
    config = dataclasses.replace(new_school.config, school=school, journal=new_school.config.journal)
    path = tmp_path / "config.yaml"
    write_config(config, path)
    desk = Office(new_school, path, snapshot)
    desk.export(snapshot)
    assert config.journal.path == tmp_path / "journal"
    return desk


async def test_from_an_empty_homeserver_to_people_in_their_rooms(office: Office) -> None:
    first = await office.run("plan")
    assert first.code == 0, first.err
    assert "Учительская" in first.out and "7А. Родители" in first.out

    applied = await office.run("apply")
    assert applied.code == 0, applied.err
    again = await office.run("plan", "--json")
    assert json.loads(again.out)["steps"] == []

    guardian, student = office.somebody("guardian"), office.somebody("student")
    refused = await office.run("activate", "--person", student.id, "--json")
    assert refused.code == 6, "a child of grade 7 needs a guardian's consent first"
    made = await office.run(
        "activate", "--person", student.id, "--person", guardian.id, "--consent-on-paper", "--json"
    )
    assert made.code == 0, made.err
    rows = {row["person"]: row for row in json.loads(made.out)}
    assert (await office.run("apply")).code == 0
    async with office.school.stranger() as person:
        user = office.school.homeserver.user_id(rows[guardian.id]["user"])
        assert (await person.sign_in(user, rows[guardian.id]["password"])).ok
        assert len(await person.rooms()) >= 4

    why = await office.run("why", rows[guardian.id]["user"], "7А. Родители")
    assert why.code == 0, why.err
    assert "users.csv" in why.out and full_name(student) in why.out
    why_not = await office.run("why", guardian.id, "Учительская", "--json")
    assert json.loads(why_not.out)["due"] is False


async def test_a_change_is_told_with_its_reason_and_a_mass_removal_is_held(office: Office) -> None:
    assert (await office.run("apply")).code == 0
    everybody = ["--role", "guardians", "--consent-on-paper", "--json"]
    assert (await office.run("activate", *everybody)).code == 0
    assert (await office.run("apply")).code == 0

    student = office.somebody("student").id
    classes = list(office.snapshot.classes)
    moved = dataclasses.replace(
        office.snapshot,
        class_enrolments=tuple(
            dataclasses.replace(row, class_=classes[1]) if row.student == student else row
            for row in office.snapshot.class_enrolments
        ),
    )
    office.export(moved)
    told = await office.run("plan")
    assert told.code == 0, told.out + told.err
    assert "7А. Родители" in told.out and "7Б" in told.out and ".csv" in told.out

    office.export(dataclasses.replace(moved, guardianships=()))
    held = await office.run("plan", "--json")
    assert held.code == 4, held.out
    digest = json.loads(held.out)["held"]["digest"]
    assert digest in (await office.run("plan")).out
    assert (await office.run("apply", "00000000")).code == 6
    assert (await office.run("apply")).code == 4
    assert (await office.run("apply", digest)).code == 0
    assert json.loads((await office.run("plan", "--json")).out)["steps"] == []


async def test_letters_lock_and_unlock(office: Office, tmp_path: Path) -> None:
    assert (await office.run("apply")).code == 0
    letters = await office.run("letters", "--class", "7-а", "-o", "letters.pdf")
    assert letters.code == 0, letters.err
    file = tmp_path / "letters.pdf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    pages = "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert office.somebody("student").family in pages and office.somebody("guardian").family in pages

    head = office.somebody("head")
    made = await office.run("activate", "--person", head.id, "--json")
    row = json.loads(made.out)[0]
    user = office.school.homeserver.user_id(row["user"])
    async with office.school.stranger() as person:
        assert (await person.sign_in(user, row["password"])).ok
        locked = await office.run("lock", row["user"], "--reason", "потерян телефон")
        assert locked.code == 0, locked.err
        assert (await person.call("GET", "/v3/account/whoami")).status == 401
        assert (await office.run("apply")).code == 0, "a look must not undo an operator's lock"
        assert not (await person.sign_in(user, row["password"])).ok
        assert (await office.run("unlock", row["user"])).code == 0
        assert (await person.sign_in(user, row["password"])).ok


async def test_whatever_is_wrong_gets_a_sentence_and_its_own_exit_code(
    office: Office, tmp_path: Path
) -> None:
    checked = json.loads((await office.run("check", "--json")).out)["configuration"]
    assert [fault["path"] for fault in checked] == ["homeserver"], "this Synapse has no policy module"
    assert "модуль" in checked[0]["text"], checked
    unknown = await office.run("why", "Никтошин", "Учительская")
    assert unknown.code == 6 and "Никтошин" in unknown.err
    users = tmp_path / "journal" / "users.csv"
    users.unlink()
    fatal = await office.run("check")
    assert fatal.code == 2 and "users.csv" in fatal.out, fatal.err
    assert (await office.run("apply")).code == 3
    raw = YAML(typ="safe").load(office.config)
    raw["rooms"] = {"class": {"members": ["studnets(class)"]}}
    raw["homeserver"]["address"] = "http://127.0.0.1:9"
    with office.config.open("w", encoding="utf-8") as file:
        YAML().dump(raw, file)
    wrong = await office.run("check", "--json")
    paths = [fault["path"] for fault in json.loads(wrong.out)["configuration"]]
    assert wrong.code == 2 and paths == ["rooms.class.members[0]", "homeserver.address"]
    assert json.loads(wrong.out)["journal"], "the journal's faults are told in the same breath"
    raw["school"]["tiem_zone"] = "Europe/Moscow"
    with office.config.open("w", encoding="utf-8") as file:
        YAML().dump(raw, file)
    misspelt = await office.run("plan")
    assert misspelt.code == 2 and "school.tiem_zone" in misspelt.err and "time_zone" in misspelt.err


async def test_without_any_roster_every_command_says_so(office: Office, tmp_path: Path) -> None:
    (tmp_path / "journal" / "users.csv").unlink()
    for command in (["plan"], ["letters", "--all"], ["lock", "Иванова", "--reason", "x"], ["apply"]):
        said = await office.run(*command)
        assert said.code == 3, (command, said)
        assert "check" in said.err + said.out


async def test_what_the_running_appservice_does_is_counted(office: Office, tmp_path: Path) -> None:
    users = tmp_path / "journal" / "users.csv"
    async with open_app(load(office.config, {})) as app:

        def counted(name: str) -> str:
            lines = app.metrics.text().decode().splitlines()
            return next(line.split()[1] for line in lines if line.startswith(f"{name} "))

        await bootstrap(app.homeserver, app.config)
        assert await app.reconciler.refresh()
        assert counted("zvonok_journal_unavailable") == "0.0"
        look = await app.reconciler.look(complete=True)
        assert look is not None
        assert counted("zvonok_look_seconds_count") == "1.0"
        assert float(counted('zvonok_steps_total{result="done"}')) == look.outcome.done > 20
        good = users.read_bytes()
        users.unlink()
        assert await app.reconciler.refresh(), "the last good roster stays in force"
        assert counted("zvonok_journal_unavailable") == "1.0"
        users.write_bytes(good)
        assert await app.reconciler.refresh()
        assert counted("zvonok_journal_unavailable") == "0.0"


async def test_the_registration_is_written_for_its_owner_alone(office: Office, tmp_path: Path) -> None:
    assert (await office.run("registration", "-o", "registration.yaml")).code == 0
    file = tmp_path / "registration.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert YAML(typ="safe").load(file)["sender_localpart"] == office.school.config.appservice.sender_localpart
