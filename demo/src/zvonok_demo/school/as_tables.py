"""The generated journal as the tables of the ready mapping (docs/journal-tables.md)."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from openpyxl import Workbook

from zvonok_appservice.roster.snapshot import Dates, Guardianship, Snapshot
from zvonok_appservice.roster.tables.mapping import (
    LoadColumns,
    StaffColumns,
    StudentColumns,
    SubgroupColumns,
)
from zvonok_core.ids import PersonId
from zvonok_core.roles import STAFF_ROLES, Position, Role

Flavour = Literal["csv-1251-semicolon", "csv-utf8", "xlsx"]
Row = dict[str | None, str]

POSITION_WORDS = {
    Position.HEAD: "директор",
    Position.DEPUTY_STUDIES: "заместитель директора по УВР",
    Position.DEPUTY_UPBRINGING: "заместитель директора по воспитательной работе",
    Position.DEPUTY: "заместитель директора",
    Position.PSYCHOLOGIST: "педагог-психолог",
    Position.SOCIAL_PEDAGOGUE: "социальный педагог",
    Position.NURSE: "медсестра",
    Position.LIBRARIAN: "библиотекарь",
    Position.SECRETARY: "секретарь",
    Position.OTHER: "педагог-организатор",
}
TEACHER_WORD = "учитель"


def write_tables(snapshot: Snapshot, folder: Path, flavour: Flavour) -> Path:
    """Write students, staff, loads and subgroups into `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("students", _students(snapshot)),
        ("staff", _staff(snapshot)),
        ("loads", _loads(snapshot)),
        ("subgroups", _subgroups(snapshot)),
    ):
        if flavour == "xlsx":
            _write_workbook(folder / f"{name}.xlsx", rows)
        else:
            _write_csv(folder / f"{name}.csv", rows, flavour)
    return folder


def _students(snapshot: Snapshot) -> Iterator[Row]:
    column = StudentColumns()
    enrolments = defaultdict(list)
    for row in snapshot.class_enrolments:
        enrolments[row.student].append((snapshot.classes[row.class_].title, row.dates))
    guardians = defaultdict(list)
    for tie in snapshot.guardianships:
        guardians[tie.child].append(tie)
    for role in snapshot.roles:
        if role.role is not Role.STUDENT:
            continue
        child = snapshot.people[role.person]
        for class_, dates in enrolments.get(child.id) or [("", role.dates)]:
            base: Row = {
                column.class_: class_,
                column.id: child.id,
                column.family: child.family,
                column.given: child.given,
                column.patronymic: child.patronymic,
                **_dates(dates, column.begin, column.end),
            }
            ties: list[Guardianship | None] = [*guardians[child.id]] or [None]
            for each in ties:
                guardian: Row = {}
                if each is not None:
                    person = snapshot.people[each.guardian]
                    guardian = {
                        column.guardian_id: person.id,
                        column.guardian_family: person.family,
                        column.guardian_given: person.given,
                        column.guardian_patronymic: person.patronymic,
                    }
                yield base | guardian | {column.restricted: "да" if each and each.restricted else ""}


def _staff(snapshot: Snapshot) -> Iterator[Row]:
    column = StaffColumns()
    positions = defaultdict(list)
    for position in snapshot.positions:
        positions[position.person].append(POSITION_WORDS[position.position])
    homerooms = defaultdict(list)
    for homeroom in snapshot.homerooms:
        homerooms[homeroom.teacher].append(snapshot.classes[homeroom.class_].title)
    associations = {row.person: row for row in snapshot.association_members}
    for role in snapshot.roles:
        if role.role not in STAFF_ROLES:
            continue
        person = snapshot.people[role.person]
        words = positions[person.id] + [TEACHER_WORD] * (role.role is Role.TEACHER)
        member = associations.get(person.id)
        yield {
            column.id: person.id,
            column.family: person.family,
            column.given: person.given,
            column.patronymic: person.patronymic,
            column.positions: ", ".join(words),
            column.homeroom: ", ".join(homerooms[person.id]),
            column.association: snapshot.associations[member.association].title if member else "",
            column.chair: "да" if member and member.chair else "",
            **_dates(role.dates, column.begin, column.end),
        }


def _loads(snapshot: Snapshot) -> Iterator[Row]:
    column = LoadColumns()
    teachers = _teachers(snapshot)
    for load in snapshot.loads:
        classes = snapshot.subgroups[load.subgroup].classes if load.subgroup else (load.class_,)
        titles = [snapshot.classes[class_].title for class_ in classes if class_]
        yield {
            column.teacher: teachers[load.teacher],
            column.subject: snapshot.subjects[load.subject].title,
            column.class_: ", ".join(titles),
            column.subgroup: load.subgroup or "",
            **_dates(load.dates, column.begin, column.end),
        }


def _teachers(snapshot: Snapshot) -> Mapping[PersonId, str]:
    """Half of them by name, as far as it is theirs alone, and half by code: both are allowed."""
    names = {
        row.teacher: "{0.family} {0.given} {0.patronymic}".format(snapshot.people[row.teacher])
        for row in snapshot.loads
    }
    everybody = Counter(f"{each.family} {each.given} {each.patronymic}" for each in snapshot.people.values())
    return {
        teacher: name if everybody[name] == 1 and int(teacher[-1]) % 2 else teacher
        for teacher, name in names.items()
    }


def _subgroups(snapshot: Snapshot) -> Iterator[Row]:
    column = SubgroupColumns()
    subjects = {load.subgroup: snapshot.subjects[load.subject].title for load in snapshot.loads}
    for row in snapshot.subgroup_enrolments:
        yield {
            column.id: row.subgroup,
            column.subject: subjects[row.subgroup],
            column.label: snapshot.subgroups[row.subgroup].label,
            column.student: row.student,
        }


def _dates(dates: Dates, begin: str | None, end: str | None) -> Row:
    return {
        begin: dates.begin.strftime("%d.%m.%Y") if dates.begin else "",
        end: dates.end.strftime("%d.%m.%Y") if dates.end else "",
    }


def _table(rows: Iterable[Row]) -> list[list[str]]:
    rows = list(rows)
    header = list(dict.fromkeys(name for row in rows for name in row if name))
    return [header, *([row.get(name, "") for name in header] for row in rows)]


def _write_csv(path: Path, rows: Iterable[Row], flavour: Flavour) -> None:
    encoding, delimiter = ("utf-8", ",") if flavour == "csv-utf8" else ("windows-1251", ";")
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(_table(rows))


def _write_workbook(path: Path, rows: Iterable[Row]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Лист1")
    for row in _table(rows):
        sheet.append(row)
    book.save(path)
