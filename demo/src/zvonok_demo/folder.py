"""The demo's data folder: whether it is one, whose version wrote it, and that one demo uses it.

What must survive a stop lies here: the homeserver's and the appservice's data, the
journal, secrets, and the first passwords of the people whom the demo activated.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from zvonok_core.errors import UserError
from zvonok_core.text import text

VERSION = 1
"""Of the folder's layout. A demo of another version does not touch it."""
NEEDED_BYTES = 300 * 1024 * 1024
"""What a first run and an evening of trying things take, and some."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the demo remembers of itself, in `demo.json`."""

    day: date
    """The first run's day: the school was generated around it."""
    ports: Mapping[str, int] = field(default_factory=dict)
    cast: Mapping[str, str] = field(default_factory=dict)
    """Part to person, see `cast`."""


class DataFolder:
    """Paths inside the folder, and the files that the demo itself keeps there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def journal(self) -> Path:
        """The OneRoster package, open to be edited."""
        return self.path / "journal"

    @property
    def config(self) -> Path:
        """The appservice's configuration."""
        return self.path / "config.yaml"

    @property
    def registration(self) -> Path:
        """What Synapse is told of the appservice."""
        return self.path / "registration.yaml"

    @property
    def synapse(self) -> Path:
        """Synapse's own folder."""
        return self.path / "synapse"

    @property
    def log(self) -> Path:
        """The appservice's and the demo's log."""
        return self.path / "demo.log"

    def facts(self) -> Facts | None:
        """What was remembered, None at the first run. Raises UserError where the folder is
        of another version, or none of the demo's at all."""
        try:
            raw = json.loads((self.path / "demo.json").read_text(encoding="utf-8"))
            version = raw.pop("version")
            if version == VERSION:
                return Facts(date.fromisoformat(raw["day"]), raw["ports"], raw["cast"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = text(
                "{folder} can't be read as the demo's data: delete the folder, or choose another with --data.",
                folder=self.path,
            )
            raise UserError(message) from error
        raise UserError(
            text(
                "{folder} was made by another version of the demo: delete the folder, or choose another"
                " with --data.",
                folder=self.path,
            )
        )

    def remember(self, facts: Facts) -> None:
        """Replace what is remembered."""
        self.write_private("demo.json", {"version": VERSION, **asdict(facts), "day": facts.day.isoformat()})

    def remember_ports(self, ports: Mapping[str, int]) -> None:
        """Keep the ports for the next run."""
        facts = self.facts()
        assert facts is not None
        self.remember(replace(facts, ports=dict(ports)))

    def read_private(self, name: str) -> dict[str, Any]:
        """A file of `write_private`; empty where there is none."""
        try:
            content = json.loads((self.path / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        assert isinstance(content, dict)
        return content

    def write_private(self, name: str, content: Mapping[str, Any]) -> None:
        """Write JSON that only its owner can read, whole or not at all."""
        fresh = self.path / f"{name}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / name)


@contextmanager
def data_folder(path: Path, needed: int = NEEDED_BYTES) -> Iterator[DataFolder]:
    """Make the folder where it is missing, and hold it for this one demo.

    Raises UserError where it belongs to something else, is in use, can't be written, or
    where fewer than `needed` bytes are free on the disk.
    """
    try:
        if path.is_dir() and any(path.iterdir()) and not (path / "lock").exists():
            raise UserError(
                text("{folder} has other files in it: choose an empty folder with --data.", folder=path)
            )
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(path).free
        lock = (path / "lock").open("w")
    except OSError as error:
        reason = error.strerror or str(error)
        message = text(
            "{folder} can't be used: {reason}. Choose another folder with --data.", folder=path, reason=reason
        )
        raise UserError(message) from error
    with lock:
        _hold(lock, path)
        if free < needed:
            raise UserError(
                text(
                    "Only {free} MB of disk are free where {folder} is, and {needed} MB are needed: make room,"
                    " or choose another folder with --data.",
                    free=free // 2**20,
                    needed=needed // 2**20,
                    folder=path,
                )
            )
        folder = DataFolder(path)
        folder.facts()
        yield folder


def _hold(lock: TextIO, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(
            text(
                "Another demo is running with {folder}: stop it, or choose another folder with --data.",
                folder=path,
            )
        ) from None
