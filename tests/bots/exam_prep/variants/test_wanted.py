"""What teachers write after `!вариант`, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_botkit.fakes import NOON
from zvonok_exam_prep.collection.labels import Label
from zvonok_exam_prep.collection.wishes import Wish
from zvonok_exam_prep.items import Exam, ItemId
from zvonok_exam_prep.variants.lacking import COUNT, UNTIL, Lack, Terms, answered, decode, encode, settle
from zvonok_exam_prep.variants.variant import Mode
from zvonok_exam_prep.variants.wanted import Wanted, fitting_all, read_count, read_until, read_wanted

MOSCOW = ZoneInfo("Europe/Moscow")
ENGLISH, MATHS = "английский язык", "математика"


def label(number: int, subject: str = ENGLISH, **about: object) -> Label:
    return Label(ItemId(f"i{number}"), subject, (9,), **about)  # type: ignore[arg-type]


LABELS = [
    *(label(n, exam=Exam.OGE, task=str(n), topic="Грамматика", tags=("ОГЭАЯ",)) for n in range(1, 8)),
    label(8, exam=Exam.OGE, task="8", topic="Письмо", tags=("ОГЭАЯ", "письмо")),
    *(label(n, MATHS, topic="Дроби") for n in range(20, 32)),
]
OGE = Wish(ENGLISH, exam=Exam.OGE)


def read(words: str, now: datetime = NOON, zone: ZoneInfo = MOSCOW) -> Wanted:
    return read_wanted(words, LABELS, now, zone)


def local(moment: datetime | None, zone: ZoneInfo = MOSCOW) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y %H:%M}" if moment else ""


@pytest.mark.parametrize(
    ("words", "wish", "count", "until", "minutes", "mode"),
    [
        ("ОГЭ английский 10 заданий до пятницы", OGE, 10, "27.11.2026 20:00", None, Mode.SAME),
        ("до пятницы 10 заданий английский ОГЭ", OGE, 10, "27.11.2026 20:00", None, Mode.SAME),
        ("10 заданий по английскому, ОГЭ, к пятнице 18:00", OGE, 10, "27.11.2026 18:00", None, Mode.SAME),
        ("огэ английский 5 вопросов до завтра 10:40 на 40 минут", OGE, 5, "25.11.2026 10:40", 40, Mode.SAME),
        ("40 мин, 5 задач, огэ английский, до 28.11", OGE, 5, "28.11.2026 20:00", 40, Mode.SAME),
        ("английский огэ 3 задания до 18 часов за полчаса", OGE, 3, "24.11.2026 18:00", 30, Mode.SAME),
        ("английский огэ 21 задание через 2 дня 1 час 20 минут", OGE, 21, "26.11.2026 12:00", 80, Mode.SAME),
        ("огэ английский 4 задания до 3 часов дня 1,5 часа", OGE, 4, "24.11.2026 15:00", 90, Mode.SAME),
        ("огэ английский вперемешку до 5 декабря 12 заданий", OGE, 12, "05.12.2026 20:00", None, Mode.SHUFFLED),
        ("разные огэ английский 6 заданий до вечера", OGE, 6, "24.11.2026 20:00", None, Mode.DIFFERENT),
        ("одинаковый математика 9 класс 2 задачи на завтра", Wish(MATHS, 9), 2, "25.11.2026 20:00", None, Mode.SAME),
        ("oge english 5 tasks until Friday 18:00 40 minutes different", OGE, 5, "27.11.2026 18:00", 40, Mode.DIFFERENT),
        ("математика дроби до пятницы 9 класс", Wish(MATHS, 9, topics=("Дроби",)), None, "27.11.2026 20:00", None, Mode.SAME),
        ("огэ английский 5 задание", Wish(ENGLISH, exam=Exam.OGE, task="5"), None, "", None, Mode.SAME),
        ("огэ английский", OGE, None, "", None, Mode.SAME),
    ],
)  # fmt: skip
def test_words_come_in_any_order(
    words: str, wish: Wish, count: int | None, until: str, minutes: int | None, mode: Mode
) -> None:
    found = read(words)
    assert (found.wish, found.count, local(found.closes), found.minutes, found.mode, found.unknown) == (
        wish, count, until, minutes, mode, (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "tasks"),
    [
        ("огэ английский задания 1–3, 7", ("1", "2", "3", "7")),
        ("огэ английский задания 1, 3 и 5 до пятницы", ("1", "3", "5")),
        ("задания 2-4", ("2", "3", "4")),
        ("tasks 1 and 2 oge english", ("1", "2")),
        ("10 заданий огэ", ()),
    ],
)
def test_several_numbers_of_tasks(words: str, tasks: tuple[str, ...]) -> None:
    found = read(words)
    assert found.tasks == tasks
    if tasks:
        assert {one.task for one in fitting_all(found, LABELS)} == set(tasks)


def test_all_hashtags_must_be_there() -> None:
    found = read("#огэая #Письмо 1 задание до завтра")
    assert (found.tags, found.count, found.unknown) == (("ОГЭАЯ", "письмо"), 1, ())
    assert [one.id for one in fitting_all(found, LABELS)] == ["i8"]
    assert read("#нет #огэая").unknown == ("#нет",)


@pytest.mark.parametrize(
    ("words", "count"),
    [("10", 10), ("7.", 7), ("5 заданий", 5), ("побольше", None), ("0", 0), ("1000", None)],
)
def test_how_many(words: str, count: int | None) -> None:
    assert read_count(words) == count


# ---------------------------------------------------------------- time

KALININGRAD, KAMCHATKA = ZoneInfo("Europe/Kaliningrad"), ZoneInfo("Asia/Kamchatka")


@pytest.mark.parametrize(
    ("zone", "now", "words", "moment"),
    [
        # At 21:30 in UTC it is still Tuesday in Kaliningrad and Wednesday in Kamchatka.
        (KALININGRAD, "2026-11-24T21:30", "завтра", "2026-11-25T18:00"),
        (KAMCHATKA, "2026-11-24T21:30", "завтра", "2026-11-26T08:00"),
        (KALININGRAD, "2026-11-24T21:30", "10:40", "2026-11-25T08:40"),
        (KAMCHATKA, "2026-11-24T21:30", "10:40", "2026-11-24T22:40"),
        (MOSCOW, "2026-11-24T20:59", "23:59", "2026-11-25T20:59"),
        (MOSCOW, "2026-11-24T20:58", "23:59", "2026-11-24T20:59"),
        (MOSCOW, "2026-12-30T09:00", "до 15 января", "2027-01-15T17:00"),
        (MOSCOW, "2026-12-31T20:00", "завтра", "2027-01-01T17:00"),
        (MOSCOW, "2026-12-31T21:30", "завтра", "2027-01-02T17:00"),
        (KAMCHATKA, "2026-12-31T13:00", "до 02.01", "2027-01-02T08:00"),
        (MOSCOW, "2026-12-31T09:00", "через неделю", "2027-01-07T09:00"),
    ],
)
def test_a_deadline_is_by_the_school_s_clock(zone: ZoneInfo, now: str, words: str, moment: str) -> None:
    found = read_until(words, datetime.fromisoformat(now).replace(tzinfo=UTC), zone)
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


# ---------------------------------------------------------------- what is lacking


def asked(wanted: Wanted, **terms: object) -> Lack | Wanted:
    return settle(wanted, LABELS, Terms(NOON, MOSCOW, **terms))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "field", "question"),
    [
        ("10 заданий до пятницы", "subject", "Which subject?\n1. Английский язык\n2. Математика"),
        ("огэ английский до пятницы", COUNT, "How many tasks? There are 8."),
        ("огэ английский 9 заданий", COUNT, "There are only 8 such tasks. How many shall I take?"),
        ("огэ английский 0 заданий", COUNT, "A variant has 1 to 8 tasks. How many shall it have?"),
        ("огэ английский 5 заданий", UNTIL, "Until when shall it be handed in? Such as: until Friday 18:00"),
        ("огэ английский 5 заданий до 24.11.2025", UNTIL, "That time has passed already. Until when shall it be handed in?"),
        ("огэ английский 5 заданий 500 минут до пятницы", UNTIL, "A variant takes 300 minutes at most. Until when, and how many minutes?"),
        ("огэ задания 30 и 40", "tasks", "There are no tasks with all of these numbers and hashtags: 30, 40. Which shall it be?"),
        ("впр английский", "grade", "There are no such tasks yet: Английский язык, ВПР. Which grade or exam? There are: 9, ОГЭ."),
        ("огэ латынь", "subject", "I don't know “латынь”. Which subject?\n1. Английский язык"),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked_with_what_there_is(words: str, field: str, question: str) -> None:
    lack = asked(read(words))
    assert isinstance(lack, Lack)
    assert (lack.field, lack.ask(str)) == (field, question)


def test_numbers_and_hashtags_are_narrow_enough() -> None:
    found = asked(read("#письмо 1 задание до пятницы"))
    assert isinstance(found, Wanted)
    assert found.wish == Wish(ENGLISH)


def test_an_answer_is_an_answer_to_its_question() -> None:
    terms = Terms(NOON, MOSCOW)
    wanted = read("огэ английский")
    wanted = answered(wanted, COUNT, "5", LABELS, terms)
    wanted = answered(wanted, UNTIL, "пятница 18:00, 40 минут", LABELS, terms)
    assert (wanted.count, local(wanted.closes), wanted.minutes) == (5, "27.11.2026 18:00", 40)
    assert settle(wanted, LABELS, terms) == wanted
    subject = answered(read("5 заданий до пятницы"), "subject", "2", LABELS, terms)
    assert (subject.wish, subject.count) == (Wish(MATHS), 5)
    again = answered(read("задания 30 и 40, 5 задач"), "tasks", "задания 1–3", LABELS, terms)
    assert (again.tasks, again.count) == (("1", "2", "3"), 5)


words = st.lists(
    st.sampled_from(
        [
            "огэ",
            "английский",
            "математика",
            "10",
            "заданий",
            "5",
            "задание",
            "до",
            "пятницы",
            "18:00",
            "40",
            "минут",
            "разные",
            "#огэая",
            "час",
            "через",
            "2",
            "дня",
            "задания",
            "1–3",
            ",",
            "7",
            "28.11",
            "класс",
            "9",
            "ё",
            "№",
            "до",
            "на",
            "к",
            ":",
        ]
    ),
    max_size=12,
).map(" ".join)


@settings(deadline=None)  # dates are looked for in several languages
@given(words | st.text(max_size=80))
def test_whatever_is_written_is_read_and_can_be_kept(said: str) -> None:
    found = read(said)
    settle(found, LABELS, Terms(NOON, MOSCOW))
    assert decode(encode(found, COUNT)) == (found, COUNT)
    for field in (COUNT, UNTIL, "tasks", "subject", "grade", "topics", "task"):
        answered(found, field, said, LABELS, Terms(NOON, MOSCOW, 9))
