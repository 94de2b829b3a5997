"""How well the questions of a test tell those who know from those who don't. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import TypeVar

K = TypeVar("K")

FEWEST = 5
"""Of fewer people nobody can say it."""


def discrimination(points: Sequence[Mapping[K, float]], question: K) -> float | None:
    """The correlation of a question's points with the points of all the others, from -1 to 1,
    over the people who have points for it; None where there is nothing to tell. `points` are
    each person's, by question."""
    own = [float(one[question]) for one in points if question in one]
    rest = [float(sum(one.values()) - one[question]) for one in points if question in one]
    if len(own) < FEWEST or len(set(own)) < 2 or len(set(rest)) < 2:
        return None
    return round(statistics.correlation(own, rest), 2)
