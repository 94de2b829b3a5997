"""A mapping into dataclasses, with every fault named at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, NewType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.settings import build, environment
from zvonok_core.text import text

Town = NewType("Town", str)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Everything:
    name: str
    class_: str
    count: int = 1
    share: float = 0.5
    on: bool = False
    town: Town = Town("Омск")
    colour: Colour = Colour.RED
    mode: Literal["fast", "slow"] = "fast"
    day: date = date(2026, 9, 1)
    hour: time = time(8, 15)
    zone: ZoneInfo = ZoneInfo("Europe/Moscow")
    path: Path = Path("x")
    perhaps: int | None = None
    part: Part = Part("p")
    parts: tuple[Part, ...] = ()
    words: frozenset[str] = frozenset()
    numbers: Mapping[str, int] = field(default_factory=dict)
    anything: Any = None


REQUIRED = {"name": "n", "class": "7А"}


def faults(data: Mapping[str, Any], **options: Any) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        build(Everything, data, **options)
    return {fault.path: str(fault.text) for fault in caught.value.faults}


def test_defaults_stand_where_nothing_is_said() -> None:
    assert build(Everything, REQUIRED) == Everything("n", "7А")


def test_every_kind_of_value_is_read() -> None:
    data = {
        **REQUIRED,
        "count": "3",
        "share": 1,
        "on": "yes",
        "town": "Тверь",
        "colour": "blue",
        "mode": "slow",
        "day": "2027-01-02",
        "zone": "Asia/Omsk",
        "hour": "21:30",
        "path": "/a/b",
        "perhaps": 4,
        "part": {"name": "q", "weight": "2.5"},
        "parts": [{"name": "r"}, {"name": "s"}],
        "words": ["a", "b", "a"],
        "numbers": {"one": 1},
        "anything": {"as": ["it", "is"]},
    }
    assert build(Everything, data) == Everything(
        "n",
        "7А",
        3,
        1.0,
        True,
        Town("Тверь"),
        Colour.BLUE,
        "slow",
        date(2027, 1, 2),
        time(21, 30),
        ZoneInfo("Asia/Omsk"),
        Path("/a/b"),
        4,
        Part("q", 2.5),
        (Part("r"), Part("s")),
        frozenset({"a", "b"}),
        {"one": 1},
        {"as": ["it", "is"]},
    )


@pytest.mark.parametrize(("given", "read"), [(True, True), ("TRUE", True), ("no", False), ("False", False)])
def test_truth_is_written_in_several_ways(given: object, read: bool) -> None:
    assert build(Everything, {**REQUIRED, "on": given}).on is read


def test_none_is_a_value_only_where_it_may_be() -> None:
    assert build(Everything, {**REQUIRED, "perhaps": None}).perhaps is None
    assert faults({**REQUIRED, "count": None}) == {"count": "must be a whole number"}


WRONG: dict[str, tuple[str, object, dict[str, str]]] = {
    "text": ("name", 5, {"name": "must be text"}),
    "a NewType of text": ("town", 5, {"town": "must be text"}),
    "a whole number": ("count", "x", {"count": "must be a whole number"}),
    "a whole number that is a truth value": ("count", True, {"count": "must be a whole number"}),
    "a whole number with a fraction": ("count", 1.5, {"count": "must be a whole number"}),
    "a number": ("share", "much", {"share": "must be a number"}),
    "a number that is a truth value": ("share", False, {"share": "must be a number"}),
    "no number, which no limit holds": ("share", float("nan"), {"share": "must be a number"}),
    "an endless number": ("share", "inf", {"share": "must be a number"}),
    "a number beyond all numbers": ("share", 10**400, {"share": "must be a number"}),
    "a truth value": ("on", "perhaps", {"on": "must be true or false"}),
    "a number as a truth value": ("on", 1, {"on": "must be true or false"}),
    "a date": ("day", "1.9.2026", {"day": "must be a date such as 2026-09-01"}),
    "a number as a date": ("day", 2026, {"day": "must be a date such as 2026-09-01"}),
    "a date with a time": ("day", datetime(2026, 9, 1), {"day": "must be a date such as 2026-09-01"}),  # noqa: DTZ001
    "a time": ("hour", "at nine", {"hour": "must be a time such as 21:00"}),
    "a number as a time": ("hour", 21, {"hour": "must be a time such as 21:00"}),
    "a time zone": ("zone", "Moscow", {"zone": "must be a time zone such as Europe/Moscow"}),
    "a folder of time zones": ("zone", "Europe", {"zone": "must be a time zone such as Europe/Moscow"}),
    "a time zone outside": ("zone", "../x", {"zone": "must be a time zone such as Europe/Moscow"}),
    "one of an enum": ("colour", "green", {"colour": "must be one of: red, blue"}),
    "a list as one of an enum": ("colour", ["red"], {"colour": "must be one of: red, blue"}),
    "one of several words": ("mode", "idle", {"mode": "must be one of: fast, slow"}),
    "a path": ("path", 5, {"path": "has a value of the wrong kind"}),
    "a list": ("words", "a, b", {"words": "must be a list"}),
    "an item that can't be in a set": ("words", [["a"]], {"words[0]": "must be text"}),
    "a mapping": ("numbers", [1], {"numbers": "must be a mapping of names to values"}),
    "a mapping's value": ("numbers", {"one": "x"}, {"numbers.one": "must be a whole number"}),
    "a mapping's key": ("numbers", {1: 1}, {"numbers.1": "must be text"}),
    "a section": ("part", "x", {"part": "must be a section with keys of its own"}),
    "a section's value": ("part", {"name": 5}, {"part.name": "must be text"}),
    "a section that lacks something": ("part", {}, {"part.name": "is missing"}),
    "an item of a list": ("parts", [{"name": "a"}, {"name": 1}], {"parts[1].name": "must be text"}),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_value_that_is_not(wrong: tuple[str, object, dict[str, str]]) -> None:
    key, value, expected = wrong
    assert faults({**REQUIRED, key: value}) == expected


def test_all_faults_are_named_at_once() -> None:
    found = faults({"class": 1, "count": "x", "nam": "n", "part": {"wieght": 1}, "zzz": 1})
    assert found == {
        "class": "must be text",
        "count": "must be a whole number",
        "name": "is missing",
        "part.name": "is missing",
        "part.wieght": "is not a known key; did you mean “weight”?",
        "nam": "is not a known key; did you mean “name”?",
        "zzz": found["zzz"],
    }
    assert found["zzz"].startswith("is not a known key; known: name, class, count")


def test_what_is_no_mapping_at_all_is_one_fault() -> None:
    assert faults([]) == {"(top)": "must be a section with keys of its own"}  # type: ignore[arg-type]


def test_unknown_keys_may_be_ignored() -> None:
    assert build(Everything, {**REQUIRED, "new": 1}, ignore_unknown=True) == Everything("n", "7А")


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from([f.rstrip("_") for f in Everything.__dataclass_fields__]),
)
def test_whatever_is_written_it_is_read_or_refused(value: object, key: str) -> None:
    paths = [key]
    try:
        assert isinstance(build(Everything, {**REQUIRED, key: value}, files=False), Everything)
    except ConfigError as error:
        paths = [fault.path for fault in error.faults]
    assert all(path.startswith(key) for path in paths)


# ---------------------------------------------------------------- rules of a section


@dataclass(frozen=True, slots=True)
class Range:
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ConfigError([ConfigFault("high", text("is below low"))])


@dataclass(frozen=True, slots=True)
class Ranged:
    range: Range
    name: str


def test_a_rule_of_a_section_is_named_with_its_path_beside_other_faults() -> None:
    with pytest.raises(ConfigError) as caught:
        build(Ranged, {"range": {"low": 2, "high": 1}})
    assert {f.path: str(f.text) for f in caught.value.faults} == {
        "range.high": "is below low",
        "name": "is missing",
    }
    assert build(Range, {"low": 1, "high": 1}) == Range(1, 1)


def test_a_rule_is_not_asked_about_values_that_are_wrong_already() -> None:
    with pytest.raises(ConfigError) as caught:
        build(Range, {"low": "x", "high": 1})
    assert [f.path for f in caught.value.faults] == ["low"]


def test_a_rule_at_the_top_has_its_own_path() -> None:
    with pytest.raises(ConfigError) as caught:
        build(Range, {"low": 2, "high": 1})
    assert [f.path for f in caught.value.faults] == ["high"]


# ---------------------------------------------------------------- secrets from files


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("тайна\n", encoding="utf-8")
    (tmp_path / "number").write_text("7\n", encoding="utf-8")
    data = {"class": "7А", "name_file": str(tmp_path / "secret"), "count_file": str(tmp_path / "number")}
    made = build(Everything, data)
    assert (made.name, made.count) == ("тайна", 7)


def test_what_is_said_outright_comes_before_the_file() -> None:
    assert build(Everything, {**REQUIRED, "name_file": "/nowhere"}).name == "n"


def test_a_file_that_is_not_set_is_none() -> None:
    assert faults({"class": "7А", "name_file": None}) == {"name": "is missing"}


@pytest.mark.parametrize("kind", ["missing", "folder", "number", "binary", "nul"])
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, kind: str) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    file: object = {
        "missing": str(tmp_path / "missing"),
        "folder": str(tmp_path),
        "number": 5,
        "binary": str(tmp_path / "binary"),
        "nul": "a\0b",
    }[kind]
    found = faults({"class": "7А", "name_file": file})
    assert "can't be read: " in found["name_file"]


def test_data_from_outside_opens_no_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    data = {"class": "7А", "name_file": str(tmp_path / "secret")}
    assert faults(data, files=False) == {
        "name": "is missing",
        "name_file": "is not a known key; did you mean “name”?",
    }
    assert faults(data, files=False, ignore_unknown=True) == {"name": "is missing"}


# ---------------------------------------------------------------- the environment


def test_variables_are_put_over_the_file_and_leave_it_alone() -> None:
    data = {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    merged = environment(
        data,
        {"ZVONOK_A__B": "x", "ZVONOK_A__C__D": "y", "ZVONOK_E": "z", "ZVONOK_NEW__KEY": "w", "OTHER_E": "-"},
        "ZVONOK",
    )
    assert merged == {"a": {"b": "x", "c": {"d": "y"}}, "e": "z", "new": {"key": "w"}}
    assert data == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}


def test_a_variable_fills_a_section_that_is_empty_in_the_file() -> None:
    assert environment({"a": None, "b": 1}, {"Z_A__B": "x", "Z_B__C": "y"}, "Z") == {
        "a": {"b": "x"},
        "b": {"c": "y"},
    }
