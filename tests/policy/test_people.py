"""People: who signs in and reads, who finds whom, profiles, and closing an account."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from support.circuit import Circuit, Somebody
from support.schools import PASSWORD
from support.waiting import eventually

from zvonok_appservice.policy import shipped_policy
from zvonok_core.access import Who

pytestmark = pytest.mark.live


async def test_only_whoever_is_of_the_school_signs_in(closed: Circuit) -> None:
    teacher = await closed.teacher()
    stranger = closed.facts_of("stranger", Who.STAFF)
    await closed.school.homeserver.create_account(stranger.user, "Чужой", PASSWORD)
    async with closed.school.stranger() as phone:
        answer = await phone.sign_in(stranger.user, PASSWORD)
        assert answer.status == 403
        assert "не относится к школе" in answer.body["error"]
        await closed.change(teacher, locked=True)
        assert "заблокирована" in (await phone.sign_in(teacher.user, PASSWORD)).body["error"]
        await closed.door.tell(replace(stranger, linked=False))
        assert (await phone.sign_in(stranger.user, PASSWORD)).ok, "who has activated a moment ago"


async def test_whoever_is_locked_or_gone_reads_nothing_with_a_device_they_have(closed: Circuit) -> None:
    teacher = await closed.teacher()
    assert (await teacher.client.call("GET", "/v3/sync?timeout=0")).ok
    await closed.change(teacher, locked=True)
    answer = await teacher.client.call("GET", "/v3/sync?timeout=0")
    assert (answer.status, answer.errcode) == (403, "ORG_MATRIX_EXPIRED_ACCOUNT")
    await closed.change(teacher, locked=False)
    assert (await teacher.client.call("GET", "/v3/sync?timeout=0")).ok
    await closed.door.tell(gone=teacher.user)
    assert (await teacher.client.call("GET", "/v3/sync?timeout=0")).status == 403


async def found(somebody: Somebody, words: str) -> set[str]:
    answer = await somebody.client.call("POST", "/v3/user_directory/search", {"search_term": words})
    assert answer.ok, answer
    return {entry["user_id"] for entry in answer.body["results"]}


async def test_the_directory_shows_whom_the_searcher_may_contact(closed: Circuit) -> None:
    teacher = await closed.teacher()
    mine, far = await closed.student("petrov"), await closed.student("sidorov", group="7Б")
    for somebody, name in ((teacher, "Белова"), (mine, "Петров"), (far, "Сидоров")):
        await closed.school.homeserver.set_display_name(somebody.user, f"{name} {closed.prefix}ъ")
    word = f"{closed.prefix}ъ"

    async def everybody() -> bool:  # the directory follows names with a delay
        return await found(teacher, word) - {teacher.user} == {mine.user}

    await eventually(everybody)
    assert far.user not in await found(mine, word)
    assert teacher.user in await found(mine, word)
    assert await found(far, word) <= {far.user}
    await closed.change(teacher, teaches=frozenset({"7Б"}))
    assert far.user in await found(teacher, word)
    assert mine.user not in await found(teacher, word)


async def test_the_directory_does_not_tell_that_there_is_somebody_whom_it_hides(closed: Circuit) -> None:
    pupil, far = await closed.student("petrov"), await closed.student("sidorov", group="7Б")
    await closed.school.homeserver.set_display_name(far.user, f"Секретов {closed.prefix}ё")
    teacher = await closed.teacher(group="7Б")

    async def listed() -> bool:
        return far.user in await found(teacher, f"{closed.prefix}ё")

    await eventually(listed)
    for words in (f"{closed.prefix}ё", "Нетакого"):
        asked = {"search_term": words, "limit": 0}
        answer = await pupil.client.call("POST", "/v3/user_directory/search", asked)
        assert answer.body == {"limited": False, "results": []}, words


async def test_profiles_of_those_who_share_no_room_are_not_told(closed: Circuit) -> None:
    teacher, far = await closed.teacher(), await closed.student("sidorov", group="7Б")
    assert (await far.client.call("GET", f"/v3/profile/{quote(teacher.user)}")).status in (403, 404)


async def test_a_profile_has_the_journals_name_a_picture_and_nothing_else(closed: Circuit) -> None:
    pupil = await closed.student("petrov")
    path = f"/v3/profile/{quote(pupil.user)}"
    assert (await pupil.client.call("PUT", f"{path}/displayname", {"displayname": "Директор"})).status == 403
    picture = {"avatar_url": "mxc://school.test/abc"}
    assert (await pupil.client.call("PUT", f"{path}/avatar_url", picture)).ok
    await pupil.client.call("PUT", f"{path}/org.example.note", {"org.example.note": "Купите гараж"})

    async def profile() -> dict[str, object]:
        return (await pupil.client.call("GET", path)).body

    assert await profile() == {"displayname": "Человек petrov", **picture}

    await closed.door.tell(table=replace(shipped_policy(), pictures=frozenset({Who.STAFF})))
    await pupil.client.call("PUT", f"{path}/avatar_url", {"avatar_url": "mxc://school.test/def"})
    assert await profile() == {"displayname": "Человек petrov"}


async def test_a_students_account_is_closed_by_the_school_alone(closed: Circuit) -> None:
    pupil, teacher = await closed.student("petrov"), await closed.teacher()
    assert (await pupil.close_account()).status == 403
    assert (await pupil.client.call("GET", "/v3/account/whoami")).ok
    assert (await teacher.close_account()).ok
    await closed.school.homeserver.deactivate(pupil.user)
    account = await closed.school.homeserver.account(pupil.user)
    assert account is not None
    assert account.deactivated
