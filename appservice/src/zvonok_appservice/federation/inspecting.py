"""What is wrong with a published registry, and what will be soon.

A school's own verification has the last word; the findings before it say why, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Root, Signed, Snapshot, Targets, Timestamp

from zvonok_appservice.config import FederationConfig
from zvonok_appservice.federation.fetching import FolderFetcher
from zvonok_appservice.federation.folder import (
    TARGET,
    Folder,
    Published,
    read_published,
    read_root,
    root_files,
)
from zvonok_appservice.federation.keys import owner
from zvonok_appservice.federation.trust import PROBLEM_WORDS, Trust
from zvonok_core.clock import Clock
from zvonok_core.errors import UserError
from zvonok_core.text import Text, ntext, text

REGISTRARS_NOTICE = timedelta(days=45)
PUBLISHERS_NOTICE = timedelta(days=5)
"""So long before an expiry it is time to do something about it."""

PARTS = {
    Root.type: text("root (the keys)"),
    Targets.type: text("targets (the list of schools)"),
    Snapshot.type: text("snapshot (the publisher's list of files)"),
    Timestamp.type: text("timestamp (the publisher's confirmation)"),
}


@dataclass(frozen=True, slots=True)
class Expiry:
    """When one part runs out."""

    part: str
    """root, targets, snapshot or timestamp."""
    at: datetime
    days: int
    """Whole days from now."""
    over: bool
    soon: bool
    """Whether it is time to renew it."""

    @property
    def words(self) -> Text:
        """A sentence with what to do."""
        if self.over:
            return text(
                "{part} has expired on {date}: {remedy}",
                part=PARTS[self.part],
                date=f"{self.at:%Y-%m-%d}",
                remedy=self._remedy,
            )
        left = ntext("{n} day is left", "{n} days are left", self.days)
        if not self.soon:
            return text(
                "{part}: {left}, until {date}", part=PARTS[self.part], left=left, date=f"{self.at:%Y-%m-%d}"
            )
        return text(
            "{part}: {left}, until {date}: {remedy}",
            part=PARTS[self.part],
            left=left,
            date=f"{self.at:%Y-%m-%d}",
            remedy=self._remedy,
        )

    @property
    def _remedy(self) -> Text:
        if self.part == Timestamp.type:
            return text("the publisher has to run `refresh`")
        return text("propose it anew with `renew`, have it signed, and publish")


def expiries(published: Published, now: datetime) -> tuple[Expiry, ...]:
    """What runs out when, in the order of `PARTS`."""
    signed: tuple[Signed, ...] = (
        published.root.signed,
        published.targets.signed,
        published.snapshot.signed,
        published.timestamp.signed,
    )
    return tuple(
        Expiry(
            part.type,
            part.expires,
            (part.expires - now) // timedelta(days=1),
            part.expires <= now,
            part.expires - now < (PUBLISHERS_NOTICE if part.type == Timestamp.type else REGISTRARS_NOTICE),
        )
        for part in signed
    )


def wrong(folder: Folder, first_root: Path, clock: Clock) -> Iterator[Text]:
    """A sentence for each thing that is wrong with what is published. `first_root` is the file
    that schools trust."""
    try:
        published = read_published(folder.published)
        if published is None:
            yield text("Nothing is published in this folder.")
            return
        found = [*forged(folder, published, first_root)]
    except UserError as error:
        yield error.text
        return
    yield from found
    yield from (expiry.words for expiry in expiries(published, clock.now()) if expiry.over)
    with TemporaryDirectory() as scratch:
        config = FederationConfig(str(folder.published), first_root)
        school = Trust(config, Path(scratch), clock, FolderFetcher())
        school.check()
    if school.problem is not None:
        yield text("A school refuses it: {reason}.", reason=PROBLEM_WORDS[school.problem])


def forged(folder: Folder, published: Published, first_root: Path) -> Iterator[Text]:
    """What of it is not as it was signed; an expiry is no forgery. Raises UserError where a
    file can't be read."""
    yield from _roots(folder, read_root(first_root).signed)
    yield from _signatures(published)
    yield from _contents(published)


def _roots(folder: Folder, trusted: Root) -> Iterator[Text]:
    before = None
    roots = root_files(folder.published)
    if len(roots) < trusted.version or read_root(roots[trusted.version - 1]).signed != trusted:
        yield text("{file} does not begin with the root that schools trust.", file=str(folder.published))
    for path in roots:
        root = read_root(path)
        result = root.signed.get_root_verification_result(before, root.signed_bytes, root.signatures)
        for part in (result.first, result.second) if before else (result.second,):
            if not part.verified:
                yield text(
                    "{file} has {signed} of {threshold} signatures.",
                    file=str(path),
                    signed=len(part.signed),
                    threshold=part.threshold,
                )
        before = root.signed


def _signatures(published: Published) -> Iterator[Text]:
    root = published.root.signed
    for part in (published.targets, published.snapshot, published.timestamp):
        kind = part.signed.type
        result = root.get_verification_result(kind, part.signed_bytes, part.signatures)
        if not result.verified:
            yield text(
                "{part} has {signed} of {threshold} signatures; not signed by: {names}.",
                part=PARTS[kind],
                signed=len(result.signed),
                threshold=result.threshold,
                names=", ".join(map(owner, result.unsigned.values())),
            )


def _contents(published: Published) -> Iterator[Text]:
    promises = (
        (Targets.type, published.snapshot.signed.meta["targets.json"], published.targets.to_bytes()),
        (Snapshot.type, published.timestamp.signed.snapshot_meta, published.snapshot.to_bytes()),
    )
    for kind, promise, content in promises:
        try:
            promise.verify_length_and_hashes(content)
        except LengthOrHashMismatchError:
            yield text("{part} is not the file that the publisher confirmed.", part=PARTS[kind])
    try:
        published.targets.signed.targets[TARGET].verify_length_and_hashes(published.content)
    except LengthOrHashMismatchError:
        yield text("registry.json is not the file that the registrars signed.")
