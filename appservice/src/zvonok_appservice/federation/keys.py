"""A registrar's or the publisher's key: a private file, and a public one to hand over."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from zvonok_appservice.federation import files
from zvonok_core.errors import UserError
from zvonok_core.text import text

NAME = "x-zvonok-name"
"""The field of a key in the root that says whose it is. It is signed with the root."""

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Where the two halves of a key are."""

    private: Path
    public: Path


def make(name: str, place: Path, passphrase: str) -> KeyFiles:
    """Write `PLACE.key`, for its owner's eyes, and `PLACE.pub`. Without a passphrase whoever
    gets the private file has the key. Raises UserError where one of them is there already."""
    made = KeyFiles(place.with_name(f"{place.name}.key"), place.with_name(f"{place.name}.pub"))
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UserError(text("Say whose key it is, in one line of 1 to {n} characters.", n=_LONGEST_NAME))
    for path in (made.private, made.public):
        if path.exists():
            raise UserError(text("{file} is there already: choose another name with -o.", file=str(path)))
    key = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    public = {"name": name.strip(), "ed25519": base64.b64encode(key.public_key().public_bytes_raw()).decode()}
    files.write(made.private, private, files.PRIVATE)
    files.write(made.public, (json.dumps(public, ensure_ascii=False, indent=1) + "\n").encode())
    return made


def public_key(path: Path) -> Key:
    """The key of a public file. Its id is computed from the key, never read: one key under
    two ids would count as two signatures. Raises UserError."""
    try:
        raw = json.loads(path.read_bytes())
        name = raw["name"]
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(raw["ed25519"], validate=True))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(text("{file} can't be read: {reason}", file=str(path), reason=reason)) from error
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


def signer(path: Path, passphrase: str) -> CryptoSigner:
    """The private key, ready to sign. Raises UserError."""
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode() or None)
        return CryptoSigner(key)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(text("{file} can't be read: {reason}", file=str(path), reason=reason)) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = text("{file} can't be opened: wrong passphrase, or no .key file.", file=str(path))
        raise UserError(message) from error


def is_protected(path: Path) -> bool:
    """Whether this private file asks for a passphrase."""
    try:
        return b"ENCRYPTED" in path.read_bytes()
    except OSError:
        return False


def owner(key: Key) -> str:
    """Whose key it is, as the root says."""
    return str(key.unrecognized_fields.get(NAME) or key.keyid[:12])
