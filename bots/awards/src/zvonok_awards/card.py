"""The picture that a room sees when somebody is awarded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

from zvonok_botkit import pictures
from zvonok_botkit.pictures import drawable

PIXELS_PER_INCH = 144
"""Twice as many pixels as points: sharp on a phone, and some 70 kB."""
SVG, PNG = "svg", "png"
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"


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
    data = {**words, "picture": given, "format": kind, "language": language}
    return pictures.draw(_template(), data, ppi=PIXELS_PER_INCH)


def format_of(picture: bytes) -> str:
    """`svg` or `png`, by how the file begins. Raises ValueError for anything else."""
    if picture.startswith(_PNG_BEGINS):
        return PNG
    if b"<svg" in picture[:1000]:
        return SVG
    raise ValueError("neither SVG nor PNG")


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("card.typ").read_bytes()
