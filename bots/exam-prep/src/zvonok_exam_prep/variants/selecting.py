"""Which tasks a variant has, and which of them, in which order, each student gets. Pure.

The same seed and the same tasks always give the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from math import factorial
from random import Random
from typing import TypeVar
from zlib import crc32

from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.variants.variant import Mode

T = TypeVar("T")

MOST_ALIKE = 20
"""Tasks to choose from for one place of a sheet."""
TRIES = 200
"""Orders that are looked at for one that nobody has."""


def choose(labels: Sequence[Label], count: int, seed: str) -> list[Label]:
    """So many of these tasks, spread over the exam's numbers, the topics and the difficulties,
    and ordered as in the exam: by number, then from easy to hard."""
    left, chosen = list(labels), list[Label]()
    tasks, topics, levels = Counter[str](), Counter[str](), Counter[int]()
    while left and len(chosen) < count:
        best = min(
            left,
            key=lambda one: (
                tasks[one.task] if one.task else 0,
                topics[one.topic],
                levels[one.difficulty],
                _chance(seed, one.id),
            ),
        )
        left.remove(best)
        chosen.append(best)
        tasks[best.task] += 1
        topics[best.topic] += 1
        levels[best.difficulty] += 1
    return sorted(chosen, key=lambda one: (_numbers(one.task), one.difficulty, _chance(seed, one.id)))


def slots(labels: Sequence[Label], chosen: Sequence[Label], mode: Mode, seed: str) -> list[list[Label]]:
    """For each chosen task those that may stand in its place: itself first, then others of the
    same number, difficulty and points, or, where there are none, of the same difficulty and
    points."""
    if mode is not Mode.DIFFERENT:
        return [[one] for one in chosen]
    return [[one, *_alike(labels, one, seed)][:MOST_ALIKE] for one in chosen]


def _alike(labels: Sequence[Label], one: Label, seed: str) -> list[Label]:
    as_hard = [
        other
        for other in labels
        if other.id != one.id and (other.difficulty, other.points) == (one.difficulty, one.points)
    ]
    of_the_number = [other for other in as_hard if one.task and other.task == one.task]
    return sorted(of_the_number or as_hard, key=lambda other: _chance(seed, other.id))


def sheet(
    slots: Sequence[Sequence[int]], mode: Mode, seed: str, user: str, others: Sequence[Sequence[int]]
) -> tuple[tuple[int, int], ...]:
    """One student's tasks in their order, each as its slot and its position; no task stands there
    twice. `others` are the positions of the sheets that have been given out: no two are the same
    as long as there are other ways."""
    if mode is Mode.SAME:
        return tuple((number, slot[0]) for number, slot in enumerate(slots))
    tasks = _fewest_in_common(slots, f"{seed}|{user}", Counter(one for other in others for one in other))
    slot_of = {task: number for number, task in enumerate(tasks)}
    return tuple((slot_of[task], task) for task in own_order(tasks, f"{seed}|{user}", others))


def own_order(things: Sequence[T], seed: str, others: Sequence[Sequence[T]]) -> tuple[T, ...]:
    """These things in an order that is not among `others`; where all are, in one that is there
    least often."""
    taken = Counter(tuple(other) for other in others)
    best: tuple[T, ...] | None = None
    for way in _ways(things, seed):
        if not taken[way]:
            return way
        best = way if best is None or taken[way] < taken[best] else best
    assert best is not None, "there always is an order"
    return best


def _ways(things: Sequence[T], seed: str) -> Iterator[tuple[T, ...]]:
    """Orders in which things may stand: all of them, where there are few."""
    if factorial(len(things)) <= TRIES:
        ways = [tuple(way) for way in permutations(things)]
        yield from Random(seed).sample(ways, len(ways))
        return
    for turn in range(TRIES):
        yield tuple(Random(f"{seed}|{turn}").sample(things, len(things)))


def _fewest_in_common(slots: Sequence[Sequence[int]], seed: str, used: Mapping[int, int]) -> list[int]:
    """One task for each slot, none twice, and rather those that few have got. There always is a
    way: each slot begins with a task of its own."""
    found: dict[int, int] = {}

    def place(slot: int, seen: set[int]) -> bool:
        for task in sorted(slots[slot], key=lambda one: (used.get(one, 0), _chance(seed, str(one)))):
            if task in seen:
                continue
            seen.add(task)
            if task not in found or place(found[task], seen):
                found[task] = slot
                return True
        return False

    for slot in range(len(slots)):
        placed = place(slot, set())
        assert placed
    by_slot = {slot: task for task, slot in found.items()}
    return [by_slot[slot] for slot in range(len(slots))]


def _chance(seed: str, name: str) -> int:
    return crc32(f"{seed}|{name}".encode())


def _numbers(task: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", task)) or (1_000,)
