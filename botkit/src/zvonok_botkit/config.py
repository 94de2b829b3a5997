"""The bots' configuration: whose account, which homeserver, and a section for each bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from zvonok_botkit.calendar import Holiday, QuietHours
from zvonok_botkit.registry import AnyBot
from zvonok_core import configfile
from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.ids import UserId
from zvonok_core.settings import build
from zvonok_core.text import text

ENVIRONMENT_PREFIX = "ZVONOK_BOT"


@dataclass(frozen=True, slots=True)
class HomeserverConfig:
    """Where the bots are people among people."""

    address: str
    """The client API as the bots reach it, such as http://synapse:8008."""
    user: UserId
    """The account: @bot:school.example."""
    password: str = ""
    """The account's; for one that the appservice makes, the same as in its `bots`."""
    access_token: str = ""
    """Instead of a password. The account must be used by nothing else."""

    def __post_init__(self) -> None:
        if not self.password and not self.access_token:
            raise ConfigError([ConfigFault("password", text("is needed to sign in"))])


@dataclass(frozen=True, slots=True)
class DirectoryConfig:
    """Where the appservice tells who is who."""

    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    homeserver: HomeserverConfig
    database: str
    """`sqlite:///data/bots.db`, or `postgres://user:password@host/database`."""
    directory: DirectoryConfig | None = None
    """Without it rights come from the rooms' power levels."""
    language: Literal["ru", "en"] = "ru"
    time_zone: ZoneInfo = ZoneInfo("Europe/Moscow")
    quiet: QuietHours = QuietHours()
    holidays: tuple[Holiday, ...] = ()
    answer_within_minutes: int = 60
    """An older command is not answered as if it were new."""
    bots: Mapping[str, Any] = field(default_factory=dict)
    """A section for each bot that wants one, by its name."""


def load(path: Path, variables: Mapping[str, str] | None = None) -> Config:
    """Read the file. Raises ConfigError with every fault that there is."""
    return configfile.load(Config, path, ENVIRONMENT_PREFIX, variables)


def settings_of(config: Config, bots: Sequence[AnyBot]) -> dict[str, Any]:
    """Each bot's section as its own dataclass. Raises ConfigError with every fault."""
    faults: list[ConfigFault] = []
    found: dict[str, Any] = {}
    for bot in bots:
        section = config.bots.get(bot.name) or {}
        try:
            found[bot.name] = build(bot.settings or _NoSettings, section)
        except ConfigError as error:
            faults += [ConfigFault(f"bots.{bot.name}.{fault.path}", fault.text) for fault in error.faults]
    if faults:
        raise ConfigError(faults)
    return found


@dataclass(frozen=True, slots=True)
class _NoSettings:
    """For a bot that has no settings: every key is unknown."""
