"""The section `federation`, and what templates say of topics: each mistake with path and sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.example import EXAMPLE, OWN_WORDS

from zvonok_appservice.config import Config, load, shipped_rooms
from zvonok_appservice.reconcile.abroad import Delegation, Hosted, Topic
from zvonok_appservice.reconcile.selectors import Selector
from zvonok_appservice.reconcile.templates import templates
from zvonok_core.access import Talk
from zvonok_core.errors import ConfigError, ConfigFault
from zvonok_core.text import Catalogs

CATALOGS = Catalogs.load(["zvonok_appservice", "zvonok_core"])
NEEDED = {"registry": "https://registry.region.example", "root": "root.json"}


def read(tmp_path: Path, section: dict[str, Any], **appservice: Any) -> Config:
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    raw["federation"] = {**NEEDED, **section}
    raw["appservice"] |= appservice
    with (tmp_path / "config.yaml").open("w", encoding="utf-8") as out:
        YAML().dump(raw, out)
    return load(tmp_path / "config.yaml", OWN_WORDS)


def faults(tmp_path: Path, section: dict[str, Any], **appservice: Any) -> tuple[ConfigFault, ...]:
    with pytest.raises(ConfigError) as error:
        read(tmp_path, section, **appservice)
    return tuple(error.value.faults)


def said(found: tuple[ConfigFault, ...], language: str) -> dict[str, str]:
    return {fault.path: CATALOGS.say(fault.text, language) for fault in found}


def test_as_it_is_the_head_is_named_for_heads_and_all_staff_for_direct_chats(tmp_path: Path) -> None:
    config = read(tmp_path, {}).federation
    assert config is not None
    abroad = config.abroad("school.example")
    assert (abroad.server, abroad.hosted, abroad.peers, abroad.until) == ("school.example", {}, {}, 0)
    assert abroad.delegations == {
        Topic(Talk.HEADS): Delegation((Selector("position", "head"),)),
        Topic(Talk.DIRECT): Delegation((Selector("staff"),)),
    }


def test_whatever_is_said_of_topics_is_read(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        {
            "delegates": {
                "association:mathematics": {
                    "who": ["members(math)", "person(T-17)"],
                    "schools": ["a.example"],
                },
                "event:science-fair": {"who": []},
            },
            "rooms": {
                "heads": {},
                "event:science-fair": {"name": "Ярмарка наук", "schools": ["a.example", "b.example:8448"]},
            },
        },
    ).federation
    assert config is not None
    abroad = config.abroad("school.example")
    maths, fair = Topic(Talk.ASSOCIATION, "mathematics"), Topic(Talk.EVENT, "science-fair")
    assert abroad.delegations == {
        maths: Delegation(
            (Selector("members", "math"), Selector("person", "T-17")), frozenset({"a.example"})
        ),
        fair: Delegation(()),
    }
    assert abroad.hosted == {
        Topic(Talk.HEADS): Hosted(""),
        fair: Hosted("Ярмарка наук", frozenset({"a.example", "b.example:8448"})),
    }


EN_TOPIC = "is no topic; topics look like heads, association:mathematics, event:science-fair"
RU_TOPIC = "это не тема; темы пишутся так: heads, association:mathematics, event:science-fair"
EN_WHO = "is no selector of staff; there are position(head), staff, person(T-17) and others"


@pytest.mark.parametrize(
    ("section", "path", "english"),
    [
        ({"delegates": {"gossip": {"who": ["staff"]}}}, "delegates.gossip", f"{EN_TOPIC}, direct"),
        ({"delegates": {"event": {"who": ["staff"]}}}, "delegates.event", f"{EN_TOPIC}, direct"),
        ({"delegates": {"heads:": {"who": ["staff"]}}}, "delegates.heads:", f"{EN_TOPIC}, direct"),
        ({"delegates": {"event:Ярмарка": {"who": []}}}, "delegates.event:Ярмарка", f"{EN_TOPIC}, direct"),
        ({"rooms": {"direct": {}}}, "rooms.direct", EN_TOPIC),
        ({"rooms": {"association": {"name": "x"}}}, "rooms.association", EN_TOPIC),
        (
            {"delegates": {"heads": {"who": ["staff", "students(class)"]}}},
            "delegates.heads.who[1]",
            EN_WHO,
        ),
        ({"delegates": {"heads": {"who": ["guardians(class)"]}}}, "delegates.heads.who[0]", EN_WHO),
        ({"delegates": {"heads": {"who": ["person()"]}}}, "delegates.heads.who[0]", EN_WHO),
        ({"registry": "http://registry.example"}, "registry", "must be an https address, or a folder"),
        ({"registry": "ftp://registry.example"}, "registry", "must be an https address, or a folder"),
        ({"check_every": 0}, "check_every", "must be a number of seconds"),
        ({"check_every": -5}, "check_every", "must be a number of seconds"),
    ],
)
def test_each_mistake_is_named_with_its_path_in_both_languages(
    tmp_path: Path, section: dict[str, Any], path: str, english: str
) -> None:
    found = faults(tmp_path, section)
    assert said(found, "en") == {f"federation.{path}": english}
    (russian,) = said(found, "ru").values()
    assert russian != english
    assert any("а" <= letter <= "я" for letter in russian)
    if english.startswith(EN_TOPIC):
        assert russian.startswith(RU_TOPIC)


def test_all_mistakes_about_topics_are_named_at_once(tmp_path: Path) -> None:
    section = {
        "delegates": {"gossip": {"who": ["staff"]}, "heads": {"who": ["pupils", "staff", "x"]}},
        "rooms": {"direct": {}, "heads": {}},
    }
    assert [fault.path for fault in faults(tmp_path, section)] == [
        "federation.delegates.gossip",
        "federation.rooms.direct",
        "federation.delegates.heads.who[0]",
        "federation.delegates.heads.who[2]",
    ]


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({"registry": None}, "federation.registry"),
        ({"delegates": ["heads"]}, "federation.delegates"),
        ({"delegates": {"heads": ["staff"]}}, "federation.delegates.heads"),
        ({"delegates": {"heads": {"who": "staff"}}}, "federation.delegates.heads.who"),
        ({"delegates": {"heads": {}}}, "federation.delegates.heads.who"),
        ({"delegates": {"heads": {"who": ["staff"], "school": []}}}, "federation.delegates.heads.school"),
        ({"rooms": {"heads": {"nmae": "x"}}}, "federation.rooms.heads.nmae"),
        ({"rooms": {"heads": {"schools": "a.example"}}}, "federation.rooms.heads.schools"),
    ],
)
def test_what_has_another_form_is_named_with_its_path(
    tmp_path: Path, section: dict[str, Any], path: str
) -> None:
    assert [fault.path for fault in faults(tmp_path, section)] == [path]


def test_in_a_federation_every_appservice_has_the_same_name(tmp_path: Path) -> None:
    found = faults(tmp_path, {}, sender_localpart="bell")
    assert said(found, "en") == {
        "appservice.sender_localpart": (
            "must be “zvonok” in a federation: by it other schools know this one's appservice"
        )
    }
    assert "zvonok" in said(found, "ru")["appservice.sender_localpart"]
    assert said(found, "ru") != said(found, "en")
    raw = YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))
    raw["appservice"]["sender_localpart"] = "bell"
    with (tmp_path / "alone.yaml").open("w", encoding="utf-8") as out:
        YAML().dump(raw, out)
    assert load(tmp_path / "alone.yaml", OWN_WORDS).appservice.sender_localpart == "bell"


# ---------------------------------------------------------------- templates

COUNCIL = {"for_each": "topic", "talk": "heads", "name": "Ещё совет", "admins": ["delegates(topic)"]}


@pytest.mark.parametrize(
    ("change", "path", "part"),
    [
        ({"talk": None}, "talk", "association, event, heads"),
        ({"talk": "direct"}, "talk", "association, event, heads"),
        ({"talk": "gossip"}, "talk", "one of"),
        ({"for_each": "school", "admins": ["staff"]}, "talk", "for each topic"),
        ({"for_each": "class", "talk": "direct", "admins": ["homeroom(class)"]}, "talk", "for each topic"),
        ({"name": "{class}"}, "name", "{topic}"),
        ({"admins": ["chair(association)"]}, "admins[0]", "association"),
        ({"create": "at_first_lesson"}, "create", "lesson"),
    ],
)
def test_each_mistake_in_a_room_for_topics_is_named(change: dict[str, Any], path: str, part: str) -> None:
    section = {key: value for key, value in {**COUNCIL, **change}.items() if value is not None}
    with pytest.raises(ConfigError) as error:
        templates(shipped_rooms(), {"council": section})
    found = {fault.path: str(fault.text) for fault in error.value.faults}
    assert list(found) == [f"rooms.council.{path}"]
    assert part in found[f"rooms.council.{path}"]


def test_delegates_are_selected_in_rooms_for_topics_alone() -> None:
    club = {"for_each": "class", "name": "{class}. Кружок", "members": ["delegates(topic)"]}
    with pytest.raises(ConfigError) as error:
        templates(shipped_rooms(), {"club": club})
    assert [fault.path for fault in error.value.faults] == ["rooms.club.members[0]"]


def test_a_kind_named_control_is_refused_and_a_room_for_topics_may_hang_in_the_schools_space() -> None:
    with pytest.raises(ConfigError) as error:
        templates(shipped_rooms(), {"control": COUNCIL})
    assert [fault.path for fault in error.value.faults] == ["rooms.control"]
    kinds = {t.kind: t for t in templates(shipped_rooms(), {"council": {**COUNCIL, "space": "school"}})}
    assert kinds["council"].talk is Talk.HEADS
    with pytest.raises(ConfigError):
        templates(shipped_rooms(), {"council": {**COUNCIL, "space": "class_space"}})
