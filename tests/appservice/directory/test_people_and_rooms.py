"""What the directory tells of people and rooms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from builders import BOT, SERVER, as_desired, circumstances, picture_of, room_id, small_school, user
from hypothesis import given
from hypothesis import strategies as st

from zvonok_appservice.picture import Picture
from zvonok_appservice.reconcile.model import ActualState, RoomKey
from zvonok_appservice.reconcile.today import LoadKey
from zvonok_appservice.views import Directory, why_view
from zvonok_core.directory import PersonView, RoomView, from_json, to_json
from zvonok_core.ids import ClassId, SubgroupId, SubjectId, UserId
from zvonok_core.text import Catalogs

from .conftest import Site

ENGLISH = Catalogs({})


def key_of(picture: Picture, name: str) -> RoomKey:
    return next(key for key, room in picture.desired.rooms.items() if room.name == name)


def relations(view: Any) -> dict[str, list[str]]:
    return {member["user"].partition(":")[0][1:]: member["relations"] for member in view["members"]}


async def test_a_teacher_who_is_a_parent_is_one_person(site: Site) -> None:
    status, view = await site.get(f"/v1/people/{user('belova')}")
    assert status == 200
    assert view == {
        "person": "belova",
        "user": user("belova"),
        "name": "Белова Ольга Юрьевна, teacher",
        "family": "Белова",
        "given": "Ольга",
        "patronymic": "Юрьевна",
        "roles": ["teacher", "guardian"],
        "positions": [],
        "linked": True,
        "locked": False,
        "classes": [
            {"id": "7А", "title": "7А", "relations": ["homeroom", "teacher"]},
            {"id": "7Б", "title": "7Б", "relations": ["guardian", "teacher"]},
        ],
        "children": [
            {
                "person": "belov",
                "user": user("belov"),
                "name": "Белов Артём Игоревич, student",
                "linked": True,
            }
        ],
        "guardians": [],
    }


async def test_a_child_names_the_guardians_who_count(site: Site) -> None:
    _, view = await site.get(f"/v1/people/{user('petrov')}")
    assert [guardian["person"] for guardian in view["guardians"]] == ["petrova"], "not the restricted one"
    assert view["classes"] == [{"id": "7А", "title": "7А", "relations": ["student"]}]


async def test_a_head_holds_a_position(site: Site) -> None:
    _, view = await site.get(f"/v1/people/{user('orlov')}")
    assert (view["name"], view["positions"]) == ("Орлов Пётр Ильич, head", ["head"])


async def test_nobody_is_invented(site: Site) -> None:
    assert (await site.get(f"/v1/people/@nobody:{SERVER}"))[0] == 404
    assert (await site.get(f"/v1/people/{BOT}"))[0] == 404
    assert (await site.get("/v1/rooms/!nowhere"))[0] == 404


def test_who_left_the_roster_is_no_person_of_the_directory() -> None:
    before = small_school()
    picture = picture_of(before.later().leave("petrov").snapshot(), before=before.snapshot())
    directory = Directory(picture, ENGLISH)
    assert user("petrov") in picture.person_of
    assert directory.person(user("petrov")) is None
    assert user("petrov") not in set(directory.people())


def test_locked_is_whoever_ought_to_be_with_or_without_an_account() -> None:
    school = small_school().vanish("zhuk")
    picture = picture_of(school.snapshot(), linked=["zhuk", "petrov"], locked=["orlov", "petrov"])
    directory = Directory(picture, ENGLISH)
    locked = {u for u in directory.people() if (p := directory.person(u)) is not None and p.locked}
    assert locked == {user("zhuk"), user("orlov"), user("petrov")}


async def test_a_guardian_in_a_class_s_room_stands_for_children_of_that_class(
    site: Site, picture: Picture
) -> None:
    for name, expected in (("7Б. Общая", {"belova": ["belov"]}), ("7А. Общая", {"petrova": ["petrov"]})):
        _, view = await site.get(f"/v1/rooms/{room_id(key_of(picture, name))}")
        stand_for = {m["person"]: [child["person"] for child in m["children"]] for m in view["members"]}
        assert expected.items() <= stand_for.items()
        assert stand_for.get("belova", []) == expected.get("belova", []), "a teacher of 7А, a parent in 7Б"


async def test_members_stand_as_in_a_register_and_bots_come_last(site: Site, picture: Picture) -> None:
    status, view = await site.get(f"/v1/rooms/{room_id(key_of(picture, '7А. Общая'))}")
    assert status == 200
    assert [m["name"].split(",")[0] for m in view["members"]] == [
        "Белова Ольга Юрьевна",
        "Ёжов Лев Ильич",
        "Ёжова Мария Львовна",
        "Жук Лев Ильич",
        "Зуева Анна Олеговна",
        "Орлов Пётр Ильич",
        "Петров Иван Сергеевич",
        "Петрова Нина Павловна",
        "Фролов Олег Ильич",
        BOT,
    ]
    assert relations(view)["belova"] == ["teacher", "homeroom"]
    assert relations(view)["zueva"] == ["teacher", "administration"]
    assert relations(view)["zvonok_bot"] == ["bot"]
    levels = {m["person"]: m["level"] for m in view["members"]}
    assert levels["belova"] == 100
    assert levels["petrov"] == 0
    assert levels[None] == 50
    assert (view["kind"], view["class"], view["subject"], view["archived"]) == (
        "class_common",
        "7А",
        None,
        False,
    )


def test_a_member_without_an_account_is_due_and_not_joined() -> None:
    picture = picture_of(small_school().snapshot(), linked=["belova"])
    view = Directory(picture, ENGLISH).room(room_id(key_of(picture, "7А. Класс")))
    assert view is not None
    assert {m.person: m.joined for m in view.members} == {
        "belova": True,
        "petrov": False,
        "ezhova": False,
        "zhuk": False,
        None: True,
    }


def test_a_linked_member_who_was_kicked_is_not_joined() -> None:
    whole = picture_of(small_school().snapshot())
    actual = as_desired(whole.desired, without=[user("zhuk")])
    picture = picture_of(small_school().snapshot(), actual=actual)
    directory = Directory(picture, ENGLISH)
    view = directory.room(room_id(key_of(picture, "7А. Класс")))
    assert view is not None
    assert [m.person for m in view.members if not m.joined] == ["zhuk"]
    (summary,) = [room for room in directory.rooms if room.name == "7А. Класс"]
    assert (summary.due, summary.joined) == (4, 3)


def test_an_archived_room_is_told_and_has_no_members() -> None:
    school = small_school()
    actual = picture_of(school.snapshot()).actual
    later = school.later()
    later.association_members.clear()
    picture = picture_of(later.snapshot(), actual=actual)
    directory = Directory(picture, ENGLISH)
    (summary,) = [room for room in directory.rooms if room.kind == "association"]
    assert (summary.archived, summary.due, summary.joined, summary.parents) == (True, 0, 0, ())
    assert summary.room is not None
    view = directory.room(summary.room)
    assert view is not None
    assert (view.archived, view.members, view.name) == (True, (), "МО учителей математики")


def test_the_tree_hangs_rooms_into_their_spaces_before_they_are_made() -> None:
    picture = picture_of(small_school().snapshot(), actual=ActualState({}, {}))
    (school,) = Directory(picture, ENGLISH).tree()
    assert school.room.name == "Школа № 1"
    assert school.room.room is None
    spaces = {branch.room.name: [leaf.room.name for leaf in branch.children] for branch in school.children}
    assert spaces["7А"] == ["7А. Объявления", "7А. Класс", "7А. Родители", "7А. Общая"]
    assert spaces["Учительская"] == []


def test_a_room_of_two_classes_hangs_in_both_spaces() -> None:
    german = LoadKey(SubjectId("Немецкий язык"), ClassId(""), SubgroupId("de"))
    picture = picture_of(small_school().snapshot(), lessons=[german])
    (school,) = Directory(picture, ENGLISH).tree()
    holders = [
        branch.room.name
        for branch in school.children
        if any(leaf.room.kind == "subject" for leaf in branch.children)
    ]
    assert holders == ["7А", "7Б"]


async def test_the_list_of_rooms_counts_people(site: Site) -> None:
    status, view = await site.get("/v1/rooms")
    assert status == 200
    sizes = {room["name"]: (room["due"], room["joined"], room["space"]) for room in view["rooms"]}
    assert sizes["7А. Родители"] == (3, 3, False)
    assert sizes["Школа № 1"] == (4, 4, True)


async def test_why_answers_in_sentences_with_rows(site: Site, picture: Picture) -> None:
    room = room_id(key_of(picture, "7А. Родители"))
    status, view = await site.get("/v1/why", user=user("petrova"), room=room)
    assert (status, view["due"], view["level"], view["room"]) == (200, True, 0, room)
    assert view["reasons"][-1] == {
        "text": "Петров Иван Сергеевич is in the class 7А (enrollments.csv, row 4)",
        "file": "enrollments.csv",
        "row": 4,
    }
    _, refused = await site.get("/v1/why", user=user("chuzhoi"), room=room, language="en")
    assert (refused["due"], refused["level"]) == (False, 0)


async def test_why_says_which_parameter_is_wrong(site: Site, picture: Picture) -> None:
    room = room_id(key_of(picture, "7А. Родители"))
    assert await site.get("/v1/why", room=room) == (400, {"error": "user is missing."})
    assert await site.get("/v1/why", user=user("petrov")) == (400, {"error": "room is missing."})
    assert (await site.get("/v1/why", user=user("petrov"), room=room, language="xx"))[0] == 400
    assert (await site.get("/v1/why", user="@nobody:x", room=room))[0] == 404
    assert (await site.get("/v1/why", user=user("petrov"), room="!x"))[0] == 404


def test_why_of_a_bot_is_the_template() -> None:
    picture = picture_of(small_school().snapshot())
    inside = why_view(picture, BOT, key_of(picture, "Учительская"), ENGLISH, "en")
    space = why_view(picture, BOT, key_of(picture, "7А"), ENGLISH, "en")
    assert (inside.due, inside.level, space.due, space.level) == (True, 50, False, 0)
    assert inside.reasons[0].file is None


@given(st.sampled_from(sorted(small_school().people)), st.booleans())
def test_views_survive_the_wire(person: str, linked: bool) -> None:
    picture = picture_of(small_school().snapshot(), linked=[person] if linked else [])
    directory = Directory(picture, ENGLISH)
    view = directory.person(user(person))
    assert view is not None
    assert from_json(PersonView, to_json(view)) == view
    for room in directory.key_of:
        shown = directory.room(room)
        assert shown is not None
        assert from_json(RoomView, to_json(shown)) == shown


def test_whoever_has_no_user_name_yet_is_left_out_not_fatal() -> None:
    snapshot = small_school().snapshot()
    picture = picture_of(snapshot)
    known = {p: a for p, a in circumstances(snapshot).accounts.items() if p != "petrov"}
    partial = replace(picture, given=replace(picture.given, accounts=known))
    directory = Directory(partial, ENGLISH)
    view = directory.room(room_id(key_of(picture, "7А. Класс")))
    assert view is not None
    assert "petrov" not in {m.person for m in view.members}
    guardian = directory.person(UserId(user("petrova")))
    assert guardian is not None
    assert guardian.children == ()
