"""What the publisher does: put a version on show once enough have signed it, and say again
and again that it is still the newest."""

from __future__ import annotations

from datetime import datetime, timedelta

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Timestamp

from zvonok_appservice.federation.folder import Proposal, Published
from zvonok_appservice.federation.proposing import signings
from zvonok_appservice.federation.sound import REGISTRARS_TERM, must_be_sound, root_after
from zvonok_core.errors import UserError
from zvonok_core.text import text

PUBLISHERS_TERM = timedelta(days=14)
"""How long a timestamp holds: so late at most does a school notice that somebody keeps new
versions from it. Long enough for the New Year's holidays."""


class UnsignedError(UserError):
    """Too few have signed yet."""


def publish(
    published: Published | None, proposal: Proposal, signer: CryptoSigner, now: datetime
) -> Published:
    """The proposal as the version that schools fetch. Raises UserError, and UnsignedError
    while signatures are missing."""
    must_be_sound(published, proposal, now)
    for signing in signings(published, proposal):
        if not signing.complete:
            raise UnsignedError(
                text(
                    "Not published: for {part}, {signed} of {threshold} signatures are there. Not signed yet: {names}.",
                    part=signing.part,
                    signed=len(signing.signed),
                    threshold=signing.threshold,
                    names=", ".join(signing.unsigned),
                )
            )
    root = root_after(published, proposal)
    _must_be_publisher(root, signer)
    if root.is_expired(now) or proposal.targets.signed.is_expired(now):
        raise UserError(text("This proposal has expired: propose it anew with `renew`, and have it signed."))
    targets = proposal.targets
    snapshot = Metadata(
        Snapshot(
            version=published.snapshot.signed.version + 1 if published else 1,
            expires=now.replace(microsecond=0) + REGISTRARS_TERM,
            meta={"targets.json": _file(targets.signed.version, targets.to_bytes())},
        )
    )
    snapshot.sign(signer)
    return Published(
        proposal.root or _published_root(published),
        targets,
        snapshot,
        _timestamp(published, snapshot, signer, now),
        proposal.content,
    )


def refresh(published: Published, signer: CryptoSigner, now: datetime) -> Published:
    """The same version, confirmed for a new term. Raises UserError."""
    _must_be_publisher(published.root.signed, signer)
    return Published(
        published.root,
        published.targets,
        published.snapshot,
        _timestamp(published, published.snapshot, signer, now),
        published.content,
    )


def _timestamp(
    published: Published | None, snapshot: Metadata[Snapshot], signer: CryptoSigner, now: datetime
) -> Metadata[Timestamp]:
    timestamp = Metadata(
        Timestamp(
            version=published.timestamp.signed.version + 1 if published else 1,
            expires=now.replace(microsecond=0) + PUBLISHERS_TERM,
            snapshot_meta=_file(snapshot.signed.version, snapshot.to_bytes()),
        )
    )
    timestamp.sign(signer)
    return timestamp


def _file(version: int, content: bytes) -> MetaFile:
    return MetaFile.from_data(version, content, ["sha256"])


def _published_root(published: Published | None) -> Metadata[Root]:
    assert published is not None
    return published.root


def _must_be_publisher(root: Root, signer: CryptoSigner) -> None:
    if signer.public_key.keyid not in root.roles[Timestamp.type].keyids:
        raise UserError(
            text("This key is not the publisher's key: the publisher alone publishes and refreshes.")
        )
