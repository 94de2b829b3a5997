"""What people write after `!тренажёр`, and what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.collection.missing import Question, answered, name_of, settle, wording
from zvonok_exam_prep.collection.wishes import Wish, Wished, fits, fitting, near, read_wish, same
from zvonok_exam_prep.items import Exam, ItemId


def label(id: str, subject: str, grades: tuple[int, ...], topic: str = "", **more: object) -> Label:
    return Label(ItemId(id), subject, grades, topic=topic, **more)  # type: ignore[arg-type]


LABELS = [
    label("m1", "математика", (7,), "Линейные уравнения"),
    label("m2", "математика", (5, 6), "Обыкновенные дроби", exam=Exam.VPR, task="3"),
    label("m3", "математика", (5,), "Десятичные дроби"),
    label("m4", "математика", (9,), "Квадратные корни", exam=Exam.OGE, task="12", tags=("ОГЭМ",)),
    label("r1", "русский язык", (7,), "Причастный оборот"),
    label("a1", "английский язык", (9,), "Времена глагола", exam=Exam.OGE, task="20.1", tags=("ОГЭАЯ",)),
]
MATHS, RUSSIAN, ENGLISH = "математика", "русский язык", "английский язык"
FRACTIONS = ("Десятичные дроби", "Обыкновенные дроби")


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("", Wish()),
        ("математика 7", Wish(MATHS, 7)),
        ("7 математика", Wish(MATHS, 7)),
        ("По математике для 7 класса, пожалуйста!", Wish(MATHS, 7)),
        ("матем 7а", Wish(MATHS, 7)),
        ("матиматика, 7-й класс", Wish(MATHS, 7)),
        ("класс 7", Wish(grade=7)),
        ("11 класс", Wish(grade=11)),
        ("maths grade 7", Wish(MATHS, 7)),
        ("инглиш", Wish(ENGLISH)),
        ("английскому языку", Wish(ENGLISH)),
        ("рус яз 7", Wish(RUSSIAN, 7)),
        ("огэ по английскому", Wish(ENGLISH, exam=Exam.OGE)),
        ("ОГЭ английский задание 20.1", Wish(ENGLISH, exam=Exam.OGE, task="20.1")),
        ("задание №12 ОГЭ матеша", Wish(MATHS, exam=Exam.OGE, task="12")),
        ("математика огэ 12", Wish(MATHS, exam=Exam.OGE, task="12")),
        ("математика огэ 9 класс 12", Wish(MATHS, 9, Exam.OGE, "12")),
        ("ВПР математика 5", Wish(MATHS, 5, Exam.VPR)),
        ("впр 3 задание", Wish(exam=Exam.VPR, task="3")),
        ("12 задание", Wish(task="12")),
        ("математика 15", Wish(MATHS, task="15")),
        ("дроби", Wish(topics=FRACTIONS)),
        ("тема: обыкновенные дроби, математика", Wish(MATHS, topics=("Обыкновенные дроби",))),
        (
            "дробями и уравнениями",
            Wish(topics=("Десятичные дроби", "Линейные уравнения", "Обыкновенные дроби")),
        ),
        ("#огэая", Wish(tag="ОГЭАЯ")),
        ("английский #ОГЭАЯ", Wish(ENGLISH, tag="ОГЭАЯ")),
        ("ПРИЧАСТНЫЙ ОБОРОТ", Wish(topics=("Причастный оборот",))),
    ],
)
def test_words_in_any_order_are_a_wish(words: str, wish: Wish) -> None:
    assert read_wish(words, LABELS) == Wished(wish)


@pytest.mark.parametrize(
    ("words", "unknown"),
    [
        ("физика 7", ("физика",)),
        ("математика интегралы", ("интегралы",)),
        ("#огэфиз математика", ("#огэфиз",)),
        ("русский дроби", ("дроби",)),
        ("Петров", ("петров",)),
    ],
)
def test_what_there_is_not_is_left_over(words: str, unknown: tuple[str, ...]) -> None:
    assert read_wish(words, LABELS).unknown == unknown


@pytest.mark.parametrize(
    ("said", "word", "alike"),
    [
        ("дроби", "дробь", True),
        ("дробями", "дроби", True),
        ("англ", "английский", True),
        ("ма", "математика", False),
        ("числа", "числительные", False),
        ("воде", "вода", True),
        ("водный", "вода", False),
        ("код", "кот", False),
        ("мать", "математика", False),
        ("степень", "степени", True),
    ],
)
def test_forms_of_a_word_are_the_same(said: str, word: str, alike: bool) -> None:
    assert same(said, word) is alike


def test_a_slip_is_near_and_another_word_is_not() -> None:
    assert near("матиматика", "математика")
    assert not near("физика", "математика")
    assert not near("лес", "лев")


@given(st.text(max_size=60))
def test_any_words_are_read(words: str) -> None:
    found = read_wish(words, LABELS)
    outcome = settle(found, LABELS)
    if isinstance(outcome, Question):
        assert outcome.choices
        assert wording(outcome, str)
    else:
        assert fitting(outcome, LABELS)
        assert outcome.subject


def test_a_task_fits_a_wish_whose_every_part_it_has() -> None:
    fraction = LABELS[1]
    assert all(
        fits(wish, fraction)
        for wish in (Wish(), Wish(MATHS), Wish(MATHS, 6, Exam.VPR, "3", FRACTIONS), Wish(grade=5))
    )
    assert not any(
        fits(wish, fraction)
        for wish in (
            Wish(RUSSIAN),
            Wish(grade=7),
            Wish(exam=Exam.OGE),
            Wish(task="12"),
            Wish(topics=("Квадратные корни",)),
            Wish(tag="ОГЭМ"),
        )
    )
    assert fits(Wish(tag="огэм"), LABELS[3])


# ---------------------------------------------------------------- what is missing


def asked(words: str, grade: int | None = None) -> Question | Wish:
    return settle(read_wish(words, LABELS), LABELS, grade)


@pytest.mark.parametrize(
    ("words", "field", "choices", "known"),
    [
        ("", "subject", (ENGLISH, MATHS, RUSSIAN), Wish()),
        ("7", "subject", (MATHS, RUSSIAN), Wish(grade=7)),
        ("математика", "grade", ("5", "6", "7", "9", "ВПР", "ОГЭ"), Wish(MATHS)),
        ("математика 11", "grade", ("5", "6", "7", "9", "ВПР", "ОГЭ"), Wish(MATHS)),
        ("математика огэ 1", "task", ("12",), Wish(MATHS, exam=Exam.OGE)),
        ("русский егэ", "grade", ("7",), Wish(RUSSIAN)),
        ("математика интегралы", "topics",
         ("Десятичные дроби", "Квадратные корни", "Линейные уравнения", "Обыкновенные дроби"), Wish(MATHS)),
        ("русский интегралы", "subject", (ENGLISH, MATHS, RUSSIAN), Wish()),
        ("физика", "subject", (ENGLISH, MATHS, RUSSIAN), Wish()),
    ],
)  # fmt: skip
def test_what_is_missing_or_not_there_is_asked_with_what_there_is(
    words: str, field: str, choices: tuple[str, ...], known: Wish
) -> None:
    question = asked(words)
    assert isinstance(question, Question)
    assert (question.field, question.choices, question.wish) == (field, choices, known)


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("английский", Wish(ENGLISH)),  # of one grade only
        ("огэ матем", Wish(MATHS, exam=Exam.OGE)),
        ("дроби", Wish(MATHS, topics=FRACTIONS)),
        ("огэм", None),
        ("#огэм", Wish(MATHS, tag="ОГЭМ")),
    ],
)
def test_what_is_enough_is_not_asked_about(words: str, wish: Wish | None) -> None:
    assert (asked(words) == wish) is (wish is not None)


def test_the_own_grade_stands_in_where_there_are_tasks_for_it() -> None:
    assert asked("математика", 7) == Wish(MATHS, 7)
    assert isinstance(asked("математика", 8), Question)
    assert asked("математика 5", 7) == Wish(MATHS, 5)
    assert asked("математика огэ", 7) == Wish(MATHS, exam=Exam.OGE)


@pytest.mark.parametrize(
    ("words", "answer", "wish"),
    [
        ("", "2", Wish(MATHS)),
        ("", "2.", Wish(MATHS)),
        ("", "русский", Wish(RUSSIAN)),
        ("", "русский 7", Wish(RUSSIAN, 7)),
        ("", "7", Wish(grade=7)),  # there are three subjects, so it is no number of theirs
        ("математика", "5", Wish(MATHS, 5)),
        ("математика", "7 класс", Wish(MATHS, 7)),
        ("математика", "ОГЭ", Wish(MATHS, exam=Exam.OGE)),
        ("математика", "дроби", Wish(MATHS, topics=FRACTIONS)),
        ("математика", "английский", Wish(ENGLISH)),
        ("математика огэ 1", "12", Wish(MATHS, exam=Exam.OGE, task="12")),
        ("математика интегралы", "3", Wish(MATHS, topics=("Линейные уравнения",))),
        ("математика интегралы", "корни", Wish(MATHS, topics=("Квадратные корни",))),
    ],
)
def test_an_answer_completes_the_wish(words: str, answer: str, wish: Wish) -> None:
    question = asked(words)
    assert isinstance(question, Question)
    assert answered(question, answer, LABELS) == Wished(wish)


def test_an_answer_that_says_nothing_is_told() -> None:
    question = asked("математика")
    assert isinstance(question, Question)
    assert answered(question, "когда обед", LABELS).unknown == ("когда", "обед")


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        (Wish(MATHS, 7), "Математика, grade 7"),
        (Wish(ENGLISH, exam=Exam.OGE, task="5", tag="ОГЭАЯ"), "Английский язык, ОГЭ, task 5, #ОГЭАЯ"),
        (Wish(MATHS, topics=tuple("абвгд")), "Математика, “а”, “б”, “в”, …"),
        (Wish(), ""),
    ],
)
def test_a_wish_has_a_name(wish: Wish, name: str) -> None:
    assert str(name_of(wish)) == name
