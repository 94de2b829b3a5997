"""Chats that people make themselves: who makes one, who comes in, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from support.chatting import MEGOLM, chat, group, refused
from support.circuit import Circuit
from support.waiting import eventually

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import StudentGroups, Who

pytestmark = pytest.mark.live

SMALL_GROUPS = replace(shipped_policy(), student_groups=StudentGroups(allowed=True, size=3))


# ---------------------------------------------------------------- direct chats


async def test_those_who_may_contact_each_other_talk(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = await chat(teacher, pupil)
    assert (await teacher.say(room)).ok
    assert (await pupil.say(room)).ok


async def test_nobody_writes_to_whom_the_table_does_not_give_them(closed: Circuit) -> None:
    teacher, stranger = await closed.teacher(), await closed.student("sidorov", group="7Б")
    for one, other in ((teacher, stranger), (stranger, teacher)):
        refused(await one.chat_with(other), "не можете", "классному руководителю")


async def test_whoever_is_not_there_is_refused_in_the_same_words(closed: Circuit) -> None:
    teacher, stranger = await closed.teacher(), await closed.student("sidorov", group="7Б")
    known = await teacher.chat_with(stranger)
    request = {"is_direct": True, "invite": [f"{stranger.user[:3]}nobody:school.test"]}
    assert (await teacher.client.call("POST", "/v3/createRoom", request)).body == known.body


async def test_the_language_is_the_schools(closed: Circuit) -> None:
    teacher, stranger = await closed.teacher(), await closed.student("sidorov", group="7Б")
    await closed.door.tell(language="en")
    refused(await teacher.chat_with(stranger), "By the school's rules you can't contact this person here.")


async def test_a_direct_chat_never_gets_a_third_person(closed: Circuit) -> None:
    teacher = await closed.teacher()
    pupil, other = await closed.student("petrov"), await closed.student("ezhova")
    room = await chat(teacher, pupil)
    refused(await teacher.invite(room, other), "на двоих")
    assert (await pupil.client.call("POST", f"/v3/rooms/{quote(room)}/leave")).ok
    refused(await teacher.invite(room, other), "на двоих")
    content = {"membership": "invite"}
    path = f"/v3/rooms/{quote(room)}/state/m.room.member/{quote(other.user)}"
    refused(await teacher.client.call("PUT", path, content), "на двоих")
    assert (await teacher.invite(room, pupil)).ok, "but the second one comes back"
    assert (await pupil.join(room)).ok


async def test_a_chat_falls_silent_when_the_journal_takes_the_two_apart(closed: Circuit) -> None:
    child = await closed.student("petrov")
    mother = await closed.person("petrova", Who.GUARDIAN, children={child.user}, child_classes={"7А"})
    room = await chat(mother, child)
    said = (await child.say(room)).body["event_id"]
    await closed.change(mother, children=frozenset(), child_classes=frozenset())
    refused(await mother.say(room), "не можете")
    refused(await child.say(room), "не можете")
    path = f"/v3/rooms/{quote(room)}/redact/{quote(said)}/words"
    refused(await child.client.call("PUT", path, {"reason": "И ещё одно"}), "не можете")
    assert (await child.redact(room, said)).ok, "but what was said can be taken back"
    words = {"user_id": mother.user, "reason": "И ещё одно"}
    for verb in ("kick", "ban", "leave"):
        refused(await child.client.call("POST", f"/v3/rooms/{quote(room)}/{verb}", words), "не можете")
    assert (await child.client.call("POST", f"/v3/rooms/{quote(room)}/leave")).ok


async def test_an_invitation_holds_only_as_long_as_the_right_to_it(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = (await teacher.chat_with(pupil)).body["room_id"]
    await closed.change(teacher, teaches=frozenset())
    refused(await pupil.join(room), "не можете")


# ---------------------------------------------------------------- groups


async def test_staff_make_groups_and_children_and_parents_don_t(closed: Circuit) -> None:
    teacher = await closed.teacher()
    one, other = await closed.student("petrov"), await closed.student("ezhova")
    room = await group(teacher, one, other)
    assert (await one.say(room)).ok
    refused(await one.group_with(other), "групповые чаты")
    refused(await one.chat_with(other, is_direct=False), "групповые чаты")
    refused(await one.chat_with(), "групповые чаты")


async def test_in_a_group_only_staff_invite_and_only_whom_they_may_contact(closed: Circuit) -> None:
    teacher, colleague = await closed.teacher(), await closed.teacher("frolov", group="7Б")
    one, other = await closed.student("petrov"), await closed.student("ezhova")
    far = await closed.student("sidorov", group="7Б")
    room = await group(teacher, one, colleague)
    assert (await teacher.put_state(room, "m.room.power_levels", {"users": {}, "invite": 0})).ok
    refused(await one.invite(room, other), "только сотрудники")
    refused(await teacher.invite(room, far), "не можете")
    assert (await colleague.invite(room, far)).ok
    assert (await far.join(room)).ok


async def test_small_groups_of_students_where_the_school_has_them(closed: Circuit) -> None:
    one, two, three, four = [await closed.student(name) for name in ("petrov", "ezhova", "zhuk", "anna")]
    far = await closed.student("sidorov", group="7Б")
    await closed.door.tell(table=SMALL_GROUPS)
    room = await group(one, two)
    refused(await one.invite(room, far))
    assert (await one.invite(room, three)).ok
    refused(await one.invite(room, four), "не больше 3")
    await closed.door.tell(table=shipped_policy())
    refused(await three.join(room), "групповые чаты")


# ---------------------------------------------------------------- later


async def test_what_is_set_for_a_chat_and_what_is_not(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = await group(teacher, pupil)
    for type_, content in (
        ("m.room.name", {"name": "Олимпиада"}),
        ("m.room.topic", {"topic": "Задачи"}),
        ("m.room.pinned_events", {"pinned": []}),
        ("m.room.join_rules", {"join_rule": "invite"}),
    ):
        assert (await teacher.put_state(room, type_, content)).ok, type_
    for type_, content in (
        ("m.room.join_rules", {"join_rule": "public"}),
        ("m.room.join_rules", {"join_rule": "knock"}),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}),
        ("m.room.guest_access", {"guest_access": "can_join"}),
        ("m.room.encryption", MEGOLM),
        ("m.room.canonical_alias", {}),
        ("m.room.tombstone", {"body": "x", "replacement_room": "!x"}),
        ("m.room.server_acl", {"allow": ["*"]}),
        ("im.vector.modular.widgets", {"type": "m.custom", "url": "https://x.test"}),
        ("dev.zvonok.chat", {"kind": "group"}),
        ("m.room.create", {"room_version": "12", "dev.zvonok.chat": {"kind": "group"}}),
        ("dev.zvonok.room", {"kind": "staff_room", "school": "c"}),
        ("org.example.anything", {}),
    ):
        refused(await teacher.put_state(room, type_, content))


async def test_nobody_comes_in_uninvited_and_nothing_is_upgraded_published_or_addressed(
    closed: Circuit,
) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = await group(teacher)
    refused(await pupil.join(room), "пригла")
    path = f"/v3/rooms/{quote(room)}/upgrade"
    refused(await teacher.client.call("POST", path, {"new_version": "12"}), "школ")
    path = f"/v3/directory/room/{quote('#klub:school.test')}"
    refused(await teacher.client.call("PUT", path, {"room_id": room}), "школ")
    path = f"/v3/directory/list/room/{quote(room)}"
    refused(await teacher.client.call("PUT", path, {"visibility": "public"}))
    address = {"id_server": "x.test", "id_access_token": "x", "medium": "email", "address": "a@x.test"}
    refused(await teacher.client.call("POST", f"/v3/rooms/{quote(room)}/invite", address))


async def test_nothing_is_said_by_coming_in_a_second_time(closed: Circuit) -> None:
    pupil = await closed.student("petrov")
    room = await closed.managed(pupil)
    path = f"/v3/rooms/{quote(room)}/state/m.room.member/{quote(pupil.user)}"
    refused(await pupil.client.call("PUT", path, {"membership": "join", "reason": "Все сюда!"}), "сообщение")
    again = await pupil.client.call("POST", f"/v3/rooms/{quote(room)}/join", {"reason": "Все сюда!"})
    refused(again, "сообщение")
    assert (await pupil.join(room)).ok


async def test_whoever_was_taken_out_of_a_group_needs_another_invitation(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = await group(teacher, pupil)
    out = await teacher.client.call("POST", f"/v3/rooms/{quote(room)}/kick", {"user_id": pupil.user})
    assert out.ok
    refused(await pupil.join(room), "пригла")
    assert (await teacher.invite(room, pupil)).ok
    assert (await pupil.join(room)).ok


async def test_not_even_the_appservice_publishes_a_room(closed: Circuit) -> None:
    room = await closed.managed()
    async with closed.school.as_sender() as sender:
        path = f"/v3/directory/list/room/{quote(room)}"
        assert (await sender.call("PUT", path, {"visibility": "public"})).status == 403


async def test_nobody_is_thrown_out_of_a_chat_that_they_never_were_in(closed: Circuit) -> None:
    """Synapse would show them the chat as it was then, and tell them why."""
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    far = await closed.student("sidorov", group="7Б")
    room = await chat(pupil, teacher)
    body = {"user_id": far.user, "reason": "Привет"}
    for verb in ("ban", "unban", "kick"):
        answer = await pupil.client.call("POST", f"/v3/rooms/{quote(room)}/{verb}", body)
        assert answer.status == 403, verb
    path = f"/v3/rooms/{quote(room)}/state/m.room.member/{quote(far.user)}"
    for membership in ("ban", "leave"):
        refused(await pupil.client.call("PUT", path, {"membership": membership}), "кто в нём")
    left = quote('{"room": {"include_leave": true}}')
    assert "leave" not in (await far.client.call("GET", f"/v3/sync?filter={left}")).body.get("rooms", {})


async def test_whoever_is_in_a_chat_is_thrown_out_and_let_in_again(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    room = await group(teacher, pupil)
    for verb in ("kick", "ban", "unban"):
        answer = await teacher.client.call("POST", f"/v3/rooms/{quote(room)}/{verb}", {"user_id": pupil.user})
        assert answer.ok, (verb, answer)
        if verb == "kick":
            assert (await teacher.invite(room, pupil)).ok
    assert (await teacher.invite(room, pupil)).ok
    assert (await pupil.join(room)).ok
    assert (await teacher.client.call("POST", f"/v3/rooms/{quote(room)}/ban", {"user_id": pupil.user})).ok
    await closed.change(teacher, teaches=frozenset())
    body = {"user_id": pupil.user}
    refused(await teacher.client.call("POST", f"/v3/rooms/{quote(room)}/unban", body), "не можете")


async def test_the_appservice_does_all_that(closed: Circuit) -> None:
    """Its own rooms are made past these rules, by an administrator of the server."""
    teacher, pupil = await closed.teacher(), await closed.student("petrov", group="7Б")
    room = await closed.managed(teacher, pupil)
    assert (await pupil.say(room)).ok
    talk = await closed.school.homeserver.direct_room(pupil.user)
    assert (await pupil.say(talk)).ok
    refused(await pupil.invite(talk, teacher))


async def test_in_a_managed_room_nothing_becomes_of_what_levels_do_not_cover(closed: Circuit) -> None:
    teacher, pupil = await closed.teacher(), await closed.student("petrov")
    other = await closed.student("ezhova")
    room = await closed.managed(teacher, pupil, levels={teacher.user: 100})
    refused(await teacher.invite(room, other), "журнал")
    refused(await teacher.client.call("POST", f"/v3/rooms/{quote(room)}/upgrade", {"new_version": "12"}))
    refused(await teacher.put_state(room, "m.room.name", {"name": "Наша"}))
    assert (await teacher.put_state(room, "m.room.topic", {"topic": "Экскурсия"})).ok
    key = next(e for e in await teacher.client.state(room) if e["type"] == "dev.zvonok.room")
    refused(await teacher.redact(room, key["event_id"]), "только сообщения")
    assert (await teacher.redact(room, (await pupil.say(room)).body["event_id"])).ok


async def test_a_name_of_the_journal_comes_into_rooms_that_one_is_in(closed: Circuit) -> None:
    pupil = await closed.student("petrov")
    room = await closed.managed(pupil)
    await closed.school.homeserver.set_display_name(pupil.user, "Петров Иван Сергеевич")

    async def shown() -> bool:
        (member,) = [e for e in await pupil.client.state(room) if e["state_key"] == pupil.user]
        return bool(member["content"]["displayname"] == "Петров Иван Сергеевич")

    await eventually(shown)
