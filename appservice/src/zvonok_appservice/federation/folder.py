"""The registrars' folder: what is published, and what is proposed as its next version.

FOLDER/published/   metadata/ and targets/, as TUF lays them out: put this on a web server
FOLDER/proposal/    registry.json, targets.json and, where keys change, root.json: what
                    travels from registrar to registrar for signing
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from zvonok_appservice.federation import files
from zvonok_appservice.federation.registry import Registry, decode
from zvonok_core.errors import ConfigError, UserError
from zvonok_core.text import Text, text

S = TypeVar("S", Root, Targets, Snapshot, Timestamp)

TARGET = "registry.json"
"""The one target file."""
METADATA = "metadata"
TARGETS = "targets"


@dataclass(frozen=True)
class Proposal:
    """The next version, while it is being signed."""

    root: Metadata[Root] | None
    """None where registrars and publisher stay as they are."""
    targets: Metadata[Targets]
    content: bytes
    """The file `registry.json`."""

    @property
    def registry(self) -> Registry:
        return decode(self.content)


@dataclass(frozen=True)
class Published:
    """The version that schools fetch."""

    root: Metadata[Root]
    targets: Metadata[Targets]
    snapshot: Metadata[Snapshot]
    timestamp: Metadata[Timestamp]
    content: bytes
    """The file `registry.json`."""

    @property
    def registry(self) -> Registry:
        return decode(self.content)


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the two of them are on this machine."""

    path: Path

    @property
    def published(self) -> Path:
        """What goes on the web server."""
        return self.path / "published"

    @property
    def proposal(self) -> Path:
        """What goes to the registrars."""
        return self.path / "proposal"

    @property
    def first_root(self) -> Path:
        """The file that a school gets by hand, and trusts."""
        return self.published / METADATA / "1.root.json"

    def read(self) -> tuple[Published | None, Proposal | None]:
        """What is here. Raises UserError where it can't be read."""
        published, proposal = read_published(self.published), read_proposal(self.proposal)
        if published is None or proposal is None:
            return published, proposal
        if published.targets == proposal.targets:  # `publish` was cut short after its last file
            files.remove_folder(self.proposal)
            return published, None
        if published.root == proposal.root:  # … or before its last file
            before = _metadata(
                self.published / METADATA / f"{published.root.signed.version - 1}.root.json", Root
            )
            published = Published(
                before, published.targets, published.snapshot, published.timestamp, published.content
            )
        return published, proposal

    def propose(self, proposal: Proposal) -> None:
        """Put this proposal in the place of the one that is here."""
        root = {} if proposal.root is None else {"root.json": proposal.root.to_bytes()}
        rest = {TARGET: proposal.content, "targets.json": proposal.targets.to_bytes()}
        files.write_folder(self.proposal, root | rest)

    def publish(self, version: Published) -> None:
        """Put all of it on show. The timestamp comes last: until then readers see the version
        before, or refuse what they see."""
        metadata = self.published / METADATA
        (target,) = version.targets.signed.targets.values()
        (name,) = target.get_prefixed_paths()
        files.write(self.published / TARGETS / name, version.content)
        for part in (version.targets, version.snapshot, version.root):
            path = metadata / f"{part.signed.version}.{part.signed.type}.json"
            if not path.exists() or path.read_bytes() != part.to_bytes():
                files.write(path, part.to_bytes())
        self.confirm(version)
        files.remove_folder(self.proposal)

    def confirm(self, version: Published) -> None:
        """Put a new timestamp of the same version on show."""
        files.write(self.published / METADATA / "timestamp.json", version.timestamp.to_bytes())


def read_published(folder: Path) -> Published | None:
    """The version in this folder; None where nothing is published yet. Raises UserError."""
    metadata = folder / METADATA
    if not (metadata / "timestamp.json").exists():
        return None
    timestamp = _metadata(metadata / "timestamp.json", Timestamp)
    snapshot = _metadata(metadata / f"{timestamp.signed.snapshot_meta.version}.snapshot.json", Snapshot)
    try:
        version = snapshot.signed.meta["targets.json"].version
    except KeyError as error:
        raise _broken(metadata) from error
    targets = _metadata(metadata / f"{version}.targets.json", Targets)
    return Published(
        _metadata(root_files(folder)[-1], Root),
        targets,
        snapshot,
        timestamp,
        _target(folder / TARGETS, targets),
    )


def root_files(folder: Path) -> Sequence[Path]:
    """All roots that are published, the first one first. Raises UserError where none is."""
    found: list[Path] = []
    while (path := folder / METADATA / f"{len(found) + 1}.root.json").exists():
        found.append(path)
    if not found:
        raise UserError(text("{file} is missing: copy the whole folder again.", file=str(path)))
    return found


def read_root(path: Path) -> Metadata[Root]:
    """One root. Raises UserError."""
    return _metadata(path, Root)


def read_proposal(folder: Path) -> Proposal | None:
    """The proposal in this folder; None where there is none. Raises UserError."""
    if not (folder / "targets.json").exists():
        old = folder.with_name(f"{folder.name}.old")  # what a write that was cut short left
        return read_proposal(old) if folder.suffix != ".old" and old.exists() else None
    root = _metadata(folder / "root.json", Root) if (folder / "root.json").exists() else None
    targets = _metadata(folder / "targets.json", Targets)
    content = files.read(folder / TARGET)
    try:
        targets.signed.targets[TARGET].verify_length_and_hashes(content)
        decode(content)
    except (KeyError, RepositoryError) as error:
        message = text(
            "{file} is not the registry that this proposal names: copy it again.", file=str(folder / TARGET)
        )
        raise UserError(message) from error
    except ConfigError as error:
        raise UserError(
            Text("{file}: {fault}", {"file": str(folder / TARGET), "fault": error.faults[0].text})
        ) from error
    return Proposal(root, targets, content)


def _target(folder: Path, targets: Metadata[Targets]) -> bytes:
    target = targets.signed.targets.get(TARGET)
    if target is None:
        raise _broken(folder)
    content = files.read(folder / target.get_prefixed_paths()[0])
    try:
        decode(content)
    except ConfigError as error:
        raise UserError(
            Text("{file}: {fault}", {"file": str(folder), "fault": error.faults[0].text})
        ) from error
    return content


def _metadata(path: Path, kind: type[S]) -> Metadata[S]:
    try:
        found = Metadata[S].from_bytes(files.read(path))
    except RepositoryError as error:
        raise _broken(path) from error
    if found.signed.type != kind.type:
        raise _broken(path)
    return found


def _broken(path: Path) -> UserError:
    return UserError(text("{file} is damaged: copy it again from where you have it.", file=str(path)))
