"""Room templates: what an administrator may write, and how each mistake is answered."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from builders import shipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zvonok_appservice.config import shipped_rooms
from zvonok_appservice.reconcile.selectors import SELECTORS, Selector
from zvonok_appservice.reconcile.templates import Template, templates
from zvonok_core.errors import ConfigError, ConfigFault

SHIPPED = shipped_rooms()
CLUB = {"for_each": "class", "name": "{class}. Кружок", "members": ["students(class)"]}


def faults(changes: dict[str, Any]) -> dict[str, str]:
    """What is said of each path."""
    with pytest.raises(ConfigError) as caught:
        templates(SHIPPED, changes)
    return {fault.path: str(fault.text) for fault in caught.value.faults}


def test_the_shipped_templates_are_good_and_spaces_come_before_what_hangs_in_them() -> None:
    seen: set[str] = set()
    for template in shipped():
        assert template.space is None or template.space in seen
        seen.add(template.kind)
    assert len(seen) == 15


def test_single_keys_of_a_shipped_kind_can_be_changed() -> None:
    (found,) = [t for t in templates(SHIPPED, {"class": {"name": "{class}!"}}) if t.kind == "class"]
    assert found.name == "{class}!"
    assert found.admins == (Selector("homeroom", "class"),)


def test_a_kind_can_be_left_out_and_another_added() -> None:
    found = {t.kind: t for t in templates(SHIPPED, {"timetable": False, "club": CLUB})}
    assert "timetable" not in found
    assert found["club"].members == (Selector("students", "class"),)


def test_leaving_out_a_kind_that_is_not_there_is_no_mistake() -> None:
    assert templates(SHIPPED, {"no_such": False}) == shipped()


def test_a_space_never_holds_bots() -> None:
    found = {t.kind: t for t in templates(SHIPPED, {"school": {"bots": True}})}
    assert not found["school"].bots
    assert found["class"].bots


def test_a_selector_writes_itself_as_a_template_does() -> None:
    assert str(Selector("guardians", "class")) == "guardians(class)"
    assert str(Selector("staff")) == "staff"
    assert "position(head)" in SELECTORS


@pytest.mark.parametrize(
    ("changes", "path", "part"),
    [
        ({"Class": CLUB}, "rooms.Class", "lower-case"),
        ({5: CLUB}, "rooms.5", "lower-case"),
        ({"club": "yes"}, "rooms.club", "section"),
        ({"club": None}, "rooms.club", "section"),
        ({"club": True}, "rooms.club", "section"),
        ({"club": {"name": "x", "members": ["staff"]}}, "rooms.club.for_each", "missing"),
        ({"club": {**CLUB, "for_each": "pupil"}}, "rooms.club.for_each", "one of"),
        ({"club": {**CLUB, "nmae": "x"}}, "rooms.club.nmae", "name"),
        ({"club": {**CLUB, "name": " "}}, "rooms.club.name", "empty"),
        ({"club": {**CLUB, "name": 7}}, "rooms.club.name", "text"),
        ({"club": {**CLUB, "name": "{class"}}, "rooms.club.name", "brace"),
        ({"club": {**CLUB, "name": "{klass}"}}, "rooms.club.name", "klass"),
        ({"club": {**CLUB, "name": "{}"}}, "rooms.club.name", "{class}"),
        ({"club": {**CLUB, "name": "{class.__init__}"}}, "rooms.club.name", "knows no"),
        ({"club": {**CLUB, "name": "{class[0]}"}}, "rooms.club.name", "knows no"),
        ({"club": {**CLUB, "name": "{class:d}"}}, "rooms.club.name", "nothing else"),
        ({"club": {**CLUB, "name": "{class!r}"}}, "rooms.club.name", "nothing else"),
        ({"club": {**CLUB, "topic": "{label}"}}, "rooms.club.topic", "label"),
        ({"subject": {"name_with_label": "{association}"}}, "rooms.subject.name_with_label", "{label}"),
        ({"club": {**CLUB, "members": ["student(class)"]}}, "rooms.club.members[0]", "students(class)"),
        ({"club": {**CLUB, "admins": ["staff", "???"]}}, "rooms.club.admins[1]", "known:"),
        ({"club": {**CLUB, "members": ["students(load)"]}}, "rooms.club.members[0]", "for each load"),
        ({"club": {**CLUB, "members": []}}, "rooms.club.members", "nobody"),
        ({"club": {**CLUB, "members": "staff"}}, "rooms.club.members", "list"),
        ({"club": {**CLUB, "members": [7]}}, "rooms.club.members[0]", "text"),
        ({"club": {**CLUB, "create": "at_first_lesson"}}, "rooms.club.create", "lesson"),
        ({"club": {**CLUB, "write": "none"}}, "rooms.club.write", "one of"),
        ({"club": {**CLUB, "type": "call"}}, "rooms.club.type", "one of"),
        ({"club": {**CLUB, "bots": "perhaps"}}, "rooms.club.bots", "true or false"),
        ({"club": {**CLUB, "space": "clubs"}}, "rooms.club.space", "no kind"),
        ({"club": {**CLUB, "space": "class"}}, "rooms.club.space", "not a space"),
        ({"staff_room": {"space": "class_space"}}, "rooms.staff_room.space", "can't hang"),
        ({"association": {"space": "class_space"}}, "rooms.association.space", "can't hang"),
        ({"class_space": False}, "rooms.class.space", "no kind"),
        ({"class_space": {"space": "class_space"}}, "rooms.class_space.space", "circle"),
        (
            {"class_space": {"space": "other"}, "other": {**CLUB, "type": "space", "space": "class_space"}},
            "rooms.other.space",
            "circle",
        ),
        ({"club": {**CLUB, "name": "{class}. Класс"}}, "rooms.club.name", "same name as “class”"),
    ],
)
def test_a_mistake_is_answered_with_its_path(changes: dict[str, Any], path: str, part: str) -> None:
    said = faults(changes)
    assert part in said[path]


def test_all_mistakes_are_told_at_once() -> None:
    said = faults({"club": {**CLUB, "name": "{x}", "members": ["y"]}, "class": {"space": "z"}, "A": {}})
    assert said.keys() == {"rooms.club.name", "rooms.club.members[0]", "rooms.class.space", "rooms.A"}


def test_what_hangs_in_a_kind_with_mistakes_is_not_blamed_for_it() -> None:
    assert faults({"class_space": {"name": "{x}"}}).keys() == {"rooms.class_space.name"}


scalars = st.none() | st.booleans() | st.integers(-2, 9) | st.text(max_size=5) | st.sampled_from(SELECTORS)
texts = st.sampled_from(("{class}", "{school}", "{subject}", "{", "{label!x}", "{class:>9}", "x", ""))
values = st.recursive(
    scalars | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)
KEYS = sorted({key for section in SHIPPED.values() for key in section} | {"bots", "moderators"})
SOME = {
    "space": st.sampled_from(sorted(SHIPPED)),
    "for_each": st.sampled_from(("school", "class", "association", "load", "topic")),
    "members": st.lists(st.sampled_from(SELECTORS), max_size=2),
}


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_is_changed_in_the_config_is_taken_or_refused_with_reasons(data: st.DataObject) -> None:
    changes: dict[Any, Any] = {}
    for kind in data.draw(st.lists(st.sampled_from(sorted(SHIPPED)) | scalars, max_size=3)):
        section: Any = {}
        for key in data.draw(st.lists(st.sampled_from(KEYS) | st.text(max_size=3), max_size=3)):
            section[key] = data.draw(values | SOME.get(key, values))
        changes[kind] = data.draw(st.just(section) | values)
    before = copy.deepcopy(changes)
    found, said = taken_or_refused(changes)
    assert all(fault.path.startswith("rooms.") and str(fault.text) for fault in said)
    assert bool(said) != bool(found) or changes == dict.fromkeys(SHIPPED, False)
    places = dict.fromkeys(("school", "class", "subject", "label", "association", "topic"), "x")
    for template in found:
        assert template.name.format(**places).strip()
        template.name_with_label.format(**places)
        template.topic.format(**places)
    assert changes == before


def taken_or_refused(changes: dict[Any, Any]) -> tuple[tuple[Template, ...], tuple[ConfigFault, ...]]:
    """The templates, or what is wrong with them."""
    try:
        return templates(SHIPPED, changes), ()
    except ConfigError as error:
        return (), error.faults
