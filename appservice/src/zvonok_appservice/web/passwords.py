"""What a password must be: long enough, and none of the first that anybody tries."""

from __future__ import annotations

import unicodedata

from zvonok_core.text import Text, text

SHORTEST = 8
_LONGEST_BYTES = 72
"""What bcrypt, by which Synapse keeps passwords, takes into account."""


_COMMON = frozenset(
    [
        "password",
        "passw0rd",
        "пароль",
        "gfhjkm",
        "parol",
        "qwerty",
        "йцукен",
        "qwertyui",
        "iloveyou",
        "admin",
        "administrator",
        "letmein",
        "welcome",
        "monkey",
        "dragon",
        "school",
        "школа",
        "irjkf",
        "zvonok",
        "звонок",
        "pdjyjr",
        "student",
        "ученик",
        "privet",
        "привет",
        "ghbdtn",
        "football",
        "футбол",
        "samsung",
        "spartak",
        "спартак",
        "zenit",
        "зенит",
        "minecraft",
        "roblox",
        "kotik",
        "котик",
        "solnce",
        "солнышко",
        "мама",
        "папа",
        "mama",
        "marina",
        "natasha",
        "sasha",
        "masha",
        "дима",
        "саша",
        "маша",
        "наташа",
        "qwe",
        "asd",
        "zxc",
        "abc",
        "test",
    ]
)
"""What is left of the most common ones without their digits, in both keyboard layouts."""
_ROWS = (
    "1234567890" * 2,
    "0987654321" * 2,
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)


def _is_run(folded: str) -> bool:
    """Neighbouring keys or letters, from first to last."""
    return any(folded in row or folded[::-1] in row for row in _ROWS)


def password_problem(password: str, user: str) -> Text | None:
    """What is wrong with a password, None where it will do."""
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < SHORTEST:
        return text("The password must have at least {n} characters.", n=SHORTEST)
    if len(plain.encode()) > _LONGEST_BYTES:
        return text("The password is too long. Please choose a shorter one.")
    folded = plain.casefold()
    letters = folded.strip("0123456789!._-")
    if len(set(plain)) < 4 or letters in _COMMON or letters in (user, user.split(".")[0]) or _is_run(folded):
        return text("This password is too easy to guess. Please choose another.")
    return None
