"""What holds when something is away or broken: always a no, never a silence."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from support.circuit import circuit, circuit_server
from support.matrix import Answer
from support.schools import PASSWORD
from support.waiting import eventually

from zvonok_core.access import Who
from zvonok_demo.synapse import SynapseError, SynapseProcess, policy_module

pytestmark = pytest.mark.live
TESTS = Path(__file__).parents[1]
SECRET = "somebody's own words"


async def test_with_the_appservice_away_people_go_on_and_a_restart_knows_what_was_known(
    tmp_path: Path,
) -> None:
    async with circuit_server(tmp_path) as server, circuit(server, "x_") as closed:
        teacher, pupil = await closed.teacher(), await closed.student("petrov")
        far = await closed.student("sidorov", group="7Б")
        locked = await closed.student("zhuk")
        await closed.change(locked, locked=True)
        room = await closed.managed(teacher, pupil)
        server.door.down()
        for _ in range(2):
            assert (await pupil.say(room)).ok
            assert (await teacher.chat_with(pupil)).ok
            assert (await teacher.chat_with(far)).status == 403
            assert (await locked.client.call("GET", "/v3/sync?timeout=0")).status == 403
            await server.synapse.stop()
            await server.synapse.start()
        kept = server.folder / "facts.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert server.synapse.log.read_text().count("the appservice is away") == 3, "once for each outage"

        # What has happened meanwhile comes as soon as the appservice is back.
        closed.door.change(closed.facts_of("belova"))
        server.door.up()
        await closed.door.known()
        assert (await teacher.chat_with(pupil)).status == 403
        assert "the appservice is back" in server.synapse.log.read_text()


async def test_changes_that_fit_nothing_make_the_module_ask_for_everything(tmp_path: Path) -> None:
    async with circuit_server(tmp_path) as server, circuit(server, "x_") as closed:
        teacher, far = await closed.teacher(), await closed.student("sidorov", group="7Б")
        assert (await teacher.chat_with(far)).status == 403
        server.door.confused = True
        closed.door.change(closed.facts_of("belova", Who.STAFF, Who.TEACHER, teaches={"7Б"}))

        async def learnt() -> bool:
            return (await teacher.chat_with(far)).ok

        await eventually(learnt, deadline=30)


async def test_before_anything_is_known_nobody_but_the_appservice_does_anything(tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text("{}")
    async with circuit_server(tmp_path) as server:
        server.door.down()
        await server.synapse.stop()
        (tmp_path / "facts.json").write_text('{"revision": 5')
        await server.synapse.start()
        async with circuit(server, "x_", known=False) as closed:
            teacher = closed.facts_of("belova")
            await closed.school.homeserver.create_account(teacher.user, "Белова", PASSWORD)
            room = await closed.school.make(closed.school.desired())
            await closed.school.homeserver.add_member(room, teacher.user)
            async with closed.school.stranger() as phone:
                assert (await phone.sign_in(teacher.user, PASSWORD)).status == 403
                closed.door.change(teacher)
                server.door.up()
                await closed.door.known()
                assert (await phone.sign_in(teacher.user, PASSWORD)).ok
                assert (await phone.say(room, "Здравствуйте")).ok


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"token_file": "/nowhere/token"}, "can't be read"),
        ({"tokn": "x"}, "did you mean “token”"),
        ({"appservice": 5}, "must be text"),
    ],
)
async def test_a_wrong_configuration_stops_the_start_and_says_why(
    tmp_path: Path, config: dict[str, object], words: str
) -> None:
    entry = policy_module("http://127.0.0.1:1", "token", tmp_path / "facts.json")
    given = {key: value for key, value in entry["config"].items() if key != "token"} | config
    synapse = SynapseProcess(tmp_path / "synapse", policy={**entry, "config": given})
    with pytest.raises(SynapseError) as failed:
        await synapse.start()
    assert words in str(failed.value) or words in synapse.log.read_text()


async def test_a_fault_in_any_callback_refuses_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    module = "support.broken_policy.BrokenPolicy"
    async with circuit_server(tmp_path, module) as server, circuit(server, "x_") as closed:
        teacher, colleague = await closed.teacher(), await closed.teacher("frolov")
        pupil = await closed.student("petrov")
        group = (await teacher.group_with(colleague)).body["room_id"]
        invited = (await teacher.chat_with(pupil)).body["room_id"]
        phone = teacher.client
        alias = quote("#klub:school.test")
        address = {"id_server": "x.test", "id_access_token": "x", "medium": "email", "address": "a@x.test"}

        async def search() -> Answer:
            answer = await phone.call("POST", "/v3/user_directory/search", {"search_term": "Человек"})
            return Answer(403 if answer.ok and not answer.body["results"] else answer.status, answer.body)

        async def upload() -> Answer:
            url = f"{phone.address}/_matrix/media/v3/upload"
            headers = {"Authorization": f"Bearer {phone.token}"}
            async with (
                aiohttp.ClientSession() as session,
                session.post(url, data=b"x", headers=headers) as response,
            ):
                return Answer(response.status, await response.json())

        async def media_limit() -> Answer:
            answer = await phone.call("GET", "/v1/media/config")
            return Answer(403 if answer.body == {"m.upload.size": 0} else answer.status, answer.body)

        async def sign_in() -> Answer:
            async with closed.school.stranger() as stranger:
                return await stranger.sign_in(pupil.user, PASSWORD)

        attempts = {
            "check_event_for_spam": lambda: teacher.say(group),
            "user_may_join_room": lambda: pupil.join(invited),
            "user_may_invite": lambda: teacher.invite(group, pupil),
            "user_may_send_3pid_invite": lambda: phone.call(
                "POST", f"/v3/rooms/{quote(group)}/invite", address
            ),
            "on_create_room": lambda: teacher.group_with(),
            "user_may_create_room": lambda: phone.call(
                "POST", f"/v3/rooms/{quote(group)}/upgrade", {"new_version": "12"}
            ),
            "membership_may_change": lambda: phone.call(
                "POST", f"/v3/rooms/{quote(group)}/kick", {"user_id": colleague.user}
            ),
            "user_may_create_room_alias": lambda: phone.call(
                "PUT", f"/v3/directory/room/{alias}", {"room_id": group}
            ),
            "user_may_publish_room": lambda: phone.call(
                "PUT", f"/v3/directory/list/room/{quote(group)}", {"visibility": "public"}
            ),
            "user_may_send_state_event": lambda: teacher.put_state(group, "m.room.name", {"name": "x"}),
            "check_username_for_spam": search,
            "get_media_config_for_user": media_limit,
            "is_user_allowed_to_upload_media_of_size": upload,
            "check_media_file_for_spam": upload,
            "check_can_deactivate_user": teacher.close_account,
            "check_login_for_spam": sign_in,
            "is_user_expired": lambda: phone.call("GET", "/v3/sync?timeout=0"),
        }
        switch = tmp_path / "broken"
        for callback, attempt in attempts.items():
            switch.write_text(f"{callback}\n{SECRET}")
            answer = await attempt()
            assert answer.status in (400, 403, 413), (callback, answer)
            switch.unlink()
            if callback == "user_may_invite":
                assert "что-то сломалось" in answer.body["error"], answer
        switch.write_text(f"on_profile_update\n{SECRET}")
        path = f"/v3/profile/{quote(pupil.user)}/avatar_url"
        await pupil.client.call("PUT", path, {"avatar_url": "mxc://school.test/abc"})
        switch.unlink()

        told = {*attempts, "on_profile_update"} - {"user_may_send_3pid_invite"}
        closed.door.change()  # ends the present question, after which incidents are told
        await eventually(
            lambda: {incident["callback"] for incident in closed.door.incidents} >= told, deadline=30
        )
        log = server.synapse.log.read_text()
        assert SECRET not in log
        for incident in closed.door.incidents:
            assert incident["number"] in log
