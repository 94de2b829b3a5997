"""The appservice's configuration, as frozen dataclasses.

`load` reads a YAML file, puts `ZVONOK_SECTION__KEY` variables over it, and names every
fault at once. The example file beside this module documents each key for people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from zvonok_appservice.reconcile.abroad import Abroad, Delegation, Hosted, Topic, selector_of
from zvonok_core import configfile
from zvonok_core.access import APPSERVICE, ROOM_TALKS, Table, Talk
from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.ids import SchoolId
from zvonok_core.text import text

ENVIRONMENT_PREFIX = "ZVONOK"


SHORTEST_SECRET = 16
"""Characters. Who has one of these words rules the rooms, or reads the whole directory."""


def _weak(secrets: Mapping[str, str]) -> list[ConfigFault]:
    return [
        ConfigFault(
            path, text("must be a long random word of your own, of {n} characters or more", n=SHORTEST_SECRET)
        )
        for path, secret in secrets.items()
        if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET or secret.startswith("change-me")
    ]


@dataclass(frozen=True, slots=True)
class HomeserverConfig:
    """Where Synapse is."""

    address: str
    """Its client API as the appservice reaches it, such as http://synapse:8008."""
    server_name: str
    """The part of user ids behind the colon."""
    public_address: str
    """Its client API as people's clients reach it, such as https://school.example."""
    registration_shared_secret: str = ""
    """Synapse's own key of the same name. Needed at the first start only, to make the
    sender an administrator; may be empty afterwards."""


@dataclass(frozen=True, slots=True)
class AppserviceConfig:
    """How Synapse knows and reaches the appservice."""

    as_token: str
    hs_token: str
    address: str
    """Where Synapse reaches the appservice."""
    id: str = "zvonok"
    sender_localpart: str = "zvonok"
    """The sender's user name, the account «Звонок» that people see."""
    listen_host: str = "127.0.0.1"
    listen_port: int = 8009
    alias_prefix: str = "zvonok_"
    """All room aliases that begin so belong to the appservice."""
    user_prefix: str = ""
    """Put before every user name; only tests have a use for it."""
    public_url: str = "http://127.0.0.1:8009"
    """Where people reach the activation page: it stands on the letters."""

    def __post_init__(self) -> None:
        faults = _weak({"as_token": self.as_token, "hs_token": self.hs_token})
        if not faults and self.as_token == self.hs_token:
            faults = [ConfigFault("hs_token", text("must be another word than as_token"))]
        if faults:
            raise ConfigError(faults)


@dataclass(frozen=True, slots=True)
class SchoolConfig:
    """The school itself."""

    id: SchoolId
    """OneRoster's sourcedId of the org; for tables any short word."""
    short_name: str = ""
    """Shown as the school's space; the journal's title where it is empty."""
    time_zone: ZoneInfo = ZoneInfo("Europe/Moscow")
    """Dates begin and end at its midnight."""
    language: Literal["ru", "en"] = "ru"
    """Of letters, names and whatever the appservice says in rooms."""


@dataclass(frozen=True, slots=True)
class JournalConfig:
    """Where the journal's export lies, and how to read it."""

    format: Literal["oneroster", "tables"]
    path: Path
    """A zip, or a folder of files."""
    tables: Mapping[str, Any] = field(default_factory=dict)
    """For `tables`: files and headers, see docs/journal-tables.md."""
    check_every: int = 300
    """Seconds between two looks at whether the files have changed."""


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """How much a change may take away before somebody has to confirm it."""

    count: int = 30
    """More people than this who lose a right or a room at once are held."""
    share: float = 0.2
    """A larger share than this of a role, or of a room, is held."""
    floor: int = 3
    """Up to this many are never held for their share alone."""
    approval_hours: int = 24
    """How long a confirmation stands."""


@dataclass(frozen=True, slots=True)
class LeavingConfig:
    """What happens to people whom the journal no longer lists."""

    grace_days: int = 30
    """They are locked at once, and leave their rooms after so many days."""


@dataclass(frozen=True, slots=True)
class ActivationConfig:
    """Letters, codes and the activation page."""

    code_days: int = 60
    """How long a code is good."""
    session_days: int = 30
    """How long the pages remember who somebody is."""
    consent_below_grade: int = 9
    """A student below this grade needs a guardian's consent first; 0 asks for none.
    Birth dates are not imported, and in grade 9 nearly everybody is 14."""
    failures_per_address: int = 100
    failures_in_all: int = 100_000
    failure_window_minutes: int = 10
    """Wrong codes taken in so many minutes before the page asks to wait."""
    digest_hour: int = 8
    """The hour at which class heads are told who has activated; -1 turns it off."""


@dataclass(frozen=True, slots=True)
class DirectoryConfig:
    """Who may read the directory."""

    tokens: Mapping[str, str] = field(default_factory=dict)
    """A bearer token for each consumer: `polls: …`."""

    def __post_init__(self) -> None:
        faults = _weak({f"tokens.{consumer}": token for consumer, token in self.tokens.items()})
        if faults:
            raise ConfigError(faults)


@dataclass(frozen=True, slots=True)
class BotConfig:
    """An account that is in every managed room but spaces."""

    localpart: str
    display_name: str
    password: str = ""
    """With which the bot's program signs in, the same as in its own config. Empty: nobody
    can sign in with the account."""

    def __post_init__(self) -> None:
        if self.password and (faults := _weak({"password": self.password})):
            raise ConfigError(faults)


@dataclass(frozen=True, slots=True)
class ReconcileConfig:
    """How often and how eagerly rooms are put right."""

    full_look_minutes: int = 10
    """Every room and account is looked at this often, hint or not."""
    concurrency: int = 4
    """How many requests are under way at the homeserver at once."""


_ADDRESS = re.compile(r"https://[^/?#@:\s]+(:[0-9]{1,5})?(/[^?#\s]*)?")


@dataclass(frozen=True, slots=True)
class DelegationConfig:
    """Whom this school names for a topic."""

    who: tuple[str, ...]
    """Selectors of staff: `position(head)`, `staff`, `members(ID)`, `person(ID)` …"""
    schools: tuple[str, ...] = ()
    """Server names of the schools that learn of it; all that may, where it is empty."""


@dataclass(frozen=True, slots=True)
class HostedConfig:
    """A room for several schools that this one makes."""

    name: str = ""
    schools: tuple[str, ...] = ()
    """Server names of the schools that it is for; all that may come, where it is empty."""


@dataclass(frozen=True, slots=True)
class FederationConfig:
    """The schools that this one talks with, see docs/federation.md: the signed registry, whom
    this school names to others for which topic, and the rooms that it makes for several."""

    registry: str
    """An https address, or a folder: where metadata/ and targets/ are."""
    root: Path
    """The first root, got from the registrars by hand. All trust begins with it."""
    check_every: int = 30
    """Seconds between two looks at whether there is a newer version: a school that is taken
    out of the registry is shut out after so many."""
    delegates: Mapping[str, DelegationConfig] = field(
        default_factory=lambda: {
            "heads": DelegationConfig(("position(head)",)),
            "direct": DelegationConfig(("staff",)),
        }
    )
    """By topic: `heads`, `association:NAME`, `event:NAME`, `direct`."""
    rooms: Mapping[str, HostedConfig] = field(default_factory=dict)
    """By topic."""

    def __post_init__(self) -> None:
        if "://" in self.registry and not _ADDRESS.fullmatch(self.registry):
            raise ConfigError([ConfigFault("registry", text("must be an https address, or a folder"))])
        if self.check_every < 1:
            raise ConfigError([ConfigFault("check_every", text("must be a number of seconds"))])
        faults = [
            *(_topic_fault(f"delegates.{topic}", topic, frozenset(Talk)) for topic in self.delegates),
            *(_topic_fault(f"rooms.{topic}", topic, ROOM_TALKS) for topic in self.rooms),
            *(
                ConfigFault(
                    f"delegates.{topic}.who[{i}]",
                    text("is no selector of staff; there are position(head), staff, person(T-17) and others"),
                )
                for topic, delegation in self.delegates.items()
                for i, written in enumerate(delegation.who)
                if selector_of(written) is None
            ),
        ]
        if any(faults):
            raise ConfigError([fault for fault in faults if fault])

    def abroad(self, server: str) -> Abroad:
        """What this section says, for the school on `server`."""
        return Abroad(
            server,
            {
                _topic(topic): Delegation(
                    tuple(filter(None, map(selector_of, delegation.who))), frozenset(delegation.schools)
                )
                for topic, delegation in self.delegates.items()
            },
            {_topic(topic): Hosted(room.name, frozenset(room.schools)) for topic, room in self.rooms.items()},
        )


def _topic(written: str) -> Topic:
    topic = Topic.parse(written)
    assert topic is not None, "the section has been checked"
    return topic


def _topic_fault(path: str, written: str, allowed: frozenset[Talk]) -> ConfigFault | None:
    topic = Topic.parse(written)
    if topic is not None and topic.talk in allowed:
        return None
    forms = ["heads", "association:mathematics", "event:science-fair"]
    forms += ["direct"] if Talk.DIRECT in allowed else []
    return ConfigFault(path, text("is no topic; topics look like {forms}", forms=", ".join(forms)))


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    homeserver: HomeserverConfig
    appservice: AppserviceConfig
    school: SchoolConfig
    journal: JournalConfig
    database: str
    """`sqlite:///data/zvonok.db`, or `postgres://user:password@host/database`."""
    data: Path
    """A folder for the lock that keeps a second appservice away."""
    additions: Path | None = None
    """The school's own rows over the journal's, see docs/additions.md."""
    rooms: Mapping[str, Any] = field(default_factory=dict)
    """Changes to the shipped room templates, by kind; `kind: false` leaves one out."""
    guard: GuardConfig = GuardConfig()
    leaving: LeavingConfig = LeavingConfig()
    activation: ActivationConfig = ActivationConfig()
    directory: DirectoryConfig = DirectoryConfig()
    bots: tuple[BotConfig, ...] = ()
    reconcile: ReconcileConfig = ReconcileConfig()
    policy: Table = Table()
    """Who may do what. Its `contact` changes single entries of default_policy.yaml."""
    federation: FederationConfig | None = None
    """The other schools; without it the school is alone."""

    def __post_init__(self) -> None:
        if self.federation is not None and self.appservice.sender_localpart != APPSERVICE:
            message = text(
                "must be “{name}” in a federation: by it other schools know this one's appservice",
                name=APPSERVICE,
            )
            raise ConfigError([ConfigFault("appservice.sender_localpart", message)])


def load(path: Path, variables: Mapping[str, str] | None = None) -> Config:
    """Read the file. Raises ConfigError with every fault that there is."""
    return configfile.load(Config, path, ENVIRONMENT_PREFIX, variables)


def shipped_rooms() -> Mapping[str, Any]:
    """The room templates as they are shipped, as plain data."""
    source = resources.files(__package__).joinpath("default_rooms.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe").load(source))
