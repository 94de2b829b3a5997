"""What is a hashtag, and which words are alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_hashtags.words import kept_stems, read_query, snippet, stems_of, tags_of


@pytest.mark.parametrize(
    ("words", "tags"),
    [
        ("Письмо #ОГЭАЯ и #ЕГЭ_2027", ["огэая", "егэ_2027"]),
        ("#Ёлка #елка", ["елка"]),
        ("(#ОГЭ), «#ВПР».", ["огэ", "впр"]),
        ("задание #5, дом #12а", ["12а"]),
        ("https://matrix.to/#/!room и https://ya.ru/a#b", []),
        ("C# и a#b, ##дважды, &#39;", []),
        ("#_ # #", []),
        ("#one-two", ["one"]),
    ],
)
def test_hashtags(words: str, tags: list[str]) -> None:
    assert list(tags_of(words)) == tags


@pytest.mark.parametrize(
    ("one", "other"),
    [("письмо", "письма"), ("задание", "заданиями"), ("letter", "letters"), ("Ёлка", "елки"), ("ВПР", "впр")],
)
def test_forms_of_a_word_are_alike(one: str, other: str) -> None:
    assert stems_of(one) == stems_of(other)


@given(st.text(max_size=60))
def test_a_post_is_found_by_all_of_its_words(words: str) -> None:
    query = read_query(words)
    assert all(f" {stem} " in kept_stems(words) for stem in query.stems)
    assert not {"%", "_"} & set("".join(query.stems)) and set(query.tags) == set(tags_of(words))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("#ОГЭ #АЯ  Письмо\nдругу", "Письмо другу"),
        ("#ОГЭ", "#ОГЭ"),
        ("а" * 80, "а" * 69 + "…"),
    ],
)
def test_a_snippet_is_one_line(words: str, shown: str) -> None:
    assert snippet(words) == shown
