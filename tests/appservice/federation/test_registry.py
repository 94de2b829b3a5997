"""The registry file: what it may say, and what is read from one that somebody else wrote."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.registrars import key_of, school

from zvonok_appservice.federation.changes import changes
from zvonok_appservice.federation.registry import NOBODY, Registry, decode, encode, keys_as_published
from zvonok_core.access import Talk
from zvonok_core.errors import ConfigError

SCHOOLS = st.builds(school, st.integers(1, 30), st.frozensets(st.sampled_from(Talk)), st.integers(1, 3))


@given(st.lists(SCHOOLS), st.randoms())
def test_a_registry_is_read_as_it_was_written_and_does_not_depend_on_the_order(schools, random) -> None:  # type: ignore[no-untyped-def]
    one = {entry.server_name: entry for entry in schools}
    shuffled = [*one.values()]
    random.shuffle(shuffled)
    first, second = NOBODY, NOBODY
    for entry in one.values():
        first = first.with_school(entry)
    for entry in shuffled:
        second = second.with_school(entry)
    assert encode(first) == encode(second)
    assert decode(encode(first)) == first


@given(st.lists(SCHOOLS), st.lists(SCHOOLS))
def test_changes_are_told_exactly_where_there_are_some(before, after) -> None:  # type: ignore[no-untyped-def]
    old = Registry(schools=tuple({one.server_name: one for one in before}.values()))
    new = Registry(schools=tuple({one.server_name: one for one in after}.values()))
    told = [str(sentence) for sentence in changes(old, new)]
    assert bool(told) == ({*map(str, old.schools)} != {*map(str, new.schools)})
    for entry in new.schools:
        if old.school(entry.server_name) != entry:
            assert any(entry.server_name in sentence for sentence in told)


def test_only_who_is_listed_has_partners_and_nobody_is_ones_own_partner() -> None:
    registry = NOBODY.with_school(school(1)).with_school(school(2)).with_school(school(3))
    assert [one.server_name for one in registry.partners("school-2.example")] == [
        "school-1.example",
        "school-3.example",
    ]
    assert registry.partners("school-9.example") == ()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"server_name": "Школа.example"}, "server_name"),
        ({"server_name": "School-1.example"}, "server_name"),
        ({"server_name": "school-1.example, other.example"}, "server_name"),
        ({"server_name": "*"}, "server_name"),
        ({"server_name": "school-1.example\n"}, "server_name"),
        ({"server_name": ""}, "server_name"),
        ({"title": " "}, "title"),
        ({"title": "Школа\nНовая школа: Школа № 2"}, "title"),
        ({"contact": ""}, "contact"),
        ({"keys": {}}, "keys"),
        ({"keys": {"rsa:1": key_of(1)}}, "keys"),
        ({"keys": {"ed25519:a": key_of(1)[:-1]}}, "keys.ed25519:a"),
        ({"keys": {"ed25519:a": key_of(1) + "="}}, "keys.ed25519:a"),
        ({"keys": {"ed25519:a": "ключ"}}, "keys.ed25519:a"),
    ],
)
def test_an_entry_that_says_something_else_than_it_seems_is_refused(change, path: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError) as error:
        replace(school(1), **change)
    assert [fault.path for fault in error.value.faults] == [path]


def test_two_schools_with_one_key_or_one_name_are_refused() -> None:
    twin = replace(school(2), keys=school(1).keys)
    with pytest.raises(ConfigError, match="same key"):
        NOBODY.with_school(school(1)).with_school(twin)
    with pytest.raises(ConfigError, match="twice"):
        Registry(schools=(school(1), school(1, key=2)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"format": 1, "schools": {}}',
        b'{"format": 1, "schools": [3]}',
        b'{"format": 1, "schools": [{"server_name": "a.example", "talks": [[]]}]}',
        b'{"format": 2, "schools": []}',
        b'{"format": "1", "schools": []}',
    ],
)
def test_what_is_no_registry_is_an_error_and_never_an_empty_one(content: bytes) -> None:
    with pytest.raises(ConfigError):
        decode(content)


def test_keys_are_taken_from_a_homeservers_own_answer_and_from_no_other() -> None:
    answer = {
        "server_name": "school-1.example",
        "verify_keys": {"ed25519:a": {"key": key_of(1)}},
        "old_verify_keys": {"ed25519:0": {"key": key_of(2), "expired_ts": 1}},
    }
    content = json.dumps(answer).encode()
    assert keys_as_published(content, "school-1.example") == {"ed25519:a": key_of(1)}
    for wrong, name in ((content, "school-2.example"), (b"{}", "school-1.example"), (b"<html>", "a.example")):
        with pytest.raises(ConfigError):
            keys_as_published(wrong, name)
