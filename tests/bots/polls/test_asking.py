"""What people type on a phone, and what is understood of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_core.errors import UserError
from zvonok_polls.asking import read_asked, wanted
from zvonok_polls.items import read_quiz, read_test
from zvonok_polls.numbers import check_numbers, number_of_emoji, read_choices, read_numbers
from zvonok_polls.poll import Item, Wanted, choices

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday; noon in Moscow."""


def asked(words: str) -> tuple[str, tuple[str, ...]]:
    read = read_asked(words, NOW, MOSCOW)
    return read.question, read.answers


def poll(words: str) -> Wanted:
    return wanted(read_asked(words, NOW, MOSCOW))


THREE = ("Музей", "Театр", "Парк")


@pytest.mark.parametrize(
    "words",
    [
        "«Куда едем?» Музей; Театр; Парк",
        '"Куда едем?" Музей, Театр, Парк',
        "„Куда едем?“ Музей | Театр | Парк",
        "“Куда едем?” «Музей» «Театр» «Парк»",
        "'Куда едем?' Музей / Театр / Парк",
        "Куда едем? Музей; Театр; Парк",
        "Куда едем? Музей;Театр;Парк;",
        "Куда едем? Музей, Театр или Парк",
        "Куда едем: Музей, Театр, Парк?",
        "Куда едем; Музей; Театр; Парк?",
        "Куда едем?\nМузей\nТеатр\nПарк",
        "\nКуда едем?\n\nМузей\nТеатр\n\nПарк\n",
        "«Куда едем?»\n1. Музей\n2) Театр\n3 . Парк",
        "Куда едем?\n- Музей\n• Театр\n* Парк",
        "Куда едем?\nа) Музей\nб) Театр\nв) Парк",
        "Куда едем?\n1️⃣ Музей\n2️⃣ Театр\n3️⃣ Парк",
        "Куда едем? 1. Музей 2. Театр 3. Парк",
        "Куда едем? 1) Музей, 2) Театр, 3) Парк",
        "Куда едем? Музей; музей; Театр; Парк; парк",
    ],
)
def test_one_question_in_many_ways(words: str) -> None:
    assert asked(words) == ("Куда едем?", THREE)


@pytest.mark.parametrize(
    ("words", "question", "answers"),
    [
        ("Вы идёте? Если да, куда? Музей; Театр", "Вы идёте? Если да, куда?", ("Музей", "Театр")),
        ("Что спросим? Почему?; Зачем?", "Что спросим?", ("Почему?", "Зачем?")),
        ("Что взять? Воду, 1,5 л; еду", "Что взять?", ("Воду, 1,5 л", "еду")),
        ("Во сколько? 18:00, 18:30", "Во сколько?", ("18:00", "18:30")),
        ("Сколько?\n1\n2\n3", "Сколько?", ("1", "2", "3")),
        ("Какой год? 1. 1812 2. 1941", "Какой год?", ("1812", "1941")),
        ("Читали «Муму»? да; нет", "Читали «Муму»?", ("да", "нет")),
        ("Читали «Муму» и «Асю»?\nда\nнет", "Читали «Муму» и «Асю»?", ("да", "нет")),
        ("Куда? Музей (бесплатно); Театр (500 ₽)", "Куда?", ("Музей (бесплатно)", "Театр (500 ₽)")),
        ("Идём? да или нет", "Идём?", ("да", "нет")),
        ("До какого дня сдаём? до пятницы; до субботы", "До какого дня сдаём?", ("до пятницы", "до субботы")),
        ("Куда едем? Музей Театр", "Куда едем?", ("Музей Театр",)),
        ("Куда едем?", "Куда едем?", ()),
        ("«Куда едем?»", "Куда едем?", ()),
        ("Куда?;;;", "Куда?", ()),
    ],
)
def test_what_is_the_question_and_what_are_the_answers(
    words: str, question: str, answers: tuple[str, ...]
) -> None:
    assert asked(words) == (question, answers)


@pytest.mark.parametrize(
    "words",
    [
        "Куда едем? Музей; Театр; Парк (можно несколько, итоги в конце, до пятницы 18:00)",
        "Куда едем? [несколько] Музей; Театр; Парк; скрыто; до пятницы 18:00",
        "можно несколько, итоги в конце, до пятницы 18:00: «Куда едем?» Музей; Театр; Парк",
        "Куда едем?\nМузей\nТеатр\nПарк\nможно несколько, результаты в конце\nдо пятницы, 18:00",
        "Несколько вариантов и итоги потом\nКуда едем?\nМузей\nТеатр\nПарк\nдо 27.11 18:00",
    ],
)
def test_terms_stand_anywhere(words: str) -> None:
    read = poll(words)
    assert [choice.words for choice in read.items[0].choices] == list(THREE)
    assert (read.title, read.items[0].most, read.disclosed) == ("Куда едем?", 3, False)
    assert read.closes == datetime(2026, 11, 27, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("terms", "most"),
    [("до двух вариантов", 2), ("не больше 2", 2), ("up to 2 answers", 2), ("до 9", 3), ("скрыто", 1)],
)
def test_how_many_may_be_chosen(terms: str, most: int) -> None:
    assert poll(f"Куда? ({terms}) А; Б; В").items[0].most == most


@given(st.text(alphabet="аб 12?;,\n«»\"'():.|/-+*", max_size=60))
def test_whatever_is_typed_is_read(words: str) -> None:
    read = read_asked(words, NOW, MOSCOW)
    assert len({answer.casefold() for answer in read.answers}) == len(read.answers) <= 21
    assert all(answer and answer == answer.strip() for answer in read.answers)
    read_quiz(words, NOW, MOSCOW)
    read_test(words, NOW, MOSCOW)
    read_numbers(words)


plain_words = (
    st.text(alphabet="абвгдеё xyz", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda words: words and "или" not in words)
)


@given(
    st.lists(plain_words, min_size=2, max_size=20, unique_by=str.casefold),
    st.sampled_from(["; ", "\n", " | "]),
)
def test_what_is_separated_is_separated(answers: list[str], separator: str) -> None:
    question, read = asked("«Что?» " + separator.join(answers))
    assert (question, list(read)) == ("Что?", answers)


# ---------------------------------------------------------------- right answers


@pytest.mark.parametrize(
    "words",
    [
        "Столица Австралии? Сидней; *Канберра; Мельбурн",
        "Столица Австралии?\n- Сидней\n+ Канберра\n- Мельбурн",
        "Столица Австралии?\nСидней\n* Канберра\nМельбурн",
        "Столица Австралии?\n1. Сидней\n2. Канберра ✅\n3. Мельбурн",
        "Столица Австралии?\n- Сидней\n- * Канберра\n- Мельбурн",
        "«Столица Австралии?» Сидней; Канберра (верно); Мельбурн",
    ],
)
def test_the_right_answer_is_marked_in_many_ways(words: str) -> None:
    read = read_quiz(words, NOW, MOSCOW)
    assert [(choice.words, choice.right) for choice in read.items[0].choices] == [
        ("Сидней", False),
        ("Канберра", True),
        ("Мельбурн", False),
    ]
    assert not read.missing and not read.disclosed


def test_several_right_answers_points_and_an_explanation() -> None:
    read = read_quiz("Что чётно? (3 балла)\n+ 2\n- 3\n+ 4\nОбъяснение: Делится на два.", NOW, MOSCOW)
    (item,) = read.items
    assert (item.question, item.most, item.points, item.explanation) == (
        "Что чётно?",
        2,
        3,
        "Делится на два.",
    )
    assert item.right == {"a1", "a3"}
    assert read_quiz("Столица? Сидней; Канберра", NOW, MOSCOW).missing == {1}


def test_a_test_as_a_teacher_writes_it() -> None:
    words = """Реки, 7 класс
до пятницы 18:00, перемешать

1. Какая длиннее?
- Волга
+ Лена
Объяснение: Лена длиннее.

2. Что впадает в Волгу? (2 балла)
+ Ока
+ Кама
- Дон

3. Без ответа?
а) да
б) нет"""
    read = read_test(words, NOW, MOSCOW)
    assert (read.title, read.shuffled, read.missing) == ("Реки, 7 класс", True, {3})
    assert read.closes == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert [(item.question, item.most, item.points) for item in read.items] == [
        ("Какая длиннее?", 1, 1),
        ("Что впадает в Волгу?", 2, 2),
        ("Без ответа?", 1, 1),
    ]
    assert read.items[0].explanation == "Лена длиннее."


# ---------------------------------------------------------------- votes as numbers


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("2", (2,)),
        (" 2. ", (2,)),
        ("№ 2", (2,)),
        ("за 2!", (2,)),
        ("вариант 2", (2,)),
        ("1 3", (1, 3)),
        ("1, 3 и 4", (1, 3, 4)),
        ("1+3", (1, 3)),
        ("2️⃣", (2,)),
        ("1️⃣3️⃣", (1, 3)),
        ("🔟", (10,)),
        ("2 2", (2,)),
        ("20", (20,)),
        ("", ()),
        ("хорошо", ()),
        ("у меня 2 вопроса", ()),
        ("2026", ()),
        ("-2", ()),
        ("в 18:00", ()),
    ],
)
def test_numbers(words: str, numbers: tuple[int, ...]) -> None:
    assert read_numbers(words) == numbers


def test_emoji() -> None:
    assert [number_of_emoji(one) for one in ("1️⃣", "1\u20e3", "9️⃣", "🔟", "👍", "", "12")] == [
        1,
        1,
        9,
        10,
        0,
        0,
        0,
    ]


def test_an_answer_by_its_words_or_its_number() -> None:
    item = Item("Сколько?", choices(["3", "два", "1"]), 2)
    assert [choice.words for choice in read_choices(item, "Два!")] == ["два"]
    assert [choice.words for choice in read_choices(item, "3")] == ["1"], "a number is a place"
    assert [choice.words for choice in read_choices(item, "1 и 2")] == ["3", "два"]
    assert read_choices(item, "не знаю") == ()
    for words in ("4", "0", "1 2 3"):
        with pytest.raises(UserError):
            read_choices(item, words)
    check_numbers(item, (1, 1, 2))
