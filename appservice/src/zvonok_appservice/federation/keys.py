"""A registrar's or the publisher's key: a private file, and a public one to hand over."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from zvonok_appservice.federation import files
from zvonok_core.errors import UserError
from zvonok_core.text import text

NAME = "x-zvonok-name"
"""The field of a key in the root that says whose it is. It is signed with the root."""

_LONGEST_NAME = 100
_SHORTEST_PASSPHRASE = 12
_ROUNDS = 32
"""Of bcrypt: a third of a second for whoever types a passphrase, and as long for each guess of
whoever found the stick. PKCS#8, as `cryptography` writes it, would make guessing cheap."""


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Where the two halves of a key are."""

    private: Path
    public: Path


def make(name: str, place: Path, passphrase: str | None) -> KeyFiles:
    """Write `PLACE.key`, for its owner's eyes, and `PLACE.pub`. Without a passphrase (None)
    whoever gets the private file has the key. Raises UserError where one of them is there
    already, or the passphrase is short."""
    made = KeyFiles(place.with_name(f"{place.name}.key"), place.with_name(f"{place.name}.pub"))
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UserError(text("Say whose key it is, in one line of 1 to {n} characters.", n=_LONGEST_NAME))
    if passphrase is not None and len(passphrase) < _SHORTEST_PASSPHRASE:
        raise UserError(
            text(
                "A passphrase needs at least {n} characters: take four or five words that don't belong together.",
                n=_SHORTEST_PASSPHRASE,
            )
        )
    for path in (made.private, made.public):
        if path.exists():
            raise UserError(text("{file} is there already: choose another name with -o.", file=str(path)))
    key = Ed25519PrivateKey.generate()
    encryption = (
        NoEncryption()
        if passphrase is None
        else PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(_ROUNDS).build(passphrase.encode())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, encryption)
    public = {"name": name.strip(), "ed25519": base64.b64encode(key.public_key().public_bytes_raw()).decode()}
    files.write(made.private, private, files.PRIVATE)
    files.write(made.public, (json.dumps(public, ensure_ascii=False, indent=1) + "\n").encode())
    return made


def public_key(path: Path) -> Key:
    """The key of a public file. Its id is computed from the key, never read: one key under
    two ids would count as two signatures. Raises UserError."""
    try:
        raw = json.loads(files.read(path))
        name = raw["name"]
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(raw["ed25519"], validate=True))
    except (ValueError, KeyError, TypeError) as error:
        message = text("{file} is no public key: it must be the .pub file that `key` made.", file=str(path))
        raise UserError(message) from error
    return _named(key, str(name))


def remade(key: Key) -> Key:
    """The key as `public_key` would have it. Raises ValueError or KeyError where it is none of
    ours. Whether it is the same is the caller's to compare: its id may be a lie."""
    made = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.keyval["public"]))
    return _named(made, str(key.unrecognized_fields[NAME]))


def _named(key: Ed25519PublicKey, name: str) -> Key:
    made = SSlibKey.from_crypto(key)
    made.unrecognized_fields[NAME] = name
    return made


def signer(path: Path, ask: Callable[[], str]) -> CryptoSigner:
    """The private key, ready to sign. `ask` is called for the passphrase where there is one.
    Raises UserError."""
    content = files.read(path)
    try:
        try:
            key = load_ssh_private_key(content, None)
        except TypeError:  # as the library says that it has a passphrase
            key = load_ssh_private_key(content, ask().encode())
        return CryptoSigner(key)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = text("{file} can't be opened: wrong passphrase, or no .key file.", file=str(path))
        raise UserError(message) from error


def owner(key: Key) -> str:
    """Whose key it is, as the root says."""
    return str(key.unrecognized_fields.get(NAME) or key.keyid[:12])
