"""Which file and which header holds what: the config's `journal.tables`, over defaults.

The defaults are the ready mapping of docs/journal-tables.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.settings import build
from zvonok_core.text import text

CONFIG_PATH = "journal.tables"
BEGIN, END = "Действует с", "Действует до"


@dataclass(frozen=True, slots=True)
class StudentColumns:
    """Headers of the students' table: one row per student and guardian."""

    class_: str = "Класс"
    id: str = "Код ученика"
    family: str = "Фамилия"
    given: str = "Имя"
    patronymic: str | None = "Отчество"
    guardian_id: str | None = "Код представителя"
    guardian_family: str = "Фамилия представителя"
    guardian_given: str = "Имя представителя"
    guardian_patronymic: str | None = "Отчество представителя"
    guardian_phone: str | None = None
    """Tells guardians apart where `guardian_id` is null."""
    restricted: str | None = "Права ограничены"
    begin: str | None = BEGIN
    end: str | None = END
    cohort: str | None = None
    """An id of the class that outlives the year; else grade, letter and year tell it."""

    def __post_init__(self) -> None:
        if self.guardian_id is None and self.guardian_phone is None:
            message = text("is null, and guardian_phone is not mapped: nothing tells guardians apart")
            raise ConfigError([ConfigFault("guardian_id", message)])


@dataclass(frozen=True, slots=True)
class StaffColumns:
    """Headers of the staff's table."""

    id: str = "Код сотрудника"
    family: str = "Фамилия"
    given: str = "Имя"
    patronymic: str | None = "Отчество"
    positions: str = "Должность"
    homeroom: str | None = "Классное руководство"
    association: str | None = "Методическое объединение"
    chair: str | None = "Руководитель МО"
    begin: str | None = BEGIN
    end: str | None = END


@dataclass(frozen=True, slots=True)
class LoadColumns:
    """Headers of the loads' table."""

    teacher: str = "Учитель"
    subject: str = "Предмет"
    class_: str = "Класс"
    subgroup: str | None = "Подгруппа"
    begin: str | None = BEGIN
    end: str | None = END


@dataclass(frozen=True, slots=True)
class SubgroupColumns:
    """Headers of the subgroups' table: one row per subgroup and student."""

    id: str = "Подгруппа"
    subject: str | None = "Предмет"
    label: str | None = "Название подгруппы"
    student: str = "Код ученика"


@dataclass(frozen=True, slots=True)
class StudentsTable:
    """`file` is a name, with or without its ending (.csv, .tsv, .txt, .xlsx)."""

    file: str = "students"
    columns: StudentColumns = StudentColumns()


@dataclass(frozen=True, slots=True)
class StaffTable:
    """As StudentsTable."""

    file: str = "staff"
    columns: StaffColumns = StaffColumns()


@dataclass(frozen=True, slots=True)
class LoadsTable:
    """As StudentsTable."""

    file: str = "loads"
    columns: LoadColumns = LoadColumns()


@dataclass(frozen=True, slots=True)
class SubgroupsTable:
    """As StudentsTable; the only table that may be absent."""

    file: str = "subgroups"
    columns: SubgroupColumns = SubgroupColumns()


@dataclass(frozen=True, slots=True)
class TablesConfig:
    """The section as it is written."""

    students: StudentsTable = StudentsTable()
    staff: StaffTable = StaffTable()
    loads: LoadsTable = LoadsTable()
    subgroups: SubgroupsTable = SubgroupsTable()
    school_year: int | None = None
    """The year in which the exports' school year begins; null: it changes on 1 August."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One table: `headers` by our words; those in `may_lack` need not be in the file."""

    file: str
    headers: Mapping[str, str]
    may_lack: frozenset[str]
    may_be_absent: bool


@dataclass(frozen=True, slots=True)
class TablesMapping:
    """All four."""

    students: TableMapping
    staff: TableMapping
    loads: TableMapping
    subgroups: TableMapping
    school_year: int | None


def tables_mapping(raw: Mapping[str, Any]) -> TablesMapping:
    """Read the section. Raises ConfigError with paths that begin `journal.tables`."""
    try:
        config = build(TablesConfig, raw)
    except ConfigError as error:
        raise ConfigError(
            [ConfigFault(f"{CONFIG_PATH}.{fault.path}", fault.text) for fault in error.faults]
        ) from error
    tables = {
        name: _table(name, getattr(config, name), raw) for name in ("students", "staff", "loads", "subgroups")
    }
    return TablesMapping(**tables, school_year=config.school_year)


_MAY_LACK = {
    "students": frozenset({"begin", "end"}),
    "staff": frozenset({"association", "chair", "begin", "end"}),
    "loads": frozenset({"subgroup", "begin", "end"}),
    "subgroups": frozenset({"subject", "label"}),
}
"""Columns that a file may do without, as long as the config doesn't name them. Not
`restricted`: a misspelt header must not give a restricted guardian the rooms."""


def _table(
    name: str, table: StudentsTable | StaffTable | LoadsTable | SubgroupsTable, raw: Mapping[str, Any]
) -> TableMapping:
    named = raw.get(name, {}).get("columns", {})
    headers = {
        field.name.rstrip("_"): header
        for field in dataclasses.fields(table.columns)
        if (header := getattr(table.columns, field.name)) is not None
    }
    return TableMapping(
        file=table.file,
        headers=headers,
        may_lack=_MAY_LACK[name] - named.keys(),
        may_be_absent=name == "subgroups",
    )
