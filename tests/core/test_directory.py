"""The wire format: whatever is written is read as it was."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zvonok_core import directory
from zvonok_core.directory import (
    Branch,
    Lesson,
    MemberView,
    Named,
    PauseOrder,
    PersonView,
    RoomSummary,
    RoomView,
    from_json,
    to_json,
    tree,
)
from zvonok_core.errors import ConfigError
from zvonok_core.ids import ClassId, PersonId, RoomId, SubjectId, UserId
from zvonok_core.roles import Role

VIEWS = [
    kind for kind in vars(directory).values() if dataclasses.is_dataclass(kind) and isinstance(kind, type)
]


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_view_survives_the_wire(kind: type[Any], data: st.DataObject) -> None:
    view = data.draw(st.from_type(kind))
    wire = json.loads(json.dumps(to_json(view)))
    assert from_json(kind, wire) == view
    assert from_json(kind, wire, strict=True) == view
    assert from_json(kind, {**wire, "from a later version": 1}) == view


def test_class_is_written_without_its_underscore() -> None:
    wire = to_json(Lesson(SubjectId("s"), ClassId("7А")))
    assert wire == {"subject": "s", "class": "7А", "subgroup": None}


def test_a_reader_names_every_key_that_is_wrong() -> None:
    with pytest.raises(ConfigError) as caught:
        from_json(Named, {"person": 1, "user": "@a:b", "linked": "x"})
    assert sorted(fault.path for fault in caught.value.faults) == ["linked", "name", "person"]


def test_a_request_may_not_have_keys_that_nobody_reads() -> None:
    with pytest.raises(ConfigError):
        from_json(Lesson, {"subject": "s", "clas": "7А"}, strict=True)


@pytest.mark.parametrize(("given", "read"), [(5, 5), (5.0, 5), ("5", None), (5.5, None), (True, None)])
def test_a_number_on_the_wire_is_json_s(given: object, read: int | None) -> None:
    data = {"by": "@a:b", "minutes": given}
    if read is not None:
        assert type(from_json(PauseOrder, data).minutes) is int
        assert from_json(PauseOrder, data).minutes == read
    else:
        with pytest.raises(ConfigError, match="minutes: must be a whole number"):
            from_json(PauseOrder, data)


@pytest.mark.parametrize("strict", [True, False])
def test_the_wire_opens_no_file(strict: bool) -> None:
    with pytest.raises(ConfigError) as caught:
        from_json(Lesson, {"subject_file": "/etc/hostname"}, strict=strict)
    assert ("subject", "is missing") in {(f.path, str(f.text)) for f in caught.value.faults}


def test_views_are_plain_data() -> None:
    member = MemberView(UserId("@a:b"), None, "n", ("bot",), 50, True)
    room = RoomView(RoomId("!r"), "class", "7А", "s", ClassId("c"), None, None, None, False, (member,))
    assert to_json(room)["members"] == [
        {
            "user": "@a:b",
            "person": None,
            "name": "n",
            "relations": ["bot"],
            "level": 50,
            "joined": True,
            "children": [],
        }
    ]
    person = PersonView(
        PersonId("p"), UserId("@p:b"), "n", "f", "g", "", (Role.TEACHER,), (), True, False, (), (), ()
    )
    assert to_json(person)["roles"] == ["teacher"]


# ---------------------------------------------------------------- the tree


def room(key: str, *parents: str) -> RoomSummary:
    return RoomSummary(key, None, "k", key, None, None, None, None, False, False, parents, 0, 0)


def shape(branches: tuple[Branch, ...]) -> dict[str, Any]:
    return {branch.room.key: shape(branch.children) for branch in branches}


def test_rooms_hang_in_their_spaces_in_their_order() -> None:
    rooms = [room("school"), room("7А", "school"), room("7Б", "school"), room("de", "7А", "7Б"), room("lone")]
    assert shape(tree(rooms)) == {"school": {"7А": {"de": {}}, "7Б": {"de": {}}}, "lone": {}}
    assert list(shape(tree(reversed(rooms)))) == ["lone", "school"]
    assert tree([]) == ()


def test_a_room_whose_space_is_not_listed_is_a_root() -> None:
    assert shape(tree([room("a", "gone")])) == {"a": {}}
