"""What the shipped Synapse configuration promises: a closed circuit that is quick enough."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import quote

import pytest
from support.schools import PASSWORD, HostedSchool, HostedSchools, hosted_school

from zvonok_appservice.bootstrap import bootstrap
from zvonok_appservice.reconcile.contents import power_levels
from zvonok_appservice.reconcile.model import Membership
from zvonok_core.ids import RoomId

pytestmark = pytest.mark.live


async def test_nobody_registers(school: HostedSchool) -> None:
    async with school.stranger() as somebody:
        for kind in ("user", "guest"):
            answer = await somebody.call("POST", f"/v3/register?kind={kind}", {"username": "direktor"})
            assert answer.status == 403, answer


async def test_nobody_takes_another_name(school: HostedSchool) -> None:
    user = await school.person("petrov", "Петров Иван")
    room = await school.make(school.desired())
    await school.homeserver.add_member(room, user)
    async with school.client_of(user) as phone:
        path = f"/v3/profile/{quote(user)}/displayname"
        assert (await phone.call("PUT", path, {"displayname": "Директор"})).status == 403
        membership = {"membership": "join", "displayname": "Директор"}
        await phone.call("PUT", f"/v3/rooms/{room}/state/m.room.member/{quote(user)}", membership)
        names = {
            event["content"].get("displayname")
            for event in await phone.state(room)
            if event["type"] == "m.room.member"
        }
    assert names == {"Петров Иван", "Звонок"}


async def test_nobody_takes_an_alias_of_ours(school: HostedSchool) -> None:
    user = await school.person("petrov")
    alias = f"{school.config.appservice.alias_prefix}mine"
    async with school.client_of(user) as phone:
        answer = await phone.call("POST", "/v3/createRoom", {"room_alias_name": alias})
    assert answer.errcode == "M_EXCLUSIVE"


async def test_a_stranger_does_not_get_into_a_managed_room(school: HostedSchool) -> None:
    stranger, member = await school.person("stranger"), await school.person("petrov")
    desired = school.desired()
    room = await school.make(desired)
    await school.homeserver.add_member(room, member)
    alias = (
        f"#{desired.key.alias_localpart(school.config.appservice.alias_prefix)}:{school.synapse.server_name}"
    )
    async with school.client_of(stranger) as phone, school.client_of(member) as helper:
        for target in (room, quote(alias)):
            assert (await phone.call("POST", f"/v3/join/{target}")).status == 403
        assert (await phone.call("GET", f"/v3/rooms/{room}/state")).status == 403
        answer = await helper.call("POST", f"/v3/rooms/{room}/invite", {"user_id": stranger})
        assert answer.status == 403, "members bring nobody in"


async def test_an_administrator_of_a_room_changes_nothing_that_the_journal_decides(
    school: HostedSchool,
) -> None:
    teacher, pupil = await school.person("teacher"), await school.person("pupil")
    levels = {teacher: 100}
    room = await school.make(school.desired(levels=levels))
    for user in (teacher, pupil):
        await school.homeserver.add_member(room, user)
    async with school.client_of(teacher) as phone:
        refused = [
            await phone.put_state(room, "m.room.power_levels", power_levels(0, {teacher: 100, pupil: 100})),
            await phone.put_state(room, "m.room.join_rules", {"join_rule": "public"}),
            await phone.put_state(room, "m.room.name", {"name": "Наша"}),
            await phone.put_state(room, "dev.zvonok.room", {"kind": "staff_room", "school": "x"}),
            await phone.call("POST", f"/v3/rooms/{room}/kick", {"user_id": pupil}),
        ]
        allowed = await phone.put_state(room, "m.room.topic", {"topic": "Экскурсия в пятницу"})
    assert [answer.status for answer in refused] == [403] * 5
    assert allowed.ok
    seen = await school.seen(room)
    assert seen.power_levels == power_levels(0, levels)
    assert seen.members == {teacher: Membership.JOIN, pupil: Membership.JOIN}


async def test_rooms_are_not_listed_and_profiles_not_told_to_anybody(school: HostedSchool) -> None:
    user, other = await school.person("petrov"), await school.person("sidorov")
    async with school.client_of(user) as phone, school.stranger() as somebody:
        published = await phone.call("POST", "/v3/createRoom", {"visibility": "public"})
        listed = await phone.call("GET", "/v3/publicRooms")
        assert published.status == 403 or listed.body["chunk"] == []
        path = f"/v3/profile/{quote(other)}"
        assert (await somebody.call("GET", path)).status == 401
        assert (await phone.call("GET", path)).status in (403, 404)


async def test_rooms_of_people_are_not_encrypted_unless_they_want(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.client_of(user) as phone:
        room = RoomId(
            (await phone.call("POST", "/v3/createRoom", {"preset": "private_chat"})).body["room_id"]
        )
        kinds = {event["type"] for event in await phone.state(room)}
    assert "m.room.encryption" not in kinds


async def test_short_passwords_are_refused(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.client_of(user) as phone:
        identity = {"type": "m.id.user", "user": user}
        auth = {"type": "m.login.password", "identifier": identity, "password": PASSWORD}
        answer = await phone.call("POST", "/v3/account/password", {"new_password": "short", "auth": auth})
    assert answer.errcode == "M_PASSWORD_TOO_SHORT"


async def test_a_class_behind_one_address_signs_in_within_a_minute(school: HostedSchool) -> None:
    pupils = [await school.person(f"pupil{number}") for number in range(30)]

    async def sign_in(pupil: str) -> bool:
        async with school.client_of(pupil) as phone:
            return bool(phone.token)

    began = time.monotonic()
    assert all(await asyncio.gather(*map(sign_in, pupils)))
    assert time.monotonic() - began < 60


async def test_guessing_one_password_is_slowed_down(school: HostedSchool) -> None:
    user = await school.person("petrov")
    async with school.stranger() as guesser:
        answers = [await guesser.sign_in(user, f"догадка номер {number}") for number in range(12)]
    assert answers[0].errcode == "M_FORBIDDEN"
    assert answers[-1].errcode == "M_LIMIT_EXCEEDED"
    assert answers[-1].body["retry_after_ms"] > 1000


async def test_a_fill_of_one_room_is_not_slowed_down(school: HostedSchool) -> None:
    pupils = [await school.person(f"pupil{number}") for number in range(30)]
    room = await school.make(school.desired())
    began = time.monotonic()
    for pupil in pupils:
        await school.homeserver.add_member(room, pupil)
    assert len((await school.seen(room)).members) == 30
    assert time.monotonic() - began < 15


async def test_everything_is_there_after_synapse_was_killed(own_schools: HostedSchools, tmp_path) -> None:
    async with hosted_school(own_schools, tmp_path) as school:
        await bootstrap(school.homeserver, school.config)
        user = await school.person("petrov")
        desired = school.desired()
        room = await school.make(desired)
        await own_schools.synapse.kill()

        starting = asyncio.create_task(own_schools.synapse.start())
        await school.homeserver.add_member(room, user)  # asked while it is away
        await starting

        assert (await school.seen(room)).members == {user: Membership.JOIN}
        assert await school.make(desired) == room
