"""Our own YAML holds everything, and nothing in it is taken for anything else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.any_tasks import any_items
from support.tasks import KINDS, item

from zvonok_exam_prep.formats import Format, read, write
from zvonok_exam_prep.items import Digits, Item, Word
from zvonok_exam_prep.sound import faults

TASK = """
- id: a1
  subject: математика
  grades: 5-7
  question: Сколько?
  number: {right: 5}
"""


def told(name: str, words: str | bytes) -> list[tuple[int, str, str]]:
    """What is wrong with a file."""
    found = read(name, words.encode() if isinstance(words, str) else words)
    assert bool(found.items) != bool(found.problems), "whole or not at all"
    return [(one.line, one.field, str(one.text)) for one in found.problems]


@given(st.lists(any_items(), min_size=1, max_size=3, unique_by=lambda one: one.id))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_as_it_was(items: list[Item]) -> None:
    assert all(faults(one) == () for one in items)
    written = write(items, Format.YAML)
    assert written.losses == ()
    found = read("задания.yaml", written.content)
    assert found.problems == () and found.items == tuple(items)


def test_every_kind_is_written_and_read() -> None:
    items = [item(asks, 2, id=f"проба-{number}") for number, asks in enumerate(KINDS)]
    assert read("a.yml", write(items, Format.YAML).content).items == tuple(items)


@pytest.mark.parametrize(
    "words", ["no", "on", "yes", "~", "null", "12:30", "1e3", "0x10", "2026-09-01", "=", "1_000"]
)
def test_an_answer_is_what_was_written(words: str) -> None:
    found = read("a.yaml", TASK.replace("number: {right: 5}", f"word: {{right: {words}}}").encode())
    assert [one.asks for one in found.items] == [Word((words,))]


def test_a_file_of_any_habit_is_read() -> None:
    plain = read("a.yaml", TASK.encode())
    assert len(plain.items) == 1
    for words in (
        TASK.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TASK.encode(),
        TASK.encode("utf-16"),
        TASK.encode("windows-1251"),
    ):
        assert read("a.yaml", words) == plain


def test_every_fault_is_told_at_once_with_its_line() -> None:
    words = """
- subject: математика
  grades: пятый
  qestion: Сколько?
  number: {right: пять, tolerance: -1}
- subject: математика
  grades: [5]
  question: Что $\\frac{1$?
  one:
    options: [да, да]
    right: 3
- grades: 12
  exam: ЕГЭ-2
  question: Сколько?
  word: {right: [а]}
  digits: {right: 135}
"""
    assert told("a.yaml", words) == [
        (2, "question", "It is missing."),
        (3, "grades", "Say for which grades it is, such as 7 or 5-7."),
        (4, "", "There is no key “qestion”; did you mean “question”?"),
        (5, "right", "A number is wanted here, such as 2,5 or 1/3."),
        (5, "tolerance", "A tolerance is not less than 0."),
        (8, "question", "“}” is missing."),
        (10, "options", "“да” is there twice."),
        (11, "right", "The right answer names an option that is not there."),
        (12, "", f"There has to be one kind of answer: {', '.join(['one', 'several', 'number', 'word', 'digits', 'matching', 'ordering', 'open'])}."),
        (12, "subject", "It is missing."),
        (12, "grades", "A grade is a number from 1 to 11."),
        (13, "exam", "The exam is ВПР, ОГЭ or ЕГЭ."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "line", "said"),
    [("- id: [", 2, "From here on"), ("- a: 1\n b: 2", 2, "From here on"), ("a: &x 1\nb: *x", 1, "Anchors"),
     ("- " * 30 + "a", 1, "levels within levels"), ("- a: \x00", 0, "control characters"), ("слово", 1, "A list of tasks"),
     ("", 0, "no tasks"), ("- {id: 1, id: 2}", 1, "twice"), ("[" * 100_000, 1, "levels within levels"),
     ("- a\n---\n- b", 3, "another list"), ("- a", 1, "Keys with values")],
)  # fmt: skip
def test_what_is_no_list_of_tasks_is_refused(words: str, line: int, said: str) -> None:
    found = told("a.yaml", words)
    assert any(one[0] == line and said in one[2] for one in found), found


def test_bombs_are_refused() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(9))
    assert "Anchors" in told("a.yaml", bomb)[0][2]
    assert told("a.yaml", b"x" * 100_000_000) == [(0, "", "The file has more than 10 MB.")]
    assert "UTF-8" in told("a.yaml", "русские слова".encode("koi8-r"))[0][2]


def test_two_tasks_with_one_id_are_told() -> None:
    assert told("a.yaml", TASK + TASK.replace("Сколько", "Почём")) == [
        (8, "id", "This task is there already, on line 2.")
    ]


def test_a_task_without_an_id_gets_one_that_stays() -> None:
    words = TASK.replace("id: a1\n  ", "").encode()
    (one,), (other,) = read("a.yaml", words).items, read("b.yaml", words.replace(b"5-7", b"5-8")).items
    assert (
        one.id == other.id != read("a.yaml", words.replace("Сколько".encode(), "Почём".encode())).items[0].id
    )


def test_what_a_task_does_not_say_may_be_said_for_all() -> None:
    words = TASK.replace("subject: математика", "digits: {right: '013'}").replace("  number: {right: 5}\n", "").replace("  grades: 5-7\n", "")  # fmt: skip
    assert read("a.yaml", words.encode()).problems
    (found,) = read("a.yaml", words.encode(), {"subject": "физика", "grades": "7"}).items
    assert (found.subject, found.grades, found.asks) == ("физика", (7,), Digits("013"))
    (own,) = read("a.yaml", TASK.encode(), {"subject": "физика"}).items
    assert own.subject == "математика"


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_breaks_it(content: bytes) -> None:
    told("a.yaml", content)
