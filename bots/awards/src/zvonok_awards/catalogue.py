"""Which badges there are: those that are shipped, and a school's own from the config.

Settings are checked when the bots start: a picture that can't be drawn is found by whoever
writes the config, not by a teacher.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from zvonok_awards.card import Card, draw
from zvonok_awards.shipped import SHIPPED
from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.people import plain
from zvonok_core.text import Catalogs, Text, text

LARGEST_PICTURE = 500_000
"""Bytes."""
LONGEST_NAME, LONGEST_DESCRIPTION = 40, 200
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Once = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Badge:
    """One of the awards. A school writes names in its own language, without translations."""

    key: str
    name: Text | str
    description: Text | str
    picture: bytes = field(repr=False)

    def names(self, catalogs: Catalogs) -> tuple[str, ...]:
        """All that it answers to: its names in every language, and its key."""
        return (
            *dict.fromkeys(catalogs.say(self.name, language) for language in catalogs.languages),
            self.key,
        )


@dataclass(frozen=True, slots=True)
class SchoolBadge:
    """A badge of the school's own. `picture` is a file, SVG or PNG, best a square one."""

    name: str
    picture: str
    description: str = ""

    def __post_init__(self) -> None:
        faults = []
        if not plain(self.name).strip():
            faults.append(ConfigFault("name", text("must not be empty")))
        for key, words, longest in (
            ("name", self.name, LONGEST_NAME),
            ("description", self.description, LONGEST_DESCRIPTION),
        ):
            if len(words) > longest:
                message = text(
                    "may have {longest} letters at most, and has {n}", longest=longest, n=len(words)
                )
                faults.append(ConfigFault(key, message))
        if problem := _problem_of(Path(self.picture)):
            faults.append(ConfigFault("picture", problem))
        if faults:
            raise ConfigError(faults)


@dataclass(frozen=True, slots=True)
class AwardsSettings:
    """The section `bots.awards` of the config."""

    badges: Mapping[str, SchoolBadge] = field(default_factory=dict)
    """The school's own, by a key of small Latin letters and hyphens. One that is shipped
    under the same key gives way to it."""
    once_in: Once = "week"
    """A student gets the same badge once in a day, a week from Monday, a month, or a school
    year, by the school's clock."""
    take_back_hours: int = 24
    leaderboard: bool = False
    """Whether a class may see who has the most. Comparing helps few children."""

    def __post_init__(self) -> None:
        faults = [
            ConfigFault(
                f"badges.{key}",
                text("a key has small Latin letters, numbers and hyphens, such as young-poet"),
            )
            for key in self.badges
            if not _KEY.fullmatch(key)
        ]
        taken = {
            plain(name): key
            for key, badge in shipped().items()
            if key not in self.badges
            for name in badge.names(own_words())
        }
        for key, badge in self.badges.items():
            other = taken.setdefault(plain(badge.name).strip(), key)
            if other != key:
                message = text("“{name}” is the name of another badge: {other}", name=badge.name, other=other)
                faults.append(ConfigFault(f"badges.{key}.name", message))
        if self.take_back_hours < 0:
            faults.append(ConfigFault("take_back_hours", text("must not be less than 0")))
        if faults:
            raise ConfigError(faults)


@cache
def own_words() -> Catalogs:
    """The names of what is shipped, in every language."""
    return Catalogs.load(["zvonok_awards"])


@cache
def shipped() -> Mapping[str, Badge]:
    """The badges that are part of the bot, by key."""
    folder = resources.files(__package__) / "badges"
    return {
        key: Badge(key, name, description, (folder / f"{key}.svg").read_bytes())
        for key, (name, description) in SHIPPED.items()
    }


def catalogue(settings: AwardsSettings) -> Mapping[str, Badge]:
    """All badges of a school, its own first. A picture whose file is gone since the start
    gives way to a smiling sun."""
    own = {
        key: Badge(key, badge.name, badge.description, _read(Path(badge.picture)))
        for key, badge in settings.badges.items()
    }
    return {**own, **{key: badge for key, badge in shipped().items() if key not in own}}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return shipped()["kindness"].picture


def _problem_of(file: Path) -> Text | None:
    """Why a picture can't be shown; None where it can."""
    try:
        picture = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return text("{file} can't be read: {reason}", file=str(file), reason=reason)
    if len(picture) > LARGEST_PICTURE:
        return text(
            "{file} has {n} kB; {most} are enough for a badge",
            file=str(file),
            n=len(picture) // 1000,
            most=LARGEST_PICTURE // 1000,
        )
    try:
        draw(Card("", "", "", "", "", ""), picture, "en")
    except ValueError:
        return text("{file} is no SVG or PNG that can be drawn", file=str(file))
    return None
