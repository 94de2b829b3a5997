"""The configuration: the example is true, and whatever is wrong is named with its path."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.example import EXAMPLE, OWN_WORDS

from zvonok_appservice.config import Config, load
from zvonok_core.errors import ConfigError


def faults(tmp_path: Path, change: dict[str, Any], variables: dict[str, str] | None = None) -> list[str]:
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    for path, value in change.items():
        *sections, key = path.split(".")
        place = raw
        for section in sections:
            place = place[section]
        place[key] = value
    file = tmp_path / "config.yaml"
    with file.open("w", encoding="utf-8") as out:
        YAML().dump(raw, out)
    with pytest.raises(ConfigError) as error:
        load(file, {**OWN_WORDS, **(variables or {})})
    return [str(fault) for fault in error.value.faults]


def keys(section: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(section):
        value = getattr(section, field.name)
        here = f"{path}.{field.name}".lstrip(".")
        if dataclasses.is_dataclass(value):
            yield from keys(value, here)
        else:
            yield here, field.default


def test_the_example_loads_and_names_every_key() -> None:
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    config = load(EXAMPLE, OWN_WORDS)
    for path, default in keys(config):
        place = raw
        for key in path.split("."):
            assert key in place, f"{path} is not in the example"
            place = place[key]
        if default is not dataclasses.MISSING and not isinstance(place, (dict, list)):
            assert str(place) == str(default) or (place is None and default is None), path


def test_the_words_of_the_example_are_nobodys_secrets() -> None:
    with pytest.raises(ConfigError) as error:
        load(EXAMPLE, {})
    assert [fault.path for fault in error.value.faults] == ["appservice.as_token", "appservice.hs_token"]


def test_weak_and_equal_secrets_are_refused(tmp_path: Path) -> None:
    same = "one-word-for-two-things"
    assert faults(tmp_path, {}, dict.fromkeys(OWN_WORDS, same)) == [
        "appservice.hs_token: must be another word than as_token"
    ]
    assert [f.partition(":")[0] for f in faults(tmp_path, {"directory.tokens": {"polls": "short"}})] == [
        "directory.tokens.polls"
    ]


def test_a_misspelt_key_is_named_with_its_path_and_the_nearest_match(tmp_path: Path) -> None:
    assert faults(tmp_path, {"school.tiem_zone": "Europe/Moscow"}) == [
        "school.tiem_zone: is not a known key; did you mean “time_zone”?"
    ]


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        {"school.time_zone": "Europe/Atlantis", "guard.count": "many", "journal.format": "excel", "bots": 3},
    )
    assert [fault.partition(":")[0] for fault in found] == [
        "school.time_zone",
        "journal.format",
        "guard.count",
        "bots",
    ]


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    config: Config = load(
        EXAMPLE, {**OWN_WORDS, "ZVONOK_GUARD__COUNT": "7", "ZVONOK_SCHOOL__SHORT_NAME": "Лицей"}
    )
    assert (config.guard.count, config.school.short_name) == (7, "Лицей")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret-from-a-file\n", encoding="utf-8")
    text = EXAMPLE.read_text(encoding="utf-8").replace(
        "as_token: change-me-to-a-long-random-word", f"as_token_file: {tmp_path / 'token'}"
    )
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    words = {"ZVONOK_APPSERVICE__HS_TOKEN": "k2v8-another-random-word"}
    assert load(tmp_path / "config.yaml", words).appservice.as_token == "secret-from-a-file"


@pytest.mark.parametrize(
    ("content", "expected"),
    [("a: [1,\n", "is not valid YAML"), ("just words", "must be a mapping"), (None, "can't be read")],
)
def test_a_file_that_is_no_configuration_gets_a_sentence(
    tmp_path: Path, content: str | None, expected: str
) -> None:
    file = tmp_path / "config.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=expected):
        load(file, {})
