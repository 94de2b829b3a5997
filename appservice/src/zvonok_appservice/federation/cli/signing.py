"""The commands that need a private key, and the one that puts signatures together."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from zvonok_appservice.federation import files, keys, proposing, publishing
from zvonok_appservice.federation.cli.desk import Desk, Exit
from zvonok_appservice.federation.cli.telling import tell_proposal
from zvonok_appservice.federation.folder import Proposal, Published, read_proposal, read_root
from zvonok_appservice.federation.inspecting import expiries, forged
from zvonok_appservice.federation.sound import must_be_sound
from zvonok_core.errors import UserError
from zvonok_core.text import text


def key(desk: Desk, options: Namespace) -> Exit:
    """Make a key."""
    passphrase = None if options.no_passphrase else _new_passphrase(desk, options.passphrase_file)
    made = keys.make(options.name, options.output, passphrase)
    desk.say(
        text(
            "Made: {private}, which nobody else may get, and {public}, which you hand over.",
            private=str(made.private),
            public=str(made.public),
        )
    )
    number = keys.public_key(made.public).keyid[:16]
    desk.say(text("The key's number, to be compared on the telephone: {id}…", id=number))
    if passphrase is None:
        desk.say(text("There is no passphrase: whoever gets the private file has the key."))
    return Exit.DONE


def sign(desk: Desk, options: Namespace) -> Exit:
    """Show what is proposed, and sign it."""
    published, proposal = desk.folder.read()
    proposal = _proposal(proposal)
    remembered = options.key.with_suffix(".root.json")
    _must_be_the_same_federation(desk, published, proposal, remembered)
    must_be_sound(published, proposal, desk.clock.now())
    tell_proposal(desk, published, proposal)
    if not options.yes and not _agreed(desk):
        desk.say(text("Not signed."))
        return Exit.UNSIGNED
    signed = proposing.sign(published, proposal, _signer(desk, options), desk.clock.now())
    if not remembered.exists():
        first = read_root(desk.folder.first_root) if published else proposal.root
        assert first is not None
        files.write(remembered, first.to_bytes())
    desk.folder.propose(signed)
    desk.say(
        text("Signed. Now the folder {folder} goes back to the publisher.", folder=str(desk.folder.proposal))
    )
    return Exit.DONE


def merge(desk: Desk, options: Namespace) -> Exit:
    """Take the signatures of other copies of the proposal."""
    published, proposal = desk.folder.read()
    for folder in options.folders:
        theirs = read_proposal(folder)
        if theirs is None:
            raise UserError(text("There is no proposal in {folder}.", folder=str(folder)))
        proposal = proposing.merge(published, proposal, theirs, desk.clock.now())
    desk.folder.propose(_proposal(proposal))
    tell_proposal(desk, published, _proposal(proposal))
    if all(signing.complete for signing in proposing.signings(published, _proposal(proposal))):
        desk.say(text("Enough have signed: the publisher can run `publish`."))
    return Exit.DONE


def publish(desk: Desk, options: Namespace) -> Exit:
    """Publish the proposal."""
    published, proposal = desk.folder.read()
    version = publishing.publish(published, _proposal(proposal), _signer(desk, options), desk.clock.now())
    desk.folder.publish(version)
    desk.say(
        text(
            "Published: version {version}. Now copy {folder} to the web server.",
            version=version.targets.signed.version,
            folder=str(desk.folder.published),
        )
    )
    if published is None:
        desk.say(
            text(
                "Each school gets {file} by hand: all its trust begins with this file.",
                file=str(desk.folder.first_root),
            )
        )
    return Exit.DONE


def refresh(desk: Desk, options: Namespace) -> Exit:
    """Confirm what is published."""
    published, _ = desk.folder.read()
    if published is None:
        raise UserError(text("Nothing is published in this folder."))
    version = publishing.refresh(published, _signer(desk, options), desk.clock.now())
    desk.folder.confirm(version)
    desk.say(
        text("Confirmed until {date}.", date=f"{version.timestamp.signed.expires:%Y-%m-%d}"),
    )
    for expiry in expiries(version, desk.clock.now()):
        if expiry.soon:  # a timer's mail is what people read
            desk.complain(expiry.words)
    return Exit.DONE


def _must_be_the_same_federation(
    desk: Desk, published: Published | None, proposal: Proposal, remembered: Path
) -> None:
    """What changes is told by comparing with what is published: a forged one would hide a
    school. So the root with which all began is kept beside the key, from the first signature on.
    Raises UserError."""
    if published is not None:
        first_root = remembered if remembered.exists() else desk.folder.first_root
        for sentence in forged(desk.folder, published, first_root):
            raise UserError(
                text(
                    "The folder published here was tampered with or damaged, so don't sign: {reason} Copy it"
                    " again, and tell the other registrars.",
                    reason=sentence,
                )
            )
    elif (
        proposal.root is not None
        and remembered.exists()
        and read_root(remembered).signed != proposal.root.signed
    ):
        raise UserError(
            text(
                "With this key you have signed for another federation. If it exists, copy the folder published"
                " from the publisher as well. If it is being founded anew, remove {file}, and sign.",
                file=str(remembered),
            )
        )


def _proposal(proposal: Proposal | None) -> Proposal:
    if proposal is None:
        raise UserError(
            text("Nothing is proposed in this folder: `add`, `remove` and the like propose a version.")
        )
    return proposal


def _signer(desk: Desk, options: Namespace) -> CryptoSigner:
    def ask() -> str:
        return _read(options.passphrase_file) if options.passphrase_file else _asked(desk)

    return keys.signer(options.key, ask)


def _new_passphrase(desk: Desk, file: Path | None) -> str:
    if file is not None:
        return _read(file)
    passphrase = _asked(desk)
    if getpass.getpass(desk.words(text("The same again: "))) != passphrase:
        raise UserError(text("These were two different passphrases: please try again."))
    return passphrase


def _asked(desk: Desk) -> str:
    if not sys.stdin.isatty():
        raise UserError(
            text("Nobody can be asked for the passphrase here: name its file with --passphrase-file.")
        )
    return getpass.getpass(desk.words(text("Passphrase: ")))


def _read(file: Path) -> str:
    passphrase = files.read(file).decode(errors="replace").strip()
    if not passphrase:
        raise UserError(text("{file} is empty: write the passphrase into it.", file=str(file)))
    return passphrase


def _agreed(desk: Desk) -> bool:
    if not sys.stdin.isatty():
        raise UserError(
            text("Nobody can be asked here: read what is proposed with `status`, then sign with --yes.")
        )
    answer = input(desk.words(text("Sign this? Write yes: ")))
    return answer.strip().casefold() in {"yes", "да", desk.words(text("yes"))}
