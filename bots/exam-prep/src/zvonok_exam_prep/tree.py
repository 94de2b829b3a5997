"""A formula as a tree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Sign:
    """A letter, a number, or a sign such as ≤, as it is written."""

    words: str


@dataclass(frozen=True, slots=True)
class Upright:
    """Words inside of a formula, and names of functions, which stand upright."""

    words: str
    function: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """A gap."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """Something with something above or below it."""

    base: Formula
    above: Formula | None
    below: Formula | None


@dataclass(frozen=True, slots=True)
class Fraction:
    over: Formula
    under: Formula


@dataclass(frozen=True, slots=True)
class Root:
    """`of`, under a root; `degree` is () for a square root."""

    of: Formula
    degree: Formula


@dataclass(frozen=True, slots=True)
class Over:
    """Something under a `line` or an `arrow`."""

    of: Formula
    arrow: bool


@dataclass(frozen=True, slots=True)
class Fenced:
    """Something in brackets that are as high as it is; an empty one is not there."""

    opens: str
    inside: Formula
    closes: str


@dataclass(frozen=True, slots=True)
class Cases:
    """Lines after a brace: a system."""

    lines: tuple[Formula, ...]


Node: TypeAlias = Sign | Upright | Blank | Scripts | Fraction | Root | Over | Fenced | Cases
Formula: TypeAlias = tuple[Node, ...]
