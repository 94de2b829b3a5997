"""The badges, their drawings, and what a school may add to them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_awards.card import Card, draw, format_of
from zvonok_awards.catalogue import AwardsSettings, catalogue, own_words, shipped
from zvonok_awards.terms import beginning, period
from zvonok_botkit.pictures import drawable
from zvonok_core.errors import ConfigError
from zvonok_core.people import plain
from zvonok_core.settings import build

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
WORDS = Card(
    "Хочу всё знать",
    "Задаёт вопросы и ищет ответы.",
    "Петров Иван Сергеевич",
    "за вопросы",
    "Смирнова Анна",
    "24 ноября 2026",
)


def png_size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


# ---------------------------------------------------------------- what is shipped


def test_there_are_twelve_and_more_with_names_of_their_own() -> None:
    assert len(shipped()) >= 12
    for language in ("ru", "en"):
        names = [plain(own_words().say(badge.name, language)) for badge in shipped().values()]
        assert len(set(names)) == len(names)
    assert own_words().say(shipped()["curious"].name, "ru") == "Хочу всё знать"


def test_the_drawings_have_one_palette_and_one_line() -> None:
    colours = set[str]()
    for badge in shipped().values():
        source = badge.picture.decode()
        assert ET.fromstring(source).get("viewBox") == "0 0 64 64"
        assert re.findall(r'stroke-width="(.*?)"', source) == ["2.5"], badge.key
        colours |= set(re.findall(r"#[0-9a-f]{6}", source))
        assert len(badge.picture) < 2500
    assert len(colours) <= 8


@pytest.mark.parametrize("key", sorted(shipped()))
def test_every_badge_makes_a_card(key: str) -> None:
    width, height = png_size(draw(WORDS, shipped()[key].picture, "ru"))
    assert width == 640
    assert 500 < height < 900


def test_long_words_make_a_longer_card_and_no_wider_one() -> None:
    long = Card("Ы" * 40, "Ы" * 200, "Преображенская-" * 5, "за " + "ночь " * 40, "Екатерина " * 6, WORDS.day)
    width, height = png_size(draw(long, shipped()["curious"].picture, "ru"))
    assert width == 640
    assert height < 1700
    patient = replace(WORDS, student="Константинопольская Владислава Александровна")
    height = png_size(draw(patient, shipped()["curious"].picture, "ru"))[1]
    assert height < png_size(draw(WORDS, shipped()["curious"].picture, "ru"))[1] + 30
    unbroken = Card("Ы" * 40, "Ы" * 200, "Ы" * 80, "Ы" * 200, "Ы" * 80, WORDS.day)
    assert png_size(draw(unbroken, shipped()["curious"].picture, "ru"))[0] == 640


@given(st.text(max_size=40))
def test_words_are_never_markup(words: str) -> None:
    png_size(draw(Card(words, words, words, words, words, words), shipped()["music"].picture, "ru"))


def test_what_would_be_computed_in_markup_is_seen_as_it_is_written() -> None:
    written, computed = (
        draw(Card(words, "", "", "", "", ""), shipped()["music"].picture, "ru") for words in ("#(1+1)", "2")
    )
    assert written != computed


def test_emoji_are_left_out_of_the_picture() -> None:
    assert drawable("за ёлку 🎄👩‍🔬 и №1 ❤️!") == "за ёлку и №1 !"


# ---------------------------------------------------------------- a school's own


def settings_of(folder: Path, **badge: object) -> AwardsSettings:
    (folder / "own.svg").write_text(SVG)
    given = {"name": "Юный поэт", "picture": str(folder / "own.svg"), **badge}
    return build(AwardsSettings, {"badges": {"young-poet": given}})


def test_a_schools_own_badge_comes_first(tmp_path: Path) -> None:
    badges = catalogue(settings_of(tmp_path, description="За стихи"))
    assert next(iter(badges)) == "young-poet"
    assert len(badges) == len(shipped()) + 1
    own = badges["young-poet"]
    assert (own.name, own.picture) == ("Юный поэт", SVG.encode())
    assert own.names(own_words()) == ("Юный поэт", "young-poet")


def test_a_png_is_a_picture_too(tmp_path: Path) -> None:
    (tmp_path / "own.png").write_bytes(draw(WORDS, SVG.encode(), "ru"))
    badge = catalogue(settings_of(tmp_path, picture=str(tmp_path / "own.png")))["young-poet"]
    assert format_of(badge.picture) == "png"
    png_size(draw(WORDS, badge.picture, "ru"))


def test_a_key_that_is_shipped_is_replaced_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "own.svg").write_text(SVG)
    own = {"name": "Книгочей", "picture": str(tmp_path / "own.svg")}
    badges = catalogue(build(AwardsSettings, {"badges": {"bookworm": own}}))
    assert len(badges) == len(shipped())
    assert badges["bookworm"].picture == SVG.encode()


def test_a_picture_that_is_gone_since_the_start_is_no_bug(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    (tmp_path / "own.svg").unlink()
    assert catalogue(settings)["young-poet"].picture.startswith(b"<svg")


def faults(raw: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        build(AwardsSettings, raw)  # type: ignore[arg-type]
    return [f"{fault.path}: {own_words().say(fault.text, 'ru')}" for fault in caught.value.faults]


def test_faults_are_sentences_and_all_at_once(tmp_path: Path) -> None:
    svg, broken, large = (tmp_path / name for name in ("own.svg", "broken.svg", "large.svg"))
    svg.write_text(SVG)
    broken.write_text("<svg <")
    large.write_text(SVG + " " * 500_000)
    (tmp_path / "note.txt").write_text("no picture")
    badges = {
        "a": {"name": "  ", "picture": str(svg)},
        "b": {"name": "Ы" * 41, "picture": str(tmp_path / "gone.svg")},
        "c": {"name": "Вэ", "picture": str(broken), "description": "ы" * 201},
        "d": {"name": "Гэ", "picture": str(large)},
        "e": {"name": "Дэ", "picture": str(tmp_path / "note.txt")},
        "f": {"name": "Дэ", "picture": str(tmp_path)},
    }
    assert faults({"badges": badges}) == [
        "badges.a.name: не должно быть пустым",
        "badges.b.name: можно не больше 40 знаков, а здесь 41",
        f"badges.b.picture: {tmp_path}/gone.svg не читается: No such file or directory",
        "badges.c.description: можно не больше 200 знаков, а здесь 201",
        f"badges.c.picture: {broken} – не SVG и не PNG, нарисовать его не получится",
        f"badges.d.picture: {large} занимает 500 КБ, а для значка хватит 500",
        f"badges.e.picture: {tmp_path}/note.txt – не SVG и не PNG, нарисовать его не получится",
        f"badges.f.picture: {tmp_path} не читается: Is a directory",
    ]


def test_two_badges_can_not_have_one_name(tmp_path: Path) -> None:
    svg = tmp_path / "own.svg"
    svg.write_text(SVG)
    badges = {
        "Поэт": {"name": "Поэт", "picture": str(svg)},
        "know-all": {"name": "хочу все знать", "picture": str(svg)},
        "poet": {"name": "поэт", "picture": str(svg)},
    }
    assert faults({"badges": badges, "take_back_hours": -1}) == [
        "badges.Поэт: ключ пишут маленькими латинскими буквами, цифрами и дефисами, например young-poet",
        "badges.know-all.name: «хочу все знать» – так уже называется другая награда: curious",
        "badges.poet.name: «поэт» – так уже называется другая награда: Поэт",
        "take_back_hours: не может быть меньше 0",
    ]


# ---------------------------------------------------------------- periods


@pytest.mark.parametrize(
    ("day", "week", "year"),
    [
        ("2026-08-31", "2026-W36", "2025/26"),
        ("2026-09-01", "2026-W36", "2026/27"),
        ("2026-12-31", "2026-W53", "2026/27"),
        ("2027-01-01", "2026-W53", "2026/27"),
        ("2027-01-04", "2027-W01", "2026/27"),
        ("2099-10-01", "2099-W40", "2099/00"),
    ],
)
def test_periods_by_name(day: str, week: str, year: str) -> None:
    at = date.fromisoformat(day)
    assert period(at, "day") == day
    assert period(at, "month") == day[:7]
    assert (period(at, "week"), period(at, "year")) == (week, year)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_days_are_in_one_week_if_they_share_its_monday(day: date, later: int) -> None:
    other = date.fromordinal(day.toordinal() + later)
    same = day.toordinal() - day.weekday() == other.toordinal() - other.weekday()
    assert (period(day, "week") == period(other, "week")) == same
    assert (period(day, "day") == period(other, "day")) == (later == 0)


def test_a_school_year_begins_at_midnight_by_the_schools_clock() -> None:
    zone = ZoneInfo("Asia/Vladivostok")
    assert beginning(datetime(2026, 8, 31, 14, 0, tzinfo=UTC), zone).year == 2026
    assert beginning(datetime(2026, 8, 31, 13, 59, tzinfo=UTC), zone).year == 2025
