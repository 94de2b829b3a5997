"""A federation in a folder: registrars with keys of their own, a publisher, and schools that
follow it. Keys and files are real; only the time is a parameter."""

from __future__ import annotations

import base64
import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp
from tuf.ngclient import FetcherInterface

from zvonok_appservice.config import FederationConfig
from zvonok_appservice.federation import keys, proposing, publishing
from zvonok_appservice.federation.folder import Folder
from zvonok_appservice.federation.registry import Registry, School
from zvonok_appservice.federation.trust import Trust
from zvonok_core.access import Talk
from zvonok_core.clock import ManualClock

BEGIN = datetime(2026, 9, 1, 9, tzinfo=UTC)


def key_of(seed: object) -> str:
    """32 bytes as Matrix writes a public key."""
    return base64.b64encode(random.Random(str(seed)).randbytes(32)).decode().rstrip("=")


def school(number: int, talks: Iterable[Talk] = Talk, key: int = 1) -> School:
    """School number so and so."""
    return School(
        f"school-{number}.example",
        f"Школа № {number}",
        f"Отдел связи школы № {number}",
        {f"ed25519:k{key}": key_of((number, key))},
        frozenset(talks),
    )


def new_key(name: str) -> tuple[CryptoSigner, Key]:
    """A key pair without files."""
    signer = CryptoSigner.generate_ed25519()
    signer.public_key.unrecognized_fields[keys.NAME] = name
    return signer, signer.public_key


@dataclass
class Office:
    """The registrars' folder, and everybody's private keys: what no real person has together."""

    folder: Folder
    clock: ManualClock
    signers: dict[str, CryptoSigner] = field(default_factory=dict)
    publisher: CryptoSigner = field(default_factory=lambda: new_key("publisher")[0])

    @classmethod
    def found(cls, path: Path, registrars: int = 3, threshold: int = 2, begin: datetime = BEGIN) -> Office:
        """A federation that is founded and published, without schools."""
        office = cls(Folder(path), ManualClock(begin))
        office.publisher, publisher = new_key("publisher")
        public = []
        for number in range(registrars):
            signer, key = new_key(f"registrar {number}")
            office.signers[f"registrar {number}"] = signer
            public.append(key)
        office.folder.propose(proposing.found(public, threshold, publisher, office.clock.now()))
        office.sign(*[*office.signers][:threshold])
        office.publish()
        return office

    def copy(self, place: Path) -> Office:
        """The same federation, to go on with in another folder."""
        shutil.copytree(self.folder.path, place)
        return replace(
            self, folder=Folder(place), clock=ManualClock(self.clock.now()), signers=dict(self.signers)
        )

    def change(self, change: Callable[[Registry], Registry]) -> None:
        """Propose a change of the schools."""
        self.folder.propose(proposing.with_registry(*self.folder.read(), change, self.clock.now()))

    def change_root(self, change: Callable[[Root], None]) -> None:
        """Propose a change of the keys."""
        self.folder.propose(proposing.with_root(*self.folder.read(), change, self.clock.now()))

    def sign(self, *names: str) -> None:
        """Sign what is proposed."""
        for name in names:
            published, proposal = self.folder.read()
            assert proposal is not None
            self.folder.propose(proposing.sign(published, proposal, self.signers[name], self.clock.now()))

    def publish(self) -> None:
        """Publish what is proposed."""
        published, proposal = self.folder.read()
        assert proposal is not None
        self.folder.publish(publishing.publish(published, proposal, self.publisher, self.clock.now()))

    def refresh(self) -> None:
        """Confirm what is published."""
        published, _ = self.folder.read()
        assert published is not None
        self.folder.confirm(publishing.refresh(published, self.publisher, self.clock.now()))

    def release(self, *schools: School) -> None:
        """A version with these schools added or changed, signed by two and published."""

        def change(registry: Registry) -> Registry:
            for one in schools:
                registry = registry.with_school(one)
            return registry

        self.change(change)
        self.sign("registrar 0", "registrar 1")
        self.publish()

    def follower(
        self, data: Path, source: str | Path | None = None, fetcher: FetcherInterface | None = None
    ) -> Trust:
        """A school's appservice that follows this registry, or a mirror of it."""
        root = data / "root.json"
        if not root.exists():
            data.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.folder.first_root, root)
        config = FederationConfig(str(source or self.folder.published), root)
        return Trust(config, data, self.clock, fetcher)

    def mirror(self, place: Path) -> Path:
        """A copy of what is published now."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.folder.published, place)
        return place


def listed(trust: Trust) -> list[str]:
    """The server names that are in force."""
    return [one.server_name for one in trust.in_force().schools]


def forge(
    office: Office,
    targets: Metadata[Targets],
    snapshot: int,
    timestamp: int,
    until: datetime = BEGIN + timedelta(days=10),
) -> None:
    """What somebody with the publisher's key can put on show."""
    metadata = office.folder.published / "metadata"
    (metadata / f"{targets.signed.version}.targets.json").write_bytes(targets.to_bytes())
    meta = {"targets.json": MetaFile(targets.signed.version)}
    second = Metadata(Snapshot(version=snapshot, expires=until, meta=meta))
    second.sign(office.publisher)
    (metadata / f"{snapshot}.snapshot.json").write_bytes(second.to_bytes())
    third = Metadata(Timestamp(version=timestamp, expires=until, snapshot_meta=MetaFile(snapshot)))
    third.sign(office.publisher)
    (metadata / "timestamp.json").write_bytes(third.to_bytes())
