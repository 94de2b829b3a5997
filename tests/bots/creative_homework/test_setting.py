"""Topics and terms, however a teacher types them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_creative_homework.setting import read_wanted, with_title
from zvonok_creative_homework.terms import Terms, cut_end, read_terms

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("до пятницы 18:00", Terms(closes=FRIDAY)),
        ("до пятницы", Terms(closes=FRIDAY_EVENING)),
        ("до пятницы 18:00, по двое", Terms(2, None, FRIDAY)),
        ("по двое до пятницы, 18:00", Terms(2, None, FRIDAY)),
        ("до пятницы, 18:00, по двое, 45 с", Terms(2, 45, FRIDAY)),
        ("по 2 человека на тему и не дольше 2 минут", Terms(2, 120)),
        ("until friday 18:00, two per topic, up to 90 seconds", Terms(2, 90, FRIDAY)),
        ("по одному", Terms(1)),
        ("по трое на тему", Terms(3)),
        ("до двух человек на тему", Terms(2)),
        ("не чаще двух раз", Terms(2)),
        ("каждую тему могут взять двое", Terms(2)),
        ("одну тему берут не более 3 учеников", Terms(3)),
        ("3 times", Terms(3)),
        ("до 90 секунд", Terms(seconds=90)),
        ("по 90 секунд", Terms(seconds=90)),
        ("30 сек.", Terms(seconds=30)),
        ("рассказы не длиннее минуты", Terms(seconds=60)),
        ("до минуты", Terms(seconds=60)),
        ("полминуты", Terms(seconds=30)),
        ("не дольше полутора минут", Terms(seconds=90)),
        ("1,5 минуты", Terms(seconds=90)),
        ("на 2 минуты", Terms(seconds=120)),
        ("без срока", Terms(open=True)),
        ("(без срока, по двое)", Terms(2, open=True)),
        ("no deadline", Terms(open=True)),
        ("", None),
        ("100", None),
        ("радуга", None),
        ("сказки до сна", None),
        ("как живут по двое", None),
        ("до пятницы радуга", None),
        ("по двое, радуга", None),
        ("по двое" + " " * 200 + "до пятницы", None),
    ],
)
def test_terms(words: str, terms: Terms | None) -> None:
    assert read_terms(words, NOW, MOSCOW) == terms


@pytest.mark.parametrize(
    ("words", "head", "terms"),
    [
        ("Чудеса природы до пятницы 18:00, по двое", "Чудеса природы", Terms(2, None, FRIDAY)),
        ("Чудеса природы – 90 секунд", "Чудеса природы", Terms(seconds=90)),
        ("Чудеса природы", "Чудеса природы", Terms()),
        ("Дорога до дома", "Дорога до дома", Terms()),
        ("до пятницы", "", Terms(closes=FRIDAY_EVENING)),
    ],
)
def test_terms_behind_a_title(words: str, head: str, terms: Terms) -> None:
    assert cut_end(words, NOW, MOSCOW) == (head, terms)


THREE = ("Радуга", "Молния", "Эхо")


@pytest.mark.parametrize(
    ("words", "title", "topics", "terms"),
    [
        ("Радуга; Молния; Эхо", "", THREE, Terms()),
        ("Радуга\nМолния\nЭхо", "", THREE, Terms()),
        ("1. Радуга\n2) Молния\n3️⃣ Эхо", "", THREE, Terms()),
        ("- Радуга\n• Молния\n— Эхо.\n", "", THREE, Terms()),
        ("Радуга\nМолния; Эхо", "", THREE, Terms()),
        ("Радуга\nрадуга\nМолния\nЭхо", "", THREE, Terms()),
        ("Радуга; Молния; Эхо (до пятницы 18:00, по двое)", "", THREE, Terms(2, None, FRIDAY)),
        ("Радуга; Молния; Эхо до пятницы 18:00, по двое", "", THREE, Terms(2, None, FRIDAY)),
        ("Радуга; Молния; Эхо; до пятницы 18:00", "", THREE, Terms(closes=FRIDAY)),
        ("до пятницы 18:00\nРадуга\nМолния\nЭхо\nпо двое", "", THREE, Terms(2, None, FRIDAY)),
        ("Чудеса: Радуга; Молния; Эхо", "Чудеса", THREE, Terms()),
        ("Чудеса по двое: Радуга; Молния; Эхо", "Чудеса", THREE, Terms(2)),
        ("Чудеса до пятницы 18:00:\nРадуга\nМолния\nЭхо", "Чудеса", THREE, Terms(closes=FRIDAY)),
        ("«Чудеса» до пятницы 18:00\nРадуга\nМолния\nЭхо", "Чудеса", THREE, Terms(closes=FRIDAY)),
        ('"Чудеса"\nРадуга\nМолния\nЭхо', "Чудеса", THREE, Terms()),
        ("«Чудеса» Радуга; Молния; Эхо", "Чудеса", THREE, Terms()),
        ("«Мцыри»\n«Демон»", "", ("«Мцыри»", "«Демон»"), Terms()),
        ("«Мцыри» и природа\n«Демон»", "", ("«Мцыри» и природа", "«Демон»"), Terms()),
        ("Радуга (физика)\nМолния", "", ("Радуга (физика)", "Молния"), Terms()),
        ("Радуга: физика и мифы\nМолния", "", ("Радуга: физика и мифы", "Молния"), Terms()),
        ("Пушкин, Лермонтов, Гоголь", "", ("Пушкин, Лермонтов, Гоголь",), Terms()),
        ("", "", (), Terms()),
        (";;;\n\n ;", "", (), Terms()),
    ],
)
def test_topics(words: str, title: str, topics: tuple[str, ...], terms: Terms) -> None:
    found = read_wanted(words, NOW, MOSCOW)
    assert (found.title, found.topics, found.terms) == (title, topics, terms)


@pytest.mark.parametrize(
    ("words", "title", "topics", "terms"),
    [
        ("Чудеса\nРадуга\nМолния\nЭхо", "Чудеса", THREE, Terms()),
        ("Чудеса до пятницы 18:00, по двое\nРадуга\nМолния\nЭхо", "Чудеса", THREE, Terms(2, None, FRIDAY)),
        ("Чудеса: до пятницы 18:00\nРадуга\nМолния\nЭхо", "Чудеса", THREE, Terms(closes=FRIDAY)),
        ("«Чудеса»\nРадуга\nМолния\nЭхо", "Чудеса", THREE, Terms()),
        ("Чудеса «леса»\nРадуга\nМолния\nЭхо", "Чудеса леса", THREE, Terms()),
        ("до пятницы 18:00\nРадуга\nМолния\nЭхо", "", THREE, Terms(closes=FRIDAY)),
        ("Радуга; Молния; Эхо", "", THREE, Terms()),
        ("", "", (), Terms()),
    ],
)
def test_what_stands_beside_the_command_is_the_title(
    words: str, title: str, topics: tuple[str, ...], terms: Terms
) -> None:
    found = read_wanted(with_title(words, NOW, MOSCOW), NOW, MOSCOW)
    assert (found.title, found.topics, found.terms) == (title, topics, terms)


@given(st.text(alphabet='абв Я;:,.«»"()\n123до по', max_size=60))
def test_nothing_that_is_typed_is_too_much(words: str) -> None:
    found = read_wanted(with_title(words, NOW, MOSCOW), NOW, MOSCOW)
    assert all(topic.strip() for topic in found.topics)
    assert len({topic.casefold() for topic in found.topics}) == len(found.topics)
