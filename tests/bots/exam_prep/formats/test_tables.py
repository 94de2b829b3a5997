"""A task in each row, in Russian or in English, however a spreadsheet saves it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from support.any_tasks import any_items
from support.tasks import KINDS, item

from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import (
    Criterion,
    Item,
    Matching,
    OneChoice,
    Open,
    Option,
    Ordering,
    SeveralChoices,
    Word,
)
from zvonok_exam_prep.shown import right_answer
from zvonok_exam_prep.sound import faults

BOTH = [Format.CSV, Format.XLSX]
USUAL = {"subject": "биология", "grades": "5"}


def one_line(words: str) -> str:
    return " ".join(words.split("\n"))


def kept(one: Item) -> Item:
    """What is left of a task after it was there and back, but for what is told as lost."""
    asks = one.asks
    match asks:
        case OneChoice(options) | SeveralChoices(options):
            asks = replace(asks, options=tuple(Option(one_line(option.words)) for option in options))
        case Matching(left, words):
            asks = replace(asks, left=tuple(map(one_line, left)), options=tuple(map(one_line, words)))
        case Ordering(parts):
            asks = replace(asks, parts=tuple(map(one_line, parts)))
        case Open(criteria, sample):
            asks = Open(tuple(Criterion(each.name, ("",) * len(each.levels)) for each in criteria), sample)
    return replace(one, asks=asks, hints=tuple(map(one_line, one.hints)), pictures=())


def fit(one: Item) -> bool:
    """What cells can't hold in any way: parts that are two only because of the ends of lines, and
    a quotation mark before a formula's sign."""
    return not faults(kept(one)) and not any(re.search(r"(?m)^'+[=+@-]", words) for words in one.words)


@pytest.mark.parametrize("format", BOTH)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(any_items(calm=True).filter(fit), min_size=1, max_size=2, unique_by=lambda one: one.id))
def test_what_is_written_is_read_as_far_as_a_table_can_hold_it(format: Format, items: list[Item]) -> None:
    found = read(f"a.{format}", write(items, format).content)
    assert found.problems == ()
    assert list(found.items) == [kept(one) for one in items]


@pytest.mark.parametrize("format", BOTH)
def test_what_is_lost_is_told_and_nothing_else(format: Format) -> None:
    items = [item(asks, 2, id=f"проба-{number}") for number, asks in enumerate(KINDS)]
    lost = [(one.item, str(one.text)) for one in write(items, format).losses]
    assert lost == [
        ("проба-0", "The comments on options are left out."),
        ("проба-1", "The comments on options are left out."),
        ("проба-7", "What each point is given for is left out."),
    ]


TABLE = """Вопрос;Варианты;Верно;Вид;Единица;Слева;Критерии
Кто плавает?;кит | слон;1
Кто дышит?;"кит
слон
камень";1 2
Сколько?;;2,5;;см
Кто лает?;;"пёс
собака"
Какие верны?;;135;цифры в любом порядке
Что к чему?;"1
2 | 3";А2 Б1;;;"два
один"
Порядок?;"раз
два
три";312;порядок
Почему?;;Потому.;;;;"Полнота: 2
Грамотность: 1"
"""


def test_a_table_as_people_type_it() -> None:
    found = read("Задания.csv", TABLE.encode(), USUAL)
    assert [str(one.sentence) for one in found.problems] == []
    assert [right_answer(one) for one in found.items] == [
        "1) кит", "1, 2", "2,5 см", "пёс", "135", "А2 Б1", "312", "Потому.",
    ]  # fmt: skip
    assert [one.points for one in found.items] == [1, 1, 1, 1, 1, 1, 1, 3]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_any_habit_is_read(delimiter: str, encoding: str, end: str) -> None:
    rows = [
        ["question", "Answer", "Класс:"],
        ["Кто лает?", "пёс", "7"],
        ["", "", ""],
        ["Кто мяукает?", "кот", "5-6"],
    ]
    words = end.join(delimiter.join(row) for row in rows) + end
    found = read("a.csv", words.encode(encoding), {"subject": "биология"})
    assert [one.asks for one in found.items] == [Word(("пёс",)), Word(("кот",))]
    assert [one.grades for one in found.items] == [(7,), (5, 6)]


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def test_a_workbook_as_people_fill_it() -> None:
    content = workbook(
        ["Вопрос", "Ответ", "Класс", "Баллы"], ["Сколько?", 2.5, 7, 2], ["Сколько же?", 3.0, "5, 6", None]
    )
    found = read("a.xlsx", content, USUAL)
    assert [right_answer(one) for one in found.items] == ["2,5", "3"]
    assert [(one.points, one.grades) for one in found.items] == [(2, (7,)), (1, (5, 6))]


def test_every_fault_is_told_at_once_with_its_row() -> None:
    content = workbook(
        ["Вопрос", "Ответ", "Вариянты", "Сложность"],
        ["Сколько?", date(2026, 2, 1), "", 1],
        ["Сколько?", "=A1+1", "", 1],
        ["Кто?", "кит", "", "высокая"],
        ["", "кит", "", 1],
    )
    found = read("a.xlsx", content, USUAL)
    assert found.items == ()
    assert [(one.line, one.field, str(one.text)[:30]) for one in found.problems] == [
        (1, "", "There is no column “Вариянты”."),
        (2, "right", "The spreadsheet has made a dat"),
        (3, "right", "This is a formula of the sprea"),
        (4, "difficulty", "A whole number is wanted here."),
        (5, "question", "It is missing."),
    ]


@pytest.mark.parametrize(
    ("name", "content", "line", "said"),
    [("a.csv", b"", 0, "no tasks"), ("a.csv", "Вопрос".encode(), 0, "no tasks"), ("a.csv", "Кто?;кит".encode(), 1, "first row"),
     ("a.csv", 'Вопрос\n"Кто?\nкит'.encode(), 2, "quotes"), ("a.csv", "Вопрос;вопрос\nКто?;Где?".encode(), 1, "twice"),
     ("a.xlsx", b"PK\x03\x04", 0, "damaged"), ("a.xlsx", b"\xff" * 100, 0, "damaged"), ("a.xlsx", b"x" * 20_000_000, 0, "10 MB"),
     ("a.csv", b"x" * 100_000_000, 0, "10 MB"), ("a.csv", "Русские слова".encode("koi8-r"), 0, "UTF-8"), ("a.doc", b"", 0, "I can read"),
     ("a.csv", ("Вопрос;Вид\nКто?;викторина").encode(), 2, "викторина")],
)  # fmt: skip
def test_what_is_no_table_of_tasks_is_refused(name: str, content: bytes, line: int, said: str) -> None:
    found = read(name, content, USUAL)
    assert found.items == ()
    assert any(one.line == line and said in str(one.text) for one in found.problems), found.problems


def test_a_workbook_that_unpacks_to_far_more_is_refused() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 250_000_000)
    (problem,) = read("a.xlsx", out.getvalue()).problems
    assert "unpacks" in str(problem.text)


@settings(deadline=None)
@given(st.text(';,"\n\tвопросВерно=1 |', max_size=100).map("Вопрос;Верно;Варианты\n".__add__))
def test_nothing_breaks_it(words: str) -> None:
    found = read("a.csv", words.encode(), USUAL)
    assert bool(found.items) != bool(found.problems)


def test_no_cell_is_a_formula() -> None:
    evil = item(Word(("=1+1", "-5", "@а")), question="=CMD()")
    content = write([evil], Format.CSV).content.decode("utf-8-sig")
    assert ";'=CMD()" in content and "\"'=1+1" in content
    assert read("a.csv", content.encode()).items == (evil,)
