"""What this appservice trusts: the last good registry, fetched, verified and kept.

TUF verifies. Here it is decided what follows: while the source is away or wrong the last
good registry stays in force, and one that has expired lists nobody.

DATA/federation/seen/       the newest that TUF has seen of each file, so that nothing older is taken
DATA/federation/good.json   the last good registry with all that vouches for it, in one file that
                            is there whole or not at all, so that a restart verifies it again
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.ngclient import FetcherInterface, Updater

from zvonok_appservice.config import FederationConfig
from zvonok_appservice.federation import files
from zvonok_appservice.federation.fetching import FolderFetcher, HttpsFetcher, MemoryFetcher
from zvonok_appservice.federation.folder import METADATA, TARGET, TARGETS
from zvonok_appservice.federation.registry import NOBODY, Registry, decode
from zvonok_appservice.reconcile.troubles import Troubles
from zvonok_core.clock import Clock
from zvonok_core.errors import ConfigError
from zvonok_core.text import text

log = logging.getLogger(__name__)

_REFUSALS = (exceptions.RepositoryError, exceptions.DownloadError)


class Problem(StrEnum):
    """Why the source's registry is not taken."""

    ROOT = "root"
    AWAY = "away"
    EXPIRED = "expired"
    OLDER = "older"
    UNSIGNED = "unsigned"
    TAMPERED = "tampered"
    UNREADABLE = "unreadable"
    NOT_KEPT = "not_kept"


PROBLEM_WORDS = {
    Problem.ROOT: text(
        "the first root (federation.root) can't be read, or is none: ask the registrars for it"
    ),
    Problem.AWAY: text("the source does not answer, or a file is missing there"),
    Problem.EXPIRED: text("what the source shows has expired: it is not renewed, or the clock here is wrong"),
    Problem.OLDER: text("the source shows an older version than was seen before"),
    Problem.UNSIGNED: text("it is not signed by enough of those whom the root names"),
    Problem.TAMPERED: text("a file is not the one that was signed"),
    Problem.UNREADABLE: text("a file can't be understood; perhaps it is for a newer version of this program"),
    Problem.NOT_KEPT: text("it can't be written into the folder data/federation"),
}


@dataclass(frozen=True, slots=True)
class Trusted:
    """The last good registry."""

    registry: Registry
    """As it was signed; `in_force` says what of it holds now."""
    version: int
    expires: datetime
    """The earliest expiry of all that vouches for it."""
    since: datetime
    """When this version was first taken."""
    confirmed: datetime
    """When the source last showed it, or a newer one."""

    def in_force(self, now: datetime) -> Registry:
        """The registry, which lists nobody once it has expired."""
        return self.registry if now < self.expires else NOBODY


class Trust:
    """The last good registry of one source. Safe for several programs at once."""

    def __init__(
        self, config: FederationConfig, data: Path, clock: Clock, fetcher: FetcherInterface | None = None
    ) -> None:
        """`data` is the appservice's own folder. Reads what was kept; asks nobody yet."""
        self._config = config
        self._clock = clock
        self._folder = data / "federation"
        self._good = self._folder / "good.json"
        self._source = config.registry.rstrip("/")
        remote = self._source.startswith("https://")
        self._fetcher = fetcher or (HttpsFetcher() if remote else FolderFetcher())
        self.trusted: Trusted | None = None
        self.problem: Problem | None = None
        """Why the source is not followed, since the last check; None where it is."""
        self._said: tuple[Problem, bool] | None = None
        with files.alone(self._folder):
            self._remember()

    def in_force(self) -> Registry:
        """The schools of the federation at this moment: nobody where nothing is trusted."""
        return self.trusted.in_force(self._now()) if self.trusted else NOBODY

    def check(self) -> None:
        """Ask the source, and take what is good. Never raises for what comes from there; may
        take a minute, so that the event loop must not wait for it."""
        with files.alone(self._folder):
            self._remember()
            try:
                self._take()
                problem = None
            except exceptions.RepositoryError as error:
                problem = _problem(error)
            except exceptions.DownloadLengthMismatchError:
                problem = Problem.TAMPERED
            except exceptions.DownloadError:
                problem = Problem.AWAY
            except ConfigError:
                problem = Problem.UNREADABLE
            except _RootError:
                problem = Problem.ROOT
            except OSError:
                problem = Problem.NOT_KEPT
        self._say(problem)

    async def keep(self, changed: Callable[[], None]) -> None:
        """Check again and again, until cancelled; `changed` is called where it holds something
        else than before, or until another moment."""
        asking = Troubles("asking for the registry of schools")
        before: object = None
        while True:
            await asking.endure(asyncio.to_thread(self.check))
            now = (self.in_force(), self.trusted and self.trusted.expires)
            if now != before:
                before = now
                changed()
            await asyncio.sleep(self._config.check_every)

    def _now(self) -> datetime:
        """The time, never before the last confirmation: a clock that is put back must not
        bring back what has expired."""
        now = self._clock.now()
        return max(now, self.trusted.confirmed) if self.trusted else now

    def _take(self) -> None:
        now, seen = self._now(), self._folder / "seen"
        found = _verified(self._updater(seen, self._source, self._fetcher, now), seen)
        before = self.trusted
        since = before.since if before and before.version == found.version else now
        kept = {
            "since": since.isoformat(),
            "confirmed": now.isoformat(),
            "files": {name: base64.b64encode(content).decode() for name, content in _vouching(seen)},
        }
        files.write(self._good, json.dumps(kept).encode())
        self.trusted = Trusted(found.registry, found.version, found.expires, since, now)

    def _remember(self) -> None:
        """Verify again what was kept, as of its last confirmation; another program may have
        kept something newer. What can't be verified is not taken."""
        try:
            kept = json.loads(self._good.read_bytes())
            since, confirmed = (datetime.fromisoformat(kept[key]) for key in ("since", "confirmed"))
            source = {name: base64.b64decode(content) for name, content in kept["files"].items()}
            with tempfile.TemporaryDirectory() as scratch:
                updater = self._updater(Path(scratch), "", MemoryFetcher(source), confirmed)
                found = _verified(updater, Path(scratch))
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            ConfigError,
            _RootError,
            *_REFUSALS,
        ):
            return
        self.trusted = Trusted(found.registry, found.version, found.expires, since, confirmed)

    def _updater(self, folder: Path, source: str, fetcher: FetcherInterface, now: datetime) -> Updater:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            root = self._config.root.read_bytes()
            return _Updater(folder, source, fetcher, root, now)
        except (OSError, exceptions.RepositoryError) as error:
            raise _RootError from error

    def _say(self, problem: Problem | None) -> None:
        """One line where something has gone wrong, another way or with another outcome than
        before; one when all is well again."""
        self.problem = problem
        lists = bool(self.in_force().schools)
        if problem is None:
            if self._said:
                log.warning("the registry of schools is good again")
            self._said = None
        elif self._said != (problem, lists):
            log.warning("the registry of schools is refused: %s; %s", PROBLEM_WORDS[problem], self._outcome())
            self._said = (problem, lists)

    def _outcome(self) -> str:
        if self.trusted is None:
            return "there is no earlier one: nobody is in the federation"
        version, expires = self.trusted.version, self.trusted.expires.isoformat()
        if self._now() >= self.trusted.expires:
            return f"version {version} has expired on {expires}: nobody is in the federation"
        return f"version {version} stays in force until {expires}"


class _RootError(Exception):
    """The initial root is missing or no root."""


class _Updater(Updater):
    """TUF's client by our clock. It has no parameter for that: `reference_time` is where it
    keeps the moment that every expiry is compared with, taken from the machine's clock when it
    is made, and compared with nothing before `refresh`."""

    def __init__(
        self, folder: Path, source: str, fetcher: FetcherInterface, root: bytes, now: datetime
    ) -> None:
        super().__init__(
            str(folder),
            f"{source}/{METADATA}",
            str(folder),
            f"{source}/{TARGETS}",
            fetcher=fetcher,
            bootstrap=root,
        )
        self._trusted_set.reference_time = now


@dataclass(frozen=True, slots=True)
class _Found:
    registry: Registry
    version: int
    expires: datetime


def _verified(updater: Updater, folder: Path) -> _Found:
    """All of TUF's client workflow, and the registry that comes out of it."""
    updater.refresh()
    target = updater.get_targetinfo(TARGET)
    if target is None:
        raise exceptions.RepositoryError("no registry")
    path = updater.find_cached_target(target) or updater.download_target(target)
    registry = decode(Path(path).read_bytes())
    kinds = (Root.type, Targets.type, Snapshot.type, Timestamp.type)
    expiries = [Metadata.from_file(str(folder / f"{kind}.json")).signed.expires for kind in kinds]
    version = Metadata[Targets].from_file(str(folder / "targets.json")).signed.version
    return _Found(registry, version, min(expiries))


def _vouching(seen: Path) -> Iterator[tuple[str, bytes]]:
    """All that was verified, by the names that a source has for it."""
    root = Metadata[Root].from_file(str(seen / "root.json")).signed
    for version in range(1, root.version + 1):
        if (path := seen / "root_history" / f"{version}.root.json").exists():
            yield f"{METADATA}/{path.name}", path.read_bytes()
    targets = Metadata[Targets].from_file(str(seen / "targets.json")).signed
    snapshot = Metadata[Snapshot].from_file(str(seen / "snapshot.json")).signed
    for part in (targets, snapshot):
        yield f"{METADATA}/{part.version}.{part.type}.json", (seen / f"{part.type}.json").read_bytes()
    yield f"{METADATA}/timestamp.json", (seen / "timestamp.json").read_bytes()
    yield f"{TARGETS}/{targets.targets[TARGET].get_prefixed_paths()[0]}", (seen / TARGET).read_bytes()


def _problem(error: exceptions.RepositoryError) -> Problem:
    kinds = {
        exceptions.ExpiredMetadataError: Problem.EXPIRED,
        exceptions.BadVersionNumberError: Problem.OLDER,
        exceptions.UnsignedMetadataError: Problem.UNSIGNED,
        exceptions.LengthOrHashMismatchError: Problem.TAMPERED,
    }
    return next((problem for kind, problem in kinds.items() if isinstance(error, kind)), Problem.UNREADABLE)
