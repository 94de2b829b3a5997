"""The registration file."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML
from support.schools import school_config

from zvonok_appservice.registration import registration, write_registration
from zvonok_demo.synapse import SynapseProcess


def test_only_the_sender_and_our_aliases_are_the_appservices(tmp_path: Path) -> None:
    config = school_config(SynapseProcess(tmp_path), tmp_path, "zvonok")
    namespaces = registration(config)["namespaces"]
    (users,), (aliases,) = namespaces["users"], namespaces["aliases"]

    def matches(regex: str, *names: str) -> list[str]:
        return [name for name in names if re.match(regex, name)]

    assert matches(
        users["regex"],
        "@zvonok_zvonok:school.test",
        "@zvonok_zvonok2:school.test",
        "@petrov:school.test",
        "@zvonok_zvonok:schoolxtest",
    ) == ["@zvonok_zvonok:school.test"]
    assert matches(aliases["regex"], "#zvonok_room_7a:school.test", "#zvonok:school.test") == [
        "#zvonok_room_7a:school.test"
    ]
    assert users["exclusive"]
    assert aliases["exclusive"]
    assert namespaces["rooms"] == []


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    config = school_config(SynapseProcess(tmp_path), tmp_path, "zvonok")
    path = tmp_path / "registration.yaml"
    path.write_text("before", encoding="utf-8")
    path.chmod(0o644)

    write_registration(config, path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert YAML(typ="safe").load(path.read_text(encoding="utf-8")) == registration(config)
