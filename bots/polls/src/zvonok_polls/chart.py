"""The results as a picture for a phone: a bar for each answer. Words go to typst as data,
never as markup."""

from __future__ import annotations

from functools import cache
from importlib import resources

from zvonok_botkit import pictures
from zvonok_botkit.pictures import drawable
from zvonok_core.voice import Voice
from zvonok_polls.counting import Tally
from zvonok_polls.poll import Poll
from zvonok_polls.wording import voted

DENSITY = 216
"""Pixels an inch: 1,080 pixels wide."""
LONGEST_TITLE, LONGEST_LABEL = 160, 90


def draw(poll: Poll, tally: Tally, voice: Voice) -> bytes:
    """A PNG. All that it shows stands in `wording.results`, too."""
    leading = tally.leading
    bars = [
        {
            "number": f"{number}.",
            "label": drawable(choice.words, LONGEST_LABEL) + (" ✓" if choice.right else ""),
            "value": f"{tally.votes[choice.id]} · {tally.share(choice.id)} %" if tally.voters else "0",
            "part": tally.votes[choice.id] / tally.voters if tally.voters else 0,
            "leading": choice.id in leading,
            "right": choice.right,
        }
        for number, choice in enumerate(poll.item.choices, 1)
    ]
    data = {
        "title": drawable(poll.title, LONGEST_TITLE),
        "bars": bars,
        "below": voice.say(voted(tally.voters)),
        "language": voice.language,
    }
    return pictures.draw(_template(), data, ppi=DENSITY)


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("chart.typ").read_bytes()
