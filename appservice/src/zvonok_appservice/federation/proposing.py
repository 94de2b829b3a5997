"""What registrars do with the next version: change it, sign it, put signatures together.

Everything here makes a new Proposal of an old one. A change drops the signatures of the part
that it changes, since nobody has signed that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp, VerificationResult

from zvonok_appservice.federation.folder import Proposal, Published
from zvonok_appservice.federation.keys import owner
from zvonok_appservice.federation.registry import NOBODY, Registry, encode
from zvonok_appservice.federation.sound import (
    PUBLISHERS_ROLES,
    REGISTRARS_ROLES,
    REGISTRARS_TERM,
    appoint,
    appoint_publisher,
    must_be_sound,
    root_after,
    root_of,
    set_threshold,
    targets_of,
)
from zvonok_core.errors import UserError
from zvonok_core.text import Text, text

S = TypeVar("S", Root, Targets, Snapshot, Timestamp)


@dataclass(frozen=True, slots=True)
class Signing:
    """How far the signing of one part is."""

    part: Text
    threshold: int
    signed: tuple[str, ...]
    """Who has signed, by name."""
    unsigned: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return len(self.signed) >= self.threshold


def found(registrars: Sequence[Key], threshold: int, publisher: Key, now: datetime) -> Proposal:
    """The first version of a federation, without schools. Raises UserError."""
    root = root_of(1, _term(now), registrars, threshold, publisher)
    return Proposal(root, targets_of(1, NOBODY, _term(now)), encode(NOBODY))


def with_registry(
    published: Published | None,
    proposal: Proposal | None,
    change: Callable[[Registry], Registry],
    now: datetime,
) -> Proposal:
    """The proposal with this change of the schools. It begins with what is published where
    nothing is proposed yet."""
    base = _base(published, proposal, now)
    registry = change(base.registry)
    return replace(
        base, targets=targets_of(base.targets.signed.version, registry, _term(now)), content=encode(registry)
    )


def with_root(
    published: Published | None, proposal: Proposal | None, change: Callable[[Root], None], now: datetime
) -> Proposal:
    """The proposal with this change of registrars or publisher: a new root, for a new term."""
    base = _base(published, proposal, now)
    if base.root is not None:
        root = _copy(base.root).signed
    else:
        assert published is not None
        root = _copy(published.root).signed
        root.version += 1
    change(root)
    root.expires = _term(now)
    return replace(base, root=Metadata(root))


def add_registrar(root: Root, key: Key, threshold: int | None) -> None:
    """Raises UserError where this key has an office already."""
    appoint(root, key)
    set_threshold(root, threshold or root.roles[Root.type].threshold)


def remove_registrar(root: Root, name: str, threshold: int | None) -> None:
    """`name` is the registrar's name or the beginning of the key's id. Raises UserError."""
    keys = [root.keys[id_] for id_ in root.roles[Root.type].keyids]
    matching = [key for key in keys if owner(key) == name or (len(name) >= 8 and key.keyid.startswith(name))]
    if len(matching) != 1:
        listed = ", ".join(f"{owner(key)} ({key.keyid[:8]})" for key in keys)
        raise UserError(text("Which registrar is “{name}”? There are: {listed}", name=name, listed=listed))
    for role in REGISTRARS_ROLES:
        root.revoke_key(matching[0].keyid, role)
    set_threshold(root, threshold or root.roles[Root.type].threshold)


def replace_publisher(root: Root, key: Key) -> None:
    """Raises UserError where this key has an office already."""
    for role in PUBLISHERS_ROLES:
        for id_ in [*root.roles[role].keyids]:
            root.revoke_key(id_, role)
    appoint_publisher(root, key)


def sign(published: Published | None, proposal: Proposal, signer: CryptoSigner, now: datetime) -> Proposal:
    """The proposal with one more signature. Raises UserError where the key is no registrar's, or
    the proposal is not sound."""
    must_be_sound(published, proposal, now)
    id_ = signer.public_key.keyid
    before = published.root.signed if published else None
    after = root_after(published, proposal)
    signs_root = proposal.root is not None and any(
        id_ in root.roles[Root.type].keyids for root in (before, after) if root is not None
    )
    signs_targets = id_ in after.roles[Targets.type].keyids
    if not signs_root and not signs_targets:
        raise UserError(text("This key is none of the registrars' keys: they alone sign."))
    return Proposal(
        _signed(proposal.root, signer) if proposal.root is not None and signs_root else proposal.root,
        _signed(proposal.targets, signer) if signs_targets else proposal.targets,
        proposal.content,
    )


def merge(published: Published | None, mine: Proposal | None, theirs: Proposal, now: datetime) -> Proposal:
    """Both's signatures. Raises UserError where the two are not one proposal, or where theirs is
    not sound."""
    must_be_sound(published, theirs, now)
    if mine is None or _is_over(published, mine):
        mine = Proposal(
            _unsigned(theirs.root) if theirs.root else None, _unsigned(theirs.targets), theirs.content
        )
    same_root = (mine.root is None) == (theirs.root is None) and (
        mine.root is None or theirs.root is None or mine.root.signed == theirs.root.signed
    )
    if not same_root or mine.targets.signed != theirs.targets.signed:
        raise UserError(
            text(
                "This is another proposal than the one here. Agree on one: remove the folder proposal"
                " that you don't want, and merge again."
            )
        )
    before = published.root.signed.keys if published else {}
    keys = before | root_after(published, theirs).keys
    root = None if mine.root is None or theirs.root is None else _merged(mine.root, theirs.root, keys)
    return Proposal(root, _merged(mine.targets, theirs.targets, keys), mine.content)


def _is_over(published: Published | None, proposal: Proposal) -> bool:
    """Whether this is what a registrar signed last time, and others have published since."""
    return published is not None and proposal.targets.signed.version <= published.targets.signed.version


def signings(published: Published | None, proposal: Proposal) -> tuple[Signing, ...]:
    """How far the signing is, for each part that has to be signed."""
    told = []
    if proposal.root is not None:
        before = published.root.signed if published else None
        result = proposal.root.signed.get_root_verification_result(
            before, proposal.root.signed_bytes, proposal.root.signatures
        )
        if before is not None:
            told.append(_signing(_OLD_ROOT, result.first))
        told.append(_signing(_NEW_ROOT, result.second))
    targets = proposal.targets
    told.append(
        _signing(
            _SCHOOLS,
            root_after(published, proposal).get_verification_result(
                Targets.type, targets.signed_bytes, targets.signatures
            ),
        )
    )
    return tuple(told)


_OLD_ROOT = text("the keys, by the registrars until now")
_NEW_ROOT = text("the keys, by the registrars from now on")
_SCHOOLS = text("the list of schools")


def _signing(part: Text, result: VerificationResult) -> Signing:
    signed, unsigned = (tuple(map(owner, keys.values())) for keys in (result.signed, result.unsigned))
    return Signing(part, result.threshold, signed, unsigned)


def _base(published: Published | None, proposal: Proposal | None, now: datetime) -> Proposal:
    if proposal is not None:
        must_be_sound(published, proposal, now)
        return proposal
    if published is None:
        raise UserError(text("There is no federation in this folder: begin with `init`, or name it with -f."))
    version = published.targets.signed.version + 1
    return Proposal(None, targets_of(version, published.registry, _term(now)), published.content)


def _term(now: datetime) -> datetime:
    return now.replace(microsecond=0) + REGISTRARS_TERM


def _copy(metadata: Metadata[S]) -> Metadata[S]:
    return Metadata[S].from_bytes(metadata.to_bytes())


def _unsigned(metadata: Metadata[S]) -> Metadata[S]:
    return Metadata(_copy(metadata).signed)


def _signed(metadata: Metadata[S], signer: CryptoSigner) -> Metadata[S]:
    copy = _copy(metadata)
    copy.sign(signer, append=True)
    return copy


def _merged(mine: Metadata[S], theirs: Metadata[S], keys: dict[str, Key]) -> Metadata[S]:
    """Mine with whatever of theirs is truly a signature."""
    copy = _copy(mine)
    for id_, signature in theirs.signatures.items():
        if id_ not in keys:
            continue
        try:
            keys[id_].verify_signature(signature, copy.signed_bytes)
        except UnverifiedSignatureError:
            continue
        copy.signatures[id_] = signature
    return copy
