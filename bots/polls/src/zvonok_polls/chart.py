"""The results as a picture for a phone: a bar for each answer. Words go to typst as data,
never as markup."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources

import typst

from zvonok_polls.counting import Tally
from zvonok_polls.poll import Poll
from zvonok_polls.wording import Voice, voted

DENSITY = 216
"""Pixels an inch: 1,080 pixels wide."""
LONGEST_TITLE, LONGEST_LABEL, LONGEST_WORD = 160, 90, 20


def draw(poll: Poll, tally: Tally, voice: Voice) -> bytes:
    """A PNG. All that it shows stands in `wording.results`, too."""
    leading = tally.leading
    bars = [
        {
            "number": f"{number}.",
            "label": shown(choice.words, LONGEST_LABEL) + (" ✓" if choice.right else ""),
            "value": f"{tally.votes[choice.id]} · {tally.share(choice.id)} %" if tally.voters else "0",
            "part": tally.votes[choice.id] / tally.voters if tally.voters else 0,
            "leading": choice.id in leading,
            "right": choice.right,
        }
        for number, choice in enumerate(poll.item.choices, 1)
    ]
    data = {
        "title": shown(poll.title, LONGEST_TITLE),
        "bars": bars,
        "below": voice.say(voted(tally.voters)),
        "language": voice.language,
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    png = typst.compile(_template(), font_paths=_fonts(), format="png", ppi=DENSITY, sys_inputs=inputs)
    assert isinstance(png, bytes)
    return png


def shown(words: str, longest: int) -> str:
    """Words without emoji, for which there is no font, and no longer than can be read."""
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFC", words)
        if unicodedata.category(letter) not in ("So", "Sk", "Cs", "Co", "Cn", "Cf", "Mn", "Me")
        or letter in "°№©®"
    )
    kept = " ".join(kept.split())
    kept = kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"
    return re.sub(rf"(\w{{{LONGEST_WORD}}})(?=\w)", "\\1\u200b", kept)  # where a word may be broken


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("chart.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    # Only the fonts inside the wheel, so that a picture looks the same on every machine.
    return typst.Fonts(include_system_fonts=False)
