"""Pictures that bots make: a typst template, and data that is never taken for markup."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

import typst

LONGEST_WORD = 20
"""Letters of a word after which a line may break."""
_UNDRAWN = {"So", "Sk", "Cs", "Co", "Cn", "Cf", "Mn", "Me"}


def draw(template: bytes, data: Mapping[str, Any], *, ppi: float) -> bytes:
    """A PNG of a template's only page, with so many pixels to 72 points. The template reads
    `json(bytes(sys.inputs.data))`. Raises ValueError where it can't be drawn. Takes some
    hundredths of a second of a core."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        png = typst.compile(template, font_paths=_fonts(), format="png", ppi=ppi, sys_inputs=inputs)
    except typst.TypstError as error:
        raise ValueError("typst can't draw this") from error
    assert isinstance(png, bytes)
    return png


def drawable(words: str, longest: int | None = None) -> str:
    """Words without emoji, for which there is no font, and no longer than can be read."""
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFC", words)
        if unicodedata.category(letter) not in _UNDRAWN or letter in "°№©®"
    )
    kept = " ".join(kept.split())
    if longest and len(kept) > longest:
        kept = kept[: longest - 1].rstrip() + "…"
    return re.sub(rf"(\w{{{LONGEST_WORD}}})(?=\w)", "\\1\u200b", kept)


@cache
def _fonts() -> typst.Fonts:
    # Only the fonts inside the wheel, so that a picture looks the same on every machine.
    return typst.Fonts(include_system_fonts=False)
