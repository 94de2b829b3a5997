"""What becomes of one person's work: a state machine over versions. Pure.

A file that is sent is handed in, with no button to press after it. Files that follow each
other within ten minutes are one version; a later one begins the next and takes the place of
all before it, unless it has the name of a document that is there: then it replaces that
one alone. Nothing that was replaced is lost: `keep_both` brings it back, and so does
deleting what has replaced it. What the teacher has judged is no longer the sender's to take back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from zvonok_core.ids import EventId, UserId
from zvonok_file_collector.formats import Format, is_media

MINUTE = 60_000
TOGETHER = 10 * MINUTE
"""Milliseconds within which files belong together."""


class State(StrEnum):
    """Where a work stands. LATE is HANDED_IN as it is seen against the deadline: extending
    that makes it in time."""

    MISSING = "missing"
    HANDED_IN = "handed_in"
    LATE = "late"
    EXCUSED = "excused"
    RETURNED = "returned"
    AGAIN = "again"
    ACCEPTED = "accepted"


class Act(StrEnum):
    """What can happen to a work."""

    HAND_IN = "hand_in"
    TAKE_BACK = "take_back"
    EXCUSE = "excuse"
    RETURN = "return"
    ACCEPT = "accept"


S, A = State, Act
NEXT: dict[tuple[State, Act], State] = {
    (S.MISSING, A.HAND_IN): S.HANDED_IN,
    (S.MISSING, A.EXCUSE): S.EXCUSED,
    (S.MISSING, A.ACCEPT): S.ACCEPTED,  # brought on paper
    (S.HANDED_IN, A.HAND_IN): S.HANDED_IN,
    (S.HANDED_IN, A.TAKE_BACK): S.MISSING,
    (S.HANDED_IN, A.RETURN): S.RETURNED,
    (S.HANDED_IN, A.ACCEPT): S.ACCEPTED,
    (S.EXCUSED, A.HAND_IN): S.HANDED_IN,
    (S.EXCUSED, A.RETURN): S.MISSING,  # asked again
    (S.EXCUSED, A.ACCEPT): S.ACCEPTED,
    (S.RETURNED, A.HAND_IN): S.AGAIN,
    (S.RETURNED, A.RETURN): S.RETURNED,  # with another comment
    (S.RETURNED, A.ACCEPT): S.ACCEPTED,
    (S.AGAIN, A.HAND_IN): S.AGAIN,
    (S.AGAIN, A.TAKE_BACK): S.RETURNED,
    (S.AGAIN, A.RETURN): S.RETURNED,
    (S.AGAIN, A.ACCEPT): S.ACCEPTED,
    (S.ACCEPTED, A.RETURN): S.RETURNED,
}
"""Whatever is not here is refused."""
TO_DO = frozenset({S.MISSING, S.RETURNED})
"""States in which somebody still has something to do."""


class Why(StrEnum):
    """Why something is refused."""

    ACCEPTED = "accepted"
    TOO_LATE = "too_late"
    IN_TIME_ALREADY = "in_time_already"
    SEALED = "sealed"
    JUDGED = "judged"
    NOTHING_THERE = "nothing_there"
    NOTHING_BEFORE = "nothing_before"
    THERE_ALREADY = "there_already"


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """It can't be done, and why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file in the media store, as the homeserver has it; the name is the sender's."""

    address: str
    name: str
    size: int
    format: Format
    sound: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Something that was sent: a file, or, without one, a sign that somebody has read. It
    belongs to the versions from `first` to `last`; to the current one where that is None.
    `at` is the homeserver's time in milliseconds."""

    event: EventId
    sender: UserId
    at: int
    file: FileRef | None
    first: int = 0
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Until when, in milliseconds, and whether anything is taken later."""

    deadline: int | None = None
    late: bool = True

    def over(self, at: int) -> bool:
        """Whether the deadline had passed. All of the minute that it names is in time: a phone
        shows «18:00» until the end of it."""
        return self.deadline is not None and at >= self.deadline + MINUTE


@dataclass(frozen=True, slots=True)
class Work:
    """What one person, or a child's family, has handed in. `judged` is the newest version
    that the teacher has returned or accepted; `comment` is the teacher's."""

    state: State = State.MISSING
    version: int = 0
    judged: int = 0
    comment: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def current(self) -> tuple[Part, ...]:
        """What counts now, in the order in which it came."""
        return tuple(part for part in self.parts if part.last is None)

    @property
    def began(self) -> int:
        """When the current version began; 0 where there is none."""
        return min((part.at for part in self.current if part.first == self.version), default=0)

    @property
    def latest(self) -> int:
        """When the newest part came; 0 where there is none."""
        return max((part.at for part in self.parts), default=0)

    def at_version(self, version: int) -> tuple[Part, ...]:
        """What a version consisted of."""
        return tuple(
            part
            for part in self.parts
            if part.first <= version and (part.last is None or part.last >= version)
        )

    def seen(self, rules: Rules) -> State:
        """The state as it is shown."""
        late = self.state is State.HANDED_IN and rules.over(self.began)
        return State.LATE if late else self.state

    def together(self, at: int) -> bool:
        """Whether what comes at this moment belongs to what has just come."""
        return self.version > self.judged and abs(at - self.latest) <= TOGETHER


def after(work: Work, act: Act, why: Why = Why.NOTHING_THERE) -> State:
    """The state after an act. Raises Refused where there is none."""
    state = NEXT.get((work.state, act))
    if state is None:
        raise Refused(why)
    return state


# ---------------------------------------------------------------- what its owner does


def take(work: Work, part: Part, rules: Rules) -> Work:
    """Hand something in. Raises Refused where it comes too late to count."""
    if any(one.event == part.event for one in work.parts):
        return work
    state, over, together = after(work, A.HAND_IN, Why.ACCEPTED), rules.over(part.at), work.together(part.at)
    if over and not together and work.state in (S.MISSING, S.EXCUSED) and not rules.late:
        raise Refused(Why.TOO_LATE)
    in_time = work.state is S.HANDED_IN and not rules.over(work.began)
    if over and not together and in_time:
        raise Refused(Why.IN_TIME_ALREADY)
    same = _of_the_same_name(work, part) if not (over and in_time) else None
    if same is not None:
        return _next(work, state, work.version + 1, part, lambda one: one is same)
    if together and work.state in (S.HANDED_IN, S.AGAIN):
        return replace(work, state=state, parts=(*work.parts, replace(part, first=work.version, last=None)))
    if part.file is None:
        return _next(work, state, max(work.version, 1), part, lambda _: False)
    return _next(work, state, work.version + 1, part, lambda _: True)


def _of_the_same_name(work: Work, part: Part) -> Part | None:
    """The document that a new one of the same name replaces. Photos and recordings get
    their names from devices, many of them the same."""
    new = part.file
    if new is None or not new.name or is_media(new.format):
        return None
    return next((one for one in work.current if one.file and one.file.name == new.name), None)


def _next(work: Work, state: State, version: int, part: Part, gone: Callable[[Part], bool]) -> Work:
    kept = tuple(
        replace(one, last=version - 1) if one.last is None and gone(one) else one for one in work.parts
    )
    return replace(work, state=state, version=version, parts=(*kept, replace(part, first=version, last=None)))


def keep_both(work: Work) -> Work:
    """Let what was replaced last count again, beside what has replaced it."""
    if work.state not in (S.HANDED_IN, S.AGAIN):
        raise Refused(Why.ACCEPTED if work.state is S.ACCEPTED else Why.NOTHING_THERE)
    replaced = [part for part in work.parts if part.last == work.version - 1]
    if not replaced:
        raise Refused(Why.NOTHING_BEFORE)
    return replace(
        work, parts=tuple(replace(part, last=None) if part in replaced else part for part in work.parts)
    )


def take_back(work: Work, at: int, rules: Rules) -> Work:
    """Take all of it back but what was judged."""
    _still_theirs(work, at, rules)
    kept = [part for part in work.parts if part.first <= work.judged]
    return _down_to(replace(work, parts=tuple(kept)), work.judged)


def withdraw(work: Work, event: EventId, at: int, rules: Rules) -> Work:
    """Take one thing back. Where nothing of its version is left, the one before it counts."""
    part = next(part for part in work.parts if part.event == event)
    if part.first <= work.judged:
        raise Refused(Why.JUDGED)
    _still_theirs(work, at, rules)
    left = replace(work, parts=tuple(one for one in work.parts if one.event != event))
    version = left.version
    while version > left.judged and not any(part.first == version for part in left.parts):
        version -= 1
    return left if version == left.version else _down_to(left, version)


def _still_theirs(work: Work, at: int, rules: Rules) -> None:
    after(work, A.TAKE_BACK, Why.JUDGED if work.judged else Why.NOTHING_THERE)
    if work.state is S.HANDED_IN and rules.over(at):
        raise Refused(Why.SEALED)


def _down_to(work: Work, version: int) -> Work:
    """As it was at an earlier version."""
    parts = tuple(
        replace(part, last=None) if part in work.at_version(version) else part for part in work.parts
    )
    state = work.state if version > work.judged else after(work, A.TAKE_BACK)
    return replace(work, state=state, version=version, parts=parts)


# ---------------------------------------------------------------- what the teacher does


def excuse(work: Work) -> Work:
    """Nothing is expected any more."""
    return replace(work, state=after(work, A.EXCUSE, Why.THERE_ALREADY))


def give_back(work: Work, comment: str) -> Work:
    """Ask for it again, with a comment; whoever was excused is asked as before."""
    return replace(work, state=after(work, A.RETURN), judged=work.version, comment=comment)


def accept(work: Work) -> Work:
    """It is good as it is."""
    return replace(work, state=after(work, A.ACCEPT, Why.ACCEPTED), judged=work.version)
