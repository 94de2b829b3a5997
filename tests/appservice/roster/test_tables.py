"""Journals kept as tables: what is read, what is refused, and in which words."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from ruamel.yaml import YAML
from support.facts import facts

from zvonok_appservice.roster.snapshot import Dates
from zvonok_appservice.roster.source import Finding, Reading, Severity
from zvonok_appservice.roster.tables import TablesSource
from zvonok_appservice.roster.tables.mapping import tables_mapping
from zvonok_core.errors import ConfigError, TemporaryError
from zvonok_core.ids import SchoolId
from zvonok_core.roles import Position, Role
from zvonok_demo.school import GeneratedSchool, generate, next_year, small_school
from zvonok_demo.school.as_tables import Flavour, write_tables

DAY = date(2026, 10, 14)

STUDENTS = """\
Класс;Код ученика;Фамилия;Имя;Отчество;Код представителя;Фамилия представителя;Имя представителя;\
Отчество представителя;Права ограничены
7А;s1;Фёдоров;Пётр;Ильич;g1;Фёдорова;Анна;Олеговна;
7А;s1;Фёдоров;Пётр;Ильич;g2;Фёдоров;Илья;Андреевич;да
7-б;s2;Орлова;Вера;Юрьевна;g3;Орлова;Яна;Павловна;нет
"""
STAFF = """\
Код сотрудника;Фамилия;Имя;Отчество;Должность;Классное руководство
t1;Белова;Ирина;Львовна;учитель математики;7А
t2;Зуева;Ольга;Игоревна;учитель, заместитель директора по УВР;
"""
LOADS = """\
Учитель;Предмет;Класс;Подгруппа
t1;Алгебра;7А;
Белова Ирина Львовна;алгебра ;7Б;
t2;Немецкий язык;;n1
"""
SUBGROUPS = """\
Подгруппа;Предмет;Название подгруппы;Код ученика
n1;Немецкий язык;;s1
n1;Немецкий язык;;s2
"""


def source(folder: Path, mapping: dict[str, Any] | None = None, **tables: str) -> TablesSource:
    """The three-student school, with whole tables replaced."""
    contents = {"students": STUDENTS, "staff": STAFF, "loads": LOADS, "subgroups": SUBGROUPS} | tables
    for name, content in contents.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return TablesSource(folder, mapping or {}, SchoolId("school-1"), lambda: DAY)


def bad_rows(reading: Reading) -> list[Finding]:
    return [finding for finding in reading.findings if finding.severity is Severity.BAD_ROW]


def fatal(reading: Reading) -> list[str]:
    assert reading.snapshot is None
    return [str(f.text) for f in reading.findings if f.severity is Severity.FATAL]


# ---------------------------------------------------------------- there and back


@pytest.mark.parametrize("flavour", ["csv-1251-semicolon", "csv-utf8", "xlsx"])
@pytest.mark.parametrize("school", [small_school(1, DAY), next_year(small_school(3, DAY))])
def test_a_generated_school_comes_back_as_it_went_in(
    school: GeneratedSchool, flavour: Flavour, tmp_path: Path
) -> None:
    write_tables(school.snapshot, tmp_path, flavour)
    reading = TablesSource(tmp_path, {}, SchoolId("school-1"), lambda: school.today).read(None)
    assert {finding.severity for finding in reading.findings} == {Severity.NOTE}
    assert reading.snapshot is not None
    assert facts(reading.snapshot) == facts(school.snapshot)
    assert sum(reading.rows.values()) > 150


def test_a_full_school_comes_back_from_a_zip(tmp_path: Path) -> None:
    school = generate(5, DAY)
    folder = write_tables(school.snapshot, tmp_path / "tables", "csv-1251-semicolon")
    with zipfile.ZipFile(tmp_path / "journal.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    reading = TablesSource(tmp_path / "journal.zip", {}, SchoolId("school-1"), lambda: DAY).read(None)
    assert reading.snapshot is not None
    assert facts(reading.snapshot) == facts(school.snapshot)


# ---------------------------------------------------------------- what is read


def test_the_small_tables_say_what_they_say(tmp_path: Path) -> None:
    reading = source(tmp_path).read(None)
    snapshot = reading.snapshot
    assert snapshot is not None
    assert reading.findings == ()
    assert reading.rows == {"students.csv": 3, "staff.csv": 2, "loads.csv": 3, "subgroups.csv": 2}
    assert [(c.id, c.title, c.order) for c in snapshot.classes.values()] == [
        ("2020-a", "7А", 0),
        ("2020-b", "7Б", 1),
    ]
    assert {(row.guardian, row.child): row.restricted for row in snapshot.guardianships} == {
        ("g1", "s1"): False,
        ("g2", "s1"): True,
        ("g3", "s2"): False,
    }
    assert [subject.title for subject in snapshot.subjects.values()] == ["Алгебра", "Немецкий язык"]
    assert [(row.teacher, row.class_, row.subgroup) for row in snapshot.loads] == [
        ("t1", "2020-a", None),
        ("t1", "2020-b", None),
        ("t2", None, "n1"),
    ]
    assert snapshot.subgroups[snapshot.loads[2].subgroup].classes == ("2020-a", "2020-b")  # type: ignore[index]
    assert [(row.person, row.position) for row in snapshot.positions] == [("t2", Position.DEPUTY_STUDIES)]
    assert snapshot.people["s1"].origin.row == 2  # type: ignore[index]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251"])
def test_any_delimiter_and_encoding(delimiter: str, encoding: str, tmp_path: Path) -> None:
    plain = source(tmp_path)
    expected = plain.read(None).snapshot
    staff = STAFF.replace("учитель, заместитель", '"учитель, заместитель').replace("по УВР;", 'по УВР";')
    for name, content in (
        ("students", STUDENTS),
        ("staff", staff),
        ("loads", LOADS),
        ("subgroups", SUBGROUPS),
    ):
        (tmp_path / f"{name}.csv").write_text(content.replace(";", delimiter), encoding=encoding)
    assert plain.read(None).snapshot == expected


def test_headers_are_found_in_any_spelling(tmp_path: Path) -> None:
    students = STUDENTS.replace("Код ученика", " КОД  учёника: ").replace("Фамилия;", "фамилия *;")
    assert source(tmp_path, students=students).read(None).snapshot is not None


def test_headers_and_files_can_be_named_in_the_config(tmp_path: Path) -> None:
    mapping = {
        "students": {"file": "Контингент", "columns": {"id": "ИД", "class": "Кл.", "restricted": None}},
        "staff": {"file": "Кадры.csv"},
    }
    students = (
        STUDENTS.replace("Код ученика", "ИД").replace("Класс;", "Кл;").replace(";Права ограничены", ";")
    )
    reading_source = source(tmp_path, mapping, students=students)
    (tmp_path / "students.csv").rename(tmp_path / "контингент.CSV")
    (tmp_path / "staff.csv").rename(tmp_path / "Кадры.csv")
    snapshot = reading_source.read(None).snapshot
    assert snapshot is not None
    assert not any(row.restricted for row in snapshot.guardianships)


@pytest.mark.parametrize("class_", ["7", ""])
def test_a_student_without_a_class_letter_is_noted_and_nothing_more(class_: str, tmp_path: Path) -> None:
    reading = source(tmp_path, students=STUDENTS + f"{class_};s3;Котов;Лев;;g4;Котова;Ада;;\n").read(None)
    assert reading.snapshot is not None
    (finding,) = reading.findings
    assert (finding.severity, finding.person, finding.row) == (Severity.NOTE, "s3", 5)
    assert {row.student for row in reading.snapshot.class_enrolments} == {"s1", "s2"}


def test_a_cohort_keeps_its_id_over_the_summer(tmp_path: Path) -> None:
    this_year = source(tmp_path).read(None).snapshot
    moved_up = STUDENTS.replace("7А", "8А").replace("7-б", "8-б")
    later = source(
        tmp_path, students=moved_up, staff=STAFF.replace("7А", "8А"), loads=LOADS.replace("7", "8")
    )
    later = TablesSource(tmp_path, {}, SchoolId("school-1"), lambda: date(2027, 9, 1))
    next_year_ = later.read(None).snapshot
    assert this_year is not None
    assert next_year_ is not None
    assert this_year.classes.keys() == next_year_.classes.keys()
    assert [c.title for c in next_year_.classes.values()] == ["8А", "8Б"]


def test_the_school_year_can_be_told(tmp_path: Path) -> None:
    source(tmp_path)
    late = TablesSource(tmp_path, {"school_year": 2026}, SchoolId("x"), lambda: date(2027, 8, 20)).read(None)
    assert late.snapshot is not None
    assert set(late.snapshot.classes) == {"2020-a", "2020-b"}


def test_a_cohort_of_the_journals_own(tmp_path: Path) -> None:
    lines = STUDENTS.splitlines()
    students = "\n".join([lines[0] + ";Поток", *(line + ";c-" + line[1:2] for line in lines[1:])])
    students = students.replace("c-А", "c-a").replace("c--", "c-b")
    reading = source(tmp_path, {"students": {"columns": {"cohort": "Поток"}}}, students=students).read(None)
    assert reading.snapshot is not None
    assert {c.id: c.title for c in reading.snapshot.classes.values()} == {"c-a": "7А", "c-b": "7Б"}
    other = students.replace(";да;c-a", ";да;c-z")
    (finding,) = bad_rows(
        source(tmp_path, {"students": {"columns": {"cohort": "Поток"}}}, students=other).read(None)
    )
    assert (finding.column, finding.value, finding.person) == ("Поток", "c-z", "s1")


def test_guardians_are_told_apart_by_telephone_where_there_is_no_code(tmp_path: Path) -> None:
    mapping = {"students": {"columns": {"guardian_id": None, "guardian_phone": "Телефон"}}}
    students = (
        STUDENTS.replace("Код представителя", "Телефон")
        .replace("g1", "+7 911 000-00-01")
        .replace("g2", "8 911 0000002")
        .replace("g3", "9110000003")
    )
    first = source(tmp_path, mapping, students=students).read(None).snapshot
    again = source(tmp_path, mapping, students=students.replace("+7 911 000-00-01", "89110000001")).read(None)
    assert first is not None
    assert again.snapshot is not None
    assert first.people.keys() == again.snapshot.people.keys()
    assert len(first.guardianships) == 3
    assert not any("911" in person for person in first.people)


def test_dates_are_honoured(tmp_path: Path) -> None:
    staff = STAFF.replace("руководство\n", "руководство;Действует с;Действует до\n").replace(
        ";7А\n", ";7А;01.09.2026;01.12.2026\n"
    )
    snapshot = source(tmp_path, staff=staff).read(None).snapshot
    assert snapshot is not None
    autumn = Dates(date(2026, 9, 1), date(2026, 12, 1))
    assert [row.dates for row in snapshot.homerooms] == [autumn]
    assert {row.person: row.dates for row in snapshot.roles if row.role is Role.TEACHER}["t1"] == autumn  # type: ignore[index]


def test_a_student_is_one_from_the_first_row_to_the_last(tmp_path: Path) -> None:
    head, *_ = STUDENTS.splitlines()
    students = f"{head};Действует с;Действует до\n" + (
        "7А;s1;Котов;Лев;;;;;;;01.09.2026;01.10.2026\n7Б;s1;Котов;Лев;;;;;;;01.10.2026;\n"
        "7Б;s2;Львова;Ада;;;;;;;;01.09.2026\n7А;s2;Львова;Ада;;;;;;;01.09.2026;01.10.2026\n"
        "7А;s3;Панов;Ян;;;;;;;;\n"
    )
    snapshot = source(tmp_path, students=students).read(None).snapshot
    assert snapshot is not None
    roles = {row.person: row.dates for row in snapshot.roles if row.role is Role.STUDENT}
    assert roles == {
        "s1": Dates(date(2026, 9, 1), None),
        "s2": Dates(None, date(2026, 10, 1)),
        "s3": Dates(),
    }


def test_a_restriction_in_any_row_holds(tmp_path: Path) -> None:
    students = STUDENTS + "7А;s1;Фёдоров;Пётр;Ильич;g1;Фёдорова;Анна;Олеговна;да\n"
    reading = source(tmp_path, students=students).read(None)
    assert reading.snapshot is not None
    assert {r.guardian for r in reading.snapshot.guardianships if r.restricted} == {"g1", "g2"}
    assert [(f.severity, f.row, f.person) for f in reading.findings] == [(Severity.NOTE, 5, "g1")]


def test_the_fingerprint_follows_files_and_mapping(tmp_path: Path) -> None:
    first = source(tmp_path).fingerprint()
    assert source(tmp_path).fingerprint() == first
    (tmp_path / "notes.txt").write_text("не журнал")
    assert source(tmp_path).fingerprint() == first
    assert source(tmp_path, {"school_year": 2025}).fingerprint() != first
    assert source(tmp_path, staff=STAFF + "\n ").fingerprint() != first
    with pytest.raises(TemporaryError):
        TablesSource(tmp_path / "away", {}, SchoolId("x"), lambda: DAY).fingerprint()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("table", "row", "column", "person"),
    [
        ("students", "7Ы9Я;s9;Котов;Лев;;;;;;", "Класс", "s9"),
        ("students", "7b;s9;Котов;Лев;;;;;;", "Класс", "s9"),
        ("students", "7А;;Котов;Лев;;;;;;", "Код ученика", None),
        ("students", "7А;s 9;Котов;Лев;;;;;;", "Код ученика", None),
        ("students", "7А;s9;;Лев;;;;;;", "Фамилия", "s9"),
        ("students", "7А;s9;=cmd|' /C calc'!A0;Лев;;;;;;", "Фамилия", "s9"),
        ("students", "7А;s9;<script>alert(1)</script>;Лев;;;;;;", "Фамилия", "s9"),
        ("students", "7А;s9;Котов\x00;Лев;;;;;;", "Фамилия", "s9"),
        ("students", "7А;s9;" + "К" * 20_000 + ";Лев;;;;;;", "Фамилия", "s9"),
        ("students", "7А;s9;Котов;Лев;;g9;;Ада;;", "Фамилия представителя", "g9"),
        ("students", "7А;s9;Котов;Лев;;;Котова;Ада;;", "Код представителя", None),
        ("students", "7А;s9;Котов;Лев;;g9;Котова;Ада;;может быть", "Права ограничены", "g9"),
        ("students", "7Б;s1;Фёдоров;Пётр;Ильич;;;;;", "Класс", "s1"),
        ("students", "7А;s1;Иванов;Пётр;Ильич;;;;;", "Фамилия", "s1"),
        ("staff", "t9;Котов;Лев;;=учитель;", "Должность", "t9"),
        ("staff", "t9;Котов;Лев;;учитель;7", "Классное руководство", "t9"),
        ("staff", "t1;Котов;Лев;;учитель;", "Фамилия", "t1"),
        ("loads", "t9;Алгебра;7А;", "Учитель", None),
        ("loads", "Котов Лев;Алгебра;7А;", "Учитель", None),
        ("loads", "t1;;7А;", "Предмет", "t1"),
        ("loads", "t1;<b>;7А;", "Предмет", "t1"),
        ("loads", "t1;Алгебра;7Ж;", "Класс", "t1"),
        ("loads", "t1;Алгебра;;", "Класс", "t1"),
        ("loads", "t1;Алгебра;;n9", "Подгруппа", "t1"),
        ("loads", "t1;Алгебра;;n1", "Предмет", "t1"),
        ("subgroups", "n1;Немецкий язык;;s9", "Код ученика", None),
        ("subgroups", "n1;Алгебра;;s2", "Предмет", "s2"),
        ("subgroups", "n1;Немецкий язык;группа 2;s2", "Название подгруппы", "s2"),
    ],
)  # fmt: skip
def test_a_bad_row_is_set_aside_with_its_place(
    table: str, row: str, column: str, person: str | None, tmp_path: Path
) -> None:
    tables = {"students": STUDENTS, "staff": STAFF, "loads": LOADS, "subgroups": SUBGROUPS}
    good = source(tmp_path).read(None).snapshot
    reading = source(tmp_path, **{table: tables[table] + row + "\n"}).read(None)
    assert good is not None
    (finding,) = bad_rows(reading)
    assert (finding.file, finding.row, finding.column) == (
        f"{table}.csv",
        tables[table].count("\n") + 1,
        column,
    )
    assert finding.person == person
    assert finding.value is None or (len(finding.value) <= 60 and "<" not in finding.value)
    assert reading.snapshot is not None
    assert good.people.keys() <= reading.snapshot.people.keys()
    assert set(good.loads) <= set(reading.snapshot.loads)


def test_a_guardian_of_a_bad_row_is_not_lost(tmp_path: Path) -> None:
    reading = source(tmp_path, students=STUDENTS.replace("7-б", "7ъъъъ")).read(None)
    assert reading.set_aside >= {"s2"}
    assert reading.snapshot is not None
    assert "g3" in reading.snapshot.people


def test_a_restriction_in_a_bad_row_of_the_student_holds(tmp_path: Path) -> None:
    students = STUDENTS.replace("7А;s1;Фёдоров;Пётр;Ильич;g2", "7ъъъъ;s1;Фёдоров;Пётр;Ильич;g2")
    reading = source(tmp_path, students=students).read(None)
    assert reading.set_aside == {"s1"}
    assert reading.snapshot is not None
    assert [row.guardian for row in reading.snapshot.guardianships if row.restricted] == ["g2"]


def test_namesakes_need_a_code(tmp_path: Path) -> None:
    staff = STAFF + "t3;Белова;Ирина;Львовна;учитель;\n"
    (finding,) = bad_rows(source(tmp_path, staff=staff).read(None))
    assert (finding.column, finding.value) == ("Учитель", "Белова Ирина Львовна")


def test_spellings_with_and_without_ё_are_one_name(tmp_path: Path) -> None:
    students = STUDENTS + "7А;s1;Федоров;Петр;Ильич;;;;;\n"
    loads = LOADS.replace("Белова Ирина Львовна", "Зуёва ольга  Игоревна")
    reading = source(tmp_path, students=students, loads=loads).read(None)
    assert bad_rows(reading) == []


def test_more_than_two_per_cent_of_bad_rows_stop_the_import(tmp_path: Path) -> None:
    students = STUDENTS + "".join(f"99Щ;x{n};Котов;Лев;;;;;;\n" for n in range(2))
    assert any(
        "2 rows are bad" in sentence for sentence in fatal(source(tmp_path, students=students).read(None))
    )


def test_a_missing_column_is_named_with_the_nearest_and_all_that_are_there(tmp_path: Path) -> None:
    reading = source(tmp_path, staff=STAFF.replace("Должность", "Долность")).read(None)
    (sentence,) = fatal(reading)
    assert "“Должность”" in sentence
    assert "the nearest is “Долность”" in sentence
    assert "«Классное руководство»" in sentence


@pytest.mark.parametrize("table", ["students", "staff", "subgroups"])
def test_rows_that_refer_to_a_table_that_is_not_there_are_not_blamed(table: str, tmp_path: Path) -> None:
    reading = source(tmp_path, **{table: "чужая;таблица\n1;2\n"}).read(None)
    assert {(f.severity, f.file) for f in reading.findings} == {(Severity.FATAL, f"{table}.csv")}


def test_all_missing_columns_are_told_at_once(tmp_path: Path) -> None:
    reading = source(tmp_path, students="а;б\n1;2\n", staff="в\n1\n").read(None)
    assert len(fatal(reading)) >= 12
    assert {f.column for f in reading.findings if f.file == "students.csv"} >= {"Класс", "Права ограничены"}


def test_an_optional_column_that_the_config_names_must_be_there(tmp_path: Path) -> None:
    assert source(tmp_path).read(None).snapshot is not None
    reading = source(tmp_path, {"loads": {"columns": {"end": "По"}}}).read(None)
    assert ["“По”" in sentence for sentence in fatal(reading)] == [True]


def test_a_missing_file_stops_the_import_unless_it_is_the_subgroups(tmp_path: Path) -> None:
    tables = source(tmp_path, loads=LOADS.replace("t2;Немецкий язык;;n1\n", ""))
    (tmp_path / "subgroups.csv").unlink()
    assert tables.read(None).snapshot is not None
    (tmp_path / "staff.csv").unlink()
    assert fatal(tables.read(None)) == ["the file is missing"]


def test_two_files_for_one_table_stop_the_import(tmp_path: Path) -> None:
    tables = source(tmp_path)
    (tmp_path / "staff.txt").write_text(STAFF)
    assert len(fatal(tables.read(None))) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("students.csv", b""),
        ("students.csv", b"\xff\xfe\x00"),
        ("students.csv", 'Класс;"Код'.encode()),
        ("students.csv", "Класс;Класс\n".encode()),
        ("students.xlsx", b"PK\x03\x04"),
        ("students.xlsx", b"not a workbook"),
    ],
)
def test_an_unreadable_file_stops_the_import(name: str, content: bytes, tmp_path: Path) -> None:
    tables = source(tmp_path)
    (tmp_path / "students.csv").unlink()
    (tmp_path / name).write_bytes(content)
    reading = tables.read(None)
    assert fatal(reading)
    assert {f.file for f in reading.findings if f.severity is Severity.FATAL} >= {name}


# ---------------------------------------------------------------- workbooks


def with_workbook(folder: Path, rows: list[list[object]]) -> TablesSource:
    tables = source(folder)
    (folder / "students.csv").unlink()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(folder / "students.xlsx")
    return tables


def test_numbers_days_and_blank_rows_of_a_workbook(tmp_path: Path) -> None:
    header = [*STUDENTS.splitlines()[0].split(";"), "Действует с"]
    rows: list[list[object]] = [
        header,
        [],
        ["7А", 17, "Котов", "Лев", None, 21.0, "Котова", "Ада", None, True, date(2026, 9, 1)],
    ]
    reading = with_workbook(tmp_path, rows).read(None)
    findings = [f for f in reading.findings if f.file == "students.xlsx"]
    assert findings == []
    tables = source(
        tmp_path, loads="Учитель;Предмет;Класс\nt1;Алгебра;7А\n", subgroups="Подгруппа;Код ученика\n"
    )
    (tmp_path / "students.csv").unlink()
    snapshot = tables.read(None).snapshot
    assert snapshot is not None
    (tie,) = snapshot.guardianships
    assert (tie.guardian, tie.child, tie.restricted, tie.origin.row) == ("21", "17", True, 4 - 1)
    assert snapshot.class_enrolments[0].dates == Dates(date(2026, 9, 1))


def test_a_formula_is_refused(tmp_path: Path) -> None:
    rows: list[list[object]] = [list(line.split(";")) for line in STUDENTS.splitlines()]
    rows.append(["7А", "s9", '=HYPERLINK("http://x")', "Лев", "", "", "", "", "", ""])
    (finding,) = bad_rows(with_workbook(tmp_path, rows).read(None))
    assert (finding.column, finding.row, finding.person) == ("Фамилия", 5, "s9")
    assert finding.value is not None
    assert finding.value.startswith("'=")


def replaced_sheet(folder: Path, xml: bytes) -> TablesSource:
    """A workbook whose sheet is this XML."""
    tables = with_workbook(folder, [["Класс"]])
    path = folder / "students.xlsx"
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    path.write_bytes(packed.getvalue())
    return tables


DAMAGED = "the file is not an Excel workbook (.xlsx), or is damaged"
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        (SHEET % b"<sheetData>" + b" " * (64 << 20), "the workbook unpacks to far more than a journal holds"),
        (SHEET % b'<dimension ref="A1:XFD1048576"/><sheetData><row r="999999999999"><c r="A999999999999"/></row></sheetData>', "the sheet has more than 500000 rows"),
        (SHEET % b'<sheetData><row r="1"><c r="ZZZZZZ1"><v>1</v></c></row></sheetData>', DAMAGED),
        (b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(9)) + b"]>" + SHEET % b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData>', DAMAGED),
        (b"<worksheet", DAMAGED),
        (b"", DAMAGED),
    ],
    ids=["unpacks to much", "a row far below", "a column far right", "entities", "cut short", "empty"],
)  # fmt: skip
def test_a_workbook_made_to_harm_is_refused(xml: bytes, sentence: str, tmp_path: Path) -> None:
    reading = replaced_sheet(tmp_path, xml).read(None)
    assert {(f.file, str(f.text)) for f in reading.findings} == {("students.xlsx", sentence)}


# ---------------------------------------------------------------- the mapping


@pytest.mark.parametrize(
    ("mapping", "path"),
    [
        ({"pupils": {}}, "journal.tables.pupils"),
        ({"students": {"columns": {"id": None}}}, "journal.tables.students.columns.id"),
        ({"students": {"columns": {"clas": "Класс"}}}, "journal.tables.students.columns.clas"),
        ({"students": {"columns": {"guardian_id": None}}}, "journal.tables.students.columns.guardian_id"),
        ({"loads": {"file": 7}}, "journal.tables.loads.file"),
        ({"staff": None}, "journal.tables.staff"),
        ({"school_year": "next"}, "journal.tables.school_year"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_path(mapping: dict[str, Any], path: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        TablesSource(tmp_path, mapping, SchoolId("x"), lambda: DAY)
    assert [fault.path for fault in refused.value.faults] == [path]


# ---------------------------------------------------------------- the documentation

DOCUMENT = Path(__file__).parents[3] / "docs" / "journal-tables.md"


def test_the_example_of_the_documentation_is_read_without_a_finding(tmp_path: Path) -> None:
    found = re.findall(r"`(\w+)\.csv`\n\n```\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert [name for name, _ in found] == ["students", "staff", "loads", "subgroups"]
    reading = source(tmp_path, **dict(found)).read(None)
    assert [f for f in reading.findings if "no students" not in str(f.text)] == []
    snapshot = reading.snapshot
    assert snapshot is not None
    assert set(snapshot.classes) == {"2020-a", "2020-b"}
    assert {(r.person, r.role) for r in snapshot.roles} >= {("t301", Role.GUARDIAN), ("t301", Role.TEACHER)}


def test_the_documentation_names_every_header_and_every_word() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    mapping = tables_mapping({})
    for table in (mapping.students, mapping.staff, mapping.loads, mapping.subgroups):
        for word, header in table.headers.items():
            assert header in document
            assert f"`{word}`" in document


def test_the_config_of_the_documentation_is_accepted(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    config = YAML(typ="safe").load(blocks[-1])
    TablesSource(tmp_path, config["journal"]["tables"], SchoolId("x"), lambda: DAY)
