"""The bots' configuration."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import time
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from ruamel.yaml import YAML

from zvonok_botkit import Answer, Bot, Context
from zvonok_botkit.cli import main
from zvonok_botkit.config import Config, DirectoryConfig, load, settings_of
from zvonok_botkit.registry import Bots, installed
from zvonok_botkit.timetable import QuietHours
from zvonok_core.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "botkit" / "config.example.yaml"
PASSWORD = {"ZVONOK_BOT_HOMESERVER__PASSWORD": "a-long-random-word"}


def keys(kind: Any) -> dict[str, Any]:
    """The keys of a section, with the sections below."""
    hints = get_type_hints(kind)
    below = {field.name: [hints[field.name], *get_args(hints[field.name])] for field in fields(kind)}
    return {
        name: next((keys(inner) for inner in kinds if is_dataclass(inner)), None)
        for name, kinds in below.items()
    }


def test_the_example_loads_and_names_every_key() -> None:
    config = load(EXAMPLE, PASSWORD)
    assert config.quiet == QuietHours(time(21), time(7)) and config.directory is None
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    assert raw.keys() == keys(Config).keys()
    for name, below in keys(Config).items():
        if below and raw[name]:
            assert raw[name].keys() == below.keys()
    assert {field.name for field in fields(DirectoryConfig)} == {"address", "token"}
    assert "token_file:" in EXAMPLE.read_text(encoding="utf-8")


def changed(folder: Path, **changes: Any) -> Config:
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    path = folder / "config.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump({**raw, **changes}, file)
    return load(path, PASSWORD)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-word\n", encoding="utf-8")
    section = {"address": "http://appservice:8009", "token_file": str(tmp_path / "token")}
    assert changed(tmp_path, directory=section).directory == DirectoryConfig(
        "http://appservice:8009", "a-word"
    )


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"langage": "ru"}, "langage"),
        ({"language": "de"}, "language"),
        ({"quiet": {"begin": "late"}}, "quiet.begin"),
        ({"homeserver": {"address": "http://synapse:8008"}}, "homeserver.user"),
        ({"homeserver": {"address": "http://synapse:8008", "user": "@bot:s"}}, "homeserver.password"),
    ],
)
def test_a_fault_is_named_with_its_path(tmp_path: Path, changes: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as raised:
        changed_without_password(tmp_path, **changes)
    assert path in [fault.path for fault in raised.value.faults]


def changed_without_password(folder: Path, **changes: Any) -> Config:
    changed(folder)
    path = folder / "config.yaml"
    raw = {**YAML(typ="safe").load(path.read_text(encoding="utf-8")), **changes}
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(raw, file)
    return load(path, {})


@pytest.mark.parametrize("content", [None, "- a", "a: [", "a"])
def test_a_file_that_is_no_configuration_gets_a_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "config.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=str(path)):
        load(path, {})


@dataclass(frozen=True, slots=True)
class Tea:
    cups: int = 2


def test_a_bots_section_is_its_own_dataclass(tmp_path: Path) -> None:
    tea, plain = Bot("tea", settings=Tea), Bot("plain")
    config = changed(tmp_path, bots={"tea": {"cups": 3}})
    assert settings_of(config, [tea, plain])["tea"] == Tea(3)
    assert settings_of(changed(tmp_path), [tea])["tea"] == Tea()
    for section in ({"tea": {"cup": 3}}, {"tea": {"cups": "many"}}, {"plain": {"cups": 3}}):
        with pytest.raises(ConfigError, match=r"bots\.(tea|plain)\.cups?"):
            settings_of(changed(tmp_path, bots=section), [tea, plain])


def test_two_bots_with_one_command_are_told_apart_at_the_start() -> None:
    one, other = Bot("one"), Bot("other")
    for bot, name in ((one, "чай"), (other, "ЧАЙ")):

        @bot.command("tea", name)
        async def tea(ctx: Context) -> Answer:
            """Make tea: `!tea`"""
            return None

    with pytest.raises(ConfigError, match="other: one has the command “tea”, too"):
        Bots([one, other])


def test_a_bot_that_is_not_installed_is_named() -> None:
    with pytest.raises(ConfigError, match="no-such-bot: is no bot that is installed"):
        installed(["no-such-bot"])


def test_the_program_says_what_is_wrong_and_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["zvonok-bot", "no-such-bot"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "no-such-bot" in capsys.readouterr().err
