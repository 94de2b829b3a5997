"""Rows of the journal in words: one fact, its dates, and where it was read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from zvonok_appservice.reconcile.names import classes_and_label, full_name, position_word, role_word
from zvonok_appservice.reconcile.selectors import Row
from zvonok_appservice.reconcile.today import LoadKey, Today
from zvonok_appservice.roster.snapshot import (
    ClassEnrolment,
    Dates,
    Guardianship,
    Homeroom,
    Load,
    Origin,
    PositionRow,
    RoleRow,
    SubgroupEnrolment,
)
from zvonok_core.ids import ClassId, PersonId, SubgroupId, SubjectId
from zvonok_core.text import Text, text

_MONTHS = (
    text("{day} January {year}"),
    text("{day} February {year}"),
    text("{day} March {year}"),
    text("{day} April {year}"),
    text("{day} May {year}"),
    text("{day} June {year}"),
    text("{day} July {year}"),
    text("{day} August {year}"),
    text("{day} September {year}"),
    text("{day} October {year}"),
    text("{day} November {year}"),
    text("{day} December {year}"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: a sentence, and the row that says so, where one does."""

    text: Text
    origin: Origin | None = None


def with_origin(link: Link) -> Text:
    """The sentence with its row behind it: «… (users.csv, row 12)»."""
    if link.origin is None:
        return link.text
    return text(
        "{sentence} ({file}, row {row})", sentence=link.text, file=link.origin.file, row=link.origin.row
    )


def day_text(day: date) -> Text:
    """«1 September 2026»."""
    return replace(_MONTHS[day.month - 1], values={"day": day.day, "year": day.year})


def moment_text(moment: datetime) -> Text:
    """«14:30 on 1 September 2026», in the moment's own time zone."""
    return text("{time} on {day}", time=f"{moment:%H:%M}", day=day_text(moment.date()))


def name_of(today: Today, person: PersonId) -> str:
    """Family name first; the id of somebody whom the roster does not have (any more)."""
    record = today.snapshot.people.get(person)
    return full_name(record) if record else person


def person_of(row: Row) -> PersonId:
    """Whose row it is."""
    match row:
        case ClassEnrolment() | SubgroupEnrolment():
            return row.student
        case Guardianship():
            return row.guardian
        case Load() | Homeroom():
            return row.teacher
    return row.person


def link(today: Today, row: Row) -> Link:
    """A row as a link: the fact, and its dates. Where it does not hold today, or counts for
    nothing, the sentence says that."""
    fact = _fact(today, row)
    return Link(_dated(fact, row.dates) if holds(today, row) else _but(today, fact, row), row.origin)


def holds(today: Today, row: Row) -> bool:
    """Whether a row counts by its dates and its rights."""
    return row.dates.hold(today.day) and not (isinstance(row, Guardianship) and row.restricted)


def load_words(today: Today, key: LoadKey) -> Text:
    """What is taught to whom: «“Algebra” in 7А»."""
    subject = today.snapshot.subjects[key.subject].title
    if key.class_:
        return text(
            "“{subject}” in {class_}", subject=subject, class_=today.snapshot.classes[key.class_].title
        )
    subgroup = _subgroup(today, key.subgroup)
    return text("“{subject}” in the subgroup “{subgroup}”", subject=subject, subgroup=subgroup)


def _subgroup(today: Today, subgroup: SubgroupId) -> str:
    classes, label = classes_and_label(today, LoadKey(SubjectId(""), ClassId(""), subgroup))
    return f"{classes}, {label}" if classes and label else classes or label


def _fact(today: Today, row: Row) -> Text:
    snapshot = today.snapshot
    name = name_of(today, person_of(row))
    match row:
        case RoleRow():
            return text("{name}: {word}", name=name, word=role_word(snapshot.people[row.person], row.role))
        case PositionRow():
            return text("{name}: {word}", name=name, word=position_word(row.position))
        case ClassEnrolment():
            return text(
                "{name} is in the class {class_}", name=name, class_=snapshot.classes[row.class_].title
            )
        case SubgroupEnrolment():
            subgroup = _subgroup(today, row.subgroup)
            return text("{name} is in the subgroup “{subgroup}”", name=name, subgroup=subgroup)
        case Guardianship():
            child = name_of(today, row.child)
            return text("{name}: parent, the child is {child}", name=name, child=child)
        case Load():
            return text("{name} teaches {load}", name=name, load=load_words(today, LoadKey.of(row)))
        case Homeroom():
            title = snapshot.classes[row.class_].title
            return text("{name} is the class head of {class_}", name=name, class_=title)
    title = snapshot.associations[row.association].title
    if row.chair:
        return text("{name} chairs the association of {association}", name=name, association=title)
    return text("{name} is in the association of {association}", name=name, association=title)


def _dated(fact: Text, dates: Dates) -> Text:
    begin = day_text(dates.begin) if dates.begin else None
    last = day_text(dates.end - timedelta(days=1)) if dates.end else None
    if begin and last:
        return text("{fact} from {begin} until {last}", fact=fact, begin=begin, last=last)
    if begin:
        return text("{fact} from {begin}", fact=fact, begin=begin)
    if last:
        return text("{fact} until {last}", fact=fact, last=last)
    return fact


def _but(today: Today, fact: Text, row: Row) -> Text:
    begin, end = row.dates.begin, row.dates.end
    if begin is not None and today.day < begin:
        return text("{fact}, but only from {begin}", fact=fact, begin=day_text(begin))
    if end is not None and end <= today.day:
        return text("{fact}, but only until {last}", fact=fact, last=day_text(end - timedelta(days=1)))
    return text("{fact}, but with restricted rights", fact=fact)
