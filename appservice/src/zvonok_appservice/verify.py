"""One-time codes: what stands on a card, how people type it, and how it is kept.

The letters look the same in Latin and in Cyrillic, so a code can be typed whichever
keyboard layout is on. Codes are kept as keyed hashes only: whoever reads the database
can neither use nor guess them without the appservice's token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "AEKMHPCTYX23456789"
LENGTH = 15
"""62.5 bits: 18 letters, 15 of them."""
_GROUP = 5

_TWINS = str.maketrans(
    # Cyrillic letters that are printed as the Latin ones of the alphabet.
    "АЕЁКМНРСТУХ"
    # What a digit of the alphabet is mistaken for; none of these is a letter of it.
    "ЗБВBSZG",
    "AEEKMHPCTYX" + "3688526",
)


def new_code() -> str:
    """A fresh code, without separators."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """As it is printed: `AEKMH-PCTYX-23456`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def normalise(typed: str) -> str | None:
    """The code that somebody meant: case, spaces, dashes and the keyboard's layout don't
    matter, and a whole link will do. None where it can't be a code at all."""
    letters = (letter for letter in typed.rpartition("#")[2].upper() if letter.isalnum())
    code = "".join(letters).translate(_TWINS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def derived_key(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose, from the one secret of the configuration."""
    return hmac.digest(secret.encode(), f"zvonok {purpose}".encode(), hashlib.sha256)


def fingerprint(key: bytes, code: str) -> str:
    """How a code is kept."""
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()
