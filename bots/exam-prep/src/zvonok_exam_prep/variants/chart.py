"""The results of a class as a picture for a phone: a line for each student, a bar for each task."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from zvonok_botkit import pictures
from zvonok_botkit.pictures import drawable
from zvonok_core.text import text
from zvonok_exam_prep.presenting import Voice
from zvonok_exam_prep.variants.results import Cell, Row, Status
from zvonok_exam_prep.variants.variant import Variant

DENSITY = 216
"""Pixels an inch: 1,080 pixels wide."""
LONGEST_TITLE, LONGEST_NAME = 120, 48


def draw(variant: Variant, table: Sequence[Row], voice: Voice) -> bytes:
    """A PNG. All that it shows stands in `reporting.live` and in the workbook, too."""
    data = {
        "title": drawable(variant.title, LONGEST_TITLE),
        "tasks": len(variant.slots),
        "rows": [_row(variant, row) for row in table],
        "legend": {
            "right": voice.say(text("right")),
            "part": voice.say(text("in part")),
            "wrong": voice.say(text("wrong")),
            "open": voice.say(text("to be marked")),
            "empty": voice.say(text("no answer")),
        },
        "language": voice.language,
    }
    return pictures.draw(_template(), data, ppi=DENSITY)


def _row(variant: Variant, row: Row) -> dict[str, Any]:
    points = "" if row.status is Status.ABSENT else f"{row.points}/{variant.points}"
    family, *given = row.person.short.split()[:2]
    return {
        "family": drawable(family, LONGEST_NAME),
        "given": drawable("".join(given), LONGEST_NAME),
        "points": points + ("…" if row.status is Status.WORKING else ""),
        "cells": [_cell(cell) for cell in row.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    if not cell.answered:
        return {"kind": "empty", "part": 0}
    if cell.points is None:
        return {"kind": "open", "part": 1}
    kind = "right" if cell.points == cell.of else "part" if cell.points else "wrong"
    return {"kind": kind, "part": cell.points / cell.of}


@cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("chart.typ").read_bytes()
