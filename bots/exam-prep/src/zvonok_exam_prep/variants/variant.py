"""A variant and how far somebody is with it, as data. Pure. Moments are in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zvonok_core.ids import RoomId, UserId
from zvonok_exam_prep.items import Asks, Matching, OneChoice, Ordering, SeveralChoices
from zvonok_exam_prep.shown import places_words


class Mode(StrEnum):
    """What of it is the same for everybody."""

    SAME = "same"
    """The tasks and their order."""
    SHUFFLED = "shuffled"
    """The tasks; each student has an order of their own, of options, too."""
    DIFFERENT = "different"
    """How hard they are; each student has tasks of their own."""


class State(StrEnum):
    """Whether it can be done."""

    OPEN = "open"
    OVER = "over"
    """The answers are out."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Tasks for the students of a room. `slots` say for each place which tasks may stand there,
    by their positions in the store. `minutes` run for each student from their own beginning."""

    id: str
    room: RoomId
    author: UserId
    title: str
    mode: Mode
    slots: tuple[tuple[int, ...], ...]
    points: int
    """The most that each student can get."""
    closes: datetime
    minutes: int | None = None
    state: State = State.OPEN

    def ends(self, begun: datetime) -> datetime:
        """When somebody has to be done who has begun at that moment."""
        if self.minutes is None:
            return self.closes
        return min(begun + timedelta(minutes=self.minutes), self.closes)


@dataclass(frozen=True, slots=True)
class Placed:
    """A task on a student's sheet: the slot that it fills, its position in the store, and the
    order of its options; () as they are."""

    slot: int
    position: int
    order: tuple[int, ...] = ()


class Stage(StrEnum):
    """What the student was asked last."""

    ASKED = "asked"
    """The task at `place`."""
    LOOKING = "looking"
    """What to change before they hand in."""
    SURE = "sure"
    """Whether to hand in although answers are missing."""
    PAUSED = "paused"
    """Whether to go on, after a long time."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One student's sheet, and where they are. `place` counts from 0; `heard` is when they have
    said anything last. `told`: they know the answers."""

    variant: str
    user: UserId
    sheet: tuple[Placed, ...]
    begun: datetime
    heard: datetime
    place: int = 0
    stage: Stage = Stage.ASKED
    handed_in: datetime | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """An answer. `words` are the student's; `given` is how they were understood, in one spelling
    for all who answer the same. `points` are None until somebody has marked it: then `marks`
    are its points by criteria."""

    place: int
    words: str
    given: str = ""
    points: int | None = None
    marks: tuple[int, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Marking:
    """The open answer that a teacher is at: whose, at which place of their sheet, and the points
    by criteria so far. `names`: they want to know whose it is. `skipped` come last, `before` are
    those that they have marked, as far back as they can go."""

    variant: str
    names: bool
    user: UserId
    place: int
    marks: tuple[int, ...] = ()
    skipped: tuple[tuple[UserId, int], ...] = ()
    before: tuple[tuple[UserId, int], ...] = ()


def as_written(asks: Asks, order: tuple[int, ...], given: str) -> str:
    """How an answer would have been given to the options in their original order, so that
    answers of several students can be compared."""
    if not order:
        return given

    def original(found: re.Match[str]) -> str:
        number = int(found[0])
        return str(order[number - 1] + 1) if number else "0"

    match asks:
        case OneChoice() | SeveralChoices():
            chosen = sorted(order[int(number) - 1] for number in re.findall(r"\d+", given))
            return places_words(chosen)
        case Ordering():
            figure = r"\d+" if " " in given else r"\d"
            return re.sub(figure, original, given)
        case Matching():
            return re.sub(r"\d+", original, given)
    return given
