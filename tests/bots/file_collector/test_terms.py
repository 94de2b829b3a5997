"""What a teacher types after the command, on whatever keyboard and in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zvonok_file_collector.formats import Kind
from zvonok_file_collector.terms import (
    LONGEST_TITLE,
    Wanted,
    is_endless,
    read_notice,
    read_wanted,
    until,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
MB = 1 << 20


def local(day: int, month: int, hour: int = 20, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def read(words: str) -> Wanted:
    return read_wanted(words, NOW, ZONE)


WANTED: list[tuple[str, dict[str, Any]]] = [
    ("«Эссе» до 01.12 18:00", {"title": "Эссе", "deadline": local(1, 12, 18)}),
    ("Эссе до пятницы", {"title": "Эссе", "deadline": local(27, 11)}),
    ("Эссе к понедельнику", {"title": "Эссе", "deadline": local(30, 11)}),
    ("Эссе срок: 5 декабря", {"title": "Эссе", "deadline": local(5, 12)}),
    ("Эссе, сдать до завтра в 6 часов вечера", {"title": "Эссе", "deadline": local(25, 11, 18)}),
    ("до пятницы Эссе", {"title": "Эссе", "deadline": local(27, 11)}),
    ("Доклад до Петра Первого до пятницы", {"title": "Доклад до Петра Первого", "deadline": local(27, 11)}),
    ("Эссе до 10.01", {"title": "Эссе", "deadline": local(10, 1, year=2027)}),
    ("Эссе завтра до 18:00", {"title": "Эссе", "deadline": local(25, 11, 18)}),
    ("Эссе в пятницу до 18:00, только фото", {"title": "Эссе", "deadline": local(27, 11, 18)}),
    ("Эссе 5 декабря до 9.00", {"title": "Эссе", "deadline": local(5, 12, 9)}),
    ("Что я делаю завтра до пятницы", {"title": "Что я делаю завтра", "deadline": local(27, 11)}),
    ("Эссе без срока", {"title": "Эссе", "deadline": None, "endless": True}),
    ("Эссе", {"title": "Эссе", "deadline": None, "endless": False}),
    ("до пятницы", {"title": "", "deadline": local(27, 11)}),
    ("Эссе по «Капитанской дочке» до пятницы", {"title": "Эссе по «Капитанской дочке»"}),
    ("«Жизнь до 18:00» до пятницы", {"title": "Жизнь до 18:00", "deadline": local(27, 11)}),
    ("«закрытый урок, виды: pdf» до пятницы", {"title": "закрытый урок, виды: pdf", "kinds": ()}),
    (
        "«Эссе» до 01.12 18:00 от: родители виды: pdf, docx, фото до 20 МБ",
        {
            "title": "Эссе",
            "deadline": local(1, 12, 18),
            "whom": "родители",
            "kinds": (Kind.PDF, Kind.DOCX, Kind.PHOTO),
            "most_bytes": 20 * MB,
        },
    ),
    (
        "до 20 МБ виды: pdf, docx от: родители до 01.12 18:00 «Эссе»",
        {
            "title": "Эссе",
            "deadline": local(1, 12, 18),
            "whom": "родители",
            "kinds": (Kind.PDF, Kind.DOCX),
            "most_bytes": 20 * MB,
        },
    ),
    (
        "виды: пдф, ворд; до завтра 9:00; Доклад; закрытый, без опозданий",
        {
            "title": "Доклад",
            "kinds": (Kind.PDF, Kind.WORD),
            "deadline": local(25, 11, 9),
            "private": True,
            "late": False,
        },
    ),
    ("Эссе (до пятницы 18:00, только фото)", {"title": "Эссе", "kinds": (Kind.PHOTO,)}),
    ("Фото с экскурсии до пятницы, только видео", {"title": "Фото с экскурсии", "kinds": (Kind.VIDEO,)}),
    ("Только лучшее до пятницы", {"title": "Только лучшее", "kinds": ()}),
    ("Фото виды: хренька до 5 декабря", {"title": "Фото", "strange": "хренька", "deadline": local(5, 12)}),
    ("Эссе не больше 5,5 Мб до пятницы", {"title": "Эссе", "most_bytes": int(5.5 * MB)}),
    ("Эссе до пятницы, 500 кб", {"title": "Эссе", "most_bytes": 500 << 10}),
    ("закрытый «Эссе» до пятницы", {"title": "Эссе", "private": True}),
    ("Закрытый перелом до пятницы", {"title": "Закрытый перелом", "private": False}),
    ("Проект от группы 2 до 5 декабря", {"title": "Проект", "whom": "группы 2"}),
    ("Согласие от родителей до пятницы", {"title": "Согласие", "whom": "родителей"}),
    ("«Письмо» от Петрова и Сидоровой до 28.11", {"title": "Письмо", "whom": "Петрова и Сидоровой"}),
    ("Письмо от Татьяны до 28.11", {"title": "Письмо от Татьяны", "whom": ""}),
    ("Эссе от кого: Петров, Белова до пятницы", {"title": "Эссе", "whom": "Петров, Белова"}),
    (
        "Согласие на экскурсию\nдо пятницы 18:00\nот: родители\nСкачайте бланк, до 3 страниц, и до пятницы подпишите",
        {
            "title": "Согласие на экскурсию",
            "deadline": local(27, 11, 18),
            "whom": "родители",
            "task": "Скачайте бланк, до 3 страниц, и до пятницы подпишите",
        },
    ),
    ("\n\n  Эссе  \n\nдо пятницы\n", {"title": "Эссе", "task": "", "deadline": local(27, 11)}),
    (
        "Essay by Friday 18:00, only photos, closed, up to 20 MB",
        {
            "title": "Essay",
            "deadline": local(27, 11, 18),
            "kinds": (Kind.PHOTO,),
            "private": True,
            "most_bytes": 20 * MB,
        },
    ),
    (
        "Essay until tomorrow from: parents, no late files",
        {"title": "Essay", "whom": "parents", "late": False},
    ),
]


@pytest.mark.parametrize(("words", "expected"), WANTED, ids=[words[:40] for words, _ in WANTED])
def test_what_is_wanted_is_understood_in_any_order(words: str, expected: dict[str, Any]) -> None:
    found = read(words)
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_long_first_line_is_the_task_and_its_beginning_the_title() -> None:
    words = "Напишите эссе о родном городе " * 8
    found = read(words + " до пятницы")
    assert len(found.title) <= LONGEST_TITLE and found.title.endswith("…")
    assert found.task == words.strip() and found.deadline == local(27, 11)


TERMS = {
    "deadline": ("до 01.12 18:00", local(1, 12, 18)),
    "whom": ("от: родители", "родители"),
    "kinds": ("виды: pdf, фото", (Kind.PDF, Kind.PHOTO)),
    "most_bytes": ("до 20 МБ", 20 * MB),
    "late": ("без опозданий", False),
}


@settings(max_examples=200, deadline=None)
@given(st.permutations([*TERMS, "title"]), st.sampled_from([" ", ", ", "; "]))
def test_terms_may_stand_in_any_order_and_be_parted_anyhow(order: list[str], between: str) -> None:
    words = between.join("«Эссе до 5 мая»" if name == "title" else TERMS[name][0] for name in order)
    found = read(words)
    assert found.title == "Эссе до 5 мая", words
    for name, (_, value) in TERMS.items():
        assert getattr(found, name) == value, (name, words)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_anything_may_be_typed(words: str) -> None:
    found = read(words)
    assert len(found.title) <= LONGEST_TITLE and "\x1f" not in found.title + found.task
    read_notice(words, NOW, ZONE)


@settings(max_examples=100, deadline=None)
@given(
    st.text(
        st.characters(exclude_characters='\n«»"“”„', categories=("L", "N", "P", "Zs")),
        min_size=1,
        max_size=60,
    )
)
def test_what_stands_in_quotes_is_the_title_as_it_stands(title: str) -> None:
    assert read(f"«{title}» до пятницы").title == title.strip()


NOTICES = [
    ("Завтра уроки с 9:30", "Завтра уроки с 9:30", None, ""),
    ("Собрание продлится до 18:00", "Собрание продлится до 18:00", None, ""),
    ("Завтра уроки с 9:30 (до вечера)", "Завтра уроки с 9:30", local(24, 11), ""),
    ("Завтра без формы (кроме физкультуры)", "Завтра без формы (кроме физкультуры)", None, ""),
    ("Собрание до 18:00\nдо завтра 12:00, от: родители", "Собрание до 18:00", local(25, 11, 12), "родители"),
    ("Первое\nВторое\nдо завтра\nот: родители", "Первое\nВторое", local(25, 11), "родители"),
]


@pytest.mark.parametrize(("words", "task", "deadline", "whom"), NOTICES)
def test_a_notice_keeps_its_words_and_has_terms_at_its_end_only(
    words: str, task: str, deadline: datetime | None, whom: str
) -> None:
    found = read_notice(words, NOW, ZONE)
    assert (found.task, found.deadline, found.whom) == (task, deadline, whom)
    assert found.title == task.split("\n")[0]


def test_the_title_of_a_long_notice_is_its_beginning() -> None:
    found = read_notice("Завтра уроки начинаются на час позже, потому что в школе меняют окна", NOW, ZONE)
    assert found.title == "Завтра уроки начинаются на час позже, потому что в школе…"


def test_a_deadline_alone_needs_no_preposition() -> None:
    assert until("пятница 18:00", NOW, ZONE) == until("до пятницы 18:00", NOW, ZONE) == local(27, 11, 18)
    assert until("сегодня до 18:00", NOW, ZONE) == until("до 18:00", NOW, ZONE) == local(24, 11, 18)
    assert until("через 2 часа", NOW, ZONE) == local(24, 11, 14)
    assert until("когда-нибудь", NOW, ZONE) is None
    assert is_endless("без срока") and is_endless("Нет.") and not is_endless("нет, до пятницы")
