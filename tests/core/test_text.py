"""Messages as data, put into words at the border."""

from __future__ import annotations

import gettext
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from zvonok_core.text import Catalogs, Text, ntext, text


def compiled(*messages: tuple[str | tuple[str, str], str | tuple[str, ...]]) -> bytes:
    catalog = Catalog(locale="ru")
    for source, translation in messages:
        catalog.add(source, translation)
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


RU = compiled(
    ("hello, {name}", "здравствуйте, {name}"),
    ("teacher", "учитель"),
    (("{n} row", "{n} rows"), ("{n} строка", "{n} строки", "{n} строк")),
)
CATALOGS = Catalogs({"ru": gettext.GNUTranslations(io.BytesIO(RU))})


def test_a_message_is_english_until_it_is_shown() -> None:
    message = text("hello, {name}", name="Маша")
    assert str(message) == "hello, Маша"
    assert CATALOGS.say(message, "ru") == "здравствуйте, Маша"
    assert CATALOGS.say(message, "en") == "hello, Маша"


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (0, "0 строк", "0 rows"),
        (1, "1 строка", "1 row"),
        (2, "2 строки", "2 rows"),
        (5, "5 строк", "5 rows"),
        (11, "11 строк", "11 rows"),
        (21, "21 строка", "21 rows"),
        (112, "112 строк", "112 rows"),
    ],
)
def test_russian_counts_in_three_forms(number: int, russian: str, english: str) -> None:
    message = ntext("{n} row", "{n} rows", number)
    assert CATALOGS.say(message, "ru") == russian
    assert str(message) == CATALOGS.say(message, "en") == english


def test_messages_within_messages_are_translated_too() -> None:
    assert CATALOGS.say(text("hello, {name}", name=text("teacher")), "ru") == "здравствуйте, учитель"
    assert str(text("hello, {name}", name=text("teacher"))) == "hello, teacher"


def test_what_has_no_translation_and_what_has_no_language_is_english() -> None:
    assert CATALOGS.say(text("nobody knows"), "ru") == "nobody knows"
    assert CATALOGS.say(text("teacher"), "fr") == "teacher"
    assert CATALOGS.say(ntext("{n} cat", "{n} cats", 2), "ru") == "2 cats"


def test_names_of_values_may_be_any() -> None:
    assert str(text("{source} {n}", source=1, n=2)) == "1 2"
    assert str(ntext("{n} {one}", "{n} {many}", 1, one="x", many="y")) == "1 x"


@given(st.text())
def test_somebodys_data_is_left_as_it_is(data: str) -> None:
    assert CATALOGS.say(data, "ru") == data
    assert CATALOGS.say(text("hello, {name}", name=data), "ru") == f"здравствуйте, {data}"


def test_languages_on_offer_end_in_english() -> None:
    assert CATALOGS.languages == ("ru", "en")
    assert Catalogs({}).languages == ("en",)
    assert CATALOGS.translation("ru").gettext("teacher") == "учитель"
    assert CATALOGS.translation("xx").gettext("teacher") == "teacher"


def test_a_message_equals_one_that_says_the_same() -> None:
    assert text("a {b}", b=1) == Text("a {b}", {"b": 1})
    assert text("a {b}", b=1) != text("a {b}", b=2)


# ---------------------------------------------------------------- loading


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, content: bytes | None) -> str:
        folder = tmp_path / name / "locale" / "ru" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (tmp_path / name / "__init__.py").touch()
        if content is not None:
            (folder / "zvonok.mo").write_bytes(content)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    return make


def test_the_catalogues_of_several_packages_are_one(package: Callable[..., str]) -> None:
    one = package("zvonok_test_one", compiled(("a", "а"), ("both", "первый")))
    two = package("zvonok_test_two", compiled(("b", "б"), ("both", "второй")))
    loaded = Catalogs.load([one, two])
    assert [loaded.say(text(word), "ru") for word in ("a", "b", "c")] == ["а", "б", "c"]
    assert loaded.say(text("both"), "ru") == "второй", "the last package has the last word"
    assert Catalogs.load([], languages=["ru"]).say(text("a"), "ru") == "a"


def test_a_catalogue_that_is_missing_stops_the_start(package: Callable[..., str]) -> None:
    with pytest.raises(FileNotFoundError, match=r"zvonok\.mo"):
        Catalogs.load([package("zvonok_test_none", None)])
