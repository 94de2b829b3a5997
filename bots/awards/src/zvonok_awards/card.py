"""The picture that a room sees when somebody is awarded."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

import typst

PIXELS_PER_INCH = 144
"""Twice as many pixels as points: sharp on a phone, and some 70 kB."""
SVG, PNG = "svg", "png"
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
_INVISIBLE = {"\u200d", "\ufe0e", "\ufe0f", "\u20e3"}
"""What joins and colours emoji."""


@dataclass(frozen=True, slots=True)
class Card:
    """The words on a card, in the room's language."""

    badge: str
    description: str
    student: str
    reason: str
    by: str
    day: str


def draw(card: Card, picture: bytes, language: str) -> bytes:
    """The card as a PNG. `picture` is the badge's, SVG or PNG. Raises ValueError where it
    can't be drawn. Takes some hundredths of a second of a core."""
    words = {name: drawable(value) for name, value in asdict(card).items()}
    kind = format_of(picture)
    # A PNG is no text, so it goes as numbers.
    given = picture.decode(errors="replace") if kind == SVG else list(picture)
    data = json.dumps({**words, "picture": given, "format": kind, "language": language})
    try:
        png = typst.compile(
            _template(), font_paths=_fonts(), format="png", ppi=PIXELS_PER_INCH, sys_inputs={"data": data}
        )
    except typst.TypstError as error:
        raise ValueError("typst can't draw this picture") from error
    assert isinstance(png, bytes)
    return png


def format_of(picture: bytes) -> str:
    """`svg` or `png`, by how the file begins. Raises ValueError for anything else."""
    if picture.startswith(_PNG_BEGINS):
        return PNG
    if b"<svg" in picture[:1000]:
        return SVG
    raise ValueError("neither SVG nor PNG")


def drawable(words: str) -> str:
    """Words without emoji, which the fonts of the card don't have."""
    kept = (letter for letter in words if not _is_emoji(letter))
    return " ".join("".join(kept).split())


def _is_emoji(letter: str) -> bool:
    # Signs such as № and ° come before the arrows, where the pictures begin.
    picture = letter >= "\u2190" and unicodedata.category(letter) in ("So", "Sk")
    return picture or letter in _INVISIBLE


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("card.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    # Only the fonts inside the wheel, so that a card looks the same on every machine.
    return typst.Fonts(include_system_fonts=False)
