"""The OpenAPI description: whole, and true of the running directory."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from builders import user

from zvonok_appservice.api import description
from zvonok_core import access, directory

from .conftest import ALGEBRA, TOKENS, Site


def test_every_view_is_described_field_by_field() -> None:
    schemas = description()["components"]["schemas"]
    described = {name: set(schema.get("properties", ())) for name, schema in schemas.items()}
    for name, kind in vars(directory).items():
        if dataclasses.is_dataclass(kind) and name != "Branch":
            assert described[name] == {field.name.rstrip("_") for field in dataclasses.fields(kind)}, name
            if name != "Lesson":
                assert set(schemas[name]["required"]) == described[name], name


def test_the_facts_are_described_field_by_field() -> None:
    schemas = description()["components"]["schemas"]
    table = schemas["Table"]["properties"]
    described = {
        access.Facts: {*schemas["Facts"]["properties"]} - {"since"},
        access.PersonFacts: {*schemas["PersonFacts"]["properties"], "user"},
        access.RoomFacts: {*schemas["RoomFacts"]["properties"], "room"},
        access.Table: {*table},
        access.StudentGroups: {*table["student_groups"]["properties"]},
        access.Media: {*table["media"]["properties"]},
        access.Peer: {*schemas["Peer"]["properties"]},
    }
    for kind, names in described.items():
        assert names == {field.name.rstrip("_") for field in dataclasses.fields(kind)}, kind
    assert schemas["Who"]["enum"] == [*access.Who]
    assert schemas["Talk"]["enum"] == [*access.Talk]
    contact = table["contact"]["additionalProperties"]["additionalProperties"]
    assert contact["items"]["enum"] == [*access.Relation]


def with_real_ids(site: Site) -> dict[str, Any]:
    """The description with examples that exist in the served school: answers of every kind
    are checked against it then, not only refusals."""
    described = copy.deepcopy(dict(description()))
    assert site.board.picture is not None
    examples = {
        "user": user("petrov"),
        "by": user("belova"),
        "room": next(r.room for r in site.board.picture.actual.rooms.values() if r.name == "7А. Класс"),
        "language": "en",
        "timeout": 0,
        "since": "",
    }
    parameters = [
        parameter
        for path in described["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
    ]
    for parameter in (*parameters, *described["components"]["parameters"].values()):
        if "name" in parameter:
            parameter["example"] = examples[parameter["name"]]
    bodies = {
        "Lesson": {"subject": ALGEBRA.subject, "class": ALGEBRA.class_},
        "MuteOrder": {"user": user("petrov"), "by": user("belova"), "minutes": 30, "reason": "Спам"},
        "PauseOrder": {"by": user("belova"), "minutes": 30},
    }
    for name, body in bodies.items():
        described["components"]["schemas"][name]["example"] = body
    return described


async def test_the_directory_keeps_to_its_description_whatever_it_is_asked(
    site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(with_real_ids(site)), encoding="utf-8")
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", str(file)),
        *("--url", str(site.client.make_url("/"))),
        *("--header", f"Authorization: Bearer {TOKENS['polls']}"),
        *("--checks", "all", "--max-examples", "20", "--seed", "1"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await run.communicate()
    assert run.returncode == 0, output.decode()
    assert b"Missing test data" not in output, output.decode()
