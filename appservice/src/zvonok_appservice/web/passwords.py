"""What a password must be: long enough, and not the first thing that anybody tries."""

from __future__ import annotations

import unicodedata

from zvonok_core.text import Text, text

SHORTEST = 8
_LONGEST_BYTES = 72
"""What bcrypt, by which Synapse keeps passwords, takes into account."""


def password_problem(password: str, user: str) -> Text | None:
    """What is wrong with a password, None where it will do."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < SHORTEST:
        return text("The password must have at least {n} characters.", n=SHORTEST)
    if len(plain.encode()) > _LONGEST_BYTES:
        return text("The password is too long. Please choose a shorter one.")
    if (
        len(set(plain)) < 4
        or plain.casefold() in (user, user.split(".")[0])
        or plain in "01234567890123456789"
    ):
        return text("This password is too easy to guess. Please choose another.")
    return None
