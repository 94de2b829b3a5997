"""Where everybody stands in a round: what a teacher wants to know of each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zvonok_core.clock import milliseconds
from zvonok_core.ids import EventId, UserId
from zvonok_core.people import Person
from zvonok_creative_homework.remarks import Remark
from zvonok_creative_homework.round import Round

MOST_PROPOSED = 2
"""Of one award for one round; more of them would be worth less."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A recording. `at` is in milliseconds; `alone` is one that only the teacher hears."""

    event: EventId
    seconds: int
    at: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody has asked or praised; `whom` is "" where a question is for all."""

    author: UserId
    whom: UserId | str
    remark: Remark


@dataclass(frozen=True, slots=True)
class Row:
    """One student. `questions` counts all, `asked` are those who were asked, `praised_by` those
    who praised them, `praises` those whom they praised."""

    person: Person
    topic: str | None
    answer: Answer | None
    late: bool
    questions: int
    asked: tuple[UserId, ...]
    praised_by: tuple[UserId, ...]
    praises: tuple[UserId, ...]

    @property
    def took_part(self) -> bool:
        """Whether there is something to thank them for."""
        return bool(self.answer or self.questions or self.praises)


def rows(
    of: Round,
    people: Sequence[Person],
    picks: Mapping[UserId, int],
    answers: Mapping[UserId, Answer],
    said: Sequence[Said],
) -> tuple[Row, ...]:
    """The table, in the order of `people`. Whoever is not among them is not in it."""
    return tuple(_row(of, person, picks, answers, said) for person in people)


def _row(
    of: Round,
    person: Person,
    picks: Mapping[UserId, int],
    answers: Mapping[UserId, Answer],
    said: Sequence[Said],
) -> Row:
    user = person.user
    answer = answers.get(user)
    own = [one for one in said if one.author == user]
    return Row(
        person=person,
        topic=of.topic(picks.get(user, 0)),
        answer=answer,
        late=bool(answer and of.closes and answer.at > milliseconds(of.closes)),
        questions=sum(one.remark.asks for one in own),
        asked=_each(one.whom for one in own if one.remark.asks),
        praised_by=_each(one.author for one in said if one.whom == user and one.remark.praises),
        praises=_each(one.whom for one in own if one.remark.praises),
    )


def _each(users: Iterable[UserId | str]) -> tuple[UserId, ...]:
    return tuple(dict.fromkeys(UserId(user) for user in users if user))


def most_praised(table: Sequence[Row]) -> tuple[Row, ...]:
    """Whose answers were praised most, by two at least; nobody where too many are alike."""
    return _leading({row: len(row.praised_by) for row in table if row.answer})


def most_curious(table: Sequence[Row]) -> tuple[Row, ...]:
    """Who has asked most, two questions at least; nobody where too many are alike."""
    return _leading({row: row.questions for row in table})


def _leading(counts: Mapping[Row, int]) -> tuple[Row, ...]:
    most = max(counts.values(), default=0)
    first = tuple(row for row, count in counts.items() if count == most)
    return first if most >= 2 and len(first) <= MOST_PROPOSED else ()
