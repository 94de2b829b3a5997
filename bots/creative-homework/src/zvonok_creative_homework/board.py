"""The teacher's table as a picture for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from zvonok_botkit import pictures
from zvonok_core.text import text
from zvonok_creative_homework.round import Round
from zvonok_creative_homework.standing import Row
from zvonok_creative_homework.wording import Voice, brief, name_of, progress

DENSITY = 216
"""Pixels to 72 points: 1,080 wide."""
LONGEST_NAME, LONGEST_TOPIC = 40, 24
"""Letters; a topic has a line."""


def draw(of: Round, table: Sequence[Row], voice: Voice) -> bytes:
    """A PNG. All that it shows stands in `wording.report`, too."""
    say = voice.say
    done = sum(row.answer is not None for row in table)
    data = {
        "language": voice.language,
        "title": pictures.drawable(say(name_of(of)), 80),
        "below": say(progress(done, len(table))),
        "part": done / len(table) if table else 0,
        "heads": [say(head) for head in (text("Story"), text("Questions"), text("Praise"))],
        "rows": [_row(row, voice) for row in table],
        "note": say(text("Yellow: after the deadline")) if any(row.late for row in table) else "",
    }
    return pictures.draw(_template(), data, ppi=DENSITY)


def _row(row: Row, voice: Voice) -> dict[str, object]:
    seconds = voice.say(text("{n} s", n=row.answer.seconds)) if row.answer else ""
    return {
        "name": pictures.drawable(brief(row.person), LONGEST_NAME),
        "topic": pictures.drawable(row.topic or voice.say(text("no topic yet")), LONGEST_TOPIC),
        "seconds": seconds,
        "late": row.late,
        "questions": str(row.questions or ""),
        "praise": str(len(row.praised_by) or ""),
    }


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("board.typ").read_bytes()
