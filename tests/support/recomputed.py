"""The numbers that the shipped tasks ask for, computed once more and in another way: by trying
numbers out, by counting, by geometry. Nothing here is read from the tasks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction as Fraction
from itertools import count

Way = Callable[[], Fraction | int]
_SMALL = [Fraction(number, 2) for number in range(-200, 200)]


def the(found: Iterable[Fraction | int]) -> Fraction | int:
    """The only one."""
    (one,) = set(found)
    return one


WAYS: dict[str, Way] = {
    "math-5-order": lambda: sum([72 // 8, *[7] * 6]),
    "math-5-part": lambda: len([pupil for pupil in range(28) if pupil % 7 < 3]),
    "math-5-equation": lambda: the(x for x in range(100) if 5 * x - 38 == 47),
    "math-5-rectangle": lambda: the(8 * b for b in range(1, 26) if 8 + b + 8 + b == 26),
    "math-5-discount": lambda: Fraction(40) * 85 / 100,
    "math-6-negative": lambda: -(15 - 8 - 4),
    "math-6-fractions": lambda: Fraction(20, 24) - Fraction(3 * 4, 8 * 3),
    "math-6-whole-by-part": lambda: the(x for x in range(100) if Fraction(3, 5) * x == 12),
    "math-6-modulus": lambda: 2 * abs(-3 - 4) - abs(-3),
    "math-6-price": lambda: Fraction(1200) * Fraction(99, 100),
    "math-6-proportion": lambda: the(x for x in range(1000) if Fraction(x, 540) == Fraction(5, 2) / 6),
    "math-7-speed": lambda: Fraction(54 * 1000, 60 * 60),
    "math-7-linear": lambda: the(b for b in range(-50, 50) if -2 * 3 + b == 1),
    "math-7-equation": lambda: the(x for x in _SMALL if 4 * (x - 3) == 2 * x + 5),
    "math-7-system": lambda: the(
        x * y for x in range(-9, 9) for y in range(-9, 9) if (x + y, x - y) == (7, 3)
    ),
    "math-7-angles": lambda: the(
        max(2 * k, 3 * k, 4 * k) for k in range(1, 180) if 2 * k + 3 * k + 4 * k == 180
    ),
    "math-9-calculation": lambda: the(
        x for x in _SMALL if x * (Fraction(7, 10) + Fraction(9, 10)) == Fraction(24, 10)
    ),
    "math-9-powers": lambda: Fraction(128 * 32, 512),
    "math-8-quadratic": lambda: max(x for x in range(-100, 100) if x * x - 5 * x - 24 == 0),
    "math-8-probability": lambda: Fraction("сссссссссссскккккккк".count("к"), len("сссссссссссскккккккк")),
    "math-9-fahrenheit": lambda: Fraction(-20) * 9 / 5 + 32,
    "math-9-progression": lambda: [*zip(range(1, 9), count(14, 3), strict=False)][-1][1],
    "math-8-pythagoras": lambda: round(math.hypot(9, 12)),
}
