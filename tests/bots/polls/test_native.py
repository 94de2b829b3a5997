"""Native polls, as clients write them and as nobody should."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zvonok_polls import native
from zvonok_polls.poll import Item, choices

ITEM = Item("Куда едем?", choices(["Музей", "Театр"]), 2)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    [native.START, "m.poll", native.TEXT, "question", "answers", "id", "m.text", "max_selections", "body"]
)
polls = st.recursive(
    json, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


def test_what_is_sent_has_all_that_each_client_insists_on() -> None:
    content = native.start(ITEM, True, "Куда едем?\n1. Музей\n2. Театр")
    block = content[native.START]
    assert isinstance(content[native.TEXT], str), "FluffyChat"
    assert type(block["max_selections"]) is int, "FluffyChat"
    assert block["question"][native.TEXT] == block["question"]["body"] == "Куда едем?", "Element X"
    assert all(set(answer) == {"id", native.TEXT} for answer in block["answers"])
    assert block["kind"] == native.DISCLOSED
    assert native.start(ITEM, False, "")[native.START]["kind"] == native.UNDISCLOSED
    assert isinstance(native.end("Всё")[native.TEXT], str), "Element X overlooks an end without"


def test_what_is_sent_is_read() -> None:
    read = native.read_start(native.start(ITEM, True, "…"))
    assert read == (ITEM, True)


def test_the_stable_form_and_the_old_one_are_read() -> None:
    stable: dict[str, Any] = {
        "kind": "m.undisclosed",
        "question": {"m.text": [{"mimetype": "text/html", "body": "Куда?"}]},
        "answers": [{"m.id": "x", "m.text": [{"body": "Да"}]}, {"m.id": "x", "m.text": [{"body": "Нет"}]}, 7],
    }
    read = native.read_start({"m.poll": stable})
    assert read is not None
    item, disclosed = read
    assert (item.question, item.most, disclosed) == ("Куда?", 1, False)
    assert [(choice.id, choice.words) for choice in item.choices] == [("x", "Да")]
    assert native.read_response({"m.selections": ["x"]}) == ("x",)


@pytest.mark.parametrize("most", [0, -1, "2", None, 1.5])
def test_a_maximum_that_is_none_is_one(most: object) -> None:
    content = native.start(ITEM, True, "…")
    content[native.START]["max_selections"] = most
    read = native.read_start(content)
    assert read is not None and read[0].most == 1


def test_no_more_than_twenty_answers_are_read() -> None:
    many = Item("?", choices([str(number) for number in range(30)]))
    read = native.read_start(native.start(many, True, "…"))
    assert read is not None and len(read[0].choices) == 20


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ({native.RESPONSE: {"answers": ["a", "b"]}}, ("a", "b")),
        ({native.RESPONSE: {"answers": []}}, ()),
        ({native.RESPONSE: {"answers": "ab"}}, None),
        ({native.RESPONSE: {"answers": ["a", 1]}}, None),
        ({native.RESPONSE: {}}, None),
        ({native.RESPONSE: 3}, None),
        ({}, None),
    ],
)
def test_votes_are_read(content: dict[str, Any], read: object) -> None:
    assert native.read_response(content) == read


@given(st.dictionaries(st.sampled_from([native.START, "m.poll.start", "m.poll"]), polls, max_size=3))
def test_whatever_anybody_sends_is_a_poll_or_none(content: dict[str, Any]) -> None:
    read = native.read_start(content)
    assert read is None or (read[0].question and read[0].choices and read[0].most >= 1)


@given(st.dictionaries(st.sampled_from([native.RESPONSE, "m.selections", native.TEXT]), json, max_size=3))
def test_whatever_anybody_sends_is_a_vote_or_none(content: dict[str, Any]) -> None:
    read = native.read_response(content)
    assert read is None or all(isinstance(one, str) for one in read)
    assert native.end_is_complete(content) in (True, False)
