"""Whom a school names to others, whom it believes, and what is told over the border."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from builders import DAY, SchoolBuilder, small_school
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.any_school import PEOPLE, schools

from zvonok_appservice.reconcile.abroad import (
    Delegation,
    Topic,
    believed,
    named,
    selector_of,
    telling,
)
from zvonok_appservice.reconcile.model import (
    DELEGATES_STATE_TYPE,
)
from zvonok_appservice.reconcile.selectors import SELECTORS, Selector
from zvonok_appservice.reconcile.today import Today
from zvonok_core.access import Peer, Talk, appservice_of
from zvonok_core.ids import UserId
from zvonok_core.roles import STAFF_ROLES, Position

HEADS, DIRECT = Topic(Talk.HEADS), Topic(Talk.DIRECT)
MATHS, FAIR = Topic(Talk.ASSOCIATION, "mathematics"), Topic(Talk.EVENT, "fair")
FIRST, SECOND = "first.example", "second.example:8448"
EVERYTHING = Peer(frozenset(Talk), {})

# ---------------------------------------------------------------- topics and selectors


TOPICS = st.sampled_from([HEADS, DIRECT]) | st.builds(
    Topic,
    st.sampled_from([Talk.ASSOCIATION, Talk.EVENT]),
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True),
)


@given(TOPICS)
def test_a_topic_is_read_as_it_is_written(topic: Topic) -> None:
    assert Topic.parse(str(topic)) == topic


@given(st.text() | st.builds("{}:{}".format, st.sampled_from(Talk), st.text()))
def test_whatever_is_read_is_written_the_same(written: str) -> None:
    topic = Topic.parse(written)
    assert topic is None or str(topic) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        ":",
        "association",
        "association:",
        "event",
        "event:",
        "heads:",
        "heads:all",
        "heads:Все",
        "direct:x",
        "direct:x y",
        "Heads",
        "HEADS",
        " heads",
        "heads\n",
        "event:Fair",
        "event:ярмарка",
        "event:-fair",
        "event:fair\n",
        "event:fair fair",
        "event:a:b",
        "event:" + "a" * 41,
        "gossip",
        "Talk.HEADS",
        None,
        5,
        True,
        ["heads"],
        {"heads": 1},
    ],
)
def test_what_is_no_topic_is_none(written: object) -> None:
    assert Topic.parse(written) is None


@pytest.mark.parametrize(
    ("written", "selector"),
    [
        ("staff", Selector("staff")),
        ("teachers", Selector("teachers")),
        ("administration", Selector("administration")),
        ("homerooms", Selector("homerooms")),
        ("position(head)", Selector("position", "head")),
        ("members(math)", Selector("members", "math")),
        ("chair(МО-3)", Selector("chair", "МО-3")),
        ("person(T-17)", Selector("person", "T-17")),
        ("person(T(1))", Selector("person", "T(1)")),
        *(
            (written, None)
            for written in (
                "",
                "person",
                "person()",
                "person(T-17",
                "members()",
                "members",
                "chair(",
                "staff)",
                "staff()",
                "staff(7А)",
                "position()",
                "position(wizard)",
                "position(head",
                "students(class)",
                "guardians(class)",
                "homeroom(class)",
                "teachers(class)",
                "students(load)",
                "teachers(load)",
                "delegates(topic)",
                "Staff",
            )
        ),
    ],
)
def test_a_selector_of_staff_is_known_by_its_form(written: str, selector: Selector | None) -> None:
    assert selector_of(written) == selector
    assert selector is None or str(selector) == written


def test_every_selector_that_needs_no_class_can_name() -> None:
    assert {written for written in SELECTORS if selector_of(written)} == {
        "staff",
        "teachers",
        "administration",
        "homerooms",
        "members(association)",  # an association of this id
        "chair(association)",
        *(f"position({position})" for position in Position),
    }


# ---------------------------------------------------------------- whom a school names


SELECTED = st.sampled_from(
    [
        "staff",
        "teachers",
        "administration",
        "homerooms",
        "members(math)",
        "chair(math)",
        "members(none)",
        "person(nobody)",
        *(f"position({position})" for position in Position),
        *(f"person({person})" for person in PEOPLE),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(schools(), st.lists(SELECTED, min_size=1, max_size=6))
def test_only_staff_that_is_there_is_named_whatever_a_selector_says(
    school: SchoolBuilder, who: list[str]
) -> None:
    snapshot = school.snapshot()
    today = Today(snapshot, DAY)
    chosen = tuple(filter(None, map(selector_of, who)))
    assert len(chosen) == len(who)
    found = {seat.person for seat in named(today, Delegation(chosen))}
    working = {row.person for row in snapshot.roles if row.role in STAFF_ROLES and row.dates.hold(DAY)}
    working |= {row.person for row in snapshot.positions if row.dates.hold(DAY)}
    there = {
        person for person, record in snapshot.people.items() if record.enabled
    } - snapshot.vanished.keys()
    assert found <= working & there
    for written in who:
        if written.startswith("person("):
            assert (written[7:-1] in found) >= (written[7:-1] in working & there)
    if "staff" in who:
        assert found == working & there


def whom(written: str) -> set[str]:
    selector = selector_of(written)
    assert selector is not None
    return {seat.person for seat in named(Today(small_school().snapshot(), DAY), Delegation((selector,)))}


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("position(head)", {"orlov"}),
        ("administration", {"orlov", "zueva"}),
        ("homerooms", {"belova", "frolov"}),
        ("members(math)", {"belova", "zueva"}),
        ("chair(math)", {"belova"}),
        ("members(physics)", set()),
        ("person(belova)", {"belova"}),
        ("person(petrov)", set()),
        ("person(petrova)", set()),
        ("person(nobody)", set()),
        ("staff", {"orlov", "zueva", "belova", "frolov"}),
    ],
)
def test_each_selector_names_whom_it_says(written: str, people: set[str]) -> None:
    assert whom(written) == people


# ---------------------------------------------------------------- whom a school believes


def told(people: object, sender: str = f"@zvonok:{FIRST}") -> Mapping[UserId, Mapping[str, Any]]:
    return {UserId(sender): {"people": people}}


PEERS = {FIRST: Peer(frozenset({Talk.HEADS, Talk.EVENT}), {}), SECOND: EVERYTHING}
ORLOVA = f"@orlova:{FIRST}"


def test_a_peers_appservice_is_believed_of_its_own_people() -> None:
    both = told({ORLOVA: ["heads", "event:fair"]}) | told({f"@lis:{SECOND}": ["direct"]}, f"@zvonok:{SECOND}")
    assert believed(both, PEERS) == {ORLOVA: {HEADS, FAIR}, f"@lis:{SECOND}": {DIRECT}}
    assert believed(both, {}) == {}
    assert believed({}, PEERS) == {}


@pytest.mark.parametrize(
    "sender",
    [ORLOVA, "@zvonok:school.example", "@zvonok:unlisted.example", "@zvonok2:first.example", "@zvonok", ""],
)
def test_nobody_else_is_believed(sender: str) -> None:
    server = sender.partition(":")[2] or FIRST
    assert believed(told({f"@orlova:{server}": ["heads"]}, sender), PEERS) == {}


@pytest.mark.parametrize(
    "person",
    [
        "@belova:school.example",
        f"@lis:{SECOND}",
        f"@zvonok:{FIRST}",
        "@zvonok:school.example",
        f"@:{FIRST}",
        FIRST,
        f"orlova:{FIRST}",
        f"@orlova:{FIRST}:8448",
        f"@orlova:{FIRST}\n",
        f"@orlova:x:{FIRST}",
        f"@Орлова:{FIRST}",
        f"@Orlova:{FIRST}",
        f"@{'a' * 101}:{FIRST}",
        "@orlova",
        "",
    ],
)
def test_a_peer_names_nobody_but_people_of_its_own_server(person: str) -> None:
    assert believed(told({person: ["heads"], ORLOVA: ["heads"]}), PEERS) == {ORLOVA: {HEADS}}


@pytest.mark.parametrize(
    "topics",
    [
        ["direct"],
        ["association:mathematics"],
        ["gossip", "heads:", "event", "", "HEADS"],
        [None, 5, ["heads"], {"heads": 1}, True],
        [],
        "heads",
        {"heads": 1},
        None,
        5,
        True,
    ],
)
def test_a_peer_names_nobody_for_what_both_may_not_have_nor_for_what_is_no_topic(topics: object) -> None:
    assert believed(told({ORLOVA: topics}), PEERS) == {}
    if isinstance(topics, list):
        assert believed(told({ORLOVA: [*topics, "heads"]}), PEERS) == {ORLOVA: {HEADS}}


@pytest.mark.parametrize("people", [None, [], "people", 5, True, [ORLOVA], {}])
def test_whatever_names_nobody_names_nobody(people: object) -> None:
    assert believed(told(people), PEERS) == {}
    assert believed({UserId(f"@zvonok:{FIRST}"): {}}, PEERS) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([ORLOVA, "heads"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6) | st.sampled_from([ORLOVA, "people"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.just("people") | st.text(max_size=4), JSON, max_size=3))
def test_anything_at_all_may_be_told_and_gives_nobody_more_than_is_permitted(content: dict[str, Any]) -> None:
    for person, topics in believed({UserId(f"@zvonok:{FIRST}"): content}, PEERS).items():
        assert person.endswith(f":{FIRST}") and topics
        assert {topic.talk for topic in topics} <= PEERS[FIRST].talks


def test_as_much_as_an_event_holds_is_read_in_a_moment() -> None:
    many = {f"@p{number}:{FIRST}": ["heads"] for number in range(2_000)}
    crowd = told(many | {ORLOVA: ["gossip"] * 5_000 + ["heads"]})
    assert len(json.dumps(crowd)) > 65_536
    assert len(believed(crowd, PEERS)) == 2_001


# ---------------------------------------------------------------- what is told


def size_of_event(content: Mapping[str, Any]) -> int:
    """Bytes, with more around it than Synapse puts there."""
    about = {"auth_events": ["$" + "a" * 43] * 10, "prev_events": ["$" + "a" * 43] * 20, "hashes": "a" * 60}
    signed = {"signatures": {"s" * 100: {"ed25519:" + "a" * 20: "a" * 86}}, "room_id": "!" + "a" * 43}
    event = {**about, **signed, "type": DELEGATES_STATE_TYPE, "sender": "@zvonok:" + "s" * 100}
    event["content"] = content
    return len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())


def test_five_thousand_people_fit_into_an_event_and_heads_are_among_them() -> None:
    server = "a-school-with-quite-a-long-name.region.example"
    staff = {UserId(f"@ivanova.maria{number}:{server}"): [DIRECT] for number in range(5_000)}
    heads = {UserId(f"@zzz{number}:{server}"): [DIRECT, HEADS, FAIR, MATHS] for number in range(20)}
    content = telling({**staff, **heads})
    assert 55_000 < size_of_event(content) < 65_536
    assert heads.keys() <= content["people"].keys()
    assert content["people"][f"@zzz0:{server}"] == [
        "association:mathematics",
        "direct",
        "event:fair",
        "heads",
    ]
    assert content == telling(dict(reversed([*heads.items(), *staff.items()])))
    assert len(telling(heads | {UserId(f"@a{n}:x"): [HEADS] for n in range(5_000)})["people"]) < 5_000


@given(
    st.dictionaries(
        st.sampled_from([UserId(f"@{name}:{FIRST}") for name in "abcdef"]),
        st.lists(TOPICS, min_size=1, unique=True),
    )
)
def test_what_one_school_tells_the_other_believes(people: dict[UserId, list[Topic]]) -> None:
    content = json.loads(json.dumps(telling(people)))
    heard = believed({appservice_of(FIRST): content}, {FIRST: EVERYTHING})
    assert heard == {person: frozenset(topics) for person, topics in people.items()}
