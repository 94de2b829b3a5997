"""What a proposal may say: what this program would have written itself, and nothing beyond.

Registrars sign files, and read sentences. Whoever hands a proposal over could write into the
files what no sentence tells: another key under a registrar's old id, one threshold for the keys
and another for the schools, delegations, a term of a thousand years. So a proposal is written
anew from what the sentences tell, and has to come out the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, TargetFile, Targets, Timestamp

from zvonok_appservice.federation import keys
from zvonok_appservice.federation.folder import TARGET, Proposal, Published
from zvonok_appservice.federation.registry import Registry, encode
from zvonok_core.errors import UserError
from zvonok_core.text import text

REGISTRARS_TERM = timedelta(days=240)
"""How long root and targets hold: who signs each August and each January has weeks to spare. So
long at most can a thief of the publisher's key keep news back."""

REGISTRARS_ROLES = (Root.type, Targets.type)
PUBLISHERS_ROLES = (Snapshot.type, Timestamp.type)

_CLOCKS_DIFFER = timedelta(days=1)


def must_be_sound(published: Published | None, proposal: Proposal, now: datetime) -> None:
    """Raise UserError where the proposal is not the version after the published one, or says
    more than `sign` shows."""
    _must_follow(published, proposal)
    root = None if proposal.root is None else proposal.root.signed
    targets = proposal.targets.signed
    if not (_shows_schools(proposal, targets) and (root is None or _shows_offices(published, root))):
        raise UserError(
            text(
                "This proposal says more than this program can show, so don't sign it. Either a newer version"
                " of the program made it: update yours. Or somebody has meddled with it: tell the other"
                " registrars."
            )
        )
    latest = now + REGISTRARS_TERM + _CLOCKS_DIFFER
    if targets.expires > latest or (root is not None and root.expires > latest):
        raise UserError(
            text(
                "This proposal holds for longer than {n} days. Set the clock of this computer; where it is"
                " right, somebody has meddled with the proposal: tell the other registrars.",
                n=REGISTRARS_TERM.days,
            )
        )


def root_after(published: Published | None, proposal: Proposal) -> Root:
    """The root once the proposal is published."""
    if proposal.root is not None:
        return proposal.root.signed
    assert published is not None
    return published.root.signed


def root_of(
    version: int, expires: datetime, registrars: Sequence[Key], threshold: int, publisher: Key
) -> Metadata[Root]:
    """The root that says this. Raises UserError where somebody has two offices."""
    root = Root(version=version, expires=expires, consistent_snapshot=True)
    appoint_publisher(root, publisher)
    for key in registrars:
        appoint(root, key)
    set_threshold(root, threshold)
    return Metadata(root)


def targets_of(version: int, registry: Registry, expires: datetime) -> Metadata[Targets]:
    """The metadata that names this registry alone."""
    target = TargetFile.from_data(TARGET, encode(registry), ["sha256"])
    return Metadata(Targets(version=version, expires=expires, targets={TARGET: target}))


def appoint(root: Root, key: Key) -> None:
    """Raises UserError where this key, or somebody of this name, has an office already."""
    _must_be_free(root, key)
    if keys.owner(key) in {keys.owner(root.keys[id_]) for id_ in root.roles[Root.type].keyids}:
        raise UserError(
            text(
                "There is a registrar called {name} already: make the new key under another name.",
                name=keys.owner(key),
            )
        )
    for role in REGISTRARS_ROLES:
        root.add_key(key, role)


def appoint_publisher(root: Root, key: Key) -> None:
    """Raises UserError where this key has an office already."""
    _must_be_free(root, key)
    for role in PUBLISHERS_ROLES:
        root.add_key(key, role)


def set_threshold(root: Root, threshold: int) -> None:
    """Raises UserError where there are fewer registrars."""
    registrars = len(root.roles[Root.type].keyids)
    if not 1 <= threshold <= registrars:
        raise UserError(
            text(
                "{threshold} signatures can't be asked of {registrars} registrars: give --threshold, or add a"
                " registrar first.",
                threshold=threshold,
                registrars=registrars,
            )
        )
    for role in REGISTRARS_ROLES:
        root.roles[role].threshold = threshold


def _must_be_free(root: Root, key: Key) -> None:
    if key.keyid in root.keys:
        raise UserError(
            text(
                "The key of {name} has an office already: each needs a key of its own.", name=keys.owner(key)
            )
        )


def _must_follow(published: Published | None, proposal: Proposal) -> None:
    roots = published.root.signed.version if published else 0
    targets = published.targets.signed.version if published else 0
    root_follows = proposal.root is None or proposal.root.signed.version == roots + 1
    if published is None and (proposal.root is None or not root_follows):
        raise UserError(text("The folder published is missing here: copy it from the publisher first."))
    if not root_follows or proposal.targets.signed.version != targets + 1:
        raise UserError(
            text(
                "This proposal is for version {version}, but version {published} is published here. Copy the"
                " newest folder published from the publisher; where the proposal is older, make it anew.",
                version=proposal.targets.signed.version,
                published=targets,
            )
        )


def _shows_schools(proposal: Proposal, targets: Targets) -> bool:
    # Targets name the registry by its hash: what this program would leave out changes it.
    return _same(targets_of(targets.version, proposal.registry, targets.expires).signed, targets)


def _shows_offices(published: Published | None, root: Root) -> bool:
    before = published.root.signed.keys if published else {}
    registrars, publishers = root.roles[Root.type], root.roles[Timestamp.type]
    try:
        told = {id_: keys.remade(key) for id_, key in root.keys.items()}
        (publisher,) = publishers.keyids
        again = root_of(
            root.version,
            root.expires,
            [told[id_] for id_ in registrars.keyids],
            registrars.threshold,
            told[publisher],
        )
    except (ValueError, KeyError, UserError):
        return False
    renamed = any(before.get(id_, key) != key for id_, key in root.keys.items())
    return _same(again.signed, root) and not renamed


def _same(again: Signed, signed: Signed) -> bool:
    again.spec_version = signed.spec_version  # another version of the library writes another
    return again == signed
