"""`check` without a homeserver: each fault is blamed on what is at fault, in sentences."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.example import EXAMPLE
from support.linking import catalogs

from zvonok_appservice.cli import main
from zvonok_core.roles import Position
from zvonok_demo.school.as_oneroster import write_oneroster
from zvonok_demo.school.generate import generate

TODAY = date.today()  # noqa: DTZ011 - the commands go by the machine's own day


class Desk:
    """A configuration that is right but for a homeserver that nobody has started."""

    def __init__(self, folder: Path, said: pytest.CaptureFixture[str]) -> None:
        snapshot = generate(5, TODAY, classes={7: 2}, size=4).snapshot
        write_oneroster(snapshot, folder / "journal", TODAY)
        raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
        raw["appservice"] |= {"as_token": "f3w9-a-long-random-word", "hs_token": "k2v8-another-random-word"}
        raw["homeserver"]["address"] = "http://127.0.0.1:9"
        raw["school"] |= {"id": str(snapshot.school.id), "language": "ru"}
        raw["journal"]["path"] = str(folder / "journal")
        raw |= {"database": f"sqlite:///{folder}/zvonok.db", "data": str(folder / "data")}
        self.raw: dict[str, Any] = raw
        self._folder = folder
        self._said = said

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Type a command: its exit code, and what it printed."""
        path = self._folder / "config.yaml"
        with path.open("w", encoding="utf-8") as file:
            YAML().dump(self.raw, file)
        with pytest.raises(SystemExit) as ended:
            main(["-c", str(path), *arguments])
        out, err = self._said.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    def checked(self) -> tuple[list[str], list[str]]:
        """The paths that `check` finds faults with, and the files of the journal's findings
        that are not mere notes."""
        code, out, _ = self.run("check", "--json")
        found = json.loads(out)
        assert code == 2
        wrong = [finding["file"] for finding in found["journal"] if finding["severity"] != "note"]
        return [fault["path"] for fault in found["configuration"]], wrong


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    catalogs()
    for name in ("ZVONOK_DATABASE", "ZVONOK_DATA"):
        monkeypatch.delenv(name, raising=False)
    return Desk(tmp_path, capsys)


def test_a_database_that_is_away_is_blamed_and_the_journal_still_examined(desk: Desk, tmp_path: Path) -> None:
    desk.raw["database"] = "postgres://somebody:word@127.0.0.1:9/zvonok"
    assert desk.checked() == (["homeserver.address", "database"], [])
    (tmp_path / "journal" / "users.csv").unlink()
    assert desk.checked() == (["homeserver.address", "database"], ["users.csv"])


def test_a_file_that_is_no_database_is_a_fault_and_no_bug(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "zvonok.db").write_bytes(b"Dear colleagues, " * 100)
    assert desk.checked() == (["homeserver.address", "database"], [])
    code, _, err = desk.run("letters", "--all")
    assert code == 2 and "database" in err and "Traceback" not in err


def test_a_journal_that_is_away_is_blamed_on_its_path(desk: Desk, tmp_path: Path) -> None:
    desk.raw["journal"]["path"] = str(tmp_path / "nowhere")
    assert desk.checked() == (["homeserver.address", "journal.path"], [])


def test_a_misspelt_key_is_json_for_machines(desk: Desk) -> None:
    desk.raw["school"]["tiem_zone"] = "Europe/Moscow"
    assert desk.checked() == (["school.tiem_zone"], [])
    code, out, _ = desk.run("check")
    assert code == 2 and "school.tiem_zone" in out


def test_the_last_good_journal_is_told_of_only_where_there_is_one(desk: Desk, tmp_path: Path) -> None:
    desk.raw["school"]["language"] = "en"
    users = tmp_path / "journal" / "users.csv"
    good = users.read_bytes()
    users.unlink()
    assert "last good one" not in desk.run("check")[1]
    users.write_bytes(good)
    assert desk.run("letters", "--all", "-o", str(tmp_path / "letters.pdf"))[0] == 0
    users.unlink()
    assert "the last good one stays in force" in desk.run("check")[1]


def test_what_is_away_is_said_in_the_schools_language_and_explained_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.raw["school"]["language"] = "en"
    desk.raw["database"] = "postgres://somebody:word@127.0.0.1:9/zvonok"
    code, _, err = desk.run("plan")
    assert code == 5
    assert [line for line in err.splitlines() if "WARNING" not in line] == [
        "The database does not answer; try again later. The log says more."
    ]
    assert "the database is away" in caplog.text


def test_an_id_that_leads_to_no_member_of_staff_is_a_slip_in_the_configuration(
    desk: Desk, tmp_path: Path
) -> None:
    snapshot = generate(5, TODAY, classes={7: 2}, size=4).snapshot
    head = next(row.person for row in snapshot.positions if row.position is Position.HEAD)
    student = snapshot.class_enrolments[0].student
    who = [f"person({head})", f"person({student})", "person(nobody)", "members(nothing)", "staff"]
    desk.raw["federation"] = {
        "registry": str(tmp_path),
        "root": str(tmp_path / "root.json"),
        "delegates": {"event:fair": {"who": who}},
    }
    faults, _ = desk.checked()
    wrong = [f"federation.delegates.event:fair.who[{i}]" for i in (1, 2, 3)]
    assert [path for path in faults if path.startswith("federation")] == wrong
